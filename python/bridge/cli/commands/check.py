"""`bridge check`."""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from bridge.base.errors import BridgeError, InputError, MissingToolError, limit_met
from bridge.base.guard import real_place
from bridge.base.places import ROOT_FILE
from bridge.base.resources import lean_library_folder
from bridge.base.words import counted, printable
from bridge.base.workers import Cluster, open_workers
from bridge.check import checker
from bridge.check.auditing import Further
from bridge.check.checker import Allowances
from bridge.check.cluster_lean import ClusterLean
from bridge.check.host_pool import HostPool, parallel_jobs
from bridge.check.leans import Lean
from bridge.check.opinions import opinion_lines
from bridge.check.verdict import CheckResult, Engine
from bridge.check.watching import changed, settled, state_of, wait_for_change
from bridge.cli.console import Bars, complain, say, show, show_json, show_json_line
from bridge.cli.option_fields import options_of
from bridge.cli.options import (
    SECOND_KERNEL_HELP,
    WorkersOptions,
    allow_commands_option,
    engine_option,
    output_options,
    own_library_option,
    timeout_option,
)


@click.command("check")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@engine_option
@timeout_option
@own_library_option
@allow_commands_option
@click.option("--second-kernel", is_flag=True, help=SECOND_KERNEL_HELP)
@click.option(
    "--oleans",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    default=None,
    help="Keep what Lean has compiled in this folder, if it is accepted: a new one, or one that a check has made.",
)
@options_of(WorkersOptions, "at")
@click.option("--watch", is_flag=True, help="Check FILE again whenever it or what it imports has changed.")
@output_options
def command(
    files: tuple[Path, ...],
    engine: str,
    timeout: float | None,
    own_library: bool,
    allow_commands: bool,
    second_kernel: bool,
    oleans: Path | None,
    at: WorkersOptions,
    watch: bool,
    as_json: bool,
) -> int:
    """Have Lean type-check the export FILE, or several.

    An export comes to Lean only if nothing but an export's declarations is in it.  Of other files nobody looks at
    statements; they come to Lean only without words with which they could run code or deceive it.  All that a theorem
    rests on is read back from what Lean has compiled; with an axiom that is not one of Lean's own three the answer is
    no.

    On a cluster each file of an export is a task, and every worker has an embedded Lean; --jobs is how many Leans there
    are here.

    Of several files, each has its verdict, in a line that names it, or in a JSON record in a line of its own.  The exit
    code is 1 if one of the verdicts is no, else 2 or 3 if a file has none.  With --second-kernel it is 3 too where that
    could not check anything, and says why.
    """
    file, *others = _distinct(files) or [ROOT_FILE]
    wishes = Wishes(Allowances(allow_commands, own_library, timeout), Further(second_kernel, timeout, oleans))
    if oleans is not None and others:
        raise InputError(
            f"--oleans was given with {1 + len(others)} files; one is required; start a command for each, with a "
            "folder of its own"
        )
    if watch:
        if others:
            raise InputError(
                f"--watch was given with {1 + len(others)} files; one is required; start a command for each"
            )
        with leans(engine, at) as chosen:
            _watch(file, chosen, wishes, as_json)
    if others:
        with leans(engine, at) as chosen:
            return _check_several([file, *others], chosen, wishes, as_json)
    result = check(file, engine, wishes, at)
    if as_json:
        show_json(result.record())
    else:
        show(verdict(result))
    return exit_code(result)


def exit_code(result: CheckResult) -> int:
    """That of a command which has been asked for all that is in a result."""
    if not result.accepted:
        return 1
    opinion = result.second_kernel
    return 0 if opinion is None or opinion.accepted else 3


def _distinct(files: Sequence[Path]) -> list[Path]:
    """The files, each once, whatever ways lead to its folder."""
    found: dict[Path, Path] = {}
    for file in files:
        found.setdefault(real_place(file.parent) / file.name, file)
    return list(found.values())


@dataclass(frozen=True)
class Wishes:
    """What is asked of a check.

    Attributes:
        allowances: what is let through.
        further: what is done with what Lean has compiled.
    """

    allowances: Allowances
    further: Further


@dataclass(frozen=True)
class Leans:
    """Who checks.

    Attributes:
        engine: the engine that was chosen.
        pool: the embedded Leans, here or on a cluster.
        jobs: how many files are checked at a time, None for as many as the machine can.
    """

    engine: Engine
    pool: Lean
    jobs: int | None


@contextlib.contextmanager
def leans(engine: str, at: WorkersOptions) -> Iterator[Leans]:
    """Those who check, until the end of the block.

    Raises:
        InputError: the cluster cannot be used, or not by this engine, or there can be no such number of Leans.
    """
    if at.scheduler is None:
        jobs = _count(at.jobs)
        with HostPool(say, jobs=jobs) as pool:
            yield Leans(Engine(engine), pool, jobs)
        return
    require_engine(engine, at)
    with at.open() as workers:
        assert isinstance(workers, Cluster)
        yield Leans(Engine.EMBEDDED, ClusterLean(workers, say), None)


def require_engine(engine: str, at: WorkersOptions) -> None:
    """Refuse an engine that no cluster has, if there is to be a cluster.

    Raises:
        InputError: it is one.
    """
    if at.scheduler is not None and engine not in (Engine.AUTO, Engine.EMBEDDED):
        raise InputError(
            f"--engine {engine} was given with --scheduler; the embedded Lean is required, which is the same on all "
            "workers; choose --engine embedded, or leave --scheduler out"
        )


