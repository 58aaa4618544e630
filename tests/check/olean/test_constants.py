"""The eight kinds of constants, with all that the kernel needs to know of them."""

import pytest

from bridge.check.olean.constants import Constant, Kind
from bridge.check.olean.errors import OleanError
from bridge.check.olean.modules import CompiledFiles, Modules
from bridge.check.olean.terms import LET, NAT, Terms
from support.oleans import LARGE, Writer, every_kind

LAYOUTS = [(4, False), (8, False), (8, True)]


def modules_of(folder, content, *, is_core=False):
    file = folder / "M.olean"
    file.write_bytes(content)
    modules = Modules(Terms(), {"M": CompiledFiles((file,), is_core)}.get)
    modules.load(["M"])
    return modules


@pytest.fixture(params=LAYOUTS, ids=str)
def modules(request, tmp_path):
    width, gmp = request.param
    return modules_of(tmp_path, every_kind(width, gmp=gmp), is_core=True)


def constant(modules, text):
    return modules.get(modules.terms.name(text))


def texts(modules, names):
    return [modules.terms.text(name) for name in names]


def test_every_constant_is_read_and_of_its_kind(modules):
    found = {modules.terms.text(name): str(modules.get(name).kind) for name in modules.declared_in("M")}
    assert found == {
        "Nat": "inductive",
        "Nat.zero": "constructor",
        "Nat.succ": "constructor",
        "Nat.rec": "recursor",
        "Pair": "inductive",
        "Pair.mk": "constructor",
        "Eq": "axiom",
        "Quot": "quotient",
        "Quot.mk": "quotient",
        "Quot.lift": "quotient",
        "Quot.ind": "quotient",
        "an.axiom": "axiom",
        "large": "definition",
        "project": "definition",
        "large.is": "theorem",
        "hidden": "opaque",
    }


def test_an_inductive_type_and_its_constructors_are_read(modules):
    nat, succ = constant(modules, "Nat"), constant(modules, "Nat.succ")
    assert texts(modules, nat.block) == ["Nat"]
    assert texts(modules, nat.constructors) == ["Nat.zero", "Nat.succ"]
    assert (nat.counts, nat.flags, nat.unsafe) == ((0, 0, 0), (True, False), False)
    assert (modules.terms.text(succ.inductive), succ.counts, succ.unsafe) == ("Nat", (1, 0, 1), False)


def test_a_recursor_is_read_with_its_rules(modules):
    recursor = constant(modules, "Nat.rec")
    assert (recursor.counts, recursor.k, recursor.unsafe) == ((0, 0, 1, 2), False, False)
    assert texts(modules, recursor.level_params) == ["u"]
    rules = [(modules.terms.text(of), fields) for of, fields, _ in recursor.rules]
    assert rules == [("Nat.zero", 0), ("Nat.succ", 1)]


def test_definitions_are_read_with_hints_and_safety(modules):
    large, project, hidden = (constant(modules, text) for text in ("large", "project", "hidden"))
    assert (large.hints, large.safety, project.hints, project.safety) == (7, 1, "opaque", 2)
    assert texts(modules, project.block) == ["project"]
    kind, _, _, number, _ = modules.terms.exprs[large.value]
    assert (kind, modules.terms.exprs[number]) == (LET, (NAT, LARGE))
    assert (hidden.unsafe, hidden.value is not None) == (False, True)


def test_quotients_say_which_they_are(modules):
    assert [constant(modules, name).quotient_kind for name in ("Quot", "Quot.mk", "Quot.lift", "Quot.ind")] == [
        0,
        1,
        2,
        3,
    ]


def test_an_axiom_of_a_core_module_says_what_it_was(modules):
    assert constant(modules, "an.axiom").dropped == Kind.THEOREM
    assert constant(modules, "Eq").dropped is None


def test_a_constant_has_what_every_kind_has(modules):
    theorem = constant(modules, "large.is")
    assert theorem == Constant(
        Kind.THEOREM,
        modules.terms.name("large.is"),
        (),
        theorem.type,
        theorem.value,
        block=(modules.terms.name("large.is"),),
        module="M",
    )


