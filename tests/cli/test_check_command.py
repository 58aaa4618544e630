"""`bridge check` of several files, and of a file again whenever it has changed."""

import dataclasses
import json
import os
import re
import signal
import sys
import threading
from types import SimpleNamespace

import pytest

from bridge.base.resources import lean_library_folder
from bridge.check import auditing, checker, watching
from bridge.check.host_pool import parallel_jobs
from bridge.check.record import read_check_result
from bridge.check.second_kernel import library
from bridge.check.second_kernel.opinion import Outcome
from bridge.check.watching import changed, settled, state_of, wait_for_change
from support.artifacts import make_artifact
from support.command_line import lean_on_path, run_bridge
from support.exports import rendered, with_one_more
from support.lean_files import write
from support.lifelines import start_interruptible
from support.opinions import opinion_of

GOOD = "theorem good : 1 = 1 := rfl\n"
OPEN = "theorem opened : 0 = 1 :=\n  sorry\n"
VERDICT = r"Lean 4\.28\.0 \(lean engine\): (accepted|REJECTED), \d+ modules? in \d+ s"


@pytest.fixture
def lean(tmp_path):
    """The environment in which a program of the tests' own is found as `lean`."""
    return lean_on_path(tmp_path)


@pytest.fixture
def files(tmp_path):
    """A file that is accepted, one that is not, and one that cannot be checked."""
    return write(tmp_path, {"Good.lean": GOOD, "Open.lean": OPEN, "Lost.lean": "import Nowhere\n"}).parent


def check(*arguments, cwd, env):
    return run_bridge("check", *arguments, "--engine", "lean", cwd=cwd, env=env)


# Several files


def test_each_of_several_files_has_its_verdict_in_lines_that_name_it(files, lean):
    result = check("Open.lean", "Good.lean", cwd=files, env=lean)
    lines = result.stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["Open.lean"] * 2 + ["Good.lean"] * 3
    verdicts = [re.fullmatch(rf"\w+\.lean: {VERDICT}", line) for line in lines[:4:2]]
    assert [match[1] for match in verdicts] == ["REJECTED", "accepted"]
    assert lines[3] == "Good.lean: axioms: none (0 theorems)"
    assert lines[4] == "Good.lean: not an export: statements were not looked at in: Good"


def test_what_lean_says_and_which_file_is_checked_are_said_on_the_way(files, lean):
    lines = check("Open.lean", "Good.lean", cwd=files, env=lean).stderr.splitlines()
    said = [line for line in lines if "checking" not in line]
    assert said[0] == "check: Open.lean, 1 of 2"
    assert said[2] == f"{files}/Open.lean:2:2: warning: in opened: declaration uses `sorry`"
    assert said[3] == "check: Good.lean, 2 of 2"


def test_a_file_that_cannot_be_checked_keeps_no_other_from_its_verdict(files, lean):
    result = check("Lost.lean", "none.lean", "Good.lean", cwd=files, env=lean)
    assert result.stdout.splitlines()[:2] == ["Lost.lean: not checked", "none.lean: not checked"]
    assert re.fullmatch(rf"Good\.lean: {VERDICT}", result.stdout.splitlines()[2])
    errors = [line for line in result.stderr.splitlines() if line.startswith("bridge: ")]
    assert errors[0].startswith(f"bridge: {files}/Lost.lean:1: Nowhere is imported; it is neither in {files} nor in ")
    assert errors[1] == f"bridge: {files}/none.lean does not exist; a Lean file is required; run `bridge export`"


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["Good.lean", "Copy.lean"], 0),
        (["Good.lean", "Open.lean"], 1),
        (["Good.lean", "Lost.lean"], 2),
        (["Lost.lean", "Open.lean", "Good.lean"], 1),
        (["Good.lean", f"{'N' * 300}.lean"], 2),
    ],
)
def test_the_exit_code_is_that_of_a_no_or_else_of_what_has_no_verdict(files, lean, names, code):
    (files / "Copy.lean").write_text(GOOD)
    assert check(*names, cwd=files, env=lean).returncode == code


def test_an_engine_that_is_missing_has_exit_code_3_for_several_files_too(files):
    result = run_bridge("check", "Good.lean", "Open.lean", "--engine", "lean", cwd=files, env={"PATH": ""})
    assert result.returncode == 3
    assert result.stdout == "Good.lean: not checked\nOpen.lean: not checked\n"


