"""The command line: `python -m bridge COMMAND`.

Results go to stdout, progress and errors to stderr.  Exit codes: 0 done and true; 1 ran, and the answer is no; 2 the
input or the usage is wrong; 3 a needed tool is missing; 130 interrupted.
"""

import os
import shlex
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from click.shell_completion import get_completion_class
from rich.console import Console

from bridge.artifact.file import load_artifact
from bridge.base.errors import BridgeError, InputError, limit_met
from bridge.base.files import fill_folder
from bridge.base.guard import Guard, declare_inputs, guarding, real_place
from bridge.base.own_files import ARTIFACT_FILE, CHECKPOINT_FILE, LEAN_FILE, PAGE
from bridge.base.places import (
    ARTIFACT,
    CHECKPOINT,
    FIGURES,
    REPORT,
    ROOT_FILE,
    RUN_FOLDER,
    artifact_beside,
    prepare_outputs,
    with_resume_file,
)
from bridge.base.resources import lean_library_folder
from bridge.base.version import __version__
from bridge.base.words import counted
from bridge.check.checker import Allowances
from bridge.check.embedded import ensure_embedded_lean
from bridge.check.host_pool import HostPool
from bridge.check.library import shipped_digests
from bridge.check.record import Standing, judge, read_check_result
from bridge.check.verdict import CheckResult
from bridge.check.verify import Difference
from bridge.cli import actions
from bridge.cli.console import complain, say, show, show_json, show_json_line, stderr_lines
from bridge.cli.find_artifact import find_artifact
from bridge.cli.options import (
    CALIBRATION,
    DEFAULT_LAM,
    InputFile,
    allow_commands_option,
    alpha_option,
    bias_option,
    concepts_option,
    device_option,
    engine_option,
    exported_artifact_option,
    force_option,
    given_options,
    lam_option,
    latent_bits_option,
    out_option,
    output_options,
    over_option,
    own_library_option,
    predictions_option,
    r2_option,
    restart_option,
    standardize_option,
    templates_option,
    timeout_option,
    training_options,
    verbosity_options,
    weight_bits_option,
)
from bridge.export.write import require_export_place
from bridge.report.summary import (
    concept_records,
    conformal_lines,
    delta_line,
    export_record,
    ridge_record,
    rounding_lines,
    rounding_record,
    summary_table,
)

if TYPE_CHECKING:
    from bridge.probe.ridge import FitBias
    from bridge.sources.concepts.choice import ConceptChoice

_INTERRUPTED = 130
_BUG = 70

_SHOWN_DIFFERENCES = 20

# The variable that a shell asks for completions with.
_COMPLETION = "_BRIDGE_COMPLETE"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    # Being asked to end is treated as Ctrl-C is, so that no half-written file and no running Lean is left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    guard = Guard()
    try:
        with stderr_lines(), guarding(guard):
            result = commands.main(
                args=arguments, prog_name="python -m bridge", complete_var=_COMPLETION, standalone_mode=False
            )
        sys.stdout.flush()
    except click.ClickException as error:
        complain(f"{error.format_message().rstrip('.')}; see `python -m bridge --help`")
        return 2
    except (click.Abort, KeyboardInterrupt) as error:
        complain(f"interrupted; {_what_is_there(guard.written)}")
        # The library puts an exception of its own in the place of a `KeyboardInterrupt`.
        for note in getattr(error.__cause__ or error, "__notes__", ()):
            complain(note)
        return _INTERRUPTED
    except BridgeError as error:
        complain(str(error))
        return error.exit_code
    except BrokenPipeError:  # pragma: no cover -- takes the output away from the whole process
        # The reader of our output has left, as `head` does; the flush at exit must not fail for it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if (limit := limit_met(error)) is not None:
            complain(limit)
            return InputError.exit_code
        traceback.print_exc()
        complain("this is a bug in bridge; please report it with the lines above")
        return _BUG
    return result if isinstance(result, int) else 0


