"""Records and the types of their fields: what fits is kept, and all else is refused by its name."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
import pytest

from bridge.base.errors import InputError
from bridge.base.metadata import strict_json
from bridge.base.record_types import record_from, require_field_types


@dataclasses.dataclass(frozen=True)
class Part:
    """A record in another one."""

    size: float


@dataclasses.dataclass(frozen=True)
class Whole:
    """A record with a field of each kind."""

    name: str
    count: int
    ratio: float
    is_round: bool
    limit: int | None
    versions: tuple[tuple[str, str], ...]
    place: tuple[int, str]
    parts: tuple[Part, ...]
    part: Part | None
    identity: Mapping[str, str | int | float | bool | None]
    more: float = 0.5


CONTENT = {
    "name": "a",
    "count": 3,
    "ratio": 0.5,
    "is_round": True,
    "limit": None,
    "versions": [["numpy", "2"], ["python", "3"]],
    "place": [1, "x"],
    "parts": [{"size": 1.5}, {"size": 2}],
    "part": {"size": 0},
    "identity": {"a": 1, "b": None, "c": "d", "e": False, "f": 0.5},
}


def test_lists_become_the_tuples_and_objects_the_records_that_the_dataclass_has():
    assert record_from(Whole, CONTENT) == Whole(
        name="a",
        count=3,
        ratio=0.5,
        is_round=True,
        limit=None,
        versions=(("numpy", "2"), ("python", "3")),
        place=(1, "x"),
        parts=(Part(1.5), Part(2.0)),
        part=Part(0.0),
        identity={"a": 1, "b": None, "c": "d", "e": False, "f": 0.5},
    )
    assert type(record_from(Whole, CONTENT).parts[1].size) is float


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("name", 3, "str"),
        ("name", None, "str"),
        ("count", 3.0, "int"),
        ("count", True, "int"),
        ("count", "3", "int"),
        ("ratio", "0.5", "float"),
        ("ratio", True, "float"),
        ("ratio", 2**53 + 1, "float"),
        ("is_round", 1, "bool"),
        ("limit", 0.5, "int | None"),
        ("limit", False, "int | None"),
        ("versions", "ab", "tuple[tuple[str, str], ...]"),
        ("versions", [["a"]], "tuple[tuple[str, str], ...]"),
        ("versions", [["a", 1]], "tuple[tuple[str, str], ...]"),
        ("versions", [["a", "b", "c"]], "tuple[tuple[str, str], ...]"),
        ("place", [1], "tuple[int, str]"),
        ("parts", [[]], f"tuple[{__name__}.Part, ...]"),
        ("part", "a", f"{__name__}.Part | None"),
        ("identity", [], "collections.abc.Mapping[str, str | int | float | bool | None]"),
        ("identity", {"a": []}, "collections.abc.Mapping[str, str | int | float | bool | None]"),
        ("identity", {"a": math.inf}, "collections.abc.Mapping[str, str | int | float | bool | None]"),
    ],
    ids=str,
)
def test_a_field_of_another_type_is_refused_by_its_name(name, value, kind):
    with pytest.raises(InputError) as caught:
        record_from(Whole, CONTENT | {name: value})
    assert str(caught.value).startswith(f"`{name}` is ")
    assert str(caught.value).endswith(f"; {kind} is required; check the fit")


def test_a_number_that_is_not_finite_is_refused():
    with pytest.raises(InputError, match=r"^`ratio` is nan; a finite number is required"):
        record_from(Whole, CONTENT | {"ratio": math.nan})
    with pytest.raises(InputError, match=r"^`size` is inf; a finite number is required"):
        record_from(Whole, CONTENT | {"parts": [{"size": math.inf}]})


def test_a_long_value_is_shortened():
    with pytest.raises(InputError, match=r"^`count` is 'a{78}…; int is required; check the fit$"):
        record_from(Whole, CONTENT | {"count": "a" * 10**6})


@pytest.mark.parametrize(
    "content",
    [
        [],
        None,
        "text",
        CONTENT | {"other": 1},
        {name: value for name, value in CONTENT.items() if name != "name"},
        CONTENT | {"part": {"size": 1.0, "other": 1}},
        CONTENT | {"part": {}},
    ],
    ids=range(7),
)
def test_another_set_of_fields_is_refused(content):
    with pytest.raises(ValueError, match=r"^(the fields of (Whole|Part) are |Whole is )"):
        record_from(Whole, content)


def test_arrays_are_fields_too():
    @dataclasses.dataclass
    class WithArray:
        values: np.ndarray

    require_field_types(WithArray(np.ones(2)))
    with pytest.raises(InputError, match=r"^`values` is \[1\]; ndarray is required; check the fit$"):
        require_field_types(WithArray([1]))


# JSON


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 1}', "it gives two values for one name"),
        ('[{"b": {"a": 1, "a": 2}}]', "it gives two values for one name"),
        ("[" * 100_000 + "]" * 100_000, "it is nested too deeply"),
        (r'{"a": "\ud800"}', "it has half a character"),
        (r'{"\udc00": 1}', "it has half a character"),
        ("1" * 5000, "Exceeds the limit"),
        (b"\xff", "codec can't decode"),
        ("{", "Expecting"),
    ],
    ids=range(8),
)
def test_json_that_can_be_read_in_two_ways_or_not_be_written_again_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        strict_json(text)


def test_other_json_is_what_it_is():
    assert strict_json(r'{"a": [1, 2.5, null, true, "\u03b4 \ud83d\ude00"]}') == {"a": [1, 2.5, None, True, "δ 😀"]}
