"""Which modules of the library are not what Bridge ships."""

import shutil

import pytest

from bridge.base.resources import lean_library_folder
from bridge.check.lean_modules import discover
from bridge.check.library import differing_modules, shipped_digests

IMPORTS = "module\npublic import Bridge.Claims.SupError\n"


@pytest.fixture
def project(tmp_path):
    """A file that imports the library, with a copy of that beside it."""
    shutil.copytree(lean_library_folder() / "Bridge", tmp_path / "Bridge")
    (tmp_path / "Root.lean").write_text(IMPORTS)
    return tmp_path


def differing(folder, library=None):
    return differing_modules(discover(folder / "Root.lean", library or lean_library_folder()))


def test_the_shipped_library_differs_in_nothing(tmp_path):
    (tmp_path / "Root.lean").write_text("module\npublic import Bridge\n")
    assert differing(tmp_path) == ()
    assert {"Bridge", "Bridge.Claims.SupError", "Bridge.Real.Rational"} <= set(shipped_digests())


def test_a_copy_of_it_beside_the_file_differs_in_nothing(project):
    assert differing(project) == ()


def test_a_module_with_one_more_byte_is_named_and_no_other(project):
    with (project / "Bridge" / "Affine.lean").open("a") as file:
        file.write("\n")
    assert differing(project) == ("Bridge.Affine",)


def test_a_module_that_bridge_does_not_ship_is_named(project):
    (project / "Bridge" / "More.lean").write_text("module\n")
    (project / "Root.lean").write_text(f"{IMPORTS}public import Bridge.More\n")
    assert differing(project) == ("Bridge.More",)


def test_the_text_of_another_module_of_the_library_is_not_the_modules_own(project):
    shutil.copyfile(project / "Bridge" / "Affine.lean", project / "Bridge" / "Claims" / "SupError.lean")
    assert differing(project) == ("Bridge.Claims.SupError",)


def test_what_does_not_belong_to_the_library_is_not_compared(tmp_path):
    (tmp_path / "Root.lean").write_text("import Part\n")
    (tmp_path / "Part.lean").write_text("")
    assert differing(tmp_path) == ()
