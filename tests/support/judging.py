"""What the embedded Lean says of Lean files of the tests' own, in hosts that stay alive."""

import tempfile
from pathlib import Path

import pytest

from bridge.base.progress import untold
from bridge.base.resources import lean_library_folder
from bridge.check.host_pool import HostPool
from bridge.check.lean_modules import discover
from bridge.check.schedule import Demands, compile_modules
from bridge.check.verdict import ModuleResult


def judged(root: Path, pool: HostPool) -> dict[str, ModuleResult]:
    """Lean's verdict on a file and all that it imports, by module, a stand-in for Mathlib included.

    Lean alone is asked, and not what `bridge check` asks of the text before; nor has each file a host of its own, since
    there is no code in these.
    """
    modules = discover(root, lean_library_folder())
    demands = Demands(trusted=frozenset(module.name for module in modules))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BRIDGE_CACHE_DIR", raising=False)  # the user's cache has the checked library
        with tempfile.TemporaryDirectory() as made:
            results = compile_modules(modules, pool, demands, Path(made), print, untold)
    return {result.name: result for result in results}
