"""Asks the second kernel about compiled modules, in a child process."""

import json
import os
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bridge.base.errors import one_line
from bridge.base.interrupts import temporary_folder
from bridge.base.processes import Cut, ProcessGroup, Run
from bridge.base.progress import Tell
from bridge.base.words import counted
from bridge.check.second_kernel.library import KernelLibrary, kernel_library
from bridge.check.second_kernel.opinion import KERNEL, NotRecheckedError, Opinion, Outcome, not_rechecked
from bridge.check.second_kernel.question import FolderSpec, Question

__all__ = ["FolderSpec", "recheck"]

# Of address space, of which the stack has 1 GiB and the library 0.25, mostly unused.
MOST_MEMORY = 8 * 2**30
CHILD = ("-P", "-m", "bridge.check.second_kernel.child")
# What the child prints is one short line, and what a panic adds.
_MOST_OUTPUT = 2**20


def recheck(
    places: FolderSpec,
    modules: Sequence[str],
    *,
    timeout: float | None,
    tell: Tell,
    other_axioms: bool = False,
    library: KernelLibrary | None = None,
    child: Sequence[str] = CHILD,
    most_memory: int = MOST_MEMORY,
) -> Opinion:
    """Have the second kernel check modules, and all that they rest on.

    Whatever the child process does, this returns: only an answer in which it says that everything was accepted, to this
    very question, from the library and version that were asked for, and with an exit code of 0, is a yes.

    Args:
        places: where compiled modules are.
        modules: the names of the modules, all of whose constants are checked.
        timeout: after how many seconds the child process is killed, None for never.
        tell: told in one line that it begins.
        other_axioms: whether axioms that are not Lean's own are taken; otherwise what rests on one is refused.
        library: the kernel's library, None for that of the extra.
        child: what Python is to run in the child process, before the name of the file with the question.
        most_memory: bytes of address space that it may have.
    """
    start = time.monotonic()
    try:
        if not modules:
            raise NotRecheckedError("no module is named")
        library = library or kernel_library()
        tell(f"re-checking {counted(len(modules), 'module')} with the kernel of Lean {library.version}")
        question = Question(secrets.token_hex(16), library, places, tuple(modules), most_memory, other_axioms)
        opinion = _opinion(question, _run(question, child, timeout))
    except NotRecheckedError as error:
        opinion = not_rechecked(str(error))
    except OSError as error:
        opinion = not_rechecked(f"the child process cannot be started: {one_line(error)}")
    return replace(opinion, seconds=time.monotonic() - start)


def _run(question: Question, child: Sequence[str], timeout: float | None) -> Run:
    """Have the child process answer; it imports from where this process does."""
    paths = os.pathsep.join(str(Path(folder).absolute()) for folder in sys.path)
    with temporary_folder("bridge-second-kernel-") as folder, ProcessGroup() as processes:
        file = folder / "question.json"
        file.write_text(question.to_json(), encoding="utf-8")
        return processes.run(
            [sys.executable, *child, str(file)],
            folder=folder,
            # A panic says what it is, and not where.
            environment={"PYTHONPATH": paths, "LEAN_BACKTRACE": "0"},
            timeout=timeout,
            most_output=_MOST_OUTPUT,
        )


def _opinion(question: Question, run: Run) -> Opinion:
    """What a child process has said.

    Raises:
        NotRecheckedError: it has said nothing that counts.
    """
    if run.cut is Cut.TIME:
        raise NotRecheckedError("it took longer than the time limit")
    if run.cut is not None or run.returncode != 0:
        code = run.returncode
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        raise NotRecheckedError(f"the child process {how}{_last_line(run.stderr)}")
    try:
        answer: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
        if answer["nonce"] != question.nonce:
            raise NotRecheckedError("the child process has answered another question")
        outcome = Outcome(answer["outcome"])
        if outcome is not Outcome.ACCEPTED:
            found = replace(not_rechecked(str(answer["reason"])), memory_bytes=answer["memory_bytes"])
            library = question.library
            # Nothing is refused before the library was found to be the one that was asked for.
            refused = replace(found, outcome=outcome, version=library.version, library_sha256=library.sha256)
            return refused if outcome is Outcome.REFUSED else found
        accepted = Opinion(kernel=KERNEL, reason=None, **{key: answer[key] for key in _FIELDS}, outcome=outcome)
    except (IndexError, KeyError, TypeError, ValueError):
        raise NotRecheckedError("the child process has not said what came of it") from None
    if (accepted.version, accepted.library_sha256) != (question.library.version, question.library.sha256):
        raise NotRecheckedError(f"the kernel of Lean {question.library.version} was asked, and another has answered")
    return accepted


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return f": {lines[-1][:200]}" if lines else ""


_FIELDS = (
    "version library_sha256 declarations constants core_theorems core_constants core_statements primitives memory_bytes"
).split()
