"""Child processes: their output, and that none of them outlives the block or the interruption."""

import concurrent.futures
import os
import signal
import sys

import pytest

from bridge.base.processes import Cut, ProcessGroup
from support.lifelines import make_lifeline, start_interruptible, wait_for_end, wait_for_start, wait_until

# A program that starts another one and waits for it.
WAITING = "exec 3> lifeline; echo started >&3; sleep 300; echo never"


def run(command, folder, **environment):
    with ProcessGroup() as processes:
        return processes.run(command, folder=folder, environment=environment)


def test_output_and_exit_code_are_those_of_the_program(tmp_path):
    result = run(["sh", "-c", "echo one; echo two >&2; exit 3"], tmp_path)
    assert (result.stdout, result.stderr, result.returncode) == ("one\n", "two\n", 3)


def test_bytes_that_are_not_utf_8_do_no_harm(tmp_path):
    result = run(["printf", r"\316\264 \377 \316"], tmp_path)
    assert result.stdout == "δ \N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}"


def test_output_is_utf_8_whatever_the_locale(tmp_path):
    code = (
        "from pathlib import Path; from bridge.base.processes import ProcessGroup\n"
        "with ProcessGroup() as processes:\n"
        r"    print(ascii(processes.run(['printf', r'\316\264'], folder=Path.cwd(), environment={}).stdout))"
    )
    environment = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    assert run([sys.executable, "-X", "utf8=0", "-c", code], tmp_path, **environment).stdout == "'\\u03b4'\n"


def test_much_output_on_both_streams_is_read_whole(tmp_path):
    result = run(["sh", "-c", "head -c 300000 /dev/zero >&2; head -c 200000 /dev/zero"], tmp_path)
    assert (len(result.stdout), len(result.stderr)) == (200_000, 300_000)


def test_the_environment_is_added_to_the_present_one(tmp_path, monkeypatch):
    monkeypatch.setenv("KEPT", "1")
    monkeypatch.setenv("CHANGED", "2")
    result = run(["sh", "-c", "echo $KEPT $CHANGED $ADDED"], tmp_path, CHANGED="3", ADDED="4")
    assert result.stdout == "1 3 4\n"


def test_a_program_need_not_get_the_present_variables(tmp_path, monkeypatch):
    monkeypatch.setenv("KEPT", "1")
    with ProcessGroup() as processes:
        result = processes.run(["/usr/bin/env"], folder=tmp_path, environment={"ADDED": "4"}, inherit=False)
    assert result.stdout == "ADDED=4\n"


def test_a_program_that_takes_too_long_is_killed_with_what_it_started(tmp_path):
    lifeline = make_lifeline(tmp_path / "lifeline")
    with ProcessGroup() as processes:
        result = processes.run(["sh", "-c", f"echo said; {WAITING}"], folder=tmp_path, environment={}, timeout=1)
    wait_for_start(lifeline)
    wait_for_end(lifeline)
    assert (result.cut, result.returncode, result.stdout) == (Cut.TIME, -signal.SIGKILL, "said\n")


def test_a_program_that_is_done_in_time_is_not_cut(tmp_path):
    with ProcessGroup() as processes:
        result = processes.run(["echo", "said"], folder=tmp_path, environment={}, timeout=300)
    assert (result.cut, result.returncode, result.stdout) == (None, 0, "said\n")


@pytest.mark.parametrize("redirection", ["", ">&2"])
def test_a_program_that_prints_without_end_is_killed(tmp_path, redirection):
    command = ["sh", "-c", f"cat /dev/zero {redirection}"]
    with ProcessGroup() as processes:
        result = processes.run(command, folder=tmp_path, environment={}, most_output=200_000)
    assert result.cut is Cut.OUTPUT
    assert 0 < len(result.stdout + result.stderr) <= 200_000


def test_line_ends_are_those_of_unix(tmp_path):
    assert run(["printf", r"a\r\nb\rc"], tmp_path).stdout == "a\nb\rc"


def test_a_program_runs_in_its_folder_and_is_given_no_input(tmp_path):
    assert run(["sh", "-c", "pwd; cat"], tmp_path).stdout == f"{tmp_path.resolve()}\n"


def test_a_missing_program_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        run([str(tmp_path / "no-such-program")], tmp_path)


def test_programs_run_at_the_same_time(tmp_path):
    # Each opens one end of a pipe, which blocks until the other end is opened.
    os.mkfifo(tmp_path / "pipe")
    with concurrent.futures.ThreadPoolExecutor(2) as pool, ProcessGroup() as processes:
        commands = ["echo met > pipe", "cat pipe"]
        futures = [pool.submit(processes.run, ["sh", "-c", c], folder=tmp_path, environment={}) for c in commands]
        assert futures[1].result(timeout=300).stdout == "met\n"


def test_leaving_the_block_kills_what_runs_and_what_that_started(tmp_path):
    lifeline = make_lifeline(tmp_path / "lifeline")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with ProcessGroup() as processes:
            future = pool.submit(processes.run, ["sh", "-c", WAITING], folder=tmp_path, environment={})
            wait_for_start(lifeline)
        result = future.result(timeout=300)
    wait_for_end(lifeline)
    assert (result.returncode, result.stdout) == (-signal.SIGKILL, "")


def test_an_error_in_the_block_kills_what_runs(tmp_path):
    lifeline = make_lifeline(tmp_path / "lifeline")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with pytest.raises(ZeroDivisionError), ProcessGroup() as processes:
            pool.submit(processes.run, ["sh", "-c", WAITING], folder=tmp_path, environment={})
            wait_for_start(lifeline)
            raise ZeroDivisionError
        wait_for_end(lifeline)


def test_what_waits_for_its_turn_is_not_started_after_the_block(tmp_path):
    count = 40  # more than run at the same time
    command = ["sh", "-c", "echo started >> log; sleep 20"]
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        with ProcessGroup() as processes:
            futures = [pool.submit(processes.run, command, folder=tmp_path, environment={}) for _ in range(count)]
            wait_until(lambda: (tmp_path / "log").exists() and all(future.running() for future in futures))
        concurrent.futures.wait(futures)
    errors = [future.exception() for future in futures]
    assert (tmp_path / "log").read_text().count("started") <= errors.count(None) < count
    assert {str(error) for error in errors if error} == {"the process group is closed"}


def test_nothing_starts_after_the_block(tmp_path):
    with ProcessGroup() as processes:
        pass
    with pytest.raises(RuntimeError, match=r"^the process group is closed$"):
        processes.run(["touch", "started"], folder=tmp_path, environment={})
    assert not (tmp_path / "started").exists()


def test_an_interrupted_wait_kills_what_runs_and_what_that_started(tmp_path):
    lifeline = make_lifeline(tmp_path / "lifeline")
    code = (
        "import sys; from pathlib import Path; from bridge.base.processes import ProcessGroup\n"
        "with ProcessGroup() as processes:\n"
        "    processes.run(['sh', '-c', sys.argv[1]], folder=Path.cwd(), environment={})"
    )
    waiting = start_interruptible([sys.executable, "-c", code, WAITING], cwd=tmp_path)
    wait_for_start(lifeline)
    waiting.send_signal(signal.SIGINT)
    _, errors = waiting.communicate(timeout=300)
    wait_for_end(lifeline)
    assert errors.endswith("KeyboardInterrupt\n")
