"""An interrupted run is gone on with: what is kept, when it is used, and that the result is the same to the byte."""

import functools
import json
import os
import signal
import tempfile
import time
from fractions import Fraction

import numpy as np
import pytest
import safetensors.numpy
import torch
from hypothesis import given
from hypothesis import strategies as st

import bridge.base.arrays
import bridge.base.resume
from bridge.base.errors import InputError
from bridge.base.metadata import record_in
from bridge.base.resume import KeptSteps, ResumeFile
from bridge.cli.console import Bars
from bridge.probe.fit import fit_samples
from bridge.sources.images import load_images
from bridge.sources.precomputed import read_given
from bridge.sources.split import Split
from bridge.sources.training import Trainer, TrainingOptions, train_model
from support import forked
from support.command_line import run_bridge
from support.lifelines import wait_until

CPU = torch.device("cpu")
WORK = {"--beta": 4.0, "data set": "abc", "--limit": None}


@pytest.fixture
def always_due(monkeypatch):
    monkeypatch.setattr(bridge.base.resume, "_SECONDS_BETWEEN", 0.0)


def interrupted(folder, arrays, identity=WORK):
    """What a run leaves that has kept these arrays."""
    file = ResumeFile(folder / "result")
    file.open(identity)
    file.keep(arrays)
    return file


def reopened(folder, identity=WORK):
    notes = []
    return ResumeFile(folder / "result", notes.append).open(identity), notes


# The file


@given(st.lists(st.floats(width=64), min_size=1), st.integers(0, 2**63 - 1))
def test_what_is_kept_comes_back_bit_for_bit(tmp_path_factory, numbers, integer):
    folder = tmp_path_factory.mktemp("kept")
    arrays = {
        "floats": np.array(numbers),
        "integer": np.array(integer),
        "bytes": np.arange(7, dtype=np.uint8),
        "by columns": np.asfortranarray(np.arange(6).reshape(2, 3)),
    }
    interrupted(folder, arrays)
    kept, notes = reopened(folder)
    assert {name: (array.dtype, array.shape, array.tobytes()) for name, array in kept.items()} == {
        name: (array.dtype, array.shape, array.tobytes()) for name, array in arrays.items()
    }
    assert notes == [f"goes on from {folder / 'result.resume'}"]


def test_nothing_is_there_to_go_on_from_at_first(tmp_path):
    assert reopened(tmp_path) == ({}, [])


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"--beta": 1.0}, "another --beta (4.0, and here 1.0)"),
        ({"--limit": 3}, "another --limit (None, and here 3)"),
        ({"--beta": 1.0, "--limit": 3}, "another --beta (4.0, and here 1.0)"),
    ],
)
def test_what_is_of_another_work_is_not_used_and_said_why(tmp_path, changed, shown):
    file = interrupted(tmp_path, {"x": np.zeros(1)})
    kept, notes = reopened(tmp_path, WORK | changed)
    assert kept == {}
    assert notes == [f"{file.path} is of a run with {shown}, and is not used; the work begins anew"]


WRONG_RECORDS = [
    {"identity": []},
    {"identity": ["--beta"]},
    {"identity": {**WORK, "--beta": [4.0]}},
    {"identity": {**WORK, "more": 1}},
    {"identity": {"--beta": 4.0}},
    {"identity": None},
    {"sha256": None},
    {"sha256": "\ud800"},
    {"more": 1},
]


def with_record(data, **changed):
    """The file with another record, and all of the rest as it was."""
    return with_text(data, json.dumps({**record_in(data), **changed}))


def with_text(data, text):
    return safetensors.numpy.save(safetensors.numpy.load(data), metadata={"bridge": text})


def test_a_pipe_and_a_file_that_is_too_large_are_not_read(tmp_path):
    path = tmp_path / "result.resume"
    why = f"{path} is damaged or of other work, and is not used; the work begins anew"
    os.mkfifo(path)
    assert reopened(tmp_path) == ({}, [why])
    path.unlink()
    with path.open("wb") as file:
        file.truncate(2**40)
    assert reopened(tmp_path) == ({}, [why])


