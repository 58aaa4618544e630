"""What the theorems of compiled modules rest on: axioms, theorems of Lean's core without proof, and definitions.

Lean accepts an `axiom`, keeps a `sorry` for itself if it is told to, and takes the word of compiled code for
`native_decide`.  All three leave an axiom in the compiled terms, which is found there by going through everything below
a theorem.  The core library of the embedded Lean comes without proofs: a theorem of it is counted as one that is taken
without proof, and is told from a true axiom by what the module itself says of it.  Modules that are not of the core get
no such credit: in them whatever has no body is an axiom.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from bridge.check.olean.closure import Closure
from bridge.check.olean.constants import Kind
from bridge.check.olean.forms import Forms
from bridge.check.olean.meaning import Digests, below_statements, framed, is_unsafe, kind_of, rests_on, shipped_meanings
from bridge.check.olean.modules import Find, Modules
from bridge.check.olean.terms import Terms

ALLOWED = ("propext", "Classical.choice", "Quot.sound")
"""The axioms of Lean that a theorem may rest on."""

# The module of the library, above all of its modules.
_LIBRARY = "Bridge"


@dataclass(frozen=True)
class Taken:
    """What is taken from Lean's core on its word.

    Attributes:
        theorems: how many theorems whose proofs are not shipped.
        constants: how many constants whose definitions are not shipped.
        statements: SHA-256 in hexadecimal of what all of these say.
    """

    theorems: int
    constants: int
    statements: str


@dataclass(frozen=True)
class Audit:
    """What the theorems of an export rest on.

    Attributes:
        theorems: how many there are in the modules.
        axioms: the axioms below them, Lean's own three included, in the order of their names.
        refused: the theorems that rest on what no theorem may rest on, by its name: any other axiom, and constants that
            are marked as unsafe; where no theorem does, other constants of the modules.
        core_theorems: how many theorems of Lean's core are below them whose proofs are not shipped.
        core_constants: how many constants of Lean's core are below them whose definitions are not shipped.
        core_statements: SHA-256 in hexadecimal of what these theorems and constants say.
        other_meanings: the theorems whose statements rest on a constant that is not the one of its name that Bridge
            ships, by its name; where no statement does, the constant itself.
        meanings_compared: whether constants were compared with what Bridge ships; if not, only that they come from
            where they belong was looked at.
    """

    theorems: int
    axioms: tuple[str, ...]
    refused: Mapping[str, tuple[str, ...]]
    core_theorems: int
    core_constants: int
    core_statements: str
    other_meanings: Mapping[str, tuple[str, ...]]
    meanings_compared: bool

    @property
    def accepted(self) -> bool:
        """Whether there is nothing to object to."""
        return not self.refused and not self.other_meanings


def audit(
    find: Find, modules: Sequence[str], *, compare_meanings: bool, statements: Sequence[str] | None = None
) -> Audit:
    """Go through all that the theorems of some modules rest on.

    Args:
        find: where the compiled files of modules are.
        modules: the names of the modules.
        compare_meanings: whether what statements rest on is compared with what Bridge ships, which takes the Lean that
            this was compiled with.
        statements: those of the modules whose statements are looked at, None for all of them.

    Raises:
        OleanError: a compiled file is missing, or is not as Lean writes it.
    """
    loaded = Modules(Terms(), find)
    loaded.load(modules)
    own = {number: module for module in modules for number in loaded.declared_in(module)}
    theorems = sorted(number for number in own if loaded.get(number).kind is Kind.THEOREM)
    # A definition can have a `sorry` too, and what should be a theorem can be an axiom.
    declared = [number for number in own if not is_unsafe(loaded.get(number))]
    closure = Closure(loaded, declared)
    digests = Digests(loaded)
    taken = taken_of_core(loaded, closure.order, digests)
    axioms = [number for number in closure.order if kind_of(loaded, number) is Kind.AXIOM]
    unsafe = [number for number in closure.order if is_unsafe(loaded.get(number))]
    allowed = {name for name in map(loaded.terms.name, ALLOWED) if name in loaded and loaded.is_core(name)}
    refused = dict.fromkeys([*(number for number in axioms if number not in allowed), *unsafe])
    looked_at = {number for number, module in own.items() if statements is None or module in statements}
    claims = sorted(number for number in looked_at if is_claim(loaded, number))
    others = _elsewhere(loaded, closure, claims, looked_at)
    if compare_meanings:
        others |= _not_shipped(loaded, closure, claims, looked_at, digests)
    return Audit(
        theorems=len(theorems),
        axioms=tuple(sorted(map(loaded.terms.text, axioms))),
        refused=_resting_on(refused, [theorems, declared], closure, closure.direct),
        core_theorems=taken.theorems,
        core_constants=taken.constants,
        core_statements=taken.statements,
        other_meanings=_resting_on(
            sorted(others),
            [claims],
            closure,
            lambda leader: _block_rests_on(closure, leader),
        ),
        meanings_compared=compare_meanings,
    )


def taken_of_core(modules: Modules, constants: Iterable[int], digests: Digests) -> Taken:
    """What is taken from Lean's core on its word, of some constants: those whose bodies its modules leave out."""
    missing = [number for number in constants if modules.is_core(number) and modules.get(number).dropped is not None]
    theorems = sum(modules.get(number).dropped is Kind.THEOREM for number in missing)
    rows = sorted((modules.terms.text(number), digests.constant(number)) for number in missing)
    statements = hashlib.sha256(framed(*(f"{digest}  {name}".encode() for name, digest in rows)))
    return Taken(theorems, len(missing) - theorems, statements.hexdigest())