def refusal(folder, writer, *constants):
    modules = modules_of(folder, writer.module(*constants), is_core=True)
    with pytest.raises(OleanError) as caught:
        modules.get(modules.declared_in("M")[0])
    return str(caught.value).partition(" is damaged or altered: ")[2].partition(" at 0x")[0]


@pytest.fixture(params=[4, 8])
def writer(request):
    return Writer(request.param)


@pytest.mark.parametrize(
    ("make", "flag"),
    [
        (lambda w, s: w.constant(0, "A", s, scalars=b"\2"), 2),
        (lambda w, s: w.definition("A", s, s, safety=3), 3),
        (lambda w, s: w.opaque("A", s, s, unsafe=255), 255),
        (lambda w, s: w.quotient("A", s, 4), 4),
        (lambda w, s: w.inductive("A", s, [], flags=(2, 0, 0)), 2),
        (lambda w, s: w.inductive("A", s, [], flags=(0, 3, 0)), 3),
        (lambda w, s: w.inductive("A", s, [], flags=(0, 0, 4)), 4),
        (lambda w, s: w.recursor("A.rec", s, ["A"], [], flags=(5, 0)), 5),
        (lambda w, s: w.recursor("A.rec", s, ["A"], [], flags=(0, 6)), 6),
    ],
)
def test_a_flag_that_there_is_not_is_an_error(tmp_path, writer, make, flag):
    assert refusal(tmp_path, writer, make(writer, writer.sort())) == f"a flag {flag}"


@pytest.mark.parametrize("tag", range(8))
def test_a_constant_with_another_number_of_fields_is_an_error(tmp_path, writer, tag):
    sort = writer.sort()
    assert "fields, and not 0 with" in refusal(
        tmp_path, writer, writer.constant(tag, "A", sort, *[sort] * 9, scalars=bytes(3))
    )


@pytest.mark.parametrize("tag", [0, 1, 3, 4, 5, 6, 7])
def test_a_constant_without_its_flags_is_an_error(tmp_path, writer, tag):
    count = {0: 0, 1: 3, 3: 2, 4: 0, 5: 5, 6: 4, 7: 6}[tag]
    assert refusal(tmp_path, writer, writer.constant(tag, "A", writer.sort(), *[1] * count)) == "no constructor"


def test_what_is_no_constant_is_an_error(tmp_path, writer):
    sort = writer.sort()
    for address in (writer.constructor(8, sort), writer.constructor(0, sort, sort), 1, 17):
        assert refusal(tmp_path, writer, ("A", address)) == "no constant"


@pytest.mark.parametrize("hints", [5, 7])
def test_a_hint_that_there_is_not_is_an_error(tmp_path, writer, hints):
    sort = writer.sort()
    assert refusal(tmp_path, writer, writer.definition("A", sort, sort, hints=hints)) == "no hint of reducibility"


def test_a_height_that_there_is_not_is_an_error(tmp_path, writer):
    sort = writer.sort()
    other = writer.constructor(1, scalars=bytes(4))
    field = writer.constructor(2, 1, scalars=bytes(4))
    for hints in (other, field):
        assert refusal(tmp_path, writer, writer.definition("A", sort, sort, hints=hints)) == "no hint of reducibility"
    without = writer.constructor(2)
    assert refusal(tmp_path, writer, writer.definition("A", sort, sort, hints=without)) == "no constructor"


def test_a_constant_under_another_name_is_an_error(tmp_path, writer):
    _, address = writer.axiom("B", writer.sort())
    assert refusal(tmp_path, writer, ("A", address)) == "B under another name"


def test_a_kind_that_there_is_not_is_an_error(tmp_path, writer):
    modules = modules_of(tmp_path, writer.module(writer.axiom("A", writer.sort()), dropped=[("A", 8)]), is_core=True)
    with pytest.raises(OleanError, match="no kind of constant at "):
        constant(modules, "A")
