"""Forms of declarations: what differs between exports does not count, and everything else does."""

import itertools

import pytest

from bridge.check.olean.errors import OleanError
from bridge.check.olean.forms import Forms
from bridge.check.olean.meaning import Digests
from bridge.check.olean.modules import Modules, in_folders
from bridge.check.olean.terms import Terms
from support.oleans import Writer, write_module


@pytest.fixture
def forms(tmp_path):
    """What there is to compare of a definition `E.d`, given its value and what else is declared."""
    numbers = itertools.count()

    def forms(value, *others, name="E.d", type_=None, **options):
        place = tmp_path / str(next(numbers))  # a file that is read is not written to
        w = Writer()
        of = w.const("T") if type_ is None else type_(w)
        content = w.module(*(other(w) for other in others), w.definition(name, of, value(w), **options))
        write_module(place, "Own", content)
        modules = Modules(Terms(), in_folders([place], place / "core"))
        modules.load(["Own"])
        own = {*modules.declared_in("Own")}
        return [*Forms(modules, own, Digests(modules)).of(modules.terms.name(name))]

    return forms


def levels(w, count):
    return [w.level() for _ in range(count)]


def constant(w, name, count=0):
    return w.const(name, *levels(w, count))


def numeral(w, value, of="Nat", instance="instOfNatNat"):
    by = w.app(w.const(instance), w.literal(value))
    return w.app(constant(w, "OfNat.ofNat", 1), w.const(of), w.literal(value), by)


def rational(w, value, instance="Rat.instOfNat"):
    return numeral(w, value, "Rat", instance)


def negative(w, value, instance="Rat.instNeg"):
    return w.app(constant(w, "Neg.neg", 1), w.const("Rat"), w.const(instance), value)


def quotient(w, above, below, division="Rat.instDiv"):
    by = w.app(constant(w, "instHDiv", 1), w.const("Rat"), w.const(division))
    return w.app(constant(w, "HDiv.hDiv", 3), *[w.const("Rat")] * 3, by, above, below)


def power(w, base, exponent):
    by = w.app(constant(w, "instPowNat", 1), w.const("Nat"), w.const("instNatPowNat"))
    by = w.app(constant(w, "instHPow", 2), w.const("Nat"), w.const("Nat"), by)
    return w.app(constant(w, "HPow.hPow", 3), *[w.const("Nat")] * 3, by, base, exponent)


def sequence(w, *elements, of="Nat", tail=None):
    result = w.app(constant(w, "List.nil", 1), w.const(of)) if tail is None else tail
    for element in reversed(elements):
        result = w.app(constant(w, "List.cons", 1), w.const(of), element, result)
    return result


def long_sequence(w, *elements):
    """A list whose last element comes in a `let`."""
    of = w.app(constant(w, "List", 1), w.const("Nat"))
    rest = sequence(w, *elements[-1:])
    body = sequence(w, *elements[:-1], tail=w.expr(0, w.number(0)))
    return w.expr(8, w.name("y"), of, rest, body, flags=b"\0")


def joined(w, *parts):
    *before, result = map(w.const, parts)
    for part in reversed(before):
        result = w.app(constant(w, "HAppend.hAppend", 3), *[w.const("T")] * 3, w.const("i"), part, result)
    return result


def network(w, *layers):
    *before, last = map(w.const, layers)
    result = w.app(w.const("Bridge.Network.last"), w.literal(1), w.literal(1), last)
    for layer in reversed(before):
        result = w.app(w.const("Bridge.Network.relu"), *[w.literal(1)] * 3, layer, result)
    return result


