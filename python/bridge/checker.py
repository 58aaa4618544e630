"""Has a Lean type-check an export and reports its verdict.

Three engines: `lake` builds the file in the enclosing Lake project, `lean` runs the Lean on the PATH over the files
in import order, `embedded` does the same with the Lean of `bridge.embedded`.  A warning counts as a no: a `sorry` is
one.
"""

import concurrent.futures
import errno
import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.embedded import EmbeddedLean, ensure_embedded_lean
from bridge.errors import InputError
from bridge.files import cache_folder
from bridge.lake import check_with_lake, lake_project, unbuilt_mathlib
from bridge.lean_modules import LeanModule, discover
from bridge.module_names import module_path
from bridge.processes import ProcessGroup, Report
from bridge.progress import Progress, untold
from bridge.toolchain import lean_version, program_on_path
from bridge.verdict import CheckResult, Engine, Message, ModuleResult, located, stopped

_log = logging.getLogger(__name__)

# What one embedded Lean takes at its peak, with the import of core Lean; two processes run well on two cores.
_BYTES_PER_LEAN = 2_500_000_000


def check(root: Path, *, engine: Engine, library: Path, report: Report, progress: Progress = untold) -> CheckResult:
    """Have Lean check a file and everything that it imports.

    Without lake there is no Mathlib: what needs it is left out, and the result says so.  Of an export this is the root
    file, which carries the theorems of the parts over to the real numbers.

    Args:
        root: the root file of an export, or any file that imports core Lean and files beside it alone.
        engine: who checks; `auto` takes lake in a Lake project that has its Mathlib built, if it needs any, else lean,
            else the embedded Lean.
        library: the folder of `Bridge.lean`.
        report: told one line for each step.
        progress: told of the modules, except by lake.

    Raises:
        InputError: a file is missing, or imports something that the engine cannot provide.
        MissingToolError: the engine is not there, or not as the project needs it.
    """
    # The folder is resolved, and the file is not: a link is refused as such.
    root = root.parent.resolve() / root.name
    if root.is_dir():
        raise InputError(f"{root} is a folder; a Lean file is required; name the root file of an export")
    if not root.is_file():
        raise InputError(f"{root} does not exist; a Lean file is required; run `bridge export`")
    if root.suffix != ".lean":
        raise InputError(f"{root} does not end in .lean; a Lean file is required; name the root file of an export")
    if engine is Engine.AUTO:
        engine = _available_engine(root, report)
    if engine is Engine.LAKE:
        return check_with_lake(root, report)
    found = discover(root, library.resolve())
    modules = [module for module in found if not module.needs_mathlib]
    if all(module.is_library for module in modules):
        raise InputError(
            f"{root} needs Mathlib, which the engine {engine} does not have; a file with parts that do without is "
            "required; use --engine lake"
        )
    compiler = _embedded_compiler(report) if engine is Engine.EMBEDDED else _native_compiler(root.parent)
    not_checked = tuple(module.name for module in found if module.needs_mathlib)
    _log.debug("Lean %s: %s", compiler.version, " ".join(compiler.command))
    return replace(_check_modules(modules, engine, compiler, report, progress), not_checked=not_checked)


def restore_library(modules: Sequence[LeanModule], folder: Path, report: Report) -> bool:
    """Put into a folder what the embedded Lean made of the library's modules when it accepted them.

    Args:
        modules: the modules, as `discover` gives them.
        folder: where the files go, each by the path of its module.
        report: told what is fetched, if anything.

    Returns:
        Whether the files of all of them were kept; if not, `check` makes and keeps them.
    """
    kept = _kept_folders(modules, _embedded_compiler(report))
    return all(_restore(place, (folder / module_path(name)).parent) for name, place in kept.items())


def _available_engine(root: Path, report: Report) -> Engine:
    project = lake_project(root)
    if shutil.which("lake") and project is not None:
        mathlib = unbuilt_mathlib(project)
        if mathlib is None:
            return Engine.LAKE
        report(f"lake is not used: Mathlib is not built in {mathlib}; `lake exe cache get` in {project} fetches it")
    return Engine.LEAN if shutil.which("lean") else Engine.EMBEDDED


@dataclass(frozen=True)
class _Compiler:
    """How to run one Lean.

    Attributes:
        version: what it says its version is.
        command: the program and its first arguments.
        environment: variables, given the folder of the sources.
        working_directory: where it runs; None stands for the folder of the sources.
    """

    version: str
    command: Sequence[str]
    environment: Callable[[Path], Mapping[str, str]]
    working_directory: Path | None


def _embedded_compiler(report: Report) -> _Compiler:
    lean: EmbeddedLean = ensure_embedded_lean(report)
    return _Compiler(lean.version, lean.command(), lean.environment, working_directory=None)


def _native_compiler(beside: Path) -> _Compiler:
    program = program_on_path("lean")
    # elan takes the toolchain of the working directory, so Lean runs where the file is.
    version = lean_version(program, beside)
    return _Compiler(version, [program], lambda folder: {"LEAN_PATH": str(folder)}, working_directory=beside)


