"""What large data sets cost, on paper: from the figures of the last full run, for docs/size.md and docs/clusters.md.

    python -m bench.costs            # prints the tables
    python -m bench.costs --update   # puts them into the pages

Every figure comes from the tables of bench/results/results.md.  A fit is modelled as s + N (a d + b d² + c d k): the
entries that are read, the normal equations, and the exact residuals of k concepts; s, a, b and c are the least squares
of relative errors over the fits that the benchmark has timed.  Lean text, exports, and what Lean and `verify` take are
in proportion to the digits, and Lean's times are those of `bridge.export.estimate`.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from bench.results import Table, quantity, significant, table_lines, tables_in
from bridge.export.estimate import CLAIM_DIGIT, CLAIM_WEIGHT, DIGIT, FILE
from bridge.export.layout import RANGE_DIGITS, SHARD_DIGITS

_REPOSITORY = Path(__file__).resolve().parent.parent
RESULTS = _REPOSITORY / "bench" / "results" / "results.md"
# Each with the word that marks where its tables are.
PAGES = {"costs": _REPOSITORY / "docs" / "size.md", "tasks": _REPOSITORY / "docs" / "clusters.md"}

_BYTES_OF_AN_ENTRY = 4  # 32-bit floats
_HOUR = 3600.0


@dataclass(frozen=True)
class Case:
    """A data set on paper.

    Attributes:
        samples: N, of each layer.
        dim: d.
        concepts: k.
        layers: how many tables of latents there are.
        listed: how many samples of each layer an export lists; None for all.
    """

    samples: int
    dim: int
    concepts: int
    layers: int
    listed: int | None = None

    @property
    def words(self) -> str:
        """What the first column of the table calls it."""
        layers = f", {self.layers} layers" if self.layers > 1 else ""
        return f"{_power(self.samples)} × {self.dim:,} × {self.concepts}{layers}"


CASES = (
    Case(10**6, 64, 3, 1),
    Case(10**8, 4_096, 1, 1),
    Case(10**8, 4_096, 100, 32),
    Case(10**8, 4_096, 100, 32, listed=10_000),
)


@dataclass(frozen=True)
class Rates:
    """What the benchmark has measured, in seconds and bytes.

    Attributes:
        fit: s, a, b and c of the fit.
        digits_of_a_number: hexadecimal digits of Lean text for each number that is listed.
        export: for each such number.
        verify: for each such number and concept.
    """

    fit: tuple[float, float, float, float]
    digits_of_a_number: float
    export: float
    verify: float

    def fit_seconds(self, samples: int, dim: int, concepts: int) -> float:
        """What a fit takes on one core."""
        return float(np.dot(_terms(samples, dim, concepts), self.fit))


def rates(results: str) -> Rates:
    """What the tables of a full run say."""
    fits = [(*shape_of(row), quantity(row["time"])) for row in tables_in(results, "Fits by size")[0]]
    terms = np.array([_terms(*shape) for *shape, _ in fits], np.float64)
    times = np.array([time for *_, time in fits])
    # Of very different sizes: the columns are brought to one, and the errors are relative.
    scale = terms.max(axis=0)
    found, _ = nnls(terms / scale / times[:, None], np.ones(len(times)))
    (long,) = tables_in(results, "Exports in ranges")[0]
    # Of many dimensions, and one concept.
    wide = max(tables_in(results, "Growth")[0], key=lambda row: _number(row["d"]))
    return Rates(
        fit=tuple(found / scale),
        digits_of_a_number=quantity(wide["Lean text"]) / (_number(wide["N"]) * (_number(wide["d"]) + 1)),
        export=quantity(long["export"]) / _numbers(long),
        verify=quantity(long["verify"]) / _numbers(long) / shape_of(long)[2],
    )


def tables(results: str) -> tuple[Table, Table]:
    """What the fits and what the proofs of all cases cost."""
    measured = rates(results)
    fits = [_fit_row(case, measured) for case in CASES if case.listed is None]
    proofs = [_proof_row(case, measured) for case in CASES]
    return (
        Table(("N × d × k", "latents", "read in all", "fit, core hours", "artifacts"), tuple(fits)),
        Table(
            (
                "N × d × k",
                "listed of each",
                "Lean text",
                "shards",
                "range files",
                "export and verify, core hours",
                "Lean, core hours",
            ),
            tuple(proofs),
        ),
    )


def _fit_row(case: Case, measured: Rates) -> tuple[str, ...]:
    latents = case.layers * case.samples * case.dim * _BYTES_OF_AN_ENTRY
    scores = case.layers * case.samples * case.concepts * _BYTES_OF_AN_ENTRY
    hours = case.layers * measured.fit_seconds(case.samples, case.dim, case.concepts) / _HOUR
    # Checking, centring, fitting, measuring, and once more to write the artifact with its checksum: twice.
    return case.words, _bytes(latents), _bytes(6 * latents), _amount(hours), _bytes(latents + scores)


def _proof_row(case: Case, measured: Rates) -> tuple[str, ...]:
    listed = case.samples if case.listed is None else case.listed
    digits = listed * (case.dim + case.concepts) * measured.digits_of_a_number
    digits_of_a_pass = listed * (case.dim + 1) * measured.digits_of_a_number
    shards = max(1.0, digits / SHARD_DIGITS)
    ranges = max(1.0, digits_of_a_pass / RANGE_DIGITS) * case.concepts
    lean = DIGIT * digits + case.concepts * (CLAIM_DIGIT * digits_of_a_pass + CLAIM_WEIGHT * case.dim)
    lean += FILE * (shards + ranges)
    numbers = listed * (case.dim + case.concepts)
    own = numbers * measured.export + listed * case.dim * case.concepts * measured.verify
    return (
        case.words,
        "all" if case.listed is None else f"{listed:,}",
        _bytes(case.layers * digits),
        _amount(case.layers * shards),
        _amount(case.layers * ranges),
        _amount(case.layers * own / _HOUR),
        _amount(case.layers * lean / _HOUR),
    )


def _terms(samples: int, dim: int, concepts: int) -> tuple[int, int, int, int]:
    return 1, samples * dim, samples * dim * dim, samples * dim * concepts


def shape_of(row: Mapping[str, str]) -> tuple[int, int, int]:
    """N, d and k of a row."""
    samples, dim, concepts = map(_number, row["N × d × k"].split(" × "))
    return samples, dim, concepts


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _numbers(row: Mapping[str, str]) -> int:
    samples, dim, concepts = shape_of(row)
    return samples * (dim + concepts)


def _power(number: int) -> str:
    exponent = len(str(number)) - 1
    return f"10{str(exponent).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def _bytes(count: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9)):
        if count >= size:
            return f"{significant(count / size)} {unit}"
    return f"{significant(count / 1e6)} MB"


def _amount(value: float) -> str:
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else f"{float(f'{value:.2g}'):g}"


def tasks(results: str) -> Table:
    """What a process takes for each command, for who asks for machines."""
    (_, fit, *_), (whole,) = tables_in(results, "Fits by size")[0], tables_in(results, "Exports in ranges")[0]
    million = 1e6
    fitted = quantity(fit["time"]) / (shape_of(fit)[0] * shape_of(fit)[1])
    exported = {command: quantity(whole[command]) / _numbers(whole) for command in ("export", "check", "verify")}
    return Table(
        ("command", "measured with N × d × k", "memory of a process", "core seconds for a million numbers"),
        (
            ("`fit`", fit["N × d × k"], fit["memory"], significant(fitted * million)),
            ("`export`", whole["N × d × k"], whole["its memory"], significant(exported["export"] * million)),
            (
                f"`check`, of which a task takes up to {whole['longest file']}",
                whole["N × d × k"],
                whole["memory of Lean"],
                # Two files at a time.
                significant(2 * exported["check"] * million),
            ),
            ("`verify`", whole["N × d × k"], whole["memory of verify"], significant(exported["verify"] * million)),
        ),
    )


def written(results: str) -> dict[str, str]:
    """The tables as they stand on each page."""
    shown = {"costs": tables(results), "tasks": (tasks(results),)}
    return {word: "\n\n".join("\n".join(table_lines(table)) for table in found) for word, found in shown.items()}


def page_with(text: str, word: str, results: str) -> str:
    """A page with these tables in the place of those that it has."""
    begin, end = f"<!-- {word}: python -m bench.costs --update -->", f"<!-- end of {word} -->"
    before, rest = text.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n\n{written(results)[word]}\n\n{end}{after}"


def main(arguments: Sequence[str]) -> int:
    """Print the tables, or put them into the pages."""
    results = RESULTS.read_text(encoding="utf-8")
    if list(arguments) == ["--update"]:
        for word, page in PAGES.items():
            page.write_text(page_with(page.read_text(encoding="utf-8"), word, results), encoding="utf-8")
    elif arguments:
        print("usage: python -m bench.costs [--update]", file=sys.stderr)
        return 2
    else:
        print("\n\n".join(written(results).values()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
