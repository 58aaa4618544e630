"""A host of the embedded Lean: the protocol as `lean_host.js` has it, and what one process does with it."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bridge.base.errors import MissingToolError
from bridge.base.processes import Cut, ProcessGroup
from bridge.check import lean_host
from bridge.check.embedded import EmbeddedLean
from bridge.check.lean_host import Host, HostEndedError
from support.hosts import ENDLESS, FALSE, TOO_LARGE, TRUE, frame, raw_host
from support.lifelines import wait_until


def request(name="A", number=1, **changes):
    return {"id": number, "source": f"{name}.lean", "olean": f"{name}.olean", "options": [["j", "1"]], **changes}


@pytest.fixture(scope="module")
def host_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("host")
    for name, text in {"A": TRUE, "B": FALSE}.items():
        (folder / f"{name}.lean").write_text(text)
    return folder


@pytest.fixture(scope="module")
def raw(lean_pool, host_folder):
    """One host for all tests that leave it alive."""
    with raw_host(lean_pool.lean, host_folder) as host:
        yield host


# The protocol


@pytest.mark.lean
def test_the_first_answer_says_which_lean_it_is(raw):
    assert set(raw.ready) == {"ready", "memory"}
    assert re.match(r"Lean \(version 4\.28\.0-pre, wasm32-unknown-emscripten, commit ", raw.ready["ready"])


@pytest.mark.lean
def test_an_answer_has_status_output_times_and_memory(raw, host_folder):
    answer = raw.ask(request())
    assert set(answer) == {"id", "status", "output", "errors", "import", "elaboration", "memory"}
    assert (answer["id"], answer["status"], answer["output"], answer["errors"]) == (1, 0, [], [])
    assert answer["memory"] > raw.ready["memory"]
    assert answer["import"] > 0
    assert answer["elaboration"] > 0
    assert (host_folder / "A.olean").read_bytes().startswith(b"olean")


@pytest.mark.lean
def test_messages_are_lines_of_the_output(raw):
    answer = raw.ask(request("B"))
    messages = [json.loads(line) for line in answer["output"]]
    assert (answer["status"], {message["severity"] for message in messages}) == (1, {"error"})
    assert {message["fileName"] for message in messages} == {"/work/B.lean"}


@pytest.mark.lean
@pytest.mark.parametrize("number", ["text", None, 1.5, {"a": [1]}])
def test_an_identifier_of_any_kind_comes_back(raw, number):
    assert raw.ask({"id": number})["id"] == number


@pytest.mark.lean
@pytest.mark.parametrize(
    ("content", "error"),
    [
        *(
            (request(source=path), "`source` is no path")
            for path in ("", ".", "a/", "/etc/passwd", "../A.lean", "a//b", "a/../b")
        ),
        (request(source=3), "`source` is no text"),
        (request(olean=None), "`olean` is no text"),
        (request(olean="../A.olean"), "`olean` is no path"),
        *(
            (request(options=options), "`options` are no options")
            for options in (None, {}, "j1", ["j1"], [["jj", "1"]], [["j"]], [["j", 1]], [["", "1"]])
        ),
        (request(options=[["o", "X.olean"]]), "`options` are no options"),
        (request(options=[["q", ""]]), "`options` are no options"),
        (request(options=[["D", "noEquals"]]), "option D was refused"),
        ({}, "`source` is no text"),
        ([], "`source` is no text"),
        (3, "`source` is no text"),
        (None, "it is no JSON"),
    ],
)
def test_what_is_no_request_is_named_and_the_next_one_is_served(raw, content, error):
    assert raw.ask(content)["error"] == error
    assert raw.ask({"id": "next"})["id"] == "next"


@pytest.mark.lean
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_named_and_the_next_one_is_served(raw, content):
    raw.send_bytes(frame(content))
    assert raw.receive().items() > {"id": None, "error": "it is no JSON"}.items()
    assert raw.ask({"id": "next"})["id"] == "next"


@pytest.mark.lean
def test_frames_can_come_in_pieces_and_together(raw):
    texts = [json.dumps(request(number=f"é{number}"), ensure_ascii=False).encode() for number in range(3)]
    for byte in frame(texts[0]):
        raw.send_bytes(bytes([byte]))
        time.sleep(0.001)
    raw.send_bytes(frame(texts[1]) + frame(texts[2]))
    assert [raw.receive()["id"] for _ in range(3)] == ["é0", "é1", "é2"]


@pytest.mark.lean
def test_a_line_of_any_length_is_one_line(raw, host_folder):
    (host_folder / "Long.lean").write_text(f'#check "{"é" * 100_000}"\n')
    (line,) = raw.ask(request("Long"))["output"]
    assert json.loads(line)["data"].count("é") == 100_000


@pytest.mark.lean
def test_what_a_file_reads_from_standard_input_is_empty(raw, host_folder):
    reads = 'let input ← IO.getStdin; IO.println s!"<{← input.getLine}>"'
    (host_folder / "Reads.lean").write_text(f"#eval show IO Unit from do {reads}\n")
    raw.send(request("Reads"))
    raw.send({"id": "next"})
    assert "<>" in raw.receive()["output"][0]
    assert raw.receive()["id"] == "next"


# Ends


@pytest.mark.lean
def test_a_host_ends_with_its_input(lean_pool, tmp_path):
    with raw_host(lean_pool.lean, tmp_path) as host:
        host.process.stdin.close()
        assert host.receive() is None
        assert host.process.wait() == 0


@pytest.mark.lean
def test_a_host_says_what_it_broke_off_with_and_ends(lean_pool, tmp_path):
    (tmp_path / "A.lean").write_text(TOO_LARGE)
    with raw_host(lean_pool.lean, tmp_path) as host:
        answer = host.ask(request())
        # A thread of Lean's that breaks off as well ends the process by a signal, if it is faster than the main thread.
        assert answer is None or (answer["trap"], answer["cut"]) == ("unwind", False)
        assert host.receive() is None
        assert host.process.wait() in ([-signal.SIGKILL] if answer is None else [1, -signal.SIGKILL])


@pytest.mark.lean
def test_how_a_host_ends_after_it_has_broken_off_is_no_matter(lean_pool, tmp_path, monkeypatch):
    monkeypatch.setattr(lean_host, "_END_LIMIT", 0)  # so that it is killed
    with ProcessGroup() as processes, Host(lean_pool.lean, tmp_path, processes, 1) as host:
        host.wait_until_ready()
        monkeypatch.setattr(host, "_read", lambda _timeout: {"id": 1, "trap": "unwind", "cut": False})
        with pytest.raises(HostEndedError) as caught:
            host.check("A.lean", "A.olean")
    assert (caught.value.run.returncode, caught.value.run.cut) == (1, None)


@pytest.mark.lean
def test_a_host_that_prints_without_end_is_cut_off(lean_pool, tmp_path):
    doubled = "partial def doubled (n : Nat) (s : String) : String := if n = 0 then s else doubled (n - 1) (s ++ s)\n"
    (tmp_path / "A.lean").write_text(doubled + '#eval IO.println (doubled 21 "x")\n' * 33)
    with (
        ProcessGroup() as processes,
        Host(lean_pool.lean, tmp_path, processes, 1) as host,
        pytest.raises(HostEndedError) as caught,
    ):
        host.wait_until_ready()
        host.check("A.lean", "A.olean")
    assert caught.value.run.cut is Cut.OUTPUT


@pytest.mark.lean
def test_a_file_that_takes_too_long_ends_its_host(lean_pool, tmp_path):
    (tmp_path / "A.lean").write_text(ENDLESS)
    with ProcessGroup() as processes:
        host = Host(lean_pool.lean, tmp_path, processes, 1)
        host.wait_until_ready()
        with pytest.raises(HostEndedError) as caught:
            host.check("A.lean", "A.olean", timeout=1)
        assert (caught.value.run.cut, caught.value.run.returncode) == (Cut.TIME, -signal.SIGKILL)
        with pytest.raises(ProcessLookupError):
            os.kill(host.process_id, 0)


@pytest.mark.lean
def test_a_host_whose_starter_is_killed_ends_in_the_middle_of_a_file(lean_pool, tmp_path):
    (tmp_path / "A.lean").write_text(ENDLESS)
    code = (
        "import sys; from pathlib import Path; from bridge.check.embedded import EmbeddedLean; "
        "from bridge.check.lean_host import Host; from bridge.base.processes import ProcessGroup\n"
        "with ProcessGroup() as processes:\n"
        "    host = Host(EmbeddedLean(Path(sys.argv[1]), ''), Path(sys.argv[2]), processes, 1)\n"
        "    host.wait_until_ready()\n"
        "    print(host.process_id, flush=True)\n"
        "    host.check('A.lean', 'A.olean')\n"
    )
    command = [sys.executable, "-c", code, str(lean_pool.lean.folder), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        number = int(starter.stdout.readline())
        time.sleep(1)
        assert is_running(number)
        starter.kill()
    wait_until(lambda: not is_running(number))


def is_running(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.lean
def test_a_host_that_does_not_start_says_why(lean_pool, tmp_path):
    class Broken(type(lean_pool.lean)):
        def environment(self, folder):
            return {**super().environment(folder), "BRIDGE_LEAN": str(tmp_path)}

    with ProcessGroup() as processes, pytest.raises(MissingToolError) as caught:
        Host(Broken(lean_pool.lean.folder, ""), tmp_path, processes, 1).wait_until_ready()
    assert re.fullmatch(
        r"the embedded Lean does not start \(exit code 1: Error: ENOENT.*lean\.js'\); 64-bit Linux or macOS with 3 GB "
        r"of memory is required; install Lean with elan instead",
        str(caught.value),
    )


# What a host could answer if it were another program


IMPOSTOR = """
import json, os, struct, sys, time

