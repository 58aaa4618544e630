"""The browser that shows reports to the tests, where there is one."""

import shutil

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NO_BROWSER = "no Chromium is installed; on Debian: apt-get install chromium"
