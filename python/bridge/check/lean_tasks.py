"""What a worker of a cluster does: it has the embedded Lean check one file, and says all that there is to say of it.

A worker has one Lean, which lives as long as the worker, and a store of compiled files in its local folder, by their
SHA-256, so that none has to come twice.  Whatever is read there is compared with its SHA-256.
"""

import atexit
import contextlib
import hashlib
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.base.errors import MissingToolError, one_line
from bridge.base.processes import Run
from bridge.base.version import __version__
from bridge.check.embedded import EMBEDDED_VERSION, embedded_folder
from bridge.check.evidence import compiled_files
from bridge.check.host_pool import HostPool
from bridge.check.leans import Work, Workplace

if TYPE_CHECKING:
    from distributed import Worker

_log = logging.getLogger(__name__)

_STORE = "bridge-compiled"


@dataclass(frozen=True)
class Checker:
    """Who checks: what has to be the same of all workers.

    Attributes:
        bridge: the version of Bridge.
        lean: the version of Lean.
        contents: what the embedded Lean is, file by file.
    """

    bridge: str
    lean: str
    contents: str

    def __str__(self) -> str:
        return f"bridge {self.bridge} with Lean {self.lean} ({self.contents})"


def asked_checker() -> Checker:
    """Who checks if this Bridge does."""
    return Checker(__version__, EMBEDDED_VERSION, embedded_folder().name)


@dataclass(frozen=True)
class Question:
    """A file that Lean is to check.

    Attributes:
        check: what all questions of one check have in common, and no others.
        checker: who is to check.
        source: the path of the file, from the folder in which Lean works.
        text: its content.
        olean: the path of the compiled module that Lean is to write.
        imports: the paths of compiled files that Lean is to find, each with its SHA-256.
        alone: whether what checks the file must not check any other.
        much_data: whether it needs more memory than others.
        timeout: after how many seconds Lean is ended, None for never.
    """

    check: str
    checker: Checker
    source: str
    text: bytes
    olean: str
    imports: tuple[tuple[str, str], ...]
    alone: bool
    much_data: bool
    timeout: float | None


@dataclass(frozen=True)
class CompiledFile:
    """A file that Lean has made: its name, the SHA-256 that it had there, and its content."""

    name: str
    sha256: str
    content: bytes


@dataclass(frozen=True)
class Checked:
    """What Lean did with a file.

    Attributes:
        worker: who says so.
        checker: what has checked.
        sha256: the SHA-256 of the file that Lean was given.
        imports: the compiled files that it was given, with the SHA-256 that they had.
        run: what it did.
        files: what it made.
        seconds: how long it took.
    """

    worker: str
    checker: Checker
    sha256: str
    imports: tuple[tuple[str, str], ...]
    run: Run
    files: tuple[CompiledFile, ...]
    seconds: float


@dataclass(frozen=True)
class Lacking:
    """A worker that needs compiled files first, by their SHA-256."""

    worker: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Unable:
    """A worker that cannot check, and why."""

    worker: str
    why: str


Answer = Checked | Lacking | Unable


def answer_on_worker(question: Question) -> Answer:
    """What the worker says on which this runs."""
    from distributed import get_worker

    worker = get_worker()
    folder = Path(worker.local_directory)
    return answered(question, worker.address, Store(folder / _STORE), _hosts(folder))


def lacking_on_worker(digests: tuple[str, ...], dask_worker: "Worker") -> tuple[str, ...]:
    """Those compiled files that are not in the worker's store."""
    store = Store(Path(dask_worker.local_directory) / _STORE)
    return tuple(digest for digest in digests if not store.has(digest))


def keep_on_worker(contents: Mapping[str, bytes], dask_worker: "Worker") -> None:
    """Put compiled files into the worker's store.

    Raises:
        OSError: they cannot be written.
    """
    store = Store(Path(dask_worker.local_directory) / _STORE)
    for digest, content in contents.items():
        store.keep(digest, content)


