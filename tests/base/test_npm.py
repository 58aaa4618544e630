"""Packages of npm: fetched with the real npm, which is told no more than the user leaves open, checked and unpacked."""

import json
import tarfile

import pytest

from bridge.base.errors import MissingToolError
from bridge.base.npm import IMPATIENT, NpmPackage, Use, fetch_package, unpack
from support.npm_packages import archive_bytes, integrity_of

USE = Use("the work", otherwise="do without")


@pytest.fixture(autouse=True)
def _own_npm_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))


@pytest.fixture
def workplace(tmp_path):
    folder = tmp_path / "workplace"
    folder.mkdir()
    return folder


def small_package(folder):
    path = folder / "small.tgz"
    manifest = json.dumps({"name": "small", "version": "0.0.0"}).encode()
    path.write_bytes(archive_bytes({"package/package.json": manifest, "package/data": b"data"}))
    return NpmPackage(str(path), integrity_of(path.read_bytes()), 1)


def complaint(*arguments):
    with pytest.raises(MissingToolError) as caught:
        fetch_package(*arguments)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_what_is_fetched_is_the_archive(tmp_path, workplace):
    package = small_package(tmp_path)
    archive = fetch_package(package, workplace, USE)
    assert (archive.parent, integrity_of(archive.read_bytes())) == (workplace, package.integrity)


def test_another_archive_than_the_pinned_one_is_refused(tmp_path, workplace):
    package = small_package(tmp_path)
    pinned = NpmPackage(package.name, integrity_of(b"pinned"), 1)
    assert complaint(pinned, workplace, USE) == (
        f"the npm package {package.name} has integrity {package.integrity}; {pinned.integrity} is required; it is not "
        "used: check npm's registry setting"
    )


@pytest.mark.parametrize("retries", ["npm_config_fetch_retries", "NPM_CONFIG_FETCH_RETRIES"])
def test_an_unreachable_registry_is_named_with_what_to_do(monkeypatch, workplace, retries):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv(retries, "0")
    message = complaint(NpmPackage("small@0.0.0", "sha512-", 1), workplace, USE, IMPATIENT)
    assert message.startswith("the npm package small@0.0.0 could not be fetched (")
    assert message.endswith(
        " ECONNREFUSED 127.0.0.1:9); the npm registry is required for the work; check the network or npm's settings, "
        "or do without"
    )


def test_what_npm_is_told_leaves_the_users_settings_alone(monkeypatch, workplace):
    given = []

    class Recorded:
        def __enter__(self):
            return self

        def __exit__(self, *_error):
            pass

        def run(self, _command, *, folder, environment):
            given.append((folder, environment))
            raise KeyboardInterrupt

    monkeypatch.setattr("bridge.base.npm.ProcessGroup", Recorded)
    monkeypatch.setenv("NPM_CONFIG_FETCH_TIMEOUT", "7")
    for settings in ((), (IMPATIENT,)):
        with pytest.raises(KeyboardInterrupt):
            fetch_package(NpmPackage("small@0.0.0", "sha512-", 1), workplace, USE, *settings)
    of_user = {"npm_config_fetch_timeout"}
    told = {name: value for name, value in IMPATIENT.items() if name not in of_user}
    assert given == [(workplace, {}), (workplace, told)]


# Unpacking


def test_unpacking_leaves_out_what_macos_left(tmp_path):
    archive = tmp_path / "archive.tgz"
    archive.write_bytes(archive_bytes({"a/x": b"1", "a/._x": b"2", "._a": b"3", "a/.hidden": b"4", "a/y._z": b"5"}))
    unpack(archive, tmp_path / "out")
    files = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert files == {"a/x", "a/.hidden", "a/y._z"}


def link(name, target, kind=tarfile.SYMTYPE):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    "files",
    [
        {"../evil": b"x"},
        {"a/../../evil": b"x"},
        {"out": link("out", "..")},
        {"out": link("out", "../evil", tarfile.LNKTYPE)},
    ],
    ids=["path", "path further down", "symbolic link", "hard link"],
)
def test_unpacking_refuses_what_leads_out_of_the_folder(tmp_path, files):
    archive = tmp_path / "archive.tgz"
    archive.write_bytes(archive_bytes(files))
    with pytest.raises(tarfile.FilterError):
        unpack(archive, tmp_path / "out")
    assert not (tmp_path / "evil").exists()
