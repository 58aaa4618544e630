"""What a compiled term says, word by word: its numbers, and the signs, strings and names between them, as in its text.

A text leaves out what Lean finds out by itself: types, instances, and what follows from other arguments.  So what is
read of a term is what is written: of each constant that an export uses it is known here which arguments are implicit,
and notation is undone, as `a / b`, `-a`, `[a, b]` and `c = d`.  A function comes before its arguments, also where the
text has it after the first of them, as in `samples.score 2 i`.  Variables and parentheses are left out.

What a text may have, and need not, is read as `implied`: the type of the variable in `fun i => …`.  Long lists are
chains of `let`: a variable that stands for a value is read as that value, where it is used.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from bridge.check.olean.errors import OleanError
from bridge.check.olean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, STR, Terms

Token = int | str
"""A number, a sign such as `-`, a string with a `"` before it, or a name with a `@` before it: of what the export has
declared the full one, and of all else the last component."""

SIGNS = frozenset("+-*/^[]≤<=∧∨")
"""The signs that are read."""

NO_NUMERAL = "a numeral that Lean's own instances do not make"
"""What is read in the place of a numeral whose value may be another than it says."""

NO_LIST = "a list that goes on in another way"
"""What is read where a list has begun, and neither another element nor its end is there."""


class Read(NamedTuple):
    """A word that was read of a term, and whether its text may do without it."""

    token: Token
    implied: bool


# What a text has of the arguments of a constant: `.` is one that it leaves out, and `x` one that it has; any other
# character is a sign that it has there.  All arguments are written of the constants that are not in the table, and of
# those that are the ones after its end.
ARGUMENTS = {
    "And": "x∧x",
    "BEq.beq": "..x==x",
    "Bridge.AffineFunctional.eval": ".",
    "Bridge.AffineFunctional.mk": ".",
    "Bridge.AffineFunctional.residual": ".",
    "Bridge.AffineFunctional.scaled": ".",
    "Bridge.AffineFunctional.sub": ".",
    "Bridge.Classifier.functionals": ".",
    "Bridge.Classifier.mk": ".",
    "Bridge.Classifier.predict": ".",
    "Bridge.Classifier.value": ".",
    "Bridge.Image.input": "..",
    "Bridge.Image.size": "..",
    "Bridge.Image.thick": "..",
    "Bridge.IsKthSmallest": ".",
    "Bridge.IsMargin": "..",
    "Bridge.Network.eval": "..",
    "Bridge.Network.last": "..",
    "Bridge.Network.relu": "...",
    "Bridge.centred": ".",
    "Bridge.confusionMatrix": "x.",
    "Bridge.minus": "-x",
    "Bridge.plus": "+x",
    "Bridge.rSquared": ".",
    "Bridge.rocAuc": ".",
    "Bridge.sumOfSquares": ".",
    "Eq": ".x=x",
    "Exists": ".",
    "Fin.castLE": "...",
    "Fin.val": ".",
    "GetElem.getElem": ".....x[x].",
    "HAdd.hAdd": "....x+x",
    "HAppend.hAppend": "....x++x",
    "HDiv.hDiv": "....x/x",
    "HMul.hMul": "....x*x",
    "HPow.hPow": "....x^x",
    "HSub.hSub": "....x-x",
    "LE.le": "..x≤x",
    "LT.lt": "..x<x",
    "List.toArray": ".",
    "Nat.cast": "..",
    "Neg.neg": "..-x",
    "Or": "x∨x",
    "Prod.mk": "..",
    "Vector.mk": "..x.",
    "ite": ".x.",
}
# What stands for notation, and has no name in a text; nor have the constructors of structures, which are all called mk.
_NAMELESS = {
    *(name for name, written in ARGUMENTS.items() if set(written) & SIGNS),
    *("Exists", "Fin.val", "List.toArray", "Nat.cast", "Prod.mk", "Vector.mk", "ite"),
}
_CONSTRUCTOR = "mk"
# Of Lean's core, also in an export that is called Fin.
_OF_CORE = frozenset({"Bool.true", "Fin.castLE"})
# With these in it, a component of a name is put into quotation marks.
_DIVIDING = frozenset(".«»")
# Instances that make of a number in a text that very number.
_OWN_NUMERALS = frozenset({"instOfNatNat", "Rat.instOfNat"})

_TERM, _TOKEN, _TAIL = range(3)
# Of each binder around an expression, the innermost first, what its variable stands for, if it stands for something.
_Variables = tuple["_Meaning | None", "_Variables"] | None
_Meaning = tuple[int, _Variables]
# What is to be read: an expression, a sign, or the rest of a list; with its variables, and whether it is implied.
_Part = tuple[int, int | str, _Variables, bool]

# A term is read as the tree that its text is, in which a part stands as often as it is used.  So many steps it takes at
# most where Lean has made the term of a text.
_LEAST_STEPS = 1_000_000
_STEPS_PER_WORD = 1_000
_STEPS_PER_NODE = 10


class TermReader:
    """Reads terms as their texts are."""

    def __init__(self, terms: Terms, namespaces: Set[str], *, any_numeral: bool = False) -> None:
        """Begin to read.

        Args:
            terms: the terms.
            namespaces: what the names begin with that the export declares; nothing else may begin so.
            any_numeral: whether numerals are read whose instances are not Lean's own, but Mathlib's.
        """
        self._terms = terms
        self._namespaces = namespaces
        self._any_numeral = any_numeral
        self._names: dict[int, str] = {}
        self._words: dict[int, str] = {}

    def read(self, root: int, length: int) -> Iterator[Read]:
        """The words of a term, in the order in which its text has them.

        Args:
            root: the expression.
            length: how many its text has.

        Raises:
            OleanError: a variable is bound by nothing, or so much of the term is shared that no text is as long.
        """
        terms = self._terms
        steps = _LEAST_STEPS + _STEPS_PER_WORD * length + _STEPS_PER_NODE * len(terms.exprs)
        stack: list[_Part] = [(_TERM, root, None, False)]
        while stack:
            what, at, variables, implied = stack.pop()
            if what == _TOKEN:
                yield Read(at, implied)
                continue
            assert isinstance(at, int), "it is an expression"
            steps -= 1
            if steps < 0:
                raise OleanError(
                    "a term shares so much of itself that no text has as many words; one that is the term of a text is "
                    "required; have Lean compile the module again"
                )
            node = terms.exprs[at]
            kind = node[0]
            if kind == BVAR and (meaning := _meaning(variables, node[1])) is not None:
                stack.append((what, *meaning, implied))
            elif kind == LET:
                stack.append((what, node[4], ((node[3], variables), variables), implied))
            elif kind in (CONST, APP):
                stack += reversed(self._application(at, what, variables, implied=implied))
            elif what == _TAIL:
                yield Read(NO_LIST, implied)
            elif kind == NAT:
                yield Read(node[1], implied)
            elif kind == STR:
                yield Read(f'"{node[1]}', implied)
            elif kind in (LAM, PI):
                stack.append((_TERM, node[3], (None, variables), implied))
                stack.append((_TERM, node[2], variables, implied or kind == LAM))
            elif kind == PROJ:
                stack.append((_TERM, node[3], variables, implied))

    def _application(self, at: int, what: int, variables: _Variables, *, implied: bool) -> "list[_Part]":
        """What is to be read of a constant and its arguments, in the order in which it is to be read."""
        function, arguments = self._spine(at)
        name = self._name(function)
        if name == "List.cons" and len(arguments) == 3:
            opening: list[_Part] = [] if what == _TAIL else [(_TOKEN, "[", None, implied)]
            return [*opening, (_TERM, arguments[1], variables, implied), (_TAIL, arguments[2], variables, implied)]
        if name == "List.nil" and len(arguments) == 1:
            return [(_TOKEN, sign, None, implied) for sign in ("]" if what == _TAIL else "[]")]
        if what == _TAIL:
            return [(_TOKEN, NO_LIST, None, implied)]
        if name == "OfNat.ofNat" and len(arguments) == 3:
            return [(_TOKEN, self._numeral(*arguments[1:]), None, implied)]
        parts: list[_Part] = [] if name else [(_TERM, function, variables, implied)]
        if word := self._word(function):
            parts.append((_TOKEN, word, None, implied))
        left = iter(arguments)
        for written in ARGUMENTS.get(name, ""):
            if written not in "x.":
                parts.append((_TOKEN, written, None, implied))
            elif (argument := next(left, None)) is not None and written == "x":
                parts.append((_TERM, argument, variables, implied))
        return parts + [(_TERM, argument, variables, implied) for argument in left]

    def _word(self, function: int) -> str:
        """What a text has in the place of a constant; empty if it has nothing, or if it is none."""
        known = self._words.get(function)
        if known is None:
            name = self._name(function)
            components = self._terms.parts(self._terms.exprs[function][1]) if name else ()
            known = ""
            is_own = bool(components) and components[0] in self._namespaces and name not in _OF_CORE
            if name and name not in _NAMELESS and (is_own or components[-1] != _CONSTRUCTOR):
                known = f"@{joined(components if is_own else components[-1:])}"
            self._words[function] = known
        return known

    def _numeral(self, literal: int, instance: int) -> Token:
        """The value of a numeral, if its instance is one of Lean's own, made for that very number."""
        kind, value, *_ = self._terms.exprs[literal]
        function, of_instance = self._spine(instance)
        is_own = self._any_numeral or (self._name(function) in _OWN_NUMERALS and of_instance == [literal])
        return value if kind == NAT and is_own else NO_NUMERAL

    def _spine(self, at: int) -> tuple[int, list[int]]:
        """What is applied, and to what."""
        exprs, arguments = self._terms.exprs, []
        while (node := exprs[at])[0] == APP:
            arguments.append(node[2])
            at = node[1]
        arguments.reverse()
        return at, arguments

    def _name(self, function: int) -> str:
        """The name of a constant; empty if it is none."""
        known = self._names.get(function)
        if known is None:
            node = self._terms.exprs[function]
            known = self._names[function] = self._terms.text(node[1]) if node[0] == CONST else ""
        return known


