"""The functions of Lean's shared library, through ctypes, and its objects.

An object is a pointer, or a number n without an object, as 2n + 1.  An argument is owned, and then the function
consumes a reference, or borrowed; results are owned.  An object begins with 8 bytes: its count of references (4; 0 if
it is persistent, and never freed), its size (2), the number of its pointers (1) and its tag (1); then come pointers,
then scalars.  Source: `src/include/lean/lean.h` of Lean 4, and the functions named in `FUNCTIONS`.

All of this is so in one version of Lean and may be otherwise in the next: hence `require_pinned` before it is loaded.
Everything that is built here is made persistent, and is never freed: it is for a process that ends with its work.
"""

import ctypes
import struct
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

from bridge.base.errors import one_line
from bridge.check.second_kernel.library import KernelLibrary
from bridge.check.second_kernel.opinion import NotRecheckedError

Result = TypeVar("Result")

_OBJECT, _BYTE, _HALF, _SIZE = ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint32, ctypes.c_size_t

# For each function its result and its arguments; objects are owned unless the comment says otherwise.
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "lean_initialize_thread": (None, []),
    "lean_initialize": (None, []),
    "lean_io_mark_end_initialization": (None, []),
    "lean_init_task_manager": (None, []),
    "lean_set_exit_on_panic": (None, [_BYTE]),
    "l_Lean_mkEmptyEnvironment": (_OBJECT, [_HALF]),  # how much is trusted → result of IO
    "lean_elab_environment_to_kernel_env": (_OBJECT, [_OBJECT]),
    "lean_environment_find": (_OBJECT, [_OBJECT, _OBJECT]),  # environment, name → Option ConstantInfo
    # Environment, heartbeats, depth (0 for no limit), declaration (borrowed), token to cancel it (borrowed) → Except.
    "lean_add_decl": (_OBJECT, [_OBJECT, _SIZE, _SIZE, _OBJECT, _OBJECT]),
    "lean_mark_persistent": (None, [_OBJECT]),
    "lean_alloc_small_object_core": (_OBJECT, [_SIZE]),
    "lean_alloc_mpz": (_OBJECT, [_OBJECT]),  # mpz_t, which is copied
    "lean_mk_string_from_bytes": (_OBJECT, [ctypes.c_char_p, _SIZE]),
    "lean_name_mk_string": (_OBJECT, [_OBJECT, _OBJECT]),
    "lean_name_mk_numeral": (_OBJECT, [_OBJECT, _OBJECT]),
    "lean_name_eq": (_BYTE, [_OBJECT, _OBJECT]),  # borrowed
    "lean_level_mk_zero": (_OBJECT, [_OBJECT]),
    "lean_level_mk_succ": (_OBJECT, [_OBJECT]),
    "lean_level_mk_max": (_OBJECT, [_OBJECT, _OBJECT]),
    "lean_level_mk_imax": (_OBJECT, [_OBJECT, _OBJECT]),
    "lean_level_mk_param": (_OBJECT, [_OBJECT]),
    "lean_expr_mk_bvar": (_OBJECT, [_OBJECT]),
    "lean_expr_mk_sort": (_OBJECT, [_OBJECT]),
    "lean_expr_mk_const": (_OBJECT, [_OBJECT, _OBJECT]),
    "lean_expr_mk_app": (_OBJECT, [_OBJECT, _OBJECT]),
    "lean_expr_mk_lambda": (_OBJECT, [_OBJECT, _OBJECT, _OBJECT, _BYTE]),
    "lean_expr_mk_forall": (_OBJECT, [_OBJECT, _OBJECT, _OBJECT, _BYTE]),
    "lean_expr_mk_let": (_OBJECT, [_OBJECT, _OBJECT, _OBJECT, _OBJECT, _BYTE]),
    "lean_expr_mk_lit": (_OBJECT, [_OBJECT]),
    "lean_expr_mk_proj": (_OBJECT, [_OBJECT, _OBJECT, _OBJECT]),
    "lean_expr_eqv": (_BYTE, [_OBJECT, _OBJECT]),  # borrowed; up to the names of bound variables
    "lean_mk_axiom_val": (_OBJECT, [_OBJECT, _OBJECT, _OBJECT, _BYTE]),
    "lean_mk_definition_val": (_OBJECT, [_OBJECT, _OBJECT, _OBJECT, _OBJECT, _OBJECT, _BYTE, _OBJECT]),
    "lean_mk_theorem_val": (_OBJECT, [_OBJECT, _OBJECT, _OBJECT, _OBJECT, _OBJECT]),
    "lean_mk_opaque_val": (_OBJECT, [_OBJECT, _OBJECT, _OBJECT, _OBJECT, _BYTE, _OBJECT]),
    "lean_mk_inductive_decl": (_OBJECT, [_OBJECT, _OBJECT, _OBJECT, _BYTE]),
    "lean_mk_reducibility_hints_regular": (_OBJECT, [_HALF]),
}

# The least number that is an object of its own.
_LARGE = 1 << 63


def box(number: int) -> int:
    """A number, or a constructor without fields, as an object."""
    return number << 1 | 1


