"""What generated files say of the artifact of a classifier, beside what its claims say of themselves."""

from bridge.artifact.classifier import ClassifierArtifact
from bridge.export.lean_text import remark

_FITS = {
    "logistic": "by logistic regression",
    "lda": "by linear discriminant analysis",
    "svm": "by a linear support vector machine",
    "ridge-classifier": "by ridge regression on labels of 1 and -1",
    "mean-difference": "by the difference of the means of the classes",
}


def fit(artifact: ClassifierArtifact) -> str:
    """How the classifier was fitted."""
    if artifact.method == "given":
        made = "The classifier was fitted elsewhere and is exported as it is"
    else:
        made = f"Fitted {_FITS[artifact.method]}{' on the training part' * artifact.knows_parts}"
    fold = artifact.fold
    if fold is None:
        return made
    return f"{made}.\nOver all samples, {remark(fold.line)}"


def numbers(artifact: ClassifierArtifact) -> str:
    """What the numbers of the functionals are."""
    number = "the number that was given" if artifact.method == "given" else "the floating-point number of the fit"
    is_rounded = artifact.rounding is not None and artifact.rounding.weight_bits is not None
    return f"{number} after rounding" if is_rounded else number


def measured(artifact: ClassifierArtifact) -> str:
    """The accuracies, which are not proved here for all parts; in the lines of a comment."""
    metrics = artifact.metrics
    if not artifact.knows_parts:
        return (
            f"accuracy = {_share(metrics.all.accuracy)} over these samples.\n"
            "Which of them the classifier was fitted on is not recorded."
        )
    train, held_out, whole = (_share(part.accuracy) for part in (metrics.train, metrics.held_out, metrics.all))
    text = f"accuracy = {train} (training part), {held_out} (held out), {whole} (all)."
    if artifact.control is not None:
        text += (
            f"\nThat of one fitted on permuted labels is {_share(artifact.control.train)} (training part), "
            f"{_share(artifact.control.held_out)} (held out)."
        )
    return text


def _share(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
