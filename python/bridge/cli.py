"""The command line: `python -m bridge COMMAND`.

Results go to stdout, progress and errors to stderr.  Exit codes: 0 done and true; 1 ran, and the answer is no; 2 the
input or the usage is wrong; 3 a needed tool is missing; 130 interrupted.
"""

import contextlib
import json
import os
import shlex
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

import bridge
from bridge.artifact import (
    ProbeArtifact,
    StoredArtifact,
    load_artifact,
    save_artifact,
    save_in_blocks,
    to_be_stored,
)
from bridge.certificate import Coverage
from bridge.checker import check
from bridge.conformal import read_alpha
from bridge.embedded import ensure_embedded_lean
from bridge.errors import BridgeError, BridgeWarning, InputError
from bridge.exact import require_finite
from bridge.export import Export, export_lean, namespace_of
from bridge.files import fill_folder, make_folder, replace_together, write_atomically
from bridge.lean_text import counted, decimal, rational
from bridge.resources import lean_library_folder, templates_folder
from bridge.rounding import require_grid_bits
from bridge.summary import (
    concept_records,
    conformal_lines,
    delta_line,
    export_record,
    rounding_lines,
    rounding_record,
    summary_table,
)
from bridge.verdict import CheckResult, Engine
from bridge.verify import Verification, verify

if TYPE_CHECKING:
    from bridge.concept_choice import ConceptChoice
    from bridge.given_files import Given
    from bridge.pictures import NoPictures, Pictures
    from bridge.report import Report

RUN_FOLDER = Path("runs/digits")
ARTIFACT = RUN_FOLDER / "probe.safetensors"
CHECKPOINT = RUN_FOLDER / "vae.safetensors"
ROOT_FILE = Path("lean/Generated.lean")
REPORT = Path("report.html")
FIGURES = Path("figures")

_INTERRUPTED = 130
_BUG = 70

_SHOWN_DIFFERENCES = 20

# What is kept for a conformal bound unless told otherwise.
_CALIBRATION = 0.2

