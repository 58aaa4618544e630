"""Which artifacts can be compared, and over which samples."""

from dataclasses import replace

import numpy as np
import pytest

from bridge.artifact.coverage import Coverage
from bridge.artifact.pair import ClassifierPair, ProbePair, compared_rows, paired
from bridge.artifact.record import Rounding
from support.artifacts import make_artifact
from support.classifiers import make_classifier
from support.refusals import refusal

LATENTS_8 = Rounding(weight_bits=None, latent_bits=8, largest_weight_change=None, largest_latent_change="0")


def changed_latent(artifact, value):
    latents = artifact.latents.copy()
    latents[1, 2] = value
    return replace(artifact, latents=latents)


@pytest.mark.parametrize(("make", "sort"), [(make_artifact, ProbePair), (make_classifier, ClassifierPair)])
def test_two_of_one_sort_on_the_same_latents_are_a_pair(make, sort):
    a = make()
    b = replace(a, weights=a.weights.astype(np.float32) * 2)
    pair = paired(a, b)
    assert isinstance(pair, sort)
    assert (pair.a, pair.b) == (a, b)


def test_a_probe_and_a_classifier_are_no_pair():
    assert refusal(paired, make_artifact(), make_classifier()) == (
        "A is the artifact of a probe with concept scores, and B that of a classifier; two of one sort are required, "
        "since only these have values that mean the same; fit both with --scores, or both with --labels"
    )


def test_concepts_must_be_the_same():
    assert refusal(paired, make_artifact(), make_artifact(concept_names=("concept 0", "size"))) == (
        "concept 1 is 'concept 1' in A, and 'size' in B; the same concepts in the same order are required; fit both on "
        "the same ones"
    )
    assert refusal(paired, make_artifact(), make_artifact(concepts=3)).startswith("A has 2 concepts, and B 3; ")


def test_classes_must_be_the_same():
    swapped = make_classifier(class_names=("class 1", "class 0", "class 2"))
    assert refusal(paired, make_classifier(), swapped).startswith("class 0 is 'class 0' in A, and 'class 1' in B; ")
    assert refusal(paired, make_classifier(), make_classifier(classes=4)) == (
        "A has 3 classes, and B 4; the same classes in the same order are required; fit both on the same ones"
    )


@pytest.mark.parametrize("make", [make_artifact, make_classifier])
def test_latents_must_be_the_same_to_the_last_bit(make):
    a, b = changed_latent(make(), 0.0), changed_latent(make(), -0.0)
    assert refusal(paired, a, b) == (
        "latents[1, 2] is 0.0 in A, and -0.0 in B; the same samples in the same order are required, to the last bit; "
        "fit both on the same latents"
    )


@pytest.mark.parametrize("other", [{"samples": 6}, {"dim": 4}, {"dtype": np.float64}])
def test_latents_must_have_one_form(other):
    message = refusal(paired, make_artifact(), make_artifact(**other))
    assert message.startswith("the latents of A have shape (5, 3) and dtype float32, those of B shape ")
    assert message.endswith("; the same samples are required; fit both on the same latents")


def test_rounded_latents_are_other_latents():
    a = make_artifact(latents=np.zeros((5, 3)))
    b = replace(a, rounding=LATENTS_8)
    assert refusal(paired, a, b) == (
        "the latents of A are as they are, and those of B rounded to multiples of 2^-8; the same latents are required, "
        "since the values of both are taken at the same points; fit both with the same --latent-bits, or round the "
        "weights alone with --weight-bits"
    )
    assert isinstance(paired(b, b), ProbePair)


def test_rows_are_those_of_the_part():
    a = make_artifact()
    pair = paired(a, replace(a, weights=a.weights * 2))
    assert compared_rows(pair, Coverage.TRAIN).tolist() == [1, 2, 4]
    assert compared_rows(pair, Coverage.ALL).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("train", "found"),
    [
        ([0, 1, 0, 0, 0], "sample 2 is a train sample of A and not of B"),
        ([1, 1, 1, 0, 0], "sample 0 is a train sample of B and not of A"),
    ],
)
def test_a_part_must_have_the_same_samples(train, found):
    a, b = (make_artifact(is_train=np.array(part) == 1) for part in ([0, 1, 1, 0, 0], train))
    assert refusal(compared_rows, paired(a, b), Coverage.TRAIN) == (
        f"{found}; a part with the same samples in both is required; compare over all of them, or fit both with the "
        "same split"
    )
    assert compared_rows(paired(a, b), Coverage.ALL).size == 5
