"""The command line: `python -m bench`."""

import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from bench import (
    classifiers,
    exporting,
    growth,
    limit,
    literals,
    loops,
    opinions,
    pixels,
    rounded,
    shards,
    starts,
    whole,
)
from bench.commands import CommandError
from bench.machine import machine_lines
from bench.plot import draw
from bench.results import Section, markdown, renewed
from bench.sizes import FULL, QUICK
from bench.workbench import Workbench
from bridge.base.errors import BridgeError

_PARTS: dict[str, Callable[[Workbench], Section]] = {
    "a": loops.compare,
    "b": growth.grow,
    "c": exporting.compare,
    "d": limit.compare,
    "e": rounded.compare,
    "f": whole.measure,
    "g": starts.measure,
    "h": literals.compare,
    "i": classifiers.measure,
    "j": shards.measure,
    "k": whole.measure_ranges,
    "l": shards.measure_by_size,
    "m": pixels.measure,
    "n": opinions.measure,
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
    "e rounding, f whole exports, g starts of Lean, h literals, i classifiers, j fits of shards, "
    "k exports in ranges, l fits by size, m exports from pixels, n audits and the second kernel.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Where the table and the plot go.  [default: bench/results for a full run, nowhere for any other]",
)
@click.option(
    "--renew",
    is_flag=True,
    help="Put the parts of --only in the place of those in bench/results, which says that they are of a later run.",
)
def benchmark(quick: bool, only: list[str], out: Path | None, renew: bool) -> int:
    """Measure what certificates cost, side by side in one run.

    Exit codes: 0 done; 1 a part failed, and the table is without it.
    """
    if renew and (quick or out is not None):
        raise click.UsageError("--renew was given with --quick or --out; full sizes are required; leave the other out")
    if out is None and not renew and not quick and len(only) == len(_PARTS):
        out = _RESULTS
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        bench = Workbench(Path(temporary).resolve(), QUICK if quick else FULL)
        sections: list[Section] = []
        text, failed = "", False
        for name in only:
            section = _section(bench, name)
            failed = failed or section is None
            if section is not None:
                sections.append(section)
                text = markdown(sections, machine_lines(bench.lean_version), quick=quick)
            if out is not None and not failed:
                # After each part, so that an interruption leaves what has been measured.
                _write(out, text, sections)
    if renew and not failed:
        report = _RESULTS / "results.md"
        report.write_text(
            renewed(report.read_text(encoding="utf-8"), sections, machine_lines(bench.lean_version)), encoding="utf-8"
        )
    print(text, end="")
    return 1 if failed else 0


def _write(out: Path, text: str, sections: Sequence[Section]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.md").write_text(text, encoding="utf-8")
    curves = [curve for section in sections for curve in section.curves]
    if curves:
        draw(curves, out / "growth.svg")


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
    # Being asked to end is treated as Ctrl-C is, so that no running Lean is left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
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
