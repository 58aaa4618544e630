"""Conformal bounds: the right residual is taken, it covers new samples, and Lean rejects every wrong one."""

import json
import math
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.artifact.coverage import Coverage
from bridge.artifact.file import load_artifact
from bridge.check.verify import verify
from bridge.cli.main import main
from bridge.exact.conformal import conformal_level, read_alpha, smallest_size
from bridge.probe.ridge import fit_probe
from support.artifacts import make_artifact, stored
from support.command_line import lean_on_path, run_bridge
from support.exports import certified, rejected_by_lean, rendered, replaced, with_one_more
from support.lean_files import write
from support.refusals import refusal
from support.strategies import artifacts

ROOT, SIZE, SAMPLES = "Generated.lean", "Generated/Size.lean", "Generated/Samples.lean"
# The theorem of the conformal bound over the real numbers.
REAL = re.compile(r"\n/-- Of the [^/]*-/\ntheorem isKthSmallest_real :(?:.*\n)+?(?=\nend )")
HALF = Fraction(1, 2)
levels = st.fractions(0, 1, max_denominator=1_000).filter(lambda alpha: 0 < alpha < 1)


def artifact(**changed):
    """Nine samples, of which those at 0, 3 and 6 are the calibration part."""
    return make_artifact(9, 2, concept_names=("size", "thick"), is_calibration=np.arange(9) % 3 == 0, **changed)


# The level


@pytest.mark.parametrize(
    ("text", "alpha"),
    [
        ("0.1", Fraction(1, 10)),
        (".05", Fraction(1, 20)),
        ("1/3", Fraction(1, 3)),
        ("2/4", Fraction(1, 2)),
        ("1e-3", Fraction(1, 1000)),
        ("0.3200", Fraction(8, 25)),
        ("0.1234567", Fraction(1234567, 10**7)),
        ("1.2345678e-12", Fraction(12345678, 10**19)),
        ("1e-300", Fraction(1, 10**300)),
        ("6399999999999999/20000000000000000", Fraction(6399999999999999, 2 * 10**16)),
    ],
)
def test_a_level_is_the_number_that_is_written(text, alpha):
    assert read_alpha(text) == alpha


@pytest.mark.parametrize(
    ("computed", "meant"),
    [
        (1 - 0.68, "0.32"),
        (0.1 + 0.2, "0.3"),
        (1 - 0.9, "0.1"),
        (1 - 0.95, "0.05"),
        (1 - 0.99, "0.01"),
        (1 - 0.9999, "0.0001"),
        (1 / 3, "1/3"),
        (1 - 2 / 3, "1/3"),
        (1 / 7, "1/7"),
        ("0.32000000000000000001", "0.32"),
    ],
)
def test_what_floats_have_made_of_a_simple_level_is_refused(computed, meant):
    text = str(computed)
    assert refusal(read_alpha, text) == (
        f"α is {text}, which is {meant} but for the rounding of floats; the level is taken exactly as it is written, "
        f"and the rank depends on it; write {meant}, or {Fraction(text)} if it is meant"
    )
    assert read_alpha(str(Fraction(text))) == Fraction(text)


def test_a_level_that_floats_have_changed_would_move_the_rank():
    assert conformal_level(Fraction(str(1 - 0.68)), 24).rank == conformal_level(Fraction("0.32"), 24).rank + 1


@given(st.integers(1, 999_999), st.integers(1, 9), st.integers(-4, 4))
def test_a_decimal_level_of_few_digits_is_taken_and_its_neighbours_are_not(digits, zeros, steps):
    text = f"{digits}e-{5 + zeros}"
    assert read_alpha(text) == Fraction(text)
    neighbour = float(text)
    for _ in range(abs(steps)):
        neighbour = math.nextafter(neighbour, steps)
    if neighbour != float(text):
        assert "but for the rounding of floats" in refusal(read_alpha, repr(neighbour))


def test_a_level_that_is_no_fraction_is_refused():
    message = "α is 0.32; a Fraction is required, since the rank is exact; use read_alpha"
    assert refusal(conformal_level, 0.32, 100) == message


@pytest.mark.parametrize(
    "text", ["0", "1", "1.5", "-0.1", "nan", "inf", "ten", "", "1/0", "3/2", "0/5", "1/2/3", "1e999999999", "9" * 5000]
)
def test_a_level_outside_0_to_1_is_refused(text):
    shown = repr(text[:100])
    message = f"α is {shown}; a number between 0 and 1, both excluded, is required; choose `alpha=0.1`, say"
    assert refusal(read_alpha, text) == message