def _what_is_there(written: Sequence[Path]) -> str:
    """What an interrupted command leaves."""
    if not written:
        return "files that were there before are as they were"
    others = f" and {counted(len(written) - 1, 'other file')}" if len(written) > 1 else ""
    return f"{written[0]}{others} had been written already; all other files are as they were"


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=False)
@click.version_option(__version__, prog_name="bridge")
@verbosity_options
def commands() -> None:
    """Export linear probes of latent spaces to Lean 4, exactly, with a bound that Lean's kernel checks.

    Exit codes: 0 done and true; 1 ran, and the answer is no (Lean rejected, the file does not match); 2 the input or
    the usage is wrong; 3 a needed tool is missing; 130 interrupted.
    """


@commands.command("train")
@training_options
@restart_option
@click.option("--out", type=click.Path(path_type=Path), default=CHECKPOINT, show_default=True, help="The checkpoint.")
@force_option
@output_options
def train_command(out: Path, as_json: bool, **training: Any) -> None:  # noqa: ANN401 -- click passes what the options say
    """Train the VAE and write a checkpoint.

    It sees the training part of the data set alone; the split is drawn with the seed.
    """
    loss = actions.train(out, **training)
    if as_json:
        show_json({"checkpoint": str(out), "loss": loss})
    else:
        show(out)


@commands.command("fit")
@click.option("--checkpoint", type=InputFile(), default=None, help=f"The model.  [default: {CHECKPOINT}]")
@given_options
@click.option("--held-out", type=float, default=None, help="Fraction of --latents to measure with.  [default: 0.2]")
@click.option("--calibration", type=float, default=None, help="Fraction to calibrate --alpha with.  [default: 0]")
@click.option("--seed", type=int, default=None, help="Seed of the split of --latents.  [default: 0]")
@click.option(
    "--groups",
    type=InputFile(str),
    metavar="FILE",
    default=None,
    help="Which group each sample of --latents belongs to; the split that is drawn keeps groups together, and its "
    "fractions are those of groups.  A table with a column of anything, named group if there are others (or "
    "FILE:NAME), or an array (N,).",
)
@click.option(
    "--sample-weights",
    type=InputFile(str),
    metavar="FILE",
    default=None,
    help="How much each sample of --latents counts in the fit, ≥ 0.  A table with a column of numbers, named weight if "
    "there are others (or FILE:NAME), or an array (N,).",
)
@lam_option
@bias_option
@concepts_option
@standardize_option
@weight_bits_option
@latent_bits_option
@device_option
@restart_option
@click.option("--out", type=click.Path(path_type=Path), default=ARTIFACT, show_default=True, help="The artifact.")
@force_option
@output_options
def fit_command(
    checkpoint: Path | None,
    concepts: "ConceptChoice | None",
    device: str,
    out: Path,
    as_json: bool,
    latents: str | None,
    scores: str | None,
    names: list[str] | None,
    units: list[str] | None,
    split_file: str | None,
    held_out: float | None,
    calibration: float | None,
    seed: int | None,
    groups: str | None,
    sample_weights: str | None,
    **options: Any,  # noqa: ANN401 -- click passes what the options say
) -> None:
    """Fit the probe and write the artifact.

    Encodes and scores the images that the checkpoint was trained with, or reads --latents and --scores, which can be
    larger than memory; fits on the training part, and measures on each part.
    """
    drawn = {"--held-out": held_out, "--calibration": calibration, "--seed": seed, "--groups": groups}
    if latents is None or scores is None:
        files = {"--latents": latents, "--scores": scores, "--names": names, "--units": units, "--split": split_file}
        files |= {"--sample-weights": sample_weights}
        _refuse_without("--latents and --scores", {**files, **drawn})
        fitted = actions.fit(checkpoint or CHECKPOINT, out, concepts=concepts, device=device, **options)
    else:
        _refuse_together(
            "--latents",
            {"--checkpoint": checkpoint, "--concepts": concepts, "--device": "cuda" if device == "cuda" else None},
        )
        if split_file is not None:
            _refuse_together("--split", drawn)
        from bridge.sources.precomputed import read_given, require_training

        given = read_given(latents, scores, names=names, units=units, split_file=split_file)
        if given.parts is not None and split_file is not None:
            require_training(given.parts, split_file)
        fitted = actions.fit_given(given, out, held_out, calibration, seed, groups, sample_weights, **options)
    if as_json:
        record = fitted.record
        measured = dict(zip(record.concept_names, map(asdict, record.metrics), strict=True))
        written = {"artifact": str(out), "sha256": fitted.sha256, "concepts": measured}
        show_json(written | ridge_record(record) | rounding_record(record))
    else:
        for line in (*fitted.lines, out):
            show(line)


