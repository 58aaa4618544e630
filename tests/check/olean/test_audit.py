"""What theorems rest on, in compiled modules that are written here."""

import itertools

import pytest

from bridge.check.olean.audit import audit
from bridge.check.olean.errors import OleanError
from bridge.check.olean.modules import in_folders
from support.oleans import Writer, write_module

THEOREM, DEFINITION = 1, 0
PRIVATE = (".server", ".private")


@pytest.fixture
def audited(tmp_path):
    """Audits modules, given as functions that fill writers: those of core, then those of the export, by their names."""
    numbers = itertools.count()

    def audited(core, own, *, modules=("Own",), compare_meanings=False, **options):
        place = tmp_path / str(next(numbers))  # a file that is read is not written to
        for folder, described in (("core", core), ("own", own)):
            for name, fill in described.items():
                write_module(place / folder, name, fill(Writer()))
        find = in_folders([place / "own"], place / "core")
        return audit(find, modules, compare_meanings=compare_meanings, **options)

    return audited


def core(w):
    """A proposition `P`, axioms, a theorem without proof and a definition without body."""
    return w.module(
        w.axiom("P", w.sort()),
        w.axiom("propext", w.const("P")),
        w.axiom("mine", w.const("P")),
        w.axiom("proved", w.const("P")),
        w.axiom("defined", w.sort()),
        dropped=[("P", DEFINITION), ("proved", THEOREM), ("defined", DEFINITION)],
    )


def theorem_by(*proofs):
    """A module with a theorem of `P` by each of these constants: `t0`, `t1` and so on."""
    return lambda w: w.module(
        *(w.theorem(f"t{number}", w.const("P"), w.const(proof)) for number, proof in enumerate(proofs)),
        imports=["Core"],
    )


def test_an_axiom_of_lean_is_named_and_let_through(audited):
    found = audited({"Core": core}, {"Own": theorem_by("propext")})
    assert (found.theorems, found.axioms, found.refused) == (1, ("propext",), {})
    assert found.accepted


def test_any_other_axiom_is_refused_with_the_theorems_that_rest_on_it(audited):
    found = audited({"Core": core}, {"Own": theorem_by("propext", "mine", "t1", "proved")})
    assert found.axioms == ("mine", "propext")
    assert found.refused == {"mine": ("t1", "t2")}
    assert not found.accepted


def test_an_axiom_is_found_through_a_lemma_of_another_module(audited):
    def lemma(w):
        return w.module(w.theorem("Lemma.l", w.const("P"), w.const("mine")), imports=["Core"])

    def own(w):
        return w.module(w.theorem("t", w.const("P"), w.const("Lemma.l")), imports=["Lemma"])

    assert audited({"Core": core}, {"Lemma": lemma, "Own": own}).refused == {"mine": ("t",)}


def test_an_axiom_in_a_definition_below_a_theorem_is_found(audited):
    def own(w):
        return w.module(
            w.definition("d", w.const("P"), w.const("mine")),
            w.theorem("t", w.const("P"), w.const("d")),
            w.theorem("other", w.const("P"), w.const("propext")),
            imports=["Core"],
        )

    assert audited({"Core": core}, {"Own": own}).refused == {"mine": ("t",)}


def test_an_axiom_that_no_theorem_rests_on_is_not_named(audited):
    assert audited({"Core": core}, {"Own": theorem_by("proved")}).axioms == ()


def test_theorems_and_constants_of_core_without_bodies_are_counted_and_are_no_axioms(audited):
    found = audited({"Core": core}, {"Own": theorem_by("proved", "propext")})
    assert (found.core_theorems, found.core_constants) == (1, 1)
    assert found.axioms == ("propext",)


def test_what_core_says_without_proof_has_a_digest(audited):
    def other(w):
        # The theorem of the same name says something else.
        return w.module(
            w.axiom("P", w.sort()),
            w.axiom("propext", w.const("P")),
            w.axiom("proved", w.pi("x", w.const("P"), w.const("P"))),
            dropped=[("P", DEFINITION), ("proved", THEOREM)],
        )

    def own(w):
        proof = w.pi("x", w.const("P"), w.const("proved"), tag=6)
        return w.module(w.theorem("t", w.const("P"), proof), imports=["Core"])

    digests = [audited({"Core": each}, {"Own": own}).core_statements for each in (core, core, other)]
    assert digests[0] == digests[1] != digests[2]
    assert all(len(digest) == 64 for digest in digests)


