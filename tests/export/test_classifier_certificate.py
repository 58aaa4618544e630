"""What is claimed of a classifier is what fractions say, one number at a time, and slots have room for it."""

import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bridge.export.packing
from bridge.artifact.coverage import Coverage
from bridge.base.errors import InputError
from bridge.export.classification.claims.ranking import RankingClaim
from bridge.export.classification.claims.unseen import UnseenClaim
from bridge.export.classification.estimate import classifier_estimate
from bridge.export.estimate import DIGIT, FILE, START, concept_seconds
from bridge.export.layout import block_ranges, group_ranges
from support.artifacts import PROVENANCE
from support.classifier_exports import (
    asked_of,
    certified,
    classifiers,
    classifiers_with_coverages,
    first_of_the_largest,
    fraction,
    has_areas,
    value_loop,
)
from support.classifiers import make_classifier
from support.refusals import refusal
from support.strategies import cuts


def scale_of(certificate):
    """What decision values are integers over."""
    return certificate.classes[0].integers.denominator << certificate.samples.latent_exponent


@given(classifiers_with_coverages())
def test_decisions_are_counted_as_by_the_definition(drawn):
    artifact, coverage = drawn
    certificate = certified(artifact, coverage)
    counts = [[0] * artifact.class_count for _ in range(artifact.class_count)]
    for row, values in zip(certificate.rows, value_loop(artifact, certificate.rows), strict=True):
        counts[artifact.labels[row]][first_of_the_largest(values)] += 1
    assert [list(row) for row in certificate.confusion.confusion.counts] == counts


@given(classifiers_with_coverages())
def test_the_margin_is_the_least_gap_and_gaps_are_counted_from_it_on(drawn):
    certificate = certified(*drawn)
    gaps, of_others = [], []
    for values in value_loop(drawn[0], certificate.rows):
        decision = first_of_the_largest(values)
        gaps += [values[decision] - value for value in values]
        of_others += [values[decision] - value for number, value in enumerate(values) if number != decision]
    margin, scale = certificate.margin, scale_of(certificate)
    assert margin.margin == min(of_others)
    assert margin.gap == margin.margin * scale
    bounds, counts = zip(*margin.counts, strict=True)
    assert bounds == (margin.gap, margin.gap + 1)
    assert counts == tuple(sum(gap * scale >= bound for gap in gaps) for bound in bounds)
    assert counts[1] < len(certificate.rows) * (drawn[0].class_count - 1) <= counts[0]


@given(classifiers_with_coverages())
def test_the_sample_that_is_named_has_the_margin(drawn):
    certificate = certified(*drawn)
    values = sorted(value_loop(drawn[0], [certificate.rows[certificate.margin.sample]])[0])
    assert values[-1] - values[-2] == certificate.margin.margin


@given(classifiers_with_coverages())
def test_the_integers_of_all_classes_have_one_scale_and_one_limit(drawn):
    artifact, _ = drawn
    certificate = certified(*drawn)
    scale = scale_of(certificate)
    differences = [
        abs(int(artifact.labels[row]) - value)
        for row, values in zip(certificate.rows, value_loop(artifact, certificate.rows), strict=True)
        for value in values
    ]
    for number, functional in enumerate(certificate.classes):
        integers = functional.integers
        assert functional.weights == tuple(map(fraction, artifact.weights[:-1, number]))
        assert functional.numerators == tuple(weight * integers.denominator for weight in functional.weights)
        assert integers.bias == functional.bias * scale
        assert integers.sup == max(differences) * scale
        assert integers.score_low == 2 ** (certificate.samples.digit_bits - 1)
        assert integers.score_span == artifact.class_count - 1
        assert integers.denominator == certificate.classes[0].integers.denominator


