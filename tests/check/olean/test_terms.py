"""Names, universe levels and expressions as numbered nodes: equal ones have one number, and wrong files make none."""

import pytest

from bridge.check.olean.decoding import Decoder
from bridge.check.olean.errors import OleanError
from bridge.check.olean.objects import Objects
from bridge.check.olean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, SORT, STR, Terms
from support.oleans import Writer


@pytest.fixture(params=[4, 8])
def writer(request):
    return Writer(request.param)


def decoder_of(folder, writer, terms=None):
    file = folder / "A.olean"
    file.write_bytes(writer.with_root(writer.constructor(0, scalars=bytes(32))))
    return Decoder(Objects([file]), terms or Terms())


def refusal(call):
    with pytest.raises(OleanError) as caught:
        call()
    return str(caught.value).partition(" is damaged or altered: ")[2].partition(" at 0x")[0]


# Names


@pytest.mark.parametrize("text", ["", "A", "A.B", "Big.«concept 1».bound", "_private.A.0.B", "a'.b!.c?", "δ.«2»"])
def test_a_name_is_written_as_it_is_read(text):
    terms = Terms()
    assert terms.text(terms.name(text)) == text


def test_digits_are_a_number_and_in_quotes_a_text():
    terms = Terms()
    assert terms.parts(terms.name("A.12.«12»")) == ("A", 12, "12")


def test_a_quote_without_its_end_is_part_of_the_name():
    terms = Terms()
    assert terms.parts(terms.name("A.«b")) == ("A", "«b")


def test_equal_names_of_text_and_of_files_have_one_number(tmp_path, writer):
    address = writer.name("A.B.7")
    terms = Terms()
    decoder = decoder_of(tmp_path, writer, terms)
    assert decoder.name(address) == terms.name("A.B.7")
    assert decoder.name(1) == 0


def test_a_name_in_a_message_is_one_short_line():
    terms = Terms()
    assert terms.shown(terms.mk_name(0, "a\nb")) == "«a b»"
    assert len(terms.shown(terms.mk_name(0, "a" * 1000))) == 121


@pytest.mark.parametrize("component", ["a" * (2**16 + 1), 2**10000])
def test_a_component_that_is_too_long_is_an_error(component):
    with pytest.raises(
        OleanError, match="a name has 1 components, or one is longer than 65536 characters; at most 255 "
    ):
        Terms().mk_name(0, component)


def test_a_name_of_too_many_components_is_an_error():
    with pytest.raises(OleanError, match="a name has 256 components, "):
        Terms().name(".".join(["a"] * 256))


def test_what_is_no_name_is_an_error(tmp_path, writer):
    text = writer.string("a")
    one, three, zero = writer.constructor(1, 1), writer.constructor(3, 1, text), writer.constructor(0, 1, text)
    short = writer.constructor(1, 1, text)
    scalar = writer.constructor(1, 3, text, scalars=bytes(8))
    decoder = decoder_of(tmp_path, writer)
    for address in (one, three, zero, short, text):
        assert refusal(lambda address=address: decoder.name(address)) == "no name"
    for address in (scalar, 3, 5):
        assert refusal(lambda address=address: decoder.name(address)) == "no object"


def point(writer, address, index, target):
    """Turns a pointer of an object to another one."""
    start = address - writer.base + 8 + index * writer.width
    writer.data[start : start + writer.width] = writer.word(target)


def test_a_cyclic_name_is_an_error(tmp_path, writer):
    first = writer.name("A")
    second = writer.name("A.B")
    point(writer, first, 0, second)
    decoder = decoder_of(tmp_path, writer)
    assert refusal(lambda: decoder.name(second)) == "no name"


def test_names_at_the_end_of_a_file_are_read(tmp_path, writer):
    address = writer.name("A")
    file = tmp_path / "A.olean"
    file.write_bytes(writer.with_root(address))
    terms = Terms()
    assert Decoder(Objects([file]), terms).name(address) == terms.name("A")


# Universe levels


def test_levels_are_read(tmp_path, writer):
    u = writer.level("param", writer.name("u"))
    other = writer.constructor(4, writer.name("u"), scalars=bytes(8))
    address = writer.level("max", writer.level("succ", writer.level()), writer.level("imax", u, other))
    terms = Terms()
    decoder = decoder_of(tmp_path, writer, terms)
    _, one, two = terms.levels[decoder.level(address)]
    assert terms.levels[one] == ("succ", 0)
    kind, left, right = terms.levels[two]
    assert (kind, left, terms.levels[left]) == ("imax", right, ("param", terms.name("u")))
    assert decoder.level(1) == 0


