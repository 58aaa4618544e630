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
  w := #v[δ, list.head ++ 1]

theorem bound (i : Fin 12) : -δ ≤ x i ∧ (fun k : Fin 7 => x k) i = ((samples.image i).size.log : Rat) :=
  f <| ⟨9, by decide +kernel⟩ (u.z : k 0)
    |>.append y 4

end A.«concept 1»

namespace B

def list (i : Fin 2) : Nat := samples.label 0 (i.castLE (by decide))

def last : List (Nat × Nat) := [(list 1, .first 2), (A.«concept 1».δ.num, if 3 < 4 then 1 else list 0)]

end B
"""


def reader(text):
    return Reader(Path("A.lean"), text.encode(), "A")


def read(text, known=()):
    return {
        each.name: (each.is_theorem, [part.token for part in each.statement], [part.token for part in each.body])
        for each in declarations(reader(text), set(known))
    }


def test_declarations_are_told_apart_with_what_is_stated_and_what_follows():
    concept = "@A.concept 1"
    bound = ["@Fin", 12, "-", f"{concept}.δ", "≤", "@x", "∧"]
    bound += ["@Fin", 7, "@x", "=", "@log", "@size", "@image", f"{concept}.samples"]
    assert read(TEXT) == {
        "A.«concept 1».list": (False, ["@List", "@Nat"], ["[", 31, 7, "]"]),
        "A.«concept 1».δ": (False, ["@Rat"], ["-", 3, "/", 4]),
        "A.«concept 1».samples": (
            False,
            ["@PackedSamples"],
            [
                2,
                "^",
                5,
                "[",
                '"a"b',
                '"c\\',
                "]",
                "-",
                6,
                "[",
                f"{concept}.δ",
                "@head",
                f"{concept}.list",
                "+",
                "+",
                1,
                "]",
            ],
        ),
        "A.«concept 1».bound": (True, bound, ["@f", 9, "+", "@z", 0, "@append", "@y", 4]),
        "B.list": (False, ["@Fin", 2, "@Nat"], ["@label", 0, "@castLE"]),
        "B.last": (
            False,
            ["@List", "@Nat", "@Nat"],
            ["[", "@B.list", 1, "@first", 2, "@num", f"{concept}.δ", 3, "<", 4, 1, "@B.list", 0, "]"],
        ),
    }


def test_a_name_is_that_of_the_innermost_namespace_which_declares_it():
    text = "module\n\npublic section\n\nnamespace A.b\n\ndef x : T := y.z w\n\nend A.b\n"
    names = {
        (): ["@z", "@w"],
        ("A.y",): ["@z", "@A.y", "@w"],
        ("A.y", "A.b.y"): ["@z", "@A.b.y", "@w"],
        ("A.y", "A.b.y.z", "w"): ["@A.b.y.z", "@w"],
        ("y", "A.b.w"): ["@z", "@y", "@A.b.w"],
    }
    assert {known: read(text, known)["A.b.x"][2] for known in names} == names


def test_a_dot_within_a_name_divides_nothing():
    text = "module\n\npublic section\n\nnamespace A\n\ndef «b.c» : T := d\n\ndef e : T := «b.c» b.c x.«b.c»\n\nend A\n"
    assert read(text)["A.e"][2] == ["@A.«b.c»", "@c", "@«b.c»"]


def test_places_are_those_of_the_words():
    first, *_ = declarations(reader(TEXT), set())
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
        list(declarations(reader(f"module\n\npublic section\n\n{end}"), set()))
    assert str(caught.value) == message
