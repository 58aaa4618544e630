"""Options that belong together come as one frozen object, whose fields say what they are unless told otherwise."""

from dataclasses import dataclass

import click
import pytest
from click.testing import CliRunner

from bridge.cli.option_fields import flags_of, given_by, options_of


@dataclass(frozen=True)
class Meal:
    dish: str = given_by("--dish", "What there is.", default="soup")
    guests: int | None = given_by("--guests", "How many come.", type=int)
    is_hot: bool = given_by("--hot", "Whether it steams.", default=False, is_flag=True)


def served(*only):
    """A command that returns the meal it is given."""

    @click.command()
    @options_of(Meal, "meal", *only)
    @click.option("--table", default=1)
    def serve(meal, table):
        return meal, table

    return serve


def given(*arguments, only=()):
    return served(*only).main(arguments, standalone_mode=False)


def test_what_is_not_given_is_what_the_fields_are_by_themselves():
    assert given() == (Meal(), 1)


def test_what_is_given_is_in_the_object_and_other_options_are_beside_it():
    assert given("--hot", "--guests", "3", "--dish", "pie", "--table", "2") == (Meal("pie", 3, True), 2)


def test_of_some_fields_the_others_are_as_ever_and_have_no_option():
    assert given("--guests", "3", only=["guests"]) == (Meal(guests=3), 1)
    with pytest.raises(click.NoSuchOption):
        given("--dish", "pie", only=["guests"])


def test_the_help_shows_each_default_that_there_is():
    help_text = CliRunner().invoke(served(), ["--help"]).output
    lines = [line for line in help_text.splitlines() if "--" in line]
    assert [line.split("  ")[-1].strip() for line in lines[:3]] == [
        "[default: soup]",
        "How many come.",
        "Whether it steams.",
    ]


def test_what_was_given_is_known_by_its_option():
    assert flags_of(Meal(guests=3)) == {"--dish": "soup", "--guests": 3, "--hot": False}