def _count(jobs: int | None) -> int | None:
    """How many Leans are meant by --jobs; of those that are not counted, no more than memory has room for."""
    if jobs is None:
        return None
    with open_workers(jobs=jobs) as workers:
        return min(workers.count, parallel_jobs()) if jobs < 0 else workers.count


def _check_several(files: Sequence[Path], chosen: Leans, wishes: Wishes, as_json: bool) -> int:
    """Check several files, one after another; one that cannot be checked keeps no other from it."""
    codes = set()
    for number, file in enumerate(files, 1):
        say(f"check: {file}, {number} of {len(files)}")
        outcome = _outcome(file, chosen, wishes)
        codes.add(outcome.exit_code)
        _show_outcome(outcome, as_json)
    return 1 if 1 in codes else max(codes)


def _watch(file: Path, chosen: Leans, wishes: Wishes, as_json: bool) -> NoReturn:
    """Check a file, and again whenever it, or what it imports, has changed and is left alone for a moment.

    Nothing is said where files have changed while they were checked: some may have been read before, others after.

    Raises:
        MissingToolError: the engine is not there.
    """
    say(f"check: watching {file} (Ctrl-C ends)")
    library = lean_library_folder()
    state = state_of(file, library)
    while True:
        outcome = _outcome(file, chosen, wishes)
        if isinstance(outcome.error, MissingToolError):
            raise outcome.error
        if state_of(file, library) == state:
            _show_outcome(outcome, as_json, datetime.now().astimezone())
        if isinstance(chosen.pool, HostPool):
            chosen.pool.prepare()
        wait_for_change(file, library, state)
        before, state = state, settled(file, library)
        say(f"check: {_named(changed(before, state), file)} changed")


@dataclass(frozen=True)
class Outcome:
    """What has come of checking one of several files, or one of several times.

    Attributes:
        file: the file, as it was named.
        result: Lean's verdict, None if there is none.
        error: why there is none.
    """

    file: Path
    result: CheckResult | None = None
    error: BridgeError | None = None

    @property
    def exit_code(self) -> int:
        """That of a command which checks this file alone."""
        if self.error is not None:
            return self.error.exit_code
        return 1 if self.result is None else exit_code(self.result)

    def record(self) -> dict[str, object]:
        """The outcome as one JSON-like record."""
        if self.result is not None:
            return {"file": str(self.file), **self.result.record()}
        return {"file": str(self.file), "accepted": None, "error": str(self.error), "exit_code": self.exit_code}


def _show_outcome(outcome: Outcome, as_json: bool, time: datetime | None = None) -> None:
    """Print an outcome at once, for a reader who waits for it; with the time if that is what tells it from others."""
    if outcome.result is None:
        complain(str(outcome.error))
    else:
        _say_messages(outcome.result)
    if as_json:
        show_json_line(({} if time is None else {"time": time.isoformat(timespec="seconds")}) | outcome.record())
    else:
        which = f"{outcome.file}:" if time is None else f"{time:%H:%M:%S}"
        text = "not checked" if outcome.result is None else verdict(outcome.result)
        for line in text.split("\n"):
            show(f"{which} {line}")
    sys.stdout.flush()


def verdict(result: CheckResult) -> str:
    """What Lean has said of an export, in lines, and what of it was not looked at or was let through."""
    where = "" if result.cluster is None else f" on {result.cluster}"
    who = f"Lean {result.version} ({result.engine} engine{where})" if result.was_asked else "Lean was not asked"
    modules = f"{counted(len(result.modules), 'module')} in {result.seconds:.0f} s"
    lines = [f"{who}: {'accepted' if result.accepted else 'REJECTED'}, {modules}", *opinion_lines(result)]
    for what, names in {
        "not checked, since it needs Mathlib (run `lake build`)": result.not_checked,
        "only the root of an export may be left out so, but also left out": result.missing,
        "not an export: statements were not looked at in": result.not_exports,
        "not the library that Bridge ships": result.own_library,
    }.items():
        if names:
            lines.append(f"{what}: {', '.join(names)}")
    if result.commands_allowed:
        lines.append("--allow-commands was given: a file could run code and have Lean believe anything")
    if result.own_library_allowed:
        lines.append("--own-library was given: the library has been taken as it is")
    return "\n".join(lines)


def check(file: Path, engine: str, wishes: Wishes, at: WorkersOptions) -> CheckResult:
    """Have Lean check an export, and say what it says."""
    with leans(engine, at) as chosen:
        result = _checked(file, chosen, wishes)
    _say_messages(result)
    return result


def _checked(file: Path, chosen: Leans, wishes: Wishes) -> CheckResult:
    with Bars("check") as bars:
        return checker.check(
            file,
            engine=chosen.engine,
            library=lean_library_folder(),
            tell=say,
            progress=bars.show,
            allowances=wishes.allowances,
            pool=chosen.pool,
            jobs=chosen.jobs,
            further=wishes.further,
        )


def _say_messages(result: CheckResult) -> None:
    for message in result.messages:
        say(printable(str(message)))


def _outcome(file: Path, chosen: Leans, wishes: Wishes) -> Outcome:
    try:
        return Outcome(file, _checked(file, chosen, wishes))
    except BridgeError as error:
        return Outcome(file, error=error)
    except Exception as error:
        limit = limit_met(error)
        if limit is None:
            raise
        return Outcome(file, error=InputError(limit))


def _named(paths: Sequence[Path], root: Path) -> str:
    """Files in few words, the first of them by its path from the root's folder."""
    if not paths:  # what was moved away is back
        return str(root)
    first = os.path.relpath(paths[0], real_place(root.parent))
    return first if len(paths) == 1 else f"{first} and {counted(len(paths) - 1, 'other file')}"
