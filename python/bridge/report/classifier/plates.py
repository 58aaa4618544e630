"""The figures of a classifier, each with its words, and why one is left out."""

from bridge.base.words import counted
from bridge.exact.text import decimal
from bridge.report.classifier import figures
from bridge.report.classifier.listed import ListedDecisions
from bridge.report.figures import Panel, drawable, panels
from bridge.report.page import MissingPlate, Plate
from bridge.report.pictures import NoPictures, Pictures

PLATES = ("confusion", "roc", "margins", "worst")

MOST_CLASSES = 40
"""So many classes have a row in the heat map, and a histogram or a curve of their own."""

_WORST = 6
_WORST_COLUMNS = 3


def plates_of(listed: ListedDecisions, pictures: Pictures | NoPictures) -> tuple[Plate | MissingPlate, ...]:
    """The figures, in the order of `PLATES`.

    Raises:
        InputError: a number is too large to be drawn.
    """
    return _confusion(listed), _rocs(listed), _margins(listed), _worst(listed, pictures)


def shown_classes(listed: ListedDecisions) -> list[int]:
    """The classes that figures show, in their order: the `MOST_CLASSES` with the most listed samples."""
    counts = listed.confusion
    by_size = sorted(range(counts.class_count), key=lambda number: -counts.labelled(number))
    return sorted(by_size[:MOST_CLASSES])


def _confusion(listed: ListedDecisions) -> Plate | MissingPlate:
    kind, title, counts = "confusion", "Confusion matrix", listed.confusion
    if counts.class_count > MOST_CLASSES:
        reason = f"The heat map is left out, since there are {counts.class_count} classes; it has up to {MOST_CLASSES}."
        return MissingPlate(kind, title, reason)
    return Plate(
        kind=kind,
        title=title,
        alt=f"Heat map of the counts of labels and decisions of {counted(counts.total, 'listed sample')}; "
        f"{counts.correct} of them are on the diagonal, where both are the same.",
        caption="A row for each label and a column for each decision: right decisions are blue and wrong ones orange, "
        "the darker, the larger their share of the row.",
        draw=lambda: figures.confusion_map(counts.counts, listed.artifact.class_names),
    )


def _rocs(listed: ListedDecisions) -> Plate | MissingPlate:
    kind, artifact = "roc", listed.artifact
    title = "ROC curve" if artifact.class_count == 2 else "ROC curves"
    shown = set(shown_classes(listed))
    rocs = [roc for roc in listed.rocs if roc.number in shown]
    if not rocs:
        return MissingPlate(kind, title, "There is no ROC curve, since all listed samples are of one class.")
    whose = f"the class {artifact.class_names[1]}" if artifact.class_count == 2 else "each class, against the rest"
    areas = "; ".join(f"{artifact.class_names[roc.number]}, about {decimal(roc.area)}" for roc in rocs)
    return Plate(
        kind=kind,
        title=title,
        alt=f"{title} of {counted(len(listed.rows), 'listed sample')}.  The area under it, by class: {areas}.",
        caption=f"Of {whose}: which share of its samples, and of the others, has a value of at least a threshold, for "
        f"all thresholds.  The area under it is roc_auc, and one half on the diagonal.{_left_out(listed)}",
        draw=lambda: figures.roc_curves(rocs, artifact.class_names),
    )


def _margins(listed: ListedDecisions) -> Plate:
    counts = listed.confusion
    drawn = drawable(listed.margins, of="the classifier", remedy="rescale the latents")
    classes = [
        figures.ClassMargins(
            number,
            drawn[listed.is_right & (listed.labels == number)],
            drawn[~listed.is_right & (listed.labels == number)],
        )
        for number in shown_classes(listed)
        if counts.labelled(number)
    ]
    what = "the value of the label exceeds the largest of the other classes"
    if listed.artifact.is_binary:
        what = "the value is above the threshold, or below it for a sample of class 0"
    return Plate(
        kind="margins",
        title="Margins",
        alt=f"Histograms of the margins of the listed samples of each class, {counts.correct} of right decisions at 0 "
        f"or above and {counts.total - counts.correct} of wrong ones at 0 or below.",
        caption=f"By how much {what}, for the samples of each label: right decisions are blue, to the right of 0, and "
        f"wrong ones orange and hatched, to the left.{_left_out(listed)}",
        draw=lambda: figures.margin_histograms(classes, listed.artifact.class_names),
    )


def _worst(listed: ListedDecisions, pictures: Pictures | NoPictures) -> Plate | MissingPlate:
    kind, title, worst = "worst", "Worst misclassified", listed.misclassified[:_WORST]
    if not worst:
        return MissingPlate(kind, title, "There is nothing to show, since every listed sample is decided rightly.")
    if isinstance(pictures, NoPictures):
        return MissingPlate(kind, title, f"The images of the samples are left out, since {pictures.reason}.")
    names = figures.drawn_names(listed.artifact.class_names, points=9, inches=0.8)
    images, predicted = pictures.images, listed.decisions.predicted

    def panel(sample: int) -> Panel:
        decided = f"label {names[listed.labels[sample]]}\ndecision {names[predicted[sample]]}"
        return Panel(images[listed.rows[sample]], f"sample {listed.position(sample)}\n{decided}")

    positions = ", ".join(str(listed.position(sample)) for sample in worst)
    return Plate(
        kind=kind,
        title=title,
        alt=f"Images of the {counted(len(worst), 'sample')} with the largest wrong margin: {positions}.",
        caption="The images of the samples that are wrong by most, the worst first; numbers of samples are positions "
        "in the data set.",
        draw=lambda: panels([*map(panel, worst)], _WORST_COLUMNS),
    )


def _left_out(listed: ListedDecisions) -> str:
    if listed.confusion.class_count <= MOST_CLASSES:
        return ""
    return f"  The {MOST_CLASSES} classes with the most listed samples are shown."
