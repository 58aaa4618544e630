"""What constants rest on: all constants below some, in an order in which each uses only earlier ones."""

from collections.abc import Iterable
from functools import cached_property

from bridge.check.olean.collector import collector_held_back
from bridge.check.olean.constants import Kind
from bridge.check.olean.errors import OleanError
from bridge.check.olean.modules import Modules
from bridge.check.olean.terms import APP, CONST, LAM, LET, NAT, PI, PROJ, STR

_QUOTIENTS = ("Quot", "Quot.mk", "Quot.lift", "Quot.ind")


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
        return known

    def leader(self, name: int) -> int:
        """The constant that stands for one in the order.

        Raises:
            OleanError: the constant is not there, or is not of the block that it names.
        """
        known = self._leaders.get(name)
        if known is None:
            known = self._leaders[name] = self._leader(name)
        return known

    def _leader(self, name: int) -> int:
        constant = self.modules.get(name)
        if constant.kind == Kind.QUOTIENT:
            leader, members = self._quotients[0], self._quotients
        elif constant.kind in (Kind.INDUCTIVE, Kind.CONSTRUCTOR, Kind.RECURSOR):
            block = self.modules.get(constant.inductive).block if constant.inductive else constant.block
            leader = block[0] if block else name
            members = [member for kind in self.block(leader) for member in kind]
        else:
            return name
        if name not in members:
            raise OleanError(
                f"{self._terms.text(name)} is a {constant.kind} of {self._terms.text(leader)}, which does not have it; "
                f"files as Lean writes them are required; have Lean compile {constant.module} again"
            )
        return leader

    def block(self, name: int) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """The types, constructors and recursors that are declared together with an inductive type.

        Raises:
            OleanError: they do not belong together.
        """
        types = self.modules.get(name).block
        members = [self.modules.get(member) for member in types]
        if any(member.kind != Kind.INDUCTIVE or member.block != types for member in members) or any(
            (each := self.modules.get(constructor)).kind != Kind.CONSTRUCTOR or each.inductive != member.name
            for member in members
            for constructor in member.constructors
        ):
            raise OleanError(
                f"{self._terms.text(name)} is declared together with what is not; files as Lean writes them are "
                f"required; have Lean compile {self.modules.module_of(name)} again"
            )
        constructors = tuple(constructor for member in members for constructor in member.constructors)
        recursors = tuple(
            recursor
            for member in types
            for recursor in self._recursors.get(member, ())
            if self.modules.get(recursor).kind == Kind.RECURSOR
        )
        return types, constructors, recursors

    def direct(self, name: int) -> frozenset[int]:
        """The constants, by what stands for them, that the declaration of one uses, without itself.

        Raises:
            OleanError: a constant is not there or cannot be read.
        """
        known = self._direct.get(name)
        if known is None:
            constant = self.modules.get(name)
            if constant.kind == Kind.INDUCTIVE:
                members = [member for kind in self.block(name) for member in kind]
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
                            f"{self._terms.text(other)} rests on itself, by way of {self._terms.text(name)}; files as "
                            f"Lean writes them are required; have Lean compile {self.modules.module_of(other)} again"
                        )
