"""A module that adds nothing in a later part: Lean writes a header alone, whose root is that of an earlier part."""

import pytest

from bridge.check.olean.errors import OleanError
from bridge.check.olean.modules import Modules, in_folders
from bridge.check.olean.terms import Terms
from support.oleans import HEADER, Writer, write_module

BASES = 0x30000, 0x70000, 0x90000


def header(width, base, root, git_hash=None):
    """A part without objects whose root is at an address."""
    options = {} if git_hash is None else {"git_hash": git_hash}
    return Writer(width, base=base, **options).with_root(root)


@pytest.fixture
def loaded(tmp_path):
    """The modules of two folders, of which one has a module with three parts."""

    def loaded(width, *later):
        first = Writer(width, base=BASES[0]).module(imports=["Core"])
        parts = [first, *later]
        for suffix, part in zip(("", ".server", ".private"), parts, strict=False):
            write_module(tmp_path / "own", "Imports", part, suffix)
        core = Writer(width)
        write_module(tmp_path / "core", "Core", core.module(core.axiom("P", core.sort())))
        modules = Modules(Terms(), in_folders([tmp_path / "own"], tmp_path / "core"))
        modules.load(["Imports"])
        return modules

    return loaded


def root_of(width):
    first = Writer(width, base=BASES[0]).module(imports=["Core"])
    return int.from_bytes(first[HEADER + width : HEADER + 2 * width], "little")


@pytest.mark.parametrize("width", [4, 8])
def test_its_description_is_that_of_an_earlier_part(loaded, width):
    root = root_of(width)
    modules = loaded(width, header(width, BASES[1], root), header(width, BASES[2], root))
    assert modules.declared_in("Imports") == []
    assert modules.terms.name("P") in modules


@pytest.mark.parametrize("width", [4, 8])
@pytest.mark.parametrize("root", [BASES[0] - 64, BASES[0] + 1, BASES[1] - 64, BASES[1] + 64, BASES[2]])
def test_a_root_that_is_nowhere_is_an_error(loaded, width, root):
    with pytest.raises(OleanError):
        loaded(width, header(width, BASES[1], root))


def test_a_header_alone_is_no_first_part(tmp_path):
    write_module(tmp_path, "Imports", header(4, BASES[1], BASES[0] + 128))
    with pytest.raises(OleanError, match="has no root object within it"):
        Modules(Terms(), in_folders([tmp_path], tmp_path / "core")).load(["Imports"])


def test_a_header_of_another_lean_is_not_of_the_module(loaded):
    with pytest.raises(OleanError, match="are not of one module"):
        loaded(4, header(4, BASES[1], root_of(4), "ab" * 20))