def _check_modules(
    modules: Sequence[LeanModule], engine: Engine, compiler: _Compiler, report: Report, progress: Progress
) -> CheckResult:
    """Run Lean on every module as soon as its imports are accepted, several at a time.

    Sources are copied into a temporary folder, so that what is checked cannot change on the way.  Accepted library
    modules are kept in the cache by the hash of all that went into them; other modules always go through Lean.
    """
    started = time.monotonic()
    kept = _kept_folders(modules, compiler)
    results: dict[str, ModuleResult] = {}
    with (
        tempfile.TemporaryDirectory(prefix="bridge-check-") as temporary,
        concurrent.futures.ThreadPoolExecutor(_parallel_jobs()) as pool,
        ProcessGroup() as processes,
    ):
        folder = Path(temporary).resolve()
        waiting = {module.name: module for module in modules}
        running: dict[concurrent.futures.Future[ModuleResult], LeanModule] = {}
        progress("checking", 0, len(modules))
        while waiting or running:
            for module in list(waiting.values()):
                if any(imported not in results for imported in module.imports):
                    continue
                del waiting[module.name]
                refused = [imported for imported in module.imports if not results[imported].accepted]
                if refused:
                    results[module.name] = _not_checked(module, refused[0])
                    report(f"{module.name}: not checked, since {refused[0]} was not accepted")
                else:
                    future = pool.submit(_check_module, module, kept.get(module.name), folder, compiler, processes)
                    running[future] = module
            if running:
                done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    module, result = running.pop(future), future.result()
                    results[module.name] = result
                    report(_progress_line(result))
                    progress("checking", len(results), len(modules))
                    if module.name in kept and result.accepted and not result.cached:
                        _keep(module, folder, kept[module.name], report)
    ordered = tuple(results[module.name] for module in modules)
    sources = {module.name: module.sha256 for module in modules}
    return CheckResult(engine, compiler.version, time.monotonic() - started, ordered, sources=sources)


def _parallel_jobs() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(os.cpu_count() or 1, memory // _BYTES_PER_LEAN))


def _kept_folders(modules: Sequence[LeanModule], compiler: _Compiler) -> dict[str, Path]:
    """Where the files that Lean makes for the library's modules are kept.

    A folder is named by the hash of the engine, the source and, through their hashes, all imports.
    """
    keys: dict[str, str] = {}
    for module in modules:
        imports = [keys[imported] for imported in module.imports]
        parts = [compiler.version, *compiler.command, module.name, module.sha256, *imports]
        keys[module.name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return {module.name: cache_folder() / "oleans" / keys[module.name] for module in modules if module.is_library}


def _check_module(
    module: LeanModule, kept: Path | None, folder: Path, compiler: _Compiler, processes: ProcessGroup
) -> ModuleResult:
    source = folder / module_path(module.name)
    source.parent.mkdir(parents=True, exist_ok=True)
    if kept is not None and _restore(kept, source.parent):
        return ModuleResult(module.name, accepted=True, seconds=0.0, cached=True, messages=())
    source.write_bytes(module.source)
    olean = source.with_suffix(".olean")
    started = time.monotonic()
    run = processes.run(
        # Without --root the module's name would be taken from the working directory.
        [*compiler.command, "--json", f"--root={folder}", "-o", str(olean), str(source)],
        folder=compiler.working_directory or folder,
        environment=compiler.environment(folder),
    )
    seconds = time.monotonic() - started
    messages = _lean_messages(run.stdout, module)
    if not messages and (run.returncode != 0 or not olean.is_file()):
        messages = (stopped(module.file, "Lean", run.returncode, run.stderr),)
    return ModuleResult(module.name, not messages, seconds, cached=False, messages=messages)


def _restore(kept: Path, folder: Path) -> bool:
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
    except OSError:  # not there, or not readable: Lean makes the files anew
        return False
    return True


def _keep(module: LeanModule, folder: Path, kept: Path, report: Report) -> None:
    """Copy the files that Lean made for an accepted module into the cache, in one step."""
    source = folder / module_path(module.name)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".") as temporary:
            complete = Path(temporary) / "complete"
            complete.mkdir()
            for made in source.parent.glob(f"{source.stem}.*"):
                if made != source:
                    shutil.copyfile(made, complete / made.name)
            complete.rename(kept)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # another process was faster, with the same content
            report(f"{module.name}: cannot be kept for the next time ({error})")


def _lean_messages(output: str, module: LeanModule) -> tuple[Message, ...]:
    """Lean's errors and warnings; the embedded Lean prints much else between them."""
    messages: list[Message] = []
    source = module.source.decode()
    for line in output.split("\n"):
        if not line.startswith("{"):
            continue
        try:
            record = json.loads(line)
            severity, place = record["severity"], record["pos"]
            message = Message(str(module.file), int(place["line"]), int(place["column"]), severity, record["data"])
        except (ValueError, LookupError, TypeError):
            continue
        if severity in ("error", "warning"):
            messages.append(located(message, source, messages))
    return tuple(messages)


def _not_checked(module: LeanModule, imported: str) -> ModuleResult:
    text = f"not checked, since the import {imported} was not accepted"
    message = Message(str(module.file), 1, 0, "error", text)
    return ModuleResult(module.name, accepted=False, seconds=0.0, cached=False, messages=(message,))


def _progress_line(result: ModuleResult) -> str:
    if result.cached:
        return f"{result.name}: accepted before, unchanged"
    return f"{result.name}: {'accepted' if result.accepted else 'REJECTED'}, {result.seconds:.1f} s"
