"""The command line as a user runs it: with files, exit codes, and messages of one line."""

import errno
import functools
import json
import re
import runpy
import shutil
import signal
import subprocess
import sys
import warnings
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path

import click
import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
from PIL import Image

from bridge.artifact.file import load_artifact, save_artifact
from bridge.base.errors import BridgeWarning
from bridge.base.resources import lean_library_folder, templates_folder
from bridge.check.lean_modules import discover, sources_beside
from bridge.check.second_kernel import library
from bridge.cli import main
from bridge.cli.options import TrainingChoice
from support.artifacts import METRICS, make_artifact, stored
from support.command_line import lean_on_path, run_bridge
from support.idx import write_idx
from support.lifelines import start_interruptible, wait_until
from support.pages import Page

COMMANDS = (
    *("train", "fit", "sweep", "export", "check", "verify", "export-terms", "compare", "report", "run", "init"),
    "fetch-lean",
)
SMALL = ("--data", "random", "--limit", "16", "--latent-dim", "2", "--epochs", "1")


def start(*arguments, cwd):
    command = [sys.executable, "-m", "bridge", *map(str, arguments)]
    return subprocess.Popen(command, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def succeed(*arguments, cwd):
    result = run_bridge(*arguments, cwd=cwd)
    assert result.returncode == 0, result.stderr
    return result


def refusal(*arguments, cwd, code=2, env=None):
    """The one line on stderr with which a command ends; nothing is on stdout."""
    result = run_bridge(*arguments, cwd=cwd, env=env)
    assert result.returncode == code, (result.stdout, result.stderr)
    assert result.stdout == ""
    line = result.stderr.splitlines()[-1]
    assert line.startswith("bridge: ")
    assert "Traceback" not in result.stderr
    return line.removeprefix("bridge: ")


def write_artifact(folder, **content):
    save_artifact(folder / "probe.safetensors", make_artifact(**content))
    return folder / "probe.safetensors"


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a checkpoint of a small model."""
    folder = tmp_path_factory.mktemp("trained")
    succeed("train", *SMALL, "--out", "vae.safetensors", cwd=folder)
    return folder


@pytest.fixture
def one_epoch(monkeypatch):
    """The defaults take half a minute, and a network."""
    short = functools.partial(TrainingChoice, data="digits", epochs=1)
    monkeypatch.setattr("bridge.cli.commands.export.TrainingChoice", short)


# Help


def test_help_lists_every_command_and_the_exit_codes(tmp_path):
    output = succeed("--help", cwd=tmp_path).stdout
    for command in COMMANDS:
        assert re.search(rf"^  {command} +\w", output, re.MULTILINE)
    for meaning in ("0 done and true", "1 ran, and the answer is no", "2 the input", "3 a needed tool", "130"):
        assert meaning in " ".join(output.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(tmp_path, command):
    output = succeed(command, "--help", cwd=tmp_path).stdout
    assert output.startswith(f"Usage: python -m bridge {command} ")
    assert succeed(command, "-h", cwd=tmp_path).stdout == output


@pytest.mark.parametrize("command", main.commands.commands)
def test_the_list_of_commands_says_what_the_help_of_each_begins_with(command):
    listed = main.commands.commands[command]
    assert listed.short_help == listed.help.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        (["--help"], {"numpy", "bridge.cli.options"}),
        (["--version"], {"numpy", "bridge.cli.options"}),
        *(([command, "--help"], {"torch", "sklearn", "matplotlib"}) for command in main.commands.commands),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_help_loads_nothing_that_is_slow(arguments, unneeded):
    code = f"import sys; from bridge.cli.main import main; main({arguments}); assert not {unneeded} & {{*sys.modules}}"
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE)


def test_the_version_is_the_packages(tmp_path):
    import bridge as package

    assert succeed("--version", cwd=tmp_path).stdout == f"bridge, version {package.__version__}\n"


# From training to an export that is verified


def test_train_fit_export_verify_in_sequence(trained, tmp_path):
    fit = succeed("fit", "--checkpoint", trained / "vae.safetensors", "--out", "probe.safetensors", cwd=tmp_path)
    assert fit.stdout.splitlines()[-1] == "probe.safetensors"
    export = succeed("export", "--artifact", "probe.safetensors", "--out", "Generated.lean", cwd=tmp_path)
    assert export.stdout.splitlines() == [
        "Generated.lean",
        "Generated/Samples.lean",
        "Generated/Size.lean",
        "Generated/Thick.lean",
        "Generated/Slant.lean",
    ]
    outcome = succeed("verify", "Generated.lean", "--artifact", "probe.safetensors", cwd=tmp_path)
    assert re.fullmatch(
        r"verify: all \d+ literals are the artifact's\ncomments: as this version writes them\n", outcome.stdout
    )


def test_every_json_output_is_one_json_value(trained, tmp_path):
    def output(*arguments):
        return json.loads(succeed(*arguments, "--json", cwd=tmp_path).stdout)

    trained_model = output("train", *SMALL, "--out", "vae.safetensors")
    assert trained_model["checkpoint"] == "vae.safetensors"
    assert trained_model["loss"] > 0
    fitted = output("fit", "--checkpoint", "vae.safetensors", "--out", "probe.safetensors")
    assert list(fitted["concepts"]) == ["size", "thick", "slant"]
    exported = output("export", "--artifact", "probe.safetensors", "--out", "Generated.lean")
    assert exported["artifact_sha256"] == fitted["sha256"]
    assert [concept["concept"] for concept in exported["concepts"]] == ["size", "thick", "slant"]
    assert [one["max_error"] for one in exported["concepts"]] == [one["delta"] for one in exported["concepts"]]
    for measures in fitted["concepts"].values():
        for part in ("train", "calibration", "held_out", "all"):
            assert measures[f"max_error_{part}"] == measures[f"delta_{part}"]
    numerator, denominator = map(int, exported["concepts"][0]["delta"].split(" / "))
    assert numerator / denominator == pytest.approx(exported["concepts"][0]["delta_float"])
    verified = output("verify", "Generated.lean", "--artifact", "probe.safetensors")
    assert verified == {
        "matches": True,
        "compared": verified["compared"],
        "differences": [],
        "sources": sources_beside(tmp_path / "Generated.lean"),
        "comment_differences": [],
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(trained, tmp_path):
    succeed("train", *SMALL, "--out", "same.safetensors", cwd=tmp_path)
    succeed("train", *SMALL, "--seed", "1", "--out", "other.safetensors", cwd=tmp_path)
    first = (trained / "vae.safetensors").read_bytes()
    assert (tmp_path / "same.safetensors").read_bytes() == first
    assert (tmp_path / "other.safetensors").read_bytes() != first


def test_export_without_an_artifact_trains_and_fits_on_images_of_mnist(tmp_path, mnist_at_hand, monkeypatch):
    monkeypatch.setattr("bridge.cli.commands.export.TrainingChoice", functools.partial(TrainingChoice, epochs=1))
    succeed("export", cwd=tmp_path)
    assert {"runs/digits/vae.safetensors", "runs/digits/probe.safetensors", "lean/Generated.lean"} <= set(
        files_in(tmp_path)
    )
    assert "2000 samples of the data set `mnist`" in (tmp_path / "lean/Generated/Samples.lean").read_text()
    succeed("verify", cwd=tmp_path)


def test_mnist_files_are_trained_on_and_one_constant_image_has_no_r2_and_an_exact_delta(tmp_path):
    pixels = np.zeros((12, 28, 28), np.uint8)
    pixels[:, 10:20, 12:15] = 200
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", pixels)
    succeed("train", "--data", "mnist:.", "--epochs", "1", "--latent-dim", "3", "--out", "vae.st", cwd=tmp_path)
    fitted = json.loads(succeed("fit", "--checkpoint", "vae.st", "--out", "a.st", "--json", cwd=tmp_path).stdout)
    assert [measures["r2_all"] for measures in fitted["concepts"].values()] == [None, None, None]
    assert all(measures["delta_all"] >= 0 for measures in fitted["concepts"].values())
    succeed("export", "--artifact", "a.st", "--out", "Generated.lean", cwd=tmp_path)
    assert "R² = undefined (training part)" in (tmp_path / "Generated" / "Size.lean").read_text()
    succeed("verify", "Generated.lean", "--artifact", "a.st", cwd=tmp_path)


# Images and concepts of one's own


def write_pictures(folder, count=12, size=(40, 32)):
    """A folder of grey images of random noise, every second of 28×28."""
    random = np.random.default_rng(0)
    folder.mkdir()
    for number in range(count):
        shape = (28, 28) if number % 2 else size
        Image.fromarray(random.integers(0, 256, shape, dtype=np.uint8)).save(folder / f"{number:02}.png")


MY_CONCEPTS = """
def score(images):
    return {
        "brightness": images.mean(dim=(1, 2, 3)),
        "ink above": (images[:, :, :14].sum(dim=(1, 2, 3)), "pixels"),
        "always": [3.0] * len(images),
    }
"""


def test_a_folder_of_images_and_a_function_of_ones_own_come_to_a_verified_export(tmp_path):
    write_pictures(tmp_path / "pictures")
    (tmp_path / "mine.py").write_text(MY_CONCEPTS)
    arguments = ("--data", "pictures", "--latent-dim", "2", "--epochs", "1", "--out", "vae.st")
    assert succeed("train", *arguments, cwd=tmp_path).stderr.splitlines()[0] == (
        "train: 6 of 12 images were resized to 28×28 (height×width) by the bilinear filter: 6 of 40×32"
    )
    chosen = ("--concepts", "slant,mine:score,area", "--checkpoint", "vae.st", "--out", "probe.safetensors")
    assert (
        "bridge: warning: the concept 'always' is constant (3.0); there is nothing to explain and no R²; leave the "
        "concept out"
    ) in succeed("fit", *chosen, cwd=tmp_path).stderr.splitlines()
    artifact = load_artifact(tmp_path / "probe.safetensors").artifact
    assert artifact.provenance.dataset == "images"
    assert list(zip(artifact.concept_names, artifact.concept_units, strict=True)) == [
        ("slant", "radians"),
        ("brightness", ""),
        ("ink above", "pixels"),
        ("always", ""),
        ("area", "square pixels"),
    ]
    succeed("export", "--artifact", "probe.safetensors", "--out", "Generated.lean", cwd=tmp_path)
    assert "12 samples of the data set `images`" in (tmp_path / "Generated/Samples.lean").read_text()
    assert "| `area` (square pixels) |" in (tmp_path / "Generated.lean").read_text()
    succeed("verify", "Generated.lean", "--artifact", "probe.safetensors", cwd=tmp_path)


def test_a_folder_that_has_changed_since_the_training_is_refused_and_the_old_artifact_stays(tmp_path):
    write_pictures(tmp_path / "pictures")
    arguments = ("--data", "pictures", "--latent-dim", "2", "--epochs", "1", "--out", "vae.st")
    succeed("train", *arguments, cwd=tmp_path)
    (tmp_path / "pictures" / "03.png").unlink()
    old = write_artifact(tmp_path).rename(tmp_path / "a.st").read_bytes()
    line = refusal("fit", "--checkpoint", "vae.st", "--out", "a.st", cwd=tmp_path)
    assert re.fullmatch(r"the data set 'pictures' has SHA-256 \w+; the model was trained on \w+; train again", line)
    assert (tmp_path / "a.st").read_bytes() == old


def test_without_concepts_the_seeds_are_scored(trained, tmp_path):
    checkpoint = ("--checkpoint", trained / "vae.safetensors")
    succeed("fit", *checkpoint, "--out", "default.st", cwd=tmp_path)
    succeed("fit", *checkpoint, "--concepts", "seed", "--out", "seed.st", cwd=tmp_path)
    assert (tmp_path / "default.st").read_bytes() == (tmp_path / "seed.st").read_bytes()


def test_export_without_an_artifact_scores_the_chosen_concepts(tmp_path, one_epoch):
    (tmp_path / "mine.py").write_text(MY_CONCEPTS)
    succeed("export", "--concepts", "mine:score,size", cwd=tmp_path)
    names = load_artifact(tmp_path / "runs/digits/probe.safetensors").artifact.concept_names
    assert names == ("brightness", "ink above", "always", "size")


def test_concepts_for_an_artifact_that_is_there_are_refused(tmp_path):
    write_artifact(tmp_path)
    before = files_in(tmp_path)
    line = refusal("export", "--artifact", "probe.safetensors", "--concepts", "size", "--out", "A.lean", cwd=tmp_path)
    assert line == (
        "--concepts was given together with --artifact; concepts are scored by `bridge fit`, and the artifact holds "
        "the scores; fit with --concepts, and export that artifact"
    )
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("command", ["fit", "run", "export"])
@pytest.mark.parametrize(
    ("concepts", "message"),
    [
        ("form", "concept 'form' is unknown; there are size, thick, slant, area,"),
        ("size,size", "concept 'size' is there twice; "),
        ("nobody_has_this:f", "nobody_has_this:f: module 'nobody_has_this' cannot be imported ("),
        ("json:f", "json:f: module 'json' has no function 'f'; "),
    ],
)
def test_a_wrong_choice_of_concepts_is_refused_before_the_work(tmp_path, command, concepts, message):
    assert refusal(command, "--concepts", concepts, cwd=tmp_path).startswith(message)
    assert files_in(tmp_path) == {}


def test_a_function_that_fails_is_refused_and_the_old_artifact_stays(trained, tmp_path):
    old = write_artifact(tmp_path).rename(tmp_path / "a.st").read_bytes()
    arguments = ("--checkpoint", trained / "vae.safetensors", "--concepts", "size,json:loads", "--out", "a.st")
    line = refusal("fit", *arguments, cwd=tmp_path)
    assert line.startswith(
        "json:loads failed (TypeError: the JSON object must be str, bytes or bytearray, not Tensor);"
    )
    assert (tmp_path / "a.st").read_bytes() == old


# Rounding


@pytest.fixture(scope="module")
def rounded(trained):
    """A folder with an artifact of rounded numbers, and what `fit` printed."""
    arguments = ("--checkpoint", "vae.safetensors", "--weight-bits", "7", "--latent-bits", "3", "--out", "rounded.st")
    return trained / "rounded.st", succeed("fit", *arguments, "--json", cwd=trained)


def test_fit_says_what_it_rounded_and_by_how_much(rounded):
    artifact, fit = rounded
    record = json.loads(fit.stdout)["rounding"]
    assert record == asdict(load_artifact(artifact).artifact.rounding)
    assert (record["weight_bits"], record["latent_bits"]) == (7, 3)
    assert fit.stderr.splitlines()[:2] == [
        f"fit: latents rounded to multiples of 2^-3; the largest change is {record['largest_latent_change']}",
        f"fit: weights rounded to multiples of 2^-7; the largest change is {record['largest_weight_change']}",
    ]


def test_an_export_of_rounded_numbers_says_so_and_is_verified(rounded, tmp_path):
    artifact, fit = rounded
    record = json.loads(fit.stdout)["rounding"]
    export = succeed("export", "--artifact", artifact, "--out", "A.lean", "--json", cwd=tmp_path)
    assert json.loads(export.stdout)["rounding"] == record
    concept, samples = ((tmp_path / "A" / name).read_text() for name in ("Size.lean", "Samples.lean"))
    assert "bias were rounded to multiples of 2^-7 after the fit and before `δ` was computed." in concept
    assert f"change, over all concepts, is exactly {record['largest_weight_change']}.\n" in concept
    assert "every number is the floating-point number of the fit after rounding, exactly." in concept
    assert "latent coordinates were rounded to multiples of 2^-3 before the fit." in samples
    assert f"artifact, is exactly {record['largest_latent_change']}.\n" in samples
    denominators = [int(number) for number in re.findall(r"^ +-?\d+ / (\d+),?  -- about", concept, re.MULTILINE)]
    assert denominators
    assert all(128 % denominator == 0 for denominator in denominators)
    succeed("verify", "A.lean", "--artifact", artifact, cwd=tmp_path)


# Every file says that R² in a comment is rounded; this is what is said of numbers on a grid.
SAYS_ROUNDED = re.compile(r"rounded to|after rounding|rounding")


@pytest.mark.parametrize(
    ("option", "files"),
    [("--weight-bits", ["Size.lean", "Slant.lean", "Thick.lean"]), ("--latent-bits", ["Samples.lean"])],
)
def test_only_the_files_of_what_was_rounded_speak_of_it(trained, tmp_path, option, files):
    checkpoint = trained / "vae.safetensors"
    succeed("fit", "--checkpoint", checkpoint, option, 4, "--out", "a.st", cwd=tmp_path)
    succeed("export", "--artifact", "a.st", "--out", "A.lean", cwd=tmp_path)
    assert sorted(path.name for path in (tmp_path / "A").iterdir() if SAYS_ROUNDED.search(path.read_text())) == files


def test_without_rounding_nothing_speaks_of_it(trained, tmp_path):
    fit = succeed("fit", "--checkpoint", trained / "vae.safetensors", "--out", "a.st", "--json", cwd=tmp_path)
    export = succeed("export", "--artifact", "a.st", "--out", "A.lean", "--json", cwd=tmp_path)
    said = fit.stdout + fit.stderr + export.stdout + export.stderr
    assert not SAYS_ROUNDED.search(said)
    for name, data in files_in(tmp_path).items():
        # The artifact has every field, and in this one it says that there was none.
        assert not SAYS_ROUNDED.search(data.decode(errors="replace").replace('\\"rounding\\":null', "")), name


def test_a_run_on_a_library_of_ones_own_says_that_nothing_counts_as_proved_on_it(tmp_path):
    library = shutil.copytree(lean_library_folder() / "Bridge", tmp_path / "Bridge")
    with (library / "Affine.lean").open("a") as file:
        file.write("\n-- changed\n")
    run = ("run", *SMALL, "--run-folder", ".", "--out", "A.lean", "--engine", "lean")
    environment = lean_on_path(tmp_path)
    allowed = run_bridge(*run, "--own-library", cwd=tmp_path, env=environment)
    assert allowed.returncode == 0, allowed.stderr
    line = "check and verify: the library is not known to be the one that Bridge ships: Bridge.Affine"
    assert line in allowed.stdout.splitlines()
    assert run_bridge(*run, cwd=tmp_path, env=environment).returncode == 1


def test_a_folder_with_a_name_that_is_too_long_is_refused_in_one_line(trained, tmp_path):
    place = Path("n" * 300) / "A.lean"
    line = refusal("export", "--artifact", trained / "vae.safetensors", "--out", place, cwd=tmp_path)
    assert re.fullmatch("n+… is too long for the name of a file; choose a shorter one", line)


def test_run_writes_the_report_with_what_lean_said_and_with_images(tmp_path):
    places = ("--run-folder", ".", "--out", "A.lean", "--engine", "lean", "--report", "report.html")
    environment = lean_on_path(tmp_path)
    result = run_bridge("run", *SMALL, *places, cwd=tmp_path, env=environment)
    assert result.returncode == 0, result.stderr
    assert "report: wrote report.html\n" in result.stderr
    page = Page((tmp_path / "report.html").read_text())
    assert "Lean accepted these files: Lean 4.28.0, engine lean, " in page.text
    assert len(page.figures()) == 15
    before = files_in(tmp_path)
    line = refusal("run", *SMALL, *places[:-1], "missing/report.html", cwd=tmp_path, env=environment)
    assert line == "missing is not a folder; report.html is to be written there; make it first"
    assert files_in(tmp_path) == before


def test_run_rounds_and_prints_by_how_much(tmp_path):
    environment = lean_on_path(tmp_path)
    places = ("--run-folder", ".", "--out", "A.lean", "--engine", "lean")
    result = run_bridge("run", *SMALL, "--weight-bits", 7, "--latent-bits", 3, *places, cwd=tmp_path, env=environment)
    assert result.returncode == 0, result.stderr
    rounding = load_artifact(tmp_path / "probe.safetensors").artifact.rounding
    assert (
        f"latents rounded to multiples of 2^-3; the largest change is {rounding.largest_latent_change}\n"
        f"weights rounded to multiples of 2^-7; the largest change is {rounding.largest_weight_change}\n"
    ) in result.stdout


def test_export_without_an_artifact_rounds(tmp_path, one_epoch):
    succeed("export", "--weight-bits", "7", cwd=tmp_path)
    rounding = load_artifact(tmp_path / "runs/digits/probe.safetensors").artifact.rounding
    assert (rounding.weight_bits, rounding.latent_bits) == (7, None)


@pytest.mark.parametrize("option", ["--weight-bits", "--latent-bits"])
def test_rounding_an_artifact_that_is_there_is_refused(tmp_path, option):
    write_artifact(tmp_path)
    before = files_in(tmp_path)
    line = refusal("export", "--artifact", "probe.safetensors", option, 20, "--out", "A.lean", cwd=tmp_path)
    assert line == (
        f"{option} was given together with --artifact; rounding is done by `bridge fit`, since the artifact "
        f"records it; fit with {option}, and export that artifact"
    )
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("command", ["fit", "run", "export"])
@pytest.mark.parametrize("option", ["--weight-bits", "--latent-bits"])
def test_a_grid_out_of_range_is_refused_before_the_work(tmp_path, command, option):
    line = refusal(command, option, -1, cwd=tmp_path)
    assert line.startswith(f"{option} is -1; a whole number from 0 to 1074 is required")
    assert files_in(tmp_path) == {}


@pytest.mark.parametrize(
    "content",
    [
        {"samples": 1, "dim": 1, "concepts": 1},
        {"samples": 4, "dim": 9},
        {"samples": 3, "concepts": 50},
        {"samples": 40, "dim": 1, "concepts": 1},
        {"scores": np.ones((5, 2), np.float32)},
        {"dtype": np.float16},
    ],
    ids=["one of each", "fewer samples than dimensions", "50 concepts", "d = 1", "constant concepts", "float16"],
)
def test_every_shape_exports_and_verifies(tmp_path, content):
    write_artifact(tmp_path, **content)
    succeed("export", "--artifact", "probe.safetensors", "--out", "Generated.lean", cwd=tmp_path)
    succeed("verify", "Generated.lean", "--artifact", "probe.safetensors", cwd=tmp_path)


@pytest.mark.parametrize(("part", "samples"), [("all", 5), ("train", 3), ("held-out", 2)])
def test_over_chooses_which_samples_the_certificate_lists(tmp_path, part, samples):
    write_artifact(tmp_path)
    arguments = ("--artifact", "probe.safetensors", "--over", part, "--out", "Generated.lean", "--json")
    exported = json.loads(succeed("export", *arguments, cwd=tmp_path).stdout)
    assert exported["listed_samples"] == samples
    assert exported["concepts"][0]["delta_float"] == getattr(METRICS, f"delta_{part.replace('-', '_')}")
    succeed("verify", "Generated.lean", "--artifact", "probe.safetensors", cwd=tmp_path)


def test_over_the_calibration_part_delta_is_that_of_its_samples(tmp_path):
    calibration = np.array([True, False, False, True, False])
    write_artifact(tmp_path, is_calibration=calibration, metrics=(replace(METRICS, delta_calibration=3.5),) * 2)
    arguments = ("--artifact", "probe.safetensors", "--over", "calibration", "--out", "Generated.lean", "--json")
    exported = json.loads(succeed("export", *arguments, cwd=tmp_path).stdout)
    assert (exported["listed_samples"], exported["concepts"][0]["delta_float"]) == (2, 3.5)


def test_templates_of_ones_own_are_used(tmp_path):
    write_artifact(tmp_path)
    banner = shutil.copytree(templates_folder(), tmp_path / "templates") / "_banner.jinja"
    banner.write_text(banner.read_text().replace("The lean-bridge authors", "Somebody else"))
    succeed("export", "--artifact", "probe.safetensors", "--templates", "templates", "--out", "A.lean", cwd=tmp_path)
    assert "Copyright (c) 2026 Somebody else" in (tmp_path / "A.lean").read_text()


# A new project


def test_init_makes_a_project_and_says_what_to_do_next(tmp_path):
    output = succeed("init", "my probes", cwd=tmp_path).stdout
    count = len(files_in(tmp_path / "my probes"))
    assert output == (
        f"my probes: a Lake project with an example export, {count} files.  Next:\n"
        "  cd 'my probes'\n"
        "  bridge check\n"
        "  bridge verify --artifact probe.safetensors\n"
        "  lake exe cache get && lake build\n"
    )
    succeed("verify", "--artifact", "probe.safetensors", cwd=tmp_path / "my probes")


def test_init_says_how_to_get_into_a_folder_whose_name_begins_with_a_dash(tmp_path):
    output = succeed("init", "--", "-proj", cwd=tmp_path).stdout
    assert output.splitlines()[1] == "  cd -- -proj"


def test_init_fills_a_repository_that_has_nothing_yet(tmp_path):
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    repository = files_in(tmp_path / ".git")
    record = json.loads(succeed("init", ".", "--json", cwd=tmp_path).stdout)
    files = files_in(tmp_path)
    assert record["folder"] == "."
    assert record["files"] == sorted(name for name in files if not name.startswith(".git/"))
    assert record["next"][0] == "bridge check"
    assert files_in(tmp_path / ".git") == repository
    assert f'name = "{tmp_path.name}"'.encode() in files["lakefile.toml"]


def test_an_export_of_ones_own_takes_the_place_of_the_example(tmp_path):
    succeed("init", ".", cwd=tmp_path)
    before = files_in(tmp_path)
    write_artifact(tmp_path, samples=7, concept_names=("size", "width"))
    succeed("export", "--artifact", "probe.safetensors", cwd=tmp_path)
    succeed("verify", "--artifact", "probe.safetensors", cwd=tmp_path)
    after = files_in(tmp_path)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == {
        "probe.safetensors",
        "lean/Generated.lean",
        "lean/Generated/Samples.lean",
        "lean/Generated/Size.lean",
        "lean/Generated/Slant.lean",
        "lean/Generated/Width.lean",
    }
    assert "lean/Generated/Slant.lean" not in after


def test_init_where_there_is_something_is_refused_and_changes_nothing(tmp_path):
    write_artifact(tmp_path)
    before = files_in(tmp_path)
    assert refusal("init", ".", cwd=tmp_path) == (
        ". has 'probe.safetensors' in it; a new or an empty folder is required, or one with nothing but `.git` and the "
        "like; name another"
    )
    assert refusal("init", "missing/new", cwd=tmp_path) == (
        "missing is not a folder; new is to be made there; make it first"
    )
    assert files_in(tmp_path) == before


# Progress


def test_training_reports_epochs_line_by_line_where_stderr_is_no_terminal(tmp_path):
    errors = succeed("train", *SMALL[:-1], "3", "--out", "vae.st", cwd=tmp_path).stderr
    assert re.fullmatch(r"(train: epoch \d of 3, loss [\d.]+\n){3}", errors)


# Warnings


def test_a_doubtful_fit_is_done_and_warned_of_in_one_line(tmp_path):
    succeed(
        "train",
        "--data",
        "random",
        "--limit",
        "16",
        "--latent-dim",
        "20",
        "--epochs",
        "1",
        "--out",
        "vae",
        cwd=tmp_path,
    )
    fit = succeed("fit", "--checkpoint", "vae", "--out", "probe.safetensors", cwd=tmp_path)
    assert fit.stdout.splitlines()[-1] == "probe.safetensors"
    warning, *lines = fit.stderr.splitlines()
    assert warning == (
        "bridge: warning: there are 13 samples for 21 unknowns, 20 weights and the bias; only the ridge, λ = 0.001, "
        "makes the fit unique; fit on more samples"
    )
    assert lines[-1] == "fit: wrote probe.safetensors"


def test_a_fit_on_images_has_the_bias_and_the_strength_that_are_asked_for(trained, tmp_path):
    checkpoint = ("fit", "--checkpoint", trained / "vae.safetensors", "--out", "probe.safetensors", "--json")
    told = json.loads(succeed(*checkpoint, cwd=tmp_path).stdout)
    assert (told["lam"], told["fit_bias"]) == (0.001, "regularised")
    chosen = succeed(*checkpoint, "--free-bias", "--lam", "0.5,1e6", cwd=tmp_path)
    told = json.loads(chosen.stdout)
    assert (told["lam"], told["fit_bias"]) in [(0.5, "free"), (1e6, "free")]
    assert " tried, chosen by cross-validation on the training part" in chosen.stderr.splitlines()[0]


def test_a_warning_is_shown_again_when_it_is_due_again(monkeypatch, capsys):
    def warn():
        for _ in range(2):
            warnings.warn("twice", BridgeWarning, stacklevel=1)

    monkeypatch.setitem(main.commands.commands, "warn", click.Command("warn", callback=warn))
    assert main.main(["warn"]) == 0
    assert capsys.readouterr().err == 2 * "bridge: warning: twice\n"


@pytest.mark.filterwarnings("default::RuntimeWarning")
def test_a_warning_of_a_library_is_shown_as_ever(monkeypatch, capsys):
    command = click.Command("warn", callback=lambda: warnings.warn("of a library", RuntimeWarning, stacklevel=1))
    monkeypatch.setitem(main.commands.commands, "warn", command)
    with pytest.warns(RuntimeWarning, match="^of a library$"):
        assert main.main(["warn"]) == 0
    assert capsys.readouterr().err == ""


# Exit code 2: the input or the usage is wrong


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing command; see `python -m bridge --help`"),
        (("explain",), "No such command 'explain'; see `python -m bridge --help`"),
        (("export", "--outt"), "No such option '--outt'. (Did you mean one of: '--out', '--quiet', '--units'?); see"),
        (("train", "--epochs", "many"), "Invalid value for '--epochs': 'many' is not a valid integer; see"),
        (
            ("export", "--over", "some"),
            "Invalid value for '--over': 'some' is not one of 'all', 'train', 'calibration'",
        ),
        (("check", "--engine", "coq"), "Invalid value for '--engine': 'coq' is not one of 'auto', 'lake', 'lean'"),
        (("export", "--artifact", "none.st"), "none.st does not exist; an artifact is required; make one with"),
        (
            ("export", "--artifact", "folder"),
            "folder cannot be read (Is a directory); an artifact is required; make one with",
        ),
        (("export", "--artifact", "text.st"), "text.st is not an artifact or is damaged ("),
        (("fit", "--checkpoint", "none.st"), "none.st does not exist; a checkpoint is required; make one with"),
        (("fit", "--checkpoint", "folder"), "folder cannot be read (Is a directory); a checkpoint is required"),
        (("fit", "--checkpoint", "text.st"), "text.st is not a checkpoint of this model or is damaged ("),
        (("verify", "none.lean", "--artifact", "probe.safetensors"), "none.lean does not exist; an export is a root"),
        (("verify", "folder", "--artifact", "probe.safetensors"), "folder is a folder; a Lean file is required"),
        (("verify", "--artifact", "none.st"), "none.st does not exist; an artifact is required"),
        (
            ("train", "--data", "letters"),
            "data set 'letters' is unknown, and no folder or file has this name; `mnist`, `mnist:DIR`, `digits`",
        ),
        (("train", "--data", "mnist:none"), "none is not a folder; `mnist:DIR` needs the folder of the IDX files"),
        (("train", "--data", "mnist:folder"), "folder has no MNIST images; train-images-idx3-ubyte or t10k-images"),
        (
            ("train", "--data", "digits", "--limit", "0"),
            "a limit of 0 images was given; between 1 and 1797 are in the data set 'digits'",
        ),
        (
            ("train", "--data", "random", "--held-out", "1"),
            "the held-out fraction is 1.0; a number in [0, 1) is required; choose",
        ),
        (("train", "--out", "none/vae.st"), "none is not a folder; vae.st is to be written there; make it first"),
        (("train", "--out", "folder"), "folder is a folder; a file is to be written there; name a file"),
        (("fit", "--out", "folder"), "runs/digits/vae.safetensors does not exist"),
        (("export", "--out", "none/A.lean"), "none is not a folder; A.lean is to be written there; make it first"),
        (("run", "--out", "none/A.lean"), "none is not a folder; A.lean is to be written there; make it first"),
        (("run", "--run-folder", "none"), "none is not a folder; vae.safetensors is to be written there; make it"),
        (("export", "--out", "generated.txt"), "'generated.txt' cannot name an export; a capital letter, then letters"),
        (
            ("export", "--artifact", "probe.safetensors", "--templates", "folder", "--out", "A.lean"),
            "template Generated.lean.jinja is not in folder; an export needs Generated.lean.jinja, Samples.lean.jinja",
        ),
        (("check", "none.lean"), "none.lean does not exist; a Lean file is required; run `bridge export`"),
        (("check", "folder"), "folder is a folder; a Lean file is required; name the root file of an export"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_message_says_what_was_found_what_is_required_and_what_to_do(tmp_path, arguments, message):
    write_artifact(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.st").write_text("size,thick\n")
    before = files_in(tmp_path)
    line = refusal(*arguments, cwd=tmp_path)
    assert message in line
    assert files_in(tmp_path) == before


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--latent-dim", 0),
        ("--epochs", -1),
        ("--batch-size", 0),
        ("--beta", -1),
        ("--seed", -1),
        ("--learning-rate", 0),
    ],
)
def test_a_training_option_out_of_range_is_refused_by_its_name(tmp_path, option, value):
    line = refusal("train", option, value, "--out", "vae.st", cwd=tmp_path)
    assert option in line
    assert "required" in line


def test_an_empty_data_set_is_refused(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte", np.zeros((0, 28, 28)))
    line = refusal("train", "--data", "mnist:.", "--out", "vae.st", cwd=tmp_path)
    assert line.endswith("has 0 images; between 1 and 1369568 are required; download it again")


def test_a_negative_ridge_strength_is_refused(trained, tmp_path):
    arguments = ("--checkpoint", trained / "vae.safetensors", "--lam", "-1", "--out", "a.st")
    assert refusal("fit", *arguments, cwd=tmp_path).startswith("λ is -1.0; a finite ridge strength λ ≥ 0 is required")


def test_a_model_that_gives_nan_is_refused_and_the_old_artifact_stays(trained, tmp_path):
    data = (trained / "vae.safetensors").read_bytes()
    weights = safetensors.torch.load(data)
    weights["fc_mu.bias"][0] = float("nan")
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    (tmp_path / "vae.st").write_bytes(safetensors.torch.save(weights, metadata=header["__metadata__"]))
    old = write_artifact(tmp_path).rename(tmp_path / "a.st").read_bytes()
    line = refusal("fit", "--checkpoint", "vae.st", "--out", "a.st", cwd=tmp_path)
    assert line.startswith("vae.st: `fc_mu.bias` has a value that is not finite; a trained model is required; make one")
    assert (tmp_path / "a.st").read_bytes() == old


def test_an_artifact_with_wrong_shapes_is_refused(tmp_path):
    path = write_artifact(tmp_path)
    data = path.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    arrays = safetensors.numpy.load(data)
    arrays["weights"] = arrays["weights"][:-1]
    path.write_bytes(safetensors.numpy.save(arrays, metadata=header["__metadata__"]))
    line = refusal("export", "--artifact", path.name, "--out", "A.lean", cwd=tmp_path)
    assert line.startswith(f"{path.name}: `weights` has shape (3, 2); (4, 2) is required")


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", *SMALL, "--out", "missing/new.st"),
        ("fit", "--checkpoint", "vae.safetensors", "--out", "missing/new.st"),
        ("fit", "--checkpoint", "vae.safetensors", "--out", "probe.safetensors/new.st"),
        ("export", "--artifact", "probe.safetensors", "--out", "missing/New.lean"),
        ("export", "--artifact", "probe.safetensors", "--out", "missing/deeper/New.lean"),
        ("export", "--out", "missing/New.lean"),
        ("run", *SMALL, "--run-folder", ".", "--out", "missing/New.lean"),
        ("run", *SMALL, "--run-folder", "missing", "--out", "New.lean"),
        ("run", *SMALL, "--run-folder", "missing"),
        ("run", *SMALL, "--report", "missing/page.html"),
    ],
    ids=" ".join,
)
def test_an_output_in_a_missing_folder_is_refused_before_the_work_and_nothing_is_made(trained, tmp_path, arguments):
    write_artifact(tmp_path)
    shutil.copy(trained / "vae.safetensors", tmp_path)
    before = sorted(tmp_path.rglob("*"))
    result = run_bridge(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    found = r"(missing|missing/deeper|probe\.safetensors) is not a folder"
    assert re.fullmatch(rf"bridge: {found}; \S+ is to be written there; make it first\n", result.stderr)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("in_the_way", ["runs", "runs/digits"])
def test_a_file_in_the_place_of_the_default_folder_is_refused(tmp_path, in_the_way):
    (tmp_path / in_the_way).parent.mkdir(exist_ok=True)
    (tmp_path / in_the_way).touch()
    line = refusal("train", *SMALL, cwd=tmp_path)
    assert line.startswith("runs/digits ")
    assert "vae.safetensors is to be written there; make it first" in line


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda folder: (folder / "Shard.lean.jinja").unlink(),
            "template Shard.lean.jinja is not in templates; an export needs Generated.lean.jinja, Samples.lean.jinja, "
            "Shard.lean.jinja, Concept.lean.jinja, Integers.lean.jinja, Range.lean.jinja, _banner.jinja, "
            "_samples.jinja and the folders claims and pixels; copy the missing one from the package's templates",
        ),
        (
            lambda folder: (folder / "Concept.lean.jinja").write_text("one\n{% if %}\n"),
            "templates/Concept.lean.jinja:2: Expected an expression, got 'end of statement block'; a Jinja template is "
            "required; correct it, or copy it anew from the package's templates",
        ),
        (
            lambda folder: (folder / "Concept.lean.jinja").write_text("one\n{{ file.error }}\n"),
            "templates/Concept.lean.jinja:2: 'bridge.export.render.ConceptFile object' has no attribute 'error'; only "
            "what a template is given is there; correct it",
        ),
        (
            shutil.rmtree,
            "templates is not a folder; a folder of templates is required; copy it anew from the package's templates",
        ),
    ],
    ids=["missing", "syntax error", "undefined", "no folder"],
)
def test_a_wrong_template_is_refused_and_the_old_export_stays(tmp_path, change, message):
    shutil.copytree(templates_folder(), tmp_path / "templates")
    write_artifact(tmp_path)
    export = ("export", "--artifact", "probe.safetensors", "--templates", "templates", "--out", "A.lean")
    succeed(*export, cwd=tmp_path)
    write_artifact(tmp_path, samples=6, concepts=1)
    change(tmp_path / "templates")
    before = files_in(tmp_path)
    assert refusal(*export, cwd=tmp_path) == message
    assert files_in(tmp_path) == before


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that nobody can write to")
def test_an_unwritable_output_is_refused(tmp_path):
    write_artifact(tmp_path)
    line = refusal("export", "--artifact", "probe.safetensors", "--out", "/proc/A.lean", cwd=tmp_path)
    assert re.match(r"/proc/A cannot be made \(.*\); a writable folder is required; choose another --out", line)


# Exit code 1: the answer is no


def test_verify_says_no_and_where(tmp_path):
    write_artifact(tmp_path)
    succeed("export", "--artifact", "probe.safetensors", "--out", "A.lean", cwd=tmp_path)
    part = tmp_path / "A" / "Concept0.lean"
    part.write_text(re.sub(r"(δ : Rat := )(\d+)", lambda m: f"{m[1]}{int(m[2]) - 1}", part.read_text()))
    result = run_bridge("verify", "A.lean", "--artifact", "probe.safetensors", cwd=tmp_path)
    assert result.returncode == 1
    assert re.search(r"^verify: 1 differences? from the artifact, \d+ literals compared$", result.stdout, re.MULTILINE)
    assert re.search(r"A/Concept0\.lean:\d+:\d+: concept 0: δ: found \d+/\d+, required \d+/\d+", result.stdout)


def test_verify_of_another_artifacts_export_says_no_in_few_lines(tmp_path):
    write_artifact(tmp_path, samples=300)
    succeed("export", "--artifact", "probe.safetensors", "--out", "A.lean", cwd=tmp_path)
    write_artifact(tmp_path, samples=300, latents=make_artifact(samples=300).latents[::-1])
    result = run_bridge("verify", "A.lean", "--artifact", "probe.safetensors", cwd=tmp_path)
    assert result.returncode == 1
    assert len(result.stdout.splitlines()) < 30
    assert re.search(r"^and \d+ more; --json lists all$", result.stdout, re.MULTILINE)


# Lean, by a program in its place


def test_check_prints_the_verdict_and_what_was_left_out(tmp_path):
    write_artifact(tmp_path)
    succeed("export", "--artifact", "probe.safetensors", "--out", "A.lean", cwd=tmp_path)
    result = run_bridge("check", "A.lean", "--engine", "lean", cwd=tmp_path, env=lean_on_path(tmp_path))
    assert result.returncode == 0
    verdict, axioms, compared, left_out = result.stdout.splitlines()
    assert re.fullmatch(r"Lean 4\.28\.0 \(lean engine\): accepted, \d+ modules in \d+ s", verdict)
    assert axioms == "axioms: none (0 theorems)"
    assert compared == "definitions that Lean 4.28.0 has compiled were not compared with what Bridge knows"
    assert left_out.startswith("not checked, since it needs Mathlib (run `lake build`): ")
    assert left_out.endswith(", A")


def test_check_says_no_and_why(tmp_path):
    (tmp_path / "Open.lean").write_text("theorem open : 0 = 1 :=\n  sorry\n")
    command, environment = ("check", "Open.lean", "--engine", "lean"), lean_on_path(tmp_path)
    result = run_bridge(*command, cwd=tmp_path, env=environment)
    assert result.returncode == 1
    verdict, other = result.stdout.splitlines()
    assert re.fullmatch(r"Lean 4\.28\.0 \(lean engine\): REJECTED, 1 module in \d+ s", verdict)
    assert other == "not an export: statements were not looked at in: Open"
    assert f"{tmp_path}/Open.lean:2:2: warning: in open: declaration uses `sorry`\n" in result.stderr
    as_json = run_bridge(*command, "--json", cwd=tmp_path, env=environment)
    assert as_json.returncode == 1
    record = json.loads(as_json.stdout)
    assert (record["accepted"], record["modules"][0]["messages"][0]["line"]) == (False, 2)


def test_a_run_whose_library_is_not_the_shipped_one_says_so_and_is_a_no(tmp_path):
    text = (lean_library_folder() / "Bridge" / "Claims" / "SupError.lean").read_text(encoding="utf-8")
    own = tmp_path / "Bridge" / "Claims" / "SupError.lean"
    own.parent.mkdir(parents=True)
    own.write_text(f"{text}\naxiom everything : False\n", encoding="utf-8")
    places = ("--run-folder", ".", "--out", "A.lean", "--engine", "lean", "--report", "page.html")
    result = run_bridge("run", *SMALL, *places, cwd=tmp_path, env=lean_on_path(tmp_path))
    assert result.returncode == 1
    assert "Bridge.Claims.SupError" in result.stdout
    assert "What Lean proved" not in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_run_without_a_second_kernel_says_so_and_is_no_failure_unless_that_was_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(library, "find_spec", lambda _package: None)
    run = ("run", *SMALL, "--run-folder", ".", "--out", "A.lean", "--engine", "lean")
    environment = lean_on_path(tmp_path)
    for options, code, said in (([], 0, 1), (["--second-kernel"], 3, 1), (["--no-second-kernel"], 0, 0)):
        result = run_bridge(*run, *options, cwd=tmp_path, env=environment)
        assert result.returncode == code, result.stderr
        lines = [line for line in result.stdout.splitlines() if line.startswith("second kernel: not re-checked: ")]
        assert len(lines) == said


def test_run_prints_one_json_value(tmp_path):
    places = ("--run-folder", ".", "--out", "A.lean", "--engine", "lean", "--json")
    result = run_bridge("run", *SMALL, *places, cwd=tmp_path, env=lean_on_path(tmp_path))
    assert result.returncode == 0, result.stderr
    record = json.loads(result.stdout)
    assert list(record) == ["export", "check", "verify", "lean"]
    assert record["lean"] == "accepted"
    assert record["verify"]["comment_differences"] == []
    assert (record["check"]["accepted"], record["verify"]["matches"]) == (True, True)
    assert record["export"]["artifact_sha256"] == load_artifact(tmp_path / "probe.safetensors").sha256


# Exit code 3: a needed tool is missing


@pytest.mark.parametrize("engine", ["lake", "lean"])
def test_an_engine_that_is_not_installed_is_named_with_the_way_to_get_it(tmp_path, engine):
    write_artifact(tmp_path)
    succeed("export", "--artifact", "probe.safetensors", "--out", "A.lean", cwd=tmp_path)
    line = refusal("check", "A.lean", "--engine", engine, cwd=tmp_path, code=3, env={"PATH": "/none"})
    assert line.startswith(f"{engine} is not on the PATH; --engine {engine} needs it; install elan (https://")


def test_cuda_where_there_is_none_is_named(tmp_path):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one")
    line = refusal("train", *SMALL, "--device", "cuda", "--out", "vae.st", cwd=tmp_path, code=3)
    assert line.startswith("CUDA was asked for and PyTorch finds none")


# What is not foreseen


def test_a_bug_is_called_one_with_its_place(tmp_path, monkeypatch):
    def fail(*_arguments):
        raise ZeroDivisionError("found in a test")

    monkeypatch.setattr("bridge.cli.commands.verify.load_any", fail)
    result = run_bridge("verify", "--artifact", "probe.safetensors", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (70, "")
    lines = result.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-2:] == [
        "ZeroDivisionError: found in a test",
        "bridge: this is a bug in bridge; please report it with the lines above",
    ]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (MemoryError(), "memory has run out; more of it, or less input, is required; take fewer samples or"),
        (RecursionError(), "the input is nested too deeply; a file as `bridge` writes it is required; name another"),
        (
            UnicodeEncodeError("utf-8", "a\udce9", 1, 2, "surrogates not allowed"),
            r"a name or a text has '\\udce9', which is no character of UTF-8; rename the file or the folder",
        ),
        (OSError(errno.ENAMETOOLONG, "too long", "A" * 300), f"{'A' * 60}… is too long for the name of a file; choose"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_the_end_of_the_machine_or_the_file_system_is_no_bug(tmp_path, monkeypatch, error, line):
    def fail(*_arguments):
        raise error

    monkeypatch.setattr("bridge.cli.commands.verify.load_any", fail)
    assert refusal("verify", "--artifact", "probe.safetensors", cwd=tmp_path).startswith(line)


@pytest.mark.parametrize("command", ["verify", "report", "check"])
def test_a_name_that_no_file_can_have_is_refused_in_one_line(tmp_path, command):
    assert "too long" in refusal(command, f"{'A' * 300}.lean", cwd=tmp_path)


# Interruption and company


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interruption_in_the_middle_of_an_export_leaves_the_old_files_and_nothing_else(tmp_path, number):
    write_artifact(tmp_path)
    succeed("export", "--artifact", "probe.safetensors", "--out", "A.lean", cwd=tmp_path)
    old = files_in(tmp_path)
    random = np.random.default_rng(0)
    large = make_artifact(samples=60_000, dim=60, latents=random.normal(size=(60_000, 60)))
    (tmp_path / "large").mkdir()
    stored(tmp_path / "large", large)
    export = [sys.executable, "-m", "bridge", "export", "--artifact", "large/probe.safetensors", "--out", "A.lean"]
    process = start_interruptible(export, cwd=tmp_path)
    wait_until(lambda: len([*(tmp_path / "A").rglob(".bridge.*")]) > 2)
    process.send_signal(number)
    output, errors = process.communicate()
    assert process.returncode == 130
    assert output == ""
    assert re.fullmatch(r"\n?bridge: interrupted(; files that were there before are as they were)?\n", errors)
    (tmp_path / "large" / "probe.safetensors").unlink()
    assert files_in(tmp_path) == old


def test_an_interruption_while_the_program_is_being_loaded_is_one_line(tmp_path):
    process = start_interruptible([sys.executable, "-X", "importtime", "-m", "bridge", "--version"], cwd=tmp_path)
    # The first of the libraries that the command line imports: rich is still to come.
    assert any("click.core" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    errors = process.stderr.read()
    process.wait()
    process.stdout.close()
    process.stderr.close()
    assert process.returncode == 130
    assert errors.endswith("bridge: interrupted\n")
    assert "Traceback" not in errors


@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["verify", "none.lean"], 2)])
def test_the_program_ends_with_the_code_of_the_command(monkeypatch, capsys, arguments, code):
    monkeypatch.setattr(sys, "argv", ["bridge", *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("bridge", run_name="__main__")
    assert ended.value.code == code


def test_an_interruption_outside_of_all_commands_is_one_line(monkeypatch, capsys):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "main", interrupt)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("bridge", run_name="__main__")
    assert ended.value.code == 130
    assert capsys.readouterr() == ("", "bridge: interrupted\n")


def test_two_exports_at_once_to_the_same_place_leave_one_of_them_whole(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    write_artifact(tmp_path / "one", samples=200, concepts=5)
    write_artifact(tmp_path / "two", samples=300, concepts=9)
    exports = [
        start("export", "--artifact", f"{name}/probe.safetensors", "--out", "A.lean", cwd=tmp_path)
        for name in ("one", "two") * 2
    ]
    for export in exports:
        export.communicate()
    assert [export.returncode for export in exports] == [0] * 4
    verdicts = [
        run_bridge("verify", "A.lean", "--artifact", f"{name}/probe.safetensors", cwd=tmp_path).returncode
        for name in ("one", "two")
    ]
    assert sorted(verdicts) == [0, 1]
    # Nine concepts share a file; five have one each.
    concept_files = 5 if verdicts[0] == 0 else 1
    assert len(list((tmp_path / "A").iterdir())) == concept_files + 1


def test_a_reader_that_goes_away_is_no_bug(tmp_path):
    write_artifact(tmp_path, concepts=50)
    process = start("export", "--artifact", "probe.safetensors", "--out", "A.lean", "--json", cwd=tmp_path)
    process.stdout.close()
    errors = process.stderr.read()
    process.wait()
    process.stderr.close()
    assert "Traceback" not in errors
    assert "bug" not in errors


# With a real Lean


@pytest.mark.lean
@pytest.mark.usefixtures("user_cache")
def test_run_does_everything_and_prints_the_table_and_the_verdict(tmp_path):
    arguments = (*SMALL, "--run-folder", ".", "--out", "Generated.lean", "--engine", "embedded")
    result = succeed("run", *arguments, cwd=tmp_path)
    for concept in ("size", "thick", "slant"):
        assert re.search(rf"│ {concept} +│ \w+ +│", result.stdout)
        exact, measured = re.search(rf"^δ\({concept}\) = (.*), in floating point (.*)$", result.stdout, re.M).groups()
        assert float(Fraction(exact.replace(" ", ""))) == pytest.approx(float(measured))
    # Those of the library that need no Mathlib and are in what the export imports, the samples, and the concepts.
    verdict = r"^Lean 4\.28\S* \(embedded engine\): accepted, (\d+) modules in \d+ s$"
    checked = int(re.search(verdict, result.stdout, re.MULTILINE)[1])
    modules = discover(tmp_path / "Generated.lean", lean_library_folder())
    library = [module.name for module in modules if module.is_library and not module.needs_mathlib]
    assert {"Bridge.Claims.SupError", "Bridge.Claims.Quantile"} < set(library)
    assert checked == len(library) + 1 + 3
    assert re.search(r"^not checked, since it needs Mathlib \(run `lake build`\): .*, Generated$", result.stdout, re.M)
    assert re.search(r"^verify: all \d+ literals are the artifact's$", result.stdout, re.MULTILINE)


@pytest.mark.lean
@pytest.mark.usefixtures("user_cache")
def test_a_new_project_is_accepted_and_verified_right_away(tmp_path):
    succeed("init", "probes", cwd=tmp_path)
    check = succeed("check", "--engine", "embedded", cwd=tmp_path / "probes")
    assert re.match(r"Lean 4\.28\S* \(embedded engine\): accepted, \d+ modules in \d+ s\n", check.stdout)
    assert check.stdout.endswith("Bridge.Real.Quantile, Bridge.Real, Generated\n")
    verified = succeed("verify", "--artifact", "probe.safetensors", cwd=tmp_path / "probes")
    assert re.fullmatch(
        r"verify: all \d+ literals are the artifact's\ncomments: as this version writes them\n", verified.stdout
    )
