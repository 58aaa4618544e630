"""What Lean says of an export, whoever runs it: messages, and the verdict on each module and on all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from bridge.declarations import declaration_at, refused_claim


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
        seconds: how long Lean took, its start included; 0 if the module was not run.
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
    """

    engine: Engine
    version: str
    seconds: float
    modules: tuple[ModuleResult, ...]
    not_checked: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether every module that was checked was accepted."""
        return all(module.accepted for module in self.modules)

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


def stopped(file: Path, program: str, code: int, output: str) -> Message:
    """The message for a file about which a program ended without one.

    Args:
        file: the file.
        program: what to call the program.
        code: its exit code, negative for the signal that killed it.
        output: what it printed.
    """
    if code == 0:
        how = "ended without a message and without an .olean file"
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
