"""How to train a model: known without PyTorch, which takes seconds to load."""

import math
from dataclasses import dataclass

from bridge.base.arguments import is_number, is_whole
from bridge.base.errors import InputError, shown

# Far more than an image has pixels; the weights of so many take 128 MiB.
_MOST_DIMENSIONS = 65_536


@dataclass(frozen=True)
class TrainingOptions:
    """How to train.

    Attributes:
        d: dimension of the latent space.
        epochs: passes over the images.
        batch_size: images in a step.
        learning_rate: step size of Adam.
        beta: weight of the KL divergence.
        seed: seed of the initial weights, the order of the images and the latent noise.

    Raises:
        InputError: on construction, if a number is out of range or of another type.
    """

    d: int = 8
    epochs: int = 60
    batch_size: int = 128
    learning_rate: float = 1e-3
    beta: float = 4.0
    seed: int = 0

    def __post_init__(self) -> None:
        least = math.ulp(0.0)
        for name, value, is_of_type, lowest, end, required, example in (
            ("d", self.d, is_whole, 1, _MOST_DIMENSIONS + 1, "an integer in [1, 65536]", 8),
            ("epochs", self.epochs, is_whole, 0, math.inf, "an integer ≥ 0", 60),
            ("batch_size", self.batch_size, is_whole, 1, math.inf, "an integer ≥ 1", 128),
            ("learning_rate", self.learning_rate, is_number, least, math.inf, "a finite number > 0", 0.001),
            ("beta", self.beta, is_number, 0, math.inf, "a finite number ≥ 0", 4),
            ("seed", self.seed, is_whole, 0, 2**63, "an integer in [0, 2^63)", 0),
        ):
            if not is_of_type(value) or not lowest <= value < end:
                raise InputError(
                    f"`{name}=…` is {shown(value)}; {required} is required; choose `{name}={example}`, say"
                )
