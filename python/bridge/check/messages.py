"""What Lean says of a file: messages, read from its JSON, and what is said where it broke off."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.base.processes import MOST_OUTPUT, Cut, Run
from bridge.check.declarations import declaration_at, refused_claim

# Messages about one file, or from one run of Lake; Lean itself stops after 100 errors.
MOST_MESSAGES = 1000


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


def lean_messages(output: str, file: Path, source: str) -> tuple[Message, ...]:
    """Lean's errors and warnings; the embedded Lean prints much else between them.

    Args:
        output: what Lean printed, with a message as JSON in a line.
        file: the file that it is about.
        source: the text of the file.
    """
    messages: list[Message] = []
    for line in output.split("\n"):
        if not line.startswith("{"):
            continue
        try:
            record = json.loads(line)
            severity, place = record["severity"], record["pos"]
            # Halves of characters, which JSON can have, cannot be printed.
            said = str(record["data"]).encode(errors="replace").decode()
            message = Message(str(file), int(place["line"]), int(place["column"]), severity, said)
        except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
            continue
        if severity in ("error", "warning"):
            messages.append(located(message, source, messages))
        if len(messages) == MOST_MESSAGES:
            break
    return tuple(messages)


def reason_line(output: str) -> str:
    """The line of a program's output that looks most like the reason of a failure."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("[DEBUG:")]
    telling = [line for line in lines if re.search(r"error|exception|panic|overflow|memory", line, re.IGNORECASE)]
    return (telling or lines[-1:] or ["no reason given"])[0][:300]
