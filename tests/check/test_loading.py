"""What Lean loads of a file's imports: by its own rule, and by what the embedded Lean says where other parts are not
there."""

from pathlib import Path

import pytest

from bridge.check.evidence import compiled_files
from bridge.check.lean_modules import discover
from bridge.check.loading import Need, needs
from support.hosts import made_by_lean

SHOWN, ALL, CODE = Need(data=True), Need(data=True, all=True), Need(data=True, code=True)


def needs_of(folder, texts):
    """What `Root` needs of the modules that have these headers."""
    for name, text in texts.items():
        (folder / f"{name}.lean").write_text(text)
    modules = {module.name: module for module in discover(folder / "Root.lean", folder)}
    return needs("Root", modules)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"Root": "module"}, {}),
        ({"Root": "module\npublic import A", "A": "module"}, {"A": SHOWN}),
        ({"Root": "module\nimport A", "A": "module"}, {"A": SHOWN}),
        ({"Root": "module\nimport all A", "A": "module"}, {"A": ALL}),
        ({"Root": "module\npublic import A\nimport all A", "A": "module"}, {"A": ALL}),
        ({"Root": "module\nimport all A\npublic import A", "A": "module"}, {"A": ALL}),
        # What an import shows goes on to its importers, and what it has for itself does not.
        ({"Root": "module\nimport A", "A": "module\npublic import B", "B": "module"}, {"A": SHOWN, "B": SHOWN}),
        ({"Root": "module\nimport A", "A": "module\nimport B", "B": "module"}, {"A": SHOWN}),
        ({"Root": "module\nimport A", "A": "module\nimport all B", "B": "module"}, {"A": SHOWN}),
        (
            {"Root": "module\nimport A", "A": "module\npublic import B\nimport all B", "B": "module"},
            {"A": SHOWN, "B": SHOWN},
        ),
        # Who looks into a module sees what that sees.
        ({"Root": "module\nimport all A", "A": "module\nimport B", "B": "module"}, {"A": ALL, "B": SHOWN}),
        ({"Root": "module\nimport all A", "A": "module\nimport all B", "B": "module"}, {"A": ALL, "B": ALL}),
        ({"Root": "module\nimport all A", "A": "module\npublic import B", "B": "module"}, {"A": ALL, "B": SHOWN}),
        # A way that is found late counts for all that is behind it.
        (
            {
                "Root": "module\nimport A\nimport all B",
                "A": "module\npublic import B",
                "B": "module\nimport C",
                "C": "module",
            },
            {"A": SHOWN, "B": ALL, "C": SHOWN},
        ),
        # Code comes with all the code that it needs, and need not show itself.
        ({"Root": "module\nmeta import A", "A": "module\npublic import B", "B": "module"}, {"A": CODE, "B": CODE}),
        (
            {"Root": "module\nmeta import A", "A": "module\nimport B", "B": "module"},
            {"A": CODE, "B": Need(code=True)},
        ),
        (
            {"Root": "module\nimport A", "A": "module\npublic meta import B", "B": "module"},
            {"A": SHOWN, "B": CODE},
        ),
        ({"Root": "module\nimport A", "A": "module\nmeta import B", "B": "module"}, {"A": SHOWN}),
        # A file that is no module has everything of everything.
        ({"Root": "import A", "A": "import B", "B": "module\nimport C", "C": "module"}, dict.fromkeys("ABC", ALL)),
    ],
)
def test_what_a_file_needs_of_its_imports(tmp_path, texts, expected):
    assert needs_of(tmp_path, texts) == expected


@pytest.mark.parametrize(
    ("need", "parts"),
    [
        (SHOWN, [".olean"]),
        (ALL, [".olean", ".olean.server", ".olean.private", ".ir"]),
        (CODE, [".olean", ".ir"]),
        (Need(code=True), [".olean", ".ir"]),
    ],
)
def test_a_need_is_met_by_files(tmp_path, need, parts):
    assert need.files(tmp_path / "A.olean") == [tmp_path / f"A{part}" for part in parts]


def test_the_compiled_files_of_a_module_are_those_that_lean_has_made(tmp_path):
    for name in ("B?.olean", "B?.ir", "B?.olean.private", "Ba.olean.private", "B?.lean", "B?.olean.other"):
        (tmp_path / name).touch()
    names = [file.name for file in compiled_files(tmp_path / "B?.olean")]
    assert names == ["B?.olean", "B?.olean.private", "B?.ir"]


# With Lean

DATA = "module\n\npublic section\n\ndef digits : List Nat := [1, 2]\n"
# What is not shown takes megabytes where it is loaded.
LARGE = f"""{DATA}
noncomputable def data : List Nat := [{", ".join(str(2**900 + number) for number in range(20))}]

noncomputable def more : String := "{"0123456789" * 4_000_000}"
"""
PASSED_ON = """module

public import Data

public section

theorem here : ∃ l : List Nat, l = digits := ⟨_, rfl⟩
"""
TAKES = {
    "public": "module\n\npublic import Passed\n\ntheorem t : ∃ l : List Nat, l = digits := here\n",
    "private": "module\n\nimport Passed\n\ntheorem t : ∃ l : List Nat, l = digits := here\n",
    "all of what is passed on": "module\n\nimport all Passed\n\ntheorem t : ∃ l : List Nat, l = digits := here\n",
    "all": "module\n\nimport all Data\n\ntheorem t : digits = [1, 2] := by decide +kernel\n",
    "public without all": "module\n\npublic import Data\n\ntheorem t : digits = [1, 2] := by decide +kernel\n",
    "no module": "import Passed\n\ntheorem t : ∃ l : List Nat, l = digits := here\n",
    "code": "module\n\nmeta import Data\n\ntheorem t : 1 + 1 = 2 := rfl\n",
}


@pytest.mark.lean
def test_lean_says_the_same_with_what_a_file_needs_as_with_all_that_there_is(tmp_path, lean_pool):
    _, made, _ = made_by_lean(lean_pool, "Data", DATA, {})
    _, passed_on, _ = made_by_lean(lean_pool, "Passed", PASSED_ON, made)
    accepted = set()
    for what, text in TAKES.items():
        needed = needs_of(tmp_path, {"Data": DATA, "Passed": PASSED_ON, "Root": text})
        paths = [file.name for name, need in needed.items() for file in need.files(tmp_path / f"{name}.olean")]
        every = {**made, **passed_on}
        run, files, _ = made_by_lean(lean_pool, "Root", text, {path: every[path] for path in paths})
        whole, same, _ = made_by_lean(lean_pool, "Root", text, every)
        assert (run.returncode, run.stdout, files.keys()) == (whole.returncode, whole.stdout, same.keys()), what
        accepted |= {what} if run.returncode == 0 else set()
    assert accepted == {*TAKES} - {"public without all"}


@pytest.mark.lean
def test_who_imports_a_module_publicly_does_not_load_what_it_keeps_for_itself(lean_pool):
    _, made, _ = made_by_lean(lean_pool, "Data", LARGE, {}, alone=True)
    taken = {}
    for what, need in {"public": SHOWN, "all": ALL}.items():
        parts = {file.name: made[file.name] for file in need.files(Path("Data.olean"))}
        way = "import all" if need.all else "public import"
        run, _, taken[what] = made_by_lean(lean_pool, "Root", f"module\n\n{way} Data\n", parts, alone=True)
        assert run.returncode == 0
    assert taken["public"] + 30_000_000 < taken["all"]
