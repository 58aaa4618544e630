"""Runs a Lean on modules, imports first, several at a time, and keeps what it made of the library."""

import concurrent.futures
import errno
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridge.base.cache import cache_folder, require_own
from bridge.base.interrupts import temporary_folder
from bridge.base.module_names import module_path
from bridge.base.processes import Run
from bridge.base.progress import Progress, Tell
from bridge.check.evidence import compiled_files, lack_of_evidence
from bridge.check.lean_modules import LeanModule
from bridge.check.leans import Lean, Work
from bridge.check.loading import needs
from bridge.check.messages import Message, lean_messages, stopped
from bridge.check.verdict import ModuleResult

# A module that computes is about much data if its text is longer, with that of its imports that Lean loads.
_MUCH_DATA_BYTES = 12_000_000

# What is kept of a module; another release of Bridge kept less.
_PARTS = "olean, server, private, ir"

# What a kept folder has beside compiled modules: the SHA-256 of each of them.
_SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Demands:
    """What is asked of modules.

    Attributes:
        declarations: full names that a compiled module must have, by module.
        trusted: modules that can run no code of their own, since they are exports, or the library as Bridge ships it.
        timeout: after how many seconds Lean is ended on a module, None for never.
    """

    declarations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()
    timeout: float | None = None


def compile_modules(
    modules: Sequence[LeanModule], lean: Lean, demands: Demands, made: Path, tell: Tell, progress: Progress
) -> tuple[ModuleResult, ...]:
    """Run Lean on every module as soon as its imports are accepted, several at a time.

    Lean works on each module in a folder with nothing else in it but what it made of the imports, as far as it needs
    that, so that nothing that is checked can change on the way, nor be changed by what another module has Lean do.
    Accepted library modules are kept in the cache by the hash of all that went into them; other modules always go
    through Lean.

    Args:
        modules: the modules, imports first.
        lean: the Lean.
        demands: what is asked of them.
        made: an empty folder that no Lean sees, for what it makes of accepted modules, each by the path of its module.
        tell: told of each module.
        progress: told how many are done.
    """
    kept = _kept_folders(modules, lean)
    results: dict[str, ModuleResult] = {}
    with (
        concurrent.futures.ThreadPoolExecutor(lean.jobs) as threads,
        lean.work() as work,
    ):
        place = _Place(made, {module.name: module for module in modules}, kept)
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
                    tell(f"{module.name}: not checked, since {refused[0]} was not accepted")
                else:
                    running[threads.submit(_check_module, module, place, work, demands)] = module
            if running:
                done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    module, result = running.pop(future), future.result()
                    results[module.name] = result
                    tell(_progress_line(result))
                    progress("checking", len(results), len(modules))
                    if module.name in kept and result.accepted and not result.cached:
                        _keep(module, place, tell)
    return tuple(results[module.name] for module in modules)


def restore_library(modules: Sequence[LeanModule], lean: Lean, folder: Path) -> bool:
    """Put what Lean made of the library's modules when it accepted them into a folder, each by the path of its module.

    Returns:
        Whether the files of all of them were kept.
    """
    kept = _kept_folders(modules, lean)
    return all(_restore(place, (folder / module_path(name)).parent) for name, place in kept.items())


@dataclass(frozen=True)
class _Place:
    """Where one check has its files.

    Attributes:
        made: the folder of what Lean made of accepted modules.
        modules: all modules by name.
        kept: where what Lean made of the library's modules is kept, by module.
    """

    made: Path
    modules: Mapping[str, LeanModule]
    kept: Mapping[str, Path]

    def imports(self, name: str) -> frozenset[str]:
        """All modules that a module imports, if only through others."""
        found: set[str] = set()
        waiting = list(self.modules[name].imports)
        while waiting:
            imported = waiting.pop()
            if imported not in found:
                found.add(imported)
                waiting += self.modules[imported].imports
        return frozenset(found)

    def computes(self, module: LeanModule) -> bool:
        """Whether a module computes with the data of others, rather than passes it on.

        So do claims, which no module imports, and ranges of blocks, which look into shards.
        """
        is_imported = any(module.name in other.imports for other in self.modules.values())
        return not is_imported or any(found.is_all for found in module.imported)


def _olean(folder: Path, name: str) -> Path:
    return (folder / module_path(name)).with_suffix(".olean")


def _bring(files: Iterable[Path], folder: Path, *, link: bool) -> None:
    """Put files into a folder too.

    Args:
        files: the files.
        folder: the folder, which is made if need be.
        link: whether the same file may be in both, which is quicker, since nobody writes to it in either.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        place = folder / file.name
        if link:
            try:
                os.link(file, place)
                continue
            except OSError:  # on another file system, or on one that has no links
                place.unlink(missing_ok=True)
        shutil.copyfile(file, place)


def _text(module: LeanModule, olean: Path, loaded: Iterable[Path]) -> int:
    """About how many bytes of a module's text are in those of its compiled files that are loaded."""
    whole = sum(file.stat().st_size for file in compiled_files(olean))
    return len(module.source) * sum(file.stat().st_size for file in loaded) // max(whole, 1)


