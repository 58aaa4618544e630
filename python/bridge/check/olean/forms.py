"""The form of each declaration of an export: its statement and its value, but for the numbers.

A statement can have the text of a claim and another meaning: with a notation or an instance of the file's own, `≤` or
`-δ` is what the file says it is.  In the compiled terms it is another term.  So each declaration of an export is
compared with those that this version of Bridge exports, by `forms.sha256`, which
`pytest tests/check/olean/test_shipped_meanings.py --update` writes.

What differs between exports does not count: numbers and texts are holes; of a list only the forms that its elements
have count, and so with the layers of an encoder; and what the export itself declares is named by its place relative to
the declaration: `../samples`.  The number in such a name is the one in the name of the declaration, as that of
`functional2` in what `faithful2` says, or always the same; or it is one of a list, in which the numbers must rise, as
they do in that of all classes.  A proof is a proof: of what, its place says.

A declaration with a name that exports do not have, as a claim of your own has, is left alone: what an export claims
does not rest on it, or has another form.
"""

import functools
import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Container, Iterable
from pathlib import Path
from typing import Any

from bridge.check.olean.constants import Kind
from bridge.check.olean.errors import OleanError
from bridge.check.olean.meaning import Digests, framed, integer
from bridge.check.olean.modules import Modules
from bridge.check.olean.terms import APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, SORT, STR

PINS = Path(__file__).resolve().parent / "forms.sha256"

_DIGITS = re.compile("[0-9]+")

# What holds of an empty list, of the elements of a list, of the layers of a network, and of what is joined.
_EMPTY, _FURTHER = "List.nil", "List.cons"
_LAST, _LAYER = "Bridge.Network.last", "Bridge.Network.relu"
_JOINED = "HAppend.hAppend"

# Nodes of forms, beside those that have the tags of terms: a hole, with what is left out; a constant of the export,
# with what its name begins with, its last component and the numbers in that, None for any; and a sequence, with what it
# is of, the forms of its elements, and the first and the last numbers in them.
_HOLE, _OWN, _SEQUENCE = "hole", "own", "sequence"

# No sequence in an export has elements of so many forms, and no rule is about functions of so many arguments.
_MOST_ELEMENTS = 64
_MOST_ARGUMENTS = 6

# Declarations of exports share few terms, so that going through the forms of all of them takes about one step for each
# term; a file that was made to take longer is refused.
_MOST_WALKS = 50
_FREE_WALKS = 10_000_000

# Numbers in a name, each by its length and its digits, so that they are in order.
_Numbers = tuple[tuple[int, str], ...]
_Ends = tuple[_Numbers, _Numbers] | str | None
_DISORDERED = "disordered"

_ELEMENT = "element of a sequence"

# Where a node has the nodes that it is made of.
_PARTS = {APP: (1, 2), LAM: (1, 2), PI: (1, 2), LET: (1, 2, 3), PROJ: (3,), _SEQUENCE: (1,)}


@functools.cache
def shipped_forms() -> dict[str, str]:
    """What has each form that there is in exports, by SHA-256 in hexadecimal: kind and name, or that it is a part."""
    lines = (line.split("  ", 1) for line in PINS.read_text(encoding="utf-8").splitlines())
    return dict(lines)


@functools.cache
def shipped_names() -> frozenset[str]:
    """The names that declarations of exports have, each without what stands before it, and with `#` for numbers."""
    return frozenset(what.split(" ", 1)[1] for what in shipped_forms().values() if what != _ELEMENT)


# Where a declaration is: what its name begins with, and the numbers at the end of it.
_At = tuple[int, _Numbers]


