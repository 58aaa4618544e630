"""The objects of a module: what stands at an address of its compiled files.

A module has one to three files (`X.olean`, `X.olean.server`, `X.olean.private`).  They are one address space: a later
one points into earlier ones, and no pointer leaves the module.  A pointer whose lowest bit is set is a number, shifted
up by one bit.  An object begins with 8 bytes: a count of references (4), its size (2, of constructors only), `other`
(1) and its tag (1).

| tag | object |
|---|---|
| ≤ 244 | constructor with this number: `other` pointers, then its scalars, those of more bytes first |
| 246 | array: size, capacity, pointers |
| 249 | string: bytes with the final NUL, capacity, characters, UTF-8 |
| 250 | large number: negative or not, digits, pointer to the digits, digits of 4 bytes, the least first |

Sizes have the width of a pointer.  As GMP has it, a large number is: room (4), number of digits (4, negative if it is),
pointer to the digits; digits have the width of a pointer.  Source: `src/runtime/compact.cpp` of Lean 4.

Nothing here trusts a file: objects lie within it, children before their parents, so that nothing is cyclic, and no
module costs more than a time in proportion to its size, whatever overlaps in it.
"""

from collections.abc import Sequence
from pathlib import Path

from bridge.check.olean.errors import OleanError
from bridge.check.olean.parts import Part

_LARGEST_CONSTRUCTOR = 244
_ARRAY = 246
_STRING = 249
_LARGE_NUMBER = 250
_SIZED = {_ARRAY: "array", _LARGE_NUMBER: "natural number"}


