"""The options that say what an export lists and proves: one for each kind of claim."""

import functools
from collections.abc import Callable
from typing import TypeVar

import click

from bridge.artifact.coverage import Coverage
from bridge.cli.options import over_option
from bridge.export.asked import Asked
from bridge.export.claims import KINDS
from bridge.export.claims.kind import Kind

Result = TypeVar("Result")


def asked_options(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give a command the options of all kinds of claims, and pass it what they ask for as `asked`."""

    @functools.wraps(command)
    def asking(*, over: str, **others: object) -> Result:
        given = {kind.option: others.pop(_name(kind)) for kind in KINDS}
        values = {option: "" if value is True else str(value) for option, value in given.items() if value}
        return command(asked=Asked.of(Coverage(over), values), **others)

    option = asking
    for kind in reversed(KINDS):
        option = click.option(
            kind.option, _name(kind), is_flag=kind.metavar is None, metavar=kind.metavar, help=kind.help
        )(option)
    return over_option(option)


def _name(kind: type[Kind]) -> str:
    return f"asked{kind.option.replace('-', '_')}"
