"""Checking on a cluster: the same verdict, whatever becomes of workers, and no yes that nobody has given."""

import contextlib
import dataclasses
import hashlib
import os
import re
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import distributed
import pytest
from distributed import Client

from bridge.base.errors import InputError
from bridge.base.processes import Cut, Run
from bridge.base.workers import open_workers
from bridge.check import checker, cluster_lean, host_pool, lean_tasks
from bridge.check.checker import Allowances
from bridge.check.cluster_lean import ClusterLean
from bridge.check.host_pool import HostPool
from bridge.check.lean_tasks import Checked, Checker, CompiledFile, Lacking, Question, Store, Unable, asked_checker
from bridge.check.record import read_check_result
from bridge.cli.commands import check as check_command
from support.artifacts import make_artifact
from support.cluster_checks import assert_same, checked, checked_on, without_where_and_when
from support.clusters import running_cluster
from support.command_line import lean_on_path, run_bridge
from support.empty_oleans import EMPTY
from support.exports import rendered
from support.lean_files import write
from support.lifelines import start_interruptible, wait_until
from support.quick_lean import quick_lean

QUICK = "support.quick_lean"
# Files of one's own, of which each has a Lean for itself.
FILES = {
    "Root.lean": "import Root.A\nimport Root.B\n",
    "Root/A.lean": "theorem a : 1 = 1 := rfl\n",
    "Root/B.lean": "import Root.A\n",
}
TELLING = r"the worker tcp://[\d.]+:\d+ "


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A cache, a program in the place of Lean, and an export."""
    folder = tmp_path_factory.mktemp("places")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIDGE_CACHE_DIR", str(folder / "cache"))
        for module in (host_pool, cluster_lean):
            patch.setattr(module, "ensure_embedded_lean", lambda _tell: quick_lean(folder / "lean"))
        write(folder / "export", rendered(folder, make_artifact(4, 2, 2), "Small"))
        yield folder


@pytest.fixture(scope="module")
def quick_cluster(places):
    """A cluster of three workers with the quick program; who kills one adds another."""
    with running_cluster(places / "cluster", preload=QUICK, BRIDGE_TEST_LEAN=str(places / "lean")) as running:
        yield running


@contextlib.contextmanager
def other_cluster(places, **variables):
    """A cluster of one worker, to which something is done."""
    folder = places / f"cluster{time.monotonic_ns()}"
    variables = {"BRIDGE_TEST_LEAN": str(places / "lean"), **variables}
    with running_cluster(folder, workers=1, preload=QUICK, **variables) as running:
        yield running


# The same verdict


def test_an_export_has_the_verdict_that_it_has_here(places, quick_cluster):
    root = places / "export" / "Small.lean"
    result, said = checked_on(quick_cluster, root)
    assert result.accepted
    assert_same(result, checked(root))
    workers = {module.worker for module in result.modules if not module.cached}
    assert 1 < len(workers) <= 3
    assert all(worker.startswith("tcp://127.0.0.1:") for worker in workers)
    assert said == []


def test_what_was_made_of_the_library_is_kept_here(places, quick_cluster):
    root = places / "export" / "Small.lean"
    checked_on(quick_cluster, root)
    result, _ = checked_on(quick_cluster, root)
    cached = {module.name: module.worker for module in result.modules if module.cached}
    assert {module.name for module in result.modules if module.name.startswith("Bridge.")} == cached.keys()
    assert {*cached.values()} == {None}
    again = checked(root)
    assert {module.name for module in again.modules if module.cached} == cached.keys()


def test_a_record_names_the_cluster_and_who_has_checked_each_module(places, quick_cluster):
    result, _ = checked_on(quick_cluster, places / "export" / "Small.lean")
    record = result.record()
    assert record["cluster"] == quick_cluster.address
    assert [module["worker"] for module in record["modules"]] == [module.worker for module in result.modules]
    here = checked(places / "export" / "Small.lean").record()
    assert "cluster" not in here
    assert all("worker" not in module for module in here["modules"])


@pytest.mark.parametrize("bad", ["Root/A.lean", "Root/B.lean", "Root.lean"])
def test_a_file_that_is_rejected_is_rejected_with_the_same_messages(tmp_path, places, quick_cluster, bad):
    root = write(tmp_path, {**FILES, bad: f"{FILES[bad]}-- FAULT\n"})
    result, _ = checked_on(quick_cluster, root)
    assert not result.accepted
    assert_same(result, checked(root))


def test_a_time_out_is_a_no_as_here(tmp_path, quick_cluster, places):
    root = write(tmp_path, {**FILES, "Root.lean": f"{FILES['Root.lean']}-- PAUSE 60000\n"})
    result, _ = checked_on(quick_cluster, root, allowances=Allowances(timeout=1))
    (message,) = result.messages
    assert message.text == "Lean took longer than --timeout allows, and was ended"


def test_nothing_travels_twice_to_a_worker(tmp_path, quick_cluster, monkeypatch):
    sent = []
    run = Client.run

    def noting(client, function, *arguments, **options):
        if function is lean_tasks.keep_on_worker:
            sent.extend((worker, digest) for worker in options["workers"] for digest in arguments[0])
        return run(client, function, *arguments, **options)

    monkeypatch.setattr(Client, "run", noting)
    root = write(tmp_path, rendered(tmp_path, make_artifact(6, 2, 3), "Other"))
    for _ in range(3):
        assert checked_on(quick_cluster, root)[0].accepted
    assert len(sent) == len({*sent}) > 0


def test_large_files_travel_in_portions(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_lean, "_MOST_BYTES_AT_A_TIME", 10)
    files = {name: tmp_path / name for name in "abcde"}
    for name, size in zip("abcde", (4, 4, 4, 30, 1), strict=True):
        files[name].write_bytes(b" " * size)
    assert [*cluster_lean._portions("abcde", files)] == [["a", "b", "c"], ["d"], ["e"]]
    assert [*cluster_lean._portions("", files)] == []


# The commands


def test_check_says_on_which_cluster_lean_has_checked(places, quick_cluster):
    root, at = places / "export" / "Small.lean", ("--scheduler", quick_cluster.address)
    result = run_bridge("check", root, *at, cwd=places)
    first, *_ = result.stdout.splitlines()
    assert re.fullmatch(rf"Lean 4\.28\.0-pre \(embedded engine on {at[1]}\): accepted, \d+ modules in \d+ s", first)
    (places / "check.json").write_text(run_bridge("check", root, *at, "--json", cwd=places).stdout)
    read = read_check_result(places / "check.json")
    assert read.cluster == at[1]
    workers = {module.worker for module in read.modules if not module.cached}
    assert workers
    assert all(worker.startswith("tcp://") for worker in workers)


def test_several_files_are_checked_on_a_cluster(tmp_path, places, quick_cluster):
    write(tmp_path, {"Good.lean": FILES["Root/A.lean"], "Bad.lean": "-- FAULT\n"})
    result = run_bridge("check", "Good.lean", "Bad.lean", "--scheduler", quick_cluster.address, cwd=tmp_path)
    verdicts = [line for line in result.stdout.splitlines() if "engine" in line]
    assert [line.partition(", ")[0].rpartition(": ")[2] for line in verdicts] == ["accepted", "REJECTED"]
    assert result.returncode == 1


def test_a_file_is_watched_on_a_cluster(tmp_path, places, quick_cluster, monkeypatch):
    write(tmp_path, FILES)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(check_command, "wait_for_change", interrupted)
    result = run_bridge("check", "Root.lean", "--watch", "--scheduler", quick_cluster.address, cwd=tmp_path)
    assert "accepted, 3 modules" in result.stdout, result.stderr
    assert result.returncode == 130


@pytest.mark.parametrize("engine", ["lean", "lake"])
def test_on_a_cluster_the_embedded_lean_checks(tmp_path, engine):
    write(tmp_path, FILES)
    result = run_bridge("check", "Root.lean", "--engine", engine, "--scheduler", "tcp://127.0.0.1:1", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr == (
        f"bridge: --engine {engine} was given with --scheduler; the embedded Lean is required, which is the same on "
        "all workers; choose --engine embedded, or leave --scheduler out\n"
    )


@pytest.mark.parametrize(("asked", "count"), [(1, 1), (3, 3), (-1, host_pool.parallel_jobs())])
def test_as_many_leans_are_here_as_are_asked_for(tmp_path, monkeypatch, asked, count):
    leans = []
    monkeypatch.setattr(checker, "compile_modules", lambda _modules, lean, *_: leans.append(lean) or ())
    write(tmp_path, FILES)
    for engine in ("embedded", "lean"):
        arguments = ("check", "Root.lean", "--engine", engine, "--jobs", str(asked))
        (tmp_path / engine).mkdir()
        run_bridge(*arguments, cwd=tmp_path, env=lean_on_path(tmp_path / engine))
    assert [lean.jobs for lean in leans] == [count, count]


# Workers that come to harm, or are no good


def test_a_worker_that_is_killed_while_its_lean_works_changes_nothing(tmp_path, places, quick_cluster):
    texts = {**FILES, "Root/A.lean": f"{FILES['Root/A.lean']}-- PAUSE 6000\n"}
    root = write(tmp_path, texts)

    def kill():
        with quick_cluster.client() as client:
            wait_until(lambda: any(client.processing().values()))
        time.sleep(1.5)
        quick_cluster.kill_worker()

    killing = threading.Thread(target=kill)
    killing.start()
    result, said = checked_on(quick_cluster, root)
    killing.join()
    quick_cluster.add_worker(preload=QUICK, BRIDGE_TEST_LEAN=str(places / "lean"))
    quick_cluster.wait_for_workers(3)
    assert_same(result, checked(root))
    (line,) = said
    assert re.fullmatch(rf"{TELLING}is gone; what it had to check is given to others", line)


def test_a_worker_that_is_gone_before_it_has_got_what_it_needs_is_not_waited_for(tmp_path, places, monkeypatch):
    root = write(tmp_path, FILES)
    with other_cluster(places) as running:
        send = cluster_lean._Work._send
        killed = []

        def kill_first(work, answer, files):
            sent = send(work, answer, files)
            if not killed:
                killed.append(answer.worker)
                running.kill_worker()
                running.add_worker(preload=QUICK, BRIDGE_TEST_LEAN=str(places / "lean"))
                running.wait_for_workers(1)
            return sent

        monkeypatch.setattr(cluster_lean._Work, "_send", kill_first)
        result, _ = checked_on(running, root)
    assert len(killed) == 1
    assert_same(result, checked(root))


def test_a_worker_that_is_gone_when_files_are_sent_is_not_waited_for(tmp_path, places, monkeypatch):
    root = write(tmp_path, FILES)
    with other_cluster(places) as running:
        send = cluster_lean._Work._send
        results = []

        def kill_first(work, answer, files):
            if not results:
                running.kill_worker()
                running.add_worker(preload=QUICK, BRIDGE_TEST_LEAN=str(places / "lean"))
                running.wait_for_workers(1)
            results.append(send(work, answer, files))
            return results[-1]

        monkeypatch.setattr(cluster_lean._Work, "_send", kill_first)
        result, _ = checked_on(running, root)
    assert results[0] is False
    assert_same(result, checked(root))


OTHERS = {
    "another Lean": ({"BRIDGE_TEST_LEAN_VERSION": "4.29.0"}, r"it has bridge \S+ with Lean 4\.29\.0 \(\S+\), and "),
    "no Lean": ({"BRIDGE_CACHE_DIR": "/dev/null/cache"}, r"the embedded Lean cannot be kept in /dev/null/cache \(.*\)"),
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_worker_that_cannot_check_is_named_and_others_are_asked(tmp_path, places, other):
    variables, why = OTHERS[other]
    preload = QUICK if other == "another Lean" else None
    root = write(tmp_path, FILES)
    with other_cluster(places) as running:
        running.add_worker(preload=preload, **{"BRIDGE_TEST_LEAN": str(places / "lean"), **variables})
        running.wait_for_workers(2)
        result, said = checked_on(running, root)
        while not said:  # nobody need have asked it
            result, said = checked_on(running, root)
        assert_same(result, checked(root))
        (line,) = said
        assert re.match(rf"{TELLING}cannot check, and others are asked: {why}", line)
        running.workers[0].kill()
        running.workers[0].wait()
        with pytest.raises(InputError) as caught:
            checked_on(running, root)
    (message,) = str(caught.value).splitlines()
    assert re.match(rf"no worker of the cluster at {running.address} can check \({TELLING[:-1]}: {why}", message)
    assert message.endswith("install lean-bridge there as it is here, or check without --scheduler")


def test_a_worker_with_another_bridge_that_comes_late_is_named_and_others_are_asked(tmp_path, places):
    root = write(tmp_path, FILES)
    said = []
    with other_cluster(places) as running, open_workers(scheduler=running.address) as workers:
        running.add_worker(preload=QUICK, BRIDGE_TEST_LEAN=str(places / "lean"), BRIDGE_TEST_VERSION="0.0.9")
        running.wait_for_workers(2)
        while not said:  # as above
            result = checked(root, ClusterLean(workers, said.append))
        assert_same(result, checked(root))
        assert re.match(rf"{TELLING}cannot check, and others are asked: it has bridge 0\.0\.9 with Lean ", said[0])
        with pytest.raises(InputError, match=r"^the worker tcp://\S+ has version 0\.0\.9 of bridge, and here it is"):
            checked_on(running, root)


def test_compiled_files_that_were_changed_on_a_worker_are_sent_anew(places, quick_cluster):
    root = places / "export" / "Small.lean"
    first, _ = checked_on(quick_cluster, root)
    stores = [*(places / "cluster" / "workers").rglob("bridge-compiled/*")]
    for file in stores:
        file.write_bytes(b"olean of somebody else")
    result, said = checked_on(quick_cluster, root)
    assert (result.accepted, said) == (True, [])
    assert without_where_and_when(result) == without_where_and_when(first)
    changed = [file for file in stores if file.exists() and file.read_bytes() == b"olean of somebody else"]
    assert len(changed) < len(stores)


def test_a_scheduler_that_goes_away_is_one_line(tmp_path, places):
    root = write(tmp_path, {**FILES, "Root/A.lean": "-- PAUSE 60000\n"})
    with other_cluster(places) as running:

        def kill():
            with running.client() as client:
                wait_until(lambda: any(client.processing().values()))
            running.kill_scheduler()

        threading.Thread(target=kill).start()
        with pytest.raises(InputError, match=rf"^the scheduler at {running.address} has gone away; [^\n]*$"):
            checked_on(running, root)


def node_processes(folder):
    """Those that work in a folder."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found += [line] if str(folder) in (line := file.read_text()) and "lean_host.js" in line else []
    return found


