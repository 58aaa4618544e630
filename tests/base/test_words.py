"""Text that others wrote never reaches a terminal with what a terminal obeys."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.base.words import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("δ ≤ ℝ, `decide` failed", "δ ≤ ℝ, `decide` failed"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[2K\x1b[32maccepted", r"\x1b[2K\x1b[32maccepted"),
        ("one\rtwo\x00\x7f\x9b", r"one\rtwo\x00\x7f\x9b"),
        ("a\u202eb\u2066c\u200bd", r"a\u202eb\u2066c\u200bd"),
        ("a\u2028b\u2029c\x85d", r"a\u2028b\u2029c\x85d"),
        ("a\ud800b", r"a\ud800b"),
        ("a\U000e0041b", r"a\U000e0041b"),
        ("", ""),
    ],
)
def test_characters_that_are_not_to_be_seen_are_escaped(text, shown):
    assert printable(text) == shown


@given(st.text())
def test_nothing_but_line_breaks_and_tabs_is_left_that_a_terminal_obeys(text):
    categories = {unicodedata.category(character) for character in printable(text) if character not in "\n\t"}
    assert not categories & {"Cc", "Cf", "Cs", "Zl", "Zp"}
