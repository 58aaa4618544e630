"""What is said of what Lean has compiled, below its verdict: axioms and definitions, and another kernel's opinion."""

import re
from collections.abc import Iterator, Mapping

from bridge.base.words import counted, printable
from bridge.check.olean.audit import Audit
from bridge.check.second_kernel.opinion import Opinion, Outcome
from bridge.check.verdict import CheckResult, Engine

# Names that one line has.
_NAMED = 3

PRIVATE = re.compile(r"_private\.(?P<module>.*?)\.0\.")
"""What Lean puts before the name of what is private to a module."""


def public(name: str) -> str:
    """A constant's name as people write it, with the module that it is private to, if it is."""
    match = PRIVATE.match(name)
    return printable(name if match is None else f"{name[match.end() :]} (private to {match['module']})")


def opinion_lines(result: CheckResult) -> Iterator[str]:
    """The lines below a verdict that say on what theorems rest, and what a second kernel has said."""
    if result.audit is not None:
        yield from _audit_lines(result.audit, result)
    elif result.engine is Engine.LAKE and result.lean_accepted:
        yield "axioms: not looked at, since what Lake has compiled is not all there"
    if result.audit is not None and result.not_audited:
        yield f"axioms: not looked at where Mathlib is needed: {', '.join(result.not_audited)}"
    if result.second_kernel is not None:
        yield second_kernel_line(result.second_kernel)


def _audit_lines(audit: Audit, result: CheckResult) -> Iterator[str]:
    axioms = ", ".join(map(public, audit.axioms)) or "none"
    taken = counted(audit.core_theorems, "theorem")
    are = "is" if audit.core_theorems == 1 else "are"
    without = f"; {taken} of Lean's core {are} taken without proof" if audit.core_theorems else ""
    yield f"axioms: {axioms} ({counted(audit.theorems, 'theorem')}){without}"
    if audit.refused:
        allowed = " (let through by --allow-commands)" if result.commands_allowed else ""
        yield f"axioms that are not Lean's own three{allowed}: {_names(audit.refused)}"
    if audit.other_meanings:
        allowed = " (let through by --own-library)" if result.own_library_allowed else ""
        yield f"definitions that are not those that Bridge and Lean ship{allowed}: {_names(audit.other_meanings)}"
    is_export = any(module.name not in result.not_exports for module in result.modules[-1:])
    if is_export and not audit.meanings_compared:
        yield f"definitions that Lean {printable(result.version)} has compiled were not compared with what Bridge knows"


def second_kernel_line(opinion: Opinion) -> str:
    """What a second kernel has said, in one line."""
    reason = "" if opinion.reason is None else printable(opinion.reason)
    if opinion.outcome is Outcome.ACCEPTED:
        return (
            f"second kernel: Lean {printable(opinion.version)} accepted all "
            f"{counted(opinion.declarations, 'declaration')}, in {opinion.seconds:.1f} s"
        )
    if opinion.outcome is Outcome.REFUSED:
        return f"second kernel: Lean {printable(opinion.version)} REFUSED: {reason}"
    return f"second kernel: not re-checked: {reason}"


def _names(found: Mapping[str, tuple[str, ...]]) -> str:
    """The first of some names, and how many more there are."""
    names = [public(name) for name in found]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
