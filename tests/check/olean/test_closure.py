"""What constants rest on: all of it, each after what it uses, and blocks as the kernel declares them."""

import pytest

import bridge.check.olean.closure
from bridge.check.olean.closure import Closure
from bridge.check.olean.errors import OleanError
from bridge.check.olean.modules import CompiledFiles, Modules
from bridge.check.olean.terms import Terms
from support.oleans import Writer, every_kind


def modules_of(folder, content):
    file = folder / "M.olean"
    file.write_bytes(content)
    modules = Modules(Terms(), {"M": CompiledFiles((file,), False)}.get)
    modules.load(["M"])
    return modules


@pytest.fixture
def modules(tmp_path):
    return modules_of(tmp_path, every_kind())


@pytest.fixture
def writer():
    return Writer()


def closure(modules, *texts):
    return Closure(modules, map(modules.terms.name, texts))


def texts(modules, names):
    return [modules.terms.text(name) for name in names]


def refusal(modules, *names):
    with pytest.raises(OleanError) as caught:
        closure(modules, *names)
    found, required, remedy = str(caught.value).split("; ")
    assert (required, remedy[:16]) == ("files as Lean writes them are required", "have Lean compil")
    return found


def test_each_constant_comes_once_and_after_what_it_uses(modules):
    found = closure(modules, "hidden", "large.is", "an.axiom", "large")
    names = texts(modules, found.order)
    assert sorted(names) == ["Eq", "Nat", "Pair", "Quot", "an.axiom", "hidden", "large", "large.is", "project"]
    place = {name: index for index, name in enumerate(found.order)}
    assert all(place[other] < place[name] for name in found.order for other in found.direct(name))


def test_what_is_not_used_is_not_there(modules):
    assert texts(modules, closure(modules, "large").order) == ["Nat", "large"]


def test_a_constant_rests_on_what_it_uses_through_others(modules):
    found = closure(modules, "large.is")
    below = set(texts(modules, found.below(modules.terms.name("large.is"))))
    assert below == {"large.is", "project", "large", "Nat", "Pair"}
    assert found.below(modules.terms.name("Nat.succ")) == {modules.terms.name("Nat")}


def test_members_of_a_block_stand_behind_its_first_type(modules):
    found = closure(modules, "Nat.rec", "Pair.mk", "Quot.lift")
    assert texts(modules, found.order) == ["Eq", "Quot", "Pair", "Nat"]
    types, constructors, recursors = found.block(modules.terms.name("Nat.succ"))
    assert texts(modules, [*types, *constructors, *recursors]) == ["Nat", "Nat.zero", "Nat.succ", "Nat.rec"]


def test_literals_and_projections_name_what_they_stand_for(tmp_path, writer):
    prop = writer.sort()
    one, text = writer.literal(1), writer.literal("a")
    modules = modules_of(
        tmp_path,
        writer.module(
            *(writer.axiom(name, prop) for name in ("Nat", "String.ofList", "Char.ofNat", "S")),
            writer.theorem("t", writer.app(one, text), writer.expr(11, writer.name("S"), 1, one)),
        ),
    )
    assert sorted(texts(modules, closure(modules, "t").order)) == ["Char.ofNat", "Nat", "S", "String.ofList", "t"]


def test_a_mutual_block_is_one_with_the_recursors_of_all_its_types(tmp_path, writer):
    prop, block = writer.sort(), ["A", "B"]
    modules = modules_of(
        tmp_path,
        writer.module(
            writer.axiom("x", prop),
            writer.inductive("A", prop, ["A.a"], block=block),
            writer.inductive("B", prop, ["B.b"], block=block),
            writer.constructor_of("A", "A.a", writer.const("B")),
            writer.constructor_of("B", "B.b", writer.const("A")),
            writer.recursor("A.rec", prop, block, [("A.a", 0, writer.const("x"))]),
            writer.recursor("A.rec_1", prop, block, []),
            writer.recursor("B.rec", prop, block, []),
            writer.axiom("A.rec_x", prop),
            writer.axiom("A.rec_2", prop),
        ),
    )
    found = closure(modules, "B.b")
    assert texts(modules, found.order) == ["x", "A"]
    assert texts(modules, found.block(found.order[-1]).recursors) == ["A.rec", "A.rec_1", "B.rec"]


