"""The JSON record in the metadata of a safetensors file: an artifact, a checkpoint, or what was kept of a run."""

import json
from collections.abc import Sequence
from typing import Any, BinaryIO

# One entry only: the library writes several in an order that changes from run to run.
_KEY = "bridge"

# The library reads no longer ones.
LONGEST_HEADER = 100_000_000


def as_metadata(text: str) -> dict[str, str]:
    """The metadata that holds a record.

    Args:
        text: the record in JSON.
    """
    return {_KEY: text}


def record_in(data: bytes) -> Any:  # noqa: ANN401 -- whatever the file says
    """The record in the bytes of a file, whose arrays are not looked at.

    Raises:
        KeyError, TypeError, ValueError: there is none.
    """
    header = strict_json(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return strict_json(header["__metadata__"][_KEY])


def record_at(file: BinaryIO) -> Any:  # noqa: ANN401 -- whatever the file says
    """The record of an open file, of which no more is read than its header.

    Raises:
        KeyError, TypeError, ValueError, RecursionError: there is none.
        OSError: the file cannot be read.
    """
    length = file.read(8)
    if not int.from_bytes(length, "little") <= LONGEST_HEADER:
        raise ValueError("the header is longer than the format allows")
    # What a reader would refuse is known by its entries all the same.
    header = json.loads(file.read(int.from_bytes(length, "little")))
    return json.loads(header["__metadata__"][_KEY])


def strict_json(text: str | bytes) -> Any:  # noqa: ANN401 -- whatever the text says
    """What a JSON text says, if it says it in one way, and in characters that can be written again.

    Raises:
        ValueError: it is no JSON, gives two values for one name, is nested too deeply, or has half a character or a
            number that is too long.
        TypeError: it is no text.
    """
    try:
        content = json.loads(text, object_pairs_hook=_without_doubles)
        json.dumps(content, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeEncodeError:
        raise ValueError("it has half a character") from None
    return content


def _without_doubles(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("it gives two values for one name")
    return content
