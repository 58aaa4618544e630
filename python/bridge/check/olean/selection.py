"""Which constants other kernels are given: theorems, all that they rest on, and what of it has to be taken as it is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.base.errors import InputError
from bridge.base.own_files import TERMS_MARK
from bridge.check.olean.audit import ALLOWED
from bridge.check.olean.closure import Closure
from bridge.check.olean.constants import Kind
from bridge.check.olean.modules import Modules


@dataclass(frozen=True)
class Selection:
    """Theorems with all that they rest on; names are numbers of `modules.terms`.

    Attributes:
        modules: where the constants are.
        closure: the constants, in an order in which each rests on earlier ones.
        theorems: the theorems that were asked for.
        axioms: those among the constants that are axioms, whoever states them.
        core_theorems: theorems of Lean's core whose proofs its compiled files leave out.
        core_constants: other constants of it whose bodies they leave out.
    """

    modules: Modules
    closure: Closure
    theorems: tuple[int, ...]
    axioms: tuple[int, ...]
    core_theorems: tuple[int, ...]
    core_constants: tuple[int, ...]

    @property
    def constants(self) -> int:
        """How many constants there are, with all that are declared together."""
        return sum(len(self.closure.declared_together(name)) for name in self.closure.order)

    def texts(self, names: Sequence[int]) -> list[str]:
        """Names as Lean writes them."""
        return [self.modules.terms.text(name) for name in names]


def select(modules: Modules, exported: Sequence[str], named: Sequence[str]) -> Selection:
    """Find theorems and what they rest on.

    Args:
        modules: the modules, loaded.
        exported: the modules of the export.
        named: the names of theorems; those of the export if there are none.

    Raises:
        InputError: there is no theorem, or none of such a name.
        OleanError: a module cannot be read.
    """
    theorems = tuple(_theorem(modules, text) for text in named) or _theorems_in(modules, exported)
    closure = Closure(modules, theorems)
    axioms, core_theorems, core_constants = [], [], []
    for name in closure.order:
        constant = modules.get(name)
        if constant.kind is not Kind.AXIOM:
            continue
        if constant.dropped is None:
            axioms.append(name)
        elif constant.dropped is Kind.THEOREM:
            core_theorems.append(name)
        else:
            core_constants.append(name)

    def in_order(names: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted(names, key=modules.terms.text))

    return Selection(modules, closure, theorems, in_order(axioms), in_order(core_theorems), in_order(core_constants))


def _theorems_in(modules: Modules, exported: Sequence[str]) -> tuple[int, ...]:
    found = tuple(
        name for module in exported for name in modules.declared_in(module) if modules.get(name).kind is Kind.THEOREM
    )
    if not found:
        raise InputError(
            f"there is no theorem in {', '.join(exported)}; one that was compiled with its proof is required; name "
            "the root file of an export"
        )
    return found


def _theorem(modules: Modules, text: str) -> int:
    name = modules.terms.name(text)
    if name not in modules.index:
        raise InputError(
            f"{text!r} is no constant of these modules; the full name of a theorem is required, such as "
            "Generated.slant.bound, with «…» around what is no Lean name; leave it out for all of the export"
        )
    kind = modules.get(name).kind
    if kind is not Kind.THEOREM:
        raise InputError(
            f"{text} is a constant of the kind {kind} in these modules; a theorem with its proof is required; leave it "
            "out for all of the export"
        )
    return name


def nanoda_settings(selection: Selection, terms_file: str) -> bytes:
    """A configuration with which `nanoda` checks a file of these terms.

    Lean's own axioms are permitted in it, and what Lean's core ships without its proof; any other axiom is an error.

    Args:
        selection: what is in the file.
        terms_file: the path of the file, from where `nanoda` is started.

    Raises:
        InputError: an axiom has a name that cannot be told there from one that is permitted.
    """
    modules = selection.modules
    taken = (*selection.core_theorems, *selection.core_constants)
    permitted = [*ALLOWED, *(_plain(modules, name) for name in taken)]
    for name in selection.axioms:
        is_leans = modules.is_core(name) and modules.terms.text(name) in ALLOWED
        if not is_leans and _plain(modules, name) in permitted:
            raise InputError(
                f"the axiom {modules.terms.shown(name)} has, as nanoda reads it, the name of one that is permitted, "
                "and is another; axioms with names of their own are required; leave the configuration out"
            )
    record = {
        "made_by": TERMS_MARK,
        "export_file_path": terms_file,
        "use_stdin": False,
        "permitted_axioms": permitted,
        "unpermitted_axiom_hard_error": True,
        "nat_extension": True,
        "string_extension": True,
        "print_axioms": False,
        "print_success_message": True,
    }
    return f"{json.dumps(record, ensure_ascii=False, indent=1)}\n".encode()


def _plain(modules: Modules, name: int) -> str:
    """A name as nanoda writes it, without «»."""
    return ".".join(map(str, modules.terms.parts(name)))
