"""The ridge probe against exact rational algebra, its measures, and the bound on how far δ is rounded."""

import math
import re
from fractions import Fraction

import flint
import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bridge.errors import InputError
from bridge.exact import exact_residuals
from bridge.probe import fit_probe, float_delta_error_bound, probe_metrics


def samples(count, dim, concepts, seed=0):
    """Normal latents and scores, in float64."""
    generator = torch.Generator().manual_seed(seed)
    mu = torch.randn(count, dim, generator=generator, dtype=torch.float64)
    return mu, torch.randn(count, concepts, generator=generator, dtype=torch.float64)


def rational(values):
    """A matrix of floats as the rationals that they are."""
    return flint.fmpq_mat([[flint.fmpq(*value.as_integer_ratio()) for value in row] for row in values.tolist()])


def normal_equations(mu, C, lam):
    """ZᵀZ + λI and ZᵀC exactly, with the column of ones last."""
    Z = rational(torch.cat([mu.double(), torch.ones(len(mu), 1, dtype=torch.float64)], dim=1))
    ridge = rational(lam * np.eye(mu.shape[1] + 1))
    return Z.transpose() * Z + ridge, Z.transpose() * rational(C.double())


def largest(matrix):
    return max(abs(Fraction(int(entry.p), int(entry.q))) for entry in matrix.entries())


def assert_solves_the_normal_equations(mu, C, lam):
    A, B = normal_equations(mu, C, lam)
    W = rational(fit_probe(mu, C, lam))
    # What a backward stable solver leaves over, however ill-conditioned the system is.
    rounding = Fraction(1, 2**46) * len(mu) * (mu.shape[1] + 1)
    assert largest(A * W - B) <= rounding * (largest(A) * largest(W) + largest(B))


# The fit


@st.composite
def integer_problems(draw):
    """Small integer latents and scores, and a ridge strength that is a power of two."""
    count, dim, concepts = draw(st.integers(1, 6)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    integers = st.integers(-8, 8)
    mu = draw(hnp.arrays(np.float64, (count, dim), elements=integers))
    C = draw(hnp.arrays(np.float64, (count, concepts), elements=integers))
    return torch.from_numpy(mu), torch.from_numpy(C), 2.0 ** -draw(st.integers(-3, 10))


@given(integer_problems())
def test_the_weights_are_the_exact_rational_solution(problem):
    mu, C, lam = problem
    A, B = normal_equations(mu, C, lam)
    expected = [[int(entry.p) / int(entry.q) for entry in row] for row in A.solve(B).tolist()]
    np.testing.assert_allclose(fit_probe(mu, C, lam).numpy(), expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("lam", [1e-6, 1e-3, 1.0, 1e6])
@pytest.mark.parametrize("size", [(1, 1, 1), (3, 8, 3), (9, 8, 1), (60, 8, 3), (40, 1, 50)], ids=str)
def test_the_normal_equations_hold_up_to_rounding(size, lam):
    assert_solves_the_normal_equations(*samples(*size), lam)


def test_latents_of_very_different_sizes_solve_the_normal_equations_too():
    mu, C = samples(30, 3, 2)
    assert_solves_the_normal_equations(mu * torch.tensor([1e-3, 1.0, 1e3]), C * 1e5, 1e-3)


def test_without_a_ridge_an_affine_score_is_found_exactly():
    mu = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [2.0, 3.0]])
    C = mu @ torch.tensor([[2.0], [-3.0]]) + 5
    torch.testing.assert_close(fit_probe(mu, C, 0.0), torch.tensor([[2.0], [-3.0], [5.0]]).double(), rtol=0, atol=1e-12)


def test_the_bias_is_the_last_row_and_is_regularised_too():
    C = torch.tensor([[1.0], [2.0], [6.0]])
    assert fit_probe(torch.zeros(3, 2), C, 1.0).tolist() == [[0], [0], [9 / (3 + 1)]]


def test_the_ridge_strength_is_one_thousandth_unless_given():
    mu, C = samples(10, 3, 2)
    assert torch.equal(fit_probe(mu, C), fit_probe(mu, C, 1e-3))


