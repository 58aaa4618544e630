"""What the command line says on stderr: lines, warnings and bars; results go to stdout and not through here."""

import contextlib
import functools
import json
import logging
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from bridge.base.errors import PARAMETER, BridgeWarning, InputError
from bridge.base.words import printable

_log = logging.getLogger("bridge")

Command = TypeVar("Command", bound=Callable[..., Any])

# Where there is no terminal, a step that takes long is told of in a line as often as this.
_SECONDS_BETWEEN_LINES = 10.0

# Options that are called otherwise than the parameters of programs, or have the value in their name.
_OPTIONS = {"d": "--latent-dim", "method": "--probe", "fit_bias=free": "--free-bias"}


def in_options(text: str) -> str:
    """A message with its parameters as options, `lam=0.001` as `--lam 0.001`."""

    def option(match: re.Match[str]) -> str:
        name, value = match.groups()
        if (whole := _OPTIONS.get(f"{name}={value}")) is not None:
            return whole
        written = _OPTIONS.get(name, f"--{name.replace('_', '-')}")
        return written if value in ("…", "True") else f"{written} {value}"

    return PARAMETER.sub(option, text)


def complain(line: str) -> None:
    """Say an error or a warning in one line, whatever was asked for."""
    print(f"bridge: {printable(in_options(line))}".replace("\n", "\\n"), file=sys.stderr)


def show(text: object) -> None:
    """Print a result, with escapes for what a terminal would obey."""
    print(printable(str(text)))


def show_json(record: object) -> None:
    """Print a record as JSON, with JSON's own escapes for what a terminal would obey."""
    _print_json(json.dumps(record, ensure_ascii=False, indent=2))


def show_json_line(record: object) -> None:
    """Print a record as JSON in one line, as one of several."""
    _print_json(json.dumps(record, ensure_ascii=False))


def _print_json(text: str) -> None:
    print("".join(char if printable(char) == char else json.dumps(char)[1:-1] for char in text))


def say(line: str) -> None:
    """Say what has been done, unless quiet was asked for."""
    _log.info(line)


def set_level(level: int) -> None:
    """What is said from now on: `logging.WARNING` for errors and warnings alone, `logging.DEBUG` for all there is."""
    _log.setLevel(level)


def _choose(context: click.Context, option: click.Parameter, chosen: bool) -> None:
    if not chosen:
        return
    others = context.meta.setdefault(__name__, set())
    others.add(option.opts[-1])
    if len(others) > 1:
        raise InputError("--quiet and --verbose were given together; one of them is required; leave the other out")
    set_level(logging.WARNING if option.name == "quiet" else logging.DEBUG)


_level_option = functools.partial(click.option, is_flag=True, expose_value=False, callback=_choose)
_quiet_option = _level_option("-q", "--quiet", help="Say nothing on stderr but warnings and errors.")
_verbose_option = _level_option("-v", "--verbose", help="Say more on stderr, and when.")


def verbosity_options(command: Command) -> Command:
    """`--quiet` and `--verbose`, which take effect here: a command does not see them."""
    return _quiet_option(_verbose_option(command))


@contextlib.contextmanager
def stderr_lines() -> Iterator[None]:
    """Show on stderr what the package says, with one line for a `BridgeWarning`, until the end of the block."""
    handler = _Lines()
    _log.addHandler(handler)
    previous_level, previous_propagate = _log.level, _log.propagate
    _log.setLevel(logging.INFO)
    _log.propagate = False
    try:
        with _warnings_in_one_line():
            yield
    finally:
        _log.removeHandler(handler)
        _log.setLevel(previous_level)
        _log.propagate = previous_propagate


class _Lines(logging.Handler):
    """Lines as they are; with `-v`, each with the time since the command started."""

    def __init__(self) -> None:
        super().__init__()
        self._started = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        line = printable(record.getMessage())
        if _log.level <= logging.DEBUG:
            line = f"[{time.monotonic() - self._started:7.2f} s] {line}"
        # Looked up anew: a bar that is shown puts itself in the place of stderr, to stay below the lines.
        print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _warnings_in_one_line() -> Iterator[None]:
    """Show a `BridgeWarning` as errors are shown; warnings of libraries are shown as ever."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", BridgeWarning)
        show_as_ever = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **options: Any) -> None:  # noqa: ANN401
            if issubclass(category, BridgeWarning):
                complain(f"warning: {message}")
            else:
                show_as_ever(message, category, *place, **options)

        warnings.showwarning = show
        yield


class Bars:
    """How far a command is: bars on a terminal, elsewhere a line now and then; nothing if quiet was asked for."""

    def __init__(self, command: str) -> None:
        """Show nothing yet.

        Args:
            command: the name that lines begin with.
        """
        self._command = command
        self._tasks: dict[str, TaskID] = {}
        self._last_line = time.monotonic()
        self.on_terminal = sys.stderr.isatty()
        self._progress = Progress(
            TextColumn(f"{command}: {{task.description}}", markup=False),
            BarColumn(),
            TextColumn("{task.completed:,} of {task.total:,}{task.fields[detail]}", markup=False),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not (self.on_terminal and _log.isEnabledFor(logging.INFO)),
        )

    def show(self, step: str, done: int, total: int, detail: str = "") -> None:
        """Show how far a step is; this is a `bridge.base.progress.Progress`."""
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step, total=total, detail=detail)
            self._last_line = time.monotonic()
            _log.debug("%s: %s", self._command, step)
        self._progress.update(self._tasks[step], completed=done, total=total, detail=detail)
        if not self.on_terminal and time.monotonic() - self._last_line >= _SECONDS_BETWEEN_LINES:
            say(f"{self._command}: {step}, {done:,} of {total:,}{detail}")
            self._last_line = time.monotonic()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
