"""`bridge compare`."""

from pathlib import Path

import click

from bridge.artifact.coverage import Coverage
from bridge.artifact.file import load_any
from bridge.artifact.pair import paired
from bridge.base.errors import InputError
from bridge.base.own_files import LEAN_FILE
from bridge.base.places import prepare_outputs
from bridge.base.resources import templates_folder
from bridge.base.words import counted
from bridge.cli.console import Bars, say, show, show_json
from bridge.cli.options import InputFile, force_option, output_options, templates_option
from bridge.export.pairs.write import export_pair
from bridge.export.write import require_export_place
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
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="The root Lean file to write, in which all of this is proved.  [default: none is written]",
)
@templates_option
@force_option
@output_options
def command(a: Path, b: Path, over: str, out: Path | None, templates: Path | None, as_json: bool) -> None:
    """Compare the artifacts A and B.

    Both are of probes, or both of classifiers, on the same samples.  Of each concept or class, how far the values of
    the two are from each other at most; of classifiers, how many decisions differ, too.  All of it is exact, and with
    --out there are Lean files that prove it.
    """
    if out is None and templates is not None:
        raise InputError("--templates was given without --out; they are for Lean files; name the root file with --out")
    if out is not None:
        require_export_place(out, ())
        prepare_outputs({out: LEAN_FILE})
    first, second = (load_any(path) for path in (a, b))
    pair = paired(first.artifact, second.artifact)
    result = pair_result(pair, Coverage(over))
    files: tuple[Path, ...] = ()
    if out is not None:
        with Bars("compare") as bars:
            files = export_pair(
                first,
                second,
                pair,
                out,
                templates=templates or templates_folder(),
                coverage=Coverage(over),
                progress=bars.show,
            ).files
        say(f"compare: wrote {out} and {counted(len(files) - 1, 'more file')}")
    if as_json:
        written = {} if out is None else {"root": str(out), "files": [str(file) for file in files]}
        show_json({"a_sha256": first.sha256, "b_sha256": second.sha256, **result.record(), **written})
    else:
        for line in result.lines():
            show(line)
