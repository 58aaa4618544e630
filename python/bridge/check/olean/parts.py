"""One compiled file of Lean, mapped into memory: its header, and its words.

| offset | bytes | |
|---|---|---|
| 0x00 | 5 | `olean` |
| 0x05 | 1 | version of the layout, 2 |
| 0x06 | 1 | flags; bit 0: large numbers are as GMP has them |
| 0x07 | 33 | version of Lean, filled up with NUL |
| 0x28 | 40 | git hash of Lean |
| 0x50 | 4 or 8 | address at which the first byte of the file belongs |
| then | 4 or 8 | address of the root object |
| then | | objects, each filled up to the size of a pointer, children before their parents |

All numbers are little-endian.  The embedded Lean has pointers of 4 bytes, and every other Lean of today of 8; the
header does not say which, and its addresses do.  Source: `src/library/module.cpp` of Lean 4.
"""

import mmap
import stat
from pathlib import Path

from bridge.base.errors import one_line
from bridge.check.olean.errors import OleanError

_MAGIC = b"olean\x02"
_ADDRESSES = 0x50
# What is read of a file takes several times as much memory; those of a large export have some 100 million bytes.
LARGEST_FILE = 2**31

_REMEDY = "have Lean compile the module again"


class Part:
    """A file, mapped.

    Attributes:
        path: the file.
        lean_version: the version of Lean that wrote it, as the file says.
        git_hash: the same Lean's git hash.
        width: bytes of a pointer, 4 or 8.
        gmp: whether large numbers are as GMP has them.
        base: the address of the first byte.
        end: the address after the last byte.
        root: the address of the root object.
        data: all bytes.
        words: the file as pointers.
        halves: the file as numbers of 4 bytes.
    """

    def __init__(self, path: Path, before: "Part | None" = None) -> None:
        """Map a file.

        Args:
            path: the file.
            before: the file of the same module before it, if there is one.  The root may be in an earlier one: Lean
                writes a header alone where a module has nothing to add, as one of imports.

        Raises:
            OleanError: the file cannot be read, or its header is none that Lean writes.
        """
        self.path = path
        content = _mapped(path)
        size = len(content)
        head = bytes(content[:0x60])
        if head[:6] != _MAGIC or len(head) < _ADDRESSES + 8 or head[6] > 1:
            raise OleanError(
                f"{path} does not begin as a compiled file of Lean; version 2 of the layout is required; {_REMEDY}"
            )
        self.gmp = bool(head[6])
        self.lean_version = head[0x07:0x28].split(b"\0")[0].decode("ascii", "replace")
        self.git_hash = head[0x28:0x50].split(b"\0")[0].decode("ascii", "replace")
        plausible = [width for width in (4, 8) if _is_plausible(head, size, width)]
        if not plausible and before is not None and _points_back(head, size, before):
            plausible = [before.width]
        if len(plausible) != 1:
            raise OleanError(
                f"{path} has no root object within it, as if it were cut off; a whole file is required; {_REMEDY}"
            )
        self.width: int = plausible[0]
        self.base, self.root = _addresses(head, self.width)
        self.end = self.base + size
        self.data = memoryview(content)
        self.words = self.data.cast("I" if self.width == 4 else "Q")
        self.halves = self.data.cast("I")


def _addresses(head: bytes, width: int) -> tuple[int, int]:
    """The addresses of the file and of its root, if pointers are so wide."""
    base, root, end = (_ADDRESSES + width * index for index in range(3))
    return int.from_bytes(head[base:root], "little"), int.from_bytes(head[root:end], "little")


def _is_plausible(head: bytes, size: int, width: int) -> bool:
    base, root = _addresses(head, width)
    first = _ADDRESSES + 2 * width
    return size % width == base % width == root % width == 0 and first <= root - base <= size - 8


def _points_back(head: bytes, size: int, before: Part) -> bool:
    """Whether a file is a header whose root is in a file before."""
    width = before.width
    base, root = _addresses(head, width)
    return size == _ADDRESSES + 2 * width and base % width == root % width == 0 and root < before.end <= base


def _mapped(path: Path) -> mmap.mmap:
    try:
        # What is not a plain file is not opened: a pipe would never answer.
        found = path.stat()
        is_plain, size = stat.S_ISREG(found.st_mode), found.st_size
        if is_plain and 0 < size <= LARGEST_FILE:
            with path.open("rb") as file:
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise OleanError(
            f"{path} cannot be read: {one_line(error)}; a compiled file of Lean is required; {_REMEDY}"
        ) from error
    raise OleanError(
        f"{path} {f'has {size} bytes' if is_plain else 'is no plain file'}; a compiled file of Lean of at most "
        f"{LARGEST_FILE} bytes is required; {_REMEDY}"
    )
