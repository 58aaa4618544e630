"""Terms for other kernels: every constant with every field, read back by a reader that knows the format alone."""

import json
from random import Random

import pytest

from bridge.base.version import __version__
from bridge.check.embedded import ensure_embedded_lean
from bridge.check.olean.closure import Closure
from bridge.check.olean.errors import OleanError
from bridge.check.olean.modules import Modules, in_folders
from bridge.check.olean.ndjson import decimal, term_lines
from bridge.check.olean.terms import Terms
from support import ndjson
from support.ndjson import assert_same_constants, read_terms
from support.oleans import GIT_HASH, LEAN_VERSION, Writer, write_module

LARGE = 7**6000  # 5,071 digits
TEXT = 'a "quoted" \\ line\nand a \x01, δ, 🟦'


def odd_name(writer, *components):
    """A name whose components may have dots, blanks and whatever else there is."""
    address = 1
    for component in components:
        if isinstance(component, int):
            address = writer.constructor(2, address, writer.number(component), scalars=bytes(8))
        else:
            address = writer.constructor(1, address, writer.string(component), scalars=bytes(8))
    return address


def natural_numbers(writer):
    """`Nat` with constructors and a recursor, whose rules and counts are not those of Lean, so that all differ."""
    nat, zero = writer.const("Nat"), writer.const("Nat.zero")
    u = writer.level("param", writer.name("u"))
    motive = writer.pi("m", nat, writer.sort(u))
    side = writer.pi("n", nat, writer.expr(0, writer.number(0)), tag=6)
    rules = [
        writer.constructor(0, writer.name("Nat.zero"), writer.number(1), zero),
        writer.constructor(0, writer.name("Nat.succ"), writer.number(2), side),
    ]
    block, constructors = writer.names("Nat"), writer.names("Nat.zero", "Nat.succ")
    three, four, five, six = map(writer.number, range(3, 7))
    sort, to = writer.sort(writer.level("succ", writer.level())), writer.pi("n", nat, nat)
    return [
        writer.constant(5, "Nat", sort, three, four, block, constructors, five, scalars=b"\1\0\0"),
        writer.constant(6, "Nat.zero", nat, writer.name("Nat"), three, four, five, scalars=b"\0"),
        writer.constant(6, "Nat.succ", to, writer.name("Nat"), four, five, six, scalars=b"\1"),
        writer.constant(
            7,
            "Nat.rec",
            writer.pi("motive", motive, writer.sort(u), 1),
            *(block, three, four, five, six, writer.list(*rules)),
            scalars=b"\1\0",
            levels=["u"],
        ),
    ]


def everything(width=4):
    """A module with each kind of constant, level and expression."""
    writer = Writer(width)
    zero, u, v = writer.level(), *(writer.level("param", writer.name(name)) for name in "uv")
    prop, nat = writer.sort(zero), writer.const("Nat")
    levels = writer.level("max", writer.level("succ", u), writer.level("imax", u, v))
    type_ = writer.sort(levels)
    bound = writer.expr(0, writer.number(0))
    binders = prop
    for info in range(4):
        binders = writer.pi(f"x.{info}", nat, binders, info)
    odd = odd_name(writer, "Big", "concept 1", "a.b", 7, "ℝ«")
    odd_value = writer.constructor(0, odd, writer.list(), nat)
    cases = [
        writer.definition("text", nat, writer.literal(TEXT), hints=1),
        writer.definition("large", nat, writer.literal(LARGE), hints=writer.constructor(2, scalars=b"\7\0\1\0")),
        writer.definition("zero", nat, writer.literal(0), safety=2),
        writer.definition("binders", binders, writer.pi("y", nat, bound, tag=6)),
        writer.definition("let", nat, writer.expr(8, writer.name("z"), nat, writer.const("zero"), bound, flags=b"\1")),
        writer.definition("proj", nat, writer.expr(11, writer.name("Nat"), writer.number(2), bound)),
        writer.definition("noted", nat, writer.expr(10, writer.constructor(0, 1), writer.app(bound, bound, bound))),
        writer.constant(3, "hidden", nat, bound, writer.names("hidden", "zero"), scalars=b"\1"),
        writer.constant(0, "free", type_, scalars=b"\1", levels=["u", "v", "w"]),
        writer.theorem("fact", writer.const("free", u, levels), writer.const("hidden"), levels=["u"]),
        ("odd", writer.constructor(0, writer.constructor(0, odd_value, scalars=b"\0"))),
        *natural_numbers(writer),
        writer.axiom("Eq", prop),
        *(
            writer.constant(4, name, prop, scalars=bytes([kind]))
            for kind, name in enumerate(("Quot", "Quot.mk", "Quot.lift", "Quot.ind"))
        ),
    ]
    writer._known["name", "odd"] = odd
    return writer.module(*cases)


@pytest.fixture(params=[4, 8])
def closure(request, tmp_path):
    """All constants of that module."""
    write_module(tmp_path, "Everything", everything(request.param))
    return closure_of(tmp_path, "Everything")


def closure_of(folder, module):
    modules = Modules(Terms(), in_folders([folder], folder / "core"))
    modules.load([module])
    return Closure(modules, modules.declared_in(module))


def written(closure):
    return b"".join(term_lines(closure, LEAN_VERSION, GIT_HASH))


