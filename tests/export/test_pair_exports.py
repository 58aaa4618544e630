"""Comparisons of two artifacts as Lean files: what is stated is exact, every change is found, and Lean rejects it."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.artifact.coverage import Coverage
from bridge.artifact.file import to_be_stored
from bridge.artifact.pair import paired
from bridge.check.pairs.readback import read_pair_export
from bridge.check.verify import verify
from bridge.export.pairs.certificate import pair_certificate
from support.artifacts import make_artifact
from support.exports import replaced, small_ranges, small_shards, with_one_more
from support.judging import judged
from support.lean_files import write
from support.pairs import binary_pair, classifier_pair, probe_pair, rendered_pair
from support.strategies import number_arrays, unhurried

ROOT = "Comparison.lean"
_SECTION = "@[expose] public noncomputable section\n"
_HEADER = f"module\n\npublic import Bridge.Claims.Comparison\n\n{_SECTION}"
PAIRS = {
    "probes": lambda: probe_pair(samples=9, concept_names=("size", "a/-")),
    "many weights": lambda: probe_pair(samples=5, dim=40, concepts=1),
    "classifiers": lambda: classifier_pair(samples=30),
    "labels of another name": lambda: classifier_pair(samples=3, label_name="a/-b-/"),
    "binary": lambda: binary_pair(samples=30),
    "binary with one threshold": lambda: binary_pair((0.5, 0.5), samples=9),
    "binary beside two classes": lambda: (
        (pair := classifier_pair(samples=9, classes=2))[0],
        replace(pair[1], weights=binary_pair()[0].weights),
    ),
    "equal": lambda: (probe_pair()[0],) * 2,
    "equal classifiers": lambda: (classifier_pair(samples=1)[0],) * 2,
}


def verified(folder, files, a, b):
    write(folder, files)
    return verify(folder / ROOT, to_be_stored(a), to_be_stored(b))


@pytest.mark.parametrize("pair", PAIRS)
def test_what_is_written_is_read_back_and_agrees_with_both(tmp_path, pair):
    a, b = PAIRS[pair]()
    outcome = verified(tmp_path, rendered_pair(a, b), a, b)
    assert (outcome.differences, outcome.compared > 0) == ((), True)


@st.composite
def any_pairs(draw):
    """Two probes of any numbers."""
    samples, dim, concepts = draw(st.tuples(*[st.integers(1, 3)] * 3))
    a = make_artifact(samples, dim, concepts, latents=draw(number_arrays(samples, dim)))
    return tuple(replace(a, weights=draw(number_arrays(dim + 1, concepts))) for _ in range(2))


@settings(unhurried, max_examples=25)
@given(any_pairs())
def test_comparisons_of_any_numbers_are_read_back(tmp_path, pair):
    outcome = verified(tmp_path, rendered_pair(*pair), *pair)
    assert outcome.differences == ()


@pytest.mark.parametrize("part", ["train", "held-out"])
@pytest.mark.parametrize("pair", ["probes", "classifiers"])
def test_a_comparison_can_be_of_a_part(tmp_path, pair, part):
    a, b = PAIRS[pair]()
    files = rendered_pair(a, b, coverage=Coverage(part))
    assert f"--over {part} --out" in files[ROOT]
    assert verified(tmp_path, files, a, b).ok


def test_epsilon_is_that_of_fractions():
    a, b = probe_pair(samples=9)
    for column, claim in enumerate(pair_certificate(paired(a, b)).functionals):
        differences = [
            abs(
                sum(
                    (Fraction(float(z)) * (Fraction(float(w)) - Fraction(float(v))))
                    for z, w, v in zip([*row, 1.0], a.weights[:, column], b.weights[:, column], strict=True)
                )
            )
            for row in a.latents
        ]
        assert claim.difference.epsilon == max(differences)
        assert claim.difference.worst_sample == differences.index(max(differences))


def test_many_blocks_are_in_ranges_and_shards(tmp_path, monkeypatch):
    monkeypatch.setattr("bridge.export.packing.BLOCK_COLUMN_BITS", 200)
    small_ranges(monkeypatch, 1)
    small_shards(monkeypatch, 4)
    for a, b in (probe_pair(samples=30), classifier_pair(samples=30)):
        files = rendered_pair(a, b)
        assert "_2 rfl rfl" in files[ROOT]
        assert "Comparison/Samples/Shard2.lean" in files
        assert verified(tmp_path, files, a, b).ok
        for pattern in (
            r"(checked0?_2 : [^\[]*\[\n    \(.attains \d+, )(\d+)",
            r"(decidedA_2 : [^\[]*\[[^\[]*\] \d+ \d+ \[\n    \[)(\d+)",
        ):
            if re.search(pattern, files[ROOT]):
                assert not verified(tmp_path, with_one_more(files, ROOT, pattern), a, b).ok


# What Lean gets in ranges of blocks too.
IN_RANGES = ("probes", "binary")

DEFINITIONS = {"classNames", "matrix", *(f"{name}{of}" for name in ("classifier", "decision") for of in "AB")}

# Of a pair, each pattern and what takes the place of what it finds.
MUTANTS = {
    "probes": {
        "ε too small": (r"def ε : Rat := (\d+)", lambda m: f"def ε : Rat := {int(m[1]) - 1}"),
        "ε as an integer too small": (r"(  sup := )([1-9]\d*)", lambda m: f"{m[1]}{int(m[2]) - 1}"),
        "another sample attains": (r"\.attains (\d+), 1", lambda m: f".attains {int(m[1]) ^ 1}, 1"),
        "a weight of A": (r"(functionalA [^#]*#v\[\s*-?)(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1}"),
        "a weight of B": (r"(functionalB [^#]*#v\[\s*-?)(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1}"),
        "a packed weight": (
            r"(integersDifference [^@]*nat_lit 0x[0-9a-f]*)([0-9a-f])",
            lambda m: f"{m[1]}{int(m[2], 16) ^ 1:x}",
        ),
    },
    "classifiers": {
        "a flip moved": (
            r"(def matrix [^=]*= \[\n    \[)(\d+), (\d+)",
            lambda m: f"{m[1]}{int(m[2]) + 1}, {int(m[3]) - 1}",
        ),
        "a decision of B in another class": (
            r"(theorem decidedB [\s\S]*?\n    \[)(\d+), 0",
            lambda m: f"{m[1]}{int(m[2]) - 1}, 1",
        ),
        "how many differ": (r"(correct matrix = )(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1}"),
        "ε of a class too small": (r"def ε1 : Rat := (\d+)", lambda m: f"def ε1 : Rat := {int(m[1]) - 1}"),
        "a bias of B": (r"(def functionalB2 [\s\S]*?  b := -?)(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1}"),
    },
}


def mutants(pair):
    a, b = PAIRS[pair]()
    files = rendered_pair(a, b)
    return {name: replaced(files, ROOT, *change) for name, change in MUTANTS[pair].items()}


def altered_decision(files):
    """The decisions of B with another one for the first sample."""
    pattern = r"(\.one\n      ⟨)(nat_lit 0x[0-9a-f]+)((?:, nat_lit 0x[0-9a-f]+){3}⟩,\n    \.one\n      ⟨[^⟩]*⟩\n  \])"
    change = lambda m: f"{m[1]}nat_lit 0x{int(m[2].split('0x')[1], 16) ^ 1:x}{m[3]}"  # noqa: E731
    return replaced(files, "Comparison/Samples.lean", pattern, change)


@pytest.mark.parametrize(("pair", "name"), [(pair, name) for pair, names in MUTANTS.items() for name in names])
def test_every_change_is_found(tmp_path, pair, name):
    assert not verified(tmp_path, mutants(pair)[name], *PAIRS[pair]()).ok


def test_an_altered_decision_of_b_is_found(tmp_path):
    a, b = PAIRS["classifiers"]()
    outcome = verified(tmp_path, altered_decision(rendered_pair(a, b)), a, b)
    assert [difference.what for difference in outcome.differences] == ["decisions of B[0, 0]"]


@pytest.mark.parametrize("pair", ["probes", "binary with one threshold"])
def test_the_two_cannot_be_swapped(tmp_path, pair):
    a, b = PAIRS[pair]()
    outcome = verified(tmp_path, rendered_pair(a, b), b, a)
    assert {"the SHA-256 of A", "the SHA-256 of B"} <= {difference.what for difference in outcome.differences}


def test_a_comparison_is_not_that_of_other_artifacts(tmp_path):
    probes, classifiers, binary = (PAIRS[name]() for name in ("probes", "classifiers", "binary"))
    several = (replace(binary[0], weights=classifier_pair(samples=30, classes=2)[0].weights),) * 2
    for made_from, compared, what in (
        (probes, classifiers, "what is compared"),
        (classifiers, probes, "what is compared"),
        (classifiers, binary, "class names"),
        (binary, several, "class 'class 0': what A decides by"),
        (binary, PAIRS["binary with one threshold"](), "class 'class 0': the difference"),
    ):
        outcome = verified(tmp_path, rendered_pair(*made_from), *compared)
        assert what in {difference.what for difference in outcome.differences}


def test_a_comparison_needs_two_artifacts_and_another_export_one(tmp_path):
    a, b = PAIRS["probes"]()
    write(tmp_path, rendered_pair(a, b))
    (difference,) = verify(tmp_path / ROOT, to_be_stored(a)).differences
    assert (difference.found, difference.required) == ("a comparison", "one artifact")


def test_another_part_and_a_missing_row_are_found(tmp_path):
    a, b = PAIRS["classifiers"]()
    files = rendered_pair(a, b)
    elsewhere = {path: text.replace("--over all", "--over calibration") for path, text in files.items()}
    assert [each.what for each in verified(tmp_path, elsewhere, a, b).differences] == ["the listed part"]
    short = replaced(files, ROOT, r"(def matrix [^=]*= \[)\n    \[[^\]]*\],", r"\1")
    assert [each.what for each in verified(tmp_path, short, a, b).differences] == ["matrix"]


@pytest.mark.parametrize("pair", ["probes", "classifiers", "binary"])
def test_lean_must_have_declared_every_theorem(tmp_path, monkeypatch, pair):
    monkeypatch.setattr("bridge.export.packing.BLOCK_COLUMN_BITS", 200)
    small_ranges(monkeypatch, 1)
    files = rendered_pair(*PAIRS[pair]())
    write(tmp_path, files)
    theorems = re.findall(r"^theorem (\S+)", files[ROOT], re.MULTILINE)
    required = [name for each in read_pair_export(tmp_path / ROOT).comparisons for name in each.names()]
    assert sorted(theorems) == sorted(name for name in required if name not in DEFINITIONS)


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"Compared with: .*\n", ""),
        (r"bridge compare", "bridge export"),
        (r"rfl⟩", "rfl⟩\naxiom bad : False"),
        (r'    "class 0",\n    "class 1",\n    "class 2"', '    "class 0"'),
    ],
)
def test_a_text_that_no_comparison_has_is_refused(tmp_path, pattern, replacement):
    a, b = PAIRS["classifiers"]()
    outcome = verified(tmp_path, replaced(rendered_pair(a, b), ROOT, pattern, replacement), a, b)
    assert [difference.what for difference in outcome.differences] == ["the text"]


def as_one_file(exports):
    """The declarations of several comparisons, and the lines that each has."""
    text, lines = _HEADER, {}
    for name, files in exports.items():
        start = text.count("\n") + 1
        root, *samples = files.values()
        for part in (*samples, root):
            text += part.split(_SECTION, 1)[1]
        lines[name] = range(start, text.count("\n") + 1)
    return text, lines


@pytest.fixture(scope="module")
def rejected(tmp_path_factory, lean_pool):
    """Which of the comparisons, whole and changed, Lean rejects."""
    exports = {}
    for pair, make in PAIRS.items():
        exports[pair] = rendered_pair(*make(), namespace=f"Whole{len(exports)}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bridge.export.packing.BLOCK_COLUMN_BITS", 400)
        small_ranges(patch, 1)
        for name in IN_RANGES:
            exports[f"{name} in ranges"] = rendered_pair(*PAIRS[name](), namespace=f"Whole{len(exports)}")
    for pair in MUTANTS:
        for name, files in mutants(pair).items():
            namespace = f"Mutant{len(exports)}"
            exports[name] = {path: text.replace("Comparison.", f"{namespace}.") for path, text in files.items()}
            for path, text in exports[name].items():
                text = text.replace("namespace Comparison\n", f"namespace {namespace}\n")
                text = text.replace("end Comparison\n", f"end {namespace}\n")
                exports[name][path] = text.replace(f"Bridge.Claims.{namespace}", "Bridge.Claims.Comparison")
    text, lines = as_one_file(exports)
    root = tmp_path_factory.mktemp("lean") / "Pairs.lean"
    root.write_text(text, encoding="utf-8")
    messages = judged(root, lean_pool)["Pairs"].messages
    return {name for name, span in lines.items() for message in messages if message.line in span}


@pytest.mark.lean
@pytest.mark.parametrize("pair", [*PAIRS, *(f"{name} in ranges" for name in IN_RANGES)])
def test_lean_accepts_every_comparison(rejected, pair):
    assert pair not in rejected


@pytest.mark.lean
@pytest.mark.parametrize("name", [name for names in MUTANTS.values() for name in names])
def test_lean_rejects_every_change(rejected, name):
    assert name in rejected