def test_several_files_are_a_json_record_a_line_each_that_of_the_file_alone(files, lean):
    result = check("Open.lean", "none.lean", "Good.lean", "--json", cwd=files, env=lean)
    of_open, of_none, of_good = map(json.loads, result.stdout.splitlines())
    assert of_none == {
        "file": "none.lean",
        "accepted": None,
        "error": f"{files}/none.lean does not exist; a Lean file is required; run `bridge export`",
        "exit_code": 2,
    }
    for name, record in (("Open.lean", of_open), ("Good.lean", of_good)):
        alone = json.loads(check(name, "--json", cwd=files, env=lean).stdout)
        assert list(record) == ["file", *alone]
        assert (record["file"], record["accepted"], record["sources"]) == (name, alone["accepted"], alone["sources"])


def test_a_record_of_several_is_a_check_result_for_a_report(files, lean):
    line = check("Good.lean", "Open.lean", "--json", cwd=files, env=lean).stdout.splitlines()[1]
    (files / "check.json").write_text(line)
    assert not read_check_result(files / "check.json").accepted


def test_a_file_that_is_named_twice_is_checked_once(files, lean):
    (files / "folder").mkdir()
    names = ("Good.lean", "Open.lean", "folder/../Good.lean", files / "Open.lean")
    lines = check(*names, cwd=files, env=lean).stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["Good.lean"] * 3 + ["Open.lean"] * 2
    twice = check("Good.lean", "./Good.lean", cwd=files, env=lean)
    assert re.fullmatch(VERDICT, twice.stdout.splitlines()[0])


def test_a_bug_in_one_of_several_is_called_one(files, lean, monkeypatch):
    def fail(*arguments, **options):
        raise ZeroDivisionError

    monkeypatch.setattr(checker, "check", fail)
    assert check("Good.lean", "Open.lean", cwd=files, env=lean).returncode == 70


# A file and what it imports, as they are seen


@pytest.fixture
def export(tmp_path):
    """The root file of an export of one concept."""
    return write(tmp_path, rendered(tmp_path, make_artifact(4, 2, 1, concept_names=("size",)), "Small"))


def state(root):
    return state_of(root, lean_library_folder())


def test_the_files_of_an_export_are_seen_and_no_others(export):
    before = state(export)
    (export.parent / "Other.lean").write_text(GOOD)
    assert state(export) == before
    for name in ("Small.lean", "Small/Samples.lean", "Small/Size.lean"):
        file = export.parent / name
        before = state(export)
        file.write_text(f"{file.read_text()}\n")
        assert changed(before, state(export)) == (file,)


def test_a_file_that_is_replaced_by_its_like_has_changed(export):
    before, status = state(export), export.stat()
    copy = export.with_name("copy")
    copy.write_bytes(export.read_bytes())
    os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))
    copy.replace(export)
    assert changed(before, state(export)) == (export,)


def test_a_library_beside_the_file_is_seen_when_it_comes(export):
    before = state(export)
    library = export.parent / "Bridge"
    own = library / "Claims" / "SupError.lean"
    own.parent.mkdir(parents=True)
    own.write_text("import Bridge.Mine\n")
    now = state(export)
    assert changed(before, now) == (own,)
    mine = library / "Mine.lean"
    mine.touch()
    assert changed(now, state(export)) == (mine,)


def test_what_is_imported_only_since_a_file_has_changed_is_not_called_changed(export):
    before = state(export)
    export.write_text(GOOD)
    assert changed(before, state(export)) == (export,)
    assert set(state(export)) < set(before)


@pytest.mark.parametrize("text", ["import Nowhere\n", "/- no end", "\udcff"])
def test_what_is_wrong_with_a_file_is_not_seen(tmp_path, text):
    file = tmp_path / "Wrong.lean"
    file.write_text(text, errors="surrogateescape")
    assert state(file)[file] is not None


def test_imports_in_a_circle_are_seen_once(tmp_path):
    file = write(tmp_path, {"A.lean": "import B\n", "B.lean": "import A\n"})
    assert {path for path, stamp in state(file).items() if stamp is not None} == {file, tmp_path / "B.lean"}


class Pauses:
    """What happens in each pause of whoever watches; when nothing more does, there is an interruption."""

    def __init__(self, monkeypatch, *actions):
        self.actions = list(actions)
        monkeypatch.setattr(watching, "sleep", self._pause)

    def _pause(self, _seconds):
        if not self.actions:
            raise KeyboardInterrupt
        self.actions.pop(0)()


def nothing():
    """In this pause."""


