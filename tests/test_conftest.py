"""How a test run ends where something that the tests look with is missing, and what is measured of it."""

import os
import subprocess
import sys
from pathlib import Path

from support.browser import NO_BROWSER

TESTS = Path(__file__).resolve().parent


def last_lines(folder, tests, *options):
    """The end of a test run of its own, with what all tests share, in the order that a person reads."""
    (folder / "test_some.py").write_text(tests)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--confcutdir={folder}", *options]
    (folder / "support").mkdir(exist_ok=True)
    for name in ("conftest.py", "support/browser.py"):
        (folder / name).write_bytes((TESTS / name).read_bytes())
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return result.stdout.splitlines()


IN_A_BROWSER = f"""
import pytest

@pytest.mark.skipif(True, reason={NO_BROWSER!r})
@pytest.mark.parametrize("width", [390, 1280])
def test_in_a_browser(width):
    pass

@pytest.mark.skip(reason="something else")
def test_else():
    pass

def test_that_fails():
    assert False
"""


def test_the_last_line_but_the_counts_says_what_did_not_run_without_a_browser_and_what_to_install(tmp_path):
    *_, line, counts = last_lines(tmp_path, IN_A_BROWSER, "-ra", "-n", "2")
    assert line == f"Not run, 2 tests in a browser: {NO_BROWSER}"
    assert "1 failed, 3 skipped" in counts


def test_nothing_is_said_of_a_browser_where_all_ran(tmp_path):
    assert "browser" not in "\n".join(last_lines(tmp_path, "def test_that_passes():\n    pass\n"))


def test_what_is_not_to_be_measured_is_not_measured_in_a_worker_either(tmp_path):
    tests = """
import sys

import pytest
from hypothesis import given, strategies as st

def test_an_example():
    pass

@pytest.mark.no_cover
def test_unmeasured():
    assert sys.gettrace() is None

@given(st.booleans())
def test_a_property(_):
    assert sys.gettrace() is None
"""
    *_, counts = last_lines(tmp_path, tests, "-n", "1", "--cov", "--cov-report=")
    assert "3 passed" in counts
