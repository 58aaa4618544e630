"""Morpho-MNIST's measures of a handwritten digit: area, length, thickness, slant, width and height.

The definitions are those of D. C. Castro, J. Tan, B. Kainz, E. Konukoglu and B. Glocker, "Morpho-MNIST: Quantitative
Assessment and Diagnostics for Representation Learning", Journal of Machine Learning Research 20(178), 2019, and of
its program (https://github.com/dccastro/Morpho-MNIST, MIT licence), and the numbers agree with that program's to
rounding, with one exception: it cuts a height off at the upper edge of the last row of pixels, here that row counts.
"""

import math

import joblib
import numpy as np
from skimage.measure import moments_central
from skimage.morphology import medial_axis
from skimage.transform import pyramid_expand

_UPSCALING = 4
_WHITE = 255
# The share of the mass that width and height each leave out at either end.
_OUTLYING = 0.01
# The medial axis breaks ties at random; this is the seed of Morpho-MNIST's program.
_TIE_SEED = 42

# As many as one process measures in about the time that others take to start.
_FEW = 64


def measure_shapes(images: np.ndarray) -> np.ndarray:
    """Measure the shapes in images.

    The image is rounded to the 256 grey levels of an 8-bit image, enlarged four times by cubic interpolation, smoothed,
    and cut down to whole grey levels.  Its stroke is where it reaches the middle between its least and greatest grey;
    the skeleton is the stroke's medial axis.  Lengths are in pixels of the image, not of the enlarged one.

    - area: the area of the stroke, in square pixels;
    - length: the sum of all steps between neighbouring pixels of the skeleton, 1 along an edge and √2 across a corner;
    - thickness: twice the mean distance of the skeleton from the background;
    - slant: arctan(-u_xy / u_yy) from the second moments of the grey levels, where x runs to the right and y down: the
      angle from the vertical, in radians, positive where the top leans to the right;
    - width: after a shear that takes the slant away, the distance between the columns that leave 1 % of the grey mass
      on the left and 1 % on the right;
    - height: the same of rows.

    An image without contrast, where the enlarged greys differ by at most one of 255 levels, has no shape and scores 0
    in all six; so do an empty image and a wholly white one.

    Many images are shared out among the processors.

    Args:
        images: (N, height, width) float64, values in [0, 1].

    Returns:
        (N, 6) float64, in the order above.
    """
    greys = np.round(_WHITE * images)
    share = joblib.Parallel(n_jobs=1 if len(images) <= _FEW else -1)
    measures = share(joblib.delayed(_measures)(image) for image in greys)
    return np.array(measures, dtype=np.float64).reshape(len(images), 6)


def _measures(greys: np.ndarray) -> tuple[float, ...]:
    enlarged = np.floor(_WHITE * pyramid_expand(greys / _WHITE, upscale=_UPSCALING, order=3, channel_axis=None))
    least, greatest = enlarged.min(), enlarged.max()
    if greatest - least <= 1:
        return (0.0,) * 6
    stroke = enlarged >= (least + greatest) / 2
    skeleton, distance = medial_axis(stroke, return_distance=True, rng=_TIE_SEED)
    u = moments_central(enlarged, order=2)
    shear = u[1, 1] / u[2, 0]  # not 0: the smoothing spreads every shape over several rows
    y, x = np.indices(enlarged.shape) + 0.5
    centre = (y * enlarged).sum() / enlarged.sum()
    return (
        stroke.sum() / _UPSCALING**2,
        _steps(skeleton) / _UPSCALING,
        2 * distance[skeleton].mean() / _UPSCALING,
        math.atan(-shear),
        _extent(x - shear * (y - centre), enlarged) / _UPSCALING,
        _extent(y, enlarged) / _UPSCALING,
    )


def _steps(skeleton: np.ndarray) -> float:
    """The length of all steps between neighbours; each pair is counted once."""
    along = (skeleton[1:] & skeleton[:-1]).sum() + (skeleton[:, 1:] & skeleton[:, :-1]).sum()
    across = (skeleton[1:, 1:] & skeleton[:-1, :-1]).sum() + (skeleton[1:, :-1] & skeleton[:-1, 1:]).sum()
    return float(along + math.sqrt(2) * across)


def _extent(position: np.ndarray, mass: np.ndarray) -> float:
    """The distance between two positions that each leave the outlying share of the mass outside.

    The mass is gathered in bins of width 1 and taken as even within a bin.
    """
    first = np.floor(position.min())
    bins = (np.floor(position) - first).astype(np.intp)
    below = np.concatenate([[0.0], np.cumsum(np.bincount(bins.ravel(), weights=mass.ravel()))]) / mass.sum()
    low, high = np.interp([_OUTLYING, 1 - _OUTLYING], below, first + np.arange(len(below)))
    return float(high - low)
