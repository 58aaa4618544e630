"""What Lean says of an export, whoever runs it: messages, and the verdict on each module and on all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from bridge.base.processes import MOST_OUTPUT, Cut, Run
from bridge.check.declarations import declaration_at, refused_claim

# Messages about one file, or from one run of Lake; Lean itself stops after 100 errors.
MOST_MESSAGES = 1000

# In the place of a version, where what was found before Lean starts is already a no.
NOT_ASKED = "not asked"


class Engine(StrEnum):
    """Who checks."""

    AUTO = "auto"
    LAKE = "lake"
    LEAN = "lean"
    EMBEDDED = "embedded"


@dataclass(frozen=True)
class Message:
    """Something Lean said; lines count from 1, columns from 0, as Lean has it.

    Attributes:
        declaration: the full name of the declaration it is about, such as `Generated.size.checked`.
        meaning: what it means for the concept, if it refuses a claim that an export has Lean decide.
    """

    file: str
    line: int
    column: int
    severity: str
    text: str
    declaration: str | None = None
    meaning: str | None = None

    def __str__(self) -> str:
        where = f"in {self.declaration}: " if self.declaration else ""
        meaning = f"{self.meaning}\n" if self.meaning else ""
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {where}{meaning}{self.text}"


@dataclass(frozen=True)
class ModuleResult:
    """The verdict on one module.

    Attributes:
        name: the module's name.
        accepted: whether Lean accepted it without an error or a warning.
        seconds: how long Lean took, its start included where it was started for the module; 0 if that was not run.
        cached: whether it is a library module that was accepted before and has not changed.
        messages: what Lean said about it.
    """

    name: str
    accepted: bool
    seconds: float
    cached: bool
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class CheckResult:
    """The verdict on an export.

    Attributes:
        engine: who checked.
        version: the version of its Lean.
        seconds: how long all took.
        modules: the verdict on each module, imports first.
        not_checked: modules that need Mathlib, which this engine does not have; `lake build` checks them.
        sources: SHA-256 in hexadecimal of what was checked, by module; of Lake only the files beside the root file.
        not_exports: modules of which nobody has looked at statements and axioms, since they belong to no export.
        missing: those of `not_checked` that are no part of the library and not the root of an export.
        own_library: modules of the library that are not what Bridge ships.
        own_library_allowed: whether the user has said that the library is one of their own.
        commands_allowed: whether the user has allowed words that files beside exports do not need.
    """

    engine: Engine
    version: str
    seconds: float
    modules: tuple[ModuleResult, ...]
    not_checked: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    not_exports: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    own_library: tuple[str, ...] = ()
    own_library_allowed: bool = False
    commands_allowed: bool = False

    @property
    def accepted(self) -> bool:
        """Whether every module was accepted, but for what may need Mathlib, and the library is the one that it may."""
        modules_accepted = bool(self.modules) and all(module.accepted for module in self.modules)
        return modules_accepted and not self.missing and (self.own_library_allowed or not self.own_library)

    @property
    def was_asked(self) -> bool:
        """Whether any Lean has been started."""
        return self.version != NOT_ASKED

    @property
    def messages(self) -> tuple[Message, ...]:
        """What Lean said, over all modules."""
        return tuple(message for module in self.modules for message in module.messages)

    def record(self) -> dict[str, object]:
        """The result as one JSON-like record."""
        return {"accepted": self.accepted, **asdict(self)}


def located(message: Message, source: str, earlier: Sequence[Message]) -> Message:
    """A message with the declaration that it is in, and what it means."""
    declaration = declaration_at(source, message.line)
    # A claim about a number that Lean has already rejected fails in the same words, without being false.
    is_first = not any(other.file == message.file and other.meaning is None for other in earlier)
    meaning = refused_claim(source, declaration, message.text) if is_first else None
    return replace(message, declaration=declaration, meaning=meaning)


def stopped(file: Path, program: str, run: Run, output: str, lack: str | None = None) -> Message:
    """The message for a file about which a program ended without one, or was ended.

    Args:
        file: the file.
        program: what to call the program.
        run: how it ended.
        output: what it printed.
        lack: what is missing for a yes although it ended well.
    """
    code = run.returncode
    if run.cut is Cut.TIME:
        return Message(str(file), 1, 0, "error", f"{program} took longer than --timeout allows, and was ended")
    if run.cut is Cut.OUTPUT:
        return Message(str(file), 1, 0, "error", f"{program} printed more than {MOST_OUTPUT >> 20} MiB, and was ended")
    if code == 0:
        how = f"ended without a message and {lack}"
    elif code < 0:
        how = f"was killed by signal {-code}, as when memory runs out"
    else:
        how = f"stopped with exit code {code} and no message, as when memory or stack run out"
    return Message(str(file), 1, 0, "error", f"{program} {how}: {reason_line(output)}")


def reason_line(output: str) -> str:
    """The line of a program's output that looks most like the reason of a failure."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("[DEBUG:")]
    telling = [line for line in lines if re.search(r"error|exception|panic|overflow|memory", line, re.IGNORECASE)]
    return (telling or lines[-1:] or ["no reason given"])[0][:300]
