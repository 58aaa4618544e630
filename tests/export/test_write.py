"""Exports on disk: which files, what happens to old ones, and which places are refused."""

import subprocess
import sys

import pytest

import bridge.export.packing
from bridge.base.errors import InputError
from bridge.base.progress import untold
from bridge.base.resources import lean_library_folder, templates_folder
from bridge.base.workers import HERE
from bridge.check.lean_modules import discover
from bridge.export.write import export_lean
from support.artifacts import make_artifact, stored
from support.exports import small_ranges, small_shards


def export(folder, artifact=None, name="Generated.lean"):
    artifact = artifact or make_artifact(concept_names=("size", "thick"))
    return export_lean(stored(folder, artifact), folder / name, templates=templates_folder())


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


DIVIDED = [
    "Generated.lean",
    "Generated/Samples.lean",
    "Generated/Samples/Shard1.lean",
    "Generated/Samples/Shard2.lean",
    "Generated/Size.lean",
    "Generated/Thick.lean",
]


def test_a_large_export_has_the_parts_of_its_samples_in_a_folder_of_their_own(tmp_path, monkeypatch):
    small_shards(monkeypatch, 3)
    result = export(tmp_path)
    assert lean_files(tmp_path) == DIVIDED
    assert result.root == result.files[0] == tmp_path / "Generated.lean"
    assert sorted(str(path.relative_to(tmp_path)) for path in result.files) == DIVIDED


def test_every_file_of_a_large_export_is_found_from_its_root_with_imports_first(tmp_path, monkeypatch):
    small_shards(monkeypatch, 3)
    result = export(tmp_path)
    library = tmp_path / "library"
    for name in ("Real", "Packing/Samples", "Claims/SupError"):
        module = library / "Bridge" / f"{name}.lean"
        module.parent.mkdir(parents=True, exist_ok=True)
        module.touch()
    modules = [module for module in discover(result.root, library) if not module.is_library]
    assert {module.file for module in modules} == set(result.files)
    assert [module.name for module in modules] == [
        "Generated.Samples.Shard1",
        "Generated.Samples.Shard2",
        "Generated.Samples",
        "Generated.Size",
        "Generated.Thick",
        "Generated",
    ]


def test_the_parts_of_an_earlier_export_go_and_files_of_others_beside_them_stay(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        small_shards(patch, 1)
        export(tmp_path)
    assert (tmp_path / "Generated" / "Samples" / "Shard5.lean").is_file()
    (tmp_path / "Generated" / "Samples" / "Notes.lean").write_text("-- mine")
    with monkeypatch.context() as patch:
        small_shards(patch, 3)
        export(tmp_path)
    assert lean_files(tmp_path) == sorted([*DIVIDED, "Generated/Samples/Notes.lean"])
    export(tmp_path)
    assert lean_files(tmp_path) == sorted([*DIVIDED[:2], "Generated/Samples/Notes.lean", *DIVIDED[4:]])


def test_an_emptied_folder_of_parts_stays(tmp_path, monkeypatch):
    # Another export to the same place may have made it, and be about to write there.
    with monkeypatch.context() as patch:
        small_shards(patch, 3)
        export(tmp_path)
    export(tmp_path)
    assert list((tmp_path / "Generated" / "Samples").iterdir()) == []


def test_a_small_export_makes_no_folder_for_parts(tmp_path):
    export(tmp_path)
    assert not (tmp_path / "Generated" / "Samples").exists()


def test_an_export_whose_parts_cannot_be_written_leaves_all_old_files(tmp_path, monkeypatch):
    old = {path: path.read_bytes() for path in export(tmp_path).files}
    small_shards(monkeypatch, 3)
    (tmp_path / "Generated" / "Samples" / "Shard2.lean").mkdir(parents=True)
    with pytest.raises(InputError, match=r"Shard2\.lean is a folder; a file is to be written there; name a file$"):
        export(tmp_path, make_artifact(7, concept_names=("size", "thick")))
    assert {path: path.read_bytes() for path in old} == old
    assert list((tmp_path / "Generated" / "Samples").iterdir()) == [tmp_path / "Generated" / "Samples" / "Shard2.lean"]


IN_RANGES = [
    f"Generated/Checks/{name}/{file}.lean" for name in ("Size", "Thick") for file in ("Integers", "Range1", "Range2")
]


def two_ranges(patch):
    """Blocks of a few rows, in two ranges."""
    patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 100)
    small_ranges(patch, 100)


def test_the_files_of_ranges_are_in_folders_of_their_own(tmp_path, monkeypatch):
    two_ranges(monkeypatch)
    result = export(tmp_path)
    assert [path for path in lean_files(tmp_path) if "/Checks/" in path] == IN_RANGES
    assert sorted(str(path.relative_to(tmp_path)) for path in result.files) == lean_files(tmp_path)
    modules = [module.name for module in discover(result.root, lean_library_folder()) if not module.is_library]
    place = {name: number for number, name in enumerate(modules)}
    assert len(modules) == len(result.files)
    for name in ("Size", "Thick"):
        integers, *ranges = (f"Generated.Checks.{name}.{file}" for file in ("Integers", "Range1", "Range2"))
        assert all(place[integers] < place[each] < place[f"Generated.{name}"] for each in ranges)


