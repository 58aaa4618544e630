"""The browser that shows reports to the tests, where there is one.

It measures a page in a frame, by a script around it: the page itself runs none.
"""

import html
import json
import re
import shutil
import subprocess

import numpy as np
from PIL import Image

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NO_BROWSER = "no Chromium is installed; on Debian: apt-get install chromium"

WIDTHS = {"telephone": 390, "desk": 1280}

# A frame has the width that it is given; a window without a screen is never narrower than 500 pixels.
FRAME = """<!DOCTYPE html><style>iframe { border: 0; width: WIDTHpx; height: 1000px; }</style><script>
function brokenWords(element) {
  const texts = [...element.childNodes].filter((node) => node.nodeType == Node.TEXT_NODE);
  return texts.flatMap((node) => [...node.data.matchAll(/\\S+/g)].filter((word) => {
    const range = node.ownerDocument.createRange();
    range.setStart(node, word.index);
    range.setEnd(node, word.index + word[0].length);
    return range.getClientRects().length > 1;
  }).map((word) => word[0]));
}
function measure(frame) {
  const page = frame.contentDocument;
  const elements = (selector) => [...page.querySelectorAll(selector)];
  const boxes = (selector) => elements(selector).map((element) => {
    const {left, top, right, bottom} = element.getBoundingClientRect();
    return {name: (element.getAttribute("aria-label") || element.textContent).slice(0, 60), left, top, right, bottom};
  });
  const scrolling = elements("body *").filter((element) =>
    element.scrollWidth > element.clientWidth + 1 && frame.contentWindow.getComputedStyle(element).overflowX == "auto");
  document.body.dataset.measured = JSON.stringify({
    width: page.documentElement.clientWidth,
    contentWidth: page.documentElement.scrollWidth,
    height: page.documentElement.scrollHeight,
    figures: boxes("figure svg"),
    texts: boxes("h1, h2, h3, h4, p, dt, dd, li, td, th, figcaption, svg"),
    broken: elements("h1, h2, h3, h4, th, td").flatMap(brokenWords),
    scrolling: scrolling.map((element) => element.textContent.slice(0, 60)),
  });
}
</script><body><iframe onload="measure(this)" srcdoc="PAGE"></iframe>"""


def browser(folder, *options):
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
    ]
    profile = f"--user-data-dir={folder / 'profile'}"
    return subprocess.run([*command, profile, *options], capture_output=True, text=True, check=True, timeout=300).stdout


def look(page, folder, width):
    """What the browser measures at a width, and the picture that it makes of the whole page."""
    frame = folder / "frame.html"
    frame.write_text(FRAME.replace("WIDTH", str(width)).replace("PAGE", html.escape(page.read_text())))
    dom = browser(folder, "--dump-dom", frame.as_uri())
    measured = json.loads(html.unescape(re.search(r'data-measured="([^"]*)"', dom)[1]))
    picture = folder / "page.png"
    browser(folder, f"--window-size={width},{measured['height']}", f"--screenshot={picture}", page.as_uri())
    return measured, np.asarray(Image.open(picture).convert("L"), float)
