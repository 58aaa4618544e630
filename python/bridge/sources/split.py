"""The parts that samples are divided into: to fit, to calibrate with, and held out."""

from dataclasses import dataclass

import numpy as np

from bridge.base.arguments import is_whole
from bridge.base.errors import InputError, shown


@dataclass(frozen=True, eq=False)
class Split:
    """The parts that samples are divided into; a sample in neither of these two is held out.

    Attributes:
        is_train: (N,) bool, True for the training part.
        is_calibration: (N,) bool, True for the calibration part.
    """

    is_train: np.ndarray
    is_calibration: np.ndarray

    @classmethod
    def unknown(cls, samples: int) -> "Split":
        """What stands for parts where they are not known."""
        nowhere = np.zeros(samples, np.bool_)
        return cls(nowhere, nowhere)

    @property
    def is_held_out(self) -> np.ndarray:
        """(N,) bool, True for the samples in neither of the two."""
        held_out: np.ndarray = ~(self.is_train | self.is_calibration)
        return held_out


def split(
    samples: int, *, held_out: float, seed: int, calibration: float = 0.0, groups: np.ndarray | None = None
) -> Split:
    """Divide samples at random into a training part, a calibration part and a held-out part.

    The held-out part does not depend on the size of the calibration part.

    Args:
        samples: the number of samples N ≥ 1.
        held_out: the fraction to hold out, in [0, 1); at least one sample is kept, and with a positive fraction and
            N ≥ 2 at least one is held out.
        seed: seed of the choice (NumPy's PCG64).
        calibration: the fraction to calibrate with, in [0, 1); the same holds for it.
        groups: (N,) numbers, to keep the samples of one number in one part; the fractions are then those of groups, as
            in scikit-learn's `GroupShuffleSplit`.

    Raises:
        InputError: the seed is negative, a fraction is outside [0, 1), both leave nothing to fit on, or there are fewer
            groups than parts.
    """
    require_seed(seed)
    if groups is not None:
        found, group_of = np.unique(groups, return_inverse=True)
        required = 1 + (held_out > 0) + (calibration > 0)
        if len(found) < required:
            raise InputError(
                f"the number of groups of samples is {len(found)}; at least {required} are required, one for each "
                "part; choose other groups or fewer parts"
            )
        parts = split(len(found), held_out=held_out, seed=seed, calibration=calibration)
        return Split(parts.is_train[group_of], parts.is_calibration[group_of])
    for name, fraction in {"held-out": held_out, "calibration": calibration}.items():
        if not 0 <= fraction < 1:
            raise InputError(
                f"the {name} fraction is {fraction}; a number in [0, 1) is required; choose --{name} 0.2, say"
            )
    if held_out + calibration >= 1:
        raise InputError(
            f"the fractions {held_out} to hold out and {calibration} to calibrate with leave nothing to fit on; a sum "
            "below 1 is required; choose smaller ones"
        )
    held_out_count = _count_of(held_out, samples, most=samples - 1)
    calibration_count = _count_of(calibration, samples, most=samples - 1 - held_out_count)
    order = np.random.Generator(np.random.PCG64(seed)).permutation(samples)
    is_train, is_calibration = np.ones(samples, dtype=np.bool_), np.zeros(samples, dtype=np.bool_)
    is_calibration[order[held_out_count : held_out_count + calibration_count]] = True
    is_train[order[: held_out_count + calibration_count]] = False
    return Split(is_train, is_calibration)


def require_seed(seed: object, name: str = "seed") -> None:
    """Refuse what is no seed.

    Args:
        seed: the seed.
        name: of the argument that it is.

    Raises:
        InputError: it is no integer in [0, 2^64).
    """
    if not is_whole(seed) or not 0 <= seed < 2**64:
        raise InputError(f"the seed is {shown(seed)}; an integer in [0, 2^64) is required; choose `{name}=0`, say")


def _count_of(fraction: float, samples: int, *, most: int) -> int:
    return min(max(round(samples * fraction), 1 if fraction > 0 else 0), most)
