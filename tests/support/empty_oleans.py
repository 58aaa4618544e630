"""What programs of the tests' own write in the place of what Lean compiles: modules with nothing in them."""

from support.oleans import Writer, write_module

# A multiple of 8 bytes, so that a text of any length that is filled up to one can follow.
EMPTY = Writer(8, base=0x30000).module()
EMPTY_PRIVATE = Writer(8, base=0x7000_0000_0000).module()


def make_core(prefix):
    """Makes a core library of one empty module, where a Lean with this prefix has it."""
    write_module(prefix / "lib" / "lean", "Init", EMPTY)
