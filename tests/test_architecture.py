"""The floor plan: which package may know which, and what is found by the paths of the documented interface."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import bridge
from bridge.base.errors import InputError
from bridge.cli.console import in_options
from bridge.former_paths import FORMER_PATHS
from support.repository import REPOSITORY

PACKAGE = Path(bridge.__file__).parent

# What each station may import besides itself.
BELOW = {
    "base": "",
    "exact": "base",
    "artifact": "base exact",
    "sources": "base exact",
    "probe": "base exact artifact sources",
    "export": "base exact artifact",
    "check": "base artifact",
    "report": "base exact artifact sources export check",
    "estimator": "base exact artifact sources probe export",
    "cli": "base exact artifact sources probe export check report",
    "former_paths": "",
    "__main__": "cli",
    "__init__": "base estimator former_paths",
}
TORCH_FREE = {"base", "exact", "artifact", "export", "check"}


def imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def broken_rules(source, station):
    """The imports of a module that its station may not have, those in functions and under TYPE_CHECKING included."""
    found = []
    for node in ast.walk(ast.parse(source)):
        for name in imported(node):
            first, _, rest = name.partition(".")
            # `import bridge` and `from bridge import …` are too much: they go through the front door.
            is_above = first == "bridge" and rest.split(".")[0] not in {station, *BELOW[station].split()}
            if is_above or (first == "torch" and station in TORCH_FREE) or getattr(node, "level", 0):
                found.append(f"line {node.lineno}: {name}")
    return found


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_below_its_station(file):
    station = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert broken_rules(file.read_text(encoding="utf-8"), station) == []


@pytest.mark.parametrize(
    ("station", "source"),
    [
        ("check", "from bridge.export.lean_text import remark"),
        ("check", "from bridge.exact.dyadic import dyadic"),
        ("export", "def f():\n    from bridge.probe.ridge import fit_probe"),
        ("export", "import torch"),
        ("base", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from torch import Tensor"),
        ("probe", "from bridge import LinearProbe"),
        ("artifact", "import bridge"),
        ("sources", "import bridge.probe.ridge"),
    ],
)
def test_a_forbidden_import_is_found(station, source):
    assert len(broken_rules(source, station)) == 1


def test_each_station_stands_above_all_that_it_imports():
    order = list(BELOW)
    assert all(order.index(below) < order.index(station) for station in order[:-1] for below in BELOW[station].split())


PAGE = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_page_about_the_architecture_has_the_rule():
    table = PAGE.partition("\n## Packages\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*?) ?\|$", table, re.MULTILINE)
    packages = {file.name for file in PACKAGE.iterdir() if (file / "__init__.py").is_file()}
    assert packages <= {station for station, _ in rows}
    for station, below in rows:
        assert re.findall(r"`(\w+)`", below) == BELOW[station].split()


def test_modules_that_the_page_names_are_there():
    names = re.findall(r"`(\w+/[\w/]+\.py)`", PAGE)
    assert len(names) > 20
    assert [name for name in names if not (PACKAGE / name).is_file() and not (REPOSITORY / name).is_file()] == []


def test_the_exact_half_is_loaded_without_torch():
    modules = [
        ".".join(("bridge", *file.relative_to(PACKAGE).with_suffix("").parts))
        for station in TORCH_FREE
        for file in sorted((PACKAGE / station).rglob("*.py"))
    ]
    code = (
        f"import importlib, sys\nfor name in {modules}: importlib.import_module(name)\nsys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("name", FORMER_PATHS)
def test_a_former_path_of_the_interface_leads_to_what_is_there_now(name):
    with pytest.warns(DeprecationWarning, match=rf"^bridge\.{name} is bridge\."):
        former = importlib.import_module(f"bridge.{name}")
    for place in FORMER_PATHS[name]:
        now = importlib.import_module(f"bridge.{place}")
        public = {key: value for key, value in vars(now).items() if not key.startswith("_")}
        assert public.items() <= vars(former).items()


def test_a_path_that_there_never_was_is_not_found():
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'bridge\.nothing'$"):
        importlib.import_module("bridge.nothing")


# Errors


def message_of(call):
    """The text of an error that is raised, with a blank for each value in it; None if it is made elsewhere."""
    (text, *_) = call.args
    if isinstance(text, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else " " for part in text.values)
    return text.value if isinstance(text, ast.Constant) else None


def is_error(node):
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"InputError", "MissingToolError"}


def test_every_error_says_what_was_found_what_is_required_and_what_to_do():
    messages = {
        f"{file.name}:{node.lineno}": message_of(node)
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if is_error(node)
    }
    # What begins with a place is the message of another error.
    whole = {place: text for place, text in messages.items() if text is not None and not text.startswith(" : ")}
    assert len(whole) > 200
    assert {place: text for place, text in whole.items() if text.count("; ") < 2} == {}


def test_the_parts_of_an_error_and_its_parameters_are_its_own():
    error = InputError("λ is -1; a number ≥ 0 is required; choose `lam=0.001`, or `lam_bits=…`; or another")
    assert (error.found, error.required) == ("λ is -1", "a number ≥ 0 is required; choose `lam=0.001`, or `lam_bits=…`")
    assert error.remedy == "or another"
    assert error.parameters == ("lam", "lam_bits")


def test_the_command_line_shows_parameters_as_its_options():
    text = "choose `lam=0.001`, `standardize=True`, `batch_size=…`, `d=8` or `fit_bias=free`; `W[0]` and `a` stay"
    assert in_options(text) == (
        "choose --lam 0.001, --standardize, --batch-size, --latent-dim 8 or --free-bias; `W[0]` and `a` stay"
    )
