"""Has a Lean type-check an export and reports its verdict.

Three engines: `lake` builds the enclosing Lake project, `lean` runs the Lean on the PATH over the files in import
order, `embedded` does the same with the Lean of `bridge.embedded`.  A warning counts as a no: a `sorry` is one.
"""

import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from bridge.embedded import EmbeddedLean, ensure_embedded_lean
from bridge.errors import InputError, MissingToolError
from bridge.files import cache_folder
from bridge.lean_modules import LeanModule, discover
from bridge.processes import ProcessGroup

Report = Callable[[str], None]

# What one embedded Lean takes at its peak, with the import of core Lean; two processes run well on two cores.
_BYTES_PER_LEAN = 2_500_000_000
_ELAN = "install elan (https://github.com/leanprover/elan), which brings it, or choose --engine embedded"


class Engine(StrEnum):
    """Who checks."""

    AUTO = "auto"
    LAKE = "lake"
    LEAN = "lean"
    EMBEDDED = "embedded"


@dataclass(frozen=True)
class Message:
    """Something Lean said; lines count from 1, columns from 0, as Lean has it."""

    file: str
    line: int
    column: int
    severity: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.text}"


@dataclass(frozen=True)
class ModuleResult:
    """The verdict on one module.

    Attributes:
        name: the module's name.
        accepted: whether Lean accepted it without an error or a warning.
        seconds: how long Lean took, its start included; 0 if the module was not run.
        cached: whether it is a library module that was accepted before and has not changed.
        messages: what Lean said about it.
    """

    name: str
    accepted: bool
    seconds: float
    cached: bool
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class CheckResult:
    """The verdict on an export.

    Attributes:
        engine: who checked.
        version: the version of its Lean.
        seconds: how long all took.
        modules: the verdict on each module, imports first.
    """

    engine: Engine
    version: str
    seconds: float
    modules: tuple[ModuleResult, ...]

    @property
    def accepted(self) -> bool:
        """Whether every module was accepted."""
        return all(module.accepted for module in self.modules)

    @property
    def messages(self) -> tuple[Message, ...]:
        """What Lean said, over all modules."""
        return tuple(message for module in self.modules for message in module.messages)

    def record(self) -> dict[str, object]:
        """The result as one JSON-like record."""
        return {"accepted": self.accepted, **asdict(self)}


def check(root: Path, *, engine: Engine, library: Path, report: Report) -> CheckResult:
    """Have Lean check a file and everything that it imports.

    Args:
        root: the root file of an export, or any file that imports core Lean and files beside it alone.
        engine: who checks; `auto` takes lake in a Lake project, else lean, else the embedded Lean.
        library: the folder of `Bridge.lean`.
        report: told one line for each step.

    Raises:
        InputError: a file is missing, or imports something that the engine cannot provide.
        MissingToolError: the engine is not there.
    """
    root = root.resolve()
    if not root.is_file():
        raise InputError(f"{root} does not exist; a Lean file is required; run `bridge export`")
    if engine is Engine.AUTO:
        engine = _available_engine(root)
    if engine is Engine.LAKE:
        return _check_with_lake(root, report)
    modules = discover(root, library.resolve())
    compiler = _embedded_compiler(report) if engine is Engine.EMBEDDED else _native_compiler()
    return _check_modules(modules, engine, compiler, report)


def _available_engine(root: Path) -> Engine:
    if shutil.which("lake") and _lake_project(root):
        return Engine.LAKE
    return Engine.LEAN if shutil.which("lean") else Engine.EMBEDDED


# Lake.

_LAKE_MESSAGE = re.compile(
    r"^(?P<severity>error|warning): (?:\S+: )?(?P<file>[^\s:]+\.lean):(?P<line>\d+):(?P<column>\d+): (?P<text>.*)$"
)


def _lake_project(root: Path) -> Path | None:
    for folder in root.parents:
        if (folder / "lakefile.lean").is_file() or (folder / "lakefile.toml").is_file():
            return folder
    return None


