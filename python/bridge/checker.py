"""Has a Lean type-check an export and reports its verdict.

Three engines: `lake` builds the file in the enclosing Lake project, `lean` runs the Lean on the PATH over the files
in import order, `embedded` does the same with the Lean of `bridge.embedded`.  A warning counts as a no: a `sorry` is
one.
"""

import concurrent.futures
import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from bridge.declarations import declaration_at, refused_claim
from bridge.embedded import EmbeddedLean, ensure_embedded_lean
from bridge.errors import InputError, MissingToolError
from bridge.files import cache_folder
from bridge.lean_modules import LeanModule, discover, module_path
from bridge.processes import ProcessGroup

Report = Callable[[str], None]

# What one embedded Lean takes at its peak, with the import of core Lean; two processes run well on two cores.
_BYTES_PER_LEAN = 2_500_000_000
_ELAN = "install elan (https://github.com/leanprover/elan), which brings it, or choose --engine embedded"
_VERSION = re.compile(r"Lean \(?version (?P<version>4\.[^,)\s]+)")


class Engine(StrEnum):
    """Who checks."""

    AUTO = "auto"
    LAKE = "lake"
    LEAN = "lean"
    EMBEDDED = "embedded"


@dataclass(frozen=True)
class Message:
    """Something Lean said; lines count from 1, columns from 0, as Lean has it.

    Attributes:
        declaration: the full name of the declaration it is about, such as `Generated.size.checked`.
        meaning: what it means for the concept, if it refuses a claim that an export has Lean decide.
    """

    file: str
    line: int
    column: int
    severity: str
    text: str
    declaration: str | None = None
    meaning: str | None = None

    def __str__(self) -> str:
        where = f"in {self.declaration}: " if self.declaration else ""
        meaning = f"{self.meaning}\n" if self.meaning else ""
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {where}{meaning}{self.text}"


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
        not_checked: modules that need Mathlib, which this engine does not have; `lake build` checks them.
    """

    engine: Engine
    version: str
    seconds: float
    modules: tuple[ModuleResult, ...]
    not_checked: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether every module that was checked was accepted."""
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

    Without lake there is no Mathlib: what needs it is left out, and the result says so.  Of an export this is the root
    file, which carries the theorems of the parts over to the real numbers.

    Args:
        root: the root file of an export, or any file that imports core Lean and files beside it alone.
        engine: who checks; `auto` takes lake in a Lake project that has its Mathlib built, if it needs any, else lean,
            else the embedded Lean.
        library: the folder of `Bridge.lean`.
        report: told one line for each step.

    Raises:
        InputError: a file is missing, or imports something that the engine cannot provide.
        MissingToolError: the engine is not there, or not as the project needs it.
    """
    root = root.resolve()
    if root.is_dir():
        raise InputError(f"{root} is a folder; a Lean file is required; name the root file of an export")
    if not root.is_file():
        raise InputError(f"{root} does not exist; a Lean file is required; run `bridge export`")
    if root.suffix != ".lean":
        raise InputError(f"{root} does not end in .lean; a Lean file is required; name the root file of an export")
    if engine is Engine.AUTO:
        engine = _available_engine(root, report)
    if engine is Engine.LAKE:
        return _check_with_lake(root, report)
    found = discover(root, library.resolve())
    modules = [module for module in found if not module.needs_mathlib]
    if all(module.is_library for module in modules):
        raise InputError(
            f"{root} needs Mathlib, which the engine {engine} does not have; a file with parts that do without is "
            "required; use --engine lake"
        )
    compiler = _embedded_compiler(report) if engine is Engine.EMBEDDED else _native_compiler(root.parent)
    not_checked = tuple(module.name for module in found if module.needs_mathlib)
    return replace(_check_modules(modules, engine, compiler, report), not_checked=not_checked)


def _available_engine(root: Path, report: Report) -> Engine:
    project = _lake_project(root)
    if shutil.which("lake") and project is not None:
        mathlib = _unbuilt_mathlib(project)
        if mathlib is None:
            return Engine.LAKE
        report(f"lake is not used: Mathlib is not built in {mathlib}; `lake exe cache get` in {project} fetches it")
    return Engine.LEAN if shutil.which("lean") else Engine.EMBEDDED


def _located(message: Message, source: str, earlier: Sequence[Message]) -> Message:
    """A message with the declaration that it is in, and what it means."""
    declaration = declaration_at(source, message.line)
    # A claim about a number that Lean has already rejected fails in the same words, without being false.
    is_first = not any(other.file == message.file and other.meaning is None for other in earlier)
    meaning = refused_claim(source, declaration, message.text) if is_first else None
    return replace(message, declaration=declaration, meaning=meaning)


# Lake.

# Lake logs in entries, each of a level and a text of one line or more; what Lean said begins with a place.
_LAKE_ENTRY = re.compile(r"(?P<level>trace|info|warning|error): (?P<text>.*)")
_LAKE_PLACE = re.compile(r"(?P<file>[^\n]+?\.lean):(?P<line>\d+):(?P<column>\d+): (?P<text>.*)", re.DOTALL)
_LAKE_PROGRESS = re.compile(r"[✔⚠✖ℹ] \[\d+/\d+\] |Some required \w+ logged failures:|Build completed ")
_TOOLCHAIN = re.compile(r"(?:leanprover/lean4:)?v?(?P<version>4\.\d+\.\d+(?:-rc\d+)?)")
_LAKE_LEAN_ENDED = re.compile(r"Lean exited with code \d+")


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
    version = _lean_version(program, project)
    _require_toolchain(program, version, project)
    _require_mathlib_cache(project)
    report(f"lake build {root.relative_to(project)} in {project}")
    started = time.monotonic()
    with ProcessGroup() as processes:
        # The default targets may not hold the file, so it is named; its imports are built with it.
        build = processes.run([program, "build", "--wfail", str(root)], folder=project, environment={})
    seconds = time.monotonic() - started
    output = f"{build.stdout}\n{build.stderr}"
    messages = _lake_messages(output, root, project)
    accepted = build.returncode == 0 and not messages
    if not accepted and not messages:
        messages = (_stopped(root, "lake", build.returncode, output),)
    result = ModuleResult(root.stem, accepted, seconds, cached=False, messages=messages)
    return CheckResult(Engine.LAKE, version, seconds, (result,))


def _require_toolchain(program: str, version: str, project: Path) -> None:
    """Refuse a Lean of another version than the one in `lean-toolchain`, if that names one."""
    file = project / "lean-toolchain"
    required = _TOOLCHAIN.fullmatch(_text(file).strip())
    if required is not None and required["version"] != version:
        raise MissingToolError(
            f"{program} brings Lean {version}; Lean {required['version']} is required by {file}; {_ELAN} (elan takes "
            "the toolchain that the project names, unless ELAN_TOOLCHAIN or `elan override` names another)"
        )


def _require_mathlib_cache(project: Path) -> None:
    """Refuse a project that depends on Mathlib if no module of it is built."""
    mathlib = _unbuilt_mathlib(project)
    if mathlib is not None:
        raise MissingToolError(
            f"Mathlib is not built in {mathlib}; its cache is required, since without it lake would compile Mathlib "
            f"for hours; run `lake exe cache get` in {project}, or choose --engine embedded, which leaves out what "
            "needs Mathlib"
        )


def _unbuilt_mathlib(project: Path) -> Path | None:
    """The folder of the project's Mathlib if no module of it is built; None if one is, or if there is no Mathlib."""
    try:
        manifest = json.loads(_text(project / "lake-manifest.json"))
        packages = project / manifest.get("packagesDir", ".lake/packages")
        entry = next(package for package in manifest["packages"] if package["name"] == "mathlib")
        # A package of type "path" is where it says, every other one is cloned.
        mathlib = project / entry["dir"] if "dir" in entry else packages / "mathlib"
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration):
        return None  # no Mathlib, or no manifest that can be read, of which Lake speaks itself
    library = mathlib / ".lake" / "build" / "lib"
    # `lake exe cache get` builds modules of its own beside Mathlib's, even if it then fails.
    folders = (library / "lean" / "Mathlib", library / "Mathlib")
    return None if any(True for folder in folders for _ in folder.rglob("*.olean")) else mathlib


