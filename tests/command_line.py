"""The command line called in this process, where its lines count as covered.

What is about signals, terminals, or the start and the end of a process starts one instead.
"""

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.cli import main


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


def _forget_modules_in(folder, loaded):
    """Another folder can have other modules of the same names."""
    for name in set(sys.modules) - loaded:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).is_relative_to(folder):
            del sys.modules[name]