def test_a_body_that_is_missing_elsewhere_than_in_core_is_an_axiom_whatever_the_module_says(audited):
    def own(w):
        return w.module(
            w.axiom("Own.lemma", w.const("P")),
            w.theorem("t", w.const("P"), w.const("Own.lemma")),
            imports=["Core"],
            dropped=[("Own.lemma", THEOREM)],
        )

    found = audited({"Core": core}, {"Own": own})
    assert found.refused == {"Own.lemma": ("t",)}
    assert found.core_theorems == 0


def test_an_axiom_with_the_name_of_one_of_lean_is_refused_if_it_is_not_that_of_core(audited):
    def own(w):
        return w.module(
            w.axiom("Classical.choice", w.const("P")),
            w.theorem("t", w.const("P"), w.const("Classical.choice")),
            imports=["Core"],
        )

    assert audited({"Core": core}, {"Own": own}).refused == {"Classical.choice": ("t",)}


@pytest.mark.parametrize("safety", [0, 2])
def test_a_definition_that_is_unsafe_or_partial_is_refused_below_a_theorem(audited, safety):
    def own(w):
        return w.module(
            w.definition("d", w.const("P"), w.const("propext"), safety=safety),
            w.theorem("t", w.const("P"), w.const("d")),
            imports=["Core"],
        )

    found = audited({"Core": core}, {"Own": own})
    assert (found.axioms, found.refused) == (("propext",), {"d": ("t",)})


def test_what_lean_splits_off_from_a_proof_is_named_only_if_nothing_else_is(audited):
    def own(w):
        return w.module(
            w.theorem("t._proof_1", w.const("P"), w.const("mine")),
            w.theorem("t._proof_2", w.const("P"), w.const("Own.cheat")),
            w.theorem("t", w.const("P"), w.const("t._proof_1")),
            w.axiom("Own.cheat", w.const("P")),
            imports=["Core"],
        )

    assert audited({"Core": core}, {"Own": own}).refused == {"mine": ("t",), "Own.cheat": ("t._proof_2",)}


def test_a_thousand_theorems_on_one_another_are_gone_through_once(audited):
    found = audited({"Core": core}, {"Own": theorem_by("mine", *(f"t{number}" for number in range(1000)))})
    assert found.theorems == len(found.refused["mine"]) == 1001


def test_a_module_without_theorems_has_nothing_to_object_to(audited):
    found = audited(
        {"Core": core}, {"Own": lambda w: w.module(w.definition("d", w.sort(), w.const("P")), imports=["Core"])}
    )
    assert (found.theorems, found.axioms, found.accepted) == (0, (), True)


def test_an_axiom_of_a_module_is_refused_though_no_theorem_rests_on_it(audited):
    found = audited({"Core": core}, {"Own": lambda w: w.module(w.axiom("claimed", w.sort()))})
    assert (found.theorems, found.refused) == (0, {"claimed": ("claimed",)})


def test_an_axiom_in_a_definition_that_no_theorem_rests_on_is_refused_with_the_definition(audited):
    def own(w):
        return w.module(w.definition("d", w.const("P"), w.const("mine")), imports=["Core"])

    assert audited({"Core": core}, {"Own": own}).refused == {"mine": ("d",)}


def test_a_module_that_is_missing_is_an_error(audited):
    with pytest.raises(OleanError, match="the module Core is not among the compiled files; "):
        audited({}, {"Own": theorem_by("propext")})


def in_statement(name):
    """A module whose theorem `t` states a constant, and whose theorem `other` states `P`."""
    return lambda w: w.module(
        w.theorem("t", w.const(name), w.const("propext")),
        w.theorem("other", w.const("P"), w.const("propext")),
        imports=["Core", "Beside"],
    )


def beside(w):
    return w.module(w.definition("Beside.d", w.sort(), w.const("P")), imports=["Core"])


def test_a_constant_of_a_module_that_is_neither_of_the_export_nor_of_the_library_is_named(audited):
    found = audited({"Core": core}, {"Beside": beside, "Own": in_statement("Beside.d")})
    assert found.other_meanings == {"Beside.d": ("t",)}
    assert not found.accepted
    assert not found.meanings_compared


def test_a_constant_of_the_library_is_where_it_belongs(audited):
    def library(w):
        return w.module(w.definition("Bridge.d", w.sort(), w.const("P")), imports=["Core"])

    def own(w):
        return w.module(w.theorem("t", w.const("Bridge.d"), w.const("propext")), imports=["Bridge.Part"])

    modules = {"Bridge.Part": library, "Own": own}
    assert audited({"Core": core}, modules).accepted
    # It is not the one that Bridge ships, though.
    compared = audited({"Core": core}, modules, compare_meanings=True)
    assert compared.meanings_compared
    assert compared.other_meanings == {"Bridge.d": ("t",)}


