"""The kinds of claims on the exporting side: one module each, and what they are asked for with.

`docs/adding-a-claim.md` walks through what another one takes.
"""

from bridge.export.claims.determination import Determination
from bridge.export.claims.kind import Kind
from bridge.export.claims.quantile import Quantile

KINDS: tuple[type[Kind], ...] = (Determination, Quantile)
"""What can be asked for beside the sup error, in the order in which exports have it."""
