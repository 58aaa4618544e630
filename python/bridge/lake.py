"""The engine `lake`: has Lake build a file in the project that it is in."""

import json
import re
import time
from pathlib import Path

from bridge.errors import InputError, MissingToolError
from bridge.lean_modules import sources_beside
from bridge.processes import ProcessGroup, Report
from bridge.toolchain import ELAN, lean_version, program_on_path
from bridge.verdict import CheckResult, Engine, Message, ModuleResult, located, stopped

# Lake logs in entries, each of a level and a text of one line or more; what Lean said begins with a place.
_ENTRY = re.compile(r"(?P<level>trace|info|warning|error): (?P<text>.*)")
_PLACE = re.compile(r"(?P<file>[^\n]+?\.lean):(?P<line>\d+):(?P<column>\d+): (?P<text>.*)", re.DOTALL)
_PROGRESS = re.compile(r"[✔⚠✖ℹ] \[\d+/\d+\] |Some required \w+ logged failures:|Build completed ")
_TOOLCHAIN = re.compile(r"(?:leanprover/lean4:)?v?(?P<version>4\.\d+\.\d+(?:-rc\d+)?)")
_LEAN_ENDED = re.compile(r"Lean exited with code \d+")


def check_with_lake(root: Path, report: Report) -> CheckResult:
    """Have Lake build a file and all that it imports.

    Args:
        root: the file, which exists.
        report: told what is built.

    Raises:
        InputError: the file is in no Lake project.
        MissingToolError: lake is not on the PATH, brings another Lean than the project names, or would have to compile
            Mathlib.
    """
    program = program_on_path("lake")
    project = lake_project(root)
    if project is None:
        raise InputError(
            f"no folder above {root} has a lakefile.lean or lakefile.toml; --engine lake needs a Lake project; "
            "choose --engine lean or embedded"
        )
    version = lean_version(program, project)
    _require_toolchain(program, version, project)
    _require_mathlib_cache(project)
    report(f"lake build {root.relative_to(project)} in {project}")
    before = sources_beside(root)
    started = time.monotonic()
    with ProcessGroup() as processes:
        # The default targets may not hold the file, so it is named; its imports are built with it.
        build = processes.run([program, "build", "--wfail", str(root)], folder=project, environment={})
    seconds = time.monotonic() - started
    output = f"{build.stdout}\n{build.stderr}"
    messages = _messages(output, root, project)
    accepted = build.returncode == 0 and not messages
    if not accepted and not messages:
        messages = (stopped(root, "lake", build.returncode, output),)
    result = ModuleResult(root.stem, accepted, seconds, cached=False, messages=messages)
    # Lake reads the files itself: one that has changed meanwhile was read before the change or after it.
    sources = dict(before.items() & sources_beside(root).items())
    return CheckResult(Engine.LAKE, version, seconds, (result,), sources=sources)


def lake_project(root: Path) -> Path | None:
    """The folder of the Lake project that a file is in, if it is in one."""
    for folder in root.parents:
        if (folder / "lakefile.lean").is_file() or (folder / "lakefile.toml").is_file():
            return folder
    return None


def unbuilt_mathlib(project: Path) -> Path | None:
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


def _require_toolchain(program: str, version: str, project: Path) -> None:
    """Refuse a Lean of another version than the one in `lean-toolchain`, if that names one."""
    file = project / "lean-toolchain"
    required = _TOOLCHAIN.fullmatch(_text(file).strip())
    if required is not None and required["version"] != version:
        raise MissingToolError(
            f"{program} brings Lean {version}; Lean {required['version']} is required by {file}; {ELAN} (elan takes "
            "the toolchain that the project names, unless ELAN_TOOLCHAIN or `elan override` names another)"
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
    for level, lines in entries:
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
