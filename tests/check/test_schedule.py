"""What Lean is given to work on a module, over a Lean of the tests' own that looks at it."""

import contextlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bridge.base.processes import Run
from bridge.base.progress import untold
from bridge.check import schedule
from bridge.check.lean_modules import discover
from bridge.check.schedule import Demands, compile_modules

MAIN, PRIVATE = 200, 800


@dataclass
class LookingLean:
    """What it makes of a module is small where everybody sees it and large where nobody does, unless the module is
    exposed; each time, it takes down what it was given."""

    version: str = "4.28.0"
    identity: str = "looking"
    jobs: int = 1
    cluster: None = None
    given: dict[str, dict[str, int]] = field(default_factory=dict)
    much: dict[str, bool] = field(default_factory=dict)

    @contextlib.contextmanager
    def work(self):
        yield self

    @contextlib.contextmanager
    def workplace(self, *, alone, much_data=False):
        with tempfile.TemporaryDirectory() as folder:
            yield LookingWorkplace(self, Path(folder), much_data)


@dataclass
class LookingWorkplace:
    lean: LookingLean
    folder: Path
    much_data: bool
    worker: None = None
    seconds: None = None

    def run(self, source, olean, timeout):
        files = [path for path in self.folder.rglob("*") if path.is_file() and path != source]
        self.lean.given[source.stem] = {path.name: path.stat().st_nlink for path in files}
        self.lean.much[source.stem] = self.much_data
        main, private = (PRIVATE, MAIN) if "@[expose]" in source.read_text() else (MAIN, PRIVATE)
        olean.write_bytes(b"olean".ljust(main))
        olean.with_suffix(".olean.server").write_bytes(b"")
        olean.with_suffix(".olean.private").write_bytes(b" " * private)
        olean.with_suffix(".ir").write_bytes(b"")
        return Run(0, "", "")


def compiled(folder, texts, *, trusted=True):
    """The Lean after it was given `Root` and what that imports."""
    for name, text in texts.items():
        (folder / f"{name}.lean").write_text(text)
    modules = discover(folder / "Root.lean", folder)
    lean = LookingLean()
    demands = Demands(trusted=frozenset(texts) if trusted else frozenset())
    made = folder / "made"
    made.mkdir()
    assert all(result.accepted for result in compile_modules(modules, lean, demands, made, print, untold))
    return lean


FILES = {
    "A": "module\npublic section\n",
    "B": "module\nimport all A\npublic section\n",
    "C": "module\npublic import A\npublic import B\n",
}
WHOLE = ["A.ir", "A.olean", "A.olean.private", "A.olean.server"]


def test_lean_is_given_what_a_module_needs_of_its_imports(tmp_path):
    lean = compiled(tmp_path, {**FILES, "Root": "import C\n"})
    assert {name: sorted(files) for name, files in lean.given.items()} == {
        "A": [],
        "B": WHOLE,
        "C": ["A.olean", "B.olean"],
        "Root": sorted(name.replace("A", letter) for letter in "ABC" for name in WHOLE),
    }


def test_the_same_file_is_given_again_where_nobody_can_write_to_it(tmp_path):
    links = compiled(tmp_path, {**FILES, "Root": "module\nimport C\n"}).given
    assert min(links["B"].values()) > 1


def test_what_can_write_to_its_imports_is_given_copies(tmp_path):
    links = compiled(tmp_path, {**FILES, "Root": "module\nimport C\n"}, trusted=False).given
    assert {*links["B"].values(), *links["C"].values()} == {1}


def test_copies_are_as_good_as_links(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    links = compiled(tmp_path, {**FILES, "Root": "module\nimport C\n"}).given
    assert links["B"] == dict.fromkeys(WHOLE, 1)


LONG = f"-- {'x' * 1000}"


@pytest.mark.parametrize(
    ("data", "root", "is_much"),
    [
        (f"module\n@[expose] public section\n{LONG}", "module\npublic import Data\n", True),
        (f"module\npublic section\n{LONG}", "module\npublic import Data\n", False),
        (f"module\npublic section\n{LONG}", "module\nimport all Data\n", True),
        (f"module\npublic section\n{LONG}", "import Data\n", True),
        ("module\npublic section\n", f"module\npublic import Data\n{LONG}", True),
    ],
)
def test_a_claim_is_about_much_data_if_lean_loads_much_for_it(tmp_path, monkeypatch, data, root, is_much):
    monkeypatch.setattr(schedule, "_MUCH_DATA_BYTES", 600)
    assert compiled(tmp_path, {"Data": data, "Root": root}).much["Root"] is is_much


def test_a_range_is_about_much_data_and_what_passes_data_on_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(schedule, "_MUCH_DATA_BYTES", 600)
    texts = {
        "Data": f"module\n@[expose] public section\n{LONG}",
        "Samples": "module\npublic import Data\n",
        "Range": "module\npublic import Samples\nimport all Data\n",
        "Root": "module\npublic import Range\n",
    }
    much = compiled(tmp_path, texts).much
    assert (much["Samples"], much["Range"]) == (False, True)
