"""The rendered text: the same everywhere, safe from the names it carries, and saying what it is about."""

import dataclasses
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.artifact.coverage import Coverage
from bridge.artifact.record import ConceptMetrics
from bridge.base.errors import InputError
from bridge.base.resources import templates_folder
from bridge.check.verify import verify
from bridge.exact.text import decimal
from bridge.export import lean_text
from bridge.export.pages import FORMAT_VERSION
from bridge.export.render import render
from bridge.export.templating import template_environment, template_errors
from support.artifacts import METRICS, PROVENANCE, make_artifact, stored
from support.exports import certified, rendered, small_shards
from support.lean_files import code, write
from support.strategies import hostile_texts, unhurried

TEMPLATES = ["Concept.lean.jinja", "Generated.lean.jinja", "Shard.lean.jinja", "Samples.lean.jinja", "_banner.jinja"]


def render_with(templates, folder, artifact=None):
    artifact = artifact or make_artifact()
    return render(stored(folder, artifact), certified(artifact), namespace="Generated", templates=templates)


def changed_templates(folder, name, change):
    """A copy of the templates with one of them changed; `change` is given its path."""
    templates = folder / "templates"
    shutil.copytree(templates_folder(), templates)
    change(templates / name)
    return templates


def append(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def refusal_of(templates, folder):
    with pytest.raises(InputError) as caught:
        render_with(templates, folder)
    return str(caught.value)


def one_line(text):
    """A text with its line breaks undone, so that a phrase is found however it is broken."""
    return " ".join(text.split())


def concept_text(folder, artifact=None, coverage=Coverage.ALL):
    """The text of the first concept."""
    return list(rendered(folder, artifact or make_artifact(), coverage=coverage).values())[2]


def test_the_text_is_the_same_in_every_process(tmp_path):
    artifact = make_artifact(concepts=6, concept_names=("size", "Size", "δ", "a b", "thick", "end"))
    script = f"""
import hashlib, sys
from pathlib import Path
from bridge.artifact.file import load_artifact
from bridge.export.certificate import build_certificate
from bridge.export.render import render
from bridge.base.resources import templates_folder
stored = load_artifact(Path({str(tmp_path)!r}) / "probe.safetensors")
files = render(stored, build_certificate(stored.artifact), namespace="Generated", templates=templates_folder())
print(hashlib.sha256(repr(list(files.items())).encode()).hexdigest())
"""
    ours = hashlib.sha256(repr(list(rendered(tmp_path, artifact).items())).encode()).hexdigest()
    for seed in ("0", "1", "2"):
        # A bare environment, too: nothing of the user's goes into the text.
        result = subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            cwd="/",
            capture_output=True,
            text=True,
            check=True,
        )
        assert result.stdout.strip() == ours


