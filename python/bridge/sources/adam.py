"""Adam with the numbers that PyTorch has for it unless told otherwise."""

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch.optim.adam import adam


class Adam:
    """The steps of `torch.optim.Adam`, to the bit.

    That class loads PyTorch's compiler, which takes seconds; the function behind it does not.

    Attributes:
        moments: `step`, `exp_avg` and `exp_avg_sq` of each parameter; of none before the first step.
    """

    def __init__(self, parameters: Iterable[torch.Tensor], learning_rate: float) -> None:
        """Begin at the first step.

        Args:
            parameters: what is to be changed, in place.
            learning_rate: the size of a step.
        """
        self._parameters = [*parameters]
        self._learning_rate = learning_rate
        self.moments: tuple[Mapping[str, torch.Tensor], ...] = ()

    def forget_gradients(self) -> None:
        """Let the next gradients begin at none."""
        for parameter in self._parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Change every parameter by its gradient, which each must have."""
        if not self.moments:
            self.moments = tuple(map(_first_moments, self._parameters))
        adam(
            self._parameters,
            [parameter.grad for parameter in self._parameters if parameter.grad is not None],
            [of_one["exp_avg"] for of_one in self.moments],
            [of_one["exp_avg_sq"] for of_one in self.moments],
            [],
            [of_one["step"] for of_one in self.moments],
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=self._learning_rate,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )

    def restore(self, moments: Sequence[Mapping[str, torch.Tensor]]) -> None:
        """Go on from moments that another Adam with such parameters has had, which are copied."""
        self.moments = tuple(
            {
                # PyTorch counts steps on the processor, whatever device the parameters are on.
                name: values.to("cpu" if name == "step" else parameter.device, copy=True)
                for name, values in of_one.items()
            }
            for parameter, of_one in zip(self._parameters, moments, strict=bool(moments))
        )


def _first_moments(parameter: torch.Tensor) -> Mapping[str, torch.Tensor]:
    return {
        "step": torch.tensor(0.0, dtype=torch.float32),
        "exp_avg": torch.zeros_like(parameter, memory_format=torch.preserve_format),
        "exp_avg_sq": torch.zeros_like(parameter, memory_format=torch.preserve_format),
    }