def test_float32_latents_are_solved_in_float64():
    mu, C = samples(50, 8, 3)
    mu, C = mu.float(), C.float()
    W = fit_probe(mu, C)
    assert (W.dtype, W.shape) == (torch.float64, (9, 3))
    assert torch.equal(W, fit_probe(mu.double(), C.double()))


def test_the_float32_formula_agrees_to_float32_accuracy():
    mu, C = (values.float() for values in samples(200, 8, 3))
    Z = torch.cat([mu, torch.ones(200, 1)], dim=1)
    W = torch.linalg.solve(Z.T @ Z + 1e-3 * torch.eye(9), Z.T @ C)
    assert W.dtype == torch.float32
    np.testing.assert_allclose(fit_probe(mu, C, 1e-3).numpy(), W.numpy(), rtol=1e-4, atol=1e-5)


def test_fewer_samples_than_latent_dimensions_fit_with_a_ridge():
    mu, C = samples(2, 8, 1)
    W = fit_probe(mu, C, 1e-6)
    assert (C - (mu @ W[:-1] + W[-1])).abs().max() < 1e-5


SINGULAR = {
    "fewer samples than unknowns": (torch.randn(4, 8, generator=torch.Generator().manual_seed(0)), 0.0),
    "as many samples as latent dimensions": (torch.randn(8, 8, generator=torch.Generator().manual_seed(0)), 0.0),
    "equal latents": (torch.tensor([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0], [5.0, 5.0]]), 0.0),
    "a constant latent": (torch.tensor([[1.0, 0.3], [2.0, 0.3], [4.0, 0.3], [5.0, 0.3]]), 0.0),
    "a zero latent": (torch.tensor([[1.0, 0.0], [2.0, 0.0], [4.0, 0.0]]), 0.0),
    "a ridge too weak for float64": (torch.tensor([[1e9, 1e9], [2e9, 2e9], [4e9, 4e9]]), 0.001),
}


