"""Reads the files of ranges of blocks: what Lean finds out of one at a time, from the shards that hold it alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.check.parts import SECTION, Notes, ReadShard
from bridge.check.reader import Literal, MismatchError, Reader

# Only who says `import all` sees the digits of a shard.
_IMPORTS = "module public import {library} public import {namespace}.Samples public import {checks}.Integers"


@dataclass(frozen=True)
class RangeFile:
    """Where what Lean finds out of a range is.

    Attributes:
        module: its module.
        shards: the numbers of the shards whose digits it sees, at least one.
    """

    module: str
    shards: tuple[Literal[int], ...]

    @property
    def words(self) -> str:
        """The words that a theorem in it names the shards by."""
        return f"[ {' , '.join(f'shard{shard.value}' for shard in self.shards)} ]"


class RangeFiles:
    """Reads the files that the module of some concepts, or of a classifier, imports for its ranges."""

    def __init__(self, folder: Path, reader: Reader, shards: Sequence[ReadShard], notes: Notes) -> None:
        """Begin to read.

        Args:
            folder: the folder of the root file.
            reader: that of the module, where the imports of ranges come next, if there are any.
            shards: the shards of the samples.
            notes: what is kept of every file goes there.
        """
        self._folder = folder
        self._namespace, _, module = reader.module.partition(".")
        self._checks = f"{self._namespace}.Checks.{module}"
        self._shards = [shard.number for shard in shards]
        self._notes = notes
        self.count = 0
        while reader.ahead(f"public import {self._checks}.Range{self.count + 1}"):
            self.count += 1
            reader.expect(f"public import {self._checks}.Range{self.count}")
        if self.count == 1:
            # A single range has no file of its own.
            reader.expect(f"public import {self._checks}.Range2")

    def import_all(self, reader: Reader) -> None:
        """Read the imports of every digit, which only who ranks samples against one another needs."""
        for shard in self._shards:
            reader.expect(f"import all {self._namespace}.Samples.Shard{shard}")

    def integers(self) -> Reader:
        """The reader of the file of the integers, where its first namespace comes next."""
        reader = Reader.of(self._folder, f"{self._checks}.Integers")
        reader.expect(f"module public import Bridge.Packing.Integers {SECTION}")
        return reader

    def open(self, number: int, library: str) -> tuple[Reader, RangeFile]:
        """The reader of the file of a range, where its first namespace comes next, and what its imports say.

        Args:
            number: that of the range, from 1.
            library: the module of the library that it imports.
        """
        reader = Reader.of(self._folder, f"{self._checks}.Range{number}")
        reader.expect(_IMPORTS.format(library=library, namespace=self._namespace, checks=self._checks))
        found: list[Literal[int]] = []
        while not found or reader.comes("import"):
            reader.expect("import all")
            name = reader.identifier()
            shard = re.fullmatch(rf"{self._namespace}\.Samples\.Shard([1-9][0-9]{{0,8}})", name.value)
            if shard is None or int(shard[1]) not in self._shards:
                raise MismatchError(name.place, f"import all {name.value}", f"a shard of {self._namespace}")
            found.append(Literal(int(shard[1]), name.place))
        reader.expect("public section")
        return reader, RangeFile(reader.module, tuple(found))

    def close(self, reader: Reader) -> None:
        """Require that a file ends, and keep what is to be kept of it."""
        reader.expect_end()
        self._notes.add(reader)
