"""What the native kernel is given and what it says, in the tests' own process and without a Lean of another kind."""

import pytest

from bridge.check.olean.constants import Kind
from bridge.check.olean.modules import Modules
from bridge.check.olean.terms import BVAR, Terms
from bridge.check.second_kernel import native
from bridge.check.second_kernel.building import Builder
from bridge.check.second_kernel.examination import compare, examine, feed
from bridge.check.second_kernel.kernel import Kernel
from bridge.check.second_kernel.library import FILE, VERSION, KernelLibrary, kernel_library
from bridge.check.second_kernel.opinion import NotRecheckedError, RefusedError
from support.altered import with_constants
from support.second_kernel import identity, needs_kernel, places_with

pytestmark = needs_kernel


def loaded(folder, constants):
    modules = Modules(Terms(), places_with(folder, constants).find())
    modules.load(["Small"])
    return modules


def in_kernel(modules, work):
    """The result of some work with a new kernel and a builder."""

    def started():
        lean = native.load(kernel_library())
        return work(Kernel(lean), Builder(lean, modules.terms))

    return native.on_a_large_stack(started, 2**28)


def declare(modules, *names):
    """Feeds constants in this order; says why the kernel refuses one, or else "accepted"."""
    numbers = [modules.terms.name(name) for name in names]
    try:
        in_kernel(modules, lambda kernel, builder: feed(kernel, builder, modules, numbers))
    except RefusedError as error:
        return str(error)
    return "accepted"


def some_of_each(writer):
    """Constants of most kinds: two types, what is made of the first, and a use of each form of a term."""
    large = 2**200 + 1
    sort = writer.sort(writer.level("succ", writer.level()))
    first, second = (writer.level("param", writer.name(name)) for name in "uv")
    higher = writer.sort(writer.level("succ", writer.level("max", first, writer.level("imax", first, second))))
    lower = writer.sort(writer.level("max", first, writer.level("imax", first, second)))
    thing, nat = writer.const("Thing"), writer.const("Nat")
    same = writer.expr(8, writer.name("x"), thing, writer.const("A.2"), writer.expr(0, writer.number(0)), flags=b"\0")
    return [
        writer.axiom("Thing", sort),
        writer.axiom("A.2", thing),
        writer.inductive("Nat", sort, ["Nat.zero", "Nat.succ"], flags=(1, 0, 0)),
        writer.constructor_of("Nat", "Nat.zero", nat),
        writer.constructor_of("Nat", "Nat.succ", writer.pi("n", nat, nat), index=1, fields=1),
        writer.definition("large", nat, writer.literal(large), hints=1),
        writer.definition("small", nat, writer.literal(3), hints=writer.constructor(2, scalars=b"\7\0\0\0")),
        writer.definition("Levels", higher, lower, hints=3, levels=("u", "v")),
        writer.opaque("hidden", thing, writer.const("A.2")),
        writer.definition("bound", thing, same),
        identity(writer),
    ]


def test_constants_of_many_forms_are_accepted_and_are_what_they_were(tmp_path):
    modules = loaded(tmp_path, some_of_each)
    lean = kernel_library()
    accepted = native.on_a_large_stack(lambda: examine(native.load(lean), modules, ["Small"], other_axioms=True))
    assert (accepted.declarations, accepted.constants) == (7, 11)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("A.2", {"kind": Kind.THEOREM}),
        ("A.2", {"unsafe": True}),
        ("A.2", {"type": "large"}),
        ("Levels", {"level_params": ()}),
        ("Levels", {"level_params": (1, 2)}),
        ("large", {"safety": 0}),
        ("large", {"value": "A.2"}),
        ("hidden", {"unsafe": True}),
        ("hidden", {"value": "large"}),
        ("same", {"value": "same"}),
    ],
)
def test_a_constant_that_differs_in_a_field_is_not_the_kernels(tmp_path, name, fields):
    modules = loaded(tmp_path, some_of_each)
    names = [modules.terms.name(text) for text in ("Thing", "A.2", "Nat", "large", "Levels", "hidden", "same")]
    terms = {
        key: modules.get(modules.terms.name(text)).type for key, text in fields.items() if key in ("type", "value")
    }
    altered = with_constants(modules, **{name: fields | terms})

    def work(kernel, builder):
        feed(kernel, builder, modules, names)
        compare(kernel, builder, modules, names)
        compare(kernel, builder, altered, names)

    with pytest.raises(RefusedError, match=f" {name}: the kernel has another one$"):
        in_kernel(modules, work)


