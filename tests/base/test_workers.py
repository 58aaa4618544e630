"""Who does work that is divided into tasks; the clusters are real ones."""

import functools
import os

import pytest

from bridge.base import extras, workers
from bridge.base.errors import InputError, MissingToolError
from bridge.base.workers import HERE, Cluster, open_workers
from support.clusters import running_cluster
from support.lifelines import wait_until
from support.tasks import (
    killed_always,
    killed_once,
    noted,
    process_of,
    refused_from_five_on,
    slowly_squared,
    squared,
)


@pytest.fixture(scope="module")
def processes():
    with open_workers(jobs=2) as opened:
        yield opened


@pytest.fixture(scope="module")
def on_cluster(cluster):
    with open_workers(scheduler=cluster.address) as opened:
        yield opened


@pytest.fixture(params=["here", "processes", "cluster"])
def some(request):
    return (
        HERE
        if request.param == "here"
        else request.getfixturevalue({"cluster": "on_cluster"}.get(request.param, request.param))
    )


def open_in_vain(**where):
    with open_workers(**where):
        pytest.fail("they are opened")


def is_running(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_results_come_in_the_order_of_the_tasks(some):
    assert list(some.map(squared, iter(range(30)), total=30)) == [number**2 for number in range(30)]


def test_no_task_gives_no_result(some):
    assert list(some.map(squared, [], total=0)) == []


def test_progress_is_told_of_every_task(some):
    told = []
    list(some.map(squared, range(4), total=4, step="squares", progress=lambda *what: told.append(what)))
    assert told == [("squares", done, 4) for done in range(5)]


def test_only_a_few_tasks_are_taken_before_their_results_are_asked_for(some):
    taken = []
    results = some.map(squared, (taken.append(number) or number for number in range(50)), total=50)
    for wanted in range(3):
        assert next(results) == wanted**2
        assert len(taken) <= wanted + 1 + 2 * some.count
    results.close()


def test_the_error_of_the_first_task_that_has_one_is_raised_as_it_was(some):
    results = some.map(refused_from_five_on, range(30), total=30)
    assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(InputError, match=r"^5 is too much; at most 4 is required; take less$"):
        next(results)
    assert list(some.map(squared, [7], total=1)) == [49]


def test_what_is_not_asked_for_any_more_is_not_begun(some, tmp_path):
    results = some.map(functools.partial(noted, tmp_path), range(100), total=100)
    next(results)
    results.close()
    list(some.map(slowly_squared, range(2 * some.count), total=2 * some.count))
    assert len(list(tmp_path.iterdir())) <= 1 + 2 * some.count


@pytest.mark.parametrize("engine", ["processes", "cluster"])
def test_a_task_whose_worker_was_killed_is_done_by_another(engine, tmp_path, request):
    task = functools.partial(killed_once, tmp_path / "killed")
    if engine == "processes":
        assert list(request.getfixturevalue("processes").map(task, range(9), total=9)) == list(range(9))
        return
    running = request.getfixturevalue("cluster")
    assert list(request.getfixturevalue("on_cluster").map(task, range(9), total=9)) == list(range(9))
    running.add_worker()
    running.wait_for_workers(3)


def test_a_cluster_has_as_many_workers_as_it_has_threads(on_cluster):
    wait_until(lambda: on_cluster.count == 3)  # a worker that was killed can count for a while, and a new one not yet


def test_processes_end_with_the_block():
    with open_workers(jobs=2) as opened:
        assert opened.count == 2
        found = set(opened.map(process_of, range(8), total=8))
    assert os.getpid() not in found
    wait_until(lambda: not any(map(is_running, found)))


def test_nobody_is_needed_for_one_process():
    with open_workers() as alone, open_workers(jobs=1) as one:
        assert alone is one is HERE
        assert list(one.map(process_of, [0], total=1)) == [os.getpid()]


def test_the_work_of_others_on_a_cluster_goes_on(cluster):
    with cluster.client() as other:
        theirs = other.map(slowly_squared, range(60), pure=False)
        with open_workers(scheduler=cluster.address) as opened:
            results = opened.map(slowly_squared, range(60), total=60)
            next(results)
            results.close()
        assert other.gather(theirs) == [number**2 for number in range(60)]


def test_a_task_that_kills_its_workers_is_named_as_one_that_may_want_memory(processes):
    with pytest.raises(InputError, match=r"^one worker after the other was lost with the same task; .* memory has run"):
        list(processes.map(killed_always, range(2), total=2))
    assert list(processes.map(squared, [3], total=1)) == [9]


@pytest.mark.parametrize("jobs", [-1, -2])
def test_as_many_processes_as_cores_can_be_asked_for(jobs):
    assert workers._process_count(jobs) >= 1


def test_no_process_is_too_few():
    with pytest.raises(InputError, match=r"^`jobs=0` leaves nobody to work; "):
        open_in_vain(jobs=0)


def test_processes_and_a_cluster_are_not_asked_for_together():
    with pytest.raises(InputError, match=r"^`jobs=…` and `scheduler=…` were given together; "):
        open_in_vain(jobs=2, scheduler="tcp://127.0.0.1:1")


# Clusters that are harmed


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nowhere", "what://ever:1", "127.0.0.1:x", ""])
def test_a_scheduler_that_is_not_there_is_named(address, monkeypatch):
    monkeypatch.setattr(workers, "_SECONDS_TO_CONNECT", 0.5)
    with pytest.raises(InputError, match=rf"^no scheduler answers at {address} \(.*\); the address of a running one"):
        open_in_vain(scheduler=address)


def test_a_worker_is_no_scheduler(cluster):
    with cluster.client() as client:
        worker = next(iter(client.nthreads()))
    with pytest.raises(InputError, match=rf"^no scheduler answers at {worker} \(what is there is a Worker\); "):
        open_in_vain(scheduler=worker)


def test_a_file_that_no_scheduler_has_written_is_named(tmp_path):
    file = tmp_path / "scheduler.json"
    file.write_text("{}")
    with pytest.raises(InputError, match=rf"^no scheduler answers at {file} \('address'\); "):
        open_in_vain(scheduler=str(file))


def test_the_file_of_a_scheduler_is_as_good_as_its_address(cluster, tmp_path):
    file = tmp_path / "scheduler.json"
    file.write_text(f'{{"address": "{cluster.address}"}}')
    with open_workers(scheduler=str(file)) as opened:
        assert opened.count == 3


def test_a_cluster_needs_its_library(monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    with pytest.raises(MissingToolError, match=r"^distributed is missing; it is required for work on a cluster; "):
        open_in_vain(scheduler="tcp://127.0.0.1:1")


def test_a_scheduler_that_goes_away_is_named(tmp_path):
    with running_cluster(tmp_path, workers=1) as running, open_workers(scheduler=running.address) as opened:
        results = opened.map(slowly_squared, range(100), total=100)
        next(results)
        running.kill_scheduler()
        with pytest.raises(InputError, match=rf"^the scheduler at {running.address} has gone away; "):
            list(results)
        with pytest.raises(InputError, match=r"has gone away; "):
            list(opened.map(squared, range(3), total=3))


def test_a_cluster_that_loses_one_worker_after_the_other_or_all_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "_SECONDS_WITHOUT_WORKERS", 0.1)
    with running_cluster(tmp_path, workers=4) as running, open_workers(scheduler=running.address) as opened:
        with pytest.raises(InputError, match=r"^one worker after the other was lost with the same task; "):
            list(opened.map(killed_always, [0], total=1))
        with pytest.raises(
            InputError, match=rf"^the cluster at {running.address} has had no worker for 0\.1 seconds; "
        ):
            list(opened.map(squared, [3], total=1))
        with pytest.raises(InputError, match=r" has no worker; one at least is required; start `dask worker tcp://"):
            open_in_vain(scheduler=running.address)


def test_a_cluster_that_drops_the_work_is_named(tmp_path):
    with running_cluster(tmp_path, workers=1) as running, open_workers(scheduler=running.address) as opened:
        results = opened.map(slowly_squared, range(100), total=100)
        next(results)
        running.drop_all_tasks()
        with pytest.raises(InputError, match=r" has dropped this work; a cluster that is not restarted meanwhile is "):
            list(results)


def with_another_numpy(folder):
    """What PYTHONPATH begins with for a process whose numpy says of itself that it is another one."""
    (folder / "numpy-9.9.dist-info").mkdir(parents=True)
    (folder / "numpy-9.9.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 9.9\n")
    return str(folder)


OTHER_NUMPY = r" has version 9\.9 of numpy, and here it is [\d.]+; the same versions are required, since numbers depend"


def test_workers_with_other_libraries_are_refused_also_those_that_come_late(tmp_path):
    with running_cluster(tmp_path / "cluster", workers=1) as running, open_workers(scheduler=running.address) as opened:
        running.add_worker(before=with_another_numpy(tmp_path / "other"))
        running.wait_for_workers(2)
        with pytest.raises(InputError, match=rf"^a worker{OTHER_NUMPY}"):
            list(opened.map(slowly_squared, range(20), total=20))
        with pytest.raises(InputError, match=rf"^the worker tcp://127.0.0.1:\d+{OTHER_NUMPY}"):
            open_in_vain(scheduler=running.address)


def test_a_scheduler_with_other_libraries_is_refused(cluster, monkeypatch):
    monkeypatch.setattr(workers, "_COMPARED", ("distributed", "joblib"))
    workers.worker_versions.cache_clear()
    try:
        with pytest.raises(
            InputError, match=rf"^the scheduler at {cluster.address} has version none of joblib, and here"
        ):
            open_in_vain(scheduler=cluster.address)
    finally:
        workers.worker_versions.cache_clear()


def test_a_worker_without_the_library_is_refused():
    error = ModuleNotFoundError("No module named 'bridge'")
    with pytest.raises(
        InputError, match=r"^w cannot say which libraries it has \(ModuleNotFoundError: No module named"
    ):
        workers._require_versions("w", workers.worker_versions(), error)


class Answering:
    """What is connected to a cluster that answers so."""

    def __init__(self, scheduler):
        self._scheduler = scheduler

    def run_on_scheduler(self, _function):
        raise self._scheduler


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ModuleNotFoundError("No module named 'bridge'"), r"^the scheduler at tcp://here cannot say which libraries"),
        (OSError("closed"), r"^the scheduler at tcp://here has gone away; "),
    ],
)
def test_a_scheduler_that_cannot_say_what_it_has_is_refused(error, message):
    with pytest.raises(InputError, match=message):
        workers._compare(Answering(error), "tcp://here")


def test_a_scheduler_that_is_silent_is_named(monkeypatch):
    async def in_vain(_place):
        raise TimeoutError

    monkeypatch.setattr(workers, "_require_scheduler_at", in_vain)
    with pytest.raises(InputError, match=r"^no scheduler answers at tcp://there \(no answer in time\); "):
        open_in_vain(scheduler="tcp://there")


def test_processes_that_were_never_started_end_too():
    with open_workers(jobs=2) as opened:
        assert opened.count == 2


def test_a_worker_does_a_task_with_the_same_libraries_alone():
    assert workers._worked(workers.worker_versions(), squared, 3) == 9
    with pytest.raises(InputError, match=r"^a worker has version none of zlib, and here it is 1; "):
        workers._worked((("zlib", "1"),), squared, 3)


def test_a_cluster_can_be_asked_for_its_client(on_cluster):
    assert isinstance(on_cluster, Cluster)
    assert on_cluster.client.status == "running"
