"""Files that were changed by hand: whatever an artifact, a checkpoint or a kept state says, it ends in one line."""

import copy
import functools
import json

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st

from bridge.artifact.classifier import Control, Fold
from bridge.artifact.file import _digest, artifact_bytes, load_any, load_artifact
from bridge.base.arrays import in_memory
from bridge.base.errors import InputError
from bridge.base.metadata import record_in
from bridge.base.resume import KeptSteps, ResumeFile
from bridge.base.resume import _digest as digest_of_arrays
from bridge.probe.fit import fit_samples
from bridge.sources.checkpoint import TrainingRecord, load_checkpoint, record_metadata, record_of, save_checkpoint
from bridge.sources.precomputed import read_given
from bridge.sources.vae import MLPVAE
from support.artifacts import make_artifact
from support.classifiers import make_classifier
from support.command_line import run_bridge
from support.pixels import pixel_artifact
from support.strategies import unhurried

OTHER_VALUES = [
    None,
    True,
    0,
    -1,
    2.5,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "text",
    "a" * 10_000,
    "\ud800",
    "\x1b[2K",
    [],
    [[]],
    ["a"],
    [1],
    {},
    {"a": 1},
    {"a": {}},
]
values = st.sampled_from(OTHER_VALUES) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def paths_in(content):
    """The way to each value in JSON, from the outside in."""
    yield ()
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in items:
        yield from ((key, *rest) for rest in paths_in(value))


@st.composite
def changed(draw, record):
    """A record with one value exchanged, added or taken away."""
    record = copy.deepcopy(record)
    path = draw(st.sampled_from(list(paths_in(record))))
    if not path:
        return draw(values)
    place = record
    for key in path[:-1]:
        place = place[key]
    match draw(st.sampled_from(["exchange", "remove", "add"])):
        case "exchange":
            place[path[-1]] = draw(values)
        case "remove":
            del place[path[-1]]
        case "add" if isinstance(place, dict):
            place[draw(st.text(max_size=5))] = draw(values)
        case "add":
            place.append(draw(values))
    return record


def with_record(data, record):
    return safetensors.numpy.save(safetensors.numpy.load(data), metadata={"bridge": json.dumps(record)})


def result_or_refusal(read):
    """What is read, or None if it is refused in one line that a terminal can show."""
    try:
        return read()
    except InputError as error:
        message = str(error)
        assert "\n" not in message
        assert len(message.encode()) < 3000
        return None


ARTIFACT = artifact_bytes(make_artifact(is_calibration=np.arange(5) == 3))


def with_right_digest(data):
    """The file with the digest that its content has."""
    arrays = {name: in_memory(array) for name, array in safetensors.numpy.load(data).items()}
    try:
        record = record_in(data)
        content = {name: value for name, value in record.items() if name != "content_sha256"}
        record["content_sha256"] = _digest(content, arrays)
    except (AttributeError, TypeError, ValueError):
        return data
    return with_record(data, record)


@pytest.mark.parametrize("artifact", [ARTIFACT, artifact_bytes(pixel_artifact())], ids=["latents", "pixels"])
@unhurried
@given(data=st.data(), has_right_digest=st.booleans())
def test_a_changed_artifact_is_refused_in_one_line_or_is_an_artifact(tmp_path, artifact, data, has_right_digest):
    path = tmp_path / "probe.safetensors"
    data = with_record(artifact, data.draw(changed(record_in(artifact))))
    path.write_bytes(with_right_digest(data) if has_right_digest else data)
    stored = result_or_refusal(lambda: load_artifact(path))
    if stored is not None:
        assert artifact_bytes(stored.artifact) == path.read_bytes()


CLASSIFIER = artifact_bytes(
    make_classifier(
        control=Control("shuffled-labels", 7, 0.5, None, 0.25, 0.25), fold=Fold("Ridge", "3/1024", 4, 2, (1, 5))
    )
)


@unhurried
@given(changed(record_in(CLASSIFIER)))
def test_a_changed_classifier_is_refused_in_one_line_or_is_an_artifact(tmp_path, record):
    path = tmp_path / "classifier.safetensors"
    path.write_bytes(with_right_digest(with_record(CLASSIFIER, record)))
    stored = result_or_refusal(lambda: load_any(path))
    if stored is not None:
        assert artifact_bytes(stored.artifact) == path.read_bytes()


TRAINING = TrainingRecord("random", "ab" * 32, 16, 0.25, 1, 4.0, 0, 0.1)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    path = tmp_path_factory.mktemp("checkpoint") / "vae.safetensors"
    save_checkpoint(path, MLPVAE(2), record_metadata(TRAINING))
    return path.read_bytes()


@unhurried
@given(changed({"d": 2, **record_metadata(TRAINING)}))
def test_a_changed_checkpoint_is_refused_in_one_line_or_has_a_record_of_its_types(tmp_path, checkpoint, record):
    path = tmp_path / "vae.safetensors"
    path.write_bytes(with_record(checkpoint, record))
    found = result_or_refusal(lambda: record_of(load_checkpoint(path)[1]))
    if found is not None:
        assert {type(found.held_out), type(found.beta), type(found.calibration)} == {float}
        assert {type(found.data), type(found.data_sha256)} == {str}
        assert {type(found.epochs), type(found.seed)} == {int}


@pytest.mark.parametrize("name", ["beta", "calibration", "data", "held_out", "limit", "seed", "epochs", "data_sha256"])
@pytest.mark.parametrize("value", OTHER_VALUES, ids=range(len(OTHER_VALUES)))
def test_no_value_in_the_record_of_a_checkpoint_ends_a_fit_with_a_traceback(tmp_path, checkpoint, name, value):
    (tmp_path / "vae.safetensors").write_bytes(
        with_record(checkpoint, {"d": 2, **record_metadata(TRAINING), name: value})
    )
    result = run_bridge("fit", "--checkpoint", "vae.safetensors", cwd=tmp_path)
    assert result.returncode == 2, result.stderr
    assert len(result.stderr.splitlines()) == 1


