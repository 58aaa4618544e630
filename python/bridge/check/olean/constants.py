"""What a constant is: the eight kinds of `Lean.ConstantInfo`, out of the objects of a module."""

from dataclasses import dataclass
from enum import StrEnum

from bridge.check.olean.decoding import Decoder
from bridge.check.olean.objects import Objects


class Kind(StrEnum):
    """A kind of constant."""

    AXIOM = "axiom"
    DEFINITION = "definition"
    THEOREM = "theorem"
    OPAQUE = "opaque"
    QUOTIENT = "quotient"
    INDUCTIVE = "inductive"
    CONSTRUCTOR = "constructor"
    RECURSOR = "recursor"


# In the order of the constructors of `Lean.ConstantInfo`: the kind, and the pointers and the bytes of its `Val`.
_SHAPES = (
    (Kind.AXIOM, 1, 1),
    (Kind.DEFINITION, 4, 1),
    (Kind.THEOREM, 3, 0),
    (Kind.OPAQUE, 3, 1),
    (Kind.QUOTIENT, 1, 1),
    (Kind.INDUCTIVE, 6, 3),
    (Kind.CONSTRUCTOR, 5, 1),
    (Kind.RECURSOR, 7, 2),
)

# In the order of `Lean.ConstantKind`.
CONSTANT_KINDS = (
    Kind.DEFINITION,
    Kind.THEOREM,
    Kind.AXIOM,
    Kind.OPAQUE,
    Kind.QUOTIENT,
    Kind.INDUCTIVE,
    Kind.CONSTRUCTOR,
    Kind.RECURSOR,
)

_HINTS = ("opaque", "abbrev")
SAFE = 1
"""The `safety` of a definition that is neither unsafe nor partial."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant; names and expressions are numbers of `Terms`.

    Attributes:
        kind: what it is.
        name: its name.
        level_params: names of its universe parameters.
        type: its type; of a theorem, the statement.
        value: definition, theorem and opaque constant: the value; of a theorem, the proof.
        block: definition, theorem, opaque, inductive, recursor: the names that are declared together.
        hints: definition: "opaque", "abbrev" or its height.
        safety: definition: 0 unsafe, 1 safe, 2 partial.
        unsafe: whether it is marked as unsafe.
        quotient_kind: quotient: 0 type, 1 constructor, 2 lift, 3 induction.
        counts: inductive: parameters, indices, nested types; constructor: index, parameters, fields; recursor:
            parameters, indices, motives, minor premises.
        constructors: inductive: names of its constructors.
        inductive: constructor: the name of its type.
        flags: inductive: whether it is recursive, and whether it is reflexive.
        rules: recursor: constructor, number of its fields and right-hand side of each.
        k: recursor: whether it reduces by the type alone.
        module: the module that declares it.
        dropped: axiom of a core module whose file has its exported part only: what it was before its body was left out.
    """

    kind: Kind
    name: int
    level_params: tuple[int, ...]
    type: int
    value: int | None = None
    block: tuple[int, ...] = ()
    hints: str | int | None = None
    safety: int = SAFE
    unsafe: bool = False
    quotient_kind: int = 0
    counts: tuple[int, ...] = ()
    constructors: tuple[int, ...] = ()
    inductive: int = 0
    flags: tuple[bool, ...] = ()
    rules: tuple[tuple[int, int, int], ...] = ()
    k: bool = False
    module: str = ""
    dropped: Kind | None = None


def constant_at(decoder: Decoder, address: int, module: str) -> Constant:
    """The constant whose `ConstantInfo` is at an address; `dropped` is left to who knows the module.

    Raises:
        OleanError: there is none.
    """
    objects = decoder.objects
    tag, info = objects.fields(address)
    if tag >= len(_SHAPES) or len(info) != 1:
        raise objects.damaged(address, "no constant")
    kind, count, size = _SHAPES[tag]
    (at,) = info
    fields = objects.record(at, count, size)
    scalars = objects.scalars(at, count, size)
    name, level_params, type_ = objects.record(fields[0], 3)
    number, params, of_type = decoder.name(name), decoder.names(level_params), decoder.expr(type_)

    if kind == Kind.AXIOM:
        return Constant(kind, number, params, of_type, unsafe=bool(_flag(objects, at, scalars[0])), module=module)
    if kind == Kind.QUOTIENT:
        quotient_kind = _flag(objects, at, scalars[0], 3)
        return Constant(kind, number, params, of_type, quotient_kind=quotient_kind, module=module)
    if kind == Kind.INDUCTIVE:
        return Constant(
            kind,
            number,
            params,
            of_type,
            block=decoder.names(fields[3]),
            unsafe=bool(_flag(objects, at, scalars[1])),
            counts=tuple(objects.number(fields[index]) for index in (1, 2, 5)),
            constructors=decoder.names(fields[4]),
            flags=(bool(_flag(objects, at, scalars[0])), bool(_flag(objects, at, scalars[2]))),
            module=module,
        )
    if kind == Kind.CONSTRUCTOR:
        return Constant(
            kind,
            number,
            params,
            of_type,
            unsafe=bool(_flag(objects, at, scalars[0])),
            counts=tuple(map(objects.number, fields[2:])),
            inductive=decoder.name(fields[1]),
            module=module,
        )
    if kind == Kind.RECURSOR:
        return Constant(
            kind,
            number,
            params,
            of_type,
            block=decoder.names(fields[1]),
            unsafe=bool(_flag(objects, at, scalars[1])),
            counts=tuple(map(objects.number, fields[2:6])),
            rules=tuple(_rule(decoder, rule) for rule in objects.list(fields[6])),
            k=bool(_flag(objects, at, scalars[0])),
            module=module,
        )
    value = decoder.expr(fields[1])
    if kind == Kind.DEFINITION:
        return Constant(
            kind,
            number,
            params,
            of_type,
            value,
            block=decoder.names(fields[3]),
            hints=_hints(objects, fields[2]),
            safety=_flag(objects, at, scalars[0], 2),
            module=module,
        )
    unsafe = kind == Kind.OPAQUE and bool(_flag(objects, at, scalars[0]))
    return Constant(kind, number, params, of_type, value, block=decoder.names(fields[2]), unsafe=unsafe, module=module)


def _flag(objects: Objects, address: int, value: int, largest: int = 1) -> int:
    if value > largest:
        raise objects.damaged(address, f"a flag {value}")
    return value


def _hints(objects: Objects, address: int) -> str | int:
    tag, fields = objects.fields(address, 4)
    if address & 1 and tag < len(_HINTS):
        return _HINTS[tag]
    if address & 1 or tag != 2 or fields:
        raise objects.damaged(address, "no hint of reducibility")
    return int.from_bytes(objects.scalars(address, 0, 4), "little")


def _rule(decoder: Decoder, address: int) -> tuple[int, int, int]:
    constructor, fields, value = decoder.objects.record(address, 3)
    return decoder.name(constructor), decoder.objects.number(fields), decoder.expr(value)
