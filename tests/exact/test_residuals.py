"""The exact side: floats as dyadic rationals, integer residuals, and δ as a rational maximum."""

from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bridge.base.errors import InputError
from bridge.exact.dyadic import dyadic, to_dyadic_matrix
from bridge.exact.residuals import ExactResiduals, exact_residuals
from support.problems import fraction, problems, residual_loop
from support.strategies import FLOAT_WIDTHS, INTEGERS, finite_floats


def float_matrices(dtype, **sides):
    shapes = hnp.array_shapes(min_dims=2, max_dims=2, max_side=4)
    return hnp.arrays(dtype, shapes, elements=finite_floats(FLOAT_WIDTHS[dtype]), **sides)


any_float_matrix = st.sampled_from(list(FLOAT_WIDTHS)).flatmap(float_matrices)


def table(residuals: ExactResiduals):
    numerators = residuals.matrix.numerators
    return [[residuals.matrix.fraction(i, k) for k in range(numerators.ncols())] for i in range(numerators.nrows())]


def deltas(residuals: ExactResiduals):
    return [residuals.sup_error(k).value for k in range(residuals.matrix.numerators.ncols())]


@given(finite_floats(64))
def test_dyadic_is_the_integer_ratio_of_every_float64(value):
    assert dyadic(value) == Fraction(*value.as_integer_ratio())


@given(finite_floats(32).map(np.float32))
def test_dyadic_is_the_integer_ratio_of_every_float32(value):
    assert dyadic(value) == fraction(value)


def test_dyadic_keeps_the_bits_of_a_long_double():
    value = np.longdouble(1) + np.finfo(np.longdouble).eps
    assert dyadic(value) == 1 + Fraction(*np.finfo(np.longdouble).eps.as_integer_ratio())


@pytest.mark.parametrize("dtype", INTEGERS)
def test_dyadic_of_an_integer_is_the_integer(dtype):
    largest = dtype(np.iinfo(dtype).max if dtype != np.bool_ else True)
    assert dyadic(largest) == int(largest)


def test_dyadic_of_minus_zero_is_zero():
    assert dyadic(-0.0) == 0
    assert str(dyadic(-0.0)) == "0"


@pytest.mark.parametrize(("value", "shown"), [(float("nan"), "NaN"), (float("inf"), r"\+inf"), (-np.inf, "-inf")])
def test_dyadic_refuses_what_is_no_number(value, shown):
    with pytest.raises(InputError, match=f"^{shown} was found; only finite numbers convert exactly; check the data$"):
        dyadic(value)


@given(any_float_matrix)
def test_every_entry_of_a_dyadic_matrix_is_its_integer_ratio(values):
    matrix = to_dyadic_matrix(values, name="latents")
    for (row, column), value in np.ndenumerate(values):
        assert matrix.fraction(row, column) == fraction(value)


@given(any_float_matrix)
def test_the_common_exponent_is_the_least_one(values):
    matrix = to_dyadic_matrix(values, name="latents")
    odd = any(int(entry) % 2 for row in matrix.numerators.tolist() for entry in row)
    assert matrix.exponent == 0 or odd


@pytest.mark.parametrize("exponent", range(6, 14))
@pytest.mark.parametrize("sign", [1, -1])
def test_numerators_around_the_width_of_a_machine_word_are_exact(exponent, sign):
    # A mantissa of 53 bits above an entry 2^-exponent needs 53 + exponent bits: both sides of 63.
    values = np.array([[sign * (2.0**53 - 1), 2.0**-exponent]])
    matrix = to_dyadic_matrix(values, name="latents")
    assert [int(entry) for entry in matrix.numerators.tolist()[0]] == [sign * (2**53 - 1) * 2**exponent, 1]


