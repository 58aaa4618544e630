"""δ and R² of each part: exactly what the definitions give, for any floats, parts and blocks."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import bridge.base.arrays
from bridge.base.errors import InputError
from bridge.exact.measures import ExactMeasures, measures_in_blocks, nearest_float
from bridge.exact.residuals import SupError, exact_residuals
from support.problems import fraction, problems, residual_loop
from support.strategies import INTEGERS, cuts


def by_definition(latents, scores, weights, rows):
    """The measures of each concept over some samples, one `Fraction` at a time."""
    residuals, measures = residual_loop(latents, scores, weights), []
    for column in range(scores.shape[1]):
        sizes = {int(row): abs(residuals[row][column]) for row in rows}
        numbers = [fraction(scores[row, column]) for row in rows]
        worst = max(sizes, key=sizes.get)
        measures.append(
            ExactMeasures(
                len(rows),
                SupError(sizes[worst], worst),
                sum(size**2 for size in sizes.values()),
                sum(numbers),
                sum(number**2 for number in numbers),
            )
        )
    return tuple(measures)


def measures_of(latents, scores, weights, slices=None):
    """The measures over all samples."""
    slices = slices or [slice(None)]
    blocks = [(latents[part], scores[part]) for part in slices]
    return measures_in_blocks(blocks, weights, {"all": np.full(len(latents), True)})["all"]


@given(problems(), st.data())
def test_the_measures_of_each_part_are_those_of_the_definition(problem, data):
    latents, scores, weights = problem
    part_of = data.draw(hnp.arrays(np.int8, len(latents), elements=st.integers(0, 2)))
    parts = {name: part_of == number for number, name in enumerate(("train", "calibration", "held_out"))}
    blocks = [(latents[part], scores[part]) for part in data.draw(cuts(len(latents)))]
    found = measures_in_blocks(blocks, weights, parts)
    assert found == {
        name: by_definition(*problem, np.flatnonzero(members)) for name, members in parts.items() if members.any()
    }


@given(problems(), st.data())
def test_the_measures_of_two_parts_together_are_those_of_both(problem, data):
    latents, scores, weights = problem
    members = data.draw(hnp.arrays(np.bool_, len(latents)))
    found = measures_in_blocks([(latents, scores)], weights, {"one": members, "other": ~members})
    if len(found) == 2:
        together = tuple(one.joined(other) for one, other in zip(found["one"], found["other"], strict=True))
        assert together == measures_of(*problem)


@pytest.mark.parametrize("dim", [1, 2, 3, 63, 64, 1023, 1024])
@pytest.mark.parametrize("kind", ["all bits set", "random bits", "normal", "integers"])
def test_many_terms_are_added_up_exactly(dim, kind):
    random = np.random.default_rng(dim)

    def numbers(*shape):
        match kind:
            case "all bits set":
                return np.full(shape, 2.0**53 - 1)
            case "random bits":
                return random.integers(2**52, 2**53, shape) * random.choice([-1.0, 1.0], shape)
            case "normal":
                return random.normal(size=shape)
            case "integers":
                return random.integers(-(2**63), 2**63, shape, endpoint=False)

    problem = numbers(300, dim), numbers(300, 2), numbers(dim + 1, 2)
    residuals = exact_residuals(*problem)
    for column, measures in enumerate(measures_of(*problem)):
        assert measures.sup_error == residuals.sup_error(column)
        rows = range(len(problem[0]))
        assert measures.residual_squares == sum(residuals.matrix.fraction(row, column) ** 2 for row in rows)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_and_booleans_are_measured_exactly(dtype):
    values = np.random.default_rng(0).integers(0, np.iinfo(dtype).max if dtype != np.bool_ else 1, (5, 2), dtype, True)
    problem = values, values, np.vstack([values[:2], values[:1]])
    assert measures_of(*problem) == by_definition(*problem, range(5))


def test_the_largest_and_the_smallest_floats_are_measured_exactly():
    info = np.finfo(np.float64)
    ends = np.array([info.max, info.smallest_subnormal, info.min, -info.smallest_subnormal, info.smallest_normal, 0])
    problem = np.stack([ends, ends[::-1]]), np.array([[1.0, info.max], [5e-324, info.min]]), np.ones((7, 2))
    assert measures_of(*problem) == by_definition(*problem, range(2))


@pytest.mark.parametrize("exponent", [-1000, -20, 0, 20, 900])
def test_a_residual_that_is_the_larger_by_its_last_bit_alone_is_found(exponent):
    # The scores are equal as floats once the weight is taken off.
    small = np.ldexp(1.0, exponent - 60)
    latents = np.array([[0.0], [1.0], [0.0]])
    scores = np.full((3, 1), np.ldexp(1.0, exponent))
    (measures,) = measures_of(latents, scores, np.array([[-small], [0.0]]))
    assert measures.sup_error == SupError(Fraction(2) ** exponent + Fraction(small), 1)


@pytest.mark.parametrize("size", [1e-320, 1e-300, 1.0, 1e300])
def test_residuals_that_are_tiny_beside_what_they_are_the_difference_of_are_compared(size):
    latents = np.array([[size], [size], [size]])
    scores = np.array([[size], [size], [size * (1 + 2**-10)]])
    weights = np.array([[1.0], [0.0]])
    (measures,) = measures_of(latents, scores, weights)
    assert (measures,) == by_definition(latents, scores, weights, range(3))
    assert measures.sup_error.sample == 2


@given(st.lists(st.sampled_from([-2.0, -1.0, 0.0, 1.0, 2.0]), min_size=1, max_size=12), st.data())
def test_of_equal_residuals_in_several_blocks_the_first_sample_counts(residuals, data):
    scores = np.array(residuals)[:, np.newaxis]
    (measures,) = measures_of(np.zeros((len(scores), 1)), scores, np.zeros((2, 1)), data.draw(cuts(len(scores))))
    sizes = np.abs(residuals)
    assert measures.sup_error == SupError(Fraction(sizes.max()), sizes.argmax())


def test_large_blocks_are_cut_into_pieces(monkeypatch):
    random = np.random.default_rng(0)
    problem = random.normal(size=(100, 3)), random.normal(size=(100, 2)), random.normal(size=(4, 2))
    whole = measures_of(*problem)
    monkeypatch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", 35 * 7)
    assert measures_of(*problem) == whole == by_definition(*problem, range(100))


def test_a_perfect_probe_leaves_nothing_over():
    latents = np.arange(6.0).reshape(3, 2)
    (measures,) = measures_of(latents, latents[:, :1] + 2, np.array([[1.0], [0.0], [2.0]]))
    assert (measures.sup_error, measures.residual_squares, measures.r_squared) == (SupError(Fraction(0), 0), 0, 1)


def test_the_r2_of_a_tiny_score_is_that_of_the_definition():
    scores = np.array([[0.0], [1e-6], [5e-324]])
    (measures,) = measures_of(np.zeros((3, 1)), scores, np.zeros((2, 1)))
    a, b = Fraction(1e-6), Fraction(5e-324)
    assert measures.r_squared == 1 - (a**2 + b**2) / (a**2 + b**2 - (a + b) ** 2 / 3)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e300])
def test_a_constant_score_has_no_r2(value):
    (measures,) = measures_of(np.zeros((3, 1)), np.full((3, 1), value), np.zeros((2, 1)))
    assert measures.total_squares == 0
    assert measures.r_squared is None


# The nearest float


@given(st.fractions())
def test_no_float_is_nearer(value):
    near = nearest_float(value)
    for other in (np.nextafter(near, np.inf), np.nextafter(near, -np.inf)):
        assert abs(Fraction(near) - value) <= abs(Fraction(float(other)) - value)


@pytest.mark.parametrize(
    "value", [None, Fraction(10) ** 400, -(Fraction(10) ** 400)], ids=["none", "large", "negative"]
)
def test_what_has_no_nearest_float_is_none(value):
    assert nearest_float(value) is None


# What is refused


@pytest.mark.parametrize("name", ["latents", "scores"])
def test_an_entry_that_is_no_number_is_named_by_its_row_in_the_whole_data_set(name):
    arrays = {"latents": np.zeros((4, 2)), "scores": np.zeros((4, 2))}
    bad = {**arrays, name: np.where(np.arange(8).reshape(4, 2) == 5, np.nan, 0)}
    blocks = [tuple(arrays.values()), tuple(arrays.values()), tuple(bad.values())]
    with pytest.raises(InputError, match=rf"^`{name}\[10, 1\]` is NaN; only finite numbers convert exactly; "):
        measures_in_blocks(blocks, np.zeros((3, 2)), {})


@pytest.mark.parametrize("blocks", [[], [(np.zeros((0, 2)), np.zeros((0, 1)))]], ids=["no block", "an empty block"])
def test_blocks_without_a_sample_have_no_delta(blocks):
    with pytest.raises(InputError, match=r"^`latents` has 0 samples; δ is a maximum over at least one; add samples$"):
        measures_in_blocks(blocks, np.zeros((3, 1)), {})


@pytest.mark.parametrize(
    ("latents", "scores", "message"),
    [
        ((3, 2), (0, 1), "`scores` has 0 rows and `latents` 3; "),
        ((0, 2), (3, 1), "`latents` has 0 samples; "),
        ((3, 3), (3, 1), r"`weights` has shape \(3, 1\); \(4, 1\) is required, "),
        ((3, 2), (3, 2), r"`weights` has shape \(3, 1\); \(3, 2\) is required, "),
    ],
)
def test_a_later_block_of_another_shape_is_refused(latents, scores, message):
    blocks = [(np.zeros((3, 2)), np.zeros((3, 1))), (np.zeros(latents), np.zeros(scores))]
    with pytest.raises(InputError, match=f"^{message}"):
        measures_in_blocks(blocks, np.zeros((3, 1)), {})
