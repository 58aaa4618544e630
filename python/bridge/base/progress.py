"""How far long work is, told to whoever shows it."""

from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

Progress = Callable[[str, int, int], None]
"""Told the name of a step, how much of it is done, and how much it is in all."""

Tell = Callable[[str], None]
"""Told, in one line, of a step of what takes long, or of what was done on the way."""

Item = TypeVar("Item")


def untold(_step: str, _done: int, _total: int) -> None:
    """Where nobody wants to know."""


def told(items: Collection[Item], progress: Progress, step: str) -> Iterator[Item]:
    """The items, each told of as done when the next one is asked for."""
    for done, item in enumerate(items):
        progress(step, done, len(items))
        yield item
    progress(step, len(items), len(items))
