"""From floats to integers: the packed numbers are the artifact's, and the Lean checker's rules hold for them."""

import dataclasses
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bridge.export.packing
from bridge.artifact.coverage import Coverage
from bridge.base.errors import InputError
from bridge.exact.conformal import smallest_size
from bridge.export.certificate import PackedSamples
from bridge.export.integers import common_denominator
from support.artifacts import make_artifact
from support.exports import certified
from support.packed_model import check, numerators, pack, rows, slots
from support.packed_problems import Attained, Regrouped, problems
from support.problems import fraction
from support.strategies import artifacts, artifacts_with_coverages, unhurried


def fractions(matrix):
    return [[fraction(value) for value in row] for row in matrix]


def decoded(samples: PackedSamples):
    """Latents and scores, read as the docstring of `Bridge.PackedSamples` says, digit by digit."""
    exponents = [samples.latent_exponent] * samples.latent_dim + list(samples.score_exponents)
    points = [
        [Fraction(integer, 2**exponent) for integer, exponent in zip(row, exponents, strict=True)]
        for row in rows(samples, samples.size)
    ]
    return [point[: samples.latent_dim] for point in points], [point[samples.latent_dim :] for point in points]


def residuals(artifact, rows, column):
    """The definition: the score minus `w · z + b`."""
    *weights, bias = (fraction(weight) for weight in artifact.weights[:, column])
    return [
        fraction(artifact.scores[row, column])
        - sum(weight * fraction(coordinate) for weight, coordinate in zip(weights, artifact.latents[row], strict=True))
        - bias
        for row in rows
    ]


def claims(certificate):
    return list(enumerate(certificate.concepts))


def scale(certificate, claim):
    """The denominator of products of weights and coordinates."""
    return claim.integers.denominator * 2**certificate.samples.latent_exponent


def with_delta(certificate, claim, units, attained_by=None):
    """The claim with a δ that is many units in the last place larger, and a sample that attains it if one is named."""
    sup = claim.integers.sup + units
    return dataclasses.replace(
        claim,
        integers=dataclasses.replace(claim.integers, sup=max(sup, 0)),
        sup_error=Attained(Fraction(sup, scale(certificate, claim)), attained_by),
    )


def roomy(samples):
    """The samples with a digit more in a slot, so that a bound that is a little larger has room."""
    return dataclasses.replace(samples, slot_digits=samples.slot_digits + 1)


levels = st.fractions(0, 1, max_denominator=20).filter(lambda alpha: 0 < alpha < 1)

# Artifacts with several blocks, and with groups of eight columns; hypothesis draws smaller ones.
LARGER = [
    {"samples": 300, "dim": 8, "concepts": 3},
    {"samples": 3_000, "dim": 2, "concepts": 1},
    {"samples": 12, "dim": 160, "concepts": 2},
    {"samples": 1_500, "dim": 1, "concepts": 2, "dtype": np.float64},
]


@unhurried
@given(artifacts_with_coverages())
def test_the_packed_integers_are_the_floats_of_the_listed_samples(drawn):
    artifact, coverage = drawn
    certificate = certified(artifact, coverage)
    latents, scores = decoded(certificate.samples)
    assert latents == fractions(artifact.latents[certificate.rows])
    assert scores == fractions(artifact.scores[certificate.rows])


@unhurried
@given(artifacts_with_coverages())
def test_weights_bias_and_delta_are_exact_and_the_worst_sample_is_the_first_to_attain_delta(drawn):
    artifact, coverage = drawn
    certificate = certified(artifact, coverage)
    for column, claim in claims(certificate):
        assert [*claim.weights, claim.bias] == [row[column] for row in fractions(artifact.weights)]
        sizes = [abs(residual) for residual in residuals(artifact, certificate.rows, column)]
        assert claim.delta == max(sizes)
        assert claim.worst_sample == sizes.index(max(sizes))


@unhurried
@given(artifacts_with_coverages())
def test_the_checker_accepts_every_certificate(drawn):
    certificate = certified(*drawn)
    assert all(check(certificate.samples, column, claim) for column, claim in claims(certificate))


