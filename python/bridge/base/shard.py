"""The shards of a data set: which files hold its rows, in which order, and what all of them together are told by."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shard:
    """A file that holds a run of the rows of a data set.

    Attributes:
        name: its name, relative to the folder, the pattern or the index that was given; with `:NAME` behind it where
            an index says which array of the file it is.
        rows: how many rows it holds.
        sha256: SHA-256 of the file in hexadecimal.
    """

    name: str
    rows: int
    sha256: str


def data_set_sha256(shards: Sequence[Shard]) -> str:
    """The digest of a data set in shards: that of their names, rows and digests as JSON without blanks, in order.

    The text is `[["NAME",ROWS,"SHA-256"],…]` in ASCII.
    """
    text = json.dumps([[shard.name, shard.rows, shard.sha256] for shard in shards], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