def test_the_place_of_the_templates_and_of_the_artifact_is_not_in_the_text(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ours = rendered(tmp_path, make_artifact())
    assert render_with(changed_templates(tmp_path, TEMPLATES[0], Path.touch), elsewhere) == ours
    for text in ours.values():
        assert not re.search(r"/tmp|/home|/work|probe\.safetensors", text)


def test_the_text_has_no_date_and_no_time(tmp_path):
    for text in rendered(tmp_path, make_artifact()).values():
        assert not re.search(r"\d{4}-\d\d-\d\d|\d\d:\d\d", text)


def test_the_files_are_the_root_the_samples_and_one_for_each_concept(tmp_path):
    names = ("size", "stroke width", "Size", "thick", "δ")
    assert list(rendered(tmp_path, make_artifact(concepts=5, concept_names=names), "Probes")) == [
        "Probes.lean",
        "Probes/Samples.lean",
        "Probes/Concept0.lean",
        "Probes/Concept1.lean",
        "Probes/Concept2.lean",
        "Probes/Thick.lean",
        "Probes/Concept4.lean",
    ]


PARTS = ["Probes/Samples/Shard1.lean", "Probes/Samples/Shard2.lean", "Probes/Samples/Shard3.lean"]


def columns_in(text):
    """The columns in a file, each a list of literals."""
    return [column.split(", ") for column in re.findall(r"^ {6}⟨(.*)⟩,?$", text, re.MULTILINE)]


def test_a_large_export_has_its_columns_in_parts_that_come_before_the_samples(tmp_path, monkeypatch):
    artifact = make_artifact(concept_names=("size", "thick"))
    small_shards(monkeypatch, 2)
    assert list(rendered(tmp_path, artifact, "Probes")) == [
        "Probes.lean",
        *PARTS,
        "Probes/Samples.lean",
        "Probes/Size.lean",
        "Probes/Thick.lean",
    ]


def test_the_parts_have_the_columns_of_the_whole_in_their_order(tmp_path, monkeypatch):
    whole = columns_in(rendered(tmp_path, make_artifact(), "Probes")["Probes/Samples.lean"])
    small_shards(monkeypatch, 2)
    files = rendered(tmp_path, make_artifact(), "Probes")
    assert [len(columns_in(files[part])) for part in PARTS] == [2, 2, 1]
    assert [column for part in PARTS for column in columns_in(files[part])] == whole
    assert whole == [
        [f"nat_lit 0x{literal:x}" for literal in column] for column in certified(make_artifact()).samples.columns
    ]


def test_a_group_is_a_constructor_with_a_column_a_line(tmp_path):
    text = rendered(tmp_path, make_artifact(3, 9, 1))["Generated/Samples.lean"]
    columns = [f"      {lean_text.packed(column)}" for column in certified(make_artifact(3, 9, 1)).samples.columns]
    eight, latent, score = "\n".join(columns[:8]), columns[8], columns[9]
    groups = f"    .eight\n{eight},\n    .one\n{latent},\n    .one\n{score}\n"
    assert f"  groups := [\n{groups}  ]\n\nend Generated\n" in text


def test_the_samples_import_and_append_all_parts_and_nothing_else_is_changed(tmp_path, monkeypatch):
    whole = rendered(tmp_path, make_artifact(), "Probes")
    small_shards(monkeypatch, 2)
    divided = rendered(tmp_path, make_artifact(), "Probes")
    text = divided.pop("Probes/Samples.lean")
    imports = [f"public import Probes.Samples.Shard{number}\n" for number in (1, 2, 3)]
    assert f"public import Bridge.Packing.Samples\n{''.join(imports)}\n" in text
    assert "  groups := Bridge.joined [\n    shard1,\n    shard2,\n    shard3\n  ]\n\nend Probes\n" in text
    columns = re.compile(r"  groups :=.*\n\n", re.DOTALL)
    undivided = columns.sub("", whole.pop("Probes/Samples.lean"))
    assert columns.sub("", text.replace("".join(imports), "")) == undivided
    assert {name: text for name, text in divided.items() if name not in PARTS} == whole


def test_a_part_says_which_columns_it_has(tmp_path, monkeypatch):
    small_shards(monkeypatch, 2)
    text = rendered(tmp_path, make_artifact(), "Probes")[PARTS[1]]
    assert "# The samples, shard 2 of 3\n\nColumns 2 to 3 of the 5 of `Probes.samples`, counted from 0.\n" in text
    assert (
        "/-- Columns 2 to 3 of `Probes.samples`. -/\nnoncomputable def shard2 : List Bridge.ColumnGroup := [\n" in text
    )


def test_a_part_that_begins_with_a_group_of_eight_counts_its_columns_too(tmp_path, monkeypatch):
    small_shards(monkeypatch, 9)
    files = rendered(tmp_path, make_artifact(3, 17, 2), "Probes")
    said = [re.search(r"Columns (\d+) to (\d+) of the 19 of", files[part]).groups() for part in PARTS]
    assert said == [("0", "7"), ("8", "15"), ("16", "18")]


def test_a_part_imports_what_a_group_is_and_nothing_else(tmp_path, monkeypatch):
    small_shards(monkeypatch, 2)
    words = code(rendered(tmp_path, make_artifact(), "Probes")[PARTS[0]])
    assert [words[place + 1] for place, word in enumerate(words) if word == "import"] == ["Bridge.Packing.Samples"]


@pytest.mark.parametrize("names", [("shard1", "Shard1"), ("shard1", "samples_part1"), ("Shard2", "Samples")], ids=str)
def test_a_concept_can_be_called_as_a_part_is(tmp_path, monkeypatch, names):
    small_shards(monkeypatch, 3)
    artifact = make_artifact(concept_names=names)
    files = rendered(tmp_path, artifact)
    assert len({name.casefold() for name in files}) == 1 + 2 + 1 + 2
    text = "\n".join(files.values())
    assert all(f"namespace Generated.{name}\n" in text for name in names)
    assert verify(write(tmp_path, files), stored(tmp_path, artifact)).differences == ()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_missing_template_is_refused(tmp_path, name):
    templates = changed_templates(tmp_path, name, Path.unlink)
    message = (
        f"template {name} is not in {templates}; an export needs Generated.lean.jinja, Samples.lean.jinja, "
        "Shard.lean.jinja, Concept.lean.jinja, Integers.lean.jinja, Range.lean.jinja, _banner.jinja, _samples.jinja "
        "and the folders claims and pixels; copy the missing one from the package's templates"
    )
    assert refusal_of(templates, tmp_path) == message


@pytest.mark.parametrize("name", TEMPLATES[:4])
@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("export.sample", "'bridge.export.render.ExportPages object' has no attribute 'sample'"),
        ("export.samples.sizes", "'bridge.export.packing.PackedSamples object' has no attribute 'sizes'"),
        ("concepts", "'concepts' is undefined"),
    ],
)
def test_a_template_that_names_what_there_is_not_is_refused_by_its_line(tmp_path, monkeypatch, name, expression, wrong):
    small_shards(monkeypatch, 3)
    templates = changed_templates(tmp_path, name, lambda path: append(path, f"{{{{ {expression} }}}}\n"))
    line = (templates_folder() / name).read_text(encoding="utf-8").count("\n") + 1
    assert refusal_of(templates, tmp_path) == (
        f"{templates / name}:{line}: {wrong}; only what a template is given is there; correct it"
    )