# Groups of values that have the same form, no two groups the same one.
GROUPS = {
    "natural numbers": [
        lambda w: w.literal(3),
        lambda w: w.literal(2**99),
        lambda w: numeral(w, 4),
        lambda w: power(w, numeral(w, 2), numeral(w, 51)),
    ],
    "rational numbers": [
        lambda w: rational(w, 3),
        lambda w: negative(w, rational(w, 4)),
        lambda w: quotient(w, rational(w, 1), rational(w, 2)),
        lambda w: quotient(w, negative(w, rational(w, 1)), rational(w, 8)),
    ],
    "rational numbers of another kind": [lambda w: rational(w, 3, "mine")],
    "a negative by another instance": [lambda w: negative(w, rational(w, 3), "mine")],
    "a quotient by another instance": [lambda w: quotient(w, rational(w, 3), rational(w, 4), "mine")],
    "whole numbers": [
        lambda w: w.app(w.const("Bridge.plus"), numeral(w, 3)),
        lambda w: w.app(w.const("Bridge.minus"), w.literal(4)),
    ],
    "a natural number with a sign of another kind": [lambda w: w.app(w.const("mine"), numeral(w, 3))],
    "texts": [lambda w: w.literal("a"), lambda w: w.literal("b")],
    "lists": [
        lambda w: sequence(w),
        lambda w: sequence(w, w.literal(1)),
        lambda w: sequence(w, w.literal(1), numeral(w, 2)),
        lambda w: long_sequence(w, w.literal(1), w.literal(2), w.literal(3)),
    ],
    "lists of something else": [lambda w: sequence(w, of="Rat"), lambda w: sequence(w, rational(w, 3), of="Rat")],
    "a list whose end is none": [lambda w: sequence(w, w.literal(1), tail=w.const("T"))],
    "networks": [
        lambda w: network(w, "E.layer1"),
        lambda w: network(w, "E.layer1", "E.layer2"),
        lambda w: network(w, "E.layer1", "E.layer2", "E.layer3"),
    ],
    "what is joined": [
        lambda w: joined(w, "E.part3", "E.part4"),
        lambda w: joined(w, "E.part1", "E.part2"),
        lambda w: joined(w, "E.part1", "E.part2", "E.part3"),
    ],
    "something else that is joined": [lambda w: joined(w, "E.part1", "E.layer1")],
    "proofs": [lambda w: w.const("E.proof"), lambda w: w.const("E.other")],
    "a constant": [lambda w: w.const("C")],
    "a constant at a level": [lambda w: constant(w, "C", 1)],
    "a function": [lambda w: w.pi("x", w.const("T"), w.expr(0, w.number(0)), tag=6)],
    "a function type": [lambda w: w.pi("y", w.const("T"), w.expr(0, w.number(0)))],
    "a sort": [lambda w: w.sort()],
    "a field": [lambda w: w.expr(11, w.name("S"), w.number(0), w.const("C"))],
    "another field": [lambda w: w.expr(11, w.name("S"), w.number(1), w.const("C"))],
    "a let": [lambda w: w.expr(8, w.name("x"), w.const("T"), w.const("C"), w.expr(0, w.number(0)), flags=b"\0")],
}
DECLARED = [
    *(lambda w, name=name: w.axiom(name, w.const("T")) for name in ("E.layer1", "E.layer2", "E.layer3")),
    *(lambda w, name=name: w.axiom(name, w.const("T")) for name in ("E.part1", "E.part2", "E.part3")),
    *(lambda w, name=name: w.theorem(name, w.const("T"), w.const("C")) for name in ("E.proof", "E.other")),
]


def test_numbers_texts_lengths_and_proofs_do_not_count_and_nothing_else_is_left_out(forms):
    found = {group: {forms(value, *DECLARED)[0] for value in values} for group, values in GROUPS.items()}
    assert [group for group, of in found.items() if len(of) != 1] == []
    same = [pair for pair in itertools.combinations(found, 2) if found[pair[0]] == found[pair[1]]]
    assert same == []


def test_what_the_elements_of_a_list_are_like_is_compared_by_itself(forms):
    one = forms(lambda w: sequence(w, w.literal(1)))
    assert forms(lambda w: sequence(w, w.literal(2), w.literal(3))) == one
    assert forms(lambda w: sequence(w)) == one[:1]
    both = forms(lambda w: sequence(w, w.literal(2), w.const("C")))
    assert both[0] == one[0]
    assert {*one} < {*both}
    in_parts = forms(lambda w: long_sequence(w, w.literal(2), w.const("C")))
    assert {*in_parts} == {*both}
    # They are the same wherever they stand.
    nested = forms(lambda w: w.app(w.const("C"), sequence(w, w.literal(1))))
    assert nested[0] != one[0]
    assert nested[1:] == one[1:]


def test_layers_are_compared_by_themselves(forms):
    assert forms(lambda w: network(w, "layer"))[0] == forms(lambda w: network(w, "layer", "other"))[0]
    assert len(forms(lambda w: network(w, "layer", "other", "layer"))) == 3


@pytest.mark.parametrize(
    ("name", "used", "is_same"),
    [
        ("F.d", "F.part1", True),
        ("F.G.d", "F.G.part1", True),
        ("F.d", "F.other1", False),
        ("F.d", "part1", False),
        ("F.G.d", "F.part1", False),
        ("F.d", "F.G.part1", False),
        ("F.d", "G.part1", False),
        ("F.other", "F.part1", False),
        ("F.d", "F.part2", False),
        ("F.d1", "F.part1", False),
    ],
)
def test_what_the_export_declares_counts_by_its_place_and_its_name(forms, name, used, is_same):
    assert (of_one_in(forms, name, used) == of_one_in(forms, "E.d", "E.part1")) is is_same


