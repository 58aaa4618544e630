"""The options that say what an export lists and proves: one for each kind of claim."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import click

from bridge.artifact.coverage import Coverage
from bridge.cli.options import over_option
from bridge.export.asked import Asked
from bridge.export.claims import KINDS
from bridge.export.claims.kind import Asking
from bridge.export.classification.asked import ClassifierAsked
from bridge.export.classification.claims import CLASSIFIER_KINDS

Result = TypeVar("Result")


@dataclass(frozen=True)
class Wanted:
    """What was asked for, while it is not known yet of what artifact.

    Attributes:
        coverage: which samples are to be listed.
        values: of each option that was given, empty where it has none.
    """

    coverage: Coverage
    values: Mapping[str, str]

    def of_probes(self) -> Asked:
        """It, of probes of scores.

        Raises:
            InputError: an option is about classifiers.
        """
        return Asked.of(self.coverage, self.values)

    def of_classifier(self) -> ClassifierAsked:
        """It, of a classifier.

        Raises:
            InputError: an option is about probes of scores.
        """
        return ClassifierAsked.of(self.coverage, self.values)


def asked_options(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give a command the options of all kinds of claims about probes, and pass it what they ask for as `asked`."""

    @functools.wraps(command)
    def asking(*, wanted: Wanted, **others: object) -> Result:
        return command(asked=wanted.of_probes(), **others)

    return _with_options(asking, KINDS)


def any_asked_options(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give a command the options of all kinds of claims, and pass it what they ask for as `wanted`."""
    return _with_options(command, [*KINDS, *CLASSIFIER_KINDS])


def _with_options(command: Callable[..., Result], kinds: Sequence[type[Asking]]) -> Callable[..., Result]:
    @functools.wraps(command)
    def asking(*, over: str, **others: object) -> Result:
        given = {kind: others.pop(_name(kind)) for kind in kinds}
        values = {kind: "" if value is True else str(value) for kind, value in given.items() if value}
        for kind, value in values.items():
            kind.read(value)  # so that a value which is none is refused before any work
        wanted = Wanted(Coverage(over), {kind.option: value for kind, value in values.items()})
        return command(wanted=wanted, **others)

    option = asking
    for kind in reversed(kinds):
        option = click.option(
            kind.option, _name(kind), is_flag=kind.metavar is None, metavar=kind.metavar, help=kind.help
        )(option)
    return over_option(option)


def _name(kind: type[Asking]) -> str:
    return f"asked{kind.option.replace('-', '_')}"
