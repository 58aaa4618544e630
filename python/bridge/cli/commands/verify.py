"""`bridge verify`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bridge.artifact.file import StoredArtifact, StoredClassifier, load_any
from bridge.base.places import ROOT_FILE
from bridge.base.resources import templates_folder
from bridge.base.words import counted
from bridge.base.workers import HERE, Workers
from bridge.check.any_export import read_any_export
from bridge.check.comparison import Difference
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
@templates_option
@options_of(WorkersOptions, "at")
@output_options
def command(
    file: Path,
    artifact: Path | None,
    compared_with: Path | None,
    templates: Path | None,
    at: WorkersOptions,
    as_json: bool,
) -> int:
    """Compare the export FILE with the artifact.

    Reads every literal back and compares it with the artifact, exactly, and computes δ (max_error) anew; no Lean is
    needed.  The comments are compared with those that this version writes, or the --templates that the export was made
    with.
    """
    other = compared_with or find_compared(file)
    stored = load_any(artifact or find_artifact(file))
    with at.open() as workers:
        verified = verify(file, stored, templates, None if other is None else load_any(other), workers)
    if as_json:
        show_json(verified.record())
    else:
        print_verification(verified)
    return 0 if verified.ok else 1


@dataclass(frozen=True)
class Verified:
    """What has been found of an export beside its artifact.

    Attributes:
        outcome: the comparison of what is stated.
        comments: where the comments are others than this version writes, None if what is stated does not agree.
    """

    outcome: Verification
    comments: tuple[Difference, ...] | None

    @property
    def ok(self) -> bool:
        """Whether everything agrees, comments included."""
        return self.outcome.ok and self.comments == ()

    def record(self) -> dict[str, object]:
        """The outcome as one JSON-like record."""
        comments = None if self.comments is None else [difference.record() for difference in self.comments]
        return {**self.outcome.record(), "matches": self.ok, "comment_differences": comments}


def verify(
    file: Path,
    stored: StoredArtifact | StoredClassifier,
    templates: Path | None,
    compared_with: StoredArtifact | StoredClassifier | None = None,
    workers: Workers = HERE,
) -> Verified:
    """Compare an export with its artifact, or with both, and its comments with those that the templates write."""
    try:
        found = read_any_export(file)
    except MismatchError as error:
        return Verified(no_export(error), None)
    outcome = compare(found, stored, compared_with, workers)
    if not outcome.ok:
        return Verified(outcome, None)
    comments = comment_differences(found, stored, templates or templates_folder(), compared_with, workers)
    return Verified(outcome, comments)


def print_verification(verified: Verified) -> None:
    """Print whether all agrees, and the first of the differences."""
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