@commands.command("export")
@click.option(
    "--artifact",
    type=InputFile(),
    default=None,
    help=f"The artifact.  Without it, train and fit run on the embedded digits first and write {ARTIFACT}.",
)
@click.option(
    "--weights",
    type=InputFile(str),
    metavar="FILE",
    default=None,
    help="Instead of an artifact: a probe of your own for --latents and --scores, exported as it is.  W (d + 1, k) "
    "with the bias last, or weight and bias of a torch Linear, or coef_ and intercept_ of scikit-learn.",
)
@given_options
@click.option(
    "--save-artifact",
    type=click.Path(path_type=Path),
    default=None,
    help="Where the artifact of --weights goes.  [default: beside the root file, with the ending .safetensors]",
)
@out_option
@concepts_option
@weight_bits_option
@latent_bits_option
@over_option
@r2_option
@alpha_option
@predictions_option
@templates_option
@force_option
@output_options
def export_command(
    artifact: Path | None,
    weights: str | None,
    latents: str | None,
    scores: str | None,
    names: list[str] | None,
    units: list[str] | None,
    split_file: str | None,
    save_artifact: Path | None,
    out: Path,
    concepts: "ConceptChoice | None",
    weight_bits: int | None,
    latent_bits: int | None,
    over: str,
    with_r_squared: bool,
    alpha: Fraction | None,
    predictions: str | None,
    templates: Path | None,
    as_json: bool,
) -> None:
    """Render the artifact to Lean, exactly.

    With --weights, --latents and --scores, a probe that was fitted elsewhere.  Unless --split says so, it is then not
    known which samples the probe was fitted on, and none counts as held out.
    """
    for option, bits in {"--weight-bits": weight_bits, "--latent-bits": latent_bits}.items():
        if artifact is not None and bits is not None:
            raise InputError(
                f"{option} was given together with --artifact; rounding is done by `bridge fit`, since the artifact "
                f"records it; fit with {option}, and export that artifact"
            )
    if artifact is not None and concepts is not None:
        raise InputError(
            "--concepts was given together with --artifact; concepts are scored by `bridge fit`, and the artifact "
            "holds the scores; fit with --concepts, and export that artifact"
        )
    artifact_file = None
    if weights is not None and latents is not None and scores is not None:
        from bridge.sources.precomputed import read_given

        rounding = {"--weight-bits": weight_bits, "--latent-bits": latent_bits}
        _refuse_together("--weights", {"--artifact": artifact, "--concepts": concepts, **rounding})
        artifact_file = save_artifact or artifact_beside(out)
        require_export_place(out, names or ())
        prepare_outputs({out: LEAN_FILE}, {artifact_file: ARTIFACT_FILE})
        given = read_given(latents, scores, names=names, units=units, split_file=split_file)
        stored = actions.given_artifact(given, weights)
        export = actions.export(stored, out, over, with_r_squared, alpha, templates, artifact_file, predictions)
    else:
        files = {"--weights": weights, "--latents": latents, "--scores": scores, "--split": split_file}
        others = {"--names": names, "--units": units, "--save-artifact": save_artifact}
        _refuse_without("--weights, --latents and --scores", {**files, **others})
        require_export_place(out, () if artifact is not None else _known_names(concepts))
        prepare_outputs({out: LEAN_FILE})
        if artifact is None:
            if predictions is not None:
                raise InputError(
                    "--predictions was given without the probe that they are compared with; --artifact or --weights is "
                    "required; name one"
                )
            artifact = ARTIFACT
            prepare_outputs(
                with_resume_file(CHECKPOINT, CHECKPOINT_FILE),
                with_resume_file(artifact, ARTIFACT_FILE),
                {out: LEAN_FILE},
            )
            training = _defaults(train_command, "out", "as_json")
            actions.train(CHECKPOINT, **(training | {"calibration": _calibration_fraction(None, alpha)}))
            fit = _defaults(fit_command, "standardize", "device", "restart", only=True)
            fit |= {
                "lam": DEFAULT_LAM,
                "fit_bias": None,
                "concepts": concepts,
                "weight_bits": weight_bits,
                "latent_bits": latent_bits,
            }
            actions.fit(CHECKPOINT, artifact, **fit)
        export = actions.export(load_artifact(artifact), out, over, with_r_squared, alpha, templates, None, predictions)
    if as_json:
        record = export_record(export) | actions.estimate_record(export)
        show_json(record | ({} if artifact_file is None else {"artifact": str(artifact_file)}))
    else:
        for file in (*export.files, *([] if artifact_file is None else [artifact_file])):
            show(file)


