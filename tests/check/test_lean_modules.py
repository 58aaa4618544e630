"""Which Lean files a file needs: found from its imports, in their order, with places in what is refused."""

import os
import re
import time
import tracemalloc

import pytest

import bridge.check.lean_modules
from bridge.base.errors import InputError
from bridge.base.module_names import module_path
from bridge.base.resources import lean_library_folder
from bridge.check.lean_modules import LARGEST_FILE, discover, modules_beside, read_module, sources_beside
from bridge.export.layout import SHARD_DIGITS
from support.refusals import refusal as refusal_of
from support.strategies import unmeasured


def write(folder, modules):
    """Writes one file for each module name."""
    for name, text in modules.items():
        file = folder / module_path(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def discovered(folder, modules, library=None):
    """The modules found from `Root.lean`; the library is an empty folder if there is none."""
    root = write(folder / "export", modules) / "Root.lean"
    return discover(root, write(folder / "library", library or {}))


def refusal(folder, modules):
    return refusal_of(lambda: discovered(folder, modules))


# Discovery


def test_imports_come_before_their_importers(tmp_path):
    modules = {
        "Root": "import Root.Left\nimport Root.Right",
        "Root.Left": "import Root.Base",
        "Root.Right": "import Root.Base",
        "Root.Base": "",
    }
    assert [module.name for module in discovered(tmp_path, modules)] == ["Root.Base", "Root.Left", "Root.Right", "Root"]


def test_a_module_says_its_file_its_bytes_and_its_own_imports_once(tmp_path):
    text = "import Lean\nimport Root.A\nimport Root.A\ndef δ := 1\r\n"
    *_, root = discovered(tmp_path, {"Root": text, "Root.A": ""})
    assert (root.name, root.file) == ("Root", tmp_path / "export" / "Root.lean")
    assert root.source == root.file.read_bytes()
    assert root.imports == ("Root.A",)


def test_what_is_not_imported_is_not_found(tmp_path):
    assert len(discovered(tmp_path, {"Root": "", "Root.Old": "import Missing"})) == 1


def test_core_lean_is_left_to_lean(tmp_path):
    header = "import Init\nimport Std.Data.HashMap\nimport Lean.Elab\nimport Lake"
    assert discovered(tmp_path, {"Root": header})[0].imports == ()


def test_a_library_module_is_found_unless_there_is_one_beside_the_root(tmp_path):
    library = {"Bridge": "import Bridge.A\nimport Bridge.B", "Bridge.A": "", "Bridge.B": ""}
    modules = discovered(tmp_path, {"Root": "import Bridge", "Bridge.A": "-- beside"}, library)
    folders = {module.name: module.file.relative_to(tmp_path).parts[0] for module in modules}
    assert folders == {"Bridge.A": "export", "Bridge.B": "library", "Bridge": "library", "Root": "export"}


def test_the_library_is_what_is_called_bridge_and_is_imported(tmp_path):
    modules = discovered(tmp_path, {"Root": "import Bridge.A\nimport Bridges"} | {"Bridge.A": "", "Bridges": ""})
    assert [module.name for module in modules if module.is_library] == ["Bridge.A"]


def test_a_root_is_never_of_the_library(tmp_path):
    library = write(tmp_path, {"Bridge": "import Bridge.A", "Bridge.A": ""})
    modules = discover(library / "Bridge.lean", library)
    assert [(module.name, module.is_library) for module in modules] == [("Bridge.A", True), ("Bridge", False)]


def test_the_library_of_the_project_needs_core_lean_alone():
    folder = lean_library_folder()
    root = folder / "Bridge.lean"
    listed = {line.split()[-1] for line in root.read_text(encoding="utf-8").splitlines() if "import Bridge." in line}
    found = {module.name for module in discover(root, folder)}
    assert {"Bridge", "Bridge.Claims.SupError"} <= found == listed | {"Bridge"}


def test_what_imports_mathlib_and_its_importers_need_mathlib(tmp_path):
    modules = {
        "Root": "import Root.A\nimport Root.B",
        "Root.A": "import Mathlib.Order.Basic",
        "Root.B": "import Root.C",
    }
    root = write(tmp_path, {**modules, "Root.C": "import Lean"}) / "Root.lean"
    found = {module.name: module.needs_mathlib for module in discover(root, tmp_path)}
    assert found == {"Root": True, "Root.A": True, "Root.B": False, "Root.C": False}


def test_mathlib_beside_the_root_is_a_module_like_any_other(tmp_path):
    root = write(tmp_path, {"Root": "import Mathlib.Order", "Mathlib.Order": ""}) / "Root.lean"
    assert [(module.name, module.needs_mathlib) for module in discover(root, tmp_path)] == [
        ("Mathlib.Order", False),
        ("Root", False),
    ]


# What is refused


@pytest.mark.parametrize("name", ["Mathlibrary", "Root.Gone", "Initial", "Leander.Elab"])
def test_an_import_that_is_nowhere_is_refused_with_its_place(tmp_path, name):
    message = refusal(tmp_path, {"Root": "import Root.A", "Root.A": f"module\n\nimport {name}\n"})
    assert message == (
        f"{tmp_path}/export/Root/A.lean:3: {name} is imported; it is neither in {tmp_path}/export nor in the Bridge "
        "library nor part of core Lean or Mathlib; export again, or use --engine lake for a project with other packages"
    )


@pytest.mark.parametrize(
    ("modules", "place", "name"),
    [
        ({"Root": "\nimport Root"}, "Root.lean:2", "Root"),
        ({"Root": "import A", "A": "import B", "B": "import A"}, "B.lean:1", "A"),
        ({"Root": "import A", "A": "import B", "B": "\n\nimport Root"}, "B.lean:3", "Root"),
    ],
    ids=["itself", "two", "the root"],
)
def test_a_cycle_is_refused_with_its_place(tmp_path, modules, place, name):
    assert refusal(tmp_path, modules) == (
        f"{tmp_path}/export/{place}: the import of {name} closes a cycle; imports must not lead back to the importer; "
        "remove one of them"
    )


def test_a_file_that_is_not_utf_8_is_refused_with_its_place(tmp_path):
    (tmp_path / "A.lean").write_bytes("-- ä\n\n-- größe".encode("latin-1"))
    root = write(tmp_path, {"Root": "import A"}) / "Root.lean"
    message = f"{tmp_path}/A.lean:1 is not UTF-8 text (byte 3); a Lean file is required; export again"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        discover(root, tmp_path)


def refused(root, library=None):
    """The one line with which a root file is refused, whoever asks."""
    messages = set()
    for look in (lambda: discover(root, library or root.parent), lambda: modules_beside(root)):
        with pytest.raises(InputError) as caught:
            look()
        messages.add(str(caught.value))
    (message,) = messages
    assert "\n" not in message
    return message


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert refused(tmp_path / "Root.lean") == (
        f"{tmp_path}/Root.lean does not exist; an export is a root file and the files that it imports; run "
        "`bridge export`"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Root.txt", "does not end in .lean; a Lean file is required; name the root file of an export"),
        ("A.B.lean", "'A.B.lean' cannot name a module; a name without dots and without « and » is required; rename"),
        ("«Root».lean", "'«Root».lean' cannot name a module; a name without dots and without « and » is required"),
    ],
)
def test_a_root_file_whose_name_leads_elsewhere_is_refused(tmp_path, name, message):
    (tmp_path / name).write_text("")
    assert message in refused(tmp_path / name)