def test_subnormals_and_huge_numbers_survive_together():
    values = np.array([[5e-324, 2.0**-1000, 2.0**1000, np.finfo(np.float64).max, -0.0]])
    matrix = to_dyadic_matrix(values, name="latents")
    assert matrix.exponent == 1074
    assert [matrix.fraction(0, column) for column in range(5)] == [
        Fraction(1, 2**1074),
        Fraction(1, 2**1000),
        Fraction(2**1000),
        Fraction((2**53 - 1) * 2**971),
        Fraction(0),
    ]


@pytest.mark.parametrize(
    "values",
    [
        np.array([[-(2**63), 2**63 - 1, 0]]),
        np.array([[2**64 - 1, 0]], dtype=np.uint64),
        np.array([[True, False]]),
        np.array([[-128, 127]], dtype=np.int8),
    ],
)
def test_integers_and_booleans_convert_to_themselves(values):
    matrix = to_dyadic_matrix(values, name="scores")
    assert matrix.exponent == 0
    assert [[int(entry) for entry in row] for row in matrix.numerators.tolist()] == values.astype(object).tolist()


def test_byte_order_and_memory_layout_do_not_matter():
    values = np.arange(6, dtype=np.float32).reshape(2, 3) / 8
    expected = to_dyadic_matrix(values, name="latents")
    for other in (values.astype(">f4"), np.asfortranarray(values), np.repeat(values, 2, axis=1)[:, ::2]):
        matrix = to_dyadic_matrix(other, name="latents")
        assert (matrix.numerators, matrix.exponent) == (expected.numerators, expected.exponent)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_an_empty_matrix_converts(shape):
    matrix = to_dyadic_matrix(np.zeros(shape), name="latents")
    assert (matrix.numerators.nrows(), matrix.numerators.ncols()) == shape


@pytest.mark.parametrize("dtype", list(FLOAT_WIDTHS))
@pytest.mark.parametrize(("value", "shown"), [(np.nan, "NaN"), (np.inf, r"\+inf"), (-np.inf, "-inf")])
def test_an_entry_that_is_no_number_is_refused_with_its_place(dtype, value, shown):
    values = np.zeros((5, 7), dtype)
    values[3, 5] = value
    with pytest.raises(
        InputError,
        match=rf"^`latents\[3, 5\]` is {shown}; only finite numbers convert exactly; "
        "remove the sample or train again$",
    ):
        to_dyadic_matrix(values, name="latents")


@pytest.mark.parametrize("dtype", ["complex128", "object", "U1", "datetime64[s]", "longdouble"])
def test_a_dtype_without_exact_numbers_is_refused(dtype):
    values = np.zeros((1, 1), dtype)
    with pytest.raises(InputError, match=r"^`scores` has dtype .*; 16-, 32- or 64-bit floats or integers are required"):
        to_dyadic_matrix(values, name="scores")


@pytest.mark.parametrize("shape", [(), (3,), (1, 2, 3)])
def test_what_is_no_matrix_is_refused(shape):
    with pytest.raises(InputError, match=rf"^`latents` has {len(shape)} dimensions; a matrix is required"):
        to_dyadic_matrix(np.zeros(shape), name="latents")


@given(problems())
def test_residuals_equal_the_fraction_loop(problem):
    assert table(exact_residuals(*problem)) == residual_loop(*problem)


def residuals_by_integers(latents, scores, weights):
    """The residuals from one product of integer matrices; `to_dyadic_matrix` is tested above."""
    z, c, w = (to_dyadic_matrix(values, name="values") for values in (latents, scores, weights))
    with_ones = flint.fmpz_mat([[*row, 2**z.exponent] for row in z.numerators.tolist()])
    products = (with_ones * w.numerators).tolist()
    return [
        [
            Fraction(int(score), 2**c.exponent) - Fraction(int(product), 2 ** (z.exponent + w.exponent))
            for score, product in zip(score_row, product_row, strict=True)
        ]
        for score_row, product_row in zip(c.numerators.tolist(), products, strict=True)
    ]


