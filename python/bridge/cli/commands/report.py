"""`bridge report`."""

from pathlib import Path
from typing import Literal

import click

from bridge.artifact.file import load_any
from bridge.base.extras import require_library
from bridge.base.guard import declare_data_set, declare_inputs
from bridge.base.own_files import PAGE
from bridge.base.places import CHECKPOINT, FIGURES, REPORT, ROOT_FILE, prepare_outputs
from bridge.check.record import Standing, read_check_result
from bridge.cli.console import show, show_json
from bridge.cli.find_artifact import find_artifact
from bridge.cli.options import InputFile, exported_artifact_option, force_option, output_options, templates_option


@click.command("report")
@click.argument("file", type=InputFile(), default=ROOT_FILE)
@exported_artifact_option
@click.option(
    "--checkpoint",
    type=InputFile(),
    default=None,
    help=f"The model, for the images.  [default: {CHECKPOINT.name} beside the artifact, if it is the artifact's]",
)
@click.option(
    "--data",
    type=InputFile(str, declare_data_set),
    metavar="TEXT",
    default=None,
    help="The images of the artifact, as for fit.  [default: those that the model was trained with]",
)
@click.option(
    "--check-result",
    type=InputFile(),
    default=None,
    help="What `bridge check --json` has printed.  Without it, the page says that Lean has not been asked.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["html", "svg", "png"]),
    default="html",
    show_default=True,
    help="A page, or its figures as files.",
)
@click.option(
    "--title", metavar="TEXT", default=None, help="The heading of the page.  [default: how many probes of what]"
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help=f"The page, or the folder of the figures.  [default: {REPORT}, or {FIGURES}]",
)
@templates_option
@force_option
@output_options
def command(
    file: Path,
    artifact: Path | None,
    checkpoint: Path | None,
    data: str | None,
    check_result: Path | None,
    kind: Literal["html", "svg", "png"],
    title: str | None,
    out: Path | None,
    templates: Path | None,
    as_json: bool,
) -> int:
    """Write a page with figures about the export FILE.

    It is one HTML file, which needs no network.  The exit code is 1 if a check result was given and Lean did not accept
    the files that are there.
    """
    require_library("matplotlib", "reports")
    from bridge.cli.reporting import gather_report, require_figures_place, write_figures, write_page

    out = out or (REPORT if kind == "html" else FIGURES)
    artifact = artifact or find_artifact(file)
    declare_inputs(file.with_suffix(""), artifact, artifact.parent / CHECKPOINT.name)
    if kind == "html":
        prepare_outputs({out: PAGE})
    result = None if check_result is None else read_check_result(check_result)
    said_by = None if check_result is None else check_result.name
    stored = load_any(artifact)
    if kind != "html":
        require_figures_place(out, stored, kind)
    report = gather_report(file, stored, artifact, checkpoint, result, said_by, title, templates, data)
    written = write_page(report, out) if kind == "html" else write_figures(report, out, kind)
    if as_json:
        show_json({"lean": report.lean.standing, "files": [str(path) for path in written]})
    else:
        for path in written:
            show(path)
    return 0 if report.lean.standing in (Standing.ACCEPTED, Standing.NOT_ASKED) else 1
