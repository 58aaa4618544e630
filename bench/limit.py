"""(d) How far the kernel is from what the arithmetic itself takes."""

import flint

from bench.commands import CommandError
from bench.loops import integer_claim
from bench.results import Section, Table, Target, seconds, times
from bench.timing import timed
from bench.workbench import MeasuredExport, Workbench

_MOST_TIMES_FLINT = 60


def compare(bench: Workbench) -> Section:
    """Time the product of integer matrices that a claim is about with python-flint."""
    sizes = bench.sizes
    shapes = (sizes.loop, sizes.along_samples[-1], sizes.along_dim[-1])
    rows, targets = [], []
    for (n, d), measured in zip(shapes, bench.random_exports(shapes), strict=True):
        bench.report(f"python-flint on {n:,} × {d:,}")
        product = _product_seconds(measured)
        ratio, shape = measured.kernel / product, f"{n:,} × {d:,}"
        rows.append((shape, seconds(measured.kernel), seconds(product), times(ratio)))
        targets.append(
            Target(
                f"kernel ÷ python-flint at most {_MOST_TIMES_FLINT}, {shape}", times(ratio), ratio <= _MOST_TIMES_FLINT
            )
        )
    return Section(
        "Distance to the limit",
        (
            Table(
                (
                    "N × d",
                    "kernel, `faithful` and `checked`",
                    "python-flint, `fmpz_mat` product",
                    "kernel ÷ python-flint",
                ),
                tuple(rows),
                "The product of the same matrix of integers, latents and score, with the same vector of weights.",
            ),
        ),
        # Of the small one most of the time goes into what does not grow with the samples.
        tuple(targets[1:]),
    )


def _product_seconds(measured: MeasuredExport) -> float:
    claim = integer_claim(measured.export)
    matrix = flint.fmpz_mat([list(row) for row in claim.rows])
    weights = flint.fmpz_mat([[weight] for weight in claim.weights])
    product, seconds_taken = timed(lambda: matrix * weights)
    if max(abs(int(entry) + claim.bias) for entry in product.entries()) != claim.bound:
        raise CommandError("python-flint found another largest residual")
    return seconds_taken
