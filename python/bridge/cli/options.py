"""The options that commands share."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bridge.artifact.coverage import Coverage
from bridge.base.errors import InputError
from bridge.base.guard import current_guard, declare_data_set, declare_input_text, declare_inputs
from bridge.base.places import ARTIFACT, ROOT_FILE
from bridge.check.verdict import Engine
from bridge.cli.console import Command, verbosity_options
from bridge.exact.rounding import require_grid_bits

if TYPE_CHECKING:
    from bridge.sources.concepts.choice import ConceptChoice

# What is kept for a conformal bound unless told otherwise.
CALIBRATION = 0.2

DEFAULT_LAM = 1e-3


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
    help="The samples that the certificate lists; δ is the maximum over these.",
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
    help="End Lean after so many seconds on one file, or lake on all; the answer is no then.  [default: never]",
)
own_library_option = click.option(
    "--own-library",
    is_flag=True,
    help="Let a library through that is not what Bridge ships, since it is one of your own; the verdict repeats it.",
)
allow_commands_option = click.option(
    "--allow-commands",
    is_flag=True,
    help="Let words through with which a file beside an export can run code, change what words mean, or have Lean "
    "believe what is not proved; for files that you trust.  The verdict repeats it.",
)
device_option = click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True, help="Where to compute."
)


def _strengths(_context: click.Context, _option: click.Parameter, text: str) -> tuple[float, ...]:
    from bridge.probe.lam_choice import read_strengths

    return read_strengths(text)


lam_option = click.option(
    "--lam",
    metavar="λ[,λ…]|cv",
    default=str(DEFAULT_LAM),
    show_default=True,
    callback=_strengths,
    help="Ridge strength λ ≥ 0.  Of several, or of powers of ten with cv, the one that predicts best in a "
    "cross-validation on the training part.",
)


def _fit_bias(_context: click.Context, _option: click.Parameter, free: bool | None) -> str | None:
    return None if free is None else "free" if free else "regularised"


bias_option = click.option(
    "--free-bias/--regularised-bias",
    "fit_bias",
    default=None,
    callback=_fit_bias,
    help="Whether the ridge weighs on the weights alone, or on the bias too.  [default: free with --latents, "
    "regularised on images]",
)


predictions_option = click.option(
    "--predictions",
    type=InputFile(str),
    metavar="FILE",
    default=None,
    help="What your own model predicts of these samples, to be compared with w · z + b: a table with columns named as "
    "the concepts, or an array (N, k) or (N,).",
)


def calibration_fraction(given: float | None, *, is_needed: bool) -> float | None:
    """What is kept to calibrate with: what is said, or what is usual if a claim needs it."""
    return CALIBRATION if given is None and is_needed else given


def _grid_bits(_context: click.Context, option: click.Parameter, bits: int | None) -> int | None:
    # Here rather than where it is used, so that it is refused before anything is trained.
    if bits is not None:
        require_grid_bits(bits, option.opts[0])
    return bits


weight_bits_option = click.option(
    "--weight-bits",
    type=int,
    metavar="N",
    default=None,
    callback=_grid_bits,
    help="Round the weights and the bias to multiples of 2^-N before they are measured.  Without it, they are not "
    "rounded.",
)
latent_bits_option = click.option(
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
    from bridge.sources.concepts.choice import choose_concepts

    choice = choose_concepts(concepts)
    declare_inputs(*(element.file for element in choice if not isinstance(element, str) and element.file))
    return choice


concepts_option = click.option(
    "--concepts",
    metavar="LIST",
    default=None,
    callback=_chosen_concepts,
    help="What the images are scored for, separated by commas: size, thick, slant (the group seed, which is the "
    "default); area, length, thickness, morpho_slant, width, height (the group morpho); all; and functions of your own "
    "as MODULE:FUNCTION, from (N, 1, 28, 28) images to a mapping from names to scores.",
)


standardize_option = click.option(
    "--standardize",
    is_flag=True,
    default=False,
    help="Fit on latents with mean 0 and variance 1; the weights that come out are those of the latents as they are.",
)


def given_options(command: Command) -> Command:
    """The files of latents and scores that were made elsewhere."""
    options = [
        click.option(
            "--latents",
            type=InputFile(str),
            metavar="FILE",
            default=None,
            help="Your own latents (N, d): .npy, .npz, .safetensors, .pt or .pth, or a table; FILE:NAME is one of "
            "several arrays, or a column of lists.",
        ),
        click.option(
            "--scores",
            type=InputFile(str),
            metavar="FILE",
            default=None,
            help="Their scores: a .csv, .tsv (also .gz) or .parquet table with a column for each concept, or an array "
            "(N, k) or (N,).",
        ),
        click.option(
            "--names",
            metavar="A,B,…",
            default=None,
            callback=_names,
            help="The columns of the table to take, or names for the columns of the array; a name with a comma in "
            "double quotes.",
        ),
        click.option(
            "--units",
            metavar="A,B,…",
            default=None,
            callback=_names,
            help="The units of the scores, such as pixels, in the order of the concepts; nothing between two commas "
            "where there is none.",
        ),
        click.option(
            "--split",
            "split_file",
            type=InputFile(str),
            metavar="FILE",
            default=None,
            help="Which part each sample belongs to: booleans or 0 and 1, 1 for training, or a table with a column of "
            "these or of words, named split if there are others, or FILE:NAME; what is neither train nor calibration "
            "is held out.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


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


def training_options(command: Command) -> Command:
    """What is trained on, and how."""
    options = [
        click.option(
            "--data",
            type=InputFile(str, declare_data_set),
            metavar="TEXT",
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
            help=f"Fraction kept to take the bound of --alpha from.  [default: 0; {CALIBRATION} with --alpha]",
        ),
        click.option("--latent-dim", type=int, default=8, show_default=True, help="Dimension of the latent space."),
        click.option("--epochs", type=int, default=60, show_default=True, help="Passes over the training part."),
        click.option("--batch-size", type=int, default=128, show_default=True, help="Images in a training step."),
        click.option("--learning-rate", type=float, default=1e-3, show_default=True, help="Step size of Adam."),
        click.option("--beta", type=float, default=4.0, show_default=True, help="Weight of the KL term."),
        click.option("--seed", type=int, default=0, show_default=True, help="Seed of split and training."),
        device_option,
    ]
    for option in reversed(options):
        command = option(command)
    return command


def refuse_together(option: str, others: Mapping[str, object]) -> None:
    """Refuse the others if they were given, that is, are not None, since the option was."""
    for other, value in others.items():
        if value is not None:
            raise InputError(f"{option} and {other} were given together; one of them is required; leave the other out")


def refuse_without(required: str, options: Mapping[str, object]) -> None:
    """Refuse the options if they were given, that is, are not None, since what they need was not."""
    for option, value in options.items():
        if value is not None:
            raise InputError(f"{option} was given; {required} together are required for it; give all of them")