@commands.command("check")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@engine_option
@timeout_option
@own_library_option
@allow_commands_option
@click.option("--watch", is_flag=True, help="Check FILE again whenever it or what it imports has changed.")
@output_options
def check_command(
    files: tuple[Path, ...],
    engine: str,
    timeout: float | None,
    own_library: bool,
    allow_commands: bool,
    watch: bool,
    as_json: bool,
) -> int:
    """Have Lean type-check the export FILE, or several.

    An export comes to Lean only if nothing but an export's declarations is in it.  Of other files nobody looks at
    statements and axioms; they come to Lean only without words with which they could run code or deceive it.

    Of several files, each has its verdict, in a line that names it, or in a JSON record in a line of its own.  The exit
    code is 1 if one of the verdicts is no, else 2 or 3 if a file has none.
    """
    file, *others = _distinct(files) or [ROOT_FILE]
    allowances = Allowances(allow_commands, own_library, timeout)
    if watch:
        if others:
            raise InputError(
                f"--watch was given with {1 + len(others)} files; one is required; start a command for each"
            )
        return _watch(file, engine, allowances, as_json)
    if others:
        return _check_several([file, *others], engine, allowances, as_json)
    result = actions.check(file, engine, allowances)
    if as_json:
        show_json(result.record())
    else:
        show(_verdict(result))
    return 0 if result.accepted else 1


def _distinct(files: Sequence[Path]) -> list[Path]:
    """The files, each once, whatever ways lead to its folder."""
    found: dict[Path, Path] = {}
    for file in files:
        found.setdefault(real_place(file.parent) / file.name, file)
    return list(found.values())


def _check_several(files: Sequence[Path], engine: str, allowances: Allowances, as_json: bool) -> int:
    codes = set()
    with HostPool(say) as pool:
        for outcome in actions.check_each(files, engine, allowances, pool):
            codes.add(outcome.exit_code)
            _show_outcome(outcome, as_json)
    return 1 if 1 in codes else max(codes)


def _watch(file: Path, engine: str, allowances: Allowances, as_json: bool) -> int:
    say(f"check: watching {file} (Ctrl-C ends)")
    with HostPool(say) as pool:
        for outcome in actions.watch(file, engine, allowances, pool):
            _show_outcome(outcome, as_json, datetime.now().astimezone())
    raise AssertionError("watching ends by an interruption alone")  # pragma: no cover -- there is no other way out


def _show_outcome(outcome: actions.Outcome, as_json: bool, time: datetime | None = None) -> None:
    """Print an outcome at once, for a reader who waits for it; with the time if that is what tells it from others."""
    if as_json:
        show_json_line(({} if time is None else {"time": time.isoformat(timespec="seconds")}) | outcome.record())
    else:
        which = f"{outcome.file}:" if time is None else f"{time:%H:%M:%S}"
        verdict = "not checked" if outcome.result is None else _verdict(outcome.result)
        for line in verdict.split("\n"):
            show(f"{which} {line}")
    sys.stdout.flush()


@commands.command("verify")
@click.argument("file", type=click.Path(path_type=Path), default=ROOT_FILE)
@exported_artifact_option
@templates_option
@output_options
def verify_command(file: Path, artifact: Path | None, templates: Path | None, as_json: bool) -> int:
    """Compare the export FILE with the artifact.

    Reads every literal back and compares it with the artifact, exactly, and computes δ anew; no Lean is needed.  The
    comments are compared with those that this version writes, or the --templates that the export was made with.
    """
    verified = actions.verify(file, load_artifact(artifact or find_artifact(file)), templates)
    if as_json:
        show_json(verified.record())
    else:
        _print_verification(verified)
    return 0 if verified.ok else 1