def slow(number: int) -> int:
    time.sleep(0.2)
    return number


def test_an_interruption_ends_what_workers_do_for_this_check_and_nothing_else(tmp_path, places, quick_cluster):
    root = write(tmp_path, {"Root.lean": "-- PAUSE 60000\n"})
    wait_until(lambda: not [line for line in node_processes(places / "cluster") if "alone" in line])
    before = len(node_processes(places / "cluster"))
    command = [sys.executable, "-m", "bridge", "check", str(root), "--scheduler", quick_cluster.address]
    with quick_cluster.client() as client:
        process = start_interruptible(command, env={**os.environ})
        wait_until(lambda: any(client.processing().values()))
        time.sleep(2)
        theirs = client.map(slow, range(10), pure=False)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=300)
        assert (process.returncode, output) == (130, ""), errors
        wait_until(lambda: not any("bridge" in key for keys in client.processing().values() for key in map(str, keys)))
        assert client.gather(theirs) == [*range(10)]
        wait_until(lambda: len(node_processes(places / "cluster")) <= before)
        wait_until(lambda: not any(client.processing().values()))


def test_work_that_is_given_up_ends_its_lean_and_the_worker_goes_on(quick_cluster):
    with open_workers(scheduler=quick_cluster.address) as workers, ThreadPoolExecutor(1) as thread:
        lean = ClusterLean(workers, print)
        with lean.work() as work:
            asked = question(check=work.check, text=b"-- PAUSE 60000", alone=True)
            given_up = thread.submit(work.answer, asked, {})
            with quick_cluster.client() as client:
                wait_until(lambda: any(client.processing().values()))
        with pytest.raises(RuntimeError, match=r"^the work was given up$"):
            given_up.result()
        with lean.work() as work:
            assert work.answer(question(check=work.check), {}).run.returncode == 0


