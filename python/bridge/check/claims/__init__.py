"""The kinds of claims on the checking side: one module each.

`docs/adding-a-claim.md` walks through what another one takes.
"""

import re

from bridge.check.claims.determination import DeterminationTwin
from bridge.check.claims.quantile import QuantileTwin
from bridge.check.claims.twin import Twin

TWINS: list[Twin] = [DeterminationTwin(), QuantileTwin()]
"""What an export can claim beside the sup error, in the order in which exports have it."""


def asked_in(options: str) -> dict[str, str]:
    """The kinds that the words of a banner ask for, by name, with the value of each option, empty where it has none."""
    found = {twin.name: re.search(rf"(?<!\S){twin.option}(?!\S)", options) for twin in TWINS}
    return {name: option.groupdict().get("value", "") for name, option in found.items() if option is not None}
