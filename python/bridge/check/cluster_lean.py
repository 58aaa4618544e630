"""The embedded Lean on the workers of a Dask cluster: every file is a task.

A verdict is made here, of what workers say, by the code that makes it of what a Lean of this machine does.  A worker
has to say that it has checked this file with these imports, by their SHA-256, and with this Bridge and this Lean.  One
that says anything else is not asked again, and the file is given to another; of silence nothing follows.
"""

import concurrent.futures
import contextlib
import hashlib
import itertools
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.base.errors import InputError, one_line
from bridge.base.interrupts import interrupts_held_back, temporary_folder
from bridge.base.processes import Run
from bridge.base.progress import Tell
from bridge.base.workers import Cluster
from bridge.check.embedded import EMBEDDED_VERSION, embedded_folder, ensure_embedded_lean
from bridge.check.lean_tasks import (
    Answer,
    Checked,
    Lacking,
    Question,
    Unable,
    answer_on_worker,
    asked_checker,
    give_up_on_worker,
    keep_on_worker,
    lacking_on_worker,
)
from bridge.check.loading import EVERYTHING

# How often the cluster is looked at while it says nothing.
_SECONDS_BETWEEN_LOOKS = 1.0
# How long workers may take to end what they do for a check that is given up.
_SECONDS_TO_GIVE_UP = 10.0
# What travels at a time, so that neither the scheduler nor a worker has to hold much more.
_MOST_BYTES_AT_A_TIME = 32 * 2**20


class ClusterLean:
    """The embedded Lean on a cluster; a `bridge.check.leans.Lean`.

    What it has made of the library is kept here, as if it had been made here.
    """

    def __init__(self, cluster: Cluster, tell: Tell) -> None:
        """Ask nobody yet.

        Args:
            cluster: the cluster.
            tell: told of workers that cannot check or are gone.
        """
        self._cluster = cluster
        self._tell = tell

    @property
    def version(self) -> str:
        """What the embedded Lean says its version is."""
        return EMBEDDED_VERSION

    @property
    def identity(self) -> str:
        """What the embedded Lean is, for the names of what is kept."""
        return str(embedded_folder())

    @property
    def core(self) -> Path:
        """The folder of the compiled core library of this machine's embedded Lean, which is fetched if need be."""
        return ensure_embedded_lean(self._tell).core

    @property
    def jobs(self) -> int:
        """How many files it is to be given at a time: so many that no worker waits for this machine."""
        return 2 * self._cluster.count

    @property
    def cluster(self) -> str:
        """The address of the scheduler."""
        return self._cluster.address

    @contextlib.contextmanager
    def work(self) -> "Iterator[_Work]":
        """Begin some work; leaving the block ends what workers still do of it, and nothing else."""
        with temporary_folder("bridge-cluster-") as folder:
            work = _Work(self._cluster, self._tell, folder.resolve())
            try:
                yield work
            finally:
                with interrupts_held_back():
                    work.give_up()


