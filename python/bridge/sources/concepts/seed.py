"""Human concepts as numbers: three cheap scores of a 28×28 image."""

from dataclasses import dataclass

import torch
from torch.nn import functional

from bridge.sources.images import require_images


@dataclass(frozen=True)
class Concept:
    """A concept score.

    Attributes:
        name: its name, also in Lean.
        unit: the unit of its score.
    """

    name: str
    unit: str


CONCEPTS = (Concept("size", "pixels"), Concept("thick", "pixels"), Concept("slant", "radians"))


def concept_scores(x: torch.Tensor) -> torch.Tensor:
    """Score images for size, thickness and slant.

    With the mask b of pixels above 0.5:

    - size: the number of pixels in b;
    - thick: the number of pixels that a dilation of b by a 3×3 square adds;
    - slant: ½ · atan2(2 u_xy, u_xx - u_yy + 1e-6) from the second moments of b about its centre of mass, where x runs
      along the rows (top to bottom) and y along the columns.  The mass has 1e-6 added, so an empty image scores a
      finite number.

    Args:
        x: (N, 1, 28, 28) images with values in [0, 1].

    Returns:
        (N, 3) float32 scores in the order of `CONCEPTS`, on the device of `x`.

    Raises:
        InputError: the shape is another, or a value is outside [0, 1] or NaN.
    """
    require_images(x)
    with torch.no_grad():
        b = (x > 0.5).float()
        size = b.sum(dim=(1, 2, 3))
        dilated = (functional.conv2d(b, torch.ones(1, 1, 3, 3, device=x.device), padding=1) > 0).float()
        thick = (dilated - b).sum(dim=(1, 2, 3))
        return torch.stack([size, thick, _slant(b)], dim=1)


def _slant(b: torch.Tensor) -> torch.Tensor:
    xs = torch.arange(28, device=b.device).view(1, 1, 28, 1)
    ys = torch.arange(28, device=b.device).view(1, 1, 1, 28)
    mass = b.sum(dim=(1, 2, 3)) + 1e-6

    def mean(values: torch.Tensor) -> torch.Tensor:
        return (b * values).sum(dim=(1, 2, 3)) / mass

    from_centre_x = xs - mean(xs).view(-1, 1, 1, 1)
    from_centre_y = ys - mean(ys).view(-1, 1, 1, 1)
    u_xx, u_yy = mean(from_centre_x**2), mean(from_centre_y**2)
    u_xy = mean(from_centre_x * from_centre_y)
    return 0.5 * torch.atan2(2 * u_xy, (u_xx - u_yy) + 1e-6)
