"""Renders the certificate of a classifier to Lean files through the Jinja templates, as `bridge.export.render` does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bridge.artifact.file import StoredClassifier
from bridge.base.progress import Progress, untold
from bridge.base.workers import HERE, Workers
from bridge.export import lean_text
from bridge.export.classification import sentences
from bridge.export.classification.certificate import ClassFunctional, ClassifierCertificate
from bridge.export.classification.claims.ranking import RankingClaim
from bridge.export.estimate import MOST_FRACTIONS
from bridge.export.layout import rows_of
from bridge.export.pages import SamplePages, ShardPage, Texts, export_texts, sample_pages, shards_of
from bridge.export.templating import template_environment, template_errors

_NEEDED = (
    "the export of a classifier needs Samples.lean.jinja, Shard.lean.jinja, _banner.jinja, _samples.jinja, "
    "_functional.jinja and the folder classifier"
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
        shards: the numbers of the shards that hold them.
        matrix: the confusion matrix over these samples.
        gaps: how many gaps of them are at least so large.
    """

    number: int
    blocks: range
    rows: range
    shards: tuple[int, ...]
    matrix: tuple[tuple[int, ...], ...]
    gaps: tuple[tuple[int, int], ...]

    @property
    def all_shards(self) -> str:
        """The list of the shards."""
        return f"[{', '.join(f'shard{number}' for number in self.shards)}]"


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
    def needs_digits(self) -> bool:
        """Whether something is proved of all samples at once, for which their digits must be seen."""
        return any(isinstance(claim, RankingClaim) for claim in self.proved.others)

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
    """The Lean files of a certificate, all of them at once; otherwise as `render_classifier_in_order`."""
    return render_classifier_in_order(
        stored, certificate, namespace=namespace, templates=templates, progress=progress
    ).whole()


def render_classifier_in_order(
    stored: StoredClassifier,
    certificate: ClassifierCertificate,
    *,
    namespace: str,
    templates: Path,
    progress: Progress = untold,
    workers: Workers = HERE,
) -> Texts:
    """Render the Lean files of a certificate.

    Args:
        stored: the artifact that the certificate was built from, with its file's SHA-256.
        certificate: the claims and the packed samples.
        namespace: the Lean namespace and name of the root module, such as `Generated`.
        templates: folder of the templates.
        progress: told of the shards.
        workers: who packs columns.

    Raises:
        InputError: what the labels are called cannot be written in Lean, or a template is missing or wrong.
    """
    pages = _pages(stored, certificate, namespace)
    environment = template_environment(templates)
    with template_errors(templates, _NEEDED):
        root, classifier, integers, of_range = (
            environment.get_template(f"classifier/{name}.lean.jinja")
            for name in ("Generated", "Classifier", "Integers", "Range")
        )
        others = {}
        if pages.ranges:
            folder = f"{namespace}/Checks/{pages.module}"
            others[f"{folder}/Integers.lean"] = integers.render(export=pages)
            for page in pages.ranges:
                others[f"{folder}/Range{page.number}.lean"] = of_range.render(export=pages, range=page)
        others[f"{namespace}/{pages.module}.lean"] = classifier.render(export=pages)
        errors = partial(template_errors, templates, _NEEDED)
        return export_texts(environment, pages, root.render(export=pages), others, errors, progress, workers)


def _pages(stored: StoredClassifier, certificate: ClassifierCertificate, namespace: str) -> ClassifierPages:
    artifact = stored.artifact
    in_fractions = artifact.latents.shape[1] <= MOST_FRACTIONS
    (module,) = lean_text.module_names([artifact.label_name])
    shared = sample_pages(stored, certificate, namespace, label=artifact.label_name)
    return ClassifierPages(
        **shared,
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
        ranges=_ranges(certificate, shared["shards"]),
    )


def _ranges(certificate: ClassifierCertificate, shards: Sequence[ShardPage]) -> tuple[DecidedRange, ...]:
    samples, confusion, margin = certificate.samples, certificate.confusion, certificate.margin
    if len(certificate.ranges) == 1:
        return ()
    return tuple(
        DecidedRange(
            number,
            blocks,
            rows_of(samples, blocks),
            shards_of(shards, samples, blocks),
            confusion.ranges[number - 1],
            margin.counts_of(number - 1),
        )
        for number, blocks in enumerate(certificate.ranges, start=1)
    )
