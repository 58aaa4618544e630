"""Small modules for the second kernel, and the library that it is in, where there is one."""

import pytest

from bridge.check.second_kernel.library import PINS, kernel_library
from bridge.check.second_kernel.opinion import NotRecheckedError
from bridge.check.second_kernel.recheck import FolderSpec, recheck
from support.oleans import Writer, write_module


def _is_there():
    try:
        return kernel_library() is not None
    except NotRecheckedError:
        return False


needs_kernel = pytest.mark.skipif(not _is_there(), reason=f"the library is only for {PINS}, and in an extra")


def untold(_line):
    """Where nobody listens."""


def identity(writer, *, is_true=True):
    """The theorem that every proposition implies itself, with its proof, or else with that of something else."""
    proposition, variable = writer.sort(), writer.expr(0, writer.number(0))
    implication = writer.pi("h", variable, writer.expr(0, writer.number(1)))
    inner = writer.pi("h", variable, variable, tag=6) if is_true else variable
    statement = writer.pi("p", proposition, implication)
    return writer.theorem("same", statement, writer.pi("p", proposition, inner, tag=6))


def places_with(folder, constants, *, module="Small"):
    """Where a module with the constants that a function makes by a writer is; there is no core."""
    writer = Writer()
    write_module(folder, module, writer.module(*constants(writer)))
    return FolderSpec((folder,), folder / "core")


def rechecked(folder, constants, **options):
    """What the second kernel says of a module with these constants."""
    return recheck(
        places_with(folder, constants), ["Small"], timeout=options.pop("timeout", 60), tell=untold, **options
    )
