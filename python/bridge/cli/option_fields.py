"""Options as the fields of a frozen dataclass: what belongs together is passed together, and has one default."""

import functools
from collections.abc import Callable
from dataclasses import field, fields
from typing import Any, TypeVar

import click

Result = TypeVar("Result")


def given_by(flags: str, text: str, default: Any = None, **attributes: Any) -> Any:  # noqa: ANN401 -- as `field`
    """A field that an option gives.

    Args:
        flags: how the option is written.
        text: its help.
        default: of the field and of the option, whose help shows it.
        attributes: what else `click.option` is told.
    """
    attributes |= {"help": text, "show_default": True}
    return field(default=default, metadata={"flags": flags, "attributes": attributes})


def options_of(kind: type, name: str, *only: str) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """The options of a dataclass, or of some of its fields; a command gets them as one object of this name."""
    chosen = [each for each in fields(kind) if not only or each.name in only]

    def decorate(command: Callable[..., Result]) -> Callable[..., Result]:
        @functools.wraps(command)
        def gathering(**values: object) -> Result:
            return command(**{name: kind(**{each.name: values.pop(each.name) for each in chosen})}, **values)

        option = gathering
        for each in reversed(chosen):
            flags, attributes = each.metadata["flags"], each.metadata["attributes"]
            option = click.option(flags, each.name, default=each.default, **attributes)(option)
        return option

    return decorate


def flags_of(options: Any) -> dict[str, object]:  # noqa: ANN401 -- any dataclass with fields of `given_by`
    """What was given for each of the options of a dataclass."""
    return {each.metadata["flags"]: getattr(options, each.name) for each in fields(options)}


def names_of(kind: type) -> dict[str, str]:
    """How the option of each field of a dataclass is written."""
    return {each.name: each.metadata["flags"] for each in fields(kind)}
