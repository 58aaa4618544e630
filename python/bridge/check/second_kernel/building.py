"""Names, universe levels and terms as objects of the native Lean.

Nothing that a file has beside the terms themselves is taken over: Lean's own functions build each object, and compute
what Lean keeps in it (hashes, loose variables).  What is built is persistent, so each node is built once, however often
it is used.
"""

from bridge.check.olean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, SORT, STR, Terms
from bridge.check.second_kernel.native import NOTHING, Lean


class Builder:
    """Builds nodes when they are asked for.

    Attributes:
        lean: the library.
    """

    def __init__(self, lean: Lean, terms: Terms) -> None:
        self.lean = lean
        self._terms = terms
        self._names = {0: NOTHING}
        self._levels = [lean.keep(lean.call.level_mk_zero(NOTHING))]
        self._expressions: list[int] = []
        self._name_lists: dict[tuple[int, ...], int] = {}
        self._level_lists: dict[tuple[int, ...], int] = {}

    def name(self, number: int) -> int:
        """A name."""
        built = self._names
        missing = []
        while number not in built:
            missing.append(number)
            number = self._terms.names[number][0]
        lean = self.lean
        for number in reversed(missing):
            prefix, part = self._terms.names[number]
            if isinstance(part, str):
                pointer = lean.call.name_mk_string(built[prefix], lean.string(part))
            else:
                pointer = lean.call.name_mk_numeral(built[prefix], lean.natural(part))
            built[number] = lean.keep(pointer)
        return built[missing[0]] if missing else built[number]

    def names(self, numbers: tuple[int, ...]) -> int:
        """A list of names."""
        pointer = self._name_lists.get(numbers)
        if pointer is None:
            pointer = self._name_lists[numbers] = self.lean.list(map(self.name, numbers))
        return pointer

    def level(self, number: int) -> int:
        """A universe level."""
        built, call = self._levels, self.lean.call
        while len(built) <= number:  # what a level is made of has smaller numbers
            kind, *parts = self._terms.levels[len(built)]
            if kind == "param":
                pointer = call.level_mk_param(self.name(parts[0]))
            elif kind == "succ":
                pointer = call.level_mk_succ(built[parts[0]])
            else:
                make = call.level_mk_max if kind == "max" else call.level_mk_imax
                pointer = make(built[parts[0]], built[parts[1]])
            built.append(self.lean.keep(pointer))
        return built[number]

    def levels(self, numbers: tuple[int, ...]) -> int:
        """A list of universe levels."""
        pointer = self._level_lists.get(numbers)
        if pointer is None:
            pointer = self._level_lists[numbers] = self.lean.list(map(self.level, numbers))
        return pointer

    def expression(self, number: int) -> int:
        """A term."""
        if number >= len(self._expressions):
            self._build_expressions()
        return self._expressions[number]

    def _build_expressions(self) -> None:
        """Build every node that there is by now: one is made after what it consists of, so their order will do."""
        built, lean, call = self._expressions, self.lean, self.lean.call
        keep, append, app, forall, lambda_ = (
            call.mark_persistent,
            built.append,
            call.expr_mk_app,
            call.expr_mk_forall,
            call.expr_mk_lambda,
        )
        for node in self._terms.exprs[len(built) :]:
            tag = node[0]
            if tag == APP:
                pointer = app(built[node[1]], built[node[2]])
            elif tag == BVAR:
                pointer = call.expr_mk_bvar(lean.natural(node[1]))
            elif tag == PI:
                pointer = forall(self.name(node[1]), built[node[2]], built[node[3]], node[4])
            elif tag == LAM:
                pointer = lambda_(self.name(node[1]), built[node[2]], built[node[3]], node[4])
            elif tag == CONST:
                pointer = call.expr_mk_const(self.name(node[1]), self.levels(node[2]))
            elif tag == SORT:
                pointer = call.expr_mk_sort(self.level(node[1]))
            elif tag == NAT:
                pointer = call.expr_mk_lit(lean.cell(0, lean.natural(node[1])))
            elif tag == STR:
                pointer = call.expr_mk_lit(lean.cell(1, lean.string(node[1])))
            elif tag == LET:
                pointer = call.expr_mk_let(self.name(node[1]), *(built[child] for child in node[2:5]), 0)
            else:
                pointer = call.expr_mk_proj(self.name(node[1]), lean.natural(node[2]), built[node[3]])
            keep(pointer)
            append(pointer)
