"""Small exports in one folder, each with a namespace of its own and in all its files, and what Lean makes of them."""

from pathlib import Path

import numpy as np
import pytest

import bridge.export.packing
from bridge.base.progress import untold
from bridge.base.resources import lean_library_folder
from bridge.check.host_pool import HostPool
from bridge.check.lean_modules import discover
from bridge.check.schedule import Demands, compile_modules
from support.artifacts import make_artifact
from support.exports import rendered, small_ranges, small_shards
from support.pairs import binary_pair, rendered_pair
from support.pixel_exports import plain_artifact, rendered_pixels

# Those whose root file needs no Mathlib.
ROOTS_WITHOUT_MATHLIB = ("Pair",)


def exports_in_files(folder: Path) -> dict[str, dict[str, str]]:
    """The texts of each export, the root file first, by its namespace."""
    is_calibration = np.arange(12) % 3 == 0
    is_train = ~is_calibration & (np.arange(12) % 2 == 0)
    plain = make_artifact(12, is_calibration=is_calibration, is_train=is_train)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1)  # blocks of a row
        small_shards(patch, 12)
        small_ranges(patch, 80)
        in_ranges = rendered(folder, make_artifact(6, concepts=1, concept_names=("size",)), "Ranges")
    return {
        "Plain": rendered(folder, plain, "Plain", with_r_squared=True, alpha=0.4),
        "Ranges": in_ranges,
        "Pair": rendered_pair(*binary_pair(samples=12), "Pair"),
        "Images": rendered_pixels(folder, plain_artifact(), "Images"),
    }


def compiled(folder: Path, roots: list[str], pool: HostPool) -> Path:
    """Have Lean compile modules whose texts are in a folder; the folder of what it made of them and the library.

    Args:
        folder: the folder with the texts.
        roots: names of the modules, which are compiled with all that they import.
        pool: the hosts.
    """
    imports = "".join(f"public import {root}\n" for root in roots)
    (folder / "Everything.lean").write_text(f"module\n\n{imports}", encoding="utf-8")
    modules = discover(folder / "Everything.lean", lean_library_folder())
    demands = Demands(trusted=frozenset(module.name for module in modules))
    made = folder / "made"
    made.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BRIDGE_CACHE_DIR", raising=False)  # the user's cache has the checked library
        results = compile_modules(modules, pool, demands, made, print, untold)
    rejected = [(result.name, result.messages) for result in results if not result.accepted]
    assert rejected == []
    return made


def modules_without_mathlib(files: dict[str, str], namespace: str) -> list[str]:
    """The modules of an export that need no Mathlib, given its files."""
    modules = [file.removesuffix(".lean").replace("/", ".") for file in files]
    return modules if namespace in ROOTS_WITHOUT_MATHLIB else modules[1:]


def with_numbers(compiled: bytes, others: dict[int, int]) -> bytes:
    """A part that the embedded Lean has compiled, with other numbers in the place of some literals, all at once.

    Small literals have the number itself in the place of a pointer; larger ones have digits of 4 bytes, of which the
    other number must not have more.
    """
    changed = bytearray(compiled)
    for old, new in others.items():
        if old < 2**31:
            size, digits = 4, 2 * old + 1
            other, before = 2 * new + 1, bytes([0, 0, 0, 0, 16, 0, 1, 0])
        else:
            size = -(-old.bit_length() // 32) * 4
            digits, other, before = old, new, (size // 4).to_bytes(4, "little")
        found, at = digits.to_bytes(size, "little"), -1
        while (at := compiled.find(found, at + 1)) >= 0:
            # The number of digits comes right before the pointer to them.
            start = at - len(before) - (0 if old < 2**31 else 4)
            if compiled[start : start + len(before)] == before:
                changed[at : at + size] = other.to_bytes(size, "little")
    return bytes(changed)
