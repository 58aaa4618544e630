"""Whatever is changed in a compiled file: it is read, or there is an error; nothing crashes, hangs or grows."""

import random
import tempfile
from pathlib import Path

import hypothesis
import hypothesis.strategies as st
import pytest

from bridge.check.olean.closure import Closure
from bridge.check.olean.errors import OleanError
from bridge.check.olean.modules import CompiledFiles, Modules
from bridge.check.olean.terms import Terms
from support.oleans import Writer, every_kind

LAYOUTS = [(4, False), (8, False), (8, True)]


def read_all(content, *, is_core=True):
    """The names of all that a module declares, and of what that rests on."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "M.olean")
        file.write_bytes(content)
        modules = Modules(Terms(), {"M": CompiledFiles((file,), is_core)}.get)
        modules.load(["M"])
        declared = modules.declared_in("M")
        for name in declared:
            modules.get(name)
        return [modules.terms.text(name) for name in Closure(modules, declared).order]


def outcome(content):
    """Whether a changed file is read; an error is one line of three parts."""
    try:
        read_all(content)
    except OleanError as error:
        assert str(error).count("; ") == 2, error
        assert "\n" not in str(error)
        return False
    return True


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_file_that_is_cut_off_anywhere_is_an_error(layout):
    content = every_kind(*layout[:1], gmp=layout[1])
    assert outcome(content)
    assert not any(outcome(content[:size]) for size in range(0, len(content), 13))
    assert not any(outcome(content[:-size]) for size in range(1, 100))


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_file_with_random_bytes_is_read_or_an_error(layout):
    content, chance = every_kind(layout[0], gmp=layout[1]), random.Random(20261129)
    read = 0
    for _ in range(150):
        changed = bytearray(content)
        for _ in range(chance.choice((1, 1, 1, 4))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        read += outcome(bytes(changed))
    assert 10 < read < 140


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_file_with_another_pointer_is_read_or_an_error(layout):
    """Words are exchanged with each other, so that they still point to objects."""
    width, gmp = layout
    content, chance = every_kind(width, gmp=gmp), random.Random(20261129)
    words = range(0x50 + 2 * width, len(content) - width, width)
    for _ in range(150):
        changed = bytearray(content)
        one, other = chance.sample(words, 2)
        changed[one : one + width] = content[other : other + width]
        outcome(bytes(changed))


@hypothesis.given(st.data())
def test_a_file_with_any_changes_is_read_or_an_error(data):
    width, gmp = data.draw(st.sampled_from(LAYOUTS))
    content = bytearray(every_kind(width, gmp=gmp))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        new = data.draw(st.binary(min_size=1, max_size=8))
        content[at : at + len(new)] = new
    outcome(bytes(content))


@hypothesis.given(st.binary(max_size=400))
def test_a_file_of_other_bytes_is_an_error(data):
    assert not outcome(data)
    assert not outcome(every_kind()[:0x58] + data)


@pytest.fixture(params=[4, 8])
def writer(request):
    return Writer(request.param)


def test_lists_whose_tails_are_shared_cost_no_more_than_the_file(writer):
    """Of 2,000 constants each has a tail of one list of 4,000 names."""
    name, sort, tails = writer.name("u"), writer.sort(), [1]
    for _ in range(4000):
        tails.append(writer.constructor(1, name, tails[-1]))
    constants = []
    for index in range(2000):
        value = writer.constructor(0, writer.name(f"c{index}"), tails[-index - 1], sort)
        constants.append((f"c{index}", writer.constructor(0, writer.constructor(0, value, scalars=b"\0"))))
    with pytest.raises(OleanError, match="objects that overlap"):
        read_all(writer.module(*constants))


def test_a_constant_that_is_declared_twice_is_an_error(writer):
    axiom = writer.axiom("A", writer.sort())
    with pytest.raises(OleanError, match="a second A at "):
        read_all(writer.module(axiom, axiom))


def test_a_module_with_another_number_of_names_is_an_error(writer):
    root = writer.constructor(
        0, writer.array(), writer.array(writer.name("A")), writer.array(), writer.array(), writer.array(), scalars=b"\1"
    )
    with pytest.raises(OleanError, match="another number of constants than of their names at "):
        read_all(writer.with_root(root))


def test_a_root_that_describes_no_module_is_an_error(writer):
    with pytest.raises(OleanError, match="constructor 0 with 1 fields, and not 0 with 5 at "):
        read_all(writer.with_root(writer.constructor(0, 1, scalars=bytes(40))))
