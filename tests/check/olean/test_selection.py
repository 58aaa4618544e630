"""Which constants other kernels are given, what of them is taken as it is, and what nanoda has to permit."""

import json

import pytest

from bridge.base.errors import InputError
from bridge.check.olean.audit import taken_of_core
from bridge.check.olean.meaning import Digests
from bridge.check.olean.modules import Modules, in_folders
from bridge.check.olean.selection import nanoda_settings, select
from bridge.check.olean.terms import Terms
from support.compiled import WAS_AXIOM, WAS_DEFINITION, core_module, own_module
from support.oleans import Writer, write_module


def selected(folder, *named, own, core=None):
    write_module(folder / "core", "Init", core or core_module())
    write_module(folder / "own", "Own", own)
    modules = Modules(Terms(), in_folders([folder / "own"], folder / "core"))
    modules.load(["Own"])
    return select(modules, ["Own"], named)


def permitted(selection):
    return json.loads(nanoda_settings(selection, "terms.ndjson"))["permitted_axioms"]


def test_all_theorems_of_the_export_are_taken_with_what_they_rest_on(tmp_path):
    found = selected(tmp_path, own=own_module("Own", "True.lemma", "propext"))
    assert found.texts(found.theorems) == ["Own.first", "Own.second"]
    assert sorted(found.texts(found.closure.order)) == ["Own.first", "Own.second", "True", "True.lemma", "propext"]
    assert found.constants == 5


def test_axioms_are_told_from_what_the_core_ships_without_proof_or_body(tmp_path):
    found = selected(tmp_path, own=own_module("Own", "True.lemma", "propext", "True.hidden", "sorryAx"))
    assert found.texts(found.axioms) == ["propext", "sorryAx"]
    assert found.texts(found.core_theorems) == ["True.lemma"]
    assert found.texts(found.core_constants) == ["True", "True.hidden"]


def test_what_core_itself_calls_an_axiom_is_one_and_lacks_no_body(tmp_path):
    writer = Writer()
    prop, true = writer.sort(), writer.const("True")
    core = writer.module(
        writer.axiom("True", prop),
        writer.axiom("claim", true),
        dropped=[("True", WAS_DEFINITION), ("claim", WAS_AXIOM)],
    )
    found = selected(tmp_path, own=own_module("Own", "claim"), core=core)
    assert found.texts(found.axioms) == ["claim"]
    assert found.texts(found.core_constants) == ["True"]
    taken = taken_of_core(found.modules, found.closure.order, Digests(found.modules))
    assert (taken.theorems, taken.constants) == (0, 1)


def test_an_axiom_outside_the_core_is_an_axiom_whatever_its_module_says(tmp_path):
    writer = Writer()
    own = writer.module(
        writer.axiom("Own.claim", writer.const("True")),
        writer.theorem("Own.first", writer.const("True"), writer.const("Own.claim")),
        imports=["Init"],
        dropped=[("Own.claim", 1)],
    )
    found = selected(tmp_path, own=own)
    assert found.texts(found.axioms) == ["Own.claim"]
    assert found.core_theorems == ()


def test_a_theorem_can_be_named(tmp_path):
    found = selected(tmp_path, "Own.second", own=own_module("Own", "True.lemma", "propext"))
    assert found.texts(found.theorems) == ["Own.second"]
    assert found.core_theorems == ()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "Own.third",
            "'Own.third' is no constant of these modules; the full name of a theorem is required, such as "
            "Generated.slant.bound, with «…» around what is no Lean name; leave it out for all of the export",
        ),
        (
            "Own.value",
            "Own.value is a constant of the kind definition in these modules; a theorem with its proof is required; "
            "leave it out for all of the export",
        ),
        (
            "True.lemma",
            "True.lemma is a constant of the kind axiom in these modules; a theorem with its proof is required; leave "
            "it out for all of the export",
        ),
    ],
)
def test_what_is_no_theorem_with_a_proof_cannot_be_named(tmp_path, name, message):
    with pytest.raises(InputError) as caught:
        selected(tmp_path, name, own=own_module("Own", "True.lemma"))
    assert str(caught.value) == message


def test_an_export_without_theorems_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"^there is no theorem in Own; .* is required; "):
        selected(tmp_path, own=own_module("Own"))


def test_nanoda_is_to_permit_the_axioms_of_lean_and_what_the_core_ships_without_proof(tmp_path):
    found = selected(tmp_path, own=own_module("Own", "True.lemma", "propext", "True.hidden", "sorryAx"))
    settings = json.loads(nanoda_settings(found, "terms.ndjson"))
    assert settings.pop("permitted_axioms") == [
        *("propext", "Classical.choice", "Quot.sound"),
        *("True.lemma", "True", "True.hidden"),
    ]
    assert settings == {
        "made_by": "bridge export-terms",
        "export_file_path": "terms.ndjson",
        "use_stdin": False,
        "unpermitted_axiom_hard_error": True,
        "nat_extension": True,
        "string_extension": True,
        "print_axioms": False,
        "print_success_message": True,
    }


def module_with_axiom(*components):
    writer = Writer()
    address = 1
    for component in components:
        address = writer.constructor(1, address, writer.string(component), scalars=bytes(8))
    # The name under which the writer keeps it has nothing to say.
    writer._known["name", "odd"] = address
    true = writer.const("True")
    own = writer.theorem("Own.first", true, writer.app(writer.const("odd"), writer.const("True.lemma")))
    return writer.module(writer.axiom("odd", true), own, imports=["Init"])


def test_an_axiom_with_an_odd_name_is_not_permitted(tmp_path):
    found = selected(tmp_path, own=module_with_axiom("my axiom", "a.b"))
    assert found.texts(found.axioms) == ["«my axiom».«a.b»"]
    assert "my axiom.a.b" not in permitted(found)


@pytest.mark.parametrize("name", ["True.lemma", "Classical.choice"])
def test_an_axiom_that_nanoda_cannot_tell_from_one_that_is_permitted_is_refused(tmp_path, name):
    found = selected(tmp_path, own=module_with_axiom(name))
    with pytest.raises(InputError) as caught:
        nanoda_settings(found, "terms.ndjson")
    assert str(caught.value) == (
        f"the axiom «{name}» has, as nanoda reads it, the name of one that is permitted, and is another; axioms with "
        "names of their own are required; leave the configuration out"
    )


def test_an_axiom_of_ones_own_is_none_of_leans_whatever_its_name(tmp_path):
    found = selected(tmp_path, own=module_with_axiom("Quot", "sound"))
    assert found.texts(found.axioms) == ["Quot.sound"]
    with pytest.raises(InputError, match=r"^the axiom Quot.sound has, as nanoda reads it, "):
        nanoda_settings(found, "terms.ndjson")
