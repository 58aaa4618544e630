"""The pool of hosts: which host gets what, what becomes of those that end, and that a verdict depends on none of it."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.base.errors import MissingToolError
from bridge.base.processes import Cut
from bridge.base.resources import lean_library_folder
from bridge.check import host_pool, schedule
from bridge.check.checker import Allowances, check
from bridge.check.embedded import EmbeddedLean
from bridge.check.host_pool import HostPool
from bridge.check.verdict import Engine
from support.artifacts import make_artifact
from support.exports import rendered
from support.hosts import ENDLESS, FALSE, QUICK_LEAN, TOO_LARGE, TRUE
from support.lean_files import write
from support.lifelines import wait_until

# Files that change much of what Lean knows, some accepted and some not, with the same names in them.
TEXTS = {
    "accepted": TRUE,
    "options": (
        "set_option autoImplicit true\nset_option pp.all true\nset_option maxRecDepth 999\nset_option maxHeartbeats 0\n"
        "theorem two (x : α) : x = x := rfl\ntheorem three : 1 + 1 = 3 := rfl\n"
    ),
    "open": (
        "namespace N\ndef two := 2\nend N\nopen N Nat List\nuniverse u\nvariable (α : Type u)\n"
        "#check two\n#check succ\n"
    ),
    "notation": (
        'notation "⟪" x "⟫" => x + 1\nmacro "trivially" : tactic => `(tactic| decide)\n'
        "instance : OfNat Bool 2 := ⟨true⟩\ntheorem two : ⟪1⟫ = 2 := by trivially\n"
    ),
    "attributes": (
        "theorem two : 5 = 2 := sorry\nattribute [simp] two\nset_option linter.all false\n"
        "example : 5 = 2 := by simp\ninstance : LE Nat := ⟨fun _ _ => True⟩\nexample : 3 ≤ 2 := trivial\n"
    ),
    "nothing of these": (
        f"{FALSE}theorem one (x : α) : x = x := rfl\n#check N.two\n#check succ\nexample : Sort u := Nat\n"
        "example : 1 + 1 = 2 := by trivially\n#eval (2 : Bool)\nexample : 5 = 2 := by simp\n"
        "example : 3 ≤ 2 := trivial\ntheorem six : ⟪1⟫ = 2 := rfl\n"
    ),
    "broken": 'def two : Nat := "\n/- no end',
}


@pytest.fixture
def log(caplog):
    """What is said under -v."""
    caplog.set_level(logging.DEBUG, logger="bridge")
    return caplog


def run(workplace, text, *, timeout=None):
    """What Lean did with a file, and the names of what it wrote: in the bytes are addresses of its memory."""
    source = workplace.folder / "A.lean"
    source.write_text(text)
    result = workplace.run(source, source.with_suffix(".olean"), timeout)
    made = {path.name for path in workplace.folder.glob("A.*") if path != source}
    return result, made


def run_in(pool, text, *, alone=False, much_data=False, timeout=None):
    with pool.work() as work, work.workplace(alone=alone, much_data=much_data) as workplace:
        return run(workplace, text, timeout=timeout)


def hosts(log):
    """The number of the host that ran each file."""
    return [int(number) for number in re.findall(r"host (\d+): \S+: import", log.text)]


def keep_what_has_taken_much(monkeypatch):
    """What hosts have checked in tests before must not end one of them now."""
    monkeypatch.setattr(host_pool, "_MOST_KEPT_BYTES", 2**31)


# No verdict depends on what ran before


@pytest.fixture(scope="module")
def fresh(lean_pool):
    """What a process does with each text that has done nothing else."""
    with ThreadPoolExecutor(host_pool.parallel_jobs()) as threads:
        results = threads.map(lambda text: run_in(lean_pool, text, alone=True), TEXTS.values())
        return dict(zip(TEXTS, results, strict=True))


@pytest.mark.lean
def test_the_texts_are_judged_in_different_ways(fresh):
    assert {name for name, (result, _) in fresh.items() if result.returncode == 0} == {
        "accepted", "open", "notation", "attributes"
    }  # fmt: skip
    assert all("A.olean" in made if result.returncode == 0 else made == set() for result, made in fresh.values())
    assert "declaration uses" in fresh["attributes"][0].stdout
    objections = [json.loads(line) for line in fresh["nothing of these"][0].stdout.splitlines()]
    assert {1, 3, 4, 6, 7, 8, 9, 10} <= {objection["pos"]["line"] for objection in objections}


@pytest.mark.lean
@settings(max_examples=6)
@given(st.lists(st.sampled_from(sorted(TEXTS)), min_size=2, max_size=6))
def test_no_verdict_depends_on_what_ran_before_in_the_same_process(lean_pool, fresh, names):
    with lean_pool.work() as work:
        for name in names:
            with work.workplace(alone=False) as workplace:
                assert run(workplace, TEXTS[name]) == fresh[name]


# Which host gets what


@pytest.mark.lean
def test_files_that_can_run_no_code_share_a_host_and_others_have_one_each(lean_pool, log, monkeypatch):
    keep_what_has_taken_much(monkeypatch)
    for alone in (False, True, False, True, False):
        assert run_in(lean_pool, TRUE, alone=alone)[0].returncode == 0
    shared, first, again, second, last = hosts(log)
    assert shared == again == last
    assert len({shared, first, second}) == 3


@pytest.mark.lean
def test_a_folder_has_nothing_of_the_file_before(lean_pool):
    with lean_pool.work() as work:
        for _ in range(2):
            with work.workplace(alone=False) as workplace:
                assert list(workplace.folder.iterdir()) == []
                (workplace.folder / "Folder").mkdir()
                (workplace.folder / "Folder" / "File.lean").touch()
                run(workplace, TRUE)


@pytest.mark.lean
def test_a_host_that_has_taken_much_memory_is_replaced(lean_pool, log, monkeypatch):
    keep_what_has_taken_much(monkeypatch)
    run_in(lean_pool, TRUE)
    monkeypatch.setattr(host_pool, "_MOST_KEPT_BYTES", 0)
    run_in(lean_pool, TRUE)
    run_in(lean_pool, TRUE)
    first, same, other = hosts(log)
    assert first == same != other
    assert re.search(rf"host {first}: ended, since it has taken \d+ MB", log.text)


@pytest.mark.lean
def test_a_claim_about_much_data_has_a_host_with_room(lean_pool, log, monkeypatch):
    keep_what_has_taken_much(monkeypatch)
    monkeypatch.setattr(host_pool, "_MOST_BEFORE_MUCH_DATA", 2**31)
    run_in(lean_pool, TRUE)
    run_in(lean_pool, TRUE, much_data=True)
    monkeypatch.setattr(host_pool, "_MOST_BEFORE_MUCH_DATA", 0)
    run_in(lean_pool, TRUE, much_data=True)
    run_in(lean_pool, TRUE)
    first, with_room, other, last = hosts(log)
    assert first == with_room != other == last


@pytest.mark.lean
@pytest.mark.parametrize("much", [0, 2**40])
def test_what_is_about_much_data_is_a_claim_with_much_text(tmp_path, lean_pool, log, monkeypatch, much):
    root = write(tmp_path, rendered(tmp_path, make_artifact(3, 1, 1, concept_names=("size",)), "Small"))
    monkeypatch.setattr(schedule, "_MUCH_DATA_BYTES", much)
    monkeypatch.setattr(host_pool, "_MOST_BEFORE_MUCH_DATA", 0)
    keep_what_has_taken_much(monkeypatch)
    library = lean_library_folder()
    assert check(root, engine=Engine.EMBEDDED, library=library, tell=print, pool=lean_pool).accepted
    by_module = dict(zip(re.findall(r"host \d+: (\S+): import", log.text), hosts(log), strict=True))
    samples, claim = by_module["Small/Samples.lean"], by_module["Small/Size.lean"]
    assert (samples == claim) == (much > 0)


# Hosts that end


def kill_later(pool, seconds):
    """Kill all hosts of a pool after a while, as when memory runs out."""

    def kill():
        time.sleep(seconds)
        for process in [*pool._processes._running]:
            process.kill()

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


@pytest.mark.lean
@pytest.mark.parametrize("seconds", [0, 0.2])
def test_a_file_whose_host_ended_is_given_to_another(lean_pool, fresh, log, seconds):
    run_in(lean_pool, TRUE)
    killing = kill_later(lean_pool, seconds)
    if seconds == 0:
        killing.join()
    assert run_in(lean_pool, TRUE) == fresh["accepted"]
    killing.join()
    if seconds == 0:
        before, after = hosts(log)
        assert before != after
        assert f"host {before}: ended at A.lean, which another host is given" in log.text


@pytest.mark.lean
def test_a_file_that_ends_two_hosts_is_what_is_said_and_the_next_one_has_a_host(lean_pool, log):
    result, _ = run_in(lean_pool, TOO_LARGE)
    assert (result.stdout, result.cut) == ("", None)
    # A thread of Lean's that breaks off as well can end the process before the main one has said so.
    assert result.returncode == -signal.SIGKILL or (result.returncode == 1 and "unwind" in result.stderr)
    assert run_in(lean_pool, TRUE)[0].returncode == 0


@pytest.mark.lean
def test_a_file_that_takes_too_long_is_not_given_to_another_host(lean_pool, log):
    result, _ = run_in(lean_pool, ENDLESS, alone=True, timeout=1)
    assert result.cut is Cut.TIME
    assert "another host" not in log.text
    assert run_in(lean_pool, TRUE)[0].returncode == 0


@pytest.mark.lean
def test_work_that_is_given_up_ends_its_host_and_the_pool_goes_on(lean_pool):
    def give_up(work):
        time.sleep(2)
        work.give_up()

    with lean_pool.work() as work, work.workplace(alone=True) as workplace:
        thread = threading.Thread(target=give_up, args=[work])
        thread.start()
        with pytest.raises(RuntimeError, match=r"^the work was given up$"):
            run(workplace, ENDLESS)
        thread.join()
    assert run_in(lean_pool, TRUE)[0].returncode == 0


# Exports beside files that can run code


COMMANDS = "import Lean\nopen Lean Elab Command\n#eval show CommandElabM Unit from "
HOSTILE = {
    "words that mean something else": (
        'macro_rules | `(tactic| decide) => `(tactic| exact lcProof)\nmacro "δ" : term => `(0)\n'
        "instance (priority := 2000) : LE Rat := ⟨fun _ _ => True⟩\naxiom Bridge.any {p : Prop} : p\n"
        '#eval IO.FS.writeFile "/lean/lib/lean/Init/Prelude.olean" ""\n'
    ),
    "an early end": f"{COMMANDS}do IO.Process.exit 0\n",
    "no messages": f"{COMMANDS}modify fun s => {{ s with messages := {{}} }}\n",
    "an endless loop": ENDLESS,
}


@pytest.mark.lean
def test_a_hostile_file_before_an_export_does_not_change_its_verdict(tmp_path, user_cache, lean_pool, log):
    artifact = make_artifact(4, 2, 1, concept_names=("size",))
    files = rendered(tmp_path, artifact, "Small")
    true = write(tmp_path / "true", files)
    false = write(tmp_path / "false", {**files, "Small/Size.lean": with_smaller_delta(files["Small/Size.lean"])})

    def accepted(root, timeout=None):
        return check(
            root,
            engine=Engine.EMBEDDED,
            library=lean_library_folder(),
            tell=print,
            allowances=Allowances(commands=True, timeout=timeout),
            pool=lean_pool,
        ).accepted

    assert (accepted(true), accepted(false)) == (True, False)
    shared = {*hosts(log)}
    for name, text in HOSTILE.items():
        log.clear()
        accepted(write(tmp_path / "hostile", {"Hostile.lean": text}), timeout=5)
        assert not shared & {*hosts(log)}, name
        assert not accepted(false), name
        shared |= {*hosts(log)[-1:]}
    assert accepted(true)


def with_smaller_delta(text):
    """The same file with a δ that is one unit too small."""
    changed, count = re.subn(r"(def δ : Rat :=\s*)(\d+)", lambda match: f"{match[1]}{int(match[2]) - 1}", text, count=1)
    assert count == 1
    return changed


# Interruptions


CHECK = """
import sys
from pathlib import Path
from bridge.check import host_pool, schedule
from bridge.__main__ import run
from bridge.check.embedded import EmbeddedLean
lean = EmbeddedLean(Path(sys.argv[1]), "4.28.0-quick")
host_pool.ensure_embedded_lean = lambda report: lean
sys.argv[1:] = ["check", sys.argv[2], "--engine", "embedded", "--verbose"]
sys.exit(run())
"""


@pytest.fixture
def quick_pool(tmp_path, monkeypatch):
    """A pool of one host over the quick program, which is put there by the test."""
    (tmp_path / "lean").mkdir()
    monkeypatch.setattr(host_pool, "ensure_embedded_lean", lambda report: EmbeddedLean(tmp_path / "lean", "quick"))
    monkeypatch.setattr(host_pool, "_capacity", lambda: 1)
    with HostPool(print) as pool:
        yield pool


@pytest.mark.parametrize("alone", [False, True])
def test_who_waits_is_told_that_lean_does_not_start_and_can_try_again(tmp_path, quick_pool, alone):
    for _ in range(2):
        with pytest.raises(MissingToolError, match=r"^the embedded Lean does not start \(exit code 1: Error: ENOENT: "):
            run_in(quick_pool, TRUE, alone=alone)
    (tmp_path / "lean" / "lean.js").write_text(QUICK_LEAN)
    assert run_in(quick_pool, TRUE, alone=alone)[0].returncode == 0


def test_a_host_for_one_file_takes_the_room_of_one_that_is_idle(tmp_path, quick_pool, log):
    (tmp_path / "lean" / "lean.js").write_text(QUICK_LEAN)
    for alone in (False, True, False):
        assert run_in(quick_pool, TRUE, alone=alone)[0].returncode == 0
        assert len(processes_with(quick_pool._temporary.name)) == (0 if alone else 1)
    assert hosts(log) == [1, 2, 3]


def test_a_host_for_one_file_waits_for_room(tmp_path, quick_pool, log):
    (tmp_path / "lean" / "lean.js").write_text(QUICK_LEAN)
    with ThreadPoolExecutor(1) as threads, quick_pool.work() as work:
        with work.workplace(alone=False) as workplace:
            other = threads.submit(run_in, quick_pool, TRUE, alone=True)
            time.sleep(0.2)
            assert not other.done()
            run(workplace, TRUE)
        assert other.result()[0].returncode == 0
    assert hosts(log) == [1, 2]


def test_a_host_that_is_ended_has_another_ready_before_the_next_file(tmp_path, quick_pool, log, monkeypatch):
    (tmp_path / "lean" / "lean.js").write_text(QUICK_LEAN)
    monkeypatch.setattr(host_pool, "_MOST_KEPT_BYTES", 0)
    quick_pool.prepare()  # nothing, since there may be no file for hosts at all
    run_in(quick_pool, TRUE)
    quick_pool.prepare()
    quick_pool.prepare()
    while "host 2: started" not in log.text:
        time.sleep(0.01)
    assert re.findall(r"host (\d+): (started|A.lean)", log.text) == [
        ("1", "started"),
        ("1", "A.lean"),
        ("2", "started"),
    ]
    run_in(quick_pool, TRUE)
    assert hosts(log) == [1, 2]


def test_a_pool_that_is_closed_lets_nobody_wait(tmp_path, quick_pool):
    (tmp_path / "lean" / "lean.js").write_text(QUICK_LEAN)
    with ThreadPoolExecutor(1) as threads, quick_pool.work() as work, work.workplace(alone=False):
        other = threads.submit(run_in, quick_pool, TRUE, alone=True)
        time.sleep(0.2)
        work.give_up()
        quick_pool.__exit__(None, None, None)
        with pytest.raises(RuntimeError, match=r"^the work was given up$"):
            other.result()


@pytest.fixture
def quick_check(tmp_path):
    """Starts `bridge check` of an export over a quick program in the place of Lean, with places of its own."""
    (tmp_path / "lean").mkdir()
    (tmp_path / "lean" / "lean.js").write_text(QUICK_LEAN)
    root = write(tmp_path / "export", rendered(tmp_path, make_artifact(4, 2, 3), "Small"))

    def start(number):
        places = {"TMPDIR": tmp_path / f"temporary{number}", "BRIDGE_CACHE_DIR": tmp_path / f"cache{number}"}
        for place in places.values():
            place.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-c", CHECK, str(tmp_path / "lean"), str(root)],
            env={**os.environ, **{name: str(place) for name, place in places.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return process, places["TMPDIR"]

    return start


def processes_with(text):
    """The command lines that have a text in them, of all processes."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [line] if text in (line := file.read_text().replace("\0", " ")) else []
        except OSError:
            continue
    return found