# What a worker does, and what its answers have to say


@pytest.fixture
def hosts(places):
    with HostPool(print, jobs=1, most=1) as pool:
        yield pool


def question(**changes):
    asked = Question("check", asked_checker(), "Root/A.lean", b"def a := 1", "Root/A.olean", (), False, False, None)
    return dataclasses.replace(asked, **changes)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_a_worker_says_what_it_has_checked_with_what(tmp_path, hosts):
    store = Store(tmp_path / "store")
    imports = (("Root/B.olean", sha256(b"olean of b")), ("Root/B.olean.private", sha256(b"private")))
    asked = question(imports=imports)
    assert lean_tasks.answered(asked, "w", store, hosts) == Lacking("w", tuple(digest for _, digest in imports))
    store.keep(imports[0][1], b"olean of b")
    assert lean_tasks.answered(asked, "w", store, hosts) == Lacking("w", (imports[1][1],))
    store.keep(imports[1][1], b"private")
    answer = lean_tasks.answered(asked, "w", store, hosts)
    made = EMPTY + b"def a := 1" + bytes(6)
    assert answer == Checked(
        "w",
        asked_checker(),
        sha256(b"def a := 1"),
        imports,
        answer.run,
        (CompiledFile("A.olean", sha256(made), made),),
        answer.seconds,
    )
    assert (answer.run.returncode, answer.seconds > 0) == (0, True)
    assert cluster_lean._complaint(asked, answer) is None


