"""(b) How time and memory grow with the number of samples and with the dimension of the latent space."""

from collections.abc import Callable, Mapping
from itertools import pairwise

from bench.results import Curve, Section, Table, Target, below, growth_exponent, megabytes, seconds
from bench.workbench import AT_ONCE, REPETITIONS, MeasuredExport, Workbench

# What linear growth allows of a doubling.
_MOST_FOR_A_DOUBLING = 2.2

_QUANTITIES: Mapping[str, Callable[[MeasuredExport], float]] = {
    "elaboration of the data": lambda measured: measured.data_elaboration,
    "kernel, `checked`": lambda measured: measured.checked,
    "kernel, `faithful`": lambda measured: measured.faithful,
}


def grow(bench: Workbench) -> Section:
    """Measure exports of growing size."""
    sizes = bench.sizes
    start = bench.stage.empty
    along_samples = dict(zip(sizes.along_samples, bench.random_exports(sizes.along_samples), strict=True))
    along_dim = dict(zip(sizes.along_dim, bench.random_exports(sizes.along_dim), strict=True))
    series = {"N": _by_coordinate(along_samples, 0), "d": _by_coordinate(along_dim, 1)}
    linear = {n: measured for n, measured in series["N"].items() if n >= sizes.linear_from}
    note = (
        "Random numbers, one concept.  Elaboration and kernel as Lean's own profiler has them; the kernel decides "
        f"`checked` {REPETITIONS} times, of which the least counts.  Files of data are elaborated {AT_ONCE} at a time; "
        f"their wall time is that of all of them, less {seconds(start.seconds)} for each, which a file without "
        f"declarations takes.  Memory is the most that a process had; it is {megabytes(start.peak_bytes)} for a file "
        "without declarations, and what is more than that comes last."
    )
    return Section(
        "Growth",
        (
            _sizes_table({**along_samples, **along_dim}, bench, note),
            _exponents_table({**series, f"N ≥ {sizes.linear_from:,}": linear}),
            _doublings_table(linear),
        ),
        (_linear_target(linear), *_kernel_targets(along_samples, along_dim)),
        tuple(
            Curve(along, name, tuple((size, take(measured)) for size, measured in exports.items()))
            for along, exports in series.items()
            for name, take in _QUANTITIES.items()
        ),
    )


def doublings(exports: Mapping[int, MeasuredExport], take: Callable[[MeasuredExport], float]) -> list[float]:
    """By what a quantity grows from each size to the next."""
    return [take(larger) / take(smaller) for smaller, larger in pairwise(exports.values())]


def _by_coordinate(exports: Mapping[tuple[int, int], MeasuredExport], axis: int) -> dict[int, MeasuredExport]:
    return {shape[axis]: measured for shape, measured in exports.items()}


def _sizes_table(exports: Mapping[tuple[int, int], MeasuredExport], bench: Workbench, note: str) -> Table:
    start = bench.stage.empty
    columns = (
        "N|d|Lean text|files of data|elaboration of the data|wall less starts|kernel, `checked`|kernel, `faithful`|"
    )
    columns += "elaboration of the claim|memory|more than empty"
    return Table(
        tuple(columns.split("|")),
        tuple(
            (
                f"{n:,}",
                f"{d:,}",
                megabytes(measured.file_bytes),
                str(len(measured.data)),
                seconds(measured.data_elaboration),
                seconds(max(0.0, sum(run.seconds - start.seconds for run in measured.data))),
                seconds(measured.checked),
                seconds(measured.faithful),
                seconds(measured.claim.elaboration),
                megabytes(measured.peak_bytes),
                megabytes(max(0, measured.peak_bytes - start.peak_bytes)),
            )
            for (n, d), measured in exports.items()
        ),
        note,
    )


def _exponents_table(series: Mapping[str, Mapping[int, MeasuredExport]]) -> Table:
    return Table(
        ("growth exponent", *(f"against {along}" for along in series)),
        tuple(
            (
                name,
                *(
                    f"{growth_exponent([(size, take(measured)) for size, measured in exports.items()]):.2f}"
                    for exports in series.values()
                ),
            )
            for name, take in _QUANTITIES.items()
        ),
        "The e of time ~ size^e, fitted to the logarithms by least squares.",
    )


def _doublings_table(exports: Mapping[int, MeasuredExport]) -> Table:
    return Table(
        ("time at twice N over time at N", *(f"N = {n:,}" for n in list(exports)[:-1])),
        tuple((name, *map(_ratio, doublings(exports, take))) for name, take in _QUANTITIES.items()),
    )


def _linear_target(exports: Mapping[int, MeasuredExport]) -> Target:
    ratios = doublings(exports, lambda measured: measured.checked)
    doubled = f"each doubling from N = {min(exports):,} to {max(exports):,}"
    return Target(
        f"kernel time of `checked` at most {_MOST_FOR_A_DOUBLING}× as long at {doubled}",
        f"{_ratio(min(ratios))} to {_ratio(max(ratios))}",
        max(ratios) <= _MOST_FOR_A_DOUBLING,
    )


def _kernel_targets(*series: Mapping[tuple[int, int], MeasuredExport]) -> tuple[Target, ...]:
    """The largest export of each series, at its most seconds."""
    largest = [max(exports.items(), key=lambda item: item[0][0] * item[0][1]) for exports in series]
    return tuple(
        below(
            f"kernel time of `checked` under {most} s, {n:,} × {d:,}", most, measured.checked, seconds(measured.checked)
        )
        for most, ((n, d), measured) in zip((0.3, 1.0), largest, strict=True)
    )


def _ratio(value: float) -> str:
    return f"{value:.2f}×"
