"""Estimators and weights in files that hold no code."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bridge.base.errors import InputError, one_line
from bridge.base.extras import require_library
from bridge.base.file_spec import has_ending, require_readable, split_spec
from bridge.probe.fold import AffineForm
from bridge.sources.precomputed import read_weights

_PICKLES = (".pkl", ".pickle", ".joblib")
_KINDS = "a .skops file of an estimator, or weights in a .safetensors or .npz file,"


def is_estimator_file(path: Path) -> bool:
    """Whether a file holds a whole estimator, and not weights alone.

    Raises:
        InputError: it is a pickle, which is never read.
    """
    if has_ending(path, _PICKLES):
        raise InputError(
            f"{path} is a pickle, which runs whatever code is in it when it is read; {_KINDS} are required; if you "
            "trust it, load it yourself and pass the estimator"
        )
    return has_ending(path, (".skops",))


def read_estimator(path: Path) -> Any:  # noqa: ANN401 -- whatever estimator it is
    """Read an estimator that skops has written; types that are not of scikit-learn or NumPy are refused.

    Raises:
        MissingToolError: skops is not installed.
        InputError: the file cannot be read, or has something else in it.
    """
    require_library("skops", f"reading {path}")
    require_readable(path)
    from skops.io import get_untrusted_types, load

    try:
        strangers = get_untrusted_types(file=path)
        if not strangers:
            return load(path)
    except Exception as error:  # what is damaged fails in as many ways as there are types
        raise InputError(
            f"{path} is not a whole file of skops ({one_line(error)}); an estimator as `skops.io.dump` writes it is "
            "required; save it again"
        ) from None
    raise InputError(
        f"{path} holds {', '.join(map(str, strangers))[:200]}, which can be anything; types of scikit-learn and NumPy "
        "alone are required; if you trust it, load it yourself and pass the estimator"
    )


def form_of_weights(spec: str, *, dim: int, outputs: Sequence[int]) -> AffineForm:
    """The affine functionals whose weights are in a file.

    Args:
        spec: the file, as in `bridge.sources.precomputed.read_weights`.
        dim: the number of latent dimensions d.
        outputs: how many functionals there can be.

    Raises:
        InputError: the file cannot be read, or its weights have another shape; the message is about the first number
            of functionals.
    """
    path, _ = split_spec(spec)
    failures = []
    for count in outputs:
        try:
            weights = read_weights(spec, dim=dim, concepts=count)
        except InputError as error:
            failures.append(error)
        else:
            return AffineForm(None, path.name, weights, None, None)
    raise failures[0]