class _Work:
    """Some work; a `bridge.check.leans.Work`."""

    def __init__(self, cluster: Cluster, tell: Tell, folder: Path) -> None:
        self.check = uuid.uuid4().hex
        self._cluster = cluster
        self._tell = tell
        self._folder = folder
        self._given_up = False
        # All that follows is changed under this lock alone.
        self._lock = threading.Lock()
        self._begun: set[concurrent.futures.Future[Answer]] = set()
        self._known: frozenset[str] = frozenset()
        self._looked: float | None = None
        self._unable: dict[str, str] = {}
        # Who sends a worker something lets others wait, who may want to send the same.
        self._sending: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @contextlib.contextmanager
    def workplace(self, *, alone: bool, much_data: bool = False) -> "Iterator[_Workplace]":
        """An empty folder, of which a worker gets a copy."""
        with temporary_folder("file-", self._folder) as folder:
            yield _Workplace(self, folder, alone, much_data)

    def give_up(self) -> None:
        """Cancel what is still to be done, and end the Leans that do it."""
        with self._lock:
            self._given_up = True
            begun = [*self._begun]
        for future in begun:
            future.cancel()
        if not begun or self._cluster.client.status != "running":
            return

        def end() -> None:
            with contextlib.suppress(Exception):  # a worker, or all, can be gone at any moment
                self._cluster.client.run(give_up_on_worker, self.check, on_error="ignore")

        # A worker that does not answer must not keep anybody here.
        ending = threading.Thread(target=end, daemon=True)
        ending.start()
        ending.join(_SECONDS_TO_GIVE_UP)

    def answer(self, question: Question, files: Mapping[str, Path]) -> Checked:
        """What a worker says to a question, after as many were asked as it takes.

        Args:
            question: the question.
            files: the compiled files that it needs, by their SHA-256.

        Raises:
            InputError: no worker can answer it, or the cluster is gone.
            RuntimeError: the work was given up.
        """
        worker: str | None = None
        while True:
            answer = self._asked(question, None if worker is None else [worker])
            if isinstance(answer, Lacking):
                worker = answer.worker if self._send(answer, files) else None
            elif isinstance(answer, Unable):
                self._exclude(answer)
                worker = None
            elif answer is None:
                worker = None
            else:
                complaint = _complaint(question, answer)
                if complaint is None:
                    return answer
                self._exclude(Unable(answer.worker, complaint))
                worker = None

    def _asked(self, question: Question, workers: Sequence[str] | None) -> Answer | None:
        """What a worker says; None if those that were asked are gone."""
        if workers is None:
            workers = self._able()
        with self._lock:
            self._require_open()
            future = self._cluster.begun_at(workers, answer_on_worker, question)
            self._begun.add(future)
        try:
            while not concurrent.futures.wait([future], _SECONDS_BETWEEN_LOOKS).done:
                living = self._living()
                # Dask waits for a worker that was named, also if it never comes back.
                if workers is not None and not living & {*workers}:
                    future.cancel()
                    return None
            self._require_open()
            self._cluster.require_kept(future)
            error = future.exception()
            if error is not None:
                raise InputError(
                    f"a worker of the cluster at {self._cluster.address} has failed at {question.source} "
                    f"({type(error).__name__}: {one_line(error)}); workers that have lean-bridge are required; install "
                    "it there as it is here"
                )
            return future.result()
        finally:
            with self._lock:
                self._begun.discard(future)

    def _able(self) -> list[str] | None:
        """The workers that may be asked; None for all, also those that come later.

        Raises:
            InputError: all that are there have said that they cannot check.
        """
        if not self._unable:
            return None
        able = sorted(self._living() - self._unable.keys())
        if not able:
            worker, why = next(iter(self._unable.items()))
            raise InputError(
                f"no worker of the cluster at {self._cluster.address} can check (the worker {worker}: {why}); one with "
                "the embedded Lean of this version of bridge is required; install lean-bridge there as it is here, or "
                "check without --scheduler"
            )
        return able

    def _living(self) -> frozenset[str]:
        """The workers that are there; those that were and are gone are told of."""
        self._require_open()
        with self._lock:
            # Many wait, and one look is enough for all of them.
            if self._looked is not None and time.monotonic() - self._looked < _SECONDS_BETWEEN_LOOKS:
                return self._known
            self._looked = time.monotonic()
        living = self._cluster.living()
        with self._lock:
            gone, self._known = sorted(self._known - living), living
        for worker in gone:
            self._tell(f"the worker {worker} is gone; what it had to check is given to others")
        return living

    def _exclude(self, answer: Unable) -> None:
        with self._lock:
            is_new = answer.worker not in self._unable
            self._unable.setdefault(answer.worker, answer.why)
        if is_new:
            self._tell(f"the worker {answer.worker} cannot check, and others are asked: {answer.why}")

    def _send(self, answer: Lacking, files: Mapping[str, Path]) -> bool:
        """Send a worker the files that it lacks, unless it has got them meanwhile; whether it has all of them now."""
        worker = answer.worker
        client = self._cluster.client
        with self._lock:
            sending = self._sending[worker]
        with sending:
            if worker not in self._cluster.living():  # Dask would try to reach it for half a minute
                return False
            try:
                lacking = client.run(lacking_on_worker, answer.files, workers=[worker])[worker]
                for digests in _portions(lacking, files):
                    self._require_open()
                    contents = {digest: files[digest].read_bytes() for digest in digests}
                    kept = client.run(keep_on_worker, contents, workers=[worker], on_error="return")[worker]
                    if isinstance(kept, Exception):
                        self._exclude(Unable(worker, f"it cannot keep files ({one_line(kept)})"))
                        return False
            except (OSError, ValueError, LookupError):  # it has gone meanwhile
                return False
        return True

    def _require_open(self) -> None:
        if self._given_up:
            raise RuntimeError("the work was given up")


@dataclass
class _Workplace:
    """A folder here; a `bridge.check.leans.Workplace`."""

    work: _Work
    folder: Path
    alone: bool
    much_data: bool
    worker: str | None = None
    seconds: float | None = None

    def run(self, source: Path, olean: Path, timeout: float | None) -> Run:
        """Have a worker check a file, beside the compiled files that are in the folder."""
        imports = {path: path.relative_to(self.folder).as_posix() for path in sorted(self.folder.rglob("*"))}
        digests = {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path, name in imports.items()
            if path.is_file() and path != source
        }
        question = Question(
            self.work.check,
            asked_checker(),
            source.relative_to(self.folder).as_posix(),
            source.read_bytes(),
            olean.relative_to(self.folder).as_posix(),
            tuple(digests.items()),
            self.alone,
            self.much_data,
            timeout,
        )
        answer = self.work.answer(question, {digest: self.folder / name for name, digest in digests.items()})
        self.worker, self.seconds = answer.worker, answer.seconds
        for file in answer.files:
            (olean.parent / file.name).write_bytes(file.content)
        return answer.run


def _portions(digests: Sequence[str], files: Mapping[str, Path]) -> Iterator[list[str]]:
    """Some files after the others, none of the portions much too large to be sent."""
    sizes = itertools.accumulate((files[digest].stat().st_size for digest in digests), initial=0)
    numbered = zip((size // _MOST_BYTES_AT_A_TIME for size in sizes), digests, strict=False)
    for _, portion in itertools.groupby(numbered, key=lambda pair: pair[0]):
        yield [digest for _, digest in portion]


def _complaint(question: Question, answer: Checked) -> str | None:
    """Why an answer is none to the question, None if it is."""
    names = {file.name for file in EVERYTHING.files(Path(question.olean))}
    if answer.checker != question.checker:
        return f"it says that {answer.checker} has checked, and {question.checker} is required"
    if answer.sha256 != hashlib.sha256(question.text).hexdigest():
        return f"it says that it has checked another {question.source}"
    if answer.imports != question.imports:
        return f"it says that {question.source} was checked with other imports"
    for file in answer.files:
        if file.name not in names:
            return f"it has sent {file.name} for {question.olean}"
        if hashlib.sha256(file.content).hexdigest() != file.sha256:
            return f"what has come is not the {file.name} that it has made"
    return None
