"""The images that an artifact's samples are, or why there are none.  `bridge.report.model_pictures` finds them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Pictures:
    """What the samples of an artifact look like.

    Attributes:
        images: (N, 28, 28), values in [0, 1], in the artifact's order.
        decoded: gives the images (n, 28, 28) that the model which encoded them makes of latent points (n, d).
    """

    images: np.ndarray
    decoded: Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class NoPictures:
    """Why there are none.

    Attributes:
        reason: a clause for readers of a page, without the names of places on this machine: `no checkpoint was given`.
        detail: what went wrong, for those who can mend it; empty if nothing did.
    """

    reason: str
    detail: str = ""
