"""What an export says of images and their encoder, as a record and as lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from bridge.base.words import counted
from bridge.exact.text import decimal, rational
from bridge.export.pixels.certificate import PixelCertificate
from bridge.export.write import Export


@dataclass(frozen=True, eq=False)
class PixelResult:
    """What an export has of images and their encoder.

    Attributes:
        certificate: what is claimed.
        concepts: the names of all concepts.
        samples: for each listed sample its number in the data set.
    """

    certificate: PixelCertificate
    concepts: tuple[str, ...]
    samples: tuple[int, ...]

    def record(self) -> dict[str, object]:
        """It as a JSON-like record; numbers that are exact are texts."""
        _, height, width = self.certificate.images.shape
        return {
            "images": len(self.certificate.images),
            "height": int(height),
            "width": int(width),
            "sizes": list(self.certificate.sizes),
            "encoder_error": [
                {
                    "error": rational(error.value),
                    "error_decimal": decimal(error.value),
                    "attained_by_sample": self.samples[error.sample],
                }
                for error in self.certificate.errors
            ],
            "proved": self._names(proved=True),
            "listed": self._names(proved=False),
            "concepts": [
                {
                    "concept": name,
                    "score": _standing(concept.score),
                    "pixel_delta": rational(concept.delta),
                    "pixel_delta_decimal": decimal(concept.delta),
                    "attained_by_sample": self.samples[concept.worst_sample],
                }
                for name, concept in zip(self.concepts, self.certificate.concepts, strict=True)
            ],
        }

    def lines(self) -> Iterator[str]:
        """It for people, each line of few characters, unless names are long."""
        error = max(self.certificate.errors, key=lambda error: error.value)
        images = counted(len(self.certificate.images), "image")
        yield (f"from pixels: {images}, largest ε about {decimal(error.value)}, by sample {self.samples[error.sample]}")
        for name, concept in zip(self.concepts, self.certificate.concepts, strict=True):
            yield (
                f"δₓ({name}) is about {decimal(concept.delta)}, by sample {self.samples[concept.worst_sample]}; score "
                f"{_standing(concept.score)}"
            )

    def _names(self, *, proved: bool) -> list[str]:
        return [
            name
            for name, concept in zip(self.concepts, self.certificate.concepts, strict=True)
            if bool(concept.score) == proved
        ]


def pixel_result(export: Export) -> PixelResult | None:
    """What an export has of images and their encoder; None if it was not asked for."""
    certificate, artifact = export.certificate, export.stored.artifact
    if certificate.pixels is None:
        return None
    samples = tuple(map(int, artifact.sample_indices[certificate.rows]))
    return PixelResult(certificate.pixels, artifact.concept_names, samples)


def pixel_record(export: Export) -> dict[str, object]:
    """The part of a JSON-like record of an export that is about images; empty if there is none."""
    result = pixel_result(export)
    return {} if result is None else {"pixels": result.record()}


def pixel_lines(export: Export) -> list[str]:
    """The same in lines."""
    result = pixel_result(export)
    return [] if result is None else list(result.lines())


def _standing(score: str) -> str:
    return "proved" if score else "listed"
