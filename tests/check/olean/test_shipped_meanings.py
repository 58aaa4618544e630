"""What the embedded Lean makes of the library and of exports of every kind is what Bridge says that it ships.

`python/bridge/check/olean/meanings.sha256` has a digest for each constant of the library and for those of Lean's core
that it and exports rest on, and `forms.sha256` one for each form of a declaration of an export.  After a wanted change
of the library, the templates or the embedded Lean: `pytest tests/check/olean/test_shipped_meanings.py --update`.
"""

from pathlib import Path

import pytest

from bridge.check.compare_terms import compare_module
from bridge.check.lean_modules import LeanModule
from bridge.check.library import shipped_digests
from bridge.check.olean import forms, meaning
from bridge.check.olean.audit import ALLOWED, audit, is_claim
from bridge.check.olean.closure import Closure
from bridge.check.olean.constants import Kind
from bridge.check.olean.forms import Forms, shipped_forms, shipped_names
from bridge.check.olean.meaning import Digests, below_statements, rests_on, shipped_meanings
from bridge.check.olean.modules import Modules, in_folders
from bridge.check.olean.terms import Terms
from support.every_export import every_export_as_files
from support.oleans import compile_modules, core_folder

REMEDY = "after a wanted change run `pytest tests/check/olean/test_shipped_meanings.py --update`"

pytestmark = pytest.mark.lean


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """The texts of exports of every kind, by module."""
    return every_export_as_files(tmp_path_factory.mktemp("artifacts"))


@pytest.fixture(scope="module")
def folder(texts, lean_pool, tmp_path_factory):
    """The folder of what Lean makes of them."""
    return compile_modules(texts, lean_pool, tmp_path_factory.mktemp("oleans"))


@pytest.fixture(scope="module")
def compiled(texts, folder):
    """Where the compiled modules are found, and their names."""
    return in_folders([folder], core_folder()), [*texts]


@pytest.fixture(scope="module")
def made(compiled):
    """The lines of both files, as they are to be now."""
    find, names = compiled
    modules = Modules(Terms(), find)
    library = [name for name in shipped_digests() if name != "Bridge" and not name.startswith("Bridge.Real")]
    modules.load([*library, *names])
    return meaning_lines(modules, library, names), form_lines(modules, names)


def meaning_lines(modules, library, names):
    """The definitions of the library, and whatever they and the claims of exports rest on in it and in core."""
    own = {number for name in names for number in modules.declared_in(name)}
    of_library = [number for name in library for number in modules.declared_in(name)]
    closure = Closure(modules, [*own, *of_library])
    wanted = below_statements(closure, [number for number in own if is_claim(modules, number)]) - own
    waiting = [number for number in of_library if modules.get(number).kind is not Kind.THEOREM]
    while waiting:
        number = waiting.pop()
        if number not in wanted:
            wanted.add(number)
            waiting += rests_on(closure, number)
    digests = Digests(modules)
    wanted.update(map(modules.terms.name, ALLOWED))
    return sorted(f"{digests.constant(number)}  {modules.terms.text(number)}\n" for number in wanted)


def form_lines(modules, names):
    """The forms of what exports declare."""
    own = {number for name in names for number in modules.declared_in(name)}
    of = Forms(modules, own, Digests(modules)).of
    stated = [number for number in own if modules.get(number).kind is not Kind.THEOREM or is_claim(modules, number)]
    return sorted({f"{digest}  {what}\n" for number in stated for digest, what in of(number).items()})


@pytest.fixture(autouse=True)
def updated(update, made):
    if update:
        for file, lines in zip((meaning.PINS, forms.PINS), made, strict=True):
            file.write_text("".join(sorted(lines, key=lambda line: line.split("  ", 1)[::-1])), encoding="utf-8")
        shipped_meanings.cache_clear()
        shipped_forms.cache_clear()
        shipped_names.cache_clear()


def test_the_constants_that_exports_rest_on_are_those_that_bridge_ships(made):
    assert made[0] == sorted(meaning.PINS.read_text(encoding="utf-8").splitlines(keepends=True)), REMEDY


def test_the_forms_of_the_declarations_of_exports_are_those_that_bridge_ships(made):
    assert made[1] == sorted(forms.PINS.read_text(encoding="utf-8").splitlines(keepends=True)), REMEDY


def test_no_name_stands_for_two_constants(made):
    names = [line.split("  ", 1)[1] for line in made[0]]
    assert len(names) == len({*names})


def test_there_is_nothing_to_object_to_in_exports_of_every_kind(compiled):
    find, names = compiled
    found = audit(find, names, compare_meanings=True)
    assert (found.refused, found.other_meanings) == ({}, {})
    assert found.accepted
    assert found.meanings_compared
    assert set(found.axioms) <= set(ALLOWED)


def test_the_terms_of_exports_of_every_kind_say_what_their_texts_say(texts, folder):
    for name, text in texts.items():
        module = LeanModule(name, Path(f"{name}.lean"), text.encode(), True, (), False, False)
        found = compare_module(module, folder, set())
        assert found.differences == []
        assert found.compared > 1_000