def test_files_are_settled_when_none_has_changed_for_a_moment(tmp_path, monkeypatch):
    file = write(tmp_path, {"A.lean": "import B\nimport C\n", "B.lean": "", "C.lean": ""})
    writes = [lambda name=name: (tmp_path / name).write_text("--") for name in ("B.lean", "C.lean")]
    pauses = Pauses(monkeypatch, *writes, nothing, nothing)
    assert settled(file, tmp_path) == state_of(file, tmp_path)
    assert pauses.actions == [nothing]


def test_a_change_is_waited_for(tmp_path, monkeypatch):
    file = write(tmp_path, {"A.lean": "import B\n"})
    before = state_of(file, tmp_path)
    pauses = Pauses(monkeypatch, nothing, lambda: (tmp_path / "B.lean").touch(), nothing)
    wait_for_change(file, tmp_path, before)
    assert pauses.actions == [nothing]


# Watching


def verdicts(result):
    """The first line of each verdict, without time and version, on standard output."""
    words = r"(?:Lean .*: (accepted|REJECTED), .*|not (checked))"
    found = [re.fullmatch(rf"\d\d:\d\d:\d\d {words}", line) for line in result.stdout.splitlines()]
    return [match[1] or match[2] for match in found if match]


def test_a_file_is_checked_again_when_it_has_changed_until_there_is_an_interruption(files, lean, monkeypatch):
    file = files / "Good.lean"
    Pauses(monkeypatch, nothing, lambda: file.write_text(OPEN), nothing, lambda: file.write_text(GOOD), nothing)
    result = check("Good.lean", "--watch", cwd=files, env=lean)
    assert verdicts(result) == ["accepted", "REJECTED", "accepted"]
    assert len(result.stdout.splitlines()) == 8
    assert re.match(r"\d\d:\d\d:\d\d not an export: ", result.stdout.splitlines()[2])
    said = result.stderr.splitlines()
    assert said[0] == "check: watching Good.lean (Ctrl-C ends)"
    assert said.count("check: Good.lean changed") == 2
    assert f"{file}:2:2: warning: in opened: declaration uses `sorry`" in said
    assert said[-1] == "bridge: interrupted; files that were there before are as they were"
    assert result.returncode == 130


def test_an_export_that_is_written_file_by_file_has_one_verdict_and_that_is_a_yes(tmp_path, lean, monkeypatch):
    old, new = (
        rendered(tmp_path, make_artifact(4, 2, 2, concept_names=("size", name)), "Small") for name in ("thick", "slant")
    )
    root = write(tmp_path, old)
    Pauses(monkeypatch, *(lambda file=file: write(tmp_path, {file: new[file]}) for file in new), nothing)
    result = check(root, "--watch", cwd=tmp_path, env=lean)
    assert verdicts(result) == ["accepted", "accepted"]
    assert "check: Small/Samples.lean and 2 other files changed" in result.stderr.splitlines()
    # A half of it, had the rest not been waited for, would have been none.
    (tmp_path / "Small" / "Slant.lean").unlink()
    assert check(root, cwd=tmp_path, env=lean).returncode == 2


def test_a_file_that_goes_and_comes_is_said_and_watched_on(files, lean, monkeypatch):
    file, away = files / "Good.lean", files / "away"
    Pauses(monkeypatch, lambda: file.rename(away), nothing, lambda: away.rename(file), nothing)
    result = check("Good.lean", "--watch", cwd=files, env=lean)
    assert verdicts(result) == ["accepted", "checked", "accepted"]
    error = f"bridge: {file} does not exist; a Lean file is required; run `bridge export`"
    assert result.stderr.splitlines().count(error) == 1


def test_a_file_that_goes_for_less_than_a_moment_is_checked_again_without_a_word(files, lean, monkeypatch):
    file, away = files / "Good.lean", files / "away"
    Pauses(monkeypatch, lambda: file.rename(away), lambda: away.rename(file), nothing)
    result = check("Good.lean", "--watch", cwd=files, env=lean)
    assert verdicts(result) == ["accepted", "accepted"]
    assert "does not exist" not in result.stderr


def test_a_folder_that_was_moved_away_and_back_is_checked_again(files, lean, monkeypatch):
    (files / "folder").mkdir()
    file = (files / "Good.lean").rename(files / "folder" / "Good.lean")
    away = files / "away"
    Pauses(monkeypatch, lambda: file.parent.rename(away), lambda: away.rename(file.parent), nothing)
    result = check("folder/Good.lean", "--watch", cwd=files, env=lean)
    assert verdicts(result) == ["accepted", "accepted"]
    assert "check: folder/Good.lean changed" in result.stderr.splitlines()


