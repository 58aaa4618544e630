"""Exports on disk: which files, what happens to old ones, and which places are refused."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from artifacts import make_artifact, stored
from bridge.certificate import Coverage
from bridge.errors import InputError
from bridge.export import export_lean, namespace_of
from bridge.resources import templates_folder


def export(folder, artifact=None, name="Generated.lean"):
    artifact = artifact or make_artifact(concept_names=("size", "thick"))
    return export_lean(stored(folder, artifact), folder / name, coverage=Coverage.ALL, templates=templates_folder())


def lean_files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.lean"))


def test_an_export_is_a_root_file_and_a_part_for_the_samples_and_each_concept(tmp_path):
    result = export(tmp_path)
    assert lean_files(tmp_path) == [
        "Generated.lean",
        "Generated/Samples.lean",
        "Generated/Size.lean",
        "Generated/Thick.lean",
    ]
    assert result.root == result.files[0] == tmp_path / "Generated.lean"
    assert sorted(str(path.relative_to(tmp_path)) for path in result.files) == lean_files(tmp_path)


def test_the_name_of_the_root_file_is_the_namespace(tmp_path):
    export(tmp_path, name="Probes2.lean")
    assert "namespace Probes2.size" in (tmp_path / "Probes2" / "Size.lean").read_text()


def test_parts_of_an_earlier_export_go_and_files_of_others_stay(tmp_path):
    export(tmp_path)
    (tmp_path / "Generated" / "Notes.lean").write_text("-- mine")
    export(tmp_path, make_artifact(concepts=1, concept_names=("slant",)))
    assert lean_files(tmp_path) == [
        "Generated.lean",
        "Generated/Notes.lean",
        "Generated/Samples.lean",
        "Generated/Slant.lean",
    ]


def test_a_second_export_of_the_same_artifact_changes_no_byte(tmp_path):
    first = {path: path.read_bytes() for path in export(tmp_path).files}
    assert {path: path.read_bytes() for path in export(tmp_path).files} == first


def test_an_export_that_cannot_be_rendered_leaves_the_old_files(tmp_path):
    old = {path: path.read_bytes() for path in export(tmp_path).files}
    with pytest.raises(InputError, match="concept name"):
        export(tmp_path, make_artifact(concept_names=("size", "a\nb")))
    assert {path: path.read_bytes() for path in old} == old


@pytest.mark.parametrize(
    "name",
    [
        "generated.lean",
        "Generated",
        "Generated.txt",
        "Bridge.lean",
        "Lean.lean",
        "1.lean",
        "A-b.lean",
        "A.b.lean",
        ".lean",
    ],
)
def test_a_name_that_is_no_module_of_its_own_is_refused(name):
    message = (
        f"{name!r} cannot name an export; a capital letter, then letters, digits and _, then .lean is required, "
        "and none of Bridge, Init, Lake, Lean, Mathlib, Std; choose Generated.lean, say"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        namespace_of(Path(name))


def test_a_missing_folder_is_refused(tmp_path):
    artifact = stored(tmp_path, make_artifact())
    with pytest.raises(InputError, match=r"none is not a folder; the Lean files are to be written there; make it"):
        export_lean(artifact, tmp_path / "none" / "A.lean", coverage=Coverage.ALL, templates=templates_folder())


def test_a_file_in_the_place_of_the_parts_is_refused_and_kept(tmp_path):
    (tmp_path / "Generated").write_text("mine")
    with pytest.raises(InputError, match=r"Generated is not a folder; the parts of the export go there; move it away$"):
        export(tmp_path)
    assert (tmp_path / "Generated").read_text() == "mine"
    assert lean_files(tmp_path) == []


def test_a_folder_in_the_place_of_the_root_file_is_refused(tmp_path):
    (tmp_path / "Generated.lean").mkdir()
    with pytest.raises(InputError, match=r"Generated\.lean is a folder; a file is to be written there; name a file$"):
        export(tmp_path)


def test_an_export_does_not_import_torch(tmp_path):
    code = f"""
import sys
from pathlib import Path
from bridge.artifact import load_artifact
from bridge.certificate import Coverage
from bridge.export import export_lean
from bridge.resources import templates_folder
from bridge.verify import verify

stored = load_artifact(Path({str(tmp_path)!r}) / "probe.safetensors")
export = export_lean(stored, Path({str(tmp_path)!r}) / "A.lean", coverage=Coverage.ALL, templates=templates_folder())
assert verify(export.root, stored).ok
assert "torch" not in sys.modules
"""
    stored(tmp_path, make_artifact())
    subprocess.run([sys.executable, "-c", code], check=True)