def test_a_deep_level_is_read(tmp_path, writer):
    address = writer.level()
    for _ in range(20_000):
        address = writer.level("succ", address)
    assert decoder_of(tmp_path, writer).level(address) == 20_000


def test_what_is_no_level_is_an_error(tmp_path, writer):
    metavariable = writer.constructor(5, writer.name("u"), scalars=bytes(8))
    binary = writer.level("succ", writer.level(), writer.level())
    below = writer.level("succ", writer.level())
    above = writer.level("succ", below)
    point(writer, below, 0, above)
    decoder = decoder_of(tmp_path, writer)
    for address in (metavariable, binary, 3):
        assert refusal(lambda address=address: decoder.level(address)) == "no universe level"
    assert refusal(lambda: decoder.level(above)) == "a pointer forward"


def test_more_levels_than_a_constant_has_are_an_error(tmp_path, writer):
    many = writer.const("A", *[writer.level()] * 256)
    decoder = decoder_of(tmp_path, writer)
    assert refusal(lambda: decoder.expr(many)) == "256 universe levels"


# Expressions


def test_expressions_are_read(tmp_path, writer):
    nat, bound = writer.const("Nat", writer.level()), writer.expr(0, writer.number(3))
    metadata = writer.expr(10, writer.constructor(0, 1), nat)
    addresses = [
        bound,
        writer.sort(),
        metadata,
        writer.app(nat, bound),
        writer.pi("x", nat, bound, 3, tag=6),
        writer.pi("x", nat, bound, 1),
        writer.expr(8, writer.name("x"), nat, bound, nat, flags=b"\1"),
        writer.literal(2**100),
        writer.literal("δ"),
        writer.expr(11, writer.name("P"), writer.number(2), bound),
    ]
    terms = Terms()
    decoder = decoder_of(tmp_path, writer, terms)
    found = [terms.exprs[decoder.expr(address)] for address in addresses]
    x, n, b = terms.name("x"), decoder.expr(nat), decoder.expr(bound)
    assert found == [
        (BVAR, 3),
        (SORT, 0),
        (CONST, terms.name("Nat"), (0,)),
        (APP, n, b),
        (LAM, x, n, b, 3),
        (PI, x, n, b, 1),
        (LET, x, n, b, n),
        (NAT, 2**100),
        (STR, "δ"),
        (PROJ, terms.name("P"), 2, b),
    ]


def test_equal_expressions_of_two_modules_have_one_number(tmp_path):
    terms, numbers = Terms(), []
    for width in (4, 8):
        writer = Writer(width)
        address = writer.app(writer.const("f"), writer.literal(2**100), writer.literal("a"))
        numbers.append(decoder_of(tmp_path, writer, terms).expr(address))
    assert numbers[0] == numbers[1]


def test_a_deep_expression_is_read_and_walked(tmp_path, writer):
    one = writer.const("c")
    address = one
    for index in range(20_000):
        address = writer.app(one, address) if index % 2 else writer.pi("x", address, one)
    terms = Terms()
    root = decoder_of(tmp_path, writer, terms).expr(address)
    assert terms.below([root]) == list(range(20_001))


def test_an_expression_that_grows_by_sharing_is_read_once(tmp_path, writer):
    address = writer.const("c")
    for _ in range(1000):
        address = writer.expr(5, address, address)
    terms = Terms()
    assert decoder_of(tmp_path, writer, terms).expr(address) == len(terms.exprs) - 1 == 1000


@pytest.mark.parametrize("tag", [1, 2, 12, 250])
def test_free_variables_metavariables_and_what_is_no_expression_are_errors(tmp_path, writer, tag):
    address = writer.expr(tag, writer.name("x"))
    decoder = decoder_of(tmp_path, writer)
    assert refusal(lambda: decoder.expr(address)) == f"no expression, but constructor {tag} with 1 fields"


EXPRESSIONS = {
    0: "1",
    3: "l",
    4: "n1",
    5: "ee",
    6: "nee",
    7: "nee",
    8: "neee",
    9: "k",
    10: "1e",
    11: "n1e",
}


def expression(writer, tag, replaced=None, by=None, flags=b"\0"):
    made = {"1": 1, "l": writer.level(), "n": writer.name("x"), "e": writer.expr(0, 1), "k": writer.constructor(0, 1)}
    fields = [made[each] for each in EXPRESSIONS[tag]]
    if replaced is not None:
        fields[replaced] = by
    return writer.expr(tag, *fields, flags=flags if tag in (6, 7, 8) else b"")


