"""Modules by the paths that they had before there were packages: an import of one warns and gives what is there now."""

import importlib
import warnings
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

FORMER_PATHS = {
    "certificate": ("export.certificate", "export.packing", "artifact.coverage"),
    "checker": ("check.checker",),
    "concepts": ("sources.concepts.seed",),
    "conformal": ("exact.conformal",),
    "data": ("sources.images",),
    "errors": ("base.errors",),
    "estimate": ("export.estimate",),
    "exact_measures": ("exact.measures",),
    "given": ("probe.fitted",),
    "lam_choice": ("probe.lam_choice",),
    "morphology": ("sources.concepts.morphology",),
    "predictions": ("probe.predictions", "artifact.predictions"),
    "readback": ("check.readback", "check.reader"),
    "resources": ("base.resources",),
    "sample_blocks": ("probe.sample_blocks",),
    "split": ("sources.split",),
    "training": ("sources.training",),
    "user_arrays": ("sources.user_arrays",),
    "vae": ("sources.vae", "sources.checkpoint"),
    "verdict": ("check.verdict", "check.messages"),
    "verify": ("check.verify", "check.comparison"),
}
"""Where what a module of the documented interface had is now, by the module's former name."""


class _Former(Loader):
    def exec_module(self, module: ModuleType) -> None:
        """Give a module the public names of those in its place."""
        places = [f"bridge.{place}" for place in FORMER_PATHS[module.__name__.removeprefix("bridge.")]]
        warnings.warn(f"{module.__name__} is {' and '.join(places)} now", DeprecationWarning, stacklevel=2)
        for place in reversed(places):
            found = vars(importlib.import_module(place))
            vars(module).update({name: value for name, value in found.items() if not name.startswith("_")})


class FormerPaths(MetaPathFinder):
    """Finds modules by their former paths, if nothing else does."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As `importlib` asks for it."""
        package, _, name = fullname.rpartition(".")
        return ModuleSpec(fullname, _Former()) if package == "bridge" and name in FORMER_PATHS else None