def test_a_theorem_of_the_library_in_a_statement_is_a_proof_whatever_its_name(audited):
    def library(w):
        return w.module(w.theorem("Bridge.l", w.const("P"), w.const("propext")), imports=["Core"])

    def own(w):
        return w.module(w.theorem("t", w.const("Bridge.l"), w.const("propext")), imports=["Bridge.Part"])

    assert audited({"Core": core}, {"Bridge.Part": library, "Own": own}, compare_meanings=True).accepted


def test_a_constant_of_core_that_exports_rest_on_is_compared(audited):
    def other(w):
        return w.module(w.definition("Nat.add", w.sort(), w.sort()), w.axiom("propext", w.sort()))

    def own(w):
        return w.module(w.theorem("t", w.const("Nat.add"), w.const("propext")), imports=["Core"])

    assert audited({"Core": other}, {"Own": own}).accepted
    assert audited({"Core": other}, {"Own": own}, compare_meanings=True).other_meanings == {"Nat.add": ("t",)}


def test_a_claim_with_the_name_of_one_of_an_export_has_its_form_and_another_one_is_left_alone(audited):
    def own(w):
        return w.module(
            w.theorem("E.bound", w.const("P"), w.const("propext")),
            w.theorem("E.mine", w.const("P"), w.const("propext")),
            w.constant(3, "E.residual", w.const("P"), w.const("propext"), w.names("E.residual"), scalars=b"\0"),
            imports=["Core"],
        )

    found = audited({"Core": core}, {"Own": own}, compare_meanings=True)
    assert found.other_meanings == {"E.bound": ("E.bound",), "E.residual": ("E.residual",)}


def test_what_a_constant_rests_on_in_its_turn_is_looked_at(audited):
    def own(w):
        return w.module(
            w.definition("Own.d", w.sort(), w.const("Beside.d")),
            w.theorem("t", w.const("Own.d"), w.const("propext")),
            w.theorem("other", w.const("P"), w.const("t")),
            imports=["Core", "Beside"],
        )

    assert audited({"Core": core}, {"Beside": beside, "Own": own}).other_meanings == {"Beside.d": ("t",)}


def test_what_a_proof_alone_rests_on_is_no_matter_of_meaning(audited):
    def lemma(w):
        return w.module(w.theorem("Beside.l", w.const("P"), w.const("propext")), imports=["Core"])

    def own(w):
        return w.module(w.theorem("t", w.const("P"), w.const("Beside.l")), imports=["Beside"])

    assert audited({"Core": core}, {"Beside": lemma, "Own": own}).other_meanings == {}


def test_what_lean_splits_off_from_a_proof_is_nobodys_claim(audited):
    def own(w):
        return w.module(w.theorem("t._proof_1", w.const("Beside.d"), w.const("propext")), imports=["Beside"])

    assert audited({"Core": core}, {"Beside": beside, "Own": own}).other_meanings == {}


def test_statements_of_other_modules_than_those_asked_for_are_not_looked_at(audited):
    described = {"Core": core}, {"Beside": beside, "Own": in_statement("Beside.d")}
    assert audited(*described, statements=[]).other_meanings == {}
    # What the statements of an export rest on must not be of a file beside it, though.
    modules = ("Own", "Beside")
    assert audited(*described, modules=modules, statements=["Own"]).other_meanings == {"Beside.d": ("t",)}
    assert audited(*described, modules=modules).other_meanings == {}


def test_a_definition_of_the_export_with_the_name_of_one_of_the_library_is_named(audited):
    name = "Bridge.AffineFunctional.residual"

    def own(w):
        return w.module(
            w.definition(name, w.sort(), w.const("P")),
            w.definition("unused", w.sort(), w.const("P")),
            w.theorem("t", w.const(name), w.const("propext")),
            imports=["Core"],
        )

    assert audited({"Core": core}, {"Own": own}).other_meanings == {name: ("t",)}


def test_a_definition_that_no_claim_rests_on_is_named_with_itself(audited):
    def own(w):
        return w.module(w.definition("Nat.add", w.sort(), w.const("P")), imports=["Core"])

    assert audited({"Core": core}, {"Own": own}).other_meanings == {"Nat.add": ("Nat.add",)}
