"""Which Lean files a file needs: imports read from the headers, in import order, with places in what is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import InputError
from bridge.lean_modules import discover, header_imports, module_path
from bridge.resources import lean_library_folder


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
    with pytest.raises(InputError) as caught:
        discovered(folder, modules)
    message = str(caught.value)
    assert "\n" not in message
    return message


# Headers


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        ("", []),
        ("theorem one : 1 = 1 := rfl", []),
        ("import A", [("A", 1)]),
        ("import A\nimport B.C\n", [("A", 1), ("B.C", 2)]),
        ("import A import B", [("A", 1), ("B", 1)]),
        ("import\n  A", [("A", 1)]),
        ("import A\r\nimport B\r\n", [("A", 1), ("B", 2)]),
        ("module\n\npublic import A", [("A", 3)]),
        ("module\nimport all A\nmeta import B\npublic meta import C", [("A", 2), ("B", 3), ("C", 4)]),
        ("prelude\nimport Init.Core", [("Init.Core", 2)]),
        ("/- a licence\n import X -/\nmodule -- import Y\nimport A -- and why", [("A", 4)]),
        ("/- outer /- import X -/ import Y -/ import A", [("A", 1)]),
        ("/-/ import X -/ import A", [("A", 1)]),
        ("/-! A heading: Lean says itself that what follows is misplaced. -/\nimport A", [("A", 2)]),
        ("import A--close\nimport B/- close -/import C", [("A", 1), ("B", 2), ("C", 2)]),
        ("import A /- never closed\nimport B", [("A", 1)]),
        ("import A\ndef x := 1\nimport B", [("A", 1)]),
        ("importA\nimport B", []),
        ("module_A\nimport B", []),
        ("public def x := 1\nimport B", []),
        ("import allA", [("allA", 1)]),
        ("import A'.«my-file».δ₁", [("A'.my-file.δ₁", 1)]),
        ("import «../A»", []),
        ("import «/A»", []),
        ("import ../A", []),
    ],
)
def test_imports_are_read_from_the_header_with_their_lines(text, imports):
    assert header_imports(text) == imports


names = st.lists(st.sampled_from(["A", "Bridge", "x'", "_y", "Größe"]), min_size=1, max_size=3).map(".".join)
blanks = st.lists(
    st.sampled_from(["\n", " ", "\t", "-- import No\n", "/- import No -/", "/- /- -/\n import No -/", "/-- doc -/"])
).map("".join)
keywords = st.sampled_from(
    ["import ", "public import ", "meta import ", "public meta import ", "import all ", "import\n"]
)


@given(st.lists(st.tuples(blanks, keywords, names)), st.sampled_from(["", "module "]))
def test_what_lies_between_imports_changes_only_their_lines(parts, text):
    expected = []
    for blank, keyword, name in parts:
        text += f"{blank} "
        expected.append((name, text.count("\n") + 1))
        text += f"{keyword}{name}\n"
    assert header_imports(f"{text}\ntheorem t : True := trivial\nimport No") == expected


@given(names)
def test_a_module_lies_where_its_name_says(name):
    path = module_path(name)
    assert path.suffix == ".lean"
    assert ".".join(path.with_suffix("").parts) == name


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
    assert {"Bridge", "Bridge.Soundness"} <= found == listed | {"Bridge"}


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


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    message = f"{tmp_path}/Root.lean cannot be read (No such file or directory); a readable Lean file is required"
    with pytest.raises(InputError, match=f"^{re.escape(message)}; export again$"):
        discover(tmp_path / "Root.lean", tmp_path)
