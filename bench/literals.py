"""(h) How long Lean takes to read the packed numbers: plain and raw literals of several lengths."""

from bench.inputs import random_integer
from bench.lean_timing import LeanRun, run_lean
from bench.results import Section, Table, megabytes, seconds, significant
from bench.workbench import Workbench
from bridge.export.layout import SHARD_LITERALS

_COLUMN_LITERALS = 8


def compare(bench: Workbench) -> Section:
    """Measure files of as many hexadecimal digits in literals of each length."""
    sizes = bench.sizes
    return Section(
        "Literals",
        (
            Table(
                ("digits of a literal", "literals", "`0x…`", "`nat_lit 0x…`", "a digit", "memory"),
                tuple(_row(bench, length, sizes.literal_digits) for length in sizes.literal_lengths),
                f"A file with columns of {sizes.literal_digits:,} random hexadecimal digits in all, {_COLUMN_LITERALS} "
                "literals each: elaboration, a digit's share of that of raw literals, and the memory of Lean. "
                f"An export has {SHARD_LITERALS:,} literals a file at most.",
            ),
        ),
    )


def _row(bench: Workbench, length: int, digits: int) -> tuple[str, ...]:
    count = -(-digits // (length * _COLUMN_LITERALS)) * _COLUMN_LITERALS
    plain, raw = (_run(bench, f"Literals{form}{length}", prefix, length, count) for form, prefix in _FORMS.items())
    return (
        f"{length:,}",
        f"{count:,}",
        seconds(plain.elaboration),
        seconds(raw.elaboration),
        f"{significant(1e6 * raw.elaboration / (length * count))} µs",
        megabytes(raw.peak_bytes),
    )


_FORMS = {"Plain": "", "Raw": "nat_lit "}


def _run(bench: Workbench, name: str, prefix: str, length: int, count: int) -> LeanRun:
    file = bench.stage.folder / f"{name}.lean"
    bench.report(f"Lean on {name}")
    file.write_text(literals_file(name, prefix, length, count), encoding="utf-8")
    return run_lean(bench.stage.lean, bench.stage.folder, file)


def literals_file(name: str, prefix: str, length: int, count: int) -> str:
    """A Lean file like a part of an export, with so many literals of so many hexadecimal digits.

    Args:
        name: of the module and its namespace.
        prefix: what comes before each literal.
        length: hexadecimal digits of a literal.
        count: how many literals there are, a multiple of those of a column.
    """
    literals = [f"{prefix}0x{random_integer(length, number):x}" for number in range(count)]
    columns = [
        ",\n     ".join(literals[first : first + _COLUMN_LITERALS]) for first in range(0, count, _COLUMN_LITERALS)
    ]
    separator = ",\n    "
    return f"""module

public import Bridge.Packing.Samples

@[expose] public noncomputable section

namespace {name}

noncomputable def columns : List (List Nat) := [
    {separator.join(f"[{column}]" for column in columns)}
  ]

end {name}
"""
