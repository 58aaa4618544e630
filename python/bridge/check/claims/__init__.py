"""The kinds of claims on the checking side: one module each.

`docs/adding-a-claim.md` walks through what another one takes.
"""

from bridge.check.claims.determination import DeterminationTwin
from bridge.check.claims.quantile import QuantileTwin
from bridge.check.claims.twin import Twin

TWINS: list[Twin] = [DeterminationTwin(), QuantileTwin()]
"""What an export can claim beside the sup error, in the order in which exports have it."""
