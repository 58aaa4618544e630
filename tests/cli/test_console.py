"""What is said on stderr: how much, in which words, on a terminal and elsewhere; results go to stdout alone."""

import json
import logging
import os
import pty
import re
import subprocess
import sys
import tempfile
import time
from fractions import Fraction

import pytest
from rich.console import Console

from bridge.artifact.file import save_artifact
from bridge.artifact.record import ConceptMetrics
from bridge.cli.console import Bars, complain, say, set_level, show, show_json, stderr_lines
from bridge.cli.main import main
from bridge.report.summary import ConceptResult, summary_table
from support import forked
from support.artifacts import make_artifact
from support.command_line import run_bridge

SMALL = ("--data", "random", "--limit", "16", "--latent-dim", "2", "--epochs", "2", "--out", "vae")
FIT = ("fit", "--checkpoint", "vae", "--out", "p.safetensors")


def shown_on_a_terminal(*arguments, cwd):
    """What a command shows on a terminal, without the escape sequences, and what it prints as its result."""
    ours, theirs = pty.openpty()
    with tempfile.TemporaryFile("w+") as output:
        process = forked.start(
            forked.BRIDGE, *arguments, cwd=cwd, output=output.fileno(), errors=theirs, TERM="xterm", COLUMNS="100"
        )
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
        os.close(ours)
        process.join()
        output.seek(0)
        result = output.read()
    assert process.exitcode == 0
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode()), result


@pytest.fixture
def artifact(tmp_path):
    save_artifact(tmp_path / "probe.safetensors", make_artifact())
    return "--artifact", "probe.safetensors", "--out", "A.lean"


# How much is said


def test_a_command_says_what_it_has_done_on_stderr_and_prints_its_result_on_stdout(artifact, tmp_path):
    result = run_bridge("export", *artifact, cwd=tmp_path)
    assert result.stderr == "export: wrote A.lean and 3 more files\n"
    assert result.stdout.splitlines()[0] == "A.lean"


@pytest.mark.parametrize("option", ["-q", "--quiet"])
@pytest.mark.parametrize("before", [True, False])
def test_quiet_leaves_the_result_alone(artifact, tmp_path, option, before):
    arguments = [option, "export", *artifact] if before else ["export", *artifact, option]
    quiet = run_bridge(*arguments, cwd=tmp_path)
    assert quiet.stderr == ""
    assert quiet.stdout == run_bridge("export", *artifact, cwd=tmp_path).stdout


def test_errors_and_warnings_are_said_in_quiet_too(tmp_path):
    refused = run_bridge("train", "--quiet", *SMALL, "--limit", "0", cwd=tmp_path)
    assert refused.stderr.startswith("bridge: a limit of 0 images was given")
    wide = ["train", "-q", "--data", "random", "--limit", "16", "--latent-dim", "20", "--epochs", "1", "--out", "vae"]
    assert run_bridge(*wide, cwd=tmp_path).stderr == ""
    doubtful = run_bridge("fit", "-q", "--checkpoint", "vae", "--out", "probe.safetensors", cwd=tmp_path)
    first, *others = doubtful.stderr.splitlines()
    assert first.startswith("bridge: warning: there are 13 samples for 21 unknowns, ")
    assert all(line.startswith("bridge: warning: ") for line in others)


@pytest.mark.parametrize("option", ["-v", "--verbose"])
def test_verbose_says_more_and_when(artifact, tmp_path, option):
    lines = run_bridge("export", *artifact, option, cwd=tmp_path).stderr.splitlines()
    times = [float(re.match(r"\[ *([\d.]+) s\] \w", line)[1]) for line in lines]
    assert times == sorted(times)
    said = [line.partition("] ")[2] for line in lines]
    assert said[-1] == "export: wrote A.lean and 3 more files"
    assert {"export: measuring", "export: packing", "export: rendering concepts"} <= set(said)