def _check_with_lake(root: Path, report: Report) -> CheckResult:
    program = shutil.which("lake")
    if program is None:
        raise MissingToolError(f"lake is not on the PATH; --engine lake needs it; {_ELAN}")
    project = _lake_project(root)
    if project is None:
        raise InputError(
            f"no folder above {root} has a lakefile.lean or lakefile.toml; --engine lake needs a Lake project; "
            "choose --engine lean or embedded"
        )
    report(f"lake build in {project}")
    started = time.monotonic()
    with ProcessGroup() as processes:
        version = processes.run([program, "--version"], folder=project, environment={}).stdout.strip()
        build = processes.run([program, "build", "--wfail"], folder=project, environment={})
    seconds = time.monotonic() - started
    messages = _lake_messages(build.stdout + build.stderr, project)
    accepted = build.returncode == 0 and not messages
    if not accepted and not messages:
        messages = (_stopped(project, "lake", build.returncode, build.stdout + build.stderr),)
    result = ModuleResult(root.stem, accepted, seconds, cached=False, messages=messages)
    return CheckResult(Engine.LAKE, version, seconds, (result,))


def _lake_messages(output: str, project: Path) -> tuple[Message, ...]:
    """Lake's errors and warnings; lines without a heading continue the message above."""
    messages: list[Message] = []
    for line in output.splitlines():
        match = _LAKE_MESSAGE.match(line)
        if match is not None:
            file = str(project / match["file"])
            messages.append(Message(file, int(match["line"]), int(match["column"]), match["severity"], match["text"]))
        elif messages and line.startswith(" "):
            last = messages[-1]
            messages[-1] = Message(last.file, last.line, last.column, last.severity, f"{last.text}\n{line}")
    return tuple(messages)


# Lean and the embedded Lean: one module at a time, imports first.


@dataclass(frozen=True)
class _Compiler:
    """How to run one Lean.

    Attributes:
        version: what it says its version is.
        command: the program and its first arguments.
        environment: variables, given the folder of the sources, which is the working directory too.
    """

    version: str
    command: Sequence[str]
    environment: Callable[[Path], Mapping[str, str]]


def _embedded_compiler(report: Report) -> _Compiler:
    lean: EmbeddedLean = ensure_embedded_lean(report)
    return _Compiler(lean.version, lean.command(), lean.environment)


def _native_compiler() -> _Compiler:
    program = shutil.which("lean")
    if program is None:
        raise MissingToolError(f"lean is not on the PATH; --engine lean needs it; {_ELAN}")
    with ProcessGroup() as processes:
        output = processes.run([program, "--version"], folder=Path.cwd(), environment={}).stdout
    match = re.search(r"Lean \(version ([^,)]+)", output)
    if match is None:
        raise MissingToolError(f"{program} does not say its version; a Lean 4 is required; {_ELAN}")
    return _Compiler(match[1], [program], lambda folder: {"LEAN_PATH": str(folder)})


def _check_modules(modules: Sequence[LeanModule], engine: Engine, compiler: _Compiler, report: Report) -> CheckResult:
    """Run Lean on every module as soon as its imports are accepted, several at a time.

    Sources are copied into a temporary folder, so that what is checked cannot change on the way.  Accepted library
    modules are kept in the cache by the hash of all that went into them; other modules always go through Lean.
    """
    started = time.monotonic()
    keys = _content_keys(modules, compiler)
    results: dict[str, ModuleResult] = {}
    with (
        tempfile.TemporaryDirectory(prefix="bridge-check-") as temporary,
        concurrent.futures.ThreadPoolExecutor(_parallel_jobs()) as pool,
        ProcessGroup() as processes,
    ):
        folder = Path(temporary).resolve()
        waiting = {module.name: module for module in modules}
        running: dict[concurrent.futures.Future[ModuleResult], str] = {}
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
                    future = pool.submit(_check_module, module, keys[module.name], folder, compiler, processes)
                    running[future] = module.name
            if running:
                done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    result = results[running.pop(future)] = future.result()
                    report(_progress_line(result))
    ordered = tuple(results[module.name] for module in modules)
    return CheckResult(engine, compiler.version, time.monotonic() - started, ordered)


