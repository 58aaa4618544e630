"""Python processes that begin with the large libraries loaded, which take seconds to load, and nothing of `bridge`.

Each is a copy of one process that has loaded them.  Signals, terminals, memory and the end are those of any process.
"""

import multiprocessing
import os
import sys
import tempfile
from multiprocessing.connection import Connection

BRIDGE = "import sys; from bridge.__main__ import run; sys.exit(run())"

_LIBRARIES = ["matplotlib.figure", "pyarrow", "rich.progress", "skimage.measure", "sklearn.linear_model", "torch"]
_COPIES = multiprocessing.get_context("forkserver")
_COPIES.set_forkserver_preload(_LIBRARIES)


def start(program, *arguments, cwd, output, errors, **environment):
    """Start a program with one thread.

    Args:
        program: its text.
        arguments: what is after its name in `sys.argv`.
        cwd: the folder that it works in.
        output: the file descriptor of its stdout, which can be closed here after the start.
        errors: that of its stderr.
        environment: what is different from that of the tests.
    """
    files = [Connection(os.dup(file), readable=False) for file in (output, errors)]
    variables = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
    process = _COPIES.Process(target=_run, args=(program, [*map(str, arguments)], str(cwd), files, variables))
    process.start()
    return process


def finish(program, *arguments, cwd):
    """What a program prints that ends without an error, and what it says on stderr."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = start(program, *arguments, cwd=cwd, output=output.fileno(), errors=errors.fileno())
        process.join()
        texts = [file.seek(0) or file.read() for file in (output, errors)]
    assert process.exitcode == 0, texts[1]
    return texts


def _run(program, arguments, folder, files, variables):
    for number, file in enumerate(files, start=1):
        os.dup2(file.fileno(), number)
        file.close()
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    sys.argv = ["-c", *arguments]
    exec(compile(program, "<program>", "exec"), {"__name__": "__main__"})