@given(levels, st.integers(0, 3_000))
def test_the_rank_is_the_least_that_reaches_the_level(alpha, size):
    if size < smallest_size(alpha):
        assert (size + 1) * (1 - alpha) > size
        assert f"at least {smallest_size(alpha)} are required" in refusal(conformal_level, alpha, size)
    else:
        level = conformal_level(alpha, size)
        assert (level.alpha, level.size) == (alpha, size)
        assert 1 <= level.rank <= size
        assert level.rank - 1 < (size + 1) * (1 - alpha) <= level.rank


@pytest.mark.parametrize(
    ("text", "size"), [("0.1", 9), ("0.05", 19), ("1/3", 2), ("0.5", 1), ("0.9", 1), ("0.001", 999)]
)
def test_the_smallest_calibration_part_that_would_do_is_named(text, size):
    alpha = read_alpha(text)
    assert conformal_level(alpha, size).rank == size or alpha > HALF
    assert refusal(conformal_level, alpha, size - 1) == (
        f"the calibration part has {size - 1} samples; at least {size} are required for α = {alpha}; keep more with "
        "`calibration=…`, or choose a larger `alpha=…`"
    )


# The bound


@given(artifacts(max_samples=9), levels)
def test_the_bound_is_the_residual_of_that_rank(made_from, alpha):
    size = int(made_from.is_calibration.sum())
    if size < smallest_size(alpha):
        assert "the calibration part has" in refusal(certified, made_from, alpha=alpha)
        return
    certificate = certified(made_from, alpha=alpha)
    assert certificate.rows[:size].tolist() == np.flatnonzero(made_from.is_calibration).tolist()
    assert sorted(certificate.rows) == list(range(len(made_from.latents)))
    for column, concept in enumerate(certificate.concepts):
        *weights, bias = (Fraction(entry.item()) for entry in made_from.weights[:, column])
        sizes = sorted(
            abs(
                Fraction(made_from.scores[row, column].item())
                - sum(map(_product, weights, made_from.latents[row]), bias)
            )
            for row in np.flatnonzero(made_from.is_calibration)
        )
        assert concept.others[0].delta_alpha == sizes[certificate.concepts[0].others[0].level.rank - 1]
        assert concept.others[0].delta_alpha <= concept.delta


def _product(weight, coordinate):
    return weight * Fraction(coordinate.item())


def test_a_sample_that_a_slot_has_hardly_room_for_is_counted_all_the_same(tmp_path):
    """Small digits make long blocks, whose rows must be countable in a slot."""
    size = 40_000
    values = (np.arange(size)[:, None] % 3 - 1).astype(np.float32)
    made_from = make_artifact(
        size, 1, 1, latents=values, scores=values, weights=np.zeros((2, 1)), is_train=np.zeros(size, np.bool_),
        is_calibration=np.ones(size, np.bool_),
    )  # fmt: skip
    plain, more = (certified(made_from, alpha=alpha).samples for alpha in (None, HALF))
    assert plain.block_rows >= 2 ** (plain.slot_digits * plain.digit_bits) - 1
    assert more.block_rows < 2 ** (more.slot_digits * more.digit_bits) - 1
    assert compare(tmp_path, made_from, rendered(tmp_path, made_from, alpha=HALF)).differences == ()


@pytest.mark.parametrize("coverage", [Coverage.TRAIN, Coverage.HELD_OUT])
def test_the_calibration_part_must_be_listed(coverage):
    made_from = artifact(is_train=np.arange(9) % 3 == 1)
    assert refusal(certified, made_from, coverage, alpha=HALF) == (
        f"`alpha=…` was given with `over={coverage}`; δ_α is taken from the calibration part, which must be listed; "
        "choose `over=all` or `over=calibration`"
    )


def test_a_new_sample_is_covered_as_often_as_promised():
    """Over 400 draws of fit, calibration part and new sample, within five standard deviations."""
    random = np.random.default_rng(0)
    alpha, size, draws, covered = Fraction(1, 5), 30, 400, 0
    level = conformal_level(alpha, size)
    for _ in range(draws):
        latents = random.normal(size=(20 + size + 1, 2))
        scores = latents @ [[2.0], [-1.0]] + random.standard_t(3, size=(len(latents), 1))
        weights = fit_probe(*map(_tensor, (latents[:20], scores[:20]))).numpy()
        sizes = np.abs(scores - latents @ weights[:-1] - weights[-1])[20:, 0]
        covered += sizes[-1] <= np.sort(sizes[:-1])[level.rank - 1]
    # With continuous scores the probability is rank / (size + 1) exactly.
    expected = level.rank / (size + 1)
    assert expected >= 1 - alpha
    assert abs(covered - draws * expected) < 5 * (draws * expected * (1 - expected)) ** 0.5


