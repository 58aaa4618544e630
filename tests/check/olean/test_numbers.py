"""The numbers of a term are read as its text has them, whatever Lean fills in, and whatever its lists are made of."""

import functools
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bridge.check.olean.numbers
from bridge.check.numbers_of_text import declarations
from bridge.check.olean.errors import OleanError
from bridge.check.olean.numbers import NO_LIST, NO_NUMERAL, TermReader, first_difference, found_in_order
from bridge.check.olean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, SORT, STR, Terms
from bridge.check.reader import Reader


class Build(Terms):
    """Terms by the names of constants."""

    def const(self, name):
        return self.mk(CONST, self.name(name), ())

    def app(self, name, *arguments):
        term = self.const(name)
        for argument in arguments:
            term = self.mk(APP, term, argument)
        return term

    def numeral(self, value, of="Nat", instance="instOfNatNat"):
        literal = self.mk(NAT, value)
        return self.app("OfNat.ofNat", self.const(of), literal, self.app(instance, literal))

    def list(self, elements, lets=()):
        """A list literal; at each index in `lets` it goes on in a variable, as Lean has it of long ones."""
        of = self.const("Nat")
        term = self.app("List.nil", of)
        for index in reversed(range(len(elements))):
            if index in lets:
                chunk = self.app("List.cons", of, elements[index], self.mk(BVAR, 0))
                term = self.mk(LET, 0, of, term, chunk)
            else:
                # What is in a `let` is closed, and stays so.
                term = self.app("List.cons", of, elements[index], term)
        return term

    def fraction(self, value):
        def rational(number):
            numeral = self.numeral(abs(number), "Rat", "Rat.instOfNat")
            negated = self.app("Neg.neg", self.const("Rat"), self.const("Rat.instNeg"), numeral)
            return negated if number < 0 else numeral

        top = rational(value.numerator)
        if value.denominator == 1:
            return top
        rat = self.const("Rat")
        instance = self.app("instHDiv", rat, self.const("Rat.instDiv"))
        return self.app("HDiv.hDiv", rat, rat, rat, instance, top, rational(value.denominator))

    def pair(self, first, second):
        return self.app("Prod.mk", self.const("Nat"), self.const("Nat"), first, second)

    def read(self, term, length=100):
        return list(TermReader(self, {"A"}).read(term, length))

    def tokens(self, term):
        return [token for token, _ in self.read(term)]


def written(text):
    """The numbers of the body of a definition."""
    source = f"module\n\npublic section\n\nnamespace A\n\ndef x : Nat := {text}\n\nend A\n"
    (found,) = declarations(Reader(Path("A.lean"), source.encode(), "A"), set())
    return [each.token for each in found.body]


NATURALS = st.integers(0, 9) | st.integers(0, 2**70)
VALUES = st.recursive(
    NATURALS | st.fractions() | st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126)),
    lambda inside: st.lists(inside, max_size=5) | st.tuples(inside, inside),
    max_leaves=20,
)


def text_of(value, raw):
    match value:
        case list():
            return f"[{', '.join(text_of(each, raw) for each in value)}]"
        case tuple():
            return f"({', '.join(text_of(each, raw) for each in value)})"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case Fraction():
            whole = f"{value.numerator}"
            return whole if value.denominator == 1 else f"{whole} / {value.denominator}"
    return f"nat_lit 0x{value:x}" if raw else f"{value}"


def term_of(build, value, raw, lets):
    match value:
        case list():
            return build.list([term_of(build, each, raw, lets) for each in value], lets)
        case tuple():
            return build.pair(*(term_of(build, each, raw, lets) for each in value))
        case str():
            return build.mk(STR, value)
        case Fraction():
            return build.fraction(value)
    return build.mk(NAT, value) if raw else build.numeral(value)


def test_raw_literals_and_strings_are_read():
    build = Build()
    assert build.tokens(build.pair(build.mk(NAT, 2**100), build.mk(STR, 'a"b'))) == [2**100, '"a"b']


@given(VALUES, st.booleans(), st.sets(st.integers(0, 4)))
def test_a_value_is_read_of_its_term_as_of_its_text(value, raw, lets):
    build = Build()
    term = term_of(build, value, raw, lets)
    assert build.tokens(term) == written(text_of(value, raw))


