"""Which samples a fit has seen, kept as digests, so that an export says of others no more than is known."""

import hashlib
from dataclasses import dataclass

import numpy as np

from bridge.base.arrays import row_ranges
from bridge.base.errors import InputError


@dataclass(frozen=True, eq=False)
class FittedRows:
    """The samples of a fit.

    A sample is known again by its latent point and its scores together, number for number in float64; a sample with
    the same numbers cannot be told from it.

    Attributes:
        digests: the distinct SHA-256 of the samples, 32 bytes each, in order.
        precisions: what the latents and what the scores were rounded to, as in `bridge.sources.user_arrays.precision`.
    """

    digests: np.ndarray
    precisions: tuple[str, str]

    @classmethod
    def of(cls, latents: np.ndarray, scores: np.ndarray, precisions: tuple[str, str]) -> "FittedRows":
        """The samples of latents (N, d) and scores (N, k)."""
        return cls(np.unique(_digests(latents, scores)), precisions)

    def parts(
        self,
        latents: np.ndarray,
        scores: np.ndarray,
        precisions: tuple[str, str],
        is_train: np.ndarray | None,
        is_calibration: np.ndarray | None,
    ) -> tuple[np.ndarray | None, np.ndarray | None]:
        """The training and the calibration part of samples, as far as they are known.

        What the fit has seen is the training part.  What it has not seen is known to be new if both are numbers of the
        same precision, and if some samples are known again or some are to calibrate with.  A given training part counts
        as well: it decides between samples of equal numbers, and holds what the fit has seen in other numbers.

        Args:
            latents: (N, d) latent points.
            scores: (N, k) scores.
            precisions: what these were rounded to.
            is_train: (N,) bool, the training part, if it is given.
            is_calibration: (N,) bool, the calibration part, if there is one.

        Returns:
            The training part, None if it is not known, and the calibration part.

        Raises:
            InputError: the fit has seen a calibration sample.
        """
        digests = _digests(latents, scores)
        seen = np.isin(digests, self.digests)
        if is_train is not None:
            seen &= ~np.isin(digests, digests[is_train])
        leaked = np.flatnonzero(seen & (False if is_calibration is None else is_calibration))
        if len(leaked):
            raise InputError(
                f"sample {leaked[0]} is in the calibration part and has the numbers of a sample that the fit has seen; "
                "a calibration sample must be new to the fit; leave it out, or, if these are two samples with equal "
                "numbers, give is_train too, with the other one in it"
            )
        if is_train is not None:
            return is_train | seen, is_calibration
        is_told = precisions == self.precisions and (bool(seen.any()) or is_calibration is not None)
        return (seen if is_told or seen.all() else None), is_calibration


def _digests(latents: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The SHA-256 of each sample, (N,) of 32 bytes."""
    digests = np.empty(len(latents), "S32")
    # A block at a time, since the numbers are copied.
    for start, stop in row_ranges((len(latents), latents.shape[1] + scores.shape[1])):
        # The sum makes 0.0 of -0.0, which is the same number.
        rows = np.hstack([latents[start:stop], scores[start:stop]]).astype("<f8", order="C") + 0.0
        digests[start:stop] = [hashlib.sha256(row).digest() for row in rows]
    return digests
