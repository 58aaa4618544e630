"""What the embedded Lean accepts and what is found in what it has compiled: axioms, and what its kernel never saw."""

import dataclasses

import pytest

from bridge.base.resources import lean_library_folder
from bridge.check.auditing import NOTHING_FURTHER, Further, objections
from bridge.check.checker import Allowances, check
from bridge.check.lean_modules import discover
from bridge.check.second_kernel.opinion import Outcome
from bridge.check.verdict import Engine
from support.artifacts import make_artifact
from support.exports import rendered
from support.lean_files import write
from support.second_kernel import needs_kernel

pytestmark = [pytest.mark.lean, pytest.mark.usefixtures("user_cache")]

SKIPPED = "set_option debug.skipKernelTC true in\ntheorem skipped : 2 + 2 = 5 := by decide +kernel\n"
LET_THROUGH = """axiom cheat : 2 + 2 = 5

theorem assumed : 4 = 5 := cheat
theorem native : 10 ^ 5 % 7 = 5 := by native_decide
set_option warn.sorry false in
theorem hidden : 4 = 5 := sorry
"""


def checked(root, pool, further=NOTHING_FURTHER, **allowances):
    return check(
        root,
        engine=Engine.EMBEDDED,
        library=lean_library_folder(),
        tell=print,
        allowances=Allowances(**allowances),
        pool=pool,
        further=further,
    )


@needs_kernel
def test_an_export_rests_on_leans_axioms_alone_and_both_kernels_accept_it(tmp_path, lean_pool):
    root = write(tmp_path, rendered(tmp_path, make_artifact(4, 2, 1, concept_names=("size",)), "Small"))
    result = checked(root, lean_pool, Further(second_kernel=True, oleans=tmp_path / "kept"))
    assert result.accepted
    assert {*result.audit.axioms} <= {"propext", "Classical.choice", "Quot.sound"}
    assert (result.audit.refused, result.audit.other_meanings, result.audit.meanings_compared) == ({}, {}, True)
    opinion = result.second_kernel
    assert (opinion.outcome, opinion.version) == (Outcome.ACCEPTED, "4.35.0")
    # All constants of the modules are fed, which rest on no less than the theorems do.
    assert opinion.core_theorems >= result.audit.core_theorems > 300
    assert (tmp_path / "kept" / "Small" / "Size.olean.private").is_file()


@needs_kernel
def test_what_the_kernel_of_the_first_lean_has_not_seen_is_refused_by_the_second(tmp_path, lean_pool):
    write(tmp_path, {"Skipped.lean": SKIPPED})
    result = checked(tmp_path / "Skipped.lean", lean_pool, Further(second_kernel=True), commands=True)
    assert (result.lean_accepted, result.audit.refused, result.accepted) == (True, {}, False)
    assert result.second_kernel.outcome is Outcome.REFUSED
    assert "skipped" in result.second_kernel.reason


def test_axioms_that_were_let_through_are_named_and_else_are_objected_to_at_their_theorems(tmp_path, lean_pool):
    write(tmp_path, {"Use.lean": LET_THROUGH})
    result = checked(tmp_path / "Use.lean", lean_pool, commands=True)
    assert result.accepted
    assert {"sorryAx", "Lean.ofReduceBool"} < {*result.audit.refused}
    strict = dataclasses.replace(result, commands_allowed=False)
    assert not strict.accepted
    messages = objections(strict, discover(tmp_path / "Use.lean", lean_library_folder()))["Use"]
    places = {message.text.partition(",")[0]: message.line for message in messages}
    assert (
        places.items()
        >= {
            "assumed rests on cheat (private to Use)": 3,
            "native rests on Lean.ofReduceBool": 4,
            "hidden rests on sorryAx": 5,
        }.items()
    )