@given(VALUES, VALUES, st.booleans())
def test_a_term_is_another_values_text_only_if_the_texts_are_the_same(value, other, raw):
    build = Build()
    required = written(text_of(other, raw))
    found = first_difference(required, build.read(term_of(build, value, raw, ())))
    assert (found is None) == (written(text_of(value, raw)) == required)


@given(st.lists(NATURALS, min_size=1), st.data())
def test_a_number_that_is_another_one_is_found_at_its_place(numbers, data):
    index = data.draw(st.integers(0, len(numbers) - 1))
    build = Build()
    read = build.read(build.list([build.numeral(number) for number in numbers]))
    changed = [number + (place == index) for place, number in enumerate(numbers)]
    assert first_difference(["[", *numbers, "]"], read) is None
    assert first_difference(["[", *changed, "]"], read) == (index + 1, numbers[index])


@pytest.mark.parametrize(
    ("required", "found"),
    [(["[", 1, 2, "]"], (1, 2)), (["[", 2], (2, 1)), (["[", 2, 1, "]", 3], (4, None)), ([], (0, "["))],
)
def test_what_is_too_much_or_too_little_is_a_difference(required, found):
    build = Build()
    assert first_difference(required, build.read(build.list([build.numeral(2), build.numeral(1)]))) == found


@pytest.mark.parametrize(
    ("name", "arguments", "tokens"),
    [
        ("HSub.hSub", "ttttab", [7, "-", 8]),
        ("HAdd.hAdd", "ttttab", [7, "+", 8]),
        ("HAppend.hAppend", "ttttab", [7, "+", "+", 8]),
        ("HMul.hMul", "ttttab", [7, "*", 8]),
        ("HPow.hPow", "ttttab", [7, "^", 8]),
        ("LE.le", "ttab", [7, "≤", 8]),
        ("LT.lt", "ttab", [7, "<", 8]),
        ("Eq", "tab", [7, "=", 8]),
        ("BEq.beq", "ttab", [7, "=", "=", 8]),
        ("And", "ab", [7, "∧", 8]),
        ("Or", "ab", [7, "∨", 8]),
        ("ite", "tatbb", [7, 8, 8]),
        ("GetElem.getElem", "tttttabt", [7, "[", 8, "]"]),
        ("Bridge.plus", "a", ["+", 7]),
        ("Bridge.minus", "a", ["-", 7]),
        ("Bridge.confusionMatrix", "atb", ["@confusionMatrix", 7, 8]),
        ("Bridge.AffineFunctional.mk", "tab", [7, 8]),
        ("Bridge.unknown", "ab", ["@unknown", 7, 8]),
        ("A.mk", "a", ["@A.mk", 7]),
        ("A.«b c».unknown", "ab", ["@A.b c.unknown", 7, 8]),
        ("Vector.mk", "ttat", [7]),
        ("Prod.mk", "ttabb", [7, 8, 8]),
    ],
)
def test_of_a_constant_the_arguments_are_read_that_a_text_has(name, arguments, tokens):
    build = Build()
    terms = {"a": build.numeral(7), "b": build.numeral(8), "t": build.numeral(9)}
    assert build.tokens(build.app(name, *(terms[each] for each in arguments))) == tokens


@pytest.mark.parametrize(
    ("name", "other"),
    [
        (("A", "data"), ("A.data",)),
        (("A", "x", "data"), ("A", "x.data")),
        (("A", 2), ("A", "2")),
        (("A", "x.", "y."), ("A", "x.».«y.")),
    ],
)
def test_names_with_other_components_are_other_names(name, other):
    terms = Build()
    first, second = (
        terms.tokens(terms.mk(CONST, functools.reduce(terms.mk_name, components, 0), ()))
        for components in (name, other)
    )
    assert first != second


def test_what_an_export_is_called_does_not_hide_what_is_of_core():
    build = Build()
    seven = build.numeral(7)
    term = build.app(
        "Vector.mk", *[seven] * 2, build.app("Fin.castLE", *[seven] * 3, build.app("Fin.own", seven)), seven
    )
    found = TermReader(build, {"Vector", "Fin"}).read(term, 2)
    assert [token for token, _ in found] == ["@castLE", "@Fin.own", 7]