def is_claim(modules: Modules, number: int) -> bool:
    """Whether a constant is a theorem that somebody has stated, and not one that Lean has split off from a proof."""
    return modules.get(number).kind is Kind.THEOREM and is_stated(modules, number)


def is_stated(modules: Modules, number: int) -> bool:
    """Whether somebody has declared a constant, and not Lean in the course of that."""
    return not str(modules.terms.names[number][1]).startswith("_")


def _elsewhere(modules: Modules, closure: Closure, claims: Sequence[int], looked_at: Set[int]) -> set[int]:
    """The constants that are declared in another module than those of their name belong to."""
    shipped = shipped_meanings()
    found = {
        number
        for number in looked_at
        if modules.get(number).kind is not Kind.THEOREM and modules.terms.text(number) in shipped
    }
    for number in below_statements(closure, claims) - looked_at:
        if not modules.is_core(number) and modules.module_of(number).split(".")[0] != _LIBRARY:
            found.add(number)
    return found


def _not_shipped(
    modules: Modules, closure: Closure, claims: Sequence[int], looked_at: Set[int], digests: Digests
) -> set[int]:
    """The constants of the export, or below its claims, that are not as this version of Bridge has them."""
    meanings = shipped_meanings()
    below = below_statements(closure, claims) - looked_at
    found = {number for number in below if _is_other(modules, number, meanings, digests)}
    forms = Forms(modules, looked_at, digests)
    found.update(number for number in looked_at if forms.is_other(number))
    return found


def _is_other(modules: Modules, number: int, meanings: Mapping[str, str], digests: Digests) -> bool:
    """Whether a constant of core or of the library is not the one that Bridge ships.

    Of core only what exports rest on has a digest; the rest is what it is by the files of the Lean that is pinned.
    """
    shipped = meanings.get(modules.terms.text(number))
    if shipped is None:
        return not modules.is_core(number) and kind_of(modules, number) is not Kind.THEOREM
    return shipped != digests.constant(number)


def _block_rests_on(closure: Closure, leader: int) -> set[int]:
    """What the meaning of a constant rests on, and of all that is declared together with it."""
    is_block = closure.modules.get(leader).kind is Kind.INDUCTIVE
    members = [number for group in closure.block(leader) for number in group] if is_block else [leader]
    return {used for number in members for used in rests_on(closure, number)}


def _resting_on(
    grounds: Iterable[int], named: Sequence[Sequence[int]], closure: Closure, below: Callable[[int], Iterable[int]]
) -> dict[str, tuple[str, ...]]:
    """The names of what rests on each ground, by its name; in one pass, whatever there are of either.

    Args:
        grounds: the constants in question.
        named: what may be named, such as theorems; the first of these of which something rests on a ground.
        closure: all that they rest on.
        below: what a constant directly rests on, in the sense that is asked for.
    """
    text, leader = closure.modules.terms.text, closure.leader
    bits = {ground: 1 << place for place, ground in enumerate(grounds)}
    if not bits:
        return {}
    reached = dict.fromkeys(closure.order, 0)
    for ground, bit in bits.items():
        reached[leader(ground)] = reached.get(leader(ground), 0) | bit
    for number in closure.order:  # each comes after all that it rests on
        for used in below(number):
            reached[number] |= reached[leader(used)]
    found = {}
    for ground, bit in bits.items():
        above = next(filter(None, ([each for each in some if reached[leader(each)] & bit] for some in named)), [ground])
        # What Lean has split off from a proof is named if nothing else is to be.
        stated = [each for each in above if is_stated(closure.modules, each)]
        found[text(ground)] = tuple(sorted(map(text, stated or above)))
    return found
