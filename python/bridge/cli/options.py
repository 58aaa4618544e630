"""The options that commands share."""

import contextlib
import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bridge.artifact.coverage import Coverage
from bridge.base.errors import InputError
from bridge.base.guard import current_guard, declare_data_set, declare_input_text, declare_inputs
from bridge.base.places import ARTIFACT, ROOT_FILE
from bridge.base.workers import HERE, Workers, open_workers
from bridge.check.verdict import Engine
from bridge.cli.console import Command, verbosity_options
from bridge.cli.option_fields import given_by
from bridge.exact.rounding import require_grid_bits
from bridge.sources.precomputed import read_given
from bridge.sources.samples import Samples
from bridge.sources.training_options import TrainingOptions

if TYPE_CHECKING:
    from bridge.probe.lam_choice import Strength
    from bridge.probe.ridge import FitBias
    from bridge.sources.concepts.choice import ConceptChoice

# What is kept for a conformal bound unless told otherwise.
CALIBRATION = 0.2

# What is kept to measure with.
HELD_OUT = 0.2


class InputFile(click.Path):
    """A file or a folder that a command reads: given this type, an option or argument protects it from being replaced.

    `FILE:NAME` is one too, as text.
    """

    def __init__(self, path_type: type = Path, declare: Callable[[str], None] = declare_input_text) -> None:
        """Take a path.

        Args:
            path_type: what the command gets, `Path` or `str`.
            declare: told what is written.
        """
        # Whether it is there and can be read is for its reader to say, which knows what is required.
        super().__init__(readable=False, path_type=path_type)
        self._declare = declare

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 -- as in click
        """The path, which is declared to be an input."""
        self._declare(str(value))
        return super().convert(value, param, ctx)


def _allow(_context: click.Context, _option: click.Parameter, chosen: bool) -> None:
    if chosen:
        current_guard().force = True


# It takes effect here: a command does not see it.
force_option = click.option(
    "--force",
    is_flag=True,
    expose_value=False,
    callback=_allow,
    help="Replace also a file that no command of bridge has written, but never one that this command reads.",
)


