"""Renders the certificate of a pair to Lean files through the Jinja templates, as `bridge.export.render` does."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bridge.artifact.classifier import ClassifierArtifact
from bridge.artifact.file import StoredArtifact, StoredClassifier
from bridge.artifact.record import ProbeArtifact
from bridge.base.progress import Progress, untold
from bridge.base.workers import HERE, Workers
from bridge.export import lean_text, sentences
from bridge.export.classification import sentences as class_sentences
from bridge.export.classification.certificate import ClassFunctional
from bridge.export.estimate import MOST_FRACTIONS
from bridge.export.layout import block_ranges, rows_of
from bridge.export.packing import PackedSamples
from bridge.export.pages import SamplePages, Texts, export_texts, sample_pages
from bridge.export.pairs.certificate import DecisionsClaim, DifferenceClaim, PairCertificate
from bridge.export.templating import template_environment, template_errors

_NEEDED = (
    "a comparison needs Samples.lean.jinja, Shard.lean.jinja, _banner.jinja, _samples.jinja, _functional.jinja and the "
    "folder pairs"
)

AnyStored = StoredArtifact | StoredClassifier


@dataclass(frozen=True)
class FunctionalPage:
    """What is shown of a functional of one of the two.

    Attributes:
        name: what its definitions have at the end of their names: the artifact, and the number of a class.
        of: which one it is, `A` or `B`.
        title: the name of its concept or class, ready for a Lean comment.
        numbers: what its numbers are.
        is_constant: whether its value is the threshold of a binary probe.
        in_fractions: whether each weight is to be written as a fraction too, rather than among the integers alone.
        functional: its numbers.
    """

    name: str
    of: str
    title: str
    numbers: str
    is_constant: bool
    in_fractions: bool
    functional: ClassFunctional


@dataclass(frozen=True)
class PairRange:
    """What is shown of a range of blocks: its number, counted from 1, the blocks, and the listed samples in them."""

    number: int
    blocks: range
    rows: range


@dataclass(frozen=True)
class DifferencePage:
    """What is shown of the functionals of one concept or class.

    Attributes:
        number: that of the class, empty for a concept.
        title: its name, ready for a Lean comment.
        identifier: the name of a concept in Lean, empty for a class.
        a: the functional of A.
        b: that of B.
        claim: how far they are from each other, None if nothing is claimed of that.
    """

    number: str
    title: str
    identifier: str
    a: FunctionalPage
    b: FunctionalPage
    claim: DifferenceClaim | None


@dataclass(frozen=True, kw_only=True)
class PairPages(SamplePages):
    """What all templates of a pair share.

    Attributes:
        title: what the labels of classifiers are called, or nothing; ready for a Lean comment.
        identifier: the same as a name in Lean.
        class_names: of all classes, none for probes.
        differences: those of all concepts or classes.
        decisions: of classifiers, None for probes.
        ranges: the ranges that the blocks are divided among, none if Lean goes through all in one declaration.
        class_ranges: the same where Lean goes through all classes in one.
    """

    title: str
    identifier: str
    class_names: tuple[str, ...]
    differences: tuple[DifferencePage, ...]
    decisions: DecisionsClaim | None
    ranges: tuple[PairRange, ...]
    class_ranges: tuple[PairRange, ...]

    def all_of(self, what: str, of: str) -> str:
        """A list of what there is of all classes, `integers` or `functional`, in one of the two."""
        return f"[{', '.join(f'{what}{of}{page.number}' for page in self.differences)}]"

    def all_faithful(self, of: str) -> str:
        """That the integers of each class are those of its functional."""
        *others, last = (f".cons faithful{of}{page.number} " for page in self.differences)
        return f"{'('.join([*others, last])}.nil{')' * len(others)}"


def render_pair(
    a: AnyStored,
    b: AnyStored,
    certificate: PairCertificate,
    *,
    namespace: str,
    templates: Path,
    progress: Progress = untold,
) -> Mapping[str, str]:
    """The Lean files of a comparison, all of them at once; otherwise as `render_pair_in_order`."""
    return render_pair_in_order(a, b, certificate, namespace=namespace, templates=templates, progress=progress).whole()


def render_pair_in_order(
    a: AnyStored,
    b: AnyStored,
    certificate: PairCertificate,
    *,
    namespace: str,
    templates: Path,
    progress: Progress = untold,
    workers: Workers = HERE,
) -> Texts:
    """Render the Lean files of a comparison.

    Args:
        a: the artifact that is compared, with its file's SHA-256.
        b: the one that it is compared with.
        certificate: the claims and the packed samples.
        namespace: the Lean namespace and name of the root module, such as `Comparison`.
        templates: folder of the templates.
        progress: told of the shards.
        workers: who packs columns.

    Raises:
        InputError: a name cannot be written in Lean, or a template is missing or wrong.
    """
    pages = _pages(a, b, certificate, namespace)
    environment = template_environment(templates)
    with template_errors(templates, _NEEDED):
        root = environment.get_template("pairs/Comparison.lean.jinja")
        errors = partial(template_errors, templates, _NEEDED)
        return export_texts(environment, pages, root.render(export=pages), {}, errors, progress, workers)


def _pages(a: AnyStored, b: AnyStored, certificate: PairCertificate, namespace: str) -> PairPages:
    first, second = a.artifact, b.artifact
    is_classifier = isinstance(first, ClassifierArtifact)
    names = first.class_names if isinstance(first, ClassifierArtifact) else first.concept_names
    label = first.label_name if isinstance(first, ClassifierArtifact) else ""
    differences = []
    for number, (name, pair) in enumerate(zip(names, certificate.functionals, strict=True)):
        ending, title = str(number) if is_classifier else "", f"`{lean_text.remark(name)}`"
        ours, theirs = (
            _functional_page(artifact, of, number, ending, title, functional)
            for of, artifact, functional in (("A", first, pair.a), ("B", second, pair.b))
        )
        identifier = "" if is_classifier else lean_text.identifier(name)
        differences.append(DifferencePage(ending, title, identifier, ours, theirs, pair.difference))
    shared = sample_pages(a, certificate, namespace, label=label)
    return PairPages(
        **shared
        | {
            "command": f"python -m bridge compare {certificate.asked.options()} --out {namespace}.lean",
            "compared_sha256": b.sha256,
        },
        title=f"`{lean_text.remark(label)}`" if label else "",
        identifier=lean_text.identifier(label) if label else "",
        class_names=names if is_classifier else (),
        differences=tuple(differences),
        decisions=certificate.decisions,
        ranges=_ranges(certificate.samples, 1),
        class_ranges=_ranges(certificate.samples, len(names)),
    )


def _functional_page(
    artifact: ProbeArtifact | ClassifierArtifact,
    of: str,
    number: int,
    ending: str,
    title: str,
    functional: ClassFunctional,
) -> FunctionalPage:
    if isinstance(artifact, ClassifierArtifact):
        numbers, is_constant = class_sentences.numbers(artifact), artifact.is_binary and number == 0
    else:
        numbers, is_constant = sentences.numbers(artifact), False
    in_fractions = len(functional.weights) <= MOST_FRACTIONS
    return FunctionalPage(f"{of}{ending}", of, title, numbers, is_constant, in_fractions, functional)


def _ranges(samples: PackedSamples, functionals: int) -> tuple[PairRange, ...]:
    ranges = block_ranges(samples, functionals)
    if len(ranges) == 1:
        return ()
    return tuple(PairRange(number, blocks, rows_of(samples, blocks)) for number, blocks in enumerate(ranges, start=1))