def test_a_worker_says_what_lean_did_where_it_made_nothing(tmp_path, hosts):
    answer = lean_tasks.answered(question(text=b"-- PAUSE 9000", timeout=0.2), "w", Store(tmp_path), hosts)
    assert (answer.run.cut, answer.files) == (Cut.TIME, ())
    answer = lean_tasks.answered(question(text=b"FAULT"), "w", Store(tmp_path), hosts)
    assert (answer.run.returncode, answer.files) == (1, ())
    assert "a fault" in answer.run.stdout


def test_a_worker_that_cannot_write_says_so(tmp_path, hosts, monkeypatch):
    monkeypatch.setattr(Store, "read", lambda *_: b"content")
    asked = question(imports=(("x" * 300, sha256(b"content")),))
    answer = lean_tasks.answered(asked, "w", Store(tmp_path), hosts)
    assert answer.worker == "w"
    assert "File name too long" in answer.why


def test_a_check_that_is_given_up_is_ended_and_not_begun_again(tmp_path, hosts):
    asked = question(check="given up", text=b"-- PAUSE 60000")
    with pytest.raises(RuntimeError, match=r"^the work was given up$"):
        threading.Timer(1, lean_tasks.give_up_on_worker, ["given up"]).start()
        lean_tasks.answered(asked, "w", Store(tmp_path), hosts)
    with pytest.raises(RuntimeError, match=r"^the check was given up$"):
        lean_tasks.answered(asked, "w", Store(tmp_path), hosts)
    assert isinstance(lean_tasks.answered(question(), "w", Store(tmp_path), hosts), Checked)
    assert lean_tasks._works == {}