def output_options(command: Command) -> Command:
    """`--json`, `--quiet` and `--verbose`."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    return as_json(verbosity_options(command))


restart_option = click.option(
    "--restart",
    is_flag=True,
    help="Begin anew, even where an interrupted run of the same command could be gone on with.",
)
out_option = click.option(
    "--out", type=click.Path(path_type=Path), default=ROOT_FILE, show_default=True, help="The root Lean file to write."
)
over_option = click.option(
    "--over",
    type=click.Choice([str(coverage) for coverage in Coverage]),
    default=str(Coverage.ALL),
    show_default=True,
    help="The samples that the certificate lists; δ (max_error) is the maximum over these.",
)
exported_artifact_option = click.option(
    "--artifact",
    type=InputFile(),
    default=None,
    help="The artifact.  [default: the .safetensors file beside FILE that has the SHA-256 which FILE records, or "
    f"{ARTIFACT}]",
)
templates_option = click.option(
    "--templates",
    type=InputFile(),
    default=None,
    help="A folder of templates of your own.  Templates are programs: use none that you have not read.",
)
engine_option = click.option(
    "--engine",
    type=click.Choice([str(engine) for engine in Engine]),
    default=str(Engine.AUTO),
    show_default=True,
    help="Who checks: auto takes lake in a Lake project whose Mathlib is built, else lean on the PATH, else the "
    "embedded Lean.",
)
timeout_option = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=None,
    metavar="SECONDS",
    help="End Lean after so many seconds on one file, or lake on all; the answer is no then.  A second kernel is ended "
    "too, and has not answered.  [default: never]",
)
own_library_option = click.option(
    "--own-library",
    is_flag=True,
    help="Let a library through that is not what Bridge ships, since it is one of your own; the verdict repeats it.",
)
# What `--second-kernel` is for, of each command that has it.
SECOND_KERNEL_HELP = (
    "Have Lean's native kernel, of a newer Lean, check anew all that Lean has compiled: the extra second-kernel has it."
)
allow_commands_option = click.option(
    "--allow-commands",
    is_flag=True,
    help="Let words through with which a file beside an export can run code, change what words mean, or have Lean "
    "believe what is not proved; for files that you trust.  The verdict repeats it.",
)
sample_weights_option = click.option(
    "--sample-weights",
    type=InputFile(str),
    metavar="FILE",
    default=None,
    help="How much each sample of --latents or --data counts in the fit, ≥ 0.  A table with a column of numbers, named "
    "weight if there are others (or FILE:NAME), or an array (N,).",
)
device_option = click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True, help="Where to compute."
)

from_pixels_option = click.option(
    "--from-pixels",
    is_flag=True,
    help="Keep the 8-bit images and the layers of the encoder in the artifact, so that what is claimed is of them: the "
    "latents, and the scores of size and thick.",
)


def _strengths(_context: click.Context, _option: click.Parameter, text: str) -> tuple[float, ...]:
    from bridge.probe.lam_choice import read_strengths

    return read_strengths(text)


def _fit_bias(_context: click.Context, _option: click.Parameter, free: bool | None) -> str | None:
    return None if free is None else "free" if free else "regularised"


predictions_option = click.option(
    "--predictions",
    type=InputFile(str),
    metavar="FILE",
    default=None,
    help="What your own model predicts of these samples, to be compared with w · z + b: a table with columns named as "
    "the concepts, or an array (N, k) or (N,).",
)


def _grid_bits(_context: click.Context, option: click.Parameter, bits: int | None) -> int | None:
    # Here rather than where it is used, so that it is refused before anything is trained.
    if bits is not None:
        require_grid_bits(bits, option.opts[0])
    return bits


def _chosen_concepts(_context: click.Context, _option: click.Parameter, concepts: str | None) -> "ConceptChoice | None":
    # Here rather than where it is used, so that it is refused before anything is trained.
    if concepts is None:
        return None
    from bridge.sources.concepts.choice import choose_concepts

    choice = choose_concepts(concepts)
    declare_inputs(*(element.file for element in choice if not isinstance(element, str) and element.file))
    return choice


def _names(_context: click.Context, option: click.Parameter, names: str | None) -> list[str] | None:
    if names is None:
        return None
    try:
        found = next(csv.reader([names or '""'], skipinitialspace=True, strict=True))
    except csv.Error:
        raise InputError(
            f"{option.opts[0]} is {names!r}; {option.name} separated by commas are required, in double quotes where "
            "one has a comma; write them so"
        ) from None
    return [name.strip() for name in found]


@dataclass(frozen=True)
class FitOptions:
    """How the probe is fitted."""

    lam: "Strength" = given_by(
        "--lam",
        "Ridge strength λ ≥ 0.  Of several, or of powers of ten with cv, the one that predicts best in a "
        "cross-validation on the training part.",
        default=1e-3,
        metavar="λ[,λ…]|cv",
        type=str,
        callback=_strengths,
    )
    fit_bias: "FitBias | None" = given_by(
        "--free-bias/--regularised-bias",
        "Whether the ridge weighs on the weights alone, or on the bias too.  [default: free with --latents, "
        "regularised on images]",
        is_flag=True,
        callback=_fit_bias,
    )
    concepts: "ConceptChoice | None" = given_by(
        "--concepts",
        "What the images are scored for, separated by commas: size, thick, slant (the group seed, which is the "
        "default); area, length, thickness, morpho_slant, width, height (the group morpho); all; and functions of your "
        "own as MODULE:FUNCTION, from (N, 1, 28, 28) images to a mapping from names to scores.",
        metavar="LIST",
        callback=_chosen_concepts,
    )
    standardize: bool = given_by(
        "--standardize",
        "Fit on latents with mean 0 and variance 1; the weights that come out are those of the latents as they are.",
        default=False,
        is_flag=True,
    )
    weight_bits: int | None = given_by(
        "--weight-bits",
        "Round the weights and the bias to multiples of 2^-N before they are measured.  Without it, they are not "
        "rounded.",
        type=int,
        metavar="N",
        callback=_grid_bits,
    )
    latent_bits: int | None = given_by(
        "--latent-bits",
        "Round the latents to multiples of 2^-N before the probe is fitted.  Without it, they are not rounded.",
        type=int,
        metavar="N",
        callback=_grid_bits,
    )


@dataclass(frozen=True)
class GivenFiles:
    """Latents and scores that were made elsewhere, and what is said of them."""

    latents: str | None = given_by(
        "--latents",
        "Your own latents (N, d): .npy, .npz, .safetensors, .pt, .pth, .h5 or .zarr, or a table; FILE:NAME is one of "
        "several arrays, or a column of lists.  FILE can be a folder, a pattern in quotes or an .index.json of shards, "
        "and an address such as s3://…; so can all that belongs to the samples.",
        type=InputFile(str),
        metavar="FILE",
    )
    scores: str | None = given_by(
        "--scores",
        "Their scores: a .csv, .tsv (also .gz), .parquet or .arrow table with a column for each concept, or an array "
        "(N, k) or (N,); columns of the latents' own table too.",
        type=InputFile(str),
        metavar="FILE",
    )
    names: list[str] | None = given_by(
        "--names",
        "The columns of the table to take, or names for the columns of the array; a name with a comma in double "
        "quotes.",
        metavar="A,B,…",
        callback=_names,
    )
    units: list[str] | None = given_by(
        "--units",
        "The units of the scores, such as pixels, in the order of the concepts; nothing between two commas where there "
        "is none.",
        metavar="A,B,…",
        callback=_names,
    )
    split_file: str | None = given_by(
        "--split",
        "Which part each sample belongs to: booleans or 0 and 1, 1 for training, or a table with a column of these or "
        "of words, named split if there are others, or FILE:NAME; what is neither train nor calibration is held out.",
        type=InputFile(str),
        metavar="FILE",
    )

    def read(self, *, groups: str | None = None, sample_weights: str | None = None, workers: Workers = HERE) -> Samples:
        """What is in the files, both of which must have been named; the others can be columns beside the latents."""
        assert self.latents is not None
        assert self.scores is not None
        return read_given(
            self.latents,
            self.scores,
            names=self.names,
            units=self.units,
            split_file=self.split_file,
            groups=groups,
            sample_weights=sample_weights,
            workers=workers,
        )


def _declare_scheduler(text: str) -> None:
    if Path(text).is_file():
        declare_inputs(Path(text))


# How classes are told apart unless told otherwise.
USUAL_METHOD = "logistic"

# What --labels is for the classes that a data set comes with.
OWN_LABELS = "own"


def _declare_labels(text: str) -> None:
    if text != OWN_LABELS:
        declare_input_text(text)


@dataclass(frozen=True)
class ClassifierOptions:
    """Which classes samples belong to, and how they are told apart."""

    labels: str | None = given_by(
        "--labels",
        "Instead of --scores, which class each sample belongs to: a table with a column of integers, words or "
        "booleans, named label if there are others (or FILE:NAME), an array (N,), or 0 and 1 in a column for each "
        "class.  own: the classes that the images come with (mnist, mnist:DIR and digits).",
        type=InputFile(str, _declare_labels),
        metavar="FILE|own",
    )
    method: str | None = given_by(
        "--probe",
        "How classes are told apart, by scikit-learn with its defaults; of class means, the nearest.  [default: "
        f"{USUAL_METHOD}]",
        type=click.Choice(["logistic", "lda", "svm", "ridge-classifier", "mean-difference"]),
    )
    threshold: float | None = given_by(
        "--threshold",
        "Of two classes, what w · z + b has to exceed for the second.  [default: 0]",
        type=float,
        metavar="T",
    )
    control: str | None = given_by(
        "--control",
        "Fit once more with the labels of the training part shuffled, and show that accuracy too.",
        type=click.Choice(["shuffled-labels"]),
    )
    control_seed: int | None = given_by("--control-seed", "Seed of the shuffling.  [default: 0]", type=int)


@dataclass(frozen=True)
class DrawnSplit:
    """How samples that come without a split are split; None is what is usual."""

    held_out: float | None = given_by(
        "--held-out", f"Fraction of --latents or --data to measure with.  [default: {HELD_OUT}]", type=float
    )
    calibration: float | None = given_by(
        "--calibration", "Fraction to calibrate --alpha with.  [default: 0]", type=float
    )
    seed: int | None = given_by("--seed", "Seed of the split of --latents or --data.  [default: 0]", type=int)
    groups: str | None = given_by(
        "--groups",
        "Which group each sample of --latents or --data belongs to; the split that is drawn keeps groups together, and "
        "its fractions are those of groups.  A table with a column of anything, named group if there are others (or "
        "FILE:NAME), or an array (N,).",
        type=InputFile(str),
        metavar="FILE",
    )


@dataclass(frozen=True)
class TrainingChoice:
    """What is trained on, and how."""

    data: str | None = given_by(
        "--data",
        "mnist, mnist:DIR, digits, random, a folder of images, or an .npy or .npz file of N×28×28 (FILE.npz:NAME where "
        "it has several arrays); other sizes are resized.  [default: mnist; digits where it cannot be fetched]",
        type=InputFile(str, declare_data_set),
        metavar="TEXT",
    )
    limit: int | None = given_by(
        "--limit", "Use only the first images of the data set.  [default: all; of mnist 2,000]", type=int
    )
    held_out: float = given_by("--held-out", "Fraction kept to measure with.", default=HELD_OUT)
    calibration: float | None = given_by(
        "--calibration",
        f"Fraction kept to take the bound of --alpha from.  [default: 0; {CALIBRATION} with --alpha]",
        type=float,
    )
    latent_dim: int = given_by("--latent-dim", "Dimension of the latent space.", default=TrainingOptions.d)
    epochs: int = given_by("--epochs", "Passes over the training part.", default=TrainingOptions.epochs)
    batch_size: int = given_by("--batch-size", "Images in a training step.", default=TrainingOptions.batch_size)
    learning_rate: float = given_by("--learning-rate", "Step size of Adam.", default=TrainingOptions.learning_rate)
    beta: float = given_by("--beta", "Weight of the KL term.", default=TrainingOptions.beta)
    seed: int = given_by("--seed", "Seed of split and training.", default=TrainingOptions.seed)

    def model(self) -> TrainingOptions:
        """How the model is trained."""
        return TrainingOptions(self.latent_dim, self.epochs, self.batch_size, self.learning_rate, self.beta, self.seed)

    def calibrated(self, *, is_needed: bool) -> "TrainingChoice":
        """The same; with samples to calibrate with if a claim needs them and nothing was said of them."""
        return replace(self, calibration=CALIBRATION) if is_needed and self.calibration is None else self


@dataclass(frozen=True)
class WorkersOptions:
    """Who works; the result is the same to the byte."""

    jobs: int | None = given_by(
        "--jobs",
        "Divide the work among so many processes here, -1 for one on each core.  The result is the same to the byte.",
        type=int,
        metavar="N",
    )
    scheduler: str | None = given_by(
        "--scheduler",
        "Divide the work among the workers of the Dask cluster whose scheduler has this address, or has written it to "
        "this file.  The result is the same to the byte.",
        type=InputFile(str, _declare_scheduler),
        metavar="ADDRESS",
    )

    def open(self) -> contextlib.AbstractContextManager[Workers]:
        """Those who work, until the end of the block."""
        return open_workers(jobs=self.jobs, scheduler=self.scheduler)


def refuse_together(option: str, others: Mapping[str, object]) -> None:
    """Refuse the others if they were given, that is, are not None, since the option was."""
    for other, value in others.items():
        if value is not None:
            raise InputError(f"{option} and {other} were given together; one of them is required; leave the other out")


def refuse_without(required: str, options: Mapping[str, object]) -> None:
    """Refuse the options if they were given, that is, are not None, since what they need was not."""
    for given, value in options.items():
        if value is not None:
            raise InputError(f"{given} was given; {required} together are required for it; give all of them")