@commands.command("report")
@click.argument("file", type=InputFile(), default=ROOT_FILE)
@exported_artifact_option
@click.option(
    "--checkpoint",
    type=InputFile(),
    default=None,
    help=f"The model, for the images.  [default: {CHECKPOINT.name} beside the artifact, if it is the artifact's]",
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
def report_command(
    file: Path,
    artifact: Path | None,
    checkpoint: Path | None,
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
    out = out or (REPORT if kind == "html" else FIGURES)
    artifact = artifact or find_artifact(file)
    declare_inputs(file.with_suffix(""), artifact, artifact.parent / CHECKPOINT.name)
    if kind == "html":
        prepare_outputs({out: PAGE})
    result = None if check_result is None else read_check_result(check_result)
    said_by = None if check_result is None else check_result.name
    stored = load_artifact(artifact)
    if kind != "html":
        actions.require_figures_place(out, stored, kind)
    report = actions.report(file, stored, artifact, checkpoint, result, said_by, title, templates)
    written = actions.write_page(report, out) if kind == "html" else actions.write_figures(report, out, kind)
    if as_json:
        show_json({"lean": report.lean.standing, "files": [str(path) for path in written]})
    else:
        for path in written:
            show(path)
    return 0 if report.lean.standing in (Standing.ACCEPTED, Standing.NOT_ASKED) else 1


@commands.command("run")
@training_options
@lam_option
@bias_option
@concepts_option
@standardize_option
@weight_bits_option
@latent_bits_option
@out_option
@over_option
@r2_option
@alpha_option
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
def run_command(
    lam: tuple[float, ...],
    fit_bias: "FitBias | None",
    concepts: "ConceptChoice | None",
    standardize: bool,
    weight_bits: int | None,
    latent_bits: int | None,
    out: Path,
    over: str,
    with_r_squared: bool,
    alpha: Fraction | None,
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
    checkpoint, artifact = run_folder / CHECKPOINT.name, run_folder / ARTIFACT.name
    require_export_place(out, _known_names(concepts))
    prepare_outputs(
        {out: LEAN_FILE},
        with_resume_file(checkpoint, CHECKPOINT_FILE),
        with_resume_file(artifact, ARTIFACT_FILE),
        {} if report_file is None else {report_file: PAGE},
    )
    calibration = _calibration_fraction(calibration, alpha)
    actions.train(checkpoint, device=device, calibration=calibration, restart=restart, **training)
    actions.fit(
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
    export = actions.export(load_artifact(artifact), out, over, with_r_squared, alpha, None)
    result = actions.check(out, engine, Allowances(own_library=own_library, timeout=timeout))
    verified = actions.verify(out, export.stored, None)
    judgement = judge(result, out, lean_library_folder(), verified=verified.outcome.sources, shipped=shipped_digests())
    if report_file is not None and verified.outcome.ok:
        actions.write_page(actions.report(out, export.stored, artifact, checkpoint, result), report_file)
        say(f"report: wrote {report_file}")
    if as_json:
        parts = {"export": export_record(export), "check": result.record(), "verify": verified.record()}
        show_json({**parts, "lean": judgement.standing})
    else:
        records = concept_records(export)
        Console(width=None if sys.stdout.isatty() else 120).print(summary_table(export, records))
        for record in records:
            show(delta_line(record))
        for line in (*conformal_lines(export.certificate.conformal, records), *rounding_lines(export.stored.artifact)):
            show(line)
        show(_verdict(result))
        _print_verification(verified)
        if result.accepted and judgement.standing is not Standing.ACCEPTED:
            show(f"check and verify: {judgement}")
    accepted = judgement.standing is Standing.ACCEPTED or (own_library and judgement.standing is Standing.OTHER_LIBRARY)
    return 0 if accepted and verified.ok else 1


@commands.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@output_options
def init_command(folder: Path, as_json: bool) -> None:
    """Make a Lake project in DIR.

    It has a copy of the Bridge library, an example export with its artifact, and a workflow that builds it.  DIR is
    new, or empty but for files such as .git; nothing in it is replaced.
    """
    from bridge.export.project import ARTIFACT as PROJECT_ARTIFACT
    from bridge.export.project import project_files
    from bridge.probe.example import example_artifact

    files = project_files(folder.resolve().name, example_artifact())
    fill_folder(folder, files)
    steps = ["bridge check", f"bridge verify --artifact {PROJECT_ARTIFACT}", "lake exe cache get && lake build"]
    if not folder.samefile("."):
        # What begins with a dash is no option of `cd`.
        place = shlex.quote(str(folder))
        steps = [f"cd -- {place}" if place.startswith("-") else f"cd {place}", *steps]
    if as_json:
        show_json({"folder": str(folder), "files": sorted(map(str, files)), "next": steps})
    else:
        show(f"{folder}: a Lake project with an example export, {counted(len(files), 'file')}.  Next:")
        for step in steps:
            show(f"  {step}")


@commands.command("fetch-lean")
@verbosity_options
def fetch_lean_command() -> None:
    """Fetch the embedded Lean into the cache."""
    lean = ensure_embedded_lean(say)
    show(f"Lean {lean.version} in {lean.folder}")


@commands.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print what makes a shell complete commands and options.

    For bash, add `eval "$(bridge completion bash)"` to ~/.bashrc; for zsh, the same with zsh to ~/.zshrc; for fish,
    write it to ~/.config/fish/completions/bridge.fish.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    print(kind(commands, {}, "bridge", _COMPLETION).source())


def _defaults(command: click.Command, *names: str, only: bool = False) -> dict[str, Any]:
    """What the options of a command are if they are not given: all but those of these names, or these only."""
    passed = (option for option in command.params if option.expose_value)
    return {str(option.name): option.default for option in passed if (option.name in names) == only}


def _refuse_together(option: str, others: Mapping[str, object]) -> None:
    for other, value in others.items():
        if value is not None:
            raise InputError(f"{option} and {other} were given together; one of them is required; leave the other out")


def _refuse_without(required: str, options: Mapping[str, object]) -> None:
    for option, value in options.items():
        if value is not None:
            raise InputError(f"{option} was given; {required} together are required for it; give all of them")


def _known_names(concepts: "ConceptChoice | None") -> Sequence[str]:
    """The names of the chosen concepts, but for those that a function of the user's own gives when it is called."""
    from bridge.sources.concepts.choice import SEED_CONCEPTS

    return [concept for concept in concepts or SEED_CONCEPTS if isinstance(concept, str)]


def _calibration_fraction(given: float | None, alpha: Fraction | None) -> float | None:
    return CALIBRATION if given is None and alpha is not None else given


def _verdict(result: CheckResult) -> str:
    who = f"Lean {result.version} ({result.engine} engine)" if result.was_asked else "Lean was not asked"
    modules = f"{counted(len(result.modules), 'module')} in {result.seconds:.0f} s"
    lines = [f"{who}: {'accepted' if result.accepted else 'REJECTED'}, {modules}"]
    for what, names in {
        "not checked, since it needs Mathlib (run `lake build`)": result.not_checked,
        "only the root of an export may be left out so, but also left out": result.missing,
        "not an export: statements and axioms were not looked at in": result.not_exports,
        "not the library that Bridge ships": result.own_library,
    }.items():
        if names:
            lines.append(f"{what}: {', '.join(names)}")
    if result.commands_allowed:
        lines.append("--allow-commands was given: a file could run code and have Lean believe anything")
    if result.own_library_allowed:
        lines.append("--own-library was given: the library has been taken as it is")
    return "\n".join(lines)


def _print_verification(verified: actions.Verified) -> None:
    outcome = verified.outcome
    literals = counted(outcome.compared, "literal")
    if not outcome.ok:
        print(f"verify: {counted(len(outcome.differences), 'difference')} from the artifact, {literals} compared")
        _print_differences(outcome.differences)
        return
    print(f"verify: all {literals} are the artifact's")
    if verified.comments:
        print(f"comments: {counted(len(verified.comments), 'difference')} from what this version writes")
        _print_differences(verified.comments)
        print("if it was made with templates of your own, name them with --templates")
        print("if it was made by another version, run `bridge export` again")
    else:
        print("comments: as this version writes them")


def _print_differences(differences: Sequence[Difference]) -> None:
    for difference in differences[:_SHOWN_DIFFERENCES]:
        show(difference)
    if len(differences) > _SHOWN_DIFFERENCES:
        print(f"and {len(differences) - _SHOWN_DIFFERENCES} more; --json lists all")
