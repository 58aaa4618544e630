"""What a part of the benchmark finds out, and how it is written down."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_UNITS = {"ms": 1e-3, "s": 1.0, "kB": 1e3, "MB": 1e6, "×": 1.0, "": 1.0}


@dataclass(frozen=True)
class Table:
    """A table: a header and rows of texts, and what a reader must know to read them."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Target:
    """A figure that was to be reached.

    Attributes:
        claim: what was to be reached.
        found: what was found.
        reached: whether that is enough.
    """

    claim: str
    found: str
    reached: bool


def at_least(claim: str, required: float, found: float) -> Target:
    """A ratio that was to be so large or larger."""
    return Target(claim, times(found), found >= required)


def below(claim: str, required: float, found: float, shown: str) -> Target:
    """A quantity that was to be smaller, and how it is written."""
    return Target(claim, shown, found < required)


@dataclass(frozen=True)
class Curve:
    """Points of a plot.

    Attributes:
        along: what the horizontal axis counts.
        label: what the vertical axis measures.
        points: pairs of both.
    """

    along: str
    label: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Section:
    """All that one part of the benchmark has found out."""

    title: str
    tables: tuple[Table, ...]
    targets: tuple[Target, ...] = ()
    curves: tuple[Curve, ...] = ()


def growth_exponent(points: Sequence[tuple[float, float]]) -> float:
    """The least-squares slope of log y against log x: the e of y ~ x^e."""
    xs = [math.log(x) for x, _ in points]
    ys = [math.log(y) for _, y in points]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    covariance = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    return covariance / sum((x - x_mean) ** 2 for x in xs)


def seconds(value: float) -> str:
    """A time with three significant digits."""
    return f"{significant(value * 1000)} ms" if value < 0.9995 else f"{significant(value)} s"


def megabytes(count: int) -> str:
    """A number of bytes in megabytes, or in kilobytes if it is small."""
    return f"{significant(count / 1e6)} MB" if count >= 1e6 else f"{significant(count / 1e3)} kB"


def times(value: float) -> str:
    """A ratio with three significant digits."""
    return f"{significant(value)}×"


def significant(value: float) -> str:
    """A number that is not negative with three significant digits."""
    rounded = float(f"{value:.3g}")
    decimals = max(0, 2 - math.floor(math.log10(rounded))) if rounded else 0
    return f"{rounded:,.{decimals}f}"


_TARGETS = "Figures to be reached"
_LATER = "- measured in a later run than the rest: "
_ELSEWHERE = "- of these measured on another processor, "


def markdown(sections: Sequence[Section], machine: Sequence[str], *, quick: bool) -> str:
    """The report: the machine, the figures to be reached, and the tables of every part."""
    head = ["# Benchmark of the certificates"]
    if quick:
        head.append("Made with `--quick`, at sizes that are too small to compare anything.")
    head.append("\n".join(f"- {line}" for line in machine))
    return _report(head, [row for section in sections for row in _target_rows(section)], map(_blocks, sections))


def renewed(report: str, sections: Sequence[Section], machine: Sequence[str]) -> str:
    """A report in which some parts have been measured anew, and say so, and on which processor if it is another."""
    head, *old = re.split(r"(?m)^## ", report)
    blocks = {block.partition("\n")[0]: block.strip() for block in old}
    rows = [tuple(row.values()) for row in tables_in(report, _TARGETS)[0]]
    del blocks[_TARGETS]
    titles = [section.title for section in sections]
    rows = [row for row in rows if row[0] not in titles]
    for section in sections:
        blocks[section.title] = _blocks(section).removeprefix("## ")
        rows += _target_rows(section)
    order = list(blocks)
    rows.sort(key=lambda row: order.index(row[0]))
    before = re.findall(rf"(?m)^{_LATER}(.*)\n", head)
    later = dict.fromkeys([*(title for line in before for title in line.split(", ")), *titles])
    processors: dict[str, str | None] = {}
    for where, names in re.findall(rf"(?m)^{_ELSEWHERE}(.*): (.*)\n", head):
        processors |= dict.fromkeys(names.split(", "), where)
    here, *_ = machine
    processors |= dict.fromkeys(titles, None if f"- {here}\n" in head else here.removeprefix("processor: "))
    lines = [re.sub(rf"(?m)^({_LATER}|{_ELSEWHERE}).*\n", "", head).rstrip(), f"{_LATER}{', '.join(later)}"]
    lines += [
        f"{_ELSEWHERE}{where}: {', '.join(title for title in processors if processors[title] == where)}"
        for where in dict.fromkeys(processors.values())
        if where is not None
    ]
    return _report(["\n".join(lines)], rows, (f"## {block}" for block in blocks.values()))


def _report(head: Sequence[str], targets: Sequence[tuple[str, ...]], sections: Iterable[str]) -> str:
    blocks = [*head]
    if targets:
        blocks += [f"## {_TARGETS}", _table(Table(("part", "required", "found", "reached"), tuple(targets)))]
    return "\n\n".join([*blocks, *sections]) + "\n"


def _target_rows(section: Section) -> list[tuple[str, ...]]:
    return [
        (section.title, target.claim, target.found, "yes" if target.reached else "**no**") for target in section.targets
    ]


def _blocks(section: Section) -> str:
    tables = [text for table in section.tables for text in (table.note, _table(table)) if text]
    return "\n\n".join([f"## {section.title}", *tables])


def tables_in(text: str, heading: str) -> list[list[dict[str, str]]]:
    """The tables below a heading of a report, each as its rows, of which each has its cells by the names of columns."""
    (section,) = re.findall(rf"(?ms)^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text)
    tables = []
    for lines in re.findall(r"(?m)(?:^\|.*\n?)+", section):
        header, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines())
        tables.append([dict(zip(header, row, strict=True)) for row in rows])
    return tables


def quantity(text: str) -> float:
    """What a cell says, in seconds, bytes or times."""
    value, unit = re.fullmatch(r"([\d,.]+) ?(ms|s|kB|MB|×|)", text).groups()  # type: ignore[union-attr]
    return float(value.replace(",", "")) * _UNITS[unit]


def table_lines(table: Table) -> list[str]:
    """The lines of a table."""
    rows = [table.header, ("---",) * len(table.header), *table.rows]
    return [f"| {' | '.join(cells)} |" for cells in rows]


def _table(table: Table) -> str:
    return "\n".join(table_lines(table))
