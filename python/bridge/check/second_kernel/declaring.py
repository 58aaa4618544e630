"""Declarations: what the native kernel is given to check."""

from bridge.check.olean.constants import Constant, Kind
from bridge.check.olean.modules import Modules
from bridge.check.second_kernel.building import Builder
from bridge.check.second_kernel.native import box

# In the order of the constructors of `Lean.Declaration`.
_AXIOM, _DEFINITION, _THEOREM, _OPAQUE, _QUOTIENTS = range(5)
# In the order of the constructors of `Lean.ReducibilityHints`, those without fields.
_HINTS = ("opaque", "abbrev")


def declaration(builder: Builder, modules: Modules, constant: Constant) -> int:
    """What declares a constant: a persistent object.

    An inductive type is declared with its whole family, and `Quot` with all constants of quotients: their constructors,
    recursors and so on are the kernel's own work.  What has no value is declared as an axiom.
    """
    if constant.kind is Kind.INDUCTIVE:
        return _inductive(builder, modules, constant)
    if constant.kind is Kind.QUOTIENT:
        return box(_QUOTIENTS)
    lean, call = builder.lean, builder.lean.call
    head = (builder.name(constant.name), builder.names(constant.level_params), builder.expression(constant.type))
    if constant.value is None:
        return lean.keep(lean.cell(_AXIOM, call.mk_axiom_val(*head, constant.unsafe)))
    value, block = builder.expression(constant.value), builder.names(constant.block)
    if constant.kind is Kind.DEFINITION:
        filled = call.mk_definition_val(*head, value, _hints(builder, constant), constant.safety, block)
        return lean.keep(lean.cell(_DEFINITION, filled))
    if constant.kind is Kind.THEOREM:
        return lean.keep(lean.cell(_THEOREM, call.mk_theorem_val(*head, value, block)))
    return lean.keep(lean.cell(_OPAQUE, call.mk_opaque_val(*head, value, constant.unsafe, block)))


def _hints(builder: Builder, constant: Constant) -> int:
    if isinstance(constant.hints, str):
        return box(_HINTS.index(constant.hints))
    pointer: int = builder.lean.call.mk_reducibility_hints_regular(constant.hints)
    return pointer


def _inductive(builder: Builder, modules: Modules, constant: Constant) -> int:
    lean = builder.lean
    types = []
    for name in constant.block:
        member = modules.get(name)
        constructors = [
            lean.keep(lean.cell(0, builder.name(each), builder.expression(modules.get(each).type)))
            for each in member.constructors
        ]
        filled = lean.cell(0, builder.name(name), builder.expression(member.type), lean.list(constructors))
        types.append(lean.keep(filled))
    parameters = lean.natural(constant.counts[0])
    pointer: int = lean.call.mk_inductive_decl(
        builder.names(constant.level_params), parameters, lean.list(types), constant.unsafe
    )
    return lean.keep(pointer)
