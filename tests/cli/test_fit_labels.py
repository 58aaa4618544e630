"""Fits of classifiers on the command line: from files and images to an artifact, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits, load_iris

from bridge.artifact.file import load_artifact, load_classifier
from bridge.base.errors import InputError
from bridge.cli.main import main
from bridge.probe.fit_classifier import fit_classifier
from bridge.report.classification import classification_lines, classifier_record, part_results
from bridge.sources.checkpoint import load_checkpoint
from bridge.sources.images import load_images
from bridge.sources.precomputed import read_labelled
from bridge.sources.split import split
from bridge.sources.vae import encode_latents
from support.idx import write_idx

IRIS = load_iris()
SPECIES = IRIS.target_names[IRIS.target]
OUT = "probe.safetensors"
FIT = ("fit", "--latents", "Z.npy", "--labels", "species.csv", "--out", OUT)
BINARY = ("fit", "--latents", "Z.npy", "--labels", "is_setosa.npy", "--out", OUT)
TRAINED = 150


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "vae.safetensors"
    size = ["--limit", str(TRAINED), "--latent-dim", "3", "--epochs", "1", "--beta", "2", "--seed", "5"]
    assert main(["train", "--data", "digits", *size, "--out", str(path)]) == 0
    return path


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, checkpoint):
    """A folder with latents, labels and a model; commands run in it."""
    monkeypatch.chdir(tmp_path)
    np.save("Z.npy", IRIS.data)
    np.save("is_setosa.npy", IRIS.target == 0)
    np.save("split.npy", np.arange(150) % 3 > 0)
    Path("species.csv").write_text("species\n" + "".join(f"{name}\n" for name in SPECIES))
    (tmp_path / "vae.safetensors").write_bytes(checkpoint.read_bytes())
    return tmp_path


@pytest.fixture
def refusal(capsys, folder):
    """The last line with which a command ends; all files are as they were."""

    def run(*arguments):
        before = files_in(folder)
        code = main(arguments)
        output = capsys.readouterr()
        assert (code, output.out) == (2, "")
        assert files_in(folder) == before
        return output.err.splitlines()[-1].removeprefix("bridge: ")

    return run


def files_in(folder):
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def classifier():
    return load_classifier(Path(OUT)).artifact


# Files


@pytest.mark.parametrize("method", ["logistic", "lda", "svm", "ridge-classifier", "mean-difference"])
def test_the_artifact_is_that_of_the_fit_on_the_same_samples(succeed, method):
    succeed(*FIT, "--probe", method, "--calibration", "0.2", "--seed", "3")
    artifact = classifier()
    samples = read_labelled("Z.npy", "species.csv", split_file=None)
    expected = fit_classifier(samples.divided(calibration=0.2, seed=3), method)
    np.testing.assert_array_equal(artifact.weights, expected.weights)
    np.testing.assert_array_equal(artifact.labels, IRIS.target)
    assert artifact.class_names == ("setosa", "versicolor", "virginica")
    assert (artifact.label_name, artifact.method, artifact.metrics) == ("species", method, expected.metrics)
    assert artifact.provenance == expected.provenance


def test_logistic_regression_is_what_is_fitted_where_nothing_is_said(succeed):
    succeed(*FIT)
    assert classifier().method == "logistic"


def test_the_tables_are_printed_and_the_artifact_last(succeed):
    told = succeed(*FIT, "--control", "shuffled-labels", "--control-seed", "4")
    *lines, last = told.out.splitlines()
    artifact = classifier()
    assert lines == classification_lines(artifact, part_results(artifact))
    assert lines[0].startswith("species: ")
    assert max(map(len, lines)) <= 80
    assert last == OUT
    assert told.err.splitlines()[0] == "fit: labels: strings, 3 classes"
    assert told.err.splitlines()[-1] == f"fit: wrote {OUT}"
    assert artifact.control.seed == 4
    assert "control: a probe fitted on shuffled labels, seed 4" in lines


def test_the_json_record_has_the_exact_rates(succeed):
    record = json.loads(succeed(*FIT, "--json", "--weight-bits", "20").out)
    stored = load_classifier(Path(OUT))
    assert record.pop("artifact") == OUT
    assert record.pop("sha256") == stored.sha256
    assert record.pop("rounding")["weight_bits"] == 20
    assert record == json.loads(json.dumps(classifier_record(stored.artifact, part_results(stored.artifact))))


def test_one_hot_labels_are_recognised_and_said(succeed):
    np.save("y.npy", np.eye(3)[IRIS.target])
    assert "fit: labels: one-hot, 3 classes" in succeed(*FIT, "--labels", "y.npy").err.splitlines()
    np.testing.assert_array_equal(classifier().labels, IRIS.target)


def test_what_is_rounded_is_said(succeed):
    told = succeed(*FIT, "--latent-bits", "3", "--weight-bits", "20").err
    assert "fit: latents rounded to multiples of 2^-3; the largest change is 1/20" in told or "2^-3" in told
    assert "fit: weights rounded to multiples of 2^-20; " in told
    assert (classifier().latents * 8 == np.round(classifier().latents * 8)).all()


def test_latents_and_labels_can_be_in_one_file(succeed):
    np.savez("data.npz", Z=IRIS.data, species=IRIS.target)
    succeed("fit", "--latents", "data.npz:Z", "--labels", "data.npz:species", "--out", OUT)
    assert (classifier().label_name, classifier().class_names) == ("species", ("0", "1", "2"))


def test_the_parts_are_those_that_are_given(succeed):
    succeed(*FIT, "--split", "split.npy")
    np.testing.assert_array_equal(classifier().is_train, np.arange(150) % 3 > 0)
    Path("parts.csv").write_text("split\n" + "train\ntrain\ncalibration\n" * 40 + "test\n" * 30)
    succeed(*FIT, "--split", "parts.csv")
    assert classifier().is_calibration.sum() == 40
    assert classifier().is_held_out.sum() == 30


def test_the_drawn_split_keeps_groups_together(succeed):
    np.save("groups.npy", np.arange(150) // 5)
    succeed(*FIT, "--groups", "groups.npy")
    assert {len(set(part)) for part in classifier().is_train.reshape(30, 5).tolist()} == {1}


def test_the_threshold_is_that_of_the_second_class(succeed):
    lines = succeed(*BINARY, "--threshold", "-0.5").out.splitlines()
    artifact = classifier()
    assert (artifact.class_names, artifact.threshold) == (("False", "True"), -0.5)
    assert "decision: True where w · z + b > -0.5" in lines


def test_a_probe_that_has_learnt_nothing_is_warned_of(succeed):
    np.save("y.npy", np.random.default_rng(0).permutation(np.arange(150) < 100))
    told = succeed(*BINARY, "--labels", "y.npy", "--probe", "mean-difference").err
    assert "bridge: warning: the accuracy on the held-out samples is 0." in told


def test_columns_that_make_all_digits_wide_are_warned_of(succeed):
    latents = IRIS.data.copy()
    latents[:, 0] *= 2.0**200
    np.save("Z.npy", latents)
    assert "more for each class; leave the column out" in succeed(*FIT, "--probe", "mean-difference").err


def test_the_artifact_is_none_of_a_probe_of_scores(succeed):
    succeed(*FIT)
    with pytest.raises(InputError, match="is the artifact of a classifier"):
        load_artifact(Path(OUT))


# Images


def test_the_classes_of_the_training_images_are_their_own_in_the_parts_of_the_training(succeed, folder):
    succeed("fit", "--checkpoint", "vae.safetensors", "--labels", "own", "--out", OUT)
    artifact = classifier()
    vae, _ = load_checkpoint(folder / "vae.safetensors")
    images = load_images("digits", limit=TRAINED).images
    parts = split(TRAINED, held_out=0.2, seed=5)
    np.testing.assert_array_equal(artifact.latents, encode_latents(vae, images, torch.device("cpu")))
    np.testing.assert_array_equal(artifact.labels, load_digits().target[:TRAINED])
    np.testing.assert_array_equal(artifact.is_train, parts.is_train)
    assert (artifact.label_name, artifact.class_names) == ("digit", tuple("0123456789"))
    provenance = artifact.provenance
    assert (provenance.dataset, provenance.seed, provenance.held_out, provenance.beta, provenance.epochs) == (
        "digits",
        5,
        0.2,
        2.0,
        1,
    )


def test_the_classes_of_mnist_are_those_of_its_files_of_labels(succeed, folder):
    images, labels = (np.random.default_rng(0).integers(0, 256, (60, 28, 28)), np.arange(60) % 3)
    write_idx(folder / "train-images-idx3-ubyte", images)
    write_labels(folder / "train-labels-idx1-ubyte", labels)
    command = ("fit", "--checkpoint", "vae.safetensors", "--data", f"mnist:{folder}", "--out", OUT, "--seed", "9")
    succeed(*command, "--labels", "own", "--held-out", "0.25")
    artifact = classifier()
    np.testing.assert_array_equal(artifact.labels, labels)
    np.testing.assert_array_equal(artifact.is_train, split(60, held_out=0.25, seed=9).is_train)
    assert artifact.provenance.dataset == "mnist"
    succeed(*command, "--labels", "own", "--limit", "20")
    np.testing.assert_array_equal(classifier().labels, labels[:20])


def write_labels(path, labels):
    path.write_bytes(bytes([0, 0, 8, 1]) + len(labels).to_bytes(4, "big") + labels.astype(np.uint8).tobytes())


def test_images_can_have_labels_of_a_file_and_are_resized_with_a_word(succeed, refusal):
    np.save("images.npy", np.random.default_rng(0).random((40, 14, 14)).astype(np.float32))
    np.save("y.npy", np.arange(40) % 2)
    command = ("fit", "--checkpoint", "vae.safetensors", "--data", "images.npy", "--out", OUT)
    assert "fit: 40 of 40 images were resized to 28×28" in succeed(*command, "--labels", "y.npy").err
    np.testing.assert_array_equal(classifier().labels, np.arange(40) % 2)
    Path(OUT).unlink()
    np.save("y.npy", np.arange(30) % 2)
    assert refusal(*command, "--labels", "y.npy") == (
        "y.npy has 30 rows and the latents 40; one row for each latent point is required; pass the same samples in both"
    )
    assert refusal(*command, "--labels", "own") == (
        "the data set 'images.npy' has no classes of its own; `mnist`, `mnist:DIR` or `digits` is required for them; "
        "name a file of labels"
    )


# What is refused

TOGETHER = "one of them is required; leave the other out"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*FIT, "--scores", "Z.npy"), f"--labels and --scores were given together; {TOGETHER}"),
        ((*FIT, "--names", "a"), f"--labels and --names were given together; {TOGETHER}"),
        ((*FIT, "--units", "a"), f"--labels and --units were given together; {TOGETHER}"),
        ((*FIT, "--sample-weights", "Z.npy"), f"--labels and --sample-weights were given together; {TOGETHER}"),
        ((*FIT, "--lam", "0.001"), f"--labels and --lam were given together; {TOGETHER}"),
        ((*FIT, "--standardize"), f"--labels and --standardize were given together; {TOGETHER}"),
        (
            (*FIT, "--regularised-bias"),
            f"--labels and --free-bias/--regularised-bias were given together; {TOGETHER}",
        ),
        ((*FIT, "--concepts", "seed"), f"--labels and --concepts were given together; {TOGETHER}"),
        ((*FIT, "--checkpoint", "vae.safetensors"), f"--latents and --checkpoint were given together; {TOGETHER}"),
        ((*FIT, "--split", "split.npy", "--seed", "1"), f"--split and --seed were given together; {TOGETHER}"),
        (
            (*FIT, "--control-seed", "1"),
            "--control-seed was given; --control is required for it; give --control shuffled-labels, or leave it out",
        ),
        (
            (*FIT, "--control", "shuffled-labels", "--control-seed", "-1"),
            "the seed is -1; an integer in [0, 2^64) is required; choose --control-seed 0, say",
        ),
        (
            (*FIT, "--labels", "own"),
            "--labels own and --latents were given together; the classes that images come with are those of --data or "
            "of the training; name a file of labels, or leave --latents out",
        ),
        (
            ("fit", "--labels", "species.csv", "--split", "split.npy"),
            "--split was given; --latents and --labels together are required for it; give all of them",
        ),
        (
            ("fit", "--labels", "species.csv", "--groups", "split.npy"),
            "--groups was given; other samples than the model's own are required for it; name them with --data, or "
            "with --latents and --labels",
        ),
        (
            (*FIT, "--threshold", "1"),
            "the threshold is 1.0 and there are 3 classes, whose largest value decides; two classes are required for a "
            "threshold; leave it out",
        ),
        (
            (*BINARY, "--threshold", "nan"),
            "the threshold is nan; a finite number is required; choose --threshold 0.0, say",
        ),
        ((*FIT, "--labels", "Z.npy"), "`Z.npy[0]` has 5.1 in column 0; one 1 in each row, and 0 for the other classes"),
        ((*FIT, "--labels", "none.csv"), "none.csv does not exist; a file is required; check the path"),
        ((*FIT, "--held-out", "1"), "the held-out fraction is 1.0; a number in [0, 1) is required"),
    ],
)
def test_what_makes_no_sense_is_refused(refusal, arguments, message):
    assert refusal(*arguments).startswith(message)


@pytest.mark.parametrize(
    "option", [("--probe", "lda"), ("--threshold", "0"), ("--control", "shuffled-labels"), ("--control-seed", "0")]
)
def test_options_of_classifiers_are_refused_without_labels(refusal, option):
    assert refusal("fit", "--latents", "Z.npy", "--scores", "Z.npy", *option) == (
        f"{option[0]} was given; --labels is required for it; give --labels, or leave it out"
    )


def test_a_training_part_without_samples_or_without_one_of_a_class_is_refused(refusal):
    np.save("split.npy", np.zeros(150, bool))
    assert refusal(*FIT, "--split", "split.npy").startswith("split.npy has no sample of the training part among 150; ")
    np.save("split.npy", np.arange(150) < 100)
    assert refusal(*FIT, "--split", "split.npy").startswith("the class 'virginica' has no sample in the training part")


def test_no_input_and_no_file_of_the_user_is_replaced(refusal, succeed):
    assert "species.csv" in refusal(*FIT[:-1], "species.csv", "--force")
    Path(OUT).write_text("mine")
    assert OUT in refusal(*FIT)
    succeed(*FIT, "--force")
    succeed(*FIT, "--probe", "lda", "--restart")
    assert classifier().method == "lda"