@given(classifiers_with_coverages())
def test_a_slot_has_room_for_a_label_with_a_decision_and_for_the_counts_of_a_block(drawn):
    certificate = certified(*drawn)
    samples, classes = certificate.samples, len(certificate.classes)
    slot = 2 ** (samples.slot_digits * samples.digit_bits)
    assert (classes - 1) * classes + classes < slot // 2
    assert (samples.block_rows // samples.slot_digits + 1) * samples.slot_digits < slot - 1
    assert 2 * certificate.classes[0].integers.sup < slot // 2


def test_many_classes_alone_make_a_slot_wider():
    latents, weights = np.zeros((1, 1), np.int8), np.zeros((2, 40), np.int8)
    artifact = make_classifier(1, 1, 40, latents=latents, weights=weights)
    samples = certified(artifact).samples
    assert 2 ** (samples.slot_digits * samples.digit_bits - 1) > 1600 >= 2 ** ((samples.slot_digits - 1) * 4 - 1)


@given(classifiers(max_samples=9), st.data())
def test_counts_of_ranges_are_those_of_their_samples(drawn, data):
    rows = range(len(certified(drawn).rows))
    parts = [rows[cut] for cut in data.draw(cuts(len(rows))) if rows[cut]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1)
        patch.setattr("bridge.export.classification.certificate.block_ranges", lambda *_: tuple(parts))
        certificate = certified(drawn)
    values, scale = value_loop(drawn, certificate.rows), scale_of(certificate)
    for number, part in enumerate(parts):
        decided = [first_of_the_largest(values[i]) for i in part]
        labels = [int(drawn.labels[certificate.rows[i]]) for i in part]
        counts = Counter(zip(labels, decided, strict=True))
        classes = range(drawn.class_count)
        expected = tuple(tuple(counts[label, decision] for decision in classes) for label in classes)
        assert certificate.confusion.ranges[number] == expected
        gaps = [(max(values[i]) - value) * scale for i in part for value in values[i]]
        bounds = certificate.margin.bounds
        assert certificate.margin.counts_of(number) == tuple(
            (bound, sum(gap >= bound for gap in gaps)) for bound in bounds
        )
    assert np.sum(certificate.confusion.ranges, axis=0).tolist() == list(
        map(list, certificate.confusion.confusion.counts)
    )


@given(classifiers())
def test_areas_are_counted_pair_by_pair(drawn):
    if not has_areas(drawn, drawn.labels):
        return
    (claim,) = certified(drawn, with_roc_auc=True).others
    assert isinstance(claim, RankingClaim)
    values = value_loop(drawn, range(len(drawn.labels)))
    occurring = sorted(set(drawn.labels.tolist()))
    assert [each.number for each in claim.classes] == ([1] if drawn.is_binary else occurring)
    for each in claim.classes:
        pairs = [
            (values[i][each.number], values[j][each.number])
            for i, j in itertools.product(range(len(values)), repeat=2)
            if drawn.labels[i] == each.number != drawn.labels[j]
        ]
        assert (each.wins, each.ties) == (sum(a > b for a, b in pairs), sum(a == b for a, b in pairs))
        assert each.positives * each.negatives == len(pairs)
        assert each.area == Fraction(2 * each.wins + each.ties, 2 * len(pairs))


@given(classifiers())
def test_bits_are_dropped_from_values_as_long_as_this_makes_no_tie(drawn):
    if not has_areas(drawn, drawn.labels):
        return
    certificate = certified(drawn, with_roc_auc=True)
    (claim,) = certificate.others
    assert isinstance(claim, RankingClaim)
    scale = scale_of(certificate)
    values = value_loop(drawn, range(len(drawn.labels)))
    for each in claim.classes:
        sup = certificate.classes[each.number].integers.sup
        heights = [int(of_sample[each.number] * scale) + sup for of_sample in values]
        positives = [height for height, label in zip(heights, drawn.labels, strict=True) if label == each.number]
        negatives = [height for height, label in zip(heights, drawn.labels, strict=True) if label != each.number]
        dropped, one_more = (
            sum(a >> bits == b >> bits for a, b in itertools.product(positives, negatives))
            for bits in (each.dropped_bits, each.dropped_bits + 1)
        )
        assert min(heights) >= 0
        assert dropped == each.ties
        assert one_more > 0 if each.ties == 0 else each.dropped_bits == 0


def test_a_class_without_samples_has_no_area():
    artifact = make_classifier(4, 1, 3, labels=np.array([0, 2, 2, 0]))
    (claim,) = certified(artifact, with_roc_auc=True).others
    assert [each.number for each in claim.classes] == [0, 2]
    assert claim.record()["roc_auc"][1] is None


def test_the_bound_for_unseen_data_is_of_the_held_out_samples():
    artifact = make_classifier(9, 2)
    (claim,) = certified(artifact, Coverage.HELD_OUT, accuracy_bound="0.05").others
    assert isinstance(claim, UnseenClaim)
    assert (claim.alpha, claim.size) == (Fraction(1, 20), 3)
    assert claim.correct == certified(artifact, Coverage.HELD_OUT).confusion.confusion.correct


@pytest.mark.parametrize(
    ("make", "coverage", "options", "message"),
    [
        (
            lambda: make_classifier(3, 1, labels=np.array([1, 1, 1])),
            Coverage.ALL,
            {"with_roc_auc": True},
            "all 3 listed samples are of the class 'class 1'; for `roc_auc=True` samples of two classes are required; "
            "list others with `over=…`",
        ),
        (
            lambda: make_classifier(classes=2),
            Coverage.ALL,
            {"with_roc_auc": True},
            "the two classes have a value each, whose difference has weights that are no float64; for `roc_auc=True` "
            "one value that decides between two classes is required; round the weights to float32 first, or pass the "
            "difference as a layer of one output",
        ),
        (
            lambda: make_classifier(),
            Coverage.ALL,
            {"accuracy_bound": "0.1"},
            "`accuracy_bound=…` was given with `over=all`; only samples that the fit has not seen say something of "
            "unseen data, and these alone must be listed; choose `over=held-out`",
        ),
        (
            lambda: make_classifier(is_train=np.ones(6, bool)),
            Coverage.HELD_OUT,
            {"accuracy_bound": "0.1"},
            "the artifact has no held-out samples; an export lists at least one; choose another part with `over=…`",
        ),
        (
            lambda: make_classifier(
                is_train=np.zeros(6, bool), provenance=PROVENANCE.__class__(**{**vars(PROVENANCE), "held_out": None})
            ),
            Coverage.HELD_OUT,
            {"accuracy_bound": "0.1"},
            "the artifact has no held-out samples; an export lists at least one; choose another part with `over=…`",
        ),
    ],
)
def test_what_cannot_be_proved_is_refused(make, coverage, options, message):
    with pytest.raises(InputError) as error:
        certified(make(), coverage, **options)
    assert str(error.value) == message


def test_options_are_read_as_they_are_written():
    asked = asked_of(Coverage.HELD_OUT, with_roc_auc=True, accuracy_bound="0.05")
    assert asked.options() == "--over held-out --roc-auc --accuracy-bound 1/20"
    assert type(asked).parse(asked.options()) == asked
    assert asked.imports == ("Bridge.Claims.Ranking", "Bridge.Claims.Unseen")
    assert not asked.calibration_first


@pytest.mark.parametrize(
    ("level", "message"),
    [
        (
            "2",
            "α is '2'; a number between 0 and 1, both excluded, is required; choose `accuracy_bound=0.05`, say",
        ),
        (
            "0.050000000000000044",
            "α is 0.050000000000000044, which is 0.05 but for the rounding of floats; the level is taken exactly as it "
            "is written, and the bound depends on it; write 0.05, or 12500000000000011/250000000000000000 if it is "
            "meant",
        ),
    ],
)
def test_a_level_that_cannot_be_meant_is_refused_in_the_words_of_its_option(level, message):
    assert refusal(asked_of, Coverage.HELD_OUT, accuracy_bound=level) == message


def claims_of(certificate):
    """What Lean takes for the claims, without its start and its files."""
    shards = group_ranges(certificate.samples, certificate.ranges)
    found = classifier_estimate(certificate, shards, at_once=1)
    digits = certificate.samples.block_rows * certificate.samples.digit_bits // 4 * len(certificate.samples.columns)
    return pytest.approx(found.seconds - START - found.files * FILE - DIGIT * digits)


def test_lean_takes_as_long_for_a_class_as_for_a_concept():
    certificate = certified(make_classifier(50, 4, 5))
    assert claims_of(certificate) == 5 * concept_seconds(certificate.samples)


def test_lean_goes_through_the_samples_again_to_rank_them():
    certificate = certified(make_classifier(50, 4, 5), with_roc_auc=True)
    assert claims_of(certificate) == 10 * concept_seconds(certificate.samples)


def test_there_are_more_ranges_the_more_classes_there_are(monkeypatch):
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1)
    samples = certified(make_classifier(12, 2, 3)).samples
    digits = 3 * samples.digit_bits // 4
    monkeypatch.setattr("bridge.export.layout.RANGE_DIGITS", 12 * digits)
    assert len(block_ranges(samples)) == 1
    assert len(block_ranges(samples, 3)) == 3
