"""Values with tensors that go to other processes, and come back from them."""

import numpy as np
import torch


class SentAsArrays:
    """A dataclass whose tensors are arrays while they are sent.

    PyTorch's own way to other processes is through shared memory, which ends at this machine.  What arrives is copied
    once: the memory of PyTorch's tensors begins where a product of them has the same last bits in every process.
    """

    def __getstate__(self) -> dict[str, object]:
        return {
            name: value.cpu().numpy() if isinstance(value, torch.Tensor) else value
            for name, value in vars(self).items()
        }

    def __setstate__(self, state: dict[str, object]) -> None:
        for name, value in state.items():
            self.__dict__[name] = torch.tensor(value) if isinstance(value, np.ndarray) else value
