"""Which concepts are scored: those that are built in, by name or by group, and functions of the user's own."""

import functools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from bridge.base.errors import InputError
from bridge.base.extras import require_library
from bridge.base.progress import Progress, untold
from bridge.base.resume import Identity, KeptSteps
from bridge.base.version import library_versions
from bridge.base.workers import HERE, Workers
from bridge.sources.concepts.own import UserConcepts, load_user_concepts, user_scores
from bridge.sources.concepts.seed import CONCEPTS, Concept, concept_scores
from bridge.sources.images import ImageSet, require_images

MORPHOLOGY_CONCEPTS = (
    Concept("area", "square pixels"),
    Concept("length", "pixels"),
    Concept("thickness", "pixels"),
    Concept("morpho_slant", "radians"),  # `slant` is another measure, in `bridge.sources.concepts.seed`
    Concept("width", "pixels"),
    Concept("height", "pixels"),
)

_ALL = "all"


def morphology_scores(x: torch.Tensor) -> torch.Tensor:
    """Score images for the concepts of Morpho-MNIST, as `measure_shapes` defines them.

    Args:
        x: (N, 1, 28, 28) images with values in [0, 1].

    Returns:
        (N, 6) float64 scores on the CPU, in the order of `MORPHOLOGY_CONCEPTS`.

    Raises:
        InputError: the shape is another, or a value is outside [0, 1] or NaN.
    """
    from bridge.sources.concepts.morphology import (
        measure_shapes,  # here, since scikit-image takes a second that nothing else needs
    )

    require_images(x)
    return torch.from_numpy(measure_shapes(x.detach().cpu().double().numpy()[:, 0]))


@dataclass(frozen=True)
class ConceptGroup:
    """Concepts that are scored together.

    Attributes:
        concepts: the k concepts.
        scores: from (N, 1, 28, 28) images to their (N, k) scores.
        library: the package that computes them, beside PyTorch.
        block: how many images are scored at once, if the scores take long and each image has its own; None for all.
    """

    concepts: tuple[Concept, ...]
    scores: Callable[[torch.Tensor], torch.Tensor]
    library: str | None = None
    block: int | None = None


GROUPS: Mapping[str, ConceptGroup] = {
    "seed": ConceptGroup(CONCEPTS, concept_scores),
    "morpho": ConceptGroup(MORPHOLOGY_CONCEPTS, morphology_scores, "scikit-image", block=512),
}

# For each built-in concept its group and its column there.
_PLACES = {concept.name: (group, column) for group in GROUPS.values() for column, concept in enumerate(group.concepts)}

ConceptChoice = tuple[str | UserConcepts, ...]

SEED_CONCEPTS: ConceptChoice = tuple(concept.name for concept in CONCEPTS)


@dataclass(frozen=True, eq=False)
class ConceptScores:
    """Scores of images.

    Attributes:
        concepts: the k concepts, with distinct names.
        values: (N, k) scores, float32 if only such were computed, else float64; each value exactly as it was computed.
        libraries: the packages beside PyTorch that took part.
    """

    concepts: tuple[Concept, ...]
    values: torch.Tensor
    libraries: tuple[str, ...]


def choose_concepts(text: str) -> ConceptChoice:
    """Read a choice of concepts.

    Args:
        text: what to score, in this order, separated by commas: names of built-in concepts, the groups `seed`, `morpho`
            and `all`, and functions of one's own as `module:function`.

    Raises:
        InputError: a name is unknown or is there twice, or a function cannot be imported.
        MissingToolError: the library of a concept is not installed.
    """
    names: list[str] = []
    for element in (part.strip() for part in text.split(",")):
        if element == _ALL:
            names += _PLACES
        elif element in GROUPS:
            names += [concept.name for concept in GROUPS[element].concepts]
        elif element in _PLACES or ":" in element:
            names.append(element)
        else:
            raise InputError(f"concept {element!r} is unknown; {_what_exists()}; choose of these")
    _require_each_once(names)
    for group in (_PLACES[name][0] for name in names if name in _PLACES):
        if group.library is not None:
            require_library(group.library, f"the concepts {', '.join(concept.name for concept in group.concepts)}")
    return tuple(load_user_concepts(name) if ":" in name else name for name in names)