def test_the_type_of_a_variable_is_written_in_a_statement_and_may_be_left_out_in_a_function():
    build = Build()
    fin, body = build.app("Fin", build.numeral(12)), build.numeral(5)
    assert build.read(build.mk(PI, 0, fin, body, 0)) == [("@Fin", False), (12, False), (5, False)]
    function = build.read(build.mk(LAM, 0, fin, body, 0))
    assert function == [("@Fin", True), (12, True), (5, False)]
    assert first_difference([5], function) is first_difference(["@Fin", 12, 5], function) is None
    assert first_difference(["@Fin", 13, 5], function) == (1, 5)
    exists = build.app("Exists", fin, build.mk(LAM, 0, fin, body, 0))
    assert build.read(exists) == function


def test_what_is_neither_number_nor_string_nor_application_has_nothing_to_read():
    build = Build()
    inside = build.mk(PROJ, 0, 1, build.numeral(3))
    function = build.mk(LAM, 0, build.mk(SORT, 0), build.mk(APP, build.mk(BVAR, 0), inside), 0)
    assert build.tokens(function) == [3]


@pytest.mark.parametrize("instance", ["instOfNatNat", "Other.instOfNatNat"])
def test_a_numeral_that_may_have_another_value_is_none(instance):
    build = Build()
    seven, eight = build.mk(NAT, 7), build.mk(NAT, 8)
    of = build.const("Nat")
    assert build.tokens(build.app("OfNat.ofNat", of, seven, build.app(instance, eight))) == [NO_NUMERAL]
    assert build.tokens(build.app("OfNat.ofNat", of, seven, build.app("Other", seven))) == [NO_NUMERAL]
    assert build.tokens(build.app("OfNat.ofNat", of, of, build.app("instOfNatNat", of))) == [NO_NUMERAL]


def test_numerals_of_mathlib_are_read_where_they_may_be():
    build = Build()
    seven = build.mk(NAT, 7)
    term = build.app("OfNat.ofNat", build.const("Rat"), seven, build.app("instOfNat", build.const("Rat"), seven))
    assert build.tokens(term) == [NO_NUMERAL]
    assert [token for token, _ in TermReader(build, {"A"}, any_numeral=True).read(term, 1)] == [7]


@pytest.mark.parametrize("end", ["constant", "number", "variable"])
def test_a_list_that_does_not_end_is_none(end):
    build = Build()
    ends = {"constant": build.app("A.rest"), "number": build.numeral(3), "variable": build.mk(BVAR, 0)}
    body = build.app("List.cons", build.const("Nat"), build.numeral(1), ends[end])
    assert build.tokens(build.mk(LAM, 0, build.mk(SORT, 0), body, 0)) == ["[", 1, NO_LIST]


def test_a_long_list_is_read_without_recursion():
    build = Build()
    numbers = list(range(10_000))
    required = ["[", *numbers, "]"]
    elements = [build.numeral(number) for number in numbers]
    for lets in ((), range(0, len(numbers), 64)):
        assert (
            first_difference(required, TermReader(build, {"A"}).read(build.list(elements, lets), len(required))) is None
        )


def test_a_term_that_is_shared_without_end_is_an_error(monkeypatch):
    monkeypatch.setattr(bridge.check.olean.numbers, "_LEAST_STEPS", 1_000)
    build = Build()
    term = build.const("A.x")
    for _ in range(80):
        term = build.app("A.f", term, term)
    with pytest.raises(OleanError, match=r"^a term shares so much of itself .*; .* is required; have Lean compile"):
        build.read(term, 0)


def test_a_variable_that_nothing_binds_is_an_error():
    build = Build()
    inside = build.mk(LAM, 0, build.const("Nat"), build.mk(BVAR, 2), 0)
    with pytest.raises(OleanError, match=r"^a term has a variable that nothing binds; a closed term is required; "):
        build.read(inside)
    with pytest.raises(OleanError, match=r"^a term has a variable that nothing binds"):
        build.read(build.mk(BVAR, 0))


def test_numbers_of_a_proof_are_found_in_their_order():
    build = Build()
    read = build.read(build.app("A.lemma", *map(build.numeral, [4, 1, 4, 2])))
    assert [found_in_order(required, read) for required in ([], [4, 2], [1, 4, 2], [2, 1], [4, 4, 4])] == [
        0,
        2,
        3,
        1,
        2,
    ]
