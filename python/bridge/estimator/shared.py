"""What the exports of all estimators have in common."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import validate_data

from bridge.artifact.file import to_be_stored
from bridge.artifact.record import ProbeArtifact
from bridge.base.arguments import file_path, flag, mask
from bridge.base.errors import InputError, one_line
from bridge.base.guard import Guard, guarding
from bridge.base.module_names import namespace_of
from bridge.base.resources import templates_folder
from bridge.export.asked import Asked
from bridge.export.write import Export, export_lean
from bridge.sources.user_arrays import as_array, dense


def root_file(path: str | Path) -> Path:
    """The root file of an export, before anything is computed.

    Raises:
        InputError: its name cannot be a Lean namespace, or it is no path.
    """
    root = file_path(path)
    namespace_of(root)
    return root


def written(artifact: ProbeArtifact, root: Path, asked: Asked, *, force: bool) -> Export:
    """Write the Lean files of an artifact, and the artifact beside them with the suffix `.safetensors`.

    Args:
        artifact: the artifact.
        root: the root file.
        asked: which samples are listed and what is proved of them.
        force: whether to replace also files that no export has written.

    Raises:
        InputError: a name cannot be used or a file cannot be written; files that were there are as they were.
    """
    with guarding(Guard(force=flag(force, "force"), forcing="force=True")):
        return export_lean(
            to_be_stored(artifact),
            root,
            templates=templates_folder(),
            asked=asked,
            artifact_file=root.parent / f"{namespace_of(root)}.safetensors",
        )


def exact_latents(estimator: Any, Z: ArrayLike) -> np.ndarray:  # noqa: ANN401 -- scikit-learn has no types
    """The latent points exactly; if they are (N, d), with columns as in the estimator's fit.

    Raises:
        InputError: the columns are others, or the entries are no numbers.
    """
    given = dense(Z, "latents")
    array = as_array(given, "latents")
    if array.ndim != 2:
        return array
    try:
        # This looks at the names and the number of columns alone: the numbers are not to be converted.
        validate_data(estimator, given, reset=False, skip_check_array=True)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"the latents do not have the columns of the fit ({one_line(error)}); what `predict` takes is "
            "required; pass the columns of the fit in their order"
        ) from None
    return array


def members(given: ArrayLike | None, name: str, samples: int) -> np.ndarray | None:
    """Which samples are in a part, if that is given.

    Raises:
        InputError: it is not a boolean for each sample.
    """
    return None if given is None else mask(as_array(given, name), name, samples)