@pytest.mark.parametrize("tag", EXPRESSIONS)
def test_an_expression_with_another_number_of_fields_is_an_error(tmp_path, writer, tag):
    decoder = decoder_of(tmp_path, writer)
    good = expression(writer, tag)
    more = writer.expr(tag, *[1] * (len(EXPRESSIONS[tag]) + 1), flags=b"\0")
    without_data = writer.constructor(tag, *[1] * len(EXPRESSIONS[tag]))
    decoder = decoder_of(tmp_path, writer)
    decoder.expr(good)
    for address in (more, without_data):
        assert refusal(lambda address=address: decoder.expr(address)).startswith("no expression, but constructor ")


BELOW = [(tag, index) for tag, kinds in EXPRESSIONS.items() for index, kind in enumerate(kinds) if kind == "e"]


@pytest.mark.parametrize(("tag", "index"), BELOW)
def test_a_cyclic_expression_is_an_error(tmp_path, writer, tag, index):
    address = expression(writer, tag)
    point(writer, address, index, address)
    later = expression(writer, tag)
    point(writer, later, index, writer.const("c"))
    scalar = expression(writer, tag, index, 3)
    decoder = decoder_of(tmp_path, writer)
    for each in (address, later):
        assert refusal(lambda each=each: decoder.expr(each)) == "a pointer forward"
    assert refusal(lambda: decoder.expr(scalar)) == "no object"


@pytest.mark.parametrize("tag", [6, 7])
def test_a_binder_that_there_is_not_is_an_error(tmp_path, writer, tag):
    address = expression(writer, tag, flags=b"\4")
    decoder = decoder_of(tmp_path, writer)
    assert refusal(lambda: decoder.expr(address)) == "no binder"


def test_an_index_that_is_large_is_an_error(tmp_path, writer):
    large = writer.number(2**70)
    variable, field = expression(writer, 0, 0, large), expression(writer, 11, 1, large)
    decoder = decoder_of(tmp_path, writer)
    for address in (variable, field):
        assert refusal(lambda address=address: decoder.expr(address)) == "an index that is too large"


def test_a_value_that_two_literals_share_is_one_node(tmp_path, writer):
    number = writer.number(2**70)
    one, other = (expression(writer, 9, 0, writer.constructor(0, number)) for _ in range(2))
    decoder = decoder_of(tmp_path, writer)
    assert decoder.expr(one) == decoder.expr(other)


def test_what_is_no_literal_is_an_error(tmp_path, writer):
    number = writer.number(2**70)
    third, empty = writer.constructor(2, 1), writer.constructor(0)
    natural, text = writer.constructor(0, number), writer.constructor(1, number)
    addresses = [expression(writer, 9, 0, each) for each in (third, empty, natural, text)]
    decoder = decoder_of(tmp_path, writer)
    decoder.expr(addresses.pop(2))
    for address in addresses:
        assert refusal(lambda address=address: decoder.expr(address)) == "no literal"


@pytest.mark.parametrize("tag", EXPRESSIONS)
def test_an_expression_at_the_end_of_a_file_is_read_and_one_that_is_cut_off_is_an_error(tmp_path, writer, tag):
    address = expression(writer, tag)
    file = tmp_path / "A.olean"
    whole = writer.with_root(address)
    file.write_bytes(whole)
    Decoder(Objects([file]), Terms()).expr(address)
    for size in range(address - writer.base + 8, len(whole), writer.width):
        file.write_bytes(whole[:size])
        with pytest.raises(OleanError):
            Decoder(Objects([file]), Terms()).expr(address)


# Walks


def test_all_that_is_below_is_walked_once_and_children_first():
    terms = Terms()
    a, b = terms.mk(BVAR, 0), terms.mk(CONST, terms.name("c"), ())
    f = terms.mk(LAM, 0, b, a, 0)
    x = terms.mk(LET, 0, b, f, a)
    y = terms.mk(PROJ, terms.name("P"), 0, x)
    z = terms.mk(APP, y, f)
    assert [terms.children(each) for each in (a, b, f, x, y, z)] == [(), (), (b, a), (b, f, a), (x,), (y, f)]
    assert terms.below([z]) == [a, b, f, x, y, z]
    seen = set()
    assert terms.below([f], seen) == [a, b, f]
    assert terms.below([z, z], seen) == [x, y, z]
    assert seen == {a, b, f, x, y, z}
