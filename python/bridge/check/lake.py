"""The engine `lake`: has Lake build a file in the project that it is in."""

import json
import re
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from bridge.base.errors import InputError, MissingToolError
from bridge.base.module_names import module_path
from bridge.base.processes import ProcessGroup
from bridge.base.progress import Tell
from bridge.check.auditing import Compiled
from bridge.check.evidence import lack_of_evidence
from bridge.check.lean_modules import LeanModule, sources_beside
from bridge.check.messages import MOST_MESSAGES, Message, located, stopped
from bridge.check.toolchain import (
    ELAN,
    Toolchain,
    core_library,
    lean_environment,
    lean_version,
    program_on_path,
    toolchain_of,
)
from bridge.check.verdict import CheckResult, Engine, ModuleResult

# Lake logs in entries, each of a level and a text of one line or more; what Lean said begins with a place.
_ENTRY = re.compile(r"(?P<level>trace|info|warning|error): (?P<text>.*)")
_PLACE = re.compile(r"(?P<file>[^\n]+?\.lean):(?P<line>\d+):(?P<column>\d+): (?P<text>.*)", re.DOTALL)
_PROGRESS = re.compile(r"[✔⚠✖ℹ] \[\d+/\d+\] |Some required \w+ logged failures:|Build completed ")
_COLOUR = re.compile(r"\x1b\[[0-9;]*+[A-Za-z]")
_LEAN_ENDED = re.compile(r"Lean exited with code \d+")

# Some file systems count time in steps of two seconds.
_COARSEST_CLOCK = 2.0


def build_with_lake(
    root: Path,
    modules: Sequence[LeanModule],
    declarations: Mapping[str, tuple[str, ...]],
    timeout: float | None,
    tell: Tell,
) -> CheckResult:
    """Have Lake build a file and all that it imports.

    What it has built before of the files beside the root file is removed first, so that what is there afterwards has
    been made from the files as they are.  Lake runs the project's own code, natively.

    Args:
        root: the file, which exists.
        modules: the root file and what it imports from beside it.
        declarations: full names of what a compiled module must have, by module.
        timeout: after how many seconds Lake is ended, None for never.
        tell: told what is built.

    Raises:
        InputError: the file is in no Lake project.
        MissingToolError: lake is not on the PATH, brings another Lean than the project names, or would have to compile
            Mathlib; or the project names a toolchain that is not the Lean project's own.
    """
    program = program_on_path("lake")
    project = lake_project(root)
    if project is None:
        raise InputError(
            f"no folder above {root} has a lakefile.lean or lakefile.toml; --engine lake needs a Lake project; "
            "choose --engine lean or embedded"
        )
    toolchain = toolchain_of(project)
    environment = lean_environment(toolchain)
    version = lean_version(program, environment)
    _require_toolchain(program, version, toolchain)
    _require_mathlib_cache(project)
    tell(f"lake build {root.relative_to(project)} in {project}")
    _forget(project, modules)
    since, started = time.time() - _COARSEST_CLOCK, time.monotonic()
    with ProcessGroup() as processes:
        # The default targets may not hold the file, so it is named; its imports are built with it.
        command = [program, "build", "--wfail", str(root)]
        build = processes.run(command, folder=project, environment=environment, inherit=False, timeout=timeout)
    seconds = time.monotonic() - started
    output = _COLOUR.sub("", f"{build.stdout}\n{build.stderr}")
    messages = _messages(output, root, project)
    if build.returncode != 0 or build.cut is not None:
        messages = messages or (stopped(root, "lake", build, output),)
    elif not messages:
        lack = _lack(project, modules, declarations, since)
        messages = () if lack is None else (stopped(root, "lake", build, output, lack),)
    result = ModuleResult(root.stem, not messages, seconds, cached=False, messages=messages)
    # Lake reads the files itself: one that has changed meanwhile was read before the change or after it.
    before = {module.name: module.sha256 for module in modules}
    sources = dict(before.items() & sources_beside(root).items())
    return CheckResult(Engine.LAKE, version, seconds, (result,), sources=sources)


def _forget(project: Path, modules: Sequence[LeanModule]) -> None:
    """Remove what Lake has built of these modules."""
    for module in modules:
        for folder in _library_folders(project):
            file = folder / module_path(module.name)
            # A link could lead out of the project.
            if file.parent.is_dir() and file.parent.resolve().is_relative_to(project.resolve()):
                for built in file.parent.glob(f"{file.stem}.*"):
                    if not built.is_dir():
                        built.unlink()


def _lack(
    project: Path, modules: Sequence[LeanModule], declarations: Mapping[str, tuple[str, ...]], since: float
) -> str | None:
    """What is missing for a yes about what Lake has built."""
    for module in modules:
        places = [(folder / module_path(module.name)).with_suffix(".olean") for folder in _library_folders(project)]
        olean = next((place for place in places if place.is_file()), places[0])
        lack = lack_of_evidence(olean, declarations.get(module.name, ()), since=since)
        if lack is not None:
            return f"{lack} for {module.name}"
    return None