def test_the_line_of_an_included_template_is_named_if_it_is_there(tmp_path):
    def misspell(path):
        path.write_text(path.read_text(encoding="utf-8").replace("export.command", "export.comand"), encoding="utf-8")

    templates = changed_templates(tmp_path, "_banner.jinja", misspell)
    assert refusal_of(templates, tmp_path).startswith(f"{templates / '_banner.jinja'}:7: ")


def test_a_template_that_changes_between_two_exports_is_read_anew_however_soon(tmp_path):
    path = tmp_path / "templates" / "_banner.jinja"

    def replace(old, new):
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    templates = changed_templates(tmp_path, path.name, lambda _: replace("Made by", "Begun by"))
    before, times = render_with(templates, tmp_path), (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    replace("Begun by", "Ended by")
    os.utime(path, ns=times)
    assert all("Begun by" in text for text in before.values())
    assert render_with(templates, tmp_path) == {
        name: text.replace("Begun by", "Ended by") for name, text in before.items()
    }


def test_what_is_filled_in_is_made_safe_for_html_and_only_there(tmp_path):
    (tmp_path / "name.jinja").write_text("{{ name }}")

    def filled_in(for_html):
        return template_environment(tmp_path, for_html=for_html).get_template("name.jinja").render(name="<b>")

    assert [filled_in(False), filled_in(True), filled_in(False)] == ["<b>", "&lt;b&gt;", "<b>"]


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{{ export", "unexpected end of template, expected 'end of print statement'"),
        ("{{ export.namespace | roman }}", "No filter named 'roman'"),
        ("{% endfor %}", "Encountered unknown tag 'endfor'"),
    ],
)
def test_a_template_with_a_syntax_error_is_refused_by_its_line(tmp_path, name, text, wrong):
    templates = changed_templates(tmp_path, name, lambda path: append(path, text))
    line = (templates_folder() / name).read_text(encoding="utf-8").count("\n") + 1
    assert refusal_of(templates, tmp_path) == (
        f"{templates / name}:{line}: {wrong}; a Jinja template is required; correct it, or copy it anew from the "
        "package's templates"
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_that_is_no_text_is_refused(tmp_path, name):
    templates = changed_templates(tmp_path, name, lambda path: path.write_bytes(b"\xff"))
    assert refusal_of(templates, tmp_path) == (
        f"a template in {templates} is not UTF-8 text (invalid start byte); text is required; copy it anew from the "
        "package's templates"
    )


@pytest.mark.parametrize("name", ["none", "probe.safetensors"])
def test_templates_that_are_in_no_folder_are_refused(tmp_path, name):
    assert refusal_of(tmp_path / name, tmp_path) == (
        f"{tmp_path / name} is not a folder; a folder of templates is required; copy it anew from the package's "
        "templates"
    )


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("cycler.__init__.__globals__.os.getcwd()", "access to attribute '__init__' of 'type' object is unsafe"),
        ("export.__class__.__mro__", "access to attribute '__class__' of 'ExportPages' object is unsafe"),
        ("{}.update(a=1)", "access to attribute 'update' of 'dict' object is unsafe"),
        ("1 / 0", "division by zero"),
        ("export.namespace + 1", 'can only concatenate str (not "int") to str'),
        ("range(1000000)", "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000)"),
    ],
)
def test_a_template_gets_at_nothing_but_what_it_is_given(tmp_path, expression, wrong):
    templates = changed_templates(tmp_path, TEMPLATES[0], lambda path: append(path, f"{{{{ {expression} }}}}\n"))
    line = (templates_folder() / TEMPLATES[0]).read_text(encoding="utf-8").count("\n") + 1
    assert refusal_of(templates, tmp_path) == (
        f"{templates / TEMPLATES[0]}:{line}: {wrong}; only what a template is given is there; correct it"
    )