def test_a_link_anywhere_below_the_folder_of_the_root_file_is_refused(tmp_path):
    (tmp_path / "elsewhere" / "Parts").mkdir(parents=True)
    (tmp_path / "elsewhere" / "Root.lean").write_text("")
    (tmp_path / "elsewhere" / "Parts" / "A.lean").write_text("")
    root = write(tmp_path / "export", {"Root": "import Root.A", "Link": "import Parts.A"}) / "Root.lean"
    links = {
        tmp_path / "linked" / "Root.lean": tmp_path / "elsewhere" / "Root.lean",
        tmp_path / "export" / "Root" / "A.lean": tmp_path / "elsewhere" / "Parts" / "A.lean",
        tmp_path / "export" / "Parts": tmp_path / "elsewhere" / "Parts",
    }
    for link, target in links.items():
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(target)
    for start, link in zip((tmp_path / "linked" / "Root.lean", root, root.with_name("Link.lean")), links, strict=True):
        assert refused(start) == (
            f"{link} is a symbolic link; a plain file is required, since a link can lead two readers to two files; "
            "name the file itself, or copy it there"
        )


def test_the_folder_of_the_root_file_may_be_reached_by_a_link(tmp_path):
    write(tmp_path / "export", {"Root": "import Root.A", "Root.A": ""})
    (tmp_path / "link").symlink_to(tmp_path / "export")
    assert set(sources_beside(tmp_path / "link" / "Root.lean")) == {"Root", "Root.A"}


def test_the_library_may_be_installed_as_links(tmp_path):
    write(tmp_path / "store", {"Bridge.A": "-- the library"})
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "Bridge").symlink_to(tmp_path / "store" / "Bridge")
    root = write(tmp_path / "export", {"Root": "import Bridge.A"}) / "Root.lean"
    assert [module.name for module in discover(root, tmp_path / "library")] == ["Bridge.A", "Root"]


def test_pipes_and_devices_are_refused_and_not_waited_for(tmp_path):
    root = write(tmp_path, {"Root": "import A"}) / "Root.lean"
    os.mkfifo(tmp_path / "A.lean")
    assert (
        refused(root) == f"{tmp_path}/A.lean is a device, a pipe or the like; a plain file is required; name an export"
    )


