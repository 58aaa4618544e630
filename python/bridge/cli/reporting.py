"""The report of an export, gathered and written."""

from pathlib import Path
from typing import Literal

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.file import StoredArtifact, StoredClassifier
from bridge.artifact.record import ProbeArtifact
from bridge.base.errors import InputError
from bridge.base.files import NewFile, make_folder, replace_together, require_folder_place, write_atomically
from bridge.base.guard import require_replaceable
from bridge.base.own_files import FIGURE, PAGE
from bridge.base.places import CHECKPOINT, prepare_outputs
from bridge.check.verdict import CheckResult
from bridge.cli.console import in_options, say
from bridge.report.classifier.gathering import build_classifier_report
from bridge.report.classifier.page import ClassifierReport, classifier_figure_files, classifier_html
from bridge.report.classifier.plates import PLATES as CLASSIFIER_PLATES
from bridge.report.gathering import build_report
from bridge.report.page import Report, figure_files, figure_names, report_html
from bridge.report.pictures import NoPictures, Pictures

_FOR_FIGURES = "the figures go there"


def require_figures_place(out: Path, stored: StoredArtifact | StoredClassifier, kind: Literal["svg", "png"]) -> None:
    """Refuse, before anything is drawn, a folder where figures would be in the place of something else."""
    require_folder_place(out, _FOR_FIGURES)
    if isinstance(stored, StoredArtifact):
        names = figure_names(stored.artifact.concept_names, kind)
    else:
        names = figure_names([stored.artifact.label_name], kind, CLASSIFIER_PLATES)
    require_replaceable({out / name: FIGURE for name in names})


def gather_report(
    file: Path,
    stored: StoredArtifact | StoredClassifier,
    artifact: Path,
    checkpoint: Path | None,
    result: CheckResult | None,
    result_name: str | None = None,
    title: str | None = None,
    templates: Path | None = None,
    data: str | None = None,
) -> Report | ClassifierReport:
    """Gather what the page about an export shows."""
    pictures = _pictures(checkpoint, artifact, stored.artifact, data)
    if isinstance(pictures, NoPictures) and pictures.detail:
        say(f"report: no images: {in_options(pictures.detail)}")
    if isinstance(stored, StoredArtifact):
        return build_report(
            file,
            stored,
            check_result=result,
            check_result_name=result_name,
            pictures=pictures,
            title=title,
            templates=templates,
        )
    return build_classifier_report(
        file,
        stored,
        check_result=result,
        check_result_name=result_name,
        pictures=pictures,
        title=title,
        templates=templates,
    )


def _pictures(
    checkpoint: Path | None, artifact: Path, content: ProbeArtifact | ClassifierArtifact, data: str | None
) -> Pictures | NoPictures:
    """Those of the checkpoint; of the one beside the artifact, if none is named and it is the artifact's."""
    beside = artifact.parent / CHECKPOINT.name
    if checkpoint is None and not beside.is_file():
        return NoPictures("no checkpoint was given")
    from bridge.report.model_pictures import load_pictures  # here, since it loads PyTorch

    if checkpoint is not None:
        return load_pictures(checkpoint, content, data)
    try:
        return load_pictures(beside, content, data)
    except InputError as error:
        return NoPictures("no checkpoint was given, and the one beside the artifact gives other latents", str(error))


def write_page(report: Report | ClassifierReport, out: Path) -> list[Path]:
    """Write the page; return the file."""
    prepare_outputs({out: PAGE})
    page = report_html(report) if isinstance(report, Report) else classifier_html(report)
    write_atomically(out, NewFile(PAGE, page))
    return [out]


def write_figures(report: Report | ClassifierReport, out: Path, kind: Literal["svg", "png"]) -> list[Path]:
    """Write the figures of the page in the place of earlier ones; return the files."""
    drawn = figure_files(report, kind) if isinstance(report, Report) else classifier_figure_files(report, kind)
    files = {out / name: NewFile(FIGURE, content) for name, content in drawn.items()}
    make_folder(out, _FOR_FIGURES)
    replace_together(files, remove={out / f"*.{kind}": FIGURE}, turn=out)
    return list(files)
