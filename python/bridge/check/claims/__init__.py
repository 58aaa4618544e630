"""The kinds of claims on the checking side: one module each.

`docs/adding-a-claim.md` walks through what another one takes.
"""

from bridge.check.claims.determination import DeterminationTwin
from bridge.check.claims.quantile import QuantileTwin
from bridge.check.claims.twin import Twin
from bridge.check.parts import values_in

TWINS: list[Twin] = [DeterminationTwin(), QuantileTwin()]
"""What an export can claim beside the sup error, in the order in which exports have it."""


def asked_in(options: str) -> dict[str, str]:
    """The kinds that the words of a banner ask for, by name, with the value of each option, empty where it has none."""
    return values_in(options, {twin.name: twin.option for twin in TWINS})
