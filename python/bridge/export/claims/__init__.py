"""The kinds of claims on the exporting side: one module each, and what they are asked for with.

`docs/adding-a-claim.md` walks through what another one takes.
"""

from bridge.export.claims.determination import Determination
from bridge.export.claims.kind import Kind
from bridge.export.claims.quantile import Quantile

KINDS: list[type[Kind]] = [Determination, Quantile]
"""What can be asked for beside the sup error, in the order in which exports have it.

A program can append a kind of its own, and its twin to `bridge.check.claims.TWINS`."""
