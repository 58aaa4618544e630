"""Has a Lean type-check an export and reports its verdict.

Three engines: `lake` builds the file in the enclosing Lake project, `lean` runs the Lean on the PATH over the files
in import order, `embedded` does the same with the Lean of `bridge.check.embedded`.

A yes needs all of this: what may come to Lean is decided by its text first (`bridge.check.admission`); Lean then has
nothing to object, warnings included, ends well, and leaves compiled modules with the declarations of the export in them
(`bridge.check.evidence`), whose theorems rest on nothing but what they may (`bridge.check.auditing`).  That Lean is
silent is not enough: a file can have it keep a `sorry` for itself.
"""

import contextlib
import logging
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.base.errors import InputError
from bridge.base.interrupts import temporary_folder
from bridge.base.progress import Progress, Tell, untold
from bridge.check.admission import Admission, admission
from bridge.check.auditing import NOTHING_FURTHER, Compiled, Further, examined
from bridge.check.embedded import EMBEDDED_VERSION
from bridge.check.host_pool import HostPool
from bridge.check.kept_oleans import require_olean_place
from bridge.check.lake import build_with_lake, compiled_by_lake, lake_project, unbuilt_mathlib
from bridge.check.lean_modules import LeanModule, discover, modules_beside, needing_mathlib
from bridge.check.leans import Lean
from bridge.check.messages import Message
from bridge.check.native_lean import native_lean
from bridge.check.schedule import Demands, compile_modules
from bridge.check.verdict import NOT_ASKED, CheckResult, Engine, ModuleResult

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Allowances:
    """What the user takes upon himself, and how long he waits.

    Attributes:
        commands: words in files beside exports with which a file can run code, change what words mean, or have Lean
            believe what is not proved.
        own_library: a library that is not what Bridge ships.
        timeout: after how many seconds Lean is ended on a module, or lake on all; None for never.
    """

    commands: bool = False
    own_library: bool = False
    timeout: float | None = None


NOTHING_ALLOWED = Allowances()


def check(
    root: Path,
    *,
    engine: Engine,
    library: Path,
    tell: Tell,
    progress: Progress = untold,
    allowances: Allowances = NOTHING_ALLOWED,
    pool: Lean | None = None,
    jobs: int | None = None,
    further: Further = NOTHING_FURTHER,
) -> CheckResult:
    """Have Lean check a file and everything that it imports, and look at what it has compiled.

    Without lake there is no Mathlib: what needs it is left out, and the result says so.  Only the root file of an
    export, which carries the theorems of the parts over to the real numbers, and what that needs of the library, may be
    left out.

    Args:
        root: the root file of an export, or any file that imports core Lean and files beside it alone.
        engine: who checks; `auto` takes lake in a Lake project that has its Mathlib built, if it needs any, else lean,
            else the embedded Lean.
        library: the folder of `Bridge.lean`.
        tell: told one line for each step.
        progress: told of the modules, except by lake.
        allowances: what is let through that is not by itself.
        pool: the hosts of the embedded Lean, or a cluster with it, to go on with after this; None for some of this
            check's own.
        jobs: how many files are checked at a time, where it is not the pool that says so; None for as many as the
            machine can.
        further: what is done with what Lean has compiled, beside following its theorems to axioms and definitions.

    Raises:
        InputError: a file is missing, or imports something that the engine cannot provide; or what Lean has compiled
            cannot be kept where it is to be.
        MissingToolError: the engine is not there, or not as the project needs it.
    """
    # The folder is resolved, and the file is not: a link is refused as such.
    root = root.parent.resolve() / root.name
    if root.is_dir():
        raise InputError(f"{root} is a folder; a Lean file is required; name the root file of an export")
    if not root.exists():
        raise InputError(f"{root} does not exist; a Lean file is required; run `bridge export`")
    if root.suffix != ".lean":
        raise InputError(f"{root} does not end in .lean; a Lean file is required; name the root file of an export")
    if engine is Engine.AUTO:
        engine = _available_engine(root, tell)
    if further.oleans is not None:
        _require_keeping(further.oleans, engine)
    # Lake knows of other packages, and has the library from where the project says.
    modules = modules_beside(root) if engine is Engine.LAKE else discover(root, library.resolve())
    admitted = admission(modules, root.parent, allow_commands=allowances.commands)
    if admitted.messages or (admitted.own_library and not allowances.own_library):
        return _with_allowances(_refused(modules, engine, admitted), admitted, allowances)
    if engine is Engine.LAKE:
        if jobs is not None:
            tell("lake divides its work by itself, whatever --jobs says")
        left_out = needing_mathlib(root, library.resolve())
        result = build_with_lake(root, modules, admitted.declarations, allowances.timeout, tell)
        result = replace(result, not_audited=tuple(sorted(left_out)))
        result = _with_allowances(result, admitted, allowances)
        looked_at = [module for module in modules if module.name not in left_out]
        built = compiled_by_lake(root, looked_at, admitted.declarations) if result.lean_accepted else None
        return examined(result, built, further, tell)
    with contextlib.ExitStack() as stack:
        if engine is Engine.EMBEDDED:
            lean: Lean = pool or stack.enter_context(HostPool(tell, jobs=jobs))
        else:
            lean = native_lean(root.parent, jobs)
        made = stack.enter_context(temporary_folder("bridge-check-")).resolve()
        result = _checked(root, modules, engine, lean, admitted, allowances, made, tell, progress)
        result = _with_allowances(result, admitted, allowances)
        own = tuple(each for each in modules if each.name in result.sources and not _is_shipped(each, admitted))
        is_pinned = engine is Engine.EMBEDDED and lean.version == EMBEDDED_VERSION
        compiled = (
            Compiled((made,), lean.core, own, frozenset(admitted.declarations), is_pinned)
            if result.lean_accepted
            else None
        )
        return examined(result, compiled, further, tell)