def test_verbose_of_a_training_names_the_data_set_and_the_device(tmp_path):
    said = run_bridge("train", "-v", *SMALL, "--device", "cpu", cwd=tmp_path).stderr
    assert re.search(r"data set random: 16 images, SHA-256 [0-9a-f]{64}\n", said)
    assert re.search(r"training on 13 images, cpu, PyTorch \S+\n", said)


def test_quiet_and_verbose_together_are_refused(tmp_path):
    result = run_bridge("-q", "train", "--verbose", *SMALL, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr == (
        "bridge: --quiet and --verbose were given together; one of them is required; leave the other out\n"
    )


def test_what_was_asked_for_once_is_forgotten_the_next_time(artifact, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", "-q", *artifact]) == main(["export", *artifact]) == 0
    assert capsys.readouterr().err == "export: wrote A.lean and 3 more files\n"


def test_the_package_says_nothing_where_there_is_no_command_line(capsys):
    with stderr_lines():
        pass
    say("nobody asked")
    assert capsys.readouterr() == ("", "")


def test_who_uses_the_package_can_hear_what_it_says_by_the_logging_of_python(caplog):
    with caplog.at_level(logging.INFO, logger="bridge"):
        say("done")
    assert caplog.messages == ["done"]


@pytest.mark.parametrize("level", [logging.WARNING, logging.INFO, logging.DEBUG])
def test_a_complaint_is_said_at_every_level(capsys, level):
    with stderr_lines():
        set_level(level)
        complain("no")
    assert capsys.readouterr().err == "bridge: no\n"


def test_the_json_result_is_the_same_whatever_is_said(artifact, tmp_path):
    outputs = {run_bridge("export", *artifact, "--json", *more, cwd=tmp_path).stdout for more in ([], ["-q"], ["-v"])}
    (output,) = outputs
    json.loads(output)


# Bars and lines


@pytest.mark.parametrize(
    ("command", "bar"),
    [
        (("train", *SMALL), r"train: epochs [━ ]+ 2 of 2, loss [\d.]+"),
        (FIT, r"fit: encoding [━ ]+ 1 of 1"),
        ((*FIT, "--concepts", "area"), r"fit: scoring with scikit-image [━ ]+ 1 of 1"),
        (("export", "--artifact", "p.safetensors", "--out", "A.lean"), r"export: rendering concepts [━ ]+ 1 of 1"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_long_steps_have_a_bar_on_a_terminal(tmp_path, command, bar):
    run_bridge("train", *SMALL, cwd=tmp_path)
    run_bridge(*FIT, "--concepts", "area", cwd=tmp_path)
    shown, result = shown_on_a_terminal(*command, cwd=tmp_path)
    assert re.search(bar, shown)
    assert "━" not in result
    silent, quiet_result = shown_on_a_terminal(*command, "--quiet", cwd=tmp_path)
    assert all(line.startswith("bridge: warning: ") for line in silent.splitlines())
    assert quiet_result == result


def test_lines_stay_above_the_bar(tmp_path):
    shown, _ = shown_on_a_terminal("train", *SMALL, "--data", "pictures", cwd=pictures(tmp_path))
    lines = [line.strip() for line in shown.splitlines() if line.strip()]
    assert lines[0].startswith("train: 16 of 16 images were resized")
    assert lines[-1].startswith("train: epochs ━")


def pictures(folder):
    import numpy as np
    from PIL import Image

    (folder / "pictures").mkdir()
    for number in range(16):
        Image.fromarray(np.full((10, 10), number, np.uint8)).save(folder / "pictures" / f"{number}.png")
    return folder


def test_a_long_step_is_told_of_in_a_line_now_and_then_where_there_is_no_terminal(monkeypatch, capsys):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with stderr_lines(), Bars("fit") as bars:
        for done in range(0, 2501, 100):
            bars.show("reading", done, 2500)
            now[0] += 1.0
        bars.show("writing", 0, 10)
        now[0] += 11.0
        bars.show("writing", 5, 10, ", nearly")
    assert capsys.readouterr().err.splitlines() == [
        "fit: reading, 1,000 of 2,500",
        "fit: reading, 2,000 of 2,500",
        "fit: writing, 5 of 10, nearly",
    ]


def test_short_steps_are_not_told_of_in_lines(capsys):
    with stderr_lines(), Bars("fit") as bars:
        for done in range(11):
            bars.show("reading", done, 10)
    assert capsys.readouterr().err == ""


# Completion

COMPLETE = """
eval "$({bridge} completion bash)"
COMP_WORDS=({words}) COMP_CWORD={place}
_bridge_completion bridge
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture(scope="module")
def on_path(tmp_path_factory):
    """A folder with the command `bridge`, as an installation makes it."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "bridge"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m bridge "$@"\n')
    program.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("words", "completions"),
    [
        ("bridge tr", ["train"]),
        ("bridge f", ["fetch-lean", "fit"]),
        ("bridge export --over c", ["calibration"]),
        ("bridge fit --sta", ["--standardize"]),
        ("bridge check --engine ''", ["auto", "lake", "lean", "embedded"]),
        ("bridge completion z", ["zsh"]),
    ],
)
def test_bash_completes_commands_options_and_choices(on_path, tmp_path, words, completions):
    place = len(words.split()) - 1
    script = COMPLETE.format(bridge=on_path / "bridge", words=words, place=place)
    environment = {**os.environ, "PATH": f"{on_path}:{os.environ['PATH']}"}
    output = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert sorted(output.split()) == sorted(completions)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_each_shell_is_printed(capsys, shell):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "_BRIDGE_COMPLETE" in script
    assert "python -m" not in script


# With a real Lean


@pytest.mark.lean
def test_a_check_has_a_bar_with_its_modules_on_a_terminal(tmp_path, user_cache):
    (tmp_path / "Two.lean").write_text("theorem two : 1 + 1 = 2 := rfl\n")
    shown, result = shown_on_a_terminal("check", "Two.lean", "--engine", "embedded", cwd=tmp_path)
    assert re.search(r"Two: accepted, [\d.]+ s", shown)
    assert re.search(r"check: checking [━ ]+ 1 of 1", shown)
    verdict = r"Lean \S+ \(embedded engine\): accepted, 1 module in \d+ s"
    assert re.fullmatch(verdict + r"\naxioms: none \(1 theorem\)\nnot an export: .* in: Two\n", result)


# What others wrote

HOSTILE = "a\x1b[2K\u202eb\ud800\x85\U000e0001"
ESCAPED = r"a\x1b[2K\u202eb\ud800\x85\U000e0001"


def test_what_a_terminal_would_obey_is_escaped_wherever_it_is_said(capsys):
    with stderr_lines():
        complain(f"{HOSTILE}\nbridge: another line")
        say(HOSTILE)
    show(HOSTILE)
    output = capsys.readouterr()
    assert output.err == f"bridge: {ESCAPED}\\nbridge: another line\n{ESCAPED}\n"
    assert output.out == f"{ESCAPED}\n"


def test_json_says_the_same_with_escapes_of_its_own(capsys):
    show_json({"name": HOSTILE, "unit": "größe ²\n"})
    text = capsys.readouterr().out
    assert text.isascii() is False
    assert [char for char in text if not char.isprintable()] == ["\n"] * 4
    assert json.loads(text) == {"name": HOSTILE, "unit": "größe ²\n"}


def test_names_are_no_markup_in_the_table_of_results(capsys):
    names = ("[/x]", "[red]", "size[ab]", "[link=file:x]y", ":smile:", "a\x1b")
    metrics = ConceptMetrics(*[None] * 8)
    results = [ConceptResult(name, name, metrics, Fraction(1), None, 0) for name in names]
    Console(width=120).print(summary_table("1 sample", results))
    rows = capsys.readouterr().out
    for name in (*names[:-1], r"a\x1b"):
        assert rows.count(f" {name} ") == 2


def test_a_step_is_no_markup(capsys):
    bars = Bars("check")
    bars.show("[/x]", 1, 2, "[red]")
    console = Console(width=120)
    console.print(bars._progress.make_tasks_table(bars._progress.tasks))
    assert "check: [/x]" in capsys.readouterr().out