def test_a_worker_has_a_store_and_a_lean_in_its_folder(tmp_path, hosts, monkeypatch):
    worker = SimpleNamespace(local_directory=str(tmp_path), address="tcp://w")
    monkeypatch.setattr(distributed, "get_worker", lambda: worker)
    monkeypatch.setattr(lean_tasks, "_hosts", lambda folder: hosts if folder == tmp_path else None)
    digest = sha256(b"olean of b")
    asked = question(imports=(("Root/B.olean", digest),))
    assert lean_tasks.answer_on_worker(asked) == Lacking("tcp://w", (digest,))
    assert lean_tasks.lacking_on_worker((digest,), dask_worker=worker) == (digest,)
    lean_tasks.keep_on_worker({digest: b"olean of b"}, dask_worker=worker)
    assert lean_tasks.lacking_on_worker((digest,), dask_worker=worker) == ()
    assert lean_tasks.answer_on_worker(asked).worker == "tcp://w"


def test_two_files_of_one_check_can_be_in_work(tmp_path, hosts):
    asked = question(check="two", text=b"-- PAUSE 500")
    with ThreadPoolExecutor(2) as threads:
        answers = [*threads.map(lambda _: lean_tasks.answered(asked, "w", Store(tmp_path), hosts), range(2))]
    assert [answer.run.returncode for answer in answers] == [0, 0]
    assert lean_tasks._works == {}


def test_a_worker_has_one_lean_as_long_as_it_lives(tmp_path, places, monkeypatch):
    endings = []
    monkeypatch.setattr(lean_tasks, "_pool", None)
    monkeypatch.setattr(lean_tasks.atexit, "register", lambda *ending: endings.append(ending))
    first = lean_tasks._hosts(tmp_path)
    assert lean_tasks._hosts(tmp_path) is first
    assert len([*tmp_path.iterdir()]) == 1
    ((end, *arguments),) = endings
    end(*arguments)
    assert [*tmp_path.iterdir()] == []


def test_a_store_has_what_it_was_given_and_nothing_else(tmp_path):
    store = Store(tmp_path / "store")
    digest = sha256(b"content")
    assert not store.has(digest)
    assert store.read(digest) is None
    with pytest.raises(OSError, match=rf"^what has come is not the file {digest}$"):
        store.keep(digest, b"contents")
    store.keep(digest, b"content")
    assert store.has(digest)
    assert store.read(digest) == b"content"
    (tmp_path / "store" / digest).write_bytes(b"contents")
    assert store.read(digest) is None
    assert not store.has(digest)


