"""Compares the comments of an export with those that this version writes for its artifact.

Lean and `bridge verify` pass over comments, and people read them.  They are a function of the artifact, the options and
the templates, so the export is rendered afresh and what it says is compared, word for word, a file at a time.  The
packed digits, which no comment has, are not made for it.  This is no part of the verification of the numbers, with
which it shares nothing: it has the numbers from the code that writes them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest
from pathlib import Path, PurePosixPath
from typing import overload

import numpy as np

from bridge.artifact.file import StoredArtifact
from bridge.artifact.pair import paired
from bridge.base.workers import HERE, Workers
from bridge.check.classification.readback import ReadClassifierExport
from bridge.check.comparison import Difference
from bridge.check.pairs.readback import ReadPairExport
from bridge.check.readback import ReadExport, comments_in
from bridge.check.reader import Comment, MismatchError, Place
from bridge.export.asked import Asked
from bridge.export.certificate import build_certificate
from bridge.export.classification.asked import ClassifierAsked
from bridge.export.classification.certificate import classifier_certificate
from bridge.export.classification.render import render_classifier_in_order
from bridge.export.packing import PackedColumn, PackedSamples
from bridge.export.pages import Texts
from bridge.export.pairs.certificate import pair_certificate
from bridge.export.pairs.render import AnyStored, render_pair_in_order
from bridge.export.pixels.certificate import PixelCertificate
from bridge.export.render import render_in_order

_LONGEST_SHOWN = 60


def comment_differences(
    export: ReadExport | ReadClassifierExport | ReadPairExport,
    stored: AnyStored,
    templates: Path,
    compared_with: AnyStored | None = None,
    workers: Workers = HERE,
) -> tuple[Difference, ...]:
    """Where an export says something else than this version does; one difference for each place of comments.

    Args:
        export: an export that has been read back and agrees with the artifact.
        stored: the artifact.
        templates: the folder of the templates that it was made with.
        compared_with: the artifact that it compares the other one with, if it does.
        workers: who goes through the samples.

    Raises:
        InputError: a template is missing or wrong.
    """
    options = f"--over {export.coverage[0].value}{export.options[0].value}"
    differences = []
    for name, text in _rendered(stored, compared_with, options, export.root.stem, templates, workers):
        file = export.root.parent / name
        module = ".".join(PurePosixPath(name).with_suffix("").parts)
        if module not in export.comments:
            differences.append(Difference(Place(file, 1, 1), "the files", "no such part", "one"))
            continue
        try:
            required = comments_in(file, text)
        except MismatchError as error:
            differences.append(Difference(error.place, "the text of the templates", error.found, error.required))
        else:
            differences += _differences(Place(file, 1, 1), export.comments[module], required)
    return tuple(differences)


@dataclass(frozen=True)
class _NoDigits(Sequence[PackedColumn]):
    """So many columns that take as many words as any others, and no digits."""

    size: int

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, place: int) -> PackedColumn: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[PackedColumn, ...]: ...

    def __getitem__(self, place: int | slice) -> PackedColumn | tuple[PackedColumn, ...]:
        column: PackedColumn = (0, 0, 0, 0)
        return (column,) * len(range(self.size)[place]) if isinstance(place, slice) else column


def _without_digits(samples: PackedSamples) -> PackedSamples:
    return replace(samples, columns=_NoDigits(len(samples.columns)))


def _pixels_without_digits(pixels: PixelCertificate) -> PixelCertificate:
    return replace(
        pixels,
        images=np.zeros_like(pixels.images),
        layers=tuple(replace(layer, columns=_NoDigits(len(layer.columns))[:]) for layer in pixels.layers),
        encoded=_without_digits(pixels.encoded),
    )


def _rendered(
    stored: AnyStored,
    compared_with: AnyStored | None,
    options: str,
    namespace: str,
    templates: Path,
    workers: Workers,
) -> Iterator[tuple[str, str]]:
    """The files of an export that is asked for with these options, without digits: their paths and texts."""
    texts = _texts(stored, compared_with, options, namespace, templates, workers)
    return zip(texts.paths, texts.in_order, strict=True)


def _texts(
    stored: AnyStored,
    compared_with: AnyStored | None,
    options: str,
    namespace: str,
    templates: Path,
    workers: Workers,
) -> Texts:
    if compared_with is not None:
        pair = paired(stored.artifact, compared_with.artifact)
        compared = pair_certificate(pair, Asked.parse(options).coverage)
        compared = replace(compared, samples=_without_digits(compared.samples))
        return render_pair_in_order(stored, compared_with, compared, namespace=namespace, templates=templates)
    if isinstance(stored, StoredArtifact):
        probes = build_certificate(stored.artifact, Asked.parse(options), workers=workers)
        pixels = None if probes.pixels is None else _pixels_without_digits(probes.pixels)
        probes = replace(probes, samples=_without_digits(probes.samples), pixels=pixels)
        return render_in_order(stored, probes, namespace=namespace, templates=templates)
    classifier = classifier_certificate(stored.artifact, ClassifierAsked.parse(options), workers=workers)
    classifier = replace(classifier, samples=_without_digits(classifier.samples))
    return render_classifier_in_order(stored, classifier, namespace=namespace, templates=templates)


def _differences(start: Place, found: Iterable[Comment], required: Iterable[Comment]) -> Iterable[Difference]:
    found_there, required_there = _by_position(found), _by_position(required)
    for position in sorted(found_there.keys() | required_there.keys()):
        here, wanted = found_there.get(position, []), required_there.get(position, [])
        for comment, other in zip_longest(here, wanted):
            if comment is None or other is None or comment.text != other.text:
                place = comment.place if comment else here[-1].place if here else start
                yield _difference(place, comment.text if comment else "", other.text if other else "")
                break


def _by_position(comments: Iterable[Comment]) -> Mapping[int, list[Comment]]:
    """The comments by what comes before them: where nothing else differs, that is their place among the words."""
    return {words: list(group) for words, group in groupby(comments, key=lambda comment: comment.words_before)}


def _difference(place: Place, found: str, required: str) -> Difference:
    """A difference, at the first character that is another."""
    pairs = enumerate(zip(found, required, strict=False))
    same = next((index for index, (char, other) in pairs if char != other), min(len(found), len(required)))
    before = found[:same]
    if "\n" in before:
        place = Place(place.file, place.line + before.count("\n"), same - before.rindex("\n"))
    else:
        place = Place(place.file, place.line, place.column + same)
    return Difference(place, "the comment", _shown(found[same:]), _shown(required[same:]))


def _shown(text: str) -> str:
    """What comes of a comment, on one line."""
    line = " ".join(text[: 4 * _LONGEST_SHOWN].split())
    if not line:
        return "nothing"
    return f"`{line}`" if len(line) <= _LONGEST_SHOWN else f"`{line[:_LONGEST_SHOWN]}…`"