@pytest.mark.parametrize("dim", [1, 2, 3, 4, 63, 64, 127, 128, 1023, 1024, 4095])
@pytest.mark.parametrize("kind", ["all bits set", "random bits", "normal"])
def test_residuals_are_exact_for_every_number_of_latent_dimensions(dim, kind):
    # Just below a power of two the sums of products in a slice come closest to 2^53.
    random = np.random.default_rng(dim)

    def numbers(*shape):
        match kind:
            case "all bits set":
                return np.full(shape, 2.0**53 - 1)
            case "random bits":
                return random.integers(2**52, 2**53, shape) * random.choice([-1.0, 1.0], shape)
            case "normal":
                return random.normal(size=shape)

    problem = numbers(3, dim), numbers(3, 2), numbers(dim + 1, 2)
    assert table(exact_residuals(*problem)) == residuals_by_integers(*problem)


def test_residuals_of_numbers_of_many_sizes_are_exact():
    # The products of opposite ends have one size in common, and are added up there.
    exponents = np.arange(-1020, 970, 9)
    latents = np.ldexp(2.0**53 - 1, np.stack([exponents, exponents[::-1]]))
    weights = np.ldexp(2.0**53 - 1, np.append(exponents[::-1], 0)[:, np.newaxis])
    problem = latents, np.array([[1.0], [-1.0]]), weights
    assert table(exact_residuals(*problem)) == residuals_by_integers(*problem)


def test_the_largest_and_the_smallest_floats_have_exact_residuals():
    info = np.finfo(np.float64)
    ends = np.array([[info.max, info.smallest_subnormal, info.min, -info.smallest_subnormal, info.smallest_normal, 0]])
    problem = ends, ends[:, :1], np.append(ends, info.min)[:, np.newaxis]
    assert table(exact_residuals(*problem)) == residuals_by_integers(*problem)


@pytest.mark.parametrize(
    "values",
    [
        np.array([[2**63 - 1, -(2**63)], [2**53 + 1, -(2**53) - 1]]),
        np.array([[2**64 - 1, 2**63 + 1], [2**53 + 1, 0]], np.uint64),
        np.array([[-(2**31), 2**31 - 1], [5, -1]], np.int32),
        np.array([[True, False], [True, True]]),
    ],
    ids=lambda values: str(values.dtype),
)
def test_residuals_of_integers_are_exact(values):
    problem = values, values, np.vstack([values, values[:1]])
    assert table(exact_residuals(*problem)) == residuals_by_integers(*problem)


def test_residuals_that_are_all_zero_have_delta_zero():
    residuals = exact_residuals(np.zeros((3, 2)), np.zeros((3, 1)), np.zeros((3, 1)))
    assert (residuals.sup_error(0).value, residuals.sup_error(0).sample) == (0, 0)


@given(problems())
def test_delta_is_attained_first_by_its_sample_and_never_exceeded(problem):
    residuals = exact_residuals(*problem)
    for column in range(problem[1].shape[1]):
        sup_error = residuals.sup_error(column)
        sizes = [abs(row[column]) for row in residual_loop(*problem)]
        assert sup_error.value == max(sizes)
        assert sup_error.sample == sizes.index(max(sizes))


@pytest.mark.parametrize("sign", [1, -1])
def test_delta_is_the_size_of_a_residual_of_either_sign(sign):
    residuals = exact_residuals(np.zeros((3, 1)), np.array([[1.0], [sign * 4.0], [-2.0]]), np.zeros((2, 1)))
    assert (residuals.sup_error(0).value, residuals.sup_error(0).sample) == (4, 1)


moderate_problems = st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda size: st.tuples(
        *(
            hnp.arrays(np.float64, shape, elements=st.floats(-(2.0**20), 2.0**20, width=32))
            for shape in ((size[0], size[1]), (size[0], size[2]), (size[1] + 1, size[2]))
        )
    )
)