answers = int(sys.argv[2])

def answer(content):
    os.write(answers, struct.pack(">I", len(content)) + content)

answer(json.dumps({"ready": "Lean (version 4.28.0-impostor, no Lean)", "memory": 1}).encode())
size, = struct.unpack(">I", sys.stdin.buffer.read(4))
request = json.loads(sys.stdin.buffer.read(size))
good = {"id": 1, "status": 0, "output": [], "errors": [], "import": 0.0, "elaboration": 0.0, "memory": 1}
eval(sys.argv[1])
time.sleep(60)
"""
ANSWERS = {
    "answer(json.dumps({**good, 'id': 2}).encode())": "it is the answer to another request",
    "answer(json.dumps({**good, 'output': 'a text'}).encode())": "no list of lines: 'a text'",
    "answer(json.dumps({**good, 'status': 'well'}).encode())": "invalid literal for int",
    "answer(json.dumps({}).encode())": "KeyError('id')",
    "answer(b'[1]')": "",
    "answer(b'{')": "",
    "answer(b'[' * 100_000)": "",
    "os.write(answers, b'\\0\\0')": "",
    "os.write(answers, struct.pack('>I', 2**31))": "",
    "sys.exit('no more')": "no more",
}


@contextlib.contextmanager
def impostor(folder, action, program=IMPOSTOR):
    """A host that runs such a program, which does this when it is asked."""

    class Impostor(EmbeddedLean):
        def command(self, folder, answers):
            return [sys.executable, "-IS", "-c", program, action, str(answers)]

    with ProcessGroup() as processes, Host(Impostor(folder, ""), folder, processes, 1) as host:
        yield host


@pytest.mark.parametrize("action", ANSWERS)
def test_an_answer_that_is_none_ends_the_host(tmp_path, action):
    with impostor(tmp_path, f"({action}, os.close(answers), os.close(1), os.close(2))") as host:
        host.wait_until_ready()
        assert host.version == "4.28.0-impostor"
        with pytest.raises(HostEndedError) as caught:
            host.check("A.lean", "A.olean")
        assert ANSWERS[action] in caught.value.run.stderr
        assert caught.value.run.cut is (Cut.OUTPUT if "2**31" in action else None)
        with pytest.raises(HostEndedError):
            host.check("A.lean", "A.olean")


def test_a_good_answer_of_the_same_program_is_taken(tmp_path):
    with impostor(tmp_path, "answer(json.dumps(good).encode())") as host:
        host.wait_until_ready()
        assert host.check("A.lean", "A.olean").status == 0


def test_a_first_answer_without_a_version_is_no_start(tmp_path):
    with impostor(tmp_path, "None", IMPOSTOR.replace("Lean (version", "Lean of version")) as host:
        message = r"^the embedded Lean does not start \(exit code -9: no version: Lean of version 4\.28"
        with pytest.raises(MissingToolError, match=message):
            host.wait_until_ready()


def test_no_host_is_started_when_the_block_was_left(tmp_path):
    with ProcessGroup() as processes:
        pass
    with pytest.raises(RuntimeError, match=r"^the process group is closed$"):
        Host(EmbeddedLean(tmp_path, ""), tmp_path, processes, 1)