def _parallel_jobs() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(os.cpu_count() or 1, memory // _BYTES_PER_LEAN))


def _content_keys(modules: Sequence[LeanModule], compiler: _Compiler) -> dict[str, str]:
    """For each module the hash of the engine, its source and, through their hashes, all its imports."""
    keys: dict[str, str] = {}
    for module in modules:
        source = hashlib.sha256(module.file.read_bytes()).hexdigest()
        imports = [keys[imported] for imported in module.imports]
        parts = [compiler.version, *compiler.command, module.name, source, *imports]
        keys[module.name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return keys


def _check_module(
    module: LeanModule, key: str, folder: Path, compiler: _Compiler, processes: ProcessGroup
) -> ModuleResult:
    source = (folder / Path(*module.name.split("."))).with_suffix(".lean")
    source.parent.mkdir(parents=True, exist_ok=True)
    kept = cache_folder() / "oleans" / key
    if module.is_library and kept.is_dir():
        shutil.copytree(kept, source.parent, dirs_exist_ok=True)
        return ModuleResult(module.name, accepted=True, seconds=0.0, cached=True, messages=())
    shutil.copyfile(module.file, source)
    olean = source.with_suffix(".olean")
    started = time.monotonic()
    run = processes.run(
        [*compiler.command, "--json", "-o", str(olean), str(source)],
        folder=folder,
        environment=compiler.environment(folder),
    )
    seconds = time.monotonic() - started
    messages = _lean_messages(run.stdout, module.file)
    if not messages and (run.returncode != 0 or not olean.is_file()):
        messages = (_stopped(module.file, "Lean", run.returncode, run.stderr),)
    accepted = not messages
    if accepted and module.is_library:
        _keep(source, kept)
    return ModuleResult(module.name, accepted, seconds, cached=False, messages=messages)


def _keep(source: Path, kept: Path) -> None:
    """Copy the files that Lean made for an accepted module into the cache, in one step."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".") as temporary:
        complete = Path(temporary) / "complete"
        complete.mkdir()
        for made in source.parent.glob(f"{source.stem}.*"):
            if made != source:
                shutil.copyfile(made, complete / made.name)
        try:
            complete.rename(kept)
        except OSError:
            if not kept.is_dir():  # otherwise another process was faster, with the same content
                raise


def _lean_messages(output: str, file: Path) -> tuple[Message, ...]:
    """Lean's errors and warnings; the embedded Lean prints much else between them."""
    messages = []
    for line in output.splitlines():
        if not line.startswith("{"):
            continue
        try:
            record = json.loads(line)
            severity, place = record["severity"], record["pos"]
            message = Message(str(file), int(place["line"]), int(place["column"]), severity, record["data"])
        except (ValueError, LookupError, TypeError):
            continue
        if severity in ("error", "warning"):
            messages.append(message)
    return tuple(messages)


def _not_checked(module: LeanModule, imported: str) -> ModuleResult:
    text = f"not checked, since the import {imported} was not accepted"
    message = Message(str(module.file), 1, 0, "error", text)
    return ModuleResult(module.name, accepted=False, seconds=0.0, cached=False, messages=(message,))


def _stopped(file: Path, program: str, code: int, output: str) -> Message:
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("[DEBUG:")]
    reason = lines[-1][:300] if lines else "no reason given"
    return Message(str(file), 1, 0, "error", f"{program} stopped with exit code {code} and no message: {reason}")


def _progress_line(result: ModuleResult) -> str:
    if result.cached:
        return f"{result.name}: accepted before, unchanged"
    return f"{result.name}: {'accepted' if result.accepted else 'REJECTED'}, {result.seconds:.1f} s"
