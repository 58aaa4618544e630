"""What is said of what Lean has compiled: where a theorem stands that rests on something it must not rest on."""

from pathlib import Path

import pytest

from bridge.check.auditing import Compiled, Further, examined, objections
from bridge.check.lean_modules import LeanModule
from bridge.check.second_kernel.opinion import Outcome
from bridge.check.verdict import CheckResult, Engine, ModuleResult
from support.empty_oleans import EMPTY
from support.oleans import Writer, write_module
from support.opinions import audit_of

FIRST = "namespace Root.size\n\ntheorem checked : 1 = 1 := rfl\ntheorem bound : 1 = 1 := rfl\nend Root.size\n"
SECOND = "theorem Root.«two words».all : 1 = 1 := rfl\n"


def module(name, text=""):
    return LeanModule(name, Path("/x", *name.split(".")).with_suffix(".lean"), text.encode(), False, (), False, False)


MODULES = (module("Root.Size", FIRST), module("Root", SECOND))


def result_of(audit=None, names=("Root.Size", "Root"), engine=Engine.LEAN, **changed):
    verdicts = tuple(ModuleResult(name, True, 1.0, False, ()) for name in names)
    return CheckResult(engine, "4.28.0", 1.0, verdicts, audit=audit, **changed)


def said(**audit):
    found = objections(result_of(audit_of(**audit)), MODULES)
    return [(name, message.line, message.text) for name, messages in found.items() for message in messages]


def test_nothing_is_said_where_there_is_nothing_to_object_to():
    assert said() == []


def test_a_message_stands_at_the_first_theorem_of_its_module_that_rests_on_an_axiom():
    ends = "on sorryAx, which is none of the three axioms of Lean: what follows from it is not proved"
    assert said(refused={"sorryAx": ("Root.size.bound", "Root.size.checked", "Root.«two words».all")}) == [
        ("Root.Size", 3, f"Root.size.checked, Root.size.bound rest {ends}"),
        ("Root", 1, f"Root.«two words».all rests {ends}"),
    ]


def test_what_lean_has_made_of_a_proof_is_a_part_of_its_theorem():
    theorems = ("_private.Root.Size.0.Root.size.bound._proof_1", "Root.size.bound", "Root.size.bound._proof_2")
    ((name, line, text),) = said(refused={"mine": theorems})
    assert (name, line) == ("Root.Size", 4)
    assert text.startswith("Root.size.bound rests on mine, ")


def test_a_theorem_that_no_text_has_is_named_at_the_last_file():
    ((name, line, text),) = said(refused={"mine": ("made.by.a.macro",)})
    assert (name, line) == ("Root", 1)
    assert text.startswith("made.by.a.macro rests on mine, ")


def test_of_many_theorems_some_are_named():
    ((_, _, text),) = said(refused={"mine": tuple(f"t{number}" for number in range(5))})
    assert text.startswith("t0, t1, t2 and 2 other theorems rest on mine, ")


def test_definitions_that_are_other_ones_are_named_in_one_message():
    ends = "that Bridge and Lean ship by that name"
    ((_, line, text),) = said(other_meanings={"Bridge.sum": ("Root.size.bound",)})
    assert (line, text) == (4, f"Root.size.bound rests on Bridge.sum, which is not the one {ends}")
    several = {f"c{number}": ("Root.size.bound", "Root.size.checked") for number in range(5)}
    ((_, line, text),) = said(other_meanings=several)
    assert line == 3
    assert text.endswith(f"rest on c0, c1, c2 and 2 other constants, which are not the ones {ends}")


def test_what_is_let_through_is_no_objection():
    refused, other = {"mine": ("Root.size.bound",)}, {"Bridge.sum": ("Root.size.bound",)}
    audit = audit_of(refused=refused, other_meanings=other)
    allowed = result_of(audit, commands_allowed=True, own_library_allowed=True)
    assert objections(allowed, MODULES) == {}
    assert allowed.accepted
    assert [*objections(result_of(audit, commands_allowed=True), MODULES)] == ["Root.Size"]
    assert not result_of(audit, commands_allowed=True).accepted
    assert not result_of(audit, own_library_allowed=True).accepted


# Of compiled files


@pytest.fixture
def compiled(tmp_path):
    """An export of one module, whose theorem rests on nothing, and a core that is empty."""
    writer = Writer(8)
    write_module(tmp_path / "made", "Root", writer.module(writer.theorem("a", writer.sort(), writer.sort())))
    write_module(tmp_path / "core", "Init", EMPTY)
    return Compiled((tmp_path / "made",), tmp_path / "core", (module("Root"),), frozenset(), is_pinned=False)


def looked_at(compiled, further=None, **changed):
    lines = []
    result = result_of(names=("Root",), **changed)
    return examined(result, compiled, further or Further(), lines.append), lines


def test_a_yes_takes_that_what_was_compiled_has_been_looked_at(compiled):
    assert not result_of().accepted
    result, _ = looked_at(compiled)
    assert (result.accepted, result.audit.theorems, result.audit.meanings_compared) == (True, 1, False)


def test_a_file_that_cannot_be_read_is_a_no(compiled):
    write_module(compiled.folders[0], "Root", b"olean")
    result, _ = looked_at(compiled)
    assert (result.accepted, result.audit) == (False, None)
    assert result.messages[0].text == (
        "what Lean has compiled cannot be looked at, so that nothing is known of its axioms: Root.olean does not begin "
        "as a compiled file of Lean"
    )


def test_of_lake_it_can_be_that_nothing_is_there_to_be_looked_at():
    result, _ = looked_at(None, engine=Engine.LAKE)
    assert (result.accepted, result.audit, result.second_kernel) == (True, None, None)
    result, _ = looked_at(None, Further(second_kernel=True), engine=Engine.LAKE)
    assert (result.accepted, result.second_kernel.outcome) == (True, Outcome.NOT_RECHECKED)
    assert result.second_kernel.reason == "what Lake has compiled is not all where it is looked for"


def test_a_module_that_is_not_found_is_a_no_but_for_lake(compiled):
    writer = Writer(8)
    write_module(compiled.folders[0], "Root", writer.module(imports=["Elsewhere"]))
    result, _ = looked_at(compiled)
    assert (result.accepted, "Elsewhere" in result.messages[0].text) == (False, True)
    result, _ = looked_at(compiled, engine=Engine.LAKE)
    assert (result.accepted, result.audit) == (True, None)


def test_lakes_one_verdict_has_the_messages_of_all_modules(compiled):
    writer = Writer(8)
    axiom = writer.axiom("mine", writer.sort())
    content = writer.module(axiom, writer.theorem("a", writer.sort(), writer.const("mine")))
    write_module(compiled.folders[0], "Root.Size", content)
    other = Compiled(compiled.folders, compiled.core, (module("Root.Size"),), frozenset(), is_pinned=False)
    result, _ = looked_at(other, engine=Engine.LAKE)
    assert not result.accepted
    assert [message.file for message in result.messages] == ["/x/Root/Size.lean"]


def test_what_is_accepted_is_kept_and_what_is_not_is_not(compiled, tmp_path):
    result, lines = looked_at(compiled, Further(oleans=tmp_path / "kept"))
    assert (result.accepted, lines) == (True, [])
    assert (tmp_path / "kept" / "Root.olean").read_bytes() == (tmp_path / "made" / "Root.olean").read_bytes()
    write_module(compiled.folders[0], "Root", b"olean")
    _, lines = looked_at(compiled, Further(oleans=tmp_path / "none"))
    assert lines == [f"nothing is kept in {tmp_path}/none, since the verdict is no"]
    assert not (tmp_path / "none").exists()
