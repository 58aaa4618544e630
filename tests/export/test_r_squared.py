"""R² as a theorem: the sums are exact, every change in them is found, and Lean rejects every wrong one."""

import json
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from bridge.artifact.coverage import Coverage
from bridge.check.verify import verify
from bridge.cli.main import main
from support.artifacts import make_artifact, stored
from support.exports import certified, rejected_by_lean, rendered, replaced, with_one_more
from support.lean_files import write
from support.strategies import artifacts_with_coverages

ROOT, SIZE, THICK = "Generated.lean", "Generated/Size.lean", "Generated/Thick.lean"
# The theorem of R² over the real numbers.
REAL = re.compile(r"\n/-- R² of the score and the residual of `spec`[^/]*-/\ntheorem rSquared_real :(?:.+\n)+")


def artifact(**changed):
    return make_artifact(7, 2, concept_names=("size", "thick"), is_calibration=np.arange(7) == 3, **changed)


def constant_artifact():
    """The scores of the first concept are all alike."""
    scores = artifact().scores.copy()
    scores[:, 0] = 2.5
    return artifact(scores=scores)


def sums(made_from, column, rows):
    """The residual and the total sum of squares, one fraction after the other."""
    exact = [[Fraction(entry.item()) for entry in row] for row in made_from.latents[rows]]
    scores = [Fraction(score.item()) for score in made_from.scores[rows, column]]
    *weights, bias = (Fraction(entry.item()) for entry in made_from.weights[:, column])
    values = [sum(map(lambda w, z: w * z, weights, row), bias) for row in exact]
    mean = sum(scores) / len(scores)
    return (
        sum((score - value) ** 2 for score, value in zip(scores, values, strict=True)),
        sum((score - mean) ** 2 for score in scores),
    )


@given(artifacts_with_coverages())
def test_the_sums_are_those_of_fractions(drawn):
    made_from, coverage = drawn
    certificate = certified(made_from, coverage, with_r_squared=True)
    for column, concept in enumerate(certificate.concepts):
        residual, total = sums(made_from, column, certificate.rows)
        assert concept.others[0].residual_sum_of_squares == residual
        assert concept.others[0].total_sum_of_squares == total
        assert concept.others[0].r_squared == (None if total == 0 else 1 - residual / total)


def test_r_squared_is_what_floating_point_says_about():
    made_from = artifact()
    design = np.column_stack([made_from.latents, np.ones(7)]).astype(float)
    residuals = made_from.scores - design @ made_from.weights
    expected = 1 - (residuals**2).sum(0) / ((made_from.scores - made_from.scores.mean(0)) ** 2).sum(0)
    concepts = certified(made_from, with_r_squared=True).concepts
    assert [float(concept.others[0].r_squared) for concept in concepts] == pytest.approx(expected, rel=1e-5)


def test_r_squared_is_left_out_unless_it_is_asked_for(tmp_path):
    plain = rendered(tmp_path, artifact())
    assert all("quared" not in text and "Determination" not in text and "--r2" not in text for text in plain.values())
    with_r_squared = rendered(tmp_path, artifact(), with_r_squared=True)
    assert set(with_r_squared) == set(plain)
    assert all("export --over all --r2 --out Generated.lean" in text for text in with_r_squared.values())


@given(artifacts_with_coverages())
def test_a_slot_has_room_for_the_sums_of_a_block(drawn):
    certificate = certified(*drawn, with_r_squared=True)
    samples = certificate.samples
    largest = 2 ** (samples.slot_digits * samples.digit_bits) - 1
    for concept in certificate.concepts:
        integers = concept.integers
        assert samples.block_rows * max(2 * integers.sup, integers.score_span) < largest


@given(artifacts_with_coverages())
def test_what_is_stored_is_the_same_with_r_squared(drawn):
    plain, more = certified(*drawn).samples, certified(*drawn, with_r_squared=True).samples
    assert (plain.size, plain.digit_bits, plain.latent_exponent) == (more.size, more.digit_bits, more.latent_exponent)
    assert plain.slot_digits <= more.slot_digits


# verify


def compare(folder, made_from, files):
    return verify(write(folder, files), stored(folder, made_from))


@pytest.mark.parametrize("made_from", [artifact(), constant_artifact()], ids=["as usual", "a constant score"])
@pytest.mark.parametrize("coverage", list(Coverage))
def test_an_export_with_r_squared_agrees(tmp_path, made_from, coverage):
    files = rendered(tmp_path, made_from, coverage=coverage, with_r_squared=True)
    assert compare(tmp_path, made_from, files).differences == ()