NOTHING = box(0)
"""The empty list, `none`, the anonymous name, and whatever else is a first constructor without fields."""


def word(pointer: int, index: int) -> int:
    """A pointer field of an object, or a scalar of 8 bytes after them."""
    return ctypes.c_uint64.from_address(pointer + 8 + 8 * index).value


def byte(pointer: int, fields: int, offset: int) -> int:
    """A scalar of an object with so many pointer fields, so many bytes after them."""
    return ctypes.c_uint8.from_address(pointer + 8 + 8 * fields + offset).value


def tag(pointer: int) -> int:
    """Which constructor an object is."""
    return pointer >> 1 if pointer & 1 else ctypes.c_uint8.from_address(pointer + 7).value


def retain(pointer: int) -> None:
    """Take another reference to an object; those of objects that threads share are counted downwards."""
    count = ctypes.c_int32.from_address(pointer)
    count.value += (count.value > 0) - (count.value < 0)


def text_of(string: int) -> str:
    """What a string of Lean says."""
    return ctypes.string_at(string + 32, word(string, 0) - 1).decode(errors="replace")


def list_of(pointer: int) -> list[int]:
    """What is in a list of Lean, borrowed."""
    found = []
    while not pointer & 1:
        found.append(word(pointer, 0))
        pointer = word(pointer, 1)
    return found


class Lean:
    """The library, loaded and initialized; `load` gives the one that a process has.

    Attributes:
        call: its functions, by their names without `lean_`.
        version: which version of Lean it says that it is.
    """

    def __init__(self, path: Path) -> None:
        """Load a library.

        Raises:
            NotRecheckedError: it cannot be loaded, or has not these functions.
        """
        try:
            # Calls are short and many: PyDLL does not give the interpreter's lock away for each.
            loaded = ctypes.PyDLL(str(path))
            functions = {name.removeprefix("lean_"): getattr(loaded, name) for name in FUNCTIONS}
            version = ctypes.c_uint64.in_dll(loaded, "l_Lean_versionString")
        except (OSError, AttributeError, ValueError) as error:
            raise NotRecheckedError(f"{path} cannot be loaded: {one_line(error)}") from None
        for function, (result, arguments) in zip(functions.values(), FUNCTIONS.values(), strict=True):
            function.restype, function.argtypes = result, arguments
        self.call: Any = SimpleNamespace(**functions)
        self.call.initialize_thread()
        self.call.initialize()
        self.call.io_mark_end_initialization()
        self.call.init_task_manager()
        # Else it would go on after a panic, with some value.
        self.call.set_exit_on_panic(1)
        self.version = text_of(version.value)

    def keep(self, pointer: int) -> int:
        """Make an object and all below it persistent, so that it can be given away any number of times."""
        self.call.mark_persistent(pointer)
        return pointer

    def cell(self, constructor: int, *fields: int) -> int:
        """An object with pointers and no scalars."""
        size = 8 + 8 * len(fields)
        pointer: int = self.call.alloc_small_object_core(size)
        head = struct.pack(f"<iHBB{len(fields)}Q", 1, size, len(fields), constructor, *fields)
        ctypes.memmove(pointer, head, size)
        return pointer

    def list(self, items: Iterable[int]) -> int:
        """A list of persistent objects, persistent itself."""
        pointer = NOTHING
        for item in reversed([*items]):
            pointer = self.cell(1, item, pointer)
        return pointer if pointer == NOTHING else self.keep(pointer)

    def natural(self, number: int) -> int:
        """A natural number."""
        if number < _LARGE:
            return box(number)
        limbs = (number.bit_length() + 63) // 64
        digits = ctypes.create_string_buffer(number.to_bytes(8 * limbs, "little"), 8 * limbs)
        whole = ctypes.create_string_buffer(struct.pack("<iiQ", limbs, limbs, ctypes.addressof(digits)), 16)
        pointer: int = self.call.alloc_mpz(ctypes.addressof(whole))
        return pointer

    def string(self, text: str) -> int:
        """A string."""
        encoded = text.encode()
        pointer: int = self.call.mk_string_from_bytes(encoded, len(encoded))
        return pointer


_loaded: dict[Path, Lean] = {}


def load(library: KernelLibrary) -> Lean:
    """Load a library, once for this process; to be called by each thread that works with it.

    Raises:
        NotRecheckedError: it cannot be loaded, or is of another version.
    """
    lean = _loaded.get(library.path)
    if lean is None:
        lean = _loaded[library.path] = Lean(library.path)
    else:
        lean.call.initialize_thread()
    if lean.version != library.version:
        raise NotRecheckedError(f"{library.path} is of Lean {lean.version}, not {library.version}")
    return lean


def on_a_large_stack(work: Callable[[], Result], size: int = 2**30) -> Result:
    """Call a function in a thread with so many bytes of stack: terms are deep, and the kernel is recursive.

    Memory is used of the stack only as far as the calls go.
    """
    usual = threading.stack_size(size)
    try:
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(work).result()
    finally:
        threading.stack_size(usual)
