"""`bridge run`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from bridge.artifact.file import load_artifact
from bridge.base.own_files import ARTIFACT_FILE, CHECKPOINT_FILE, LEAN_FILE, PAGE
from bridge.base.places import ARTIFACT, CHECKPOINT, RUN_FOLDER, prepare_outputs, with_resume_file
from bridge.base.resources import lean_library_folder
from bridge.check.checker import Allowances
from bridge.check.library import shipped_digests
from bridge.check.record import Standing, judge
from bridge.cli.asked_options import asked_options
from bridge.cli.commands.check import check, verdict
from bridge.cli.commands.export import write_export
from bridge.cli.commands.verify import print_verification, verify
from bridge.cli.console import say, show, show_json
from bridge.cli.options import (
    bias_option,
    calibration_fraction,
    concepts_option,
    engine_option,
    force_option,
    lam_option,
    latent_bits_option,
    out_option,
    output_options,
    own_library_option,
    restart_option,
    standardize_option,
    timeout_option,
    training_options,
    weight_bits_option,
)
from bridge.export.asked import Asked
from bridge.export.write import require_export_place
from bridge.report.summary import (
    claim_lines,
    concept_records,
    delta_line,
    export_record,
    rounding_lines,
    summary_table,
)

if TYPE_CHECKING:
    from bridge.probe.ridge import FitBias
    from bridge.sources.concepts.choice import ConceptChoice


@click.command("run")
@training_options
@lam_option
@bias_option
@concepts_option
@standardize_option
@weight_bits_option
@latent_bits_option
@out_option
@asked_options
@engine_option
@timeout_option
@own_library_option
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
    lam: tuple[float, ...],
    fit_bias: "FitBias | None",
    concepts: "ConceptChoice | None",
    standardize: bool,
    weight_bits: int | None,
    latent_bits: int | None,
    out: Path,
    asked: Asked,
    engine: str,
    timeout: float | None,
    own_library: bool,
    run_folder: Path,
    report_file: Path | None,
    device: str,
    calibration: float | None,
    restart: bool,
    as_json: bool,
    **training: Any,  # noqa: ANN401 -- click passes what the options say
) -> int:
    """Train, fit, export, check and verify."""
    from bridge.cli.fitting import fit_images, known_names
    from bridge.cli.training import train

    checkpoint, artifact = run_folder / CHECKPOINT.name, run_folder / ARTIFACT.name
    require_export_place(out, known_names(concepts))
    prepare_outputs(
        {out: LEAN_FILE},
        with_resume_file(checkpoint, CHECKPOINT_FILE),
        with_resume_file(artifact, ARTIFACT_FILE),
        {} if report_file is None else {report_file: PAGE},
    )
    calibration = calibration_fraction(calibration, is_needed=asked.calibration_first)
    train(checkpoint, device=device, calibration=calibration, restart=restart, **training)
    fit_images(
        checkpoint,
        artifact,
        lam=lam,
        fit_bias=fit_bias,
        concepts=concepts,
        standardize=standardize,
        device=device,
        weight_bits=weight_bits,
        latent_bits=latent_bits,
        restart=restart,
    )
    export = write_export(load_artifact(artifact), out, asked, None)
    result = check(out, engine, Allowances(own_library=own_library, timeout=timeout))
    verified = verify(out, export.stored, None)
    judgement = judge(result, out, lean_library_folder(), verified=verified.outcome.sources, shipped=shipped_digests())
    if report_file is not None and verified.outcome.ok:
        from bridge.cli.reporting import gather_report, write_page

        write_page(gather_report(out, export.stored, artifact, checkpoint, result), report_file)
        say(f"report: wrote {report_file}")
    if as_json:
        parts = {"export": export_record(export), "check": result.record(), "verify": verified.record()}
        show_json({**parts, "lean": judgement.standing})
    else:
        records = concept_records(export)
        Console(width=None if sys.stdout.isatty() else 120).print(summary_table(export, records))
        for record in records:
            show(delta_line(record))
        for line in (*claim_lines(export, records), *rounding_lines(export.stored.artifact)):
            show(line)
        show(verdict(result))
        print_verification(verified)
        if result.accepted and judgement.standing is not Standing.ACCEPTED:
            show(f"check and verify: {judgement}")
    accepted = judgement.standing is Standing.ACCEPTED or (own_library and judgement.standing is Standing.OTHER_LIBRARY)
    return 0 if accepted and verified.ok else 1