def test_every_constant_is_in_the_file_with_every_field(closure):
    assert len(closure.order) == 14
    file = assert_same_constants(written(closure), closure)
    assert {key for key, _ in file.declarations} == {"axiom", "def", "thm", "opaque", "quot", "inductive"}
    assert {key for table in file.nodes.values() for key, _ in filter(None, table)} == {
        key for keys in ndjson.FIELDS.values() for key in keys
    }


def test_the_file_says_who_made_it_and_which_lean_compiled_the_terms(closure):
    assert read_terms(written(closure)).about == {
        "exporter": {"name": "bridge export-terms", "version": __version__},
        "format": {"version": "3.1.0"},
        "lean": {"githash": GIT_HASH, "version": LEAN_VERSION},
    }


def test_names_are_in_the_file_component_by_component(closure):
    names = read_terms(written(closure)).nodes["in"]
    parts = [[]]
    for _, (prefix, part) in names[1:]:
        parts.append([*parts[prefix], part])
    assert ["Big", "concept 1", "a.b", 7, "ℝ«"] in parts
    assert ["x", 3] in parts


def test_large_numbers_and_any_text_are_whole(closure):
    nodes = read_terms(written(closure)).nodes["ie"]
    assert {ndjson.decimal(content) for key, content in nodes if key == "natVal"} == {0, LARGE}
    assert [content for key, content in nodes if key == "strVal"] == [TEXT]


def test_what_lean_only_notes_is_left_out(closure):
    text = written(closure)
    assert b"mdata" not in text
    assert b'"nondep":false' in text
    assert b'"nondep":true' not in text


def test_keys_are_in_alphabetical_order_as_lean4export_has_them(closure):
    for line in written(closure).decode().splitlines():
        assert json.dumps(json.loads(line), sort_keys=True, ensure_ascii=False, separators=(",", ":")) == line


def test_the_same_constants_give_the_same_bytes(closure, tmp_path):
    assert written(closure) == written(closure_of(tmp_path, "Everything"))


def test_quotients_are_four_or_an_error(tmp_path):
    writer = Writer()
    prop = writer.sort()
    others = [writer.constant(4, name, prop, scalars=b"\0") for name in ("Quot", "Quot.mk", "Quot.ind")]
    write_module(tmp_path, "Odd", writer.module(writer.axiom("Eq", prop), writer.axiom("Quot.lift", prop), *others))
    with pytest.raises(OleanError) as caught:
        written(closure_of(tmp_path, "Odd"))
    assert str(caught.value) == (
        "Quot.lift is of the kind axiom; a quotient is required, as Quot is; have Lean compile Odd again"
    )


@pytest.mark.parametrize("width", [4, 8])
def test_an_altered_file_is_an_error_or_is_written_as_the_format_has_it(tmp_path, width):
    content = everything(width)
    outcomes = set()
    random = Random(0)
    for _ in range(300):
        altered = bytearray(content)
        for _ in range(random.randint(1, 3)):
            altered[random.randrange(0x58, len(altered))] = random.randrange(256)
        write_module(tmp_path, "Everything", altered)
        try:
            closure = closure_of(tmp_path, "Everything")
            assert_same_constants(written(closure), closure)
        except OleanError:
            outcomes.add("error")
        else:
            outcomes.add("written")
    assert outcomes == {"error", "written"}


def test_a_small_file(tmp_path):
    writer = Writer()
    nat = writer.const("N")
    writer_module = writer.module(
        writer.axiom("N", writer.sort()),
        writer.definition("N.d", nat, writer.pi("x", nat, writer.expr(0, writer.number(0)), tag=6)),
    )
    write_module(tmp_path, "Small", writer_module)
    _, *lines = written(closure_of(tmp_path, "Small")).decode().splitlines()
    assert lines == [
        '{"in":1,"str":{"pre":0,"str":"N"}}',
        '{"ie":0,"sort":0}',
        '{"axiom":{"isUnsafe":false,"levelParams":[],"name":1,"type":0}}',
        '{"in":2,"str":{"pre":1,"str":"d"}}',
        '{"const":{"name":1,"us":[]},"ie":1}',
        '{"bvar":0,"ie":2}',
        '{"in":3,"str":{"pre":0,"str":"x"}}',
        '{"ie":3,"lam":{"binderInfo":"default","body":2,"name":3,"type":1}}',
        '{"def":{"all":[2],"hints":"abbrev","levelParams":[],"name":2,"safety":"safe","type":1,"value":3}}',
    ]


@pytest.mark.parametrize(
    ("power", "more"), [(0, -1), (0, 0), (3913, 0), (4299, 1), (4300, 0), (50_000, 0), (50_000, -1), (123_457, 7)]
)
def test_numbers_are_in_decimal_digits_however_many(power, more):
    assert ndjson.decimal(decimal(10**power + more)) == 10**power + more


@pytest.mark.lean
@pytest.mark.usefixtures("user_cache")
def test_terms_of_leans_core_are_in_the_file():
    core = ensure_embedded_lean(print).folder / "lib" / "lean"
    modules = Modules(Terms(), in_folders([], core))
    modules.load(["Init"])
    roots = ("Rat.add", "Quot.sound", "List.mergeSort", "Lean.Syntax", "Acc.inv", "String.append", "Nat.gcd_comm")
    closure = Closure(modules, map(modules.terms.name, roots))
    data = b"".join(term_lines(closure, LEAN_VERSION, GIT_HASH))
    file = assert_same_constants(data, closure)
    assert len(file.declarations) > 200
