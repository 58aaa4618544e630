"""How far the values of two probes are from each other, exactly."""

import flint
import numpy as np

from bridge.exact.dyadic import DyadicMatrix
from bridge.exact.residuals import ExactResiduals, exact_residuals


def exact_differences(latents: np.ndarray, weights: np.ndarray, others: np.ndarray) -> ExactResiduals:
    """Compute [Z 1] W - [Z 1] V without rounding: the residuals of V, if the values of W are taken for scores.

    Args:
        latents: (N, d) latent points Z.
        weights: (d + 1, k) weights W; the last row is the bias.
        others: (d + 1, k) weights V, of a type of their own.

    Raises:
        InputError: the shapes do not fit together, an array is empty, or an entry is not a finite number.
    """
    # What a score of 0 leaves over is the value with the other sign.
    nothing = np.zeros((*latents.shape[:1], *weights.shape[1:]), np.int8)
    minuend, subtrahend = (exact_residuals(latents, nothing, each).matrix for each in (others, weights))
    exponent = max(minuend.exponent, subtrahend.exponent)
    return ExactResiduals(DyadicMatrix(_over(minuend, exponent) - _over(subtrahend, exponent), exponent))


def _over(matrix: DyadicMatrix, exponent: int) -> flint.fmpz_mat:
    """The numerators over a larger power of two."""
    scaled: flint.fmpz_mat = matrix.numerators * 2 ** (exponent - matrix.exponent)
    return scaled
