"""Files are old or new, never half, whatever happens in between."""

import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from bridge.errors import InputError
from bridge.files import cache_folder, fill_folder, replace_together, write_atomically


def contents(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def run_python(code, *arguments):
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)])


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    write_atomically(tmp_path / "a.txt", b"new")
    assert contents(tmp_path) == {"a.txt": "new"}


def test_a_file_in_chunks_is_their_sequence(tmp_path):
    write_atomically(tmp_path / "a.txt", (text.encode() for text in ("one ", "", "two")))
    assert contents(tmp_path) == {"a.txt": "one two"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, InputError("no more")])
def test_chunks_that_end_in_an_error_leave_the_old_file_and_nothing_beside_it(tmp_path, error):
    def chunks():
        yield b"new"
        raise error

    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(type(error) if isinstance(error, Exception) else error):
        write_atomically(tmp_path / "a.txt", chunks())
    assert contents(tmp_path) == {"a.txt": "old"}


def test_ctrl_c_between_two_chunks_takes_effect_at_once(tmp_path):
    def chunks():
        yield b"new"
        os.kill(os.getpid(), signal.SIGINT)
        yield b"er"

    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a.txt", chunks())
    assert contents(tmp_path) == {"a.txt": "old"}


def test_a_file_can_be_written_from_another_thread(tmp_path):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(write_atomically, tmp_path / "a.txt", b"new").result()
    assert contents(tmp_path) == {"a.txt": "new"}


def test_a_group_is_replaced_whole_and_what_no_longer_belongs_to_it_goes(tmp_path):
    (tmp_path / "old.txt").write_text("made by us")
    (tmp_path / "own.txt").write_text("the user's")
    remove = dict.fromkeys([tmp_path / "old.txt", tmp_path / "own.txt"], "made by us")
    replace_together({tmp_path / "a.txt": b"1", tmp_path / "b.txt": b"2"}, remove)
    assert contents(tmp_path) == {"a.txt": "1", "b.txt": "2", "own.txt": "the user's"}


def test_a_file_of_the_group_is_not_removed(tmp_path):
    (tmp_path / "a.txt").write_text("mark")
    replace_together({tmp_path / "a.txt": b"new mark"}, {tmp_path / "a.txt": "mark"})
    assert contents(tmp_path) == {"a.txt": "new mark"}


def test_what_another_process_writes_while_this_one_waits_for_its_turn_goes_too(tmp_path):
    class Waiting(dict):
        def items(self):
            (tmp_path / "late.txt").write_text("made by us")
            return super().items()

    replace_together(Waiting({tmp_path / "a.txt": b"1"}), {tmp_path / "*.txt": "made by us"})
    assert contents(tmp_path) == {"a.txt": "1"}


def test_a_group_with_a_folder_in_a_files_place_changes_nothing(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(InputError, match=r"b\.txt is a folder; a file is to be written there; name a file$"):
        replace_together({tmp_path / "a.txt": b"new", tmp_path / "b.txt": b"new"})
    assert contents(tmp_path) == {"a.txt": "old"}


def test_a_group_with_a_missing_folder_changes_nothing_and_names_it(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    missing = tmp_path / "none"
    message = (
        f"{missing} cannot be written (no such folder); an existing folder with write permission is required; "
        "choose another output path"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        replace_together({tmp_path / "a.txt": b"new", missing / "b.txt": b"new"})
    assert contents(tmp_path) == {"a.txt": "old"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to everything")
def test_a_write_protected_file_is_not_replaced(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "a.txt").chmod(0o444)
    with pytest.raises(InputError, match=r"a\.txt cannot be written \(write-protected\)"):
        write_atomically(tmp_path / "a.txt", b"new")
    assert contents(tmp_path) == {"a.txt": "old"}


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that refuses everybody")
def test_a_file_system_that_refuses_is_reported_in_one_line():
    with pytest.raises(
        InputError, match=r"^/proc/.* cannot be written \(.*\); an existing folder with write permission"
    ):
        write_atomically(Path("/proc/a.txt"), b"new")


def test_an_interruption_while_writing_leaves_the_old_files(tmp_path):
    (tmp_path / "a.txt").write_text("old")

    class Interrupting(dict):
        def items(self):
            yield tmp_path / "a.txt", b"new"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_together(Interrupting({tmp_path / "a.txt": b"new"}))
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
    with pytest.raises(KeyboardInterrupt):
        replace_together(dict.fromkeys(files, b"new"))
    assert contents(tmp_path) == {"a.txt": "new", "b.txt": "new"}


def test_ctrl_c_at_any_moment_leaves_a_group_all_old_or_all_new(tmp_path):
    files = [tmp_path / f"{number}.txt" for number in range(20)]
    code = """
        import sys
        from pathlib import Path
        from bridge.files import replace_together

        files = [Path(name) for name in sys.argv[1:]]
        for generation in range(1_000_000):
            replace_together({file: str(generation).encode() for file in files})
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
        assert process.returncode != 0
        assert len(set(contents(tmp_path).values())) == 1
        assert sorted(contents(tmp_path)) == sorted(file.name for file in files)


def test_two_processes_that_replace_the_same_group_do_not_mix(tmp_path):
    files = [tmp_path / f"{number}.txt" for number in range(20)]
    code = """
        import sys
        from pathlib import Path
        from bridge.files import replace_together

        for _ in range(30):
            replace_together({Path(name): sys.argv[1].encode() for name in sys.argv[2:]})
    """
    processes = [run_python(code, name, *files) for name in ("one", "two")]
    assert [process.wait() for process in processes] == [0, 0]
    assert set(contents(tmp_path).values()) in ({"one"}, {"two"})
    assert len(contents(tmp_path)) == len(files)


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
    with pytest.raises(KeyboardInterrupt):
        fill_folder(tmp_path / "folder", FILES)
    assert contents(tmp_path) == {f"folder/{name}": text for name, text in FILLED.items()}


@pytest.mark.parametrize("is_new", [True, False])
def test_of_two_processes_that_fill_a_folder_one_is_refused(tmp_path, is_new):
    if not is_new:
        (tmp_path / "folder").mkdir()
    code = """
        import sys
        from pathlib import Path
        from bridge.errors import InputError
        from bridge.files import fill_folder

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
    write_atomically(tmp_path / "out" / "a.txt", b"new")
    assert len(list((tmp_path / "cache" / "locks").iterdir())) == 1
    assert contents(tmp_path / "out") == {"a.txt": "new"}
