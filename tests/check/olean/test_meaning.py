"""Digests of constants: what counts, what does not, and what a statement rests on."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.check.olean.closure import Closure
from bridge.check.olean.meaning import Digests, below_statements, framed, integer, is_unsafe
from bridge.check.olean.modules import Modules, in_folders
from bridge.check.olean.terms import Terms
from support.oleans import Writer, write_module


@pytest.fixture
def loaded(tmp_path):
    """The modules that functions which fill writers make, by their names; those in `core` are of core."""
    numbers = itertools.count()

    def loaded(*, core=None, **own):
        place = tmp_path / str(next(numbers))  # a file that is read is not written to
        for folder, described in (("core", core or {}), ("own", own)):
            for name, fill in described.items():
                write_module(place / folder, name, fill(Writer()))
        modules = Modules(Terms(), in_folders([place / "own"], place / "core"))
        modules.load([*own, *(core or {})])
        return modules

    return loaded


def digest(modules, name="c"):
    return Digests(modules).constant(modules.terms.name(name))


def variable(w, number=0):
    return w.expr(0, w.number(number))


def function(w, variable_name="x", info=0):
    """x ↦ x, of a type `T`."""
    return w.pi(variable_name, w.const("T"), variable(w), info, tag=6)


# Types and values of a definition `c`, of which no two mean the same.
MEANINGS = {
    "a function": lambda w: (w.const("T"), function(w)),
    "a function type": lambda w: (w.const("T"), w.pi("x", w.const("T"), variable(w))),
    "a function of another type": lambda w: (w.const("T"), w.pi("x", w.const("U"), variable(w), tag=6)),
    "another variable": lambda w: (w.const("T"), w.pi("x", w.const("T"), variable(w, 1), tag=6)),
    "another type": lambda w: (w.const("U"), function(w)),
    "a constant": lambda w: (w.const("T"), w.const("U")),
    "a constant with a component more": lambda w: (w.const("T"), w.const("U.U")),
    "a constant with a dot in a component": lambda w: (w.const("T"), dotted(w)),
    "a constant with a number in its name": lambda w: (w.const("T"), w.const("U.1")),
    "a constant with a digit in its name": lambda w: (w.const("T"), numbered(w)),
    "a constant at a level": lambda w: (w.const("T"), w.const("U", w.level())),
    "a constant at the next level": lambda w: (w.const("T"), w.const("U", w.level("succ", w.level()))),
    "a constant at the larger level": lambda w: (w.const("T"), w.const("U", w.level("max", w.level(), w.level()))),
    "a constant at the impredicative level": lambda w: (
        w.const("T"),
        w.const("U", w.level("imax", w.level(), w.level())),
    ),
    "a constant at a level of its own": lambda w: (w.const("T"), w.const("U", w.level("param", w.name("u")))),
    "a sort": lambda w: (w.const("T"), w.sort()),
    "the next sort": lambda w: (w.const("T"), w.sort(w.level("succ", w.level()))),
    "a number": lambda w: (w.const("T"), w.literal(49)),
    "another number": lambda w: (w.const("T"), w.literal(50)),
    "a large number": lambda w: (w.const("T"), w.literal(2**99)),
    "the text of a number": lambda w: (w.const("T"), w.literal("49")),
    "an application": lambda w: (w.const("T"), w.app(w.const("T"), w.const("U"))),
    "an application the other way": lambda w: (w.const("T"), w.app(w.const("U"), w.const("T"))),
    "a let": lambda w: (w.const("T"), w.expr(8, w.name("x"), w.const("T"), w.const("U"), variable(w), flags=b"\0")),
    "another let": lambda w: (
        w.const("T"),
        w.expr(8, w.name("x"), w.const("U"), w.const("T"), variable(w), flags=b"\0"),
    ),
    "a field": lambda w: (w.const("T"), w.expr(11, w.name("T"), w.number(0), w.const("U"))),
    "another field": lambda w: (w.const("T"), w.expr(11, w.name("T"), w.number(1), w.const("U"))),
    "a field of another structure": lambda w: (w.const("T"), w.expr(11, w.name("U"), w.number(0), w.const("U"))),
}


def dotted(w):
    """The constant «U.U», whose name is one component."""
    name = w.constructor(1, 1, w.string("U.U"), scalars=bytes(8))
    return w.expr(4, name, 1)


def numbered(w):
    """The constant U.«1»."""
    name = w.constructor(1, w.name("U"), w.string("1"), scalars=bytes(8))
    return w.expr(4, name, 1)


def definition(meaning, **options):
    return lambda w: w.module(w.definition("c", *meaning(w), **options))


def test_no_two_meanings_have_one_digest(loaded):
    digests = {name: digest(loaded(A=definition(meaning))) for name, meaning in MEANINGS.items()}
    same = [pair for pair in itertools.combinations(digests, 2) if digests[pair[0]] == digests[pair[1]]]
    assert same == []


@pytest.mark.parametrize(
    "other",
    {
        "a variable of another name": lambda w: (w.const("T"), function(w, "y")),
        "an implicit variable": lambda w: (w.const("T"), function(w, info=1)),
        "a remark": lambda w: (w.const("T"), w.expr(10, 1, function(w))),
    }.items(),
    ids=lambda case: case[0],
)
def test_what_lean_only_shows_does_not_count(loaded, other):
    assert digest(loaded(A=definition(other[1]))) == digest(loaded(A=definition(MEANINGS["a function"])))


def test_how_eagerly_a_definition_is_unfolded_does_not_count(loaded):
    meaning = MEANINGS["a function"]
    assert digest(loaded(A=definition(meaning, hints=1))) == digest(loaded(A=definition(meaning, hints=3)))


def block(constructors=("T.a",), parameters=0, fields=0, rule="a", k=0, unsafe=0):
    """An inductive type `T` with its constructors and its recursor, not all of which fit together."""

    def fill(w):
        counts = [w.number(parameters), w.number(0)]
        scalars = bytes([0, unsafe, 0])
        of = w.constant(5, "T", w.sort(), *counts, w.names("T"), w.names(*constructors), w.number(0), scalars=scalars)
        each = [
            w.constant(6, name, w.const("T"), w.name("T"), *map(w.number, (place, parameters, fields)), scalars=b"\0")
            for place, name in enumerate(constructors)
        ]
        rules = w.list(w.constructor(0, w.name("T.a"), w.number(fields), w.const(rule)))
        numbers = map(w.number, (parameters, 0, 1, 1))
        recursor = w.constant(7, "T.rec", w.sort(), w.names("T"), *numbers, rules, scalars=bytes([k, 0]))
        return w.module(of, *each, recursor, w.axiom("a", w.sort()))

    return fill


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("T", {"constructors": ("T.a", "T.b")}),
        ("T", {"parameters": 1}),
        ("T", {"unsafe": 1}),
        ("T.a", {"fields": 1}),
        ("T.rec", {"rule": "T.a"}),
        ("T.rec", {"fields": 1}),
        ("T.rec", {"k": 1}),
    ],
)
def test_all_that_an_inductive_type_is_made_of_counts(loaded, name, changed):
    assert digest(loaded(A=block()), name) != digest(loaded(A=block(**changed)), name)
    assert digest(loaded(A=block()), name) == digest(loaded(A=block()), name)


def test_the_kind_the_universes_and_the_safety_of_a_constant_count(loaded):
    kinds = {
        "axiom": lambda w: w.module(w.axiom("c", w.sort())),
        "polymorphic axiom": lambda w: w.module(w.axiom("c", w.sort(), levels=["u"])),
        "definition": lambda w: w.module(w.definition("c", w.sort(), w.sort())),
        "unsafe definition": lambda w: w.module(w.definition("c", w.sort(), w.sort(), safety=0)),
        "theorem": lambda w: w.module(w.theorem("c", w.sort(), w.sort())),
        "opaque": lambda w: w.module(w.constant(3, "c", w.sort(), w.sort(), w.names("c"), scalars=b"\0")),
        "quotient": lambda w: w.module(w.constant(4, "c", w.sort(), scalars=b"\0")),
        "another of the quotient": lambda w: w.module(w.constant(4, "c", w.sort(), scalars=b"\1")),
    }
    assert len({digest(loaded(A=fill)) for fill in kinds.values()}) == len(kinds)


def test_a_proof_does_not_count_nor_that_it_is_not_shipped(loaded):
    proofs = [lambda w: w.sort(), lambda w: w.const("c")]
    by = [digest(loaded(A=lambda w, proof=proof: w.module(w.theorem("c", w.sort(), proof(w))))) for proof in proofs]
    without = digest(loaded(core={"C": lambda w: w.module(w.axiom("c", w.sort()), dropped=[("c", 1)])}))
    assert by == [without, without]


def test_a_definition_that_is_not_shipped_is_not_the_one_that_is(loaded):
    without = loaded(core={"C": lambda w: w.module(w.axiom("c", w.sort()), dropped=[("c", 0)])})
    assert digest(without) != digest(loaded(A=lambda w: w.module(w.definition("c", w.sort(), w.sort()))))


def test_a_safe_definition_is_safe_and_others_are_not(loaded):
    for safety, expected in ((0, True), (1, False), (2, True)):
        modules = loaded(A=definition(MEANINGS["a sort"], safety=safety))
        assert is_unsafe(modules.get(modules.terms.name("c"))) is expected
    modules = loaded(A=block(unsafe=1))
    assert is_unsafe(modules.get(modules.terms.name("T")))


def below(modules, name="t"):
    number = modules.terms.name(name)
    found = below_statements(Closure(modules, [number]), [number])
    return {modules.terms.text(each) for each in found}


def test_a_statement_rests_on_types_and_values_and_not_on_proofs(loaded):
    def fill(w):
        return w.module(
            *(w.axiom(name, w.sort()) for name in ("of type", "of value", "of proof", "of lemma")),
            w.definition("d", w.const("of type"), w.const("of value")),
            w.theorem("l", w.const("of lemma"), w.const("of proof")),
            w.theorem("t", w.app(w.const("d"), w.const("l")), w.const("of proof")),
        )

    assert below(loaded(A=fill)) == {"d", "l", "«of type»", "«of value»", "«of lemma»"}


@pytest.mark.parametrize("name", ["T", "T.a", "T.rec"])
def test_a_statement_about_a_type_rests_on_its_constructors_and_one_about_these_on_the_type(loaded, name):
    statement = lambda w: w.module(w.theorem("t", w.const(name), w.sort()), imports=["A"])  # noqa: E731
    found = below(loaded(A=block(), B=statement))
    assert found == {"T", "T.a"} | ({"T.rec", "a"} if name == "T.rec" else set())


@given(st.lists(st.binary(max_size=9), max_size=4), st.lists(st.binary(max_size=9), max_size=4))
def test_parts_can_be_told_again_from_what_they_are_framed_to(some, others):
    assert (framed(*some) == framed(*others)) == (some == others)
    assert framed(framed(*some), framed(*others)) != framed(*some, *others)


@given(st.integers(min_value=0), st.integers(min_value=0))
def test_two_numbers_have_the_same_bytes_only_if_they_are_equal(number, other):
    assert (integer(number) == integer(other)) == (number == other)