def _tensor(values):
    import torch

    return torch.from_numpy(values)


# verify


def compare(folder, made_from, files):
    return verify(write(folder, files), stored(folder, made_from))


@pytest.mark.parametrize("with_r_squared", [False, True])
@pytest.mark.parametrize("coverage", [Coverage.ALL, Coverage.CALIBRATION])
def test_an_export_with_a_conformal_bound_agrees(tmp_path, coverage, with_r_squared):
    files = rendered(tmp_path, artifact(), coverage=coverage, alpha=HALF, with_r_squared=with_r_squared)
    assert compare(tmp_path, artifact(), files).differences == ()


CHANGES = {
    "size: δα": r"(δα : Rat := )(\d+)",
    "size: the number of calibration samples": r"(calibrationResidual \(i : Fin )(\d+)",
    "size: the rank of δα": r"(IsKthSmallest calibrationResidual δα )(\d+)",
    "size: limit 0": r"(\(\.excessAtLeast 3 )(\d+)",
    "size: residuals from limit 0 on": r"(\(\.excessAtLeast 3 \d+, )(\d+)",
    "size: where its totals begin": r"(isKthSmallest_of_found faithful checked \(by decide\) )(\d+)",
    "size: α": r"(IsConformalRank \(1 / )(\d+)",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_number_is_named(tmp_path, what):
    files = rendered(tmp_path, artifact(), alpha=HALF)
    differences = compare(tmp_path, artifact(), with_one_more(files, SIZE, CHANGES[what])).differences
    assert [difference.what for difference in differences] == [what]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        (r"((?:\(\.excessAtLeast[^)]*\),\s*){{{}}}\(\.excessAtLeast )(\d+)", "the number of calibration samples"),
        (r"((?:\(\.excessAtLeast[^)]*\),\s*){{{}}}\(\.excessAtLeast 3 )(\d+)", "limit {}"),
        (r"((?:\(\.excessAtLeast[^)]*\),\s*){{{}}}\(\.excessAtLeast 3 \d+, )(\d+)", "residuals from limit {} on"),
        (r"(isQuantile samples integers δα \d+ 2 (?:\d+ ){{{}}})(\d+)", "residuals from limit {} on"),
    ],
)
def test_what_is_counted_is_compared(tmp_path, number, pattern, what):
    files = rendered(tmp_path, artifact(), alpha=HALF)
    (difference,) = compare(tmp_path, artifact(), with_one_more(files, SIZE, pattern.format(number))).differences
    assert difference.what == f"size: {what.format(number)}"


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        (r"(\.excessAtLeast )(\d+)", "the number of calibration samples"),
        (r"(IsConformalRank \(1 / 2\) )(\d+)", "the number of calibration samples"),
        (r"(isQuantile samples integers δα )(\d+)", "δα at the scale of the products"),
        (r"(isQuantile samples integers δα \d+ )(\d+)", "the rank of δα"),
        (r"(IsConformalRank \(1 / 2\) \d+ )(\d+)", "the rank of δα"),
    ],
)
def test_sizes_and_ranks_are_compared_wherever_they_stand(tmp_path, pattern, what):
    files = rendered(tmp_path, artifact(), alpha=HALF)
    differences = compare(tmp_path, artifact(), with_one_more(files, SIZE, pattern)).differences
    assert [difference.what for difference in differences] == [f"size: {what}"]


REAL_CHANGES = {
    "size: the number of calibration samples": r"(IsKthSmallestAbs \(fun i : Fin )(\d+)",
    "size: the rank of δα": r"(\(\(δα : Rat\) : ℝ\) )(\d+)",
    "size: the score column": r"(isKthSmallestAbs_ofBound functional samples.latent \(samples.score )(\d+)",
}


@pytest.mark.parametrize("what", REAL_CHANGES)
def test_a_changed_number_of_the_bound_over_the_real_numbers_is_named(tmp_path, what):
    files = rendered(tmp_path, artifact(), alpha=HALF)
    differences = compare(tmp_path, artifact(), with_one_more(files, ROOT, REAL_CHANGES[what])).differences
    assert [difference.what for difference in differences] == [what]


def test_the_bound_over_the_real_numbers_is_missed_where_it_is_not_stated(tmp_path):
    files = rendered(tmp_path, artifact(), alpha=HALF)
    changed = {**files, ROOT: REAL.sub("", files[ROOT], count=1)}
    assert [(item.what, item.found, item.required) for item in compare(tmp_path, artifact(), changed).differences] == [
        ("size: δα over the real numbers", "none", "a theorem")
    ]


