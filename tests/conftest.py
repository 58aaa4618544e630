"""What all tests share: the `--update` switch, a cache of their own, that interruptions reach them, and that the
tests which a browser is missing for are not forgotten."""

import os
import shutil
import signal

import filelock
import hypothesis
import pytest

from bridge.base.cache import cache_folder
from bridge.base.resources import lean_library_folder
from bridge.check.checker import check
from bridge.check.host_pool import HostPool, parallel_jobs
from bridge.check.lean_modules import discover
from bridge.check.schedule import restore_library
from bridge.check.verdict import Engine
from bridge.sources.mnist import mnist_file, mnist_handwriting
from support.browser import NO_BROWSER

# A loaded machine is slow, and no test here is about time.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="rewrite the golden files instead of comparing with them")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    """In a worker pytest-cov measures twice, and of a test that is not to be measured only once less: end the first."""
    coverage = session.config.pluginmanager.get_plugin("_cov")
    if coverage is not None and hasattr(session.config, "workerinput"):
        coverage.cov_controller.cov.stop()


def pytest_collection_modifyitems(items):
    """Examples are measured, and properties are not: each of a hundred cases would take two or three times as long.

    The files with Lean come first, which take longest: else one worker has some left when the others are done.
    """
    with_lean = {item.path for item in items if item.get_closest_marker("lean")}
    items.sort(key=lambda item: item.path not in with_lean)
    for item in items:
        if hypothesis.is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter):
    """After all else, one line on what did not run because there is no browser."""
    yield
    skipped = [report for report in terminalreporter.getreports("skipped") if NO_BROWSER in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"Not run, {len(skipped)} tests in a browser: {NO_BROWSER}", yellow=True)


@pytest.fixture
def update(request) -> bool:
    """Whether golden files are to be rewritten."""
    return request.config.getoption("--update")


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory):
    """Locks and the like go to a cache of the tests' own; `user_cache` undoes this for the embedded Lean."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIDGE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True, scope="session")
def interruptible():
    """An interruption reaches the tests and what they start, also in the background, where a shell has it ignored."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


@pytest.fixture
def user_cache(monkeypatch):
    """The cache of the user, which holds the embedded Lean and the checked library."""
    monkeypatch.delenv("BRIDGE_CACHE_DIR")


@pytest.fixture
def mnist_at_hand():
    """The images of MNIST, from the cache of the user, in that of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BRIDGE_CACHE_DIR")
        mnist_handwriting()
        of_user = mnist_file()
    mnist_file().parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(of_user, mnist_file())


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A Dask cluster of three workers for the tests of a file; who kills one adds another."""
    from support.clusters import running_cluster  # here, since most tests need none, and it takes a second

    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture(scope="session")
def lean_pool(own_cache, tmp_path_factory):
    """Hosts of the embedded Lean for all tests of this process; together, those of a run have one for each core.

    The library is compiled, once for all processes, before the first test that asks for this.
    """
    folder = tmp_path_factory.mktemp("library")
    root = folder / "Library.lean"
    root.write_text("module\n\npublic import Bridge\n", encoding="utf-8")
    library = lean_library_folder()
    jobs = max(1, parallel_jobs() // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1)))
    with HostPool(print, jobs=jobs) as pool:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("BRIDGE_CACHE_DIR")
            cache_folder().mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(cache_folder() / "tests.lock"):
                if not restore_library(discover(root, library), pool, folder):
                    result = check(root, engine=Engine.EMBEDDED, library=library, tell=print)
                    assert result.accepted, result.messages
        yield pool