CHANGES = {
    "size: the residual sum of squares": r"(residualSumOfSquares : Rat :=\n  )(\d+)",
    "size: the total sum of squares": r"(totalSumOfSquares : Rat :=\n  )(\d+)",
    "size: R²": r"(rSquared : Rat :=\n  )(-?\d+)",
    "size: the sum of the residuals plus δ as integers": r"(\(\.excess, )(\d+)",
    "size: the sum of the squares of the residuals plus δ": r"(\(\.excessSquares, )(\d+)",
    "size: the sum of the scores as integers": r"(\(\.scoreExcess, )(\d+)",
    "size: the sum of the squares of the scores": r"(\(\.scoreExcessSquares, )(\d+)",
    "size: the score column": r"(isDetermined samples )(0)",
    "size: where its totals begin": r"(residualSumOfSquares_eq faithful checked \(by decide\) )(\d+)",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_number_is_named(tmp_path, what):
    files = rendered(tmp_path, artifact(), with_r_squared=True)
    changed = with_one_more(files, SIZE, CHANGES[what])
    assert [difference.what for difference in compare(tmp_path, artifact(), changed).differences] == [what]


@pytest.mark.parametrize("number", range(4))
def test_the_sums_are_compared_where_they_are_used_too(tmp_path, number):
    files = rendered(tmp_path, artifact(), with_r_squared=True)
    pattern = rf"(isDetermined samples 0 integers residualSumOfSquares totalSumOfSquares\n *(?:\d+ ){{{number}}})(\d+)"
    (difference,) = compare(tmp_path, artifact(), with_one_more(files, SIZE, pattern)).differences
    assert difference.what == list(CHANGES)[3 + number]


@pytest.mark.parametrize("theorem", ["residualSumOfSquares_eq faithful", "totalSumOfSquares_eq"])
def test_where_the_sums_are_is_compared_in_each_theorem(tmp_path, theorem):
    files = rendered(tmp_path, artifact(), with_r_squared=True)
    changed = with_one_more(files, SIZE, rf"({theorem} checked \(by decide\) )(\d+)")
    differences = compare(tmp_path, artifact(), changed).differences
    assert [difference.what for difference in differences] == ["size: where its totals begin"]


@pytest.mark.parametrize("theorem", ["totalSumOfSquares_eq", "rSquared_eq"])
def test_the_score_column_of_each_statement_is_compared(tmp_path, theorem):
    files = rendered(tmp_path, artifact(), with_r_squared=True)
    changed = replaced(files, SIZE, rf"({theorem} :[^:=]*samples\.score) 0", r"\1 1")
    differences = compare(tmp_path, artifact(), changed).differences
    assert [difference.what for difference in differences] == ["size: the score column"]


@pytest.mark.parametrize("made_from", [artifact(), constant_artifact()], ids=["missing", "meaningless"])
def test_r_squared_is_stated_where_it_has_a_meaning_and_nowhere_else(tmp_path, made_from):
    files = rendered(tmp_path, made_from, with_r_squared=True)
    start = "\n/-- R² over the listed samples"
    block = files[THICK][files[THICK].index(start) : files[THICK].index("\nend Generated.thick")]
    if start in files[SIZE]:
        changed = {**files, SIZE: re.sub(r"\n/-- R² over the listed(.|\n)*?(?=\nend )", "", files[SIZE])}
        found = "no R²"
    else:
        changed = {
            **files,
            SIZE: files[SIZE].replace("\nend Generated.size", f"{block.replace(' 1)', ' 0)')}\nend Generated.size"),
        }
        found = "R²"
    assert [(item.what, item.found) for item in compare(tmp_path, made_from, changed).differences] == [
        ("size: R²", found)
    ]


def test_r_squared_over_the_real_numbers_is_stated_of_each_concept(tmp_path):
    files = rendered(tmp_path, artifact(), with_r_squared=True)
    assert len(REAL.findall(files[ROOT])) == 2
    assert "rSquared_real" not in rendered(tmp_path, artifact())[ROOT]


def test_a_constant_score_has_no_r_squared_over_the_real_numbers(tmp_path):
    text = rendered(tmp_path, constant_artifact(), with_r_squared=True)[ROOT]
    before, thick = text.split("namespace Generated.thick")
    assert REAL.search(thick)
    assert "rSquared_real : " not in before


def test_r_squared_over_the_real_numbers_is_missed_where_it_is_not_stated(tmp_path):
    files = rendered(tmp_path, artifact(), with_r_squared=True)
    changed = {**files, ROOT: REAL.sub("", files[ROOT], count=1)}
    assert [(item.what, item.found, item.required) for item in compare(tmp_path, artifact(), changed).differences] == [
        ("size: R² over the real numbers", "none", "a theorem")
    ]


@pytest.mark.parametrize("made_from", [artifact(), constant_artifact()], ids=["not asked for", "a constant score"])
def test_r_squared_over_the_real_numbers_is_refused_where_it_does_not_belong(tmp_path, made_from):
    asked_for = rendered(tmp_path, artifact(), with_r_squared=True)
    options = {"with_r_squared": True} if made_from.scores[:, 0].std() == 0 else {}
    files = rendered(tmp_path, made_from, **options)
    end = "\nend Generated.size\n"
    changed = {**files, ROOT: files[ROOT].replace(end, REAL.search(asked_for[ROOT])[0] + end)}
    assert [(item.what, item.found, item.required) for item in compare(tmp_path, made_from, changed).differences] == [
        ("size: R² over the real numbers", "a theorem", "none")
    ]


def test_the_score_column_of_r_squared_over_the_real_numbers_is_compared(tmp_path):
    files = rendered(tmp_path, artifact(), with_r_squared=True)
    changed = with_one_more(
        files, ROOT, r"(coefficientOfDetermination_ofBound functional samples.latent \(samples.score )(0)"
    )
    differences = compare(tmp_path, artifact(), changed).differences
    assert [difference.what for difference in differences] == ["size: the score column"]


def test_another_statement_of_r_squared_over_the_real_numbers_is_no_part_of_an_export(tmp_path):
    files = rendered(tmp_path, artifact(), with_r_squared=True)
    changed = replaced(files, ROOT, r"spec\.residual = \(\(rSquared", "spec.residual = ((δ")
    (difference,) = compare(tmp_path, artifact(), changed).differences
    assert (difference.what, difference.found, difference.required) == ("the text", "`δ`", "`rSquared`")


def test_what_the_banner_promises_is_there(tmp_path):
    plain, more = rendered(tmp_path, artifact()), rendered(tmp_path, artifact(), with_r_squared=True)
    r_squared, samples = "`Bridge.Claims.Determination`", "`Generated.Samples`"
    for files, other, found, required in [(more, plain, samples, r_squared), (plain, more, r_squared, samples)]:
        banner = re.search(r"Made by .*", files[SIZE])[0]
        changed = {**files, SIZE: re.sub(r"Made by .*", banner, other[SIZE])}
        (difference,) = compare(tmp_path, artifact(), changed).differences
        assert (difference.what, difference.found, difference.required) == ("the text", found, required)


def test_all_banners_promise_the_same(tmp_path):
    files = rendered(tmp_path, artifact(), with_r_squared=True)
    changed = {**files, ROOT: files[ROOT].replace(" --r2", "")}
    differences = compare(tmp_path, artifact(), changed).differences
    assert ("the options of the export", "' --r2'", "''") in [
        (item.what, item.found, item.required) for item in differences
    ]


# The command line


def test_its_numbers_are_too_long_for_a_line_below_the_table():
    claim = certified(artifact(), with_r_squared=True).concepts[0].others[0]
    assert list(claim.lines("size", claim.record(artifact(), 0))) == []


def test_the_exact_r_squared_is_in_the_json_output_if_it_is_asked_for(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    stored(tmp_path, constant_artifact())
    for option, expected in [(["--r2"], {"size", "thick"}), ([], set())]:
        command = ["export", "--artifact", "probe.safetensors", "--out", "Generated.lean", "--json", *option]
        assert main(command) == 0
        record = json.loads(capsys.readouterr().out)
        assert {concept["concept"] for concept in record["concepts"] if "r2_exact" in concept} == expected
        if option:
            size, thick = (concept["r2_exact"] for concept in record["concepts"])
            assert size is None
            determination = certified(constant_artifact(), with_r_squared=True).concepts[1].others[0]
            assert Fraction(thick.replace(" ", "")) == determination.r_squared


# With a real Lean


def add_one(pattern):
    return lambda files, path: with_one_more(files, path, pattern)


# A statement about another column is rejected too, but only when Lean runs out of heartbeats; `verify` names it above.
MUTANTS = {
    "as it is": lambda files, path: files,
    "residual sum": add_one(r"(residualSumOfSquares : Rat :=\n  )(\d+)"),
    "total sum": add_one(r"(totalSumOfSquares : Rat :=\n  )(\d+)"),
    "quotient": add_one(r"(rSquared : Rat :=\n  )(-?\d+)"),
    "sum of the residuals": add_one(r"(\(\.excess, )(\d+)"),
    "sum of the squares of the residuals": add_one(r"(\(\.excessSquares, )(\d+)"),
    "sum of the scores": add_one(r"(\(\.scoreExcess, )(\d+)"),
    "sum of the squares of the scores": add_one(r"(\(\.scoreExcessSquares, )(\d+)"),
    "place of the sums": add_one(r"(residualSumOfSquares_eq faithful checked \(by decide\) )(\d+)"),
    "column of the program": lambda files, path: replaced(files, path, r"(isDetermined samples) 0", r"\1 1"),
    "constant score": None,
}


@pytest.fixture(scope="module")
def rejected(tmp_path_factory, lean_pool):
    """The mutants that Lean rejects."""
    folder = tmp_path_factory.mktemp("r_squared")
    exports = {}
    for number, (name, change) in enumerate(MUTANTS.items()):
        made_from = constant_artifact() if change is None else artifact()
        files = rendered(folder, made_from, namespace=f"Mutant{number}", with_r_squared=True)
        exports[name] = files if change is None else change(files, f"Mutant{number}/Size.lean")
    return rejected_by_lean(folder, exports, lean_pool)


@pytest.mark.lean
@pytest.mark.parametrize("name", ["as it is", "constant score"])
def test_lean_accepts_r_squared(rejected, name):
    assert name not in rejected


@pytest.mark.lean
@pytest.mark.parametrize("name", [name for name in MUTANTS if name not in ("as it is", "constant score")])
def test_lean_rejects_a_wrong(rejected, name):
    assert name in rejected
