"""`bridge compare`."""

from pathlib import Path

import click

from bridge.artifact.coverage import Coverage
from bridge.artifact.file import load_any
from bridge.artifact.pair import paired
from bridge.cli.console import show, show_json
from bridge.cli.options import InputFile, output_options
from bridge.report.pairs import pair_result


@click.command("compare")
@click.argument("a", type=InputFile())
@click.argument("b", type=InputFile())
@click.option(
    "--over",
    type=click.Choice([str(coverage) for coverage in Coverage]),
    default=str(Coverage.ALL),
    show_default=True,
    help="The samples over which the two are compared.",
)
@output_options
def command(a: Path, b: Path, over: str, as_json: bool) -> None:
    """Compare the artifacts A and B.

    Both are of probes, or both of classifiers, on the same samples.  Of each concept or class, how far the values of
    the two are from each other at most; of classifiers, how many decisions differ, too.  All of it is exact.
    """
    stored = [load_any(path) for path in (a, b)]
    result = pair_result(paired(*(each.artifact for each in stored)), Coverage(over))
    if as_json:
        show_json({"a_sha256": stored[0].sha256, "b_sha256": stored[1].sha256, **result.record()})
    else:
        for line in result.lines():
            show(line)