def test_a_constant_that_the_kernel_has_not_is_not_the_same(tmp_path):
    modules = loaded(tmp_path, true)
    with pytest.raises(RefusedError, match=r"^theorem same: the kernel has another one$"):
        in_kernel(modules, lambda kernel, builder: compare(kernel, builder, modules, [modules.terms.name("same")]))


def texts_of_its_own(writer):
    """A type of texts that none can be an element of, and what its one element would prove."""
    nothing, text = writer.const("False"), writer.const("String")
    return [
        writer.inductive("False", writer.sort(), []),
        writer.inductive("String", writer.sort(writer.level("succ", writer.level())), ["String.mk"]),
        writer.constructor_of("String", "String.mk", writer.pi("p", nothing, text), fields=1),
        writer.theorem("wrong", nothing, writer.expr(11, writer.name("String"), writer.number(0), writer.literal("a"))),
    ]


def test_texts_are_those_of_the_core_alone(tmp_path):
    modules = loaded(tmp_path, texts_of_its_own)
    # The kernel itself takes a text for an element of whatever has the name.
    assert declare(modules, "False", "String", "wrong") == "accepted"
    with pytest.raises(RefusedError, match=r"^String is of Small, and the kernel takes it for that of core$"):
        in_kernel(modules, lambda kernel, builder: examine(builder.lean, modules, ["Small"]))


def gcd_of_its_own(writer):
    """A function by the name of one that the kernel computes, and that is compared with nothing."""
    natural = writer.const("Nat")
    first = writer.pi("a", natural, writer.pi("b", natural, writer.expr(0, writer.number(1)), tag=6), tag=6)
    return [
        *some_of_each(writer),
        writer.definition("Nat.gcd", writer.pi("a", natural, writer.pi("b", natural, natural)), first),
    ]


def test_what_is_compared_on_samples_alone_is_the_cores(tmp_path):
    modules = loaded(tmp_path, gcd_of_its_own)
    lean = kernel_library()
    with pytest.raises(RefusedError, match=r"^Nat\.gcd is of Small, and the kernel takes it for that of core$"):
        native.on_a_large_stack(lambda: examine(native.load(lean), modules, ["Small"], other_axioms=True))


def true(writer):
    return [identity(writer)]


def test_what_is_used_and_not_declared_is_named(tmp_path):
    modules = loaded(tmp_path, some_of_each)
    assert declare(modules, "Thing", "hidden") == "opaque hidden: unknownConstant: A.2"


def test_what_is_declared_twice_is_named(tmp_path):
    assert declare(loaded(tmp_path, true), "same", "same") == "theorem same: alreadyDeclared: same"


def test_what_the_kernel_says_in_words_of_its_own_is_repeated(tmp_path):
    def unsafe(writer):
        thing = writer.const("Thing")
        sort = writer.sort(writer.level("succ", writer.level()))
        return [
            writer.constant(0, "Thing", sort, scalars=b"\1"),
            writer.axiom("thing", thing),
        ]

    reason = declare(loaded(tmp_path, unsafe), "Thing", "thing")
    assert reason == "axiom thing: other: invalid declaration, it uses unsafe declaration 'Thing'"


def test_a_loose_variable_is_refused(tmp_path):
    modules = loaded(tmp_path, true)
    loose = with_constants(modules, same={"value": modules.terms.mk(BVAR, 0)})
    assert declare(loose, "same").startswith("theorem same: ")


def test_a_file_that_is_no_library_is_not_loaded(tmp_path):
    (tmp_path / FILE).write_bytes(b"something else")
    with pytest.raises(NotRecheckedError, match=f"^{tmp_path / FILE} cannot be loaded: .*{FILE}"):
        native.load(KernelLibrary(tmp_path / FILE, "0" * 64))


def test_a_library_of_another_version_is_not_used():
    library = kernel_library()
    with pytest.raises(NotRecheckedError, match=f"{FILE} is of Lean {VERSION}, not 4.34.0$"):
        native.load(KernelLibrary(library.path, library.sha256, "4.34.0"))
