"""The numbers of a text are told apart by declarations, statements and bodies, whatever these say."""

from pathlib import Path

import pytest

from bridge.check.numbers_of_text import declarations
from bridge.check.reader import MismatchError, Reader

TEXT = r"""/-
A banner with 1 number.
-/
module

public import Bridge.Claims.SupError

@[expose] public noncomputable section

namespace A.«concept 1»

/-- A list of 3 numbers. -/
def list : List Nat := [
    nat_lit 0x1f,
    7  -- about 8
  ]

@[irreducible] def δ : Rat := -3 / 4

noncomputable def samples : Bridge.PackedSamples where
  size := 2 ^ 5
  names := ["a\"b", "c\\"]
  bias := Bridge.minus 6

theorem bound (i : Fin 12) : -δ ≤ x i ∧ (fun k => x k) i = 0 :=
  f <| ⟨9, by decide +kernel⟩
    |>.append y 4

end A.«concept 1»

namespace B

def last (i : Fin 2) : Nat := samples.label 0 i

end B
"""


def reader(text):
    return Reader(Path("A.lean"), text.encode(), "A")


def test_declarations_are_told_apart_with_what_is_stated_and_what_follows():
    found = {
        each.name: (each.is_theorem, [part.token for part in each.statement], [part.token for part in each.body])
        for each in declarations(reader(TEXT))
    }
    assert found == {
        "A.«concept 1».list": (False, [], ["[", 31, 7, "]"]),
        "A.«concept 1».δ": (False, [], ["-", 3, "/", 4]),
        "A.«concept 1».samples": (False, [], [2, "^", 5, "[", '"a"b', '"c\\', "]", "-", 6]),
        "A.«concept 1».bound": (True, [12, "-", "≤", "∧", "=", 0], [9, "+", 4]),
        "B.last": (False, [2], [0]),
    }


def test_places_are_those_of_the_words():
    first, *_ = declarations(reader(TEXT))
    assert str(first.place) == "A.lean:13:5"
    assert [str(each.place) for each in first.body] == ["A.lean:13:24", "A.lean:14:13", "A.lean:15:5", "A.lean:16:3"]


@pytest.mark.parametrize(
    ("end", "message"),
    [
        ("def", "A.lean:5:4: found the end of the file, required a name"),
        (f"def x : Nat := {'1' * 4301}", "A.lean:5:16: found a number of 4301 digits, required a shorter one"),
    ],
)
def test_what_is_no_declaration_of_an_export_is_refused(end, message):
    with pytest.raises(MismatchError) as caught:
        list(declarations(reader(f"module\n\npublic section\n\n{end}")))
    assert str(caught.value) == message