def test_what_is_shown_of_another_work_is_short_and_has_no_escapes(tmp_path):
    file = interrupted(tmp_path, {"x": np.zeros(1)}, WORK | {"data set": "\x1b[2K" + "a" * 1000})
    _, (note,) = reopened(tmp_path)
    shown = "\\x1b[2K" + "a" * 73
    assert note == (
        f"{file.path} is of a run with another data set ({shown}, and here abc), and is not used; the work begins anew"
    )


def test_a_file_that_is_damaged_or_of_something_else_is_not_used(tmp_path):
    path = interrupted(tmp_path, {"x": np.zeros(9)}).path
    whole = path.read_bytes()
    others = [
        whole[:-1],
        whole[: len(whole) // 2],
        b"",
        b"not safetensors",
        safetensors.numpy.save({"x": np.zeros(9)}),
        safetensors.numpy.save({"x": np.zeros(9)}, metadata={"bridge": "[1]"}),
        safetensors.numpy.save({"x": np.zeros(9)}, metadata={"bridge": json.dumps({"--lam": 1})}),
        *(with_record(whole, **changed) for changed in WRONG_RECORDS),
        with_text(whole, "[" * 100_000),
        with_text(whole, '{"identity": {}, "identity": {}, "sha256": ""}'),
    ]
    for content in others:
        path.write_bytes(content)
        assert reopened(tmp_path) == (
            {},
            [f"{path} is damaged or of other work, and is not used; the work begins anew"],
        )
    path.write_bytes(whole)
    assert list(reopened(tmp_path)[0]) == ["x"]


def test_a_damaged_byte_in_the_numbers_is_noticed(tmp_path):
    path = interrupted(tmp_path, {"x": np.zeros(9)}).path
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert reopened(tmp_path)[0] == {}


def test_it_is_due_some_time_after_the_last_time(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    file = ResumeFile(tmp_path / "result")
    file.open(WORK)
    assert not file.is_due
    now[0] = 1.9
    assert not file.is_due
    now[0] = 2.0
    assert file.is_due
    file.keep({"x": np.zeros(1)})
    assert not file.is_due


# Steps


def test_a_step_that_was_kept_is_not_computed_again(tmp_path, always_due):
    first = KeptSteps(ResumeFile(tmp_path / "result"), WORK)
    first.result("numbers", lambda: np.array([0.1, np.nan]), (2,))
    first.text("words", lambda: "δ ≤ 1", str)
    second = KeptSteps(ResumeFile(tmp_path / "result"), WORK)
    assert second.result("numbers", pytest.fail, (2,)).tobytes() == np.array([0.1, np.nan]).tobytes()
    assert second.text("words", pytest.fail, str) == "δ ≤ 1"
    assert second.text("more", lambda: "7", int) == 7


@pytest.mark.parametrize(
    "kept", [np.zeros(3), np.zeros((2, 1)), np.zeros(2, np.float32), np.zeros(2, np.uint8)], ids=str
)
def test_a_kept_step_of_another_shape_or_type_is_computed_anew(tmp_path, always_due, kept):
    interrupted(tmp_path, {"step": kept})
    notes = []
    steps = KeptSteps(ResumeFile(tmp_path / "result", notes.append), WORK)
    assert steps.result("step", lambda: np.ones(2), (2,)).tolist() == [1, 1]
    path = tmp_path / "result.resume"
    assert notes[1:] == [f"{path} has kept something else for 'step', and is not used; the work begins anew"]
    assert KeptSteps(ResumeFile(tmp_path / "result"), WORK).result("step", pytest.fail, (2,)).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("kept", "read"),
    [(b"\xff", int), (b"1/0", Fraction), (b"x", int), (b"[" * 100_000, json.loads), (np.zeros(2), int)],
    ids=["bytes", "a fraction", "a word", "deep", "floats"],
)
def test_a_kept_text_that_is_none_is_computed_anew(tmp_path, always_due, kept, read):
    interrupted(tmp_path, {"step": np.frombuffer(kept, np.uint8) if isinstance(kept, bytes) else kept})
    steps = KeptSteps(ResumeFile(tmp_path / "result"), WORK)
    assert steps.text("step", lambda: "1", read) == 1


def test_a_step_that_fails_is_not_kept(tmp_path, always_due):
    steps = KeptSteps(ResumeFile(tmp_path / "result"), WORK)

    def fail():
        raise InputError("no")

    with pytest.raises(InputError):
        steps.result("step", fail, ())
    assert steps.text("step", lambda: "done", str) == "done"


def test_short_work_leaves_no_file(tmp_path):
    KeptSteps(ResumeFile(tmp_path / "result"), WORK).text("step", lambda: "done", str)
    assert list(tmp_path.iterdir()) == []


# Training


def weights_of(vae):
    return {name: values.cpu().numpy().tobytes() for name, values in vae.state_dict().items()}


@pytest.mark.parametrize("device", [CPU, *([torch.device("cuda")] if torch.cuda.is_available() else [])], ids=str)
@pytest.mark.parametrize("epochs_before", [0, 1, 2, 3])
def test_a_training_that_goes_on_from_a_state_ends_in_the_same_weights(device, epochs_before):
    images, options = load_images("digits", limit=64).images, TrainingOptions(d=3, batch_size=10)
    whole, before, after = (Trainer(images, options, device) for _ in range(3))
    losses = [whole.train_epoch() for _ in range(4)]
    for _ in range(epochs_before):
        before.train_epoch()
    torch.manual_seed(99)
    after.restore(before.state())
    assert after.epoch == epochs_before
    while after.epoch < 4:
        after.train_epoch()
    assert after.losses == losses
    assert weights_of(after.vae) == weights_of(whole.vae)


OPTIONS = TrainingOptions(d=2, epochs=5, batch_size=8)


def trained(folder, *, stop_after=None, options=OPTIONS, data="random"):
    """The weights, the epochs that were told of, and what was noted; None for the weights of an interrupted run."""
    epochs, notes = [], []

    def on_epoch(epoch, _loss):
        epochs.append(epoch)
        if epoch == stop_after:
            raise KeyboardInterrupt

    resume = ResumeFile(folder / "vae", notes.append)
    try:
        vae, _ = train_model(
            data,
            limit=16,
            held_out=0.25,
            options=options,
            device=CPU,
            on_epoch=on_epoch,
            tell=notes.append,
            resume=resume,
        )
    except KeyboardInterrupt:
        return None, epochs, notes
    return weights_of(vae), epochs, notes


@pytest.mark.parametrize("stop_after", [2, 3, 4, 5])
def test_a_training_is_gone_on_with_from_the_last_epoch_that_was_kept(tmp_path, always_due, stop_after):
    (tmp_path / "whole").mkdir()
    whole, _, _ = trained(tmp_path / "whole")
    trained(tmp_path, stop_after=stop_after)
    weights, epochs, notes = trained(tmp_path)
    assert weights == whole
    assert epochs == list(range(stop_after - 1, 6))
    assert notes == [f"goes on from {tmp_path / 'vae.resume'}"]


def test_a_training_can_be_interrupted_again_and_again(tmp_path, always_due):
    (tmp_path / "whole").mkdir()
    whole, _, _ = trained(tmp_path / "whole")
    for stop_after in (2, 3, 5):
        trained(tmp_path, stop_after=stop_after)
    assert trained(tmp_path)[0] == whole


@pytest.mark.parametrize("wanted", [3, 4, 9])
def test_a_training_can_be_gone_on_with_for_more_epochs_or_for_fewer(tmp_path, always_due, wanted):
    trained(tmp_path, stop_after=4)  # three epochs are kept
    options = TrainingOptions(d=2, epochs=wanted, batch_size=8)
    (tmp_path / "whole").mkdir()
    weights, epochs, _ = trained(tmp_path, options=options)
    assert weights == trained(tmp_path / "whole", options=options)[0]
    assert epochs == list(range(3, wanted + 1))


def test_a_state_with_more_epochs_than_are_wanted_is_not_used(tmp_path, always_due):
    trained(tmp_path, stop_after=4)
    short = TrainingOptions(d=2, epochs=2, batch_size=8)
    (tmp_path / "whole").mkdir()
    weights, epochs, notes = trained(tmp_path, options=short)
    assert weights == trained(tmp_path / "whole", options=short)[0]
    assert epochs == [1, 2]
    assert notes[-1] == f"{tmp_path / 'vae.resume'} is 3 epochs on, and is not used; the work begins anew"


def damaged(state, **changed):
    return {name: array for name, array in {**state, **changed}.items() if array is not None}


WRONG_STATES = {
    "no losses": {"losses": None},
    "losses of another type": {"losses": np.zeros(2, np.float32)},
    "a matrix of losses": {"losses": np.zeros((2, 1))},
    "empty losses": {"losses": np.zeros(0)},
    "infinite losses": {"losses": np.full(2, np.inf)},
    "no weight": {"vae.fc_mu.bias": None},
    "a weight of another shape": {"vae.fc_mu.bias": np.zeros(3, np.float32)},
    "a weight of another type": {"vae.fc_mu.bias": np.zeros(2)},
    "a moment of another shape": {"adam.0.exp_avg": np.zeros(1, np.float32)},
    "a moment too many": {"adam.99.exp_avg": np.zeros(1, np.float32)},
    "something else": {"more": np.zeros(1)},
    "no generator": {"generator.cpu": None},
    "another generator": {"generator.cpu": np.zeros(7, np.uint8)},
    "a wrong generator": {"generator.cpu": np.full(5056, 255, np.uint8)},
}


@pytest.mark.parametrize("wrong", WRONG_STATES)
def test_a_state_that_is_none_of_this_training_is_not_used(tmp_path, always_due, wrong):
    weights, _, _ = trained(tmp_path)
    trained(tmp_path, stop_after=3)
    path = tmp_path / "vae.resume"
    state, record = safetensors.numpy.load(path.read_bytes()), record_in(path.read_bytes())
    file = ResumeFile(tmp_path / "vae")
    file.open(record["identity"])
    file.keep(damaged(state, **WRONG_STATES[wrong]))
    again, epochs, notes = trained(tmp_path)
    assert (again, epochs) == (weights, [1, 2, 3, 4, 5])
    assert notes[-1] == f"{path} is damaged or of other work, and is not used; the work begins anew"


@pytest.mark.parametrize(
    "changed", [{"d": 3}, {"batch_size": 4}, {"learning_rate": 0.01}, {"beta": 1.0}, {"seed": 1}], ids=str
)
def test_a_training_with_other_options_begins_anew(tmp_path, always_due, changed):
    trained(tmp_path, stop_after=4)
    _, epochs, notes = trained(tmp_path, options=TrainingOptions(**{"d": 2, "epochs": 3, "batch_size": 8, **changed}))
    assert epochs == [1, 2, 3]
    # The random images are drawn with the seed, so they are others then.
    assert "is of a run with another" in notes[0]


# Fits on latents that were made elsewhere

Z = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
C = Z @ np.array([[1, 0], [2, 1], [0, -1]], np.float32) + np.arange(40, dtype=np.float32)[:, None] % 3
PARTS = Split(np.arange(40) % 4 > 1, np.arange(40) % 4 == 1)


def fitted(folder, name, *, stop_at=None, **options):
    """The artifact's bytes, and the steps that were begun; None for the bytes of an interrupted fit."""
    np.save(folder / "Z.npy", Z)
    np.save(folder / "C.npy", C)
    latents = read_given(f"{folder}/Z.npy", f"{folder}/C.npy", names=None, split_file=None)
    calls = []

    def progress(step, done, _total):
        if len(calls) == stop_at:
            raise KeyboardInterrupt
        calls.append((step, done))

    try:
        fit = fit_samples(
            latents.with_parts(PARTS, None),
            **{"lam": 0.1, **options},
            progress=progress,
            keeping=functools.partial(KeptSteps, ResumeFile(folder / name)),
        )
        fit.save(folder / name, progress)
    except KeyboardInterrupt:
        return None, calls
    return (folder / name).read_bytes(), calls


@pytest.mark.parametrize("options", [{}, {"standardize": True, "latent_bits": 9, "weight_bits": 7}], ids=str)
def test_a_fit_that_was_interrupted_anywhere_ends_in_the_same_bytes(tmp_path, monkeypatch, always_due, options):
    monkeypatch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", 3 * 16)
    whole, calls = fitted(tmp_path, "whole", **options)
    for stop_at in range(len(calls)):
        name = f"interrupted {stop_at}"
        assert fitted(tmp_path, name, stop_at=stop_at, **options)[0] is None
        again, calls_again = fitted(tmp_path, name, **options)
        assert again == whole
        # What was finished is not read again.
        finished = [step for step, done in calls[:stop_at] if done == len(Z) and step not in ("writing", "fitting")]
        assert not {step for step, _ in calls_again} & set(finished[:-1])


def test_steps_that_build_on_others_are_kept_in_one_file_and_each_for_its_own_work(tmp_path, always_due):
    def steps(number):
        scoring = KeptSteps(ResumeFile(tmp_path / "probe"), {"data set": "digits"})
        computed = []

        def compute(value):
            computed.append(value)
            return np.full(1, value)

        values = [
            scoring.result("scores", lambda: compute(1.0), (1,)),
            scoring.within({"--lam": number}).result("fitting", lambda: compute(number), (1,)),
        ]
        return np.concatenate(values).tolist(), computed

    assert steps(0.5) == ([1.0, 0.5], [1.0, 0.5])
    assert steps(0.25) == ([1.0, 0.25], [0.25])
    assert steps(0.5) == ([1.0, 0.5], [])


def test_a_fit_with_other_options_begins_anew(tmp_path, always_due):
    _, calls = fitted(tmp_path, "probe")
    fitted(tmp_path, "probe", stop_at=len(calls) - 1)
    whole, _ = fitted(tmp_path, "whole", lam=0.2)
    assert fitted(tmp_path, "probe", lam=0.2) == (whole, calls)


# On the command line


SHORT = ("train", "--data", "random", "--limit", "16", "--latent-dim", "2", "--epochs", "3", "--out", "result")


def stopped_after(monkeypatch, epoch, *arguments, cwd):
    """What a command prints that Ctrl-C ends at the end of an epoch."""
    show = Bars.show

    def show_until(bars, step, done, total, detail=""):
        show(bars, step, done, total, detail)
        if done == epoch:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Bars, "show", show_until)
        return run_bridge(*arguments, cwd=cwd)


