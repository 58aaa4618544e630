"""From floats to integers: the packed numbers are the artifact's, and the Lean checker's rules hold for them."""

import dataclasses
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifacts import make_artifact
from bridge.certificate import Coverage, PackedSamples, build_certificate
from bridge.errors import InputError
from strategies import artifacts, artifacts_with_coverages, unhurried


def fraction(value):
    return Fraction(*value.item().as_integer_ratio())


def fractions(matrix):
    return [[fraction(value) for value in row] for row in matrix]


def decoded(samples: PackedSamples):
    """Latents and scores, read as the docstring of `Bridge.PackedSamples` says, digit by digit."""
    columns = samples.latent_dim + samples.concept_count
    exponents = [samples.latent_exponent] * samples.latent_dim + list(samples.score_exponents)
    rows = []
    for i in range(samples.size):
        block = 0
        for literal in reversed(samples.blocks[i // samples.block_rows]):
            block = block * 2**samples.limb_bits + literal
        for _ in range(i % samples.block_rows * columns):
            block //= 2**samples.slot_bits
        row = []
        for exponent in exponents:
            block, digit = divmod(block, 2**samples.slot_bits)
            row.append(Fraction(digit - 2 ** (samples.digit_bits - 1), 2**exponent))
        rows.append(row)
    return [row[: samples.latent_dim] for row in rows], [row[samples.latent_dim :] for row in rows]


# What lean/Bridge/Certificate.lean computes, definition by definition, with Python's integers as `Nat`.


def pack(base, digits):
    number = 0
    for digit in reversed(digits):
        number = digit + base * number
    return number


def is_multiple(x, exponent):
    return 2**exponent % x.denominator == 0


def numerator(x, exponent):
    return x.numerator * (2**exponent // x.denominator)


def column_weights(samples, column, claim):
    scale = max(0, samples.latent_exponent + claim.weight_exponent - samples.score_exponents[column])
    scores = [-(2**scale) if c == column else 0 for c in range(samples.concept_count)]
    return [numerator(weight, claim.weight_exponent) for weight in claim.weights] + scores


def digits_fit(slot_bits, digit_bits, count, block):
    mask = (2**slot_bits - 2**digit_bits) * (2 ** (slot_bits * count) - 1) // (2**slot_bits - 1)
    return 1 <= slot_bits >= digit_bits and block >> (slot_bits * count) == 0 and block & mask == 0


def rows_ok(samples, columns, sides, bound, count, block):
    """`blockOk` and `rowsOk`: the digits fit, and the two sides of each row differ by at most the bound."""
    if not digits_fit(samples.slot_bits, samples.digit_bits, columns * count, block):
        return False
    (positive, plus), (negative, minus) = sides
    base = 2**samples.slot_bits
    left = block * positive >> samples.slot_bits * (columns - 1)
    right = block * negative >> samples.slot_bits * (columns - 1)
    for _ in range(count):
        if abs((left % base + plus) - (right % base + minus)) > bound:
            return False
        left >>= samples.slot_bits * columns
        right >>= samples.slot_bits * columns
    return True


def sides(samples, column, claim):
    """For the positive and the negative side the weights, and the constant that belongs to it."""
    weights = column_weights(samples, column, claim)
    positive, negative = [max(w, 0) for w in weights], [max(-w, 0) for w in weights]
    bias = numerator(claim.bias, samples.latent_exponent + claim.weight_exponent)
    offset = 2 ** (samples.digit_bits - 1)
    return (positive, offset * sum(negative) + max(bias, 0)), (negative, offset * sum(positive) + max(-bias, 0))


def check(samples, column, claim):
    """`Bridge.check`."""
    exponent = samples.latent_exponent + claim.weight_exponent
    if not (
        all(is_multiple(weight, claim.weight_exponent) for weight in claim.weights)
        and is_multiple(claim.bias, exponent)
        and is_multiple(claim.delta, exponent)
        and column < samples.concept_count
        and samples.score_exponents[column] <= exponent
        and samples.block_rows >= 1
        and claim.delta >= 0
    ):
        return False
    bound = numerator(claim.delta, exponent)
    columns, packed, rows_left = samples.latent_dim + samples.concept_count, [], samples.size
    for weights, constant in sides(samples, column, claim):
        if (2**samples.digit_bits - 1) * sum(weights) >= 2**samples.slot_bits:
            return False
        packed.append((pack(2**samples.slot_bits, weights[::-1]), constant))
    for literals in samples.blocks:
        count = min(samples.block_rows, rows_left)
        if not rows_ok(samples, columns, packed, bound, count, pack(2**samples.limb_bits, literals)):
            return False
        rows_left -= count
    return rows_left == 0


def is_tight(samples, column, claim, i):
    """`Bridge.isTight`."""
    columns, block = samples.latent_dim + samples.concept_count, samples.blocks[i // samples.block_rows]
    slot = columns * (i % samples.block_rows) + columns - 1
    positive, negative = (
        (
            pack(2**samples.limb_bits, block)
            * pack(2**samples.slot_bits, weights[::-1])
            // (2**samples.slot_bits) ** slot
            % 2**samples.slot_bits
        )
        + constant
        for weights, constant in sides(samples, column, claim)
    )
    bound = max(0, numerator(claim.delta, samples.latent_exponent + claim.weight_exponent))
    return positive == negative + bound or negative == positive + bound


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


def with_delta(certificate, claim, units):
    """The claim with a δ that many units in the last place larger."""
    unit = Fraction(1, 2 ** (certificate.samples.latent_exponent + claim.weight_exponent))
    return dataclasses.replace(claim, delta=claim.delta + units * unit)


# Artifacts of several blocks and of blocks of several literals; hypothesis draws smaller ones.
LARGER = [
    {"samples": 300, "dim": 8, "concepts": 3},
    {"samples": 40, "dim": 16, "concepts": 50},
    {"samples": 12, "dim": 160, "concepts": 2},
    {"samples": 70, "dim": 2, "concepts": 1, "dtype": np.float64},
]


@unhurried
@given(artifacts_with_coverages())
def test_the_packed_integers_are_the_floats_of_the_listed_samples(drawn):
    artifact, coverage = drawn
    certificate = build_certificate(artifact, coverage)
    latents, scores = decoded(certificate.samples)
    assert latents == fractions(artifact.latents[certificate.rows])
    assert scores == fractions(artifact.scores[certificate.rows])


@unhurried
@given(artifacts_with_coverages())
def test_weights_bias_and_delta_are_exact_and_the_worst_sample_is_the_first_to_attain_delta(drawn):
    artifact, coverage = drawn
    certificate = build_certificate(artifact, coverage)
    for column, claim in claims(certificate):
        assert [*claim.weights, claim.bias] == [row[column] for row in fractions(artifact.weights)]
        sizes = [abs(residual) for residual in residuals(artifact, certificate.rows, column)]
        assert claim.delta == max(sizes)
        assert claim.worst_sample == sizes.index(max(sizes))


@unhurried
@given(artifacts_with_coverages())
def test_the_checker_accepts_every_certificate(drawn):
    certificate = build_certificate(*drawn)
    assert all(check(certificate.samples, column, claim) for column, claim in claims(certificate))


@unhurried
@given(artifacts(), st.integers(-3, 3))
def test_the_checker_accepts_a_bound_only_if_it_is_at_least_delta(artifact, units):
    certificate = build_certificate(artifact)
    for column, claim in claims(certificate):
        assert check(certificate.samples, column, with_delta(certificate, claim, units)) == (units >= 0)


@unhurried
@given(artifacts())
def test_exactly_the_samples_that_attain_delta_are_tight(artifact):
    certificate = build_certificate(artifact)
    for column, claim in claims(certificate):
        attaining = [abs(residual) == claim.delta for residual in residuals(artifact, certificate.rows, column)]
        tight = [is_tight(certificate.samples, column, claim, i) for i in range(certificate.samples.size)]
        assert tight == attaining


@unhurried
@given(artifacts())
def test_no_sample_is_tight_for_a_larger_bound(artifact):
    certificate = build_certificate(artifact)
    for column, claim in claims(certificate):
        larger = with_delta(certificate, claim, 1)
        assert not any(is_tight(certificate.samples, column, larger, i) for i in range(certificate.samples.size))


@unhurried
@given(artifacts())
def test_every_exponent_is_the_least_one(artifact):
    certificate = build_certificate(artifact)
    samples = certificate.samples
    latents, scores = decoded(samples)
    assert samples.latent_exponent == 0 or any(
        z.denominator == 2**samples.latent_exponent for row in latents for z in row
    )
    for column, claim in claims(certificate):
        exponent = samples.score_exponents[column]
        assert exponent == 0 or any(row[column].denominator == 2**exponent for row in scores)
        smaller = dataclasses.replace(claim, weight_exponent=claim.weight_exponent - 1)
        assert claim.weight_exponent == 0 or not check(samples, column, smaller)


@unhurried
@given(artifacts())
def test_slots_and_digits_are_no_wider_than_they_must_be(artifact):
    certificate = build_certificate(artifact)
    samples = certificate.samples
    largest = max(
        abs(entry * 2**exponent)
        for rows, exponents in zip(
            decoded(samples), ([samples.latent_exponent] * samples.latent_dim, samples.score_exponents), strict=True
        )
        for row in rows
        for entry, exponent in zip(row, exponents, strict=True)
    )
    assert 2 ** (samples.digit_bits - 2) <= max(largest, Fraction(1, 2)) < 2 ** (samples.digit_bits - 1)
    assert samples.slot_bits % 4 == 0
    largest_sum = max(
        sum(weights) for column, claim in claims(certificate) for weights, _ in sides(samples, column, claim)
    )
    needed = max((2**samples.digit_bits - 1) * largest_sum, 2**samples.digit_bits - 1)
    assert 2 ** (samples.slot_bits - 4) <= needed < 2**samples.slot_bits


@pytest.mark.parametrize("size", LARGER, ids=str)
def test_certificates_of_several_blocks_and_literals_hold_too(size):
    artifact = make_artifact(**size)
    certificate = build_certificate(artifact)
    samples = certificate.samples
    assert len(samples.blocks) == -(-samples.size // samples.block_rows) > 1
    assert decoded(samples) == (fractions(artifact.latents), fractions(artifact.scores))
    for column, claim in claims(certificate):
        assert check(samples, column, claim)
        assert not check(samples, column, with_delta(certificate, claim, -1))
        assert is_tight(samples, column, claim, claim.worst_sample)


def test_the_larger_certificates_have_blocks_of_one_row_and_of_several_and_of_several_literals():
    made = [build_certificate(make_artifact(**size)).samples for size in LARGER]
    assert {samples.block_rows > 1 for samples in made} == {True, False}
    assert {len(samples.blocks[0]) > 1 for samples in made} == {True, False}


@pytest.mark.parametrize("size", LARGER, ids=str)
def test_where_there_is_enough_data_literals_have_1000_to_4000_hexadecimal_digits(size):
    samples = build_certificate(make_artifact(**size)).samples
    lengths = [len(f"{literal:x}") for block in samples.blocks[:-1] for literal in block]
    assert lengths
    assert all(1_000 <= length <= 4_000 for length in lengths)


@unhurried
@given(artifacts())
def test_no_literal_has_more_than_4000_hexadecimal_digits_and_none_is_wider_than_stated(artifact):
    samples = build_certificate(artifact).samples
    for literal in (literal for block in samples.blocks for literal in block):
        assert literal < 2**samples.limb_bits <= 16**4_000


def test_subnormals_and_the_largest_floats_are_packed_together():
    latents = np.array([[5e-324, -(2.0**1000)], [-(2.0**-1000), np.finfo(np.float64).max], [-0.0, 0.0]])
    artifact = make_artifact(3, 2, 1, np.float64, latents=latents, weights=latents.T[[0, 1, 0], :1].copy())
    certificate = build_certificate(artifact)
    assert certificate.samples.latent_exponent == 1074
    assert decoded(certificate.samples)[0] == [
        [Fraction(1, 2**1074), Fraction(-(2**1000))],
        [Fraction(-1, 2**1000), Fraction((2**53 - 1) * 2**971)],
        [Fraction(0), Fraction(0)],
    ]
    assert check(certificate.samples, 0, certificate.concepts[0])


def test_an_artifact_of_zeros_has_delta_zero():
    zeros = np.zeros((3, 2), np.float32)
    certificate = build_certificate(make_artifact(3, 2, 2, latents=zeros, scores=-zeros, weights=zeros))
    assert [claim.delta for claim in certificate.concepts] == [0, 0]
    assert all(check(certificate.samples, column, claim) for column, claim in claims(certificate))
    assert not check(certificate.samples, 0, with_delta(certificate, certificate.concepts[0], -1))


def test_a_sample_that_is_left_out_is_missed():
    certificate = build_certificate(make_artifact(5))
    for samples in (
        dataclasses.replace(certificate.samples, size=4),
        dataclasses.replace(certificate.samples, size=4, blocks=()),
        dataclasses.replace(certificate.samples, blocks=()),
    ):
        assert not check(samples, 0, certificate.concepts[0])


@pytest.mark.parametrize(
    ("coverage", "rows"),
    [(Coverage.ALL, [0, 1, 2, 3, 4, 5]), (Coverage.TRAIN, [1, 2, 4, 5]), (Coverage.HELD_OUT, [0, 3])],
)
def test_the_listed_samples_are_those_of_the_part_in_order(coverage, rows):
    certificate = build_certificate(make_artifact(6), coverage)
    assert certificate.rows.tolist() == rows
    assert certificate.samples.size == len(rows)
    assert certificate.coverage is coverage


def test_all_samples_are_listed_unless_a_part_is_named():
    assert build_certificate(make_artifact(6)).coverage is Coverage.ALL


@unhurried
@given(artifacts_with_coverages())
def test_delta_over_a_part_is_at_most_delta_over_all(drawn):
    artifact, coverage = drawn
    parts, whole = build_certificate(artifact, coverage).concepts, build_certificate(artifact).concepts
    assert all(part.delta <= all_.delta for part, all_ in zip(parts, whole, strict=True))


@pytest.mark.parametrize(("coverage", "is_train"), [(Coverage.TRAIN, False), (Coverage.HELD_OUT, True)])
def test_a_part_without_samples_is_refused(coverage, is_train):
    artifact = make_artifact(is_train=np.full(5, is_train))
    message = f"the artifact has no {coverage} samples; δ needs at least one; choose another part with --over"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        build_certificate(artifact, coverage)
