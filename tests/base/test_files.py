"""Files are old or new, never half, whatever happens in between."""

import concurrent.futures
import os
import re
import signal
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from bridge.base.cache import cache_folder
from bridge.base.errors import InputError
from bridge.base.files import NewFile, _temporary_name, fill_folder, replace_together, write_atomically
from bridge.base.guard import Guard, guarding
from bridge.base.own_files import Kind

# Files here are ours if they say so, or are to be replaced whatever they are.
MARKED = Kind("a marked text", lambda file: b"made by us" in file.read())
ANY = Kind("a file", lambda _file: True)


def contents(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def new(data=b"new", kind=ANY):
    return NewFile(kind, data)


def refusal(files, **options):
    with pytest.raises(InputError) as caught:
        replace_together(files, **options)
    return str(caught.value)


def run_python(code, *arguments):
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)])


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    write_atomically(tmp_path / "a.txt", new())
    assert contents(tmp_path) == {"a.txt": "new"}


def test_a_file_in_chunks_is_their_sequence(tmp_path):
    write_atomically(tmp_path / "a.txt", new(text.encode() for text in ("one ", "", "two")))
    assert contents(tmp_path) == {"a.txt": "one two"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, InputError("no more")])
def test_chunks_that_end_in_an_error_leave_the_old_file_and_nothing_beside_it(tmp_path, error):
    def chunks():
        yield b"new"
        raise error

    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(type(error) if isinstance(error, Exception) else error):
        write_atomically(tmp_path / "a.txt", new(chunks()))
    assert contents(tmp_path) == {"a.txt": "old"}


def test_ctrl_c_between_two_chunks_takes_effect_at_once(tmp_path):
    def chunks():
        yield b"new"
        os.kill(os.getpid(), signal.SIGINT)
        yield b"er"

    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a.txt", new(chunks()))
    assert contents(tmp_path) == {"a.txt": "old"}


def test_a_file_can_be_written_from_another_thread(tmp_path):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(write_atomically, tmp_path / "a.txt", new()).result()
    assert contents(tmp_path) == {"a.txt": "new"}


def test_a_group_is_replaced_whole_and_what_no_longer_belongs_to_it_goes(tmp_path):
    (tmp_path / "old.txt").write_text("made by us")
    (tmp_path / "own.txt").write_text("the user's")
    remove = dict.fromkeys([tmp_path / "old.txt", tmp_path / "own.txt"], MARKED)
    replace_together({tmp_path / "a.txt": new(b"1"), tmp_path / "b.txt": new(b"2")}, remove)
    assert contents(tmp_path) == {"a.txt": "1", "b.txt": "2", "own.txt": "the user's"}


def test_a_file_of_the_group_is_not_removed(tmp_path):
    (tmp_path / "a.txt").write_text("made by us")
    replace_together({tmp_path / "a.txt": new(b"made by us anew")}, {tmp_path / "a.txt": MARKED})
    assert contents(tmp_path) == {"a.txt": "made by us anew"}


def test_what_another_process_writes_while_this_one_waits_for_its_turn_goes_too(tmp_path):
    def chunks():
        (tmp_path / "late.txt").write_text("made by us")
        yield b"1"

    replace_together({tmp_path / "a.txt": new(chunks())}, {tmp_path / "*.txt": MARKED})
    assert contents(tmp_path) == {"a.txt": "1"}


