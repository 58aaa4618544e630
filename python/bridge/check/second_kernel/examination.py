"""Has a kernel check the constants of some modules, and all that they rest on.

Everything is fed to the kernel in an order in which each constant rests on earlier ones only, and is then compared with
what the kernel has made of it.  What the exported part of a core module leaves out is taken as it is stated, and
counted: the kernel is given an axiom in its place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bridge.check.olean.audit import ALLOWED, Taken, taken_of_core
from bridge.check.olean.closure import Closure
from bridge.check.olean.constants import Kind
from bridge.check.olean.meaning import Digests, is_unsafe, kind_of
from bridge.check.olean.modules import Modules
from bridge.check.second_kernel.building import Builder
from bridge.check.second_kernel.declaring import declaration
from bridge.check.second_kernel.kernel import Kernel
from bridge.check.second_kernel.native import Lean
from bridge.check.second_kernel.opinion import RefusedError
from bridge.check.second_kernel.primitives import compare_primitives
from bridge.check.second_kernel.reading import Reader


@dataclass(frozen=True)
class Accepted:
    """What a kernel has accepted.

    Attributes:
        declarations: how many declarations it has checked, so that axioms and what was taken are not among them.
        constants: how many constants, compared with what the kernel has.
        taken: what of the core was taken without a proof or a definition, and so without a check.
        primitives: how each function that the kernel computes by itself was compared with its definition.
    """

    declarations: int
    constants: int
    taken: Taken
    primitives: dict[str, str]


def examine(lean: Lean, modules: Modules, names: Sequence[str], *, other_axioms: bool = False) -> Accepted:
    """Have the kernel check all constants of some modules, and what they rest on.

    Constants that are marked as unsafe or partial are left out, unless others rest on them: the kernel lets no theorem
    do that.

    Args:
        lean: the library with the kernel.
        modules: with these modules loaded.
        names: the names of the modules.
        other_axioms: whether axioms that are not Lean's own are taken.

    Raises:
        RefusedError: the kernel refuses something, or has something else than the files.
        NotRecheckedError: the kernel has come to a limit.
        OleanError: a constant cannot be read.
    """
    roots = [name for module in names for name in modules.declared_in(module) if not is_unsafe(modules.get(name))]
    closure = Closure(modules, roots)
    if not other_axioms:
        require_axioms(modules, closure.order)
    kernel, builder = Kernel(lean), Builder(lean, modules.terms)
    feed(kernel, builder, modules, closure.order)
    compared = {member for name in closure.order for member in closure.declared_together(name)}
    compare(kernel, builder, modules, compared)
    primitives = compare_primitives(kernel, builder, modules, compared)
    return Accepted(
        declarations=sum(modules.get(name).kind is not Kind.AXIOM for name in closure.order),
        constants=len(compared),
        taken=taken_of_core(modules, closure.order, Digests(modules)),
        primitives={function: str(how) for function, how in primitives.items()},
    )


def require_axioms(modules: Modules, names: Iterable[int]) -> None:
    """Refuse axioms that are not Lean's own; only a core module can have left a body out.

    Raises:
        RefusedError: there is one.
    """
    allowed = {modules.terms.name(axiom) for axiom in ALLOWED}
    for name in names:
        if kind_of(modules, name) is Kind.AXIOM and not (name in allowed and modules.is_core(name)):
            raise RefusedError(f"{modules.terms.text(name)} is an axiom that is not one of Lean's own")


def feed(kernel: Kernel, builder: Builder, modules: Modules, order: Iterable[int]) -> None:
    """Have the kernel check constants, and take them in, each after those that it rests on.

    Raises:
        RefusedError: the kernel refuses one.
        NotRecheckedError: the kernel has come to a limit.
    """
    for name in order:
        constant = modules.get(name)
        try:
            kernel.add(declaration(builder, modules, constant))
        except RefusedError as error:
            raise RefusedError(f"{constant.kind} {modules.terms.text(name)}: {error}") from None


def compare(kernel: Kernel, builder: Builder, modules: Modules, names: Iterable[int]) -> None:
    """Compare constants with what the kernel has by their names.

    Raises:
        RefusedError: one is not the same in every field.
    """
    reader = Reader(kernel, builder)
    for name in names:
        constant = modules.get(name)
        if not reader.agrees(constant):
            raise RefusedError(f"{constant.kind} {modules.terms.text(name)}: the kernel has another one")
