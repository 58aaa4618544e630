"""No command writes over a file of the user's, whatever option names it, and it says so before the work."""

import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

from bridge import LinearProbe
from bridge.base.errors import InputError
from bridge.base.resources import templates_folder
from support.command_line import run_bridge

RANDOM = np.random.default_rng(0)
Z = RANDOM.normal(size=(30, 2)).astype(np.float32)
C = Z @ np.array([[1.0], [-2.0]]) + RANDOM.normal(scale=0.1, size=(30, 1))

SMALL = ("--data", "random", "--limit", "16", "--latent-dim", "2", "--epochs", "1")
GIVEN = ("--latents", "Z.npy", "--scores", "C.npy")
FIT = ("fit", *GIVEN)
OWN_CONCEPT = "def brightness(x):\n    return {'brightness': x.mean(dim=(1, 2, 3))}\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with one of each: what a user has, and what commands have made of it."""
    folder = tmp_path_factory.mktemp("made")
    np.save(folder / "Z.npy", Z)
    np.save(folder / "C.npy", C)
    np.save(folder / "W.npy", np.array([[1.0], [-2.0], [0.0]]))
    np.save(folder / "split.npy", np.arange(30) % 3 > 0)
    np.savez(folder / "images.npz", (RANDOM.random((12, 28, 28)) * 255).astype(np.uint8))
    safetensors.numpy.save_file({"acts": Z}, folder / "Acts.safetensors")
    (folder / "concepts_of_mine.py").write_text(OWN_CONCEPT)
    (folder / "Main.lean").write_text("theorem mine : 1 = 1 := rfl\n")
    (folder / "page.html").write_text("<!DOCTYPE html>\n<html></html>\n")
    shutil.copytree(templates_folder(), folder / "templates")
    commands = [
        ("train", *SMALL, "--out", "vae.safetensors"),
        (*FIT, "--names", "size", "--out", "probe.safetensors"),
        ("export", "--artifact", "probe.safetensors", "--out", "Probe.lean"),
    ]
    for command in commands:
        result = run_bridge(*command, cwd=folder)
        assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def folder(made, tmp_path, monkeypatch):
    """A copy of it, which commands run in."""
    shutil.copytree(made, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    return tmp_path / "copy"


def files_in(folder):
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(*arguments):
    """The one line with which a command ends, that has said nothing of any work and changed nothing."""
    before = files_in(Path())
    result = run_bridge(*arguments, cwd=Path.cwd())
    assert (result.returncode, result.stdout) == (2, ""), result.stderr
    assert files_in(Path()) == before
    (line,) = result.stderr.splitlines()
    return line.removeprefix("bridge: ")


def succeed(*arguments):
    result = run_bridge(*arguments, cwd=Path.cwd())
    assert result.returncode == 0, result.stderr


INPUTS = [
    (*FIT, "--out", "C.npy"),
    (*FIT, "--out", "Z.npy"),
    (*FIT, "--split", "split.npy", "--out", "split.npy"),
    (*FIT, "--out", "./way/C.npy"),
    ("fit", "--latents", "Acts.safetensors:acts", "--scores", "C.npy", "--out", "Acts.safetensors"),
    ("fit", "--checkpoint", "vae.safetensors", "--out", "vae.safetensors"),
    ("fit", "--checkpoint", "trained.safetensors", "--out", "images.npz"),
    (
        *("fit", "--checkpoint", "vae.safetensors", "--concepts", "concepts_of_mine:brightness"),
        *("--out", "concepts_of_mine.py"),
    ),
    ("train", "--data", "images.npz", "--out", "images.npz"),
    ("train", "--data", "pictures", "--out", "pictures/a.png"),
    ("train", "--data", "mnist:sets", "--out", "sets/train-images-idx3-ubyte"),
    ("export", "--weights", "W.npy", *GIVEN, "--out", "New.lean", "--save-artifact", "W.npy"),
    ("export", "--weights", "W.npy", *GIVEN, "--out", "New.lean", "--save-artifact", "C.npy"),
    ("export", "--weights", "W.npy", "--latents", "Acts.safetensors", "--scores", "C.npy", "--out", "Acts.lean"),
    ("export", "--artifact", "Input.lean", "--out", "Input.lean"),
    ("export", "--artifact", "probe.safetensors", "--templates", "templates", "--out", "templates/Mine.lean"),
    ("report", "Probe.lean", "--artifact", "probe.safetensors", "--out", "Probe.lean"),
    ("report", "Probe.lean", "--artifact", "probe.safetensors", "--out", "Probe/Size.lean"),
    ("report", "Probe.lean", "--artifact", "probe.safetensors", "--out", "probe.safetensors"),
    ("report", "Probe.lean", "--artifact", "probe.safetensors", "--out", "vae.safetensors"),
    ("report", "Probe.lean", "--artifact", "probe.safetensors", "--check-result", "check.json", "--out", "check.json"),
    ("run", "--data", "images.npz", "--out", "New.lean", "--run-folder", "new", "--report", "images.npz"),
    ("run", "--data", "vae.safetensors", "--out", "New.lean", "--run-folder", "."),
]


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
@pytest.mark.parametrize("command", INPUTS, ids=" ".join)
def test_no_command_replaces_what_it_reads_whatever_is_allowed(folder, command, force):
    Path("way").symlink_to(".")
    for name in ("pictures/a.png", "sets/train-images-idx3-ubyte", "templates/Mine.lean", "Input.lean", "new/x"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("theirs")
    Path("check.json").write_text("{}")
    if "trained.safetensors" in command:
        succeed("train", "--data", "images.npz", "--epochs", "0", "--out", "trained.safetensors")
    assert "an input of this command" in refusal(*command, *force)


FOREIGN = [
    (("train", *SMALL, "--out", "C.npy"), "C.npy", "a checkpoint"),
    (("train", *SMALL, "--out", "probe.safetensors"), "probe.safetensors", "a checkpoint"),
    (("train", *SMALL, "--out", "new.safetensors"), "new.safetensors.resume", "what an interrupted run has kept"),
    ((*FIT, "--out", "W.npy"), "W.npy", "an artifact"),
    ((*FIT, "--out", "vae.safetensors"), "vae.safetensors", "an artifact"),
    ((*FIT, "--out", "Main.lean"), "Main.lean", "an artifact"),
    ((*FIT, "--out", "link"), "link", "an artifact"),
    ((*FIT, "--out", "new.safetensors"), "new.safetensors.resume", "what an interrupted run has kept"),
    (("fit", "--checkpoint", "vae.safetensors", "--out", "C.npy"), "C.npy", "an artifact"),
    (("export", "--artifact", "probe.safetensors", "--out", "Main.lean"), "Main.lean", "a Lean file of an export"),
    (("export", "--artifact", "probe.safetensors", "--out", "New.lean"), "New/Size.lean", "a Lean file of an export"),
    (("export", "--weights", "W.npy", *GIVEN, "--out", "Acts.lean"), "Acts.safetensors", "an artifact"),
    (
        ("export", "--weights", "W.npy", *GIVEN, "--out", "New.lean", "--save-artifact", "vae.safetensors"),
        "vae.safetensors",
        "an artifact",
    ),
    (("export", "--out", "Main.lean"), "Main.lean", "a Lean file of an export"),
    (("export", "--out", "New.lean"), "New/Size.lean", "a Lean file of an export"),
    (("report", "Probe.lean", "--artifact", "probe.safetensors", "--out", "page.html"), "page.html", "a page"),
    (
        ("report", "Probe.lean", "--artifact", "probe.safetensors", "--format", "svg", "--out", "figures"),
        "figures/Size-scatter.svg",
        "a figure",
    ),
    (("run", *SMALL, "--out", "Main.lean", "--run-folder", "new"), "Main.lean", "a Lean file of an export"),
    (("run", *SMALL, "--out", "New.lean", "--run-folder", "new"), "New/Size.lean", "a Lean file of an export"),
    (("run", *SMALL, "--out", "Other.lean", "--run-folder", "theirs"), "theirs/vae.safetensors", "a checkpoint"),
    (("run", *SMALL, "--out", "Other.lean", "--run-folder", "new", "--report", "page.html"), "page.html", "a page"),
]


@pytest.mark.parametrize(("command", "file", "kind"), FOREIGN, ids=[" ".join(command) for command, *_ in FOREIGN])
def test_no_command_replaces_what_no_command_has_written(folder, command, file, kind):
    theirs = ("New/Size.lean", "figures/Size-scatter.svg", "theirs/vae.safetensors", "new.safetensors.resume")
    for name in theirs:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("theirs")
    Path("new").mkdir()
    Path("link").symlink_to("W.npy")
    line = refusal(*command)
    assert line.startswith(f"{file} is there and is not {kind}")
    assert line.endswith(
        "; only what bridge has written is replaced; choose another place, move it away, or replace it with --force"
    )


def test_what_is_allowed_to_be_replaced_is(folder):
    succeed(*FIT, "--out", "W.npy", "--force")
    assert Path("W.npy").read_bytes() == (folder / "W.npy").read_bytes()
    succeed("export", "--artifact", "W.npy", "--out", "Main.lean", "--force")
    assert "mine" not in Path("Main.lean").read_text()
    succeed("report", "Main.lean", "--artifact", "W.npy", "--out", "page.html", "--force")
    assert "linear probe" in Path("page.html").read_text()


def test_what_a_command_has_written_it_writes_again(folder):
    for _ in range(2):
        succeed("train", *SMALL, "--out", "vae.safetensors")
        succeed(*FIT, "--out", "probe.safetensors")
        succeed("export", "--artifact", "probe.safetensors", "--out", "Probe.lean")
        succeed("export", "--weights", "W.npy", *GIVEN, "--out", "Own.lean")
        succeed("report", "Probe.lean", "--artifact", "probe.safetensors", "--out", "report.html")
        for kind in ("svg", "png"):
            succeed("report", "Probe.lean", "--artifact", "probe.safetensors", "--format", kind, "--out", "figures")


def test_a_checkpoint_among_the_images_is_none_of_them(folder):
    Path("pictures").mkdir()
    for number in range(4):
        Image.fromarray(np.full((28, 28), number, np.uint8)).save(f"pictures/{number}.png")
    for _ in range(2):
        succeed("train", "--data", "pictures", "--epochs", "0", "--out", "pictures/vae.safetensors")


def test_a_resume_file_of_the_users_is_not_taken_away(folder):
    Path("probe.safetensors.resume").write_text("theirs")
    succeed(*FIT, "--out", "probe.safetensors", "--force", "--restart")
    assert Path("probe.safetensors.resume").read_text() == "theirs"


@pytest.mark.parametrize(
    "command",
    [
        ("export", "--weights", "W.npy", *GIVEN, "--out", "New.lean", "--save-artifact", "New.lean"),
        ("run", *SMALL, "--out", "New.lean", "--run-folder", "new", "--report", "New.lean"),
        ("run", *SMALL, "--out", "New.lean", "--run-folder", "new", "--report", "way/new/vae.safetensors"),
    ],
    ids=" ".join,
)
def test_two_results_in_one_place_are_refused(folder, command):
    Path("new").mkdir()
    Path("way").symlink_to(".")
    assert "are one file, and two are to be written" in refusal(*command)


def test_results_of_commands_follow_links_and_keep_permissions(folder):
    Path("kept").mkdir()
    Path("probe.safetensors").rename("kept/probe.safetensors")
    Path("probe.safetensors").symlink_to("kept/probe.safetensors")
    Path("kept/probe.safetensors").chmod(0o600)
    before = Path("kept/probe.safetensors").read_bytes()
    succeed(*FIT, "--out", "probe.safetensors")
    assert Path("probe.safetensors").is_symlink()
    assert Path("kept/probe.safetensors").read_bytes() != before
    assert Path("kept/probe.safetensors").stat().st_mode & 0o777 == 0o600


# Interruptions


@pytest.fixture
def interrupted_at_rename(monkeypatch):
    """Ctrl-C is pressed just before a file is renamed that ends so."""

    def interrupt(ending):
        replace = Path.replace

        def interrupted(source, target):
            if str(target).endswith(ending):
                os.kill(os.getpid(), signal.SIGINT)
            return replace(source, target)

        monkeypatch.setattr(Path, "replace", interrupted)

    return interrupt


@pytest.mark.parametrize(
    ("command", "written"),
    [
        (("export", "--artifact", "probe.safetensors", "--out", "Probe.lean"), "Probe.lean and 2 other files"),
        (("export", "--artifact", "probe.safetensors", "--out", "New.lean"), "New.lean and 2 other files"),
        ((*FIT, "--out", "new.safetensors"), "new.safetensors"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_an_interruption_after_the_files_are_there_says_so(folder, interrupted_at_rename, command, written):
    interrupted_at_rename("safetensors" if command[0] == "fit" else "lean")
    result = run_bridge(*command, cwd=folder)
    line = f"bridge: interrupted; {written} had been written already; all other files are as they were"
    assert (result.returncode, result.stderr.splitlines()[-1]) == (130, line)
    assert Path(command[-1]).is_file()


def test_an_interruption_of_a_later_step_names_what_earlier_ones_have_written(folder, monkeypatch):
    def press(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("bridge.cli.fitting.fit_images", press)
    Path("new").mkdir()
    result = run_bridge("run", *SMALL, "--out", "New.lean", "--run-folder", "new", cwd=folder)
    line = "bridge: interrupted; new/vae.safetensors had been written already; all other files are as they were"
    assert (result.returncode, result.stderr.splitlines()[-1]) == (130, line)


# From Python


def probe_export(**options):
    probe = LinearProbe().fit(Z, C)
    return probe.export("Mine.lean", Z, C, names=["size"], **options)


@pytest.mark.parametrize("name", ["Mine.lean", "Mine.safetensors", "Mine/Size.lean", "Mine/Samples.lean"])
def test_an_export_from_python_replaces_what_is_not_ours_only_if_that_is_allowed(folder, name):
    Path("Mine").mkdir()
    Path(name).write_text("theirs")
    with pytest.raises(InputError) as caught:
        probe_export()
    kind = "an artifact" if name.endswith(".safetensors") else "a Lean file of an export"
    assert str(caught.value) == (
        f"{name} is there and is not {kind}; only what bridge has written is replaced; choose another place, move it "
        "away, or replace it with force=True"
    )
    assert Path(name).read_text() == "theirs"
    probe_export(force=True)
    probe_export()
    assert Path(name).read_bytes() != b"theirs"
