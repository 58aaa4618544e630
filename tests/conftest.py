"""What all tests share: the `--update` switch, a cache of their own, and that interruptions reach them."""

import signal

import hypothesis
import pytest

# A loaded machine is slow, and no test here is about time.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="rewrite the golden files instead of comparing with them")


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
