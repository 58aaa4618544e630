"""Which samples of an artifact an export lists."""

from enum import StrEnum

import numpy as np

from bridge.artifact.record import SampleRecord
from bridge.base.errors import InputError


class Coverage(StrEnum):
    """Which samples of the artifact a certificate lists."""

    ALL = "all"
    TRAIN = "train"
    CALIBRATION = "calibration"
    HELD_OUT = "held-out"


def listed_rows(artifact: SampleRecord, coverage: Coverage, *, calibration_first: bool = False) -> np.ndarray:
    """Positions in the artifact of the samples that a certificate with this coverage lists, in order.

    Args:
        artifact: the artifact.
        coverage: which samples are listed.
        calibration_first: whether those of the calibration part come before the others.

    Raises:
        InputError: there are none.
    """
    wanted = {
        Coverage.ALL: np.ones_like(artifact.is_train),
        Coverage.TRAIN: artifact.is_train,
        Coverage.CALIBRATION: artifact.is_calibration,
        Coverage.HELD_OUT: artifact.is_held_out,
    }[coverage]
    rows = np.flatnonzero(wanted)
    if rows.size == 0:
        raise InputError(
            f"the artifact has no {coverage} samples; an export lists at least one; choose another part with `over=…`"
        )
    if calibration_first:
        rows = rows[np.argsort(~artifact.is_calibration[rows], kind="stable")]
    return rows
