"""Are the functions that the kernel computes with large numbers the functions that the files define?

The kernel evaluates `Nat.add`, `Nat.sub` and the others of numbers without looking at their definitions: it goes by the
names.  So each that something rests on is compared with its definition, by statements `∀ p : Nat → Prop, p left → p
right` about any n and m, which the identity proves if the kernel takes both sides for the same.  The definition itself
stands on the left, so that the kernel has to go through it.

| | compared by |
|---|---|
| pred, add, sub, mul, pow, beq, ble, shiftLeft, shiftRight | equations, that no other function satisfies |
| div, mod, gcd, land, lor, xor, log2 | samples, if the files have a definition |
| the same, if the exported part of a core module leaves the definition out | nothing: the name alone |

The numbers themselves have to be those that the kernel takes them for: `Nat` has the constructors zero and succ, and
`Bool` false and true.  A text in quotes is of the type `String`, and `String.ofList` of its characters, by these names
alone: a file that has no `Init` below it can declare a `String` without any element, and prove `False` by such a text.
So these, and the functions that are compared on samples or not at all, have to be those of Lean's core.
"""

from collections.abc import Container, Iterator, Mapping
from enum import StrEnum

from bridge.check.olean.constants import Constant, Kind
from bridge.check.olean.modules import Modules
from bridge.check.olean.terms import APP, BVAR, CONST, LAM, NAT, PI, SORT, Terms
from bridge.check.second_kernel.building import Builder
from bridge.check.second_kernel.declaring import declaration
from bridge.check.second_kernel.kernel import Kernel
from bridge.check.second_kernel.opinion import RefusedError


class Compared(StrEnum):
    """How a function was compared with its definition."""

    EQUATIONS = "equations"
    SAMPLES = "samples"
    NAME = "name"


# The function itself is `f` on the left of an equation, and S the successor.
_EQUATIONS = {
    "pred": ("f 0 = 0", "f (S n) = n"),
    "add": ("f n 0 = n", "f n (S m) = S (add n m)"),
    "sub": ("f n 0 = n", "f n (S m) = pred (sub n m)"),
    "mul": ("f n 0 = 0", "f n (S m) = add (mul n m) n"),
    "pow": ("f n 0 = S 0", "f n (S m) = mul (pow n m) n"),
    "beq": ("f 0 0 = true", "f 0 (S m) = false", "f (S n) 0 = false", "f (S n) (S m) = beq n m"),
    "ble": ("f 0 0 = true", "f 0 (S m) = true", "f (S n) 0 = false", "f (S n) (S m) = ble n m"),
    "shiftLeft": ("f n 0 = n", "f n (S m) = shiftLeft (mul 2 n) m"),
    "shiftRight": ("f n 0 = n", "f n (S m) = div (shiftRight n m) 2"),
}
_ON_SAMPLES = ("div", "mod", "gcd", "land", "lor", "xor", "log2")
_PAIRS = ((0, 0), (7, 0), (0, 5), (1, 1), (17, 5), (64, 8), (99, 100), (100, 99), (255, 16), (1000, 7))
_UNARY = ("pred", "log2")
_TRUTH_VALUED = ("beq", "ble")
# What the kernel makes of a text in quotes.
_TEXTS = ("String", "String.ofList", "Char", "Char.ofNat")
# For each constructor how many arrows its type has.
_DATA = {"Nat": {"Nat.zero": 0, "Nat.succ": 1}, "Bool": {"Bool.false": 0, "Bool.true": 0}}

FUNCTIONS = tuple(f"Nat.{name}" for name in (*_EQUATIONS, *_ON_SAMPLES))
"""The functions that the kernel computes by itself."""


def compare_primitives(
    kernel: Kernel, builder: Builder, modules: Modules, declared: Container[int]
) -> dict[str, Compared]:
    """Compare the functions among the constants that a kernel has with their definitions.

    Args:
        kernel: that has accepted the constants; nothing is added to it.
        builder: of terms.
        modules: where the constants are.
        declared: the names of the constants that the kernel has.

    Returns:
        for each of the functions that is declared how it was compared.

    Raises:
        RefusedError: one is not the function that the kernel computes.
    """
    terms = modules.terms
    for data, constructors in _DATA.items():
        if terms.name(data) in declared and not _is_data(modules, data, constructors):
            raise RefusedError(f"{data} is not the type that the kernel takes it for")
    for text in (*_TEXTS, *(f"Nat.{name}" for name in _ON_SAMPLES)):
        if (name := terms.name(text)) in declared and not modules.is_core(name):
            raise RefusedError(f"{text} is of {modules.module_of(name)}, and the kernel takes it for that of core")
    found = {}
    for function in FUNCTIONS:
        name = terms.name(function)
        if name not in declared:
            continue
        constant = modules.get(name)
        if constant.value is None:
            if not (modules.is_core(name) and constant.dropped is not None):
                raise RefusedError(f"{function}, which the kernel computes by itself, has no definition")
            found[function] = Compared.NAME
            continue
        for statement in _Maker(terms, constant.value, function.removeprefix("Nat.")).statements():
            try:
                kernel.check(declaration(builder, modules, statement))
            except RefusedError as error:
                raise RefusedError(f"{function} is not the function that the kernel computes ({error})") from None
        found[function] = Compared.EQUATIONS if function.removeprefix("Nat.") in _EQUATIONS else Compared.SAMPLES
    return found