class Forms:
    """The forms of what some modules declare, each term that they share gone through once."""

    def __init__(self, modules: Modules, own: Collection[int], digests: Digests) -> None:
        """Begin with no forms.

        Args:
            modules: the modules, loaded.
            own: what the export declares.
            digests: of the constants of the same modules.
        """
        self._modules = modules
        self._terms = modules.terms
        self._own = own
        self._outside = digests
        self._nodes: list[tuple[Any, ...]] = []
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._replaced: dict[int, int] = {}
        self._of: dict[int, int] = {}
        self._seen: set[int] = set()
        self._walked = 0
        self._loosened: dict[int, tuple[int, _Numbers | None]] = {}
        self._digests: defaultdict[_At, dict[int, bytes]] = defaultdict(dict)
        self._natural, self._text, self._proof = (self._node(_HOLE, what) for what in ("number", "text", "proof"))
        self._layers = self._node(_HOLE, "layers")
        self._heads = {self._terms.name(name): name for name in (_EMPTY, _FURTHER, _LAST, _LAYER, _JOINED)}
        self._learn_numbers()

    def is_other(self, number: int) -> bool:
        """Whether a declaration has a name that exports have, and a form that it has in none.

        Raises:
            OleanError: it cannot be read.
        """
        name = _without_digits(self._terms.names[number][1])
        return name in shipped_names() and not self.of(number).keys() <= shipped_forms().keys()

    def of(self, number: int) -> dict[str, str]:
        """What there is to compare of a declaration: SHA-256 in hexadecimal, each with what it is of.

        The first is of the declaration itself, and the others of elements of sequences in it.

        Raises:
            OleanError: it cannot be read.
        """
        constant = self._modules.get(number)
        prefix, last = self._terms.names[number]
        at = prefix, _numbers_in(last)
        label = f"{constant.kind} {_without_digits(last)}"
        value = None if constant.kind is Kind.THEOREM else constant.value
        forms = [self._form(expression) for expression in (constant.type, value) if expression is not None]
        parts = [integer(len(constant.level_params)), *(self._digest(form, at) for form in forms)]
        found = {_digest_of(label, *parts): label}
        for form in self._below(forms, elements=True):
            node = self._nodes[form]
            for element in node[2] if node[0] == _SEQUENCE else ():
                found[_digest_of(_ELEMENT, self._digest(node[1], at), self._digest(element, at))] = _ELEMENT
        return found

    def _node(self, *node: Any) -> int:  # noqa: ANN401 -- a node's shape goes by its first entry
        number = self._numbers.setdefault(node, len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append(node)
        return number

    def _form(self, expression: int) -> int:
        """The form of an expression."""
        exprs, of = self._terms.exprs, self._of
        for below in self._terms.below([expression], self._seen):
            node = exprs[below]
            tag = node[0]
            if tag == APP:
                form = self._applied(of[node[1]], of[node[2]])
            elif tag in (LAM, PI):
                form = self._node(tag, of[node[2]], of[node[3]])
            elif tag == NAT:
                form = self._natural
            elif tag == STR:
                form = self._text
            elif tag == CONST:
                form = self._named(*node[1:])
            elif tag == LET:
                form = self._let(*(of[child] for child in node[2:5]))
            elif tag == PROJ:
                form = self._node(tag, node[1], node[2], of[node[3]])
            else:
                form = self._node(*node)
            of[below] = form
        return of[expression]

    def _named(self, name: int, levels: tuple[int, ...]) -> int:
        """The form of a constant."""
        if name not in self._own:
            return self._node(CONST, name, levels)
        if self._modules.get(name).kind is Kind.THEOREM:
            return self._proof
        prefix, last = self._terms.names[name]
        return self._node(_OWN, prefix, _without_digits(last), _numbers_in(last))

    def _applied(self, function: int, argument: int) -> int:
        """The form of an application, in which numbers are holes and sequences have no length."""
        plain = self._node(APP, function, argument)
        known = self._replaced.get(plain)
        if known is None:
            head, arguments = self._spine(plain)
            known = self._replaced[plain] = self._shortened(self._heads.get(head, ""), arguments, plain)
        return known

    def _spine(self, form: int) -> tuple[int, list[int]]:
        """The constant at the head of an application, 0 if it is something else, and its arguments."""
        arguments: list[int] = []
        while (node := self._nodes[form])[0] == APP and len(arguments) <= _MOST_ARGUMENTS:
            arguments.append(node[2])
            form = node[1]
        return (node[1] if node[0] == CONST else 0), arguments[::-1]

    def _shortened(self, head: str, arguments: list[int], plain: int) -> int:
        """The form of an application, given its parts, and as it would be without any rule."""
        count = len(arguments)
        if head == _EMPTY and count == 1:
            return self._node(_SEQUENCE, arguments[0], frozenset(), None)
        if head == _FURTHER and count == 3:
            of, element, others = arguments
            return self._longer(of, element, others, plain)
        if head == _LAST and count == 3:
            return self._sequence(self._layers, arguments[2])
        if head == _LAYER and count == 5:
            return self._longer(self._layers, arguments[3], arguments[4], plain)
        if head == _JOINED and count == 6:
            by = self._nodes[self._nodes[plain][1]][1]
            is_longer = self._nodes[arguments[5]][:2] == (_SEQUENCE, by)
            rest = arguments[5] if is_longer else self._sequence(by, arguments[5])
            return self._longer(by, arguments[4], rest, plain)
        return plain

    def _longer(self, of: int, element: int, others: int, plain: int) -> int:
        """The form of a sequence with one more element before the others, if these are one."""
        node = self._nodes[others]
        if node[0] == BVAR:  # the rest of a long list is a variable
            return self._sequence(of, element)
        return self._both(self._sequence(of, element), others) if node[:2] == (_SEQUENCE, of) else plain

    def _let(self, of: int, value: int, body: int) -> int:
        """The form of a `let`; a long list has one for the rest of it."""
        rest, first = self._nodes[value], self._nodes[body]
        is_list = rest[0] == first[0] == _SEQUENCE and rest[1] == first[1]
        return self._both(body, value) if is_list else self._node(LET, of, value, body)

    def _sequence(self, of: int, element: int) -> int:
        """The form of a sequence with one element."""
        loosened, numbers = self._loosen(element)
        return self._node(_SEQUENCE, of, frozenset({loosened}), None if numbers is None else (numbers, numbers))

    def _both(self, first: int, rest: int) -> int:
        """The form of two sequences of the same, one after the other."""
        (_, of, some, ends), (_, _, others, other_ends) = self._nodes[first], self._nodes[rest]
        elements = some | others
        if len(elements) > _MOST_ELEMENTS:
            return self._node(_SEQUENCE, of, frozenset(), _DISORDERED)
        return self._node(_SEQUENCE, of, elements, _joined(ends, other_ends))

    def _loosen(self, element: int) -> tuple[int, _Numbers | None]:
        """The form of an element, with any numbers in the names of constants, and the first ones that there were."""
        loosened = self._loosened
        for form in self._below([element], elements=False, done=loosened):
            node = self._nodes[form]
            if node[0] == _OWN:
                loosened[form] = self._node(*node[:3], None), node[3] or None
                continue
            parts = _PARTS.get(node[0], ())
            made = [loosened[entry][0] if index in parts else entry for index, entry in enumerate(node)]
            numbers = (loosened[node[index]][1] for index in parts)
            loosened[form] = self._node(*made), next((some for some in numbers if some is not None), None)
        return loosened[element]

    def _learn_numbers(self) -> None:
        """Have numerals be holes: of natural numbers, powers, whole numbers with a sign, and fractions."""

        def constant(text: str, levels: int = 0) -> int:
            return self._node(CONST, self._terms.name(text), (0,) * levels)

        def applied(function: int, *arguments: int) -> int:
            return functools.reduce(lambda *pair: self._node(APP, *pair), arguments, function)

        def numeral(of: int, instance: str) -> int:
            by = applied(constant(instance), self._natural)
            return applied(constant("OfNat.ofNat", 1), of, self._natural, by)

        rational, whole = constant("Rat"), self._node(_HOLE, "whole number")
        fraction = self._node(_HOLE, "rational number")
        natural = constant("Nat")
        power = applied(constant("instPowNat", 1), natural, constant("instNatPowNat"))
        powers = applied(constant("instHPow", 2), natural, natural, power)
        division = applied(constant("instHDiv", 1), rational, constant("Rat.instDiv"))
        self._replaced |= {
            numeral(natural, "instOfNatNat"): self._natural,
            applied(
                constant("HPow.hPow", 3), natural, natural, natural, powers, self._natural, self._natural
            ): self._natural,
            numeral(rational, "Rat.instOfNat"): fraction,
            applied(constant("Neg.neg", 1), rational, constant("Rat.instNeg"), fraction): fraction,
            applied(constant("HDiv.hDiv", 3), rational, rational, rational, division, fraction, fraction): fraction,
            applied(constant("Bridge.plus"), self._natural): whole,
            applied(constant("Bridge.minus"), self._natural): whole,
        }

    def _below(self, forms: Iterable[int], *, elements: bool, done: Container[int] = ()) -> list[int]:
        """All nodes below some, and these, the lower ones first.

        Args:
            forms: the nodes.
            elements: whether those of the elements of sequences belong to them.
            done: nodes to leave out, with all that is below them alone.
        """
        waiting = [form for form in forms if form not in done]
        found = set(waiting)
        while waiting:
            node = self._nodes[waiting.pop()]
            below = [node[index] for index in _PARTS.get(node[0], ())]
            if elements and node[0] == _SEQUENCE:
                below += node[2]
            fresh = {form for form in below if form not in found and form not in done}
            found |= fresh
            waiting += fresh
        self._walked += len(found)
        if self._walked > _FREE_WALKS + _MOST_WALKS * len(self._terms.exprs):
            raise OleanError(
                f"the same terms are used by too many declarations, which is {self._walked} terms for "
                f"{len(self._terms.exprs)}; files as Lean writes them are required; have Lean compile the modules again"
            )
        return sorted(found)  # what a node is made of has smaller numbers

    def _digest(self, form: int, at: _At) -> bytes:
        """The digest of a form in a declaration; what sequences have in them does not count."""
        digests = self._digests[at]
        for below in self._below([form], elements=False, done=digests):
            digests[below] = hashlib.sha256(framed(*self._framed(below, at))).digest()
        return digests[form]

    def _framed(self, form: int, at: _At) -> list[bytes]:
        """The parts of a node as bytes."""
        node = self._nodes[form]
        tag = node[0]
        parts = [str(tag).encode()]
        if tag == _OWN:
            return [*parts, *self._place(node[1], at[0]), node[2].encode(), *_related(node[3] or (), at[1])]
        if tag == _HOLE:
            return [*parts, node[1].encode()]
        if tag == CONST:
            parts += [self._outside.name(node[1]), *map(self._outside.level, node[2])]
        elif tag == SORT:
            parts.append(self._outside.level(node[1]))
        elif tag == BVAR:
            parts.append(integer(node[1]))
        elif tag == PROJ:
            parts += [self._outside.name(node[1]), integer(node[2])]
        elif tag == _SEQUENCE and node[3] == _DISORDERED:
            parts.append(_DISORDERED.encode())
        return [*parts, *(self._digests[at][node[index]] for index in _PARTS.get(tag, ()))]

    def _place(self, prefix: int, home: int) -> list[bytes]:
        """How to get from one prefix to another: how many components up, and which down."""
        there, here = self._terms.parts(prefix), self._terms.parts(home)
        common = 0
        while common < min(len(there), len(here)) and there[common] == here[common]:
            common += 1
        return [integer(len(here) - common), *(str(part).encode() for part in there[common:])]


def _joined(first: _Ends, rest: _Ends) -> _Ends:
    """The ends of a sequence that two others make up, of which either may have no numbers."""
    if first is None or rest is None:
        return rest if first is None else first
    if isinstance(first, str) or isinstance(rest, str):
        return _DISORDERED
    return (first[0], rest[1]) if first[1] < rest[0] else _DISORDERED


def _related(numbers: _Numbers, declared: _Numbers) -> list[bytes]:
    """Numbers in a name, where they are not those at the same place in the name of what is declared."""
    return [
        b"=" if declared[place : place + 1] == (number,) else number[1].encode() for place, number in enumerate(numbers)
    ]


def _numbers_in(component: str | int) -> _Numbers:
    """The numbers in the last component of a name."""
    return tuple((len(digits), digits) for digits in _DIGITS.findall(str(component)))


def _digest_of(label: str, *parts: bytes) -> str:
    return hashlib.sha256(framed(label.encode(), *parts)).hexdigest()


def _without_digits(component: str | int) -> str:
    """The last component of a name, with `#` in the place of numbers."""
    return _DIGITS.sub("#", str(component))
