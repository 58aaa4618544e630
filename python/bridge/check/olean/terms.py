"""Terms of Lean's kernel as numbered nodes: names, universe levels and expressions.

Equal nodes have equal numbers, over all modules, so that comparing terms is comparing numbers, and whatever walks over
terms visits a shared node once.  The nodes below a node have smaller numbers.  Nothing that Lean caches in its objects
(hashes, loose bound variables, …) is taken over.
"""

import re
from collections.abc import Iterable
from typing import Any

from bridge.check.olean.errors import OleanError

# The constructors of `Lean.Expr`, by its numbers; literals are told apart, and `mdata`, which the kernel looks through,
# is left out, as are free variables and metavariables, which no constant has.
BVAR, SORT, CONST, APP, LAM, PI, LET, NAT, STR, PROJ = 0, 3, 4, 5, 6, 7, 8, 20, 21, 11

# Longer ones are no names of Lean's, and would make every message and every comparison of names slow.
_MOST_COMPONENTS = 255
_LONGEST_COMPONENT = 2**16
_LONGEST_SHOWN = 120

_PLAIN = re.compile(r"[^\W\d][\w'!?]*")


class Terms:
    """The nodes, by number.

    Attributes:
        names: 0 is the anonymous name; else (number of the prefix, last component), which is a text or an integer.
        levels: 0 is the level zero; else ("succ", l), ("max", l, l), ("imax", l, l) or ("param", name).
        exprs: (BVAR, index), (SORT, level), (CONST, name, levels), (APP, function, argument), (LAM or PI, name of the
            variable, type, body, binder info), (LET, name, type, value, body), (NAT, integer), (STR, text) or
            (PROJ, name of the structure, index, expression).
    """

    def __init__(self) -> None:
        self.names: list[tuple[int, str | int]] = [(0, "")]
        self.levels: list[tuple[Any, ...]] = [("zero",)]
        self.exprs: list[tuple[Any, ...]] = []
        self.name_numbers: dict[tuple[int, str | int], int] = {}
        self.level_numbers: dict[tuple[Any, ...], int] = {}
        self.expr_numbers: dict[tuple[Any, ...], int] = {}
        self._lengths = [0]

    def mk_name(self, prefix: int, component: str | int) -> int:
        """The number of a name.

        Raises:
            OleanError: it is longer than names are.
        """
        node = (prefix, component)
        number = self.name_numbers.get(node)
        if number is None:
            length = self._lengths[prefix] + 1
            if length > _MOST_COMPONENTS or (
                len(component) > _LONGEST_COMPONENT
                if isinstance(component, str)
                else component.bit_length() > _LONGEST_COMPONENT // 8
            ):
                raise OleanError(
                    f"a name has {length} components, or one is longer than {_LONGEST_COMPONENT} characters; at most "
                    f"{_MOST_COMPONENTS} shorter ones are required; have Lean compile the module again"
                )
            number = self.name_numbers[node] = len(self.names)
            self.names.append(node)
            self._lengths.append(length)
        return number

    def mk_level(self, *node: Any) -> int:  # noqa: ANN401 -- a node's shape goes by its first entry
        """The number of a universe level."""
        number = self.level_numbers.setdefault(node, len(self.levels))
        if number == len(self.levels):
            self.levels.append(node)
        return number

    def mk(self, *node: Any) -> int:  # noqa: ANN401 -- a node's shape goes by its first entry
        """The number of an expression."""
        number = self.expr_numbers.setdefault(node, len(self.exprs))
        if number == len(self.exprs):
            self.exprs.append(node)
        return number

    def name(self, text: str) -> int:
        """The number of a name as Lean writes it, such as `Big.«concept 1».bound`; digits alone are a number."""
        number, start = 0, 0
        while start < len(text):
            if text[start] == "«" and (end := text.find("»", start)) > 0:
                component: str | int = text[start + 1 : end]
                start = end + 2
            else:
                end = text.find(".", start)
                end = len(text) if end < 0 else end
                component, start = text[start:end], end + 1
                if component.isascii() and component.isdigit():
                    component = int(component)
            number = self.mk_name(number, component)
        return number

    def parts(self, name: int) -> tuple[str | int, ...]:
        """The components of a name."""
        components = []
        while name:
            name, component = self.names[name]
            components.append(component)
        return tuple(reversed(components))

    def text(self, name: int) -> str:
        """A name as Lean writes it."""
        return ".".join(
            str(part) if isinstance(part, int) or _PLAIN.fullmatch(part) else f"«{part}»" for part in self.parts(name)
        )

    def shown(self, name: int) -> str:
        """A name, short enough for a message of one line."""
        text = " ".join(self.text(name).split())
        return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"

    def children(self, expr: int) -> tuple[int, ...]:
        """The expressions directly below an expression."""
        node = self.exprs[expr]
        kind = node[0]
        if kind == APP:
            return node[1:3]
        if kind in (LAM, PI):
            return node[2:4]
        if kind == LET:
            return node[2:5]
        return node[3:4] if kind == PROJ else ()

    def below(self, roots: Iterable[int], seen: set[int] | None = None) -> list[int]:
        """All expressions below roots, and the roots, each once and children first.

        Args:
            roots: where to begin.
            seen: what to leave out, with all below it; what is found is added.
        """
        seen = set() if seen is None else seen
        found = []
        for root in roots:
            if root in seen:
                continue
            seen.add(root)
            stack = [root]
            while stack:
                expr = stack.pop()
                found.append(expr)
                for child in self.children(expr):
                    if child not in seen:
                        seen.add(child)
                        stack.append(child)
        found.sort()  # the nodes below a node have smaller numbers
        return found