def score_images(
    x: torch.Tensor,
    choice: ConceptChoice,
    device: torch.device,
    progress: Progress = untold,
    kept: KeptSteps | None = None,
    workers: Workers = HERE,
) -> ConceptScores:
    """Score images for the chosen concepts.

    Args:
        x: (N, 1, 28, 28) images on the CPU with values in [0, 1].
        choice: what `choose_concepts` returns.
        device: where the seed's concepts are computed, and the scores returned.
        progress: told of what takes long.
        kept: what an interrupted run has scored, of the same images.
        workers: who computes scores that take long and that each image has by itself; a function of the user's own is
            given all images at once, here.

    Raises:
        InputError: the images are not as stated, a function of the user's own fails or returns something wrong, two
            concepts have the same name, or the workers are lost.
    """
    tables: dict[ConceptGroup, torch.Tensor] = {}
    scored: list[tuple[Concept, torch.Tensor]] = []
    libraries: set[str] = set()
    for element in choice:
        if isinstance(element, UserConcepts):
            scored += user_scores(element, x)
            continue
        group, column = _PLACES[element]
        if group not in tables:
            tables[group] = _group_scores(group, x.to(device), progress, kept or KeptSteps(None, {}), workers)
        scored.append((group.concepts[column], tables[group][:, column]))
        libraries |= {group.library} if group.library else set()
    _require_each_once([concept.name for concept, _ in scored])
    dtype = torch.float32 if all(column.dtype == torch.float32 for _, column in scored) else torch.float64
    values = torch.stack([column.to(device, dtype) for _, column in scored], dim=1)
    return ConceptScores(tuple(concept for concept, _ in scored), values, tuple(sorted(libraries)))


def scoring_identity(images: ImageSet) -> Identity:
    """All that the scores depend on that are kept: those of the built-in concepts that take long."""
    return {
        "data set": images.sha256,
        "--limit": len(images.images),
        **{f"version of {library}": version for library, version in library_versions(["scikit-image"])},
    }


def _group_scores(
    group: ConceptGroup, x: torch.Tensor, progress: Progress, kept: KeptSteps, workers: Workers
) -> torch.Tensor:
    if group.block is None:
        return group.scores(x)
    step, blocks = f"scoring with {group.library}", torch.split(x, group.block)
    names = [f"block {number} of {group.library}" for number in range(len(blocks))]
    shapes = [(len(block), len(group.concepts)) for block in blocks]
    missing = [block for block, name, shape in zip(blocks, names, shapes, strict=True) if not kept.has(name, shape)]
    done_before = len(blocks) - len(missing)
    function = functools.partial(_scored_here if workers is HERE else _alone, group.scores)
    images = (block.cpu().numpy() for block in missing)

    def tell(step: str, done: int, _total: int) -> None:
        progress(step, done_before + done, len(blocks))

    found = workers.map(function, images, total=len(missing), step=step, progress=tell)
    scores = []
    for name, shape in zip(names, shapes, strict=True):
        scores.append(torch.from_numpy(kept.result(name, lambda: next(found), shape)))
    # Its end is told of.
    next(found, None)
    return torch.cat(scores)


def _scored_here(scores: Callable[[torch.Tensor], torch.Tensor], images: np.ndarray) -> np.ndarray:
    return scores(torch.tensor(images)).numpy()


def _alone(scores: Callable[[torch.Tensor], torch.Tensor], images: np.ndarray) -> np.ndarray:
    """The scores of some images, by this process alone, which is one of several."""
    import joblib  # here, since all that needs it is in other processes

    with joblib.parallel_config(backend="sequential"):
        return _scored_here(scores, images)


def _require_each_once(names: Sequence[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(
                f"concept {name!r} is there twice; each name once is required; leave one out or rename yours; "
                f"{_what_exists()}"
            )


def _what_exists() -> str:
    return (
        f"there are {', '.join(_PLACES)}, the groups {', '.join(GROUPS)} and {_ALL}, and functions of your own as "
        "MODULE:FUNCTION"
    )
