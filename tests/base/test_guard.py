"""What a command may replace: its own earlier output, and no input by whatever name."""

import contextvars
import os
from pathlib import Path

import pytest

from bridge.base.errors import InputError
from bridge.base.guard import (
    Guard,
    current_guard,
    declare_data_set,
    declare_input_text,
    declare_inputs,
    guarding,
    require_replaceable,
)
from bridge.base.own_files import Kind

OURS = Kind("a marked text", lambda file: file.read() == b"ours")
FOREIGN = (
    "is there and is not a marked text; only what bridge has written is replaced; choose another place, move it away, "
    "or replace it with --force"
)
NEVER = "inputs are never replaced; choose another place"


@pytest.fixture(autouse=True)
def guard(tmp_path, monkeypatch):
    """A command runs in an empty folder."""
    monkeypatch.chdir(tmp_path)
    with guarding(Guard()) as guard:
        yield guard


def write(name, text):
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)


def refusal(*names):
    with pytest.raises(InputError) as caught:
        require_replaceable(*({Path(name): OURS} for name in names))
    return str(caught.value)


def test_nothing_and_our_own_may_be_replaced():
    write("ours", "ours")
    require_replaceable({Path("ours"): OURS, Path("new"): OURS, Path("none/new"): OURS, Path("ours/new"): OURS})


@pytest.mark.parametrize("text", ["theirs", ""], ids=["text", "empty"])
def test_a_file_that_is_not_ours_is_refused_unless_that_is_allowed(guard, text):
    write("theirs", text)
    assert refusal("theirs") == f"theirs {FOREIGN}"
    guard.force = True
    require_replaceable({Path("theirs"): OURS})


def test_a_file_that_cannot_be_allowed_for_here_is_refused_in_the_words_of_the_caller():
    write("theirs", "theirs")
    with guarding(Guard(forcing="force=True")):
        assert refusal("theirs").endswith("or replace it with force=True")
    with guarding(Guard(force=True)):
        require_replaceable({Path("theirs"): OURS})
    assert refusal("theirs").endswith("or replace it with --force")


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("text", ["theirs", "ours"])
@pytest.mark.parametrize("spelling", ["in", "./in", "folder/../in", "linked", "hard", "way/in"])
def test_an_input_is_refused_by_whatever_name_and_whatever_is_allowed(guard, tmp_path, force, text, spelling):
    write("in", text)
    (tmp_path / "folder").mkdir()
    (tmp_path / "way").symlink_to(".")
    (tmp_path / "linked").symlink_to("in")
    (tmp_path / "hard").hardlink_to("in")
    guard.force = force
    declare_inputs(Path("in"))
    same = "" if spelling in ("in", "./in") else ", in"
    assert refusal(spelling) == f"{Path(spelling)} is an input of this command{same}; {NEVER}"


def test_an_input_that_is_a_link_is_what_it_leads_to(guard):
    write("in", "theirs")
    Path("linked").symlink_to("in")
    guard.force = True
    declare_inputs(Path("linked"))
    assert refusal("in") == f"in is an input of this command, linked; {NEVER}"


def test_what_is_in_a_folder_that_is_read_is_refused_but_for_our_own(guard):
    write("images/a.png", "an image")
    write("images/below/b.png", "an image")
    write("images/ours", "ours")
    write("elsewhere.png", "an image")
    Path("images/c.png").symlink_to("../elsewhere.png")
    guard.force = True
    declare_inputs(Path("images"))
    for name in ("images/a.png", "images/below/b.png", "elsewhere.png"):
        assert refusal(name) == f"{name} is an input of this command, images; {NEVER}"
    write("other.png", "no part of it")
    require_replaceable({Path("images/ours"): OURS, Path("images/new.png"): OURS, Path("other.png"): OURS})


def test_an_input_that_is_not_there_is_in_nobodys_way(guard):
    write("theirs", "theirs")
    declare_inputs(Path("none"), Path("theirs/none"))
    guard.force = True
    require_replaceable({Path("theirs"): OURS})


@pytest.mark.parametrize("text", ["a.npz", "a.npz:layer", "a.npz:layer:mlp", "odd:name.npz:layer"])
def test_a_file_and_the_name_of_an_array_in_it_declare_the_file(guard, text):
    name = text[: text.index(".npz") + 4]
    write(name, "theirs")
    guard.force = True
    declare_input_text(text)
    assert f"{name} is an input of this command" in refusal(name)


@pytest.mark.parametrize(
    ("data_set", "file"), [("mnist:sets", "sets/train-images.gz"), ("sets", "sets/a.png"), ("a.npz:x", "a.npz")]
)
def test_a_data_set_declares_its_files(guard, data_set, file):
    write(file, "theirs")
    guard.force = True
    declare_data_set(data_set)
    assert f"{file} is an input of this command" in refusal(file)


@pytest.mark.parametrize("data_set", ["mnist", "digits", "random"])
def test_a_data_set_without_files_declares_none(data_set):
    declare_data_set(data_set)
    assert current_guard().inputs == []


def test_without_a_command_nothing_is_declared():
    def declared():
        declare_inputs(Path("in"))
        return current_guard().inputs

    assert contextvars.Context().run(declared) == []


def test_two_results_in_one_place_are_refused():
    Path("way").symlink_to(".")
    assert refusal("new", "way/new") == (
        "new and way/new are one file, and two are to be written; a place for each is required; choose another for one"
    )
    assert "new and new are one file" in refusal("new", "new")


def test_what_is_no_file_is_refused_whatever_is_allowed(guard):
    guard.force = True
    Path("folder").mkdir()
    os.mkfifo("pipe")
    assert refusal("folder") == "folder is a folder; a file is to be written there; name a file"
    assert refusal("pipe") == "pipe is no regular file; a file is to be written there; choose another place"
    assert refusal("/dev/null") == "/dev/null is no regular file; a file is to be written there; choose another place"


def test_a_place_that_cannot_be_looked_at_is_refused_in_one_line():
    Path("a").symlink_to("b")
    Path("b").symlink_to("a")
    required = "a file that can be read, or none, is required there; choose another place"
    assert refusal("a") == f"a cannot be looked at (Too many levels of symbolic links); {required}"
    assert refusal("n" * 300) == f"{'n' * 300} cannot be looked at (File name too long); {required}"
