"""The choice of λ: that of scikit-learn's grid search, the same for any blocks, and what it refuses."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold

from bridge.base.errors import InputError
from bridge.probe.lam_choice import (
    CANDIDATES,
    FOLDS,
    LamChoice,
    candidates_of,
    choose_lam,
    choose_lam_in_blocks,
    fold_of_each,
    read_strengths,
)
from support.strategies import cuts

STRENGTHS = (0.01, 1.0, 30.0, 1e3)


def samples(count=100, dim=20, concepts=2, noise=8.0):
    """Scores with so much noise that a ridge helps."""
    random = np.random.default_rng(0)
    Z = random.normal(size=(count, dim))
    C = Z @ random.normal(size=(dim, concepts)) + noise * random.normal(size=(count, concepts))
    return torch.from_numpy(Z), torch.from_numpy(C)


def mean_r_squared(splits, Z, C, lam, weight=None, **options):
    """The definition: each fold predicted by scikit-learn's fit on the others, and R² of these predictions together."""
    weight = np.ones(len(Z)) if weight is None else weight
    ssr = 0
    for rest, fold in splits:
        predicted = Ridge(alpha=lam, **options).fit(Z[rest], C[rest], sample_weight=weight[rest]).predict(Z[fold])
        ssr = ssr + weight[fold] @ (C[fold] - predicted) ** 2
    return np.mean(1 - ssr / (weight @ (C - np.average(C, axis=0, weights=weight)) ** 2))


@pytest.mark.parametrize("seed", [0, 7])
def test_the_choice_is_that_of_scikit_learns_grid_search(seed):
    Z, C = samples(concepts=1)
    search = GridSearchCV(
        Ridge(),
        {"alpha": STRENGTHS},
        scoring="neg_mean_squared_error",
        cv=KFold(FOLDS, shuffle=True, random_state=seed),
    ).fit(Z.numpy(), C.numpy())
    choice = choose_lam(Z, C, STRENGTHS, fit_bias="free", seed=seed)
    assert choice.lam == search.best_params_["alpha"] == 30.0
    variance = C.numpy().var()
    np.testing.assert_allclose(1 - np.array(choice.r_squared), -search.cv_results_["mean_test_score"] / variance)


@pytest.mark.parametrize("has_weights", [False, True])
@pytest.mark.parametrize("has_groups", [False, True])
def test_each_strength_has_the_r_squared_of_the_folds_together(has_weights, has_groups):
    Z, C = samples()
    weight = np.random.default_rng(1).integers(0, 3, 100).astype(float) if has_weights else None
    groups = np.arange(100) // 9 if has_groups else None
    splitter = (GroupKFold if has_groups else KFold)(FOLDS, shuffle=True, random_state=3)
    choice = choose_lam(
        Z,
        C,
        STRENGTHS,
        fit_bias="free",
        seed=3,
        groups=groups,
        sample_weight=None if weight is None else torch.from_numpy(weight),
    )
    splits = list(splitter.split(Z, groups=groups))
    expected = [mean_r_squared(splits, Z.numpy(), C.numpy(), lam, weight) for lam in STRENGTHS]
    np.testing.assert_allclose(choice.r_squared, expected, rtol=1e-9)
    assert choice.lam == STRENGTHS[np.argmax(expected)]


def test_a_regularised_bias_is_regularised_in_each_fold():
    Z, C = samples()
    with_ones = np.hstack([Z.numpy(), np.ones((100, 1))])
    splits = list(KFold(FOLDS, shuffle=True, random_state=0).split(Z))
    expected = [mean_r_squared(splits, with_ones, C.numpy() + 5, lam, fit_intercept=False) for lam in STRENGTHS]
    np.testing.assert_allclose(choose_lam(Z, C + 5, STRENGTHS).r_squared, expected, rtol=1e-9)