def _text(file: Path) -> str:
    """What is in a file, or nothing if it cannot be read."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _lake_messages(output: str, root: Path, project: Path) -> tuple[Message, ...]:
    """What Lean said about files, and Lake's own errors, for which the root file stands."""
    entries: list[tuple[str, list[str]]] = []
    within = False
    for line in output.split("\n"):
        entry = _LAKE_ENTRY.match(line)
        if entry is not None:
            entries.append((entry["level"], [entry["text"]]))
            within = True
        elif _LAKE_PROGRESS.match(line):
            within = False
        elif within:
            entries[-1][1].append(line)
    messages: list[Message] = []
    sources: dict[str, str] = {}
    for level, lines in entries:
        text = "\n".join(lines).rstrip()
        place = _LAKE_PLACE.fullmatch(text)
        if place is not None and level in ("error", "warning"):
            file = str(project / place["file"])
            if file not in sources:
                sources[file] = _text(Path(file))
            message = Message(file, int(place["line"]), int(place["column"]), level, place["text"])
            messages.append(_located(message, sources[file], messages))
        elif level == "error" and text != "build failed":
            messages.append(Message(str(root), 1, 0, level, text))
    reasons = [message for message in messages if not _LAKE_LEAN_ENDED.fullmatch(message.text)]
    return tuple(reasons if any(message.severity == "error" for message in reasons) else messages)