def test_a_check_over_the_quick_program_ends_well(quick_check):
    process, temporary = quick_check(0)
    output, errors = process.communicate(timeout=300)
    assert output.startswith("Lean 4.28.0-quick (embedded engine): accepted, "), errors
    assert list(temporary.iterdir()) == []
    assert processes_with(str(temporary)) == []


def test_an_interruption_at_any_of_50_moments_leaves_no_process_and_no_file(quick_check):
    process, _ = quick_check("whole")
    said = process.stderr.readline()
    began = time.monotonic()
    process.communicate(timeout=300)
    whole = time.monotonic() - began

    def interrupted(number):
        process, temporary = quick_check(number)
        errors = process.stderr.readline()
        time.sleep(whole * number / 50)
        process.send_signal([signal.SIGINT, signal.SIGTERM][number % 2])
        errors += process.communicate(timeout=300)[1]
        wait_until(lambda: not processes_with(str(temporary)))  # one that was killed takes a moment to end
        return process.returncode, errors, [*temporary.iterdir()]

    with ThreadPoolExecutor(2) as threads:
        outcomes = [*threads.map(interrupted, range(50))]
    assert "4.28.0-quick" in said
    # What comes after the check, while Python ends, ends it as any program.
    ends = {0, 130, -signal.SIGINT, -signal.SIGTERM}
    assert [(code, errors) for code, errors, _ in outcomes if code not in ends] == []
    assert [code for code, *_ in outcomes].count(130) >= 25
    assert [left for _, _, left in outcomes if left] == []
