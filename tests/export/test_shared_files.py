"""Many concepts share Lean files: each start of Lean is paid once for many, and nothing else is different."""

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.base.resources import templates_folder
from bridge.check.declarations import declaration_at, refused_claim
from bridge.check.readback import read_export
from bridge.check.reader import Literal, MismatchError
from bridge.check.verify import verify
from bridge.export.certificate import build_certificate
from bridge.export.layout import OWN_FILES, concept_ranges
from bridge.export.write import export_lean
from support.artifacts import make_artifact, stored
from support.exports import rendered, replaced, shared_files
from support.judging import judged
from support.lean_files import code, write

CERTIFICATE = build_certificate(make_artifact())
SHARED = "Generated/Concepts1.lean"


def files_of(count, dim=16, size=200):
    """The files of so many concepts, for which only the sizes count."""
    return concept_ranges(dataclasses.replace(CERTIFICATE.samples, size=size, latent_dim=dim), count)


def four_concepts(**changed):
    return make_artifact(concepts=4, concept_names=("size", "thick", "a b", "in"), **changed)


@pytest.fixture
def shared(monkeypatch):
    """All concepts share a file, however few they are."""
    shared_files(monkeypatch)


@pytest.mark.parametrize("count", range(1, OWN_FILES + 1))
def test_a_few_concepts_have_a_file_each(count):
    assert files_of(count) == tuple(range(column, column + 1) for column in range(count))


@pytest.mark.parametrize(
    ("count", "dim", "size", "files"),
    [
        (OWN_FILES + 1, 16, 200, 1),
        (55, 16, 200, 5),
        (500, 16, 200, 39),
        (55, 128, 200, 4),
        (55, 64, 10_000, 5),
    ],
)
def test_many_concepts_have_as_many_files_as_their_time_asks_for(count, dim, size, files):
    assert len(files_of(count, dim, size)) == files


@given(st.integers(1, 300), st.integers(1, 5_000), st.integers(1, 100_000))
def test_every_concept_is_in_one_file_in_order_and_files_differ_by_at_most_one(count, dim, size):
    ranges = files_of(count, dim, size)
    assert [concept for concepts in ranges for concept in concepts] == list(range(count))
    assert max(map(len, ranges)) - min(map(len, ranges)) <= 1


def test_a_shared_file_is_named_by_its_number_and_that_of_one_concept_by_the_concept(tmp_path, monkeypatch):
    names = tuple(f"concepts{number}" for number in range(5))
    shared_files(monkeypatch, seconds=3)
    assert list(rendered(tmp_path, make_artifact(concepts=5, concept_names=names)))[2:] == [
        "Generated/Concept0.lean",
        "Generated/Concepts2.lean",
        "Generated/Concepts3.lean",
    ]


def test_a_shared_file_has_word_for_word_what_files_of_their_own_have(tmp_path, monkeypatch):
    artifact = four_concepts()
    options = {"with_r_squared": True}
    own = [code(text) for text in list(rendered(tmp_path, artifact, **options).values())[2:]]
    shared_files(monkeypatch)
    (together,) = list(rendered(tmp_path, artifact, **options).values())[2:]
    start = own[0].index("namespace")
    assert code(together) == own[0][:start] + [token for tokens in own for token in tokens[start:]]


def test_a_shared_file_says_which_concepts_it_has_and_what_each_is(tmp_path, monkeypatch):
    shared_files(monkeypatch)
    text = rendered(tmp_path, four_concepts())[SHARED]
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == [
        "# Concepts 1 to 4 of 4",
        "## Concept `size`",
        "## Concept `thick`",
        "## Concept `a b`",
        "## Concept `in`",
    ]
    assert text.count("The linear probe of the concept") == 4


def values(record):
    """A record read back without the places of its literals."""
    if isinstance(record, Literal):
        return record.value
    if isinstance(record, tuple | list):
        return tuple(map(values, record))
    if isinstance(record, dict):
        return {name: values(found) for name, found in record.items()}
    if dataclasses.is_dataclass(record):
        return {field.name: values(getattr(record, field.name)) for field in dataclasses.fields(record)}
    return record


@pytest.mark.parametrize("options", [{}, {"with_r_squared": True}], ids=str)
def test_shared_files_are_read_back_as_files_of_their_own_are(tmp_path, monkeypatch, options):
    own = read_export(write(tmp_path, rendered(tmp_path, four_concepts(), **options)))
    shared_files(monkeypatch, seconds=4)
    together = read_export(write(tmp_path, rendered(tmp_path, four_concepts(), **options)))
    assert values(together.concepts) == values(own.concepts)
    assert values(together.real_concepts) == values(own.real_concepts)
    assert len(together.artifact_sha256) == 4


@pytest.mark.usefixtures("shared")
def test_verify_agrees_with_shared_files(tmp_path):
    root = write(tmp_path, rendered(tmp_path, four_concepts()))
    assert verify(root, stored(tmp_path, four_concepts())).ok


def differences(tmp_path, files):
    root = write(tmp_path, files)
    return [difference.what for difference in verify(root, stored(tmp_path, four_concepts())).differences]


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", ["size", "thick", "a b", "in"])
def test_verify_names_the_concept_of_a_shared_file_whose_number_was_changed(tmp_path, name):
    opening = rf"namespace Generated\.«?{name}»?\n"
    files = rendered(tmp_path, four_concepts())
    changed = replaced(
        files, SHARED, rf"(?s)({opening}.*?δ : Rat := )(\d+)", lambda match: f"{match[1]}{int(match[2]) + 2}"
    )
    assert differences(tmp_path, changed) == [f"{name}: δ"]


