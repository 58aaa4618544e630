"""The Lean library as Bridge ships it, by SHA-256.

A folder `Bridge` beside an export is taken in the place of the shipped one, and what is in it gives an export its
meaning: so it is compared with `library.sha256`, which `pytest tests/test_golden.py --update` writes.
"""

import functools
from collections.abc import Iterable
from pathlib import Path

from bridge.check.lean_modules import LeanModule

PINS = Path(__file__).resolve().parent / "library.sha256"


@functools.cache
def shipped_digests() -> dict[str, str]:
    """SHA-256 in hexadecimal of each module of the library, by module."""
    lines = (line.split("  ") for line in PINS.read_text(encoding="utf-8").splitlines())
    return {path.removesuffix(".lean").replace("/", "."): digest for digest, path in lines}


def differing_modules(modules: Iterable[LeanModule]) -> tuple[str, ...]:
    """The names of the modules of the library, among these, that are not what Bridge ships."""
    shipped = shipped_digests()
    return tuple(module.name for module in modules if module.is_library and shipped.get(module.name) != module.sha256)