class Objects:
    """The address space of one module; an object is its address.

    Attributes:
        path: the first file, to be named in errors.
        parts: its files, by rising addresses.
        width: bytes of a pointer, 4 or 8.
        root: the address of the root object of the last file, the most complete description of the module.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        """Map the files of a module.

        Raises:
            OleanError: there are none, one cannot be read, or they are not of one module.
        """
        if not files:
            raise OleanError("a module has no compiled file; one is required; have Lean compile the module")
        self.path = files[0]
        parts = [Part(files[0])]
        for file in files[1:]:
            parts.append(Part(file, parts[-1]))
        self.parts = tuple(parts)
        self.width = self.parts[0].width
        self.root = self.parts[-1].root
        for part, following in zip(self.parts, self.parts[1:], strict=False):
            if (part.width, part.git_hash) != (following.width, following.git_hash) or part.end > following.base:
                raise OleanError(
                    f"{self.path} and {following.path.name} are not of one module; files that were written together "
                    f"are required; have Lean compile the module again"
                )
        self._strings: dict[int, str] = {}
        self._numbers: dict[int, int] = {}
        # Objects do not overlap where Lean wrote them, so that together they are not longer than the files.
        self._unread = sum(len(part.data) for part in self.parts)

    def damaged(self, address: int, what: str) -> OleanError:
        """The error of an object that is not what it should be."""
        return OleanError(
            f"{self.path} is damaged or altered: {what} at {address:#x}; a file as Lean writes it is required; have "
            f"Lean compile the module again"
        )

    def part_at(self, address: int) -> Part:
        """The file in which an object lies.

        Raises:
            OleanError: there is none, or the address is no multiple of the pointer's size.
        """
        if address % self.width == 0:
            for part in self.parts:
                if part.base < address <= part.end - 8:
                    return part
        raise self.damaged(address, "no object")

    def fields(self, address: int, scalars: int = 0) -> tuple[int, list[int]]:
        """The number of a constructor and its pointers; one without fields may be a number in the place of a pointer.

        Args:
            address: the object.
            scalars: bytes that it must have after the pointers, if it is an object.

        Raises:
            OleanError: it is no constructor, or does not fit into the file.
        """
        if address & 1:
            return address >> 1, []
        part = self.part_at(address)
        offset = address - part.base
        head = part.halves[(offset >> 2) + 1]
        tag, count, size = head >> 24, head >> 16 & 255, head & 0xFFFF
        end = offset + size
        if tag > _LARGEST_CONSTRUCTOR or size < 8 + self.width * count + scalars or end > len(part.data):
            raise self.damaged(address, "no constructor")
        first = (offset + 8) // self.width
        return tag, part.words[first : first + count].tolist()

    def record(self, address: int, count: int, scalars: int = 0) -> list[int]:
        """The pointers of an object of a type with a single constructor.

        Raises:
            OleanError: it is another constructor, or has another number of pointers.
        """
        tag, fields = self.fields(address, scalars)
        if tag or len(fields) != count:
            raise self.damaged(address, f"constructor {tag} with {len(fields)} fields, and not 0 with {count}")
        return fields

    def scalars(self, address: int, count: int, size: int) -> bytes:
        """The first scalars of a constructor with so many pointers; `fields` has checked that they are there."""
        part = self.part_at(address)
        start = address - part.base + 8 + self.width * count
        return bytes(part.data[start : start + size])

    def array(self, address: int) -> list[int]:
        """The elements of an array.

        Raises:
            OleanError: it is none, or does not fit into the file.
        """
        part, first = self._sized(address, _ARRAY, 2)
        count = part.words[first]
        self._require_room(address, part, (first + 2) * self.width, count * self.width)
        return part.words[first + 2 : first + 2 + count].tolist()

    def list(self, address: int) -> list[int]:
        """The elements of a `List`.

        Raises:
            OleanError: it is none, or a tail of it comes later in the file.
        """
        elements = []
        while not address & 1:
            tag, fields = self.fields(address)
            if tag != 1 or len(fields) != 2 or fields[1] >= address:
                raise self.damaged(address, "no list")
            self._spend(address, 8 + 2 * self.width)
            elements.append(fields[0])
            address = fields[1]
        if address != 1:
            raise self.damaged(address, "no list")
        return elements

    def string(self, address: int) -> str:
        """A string.

        Raises:
            OleanError: it is none, does not fit into the file, or is not UTF-8.
        """
        known = self._strings.get(address)
        if known is None:
            part = self.part_at(address)
            offset = address - part.base
            first = (offset + 8) // self.width
            start = offset + 8 + 3 * self.width
            if part.halves[(offset >> 2) + 1] >> 24 != _STRING or start > len(part.data):
                raise self.damaged(address, "no string")
            size, characters = part.words[first], part.words[first + 2]
            self._require_room(address, part, start, size)
            end = start + size - 1
            try:
                known = str(part.data[start:end], "utf-8")
            except UnicodeDecodeError:
                raise self.damaged(address, "a string that is not UTF-8") from None
            if not size or part.data[end] or len(known) != characters:
                raise self.damaged(address, "a string of another length than it says")
            self._strings[address] = known
        return known

    def number(self, address: int) -> int:
        """A natural number.

        Raises:
            OleanError: it is none, or does not fit into the file.
        """
        if address & 1:
            return address >> 1
        known = self._numbers.get(address)
        if known is None:
            part, first = self._sized(address, _LARGE_NUMBER, 3)
            if part.gmp:
                sized = part.halves[first * self.width // 4 + 1]
                is_negative, digits, pointer = sized >> 31, sized * self.width, part.words[first + 8 // self.width]
            else:
                is_negative, digits, pointer = part.words[first] & 255, part.words[first + 1] * 4, part.words[first + 2]
            start = pointer - part.base
            if is_negative or pointer % 4 or pointer <= address:
                raise self.damaged(address, "no natural number")
            self._require_room(address, part, start, digits)
            known = self._numbers[address] = int.from_bytes(part.data[start : start + digits], "little")
        return known

    def _sized(self, address: int, tag: int, words: int) -> tuple[Part, int]:
        """The file of an object with this tag, and the index of the word after its head; so many words are there."""
        part = self.part_at(address)
        offset = address - part.base
        if part.halves[(offset >> 2) + 1] >> 24 != tag or offset + 8 + words * self.width > len(part.data):
            raise self.damaged(address, f"no {_SIZED[tag]}")
        return part, (offset + 8) // self.width

    def _require_room(self, address: int, part: Part, start: int, size: int) -> None:
        """So many bytes from an offset on lie within the file, and were not read yet."""
        if start + size > len(part.data):
            raise self.damaged(address, "an object that does not fit into the file")
        self._spend(address, size)

    def _spend(self, address: int, size: int) -> None:
        self._unread -= size
        if self._unread < 0:
            raise self.damaged(address, "objects that overlap")
