"""The ridge probe against exact rational algebra, its measures, and the bound on how far δ is rounded."""

import math
import re
import warnings
from fractions import Fraction

import flint
import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bridge.base.errors import BridgeWarning, InputError
from bridge.exact.residuals import exact_residuals
from bridge.probe.metrics import float_delta_error_bound, probe_metrics, probe_metrics_in_blocks
from bridge.probe.ridge import fit_probe, fit_probe_in_blocks
from support.memory import run_python
from support.strategies import cuts

doubts_allowed = pytest.mark.filterwarnings("ignore::bridge.base.errors.BridgeWarning")


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


@doubts_allowed
@given(integer_problems())
def test_the_weights_are_the_exact_rational_solution(problem):
    mu, C, lam = problem
    A, B = normal_equations(mu, C, lam)
    expected = [[int(entry.p) / int(entry.q) for entry in row] for row in A.solve(B).tolist()]
    np.testing.assert_allclose(fit_probe(mu, C, lam).numpy(), expected, rtol=1e-8, atol=1e-8)


@doubts_allowed
@pytest.mark.parametrize("lam", [1e-6, 1e-3, 1.0, 1e6])
@pytest.mark.parametrize("size", [(1, 1, 1), (3, 8, 3), (9, 8, 1), (60, 8, 3), (40, 1, 50)], ids=str)
def test_the_normal_equations_hold_up_to_rounding(size, lam):
    assert_solves_the_normal_equations(*samples(*size), lam)


@doubts_allowed
def test_latents_of_very_different_sizes_solve_the_normal_equations_too():
    mu, C = samples(30, 3, 2)
    assert_solves_the_normal_equations(mu * torch.tensor([1e-3, 1.0, 1e3]), C * 1e5, 1e-3)


def test_without_a_ridge_an_affine_score_is_found_exactly():
    mu = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [2.0, 3.0]])
    C = mu @ torch.tensor([[2.0], [-3.0]]) + 5
    torch.testing.assert_close(fit_probe(mu, C, 0.0), torch.tensor([[2.0], [-3.0], [5.0]]).double(), rtol=0, atol=1e-12)


@doubts_allowed
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


@doubts_allowed
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
}


