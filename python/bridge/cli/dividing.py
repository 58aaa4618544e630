"""Samples that come without parts, divided as the options have it."""

from typing import TypeVar, cast

import numpy as np

from bridge.cli.options import HELD_OUT, DrawnSplit
from bridge.sources.labelled import LabelledSamples
from bridge.sources.precomputed import read_groups
from bridge.sources.samples import Samples

_Samples = TypeVar("_Samples", bound=Samples | LabelledSamples)


def divided(given: _Samples, drawn: DrawnSplit) -> tuple[_Samples, np.ndarray | None]:
    """The samples in parts, which are drawn unless they are given; and the group of each, if parts keep groups.

    Raises:
        InputError: the groups cannot be read, or as `bridge.sources.split.split`.
    """
    if given.origin.held_out is not None:
        return given, None
    groups = None if drawn.groups is None else read_groups(drawn.groups, samples=len(given.latents))
    samples = given.divided(
        held_out=HELD_OUT if drawn.held_out is None else drawn.held_out,
        calibration=drawn.calibration or 0.0,
        seed=drawn.seed or 0,
        groups=groups,
    )
    return cast(_Samples, samples), groups
