"""The site that `make docs` makes: without a warning, without a dead link, and without anything from another place."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from bridge.cli.main import commands as command_line
from support.repository import REPOSITORY

# What a browser loads by itself, unlike the target of a link.
LOADED = {
    ("script", "src"),
    ("img", "src"),
    ("link", "href"),
    ("iframe", "src"),
    ("source", "srcset"),
    ("object", "data"),
}


@dataclass
class Html(HTMLParser):
    """What a page can be linked to by, what it links to, and what a browser loads for it."""

    source: str
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    alternatives: list[str | None] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()
        self.feed(self.source)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.anchors.add(value)
            elif (tag, name) in LOADED:
                self.loaded.append(value)
            elif name == "href":
                self.links.append(value)
        if tag == "img":
            self.alternatives.append(dict(attributes).get("alt"))


OPTIONS = ["--fail-on-warning", "--keep-going", "--nitpicky", "-b", "html"]


def build(sources, out):
    """Make a site as `make docs` does; the complaints, if there are any."""
    result = subprocess.run(
        [sys.executable, "-m", "sphinx", "--quiet", *OPTIONS, str(sources), str(out)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "python")},
        capture_output=True,
        text=True,
    )
    return result.stdout + result.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site") / "html"
    assert build(REPOSITORY / "docs", out) == ""
    return out


@pytest.fixture(scope="module")
def pages(site):
    return {page: Html(page.read_text(encoding="utf-8")) for page in sorted(site.rglob("*.html"))}


def dead_links(pages):
    dead = []
    for page, html in pages.items():
        for link in (*html.links, *html.loaded):
            # A query after the name of a file stands for its version.
            place, _, anchor = re.sub(r"\?[^#]*", "", link).partition("#")
            if link.startswith("https://"):
                continue
            target = (page.parent / unquote(place)).resolve() if place else page
            lost_anchor = anchor and target in pages and unquote(anchor) not in pages[target].anchors
            if not target.is_file() or lost_anchor:
                dead.append(f"{page.name}: {link}")
    return dead


def test_make_docs_makes_this_site():
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert f"$(BIN)/sphinx-build {' '.join(OPTIONS)} docs docs/_build/html\n" in makefile


def test_the_site_has_a_page_for_every_source(site):
    sources = {path.stem for path in (REPOSITORY / "docs").glob("*.md")}
    assert sources
    assert sources <= {path.stem for path in site.glob("*.html")}


def test_no_link_and_no_anchor_is_dead(pages):
    assert sum(len(html.links) for html in pages.values()) > 500
    assert dead_links(pages) == []


def test_a_browser_loads_nothing_from_another_place(site, pages):
    assert [item for html in pages.values() for item in html.loaded if urlsplit(item).netloc] == []
    for style in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)]*", style.read_text(encoding="utf-8")) == []


def test_every_picture_has_a_text_instead(pages):
    alternatives = [text for html in pages.values() for text in html.alternatives]
    assert alternatives
    assert all(alternatives)


def test_the_reference_has_every_command_and_every_option(site):
    text = re.sub(r"<[^>]*>", "", (site / "commands.html").read_text(encoding="utf-8"))
    for name, command in command_line.commands.items():
        assert f"bridge {name}" in text
        for parameter in command.params:
            assert [option for option in parameter.opts if option not in text] == [], name


def test_the_reference_shows_values_as_they_are_typed(site):
    text = (site / "commands.html").read_text(encoding="utf-8")
    assert "lean/Generated.lean" in text
    assert "PosixPath" not in text


def test_nothing_in_the_site_says_when_it_was_made(pages):
    for html in pages.values():
        assert not re.search(r"last updated|©|generated on", html.source, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[lost](lost.md)", "lost.md"),
        ("[lost](index.md#lost)", "lost"),
        ("```{eval-rst}\n.. autofunction:: bridge.lost\n```", "failed to import 'lost'"),
    ],
)
def test_a_page_with_a_dead_reference_is_a_warning(tmp_path, text, complaint):
    (tmp_path / "conf.py").write_text((REPOSITORY / "docs" / "conf.py").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "index.md").write_text(f"# Title\n\n{text}\n", encoding="utf-8")
    assert complaint in build(tmp_path, tmp_path / "out")


def test_a_dead_link_in_the_site_is_found(tmp_path):
    (tmp_path / "a.html").write_text('<a href="b.html#there"></a><a href="b.html#lost"></a><a href="c.html"></a>')
    (tmp_path / "b.html").write_text('<p id="there"></p><img src="lost.png">')
    pages = {tmp_path / name: Html((tmp_path / name).read_text()) for name in ("a.html", "b.html")}
    assert dead_links(pages) == ["a.html: b.html#lost", "a.html: c.html", "b.html: lost.png"]