def test_standardised_latents_of_any_size_lead_to_the_same_choice():
    Z, C = samples()
    sizes = 10.0 ** torch.linspace(-30, 30, 20)
    plain, of_sizes = (choose_lam(latents, C, STRENGTHS, standardize=True) for latents in (Z, Z * sizes))
    assert plain.lam == of_sizes.lam
    np.testing.assert_allclose(plain.r_squared, of_sizes.r_squared, rtol=1e-8)


@given(cuts(100), st.booleans())
def test_the_choice_does_not_depend_on_the_blocks(slices, standardize):
    Z, C = samples()
    options = {"standardize": standardize, "seed": 5}
    whole = choose_lam(Z, C, STRENGTHS, **options)
    cut = choose_lam_in_blocks(lambda: ((Z[part], C[part]) for part in slices), 100, STRENGTHS, **options)
    assert cut.lam == whole.lam
    np.testing.assert_allclose(cut.r_squared, whole.r_squared, rtol=1e-10)


def test_the_scores_sizes_and_places_do_not_matter():
    Z, C = samples()
    choice = choose_lam(Z, C * torch.tensor([1e-9, 1e9]) + torch.tensor([1e-3, -1e12]), STRENGTHS, fit_bias="free")
    np.testing.assert_allclose(choice.r_squared, choose_lam(Z, C, STRENGTHS, fit_bias="free").r_squared, rtol=1e-3)


def test_a_constant_score_has_no_part_in_the_choice():
    Z, C = samples()
    with_constant = torch.cat([C, torch.full((100, 1), 3.0)], dim=1)
    assert choose_lam(Z, with_constant, STRENGTHS).r_squared == pytest.approx(choose_lam(Z, C, STRENGTHS).r_squared)


def test_one_strength_is_taken_as_it_is():
    Z, C = samples()
    assert choose_lam(Z, C, [0.5]) == LamChoice(0.5, (0.5,), ())


def test_of_equally_good_strengths_the_largest_is_chosen():
    Z = torch.tensor([[1.0], [-1.0]] * 10)
    # No weight at all is best, and so small a score is 0 beside 1 whatever the strength.
    choice = choose_lam(Z, torch.tensor([[1.0], [1.0], [-1.0], [-1.0]] * 5), [1e200, 1e250, 1e300])
    assert len(set(choice.r_squared)) == 1
    assert choice.lam == 1e300


@pytest.mark.parametrize(
    ("lam", "first"),
    [
        (1.0, "λ = 1, chosen by cross-validation on the training part"),
        (0.1, "λ = 0.1, the smallest tried, chosen by cross-validation on the training part"),
        (1e3, "λ = 1000, the largest tried, chosen by cross-validation on the training part"),
    ],
)
def test_it_is_said_what_was_chosen_of_what(lam, first):
    choice = LamChoice(lam, (0.1, 1.0, 1e3), (0.5, 0.25, -1.0))
    assert choice.lines() == [first, "R² by λ: 0.1: 0.5000, 1: 0.2500, 1000: -1.0000"]
    assert LamChoice.read(choice.written()) == choice
    assert LamChoice(lam, (lam,), ()).lines() == []


def test_no_number_is_apart_from_its_strength_in_what_is_said():
    _, *lines = LamChoice(1.0, CANDIDATES, (0.5,) * 13).lines()
    assert len(lines) > 1
    assert all(re.fullmatch(r"(R² by λ: )?(\S+: 0\.5000(, |,$|$))+", line) for line in lines)


def test_a_strength_for_which_a_fold_is_singular_is_not_chosen():
    Z, C = samples(count=10)
    choice = choose_lam(Z, C, [0.0, 1.0])
    assert choice.r_squared[0] == -math.inf
    assert choice.lam == 1.0


REFUSED = {
    "one sample": (1, {}, "there are 1 samples to choose λ with; at least 2 are required; choose one λ with `lam=…`"),
    "one group": (
        9,
        {"groups": np.zeros(9)},
        "there are 1 groups to choose λ with; at least 2 are required; choose one λ with `lam=…`",
    ),
    "singular": (
        9,
        {"candidates": [0.0, 1e-300]},
        "the normal equations are singular in float64 with every λ up to 1e-300 on some fold; independent latents or a "
        "larger λ are required; choose larger ones with `lam=…`",
    ),
}