def joined(components: Iterable[int | str]) -> str:
    """A name as one text, which no other name has: `A.b` is not `«A.b»`, and a number is not its digits."""
    return ".".join(map(_component, components))


def _component(component: int | str) -> str:
    if isinstance(component, int):
        return f"«{component}»"
    return f"«{component.replace('»', '»»')}»" if _DIVIDING.intersection(component) else component


def _meaning(variables: _Variables, index: int) -> _Meaning | None:
    """What a variable stands for, None if it is of a binder that has no value for it."""
    for _ in range(index):
        if variables is None:
            break
        variables = variables[1]
    if variables is None:
        raise OleanError(
            "a term has a variable that nothing binds; a closed term is required; have Lean compile the module again"
        )
    return variables[0]


def first_difference(required: Sequence[Token], read: Iterable[Read]) -> tuple[int, Token | None] | None:
    """Where a term is not what its text says.

    Args:
        required: what the text has.
        read: what was read of the term.

    Returns:
        How much of the text was found in the term, and what is there instead of the rest, None if nothing; None if the
        term is what the text says.
    """
    # What was read so far can be these beginnings of the text: several, where it is implied.
    lengths = {0}
    for token, implied in read:
        longer = {length + 1 for length in lengths if length < len(required) and required[length] == token}
        if implied:
            longer |= lengths
        elif not longer:
            return max(lengths), token
        lengths = longer
    return None if len(required) in lengths else (max(lengths), None)


def found_in_order(required: Sequence[Token], read: Iterable[Read]) -> int:
    """How much of a text is in a term, in its order, whatever else is there."""
    found, reads = 0, iter(read)
    while found < len(required):
        if all(token != required[found] for token, _ in reads):
            break
        found += 1
    return found