def _is_data(modules: Modules, data: str, constructors: Mapping[str, int]) -> bool:
    """Whether a constant is the type with these constructors, of which some have an argument of that type."""
    terms = modules.terms
    constant = modules.get(terms.name(data))
    itself = terms.mk(CONST, constant.name, ())
    return (
        constant.kind is Kind.INDUCTIVE
        and constant.type == terms.mk(SORT, terms.mk_level("succ", 0))
        and constant.constructors == tuple(map(terms.name, constructors))
        and all(
            _along_arrows(terms, modules.get(terms.name(constructor)).type) == [itself] * (1 + arrows)
            for constructor, arrows in constructors.items()
        )
    )


def _along_arrows(terms: Terms, type_: int) -> list[int]:
    """The domains of a type, and then what is at its end."""
    found = []
    while terms.exprs[type_][0] == PI:
        _, _, domain, type_, _ = terms.exprs[type_]
        found.append(domain)
    return [*found, type_]


class _Maker:
    """Makes the statements about one function."""

    def __init__(self, terms: Terms, value: int, function: str) -> None:
        self._terms = terms
        self._value = value
        self._function = function
        self._nat = self._constant("Nat")
        self._kind = self._constant("Bool") if function in _TRUTH_VALUED else self._nat

    def statements(self) -> Iterator[Constant]:
        """What has to hold of the function's definition, as theorems."""
        for number, equation in enumerate(_EQUATIONS.get(self._function, ())):
            left, right = equation.split(" = ")
            # Inside of n, m and p; and on the right of the arrow inside of `p left` too.
            yield self._theorem(number, self._parsed(left, 1), self._parsed(right, 2))
        if self._function in _ON_SAMPLES:
            itself = self._constant(f"Nat.{self._function}")
            for number, pair in enumerate(_PAIRS):
                arguments = [self._terms.mk(NAT, each) for each in pair][: 1 if self._function in _UNARY else 2]
                yield self._theorem(number, self._applied(self._value, *arguments), self._applied(itself, *arguments))

    def _theorem(self, number: int, left: int, right: int) -> Constant:
        """`∀ n m p, p left → p right`, with the identity as its proof."""
        mk, terms = self._terms.mk, self._terms
        predicate = mk(PI, 0, self._kind, mk(SORT, 0), 0)
        before, after = mk(APP, mk(BVAR, 0), left), mk(APP, mk(BVAR, 1), right)
        statement, proof = mk(PI, 0, before, after, 0), mk(LAM, 0, before, mk(BVAR, 0), 0)
        for type_ in (predicate, self._nat, self._nat):
            statement, proof = mk(PI, 0, type_, statement, 0), mk(LAM, 0, type_, proof, 0)
        name = terms.mk_name(terms.mk_name(terms.name("Bridge.primitive"), self._function), number)
        return Constant(Kind.THEOREM, name, (), statement, proof, block=(name,))

    def _constant(self, name: str) -> int:
        return self._terms.mk(CONST, self._terms.name(name), ())

    def _applied(self, function: int, *arguments: int) -> int:
        for argument in arguments:
            function = self._terms.mk(APP, function, argument)
        return function

    def _parsed(self, side: str, depth: int) -> int:
        """A side of an equation, inside of n, m and so many more variables."""
        tokens = side.replace("(", "( ").replace(")", " )").split()
        return self._application(tokens, depth)

    def _application(self, tokens: list[str], depth: int) -> int:
        """What is up to the end or to a closing bracket; all of it is taken from the tokens."""
        found = self._atom(tokens, depth)
        while tokens and tokens[0] != ")":
            found = self._applied(found, self._atom(tokens, depth))
        del tokens[:1]
        return found

    def _atom(self, tokens: list[str], depth: int) -> int:
        token = tokens.pop(0)
        if token == "(":
            return self._application(tokens, depth)
        if token in "nm":
            return self._terms.mk(BVAR, "mn".index(token) + depth)
        if token == "f":
            return self._value
        if token == "2":
            return self._terms.mk(NAT, 2)
        named = {"0": "Nat.zero", "S": "Nat.succ", "true": "Bool.true", "false": "Bool.false"}
        return self._constant(named.get(token, f"Nat.{token}"))
