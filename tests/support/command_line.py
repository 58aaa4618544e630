"""The command line called in this process, where its lines count as covered.

What is about signals, terminals, or the start and the end of a process starts one instead.
"""

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.cli.main import main
from support.empty_oleans import EMPTY, EMPTY_PRIVATE, make_core


def run_bridge(*arguments, cwd, env=None) -> subprocess.CompletedProcess[str]:
    """What a process with this command line in this folder would print and return."""
    output, errors = io.StringIO(), io.StringIO()
    loaded = set(sys.modules)
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(sys, "path", [*sys.path])
        for name, value in (env or {}).items():
            patch.setenv(name, value)
        code = main([str(argument) for argument in arguments])
    _forget_modules_in(Path(cwd), loaded)
    return subprocess.CompletedProcess(arguments, code, output.getvalue(), errors.getvalue())


def lean_on_path(folder) -> dict[str, str]:
    """A PATH with a program in the place of Lean, which objects to a `sorry` alone."""
    (folder / "bin").mkdir()
    (folder / "bin" / "lean").write_text(f"#!{sys.executable} -IS\n{_LEAN}")
    (folder / "bin" / "lean").chmod(0o755)
    make_core(folder / "bin")
    return {"PATH": str(folder / "bin")}


_LEAN = f"""
import json, pathlib, sys

EMPTY, EMPTY_PRIVATE = {EMPTY!r}, {EMPTY_PRIVATE!r}
"""
_LEAN += """

if sys.argv[1:] == ["--version"]:
    sys.exit(print("Lean (version 4.28.0, x86_64-unknown-linux-gnu, commit 7d01a6b1, Release)"))
if sys.argv[1:] == ["--print-prefix"]:
    sys.exit(print(pathlib.Path(__file__).parent))
_, _, _, olean, source = sys.argv[1:]
for number, line in enumerate(pathlib.Path(source).read_text().splitlines(), 1):
    if line.strip() == "sorry":
        place = {"line": number, "column": line.index("sorry")}
        print(json.dumps({"severity": "warning", "pos": place, "data": "declaration uses `sorry`"}))
text = pathlib.Path(source).read_bytes()
pathlib.Path(olean).write_bytes(EMPTY + text + bytes(-len(text) % 8))
pathlib.Path(olean + ".private").write_bytes(EMPTY_PRIVATE)
"""


def _forget_modules_in(folder, loaded):
    """Another folder can have other modules of the same names."""
    for name in set(sys.modules) - loaded:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).is_relative_to(folder):
            del sys.modules[name]
