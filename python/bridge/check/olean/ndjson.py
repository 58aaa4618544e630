"""Terms for other kernels: the constants of a closure as text in the format of `lean4export`, version 3.1.0.

What the lines have to be is said in `format_ndjson.md` of leanprover/lean4export: JSON, an object a line; first one of
whom it is from, then names, levels and expressions, each with the number that later lines name it by, and declarations,
each after all that it mentions.  Numbers are consecutive and equal terms have one, as `nanoda` requires; the keys of an
object are in alphabetical order, as `lean4export` writes them.
"""

import json
from collections.abc import Iterable, Iterator
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, Inexact, Rounded
from typing import Any

from bridge.base.own_files import TERMS_MARK
from bridge.base.version import __version__
from bridge.check.olean.closure import Closure
from bridge.check.olean.constants import Constant, Kind
from bridge.check.olean.errors import OleanError
from bridge.check.olean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, SORT, STR

FORMAT = "3.1.0"

_BINDERS = ('"default"', '"implicit"', '"strictImplicit"', '"instImplicit"')
_SAFETIES = ("unsafe", "safe", "partial")
_DECLARED = {Kind.AXIOM: "axiom", Kind.DEFINITION: "def", Kind.THEOREM: "thm", Kind.OPAQUE: "opaque"}
_QUOTIENTS = ("type", "ctor", "lift", "ind")

# Python writes no number of more than 4,300 digits unless the whole process is told to: 2^13,000 has 3,914.  And what
# it takes for one grows with the square of its length, which a column of an export would make minutes.
_MOST_BITS = 13_000
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact, Rounded])


def term_lines(closure: Closure, version: str, git_hash: str) -> Iterator[bytes]:
    """The lines of a file, some at a time.

    Args:
        closure: which constants are written, in its order.
        version: of the Lean that compiled the modules.
        git_hash: of it, in hexadecimal.

    Raises:
        OleanError: what is declared together does not belong together.
    """
    exporter = {"name": TERMS_MARK, "version": __version__}
    about = {"exporter": exporter, "format": {"version": FORMAT}, "lean": {"githash": git_hash, "version": version}}
    yield f"{_text({'meta': about})}\n".encode()
    writer = _Writer(closure)
    for name in closure.order:
        writer.declare(name)
        yield writer.taken()


