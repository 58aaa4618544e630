"""Compares the constants that the native kernel has with those of the compiled files.

The kernel makes constructors and recursors of inductive types by itself, with all that they compute; what the files
have by these names has to be the same in every field, or else a theorem of the files would be about other things.
"""

from collections.abc import Callable

from bridge.check.olean.constants import Constant, Kind
from bridge.check.second_kernel.building import Builder
from bridge.check.second_kernel.kernel import Kernel
from bridge.check.second_kernel.native import byte, list_of, tag, word

# In the order of the constructors of `Lean.ConstantInfo`.
_KINDS = (
    Kind.AXIOM,
    Kind.DEFINITION,
    Kind.THEOREM,
    Kind.OPAQUE,
    Kind.QUOTIENT,
    Kind.INDUCTIVE,
    Kind.CONSTRUCTOR,
    Kind.RECURSOR,
)


class Reader:
    """Reads the constants of a kernel."""

    def __init__(self, kernel: Kernel, builder: Builder) -> None:
        self._kernel = kernel
        self._builder = builder
        self._same_name = builder.lean.call.name_eq
        self._same_term = builder.lean.call.expr_eqv

    def agrees(self, constant: Constant) -> bool:
        """Whether the kernel has this constant, equal in every field; the names of bound variables do not count."""
        info = self._kernel.find(self._builder.name(constant.name))
        if info is None or _KINDS[tag(info)] != constant.kind:
            return False
        value = word(info, 0)
        head = word(value, 0)
        return (
            self._is_name(word(head, 0), constant.name)
            and self._are_names(word(head, 1), constant.level_params)
            and self._is_term(word(head, 2), constant.type)
            and self._FIELDS[constant.kind](self, value, constant)
        )

    def _is_name(self, pointer: int, number: int) -> bool:
        return bool(self._same_name(pointer, self._builder.name(number)))

    def _are_names(self, pointer: int, numbers: tuple[int, ...]) -> bool:
        found = list_of(pointer)
        return len(found) == len(numbers) and all(map(self._is_name, found, numbers))

    def _is_term(self, pointer: int, number: int) -> bool:
        return bool(self._same_term(pointer, self._builder.expression(number)))

    def _axiom(self, value: int, constant: Constant) -> bool:
        return bool(byte(value, 1, 0)) == constant.unsafe

    def _definition(self, value: int, constant: Constant) -> bool:
        return self._has_value(value, constant) and byte(value, 4, 0) == constant.safety

    def _opaque(self, value: int, constant: Constant) -> bool:
        return self._has_value(value, constant) and bool(byte(value, 3, 0)) == constant.unsafe

    def _has_value(self, value: int, constant: Constant) -> bool:
        return constant.value is not None and self._is_term(word(value, 1), constant.value)

    def _quotient(self, value: int, constant: Constant) -> bool:
        return byte(value, 1, 0) == constant.quotient_kind

    def _inductive(self, value: int, constant: Constant) -> bool:
        return (
            _numbers(value, 1, 2, 5) == constant.counts
            and self._are_names(word(value, 3), constant.block)
            and self._are_names(word(value, 4), constant.constructors)
            and (bool(byte(value, 6, 0)), bool(byte(value, 6, 2))) == constant.flags
            and bool(byte(value, 6, 1)) == constant.unsafe
        )

    def _constructor(self, value: int, constant: Constant) -> bool:
        return (
            self._is_name(word(value, 1), constant.inductive)
            and _numbers(value, 2, 3, 4) == constant.counts
            and bool(byte(value, 5, 0)) == constant.unsafe
        )

    def _recursor(self, value: int, constant: Constant) -> bool:
        rules = list_of(word(value, 6))
        return (
            self._are_names(word(value, 1), constant.block)
            and _numbers(value, 2, 3, 4, 5) == constant.counts
            and (bool(byte(value, 7, 0)), bool(byte(value, 7, 1))) == (constant.k, constant.unsafe)
            and len(rules) == len(constant.rules)
            and all(map(self._is_rule, rules, constant.rules))
        )

    def _is_rule(self, pointer: int, rule: tuple[int, int, int]) -> bool:
        constructor, fields, term = rule
        return (
            self._is_name(word(pointer, 0), constructor)
            and _numbers(pointer, 1) == (fields,)
            and self._is_term(word(pointer, 2), term)
        )

    _FIELDS: dict[Kind, Callable[["Reader", int, Constant], bool]] = {  # noqa: RUF012 -- nobody writes to it
        Kind.AXIOM: _axiom,
        Kind.DEFINITION: _definition,
        Kind.THEOREM: _has_value,
        Kind.OPAQUE: _opaque,
        Kind.QUOTIENT: _quotient,
        Kind.INDUCTIVE: _inductive,
        Kind.CONSTRUCTOR: _constructor,
        Kind.RECURSOR: _recursor,
    }


def _numbers(value: int, *fields: int) -> tuple[int, ...]:
    """Pointer fields that are small natural numbers; a large one, which is an object, equals none."""
    found = [word(value, field) for field in fields]
    return tuple(pointer >> 1 if pointer & 1 else -1 for pointer in found)
