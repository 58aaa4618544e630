"""A folder of what Lean has compiled: it is replaced if a check has made it, and nothing else ever is."""

import json

import pytest

from bridge.base.errors import InputError
from bridge.check.kept_oleans import MARK, keep_oleans, require_olean_place


@pytest.fixture
def made(tmp_path):
    (tmp_path / "made" / "Root").mkdir(parents=True)
    for name in ("Root.olean", "Root/A.olean", "Root/A.olean.private"):
        (tmp_path / "made" / name).write_text(name)
    return tmp_path / "made"


def keep(made, folder):
    keep_oleans(made, folder, lean="4.28.0", modules=["Root.A", "Root"])


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def refusal(folder):
    with pytest.raises(InputError) as caught:
        require_olean_place(folder)
    return str(caught.value)


def test_all_that_was_compiled_is_kept_with_what_it_is(made, tmp_path):
    keep(made, tmp_path / "kept")
    assert files(tmp_path / "kept") == {*files(made), MARK}
    record = json.loads((tmp_path / "kept" / MARK).read_text())
    assert (record["lean"], record["modules"], [*record["files"]]) == (
        "4.28.0",
        ["Root.A", "Root"],
        sorted(files(made)),
    )
    assert record["files"]["Root.olean"] == "d2ed273f7945c7a8b4c90cb262742fcc179903d72da13a022799797fae9d1d1b"


def test_what_an_earlier_check_has_kept_is_replaced_as_a_whole(made, tmp_path):
    keep(made, tmp_path / "kept")
    (made / "Root" / "A.olean.private").unlink()
    keep(made, tmp_path / "kept")
    assert files(tmp_path / "kept") == {*files(made), MARK}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "made"]


@pytest.mark.parametrize("mark", [None, "{", "[]", '{"made_by": "me", "files": {}}', '{"made_by": "bridge check"}'])
def test_another_folder_is_refused(tmp_path, mark):
    (tmp_path / "mine").mkdir()
    if mark is not None:
        (tmp_path / "mine" / MARK).write_text(mark)
    assert refusal(tmp_path / "mine") == (
        f"{tmp_path}/mine is there and has more in it than `bridge check` has kept, or something else; only such a "
        "folder is replaced; choose another place, or move it away"
    )


@pytest.mark.parametrize("name", ["notes.txt", "Root/B.olean"])
def test_a_folder_with_a_file_of_the_users_in_it_is_refused_and_left_as_it_is(made, tmp_path, name):
    keep(made, tmp_path / "kept")
    (tmp_path / "kept" / name).write_text("mine")
    with pytest.raises(InputError, match="is there and has more in it"):
        keep(made, tmp_path / "kept")
    assert (tmp_path / "kept" / name).read_text() == "mine"


def test_a_link_of_the_users_is_a_file_of_the_users(made, tmp_path):
    keep(made, tmp_path / "kept")
    (tmp_path / "kept" / "linked").symlink_to(made)
    assert "has more in it" in refusal(tmp_path / "kept")


def test_a_file_is_no_place(tmp_path):
    (tmp_path / "file").touch()
    assert "has more in it than `bridge check` has kept, or something else" in refusal(tmp_path / "file")


def test_the_folder_above_must_be_there(tmp_path):
    assert refusal(tmp_path / "none" / "kept") == (
        f"{tmp_path}/none is not a folder; kept is to be made there; make it first"
    )


def test_where_nothing_can_be_written_that_is_said(made, tmp_path, monkeypatch):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    keep(made, tmp_path / "kept")
    monkeypatch.setattr("bridge.check.kept_oleans.shutil.copytree", full)
    with pytest.raises(InputError, match=r"kept cannot be made \(No space left on device\); a place with write"):
        keep(made, tmp_path / "kept")
    assert files(tmp_path / "kept") == {*files(made), MARK}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "made"]
