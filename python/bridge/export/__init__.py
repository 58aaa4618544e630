"""From an artifact to Lean files."""

from bridge.export.write import (
    Export,
    export_lean,
)

__all__ = ["Export", "export_lean"]