def test_what_has_become_a_pipe_since_it_was_looked_at_is_refused_too(tmp_path):
    os.mkfifo(tmp_path / "A.lean")
    with pytest.raises(InputError, match="is a device, a pipe or the like"):
        bridge.check.lean_modules._read(tmp_path / "A.lean")


def test_a_folder_in_the_place_of_a_module_is_refused(tmp_path):
    root = write(tmp_path, {"Root": "import A"}) / "Root.lean"
    (tmp_path / "A.lean").mkdir()
    assert refused(root).startswith(f"{tmp_path}/A.lean is a folder; a Lean file is required")


def test_a_file_that_is_larger_than_any_of_an_export_is_refused_before_it_is_read(tmp_path):
    assert LARGEST_FILE > 10 * SHARD_DIGITS
    root = write(tmp_path, {"Root": "import A"}) / "Root.lean"
    with (tmp_path / "A.lean").open("wb") as file:
        file.truncate(2**36)
    tracemalloc.start()
    message = refused(root)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert message == (
        f"{tmp_path}/A.lean has {2**36} bytes; a Lean file of at most {LARGEST_FILE} is required; name an export"
    )
    assert peak < 1e6


def test_files_that_are_too_large_together_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bridge.check.lean_modules, "MOST_BYTES", 1_000)
    root = write(tmp_path, {"Root": "import A\nimport B", "A": "\n" * 600, "B": "\n" * 600}) / "Root.lean"
    assert refused(root) == (
        f"{root} and what it imports are more than 1000 bytes; at most so many are read; name an export"
    )


def test_a_name_that_is_too_long_for_a_file_is_refused(tmp_path):
    root = write(tmp_path, {"Root": f"import {'A' * 300}"}) / "Root.lean"
    assert refused(root).endswith(
        "A.lean cannot be read (File name too long); a readable Lean file is required; export again"
    )
    assert "File name too long" in refused(tmp_path / f"{'A' * 300}.lean")


def test_a_file_that_cannot_be_read_is_refused(tmp_path, monkeypatch):
    root = write(tmp_path, {"Root": ""}) / "Root.lean"

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert refused(root) == f"{root} cannot be read (Permission denied); a readable Lean file is required; export again"


def test_a_header_that_can_be_read_in_two_ways_is_refused_with_its_place(tmp_path):
    root = write(tmp_path, {"Root": "import A", "A": "module\n\npublic import «B»"}) / "Root.lean"
    assert refused(root) == (
        f"{tmp_path}/A.lean:3: found `«B»`, required the name of a module, without `«` and `»`; a header of plain "
        "imports is required, since others can be read in two ways; write the imports plainly"
    )


def test_a_module_of_ours_is_not_taken_from_the_folder_of_the_library(tmp_path):
    library = write(tmp_path / "library", {"Bridge.A": "", "Root.A": "", "A": ""})
    for name in ("Root.A", "A"):
        root = write(tmp_path / "export", {"Root": f"import Bridge.A\nimport {name}"}) / "Root.lean"
        with pytest.raises(InputError, match=rf":2: {name} is imported; it is neither in"):
            discover(root, library)


def test_what_is_beside_does_not_stand_for_core_lean(tmp_path):
    modules = {"Root": "import Std.A\nimport Lean", "Std.A": "import Nothing", "Lean": "import Nothing"}
    assert [module.name for module in discovered(tmp_path, modules)] == ["Root"]


def test_only_what_is_beside_the_root_file_is_named_where_the_rest_is_elsewhere(tmp_path):
    modules = {"Root": "import Bridge.A\nimport Batteries\nimport Root.A\nimport Mathlib", "Root.A": "import Nothing.B"}
    root = write(tmp_path, modules) / "Root.lean"
    assert set(sources_beside(root)) == {"Root", "Root.A"}


def test_a_module_is_read_by_its_name(tmp_path):
    write(tmp_path, {"Root.A": "def x := 1"})
    assert read_module(tmp_path, "Root.A") == (tmp_path / "Root" / "A.lean", b"def x := 1")


# Sizes


def test_a_chain_of_many_imports_is_followed(tmp_path):
    chain = {f"A{number}": f"import A{number + 1}" for number in range(3_000)}
    modules = discovered(tmp_path, {"Root": "import A0", **chain, "A3000": ""})
    assert [module.name for module in modules] == [*(f"A{number}" for number in range(3_000, -1, -1)), "Root"]


@unmeasured
def test_many_imports_take_time_in_proportion(tmp_path):
    def seconds(count):
        root = write(tmp_path / str(count), {"Root": "import A\n" * count, "A": ""}) / "Root.lean"
        return min(timed(lambda: discover(root, tmp_path)) for _ in range(3))

    def timed(work):
        started = time.process_time()
        work()
        return time.process_time() - started

    # Ten times as many take ten times as long, not a hundred times.
    assert seconds(40_000) < 30 * seconds(4_000)