def test_the_ranges_of_an_earlier_export_go_and_files_of_others_beside_them_stay(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        two_ranges(patch)
        export(tmp_path)
        (tmp_path / "Generated" / "Checks" / "Size" / "Notes.lean").write_text("-- mine")
        export(tmp_path, make_artifact(concept_names=("size", "slant")))
    found = [path for path in lean_files(tmp_path) if "/Checks/" in path]
    assert found == sorted(
        ["Generated/Checks/Size/Notes.lean", *(path.replace("Thick", "Slant") for path in IN_RANGES)]
    )
    export(tmp_path)
    assert [path for path in lean_files(tmp_path) if "/Checks/" in path] == ["Generated/Checks/Size/Notes.lean"]


def test_concepts_can_be_called_as_the_folders_are(tmp_path, monkeypatch):
    two_ranges(monkeypatch)
    result = export(tmp_path, make_artifact(concept_names=("Checks", "Samples")))
    found = {module.file for module in discover(result.root, lean_library_folder()) if not module.is_library}
    assert found == set(result.files)
    assert {"Generated/Checks.lean", "Generated/Checks/Checks/Range1.lean"} <= set(lean_files(tmp_path))


def test_a_file_in_the_place_of_the_folder_of_ranges_is_refused_and_kept(tmp_path, monkeypatch):
    two_ranges(monkeypatch)
    (tmp_path / "Generated").mkdir()
    (tmp_path / "Generated" / "Checks").write_text("mine")
    with pytest.raises(InputError, match=r"Generated/Checks is not a folder; the files of the export go there; move"):
        export(tmp_path)
    assert (tmp_path / "Generated" / "Checks").read_text() == "mine"
    assert lean_files(tmp_path) == []


class Lost:
    """Workers of whom one is lost with the third task of a step."""

    count = 1

    def __init__(self, step):
        self.step = step

    def map(self, function, tasks, *, total, step="", progress=untold):
        for number, result in enumerate(HERE.map(function, tasks, total=total, step=step, progress=progress)):
            if step == self.step and number == 2:
                raise KeyboardInterrupt
            yield result


@pytest.mark.parametrize("step", ["measuring", "packing"])
def test_an_export_that_is_interrupted_leaves_the_old_files_and_no_others(tmp_path, monkeypatch, step):
    monkeypatch.setattr("bridge.base.arrays._BLOCK_ENTRIES", 40)
    small_shards(monkeypatch, 1)
    old = {path: path.read_bytes() for path in export(tmp_path).files}
    artifact, place = stored(tmp_path, make_artifact(7, concept_names=("size", "thick"))), tmp_path / "Generated.lean"
    files = sorted(tmp_path.rglob("*"))
    with pytest.raises(KeyboardInterrupt):
        export_lean(artifact, place, templates=templates_folder(), workers=Lost(step))
    assert sorted(tmp_path.rglob("*")) == files
    assert {path: path.read_bytes() for path in old} == old


def test_a_second_export_of_the_same_artifact_changes_no_byte(tmp_path):
    first = {path: path.read_bytes() for path in export(tmp_path).files}
    assert {path: path.read_bytes() for path in export(tmp_path).files} == first


def test_an_export_that_cannot_be_rendered_leaves_the_old_files(tmp_path):
    old = {path: path.read_bytes() for path in export(tmp_path).files}
    with pytest.raises(InputError, match="concept name"):
        export(tmp_path, make_artifact(concept_names=("size", "a\nb")))
    assert {path: path.read_bytes() for path in old} == old


def test_a_missing_folder_is_refused(tmp_path):
    artifact = stored(tmp_path, make_artifact())
    with pytest.raises(InputError, match=r"none is not a folder; the Lean files are to be written there; make it"):
        export_lean(artifact, tmp_path / "none" / "A.lean", templates=templates_folder())


def test_a_file_in_the_place_of_the_parts_is_refused_and_kept(tmp_path):
    (tmp_path / "Generated").write_text("mine")
    with pytest.raises(InputError, match=r"Generated is not a folder; the files of the export go there; move it away$"):
        export(tmp_path)
    assert (tmp_path / "Generated").read_text() == "mine"
    assert lean_files(tmp_path) == []


def test_a_file_in_the_place_of_the_parts_of_the_samples_is_refused_and_kept(tmp_path, monkeypatch):
    small_shards(monkeypatch, 3)
    (tmp_path / "Generated").mkdir()
    (tmp_path / "Generated" / "Samples").write_text("mine")
    with pytest.raises(InputError, match=r"Generated/Samples is not a folder; the files of the export go there; move"):
        export(tmp_path)
    assert (tmp_path / "Generated" / "Samples").read_text() == "mine"
    assert lean_files(tmp_path) == []


def test_a_folder_in_the_place_of_the_root_file_is_refused(tmp_path):
    (tmp_path / "Generated.lean").mkdir()
    with pytest.raises(InputError, match=r"Generated\.lean is a folder; a file is to be written there; name a file$"):
        export(tmp_path)


def test_an_export_does_not_import_torch(tmp_path):
    code = f"""
import sys
from pathlib import Path
from bridge.artifact.file import load_artifact
from bridge.artifact.coverage import Coverage
from bridge.export.write import export_lean
from bridge.base.resources import lean_library_folder, templates_folder
from bridge.check.verify import verify

stored = load_artifact(Path({str(tmp_path)!r}) / "probe.safetensors")
export = export_lean(stored, Path({str(tmp_path)!r}) / "A.lean", templates=templates_folder())
assert verify(export.root, stored).ok
assert "torch" not in sys.modules
"""
    stored(tmp_path, make_artifact())
    subprocess.run([sys.executable, "-c", code], check=True)
