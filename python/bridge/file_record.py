"""The JSON record in the metadata of a safetensors file: an artifact, a checkpoint, or what was kept of a run."""

import json
from typing import Any

# One entry only: the library writes several in an order that changes from run to run.
_KEY = "bridge"


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
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    return json.loads(header["__metadata__"][_KEY])