def test_a_group_with_a_folder_in_a_files_place_changes_nothing(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(InputError, match=r"b\.txt is a folder; a file is to be written there; name a file$"):
        replace_together({tmp_path / "a.txt": new(), tmp_path / "b.txt": new()})
    assert contents(tmp_path) == {"a.txt": "old"}


def test_a_group_with_a_missing_folder_changes_nothing_and_names_it(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    missing = tmp_path / "none"
    message = (
        f"{missing} cannot be written (no such folder); an existing folder with write permission is required; "
        "choose another output path"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        replace_together({tmp_path / "a.txt": new(), missing / "b.txt": new()})
    assert contents(tmp_path) == {"a.txt": "old"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to everything")
def test_a_write_protected_file_is_not_replaced(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "a.txt").chmod(0o444)
    with pytest.raises(InputError, match=r"a\.txt cannot be written \(write-protected\)"):
        write_atomically(tmp_path / "a.txt", new())
    assert contents(tmp_path) == {"a.txt": "old"}


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that refuses everybody")
def test_a_file_system_that_refuses_is_reported_in_one_line():
    with pytest.raises(
        InputError, match=r"^/proc/.* cannot be written \(.*\); an existing folder with write permission"
    ):
        write_atomically(Path("/proc/a.txt"), new())


def test_an_interruption_while_writing_leaves_the_old_files(tmp_path):
    (tmp_path / "a.txt").write_text("old")

    def chunks():
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_together({tmp_path / "a.txt": new(), tmp_path / "b.txt": new(chunks())})
    assert contents(tmp_path) == {"a.txt": "old"}


@pytest.fixture
def sigterm_is_ctrl_c():
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    signal.signal(signal.SIGTERM, previous)


def interrupt_each(monkeypatch, method, number):
    """Have the signal arrive just before each such step."""
    rename = getattr(Path, method)

    def interrupted_rename(source, target):
        os.kill(os.getpid(), number)
        return rename(source, target)

    monkeypatch.setattr(Path, method, interrupted_rename)


@pytest.mark.usefixtures("sigterm_is_ctrl_c")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interruption_between_two_renames_takes_effect_after_the_last(tmp_path, monkeypatch, number):
    files = [tmp_path / "a.txt", tmp_path / "b.txt"]
    interrupt_each(monkeypatch, "replace", number)
    with guarding(Guard()) as guard, pytest.raises(KeyboardInterrupt):
        replace_together(dict.fromkeys(files, new()))
    assert contents(tmp_path) == {"a.txt": "new", "b.txt": "new"}
    assert guard.written == files


def test_ctrl_c_at_any_moment_leaves_a_group_all_old_or_all_new(tmp_path):
    files = [tmp_path / f"{number}.txt" for number in range(20)]
    code = """
        import sys
        from pathlib import Path
        from bridge.base.files import NewFile, replace_together
        from bridge.base.own_files import Kind

        ANY = Kind("a file", lambda _file: True)
        files = [Path(name) for name in sys.argv[1:]]
        for generation in range(1_000_000):
            replace_together({file: NewFile(ANY, str(generation).encode()) for file in files})
            if generation == 0:
                print("started", flush=True)
    """
    for delay in (0.0, 0.003, 0.01, 0.02) * 3:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), *map(str, files)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        with process:
            process.stdout.readline()
            threading.Event().wait(delay)
            process.send_signal(signal.SIGINT)
            limit = threading.Timer(60, process.kill)
            limit.start()
            process.wait()
            limit.cancel()
        assert process.returncode == -signal.SIGINT
        assert len(set(contents(tmp_path).values())) == 1
        assert sorted(contents(tmp_path)) == sorted(file.name for file in files)


def test_two_processes_that_replace_the_same_group_do_not_mix(tmp_path):
    files = [tmp_path / f"{number}.txt" for number in range(20)]
    code = """
        import sys
        from pathlib import Path
        from bridge.base.files import NewFile, replace_together
        from bridge.base.own_files import Kind

        new = NewFile(Kind("a file", lambda _file: True), sys.argv[1].encode())
        for _ in range(30):
            replace_together({Path(name): new for name in sys.argv[2:]})
    """
    processes = [run_python(code, name, *files) for name in ("one", "two")]
    assert [process.wait() for process in processes] == [0, 0]
    assert set(contents(tmp_path).values()) in ({"one"}, {"two"})
    assert len(contents(tmp_path)) == len(files)


def test_a_file_that_is_not_ours_changes_nothing_of_its_group(tmp_path):
    (tmp_path / "a.txt").write_text("made by us")
    (tmp_path / "b.txt").write_text("theirs")
    files = {tmp_path / "a.txt": new(kind=MARKED), tmp_path / "b.txt": new(kind=MARKED)}
    assert refusal(files).startswith(f"{tmp_path / 'b.txt'} is there and is not a marked text; ")
    assert contents(tmp_path) == {"a.txt": "made by us", "b.txt": "theirs"}


def test_a_file_that_comes_while_others_are_written_is_kept(tmp_path):
    def chunks():
        (tmp_path / "b.txt").write_text("theirs")
        yield b"new"

    files = {tmp_path / "a.txt": new(kind=MARKED), tmp_path / "b.txt": new(chunks(), kind=MARKED)}
    assert refusal(files).startswith(f"{tmp_path / 'b.txt'} is there and is not a marked text; ")
    assert contents(tmp_path) == {"b.txt": "theirs"}


def test_an_input_and_what_a_link_leads_to_are_not_removed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    for name in ("old.txt", "in.txt", "elsewhere/old.txt"):
        (tmp_path / name).write_text("made by us")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "link.txt").symlink_to("elsewhere/old.txt")
    with guarding(Guard(inputs=[tmp_path / "none", tmp_path / "in.txt"])):
        replace_together({tmp_path / "a.txt": new(b"1")}, {tmp_path / "*.txt": MARKED})
    made = "made by us"
    assert contents(tmp_path) == {"a.txt": "1", "in.txt": made, "link.txt": made, "elsewhere/old.txt": made}


# Links and permissions


def test_a_link_stays_one_and_what_it_leads_to_is_replaced(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "a.txt").write_text("old")
    (tmp_path / "a.txt").symlink_to("target/a.txt")
    (tmp_path / "far.txt").symlink_to(tmp_path / "a.txt")
    write_atomically(tmp_path / "far.txt", new())
    assert (tmp_path / "far.txt").is_symlink()
    assert (tmp_path / "a.txt").is_symlink()
    assert (tmp_path / "target" / "a.txt").read_text() == "new"
    assert len(list(tmp_path.rglob("*"))) == 4


def test_a_link_that_leads_nowhere_stays_one_and_its_target_is_made(tmp_path):
    (tmp_path / "a.txt").symlink_to("new.txt")
    write_atomically(tmp_path / "a.txt", new())
    assert (tmp_path / "a.txt").is_symlink()
    assert contents(tmp_path) == {"a.txt": "new", "new.txt": "new"}


def test_a_link_to_a_folder_in_the_way_is_followed(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to("target")
    write_atomically(tmp_path / "link" / "a.txt", new())
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target" / "a.txt").read_text() == "new"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_a_file_keeps_the_permissions_that_it_has(tmp_path, mode):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "a.txt").chmod(mode)
    write_atomically(tmp_path / "a.txt", new())
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_file_keeps_its_owner(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    os.chown(tmp_path / "a.txt", 1234, 5678)
    write_atomically(tmp_path / "a.txt", new())
    status = (tmp_path / "a.txt").stat()
    assert (status.st_uid, status.st_gid) == (1234, 5678)


def test_what_nobody_else_may_read_is_not_readable_while_it_is_written(tmp_path):
    def chunks():
        yield b"new"
        modes.extend(stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir())

    modes = []
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "a.txt").chmod(0o600)
    write_atomically(tmp_path / "a.txt", new(chunks()))
    assert modes == [0o600, 0o600]


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_permissions_that_any_program_gives(tmp_path, umask):
    previous = os.umask(umask)
    try:
        write_atomically(tmp_path / "a.txt", new())
        fill_folder(tmp_path / "folder", FILES)
    finally:
        os.umask(previous)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o666 & ~umask
    assert stat.S_IMODE((tmp_path / "folder" / "a.txt").stat().st_mode) == 0o666 & ~umask
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o777 & ~umask


def test_a_name_as_long_as_a_name_can_be_is_written(tmp_path):
    write_atomically(tmp_path / ("n" * 255), new())
    assert contents(tmp_path) == {"n" * 255: "new"}


# What a process leaves that is killed


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from bridge.base import files
    from bridge.base.own_files import Kind

    def chunks():
        yield b"new"
        os.kill(os.getpid(), signal.SIGKILL)

    def kill(*_arguments):
        os.kill(os.getpid(), signal.SIGKILL)

    if sys.argv[1] == "file":
        files.write_atomically(Path(sys.argv[2]), files.NewFile(Kind("a file", lambda _file: True), chunks()))
    Path.rename = kill
    files.fill_folder(Path(sys.argv[2]), {Path("a.txt"): b"new"})
"""


@pytest.mark.parametrize(("kind", "name"), [("file", "a.txt"), ("folder", "new")])
def test_the_next_writing_clears_what_a_killed_one_has_left(tmp_path, kind, name):
    (tmp_path / "a.txt").write_text("old")
    assert run_python(KILLED, kind, tmp_path / name).wait() == -signal.SIGKILL
    assert [path.name.split(".")[1] for path in tmp_path.iterdir() if path.name != "a.txt"] == ["bridge"]
    assert (tmp_path / "a.txt").read_text() == "old"
    write_atomically(tmp_path / "b.txt", new())
    assert contents(tmp_path) == {"a.txt": "old", "b.txt": "new"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]


def test_what_a_folder_was_to_be_made_of_is_cleared_when_it_is_made(tmp_path):
    (tmp_path / "folder").mkdir()
    assert run_python(KILLED, "folder", tmp_path / "folder").wait() == -signal.SIGKILL
    fill_folder(tmp_path / "folder", FILES)
    assert contents(tmp_path / "folder") == FILLED
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == [".github", "a.txt", "sub"]


def test_what_others_are_writing_or_have_named_alike_stays(tmp_path):
    machine = _temporary_name().split(".")[2]
    names = [
        _temporary_name(),
        f".bridge.{machine}.1.00000000.0",
        f".bridge.{'0' * 8}.{os.getpid()}.00000000.0",
        ".bridge.toml",
    ]
    gone = [f".bridge.{machine}.{os.getpid()}.00000000.0", f".bridge.{machine}.9999999.00000000.0"]
    for name in (*names, *gone):
        (tmp_path / name).write_text("theirs")
    write_atomically(tmp_path / "a.txt", new())
    assert contents(tmp_path) == {"a.txt": "new"} | dict.fromkeys(names, "theirs")


# Turns


def test_two_names_of_one_place_share_a_turn(tmp_path, monkeypatch):
    monkeypatch.setenv("BRIDGE_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "out").mkdir()
    (tmp_path / "way").symlink_to("out")
    (tmp_path / "a.txt").symlink_to("out/a.txt")
    monkeypatch.chdir(tmp_path / "out")
    for path in (Path("a.txt"), tmp_path / "out" / "a.txt", tmp_path / "way" / "a.txt", tmp_path / "a.txt"):
        write_atomically(path, new())
    assert len(list((tmp_path / "cache" / "locks").iterdir())) == 1
    write_atomically(tmp_path / "out" / "b.txt", new())
    assert len(list((tmp_path / "cache" / "locks").iterdir())) == 2


def test_a_group_can_have_the_turn_of_its_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BRIDGE_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("a.txt", "b.txt"):
        replace_together({tmp_path / name: new()}, turn=tmp_path)
    assert len(list((tmp_path / "cache" / "locks").iterdir())) == 1


@pytest.mark.parametrize("write", [lambda path: write_atomically(path, new()), lambda path: fill_folder(path, FILES)])
def test_a_cache_that_cannot_be_used_is_named_as_such(tmp_path, monkeypatch, write):
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("BRIDGE_CACHE_DIR", str(tmp_path / "cache"))
    with pytest.raises(InputError) as caught:
        write(tmp_path / "new")
    assert str(caught.value) == (
        f"the cache folder {tmp_path / 'cache'} cannot be used (Not a directory); a writable folder is required, for "
        "locks; name one in BRIDGE_CACHE_DIR"
    )
    assert contents(tmp_path) == {"cache": "a file"}


FILES = {Path("a.txt"): b"a", Path("sub/b.txt"): b"b", Path(".github/c.txt"): b"c"}
FILLED = {"a.txt": "a", "sub/b.txt": "b", ".github/c.txt": "c"}


def refusal_to_fill(folder, files=FILES):
    with pytest.raises(InputError) as caught:
        fill_folder(folder, files)
    return str(caught.value)


def test_a_new_folder_has_the_files_and_nothing_is_left_beside_it(tmp_path):
    fill_folder(tmp_path / "new", FILES)
    assert contents(tmp_path / "new") == FILLED
    assert list(tmp_path.iterdir()) == [tmp_path / "new"]
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_an_empty_folder_stays_the_same_folder_and_has_the_files(tmp_path):
    (tmp_path / "empty").mkdir()
    identity = (tmp_path / "empty").stat().st_ino
    beside = tmp_path.stat().st_mtime_ns
    fill_folder(tmp_path / "empty", FILES)
    assert contents(tmp_path) == {f"empty/{name}": text for name, text in FILLED.items()}
    assert (tmp_path / "empty").stat().st_ino == identity
    # Nothing was made beside it meanwhile, where one may not be allowed to write.
    assert tmp_path.stat().st_mtime_ns == beside


def test_what_has_a_dot_in_front_may_be_there_and_stays(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref")
    (tmp_path / ".envrc").write_text("use nix")
    fill_folder(tmp_path, FILES)
    assert contents(tmp_path) == {**FILLED, ".git/HEAD": "ref", ".envrc": "use nix"}


@pytest.mark.parametrize("name", ["notes.txt", "a.txt", "sub", ".github"])
def test_a_folder_with_something_in_it_is_refused_and_nothing_changes(tmp_path, name):
    (tmp_path / ".git").mkdir()
    (tmp_path / name).write_text("the user's")
    assert refusal_to_fill(tmp_path) == (
        f"{tmp_path} has {name!r} in it; a new or an empty folder is required, or one with nothing but `.git` and the "
        "like; name another"
    )
    assert contents(tmp_path) == {name: "the user's"}


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("the user's")
    message = f"{tmp_path / 'file'} is a file; a new or an empty folder is required; name another"
    assert refusal_to_fill(tmp_path / "file") == message
    assert contents(tmp_path) == {"file": "the user's"}


def test_a_new_folder_in_a_missing_one_is_refused(tmp_path):
    message = f"{tmp_path / 'none'} is not a folder; new is to be made there; make it first"
    assert refusal_to_fill(tmp_path / "none" / "new") == message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["new", "."])
def test_a_folder_that_cannot_be_filled_is_as_it_was(tmp_path, name):
    assert re.fullmatch(
        re.escape(str(tmp_path / name)) + r" cannot be made \(.+\); a place with write permission is required; choose "
        "another folder",
        refusal_to_fill(tmp_path / name, {**FILES, Path("a.txt/b.txt"): b"a file is no folder"}),
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("sigterm_is_ctrl_c")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("is_new", [True, False])
def test_an_interruption_while_a_folder_is_filled_takes_effect_when_all_is_there(tmp_path, monkeypatch, number, is_new):
    if not is_new:
        (tmp_path / "folder").mkdir()
    interrupt_each(monkeypatch, "rename", number)
    with guarding(Guard()) as guard, pytest.raises(KeyboardInterrupt):
        fill_folder(tmp_path / "folder", FILES)
    assert guard.written == [tmp_path / "folder"]
    assert contents(tmp_path) == {f"folder/{name}": text for name, text in FILLED.items()}


@pytest.mark.parametrize("is_new", [True, False])
def test_of_two_processes_that_fill_a_folder_one_is_refused(tmp_path, is_new):
    if not is_new:
        (tmp_path / "folder").mkdir()
    code = """
        import sys
        from pathlib import Path
        from bridge.base.errors import InputError
        from bridge.base.files import fill_folder

        try:
            fill_folder(Path(sys.argv[1]), {Path(f"{number}.txt"): sys.argv[2].encode() for number in range(200)})
        except InputError as error:
            sys.exit(2 if "in it; a new or an empty folder is required" in str(error) else str(error))
    """
    processes = [run_python(code, tmp_path / "folder", name) for name in ("one", "two")]
    assert sorted(process.wait() for process in processes) == [0, 2]
    assert len(contents(tmp_path)) == 200
    assert set(contents(tmp_path).values()) in ({"one"}, {"two"})


def test_the_cache_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("BRIDGE_CACHE_DIR", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIDGE_CACHE_DIR", "relative")
    assert cache_folder() == tmp_path / "relative"


def test_locks_are_kept_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("BRIDGE_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "out").mkdir()
    write_atomically(tmp_path / "out" / "a.txt", new())
    assert len(list((tmp_path / "cache" / "locks").iterdir())) == 1
    assert contents(tmp_path / "out") == {"a.txt": "new"}
