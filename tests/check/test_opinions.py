"""The lines below a verdict: axioms, what of Lean's core is taken, and what a second kernel has said."""

import pytest

from bridge.check.opinions import opinion_lines
from bridge.check.second_kernel.opinion import Outcome
from bridge.check.verdict import CheckResult, Engine, ModuleResult
from support.opinions import audit_of, opinion_of

MODULES = (ModuleResult("Root", True, 1.0, False, ()),)


def lines(engine=Engine.EMBEDDED, **changed):
    return list(opinion_lines(CheckResult(engine, "4.28.0-pre", 1.0, MODULES, **changed)))


@pytest.mark.parametrize(
    ("audit", "line"),
    [
        ({}, "axioms: propext (33 theorems); 398 theorems of Lean's core are taken without proof"),
        ({"axioms": (), "core_theorems": 0}, "axioms: none (33 theorems)"),
        (
            {"axioms": ("Quot.sound", "propext"), "theorems": 1, "core_theorems": 1},
            "axioms: Quot.sound, propext (1 theorem); 1 theorem of Lean's core is taken without proof",
        ),
    ],
)
def test_axioms_are_named_with_what_is_taken_without_proof(audit, line):
    assert lines(audit=audit_of(**audit)) == [line]


def test_axioms_that_are_not_leans_own_are_named_also_where_they_are_let_through():
    audit = audit_of(refused=dict.fromkeys(("a", "b", "\x1bc", "d", "e"), ("t",)))
    assert lines(audit=audit)[1] == r"axioms that are not Lean's own three: a, b, \x1bc and 2 more"
    assert lines(audit=audit, commands_allowed=True)[1].startswith(
        "axioms that are not Lean's own three (let through by --allow-commands): a, "
    )


def test_an_axiom_that_is_private_to_a_module_is_no_axiom_of_leans_by_its_name():
    audit = audit_of(axioms=("_private.Root.A.0.propext",), refused={"_private.Root.A.0.propext": ("t",)})
    assert lines(audit=audit) == [
        "axioms: propext (private to Root.A) (33 theorems); 398 theorems of Lean's core are taken without proof",
        "axioms that are not Lean's own three: propext (private to Root.A)",
    ]


def test_definitions_that_are_other_ones_are_named_also_where_they_are_let_through():
    audit = audit_of(other_meanings={"Bridge.sum": ("t",)})
    assert lines(audit=audit)[1] == "definitions that are not those that Bridge and Lean ship: Bridge.sum"
    assert lines(audit=audit, own_library_allowed=True)[1] == (
        "definitions that are not those that Bridge and Lean ship (let through by --own-library): Bridge.sum"
    )


def test_of_an_export_it_is_said_that_definitions_were_not_compared():
    audit = audit_of(meanings_compared=False)
    line = "definitions that Lean 4.28.0-pre has compiled were not compared with what Bridge knows"
    assert lines(audit=audit)[1:] == [line]
    assert lines(audit=audit, not_exports=("Root",))[1:] == []


def test_of_lake_it_is_said_what_was_not_looked_at():
    assert lines(Engine.LAKE) == ["axioms: not looked at, since what Lake has compiled is not all there"]
    assert lines(Engine.LAKE, audit=audit_of(), not_audited=("Root", "Root.Real"))[1] == (
        "axioms: not looked at where Mathlib is needed: Root, Root.Real"
    )


def test_nothing_is_said_where_lean_has_not_accepted_it():
    refused = (ModuleResult("Root", False, 1.0, False, ()),)
    assert list(opinion_lines(CheckResult(Engine.LAKE, "4", 1.0, refused))) == []


@pytest.mark.parametrize(
    ("opinion", "line"),
    [
        (opinion_of(), "second kernel: Lean 4.35.0 accepted all 1481 declarations, in 3.2 s"),
        (opinion_of(Outcome.REFUSED, "b\x1b: types"), r"second kernel: Lean 4.35.0 REFUSED: b\x1b: types"),
        (opinion_of(Outcome.NOT_RECHECKED, "it is gone"), "second kernel: not re-checked: it is gone"),
    ],
)
def test_a_second_kernels_opinion_is_a_line(opinion, line):
    assert lines(audit=audit_of(), second_kernel=opinion)[1:] == [line]


def test_a_second_kernels_refusal_is_a_no_and_its_silence_is_not():
    def accepted(opinion):
        return CheckResult(Engine.EMBEDDED, "4", 1.0, MODULES, audit=audit_of(), second_kernel=opinion).accepted

    assert accepted(None)
    assert accepted(opinion_of())
    assert accepted(opinion_of(Outcome.NOT_RECHECKED, "it is gone"))
    assert not accepted(opinion_of(Outcome.REFUSED, "types"))
