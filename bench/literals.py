"""(h) How long Lean takes to read the packed numbers: groups of columns with literals of several lengths."""

from bench.inputs import random_integer
from bench.lean_timing import LeanRun, run_lean
from bench.results import Section, Table, megabytes, seconds, significant
from bench.workbench import Workbench
from bridge.export import lean_text
from bridge.export.layout import SHARD_LITERALS
from bridge.export.packing import COLUMN_LITERALS, GROUP_COLUMNS

_GROUP_LITERALS = COLUMN_LITERALS * GROUP_COLUMNS


def compare(bench: Workbench) -> Section:
    """Measure files of as many hexadecimal digits in literals of each length."""
    sizes = bench.sizes
    return Section(
        "Literals",
        (
            Table(
                ("digits of a literal", "literals", "elaboration", "a literal", "a digit", "memory"),
                tuple(_row(bench, length, sizes.literal_digits) for length in sizes.literal_lengths),
                f"A file with {sizes.literal_digits:,} random hexadecimal digits or some more, in groups of "
                f"{GROUP_COLUMNS} columns of {COLUMN_LITERALS} raw literals each: elaboration, what a literal and a "
                f"digit have of it, and the memory of Lean. An export has {SHARD_LITERALS:,} literals a file at most.",
            ),
        ),
    )


def _row(bench: Workbench, length: int, digits: int) -> tuple[str, ...]:
    groups = -(-digits // (length * _GROUP_LITERALS))
    run, count = _run(bench, f"Literals{length}", length, groups), groups * _GROUP_LITERALS
    return (
        f"{length:,}",
        f"{count:,}",
        seconds(run.elaboration),
        f"{significant(1e3 * run.elaboration / count)} ms",
        f"{significant(1e6 * run.elaboration / (length * count))} µs",
        megabytes(run.peak_bytes),
    )


def _run(bench: Workbench, name: str, length: int, groups: int) -> LeanRun:
    file = bench.stage.folder / f"{name}.lean"
    bench.report(f"Lean on {name}")
    file.write_text(literals_file(name, length, groups), encoding="utf-8")
    return run_lean(bench.stage.lean, bench.stage.folder, file)


def literals_file(name: str, length: int, groups: int) -> str:
    """A Lean file like a shard of an export, with groups of eight columns.

    Args:
        name: of the module and its namespace.
        length: hexadecimal digits of a literal.
        groups: how many groups there are.
    """
    literals = [random_integer(length, number) for number in range(groups * _GROUP_LITERALS)]
    columns = [
        lean_text.packed(literals[first : first + COLUMN_LITERALS])
        for first in range(0, len(literals), COLUMN_LITERALS)
    ]
    separator = "\n      "
    written = ",\n".join(
        f"    .eight{separator}{separator.join(columns[first : first + GROUP_COLUMNS])}"
        for first in range(0, len(columns), GROUP_COLUMNS)
    )
    return f"""module

public import Bridge.Packing.Samples

@[expose] public noncomputable section

namespace {name}

noncomputable def shard : List Bridge.ColumnGroup := [
{written}
  ]

end {name}
"""
