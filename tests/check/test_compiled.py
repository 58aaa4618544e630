"""Which compiled modules a Lean file stands for."""

import pytest

from bridge.base.errors import InputError, MissingToolError
from bridge.base.resources import lean_library_folder
from bridge.check.compiled import compiled_export
from bridge.check.embedded import embedded_folder
from bridge.check.olean.parts import Part
from support.command_line import lean_on_path
from support.compiled import core_module, own_module, write_export
from support.oleans import GIT_HASH, LEAN_VERSION, write_module


@pytest.fixture
def folder(tmp_path):
    return write_export(tmp_path / "made")


def compiled(folder, file="Small.lean", *, core="core"):
    core = None if core is None else folder / core
    return compiled_export(folder / file, [folder / "oleans"], lean_library_folder(), print, core)


def test_the_root_stands_for_all_files_of_the_export_and_what_needs_mathlib_is_left_out(folder):
    export = compiled(folder)
    assert export.modules == ("Small.Samples", "Small.Size")
    assert export.left_out == ("Small",)
    assert (export.lean_version, export.git_hash) == (LEAN_VERSION, GIT_HASH)
    assert [export.find(name).is_core for name in ("Small.Size", "Init")] == [False, True]


def test_what_needs_mathlib_is_there_where_it_was_compiled(folder):
    write_module(folder / "oleans", "Small", own_module("Small", "propext"))
    assert compiled(folder).modules == ("Small.Samples", "Small.Size", "Small")
    assert compiled(folder).left_out == ()


def test_a_copy_of_the_library_beside_the_export_is_no_part_of_it(folder):
    (folder / "Bridge.lean").write_text("module\n")
    write_module(folder / "oleans", "Bridge", own_module("Bridge"))
    assert compiled(folder).modules == ("Small.Samples", "Small.Size")


@pytest.mark.parametrize("file", ["Small/Size.lean", "Small/../Small/Size.lean"])
def test_another_file_of_an_export_stands_for_itself(folder, file):
    assert compiled(folder, file).modules == ("Small.Size",)


@pytest.mark.parametrize(
    ("gone", "file", "named"),
    [
        ("Small/Size", "Small.lean", "Small.Size"),
        ("Small/Samples", "Small/Samples.lean", "Samples"),
    ],
)
def test_what_has_not_been_compiled_is_an_error(folder, gone, file, named):
    (folder / "oleans" / f"{gone}.olean").unlink()
    with pytest.raises(InputError) as caught:
        compiled(folder, file)
    assert str(caught.value) == (
        f"{named} is not among the compiled files; every file that needs no Mathlib is required; have Lean compile it, "
        "and name the folder with --oleans"
    )


@pytest.mark.parametrize("core", ["other", "oleans", "Small.lean"])
def test_a_core_that_is_none_is_asked_for(folder, core):
    with pytest.raises(InputError) as caught:
        compiled(folder, core=core)
    assert str(caught.value) == (
        f"{folder / core} has no Init.olean; the compiled files of Lean's core are required; name the toolchain's "
        "folder lib/lean with --core"
    )


@pytest.mark.parametrize("other", ["other", "Small.lean"])
def test_what_is_no_folder_of_compiled_files_is_refused(folder, other):
    with pytest.raises(InputError) as caught:
        compiled_export(folder / "Small.lean", [folder / "oleans", folder / other], lean_library_folder(), print)
    assert str(caught.value) == (
        f"{folder / other} is no folder; one with compiled files is required; name that of `bridge check --oleans`, or "
        ".lake/build/lib/lean of a Lake project"
    )


def test_a_missing_file_is_an_error(folder):
    with pytest.raises(InputError, match=r"Other.lean does not exist; "):
        compiled(folder, "Other.lean")


def test_the_core_of_another_lean_is_refused(folder):
    write_module(folder / "core", "Init", core_module(git_hash="7d01a6b1" * 5))
    with pytest.raises(InputError) as caught:
        compiled(folder)
    assert str(caught.value) == (
        "Small.Samples was compiled by Lean 4.28.0-pre (38f3c0c4), and the core is of Lean 4.28.0-pre (7d01a6b1); one "
        "Lean is required; name the core of that Lean with --core"
    )


@pytest.fixture
def of_another_lean(tmp_path):
    """The export compiled by a Lean that is not the embedded one."""
    return write_export(tmp_path / "other", lean_version="4.30.0")


def test_the_core_is_that_of_the_lean_on_the_path_if_another_has_compiled_the_file(of_another_lean, monkeypatch):
    monkeypatch.setenv("PATH", lean_on_path(of_another_lean)["PATH"])
    write_module(of_another_lean / "bin" / "lib" / "lean", "Init", core_module(lean_version="4.30.0"))
    export = compiled(of_another_lean, core=None)
    assert export.lean_version == "4.30.0"
    assert export.find("Init").parts == (of_another_lean / "bin" / "lib" / "lean" / "Init.olean",)


def test_a_lean_that_is_not_there_cannot_say_where_its_core_is(of_another_lean, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingToolError) as caught:
        compiled(of_another_lean, core=None)
    assert str(caught.value) == (
        f"{of_another_lean / 'Small.lean'} was compiled by Lean 4.30.0, and no lean is on the PATH; its core is "
        "required; name the toolchain's folder lib/lean with --core"
    )


@pytest.mark.lean
@pytest.mark.usefixtures("user_cache")
def test_the_core_of_what_the_embedded_lean_has_compiled_is_its_own(folder):
    git_hash = Part(embedded_folder() / "lib" / "lean" / "Init.olean").git_hash
    write_module(folder / "oleans", "Small.Samples", own_module("Small", "propext", git_hash=git_hash))
    export = compiled(folder, core=None)
    assert export.find("Init").parts[0].is_relative_to(embedded_folder())