def test_an_error_that_is_in_no_template_is_not_called_one(tmp_path):
    with pytest.raises(ValueError, match=r"^ours$"), template_errors(tmp_path, "needed"):
        raise ValueError("ours")


@pytest.mark.parametrize("coverage", list(Coverage))
def test_the_banner_names_command_template_format_and_artifact(tmp_path, monkeypatch, coverage):
    artifact = make_artifact(is_calibration=np.arange(5) == 3)
    templates = ["Generated", "Shard", "Shard", "Samples", "Concept", "Concept"]
    small_shards(monkeypatch, 3)
    files = rendered(tmp_path, artifact, "Probes", coverage)
    for text, template in zip(files.values(), templates, strict=True):
        assert text.startswith(
            "/-\n"
            "Copyright (c) 2026 The lean-bridge authors. All rights reserved.\n"
            "Released under Apache 2.0 license as described in the file LICENSE.\n"
            "\n"
            f"Made by `python -m bridge export --over {coverage} --out Probes.lean`, do not edit.\n"
            f"Template: {template}.lean.jinja, format {FORMAT_VERSION}.\n"
            f"Artifact: SHA-256 {stored(tmp_path, artifact).sha256}.\n"
            "-/\n"
            "module\n"
        )


@pytest.mark.parametrize(
    ("coverage", "calibration", "size", "part"),
    [
        (Coverage.ALL, 0, 5, "3 of the training part and 2 held out"),
        (Coverage.TRAIN, 0, 3, "the 3 of the training part"),
        (Coverage.HELD_OUT, 0, 2, "the 2 held out"),
        (Coverage.ALL, 1, 5, "3 of the training part, 1 of the calibration part and 1 held out"),
        (Coverage.ALL, 2, 5, "3 of the training part and 2 of the calibration part"),
        (Coverage.CALIBRATION, 2, 2, "the 2 of the calibration part"),
    ],
)
def test_every_file_says_how_many_samples_of_which_part_it_is_about(tmp_path, coverage, calibration, size, part):
    outside = np.cumsum(np.arange(5) % 3 == 0) * (np.arange(5) % 3 == 0)
    artifact = make_artifact(is_calibration=(outside >= 1) & (outside <= calibration))
    texts = [one_line(text) for text in rendered(tmp_path, artifact, coverage=coverage).values()]
    assert f"over {size} samples ({part}) the score is within `spec.δ` of `probe`" in texts[0]
    assert f"{size} samples of the data set `digits` ({part}), in the order of the artifact" in texts[1]
    for text in texts[2:]:
        assert f"its sup error over {size} samples: {part}." in text
        assert (
            f"This covers the {size} samples in `Generated.samples` ({part}) and says nothing about any other" in text
        )


def test_a_concept_has_its_name_unit_shape_and_fit_in_its_heading(tmp_path):
    artifact = make_artifact(5, 3, concept_names=("size", "slant"), concept_units=("pixels", "radians"))
    texts = [one_line(text) for text in list(rendered(tmp_path, artifact).values())[2:]]
    for text, concept in zip(texts, ("`size` (pixels)", "`slant` (radians)"), strict=True):
        assert f"The linear probe of the concept {concept} on the 3 latent coordinates of the data set `digits`" in text
        assert "Fitted by ridge regression (λ = 0.001, bias regularised) on the training part." in text
    assert "The sup error, in radians: about" in texts[1]


def test_r2_is_given_and_said_to_be_informative_only(tmp_path):
    assert (
        "For information only, as the artifact records it, rounded and not proved here: "
        "R² = 0.9000 (training part), 0.8000 (held out), 0.8500 (all)." in one_line(concept_text(tmp_path))
    )