WORK = {"--beta": 4.0, "data set": "abc", "--limit": None}


@unhurried
@given(changed({"identity": WORK, "sha256": ""}), st.booleans())
def test_a_changed_file_of_kept_steps_is_gone_on_with_or_not(tmp_path, record, has_right_digest):
    arrays = {"step": np.zeros(2)}
    if has_right_digest and isinstance(record, dict):
        record["sha256"] = digest_of_arrays(arrays)
    path = tmp_path / "result.resume"
    path.write_bytes(safetensors.numpy.save(arrays, metadata={"bridge": json.dumps(record)}))
    notes = []
    steps = KeptSteps(ResumeFile(tmp_path / "result", notes.append), WORK)
    is_used = steps.result("step", lambda: np.ones(2), (2,)).tolist() == [0, 0]
    assert is_used == (notes == [f"goes on from {path}"])
    assert is_used == (record == {"identity": WORK, "sha256": digest_of_arrays(arrays)})
    assert len("".join(notes).encode()) < 3000


@unhurried
@given(st.data())
def test_a_file_with_a_damaged_header_is_refused_in_one_line(tmp_path, checkpoint, data):
    read, content = data.draw(
        st.sampled_from([(load_artifact, ARTIFACT), (lambda path: record_of(load_checkpoint(path)[1]), checkpoint)])
    )
    length = int.from_bytes(content[:8], "little")
    position = data.draw(st.integers(0, length + 7))
    piece = data.draw(st.binary(max_size=4) | st.sampled_from([b'"', b"{", b"}", b"[", b",", b"9" * 30, b"null"]))
    damaged = content[:position] + piece + content[position + data.draw(st.integers(0, 8)) :]
    if data.draw(st.booleans()):
        damaged = (length + len(damaged) - len(content)).to_bytes(8, "little", signed=True) + damaged[8:]
    path = tmp_path / "file.safetensors"
    path.write_bytes(damaged)
    result_or_refusal(lambda: read(path))


# Kept steps of a fit

Z = np.random.default_rng(0).normal(size=(12, 2))
C = Z[:, :1] + Z[:, 1:]


def fitted(folder, kept=None, lam=0.1):
    """The bytes of a fit that goes on from what the steps have kept, if it is given; and what is kept of it."""
    file = ResumeFile(folder / "probe")
    file.remove()
    latents = read_given(f"{folder}/Z.npy", f"{folder}/C.npy", names=None, split_file=None)
    states = {}

    class Spied(ResumeFile):
        is_due = True

        def open(self, identity):
            super().open(identity)
            if kept is not None:
                super().keep(kept)
            return super().open(identity)

        def keep(self, arrays):
            states.update(arrays)
            super().keep(arrays)

    samples = latents.divided(held_out=0.25, calibration=0.25, seed=0)
    fit_samples(samples, lam=lam, keeping=functools.partial(KeptSteps, Spied(folder / "probe"))).save(folder / "probe")
    return (folder / "probe").read_bytes(), states


OTHER_STEPS = [
    np.zeros(0),
    np.zeros((3, 2)),
    np.zeros((3, 1), np.float32),
    *(np.frombuffer(text, np.uint8) for text in (b"{}", b"[]", b"\xff", b"1/0", b"[" * 10_000, b"null", b"-")),
]


def other_measures(text):
    """Measures of the same form that cannot be those of the parts."""
    measures = json.loads(text)
    yield {part: ones for part, ones in measures.items() if part != "train"}
    yield {part: ones * 2 for part, ones in measures.items()}
    for entry, wrong in {0: [7, "x", None, []], 1: ["1/0", "-5", "x", None, []], 2: [-5, 10**9, "x", None, []]}.items():
        for value in wrong:
            changed_measures = copy.deepcopy(measures)
            changed_measures["train"][0][entry] = value
            yield changed_measures


def test_whatever_is_kept_of_the_steps_of_a_fit_it_ends_in_the_same_bytes(tmp_path):
    np.save(tmp_path / "Z.npy", Z)
    np.save(tmp_path / "C.npy", C)
    whole, steps = fitted(tmp_path)
    assert set(steps) == {"checking", "fitting", "measuring"}
    others = [{name: other} for name in steps for other in OTHER_STEPS]
    measures = other_measures(steps["measuring"].tobytes())
    others += [{"measuring": np.frombuffer(json.dumps(other).encode(), np.uint8)} for other in measures]
    for other in others:
        assert fitted(tmp_path, {**steps, **other})[0] == whole, other


def test_whatever_is_kept_of_a_choice_of_lambda_it_ends_in_the_same_bytes(tmp_path):
    np.save(tmp_path / "Z.npy", Z)
    np.save(tmp_path / "C.npy", C)
    whole, steps = fitted(tmp_path, lam=[0.1, 5.0])
    choice = json.loads(steps["choosing λ"].tobytes())
    changed = [choice | {"lam": 0.2}, choice | {"candidates": [0.1, 0.2]}, {}]
    others = [{"choosing λ": np.frombuffer(json.dumps(other).encode(), np.uint8)} for other in changed]
    columns = json.dumps(["0", json.dumps([[0], [0]])]).encode()
    for other in [*others, {"checking": np.frombuffer(columns, np.uint8)}]:
        assert fitted(tmp_path, {**steps, **other}, lam=[0.1, 5.0])[0] == whole, other