@unhurried
@given(artifacts(), st.integers(-3, 3))
def test_the_checker_accepts_a_bound_only_if_it_is_at_least_delta(artifact, units):
    certificate = certified(artifact)
    for column, claim in claims(certificate):
        assert check(roomy(certificate.samples), column, with_delta(certificate, claim, units)) == (units >= 0)


@unhurried
@given(artifacts(), st.sampled_from([0, 1]))
def test_exactly_the_samples_that_attain_delta_are_said_to_and_none_attains_more(artifact, units):
    certificate = certified(artifact)
    for column, claim in claims(certificate):
        attaining = [abs(residual) == claim.delta for residual in residuals(artifact, certificate.rows, column)]
        accepted = [
            check(roomy(certificate.samples), column, with_delta(certificate, claim, units, sample))
            for sample in range(certificate.samples.size)
        ]
        assert accepted == [units == 0 and attains for attains in attaining]


@unhurried
@given(artifacts_with_coverages(), levels)
def test_the_checker_finds_the_totals_of_every_claim(drawn, alpha):
    artifact, coverage = drawn
    asked = {"with_r_squared": True}
    size = int(artifact.is_calibration.sum())
    if coverage in (Coverage.ALL, Coverage.CALIBRATION) and size >= smallest_size(alpha):
        asked["alpha"] = alpha
    certificate = certified(artifact, coverage, **asked)
    for column, claim in claims(certificate):
        assert len(claim.totals) == 1 + 4 * len(asked)
        assert check(certificate.samples, column, claim)
        for other in claim.others:
            assert claim.totals[claim.place(other) :][: len(other.totals)] == other.totals
            for place, total in enumerate(other.totals):
                one_more = dataclasses.replace(total, values=(total.value + 1,))
                wrong = dataclasses.replace(other, totals=(*other.totals[:place], one_more, *other.totals[place + 1 :]))
                assert not check(certificate.samples, column, dataclasses.replace(claim, others=(wrong,)))


@unhurried
@given(artifacts())
def test_the_digits_of_the_weights_are_as_narrow_as_the_program_takes_them(artifact):
    certificate = certified(artifact)
    for _, claim in claims(certificate):
        integers = claim.integers
        assert [Fraction(n, integers.denominator) for n in numerators(integers, len(claim.weights))] == list(
            claim.weights
        )
        largest = max(abs(weight * integers.denominator) for weight in claim.weights)
        assert largest < 2**integers.magnitude_bits <= 2 * max(1, largest)
        assert integers.weight_bits % 4 == 0
        assert len(claim.weights) * 2**integers.magnitude_bits < 2**integers.weight_bits - 1
        assert integers.magnitude_bits <= integers.weight_bits - 1
        assert all(literal < 2**integers.literal_bits for literal in integers.weights)


