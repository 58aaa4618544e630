"""Which concepts are scored: the choice as text, the built-in groups, and functions of one's own."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from bridge.base.resume import KeptSteps
from bridge.base.workers import HERE, open_workers
from bridge.sources.concepts.choice import (
    MORPHOLOGY_CONCEPTS,
    SEED_CONCEPTS,
    ConceptGroup,
    _alone,
    _group_scores,
    choose_concepts,
    morphology_scores,
    score_images,
)
from bridge.sources.concepts.seed import CONCEPTS, Concept, concept_scores
from bridge.sources.images import load_images
from support.counted import CountedText
from support.refusals import refusal

CPU = torch.device("cpu")
SEED = ("size", "thick", "slant")
MORPHO = ("area", "length", "thickness", "morpho_slant", "width", "height")
EXISTS = (
    "there are size, thick, slant, area, length, thickness, morpho_slant, width, height, the groups seed, morpho and "
    "all, and functions of your own as MODULE:FUNCTION"
)


@pytest.fixture(scope="module")
def images():
    return load_images("digits", limit=4).images


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module into the current folder and gives its name; it is forgotten after the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)

    def write(code, name="concepts_of_mine"):
        (tmp_path / f"{name}.py").write_text(code)
        return name

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("concepts_of_"):
            del sys.modules[name]


def scored(text, images):
    return score_images(images, choose_concepts(text), CPU)


def names(result):
    return tuple(concept.name for concept in result.concepts)


def returning(expression):
    """A module with a function that returns the value of an expression in the images `x` and in `n`, how many."""
    return f"import math, numpy as np, torch\ndef f(x):\n    n = len(x)\n    return {expression}\n"


# The choice


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("seed", SEED),
        ("morpho", MORPHO),
        ("all", (*SEED, *MORPHO)),
        ("slant", ("slant",)),
        ("width,size,area", ("width", "size", "area")),
        (" thick ,\theight ", ("thick", "height")),
        ("height,seed,area", ("height", *SEED, "area")),
        ("morpho,seed", (*MORPHO, *SEED)),
    ],
)
def test_names_and_groups_are_chosen_in_the_order_of_the_text(text, chosen):
    assert choose_concepts(text) == chosen


@pytest.mark.parametrize("text", ["form", "Size", "seeds", "morpho.slant", "size area"])
def test_an_unknown_concept_is_refused_with_a_list_of_what_there_is(text):
    assert refusal(choose_concepts, f"size,{text}") == f"concept {text!r} is unknown; {EXISTS}; choose of these"


@pytest.mark.parametrize("text", ["", "size,", ",size", "size,,thick"])
def test_a_missing_name_is_refused(text):
    assert refusal(choose_concepts, text) == f"concept '' is unknown; {EXISTS}; choose of these"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("size,size", "size"),
        ("seed,slant", "slant"),
        ("width,morpho", "width"),
        ("all,morpho", "area"),
        ("m:f,m:f", "m:f"),
    ],
)
def test_what_is_chosen_twice_is_refused(text, name):
    assert refusal(choose_concepts, text) == (
        f"concept {name!r} is there twice; each name once is required; leave one out or rename yours; {EXISTS}"
    )


# Built-in concepts


def test_the_seeds_concepts_are_the_default_and_have_the_seeds_scores(images):
    assert choose_concepts("seed") == SEED_CONCEPTS == tuple(concept.name for concept in CONCEPTS)
    result = score_images(images, SEED_CONCEPTS, CPU)
    assert result.concepts == CONCEPTS
    assert result.values.dtype == torch.float32
    assert torch.equal(result.values, concept_scores(images))
    assert result.libraries == ()


def test_morpho_mnists_concepts_have_its_measures(images):
    result = scored("morpho", images)
    assert result.concepts == MORPHOLOGY_CONCEPTS
    assert result.values.dtype == torch.float64
    assert torch.equal(result.values, morphology_scores(images))
    assert result.libraries == ("scikit-image",)


def test_every_built_in_concept_has_a_unit_and_a_name_of_its_own():
    assert [(concept.name, concept.unit) for concept in CONCEPTS + MORPHOLOGY_CONCEPTS] == [
        ("size", "pixels"),
        ("thick", "pixels"),
        ("slant", "radians"),
        ("area", "square pixels"),
        ("length", "pixels"),
        ("thickness", "pixels"),
        ("morpho_slant", "radians"),
        ("width", "pixels"),
        ("height", "pixels"),
    ]


def test_a_mixture_keeps_order_and_every_value_exactly(images):
    result = scored("width,slant,morpho_slant,size", images)
    assert names(result) == ("width", "slant", "morpho_slant", "size")
    seed, morpho = concept_scores(images), morphology_scores(images)
    assert result.values.dtype == torch.float64
    for column, expected in enumerate((morpho[:, 4], seed[:, 2], morpho[:, 3], seed[:, 0])):
        assert torch.equal(result.values[:, column], expected.double())


# Functions of one's own


def test_a_function_in_the_current_folder_scores_the_images(module, images):
    name = module(returning("{'brightness': x.mean(dim=(1, 2, 3)), 'rank': (np.arange(n), 'places')}"))
    result = scored(f"{name}:f", images)
    assert result.concepts == (Concept("brightness", ""), Concept("rank", "places"))
    assert torch.equal(result.values[:, 0], images.mean(dim=(1, 2, 3)).double())
    assert result.values[:, 1].tolist() == [0, 1, 2, 3]


def test_the_current_folder_is_put_among_the_places_of_modules_once(module):
    name = module("def f(images): ...")
    before = list(sys.path)
    choose_concepts(f"{name}:f")
    choose_concepts(f"{name}:f")
    assert sys.path == [str(Path.cwd()), *before]


def test_built_in_concepts_and_functions_can_be_mixed(module, images):
    name = module(returning("{'a': x.sum(dim=(1, 2, 3)), 'b': np.ones(n)}"))
    assert names(scored(f"slant,{name}:f,area", images)) == ("slant", "a", "b", "area")


def test_the_function_gets_all_images_in_one_tensor_of_its_own(module, images):
    name = module(
        "seen = []\ndef f(x):\n    seen.append(x.clone())\n    x[:] = 0\n    return {'one': [1.0] * len(x)}\n"
    )
    before = images.clone()
    scored(f"{name}:f,size", images)
    assert torch.equal(images, before)
    (seen,) = sys.modules[name].seen
    assert (seen.dtype, seen.device, seen.shape) == (torch.float32, CPU, (4, 1, 28, 28))
    assert torch.equal(seen, images)


@pytest.mark.parametrize(
    "expression",
    [
        "[0.5, 2, -3, 1]",
        "(0.5, 2, -3, 1)",
        "np.array([0.5, 2, -3, 1], np.float16)",
        "np.array([0.5, 2, -3, 1], '>f8')",
        "np.array([0.5, 2, -3, 1], np.longdouble)",
        "torch.tensor([0.5, 2, -3, 1], dtype=torch.bfloat16)",
        "torch.tensor([0.5, 2, -3, 1], requires_grad=True)",
    ],
)
def test_numbers_of_every_kind_are_kept(module, images, expression):
    result = scored(f"{module(returning(f'dict(a={expression})'))}:f", images)
    assert result.values.dtype == torch.float64
    assert result.values[:, 0].tolist() == [0.5, 2, -3, 1]


@pytest.mark.parametrize(
    "expression", ["[True, False, True, True]", "torch.tensor([1, 0, 1, 1])", "np.uint8([1, 0, 1, 1])"]
)
def test_truth_values_and_integers_are_numbers(module, images, expression):
    assert scored(f"{module(returning(f'dict(a={expression})'))}:f", images).values[:, 0].tolist() == [1, 0, 1, 1]


def test_two_scores_and_a_unit_are_told_apart_by_the_text(module, images):
    name = module(returning("{'pair': (1.0, 2.0), 'with unit': ([1.0, 2.0], 'm')}"))
    assert scored(f"{name}:f", images[:2]).concepts == (Concept("pair", ""), Concept("with unit", "m"))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (None, "ModuleNotFoundError: No module named 'concepts_of_nobody'"),
        ("import concepts_of_nothing", "ModuleNotFoundError: No module named 'concepts_of_nothing'"),
        ("def f(x:\n", "SyntaxError: "),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit('gone\\naway')", "SystemExit: gone away"),
    ],
    ids=["missing", "missing import", "syntax", "exception", "exit"],
)
def test_a_module_that_cannot_be_imported_is_refused_with_the_reason(module, code, reason):
    name = "concepts_of_nobody" if code is None else module(code, "concepts_of_somebody")
    message = refusal(choose_concepts, f"size,{name}:f")
    assert message.startswith(f"{name}:f: module {name!r} cannot be imported ({reason}")
    assert message.endswith(
        "); a module in the current folder or an installed one is required; check its name and its imports"
    )


@pytest.mark.parametrize("function", ["g", "", "number"])
def test_a_function_that_is_not_there_is_refused(module, function):
    name = module("number = 3\ndef f(x):\n    return {}\n")
    assert refusal(choose_concepts, f"{name}:{function}") == (
        f"{name}:{function}: module {name!r} has no function {function!r}; a function from images to named scores is "
        "required; check its name"
    )


@pytest.mark.parametrize(
    ("expression", "reason"),
    [("1 / 0", "ZeroDivisionError: division by zero"), ("exec('raise ValueError(\"a\\\\nb\")')", "ValueError: a b")],
)
def test_a_function_that_fails_is_named_with_the_reason(module, images, expression, reason):
    name = module(returning(expression))
    assert refusal(scored, f"{name}:f", images) == (
        f"{name}:f failed ({reason}); a function that scores (N, 1, 28, 28) images is required; correct it"
    )


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("None", "a value of type NoneType"),
        ("x", "a value of type Tensor"),
        ("[('a', x)]", "a value of type list"),
        ("{}", "an empty mapping"),
    ],
)
def test_what_is_no_mapping_is_refused(module, images, expression, found):
    name = module(returning(expression))
    assert refusal(scored, f"{name}:f", images) == (
        f"{name}:f returned {found}; a mapping from names to scores, such as "
        "{'brightness': x.mean(dim=(1, 2, 3))}, is required; return one"
    )


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("x.mean()", "shape () and dtype float64"),
        ("x.mean(dim=(2, 3))", "shape (4, 1) and dtype float64"),
        ("np.zeros(3)", "shape (3,) and dtype float64"),
        ("np.zeros(5)", "shape (5,) and dtype float64"),
        ("['thin'] * n", "shape (4,) and dtype <U4"),
        ("[None] * n", "shape (4,) and dtype object"),
        ("[[1], [1, 2], [], []]", "shape (4,) and dtype object"),
        ("np.zeros(4, complex)", "shape (4,) and dtype complex128"),
        ("np.zeros(4, 'datetime64[s]')", "shape (4,) and dtype datetime64[s]"),
        ("'text'", "shape () and dtype <U4"),
        ("2.5", "shape () and dtype float64"),
        ("(np.zeros(5), 'm')", "shape (5,) and dtype float64"),
    ],
)
def test_scores_that_are_not_one_number_for_each_image_are_refused(module, images, expression, found):
    name = module(returning(f"{{'good': np.zeros(n), 'bad': {expression}}}"))
    assert refusal(scored, f"{name}:f", images) == (
        f"{name}:f: `bad` has scores of {found}; (4,) numbers, one for each image, are required; return these"
    )


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_score_that_is_not_finite_is_refused_by_its_place(module, images, value):
    name = module(returning(f"{{'a': [0, 1, float('{value}'), 3]}}"))
    assert refusal(scored, f"{name}:f", images) == (
        f"{name}:f: `a`[2] is {value}; finite numbers are required; correct the function"
    )


@pytest.mark.parametrize(
    ("values", "row"),
    [
        ("[0, 2**53 + 1, 0, 0]", 1),
        ("np.array([0, 0, 0, 2**63 - 1])", 3),
        ("np.array([2**64 - 1, 0, 0, 0], np.uint64)", 0),
        ("np.array([0, 0, 1, 0], np.longdouble) + np.longdouble(2)**-60", 2),
    ],
)
def test_a_number_that_float64_cannot_hold_is_refused_by_its_place(module, images, values, row):
    name = module(returning(f"{{'a': {values}}}"))
    assert re.fullmatch(
        rf"{name}:f: `a`\[{row}\] is \S+, which float64 cannot hold; numbers that it holds exactly are required; "
        "return smaller ones",
        refusal(scored, f"{name}:f", images),
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "a concept name is empty; "),
        (3, "concept name 3 is no text; a text is required; name the concept"),
        (None, "concept name None is no text; "),
        ("samples", "concept name 'samples' is a name that the export uses itself; "),
        ("«x»", "concept name '«x»' contains '«'; "),
    ],
)
def test_a_concept_name_that_lean_cannot_hold_is_refused(module, images, name, message):
    source = module(returning(f"{{{name!r}: np.zeros(n)}}"))
    assert refusal(scored, f"{source}:f", images).startswith(f"{source}:f: {message}")


@pytest.mark.parametrize("chosen", ["size,{}:f", "{}:f,size", "{}:f,seed"])
def test_a_function_that_names_a_concept_which_is_there_already_is_refused(module, images, chosen):
    name = module(returning("{'size': np.zeros(n)}"))
    assert refusal(scored, chosen.format(name), images).startswith("concept 'size' is there twice; ")


def test_images_that_are_none_are_refused_whatever_is_chosen(module, images):
    name = module(returning("{'a': np.zeros(n)}"))
    for text in ("seed", "morpho", f"{name}:f"):
        assert refusal(scored, text, 255 * images).startswith("an image has a value that is not in [0, 1]; ")


def test_concepts_are_told_apart_in_time_that_grows_as_they_do(module, images):
    function = returning("{name: np.zeros(n) for name in counted_texts(300)}")
    name = module(f"from support.counted import counted_texts\n{function}")
    assert len(names(scored(f"{name}:f", images))) == 300
    assert CountedText.compared < 10 * 300


# Who scores

SHAPES = ConceptGroup(MORPHOLOGY_CONCEPTS, morphology_scores, "scikit-image", block=20)


def scored_in_blocks(images, workers=HERE, kept=None):
    """Scores, and what was told of them."""
    told = []
    kept = kept or KeptSteps(None, {})
    return _group_scores(SHAPES, images, lambda *what: told.append(what), kept, workers), told


@pytest.fixture(scope="module")
def several():
    return load_images("digits", limit=50).images


def test_scores_are_the_same_to_the_bit_whoever_computes_them(several, cluster):
    whole = morphology_scores(several)
    with open_workers(jobs=2) as processes, open_workers(scheduler=cluster.address) as on_cluster:
        for workers in (HERE, processes, on_cluster):
            scores, told = scored_in_blocks(several, workers)
            assert torch.equal(scores, whole)
            assert told == [("scoring with scikit-image", done, 3) for done in range(4)]


def test_what_has_been_scored_is_not_scored_again(several):
    kept = KeptSteps(None, {})
    first, _ = scored_in_blocks(several, kept=kept)
    del kept._results["block 1 of scikit-image"]
    second, told = scored_in_blocks(several, kept=kept)
    assert torch.equal(first, second)
    assert [what[1:] for what in told] == [(2, 3), (3, 3)]


def test_one_of_several_processes_starts_no_others(monkeypatch):
    images = np.random.default_rng(0).random((70, 1, 28, 28), np.float32)
    expected = torch.cat([morphology_scores(torch.from_numpy(images[start : start + 35])) for start in (0, 35)])
    starts = "joblib._parallel_backends.LokyBackend.configure"
    monkeypatch.setattr(starts, lambda *_arguments, **_options: pytest.fail("processes start"))
    np.testing.assert_array_equal(_alone(morphology_scores, images), expected.numpy())