def test_an_undefined_r2_is_said_to_be_undefined(tmp_path):
    metrics = ConceptMetrics(None, None, None, None, 1.5, None, None, 1.5)
    files = rendered(tmp_path, make_artifact(concepts=1, metrics=(metrics,)))
    text = one_line(list(files.values())[2])
    assert "R² = undefined (training part), undefined (held out), undefined (all)." in text
    assert re.search(r"\| `concept 0` \(pixels\) \| [0-9.]+ \| undefined \|", files["Generated.lean"])


def test_the_numbers_are_shown_as_decimals_beside_the_exact_ones(tmp_path):
    artifact = make_artifact()
    claim = certified(artifact).concepts[0]
    text = concept_text(tmp_path, artifact)
    for weight in claim.weights:
        assert re.search(rf"^    -?\d+ / \d+,?  -- about {re.escape(decimal(weight))}$", text, re.MULTILINE)
    assert f"  -- about {decimal(claim.bias)}\n  b := " in text
    assert f"/-- The sup error, in pixels: about {decimal(claim.delta)}. -/\n@[irreducible] def δ : Rat := " in text


def wide_artifact(dim):
    """One concept with weights of many sizes, zero among them."""
    weights = np.ldexp(make_artifact(1, dim, 1).weights, np.arange(dim + 1)[:, None] % 90 - 40)
    weights[3] = 0
    return make_artifact(2, dim, 1, weights=weights)


def test_up_to_32_weights_are_fractions(tmp_path):
    text = concept_text(tmp_path, wide_artifact(32))
    assert "  w := #v[\n" in text
    assert "weightVector" not in text


def test_more_weights_are_among_the_integers_alone(tmp_path):
    text = concept_text(tmp_path, wide_artifact(33))
    assert "  w := integers.weightVector 33\n  -- about " in text
    assert "Entry `j` of `w` is numerator `j` of `integers` over its denominator. -/\ndef functional" in text
    assert ".ofVector rfl (by decide +kernel)" in text


@pytest.mark.parametrize("dim", [3, 33, 500])
def test_the_integers_are_those_of_the_certificate(tmp_path, dim):
    integers = certified(wide_artifact(dim)).concepts[0].integers
    text = concept_text(tmp_path, wide_artifact(dim))
    start, end = text.index("def integers : Bridge.IntegerProbe where\n"), text.index("def functional")
    _, *fields = text[start:end].split(" := ")
    literals = re.findall(r"nat_lit (0x[0-9a-f]+)", fields[4])
    assert [int(literal, 16) for literal in literals] == list(integers.weights)
    values = [re.split(r"\n", field)[0].strip() for field in fields]
    assert values[:4] == [
        f"2 ^ {integers.denominator.bit_length() - 1}",
        *map(str, (integers.magnitude_bits, integers.weight_bits, integers.literal_bits)),
    ]
    sign = "minus" if integers.bias < 0 else "plus"
    assert values[5:] == [
        f"Bridge.{sign} {abs(integers.bias)}",
        *map(str, (integers.sup, integers.score_low, integers.score_span)),
    ]


def test_the_samples_name_the_data_set_its_digest_and_the_order_of_the_scores(tmp_path):
    text = one_line(rendered(tmp_path, make_artifact(concept_names=("size", "a b")))["Generated/Samples.lean"])
    assert f"The data set's SHA-256 is {PROVENANCE.dataset_sha256}." in text
    assert "The scores are, in this order: `size`, `a b`. -/" in text
    assert "artifact: 3 latent coordinates and 2 scores each." in text


def test_the_root_file_has_a_table_of_the_concepts(tmp_path):
    artifact = make_artifact(concept_names=("size", "slant"), concept_units=("pixels", "radians"))
    first, second = (decimal(claim.delta) for claim in certified(artifact).concepts)
    assert (
        "| concept | δ, about | R², held out |\n"
        "|---|---|---|\n"
        f"| `size` (pixels) | {first} | 0.8000 |\n"
        f"| `slant` (radians) | {second} | 0.8000 |\n"
        "-/\n" in rendered(tmp_path, artifact)["Generated.lean"]
    )


@pytest.mark.parametrize("unit", ["", " ", "\n"])
def test_a_concept_without_a_unit_is_in_units_of_its_score(tmp_path, unit):
    text = one_line(concept_text(tmp_path, make_artifact(concept_units=(unit, "pixels"))))
    assert "The linear probe of the concept `concept 0` (units of the score) on" in text
    assert "The sup error, in units of the score: about" in text


