"""Renders the certificate of a classifier to Lean files through the Jinja templates, as `bridge.export.render` does."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge.artifact.file import StoredClassifier
from bridge.base.progress import Progress, untold
from bridge.export import lean_text
from bridge.export.classification import sentences
from bridge.export.classification.certificate import ClassFunctional, ClassifierCertificate
from bridge.export.estimate import MOST_FRACTIONS
from bridge.export.layout import block_ranges
from bridge.export.pages import SamplePages, render_samples, rows_of, sample_pages
from bridge.export.templating import template_environment, template_errors

_NEEDED = (
    "the export of a classifier needs Samples.lean.jinja, Shard.lean.jinja, _banner.jinja, _functional.jinja and the "
    "folder classifier"
)


@dataclass(frozen=True)
class ClassPage:
    """What is shown of one class.

    Attributes:
        number: of the class.
        title: its name, ready for a Lean comment.
        is_constant: whether its value is the threshold of a binary probe.
        in_fractions: whether each weight is to be written as a fraction too, rather than among the integers alone.
        functional: its numbers.
    """

    number: int
    title: str
    is_constant: bool
    in_fractions: bool
    functional: ClassFunctional


@dataclass(frozen=True)
class DecidedRange:
    """What is shown of a range of blocks.

    Attributes:
        number: which one of the ranges it is, counted from 1.
        blocks: the blocks, counted from 0.
        rows: the listed samples in them.
        matrix: the confusion matrix over these samples.
        gaps: how many gaps of them are at least so large.
    """

    number: int
    blocks: range
    rows: range
    matrix: tuple[tuple[int, ...], ...]
    gaps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class ClassifierPages(SamplePages):
    """What all templates of a classifier share.

    Attributes:
        module: the module of the classifier, in the namespace.
        identifier: what the labels are called, as a name in Lean.
        title: the same, ready for a Lean comment.
        class_names: of all classes, as they are.
        fit: how it was fitted.
        numbers: what the numbers of the functionals are.
        measured: the measures that are not proved.
        is_binary: whether there is one functional, and a threshold.
        proved: what is claimed.
        ranges: the ranges that the blocks are divided among, none if Lean goes through all in one declaration.
    """

    module: str
    identifier: str
    title: str
    class_names: tuple[str, ...]
    fit: str
    numbers: str
    measured: str
    is_binary: bool
    classes: tuple[ClassPage, ...]
    proved: ClassifierCertificate
    ranges: tuple[DecidedRange, ...]

    @property
    def all_integers(self) -> str:
        """The list of the integers of all classes."""
        return f"[{', '.join(f'integers{page.number}' for page in self.classes)}]"

    @property
    def all_functionals(self) -> str:
        """The list of the functionals of all classes."""
        return f"[{', '.join(f'functional{page.number}' for page in self.classes)}]"

    @property
    def all_faithful(self) -> str:
        """That the integers of each class are those of its functional."""
        *others, last = (f".cons faithful{page.number} " for page in self.classes)
        return f"{'('.join([*others, last])}.nil{')' * len(others)}"


def render_classifier(
    stored: StoredClassifier,
    certificate: ClassifierCertificate,
    *,
    namespace: str,
    templates: Path,
    progress: Progress = untold,
) -> Mapping[str, str]:
    """Render the Lean files of a certificate.

    Args:
        stored: the artifact that the certificate was built from, with its file's SHA-256.
        certificate: the claims and the packed samples.
        namespace: the Lean namespace and name of the root module, such as `Generated`.
        templates: folder of the templates.
        progress: told of the shards.

    Returns:
        As `bridge.export.render.render`.

    Raises:
        InputError: what the labels are called cannot be written in Lean, or a template is missing or wrong.
    """
    pages = _pages(stored, certificate, namespace)
    environment = template_environment(templates)
    with template_errors(templates, _NEEDED):
        root, classifier = (
            environment.get_template(f"classifier/{name}.lean.jinja") for name in ("Generated", "Classifier")
        )
        return {
            f"{namespace}.lean": root.render(export=pages),
            **render_samples(environment, pages, progress),
            f"{namespace}/{pages.module}.lean": classifier.render(export=pages),
        }


def _pages(stored: StoredClassifier, certificate: ClassifierCertificate, namespace: str) -> ClassifierPages:
    artifact = stored.artifact
    in_fractions = artifact.latents.shape[1] <= MOST_FRACTIONS
    (module,) = lean_text.module_names([artifact.label_name])
    return ClassifierPages(
        **sample_pages(stored, certificate, namespace, label=artifact.label_name),
        module=module,
        identifier=lean_text.identifier(artifact.label_name),
        title=f"`{lean_text.remark(artifact.label_name)}`",
        class_names=artifact.class_names,
        fit=sentences.fit(artifact),
        numbers=sentences.numbers(artifact),
        measured=sentences.measured(artifact),
        is_binary=artifact.is_binary,
        classes=tuple(
            ClassPage(
                number=number,
                title=f"`{lean_text.remark(name)}`",
                is_constant=artifact.is_binary and number == 0,
                in_fractions=in_fractions,
                functional=functional,
            )
            for number, (name, functional) in enumerate(zip(artifact.class_names, certificate.classes, strict=True))
        ),
        proved=certificate,
        ranges=_ranges(certificate),
    )


def _ranges(certificate: ClassifierCertificate) -> tuple[DecidedRange, ...]:
    ranges = block_ranges(certificate.samples, len(certificate.classes))
    if len(ranges) == 1:
        return ()
    pages = []
    for number, blocks in enumerate(ranges, start=1):
        rows = rows_of(certificate.samples, blocks)
        matrix, gaps = certificate.confusion.counts(rows), certificate.margin.counts(rows)
        pages.append(DecidedRange(number, blocks, rows, matrix, gaps))
    return tuple(pages)