class _Writer:
    """What has been written of names, levels and expressions, by the number that lines name each by."""

    def __init__(self, closure: Closure) -> None:
        self._modules = closure.modules
        self._closure = closure
        self._terms = closure.modules.terms
        self._lines: list[str] = []
        # The anonymous name and the level zero are there without a line.
        self._names = {0: 0}
        self._levels = {0: 0}
        self._exprs: dict[int, int] = {}
        self._seen: set[int] = set()

    def taken(self) -> bytes:
        """The lines since the last time."""
        lines, self._lines = self._lines, []
        return "".join(f"{line}\n" for line in lines).encode()

    def declare(self, name: int) -> None:
        """Write a declaration, and what it mentions and has not been written yet."""
        constant = self._modules.get(name)
        if constant.kind is Kind.INDUCTIVE:
            self._put("inductive", self._block(name))
        elif constant.kind is Kind.QUOTIENT:
            for member in self._closure.declared_together(name):
                part = self._modules.get(member)
                if part.kind is not Kind.QUOTIENT:
                    raise OleanError(
                        f"{self._terms.shown(member)} is of the kind {part.kind}; a quotient is required, as Quot is; "
                        f"have Lean compile {part.module} again"
                    )
                self._put("quot", self._head(part) | {"kind": _QUOTIENTS[part.quotient_kind]})
        else:
            self._put(_DECLARED[constant.kind], self._head(constant) | self._body(constant))

    def _put(self, key: str, declaration: dict[str, object]) -> None:
        self._lines.append(_text({key: declaration}))

    def _body(self, constant: Constant) -> dict[str, object]:
        """What a declaration has beside name and type, if it is none of an inductive type."""
        if constant.value is None:
            return {"isUnsafe": constant.unsafe}
        body = {"value": self._expr(constant.value), "all": self._list(constant.block)}
        if constant.kind is Kind.DEFINITION:
            hints = constant.hints
            body["hints"] = hints if isinstance(hints, str) else {"regular": hints}
            body["safety"] = _SAFETIES[constant.safety]
        elif constant.kind is Kind.OPAQUE:
            body["isUnsafe"] = constant.unsafe
        return body

    def _block(self, name: int) -> dict[str, object]:
        """Inductive types that are declared together, with their constructors and recursors."""
        types, constructors, recursors = (
            [self._modules.get(member) for member in members] for members in self._closure.block(name)
        )
        return {
            "types": [self._inductive(constant) for constant in types],
            "ctors": [self._constructor(constant) for constant in constructors],
            "recs": [self._recursor(constant) for constant in recursors],
        }

    def _inductive(self, constant: Constant) -> dict[str, object]:
        parameters, indices, nested = constant.counts
        is_recursive, is_reflexive = constant.flags
        return self._head(constant) | {
            "numParams": parameters,
            "numIndices": indices,
            "all": self._list(constant.block),
            "ctors": self._list(constant.constructors),
            "numNested": nested,
            "isRec": is_recursive,
            "isReflexive": is_reflexive,
            "isUnsafe": constant.unsafe,
        }

    def _constructor(self, constant: Constant) -> dict[str, object]:
        position, parameters, fields = constant.counts
        return self._head(constant) | {
            "induct": self._name(constant.inductive),
            "cidx": position,
            "numParams": parameters,
            "numFields": fields,
            "isUnsafe": constant.unsafe,
        }

    def _recursor(self, constant: Constant) -> dict[str, object]:
        parameters, indices, motives, minors = constant.counts
        return self._head(constant) | {
            "all": self._list(constant.block),
            "numParams": parameters,
            "numIndices": indices,
            "numMotives": motives,
            "numMinors": minors,
            "rules": [
                {"ctor": self._name(constructor), "nfields": fields, "rhs": self._expr(side)}
                for constructor, fields, side in constant.rules
            ],
            "k": constant.k,
            "isUnsafe": constant.unsafe,
        }

    def _head(self, constant: Constant) -> dict[str, object]:
        """What every constant has; readers expect each of its universe parameters as a level too."""
        name, parameters = self._name(constant.name), self._list(constant.level_params)
        for parameter in constant.level_params:
            self._level(self._terms.mk_level("param", parameter))
        return {"name": name, "levelParams": parameters, "type": self._expr(constant.type)}

    def _list(self, names: Iterable[int]) -> list[int]:
        return [self._name(name) for name in names]

    def _name(self, name: int) -> int:
        missing = []
        while name not in self._names:
            missing.append(name)
            name, _ = self._terms.names[name]
        number = self._names[name]
        for name in reversed(missing):
            _, part = self._terms.names[name]
            key, field = ("str", "str") if isinstance(part, str) else ("num", "i")
            line = {key: {"pre": number, field: part}}
            number = self._names[name] = len(self._names)
            self._lines.append(_text(line | {"in": number}))
        return number

    def _level(self, root: int) -> int:
        done, waiting = self._levels, [root]
        while waiting:
            level = waiting[-1]
            if level in done:
                waiting.pop()
                continue
            kind, *below = self._terms.levels[level]
            line: dict[str, object]
            if kind == "param":
                line = {kind: self._name(below[0])}
            elif missing := [part for part in below if part not in done]:
                waiting.extend(missing)
                continue
            else:
                line = {kind: done[below[0]] if kind == "succ" else [done[part] for part in below]}
            number = done[level] = len(done)
            self._lines.append(_text(line | {"il": number}))
        return done[root]

    def _expr(self, root: int) -> int:
        done, exprs = self._exprs, self._terms.exprs
        if root not in done:
            for expr in self._terms.below([root], self._seen):
                # Lines of names and levels can come before that of the expression.
                field = self._field(exprs[expr])
                number = done[expr] = len(done)
                self._lines.append(f'{{{field},"ie":{number}}}' if field < '"ie"' else f'{{"ie":{number},{field}}}')
        return done[root]

    def _field(self, node: tuple[Any, ...]) -> str:
        """What a line says of an expression beside its number; what is below it has been written."""
        done = self._exprs
        kind = node[0]
        if kind == APP:
            return f'"app":{{"arg":{done[node[2]]},"fn":{done[node[1]]}}}'
        if kind == CONST:
            levels = ",".join(str(self._level(level)) for level in node[2])
            return f'"const":{{"name":{self._name(node[1])},"us":[{levels}]}}'
        if kind in (LAM, PI):
            _, name, domain, body, binder = node
            key = "lam" if kind == LAM else "forallE"
            about = f'"body":{done[body]},"name":{self._name(name)},"type":{done[domain]}'
            return f'"{key}":{{"binderInfo":{_BINDERS[binder]},{about}}}'
        if kind == BVAR:
            return f'"bvar":{decimal(node[1])}'
        if kind == NAT:
            return f'"natVal":"{decimal(node[1])}"'
        if kind == SORT:
            return f'"sort":{self._level(node[1])}'
        if kind == LET:
            _, name, domain, value, body = node
            about = f'"name":{self._name(name)},"nondep":false,"type":{done[domain]},"value":{done[value]}'
            return f'"letE":{{"body":{done[body]},{about}}}'
        if kind == PROJ:
            _, name, index, structure = node
            about = f'"struct":{done[structure]},"typeName":{self._name(name)}'
            return f'"proj":{{"idx":{decimal(index)},{about}}}'
        assert kind == STR
        return f'"strVal":{_text(node[1])}'


def decimal(number: int) -> str:
    """A natural number in decimal digits, however many: the time for n of them is about that of multiplying them."""
    if number.bit_length() <= _MOST_BITS:
        return str(number)
    powers: dict[int, Decimal] = {}

    def power(bits: int) -> Decimal:
        """Two to the power of so many bits."""
        if bits <= _MOST_BITS:
            return Decimal(1 << bits)
        if bits not in powers:
            half = bits // 2
            powers[bits] = _EXACT.multiply(power(half), power(bits - half))
        return powers[bits]

    def converted(part: int, bits: int) -> Decimal:
        """A number of at most so many bits."""
        if bits <= _MOST_BITS:
            return Decimal(part)
        half = bits // 2
        high = part >> half
        upper, lower = converted(high, bits - half), converted(part - (high << half), half)
        return _EXACT.add(_EXACT.multiply(upper, power(half)), lower)

    return f"{converted(number, number.bit_length()):f}"


def _text(value: object) -> str:
    """JSON with the keys of objects in alphabetical order, and numbers of any size."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(key)}:{_text(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, int) and not isinstance(value, bool):
        return decimal(value)
    return json.dumps(value, ensure_ascii=False)
