"""What an interrupted command leaves, to be gone on from."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from bridge.base.resume import ResumeFile
from bridge.cli.console import say


@contextlib.contextmanager
def resumable(out: Path, command: str, restart: bool) -> Iterator[ResumeFile]:
    """The file that an interrupted command leaves beside its result; it is taken away once the result is there."""
    resume = ResumeFile(out, lambda line: say(f"{command}: {line}"))
    if restart:
        resume.remove()
    try:
        yield resume
    except KeyboardInterrupt as interruption:
        if resume.path.exists():
            interruption.add_note(f"the same command goes on from {resume.path}; --restart begins anew")
        raise
    resume.remove()