def of_one_in(forms, name, used):
    """The form of a declaration whose value is another one of the export."""
    return forms(lambda w: w.const(used), lambda w: w.axiom(used, w.const("T")), name=name)


@pytest.mark.parametrize(
    ("name", "used", "is_same"),
    [
        ("d2", "part2_1", True),
        ("d77", "part77_1", True),
        ("d2", "part3_1", False),
        ("d2", "part2_7", False),
        ("d1_2", "part2_1", False),
    ],
)
def test_a_number_is_the_one_of_the_declaration_or_always_the_same(forms, name, used, is_same):
    assert (of_one_in(forms, name, used) == of_one_in(forms, "d1", "part1_1")) is is_same


def listed(*numbers):
    """A list of what the export declares under these numbers, each in a term."""
    names = [f"E.part{number}" for number in numbers]
    declared = [lambda w, name=name: w.axiom(name, w.const("T")) for name in dict.fromkeys(names)]
    return lambda w: sequence(w, *(w.app(w.const("C"), w.const(name)) for name in names), w.const("C")), declared


def test_numbers_of_what_a_list_has_are_any_that_rise(forms):
    def form(*numbers):
        value, declared = listed(*numbers)
        return forms(value, *declared)

    assert form(1, 2, 3) == form(0, 9, 10) == form(5)
    disordered = form(2, 1)
    assert disordered[0] != form(1, 2)[0]
    assert {*disordered[1:]} == {*form(1, 2)[1:]}
    for numbers in ((1, 3, 2), (3, 1, 2), (1, 1), (10, 9), (2, 1, 3, 4), (1, 2, 4, 3)):
        assert form(*numbers) == disordered


def test_what_is_joined_rises_too(forms):
    in_order, other = (
        forms(lambda w, parts=parts: joined(w, *parts), *DECLARED)
        for parts in (("E.part1", "E.part2", "E.part3"), ("E.part1", "E.part3", "E.part2"))
    )
    assert in_order[0] != other[0]
    assert in_order[1:] == other[1:]


def test_a_long_list_rises_from_part_to_part(forms):
    def form(*numbers):
        names = [f"E.part{number}" for number in numbers]
        return forms(lambda w: long_sequence(w, *map(w.const, names)), *DECLARED)

    assert form(1, 2, 3) == forms(lambda w: sequence(w, w.const("E.part2")), *DECLARED)
    assert form(1, 3, 2) == form(3, 1, 2) != form(1, 2, 3)


def test_numbers_in_the_name_of_a_declaration_do_not_count(forms):
    value = lambda w: w.const("C")  # noqa: E731
    assert forms(value, name="E.d1") == forms(value, name="E.d23") != forms(value, name="E.d")


def test_the_type_the_kind_and_the_universes_of_a_declaration_count(forms):
    value = lambda w: w.const("C")  # noqa: E731
    plain = forms(value)
    assert forms(value, type_=lambda w: w.const("U")) != plain
    assert forms(value, levels=["u"]) != plain
    assert forms(value, type_=lambda w: w.literal(3)) == forms(value, type_=lambda w: w.literal(4)) != plain


def test_a_list_of_more_kinds_of_elements_than_exports_have_has_another_form(forms):
    few, many = (
        forms(lambda w, count=count: sequence(w, *(w.const(f"c{'x' * number}") for number in range(count))))
        for count in (64, 65)
    )
    assert few[0] == forms(lambda w: sequence(w))[0] != many[0]
    assert (len(few), len(many)) == (65, 1)


def test_a_function_of_more_arguments_than_any_rule_is_about_is_what_it_is(forms):
    def form(*arguments):
        return forms(lambda w: w.app(w.const("List.cons", w.level()), *map(w.const, arguments)))

    assert form(*"abcdefgh") == form(*"abcdefgh") != form(*"abcdefgi")


def test_declarations_that_share_terms_out_of_all_proportion_are_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr("bridge.check.olean.forms._FREE_WALKS", 0)
    w = Writer()
    shared = w.const("C")
    for _ in range(200):
        shared = w.app(shared, shared)
    names = [f"d{'x' * number}" for number in range(100)]
    write_module(tmp_path, "Own", w.module(*(w.definition(name, w.const("T"), shared) for name in names)))
    modules = Modules(Terms(), in_folders([tmp_path], tmp_path / "core"))
    modules.load(["Own"])
    own = modules.declared_in("Own")
    found = Forms(modules, own, Digests(modules))
    found.of(own[0])
    with pytest.raises(OleanError, match=r"^the same terms are used by too many declarations, which is "):
        for number in own:
            found.of(number)