def block(files, name):
    """What a shared file says of a concept."""
    return re.search(rf"(?s)namespace Generated\.{name}\n.*end Generated\.{name}\n", files[SHARED])[0]


@pytest.mark.usefixtures("shared")
def test_verify_sees_that_two_concepts_of_a_file_are_in_the_other_order(tmp_path):
    files = rendered(tmp_path, four_concepts())
    size, thick = block(files, "size"), block(files, "thick")
    text = files[SHARED].replace(size, "?").replace(thick, size).replace("?", thick)
    assert "the concept's name" in differences(tmp_path, {**files, SHARED: text})


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("times", [0, 2])
def test_verify_sees_that_a_concept_of_a_file_is_missing_or_there_twice(tmp_path, times):
    files = rendered(tmp_path, four_concepts())
    thick = block(files, "thick")
    assert "the concepts" in differences(tmp_path, {**files, SHARED: files[SHARED].replace(thick, thick * times)})


@pytest.mark.usefixtures("shared")
def test_a_file_without_a_concept_is_refused(tmp_path):
    root = write(tmp_path, replaced(rendered(tmp_path, four_concepts()), SHARED, r"(?s)(public .* section)\n.*", r"\1"))
    with pytest.raises(MismatchError) as caught:
        read_export(root)
    assert (caught.value.found, caught.value.required) == ("the end of the file", "`namespace`")


@pytest.mark.usefixtures("shared")
def test_nothing_but_concepts_is_in_a_shared_file(tmp_path):
    files = rendered(tmp_path, four_concepts())
    root = write(tmp_path, replaced(files, SHARED, r"(end Generated\.size\n)", r"\1axiom bad : False\n"))
    with pytest.raises(MismatchError) as caught:
        read_export(root)
    assert (caught.value.found, caught.value.required) == ("`axiom`", "`namespace`")


@pytest.mark.usefixtures("shared")
def test_every_claim_of_a_shared_file_has_the_meaning_of_its_own_concept(tmp_path):
    text = rendered(tmp_path, four_concepts())[SHARED]
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if "decide +kernel" in line]
    meanings = [refused_claim(text, declaration_at(text, line), "Tactic `decide` failed") for line in lines]
    found = [re.search(r"concept (\S+|«.*») (?:are|does) not", meaning)[1] for meaning in meanings]
    assert found == ["size"] * 2 + ["thick"] * 2 + ["«a b»"] * 2 + ["«in»"] * 2


def lean_files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.lean"))


def test_the_files_of_an_export_of_more_or_fewer_concepts_go(tmp_path):
    def export(count):
        artifact = stored(tmp_path, make_artifact(concepts=count))
        export_lean(artifact, tmp_path / "Generated.lean", templates=templates_folder())
        return lean_files(tmp_path)[1:]

    assert export(25) == ["Generated/Concepts1.lean", "Generated/Concepts2.lean", "Generated/Samples.lean"]
    assert export(2) == ["Generated/Concept0.lean", "Generated/Concept1.lean", "Generated/Samples.lean"]
    assert export(12) == ["Generated/Concepts1.lean", "Generated/Samples.lean"]


# Names that a namespace in the same file could take from what the declarations of another refer to.
TELLING_NAMES = (
    "δ residual integers faithful checked bound attained residualSumOfSquares totalSumOfSquares determined rSquared "
    "calibrated probe spec column w b i z shard1 Generated Fin Rat Nat List Eq true false decide Concepts1 end _root_"
).split()


@pytest.mark.lean
def test_lean_checks_55_concepts_in_few_files_and_names_the_one_that_is_false(tmp_path, lean_pool):
    names = [*TELLING_NAMES, *(f"concept {number}" for number in range(55 - len(TELLING_NAMES)))]
    artifact = make_artifact(200, 16, 55, concept_names=tuple(names))
    files = rendered(tmp_path, artifact, with_r_squared=True)
    concept_files = [path for path in files if "/Concepts" in path]
    wrong = concept_files[-1]
    false = re.findall(r"(?m)^namespace (Generated\.«concept \d+»)$", files[wrong])[1]
    changed = replaced(files, wrong, rf"(?s)({re.escape(false)}\n.*?δ : Rat := )(\d+)", r"\g<1>1\2")
    # The root file needs Mathlib, which the embedded Lean does not have.
    root = tmp_path / "Root.lean"
    write(tmp_path, changed)
    modules = [path.removesuffix(".lean").replace("/", ".") for path in concept_files]
    root.write_text("\n".join(["module", *(f"public import {module}" for module in modules)]), encoding="utf-8")
    results = judged(root, lean_pool)
    assert 1 < len(concept_files) < 6
    assert {name for name, result in results.items() if not result.accepted} == {modules[-1], "Root"}
    assert [name for name, result in results.items() if result.accepted and "Concepts" in name] == modules[:-1]
    messages = results[modules[-1]].messages
    text = changed[wrong]
    assert {declaration_at(text, message.line).rpartition(".")[0] for message in messages} == {false}
