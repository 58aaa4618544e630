"""`bridge fetch-lean`."""

import click

from bridge.check.embedded import ensure_embedded_lean
from bridge.cli.console import say, show, verbosity_options


@click.command("fetch-lean")
@verbosity_options
def command() -> None:
    """Fetch the embedded Lean into the cache."""
    lean = ensure_embedded_lean(say)
    show(f"Lean {lean.version} in {lean.folder}")