def test_a_bound_over_the_real_numbers_that_was_not_asked_for_is_refused(tmp_path):
    asked_for, files = rendered(tmp_path, artifact(), alpha=HALF), rendered(tmp_path, artifact())
    end = "\nend Generated.size\n"
    changed = {**files, ROOT: files[ROOT].replace(end, REAL.search(asked_for[ROOT])[0] + end)}
    assert "isKthSmallest_real" not in files[ROOT]
    assert [(item.what, item.found, item.required) for item in compare(tmp_path, artifact(), changed).differences] == [
        ("size: δα over the real numbers", "a theorem", "none")
    ]


def test_a_constant_score_has_a_bound_beside_sums_without_r_squared(tmp_path):
    scores = artifact().scores.copy()
    scores[:, 0] = 2.5
    files = rendered(tmp_path, artifact(scores=scores), alpha=HALF, with_r_squared=True)
    assert "rSquared_eq" not in files[SIZE]
    assert "isKthSmallest" in files[SIZE]
    assert compare(tmp_path, artifact(scores=scores), files).differences == ()


def test_r_squared_and_the_bound_over_the_real_numbers_stand_in_one_order(tmp_path):
    files = rendered(tmp_path, artifact(), alpha=HALF, with_r_squared=True)
    assert compare(tmp_path, artifact(), files).differences == ()
    bound = REAL.search(files[ROOT])[0]
    r_squared = re.search(r"\n/-- R² of the score[^/]*-/\ntheorem rSquared_real :(?:.+\n)+", files[ROOT])[0]
    assert r_squared + bound in files[ROOT]
    changed = {**files, ROOT: files[ROOT].replace(r_squared + bound, bound + r_squared)}
    (difference,) = compare(tmp_path, artifact(), changed).differences
    assert (difference.what, difference.found, difference.required) == ("the text", "`theorem`", "`end`")


def test_an_export_for_another_level_is_told_from_this_one(tmp_path):
    files = rendered(tmp_path, artifact(), alpha=HALF)
    changed = {name: text.replace("--alpha 1/2", "--alpha 3/4") for name, text in files.items()}
    whats = {difference.what for difference in compare(tmp_path, artifact(), changed).differences}
    assert {"size: α", "thick: α", "size: the rank of δα", "size: δα"} <= whats


def test_a_level_that_the_calibration_part_is_too_small_for_is_named(tmp_path):
    files = rendered(tmp_path, artifact(), alpha=HALF)
    changed = {name: text.replace("--alpha 1/2", "--alpha 1/10") for name, text in files.items()}
    required = {difference.required for difference in compare(tmp_path, artifact(), changed).differences}
    assert "a level for which 3 samples are enough" in required


def test_the_calibration_part_comes_first_and_nothing_else_will_do(tmp_path):
    files = rendered(tmp_path, artifact(), alpha=HALF)
    plain = rendered(tmp_path, artifact())
    banner = re.search(r"Made by .*", files[SAMPLES])[0]
    changed = {**files, SAMPLES: re.sub(r"Made by .*", banner, plain[SAMPLES])}
    assert any(
        difference.what.startswith("latents[") for difference in compare(tmp_path, artifact(), changed).differences
    )


def test_what_the_banner_promises_is_there(tmp_path):
    plain, more = rendered(tmp_path, artifact()), rendered(tmp_path, artifact(), alpha=HALF)
    quantile, samples = "`Bridge.Claims.Quantile`", "`Generated.Samples`"
    for files, other, found, required in [(more, plain, samples, quantile), (plain, more, quantile, samples)]:
        banner = re.search(r"Made by .*", files[SIZE])[0]
        changed = {**files, SIZE: re.sub(r"Made by .*", banner, other[SIZE])}
        (difference,) = compare(tmp_path, artifact(), changed).differences
        assert (difference.what, difference.found, difference.required) == ("the text", found, required)


# The command line


@pytest.mark.parametrize("held_out", [0.2, 0])
def test_run_prints_the_bound_and_what_it_covers(tmp_path, held_out):
    training = ("--data", "random", "--limit", 20, "--latent-dim", 2, "--epochs", 1, "--held-out", held_out)
    places = ("--run-folder", ".", "--out", "A.lean", "--engine", "lean")
    result = run_bridge("run", *training, "--alpha", "1/4", *places, cwd=tmp_path, env=lean_on_path(tmp_path))
    assert result.returncode == 0, result.stderr
    made_from = load_artifact(tmp_path / "probe.safetensors").artifact
    within = rf"; holds for \d of {made_from.is_held_out.sum()} held out" if held_out else ""
    level = r"rank 4 of 4 calibration samples, α = 1/4"
    for concept, claim in zip(
        ("size", "thick", "slant"), certified(made_from, alpha=Fraction(1, 4)).concepts, strict=True
    ):
        exact = f"{claim.others[0].delta_alpha.numerator} / {claim.others[0].delta_alpha.denominator}"
        assert re.search(rf"^δ_α\({concept}\) = {exact}, about \S+: {level}{within}$", result.stdout, re.MULTILINE)