@pytest.mark.parametrize(("dim", "literals"), [(1, 1), (3, 1), (250, 2), (1_000, 6)])
def test_weights_are_in_literals_of_2000_hexadecimal_digits(dim, literals):
    (claim,) = certified(make_artifact(2, dim, 1)).concepts
    assert len(claim.integers.weights) == literals == -(-dim * claim.integers.weight_bits // 8_000)
    assert claim.integers.literal_bits == min(8_000, dim * claim.integers.weight_bits)


@pytest.mark.parametrize(
    ("weights", "bias", "latent_exponent", "score_exponent", "denominator"),
    [
        (["1/2", "3/8"], "0", 0, 0, 8),
        (["1", "2"], "1/8", 1, 0, 4),
        (["1", "2"], "1/8", 3, 0, 1),
        (["1", "2"], "0", 1, 6, 32),
        (["1/3", "3/8"], "1/5", 2, 1, 120),
        (["1"], "1/12", 1, 0, 6),
        (["0"], "0", 7, 7, 1),
    ],
)
def test_the_denominator_is_the_least_over_which_all_is_an_integer(
    weights, bias, latent_exponent, score_exponent, denominator
):
    found = common_denominator(list(map(Fraction, weights)), Fraction(bias), latent_exponent, score_exponent)
    assert found == denominator


@unhurried
@given(artifacts())
def test_every_exponent_is_the_least_one(artifact):
    certificate = certified(artifact)
    samples = certificate.samples
    latents, scores = decoded(samples)
    assert samples.latent_exponent == 0 or any(
        z.denominator == 2**samples.latent_exponent for row in latents for z in row
    )
    for column, claim in claims(certificate):
        exponent = samples.score_exponents[column]
        assert exponent == 0 or any(row[column].denominator == 2**exponent for row in scores)
        denominator, products = claim.integers.denominator, scale(certificate, claim)
        assert denominator & (denominator - 1) == 0
        halves = [*(weight * denominator / 2 for weight in claim.weights), claim.bias * products / 2]
        halves.append(Fraction(products, 2 * 2**exponent))
        assert denominator == 1 or any(half.denominator > 1 for half in halves)


@unhurried
@given(artifacts())
def test_a_digit_has_the_least_multiple_of_four_bits_that_holds_every_integer(artifact):
    samples = certified(artifact).samples
    largest = max(abs(integer) for row in rows(samples, samples.size) for integer in row)
    assert samples.digit_bits % 4 == 0
    assert largest < 2 ** (samples.digit_bits - 1)
    assert samples.digit_bits == 4 or largest >= 2 ** (samples.digit_bits - 5)


@unhurried
@given(artifacts())
def test_a_slot_that_is_one_digit_narrower_is_rejected(artifact):
    certificate = certified(artifact)
    narrower = dataclasses.replace(certificate.samples, slot_digits=certificate.samples.slot_digits - 1)
    assert not all(check(narrower, column, claim) for column, claim in claims(certificate))


@pytest.mark.parametrize(("bias", "slot_digits"), [(-31.0, 2), (-32.0, 3)])
def test_a_slot_is_as_wide_as_the_largest_number_that_is_compared_and_a_bit_above_it(bias, slot_digits):
    # One latent coordinate, 0, in digits of 4 bits: at the largest, 8 · 8 + 2 δ is 126 or 128.
    artifact = make_artifact(
        1, 1, 1, latents=np.array([[0.0]]), scores=np.array([[0.0]]), weights=np.array([[8.0], [bias]])
    )
    certificate = certified(artifact)
    assert certificate.concepts[0].delta == -bias
    assert (certificate.samples.digit_bits, certificate.samples.slot_digits) == (4, slot_digits)


@pytest.mark.parametrize("size", LARGER, ids=str)
def test_certificates_of_several_blocks_or_groups_hold_too(size):
    artifact = make_artifact(**size)
    certificate = certified(artifact)
    samples = certificate.samples
    assert decoded(samples) == (fractions(artifact.latents), fractions(artifact.scores))
    for column, claim in claims(certificate):
        assert check(samples, column, claim)
        assert not check(samples, column, with_delta(certificate, claim, -1))


def test_the_larger_certificates_have_one_block_and_several_and_groups_of_one_column_and_of_eight():
    made = [certified(make_artifact(**size)).samples for size in LARGER]
    assert {samples.size > samples.block_rows for samples in made} == {True, False}
    assert {max(map(len, samples.groups)) for samples in made} == {1, 8}


@unhurried
@given(artifacts(), st.sampled_from([1, 30, 100, 1_000, 32_000]))
def test_blocks_of_any_size_hold_the_same_numbers_and_are_accepted(artifact, column_bits):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", column_bits)
        certificate = certified(artifact)
    assert decoded(certificate.samples) == (fractions(artifact.latents), fractions(artifact.scores))
    for column, claim in claims(certificate):
        assert check(certificate.samples, column, claim)
        assert not check(certificate.samples, column, with_delta(certificate, claim, -1))


@pytest.mark.parametrize("size", [*LARGER, {}, {"samples": 1, "dim": 1}], ids=str)
def test_all_columns_of_all_blocks_have_the_same_form(size):
    samples = certified(make_artifact(**size)).samples
    blocks = -(-samples.size // samples.block_rows)
    assert slots(samples) * samples.slot_digits > samples.block_rows
    assert samples.limb_bits % samples.digit_bits == 0
    assert len(samples.columns) == blocks * (samples.latent_dim + samples.concept_count)
    bits = samples.block_rows * samples.digit_bits
    assert {len(column) for column in samples.columns} == {4}
    for column in samples.columns:
        assert all(literal < 2**samples.limb_bits for literal in column)
        assert pack(2**samples.limb_bits, column) < 2**bits


@pytest.mark.parametrize("size", [*LARGER, {}, {"samples": 2, "dim": 1}], ids=str)
def test_the_last_block_is_filled_up_with_copies_of_the_last_sample(size):
    samples = certified(make_artifact(**size)).samples
    stored = rows(samples, -(-samples.size // samples.block_rows) * samples.block_rows)
    assert all(row == stored[samples.size - 1] for row in stored[samples.size :])


@pytest.mark.parametrize("size", LARGER, ids=str)
def test_where_there_is_enough_data_literals_have_1000_to_2000_hexadecimal_digits_and_a_number(size):
    samples = certified(make_artifact(**size)).samples
    enough = samples.size * samples.digit_bits >= bridge.export.packing.BLOCK_COLUMN_BITS
    longest = [max(len(f"{literal:x}") for literal in column) for column in samples.columns]
    assert all(1_000 * enough <= length < 2_000 + samples.digit_bits // 4 for length in longest)


@unhurried
@given(artifacts())
def test_no_literal_is_longer_than_1500_hexadecimal_digits_and_a_number(artifact):
    samples = certified(artifact).samples
    longest = max(literal.bit_length() for column in samples.columns for literal in column)
    assert longest < 6_000 + samples.digit_bits


def test_subnormals_and_the_largest_floats_are_packed_together():
    latents = np.array([[5e-324, -(2.0**1000)], [-(2.0**-1000), np.finfo(np.float64).max], [-0.0, 0.0]])
    artifact = make_artifact(3, 2, 1, np.float64, latents=latents, weights=latents.T[[0, 1, 0], :1].copy())
    certificate = certified(artifact)
    assert certificate.samples.latent_exponent == 1074
    assert decoded(certificate.samples)[0] == [
        [Fraction(1, 2**1074), Fraction(-(2**1000))],
        [Fraction(-1, 2**1000), Fraction((2**53 - 1) * 2**971)],
        [Fraction(0), Fraction(0)],
    ]
    assert check(certificate.samples, 0, certificate.concepts[0])


def test_an_artifact_of_zeros_has_delta_zero():
    zeros = np.zeros((3, 2), np.float32)
    certificate = certified(make_artifact(3, 2, 2, latents=zeros, scores=-zeros, weights=zeros))
    assert [claim.delta for claim in certificate.concepts] == [0, 0]
    assert all(check(certificate.samples, column, claim) for column, claim in claims(certificate))
    assert not check(certificate.samples, 0, with_delta(certificate, certificate.concepts[0], -1))


def test_a_sample_that_is_left_out_is_missed():
    certificate = certified(make_artifact(5))
    columns, block_rows = certificate.samples.columns, certificate.samples.block_rows
    for samples in (
        dataclasses.replace(certificate.samples, size=block_rows + 1),
        dataclasses.replace(certificate.samples, columns=()),
        dataclasses.replace(certificate.samples, columns=columns[:-1]),
        dataclasses.replace(certificate.samples, block_rows=block_rows // 2),
    ):
        assert not check(samples, 1, certificate.concepts[1])


@pytest.mark.parametrize(
    ("coverage", "rows"),
    [
        (Coverage.ALL, [0, 1, 2, 3, 4, 5, 6]),
        (Coverage.TRAIN, [1, 2, 4, 5]),
        (Coverage.CALIBRATION, [0, 6]),
        (Coverage.HELD_OUT, [3]),
    ],
)
def test_the_listed_samples_are_those_of_the_part_in_order(coverage, rows):
    certificate = certified(make_artifact(7, is_calibration=np.arange(7) % 6 == 0), coverage)
    assert certificate.rows.tolist() == rows
    assert certificate.samples.size == len(rows)
    assert certificate.asked.coverage is coverage


def test_all_samples_are_listed_unless_a_part_is_named():
    assert certified(make_artifact(6)).asked.coverage is Coverage.ALL


@unhurried
@given(artifacts_with_coverages())
def test_delta_over_a_part_is_at_most_delta_over_all(drawn):
    artifact, coverage = drawn
    parts, whole = certified(artifact, coverage).concepts, certified(artifact).concepts
    assert all(part.delta <= all_.delta for part, all_ in zip(parts, whole, strict=True))


@pytest.mark.parametrize(
    ("coverage", "is_train"), [(Coverage.TRAIN, False), (Coverage.CALIBRATION, False), (Coverage.HELD_OUT, True)]
)
def test_a_part_without_samples_is_refused(coverage, is_train):
    artifact = make_artifact(is_train=np.full(5, is_train))
    message = f"the artifact has no {coverage} samples; an export lists at least one; choose another part with `over=…`"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        certified(artifact, coverage)


# The Lean program against the plain computation, on integers as no artifact has them


@given(problems(), st.integers(-3, 3) | st.sampled_from([-(2**70), 2**70]))
def test_a_bound_is_accepted_exactly_if_no_residual_is_larger(problem, units):
    largest = max(map(abs, problem.residuals()))
    bound = largest + units
    samples = problem.samples(problem.slot_digits(max(bound, largest)))
    assert check(samples, problem.concept, problem.claim(bound)) == (units >= 0)


@given(problems(), st.sampled_from([0, 1]))
def test_a_bound_is_said_to_be_attained_exactly_by_the_samples_whose_residual_it_is(problem, units):
    residuals = problem.residuals()
    bound = max(map(abs, residuals)) + units
    samples = problem.samples(problem.slot_digits(bound))
    accepted = [check(samples, problem.concept, problem.claim(bound, sample)) for sample in range(samples.size)]
    assert accepted == [abs(residual) == bound for residual in residuals]


@given(problems(), st.integers(0, 2))
def test_slots_are_filled_up_to_their_highest_bit_and_no_further(problem, spare):
    largest = max(map(abs, problem.residuals()))
    slot_digits = problem.slot_digits(largest) + spare
    samples = problem.samples(slot_digits)
    half = 2 ** (slot_digits * problem.digit_bits - 1)
    # A larger bound needs no less room.
    room, beyond = largest, half
    while beyond - room > 1:
        middle = (room + beyond) // 2
        room, beyond = (middle, beyond) if problem.highest(middle) < half else (room, middle)
    assert check(samples, problem.concept, problem.claim(room))
    assert not check(samples, problem.concept, problem.claim(room + 1))


@given(problems())
def test_slots_that_are_too_narrow_are_rejected(problem):
    bound = max(map(abs, problem.residuals()))
    needed = problem.slot_digits(bound)
    for slot_digits in range(needed):
        samples = dataclasses.replace(problem.samples(needed), slot_digits=slot_digits)
        assert not check(samples, problem.concept, problem.claim(bound))


@given(problems(), st.data())
def test_whatever_is_stored_a_bound_that_is_accepted_holds_for_what_the_samples_say(problem, data):
    # Numbers that nobody packed: literals of any width, blocks of any size, columns that are missing, any groups.
    literals = st.integers(0, 2 ** (problem.digit_bits * 12))
    samples = dataclasses.replace(
        problem.samples(1),
        slot_digits=problem.slot_digits(0) + 1,
        block_rows=data.draw(st.integers(1, 6)),
        limb_bits=data.draw(st.integers(1, 40)),
        columns=tuple(data.draw(st.lists(st.tuples(*[literals] * 4), max_size=3 * len(problem.matrix[0]), min_size=1))),
    )
    if data.draw(st.booleans()):
        samples = Regrouped.of(samples, data.draw(st.lists(st.sampled_from([1, 8]))))
    residuals = problem.residuals(rows(samples, samples.size))
    bound = max(map(abs, residuals)) + data.draw(st.integers(-2, 2))
    if check(samples, problem.concept, problem.claim(bound)):
        assert all(abs(residual) <= bound for residual in residuals)
    for sample, residual in enumerate(residuals):
        if check(samples, problem.concept, problem.claim(max(bound, 0), sample)):
            assert abs(residual) == max(bound, 0)