def test_a_file_that_cannot_be_kept_leaves_nothing(tmp_path):
    digest = sha256(b"content")
    (tmp_path / digest).mkdir()
    with pytest.raises(IsADirectoryError):
        Store(tmp_path).keep(digest, b"content")
    assert [path.name for path in tmp_path.iterdir()] == [digest]


GOOD = Checked("w", asked_checker(), sha256(b"def a := 1"), (), Run(0, "", ""), (), 1.0)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({}, None),
        ({"files": (CompiledFile("A.ir", sha256(b"a"), b"a"),)}, None),
        (
            {"checker": Checker("0.0.9", "4", "c")},
            f"it says that bridge 0.0.9 with Lean 4 (c) has checked, and {asked_checker()} is required",
        ),
        ({"sha256": sha256(b"")}, "it says that it has checked another Root/A.lean"),
        ({"imports": (("B", "1"),)}, "it says that Root/A.lean was checked with other imports"),
        (
            {"files": (CompiledFile("A.olean", sha256(b"a"), b"b"),)},
            "what has come is not the A.olean that it has made",
        ),
        ({"files": (CompiledFile("../A.olean", sha256(b"a"), b"a"),)}, "it has sent ../A.olean for Root/A.olean"),
    ],
)
def test_an_answer_counts_if_it_is_one_to_the_question(changes, complaint):
    assert cluster_lean._complaint(question(), dataclasses.replace(GOOD, **changes)) == complaint


class SayingCluster:
    """A cluster whose two workers say what a test has them say, one answer after another."""

    address = "tcp://there"
    count = 1

    def __init__(self, *answers):
        self.answers = [*answers]
        self.asked = []
        self.client = self

    status = "closed"

    def living(self):
        return frozenset({"one", "two"})

    def begun_at(self, workers, _function, _question):
        self.asked.append(workers)
        answer = self.answers.pop(0)
        future = cluster_lean.concurrent.futures.Future()
        future.set_exception(answer) if isinstance(answer, Exception) else future.set_result(answer)
        return future

    def require_kept(self, _future):
        pass


def answer_of(cluster, said=None):
    with ClusterLean(cluster, [].append if said is None else said.append).work() as work:
        return work.answer(question(), {})


def test_a_worker_whose_answer_is_none_is_not_asked_again():
    said = []
    lie = dataclasses.replace(GOOD, worker="one", sha256="0")
    cluster = SayingCluster(lie, dataclasses.replace(GOOD, worker="two"))
    assert answer_of(cluster, said).worker == "two"
    assert cluster.asked == [None, ["two"]]
    assert said == [
        "the worker one cannot check, and others are asked: it says that it has checked another Root/A.lean"
    ]


def test_of_workers_that_all_cannot_check_there_is_no_answer():
    with pytest.raises(
        InputError,
        match=r"^no worker of the cluster at tcp://there can check \(the worker one: no room\); one ",
    ):
        answer_of(SayingCluster(Unable("one", "no room"), Unable("two", "no time")))


def test_what_a_task_raises_is_no_answer():
    with pytest.raises(
        InputError,
        match=r"^a worker of the cluster at tcp://there has failed at Root/A\.lean \(ImportError: no bridge\); work",
    ):
        answer_of(SayingCluster(ImportError("no bridge")))


def test_a_worker_that_goes_while_files_are_sent_is_not_waited_for(tmp_path):
    cluster = SayingCluster(Lacking("one", ("digest",)), dataclasses.replace(GOOD, worker="two"))

    def gone(*_, **__):
        raise OSError("it is gone")

    cluster.run, said = gone, []
    with ClusterLean(cluster, said.append).work() as work:
        assert work.answer(question(), {}).worker == "two"
    assert (cluster.asked, said) == ([None, None], [])


def test_a_worker_that_cannot_keep_files_is_not_asked_again(tmp_path):
    (tmp_path / "file").write_bytes(b"a")
    digest, said = sha256(b"a"), []
    cluster = SayingCluster(Lacking("one", (digest,)), dataclasses.replace(GOOD, worker="two"))
    kept = {lean_tasks.lacking_on_worker: (digest,), lean_tasks.keep_on_worker: OSError("no room")}
    cluster.run = lambda function, *_, **__: {"one": kept[function]}
    with ClusterLean(cluster, said.append).work() as work:
        assert work.answer(question(), {digest: tmp_path / "file"}).worker == "two"
    assert said == ["the worker one cannot check, and others are asked: it cannot keep files (no room)"]