def give_up_on_worker(check: str) -> None:
    """End the Leans that work for a check on the worker, and let none begin any more."""
    _given_up.add(check)
    with _lock:
        endings = [*_works.get(check, ())]
    for end in endings:
        end()


class Store:
    """Files in a folder, each called by its SHA-256."""

    def __init__(self, folder: Path) -> None:
        """Look at nothing yet; the folder is made with the first file."""
        self._folder = folder

    def has(self, digest: str) -> bool:
        """Whether a file is there, right or not."""
        return (self._folder / digest).is_file()

    def read(self, digest: str) -> bytes | None:
        """The content of a file, None if it is not there; one whose content is another is removed."""
        file = self._folder / digest
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(content).hexdigest() == digest:
            return content
        file.unlink(missing_ok=True)
        return None

    def keep(self, digest: str, content: bytes) -> None:
        """Put a file there, at one go, unless its content is another.

        Raises:
            OSError: it cannot be written.
        """
        if hashlib.sha256(content).hexdigest() != digest:
            raise OSError(f"what has come is not the file {digest}")
        self._folder.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=self._folder, prefix=".")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
            Path(name).replace(self._folder / digest)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def answered(question: Question, worker: str, store: Store, lean: HostPool) -> Answer:
    """What a worker says to a question.

    Args:
        question: the question.
        worker: the address of the worker.
        store: its compiled files.
        lean: its Lean.

    Raises:
        RuntimeError: the check was given up.
    """
    try:
        checker = Checker(__version__, lean.version, lean.lean.folder.name)
        if checker != question.checker:
            return Unable(worker, f"it has {checker}, and {question.checker} is required")
        contents = {digest: store.read(digest) for _, digest in question.imports}
        lacking = tuple(digest for digest, content in contents.items() if content is None)
        if lacking:
            return Lacking(worker, lacking)
        with _work(question.check, lean) as work:
            place = work.workplace(alone=question.alone, much_data=question.much_data)
            imports = {path: contents[digest] or b"" for path, digest in question.imports}
            return _checked(question, worker, checker, imports, place)
    except (MissingToolError, OSError) as error:
        return Unable(worker, one_line(error))


def _checked(
    question: Question,
    worker: str,
    checker: Checker,
    imports: Mapping[str, bytes],
    place: AbstractContextManager[Workplace],
) -> Checked:
    with place as workplace:
        for path, content in {**imports, question.source: question.text}.items():
            file = workplace.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        source, olean = workplace.folder / question.source, workplace.folder / question.olean
        started = time.monotonic()
        run = workplace.run(source, olean, question.timeout)
        seconds = time.monotonic() - started
        made = {file.name: file.read_bytes() for file in compiled_files(olean) if file.is_file()}
    return Checked(
        worker,
        checker,
        _sha256(question.text),
        tuple((path, _sha256(content)) for path, content in imports.items()),
        run,
        tuple(CompiledFile(name, _sha256(content), content) for name, content in made.items()),
        seconds,
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# The worker's Lean, how to end what it does for each check, and the checks that were given up: one of each for the
# process, since a task has no other place for what outlives it.
_pool: HostPool | None = None
_works: dict[str, list[Callable[[], None]]] = {}
_given_up: set[str] = set()
_lock = threading.Lock()


def _hosts(folder: Path) -> HostPool:
    """The Lean of this process, which ends with it."""
    global _pool
    with _lock:
        if _pool is None:
            _pool = HostPool(_log.info, jobs=1, most=1, beside=folder)
            atexit.register(_pool.__exit__, None, None, None)
        return _pool


@contextlib.contextmanager
def _work(check: str, lean: HostPool) -> Iterator[Work]:
    """Some work for a check, which ends if that is given up."""
    with lean.work() as work:
        with _lock:
            _works.setdefault(check, []).append(work.give_up)
        try:
            if check in _given_up:
                raise RuntimeError("the check was given up")
            yield work
        finally:
            with _lock:
                _works[check].remove(work.give_up)
                if not _works[check]:
                    del _works[check]