def test_export_says_what_the_bound_covers(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    made_from = artifact(is_train=np.arange(9) % 3 == 1)
    stored(tmp_path, made_from)
    command = ["export", "--artifact", "probe.safetensors", "--out", "Generated.lean", "--alpha", "0.5", "--json"]
    assert main(command) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["alpha"], record["calibration_samples"], record["rank"]) == ("1/2", 3, 2)
    size = record["concepts"][0]
    bound = Fraction(size["delta_alpha"].replace(" ", ""))
    assert bound == certified(made_from, alpha=HALF).concepts[0].others[0].delta_alpha
    latents, scores = (array[made_from.is_held_out].astype(float) for array in (made_from.latents, made_from.scores))
    weights = made_from.weights.astype(float)
    within = np.abs(scores - latents @ weights[:-1] - weights[-1])[:, 0] <= float(bound)
    assert (size["held_out_within_delta_alpha"], size["held_out_samples"]) == (within.sum(), 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--alpha", "1.2"],
            "α is '1.2'; a number between 0 and 1, both excluded, is required; choose --alpha 0.1, say",
        ),
        (
            ["--alpha", "0.1"],
            "the calibration part has 3 samples; at least 9 are required for α = 1/10; keep more with --calibration, "
            "or choose a larger --alpha",
        ),
    ],
)
def test_a_level_that_cannot_be_leaves_the_old_export(tmp_path, monkeypatch, capsys, options, message):
    monkeypatch.chdir(tmp_path)
    stored(tmp_path, artifact())
    export = ["export", "--artifact", "probe.safetensors", "--out", "Generated.lean"]
    assert main(export) == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert main([*export, *options]) == 2
    assert capsys.readouterr().err == f"bridge: {message}\n"
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


# With a real Lean


def add_one(pattern):
    return lambda files, path: with_one_more(files, path, pattern)


# Each makes a claim that is false, but for the first.  The bound is the second smallest of three.
MUTANTS = {
    "as it is": lambda files, path: files,
    "a larger bound": add_one(r"(δα : Rat := )(\d+)"),
    "a smaller bound": lambda files, path: replaced(
        files, path, r"(δα : Rat := )(\d+)", lambda match: f"{match[1]}{int(match[2]) - 1}"
    ),
    "the smallest rank": lambda files, path: replaced(files, path, r"(isQuantile samples integers δα \d+) 2", r"\1 1"),
    "the largest rank": lambda files, path: replaced(files, path, r"(isQuantile samples integers δα \d+) 2", r"\1 3"),
    "another rank in the statement": add_one(r"(IsKthSmallest calibrationResidual δα )(\d+)"),
    "another rank for the level": add_one(r"(IsConformalRank \(1 / 2\) 3 )(\d+)"),
    "another limit": add_one(r"(\(\.excessAtLeast 3 )(\d+)"),
    "another count": add_one(r"(\(\.excessAtLeast 3 \d+, )(\d+)"),
    "another level": add_one(r"(IsConformalRank \(1 / )(\d+)"),
    "more samples than there are": lambda files, path: {
        **files, path: re.sub(r"(δα|Fin|excessAtLeast) 3\b", r"\1 10", files[path])
    },
    "one sample less": lambda files, path: {**files, path: re.sub(r"(δα|Fin|excessAtLeast) 3\b", r"\1 2", files[path])},
}  # fmt: skip


@pytest.fixture(scope="module")
def rejected(tmp_path_factory, lean_pool):
    """The mutants that Lean rejects."""
    folder = tmp_path_factory.mktemp("conformal")
    exports = {
        name: change(rendered(folder, artifact(), namespace=f"Mutant{number}", alpha=HALF), f"Mutant{number}/Size.lean")
        for number, (name, change) in enumerate(MUTANTS.items())
    }
    return rejected_by_lean(folder, exports, lean_pool)


@pytest.mark.lean
def test_lean_accepts_a_conformal_bound(rejected):
    assert "as it is" not in rejected


@pytest.mark.lean
@pytest.mark.parametrize("name", [name for name in MUTANTS if name != "as it is"])
def test_lean_rejects(rejected, name):
    assert name in rejected