def test_a_verdict_on_files_that_have_changed_meanwhile_is_not_told(files, lean, monkeypatch):
    file, check_as_ever = files / "Good.lean", checker.check

    def check_and_change(*arguments, **options):
        result = check_as_ever(*arguments, **options)
        if file.read_text() == OPEN:
            file.write_text(GOOD)
        return result

    file.write_text(OPEN)
    monkeypatch.setattr(checker, "check", check_and_change)
    Pauses(monkeypatch, nothing)
    result = check("Good.lean", "--watch", cwd=files, env=lean)
    assert verdicts(result) == ["accepted"]
    assert "declaration uses `sorry`" not in result.stderr


def test_only_one_file_is_watched(files, lean):
    result = check("Good.lean", "Open.lean", "--watch", cwd=files, env=lean)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "bridge: --watch was given with 2 files; one is required; start a command for each\n"


def test_an_engine_that_is_missing_ends_the_watching(files):
    result = run_bridge("check", "Good.lean", "--engine", "lean", "--watch", cwd=files, env={"PATH": ""})
    assert (result.returncode, result.stdout) == (3, "")


def test_a_program_reads_a_record_a_line_as_it_comes_and_ends_the_watching(files, lean):
    command = [sys.executable, "-m", "bridge", "check", "Good.lean", "--engine", "lean", "--watch", "--json"]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    process = start_interruptible(command, cwd=files, env=buffered | lean)
    limit = threading.Timer(60, process.kill)
    limit.start()
    first = json.loads(process.stdout.readline())
    (files / "Good.lean").write_text(OPEN)
    second = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate()
    limit.cancel()
    assert list(first)[:3] == ["time", "file", "accepted"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", first["time"])
    assert [record["file"] for record in (first, second)] == ["Good.lean"] * 2
    assert [record["accepted"] for record in (first, second)] == [True, False]
    assert (process.returncode, output) == (130, "")
    assert "Traceback" not in errors


# With a real Lean


# They have Lean run code, and believe what is false, each in a way that would do harm to what comes after it.
HOSTILE = """import Bridge.Claims.SupError
set_option debug.skipKernelTC true
theorem two : (2 : Nat) = 3 := by decide +kernel
instance (priority := high) : LE Rat := ⟨fun _ _ => True⟩
macro_rules | `(tactic| decide) => `(tactic| sorry)
#eval (do IO.FS.createDirAll "Right"; IO.FS.writeFile "Right/Samples.lean" "" : IO Unit)
"""


@pytest.mark.lean
@pytest.mark.usefixtures("user_cache")
def test_a_hostile_file_changes_no_verdict_on_the_exports_after_it(tmp_path):
    artifact = make_artifact(4, 2, 1, concept_names=("size",))
    write(tmp_path, rendered(tmp_path, artifact, "Right"))
    wrong = rendered(tmp_path, artifact, "Wrong")
    write(tmp_path, with_one_more(wrong, "Wrong/Size.lean", r"(def δ : Rat := )(\d+)"))
    write(tmp_path, {"Hostile.lean": HOSTILE})
    names = ("Hostile.lean", "Wrong.lean", "Right.lean")
    result = run_bridge("check", *names, "--engine", "embedded", "--allow-commands", "--json", cwd=tmp_path)
    hostile, of_wrong, of_right = map(json.loads, result.stdout.splitlines())
    assert hostile["version"] == "4.28.0-pre"
    refused = {module["name"] for module in of_wrong["modules"] if not module["accepted"]}
    assert (of_wrong["accepted"], refused, of_right["accepted"]) == (False, {"Wrong.Size"}, True)
    assert result.returncode == 1


@pytest.mark.lean
@pytest.mark.usefixtures("user_cache")
def test_an_export_is_checked_again_by_the_hosts_that_are_there(tmp_path, monkeypatch):
    root = write(tmp_path, rendered(tmp_path, make_artifact(4, 2, 1, concept_names=("size",)), "Small"))
    Pauses(monkeypatch, *[root.touch, nothing] * 2)
    result = run_bridge("check", root, "--engine", "embedded", "--watch", "-v", cwd=tmp_path)
    assert verdicts(result) == ["accepted"] * 3
    started = re.findall(r"host (\d+): started", result.stderr)
    assert len(started) <= parallel_jobs()
    assert len(re.findall(r"host \d+: Small/(?:Samples|Size)\.lean: import", result.stderr)) == 6
    assert result.returncode == 130


# What is done with what Lean has compiled


@pytest.fixture
def asked(monkeypatch):
    """The questions to the second kernel, whose answers are given to this list first."""
    answers, questions = [], []

    def recheck(places, modules, *, timeout, tell, other_axioms):
        questions.append((places.core, modules, timeout, other_axioms))
        return answers.pop(0)

    monkeypatch.setattr(auditing, "recheck", recheck)
    return SimpleNamespace(answers=answers, questions=questions)


@pytest.mark.parametrize(
    ("opinion", "code", "line"),
    [
        (opinion_of(), 0, "second kernel: Lean 4.35.0 accepted all 1481 declarations, in 3.2 s"),
        (opinion_of(Outcome.REFUSED, "good: other types"), 1, "second kernel: Lean 4.35.0 REFUSED: good: other types"),
        (opinion_of(Outcome.NOT_RECHECKED, "it crashed"), 3, "second kernel: not re-checked: it crashed"),
    ],
)
def test_a_second_kernel_is_asked_if_it_is_wanted(files, lean, asked, opinion, code, line):
    asked.answers += [opinion, opinion]
    result = check("Good.lean", "--second-kernel", "--timeout", "60", cwd=files, env=lean)
    assert (result.returncode, result.stdout.splitlines()[2]) == (code, line)
    as_json = check("Good.lean", "--second-kernel", "--allow-commands", "--json", cwd=files, env=lean)
    record = json.loads(as_json.stdout)
    assert (as_json.returncode, record["accepted"]) == (code, opinion.outcome is not Outcome.REFUSED)
    assert record["second_kernel"] == json.loads(json.dumps(dataclasses.asdict(opinion)))
    core = files / "bin" / "lib" / "lean"
    assert asked.questions == [(core, ("Good",), 60, False), (core, ("Good",), None, True)]


def test_a_second_kernel_is_not_asked_about_what_lean_has_rejected_nor_unless_it_is_wanted(files, lean, asked):
    assert check("Open.lean", "--second-kernel", cwd=files, env=lean).returncode == 1
    assert check("Good.lean", cwd=files, env=lean).returncode == 0
    assert asked.questions == []


def test_of_several_files_one_that_was_not_rechecked_has_no_verdict_of_the_second_kernel(files, lean, asked):
    asked.answers += [opinion_of(Outcome.NOT_RECHECKED, "it crashed"), opinion_of()]
    (files / "Other.lean").write_text(GOOD)
    result = check("Good.lean", "Other.lean", "--second-kernel", cwd=files, env=lean)
    assert result.returncode == 3
    lines = [line for line in result.stdout.splitlines() if "second kernel" in line]
    assert [line.partition(": ")[0] for line in lines] == ["Good.lean", "Other.lean"]


def test_a_kernel_that_is_not_installed_is_no_yes(files, lean, monkeypatch):
    monkeypatch.setattr(library, "find_spec", lambda name: None)
    result = check("Good.lean", "--second-kernel", cwd=files, env=lean)
    assert result.returncode == 3
    assert result.stdout.splitlines()[2].startswith("second kernel: not re-checked: ")


def test_what_lean_has_compiled_is_kept_and_replaced(files, lean):
    for _ in range(2):
        assert check("Good.lean", "--oleans", "kept", cwd=files, env=lean).returncode == 0
        kept = {path.name for path in (files / "kept").iterdir()}
        assert kept == {"compiled.json", "Good.olean", "Good.olean.private"}
    result = check("Open.lean", "--oleans", "kept", cwd=files, env=lean)
    assert "nothing is kept in kept, since the verdict is no\n" in result.stderr
    assert (files / "kept" / "Good.olean").is_file()


def test_what_is_the_users_is_not_replaced_and_lean_is_not_started_for_it(files, lean):
    (files / "mine").mkdir()
    (files / "mine" / "notes").touch()
    result = check("Good.lean", "--oleans", "mine", cwd=files, env=lean)
    assert (result.returncode, result.stdout) == (2, "")
    assert "mine is there and has more in it than `bridge check` has kept" in result.stderr


def test_one_folder_is_for_what_was_compiled_of_one_file(files, lean):
    result = check("Good.lean", "Open.lean", "--oleans", "kept", cwd=files, env=lean)
    assert (result.returncode, result.stderr) == (
        2,
        "bridge: --oleans was given with 2 files; one is required; start a command for each, with a folder of its "
        "own\n",
    )


def test_lake_keeps_what_it_has_compiled_itself(files, lean):
    result = run_bridge("check", "Good.lean", "--oleans", "kept", "--engine", "lake", cwd=files, env=lean)
    assert (result.returncode, result.stderr) == (
        2,
        "bridge: --oleans kept was given with the engine lake; another engine is required, since Lake keeps what Lean "
        "has compiled in .lake/build/lib/lean of the project; name that folder where it is wanted\n",
    )
