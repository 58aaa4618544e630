"""What the second kernel said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

KERNEL = "Lean's native kernel"


class Outcome(StrEnum):
    """What came of a re-check; what is not accepted is no yes, whatever the reason."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_RECHECKED = "not re-checked"


@dataclass(frozen=True)
class Opinion:
    """The second kernel's opinion on some modules and all that they rest on.

    Attributes:
        kernel: which kernel it is.
        version: of which Lean it is, as the library says; empty if it was not asked.
        library_sha256: SHA-256 of the library in hexadecimal; empty if it was not looked at.
        outcome: accepted if the child process said so in as many words, and it alone.
        reason: why it was refused or not re-checked, in one line; None if it was accepted.
        declarations: how many declarations the kernel has checked and accepted; a family of inductive types is one.
            Axioms, and what is taken of Lean's core, are not among them.
        constants: how many constants, as the kernel has them, are those of the compiled files.
        core_theorems: how many theorems of Lean's core were taken without a proof, since the files have none.
        core_constants: how many other constants of Lean's core were taken without what they are defined as.
        core_statements: SHA-256 in hexadecimal of the statements of these theorems and the types of these constants.
        primitives: for each function of natural numbers that the kernel computes by itself and that something rests
            on, how it was compared with its definition: `equations` that define it, `samples` of values, or `name`
            if the files have no definition of it.
        seconds: how long the child process took, its start included.
        memory_bytes: the most memory that it had at a time.
    """

    kernel: str
    version: str
    library_sha256: str
    outcome: Outcome
    reason: str | None
    declarations: int = 0
    constants: int = 0
    core_theorems: int = 0
    core_constants: int = 0
    core_statements: str = ""
    primitives: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    memory_bytes: int = 0

    @property
    def accepted(self) -> bool:
        """Whether the kernel has accepted all of it."""
        return self.outcome is Outcome.ACCEPTED


def not_rechecked(reason: str) -> Opinion:
    """The opinion where nothing was said about the modules."""
    return Opinion(KERNEL, "", "", Outcome.NOT_RECHECKED, reason)


class NotRecheckedError(Exception):
    """Nothing was said about the modules, for the reason that the message gives in one line."""


class RefusedError(Exception):
    """The modules are not accepted, for the reason that the message gives in one line."""
