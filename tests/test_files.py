"""Files are old or new, never half, whatever happens in between."""

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
from bridge.files import cache_folder, replace_together, write_atomically


def contents(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def run_python(code, *arguments):
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)])


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    write_atomically(tmp_path / "a.txt", b"new")
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


def test_ctrl_c_between_two_renames_takes_effect_after_the_last(tmp_path, monkeypatch):
    files = [tmp_path / "a.txt", tmp_path / "b.txt"]
    rename = Path.replace

    def interrupted_rename(source, target):
        os.kill(os.getpid(), signal.SIGINT)
        return rename(source, target)

    monkeypatch.setattr(Path, "replace", interrupted_rename)
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
