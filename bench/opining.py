"""Audits what Lean has compiled of an export, or asks the second kernel: `opining.py WHAT FOLDER CORE MODULE …`.

WHAT is `audit` or `recheck`, FOLDER what `bridge check --oleans` has kept, CORE the folder of Lean's own modules.
It is a process of its own so that its memory is that of the audit, or of the second kernel, and of nothing else.
"""

import json
import sys
from pathlib import Path

from bridge.check.olean.audit import audit
from bridge.check.second_kernel.opinion import Outcome
from bridge.check.second_kernel.recheck import FolderSpec, recheck

# A re-check that takes longer has no place in a table of seconds.
_TIMEOUT = 600


def main(arguments: list[str]) -> int:
    """Print what was found as JSON; the exit code is 0 for a yes and 1 for all else, with the reason."""
    what, folder, core, *modules = arguments
    spec = FolderSpec(folders=(Path(folder),), core=Path(core))
    if what == "audit":
        found = audit(spec.find(), modules, compare_meanings=True)
        print(json.dumps({"theorems": found.theorems, "core_theorems": found.core_theorems}))
        return 0 if found.accepted else _no(f"axioms {dict(found.refused)}, meanings {dict(found.other_meanings)}")
    opinion = recheck(spec, modules, timeout=_TIMEOUT, tell=lambda _: None)
    print(json.dumps({"constants": opinion.constants}))
    return 0 if opinion.outcome is Outcome.ACCEPTED else _no(f"{opinion.outcome}: {opinion.reason}")


def _no(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
