"""The command line: `python -m bridge COMMAND`.

Results go to stdout, progress and errors to stderr.  Exit codes: 0 done and true; 1 ran, and the answer is no; 2 the
input or the usage is wrong; 3 a needed tool is missing; 130 interrupted.
"""

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from bridge.base.errors import BridgeError, InputError, limit_met
from bridge.base.guard import Guard, guarding
from bridge.base.version import __version__
from bridge.base.words import counted
from bridge.cli.console import complain, stderr_lines, verbosity_options

_INTERRUPTED = 130
_BUG = 70

# The variable that a shell asks for completions with.
COMPLETION = "_BRIDGE_COMPLETE"

_COMMANDS = {
    "train": "Train the VAE and write a checkpoint.",
    "fit": "Fit the probe and write the artifact.",
    "sweep": "Fit probes on every layer, and name the best one.",
    "export": "Render the artifact to Lean, exactly.",
    "check": "Have Lean type-check the export FILE, or several.",
    "verify": "Compare the export FILE with the artifact.",
    "export-terms": "Write the theorems of the export FILE for other kernels.",
    "compare": "Compare the artifacts A and B.",
    "report": "Write a page with figures about the export FILE.",
    "run": "Train, fit, export, check and verify.",
    "init": "Make a Lake project in DIR.",
    "fetch-lean": "Fetch the embedded Lean into the cache.",
    "completion": "Print what makes a shell complete commands and options.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    # Being asked to end is treated as Ctrl-C is, so that no half-written file and no running Lean is left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    guard = Guard()
    try:
        with stderr_lines(), guarding(guard):
            result = commands.main(
                args=arguments, prog_name="python -m bridge", complete_var=COMPLETION, standalone_mode=False
            )
        sys.stdout.flush()
    except click.ClickException as error:
        complain(f"{error.format_message().rstrip('.')}; see `python -m bridge --help`")
        return 2
    except (click.Abort, KeyboardInterrupt) as error:
        complain(f"interrupted; {_what_is_there(guard.written)}")
        # The library puts an exception of its own in the place of a `KeyboardInterrupt`.
        for note in getattr(error.__cause__ or error, "__notes__", ()):
            complain(note)
        return _INTERRUPTED
    except BridgeError as error:
        complain(str(error))
        return error.exit_code
    except BrokenPipeError:  # pragma: no cover -- takes the output away from the whole process
        # The reader of our output has left, as `head` does; the flush at exit must not fail for it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if (limit := limit_met(error)) is not None:
            complain(limit)
            return InputError.exit_code
        traceback.print_exc()
        complain("this is a bug in bridge; please report it with the lines above")
        return _BUG
    return result if isinstance(result, int) else 0


def _what_is_there(written: Sequence[Path]) -> str:
    """What an interrupted command leaves."""
    if not written:
        return "files that were there before are as they were"
    others = f" and {counted(len(written) - 1, 'other file')}" if len(written) > 1 else ""
    return f"{written[0]}{others} had been written already; all other files are as they were"


class _Command(click.Command):
    """A command whose module is loaded once more is asked of it than what stands in the list of commands."""

    def __init__(self, name: str, summary: str) -> None:
        # Not `click.Command`'s, which would say that there are no options.
        self.name, self.short_help, self.hidden, self.deprecated = name, summary, False, False
        self._module = f"bridge.cli.commands.{name.replace('-', '_')}"

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401 -- whatever the command has
        return getattr(import_module(self._module).command, attribute)


@click.group(
    commands=[_Command(*about) for about in _COMMANDS.items()],
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,
)
@click.version_option(__version__, prog_name="bridge")
@verbosity_options
def commands() -> None:
    """Export linear probes of latent spaces to Lean 4, exactly, with a bound that Lean's kernel checks.

    Exit codes: 0 done and true; 1 ran, and the answer is no (Lean rejected, the file does not match); 2 the input or
    the usage is wrong; 3 a needed tool is missing; 130 interrupted.
    """
