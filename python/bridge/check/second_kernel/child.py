"""The process that the kernel runs in: one for each re-check, which ends with it.

Terms of the kernel are never freed, a file that somebody has made up can break it, and it can be at the end of its
memory or its stack.  So it runs apart, and says what came of it in one line of JSON; nothing else that it does counts.
"""

import gc
import json
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from bridge.base.errors import BridgeError, one_line
from bridge.check.olean.modules import Modules
from bridge.check.olean.terms import Terms
from bridge.check.second_kernel import native
from bridge.check.second_kernel.examination import examine
from bridge.check.second_kernel.library import require_pinned
from bridge.check.second_kernel.opinion import NotRecheckedError, Outcome, RefusedError
from bridge.check.second_kernel.question import Question

Answer = Mapping[str, Any]


def main(file: str) -> NoReturn:  # pragma: no cover -- it ends the process
    """Answer the question in a file on the standard output, and end without what Lean does at its end."""
    question = Question.from_json(Path(file).read_text(encoding="utf-8"))
    _, allowed = resource.getrlimit(resource.RLIMIT_AS)
    most = question.most_memory if allowed == resource.RLIM_INFINITY else min(allowed, question.most_memory)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Terms are many and are kept to the end: looking for unused ones among them takes time and finds none.
    gc.disable()
    print(json.dumps(answer(question)), flush=True)
    os._exit(0)


def answer(question: Question) -> Answer:
    """What came of it, as the fields of an answer; `outcome` is `accepted` only if the kernel has accepted it all."""
    found: dict[str, Any] = {"nonce": question.nonce}
    try:
        found |= native.on_a_large_stack(lambda: _examined(question))
        found["outcome"] = Outcome.ACCEPTED
    except RefusedError as error:
        found |= {"outcome": Outcome.REFUSED, "reason": one_line(error)}
    except (NotRecheckedError, BridgeError) as error:
        found |= {"outcome": Outcome.NOT_RECHECKED, "reason": one_line(error)}
    except MemoryError:
        found |= {"outcome": Outcome.NOT_RECHECKED, "reason": "memory has run out"}
    except RecursionError:
        found |= {"outcome": Outcome.NOT_RECHECKED, "reason": "terms are nested too deeply"}
    except RuntimeError as error:  # there is no memory for the stack of a thread
        found |= {"outcome": Outcome.NOT_RECHECKED, "reason": one_line(error)}
    found["memory_bytes"] = _most_memory()
    return found


def _most_memory() -> int:
    """The most bytes that this program has had, on Linux; `getrusage` counts those of what has started it, too."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (kib,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kib) * 1024


def _examined(question: Question) -> Answer:
    require_pinned(question.library)
    lean = native.load(question.library)
    modules = Modules(Terms(), question.places.find())
    modules.load(question.modules)
    accepted = examine(lean, modules, question.modules, other_axioms=question.other_axioms)
    return {
        "version": lean.version,
        "library_sha256": question.library.sha256,
        "declarations": accepted.declarations,
        "constants": accepted.constants,
        "core_theorems": accepted.taken.theorems,
        "core_constants": accepted.taken.constants,
        "core_statements": accepted.taken.statements,
        "primitives": accepted.primitives,
    }


if __name__ == "__main__":  # pragma: no cover -- in a process of its own
    main(sys.argv[1])
