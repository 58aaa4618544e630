"""What constants rest on: all constants below some, in an order in which each uses only earlier ones."""

import itertools
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from bridge.check.olean.collector import collector_held_back
from bridge.check.olean.constants import Kind
from bridge.check.olean.errors import OleanError
from bridge.check.olean.modules import Modules
from bridge.check.olean.terms import APP, CONST, LAM, LET, NAT, PI, PROJ, STR

_QUOTIENTS = ("Quot", "Quot.mk", "Quot.lift", "Quot.ind")


# Lean shares terms within a module, and each constant that uses one walks over it: with files as Lean writes them, that
# is about twice for each.
_MOST_WALKS = 50
_FREE_WALKS = 10_000_000


class Block(NamedTuple):
    """What the kernel declares in one go, by name.

    Attributes:
        types: the types of a mutual declaration.
        constructors: those of each type, in their order.
        recursors: those of each type, nested ones included.
    """

    types: tuple[int, ...]
    constructors: tuple[int, ...]
    recursors: tuple[int, ...]


class Closure:
    """The constants below roots.

    An inductive type stands for its block, which the kernel declares in one go: the types of a mutual declaration,
    their constructors and their recursors; and `Quot` for the four constants of quotients.

    Attributes:
        modules: where the constants are.
        order: the constants below the roots, and the roots; each comes after those that it uses.
    """

    def __init__(self, modules: Modules, roots: Iterable[int]) -> None:
        """Find all constants below roots.

        Raises:
            OleanError: a constant is not there, cannot be read or rests on itself.
        """
        self.modules = modules
        self.order: list[int] = []
        self._terms = modules.terms
        self._leaders: dict[int, int] = {}
        self._blocks: dict[int, Block] = {}
        self._members: dict[int, frozenset[int]] = {}
        self._walked = 0
        self._direct: dict[int, frozenset[int]] = {}
        self._constants_in: dict[int, frozenset[int]] = {}
        self._nat, self._eq = self._terms.name("Nat"), self._terms.name("Eq")
        self._string = [self._terms.name(name) for name in ("String.ofList", "Char.ofNat")]
        self._quotients = [self._terms.name(name) for name in _QUOTIENTS]
        with collector_held_back():
            self._visit(roots)

    def constants_in(self, expr: int) -> frozenset[int]:
        """The constants that occur in an expression, with those that its literals stand for."""
        known = self._constants_in.get(expr)
        if known is None:
            found: set[int] = set()
            exprs, seen, stack = self._terms.exprs, {expr}, [expr]
            while stack:
                node = exprs[stack.pop()]
                kind = node[0]
                if kind == APP:
                    below = node[1:]
                elif kind in (LAM, PI):
                    below = node[2:4]
                elif kind == CONST:
                    found.add(node[1])
                    continue
                elif kind == LET:
                    below = node[2:]
                elif kind == PROJ:
                    found.add(node[1])
                    below = node[3:]
                else:
                    if kind == NAT:
                        found.add(self._nat)
                    elif kind == STR:
                        found.update(name for name in self._string if name in self.modules)
                    continue
                for child in below:
                    if child not in seen:
                        seen.add(child)
                        stack.append(child)
            known = self._constants_in[expr] = frozenset(found)
            self._count(len(seen))
        else:
            self._count(len(known))  # what asks goes through all of them
        return known

    def _count(self, steps: int) -> None:
        """Count steps over terms, of which there is an end.

        Raises:
            OleanError: there are too many.
        """
        self._walked += steps
        count = len(self._terms.exprs)
        if self._walked > _FREE_WALKS + _MOST_WALKS * count:
            raise OleanError(
                f"the same terms are used by too many constants, which is {self._walked} terms for {count}; "
                f"files as Lean writes them are required; have Lean compile the modules again"
            )

    def leader(self, name: int) -> int:
        """The constant that stands for one in the order.

        Raises:
            OleanError: the constant is not there, or is not of the block that it names.
        """
        known = self._leaders.get(name)
        if known is None:
            known = self._leaders[name] = self._leader(name)
        return known

    def block(self, name: int) -> Block:
        """What is declared together with an inductive type, a constructor or a recursor.

        Raises:
            OleanError: it is none of them, or what belongs to it does not have it.
        """
        return self._block(self.leader(name))

    def _leader(self, name: int) -> int:
        constant = self.modules.get(name)
        if constant.kind == Kind.QUOTIENT:
            leader, members = self._quotients[0], frozenset(self._quotients)
        elif constant.kind in (Kind.INDUCTIVE, Kind.CONSTRUCTOR, Kind.RECURSOR):
            named = self.modules.get(constant.inductive) if constant.kind == Kind.CONSTRUCTOR else constant
            leader = named.block[0] if named.block else name
            self._block(leader)
            members = self._members[leader]
        else:
            return name
        if name not in members:
            raise self._loose(name, leader)
        return leader

    def _block(self, first: int) -> Block:
        """The block of which a type is the first."""
        known = self._blocks.get(first)
        if known is None:
            get = self.modules.get
            names = get(first).block
            types = [get(name) for name in names]
            for each in types:
                if each.kind != Kind.INDUCTIVE or (each.block is not names and each.block != names):
                    raise self._loose(each.name, first)
                for name in each.constructors:
                    constructor = get(name)
                    if constructor.kind != Kind.CONSTRUCTOR or constructor.inductive != each.name:
                        raise self._loose(name, each.name)
            constructors = tuple(name for each in types for name in each.constructors)
            named = (name for each in names for name in self._recursors.get(each, ()))
            recursors = tuple(name for name in named if get(name).kind == Kind.RECURSOR)
            known = self._blocks[first] = Block(names, constructors, recursors)
            self._members[first] = frozenset((*names, *constructors, *recursors))
        return known

    def _loose(self, name: int, leader: int) -> OleanError:
        """The error of a constant that names a block which does not have it, or the other way round."""
        constant = self.modules.get(name)
        return OleanError(
            f"{self._terms.shown(name)}, {constant.kind}, and {self._terms.shown(leader)} do not name each other as "
            f"declared together; files as Lean writes them are required; have Lean compile {constant.module} again"
        )

    def declared_together(self, name: int) -> tuple[int, ...]:
        """The constants that the kernel declares in one go, of which one stands for all in the order."""
        kind = self.modules.get(name).kind
        if kind is Kind.INDUCTIVE:
            return tuple(itertools.chain.from_iterable(self.block(name)))
        return tuple(self._quotients) if kind is Kind.QUOTIENT else (name,)

    def direct(self, name: int) -> frozenset[int]:
        """The constants, by what stands for them, that the declaration of one uses, without itself.

        Raises:
            OleanError: a constant is not there or cannot be read.
        """
        known = self._direct.get(name)
        if known is None:
            constant = self.modules.get(name)
            if constant.kind == Kind.INDUCTIVE:
                members = self._members[self.leader(name)]
                found: set[int] = set()
                for member in map(self.modules.get, members):
                    found |= self.constants_in(member.type)
                    for _, _, value in member.rules:
                        found |= self.constants_in(value)
                found.difference_update(members)
            elif constant.kind == Kind.QUOTIENT:
                found = {self._eq}
            else:
                found = set(self.constants_in(constant.type))
                if constant.value is not None:
                    found |= self.constants_in(constant.value)
            known = self._direct[name] = frozenset(self.leader(each) for each in found) - {name}
        return known

    def below(self, name: int) -> set[int]:
        """All that a constant rests on, by what stands for it, and what stands for itself."""
        first = self.leader(name)
        seen, todo = {first}, [first]
        while todo:
            fresh = self.direct(todo.pop()) - seen
            seen |= fresh
            todo += fresh
        return seen

    @cached_property
    def _recursors(self) -> dict[int, list[int]]:
        """The recursors of each inductive type, by the names that Lean gives them: T.rec, T.rec_1 and so on."""
        by_type: dict[int, list[int]] = {}
        names = self._terms.names
        for name in self.modules.index:
            prefix, last = names[name]
            if isinstance(last, str) and (last == "rec" or (last.startswith("rec_") and last[4:].isdigit())):
                by_type.setdefault(prefix, []).append(name)
        return by_type

    def _visit(self, roots: Iterable[int]) -> None:
        is_done: dict[int, bool] = {}
        stack = [(self.leader(root), False) for root in roots]
        while stack:
            name, is_ready = stack.pop()
            if is_ready:
                is_done[name] = True
                self.order.append(name)
            elif name not in is_done:
                is_done[name] = False
                stack.append((name, True))
                for other in sorted(self.direct(name)):
                    if other not in is_done:
                        stack.append((other, False))
                    elif not is_done[other]:
                        raise OleanError(
                            f"{self._terms.shown(other)} rests on itself through {self._terms.shown(name)}; files as "
                            f"Lean writes them are required; have Lean compile {self.modules.module_of(other)} again"
                        )
