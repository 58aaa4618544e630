"""How numbers, names and remarks are written in Lean, and that no text can get out of its place."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.base.errors import InputError
from bridge.base.words import counted
from bridge.exact.dyadic import dyadic
from bridge.exact.text import decimal, rational
from bridge.export.lean_text import KEYWORDS, denominator, hexadecimal, identifier, module_names, remark, signed
from support.strategies import finite_floats, hostile_texts

whole_numbers = st.integers(-(10**30), 10**30)
fractions_beyond_floats = st.builds(
    lambda numerator, exponent: Fraction(numerator) * Fraction(2) ** exponent, whole_numbers, st.integers(-5000, 5000)
)


def parsed(text):
    """A reader of its own: an optional sign, digits, and a denominator without a sign."""
    match = re.fullmatch(r"(-?)(0|[1-9][0-9]*)(?: / ([1-9][0-9]*))?", text)
    assert match, text
    sign, numerator, denominator = match.groups(default="1")
    return Fraction(int(numerator), int(denominator)) * (-1 if sign == "-" else 1)


@given(finite_floats(64))
def test_every_float64_written_and_read_is_itself(value):
    assert parsed(rational(dyadic(value))) == Fraction(*value.as_integer_ratio())


@given(finite_floats(32).map(np.float32))
def test_every_float32_written_and_read_is_itself(value):
    assert np.float32(float(parsed(rational(dyadic(value))))) == value


@given(finite_floats(64))
def test_a_number_has_a_sign_exactly_if_it_is_negative(value):
    assert rational(dyadic(value)).startswith("-") == (value < 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.0, "-1"),
        (0.5, "1 / 2"),
        (-0.375, "-3 / 8"),
        (np.float32(0.1), "13421773 / 134217728"),
        (2.0**1000, str(2**1000)),
        (-(2.0**-1000), f"-1 / {2**1000}"),
        (5e-324, f"1 / {2**1074}"),
        (np.finfo(np.float64).min, f"-{(2**53 - 1) * 2**971}"),
        (np.float16(-6e-8), f"-1 / {2**24}"),
    ],
)
def test_a_rational_is_written_in_lowest_terms(value, text):
    assert rational(dyadic(value)) == text


@given(st.integers(min_value=0))
def test_a_natural_number_in_hexadecimal_is_itself(value):
    text = hexadecimal(value)
    assert re.fullmatch(r"0x[0-9a-f]+", text)
    assert int(text, 16) == value


@given(whole_numbers)
def test_an_integer_is_written_with_the_name_of_its_sign(value):
    sign, digits = re.fullmatch(r"Bridge\.(plus|minus) (0|[1-9][0-9]*)", signed(value)).groups()
    assert int(digits) * {"plus": 1, "minus": -1}[sign] == value
    assert (sign == "minus") == (value < 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "2 ^ 0"),
        (2, "2 ^ 1"),
        (3, "3"),
        (24, "24"),
        (2**47, "2 ^ 47"),
        (2**1074, "2 ^ 1074"),
        (2**70 - 1, str(2**70 - 1)),
    ],
)
def test_a_denominator_is_written_as_a_power_of_two_if_it_is_one(value, text):
    assert denominator(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(7), "7"),
        (Fraction(100), "100"),
        (Fraction(-123_456), "-123456"),
        (Fraction(-1_234_567), "-1.23457e+6"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(999_999_9, 10), "1e+6"),
        (Fraction(1, 10**6), "0.000001"),
        (Fraction(1, 3 * 10**6), "3.33333e-7"),
        (Fraction(2) ** 5000, "1.41247e+1505"),
        (-(Fraction(2) ** -5000), "-7.07981e-1506"),
    ],
)
def test_a_decimal_has_six_digits_and_is_as_short_as_it_can_be(value, text):
    assert decimal(value) == text


@given(fractions_beyond_floats, st.integers(1, 12))
def test_a_decimal_is_the_number_up_to_half_a_unit_in_its_last_digit(value, digits):
    shown = Fraction(Decimal(decimal(value, digits)))
    assert abs(shown - value) <= abs(value) * Fraction(1, 2 * 10 ** (digits - 1))


@pytest.mark.parametrize(("number", "text"), [(0, "0 samples"), (1, "1 sample"), (2, "2 samples")])
def test_one_thing_is_counted_in_the_singular(number, text):
    assert counted(number, "sample") == text


@given(hostile_texts)
@example("/-" * 5 + "-/" * 5)
def test_a_remark_has_no_edge_of_a_comment_and_no_character_that_is_not_shown(text):
    safe = remark(text)
    assert "/-" not in safe
    assert "-/" not in safe
    assert not re.search(r"[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", safe)
    assert safe.splitlines() in ([], [safe])
    safe.encode()


@given(hostile_texts)
def test_a_remark_begins_and_ends_no_comment_with_what_the_templates_put_around_it(text):
    for around in ("`{}`", "({})", " in {}: about", "| {} |"):
        line = around.format(remark(text))
        assert "/-" not in line
        assert "-/" not in line


@given(hostile_texts)
def test_a_remark_of_a_remark_is_the_same(text):
    assert remark(remark(text)) == remark(text)


@pytest.mark.parametrize("text", ["", "pixels", "size of a digit", "Größe / m²", "δ → False", "1 - 2 / 3", "😀"])
def test_a_harmless_text_stays_as_it_is(text):
    assert remark(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [("a/-", "a/ -"), ("-/", "- /"), ("/-/", "/ - /"), ("-/-", "- / -"), ("a\nb", "a b")],
)
def test_an_edge_of_a_comment_is_taken_apart(text, safe):
    assert remark(text) == safe


@pytest.mark.parametrize("name", ["size", "Size", "s1", "snake_case", "_private", "_1", "e", "sorryful"])
def test_a_plain_word_is_its_own_identifier(name):
    assert identifier(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *sorted(KEYWORDS),
        *[
            "_",
            "1",
            "0x1",
            "1a",
            "a b",
            " ",
            "a.b",
            ".",
            "..",
            "a'",
            "x?",
            "x!",
            "δ",
            "größe",
            "ª",
            "x₁",
            "λ",
            "É",
            "大",
        ],
        *["a/-", "-/", "δ → False", '"; #eval', "--", "a\\b", "`", "|", "(", "\u00a0", "😀", "Fin 3", "probe.residual"],
    ],
)
def test_any_other_name_is_written_in_guillemets(name):
    assert identifier(name) == f"«{name}»"


@pytest.mark.parametrize("word", "axiom by def end example fun if in let namespace open sorry theorem where".split())
def test_words_of_the_grammar_are_known(word):
    assert word in KEYWORDS


@pytest.mark.parametrize(
    "char",
    [
        "«",
        "»",
        "\n",
        "\r",
        "\t",
        "\0",
        "\x7f",
        "\x85",
        "\u2028",
        "\u2029",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\ud800",
    ],
)
@pytest.mark.parametrize("name", ["{}", "a{}", "{}a", "a{}b"])
def test_a_name_with_a_character_that_guillemets_cannot_hold_is_refused(char, name):
    message = (
        f"concept name {name.format(char)!r} contains {char!r}; a Lean name can hold neither control characters nor "
        "« and »; rename the concept"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        identifier(name.format(char))


def test_an_empty_name_is_refused():
    with pytest.raises(
        InputError, match=r"^a concept name is empty; a Lean namespace needs a name; give every concept"
    ):
        identifier("")


@pytest.mark.parametrize("name", ["Bridge", "functional", "samples"])
def test_a_name_that_would_hide_a_declaration_of_the_export_is_refused(name):
    message = (
        f"concept name '{name}' is a name that the export uses itself; names must differ from Bridge, functional, "
        "samples; rename the concept"
    )
    with pytest.raises(InputError, match=f"^{message}$"):
        identifier(name)


@pytest.mark.parametrize(
    "name",
    [
        "probe",
        "spec",
        "column",
        "residual",
        "bound",
        "attained",
        "checked",
        "faithful",
        "integers",
        "Generated",
        "Rat",
        "Fin",
        "Samples",
        "_root_",
    ],
)
def test_the_name_of_another_declaration_is_a_name_like_any_other(name):
    assert identifier(name) == name


@given(hostile_texts)
def test_an_identifier_is_one_plain_word_or_one_word_in_guillemets_or_refused(name):
    try:
        text = identifier(name)
    except InputError as error:
        assert "\n" not in str(error)
        assert str(error).startswith("a concept name is empty" if not name else f"concept name {name!r}")
        return
    if text != name:
        assert text == f"«{name}»"
        assert re.fullmatch(r"«[^«»\n]+»", text)
    else:
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text)
        assert text not in KEYWORDS | {"_"}


@given(st.lists(hostile_texts, unique=True))
def test_different_names_have_different_identifiers(names):
    identifiers = []
    for name in names:
        try:
            identifiers.append(identifier(name))
        except InputError:
            continue
    assert len(set(identifiers)) == len(identifiers)


@pytest.mark.parametrize(
    ("names", "modules"),
    [
        (["size", "thick", "slant"], ["Size", "Thick", "Slant"]),
        (["Size"], ["Size"]),
        (["strokeWidth", "x_1"], ["StrokeWidth", "X_1"]),
        (["size", "Size"], ["Concept0", "Concept1"]),
        (["size", "SIZE", "thick"], ["Concept0", "Concept1", "Thick"]),
        (["samples", "Samples"], ["Concept0", "Concept1"]),
        (["concept1", "x"], ["Concept0", "X"]),
        (["Concept1", "a b"], ["Concept0", "Concept1"]),
        (["CONCEPT01"], ["Concept0"]),
        (["concepts1", "Concepts", "CONCEPTS23"], ["Concept0", "Concepts", "Concept2"]),
        (["concept"], ["Concept"]),
        (["δ", "größe", "a b", "_x", "1a"], ["Concept0", "Concept1", "Concept2", "Concept3", "Concept4"]),
        (["end", "a.b", "../x", ""], ["End", "Concept1", "Concept2", "Concept3"]),
        (["ı", "ſize", "size"], ["Concept0", "Concept1", "Size"]),
        (["a" * 100, "a" * 101], ["A" + "a" * 99, "Concept1"]),
        ([], []),
    ],
)
def test_a_module_has_the_name_of_its_concept_where_that_is_a_plain_word_of_its_own(names, modules):
    assert module_names(names) == tuple(modules)


module_like_names = st.sampled_from(["size", "Size", "SIZE", "samples", "Samples", "Concept0", "concepts1", "CONCEPT2"])


@given(st.lists(module_like_names | hostile_texts, unique=True, max_size=8))
def test_module_names_are_file_names_that_differ_by_more_than_case(names):
    modules = module_names(names)
    assert len(modules) == len(names)
    assert len({module.casefold() for module in modules} | {"samples"}) == len(names) + 1
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9_]{0,99}", module) for module in modules)
    # These are files that several concepts share.
    assert not any(re.fullmatch("concepts[0-9]+", module.casefold()) for module in modules)