def test_an_interruption_before_anything_is_kept_leaves_nothing_to_go_on_from(tmp_path, monkeypatch):
    result = stopped_after(monkeypatch, 3, *SHORT, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (130, "")
    assert result.stderr.splitlines()[-1] == "bridge: interrupted; files that were there before are as they were"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("option", "goes_on"), [([], True), (["--restart"], False)], ids=["", "--restart"])
def test_what_is_kept_is_named_and_is_gone_on_with_unless_told_otherwise(
    tmp_path, monkeypatch, always_due, option, goes_on
):
    interruption = stopped_after(monkeypatch, 3, *SHORT, cwd=tmp_path)
    assert interruption.returncode == 130
    assert interruption.stderr.splitlines()[-2:] == [
        "bridge: interrupted; files that were there before are as they were",
        "bridge: the same command goes on from result.resume; --restart begins anew",
    ]
    said = run_bridge(*SHORT, *option, cwd=tmp_path).stderr
    assert ("train: goes on from result.resume\n" in said, "epoch 1 of 3" in said) == (goes_on, not goes_on)
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


WITHOUT_DELAY = """
import dataclasses, sys
import bridge.base.arrays, bridge.sources.concepts.choice, bridge.base.resume
from bridge.cli.main import main
bridge.base.resume._SECONDS_BETWEEN = 0.0
bridge.base.arrays._BLOCK_ENTRIES = 2000
groups = bridge.sources.concepts.choice.GROUPS
groups["morpho"] = dataclasses.replace(groups["morpho"], block=8)
places = bridge.sources.concepts.choice._PLACES
places.update({c.name: (groups["morpho"], i) for i, c in enumerate(groups["morpho"].concepts)})
sys.exit(main(sys.argv[1:]))
"""