@pytest.mark.parametrize(("mu", "lam"), SINGULAR.values(), ids=SINGULAR.keys())
def test_a_singular_system_is_refused(mu, lam):
    message = (
        f"the normal equations are singular in float64 with λ = {lam}; independent latents or a larger λ are required; "
        "raise --lam"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        fit_probe(mu, torch.ones(len(mu), 1), lam)


@pytest.mark.parametrize("lam", [-1e-9, -1.0, math.nan, math.inf, -math.inf])
def test_a_ridge_strength_that_is_negative_or_not_finite_is_refused(lam):
    message = f"λ is {lam}; a finite ridge strength λ ≥ 0 is required; choose --lam 0.001, say"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        fit_probe(*samples(5, 2, 1), lam)


@pytest.mark.parametrize(
    ("mu", "C", "lam"),
    [
        ([[1e200], [2e200]], [[1.0], [2.0]], 1e-3),
        ([[1e10], [2e10]], [[1e300], [2e300]], 1e-3),
        ([[1e-3], [-1e-3]], [[1e307], [-1e307]], 0.0),
    ],
    ids=["latents", "scores", "weights"],
)
def test_an_overflow_is_refused(mu, C, lam):
    message = "a number in the fit is too large for float64; latents and scores of moderate size are required; "
    with pytest.raises(InputError, match=f"^{re.escape(message)}rescale them$"):
        fit_probe(torch.tensor(mu, dtype=torch.float64), torch.tensor(C, dtype=torch.float64), lam)


# What both the fit and the measures refuse


def fit(mu, C):
    return fit_probe(mu, C)


def measure(mu, C):
    return probe_metrics(mu, C, torch.zeros(mu.shape[-1] + 1, C.shape[-1]))


both = pytest.mark.parametrize("function", [fit, measure])


@both
@pytest.mark.parametrize(("value", "shown"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")])
@pytest.mark.parametrize("name", ["latents", "scores"])
def test_the_entry_that_is_no_number_is_named(function, name, value, shown):
    mu, C = samples(5, 3, 2)
    {"latents": mu, "scores": C}[name][3, 1] = value
    message = f"`{name}[3, 1]` is {shown}; finite numbers are required; remove the sample or train again"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        function(mu, C)


@both
def test_no_samples_are_refused(function):
    with pytest.raises(InputError, match=r"^there are 0 samples; a probe needs at least one; add samples$"):
        function(torch.zeros(0, 3), torch.zeros(0, 2))


@both
@pytest.mark.parametrize(("mu", "C"), [((5, 3), (4, 2)), ((5,), (5, 2)), ((5, 3), (5,)), ((5, 3, 1), (5, 2))], ids=str)
def test_shapes_that_do_not_fit_are_refused(function, mu, C):
    message = f"latents have shape {mu} and scores {C}; (N, d) and (N, k) are required; pass the same samples in both"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        function(torch.zeros(mu), torch.zeros(C))


# The measures


@pytest.mark.parametrize("size", [(2, 1, 1), (7, 3, 2), (100, 8, 3), (3, 8, 50)], ids=str)
def test_the_measures_are_those_of_the_formulas(size):
    mu, C = samples(*size)
    W = fit_probe(mu, C, 0.1)
    residual = C.numpy() - np.hstack([mu.numpy(), np.ones((len(mu), 1))]) @ W.numpy()
    ssr = (residual**2).sum(axis=0)
    sst = ((C.numpy() - C.numpy().mean(axis=0)) ** 2).sum(axis=0)
    R2, delta = probe_metrics(mu, C, W)
    np.testing.assert_allclose(R2.numpy(), 1 - ssr / (sst + 1e-8), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(delta.numpy(), np.abs(residual).max(axis=0), rtol=1e-12)


def test_a_score_that_hardly_varies_has_the_denominator_that_the_formula_adds():
    C = torch.tensor([[0.0], [1e-4]], dtype=torch.float64)
    R2, _ = probe_metrics(torch.zeros(2, 1), C, torch.zeros(2, 1))
    assert R2.item() == pytest.approx(1 - 1e-8 / (0.5e-8 + 1e-8))


def test_measures_are_taken_in_float64_whatever_is_given():
    mu, C = (values.float() for values in samples(20, 3, 2))
    W = fit_probe(mu, C).float()
    for ours, doubled in zip(probe_metrics(mu, C, W), probe_metrics(mu.double(), C.double(), W.double()), strict=True):
        assert ours.dtype == torch.float64
        assert torch.equal(ours, doubled)


def test_a_perfect_probe_has_no_error():
    mu, _ = samples(20, 3, 1)
    W = torch.tensor([[1.0], [-2.0], [0.5], [3.0]], dtype=torch.float64)
    R2, delta = probe_metrics(mu, mu @ W[:-1] + W[-1], W)
    assert R2.item() == pytest.approx(1)
    assert delta.item() < 1e-14


def test_delta_is_attained_by_one_sample_of_either_sign():
    C = torch.tensor([[1.0, -7.0], [-4.0, 2.0], [2.0, 3.0]])
    _, delta = probe_metrics(torch.zeros(3, 1), C, torch.zeros(2, 2))
    assert delta.tolist() == [4, 7]


def test_the_r2_of_a_constant_score_is_undefined_and_its_delta_is_not():
    mu, C = samples(10, 3, 2)
    C[:, 1] = 0.1
    R2, delta = probe_metrics(mu, C, torch.zeros(4, 2))
    assert torch.isnan(R2).tolist() == [False, True]
    assert delta[1] == 0.1


def test_a_single_sample_has_a_delta_and_no_r2():
    R2, delta = probe_metrics(torch.ones(1, 2), torch.tensor([[3.0]]), torch.tensor([[1.0], [1.0], [0.5]]))
    assert torch.isnan(R2).all()
    assert delta.item() == 0.5


@pytest.mark.parametrize("shape", [(3, 2), (4, 1), (4,), (2, 4)], ids=str)
def test_weights_of_another_shape_are_refused(shape):
    message = f"W has shape {shape}; (4, 2) is required, the bias in the last row; fit the probe on these arrays"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        probe_metrics(*samples(5, 3, 2), torch.zeros(shape))


def test_a_weight_that_is_no_number_is_named():
    W = torch.zeros(4, 2)
    W[3, 0] = math.nan
    with pytest.raises(InputError, match=r"^`weights\[3, 0\]` is nan; finite numbers are required; "):
        probe_metrics(*samples(5, 3, 2), W)


# How far the δ in floating point is from the exact one


def distances(latents, scores, weights):
    """|δ in floating point - exact δ| and its bound, exactly, for each concept."""
    _, delta = probe_metrics(*(torch.tensor(array) for array in (latents, scores, weights)))
    bound = float_delta_error_bound(latents, scores, weights)
    exact = exact_residuals(latents, scores, weights)
    return [
        (abs(Fraction(delta[k].item()) - exact.sup_error(k).value), Fraction(bound[k].item()))
        for k in range(scores.shape[1])
    ]


@st.composite
def wide_problems(draw):
    """Arrays over all magnitudes from the subnormals up to where a product could overflow."""
    count, dim, concepts = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.integers(1, 3))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    largest_latent = 2.0**100 if dtype is np.float32 else 2.0**500

    def matrix(rows, columns, dtype, bound):
        width = {np.float32: 32, np.float64: 64}[dtype]
        return draw(hnp.arrays(dtype, (rows, columns), elements=st.floats(-bound, bound, width=width)))

    return (
        matrix(count, dim, dtype, largest_latent),
        matrix(count, concepts, dtype, largest_latent),
        matrix(dim + 1, concepts, np.float64, 2.0**500),
    )


@given(wide_problems())
def test_delta_is_within_the_bound_at_all_magnitudes(problem):
    for distance, bound in distances(*problem):
        assert distance <= bound


@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 64), st.integers(-300, 300))
def test_delta_is_within_the_bound_for_many_terms(seed, count, dim, exponent):
    random = np.random.default_rng(seed)
    latents = random.normal(size=(count, dim))
    scores, weights = (2.0**exponent * random.normal(size=(rows, 2)) for rows in (count, dim + 1))
    for distance, bound in distances(latents, scores, weights):
        assert distance <= bound


@given(st.integers(0, 2**32), st.integers(1, 20))
def test_delta_is_within_the_bound_where_it_cancels_to_almost_nothing(seed, dim):
    random = np.random.default_rng(seed)
    latents, weights = random.normal(size=(20, dim)), random.normal(size=(dim + 1, 1))
    scores = latents @ weights[:-1] + weights[-1]
    ((distance, bound),) = distances(latents, scores, weights)
    assert distance <= bound


def test_products_that_underflow_are_covered_by_the_bound():
    latents, weights = np.array([[2.0**-475]]), np.array([[2.0**-600], [0.0]])
    ((distance, bound),) = distances(latents, np.zeros((1, 1)), weights)
    assert 0 < distance <= bound


@given(wide_problems())
def test_the_bound_is_tiny_beside_the_numbers_that_are_added(problem):
    latents, scores, weights = problem
    magnitudes = np.abs(latents.astype(np.float64)) @ np.abs(weights[:-1]) + np.abs(weights[-1]) + np.abs(scores)
    largest_magnitude = magnitudes.max(axis=0)
    assume((largest_magnitude > 2.0**-900).all())
    assert (float_delta_error_bound(latents, scores, weights) <= 1e-14 * largest_magnitude).all()


def test_an_error_of_a_hundredth_of_the_bound_does_occur():
    random = np.random.default_rng(0)
    ratios = []
    for _ in range(50):
        latents, weights = random.normal(size=(20, 8)), random.normal(size=(9, 1))
        scores = latents @ weights[:-1] + weights[-1]
        ((distance, bound),) = distances(latents, scores, weights)
        ratios.append(distance / bound)
    assert max(ratios) > Fraction(1, 100)