Command = TypeVar("Command", bound=Callable[..., Any])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    # Being asked to end is treated as Ctrl-C is, so that no half-written file and no running Lean is left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _warnings_in_one_line():
            result = commands.main(args=arguments, prog_name="python -m bridge", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        _complain(f"{error.format_message().rstrip('.')}; see `python -m bridge --help`")
        return 2
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted; files that were there before are as they were")
        return _INTERRUPTED
    except BridgeError as error:
        _complain(str(error))
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has left, as `head` does; the flush at exit must not fail for it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:
        traceback.print_exc()
        _complain("this is a bug in bridge; please report it with the lines above")
        return _BUG
    return result if isinstance(result, int) else 0


@contextlib.contextmanager
def _warnings_in_one_line() -> Iterator[None]:
    """Show a `BridgeWarning` as errors are shown; warnings of libraries are shown as ever."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", BridgeWarning)
        show_as_ever = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **options: Any) -> None:  # noqa: ANN401
            if issubclass(category, BridgeWarning):
                _complain(f"warning: {message}")
            else:
                show_as_ever(message, category, *place, **options)

        warnings.showwarning = show
        yield


def _complain(line: str) -> None:
    print(f"bridge: {line}", file=sys.stderr)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _print_json(record: object) -> None:
    print(json.dumps(record, ensure_ascii=False, indent=2))


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=False)
@click.version_option(bridge.__version__, prog_name="bridge")
def commands() -> None:
    """Export linear probes of latent spaces to Lean 4, exactly, with a bound that Lean's kernel checks.

    Exit codes: 0 done and true; 1 ran, and the answer is no (Lean rejected, the file does not match); 2 the input or
    the usage is wrong; 3 a needed tool is missing; 130 interrupted.
    """


_json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
_out_option = click.option(
    "--out", type=click.Path(path_type=Path), default=ROOT_FILE, show_default=True, help="The root Lean file to write."
)
_over_option = click.option(
    "--over",
    type=click.Choice([str(coverage) for coverage in Coverage]),
    default=str(Coverage.ALL),
    show_default=True,
    help="The samples that the certificate lists; δ is the maximum over these.",
)
_exported_artifact_option = click.option(
    "--artifact",
    type=click.Path(path_type=Path),
    default=None,
    help="The artifact.  [default: the .safetensors file beside FILE that has its name, if there is one, else "
    f"{ARTIFACT}]",
)
_templates_option = click.option(
    "--templates", type=click.Path(path_type=Path), default=None, help="A folder of templates of your own."
)
_engine_option = click.option(
    "--engine",
    type=click.Choice([str(engine) for engine in Engine]),
    default=str(Engine.AUTO),
    show_default=True,
    help="Who checks: auto takes lake in a Lake project whose Mathlib is built, else lean on the PATH, else the "
    "embedded Lean.",
)
_device_option = click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True, help="Where to compute."
)
_lam_option = click.option("--lam", type=float, default=1e-3, show_default=True, help="Ridge strength λ ≥ 0.")


_r2_option = click.option(
    "--r2", "with_r_squared", is_flag=True, help="Prove R² over the listed samples too; checking takes longer."
)


def _alpha(_context: click.Context, _option: click.Parameter, text: str | None) -> Fraction | None:
    return None if text is None else read_alpha(text)


_alpha_option = click.option(
    "--alpha",
    metavar="α",
    default=None,
    callback=_alpha,
    help="Prove too which bound the calibration part gives at the level α, such as 0.1 or 1/10; see --calibration.",
)


def _grid_bits(_context: click.Context, option: click.Parameter, bits: int | None) -> int | None:
    # Here rather than where it is used, so that it is refused before anything is trained.
    if bits is not None:
        require_grid_bits(bits, option.opts[0])
    return bits


_weight_bits_option = click.option(
    "--weight-bits",
    type=int,
    metavar="N",
    default=None,
    callback=_grid_bits,
    help="Round the weights and the bias to multiples of 2^-N before they are measured.  Without it, they are not "
    "rounded.",
)
_latent_bits_option = click.option(
    "--latent-bits",
    type=int,
    metavar="N",
    default=None,
    callback=_grid_bits,
    help="Round the latents to multiples of 2^-N before the probe is fitted.  Without it, they are not rounded.",
)


def _chosen_concepts(_context: click.Context, _option: click.Parameter, concepts: str | None) -> "ConceptChoice | None":
    # Here rather than where it is used, so that it is refused before anything is trained.
    if concepts is None:
        return None
    from bridge.concept_choice import choose_concepts

    return choose_concepts(concepts)


_concepts_option = click.option(
    "--concepts",
    metavar="LIST",
    default=None,
    callback=_chosen_concepts,
    help="What the images are scored for, separated by commas: size, thick, slant (the group seed, which is the "
    "default); area, length, thickness, morpho_slant, width, height (the group morpho); all; and functions of your own "
    "as MODULE:FUNCTION, from (N, 1, 28, 28) images to a mapping from names to scores.",
)


_standardize_option = click.option(
    "--standardize",
    is_flag=True,
    default=False,
    help="Fit on latents with mean 0 and variance 1; the weights that come out are those of the latents as they are.",
)


def _given_options(command: Command) -> Command:
    options = [
        click.option(
            "--latents",
            metavar="FILE",
            default=None,
            help="Your own latents (N, d): .npy, .npz, .safetensors, .pt or .pth; FILE:NAME is one of several arrays.",
        ),
        click.option(
            "--scores",
            metavar="FILE",
            default=None,
            help="Their scores: a .csv or .parquet table with a column for each concept, or an array (N, k) or (N,).",
        ),
        click.option(
            "--names",
            metavar="A,B,…",
            default=None,
            callback=_names,
            help="The columns of the table to take, or names for the columns of the array.",
        ),
        click.option(
            "--split",
            "split_file",
            metavar="FILE",
            default=None,
            help="Which part each sample belongs to: booleans, True for training, or a table with a column of train, "
            "calibration and held_out, named split if there are others.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _names(_context: click.Context, _option: click.Parameter, names: str | None) -> list[str] | None:
    return None if names is None else [name.strip() for name in names.split(",")]


def _training_options(command: Command) -> Command:
    options = [
        click.option(
            "--data",
            default="digits",
            show_default=True,
            help="digits, mnist:DIR, random, a folder of images, or an .npy or .npz file of N×28×28 (FILE.npz:NAME "
            "where it has several arrays); other sizes are resized.",
        ),
        click.option("--limit", type=int, default=None, help="Use only the first images of the data set."),
        click.option("--held-out", type=float, default=0.2, show_default=True, help="Fraction kept to measure with."),
        click.option(
            "--calibration",
            type=float,
            default=None,
            help=f"Fraction kept to take the bound of --alpha from.  [default: 0; {_CALIBRATION} with --alpha]",
        ),
        click.option("--latent-dim", type=int, default=8, show_default=True, help="Dimension of the latent space."),
        click.option("--epochs", type=int, default=60, show_default=True, help="Passes over the training part."),
        click.option("--batch-size", type=int, default=128, show_default=True, help="Images in a training step."),
        click.option("--learning-rate", type=float, default=1e-3, show_default=True, help="Step size of Adam."),
        click.option("--beta", type=float, default=4.0, show_default=True, help="Weight of the KL term."),
        click.option("--seed", type=int, default=0, show_default=True, help="Seed of split and training."),
        _device_option,
    ]
    for option in reversed(options):
        command = option(command)
    return command


@commands.command("train")
@_training_options
@click.option("--out", type=click.Path(path_type=Path), default=CHECKPOINT, show_default=True, help="The checkpoint.")
@_json_option
def train_command(out: Path, as_json: bool, **training: Any) -> None:  # noqa: ANN401 -- click passes what the options say
    """Train the VAE and write a checkpoint.

    It sees the training part of the data set alone; the split is drawn with the seed.
    """
    loss = _train(out, **training)
    if as_json:
        _print_json({"checkpoint": str(out), "loss": loss})
    else:
        print(out)


@commands.command("fit")
@click.option(
    "--checkpoint", type=click.Path(path_type=Path), default=None, help=f"The model.  [default: {CHECKPOINT}]"
)
@_given_options
@click.option("--held-out", type=float, default=None, help="Fraction of --latents to measure with.  [default: 0.2]")
@click.option("--calibration", type=float, default=None, help="Fraction to calibrate --alpha with.  [default: 0]")
@click.option("--seed", type=int, default=None, help="Seed of the split of --latents.  [default: 0]")
@_lam_option
@_concepts_option
@_standardize_option
@_weight_bits_option
@_latent_bits_option
@_device_option
@click.option("--out", type=click.Path(path_type=Path), default=ARTIFACT, show_default=True, help="The artifact.")
@_json_option
def fit_command(
    checkpoint: Path | None,
    concepts: "ConceptChoice | None",
    device: str,
    out: Path,
    as_json: bool,
    latents: str | None,
    scores: str | None,
    names: list[str] | None,
    split_file: str | None,
    held_out: float | None,
    calibration: float | None,
    seed: int | None,
    **options: Any,  # noqa: ANN401 -- click passes what the options say
) -> None:
    """Fit the probe and write the artifact.

    Encodes and scores the images that the checkpoint was trained with, or reads --latents and --scores, which can be
    larger than memory; fits on the training part, and measures on each part.
    """
    drawn = {"--held-out": held_out, "--calibration": calibration, "--seed": seed}
    if latents is None or scores is None:
        files = {"--latents": latents, "--scores": scores, "--names": names, "--split": split_file}
        _refuse_without("--latents and --scores", {**files, **drawn})
        _fit(checkpoint or CHECKPOINT, out, concepts=concepts, device=device, **options)
    else:
        _refuse_together(
            "--latents",
            {"--checkpoint": checkpoint, "--concepts": concepts, "--device": "cuda" if device == "cuda" else None},
        )
        if split_file is not None:
            _refuse_together("--split", drawn)
        from bridge.given_files import read_given

        given = read_given(latents, scores, names=names, split_file=split_file)
        _fit_given(given, out, held_out, calibration, seed, **options)
    if as_json:
        stored = load_artifact(out)
        metrics = zip(stored.artifact.concept_names, stored.artifact.metrics, strict=True)
        measured = {name: asdict(measures) for name, measures in metrics}
        record = {"artifact": str(out), "sha256": stored.sha256, "concepts": measured}
        _print_json(record | rounding_record(stored.artifact))
    else:
        print(out)


@commands.command("export")
@click.option(
    "--artifact",
    type=click.Path(path_type=Path),
    default=None,
    help=f"The artifact.  Without it, train and fit run on the embedded digits first and write {ARTIFACT}.",
)
@click.option(
    "--weights",
    metavar="FILE",
    default=None,
    help="Instead of an artifact: a probe of your own for --latents and --scores, exported as it is.  W (d + 1, k) "
    "with the bias last, or weight and bias of a torch Linear, or coef_ and intercept_ of scikit-learn.",
)
@_given_options
@click.option(
    "--save-artifact",
    type=click.Path(path_type=Path),
    default=None,
    help="Where the artifact of --weights goes.  [default: beside the root file, with the ending .safetensors]",
)
@_out_option
@_concepts_option
@_weight_bits_option
@_latent_bits_option
@_over_option
@_r2_option
@_alpha_option
@_templates_option
@_json_option
def export_command(
    artifact: Path | None,
    weights: str | None,
    latents: str | None,
    scores: str | None,
    names: list[str] | None,
    split_file: str | None,
    save_artifact: Path | None,
    out: Path,
    concepts: "ConceptChoice | None",
    weight_bits: int | None,
    latent_bits: int | None,
    over: str,
    with_r_squared: bool,
    alpha: Fraction | None,
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
    _prepare_export_place(out)
    artifact_file = None
    if weights is not None and latents is not None and scores is not None:
        from bridge.given_files import read_given

        rounding = {"--weight-bits": weight_bits, "--latent-bits": latent_bits}
        _refuse_together("--weights", {"--artifact": artifact, "--concepts": concepts, **rounding})
        artifact_file = save_artifact or _artifact_beside(out)
        _prepare_folder(artifact_file)
        stored = _given_artifact(read_given(latents, scores, names=names, split_file=split_file), weights)
        export = _export(stored, out, over, with_r_squared, alpha, templates, artifact_file)
    else:
        files = {"--weights": weights, "--latents": latents, "--scores": scores, "--split": split_file}
        others = {"--names": names, "--save-artifact": save_artifact}
        _refuse_without("--weights, --latents and --scores", {**files, **others})
        if artifact is None:
            artifact = ARTIFACT
            training = _defaults(train_command, "out", "as_json")
            _train(CHECKPOINT, **(training | {"calibration": _calibration_fraction(None, alpha)}))
            fit = _defaults(fit_command, "lam", "standardize", "device", only=True)
            _fit(CHECKPOINT, artifact, **fit, concepts=concepts, weight_bits=weight_bits, latent_bits=latent_bits)
        export = _export(load_artifact(artifact), out, over, with_r_squared, alpha, templates)
    if as_json:
        _print_json(export_record(export) | ({} if artifact_file is None else {"artifact": str(artifact_file)}))
    else:
        for file in (*export.files, *([] if artifact_file is None else [artifact_file])):
            print(file)


@commands.command("check")
@click.argument("file", type=click.Path(path_type=Path), default=ROOT_FILE)
@_engine_option
@_json_option
def check_command(file: Path, engine: str, as_json: bool) -> int:
    """Have Lean type-check the export FILE."""
    result = _check(file, engine)
    if as_json:
        _print_json(result.record())
    else:
        print(_verdict(result))
    return 0 if result.accepted else 1


@commands.command("verify")
@click.argument("file", type=click.Path(path_type=Path), default=ROOT_FILE)
@_exported_artifact_option
@_json_option
def verify_command(file: Path, artifact: Path | None, as_json: bool) -> int:
    """Compare the export FILE with the artifact.

    Reads every literal back and compares it with the artifact, exactly, and computes δ anew; no Lean is needed.
    """
    outcome = verify(file, load_artifact(artifact or _artifact_of(file)))
    if as_json:
        _print_json(outcome.record())
    else:
        _print_verification(outcome)
    return 0 if outcome.ok else 1


@commands.command("report")
@click.argument("file", type=click.Path(path_type=Path), default=ROOT_FILE)
@_exported_artifact_option
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    default=None,
    help=f"The model, for the images.  [default: {CHECKPOINT.name} beside the artifact, if it is the artifact's]",
)
@click.option(
    "--check-result",
    type=click.Path(path_type=Path),
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
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help=f"The page, or the folder of the figures.  [default: {REPORT}, or {FIGURES}]",
)
@_json_option
def report_command(
    file: Path,
    artifact: Path | None,
    checkpoint: Path | None,
    check_result: Path | None,
    kind: Literal["html", "svg", "png"],
    out: Path | None,
    as_json: bool,
) -> int:
    """Write a page with figures about the export FILE.

    It is one HTML file, which needs no network.  The exit code is 1 if a check result was given and Lean did not accept
    the files that are there.
    """
    from bridge.check_record import Standing, read_check_result

    result = None if check_result is None else read_check_result(check_result)
    out = out or (REPORT if kind == "html" else FIGURES)
    artifact = artifact or _artifact_of(file)
    report = _report(file, load_artifact(artifact), artifact, checkpoint, result)
    written = _write_page(report, out) if kind == "html" else _write_figures(report, out, kind)
    if as_json:
        _print_json({"lean": report.lean.standing, "files": [str(path) for path in written]})
    else:
        for path in written:
            print(path)
    return 0 if report.lean.standing in (Standing.ACCEPTED, Standing.NOT_ASKED) else 1


@commands.command("run")
@_training_options
@_lam_option
@_concepts_option
@_standardize_option
@_weight_bits_option
@_latent_bits_option
@_out_option
@_over_option
@_r2_option
@_alpha_option
@_engine_option
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
@_json_option
def run_command(
    lam: float,
    concepts: "ConceptChoice | None",
    standardize: bool,
    weight_bits: int | None,
    latent_bits: int | None,
    out: Path,
    over: str,
    with_r_squared: bool,
    alpha: Fraction | None,
    engine: str,
    run_folder: Path,
    report_file: Path | None,
    device: str,
    calibration: float | None,
    as_json: bool,
    **training: Any,  # noqa: ANN401 -- click passes what the options say
) -> int:
    """Train, fit, export, check and verify."""
    _prepare_export_place(out)
    if report_file is not None:
        _prepare_folder(report_file)
    checkpoint, artifact = run_folder / CHECKPOINT.name, run_folder / ARTIFACT.name
    _train(checkpoint, device=device, calibration=_calibration_fraction(calibration, alpha), **training)
    _fit(
        checkpoint,
        artifact,
        lam=lam,
        concepts=concepts,
        standardize=standardize,
        device=device,
        weight_bits=weight_bits,
        latent_bits=latent_bits,
    )
    export = _export(load_artifact(artifact), out, over, with_r_squared, alpha, None)
    result = _check(out, engine)
    outcome = verify(out, export.stored)
    if report_file is not None and outcome.ok:
        _write_page(_report(out, export.stored, artifact, checkpoint, result), report_file)
        _say(f"report: wrote {report_file}")
    if as_json:
        _print_json({"export": export_record(export), "check": result.record(), "verify": outcome.record()})
    else:
        records = concept_records(export)
        Console(width=None if sys.stdout.isatty() else 120).print(summary_table(export, records))
        for record in records:
            print(delta_line(record))
        for line in (*conformal_lines(export.certificate.conformal, records), *rounding_lines(export.stored.artifact)):
            print(line)
        print(_verdict(result))
        _print_verification(outcome)
    return 0 if result.accepted and outcome.ok else 1


@commands.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_json_option
def init_command(folder: Path, as_json: bool) -> None:
    """Make a Lake project in DIR.

    It has a copy of the Bridge library, an example export with its artifact, and a workflow that builds it.  DIR is
    new, or empty but for files such as .git; nothing in it is replaced.
    """
    from bridge.example import example_artifact
    from bridge.scaffold import ARTIFACT as PROJECT_ARTIFACT
    from bridge.scaffold import project_files

    files = project_files(folder.resolve().name, example_artifact())
    fill_folder(folder, files)
    steps = ["bridge check", f"bridge verify --artifact {PROJECT_ARTIFACT}", "lake exe cache get && lake build"]
    if not folder.samefile("."):
        steps = [f"cd {shlex.quote(str(folder))}", *steps]
    if as_json:
        _print_json({"folder": str(folder), "files": sorted(map(str, files)), "next": steps})
    else:
        print(f"{folder}: a Lake project with an example export, {counted(len(files), 'file')}.  Next:")
        for step in steps:
            print(f"  {step}")


@commands.command("fetch-lean")
def fetch_lean_command() -> None:
    """Fetch the embedded Lean into the cache."""
    lean = ensure_embedded_lean(_say)
    print(f"Lean {lean.version} in {lean.folder}")


def _defaults(command: click.Command, *names: str, only: bool = False) -> dict[str, Any]:
    """What the options of a command are if they are not given: all but those of these names, or these only."""
    return {str(option.name): option.default for option in command.params if (option.name in names) == only}


def _refuse_together(option: str, others: Mapping[str, object]) -> None:
    for other, value in others.items():
        if value is not None:
            raise InputError(f"{option} and {other} were given together; one of them is required; leave the other out")


def _refuse_without(required: str, options: Mapping[str, object]) -> None:
    for option, value in options.items():
        if value is not None:
            raise InputError(f"{option} was given; {required} together are required for it; give all of them")


def _artifact_beside(root: Path) -> Path:
    return root.with_suffix(".safetensors")


def _artifact_of(root: Path) -> Path:
    """Where the artifact of an export is if nobody says."""
    return _artifact_beside(root) if _artifact_beside(root).is_file() else ARTIFACT


def _calibration_fraction(given: float | None, alpha: Fraction | None) -> float | None:
    return _CALIBRATION if given is None and alpha is not None else given


def _prepare_folder(file: Path) -> None:
    """Fail before the work rather than after it if a result has no place to go."""
    # Only the default places are made; elsewhere a missing folder is more likely a slip of the pen.
    if file.parent in (RUN_FOLDER, ROOT_FILE.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
    if not file.parent.is_dir():
        raise InputError(f"{file.parent} is not a folder; {file.name} is to be written there; make it first")
    if file.is_dir():
        raise InputError(f"{file} is a folder; a file is to be written there; name a file")


def _prepare_export_place(out: Path) -> None:
    namespace_of(out)
    _prepare_folder(out)


def _train(
    out: Path,
    *,
    data: str,
    limit: int | None,
    held_out: float,
    calibration: float | None,
    latent_dim: int,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    beta: float,
    seed: int,
    device: str,
) -> float | None:
    from bridge.pipeline import record_metadata, train_model
    from bridge.vae import TrainingOptions, resolve_device, save_checkpoint

    options = TrainingOptions(latent_dim, epochs, batch_size, learning_rate, beta, seed)
    _prepare_folder(out)
    losses: list[float] = []
    with _epoch_progress(epochs) as progress:
        task = progress.add_task("training", total=epochs, loss="")

        def on_epoch(epoch: int, loss: float) -> None:
            losses.append(loss)
            progress.update(task, completed=epoch, loss=f"loss {loss:.2f}")
            if progress.disable and (epoch == epochs or epoch % max(1, epochs // 5) == 0):
                _say(f"training: epoch {epoch} of {epochs}, loss {loss:.2f}")

        vae, record = train_model(
            data,
            limit=limit,
            held_out=held_out,
            calibration=calibration or 0.0,
            options=options,
            device=resolve_device(device),
            on_epoch=on_epoch,
            on_note=lambda note: _say(f"train: {note}"),
        )
    save_checkpoint(out, vae, record_metadata(record))
    return losses[-1] if losses else None


def _epoch_progress(epochs: int) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn(f"epoch {{task.completed}} of {epochs}, {{task.fields[loss]}}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )


def _fit(
    checkpoint: Path,
    out: Path,
    *,
    lam: float,
    concepts: "ConceptChoice | None",
    standardize: bool,
    device: str,
    weight_bits: int | None,
    latent_bits: int | None,
) -> None:
    from bridge.concept_choice import SEED_CONCEPTS
    from bridge.pipeline import fit_artifact, record_of
    from bridge.vae import load_checkpoint, resolve_device

    vae, metadata = load_checkpoint(checkpoint)
    _prepare_folder(out)
    artifact = fit_artifact(
        vae,
        record_of(metadata),
        lam=lam,
        standardize=standardize,
        device=resolve_device(device),
        concepts=SEED_CONCEPTS if concepts is None else concepts,
        weight_bits=weight_bits,
        latent_bits=latent_bits,
    )
    save_artifact(out, artifact)
    for line in rounding_lines(artifact):
        _say(f"fit: {line}")
    _say(f"fit: wrote {out}")


def _fit_given(
    given: "Given",
    out: Path,
    held_out: float | None,
    calibration: float | None,
    seed: int | None,
    **options: Any,  # noqa: ANN401 -- click passes what the options say
) -> None:
    from bridge.data import split
    from bridge.given_fit import fit_given

    _prepare_folder(out)
    parts = given.parts
    if parts is None:
        seed = seed or 0
        held_out = 0.2 if held_out is None else held_out
        parts = split(len(given.scores.values), held_out=held_out, calibration=calibration or 0.0, seed=seed)
    fit = fit_given(given, parts, seed=seed, **options)
    save_in_blocks(out, fit.record, fit.latents)
    for line in rounding_lines(fit.record):
        _say(f"fit: {line}")
    for name, error in zip(fit.record.concept_names, fit.sup_errors, strict=True):
        _say(f"fit: δ({name}) = {rational(error.value)}, about {decimal(error.value)}, by sample {error.sample}")
    _say(f"fit: wrote {out}")


def _given_artifact(given: "Given", weights: str) -> StoredArtifact:
    from bridge.given import given_artifact
    from bridge.given_files import read_weights

    latents = given.latents.read()
    require_finite(latents, given.source)
    artifact = given_artifact(
        latents,
        given.scores.values,
        read_weights(weights, dim=latents.shape[1], concepts=len(given.scores.names)),
        names=given.scores.names,
        is_train=None if given.parts is None else given.parts.is_train,
        is_calibration=None if given.parts is None else given.parts.is_calibration,
        source=given.dataset,
        source_sha256=given.dataset_sha256,
    )
    return to_be_stored(artifact)


def _export(
    stored: StoredArtifact,
    out: Path,
    over: str,
    with_r_squared: bool,
    alpha: Fraction | None,
    templates: Path | None,
    artifact_file: Path | None = None,
) -> Export:
    export = export_lean(
        stored,
        out,
        coverage=Coverage(over),
        templates=templates or templates_folder(),
        with_r_squared=with_r_squared,
        alpha=alpha,
        artifact_file=artifact_file,
    )
    _say(f"export: wrote {export.root} and {len(export.files) - 1} parts")
    return export


def _check(file: Path, engine: str) -> CheckResult:
    result = check(file, engine=Engine(engine), library=lean_library_folder(), report=_say)
    for message in result.messages:
        _say(str(message))
    return result


def _report(
    file: Path, stored: StoredArtifact, artifact: Path, checkpoint: Path | None, result: CheckResult | None
) -> "Report":
    from bridge.pictures import NoPictures
    from bridge.report import build_report

    pictures = _pictures(checkpoint, artifact, stored.artifact)
    if isinstance(pictures, NoPictures) and pictures.detail:
        _say(f"report: no images: {pictures.detail}")
    return build_report(file, stored, check_result=result, pictures=pictures)


def _pictures(checkpoint: Path | None, artifact: Path, content: ProbeArtifact) -> "Pictures | NoPictures":
    """Those of the checkpoint; of the one beside the artifact, if none is named and it is the artifact's."""
    from bridge.pictures import NoPictures, load_pictures

    if checkpoint is not None:
        return load_pictures(checkpoint, content)
    beside = artifact.parent / CHECKPOINT.name
    if not beside.is_file():
        return NoPictures("no checkpoint was given")
    try:
        return load_pictures(beside, content)
    except InputError as error:
        return NoPictures("no checkpoint was given, and the one beside the artifact is not its own", str(error))


def _write_page(report: "Report", out: Path) -> list[Path]:
    from bridge.report import report_html

    _prepare_folder(out)
    write_atomically(out, report_html(report).encode())
    return [out]


def _write_figures(report: "Report", out: Path, kind: Literal["svg", "png"]) -> list[Path]:
    from bridge.report import figure_files

    files = {out / name: content for name, content in figure_files(report, kind).items()}
    make_folder(out, "the figures go there")
    replace_together(files)
    return list(files)


def _verdict(result: CheckResult) -> str:
    verdict = "accepted" if result.accepted else "REJECTED"
    modules = f"{len(result.modules)} modules in {result.seconds:.0f} s"
    line = f"Lean {result.version} ({result.engine} engine): {verdict}, {modules}"
    if result.not_checked:
        line += f"\nnot checked, since it needs Mathlib (run `lake build`): {', '.join(result.not_checked)}"
    return line


def _print_verification(outcome: Verification) -> None:
    literals = counted(outcome.compared, "literal")
    if outcome.ok:
        print(f"verify: all {literals} are the artifact's")
        return
    print(f"verify: {counted(len(outcome.differences), 'difference')} from the artifact, {literals} compared")
    for difference in outcome.differences[:_SHOWN_DIFFERENCES]:
        print(difference)
    if len(outcome.differences) > _SHOWN_DIFFERENCES:
        print(f"and {len(outcome.differences) - _SHOWN_DIFFERENCES} more; --json lists all")
