"""`bridge run`."""

import sys
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from bridge.artifact.file import load_artifact
from bridge.base.extras import require_library
from bridge.base.own_files import ARTIFACT_FILE, CHECKPOINT_FILE, LEAN_FILE, PAGE
from bridge.base.places import ARTIFACT, CHECKPOINT, RUN_FOLDER, prepare_outputs, with_resume_file
from bridge.base.resources import lean_library_folder
from bridge.check.auditing import Further
from bridge.check.checker import Allowances
from bridge.check.library import shipped_digests
from bridge.check.record import Standing, judge
from bridge.cli.asked_options import asked_options
from bridge.cli.commands.check import Wishes, check, exit_code, require_engine, verdict
from bridge.cli.commands.export import write_export
from bridge.cli.commands.verify import print_verification, verify
from bridge.cli.console import say, show, show_json
from bridge.cli.option_fields import options_of
from bridge.cli.options import (
    SECOND_KERNEL_HELP,
    FitOptions,
    TrainingChoice,
    WorkersOptions,
    device_option,
    engine_option,
    force_option,
    from_pixels_option,
    out_option,
    output_options,
    own_library_option,
    restart_option,
    timeout_option,
)
from bridge.export.asked import Asked
from bridge.export.write import require_export_place
from bridge.report.pixel_results import pixel_lines
from bridge.report.summary import claim_lines, concept_results, export_record, rounding_lines, summary_table


@click.command("run")
@options_of(TrainingChoice, "training")
@device_option
@options_of(FitOptions, "fitting")
@from_pixels_option
@out_option
@asked_options
@engine_option
@timeout_option
@own_library_option
@click.option(
    "--second-kernel/--no-second-kernel",
    default=None,
    help=f"{SECOND_KERNEL_HELP}  [default: where that is installed]",
)
@options_of(WorkersOptions, "at")
@restart_option
@click.option(
    "--run-folder", type=click.Path(path_type=Path), default=RUN_FOLDER, show_default=True, help="Where files go."
)
@click.option(
    "--report",
    "report_file",
    type=click.Path(path_type=Path),
    default=None,
    help="Write a page with figures there too.",
)
@force_option
@output_options
def command(
    training: TrainingChoice,
    device: str,
    fitting: FitOptions,
    from_pixels: bool,
    out: Path,
    asked: Asked,
    engine: str,
    timeout: float | None,
    own_library: bool,
    second_kernel: bool | None,
    at: WorkersOptions,
    restart: bool,
    run_folder: Path,
    report_file: Path | None,
    as_json: bool,
) -> int:
    """Train, fit, export, check and verify."""
    from bridge.cli.fitting import fit_images, known_names, require_pixels
    from bridge.cli.training import train

    if report_file is not None:
        require_library("matplotlib", "reports")
    require_engine(engine, at)
    checkpoint, artifact = run_folder / CHECKPOINT.name, run_folder / ARTIFACT.name
    require_export_place(out, known_names(fitting.concepts), from_pixels=from_pixels)
    prepare_outputs(
        {out: LEAN_FILE},
        with_resume_file(checkpoint, CHECKPOINT_FILE),
        with_resume_file(artifact, ARTIFACT_FILE),
        {} if report_file is None else {report_file: PAGE},
    )
    training = training.calibrated(is_needed=asked.calibration_first)
    if from_pixels:
        require_pixels(training)
    train(checkpoint, training, device=device, restart=restart)
    with at.open() as workers:
        fit_images(
            checkpoint, artifact, fitting, device=device, restart=restart, workers=workers, from_pixels=from_pixels
        )
        asked = replace(asked, from_pixels=from_pixels)
        export = write_export(load_artifact(artifact), out, asked, None, workers=workers)
    further = Further(second_kernel=second_kernel is not False, timeout=timeout)
    result = check(out, engine, Wishes(Allowances(own_library=own_library, timeout=timeout), further), at)
    with at.open() as workers:
        verified = verify(out, export.stored, None, workers=workers)
    judgement = judge(result, out, lean_library_folder(), verified=verified.outcome.sources, shipped=shipped_digests())
    if report_file is not None and verified.outcome.ok:
        from bridge.cli.reporting import gather_report, write_page

        write_page(gather_report(out, export.stored, artifact, checkpoint, result), report_file)
        say(f"report: wrote {report_file}")
    if as_json:
        parts = {"export": export_record(export), "check": result.record(), "verify": verified.record()}
        show_json({**parts, "lean": judgement.standing})
    else:
        results = concept_results(export)
        title = f"{export.certificate.samples.size} samples ({asked.coverage})"
        Console(width=None if sys.stdout.isatty() else 120).print(summary_table(title, results))
        exact = (concept.line() for concept in results)
        claims = (*claim_lines(results), *pixel_lines(export))
        for line in (*exact, *claims, *rounding_lines(export.stored.artifact)):
            show(line)
        show(verdict(result))
        print_verification(verified)
        if result.accepted and judgement.standing is not Standing.ACCEPTED:
            show(f"check and verify: {judgement}")
    accepted = judgement.standing is Standing.ACCEPTED or (own_library and judgement.standing is Standing.OTHER_LIBRARY)
    if not (accepted and verified.ok):
        return 1
    # Who has not asked for a second kernel has been told that there was none.
    return exit_code(result) if second_kernel else 0