def compiled_by_lake(root: Path, modules: Sequence[LeanModule], exports: Collection[str]) -> Compiled | None:
    """What Lake has compiled of some modules.

    Args:
        root: the file that it has built.
        modules: the modules, none of which needs Mathlib, of which there is far too much to look at.
        exports: the names of those that belong to exports.

    Returns:
        None where there are no modules, or where the Lean that compiled them does not say where its library is.
    """
    if not modules:
        return None
    project = lake_project(root)
    assert project is not None
    folders = tuple(folder for place in (project, *_packages(project).values()) for folder in _library_folders(place))
    try:
        core = core_library(program_on_path("lean"), lean_environment(toolchain_of(project)))
    except MissingToolError:
        return None
    found = tuple(folder for folder in folders if folder.is_dir())
    return Compiled(found, core, tuple(modules), frozenset(exports), is_pinned=False)


def _packages(project: Path) -> dict[str, Path]:
    """The folders of the packages that a project depends on, by name; none if its manifest cannot be read."""
    try:
        manifest = json.loads(_text(project / "lake-manifest.json"))
        cloned = project / manifest.get("packagesDir", ".lake/packages")
        # A package of type "path" is where it says, every other one is cloned.
        return {
            each["name"]: project / each["dir"] if "dir" in each else cloned / each["name"]
            for each in manifest["packages"]
        }
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}  # Lake speaks of that itself


def _library_folders(project: Path) -> tuple[Path, Path]:
    """Where Lake puts compiled modules, in newer and in older versions."""
    library = project / ".lake" / "build" / "lib"
    return library / "lean", library


def lake_project(root: Path) -> Path | None:
    """The folder of the Lake project that a file is in, if it is in one."""
    for folder in root.parents:
        if (folder / "lakefile.lean").is_file() or (folder / "lakefile.toml").is_file():
            return folder
    return None


def unbuilt_mathlib(project: Path) -> Path | None:
    """The folder of the project's Mathlib if no module of it is built; None if one is, or if there is no Mathlib."""
    mathlib = _packages(project).get("mathlib")
    if mathlib is None:
        return None
    library = mathlib / ".lake" / "build" / "lib"
    # `lake exe cache get` builds modules of its own beside Mathlib's, even if it then fails.
    folders = (library / "lean" / "Mathlib", library / "Mathlib")
    return None if any(True for folder in folders for _ in folder.rglob("*.olean")) else mathlib


def _require_toolchain(program: str, version: str, toolchain: Toolchain | None) -> None:
    """Refuse a Lean of another version than the one in `lean-toolchain`, if that names one."""
    if toolchain is not None and toolchain.version not in (None, version):
        raise MissingToolError(
            f"{program} brings Lean {version}; Lean {toolchain.version} is required by {toolchain.file}; {ELAN} (elan "
            "takes the toolchain that the project names, unless ELAN_TOOLCHAIN or `elan override` names another)"
        )


def _require_mathlib_cache(project: Path) -> None:
    """Refuse a project that depends on Mathlib if no module of it is built."""
    mathlib = unbuilt_mathlib(project)
    if mathlib is not None:
        raise MissingToolError(
            f"Mathlib is not built in {mathlib}; its cache is required, since without it lake would compile Mathlib "
            f"for hours; run `lake exe cache get` in {project}, or choose --engine embedded, which leaves out what "
            "needs Mathlib"
        )


def _text(file: Path) -> str:
    """What is in a file, or nothing if it cannot be read."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _messages(output: str, root: Path, project: Path) -> tuple[Message, ...]:
    """What Lean said about files, and Lake's own errors, for which the root file stands."""
    entries: list[tuple[str, list[str]]] = []
    within = False
    for line in output.split("\n"):
        entry = _ENTRY.match(line)
        if entry is not None:
            entries.append((entry["level"], [entry["text"]]))
            within = True
        elif _PROGRESS.match(line):
            within = False
        elif within:
            entries[-1][1].append(line)
    messages: list[Message] = []
    sources: dict[str, str] = {}
    for level, lines in entries[:MOST_MESSAGES]:
        text = "\n".join(lines).rstrip()
        place = _PLACE.fullmatch(text)
        if place is not None and level in ("error", "warning"):
            file = str(project / place["file"])
            if file not in sources:
                sources[file] = _text(Path(file))
            message = Message(file, int(place["line"]), int(place["column"]), level, place["text"])
            messages.append(located(message, sources[file], messages))
        elif level == "error" and text != "build failed":
            messages.append(Message(str(root), 1, 0, level, text))
    reasons = [message for message in messages if not _LEAN_ENDED.fullmatch(message.text)]
    return tuple(reasons if any(message.severity == "error" for message in reasons) else messages)
