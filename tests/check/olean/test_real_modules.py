"""What the embedded Lean writes is read as it was written: kinds, terms, axioms, what the core leaves out."""

import random

import pytest

from bridge.check.olean.closure import Closure
from bridge.check.olean.constants import Kind
from bridge.check.olean.errors import OleanError
from bridge.check.olean.modules import CompiledFiles, Modules, in_folders
from bridge.check.olean.terms import Terms
from support.oleans import Writer, compile_modules, core_folder, write_module

pytestmark = pytest.mark.lean

TEXTS = {
    "Small.Base": """module

public section

namespace Small

@[expose] def large : Nat := 123456789012345678901234567890

inductive Tree where
  | leaf
  | node (label : String) (children : List Tree)

axiom cheat : large = 3
""",
    "Small": """module

public import Small.Base

public section

namespace Small

theorem «a proof» : large - 123456789012345678901234567889 = 1 := by decide

theorem wrong : large = 3 := cheat

theorem skipped : large = 4 := sorry

theorem classical (p : Prop) : p ∨ ¬p := Classical.em p

structure Pair where
  first : Nat
  second : String := "δ"

def Pair.text (p : Pair) : String := p.second ++ "δ"
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, lean_pool):
    return compile_modules(TEXTS, lean_pool, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def modules(folder):
    modules = Modules(Terms(), in_folders([folder], core_folder()))
    modules.load(["Small"])
    return modules


def rests_on(modules, name):
    closure = Closure(modules, [modules.terms.name(name)])
    axioms = (number for number in closure.order if modules.get(number).kind == Kind.AXIOM)
    return {modules.terms.text(number) for number in axioms if modules.get(number).dropped is None}


def test_constants_are_what_lean_was_told(modules):
    kinds = {
        "large": "definition",
        "cheat": "axiom",
        "Tree": "inductive",
        "Tree.node": "constructor",
        "Tree.rec": "recursor",
        "«a proof»": "theorem",
        "Pair.text": "definition",
    }
    found = {text: modules.get(modules.terms.name(f"Small.{text}")).kind for text in kinds}
    assert found == kinds


def test_a_large_number_is_read_digit_for_digit(modules):
    closure = Closure(modules, [modules.terms.name("Small.large")])
    value = modules.get(modules.terms.name("Small.large")).value
    exprs = modules.terms.exprs
    assert 123456789012345678901234567890 in [exprs[each][1] for each in modules.terms.below([value])]
    assert modules.terms.text(closure.order[-1]) == "Small.large"


def test_axioms_are_found_through_modules(modules):
    assert rests_on(modules, "Small.«a proof»") == set()
    assert rests_on(modules, "Small.wrong") == {"Small.cheat"}
    assert rests_on(modules, "Small.skipped") == {"sorryAx"}


def test_a_core_theorem_without_its_proof_is_no_axiom(modules):
    em = modules.get(modules.terms.name("Classical.em"))
    assert (em.kind, em.dropped) == (Kind.AXIOM, Kind.THEOREM)
    assert rests_on(modules, "Small.classical") == set()
    assert modules.get(modules.terms.name("propext")).dropped is None


def test_every_constant_of_a_module_can_be_read(modules):
    for module in TEXTS:
        for number in modules.declared_in(module):
            assert modules.get(number).name == number
            assert not modules.is_core(number)


def test_a_file_with_random_bytes_is_read_or_an_error(folder, tmp_path):
    """Only the part with the proofs is changed, and what the module imports is empty."""
    parts = []
    for part in in_folders([folder], core_folder())("Small").parts:
        parts.append(tmp_path / part.name)
        parts[-1].write_bytes(part.read_bytes())
    empty = write_module(tmp_path, "Empty", Writer().module())
    content, chance, errors = parts[-1].read_bytes(), random.Random(20261129), 0
    for _ in range(150):
        changed = bytearray(content)
        changed[chance.randrange(len(changed))] = chance.randrange(256)
        parts[-1].write_bytes(changed)
        modules = Modules(Terms(), lambda name: CompiledFiles(tuple(parts) if name == "Small" else (empty,), False))
        try:
            modules.load(["Small"])
            for name in modules.declared_in("Small"):
                modules.get(name)
        except OleanError as error:
            assert str(error).count("; ") == 2
            errors += 1
    assert 10 < errors < 140
