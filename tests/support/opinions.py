"""What is found in what Lean has compiled, as if it had been looked at."""

from bridge.check.olean.audit import Audit
from bridge.check.second_kernel.opinion import KERNEL, Opinion, Outcome


def audit_of(**changed):
    """An audit that has nothing to object to, with some things changed."""
    usual = {
        "theorems": 33,
        "axioms": ("propext",),
        "refused": {},
        "core_theorems": 398,
        "core_constants": 8,
        "core_statements": "c" * 64,
        "other_meanings": {},
        "meanings_compared": True,
    }
    return Audit(**{**usual, **changed})


def opinion_of(outcome=Outcome.ACCEPTED, reason=None, **changed):
    """A second kernel's opinion, with some things changed."""
    usual = {"declarations": 1481, "constants": 1777, "seconds": 3.25, "primitives": {"Nat.add": "equations"}}
    return Opinion(KERNEL, "4.35.0", "f" * 64, outcome, reason, **{**usual, **changed})