@pytest.mark.parametrize(
    ("size", "phrases"),
    [
        ({"samples": 1}, ["over 1 sample (", "over 1 sample:", "1 sample of the data set", "covers the 1 sample in"]),
        ({"dim": 1}, ["on the 1 latent coordinate of the", "artifact: 1 latent coordinate and 2 scores each"]),
        ({"concepts": 1}, ["Probes of 1 concept ", "3 latent coordinates and 1 score each"]),
        ({"concepts": 50}, ["Probes of 50 concepts ", "and 50 scores each"]),
        ({"samples": 1, "dim": 1, "concepts": 1}, ["Probes of 1 concept ", "1 latent coordinate and 1 score each"]),
        ({"samples": 40, "dim": 30, "dtype": np.float64}, ["over 40 samples (", "on the 30 latent coordinates of"]),
    ],
    ids=str,
)
def test_every_size_is_written_in_plain_english_and_reads_back(tmp_path, size, phrases):
    artifact = make_artifact(**size)
    files = rendered(tmp_path, artifact)
    text = one_line("\n".join(files.values()))
    assert all(phrase in text for phrase in phrases)
    assert not re.search(r"\b1 (samples|concepts|scores|latent coordinates)\b", text)
    assert not re.search(r"\b(?!1\b)[0-9]+ (sample|concept|score|latent coordinate)\b", text)
    assert verify(write(tmp_path, files), stored(tmp_path, artifact)).differences == ()


@pytest.mark.parametrize("size", [{"samples": 200, "concepts": 3}, {"dim": 200}], ids=str)
@pytest.mark.parametrize("columns", [3, 1000])
def test_the_text_is_tidy(tmp_path, monkeypatch, size, columns):
    small_shards(monkeypatch, columns)
    for text in rendered(tmp_path, make_artifact(**size)).values():
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "\n\n\n" not in text
        assert "\t" not in text
        assert not re.search(r" $", text, re.MULTILINE)


@pytest.fixture(scope="module")
def plain_code(tmp_path_factory):
    """What Lean reads of each file of an export of one concept `x`."""
    files = rendered(tmp_path_factory.mktemp("plain"), make_artifact(1, 1, 1, concept_names=("x",)))
    return [code(text) for text in files.values()]


# A file holds no half of a surrogate pair, so that an artifact with one is never read.
storable_texts = hostile_texts.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))


@unhurried
@given(unit=storable_texts, dataset=storable_texts, digest=storable_texts)
def test_no_unit_and_no_data_set_can_change_what_lean_reads(tmp_path, plain_code, unit, dataset, digest):
    provenance = dataclasses.replace(PROVENANCE, dataset=dataset, dataset_sha256=digest)
    hostile = rendered(
        tmp_path, make_artifact(1, 1, 1, concept_names=("x",), concept_units=(unit,), provenance=provenance)
    )
    assert [code(text) for text in hostile.values()] == plain_code
    for text in hostile.values():
        text.encode()


@unhurried
@given(name=hostile_texts)
def test_a_name_is_refused_or_changes_nothing_that_lean_reads_but_the_namespace(tmp_path, plain_code, name):
    if not name or name == "x":
        return
    try:
        hostile = concept_text(tmp_path, make_artifact(1, 1, 1, concept_names=(name,)))
    except InputError as error:
        assert str(error).startswith(f"concept name {name!r}")
        return
    namespaces = {f"Generated.{name}", f"Generated.«{name}»"}
    assert ["Generated.x" if token in namespaces else token for token in code(hostile)] == plain_code[2]


@pytest.mark.parametrize("name", ["a\nb", "«", "Bridge", "samples", "functional", "\u202e"])
def test_a_name_that_lean_cannot_hold_is_refused(tmp_path, name):
    with pytest.raises(InputError, match=r"^concept name "):
        rendered(tmp_path, make_artifact(concept_names=("size", name)))


@given(st.sampled_from(["size", "δ", "a/-", "end"]), st.sampled_from(["Generated", "Probes", "A1_"]))
@unhurried
def test_the_namespace_is_that_of_the_root_file(tmp_path, name, namespace):
    artifact = make_artifact(concepts=1, concept_names=(name,), metrics=(METRICS,))
    files = rendered(tmp_path, artifact, namespace)
    assert all(path.split("/")[0] in (namespace, f"{namespace}.lean") for path in files)
    opened = [token for token in code("\n".join(files.values())) if token.startswith(f"{namespace}.")]
    assert opened.count(f"{namespace}.{name}") + opened.count(f"{namespace}.«{name}»") == 2 * 2