def _kept_folders(modules: Sequence[LeanModule], lean: Lean) -> dict[str, Path]:
    """Where the files that Lean makes for the library's modules are kept.

    A folder is named by the hash of the Lean, the source and, through their hashes, all imports.
    """
    keys: dict[str, str] = {}
    for module in modules:
        imports = [keys[imported] for imported in module.imports]
        parts = [_PARTS, lean.version, lean.identity, module.name, module.sha256, *imports]
        keys[module.name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return {module.name: cache_folder() / "oleans" / keys[module.name] for module in modules if module.is_library}


def _check_module(module: LeanModule, place: _Place, work: Work, demands: Demands) -> ModuleResult:
    made = _olean(place.made, module.name)
    if module.name in place.kept and _restore(place.kept[module.name], made.parent):
        return ModuleResult(module.name, accepted=True, seconds=0.0, cached=True, messages=())
    involved = {module.name, *place.imports(module.name)}
    # What a module does when it is imported, it does in what checks the importer.
    alone = not involved <= demands.trusted
    loaded = {
        imported: [file for file in need.files(_olean(place.made, imported)) if file.is_file()]
        for imported, need in needs(module.name, place.modules).items()
    }
    text = len(module.source) + sum(
        _text(place.modules[name], _olean(place.made, name), files) for name, files in loaded.items()
    )
    with work.workplace(alone=alone, much_data=place.computes(module) and text > _MUCH_DATA_BYTES) as workplace:
        for imported, files in loaded.items():
            _bring(files, _olean(workplace.folder, imported).parent, link=not alone)
        source = workplace.folder / module_path(module.name)
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(module.source)
        olean = source.with_suffix(".olean")
        since, started = source.stat().st_mtime, time.monotonic()
        run = workplace.run(source, olean, demands.timeout)
        seconds = time.monotonic() - started if workplace.seconds is None else workplace.seconds
        messages = lean_messages(run.stdout, module.file, module.source.decode())
        if not messages or run.cut is not None:
            messages += _objections(module, olean, run, demands, since)
        if not messages:
            _bring(compiled_files(olean), made.parent, link=not alone)
        worker = workplace.worker
    return ModuleResult(module.name, not messages, seconds, cached=False, messages=messages, worker=worker)


def _objections(module: LeanModule, olean: Path, run: Run, demands: Demands, since: float) -> tuple[Message, ...]:
    """Why a module about which Lean had nothing to say is not accepted all the same."""
    lack = lack_of_evidence(olean, demands.declarations.get(module.name, ()), since=since)
    if run.returncode != 0 or run.cut is not None or lack is not None:
        return (stopped(module.file, "Lean", run, run.stderr, lack),)
    return ()


def _restore(kept: Path, folder: Path) -> bool:
    """Copy what is kept of a module, if it is there and as it was."""
    try:
        lines = (kept / _SUMS).read_text(encoding="utf-8").splitlines()
        require_own(kept.parent)
        folder.mkdir(parents=True, exist_ok=True)
        for digest, name in (line.split("  ", 1) for line in lines):
            content = (kept / name).read_bytes()
            if hashlib.sha256(content).hexdigest() != digest:
                return False
            (folder / name).write_bytes(content)
    except (OSError, ValueError):  # not there, or not readable: Lean makes the files anew
        return False
    return bool(lines)


def _keep(module: LeanModule, place: _Place, tell: Tell) -> None:
    """Copy the files that Lean made for an accepted module into the cache, in one step."""
    kept = place.kept[module.name]
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with temporary_folder(".", kept.parent) as temporary:
            complete = temporary / "complete"
            complete.mkdir()
            files = compiled_files(_olean(place.made, module.name))
            for file in files:
                shutil.copyfile(file, complete / file.name)
            sums = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
            (complete / _SUMS).write_text(sums, encoding="utf-8")
            # It was not taken, so it is damaged, or by another process, which was faster.
            shutil.rmtree(kept, ignore_errors=True)
            complete.rename(kept)
    except OSError as error:
        # Another process can have been faster, with the same content.
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # pragma: no branch -- it takes two at one moment
            tell(f"{module.name}: cannot be kept for the next time ({error})")


def _not_checked(module: LeanModule, imported: str) -> ModuleResult:
    text = f"not checked, since the import {imported} was not accepted"
    message = Message(str(module.file), 1, 0, "error", text)
    return ModuleResult(module.name, accepted=False, seconds=0.0, cached=False, messages=(message,))


def _progress_line(result: ModuleResult) -> str:
    if result.cached:
        return f"{result.name}: accepted before, unchanged"
    return f"{result.name}: {'accepted' if result.accepted else 'REJECTED'}, {result.seconds:.1f} s"
