"""What a statement says: the constants that it rests on, and the digest of each of them.

That a proof proves its statement is what a kernel checks.  That the statement says what it seems to say is a matter of
the definitions below it: a file that has another `Bridge.AffineFunctional.residual` beside it, or another absolute
value, can prove theorems whose text is that of an export.  So the constants below a statement, down to Lean's core, are
compared with those that were compiled of the library that Bridge ships: by `meanings.sha256`, which
`pytest tests/check/olean/test_shipped_meanings.py --update` writes.

A digest is about one constant, in which others count by their names: as all that a statement rests on are compared,
equal digests mean equal statements.  Names of bound variables, and which arguments are implicit, do not count; nor do
proofs, of which only the statement does.  Everything is framed by its length, so that no two terms have one digest
unless SHA-256 fails.
"""

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

from bridge.check.olean.closure import Closure
from bridge.check.olean.constants import SAFE, Constant, Kind
from bridge.check.olean.modules import Modules
from bridge.check.olean.terms import BVAR, CONST, NAT, PROJ, SORT, STR, Terms

PINS = Path(__file__).resolve().parent / "meanings.sha256"


@functools.cache
def shipped_meanings() -> dict[str, str]:
    """SHA-256 in hexadecimal of each constant of the library, and of those of core below it, by name."""
    lines = (line.split("  ", 1) for line in PINS.read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in lines}


class Digests:
    """Digests of the constants of some modules, each term that they share computed once."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._terms = modules.terms
        self._names: dict[int, bytes] = {}
        self._levels: list[bytes] = []
        self._expressions: dict[int, bytes] = {}
        self._seen: set[int] = set()

    def constant(self, number: int) -> str:
        """SHA-256 in hexadecimal of what a constant is.

        Raises:
            OleanError: it, or what it is made of, cannot be read.
        """
        constant = self._modules.get(number)
        kind = kind_of(self._modules, number)
        value = b"" if constant.value is None or kind is Kind.THEOREM else self.expression(constant.value)
        # A definition or theorem of a mutual block means the same by itself.
        block = constant.block if kind in (Kind.INDUCTIVE, Kind.RECURSOR) else ()
        names = (constant.level_params, block, constant.constructors, (constant.inductive,))
        rules = [
            framed(self.name(constructor), integer(fields), self.expression(value))
            for constructor, fields, value in constant.rules
        ]
        digest = hashlib.sha256(
            framed(
                kind.encode(),
                self.name(number),
                self.expression(constant.type),
                value,
                *(framed(*map(self.name, some)) for some in names),
                framed(*map(integer, constant.counts)),
                framed(*rules),
                integer(is_unsafe(constant)),
                integer(constant.k),
                integer(constant.quotient_kind),
            )
        )
        return digest.hexdigest()

    def name(self, number: int) -> bytes:
        """A name, component by component."""
        got = self._names.get(number)
        if got is None:
            got = self._names[number] = framed_name(self._terms, number)
        return got

    def level(self, number: int) -> bytes:
        """The digest of a universe level."""
        while len(self._levels) <= number:  # what a level is made of has smaller numbers
            node = self._terms.levels[len(self._levels)]
            if node[0] == "param":
                parts = [b"param", self.name(node[1])]
            else:
                parts = [node[0].encode(), *(self._levels[part] for part in node[1:])]
            self._levels.append(hashlib.sha256(framed(*parts)).digest())
        return self._levels[number]

    def expression(self, number: int) -> bytes:
        """The digest of an expression."""
        digests = self._expressions
        for below in self._terms.below([number], self._seen):
            node = self._terms.exprs[below]
            tag = node[0]
            if tag == CONST:
                parts = [self.name(node[1]), *map(self.level, node[2])]
            elif tag == SORT:
                parts = [self.level(node[1])]
            elif tag in (BVAR, NAT):
                parts = [integer(node[1])]
            elif tag == STR:
                parts = [node[1].encode()]
            elif tag == PROJ:
                parts = [self.name(node[1]), integer(node[2]), digests[node[3]]]
            else:
                parts = [digests[child] for child in self._terms.children(below)]
            digests[below] = hashlib.sha256(framed(integer(tag), *parts)).digest()
        return digests[number]


def kind_of(modules: Modules, number: int) -> Kind:
    """What a constant is: where the exported part of a core module has left its body out, what it was before."""
    constant = modules.get(number)
    return constant.dropped or constant.kind


def rests_on(closure: Closure, number: int) -> set[int]:
    """The constants that the meaning of a constant directly rests on: those in its type, its value and its parts.

    Of a theorem it is its statement alone.
    """
    constant = closure.modules.get(number)
    found = set(closure.constants_in(constant.type))
    if constant.value is not None and constant.kind is not Kind.THEOREM:
        found |= closure.constants_in(constant.value)
    for constructor, _, value in constant.rules:
        found |= {constructor, *closure.constants_in(value)}
    found.update(constant.constructors)
    return found


def below_statements(closure: Closure, theorems: Iterable[int]) -> set[int]:
    """All constants that the statements of some theorems rest on, if only through others."""
    found: set[int] = set()
    waiting = [used for theorem in theorems for used in closure.constants_in(closure.modules.get(theorem).type)]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting.extend(rests_on(closure, number))
    return found


def is_unsafe(constant: Constant) -> bool:
    """Whether a constant is marked as one that no theorem may rest on."""
    return constant.unsafe or (constant.kind is Kind.DEFINITION and constant.safety != SAFE)


def framed_name(terms: Terms, number: int) -> bytes:
    """The components of a name, of which texts and numbers are told apart."""
    return framed(
        *(b"s" + part.encode() if isinstance(part, str) else b"n" + integer(part) for part in terms.parts(number))
    )


def integer(number: int) -> bytes:
    """A natural number as bytes, which no other has."""
    return b"%x" % number


def framed(*parts: bytes) -> bytes:
    """Bytes of which the parts can be told again."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
