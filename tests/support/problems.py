"""Small problems of any floats, and their residuals by the definition."""

from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from support.strategies import FLOAT_WIDTHS, finite_floats


@st.composite
def problems(draw):
    """Latents, scores and weights whose shapes fit together, of any float dtype and any finite values."""
    samples, dim, concepts = (draw(st.integers(1, 4)) for _ in range(3))

    def matrix(rows, columns):
        dtype = draw(st.sampled_from(list(FLOAT_WIDTHS)))
        return draw(hnp.arrays(dtype, (rows, columns), elements=finite_floats(FLOAT_WIDTHS[dtype])))

    return matrix(samples, dim), matrix(samples, concepts), matrix(dim + 1, concepts)


def fraction(value):
    return Fraction(*value.item().as_integer_ratio())


def residual_loop(latents, scores, weights):
    """The definition, one `Fraction` at a time: r = c - (w · z + b)."""
    return [
        [
            fraction(scores[i, k])
            - sum(fraction(weights[j, k]) * fraction(latents[i, j]) for j in range(latents.shape[1]))
            - fraction(weights[-1, k])
            for k in range(scores.shape[1])
        ]
        for i in range(scores.shape[0])
    ]


def measures_by_definition(latents, scores, weights):
    """R² and δ of each concept, two lists of the nearest floats; R² is None for a constant score."""
    residuals, R2, delta = residual_loop(latents, scores, weights), [], []
    for column in range(scores.shape[1]):
        numbers = [fraction(number) for number in scores[:, column]]
        ssr, mean = sum(row[column] ** 2 for row in residuals), sum(numbers) / len(numbers)
        sst = sum((number - mean) ** 2 for number in numbers)
        R2.append(float(1 - ssr / sst) if sst else None)
        delta.append(float(max(abs(row[column]) for row in residuals)))
    return R2, delta