def _with_allowances(result: CheckResult, admitted: Admission, allowances: Allowances) -> CheckResult:
    """A result with what came to Lean although nobody has looked at it, or since the user lets it through."""
    return replace(
        result,
        not_exports=admitted.not_exports,
        own_library=admitted.own_library,
        own_library_allowed=allowances.own_library,
        commands_allowed=allowances.commands,
    )


def _require_keeping(folder: Path, engine: Engine) -> None:
    """Refuse, before anything is compiled, to keep it where it cannot be kept."""
    if engine is Engine.LAKE:
        raise InputError(
            f"`oleans={folder}` was given with the engine lake; another engine is required, since Lake keeps what Lean "
            "has compiled in .lake/build/lib/lean of the project; name that folder where it is wanted"
        )
    require_olean_place(folder)


def _is_shipped(module: LeanModule, admitted: Admission) -> bool:
    return module.is_library and module.name not in admitted.own_library


def _available_engine(root: Path, tell: Tell) -> Engine:
    project = lake_project(root)
    if shutil.which("lake") and project is not None:
        mathlib = unbuilt_mathlib(project)
        if mathlib is None:
            return Engine.LAKE
        tell(f"lake is not used: Mathlib is not built in {mathlib}; `lake exe cache get` in {project} fetches it")
    return Engine.LEAN if shutil.which("lean") else Engine.EMBEDDED


def _checked(
    root: Path,
    modules: Sequence[LeanModule],
    engine: Engine,
    lean: Lean,
    admitted: Admission,
    allowances: Allowances,
    made: Path,
    tell: Tell,
    progress: Progress,
) -> CheckResult:
    """The result of running a Lean on all modules that need no Mathlib; what it makes of them is put into a folder."""
    left_out = [module for module in modules if module.needs_mathlib]
    wanted = [module for module in modules if not module.needs_mathlib]
    if all(module.is_library for module in wanted):
        raise InputError(
            f"{root} needs Mathlib, which the engine {engine} does not have; a file with parts that do without is "
            "required; use --engine lake"
        )
    _log.debug("Lean %s: %s", lean.version, lean.identity)
    started = time.monotonic()
    shipped = {module.name for module in wanted if _is_shipped(module, admitted)}
    demands = Demands(
        admitted.declarations,
        trusted=frozenset(shipped | {*admitted.declarations}),
        timeout=allowances.timeout,
    )
    results = compile_modules(wanted, lean, demands, made, tell, progress)
    return CheckResult(
        engine,
        lean.version,
        time.monotonic() - started,
        results,
        not_checked=tuple(module.name for module in left_out),
        sources={module.name: module.sha256 for module in wanted},
        cluster=lean.cluster,
        missing=tuple(
            module.name for module in left_out if not module.is_library and module.name not in admitted.roots
        ),
    )


def _refused(modules: Sequence[LeanModule], engine: Engine, admitted: Admission) -> CheckResult:
    """The result where Lean is not asked."""
    results = tuple(
        ModuleResult(module.name, accepted=False, seconds=0.0, cached=False, messages=_why(module, admitted))
        for module in modules
    )
    sources = {module.name: module.sha256 for module in modules}
    return CheckResult(engine, NOT_ASKED, 0.0, results, sources=sources)


def _why(module: LeanModule, admitted: Admission) -> tuple[Message, ...]:
    messages = admitted.messages.get(module.name, ())
    if module.name in admitted.own_library:
        text = (
            f"{module.name} is not what Bridge ships under this name, and what it says gives an export its meaning; "
            "Lean was not asked; take the shipped one, or choose --own-library if it is one of your own"
        )
        messages += (Message(str(module.file), 1, 0, "error", text),)
    return messages