# Lean and the embedded Lean: one module at a time, imports first.


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
    program = shutil.which("lean")
    if program is None:
        raise MissingToolError(f"lean is not on the PATH; --engine lean needs it; {_ELAN}")
    # elan takes the toolchain of the working directory, so Lean runs where the file is.
    version = _lean_version(program, beside)
    return _Compiler(version, [program], lambda folder: {"LEAN_PATH": str(folder)}, working_directory=beside)


def _lean_version(program: str, folder: Path) -> str:
    with ProcessGroup() as processes:
        run = processes.run([program, "--version"], folder=folder, environment={})
    match = _VERSION.search(run.stdout)
    if match is None:
        raise MissingToolError(
            f"{program} --version does not name a Lean 4 ({_reason(run.stdout + run.stderr)}); one is required; {_ELAN}"
        )
    return match["version"]


def _check_modules(modules: Sequence[LeanModule], engine: Engine, compiler: _Compiler, report: Report) -> CheckResult:
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
                    if module.name in kept and result.accepted and not result.cached:
                        _keep(module, folder, kept[module.name], report)
    ordered = tuple(results[module.name] for module in modules)
    return CheckResult(engine, compiler.version, time.monotonic() - started, ordered)


def _parallel_jobs() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(os.cpu_count() or 1, memory // _BYTES_PER_LEAN))


def _kept_folders(modules: Sequence[LeanModule], compiler: _Compiler) -> dict[str, Path]:
    """Where the files that Lean makes for the library's modules are kept.

    A folder is named by the hash of the engine, the source and, through their hashes, all imports.
    """
    keys: dict[str, str] = {}
    for module in modules:
        source = hashlib.sha256(module.source).hexdigest()
        imports = [keys[imported] for imported in module.imports]
        parts = [compiler.version, *compiler.command, module.name, source, *imports]
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
        messages = (_stopped(module.file, "Lean", run.returncode, run.stderr),)
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
            messages.append(_located(message, source, messages))
    return tuple(messages)


def _not_checked(module: LeanModule, imported: str) -> ModuleResult:
    text = f"not checked, since the import {imported} was not accepted"
    message = Message(str(module.file), 1, 0, "error", text)
    return ModuleResult(module.name, accepted=False, seconds=0.0, cached=False, messages=(message,))


def _stopped(file: Path, program: str, code: int, output: str) -> Message:
    if code == 0:
        how = "ended without a message and without an .olean file"
    elif code < 0:
        how = f"was killed by signal {-code}, as when memory runs out"
    else:
        how = f"stopped with exit code {code} and no message, as when memory or stack run out"
    return Message(str(file), 1, 0, "error", f"{program} {how}: {_reason(output)}")


def _reason(output: str) -> str:
    """The line of a program's output that looks most like the reason of a failure."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("[DEBUG:")]
    telling = [line for line in lines if re.search(r"error|exception|panic|overflow|memory", line, re.IGNORECASE)]
    return (telling or lines[-1:] or ["no reason given"])[0][:300]


def _progress_line(result: ModuleResult) -> str:
    if result.cached:
        return f"{result.name}: accepted before, unchanged"
    return f"{result.name}: {'accepted' if result.accepted else 'REJECTED'}, {result.seconds:.1f} s"
