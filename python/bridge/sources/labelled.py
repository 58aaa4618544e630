"""Labelled samples: latent points with labels and parts, wherever they come from; what a classifier is fitted on."""

from dataclasses import dataclass, replace

import numpy as np

from bridge.base.arrays import ArraySource
from bridge.sources.labels import Labels
from bridge.sources.samples import Origin
from bridge.sources.split import Split, split


@dataclass(frozen=True, eq=False)
class LabelledSamples:
    """N samples with a label each.

    Attributes:
        latents: (N, d) latent points, N, d ≥ 1; their entries have not been looked at yet.
        labels: which class each sample belongs to.
        parts: the parts of the samples; `Split.unknown` where they are not known.
        origin: where they come from; its `held_out` is None where parts are not known.
        source: what messages call the latents.
        indices: (N,) int64, the position of each sample in the data set; None for all in order.
    """

    latents: ArraySource
    labels: Labels
    parts: Split
    origin: Origin
    source: str = "latents"
    indices: np.ndarray | None = None

    def with_parts(self, parts: Split, seed: int | None, held_out: float | None = None) -> "LabelledSamples":
        """The same samples in these parts, as `Samples.with_parts`."""
        fraction = float(parts.is_held_out.mean()) if held_out is None else held_out
        return replace(self, parts=parts, origin=replace(self.origin, seed=seed, held_out=fraction))

    def divided(
        self, *, held_out: float = 0.2, calibration: float = 0.0, seed: int = 0, groups: np.ndarray | None = None
    ) -> "LabelledSamples":
        """The same samples in parts that are drawn, as `bridge.sources.split.split` draws them.

        Raises:
            InputError: as `split`.
        """
        parts = split(len(self.latents), held_out=held_out, calibration=calibration, seed=seed, groups=groups)
        return self.with_parts(parts, seed)