def finish(*arguments, cwd):
    return forked.finish(WITHOUT_DELAY, *arguments, cwd=cwd)[1]


def end_when_something_is_kept(*arguments, cwd, number):
    """Start a command and end it as soon as something is kept; what it said, and its exit code."""
    with tempfile.TemporaryFile("w+") as said:
        process = forked.start(WITHOUT_DELAY, *arguments, cwd=cwd, output=said.fileno(), errors=said.fileno())
        wait_until(lambda: [*cwd.glob("*.resume")] or process.exitcode is not None)
        os.kill(process.pid, number)
        process.join()
        said.seek(0)
        return said.read(), process.exitcode


def training(epochs=12):
    return "train", "--data", "random", "--limit", 32, "--latent-dim", 2, "--epochs", epochs, "--batch-size", 4


@pytest.fixture(scope="module")
def long_work(tmp_path_factory):
    """Long commands without their `--out`, and the bytes that each of them writes."""
    folder = tmp_path_factory.mktemp("whole")
    random = np.random.default_rng(1)
    np.save(folder / "Z.npy", random.normal(size=(20_000, 8)))
    np.save(folder / "C.npy", random.normal(size=20_000))
    short = ["train", "--data", "random", "--limit", 64, "--latent-dim", 2, "--epochs", 1, "--out", "short"]
    finish(*short, cwd=folder)
    commands = {
        "train": training(),
        "fit": ("fit", "--checkpoint", folder / "short", "--concepts", "size,morpho"),
        "fit --latents": ("fit", "--latents", folder / "Z.npy", "--scores", folder / "C.npy"),
    }
    for number, arguments in enumerate(commands.values()):
        finish(*arguments, "--out", f"{number}", cwd=folder)
    return {name: (arguments, (folder / f"{i}").read_bytes()) for i, (name, arguments) in enumerate(commands.items())}


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("train", signal.SIGKILL),
        ("train", signal.SIGINT),
        ("fit", signal.SIGKILL),
        ("fit --latents", signal.SIGKILL),
        ("fit --latents", signal.SIGTERM),
    ],
    ids=str,
)
def test_a_killed_command_resumes_to_the_bytes_of_an_uninterrupted_one(long_work, tmp_path, name, number):
    arguments, whole = long_work[name]
    said, code = end_when_something_is_kept(*arguments, "--out", "result", cwd=tmp_path, number=number)
    kept = ["result.resume"]
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".tmp"] == kept
    word = name.split()[0]
    if number == signal.SIGKILL:
        assert code == -signal.SIGKILL
    else:
        assert code == 130
        assert said.splitlines()[-2:] == [
            "bridge: interrupted; files that were there before are as they were",
            "bridge: the same command goes on from result.resume; --restart begins anew",
        ]
        assert [path.name for path in tmp_path.iterdir()] == kept
    assert f"{word}: goes on from result.resume\n" in finish(*arguments, "--out", "result", cwd=tmp_path)
    assert (tmp_path / "result").read_bytes() == whole
    assert not (tmp_path / "result.resume").exists()


def test_with_restart_a_command_begins_anew(long_work, tmp_path):
    arguments, whole = long_work["train"]
    end_when_something_is_kept(*arguments, "--out", "result", cwd=tmp_path, number=signal.SIGKILL)
    assert "goes on from" not in finish(*arguments, "--restart", "--out", "result", cwd=tmp_path)
    assert (tmp_path / "result").read_bytes() == whole


def test_other_options_are_named_and_the_command_begins_anew(long_work, tmp_path):
    arguments, _ = long_work["train"]
    end_when_something_is_kept(*arguments, "--out", "result", cwd=tmp_path, number=signal.SIGKILL)
    said = finish(*training(epochs=1), "--beta", "1.5", "--out", "result", cwd=tmp_path)
    why = "is of a run with another --beta (4.0, and here 1.5), and is not used; the work begins anew"
    assert said.splitlines()[0] == f"train: result.resume {why}"
    assert not (tmp_path / "result.resume").exists()