def test_a_constant_that_rests_on_itself_is_an_error(tmp_path, writer):
    prop = writer.sort()
    modules = modules_of(
        tmp_path,
        writer.module(writer.definition("a", prop, writer.const("b")), writer.definition("b", prop, writer.const("a"))),
    )
    assert refusal(modules, "a") == "a rests on itself through b"


def test_a_constant_that_is_not_there_is_an_error(tmp_path, writer):
    modules = modules_of(tmp_path, writer.module(writer.axiom("a", writer.const("gone"))))
    with pytest.raises(OleanError, match="no module declares gone, which is used; "):
        closure(modules, "a")


LOOSE = "{}, {}, and {} do not name each other as declared together"


@pytest.mark.parametrize(
    ("root", "make", "found"),
    [
        ("A.x", lambda w, s: [w.inductive("A", s, []), w.recursor("A.x", s, ["A"], [])], ("A.x", "recursor", "A")),
        ("A.x", lambda w, s: [w.inductive("A", s, []), w.constructor_of("A", "A.x", s)], ("A.x", "constructor", "A")),
        ("A", lambda w, s: [w.inductive("A", s, ["A.x"]), w.axiom("A.x", s)], ("A.x", "axiom", "A")),
        (
            "A",
            lambda w, s: [w.inductive("A", s, ["A.x"]), w.inductive("B", s, []), w.constructor_of("B", "A.x", s)],
            ("A.x", "constructor", "A"),
        ),
        ("A", lambda w, s: [w.inductive("A", s, [], block=["A", "B"]), w.axiom("B", s)], ("B", "axiom", "A")),
        ("B", lambda w, s: [w.inductive("B", s, [], block=["A"]), w.inductive("A", s, [])], ("B", "inductive", "A")),
        (
            "A",
            lambda w, s: [w.inductive("A", s, [], block=["A", "B"]), w.inductive("B", s, [])],
            ("B", "inductive", "A"),
        ),
        ("A.rec", lambda w, s: [w.recursor("A.rec", s, [], [])], ("A.rec", "recursor", "A.rec")),
        ("A.x", lambda w, s: [w.axiom("A", s), w.constructor_of("A", "A.x", s)], ("A.x", "constructor", "A.x")),
        ("Quot.x", lambda w, s: [w.axiom("Eq", s), w.quotient("Quot.x", s, 0)], ("Quot.x", "quotient", "Quot")),
    ],
)
def test_what_does_not_belong_together_is_an_error(tmp_path, writer, root, make, found):
    modules = modules_of(tmp_path, writer.module(*make(writer, writer.sort())))
    assert refusal(modules, root) == LOOSE.format(*found)


def test_terms_that_too_many_constants_share_are_an_error(tmp_path, writer, monkeypatch):
    shared = writer.const("c")
    for _ in range(500):
        shared = writer.expr(5, shared, shared)
    users = [writer.axiom(f"a{index}", writer.app(shared, writer.const(f"b{index}"))) for index in range(200)]
    others = [writer.axiom(f"b{index}", writer.sort()) for index in range(200)]
    modules = modules_of(tmp_path, writer.module(writer.axiom("c", writer.sort()), *users, *others))
    roots = [f"a{index}" for index in range(200)]
    assert len(closure(modules, *roots).order) == 401
    monkeypatch.setattr(bridge.check.olean.closure, "_FREE_WALKS", 10_000)
    assert "the same terms are used by too many constants, which is " in refusal(modules, *roots)


def test_one_term_that_too_many_constants_are_about_is_an_error_too(tmp_path, writer, monkeypatch):
    others = [writer.axiom(f"b{index}", writer.sort()) for index in range(200)]
    shared = writer.app(*(writer.const(name) for name, _ in others))
    users = [writer.axiom(f"a{index}", shared) for index in range(200)]
    modules = modules_of(tmp_path, writer.module(*users, *others))
    roots = [f"a{index}" for index in range(200)]
    assert len(closure(modules, *roots).order) == 400
    monkeypatch.setattr(bridge.check.olean.closure, "_FREE_WALKS", 10_000)
    assert "the same terms are used by too many constants, which is " in refusal(modules, *roots)
