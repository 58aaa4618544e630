"""The command line: `python -m bench`."""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from bench import exporting, growth, limit, loops, rounded, whole
from bench.commands import CommandError
from bench.machine import machine_lines
from bench.plot import draw
from bench.results import Section, markdown
from bench.sizes import FULL, QUICK
from bench.workbench import Workbench
from bridge.errors import BridgeError

_PARTS: dict[str, Callable[[Workbench], Section]] = {
    "a": loops.compare,
    "b": growth.grow,
    "c": exporting.compare,
    "d": limit.compare,
    "e": rounded.compare,
    "f": whole.measure,
}
_RESULTS = Path(__file__).resolve().parent / "results"


def _parts(_context: click.Context, _option: click.Parameter, names: str) -> list[str]:
    chosen = names.split(",")
    unknown = [name for name in chosen if name not in _PARTS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is no part; {', '.join(_PARTS)} are; name some of them: a,c, say")
    return [name for name in _PARTS if name in chosen]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Small sizes, to see that all works; the times mean nothing.")
@click.option(
    "--only",
    default=",".join(_PARTS),
    callback=_parts,
    metavar="PARTS",
    help="Parts to run, such as a,c: a packed checker and loops, b growth, c export, d distance to the limit, "
    "e rounding, f whole exports.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Where the table and the plot go.  [default: bench/results for a full run, nowhere for any other]",
)
def benchmark(quick: bool, only: list[str], out: Path | None) -> int:
    """Measure what certificates cost, side by side in one run.

    Exit codes: 0 done; 1 a part failed, and the table is without it.
    """
    if out is None and not quick and len(only) == len(_PARTS):
        out = _RESULTS
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        bench = Workbench(Path(temporary).resolve(), QUICK if quick else FULL)
        sections = {name: _section(bench, name) for name in only}
        found = [section for section in sections.values() if section is not None]
        text = markdown(found, machine_lines(bench.lean_version), quick=quick)
    if out is not None and len(found) == len(sections):
        out.mkdir(parents=True, exist_ok=True)
        (out / "results.md").write_text(text, encoding="utf-8")
        curves = [curve for section in found for curve in section.curves]
        if curves:
            draw(curves, out / "growth.svg")
    print(text, end="")
    return 0 if len(found) == len(sections) else 1


def _section(bench: Workbench, name: str) -> Section | None:
    started = time.monotonic()
    try:
        section = _PARTS[name](bench)
    except (BridgeError, CommandError) as error:
        bench.report(f"part {name} failed: {error}")
        return None
    bench.report(f"part {name}: done in {time.monotonic() - started:.0f} s")
    return section


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    try:
        return int(benchmark.main(args=arguments, prog_name="python -m bench", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        print("bench: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