@pytest.mark.parametrize(("count", "options", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_a_choice_needs_is_said(count, options, message):
    Z, C = samples(count=count)
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        choose_lam(Z, C, **({"candidates": STRENGTHS} | options))


def test_scores_that_are_all_constant_are_refused():
    message = "every score is constant; λ is chosen by what a fit explains; choose one λ with `lam=…`"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        choose_lam(torch.randn(9, 2), torch.ones(9, 2), STRENGTHS)


# Folds


@pytest.mark.parametrize(("count", "folds"), [(2, 2), (4, 4), (5, 5), (23, 5)])
def test_every_sample_is_in_one_of_at_most_five_folds_of_equal_size(count, folds):
    sizes = np.bincount(fold_of_each(count, None, 0))
    assert (len(sizes), sizes.sum()) == (folds, count)
    assert sizes.max() - sizes.min() <= 1


def test_the_folds_are_drawn_with_the_seed():
    assert (fold_of_each(50, None, 1) == fold_of_each(50, None, 1)).all()
    assert (fold_of_each(50, None, 1) != fold_of_each(50, None, 2)).any()


def test_a_group_is_in_one_fold():
    groups = np.arange(50) % 7
    folds = fold_of_each(50, groups, 0)
    assert all(len(set(folds[groups == group])) == 1 for group in range(7))


# What --lam and lam= can be


@pytest.mark.parametrize(
    ("lam", "expected"),
    [
        (0.5, (0.5,)),
        (0, (0.0,)),
        (np.float32(0.5), (0.5,)),
        (Fraction(1, 4), (0.25,)),
        ([10, 0.1, 10], (0.1, 10.0)),
        (np.array([2.0, 1.0]), (1.0, 2.0)),
        ("cv", CANDIDATES),
    ],
    ids=str,
)
def test_strengths_are_ascending_and_distinct(lam, expected):
    assert candidates_of(lam) == expected


@pytest.mark.parametrize(
    ("lam", "message"),
    [
        (None, "λ is None; a number, several, or 'cv' are required; choose lam=0.001, say"),
        ("0.1", "λ is '0.1'; a number, several, or 'cv' are required; choose lam=0.001, say"),
        (True, "λ is True; a number, several, or 'cv' are required; choose lam=0.001, say"),
        ([0.1, None], "λ is None; a number, several, or 'cv' are required; choose lam=0.001, say"),
        (1j, "λ is 1j; a number, several, or 'cv' are required; choose lam=0.001, say"),
        ([], "λ is an empty list; a number, several, or 'cv' are required; choose `lam=0.001`, say"),
        ([1.0, -1.0], "λ is -1.0; a finite ridge strength λ ≥ 0 is required; choose `lam=0.001`, say"),
        (math.nan, "λ is nan; a finite ridge strength λ ≥ 0 is required; choose `lam=0.001`, say"),
    ],
)
def test_what_is_no_strength_is_refused(lam, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        candidates_of(lam)


@pytest.mark.parametrize(
    ("text", "expected"), [("0.1", (0.1,)), (" 10, 1e-3", (0.001, 10.0)), ("cv", CANDIDATES)], ids=str
)
def test_strengths_are_read(text, expected):
    assert read_strengths(text) == expected


@pytest.mark.parametrize("text", ["", "CV", "0.1;1", "0.1,", "a" * 50])
def test_a_text_without_strengths_is_refused(text):
    message = (
        f"λ is {text[:40]!r}; a number, several with commas between them, or cv are required; choose `lam=0.001`, say"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        read_strengths(text)


def test_a_negative_strength_is_refused_as_such():
    with pytest.raises(InputError, match=r"^λ is -1\.0; a finite ridge strength λ ≥ 0 is required; "):
        read_strengths("-1,1")
