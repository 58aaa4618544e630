"""`bridge verify`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np

from bridge.artifact.file import StoredArtifact, StoredClassifier, load_any
from bridge.base.file_spec import split_layers
from bridge.base.guard import declare_data_set
from bridge.base.places import ROOT_FILE
from bridge.base.resources import templates_folder
from bridge.base.words import counted
from bridge.base.workers import HERE, Workers
from bridge.check.any_export import read_any_export
from bridge.check.compare_terms import TermsOutcome, compare_terms
from bridge.check.comparison import Difference
from bridge.check.pixels.origin import CHECKPOINT_LAYERS, Origin, read_layers
from bridge.check.reader import MismatchError
from bridge.check.verify import Verification, compare, no_export
from bridge.cli.console import show, show_json
from bridge.cli.find_artifact import find_artifact, find_compared
from bridge.cli.option_fields import options_of
from bridge.cli.options import (
    InputFile,
    WorkersOptions,
    exported_artifact_option,
    output_options,
    refuse_together,
    templates_option,
)
from bridge.report.comments import comment_differences

_SHOWN_DIFFERENCES = 20


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path), default=ROOT_FILE)
@exported_artifact_option
@click.option(
    "--compared-with",
    type=InputFile(),
    default=None,
    help="Of a file of `bridge compare`, the artifact B.  [default: the .safetensors file beside FILE that has the "
    "SHA-256 which FILE records]",
)
@click.option(
    "--checkpoint",
    type=InputFile(),
    default=None,
    help="Of an export from pixels, the model: the encoder's layers are compared with it, bit for bit.  [default: with "
    "the artifact's copy]",
)
@click.option(
    "--encoder",
    type=InputFile(str),
    metavar="FILE:LAYER,…",
    default=None,
    help="In the place of a checkpoint, as for fit; FILE is .safetensors.",
)
@click.option(
    "--data",
    type=InputFile(str, declare_data_set),
    metavar="TEXT",
    default=None,
    help="Of an export from pixels, the data set, named as for train: the images are compared with its own.  [default: "
    "with the artifact's copy]",
)
@click.option(
    "--oleans",
    type=InputFile(),
    metavar="FOLDER",
    default=None,
    help="What Lean has compiled of the export, as `bridge check --oleans` keeps it, or .lake/build/lib/lean of a Lake "
    "project: the numbers of its terms are compared with those of the text.",
)
@templates_option
@options_of(WorkersOptions, "at")
@output_options
def command(
    file: Path,
    artifact: Path | None,
    compared_with: Path | None,
    checkpoint: Path | None,
    encoder: str | None,
    data: str | None,
    oleans: Path | None,
    templates: Path | None,
    at: WorkersOptions,
    as_json: bool,
) -> int:
    """Compare the export FILE with the artifact.

    Reads every literal back and compares it with the artifact, exactly, and computes δ (max_error) anew, and of an
    export from pixels what the encoder gives; no Lean is needed.  The comments are compared with those that this
    version writes, or the --templates that the export was made with.  With --oleans the compiled terms are compared
    with the text.
    """
    if encoder is not None:
        refuse_together("--encoder", {"--checkpoint": checkpoint})
    other = compared_with or find_compared(file)
    stored = load_any(artifact or find_artifact(file))
    origin = _origin(checkpoint, encoder, data, stored.artifact.sample_indices)
    with at.open() as workers:
        verified = verify(file, stored, templates, None if other is None else load_any(other), workers, origin, oleans)
    if as_json:
        show_json(verified.record())
    else:
        print_verification(verified)
    return 0 if verified.ok else 1


def _origin(
    checkpoint: Path | None, encoder: str | None, data: str | None, sample_indices: np.ndarray
) -> Origin | None:
    """The model and the images that are named, None if none is."""
    if (checkpoint, encoder, data) == (None, None, None):
        return None
    origin = Origin()
    if checkpoint is not None:
        origin = replace(origin, layers=read_layers(checkpoint, CHECKPOINT_LAYERS), layers_from=str(checkpoint))
    if encoder is not None:
        origin = replace(origin, layers=read_layers(*split_layers(encoder)), layers_from=encoder)
    if data is not None:
        # Images need PyTorch, and who has named none need not wait for it.
        from bridge.sources.images import load_images
        from bridge.sources.networks import eight_bit

        images = eight_bit(load_images(data, at_least=int(sample_indices.max()) + 1).images, data)
        origin = replace(origin, images=images, images_from=f"the data set {data}")
    return origin


@dataclass(frozen=True)
class Verified:
    """What has been found of an export beside its artifact.

    Attributes:
        outcome: the comparison of what is stated.
        comments: where the comments are others than this version writes, None if what is stated does not agree.
        terms: whether the compiled terms have the numbers of the text, None if there are none to compare.
    """

    outcome: Verification
    comments: tuple[Difference, ...] | None
    terms: TermsOutcome | None = None

    @property
    def ok(self) -> bool:
        """Whether everything agrees, comments and terms included."""
        return self.outcome.ok and self.comments == () and (self.terms is None or self.terms.ok)

    def record(self) -> dict[str, object]:
        """The outcome as one JSON-like record."""
        comments = None if self.comments is None else [difference.record() for difference in self.comments]
        terms = {} if self.terms is None else {"terms": self.terms.record()}
        return {**self.outcome.record(), "matches": self.ok, "comment_differences": comments, **terms}


def verify(
    file: Path,
    stored: StoredArtifact | StoredClassifier,
    templates: Path | None,
    compared_with: StoredArtifact | StoredClassifier | None = None,
    workers: Workers = HERE,
    origin: Origin | None = None,
    oleans: Path | None = None,
) -> Verified:
    """Compare an export with its artifact, or with both, and its comments with those that the templates write.

    Args:
        file: the root file.
        stored: the artifact.
        templates: the folder of templates, None for those of this version.
        compared_with: the other one, if the export compares two.
        workers: who goes through the samples.
        origin: of an export from pixels, the model and the images that it is compared with.
        oleans: the folder of what Lean has compiled of it, whose terms are compared with the text; None for no such
            comparison.

    Raises:
        InputError: a file is missing or unreadable, or the export says nothing of images and there are some.
    """
    try:
        found = read_any_export(file)
    except MismatchError as error:
        return Verified(no_export(error), None)
    terms = None if oleans is None else compare_terms(file, oleans)
    outcome = compare(found, stored, compared_with, workers, origin)
    if not outcome.ok:
        return Verified(outcome, None, terms)
    comments = comment_differences(found, stored, templates or templates_folder(), compared_with, workers)
    return Verified(outcome, comments, terms)


def print_verification(verified: Verified) -> None:
    """Print whether all agrees, and the first of the differences."""
    outcome = verified.outcome
    literals = counted(outcome.compared, "literal")
    if not outcome.ok:
        print(f"verify: {counted(len(outcome.differences), 'difference')} from the artifact, {literals} compared")
        _print_differences(outcome.differences)
        _print_terms(verified.terms)
        return
    print(f"verify: all {literals} are the artifact's")
    if outcome.origin is not None:
        show(f"encoder: compared with {outcome.origin.layers_from}")
        show(f"images: compared with {outcome.origin.images_from}")
    _print_terms(verified.terms)
    if verified.comments:
        print(f"comments: {counted(len(verified.comments), 'difference')} from what this version writes")
        _print_differences(verified.comments)
        print("if it was made with templates of your own, name them with --templates")
        print("if it was made by another version, run `bridge export` again")
    else:
        print("comments: as this version writes them")


def _print_terms(terms: TermsOutcome | None) -> None:
    if terms is None:
        return
    if terms.ok:
        print(f"terms: {counted(terms.compared, 'number')} are those of the text")
    else:
        print(f"terms: {counted(len(terms.differences), 'difference')} from the text")
        _print_differences(terms.differences)
    for what, modules in (
        ("in this order, and nothing is known of others beside them, since it needs Mathlib", terms.only_in_order),
        ("not compiled, so that its terms are not compared; it needs Mathlib", terms.not_compiled),
    ):
        if modules:
            show(f"{what}: {', '.join(modules)}")


def _print_differences(differences: Sequence[Difference]) -> None:
    for difference in differences[:_SHOWN_DIFFERENCES]:
        show(difference)
    if len(differences) > _SHOWN_DIFFERENCES:
        print(f"and {len(differences) - _SHOWN_DIFFERENCES} more; --json lists all")
