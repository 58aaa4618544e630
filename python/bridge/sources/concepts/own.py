"""Concepts of the user's own: a Python function from images to named scores."""

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from bridge.base.errors import InputError, one_line
from bridge.base.names import require_concept_name
from bridge.sources.concepts.seed import Concept
from bridge.sources.images import require_images


@dataclass(frozen=True)
class UserConcepts:
    """A function that scores images.

    Attributes:
        name: where it comes from, `module:function`.
        function: from (N, 1, 28, 28) images, a float32 tensor on the CPU with values in [0, 1], to a mapping from
            names to scores: N finite numbers, or a pair of these and the unit of the score.
        file: the file of the module, None if it has none.
    """

    name: str
    function: Callable[[torch.Tensor], object]
    file: Path | None = None


def load_user_concepts(name: str) -> UserConcepts:
    """Import a function; the current folder is among the places that modules are imported from.

    Args:
        name: `module:function`.

    Raises:
        InputError: the module cannot be imported, or has no such function.
    """
    module_name, _, function_name = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        raise InputError(
            f"{name}: module {module_name!r} cannot be imported ({type(error).__name__}: {one_line(error)}); a module "
            "in the current folder or an installed one is required; check its name and its imports"
        ) from None
    function = getattr(module, function_name, None)
    if not callable(function):
        raise InputError(
            f"{name}: module {module_name!r} has no function {function_name!r}; a function from images to named scores "
            "is required; check its name"
        )
    file = getattr(module, "__file__", None)
    return UserConcepts(name, function, None if file is None else Path(file))


def user_scores(concepts: UserConcepts, x: torch.Tensor) -> list[tuple[Concept, torch.Tensor]]:
    """Call the function and check what it returns.

    Args:
        concepts: the function.
        x: (N, 1, 28, 28) images on the CPU with values in [0, 1]; the function gets a copy.

    Returns:
        Each concept with its scores, (N,) float64, which hold the function's numbers exactly.

    Raises:
        InputError: the images are not as stated, the function fails, or it returns something else than named scores of
            N finite numbers under names that Lean can hold.
    """
    require_images(x)
    try:
        with torch.no_grad():
            returned = concepts.function(x.clone())
    except (Exception, SystemExit) as error:
        raise InputError(
            f"{concepts.name} failed ({type(error).__name__}: {one_line(error)}); a function that scores "
            "(N, 1, 28, 28) images is required; correct it"
        ) from None
    if not isinstance(returned, Mapping) or not returned:
        raise InputError(
            f"{concepts.name} returned {_described_value(returned)}; a mapping from names to scores, such as "
            "{'brightness': x.mean(dim=(1, 2, 3))}, is required; return one"
        )
    return [_scored(concepts.name, name, value, len(x)) for name, value in returned.items()]


def _scored(source: str, name: object, value: object, samples: int) -> tuple[Concept, torch.Tensor]:
    if not isinstance(name, str):
        raise InputError(f"{source}: concept name {name!r} is no text; a text is required; name the concept")
    try:
        require_concept_name(name)
    except InputError as error:
        raise InputError(f"{source}: {error}") from None
    values, unit = value if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str) else (value, "")
    return Concept(name, unit), torch.from_numpy(_exact_scores(f"{source}: `{name}`", values, samples))


def _exact_scores(label: str, values: object, samples: int) -> np.ndarray:
    if isinstance(values, torch.Tensor):
        # NumPy has no bfloat16; float64 holds it, as every float of PyTorch, exactly.
        values = values.detach().cpu()
        values = (values.double() if values.is_floating_point() else values).numpy()
    try:
        array = np.asarray(values)
    except ValueError:
        array = np.asarray(values, dtype=object)
    if array.dtype.kind not in "biuf" or array.shape != (samples,):
        raise InputError(
            f"{label} has scores of shape {array.shape} and dtype {array.dtype}; ({samples},) numbers, one for each "
            "image, are required; return these"
        )
    with np.errstate(over="ignore"):
        exact = array.astype(np.float64)
    # Python compares an integer with a float exactly.
    pairs = zip(array.tolist(), exact.tolist(), strict=True)
    for row, (given, kept) in enumerate(pairs):
        if not np.isfinite(kept):
            raise InputError(f"{label}[{row}] is {given}; finite numbers are required; correct the function")
        if given != kept:
            raise InputError(
                f"{label}[{row}] is {given}, which float64 cannot hold; numbers that it holds exactly are required; "
                "return smaller ones"
            )
    return exact


def _described_value(value: object) -> str:
    return "an empty mapping" if isinstance(value, Mapping) else f"a value of type {type(value).__name__}"