@given(moderate_problems, st.integers(-400, 400))
def test_scaling_scores_and_weights_scales_delta(problem, power):
    latents, scores, weights = problem
    scaled = exact_residuals(latents, np.ldexp(scores, power), np.ldexp(weights, power))
    assert deltas(scaled) == [delta * Fraction(2) ** power for delta in deltas(exact_residuals(*problem))]


@given(moderate_problems, st.randoms(use_true_random=False))
def test_permuting_the_samples_permutes_the_residuals_and_keeps_delta(problem, random):
    latents, scores, weights = problem
    order = list(range(len(latents)))
    random.shuffle(order)
    residuals, permuted = exact_residuals(*problem), exact_residuals(latents[order], scores[order], weights)
    assert table(permuted) == [table(residuals)[i] for i in order]
    assert deltas(permuted) == deltas(residuals)


@given(moderate_problems, st.data())
def test_duplicating_a_sample_leaves_delta_and_its_sample(problem, data):
    latents, scores, weights = problem
    i = data.draw(st.integers(0, len(latents) - 1))
    once = exact_residuals(*problem)
    twice = exact_residuals(np.vstack([latents, latents[i]]), np.vstack([scores, scores[i]]), weights)
    for column in range(scores.shape[1]):
        assert twice.sup_error(column) == once.sup_error(column)


def test_minus_zero_counts_as_zero():
    zeros = np.zeros((2, 2))
    scores, weights = np.ones((2, 1)), np.ones((3, 1))
    assert table(exact_residuals(-zeros, scores, weights)) == table(exact_residuals(zeros, scores, weights))


def test_the_float_maximum_can_lie_below_the_exact_one():
    # 2^53 + 1 has no float64: in floating point the residual 2^53 - (-1) rounds down, and a bound by it is false.
    latents, scores, weights = np.array([[1.0]]), np.array([[2.0**53]]), np.array([[-1.0], [0.0]])
    float_delta = np.abs(scores - (latents @ weights[:-1] + weights[-1])).max()
    assert dyadic(float_delta) == 2**53
    assert exact_residuals(latents, scores, weights).sup_error(0).value == 2**53 + 1


@pytest.mark.parametrize(
    ("latents", "scores", "weights", "message"),
    [
        ((0, 2), (0, 1), (3, 1), r"`latents` has 0 samples; δ is a maximum over at least one; add samples"),
        ((4, 0), (4, 1), (1, 1), r"there are 0 latent dimensions and 1 concepts; at least one of each is required"),
        ((4, 2), (4, 0), (3, 0), r"there are 2 latent dimensions and 0 concepts; at least one of each is required"),
        ((4, 2), (3, 1), (3, 1), r"`scores` has 3 rows and `latents` 4; one score row for each latent point"),
        ((4, 2), (4, 1), (2, 1), r"`weights` has shape \(2, 1\); \(3, 1\) is required, .* the bias last"),
        ((4, 2), (4, 1), (3, 2), r"`weights` has shape \(3, 2\); \(3, 1\) is required"),
        ((4,), (4, 1), (3, 1), r"`latents` has shape \(4,\); a matrix is required"),
        ((4, 2), (4,), (3, 1), r"`scores` has shape \(4,\); a matrix is required"),
        ((4, 2), (4, 1), (3,), r"`weights` has shape \(3,\); a matrix is required"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(latents, scores, weights, message):
    with pytest.raises(InputError, match=f"^{message}"):
        exact_residuals(np.zeros(latents), np.zeros(scores), np.zeros(weights))


@pytest.mark.parametrize("name", ["latents", "scores", "weights"])
def test_residuals_name_the_array_that_holds_nan(name):
    arrays = {"latents": np.zeros((4, 2)), "scores": np.zeros((4, 2)), "weights": np.zeros((3, 2))}
    arrays[name][2, 1] = np.nan
    with pytest.raises(InputError, match=rf"^`{name}\[2, 1\]` is NaN"):
        exact_residuals(**arrays)
