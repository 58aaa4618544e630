"""Makes a Lake package of the export and of what it needs of the library, without what needs Mathlib.

For the workflow `opinions`, in a checkout where Bridge is installed: an independent kernel is to go through all that a
package imports, and all of Mathlib is more than a runner has memory for.  The package and its root module have one
name, as lean-action takes them to have.
"""

import shutil
import sys
from pathlib import Path

from bridge.base.module_names import module_path
from bridge.check.lean_modules import discover

NAME = "Opinions"

LAKEFILE = f"""import Lake

open Lake DSL

package {NAME} where
  leanOptions := #[⟨`autoImplicit, false⟩]

@[default_target]
lean_lib {NAME} where
  globs := #[.one `{NAME}]
"""


def make(repository: Path, folder: Path) -> list[str]:
    """Make the package in a new folder; returns the names of the modules that its root imports."""
    sources = repository / "lean"
    modules = [module for module in discover(sources / "Generated.lean", sources) if not module.needs_mathlib]
    for module in modules:
        place = folder / module_path(module.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(module.source)
    names = [module.name for module in modules]
    lines = ["module", "", *(f"public import {name}" for name in names), ""]
    (folder / f"{NAME}.lean").write_text("\n".join(lines), encoding="utf-8")
    (folder / "lakefile.lean").write_text(LAKEFILE, encoding="utf-8")
    shutil.copy(repository / "lean-toolchain", folder)
    return names


if __name__ == "__main__":
    print("\n".join(make(Path(), Path(sys.argv[1]))))