@pytest.mark.parametrize(("mu", "lam"), SINGULAR.values(), ids=SINGULAR.keys())
def test_a_singular_system_is_refused(mu, lam):
    message = (
        f"the normal equations are singular in float64 with λ = {lam}; independent latents or a larger λ are required; "
        "raise `lam=…`"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        fit_probe(mu, torch.ones(len(mu), 1), lam)


def test_a_ridge_that_is_too_weak_for_the_size_of_the_latents_names_the_remedy():
    message = (
        "the normal equations are singular in float64 with λ = 0.001; independent latents or a larger λ are required; "
        "fit with `standardize=True`, since λ is too small for latents of this size, or raise `lam=…`"
    )
    mu, C = torch.tensor([[1e9, 1e9], [2e9, 2e9], [4e9, 4e9]]), torch.tensor([[1.0], [2.0], [5.0]])
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        fit_probe(mu, C, 0.001)
    assert torch.isfinite(fit_probe(mu, C, 0.001, standardize=True)).all()


SIZES = torch.tensor([1e9, 1.0, 1e-6, 1e-3], dtype=torch.float64)


@pytest.mark.parametrize(
    ("lam", "sizes"), [(0.0, SIZES), (1e-3, torch.tensor([1e9, 1.0, 1e4, 1e-1]).double())], ids=str
)
def test_independent_latents_of_any_sizes_are_not_singular(lam, sizes):
    mu, C = samples(300, 4, 1)
    A, B = normal_equations(mu * sizes, C, lam)
    expected = [[int(entry.p) / int(entry.q) for entry in row] for row in A.solve(B).tolist()]
    np.testing.assert_allclose(fit_probe(mu * sizes, C, lam).numpy(), expected, rtol=1e-9)


@pytest.mark.parametrize("fit_bias", ["free", "regularised"])
def test_latents_of_sizes_that_the_ridge_does_not_suit_are_refused_where_they_make_the_system_singular(fit_bias):
    mu, C = samples(300, 4, 1)
    with pytest.raises(InputError) as caught:
        fit_probe(mu * SIZES, C, fit_bias=fit_bias, latent_names=("a", "b", "c", "d"))
    shown = re.sub(r"9\.\de-07|1e-06", "SIZE", re.sub(r"9\.\d\de-\d+|0\.00\d+", "0.001", str(caught.value)))
    assert shown == (
        "latents are of such different sizes that the normal equations are singular in float64 with λ = 0.001, which "
        "weighs far more on `latents[:, 2]` ('c', size SIZE) and `latents[:, 3]` ('d', size 0.001) than on the others; "
        "latents of about one size are required; fit with `standardize=True`, or leave out what is small"
    )
    assert torch.isfinite(fit_probe(mu * SIZES, C, fit_bias=fit_bias, standardize=True)).all()


def test_without_a_ridge_the_sizes_of_the_latents_do_not_matter():
    mu, C = samples(300, 4, 1)
    W, of_sizes = (fit_probe(latents, C, 0.0, fit_bias="free") for latents in (mu, mu * SIZES))
    torch.testing.assert_close(of_sizes[:-1] * SIZES[:, None], W[:-1], rtol=1e-10, atol=0)


@pytest.mark.parametrize("lam", ["0.1", None, True, [0.1], 1j])
def test_a_ridge_strength_that_is_no_number_is_refused(lam):
    message = f"λ is {lam!r}; a finite ridge strength λ ≥ 0 is required; choose `lam=0.001`, say"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        fit_probe(*samples(5, 2, 1), lam)


def test_a_ridge_strength_can_be_a_fraction():
    mu, C = samples(20, 2, 1)
    assert torch.equal(fit_probe(mu, C, Fraction(1, 4)), fit_probe(mu, C, 0.25))


@pytest.mark.parametrize("lam", [-1e-9, -1.0, math.nan, math.inf, -math.inf])
def test_a_ridge_strength_that_is_negative_or_not_finite_is_refused(lam):
    message = f"λ is {lam}; a finite ridge strength λ ≥ 0 is required; choose `lam=0.001`, say"
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


def with_ones(mu):
    return np.hstack([mu, np.ones((len(mu), 1))])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_weights_are_those_of_the_formula_to_the_last_bit(dtype):
    mu, C = (values.to(dtype) for values in samples(300, 8, 3))
    Z = torch.cat([mu.double(), torch.ones(300, 1, dtype=torch.float64)], dim=1)
    W = torch.linalg.solve(Z.T @ Z + 0.01 * torch.eye(9, dtype=torch.float64), Z.T @ C.double())
    assert torch.equal(fit_probe(mu, C, 0.01), W)


@pytest.mark.parametrize("lam", [1e-3, 10.0])
def test_scikit_learns_ridge_on_latents_with_a_column_of_ones_has_the_same_weights(lam):
    mu, C = (values.numpy() for values in samples(200, 8, 3))
    ridge = Ridge(alpha=lam, fit_intercept=False, solver="svd").fit(with_ones(mu), C)
    np.testing.assert_allclose(fit_probe(torch.tensor(mu), torch.tensor(C), lam).numpy().T, ridge.coef_, rtol=1e-10)


@pytest.mark.parametrize("standardize", [False, True])
def test_without_a_ridge_the_weights_are_the_least_squares(standardize):
    mu, C = (values.numpy() for values in samples(200, 8, 3))
    W = fit_probe(torch.tensor(mu), torch.tensor(C), 0.0, standardize=standardize)
    np.testing.assert_allclose(W.numpy(), np.linalg.lstsq(with_ones(mu), C, rcond=None)[0], rtol=1e-9)


# Standardised latents


def uneven_samples(count, dim, concepts):
    """Latents of many sizes and places, and scores."""
    mu, C = samples(count, dim, concepts)
    return mu * torch.logspace(-3, 3, dim, dtype=torch.float64) + torch.linspace(-5, 50, dim, dtype=torch.float64), C


@pytest.mark.parametrize("lam", [1e-3, 10.0])
def test_a_standardised_fit_is_scikit_learns_ridge_on_standardised_latents(lam):
    mu, C = (values.numpy() for values in uneven_samples(200, 6, 2))
    scaled = StandardScaler().fit_transform(mu)
    ridge = Ridge(alpha=lam, fit_intercept=False, solver="svd").fit(with_ones(scaled), C)
    W = fit_probe(torch.tensor(mu), torch.tensor(C), lam, standardize=True).numpy()
    np.testing.assert_allclose(with_ones(mu) @ W, with_ones(scaled) @ ridge.coef_.T, rtol=1e-9, atol=1e-11)


def test_the_weights_of_standardised_latents_are_folded_back():
    mu, C = (values.numpy() for values in uneven_samples(100, 3, 2))
    mean, sigma = mu.mean(axis=0), np.sqrt(((mu - mu.mean(axis=0)) ** 2).mean(axis=0))
    standardized = fit_probe(torch.tensor((mu - mean) / sigma), torch.tensor(C), 2.0).numpy()
    W = fit_probe(torch.tensor(mu), torch.tensor(C), 2.0, standardize=True).numpy()
    np.testing.assert_allclose(W[:-1], standardized[:-1] / sigma[:, None], rtol=1e-10)
    np.testing.assert_allclose(W[-1], standardized[-1] - (mean / sigma) @ standardized[:-1], rtol=1e-10)


@given(st.lists(st.integers(-30, 30), min_size=3, max_size=3), st.lists(st.floats(-100, 100), min_size=3, max_size=3))
def test_size_and_place_of_the_latents_do_not_matter_to_a_standardised_fit(powers, shifts):
    mu, C = samples(40, 3, 2)
    scale = 2.0 ** torch.tensor(powers, dtype=torch.float64)
    moved = (mu + torch.tensor(shifts, dtype=torch.float64)) * scale
    W, W_moved = (fit_probe(latents, C, 1.0, standardize=True) for latents in (mu, moved))
    torch.testing.assert_close(moved @ W_moved[:-1] + W_moved[-1], mu @ W[:-1] + W[-1], rtol=0, atol=1e-11)


@doubts_allowed
def test_the_bias_of_standardised_latents_is_regularised_too():
    mu, C = samples(10, 2, 1)
    W = fit_probe(mu, torch.full_like(C, 3.0) + C, 1e12, standardize=True)
    assert W.abs().max() < 1e-9


@doubts_allowed
@pytest.mark.parametrize("value", [0.0, 0.1, -1e6])
def test_a_constant_latent_has_no_part_in_a_standardised_fit(value):
    mu, C = samples(1000, 3, 2)
    W = fit_probe(torch.cat([mu, torch.full((1000, 1), value)], dim=1), C, standardize=True)
    without = fit_probe(mu, C, standardize=True)
    torch.testing.assert_close(W[:3], without[:3], rtol=1e-10, atol=0)
    torch.testing.assert_close(W[3] * value + W[4], without[3], rtol=0, atol=1e-10)


def test_standardised_latents_far_from_zero_keep_their_accuracy():
    mu, C = samples(200, 2, 1)
    far = torch.round(mu * 2**20) + 2.0**50
    W = fit_probe_in_blocks(lambda: zip(far.split(7), C.split(7), strict=True), 1.0, standardize=True)
    near = fit_probe(torch.round(mu * 2**20), C, 1.0, standardize=True)
    torch.testing.assert_close(W[:-1], near[:-1], rtol=1e-6, atol=0)


@pytest.mark.parametrize("size", [1e-305, 1e-200, 1e-33, 1e9, 1e300])
@pytest.mark.parametrize("fit_bias", ["free", "regularised"])
@pytest.mark.parametrize("place", [0.0, 3.0])
def test_latents_of_any_size_are_standardised(size, fit_bias, place):
    # Whole numbers, so that the smallest floats hold them too.
    mu, C = torch.round(samples(40, 2, 1)[0] * 1000), samples(40, 2, 1)[1]
    of_size = mu.clone()
    of_size[:, 1] = (mu[:, 1] + 1000 * place) * size
    W, plain = (fit_probe(Z, C, 1.0, standardize=True, fit_bias=fit_bias) for Z in (of_size, mu))
    torch.testing.assert_close(of_size @ W[:-1] + W[-1], mu @ plain[:-1] + plain[-1], rtol=0, atol=1e-9)


@pytest.mark.parametrize("slices", [[40], [1, 39], [10, 10, 20]], ids=str)
def test_a_column_that_hardly_varies_is_standardised_as_exactly_as_its_floats_allow(slices):
    mu, C = samples(40, 2, 1)
    steps = torch.randint(-5, 6, (40, 1), generator=torch.Generator().manual_seed(0)).double()
    far = torch.cat([mu, 1e9 + 2.0**-23 * steps], dim=1)
    W = fit_probe_in_blocks(
        lambda: zip(far.split(slices), C.split(slices), strict=True), 1.0, standardize=True, fit_bias="free"
    )
    near = fit_probe(torch.cat([mu, steps], dim=1), C, 1.0, standardize=True, fit_bias="free")
    torch.testing.assert_close(W[2] * 2.0**-23, near[2], rtol=1e-7, atol=0)


def test_an_overflow_of_standardised_latents_is_refused():
    mu, C = (torch.tensor([[size], [-size], [0]], dtype=torch.float64) for size in (1e-150, 1e200))
    with pytest.raises(InputError, match=r"^a number in the fit is too large for float64; "):
        fit_probe(mu, C, standardize=True)


# What is doubtful in the samples of a fit


def doubts(mu, C, **options):
    """The warnings of a fit."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit_probe(mu, C, **options)
    assert all(warning.category is BridgeWarning for warning in caught)
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize("standardize", [False, True])
def test_as_many_samples_as_unknowns_are_enough(standardize):
    assert doubts(*samples(5, 4, 2), standardize=standardize) == []


def test_fewer_samples_than_unknowns_are_doubtful():
    assert doubts(*samples(4, 4, 2), lam=0.5) == [
        "there are 4 samples for 5 unknowns, 4 weights and the bias; only the ridge, λ = 0.5, makes the fit unique; "
        "fit on more samples"
    ]


@pytest.mark.parametrize("standardize", [False, True])
def test_a_constant_latent_is_named(standardize):
    mu, C = samples(20, 5, 2)
    mu[:, 3] = 0.5
    assert doubts(mu, C, standardize=standardize) == [
        "`latents[:, 3]` (0.5) is constant; a weight on it only shifts the bias; leave the column out"
    ]


def test_several_constant_latents_are_named():
    mu, C = samples(20, 5, 2)
    mu[:, 1:3] = torch.arange(2) - 0.25
    assert doubts(mu, C, latent_names="abcde") == [
        "`latents[:, 1]` ('b', -0.25) and `latents[:, 2]` ('c', 0.75) are constant; a weight on them only shifts the "
        "bias; leave the columns out"
    ]


def test_of_many_constant_latents_eight_are_named():
    mu, C = samples(20, 12, 1)
    mu[:, 2:] = 1
    (doubt,) = doubts(mu, C)
    assert doubt.startswith("`latents[:, 2]` (1.0), `latents[:, 3]` (1.0), ")
    assert "`latents[:, 9]` (1.0) and 2 more are constant; " in doubt


def test_a_constant_score_is_named():
    mu, C = samples(20, 5, 2)
    C[:, 1] = 7
    assert doubts(mu, C) == [
        "`scores[:, 1]` is constant (7.0); there is nothing to explain and no R²; leave the concept out"
    ]


def test_constant_scores_are_named_by_their_concepts():
    mu, C = samples(20, 5, 3)
    C[:, 0], C[:, 2] = 7, -1
    assert doubts(mu, C, names=("always", "size", "never")) == [
        "the concept 'always' is constant (7.0); there is nothing to explain and no R²; leave the concept out",
        "the concept 'never' is constant (-1.0); there is nothing to explain and no R²; leave the concept out",
    ]


@pytest.mark.parametrize("column", [[0, 0, 1, 1], [0, 0, 0, 1], [0, 1, 0, 0]], ids=["between", "below", "above"])
def test_a_column_that_is_constant_in_a_block_alone_is_not_constant(column):
    mu, C = samples(20, 2, 1)
    mu[:, 1] = torch.tensor(column).repeat_interleave(5)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit_probe_in_blocks(lambda: zip(mu.split(10), C.split(10), strict=True))
    assert caught == []


def test_latents_that_the_ridge_weighs_far_more_on_are_named():
    mu, C = samples(300, 4, 2)
    mu *= torch.tensor([1.0, 1e-6, 1.0, 1e-33])
    assert doubts(mu, C) == [
        "λ = 0.001 weighs far more on `latents[:, 1]` (size 1e-06) and `latents[:, 3]` (size 9.4e-34) than on the "
        "other latents; the ridge is meant for latents of about one size; fit with `standardize=True`, or leave out "
        "what is small"
    ]


@pytest.mark.parametrize(
    "options",
    [{"standardize": True}, {"lam": 0.0}, {"lam": 1e9, "fit_bias": "free"}],
    ids=["standardised", "no ridge", "a ridge that weighs heavily on all"],
)
def test_a_ridge_that_weighs_alike_on_latents_of_unlike_sizes_is_not_doubtful(options):
    mu, C = samples(300, 4, 2)
    assert doubts(mu * torch.tensor([1.0, 1e-3, 10.0, 1e9]), C, **options) == []


def test_large_latents_are_not_doubtful_beside_a_small_ridge():
    mu, C = samples(300, 3, 2)
    assert doubts(mu * torch.tensor([1.0, 1e9, 1e3]), C) == []


def test_a_regularised_bias_that_enlarges_the_residuals_is_doubtful():
    mu, C = samples(300, 2, 2)
    C[:, 1] += 1e7
    (doubt,) = doubts(mu, C, names=("near", "far"))
    assert re.fullmatch(
        r"λ = 0\.001 weighs on the bias too, which makes the residuals of the concept 'far' 32\.\d times as large, or "
        r"more; a score that is large beside its changes requires a free bias; fit with `fit_bias=free`",
        doubt,
    )
    assert doubts(mu, C, fit_bias="free") == doubts(mu, C, lam=0.0) == []


@pytest.mark.parametrize(("lam", "is_doubtful"), [(0.4, True), (0.15, False)])
def test_a_hundredth_of_the_residuals_is_the_limit_for_a_regularised_bias(lam, is_doubtful):
    # The ridge takes λ / (N + λ) of a bias of 100: 0.2 or 0.075 beside residuals of 1.
    mu, C = samples(200, 1, 1)
    C = (C - C.mean()) / C.std() + 100
    assert bool(doubts(mu - mu.mean(), C, lam=lam)) == is_doubtful


@pytest.mark.parametrize(("count", "noise"), [(4, 1.0), (300, 0.0)], ids=["no samples to spare", "no noise"])
def test_residuals_that_are_rounding_or_of_the_ridge_alone_do_not_make_a_bias_doubtful(count, noise):
    mu, C = samples(count, 3, 1)
    C = mu @ torch.ones(3, 1, dtype=torch.float64) + noise * C + 1
    assert doubts(mu, C, lam=1e-12) == []


def test_a_free_bias_that_would_be_singular_is_not_compared_with():
    mu, C = samples(300, 2, 1)
    mu[:, 1] = 1e6
    assert [doubt[:26] for doubt in doubts(mu, C, lam=1e-7)] == ["`latents[:, 1]` (1000000.0"]


# A bias that is free of the ridge


@pytest.mark.parametrize("lam", [1e-3, 10.0])
@pytest.mark.parametrize("place", [0.0, 1e4])
def test_a_fit_with_a_free_bias_is_scikit_learns_ridge(lam, place):
    mu, C = (values.numpy() for values in samples(200, 8, 3))
    mu, C = mu + place, C - 3 * place
    ridge = Ridge(alpha=lam, solver="svd").fit(mu, C)
    W = fit_probe(torch.tensor(mu), torch.tensor(C), lam, fit_bias="free").numpy()
    np.testing.assert_allclose(W[:-1].T, ridge.coef_, rtol=1e-7)
    np.testing.assert_allclose(W[-1], ridge.intercept_, rtol=1e-7)


@pytest.mark.parametrize("lam", [1e-3, 10.0])
def test_a_standardised_fit_with_a_free_bias_is_scikit_learns_pipeline(lam):
    mu, C = (values.numpy() for values in uneven_samples(200, 6, 2))
    pipeline = make_pipeline(StandardScaler(), Ridge(alpha=lam, solver="svd")).fit(mu, C)
    W = fit_probe(torch.tensor(mu), torch.tensor(C), lam, standardize=True, fit_bias="free").numpy()
    np.testing.assert_allclose(with_ones(mu) @ W, pipeline.predict(mu), rtol=1e-9, atol=1e-11)


def test_a_free_bias_finds_the_place_of_scores_far_from_zero():
    mu, _ = samples(300, 4, 1)
    C = 1.7e9 + 3600 * mu @ torch.ones(4, 1, dtype=torch.float64)
    W = fit_probe(mu, C, fit_bias="free")
    assert (C - mu @ W[:-1] - W[-1]).abs().max() < 0.2


@given(cuts(50), st.booleans(), st.booleans())
def test_a_fit_of_blocks_with_a_free_bias_is_that_of_the_whole_up_to_rounding(slices, standardize, has_weights):
    mu, C = uneven_samples(50, 3, 2)
    options = {
        "standardize": standardize,
        "fit_bias": "free",
        "sample_weight": torch.arange(50) % 4 if has_weights else None,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BridgeWarning)
        W = fit_probe_in_blocks(in_blocks(mu, C, slices), 0.1, **options)
        torch.testing.assert_close(W, fit_probe(mu, C, 0.1, **options), rtol=1e-8, atol=1e-10)


def test_the_bias_is_free_or_regularised():
    message = "fit_bias is 'ridge'; 'free' or 'regularised' is required; choose one"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        fit_probe(*samples(5, 2, 1), fit_bias="ridge")


# Sample weights


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("fit_bias", ["free", "regularised"])
def test_a_whole_weight_counts_like_that_many_samples(standardize, fit_bias):
    mu, C = samples(30, 3, 2)
    times = torch.arange(30) % 4
    repeated = fit_probe(
        mu.repeat_interleave(times, 0),
        C.repeat_interleave(times, 0),
        0.5,
        **(options := {"standardize": standardize, "fit_bias": fit_bias}),
    )
    weighted = fit_probe(mu, C, 0.5, sample_weight=times, **options)
    torch.testing.assert_close(weighted, repeated, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("fit_bias", ["free", "regularised"])
def test_a_weighted_fit_is_scikit_learns(fit_bias):
    mu, C = (values.numpy() for values in samples(200, 8, 3))
    weight = np.random.default_rng(0).random(200)
    is_free = fit_bias == "free"
    ridge = Ridge(alpha=2.0, fit_intercept=is_free, solver="svd")
    ridge.fit(mu if is_free else with_ones(mu), C, sample_weight=weight)
    W = fit_probe(torch.tensor(mu), torch.tensor(C), 2.0, fit_bias=fit_bias, sample_weight=torch.tensor(weight)).numpy()
    np.testing.assert_allclose(W[: ridge.coef_.shape[1]].T, ridge.coef_, rtol=1e-9)
    if is_free:
        np.testing.assert_allclose(W[-1], ridge.intercept_, rtol=1e-9)


def test_equal_weights_change_what_the_ridge_weighs_alone():
    mu, C = samples(30, 3, 2)
    weighted = fit_probe(mu, C, 3.0, sample_weight=torch.full((30,), 6.0))
    torch.testing.assert_close(weighted, fit_probe(mu, C, 0.5), rtol=1e-12, atol=0)


def test_samples_without_weight_do_not_count_among_those_of_a_fit():
    mu, C = samples(6, 3, 1)
    mu[:3, 1] = 7
    weight = torch.tensor([1, 1, 1, 0, 0, 0])
    assert doubts(mu, C, sample_weight=weight) == [
        "there are 3 samples for 4 unknowns, 3 weights and the bias; only the ridge, λ = 0.001, makes the fit unique; "
        "fit on more samples",
        "`latents[:, 1]` (7.0) is constant; a weight on it only shifts the bias; leave the column out",
    ]


WRONG_WEIGHTS = {
    "another shape": (torch.ones(5, 1), "sample weights have shape (5, 1); (N,) is required, one for each sample; "
    "reshape them"),
    "too few": (torch.ones(4), "there are 4 sample weights and at least 5 samples; one for each sample is required; "
    "pass the weights of these samples"),
    "too many": (torch.ones(6), "there are 6 sample weights and 5 samples; one for each sample is required; pass the "
    "weights of these samples"),
    "a negative one": (torch.tensor([1.0, 1, -0.5, 1, 1]), "`sample_weight[2]` is -0.5; finite numbers of at least 0 "
    "are required; leave the sample out, or weigh it with 0"),
    "no number": (torch.tensor([1.0, 1, 1, 1, math.nan]), "`sample_weight[4]` is nan; finite numbers of at least 0 "
    "are required; leave the sample out, or weigh it with 0"),
    "none that counts": (torch.zeros(5), "all sample weights are zero; a probe needs at least one sample that counts; "
    "raise one of them"),
}  # fmt: skip


@pytest.mark.parametrize(("weight", "message"), WRONG_WEIGHTS.values(), ids=WRONG_WEIGHTS.keys())
@pytest.mark.parametrize("fit_bias", ["free", "regularised"])
def test_wrong_sample_weights_are_refused(weight, message, fit_bias):
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        fit_probe(*samples(5, 2, 1), fit_bias=fit_bias, sample_weight=weight)


# Blocks of samples


def in_blocks(mu, C, slices):
    return lambda: ((mu[part], C[part]) for part in slices)


@doubts_allowed
@given(integer_problems(), st.data())
def test_the_fit_does_not_depend_on_the_blocks_where_the_sums_are_exact(problem, data):
    mu, C, lam = problem
    blocks = in_blocks(mu, C, data.draw(cuts(len(mu))))
    assert torch.equal(fit_probe_in_blocks(blocks, lam), fit_probe(mu, C, lam))


@given(cuts(50), st.booleans())
def test_the_fit_of_blocks_is_that_of_the_whole_up_to_rounding(slices, standardize):
    mu, C = uneven_samples(50, 3, 2)
    W = fit_probe_in_blocks(in_blocks(mu, C, slices), 0.1, standardize=standardize)
    torch.testing.assert_close(W, fit_probe(mu, C, 0.1, standardize=standardize), rtol=1e-8, atol=1e-10)


@given(integer_problems(), st.data())
def test_the_measures_do_not_depend_on_the_blocks(problem, data):
    mu, C, _ = problem
    W = torch.ones(mu.shape[1] + 1, C.shape[1])
    R2, delta = probe_metrics_in_blocks(in_blocks(mu, C, data.draw(cuts(len(mu)))), W)
    R2_of_all, delta_of_all = probe_metrics(mu, C, W)
    assert torch.equal(delta, delta_of_all)
    torch.testing.assert_close(R2, R2_of_all, rtol=1e-12, atol=1e-12, equal_nan=True)


@given(cuts(50))
def test_r2_of_scores_far_from_zero_keeps_its_accuracy_in_blocks(slices):
    mu, C = samples(50, 3, 2)
    W = fit_probe(mu, C)
    W[-1] += 1e6
    R2, _ = probe_metrics_in_blocks(in_blocks(mu, C + 1e6, slices), W)
    torch.testing.assert_close(R2, probe_metrics(mu, C, fit_probe(mu, C))[0], rtol=0, atol=1e-8)


def fit_blocks(blocks):
    return fit_probe_in_blocks(blocks)


def standardize_blocks(blocks):
    return fit_probe_in_blocks(blocks, standardize=True)


def measure_blocks(blocks):
    return probe_metrics_in_blocks(blocks, torch.zeros(4, 2))


of_blocks = pytest.mark.parametrize("function", [fit_blocks, standardize_blocks, measure_blocks])


@of_blocks
@pytest.mark.parametrize("name", ["latents", "scores"])
def test_an_entry_that_is_no_number_is_named_by_its_row_in_the_whole_data_set(function, name):
    mu, C = samples(12, 3, 2)
    {"latents": mu, "scores": C}[name][10, 1] = math.nan
    with pytest.raises(InputError, match=rf"^`{name}\[10, 1\]` is nan; finite numbers are required; "):
        function(lambda: zip(mu.split(4), C.split(4), strict=True))


@of_blocks
@pytest.mark.parametrize("blocks", [[], [(torch.zeros(0, 3), torch.zeros(0, 2))]], ids=["no block", "an empty block"])
def test_blocks_without_a_sample_are_refused(function, blocks):
    with pytest.raises(InputError, match=r"^there are 0 samples; a probe needs at least one; add samples$"):
        function(lambda: blocks)


@of_blocks
@pytest.mark.parametrize(("dim", "concepts"), [(2, 2), (3, 1)])
def test_a_block_with_other_columns_is_refused(function, dim, concepts):
    message = (
        f"from sample 5 on there are {dim} latents and {concepts} scores a sample; 3 and 2 as before are required; "
        "pass blocks of one data set"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        function(lambda: [samples(5, 3, 2), samples(5, dim, concepts)])


@of_blocks
def test_a_block_whose_latents_and_scores_do_not_fit_is_placed(function):
    message = (
        "latents have shape (5, 3) and scores (4, 2), in the block from sample 6 on; (N, d) and (N, k) are required; "
        "pass the same samples in both"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        function(lambda: [samples(6, 3, 2), (torch.zeros(5, 3), torch.zeros(4, 2))])


@pytest.mark.parametrize("left", [0, 5])
def test_other_blocks_in_the_second_pass_are_refused(left):
    passes = iter([[samples(8, 3, 2)], [samples(left, 3, 2)]])
    message = (
        f"the blocks had 8 samples in the first pass and {left} in the second; the same blocks at every call are "
        "required; pass a function that opens the data anew"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        fit_probe_in_blocks(lambda: next(passes), standardize=True)


PEAKS = """
import numpy as np, torch
from bridge.exact.measures import measures_in_blocks
from bridge.probe.ridge import fit_probe_in_blocks
from bridge.probe.metrics import probe_metrics_in_blocks
from support.memory import peak_bytes

def arrays(count):
    random = np.random.default_rng(0)
    for _ in range(0, count, 10_000):
        yield random.random((10_000, 16), np.float32), random.random((10_000, 1), np.float32)

for count in (100_000, 2_000_000):
    blocks = lambda: ((torch.from_numpy(Z), torch.from_numpy(C)) for Z, C in arrays(count))
    W = fit_probe_in_blocks(blocks, standardize=True)
    probe_metrics_in_blocks(blocks, W)
    measures_in_blocks(arrays(count // 5), W.numpy(), {"all": np.full(count // 5, True)})
    print(peak_bytes())
"""


def test_memory_does_not_grow_with_the_number_of_samples():
    few, many = map(int, run_python(PEAKS).split())
    assert many - few < 0.2 * (1_900_000 * 17 * 4)


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


@doubts_allowed
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
