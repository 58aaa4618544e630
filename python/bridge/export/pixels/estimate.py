"""How long the embedded Lean takes for what an export has of images and their encoder."""

from collections.abc import Iterator, Sequence

from bridge.export.estimate import DIGIT, FILE, claim_seconds, reading_seconds
from bridge.export.layout import group_ranges
from bridge.export.packing import PackedSamples
from bridge.export.pixels.certificate import PixelCertificate
from bridge.export.pixels.layers import PackedLayer
from bridge.export.pixels.render import layer_shards

# The kernel runs the encoder on an image: seconds for each bit of the columns of a layer.
IMAGE_BIT = 3e-9
# An image more that it looks at, and its scores.
IMAGE = 4e-3


def pixel_stages(certificate: PixelCertificate) -> tuple[Sequence[float], ...]:
    """Seconds for each file, in stages that follow one another.

    First what is packed, then what joins it, then the chunks of images, and last what follows for all of them.

    Args:
        certificate: what is claimed.
    """
    packed = [FILE + DIGIT * digits for digits in packed_digits(certificate)]
    # All images, each layer, the encoder, and the encoder's values if they are in shards.
    joining = [FILE] * (1 + len(certificate.layers) + 1 + (len(group_ranges(certificate.encoded)) > 1))
    image = IMAGE + IMAGE_BIT * sum(map(_bits, certificate.layers))
    chunks = [FILE + image * len(chunk) for chunk in certificate.chunks]
    encoded = certificate.encoded
    concept = reading_seconds(encoded.latent_dim) + claim_seconds(encoded)
    return packed, joining, chunks, [FILE + concept * len(certificate.concepts)]


def packed_digits(certificate: PixelCertificate) -> Iterator[int]:
    """How many hexadecimal digits each file of images, of columns of a layer, and of values of the encoder has."""
    for chunk in certificate.chunks:
        yield 2 * len(chunk) * certificate.images[0].size
    for layer in certificate.layers:
        for groups in layer_shards(layer):
            yield _column_bits(layer) * sum(layer.group_sizes[groups.start : groups.stop]) // 4
    yield from _encoded_digits(certificate.encoded)


def _encoded_digits(samples: PackedSamples) -> Iterator[int]:
    for groups in group_ranges(samples):
        columns = sum(samples.group_sizes[groups.start : groups.stop])
        yield samples.block_rows * samples.digit_bits * columns // 4


def _column_bits(layer: PackedLayer) -> int:
    return layer.field_bits * layer.outputs


def _bits(layer: PackedLayer) -> int:
    return _column_bits(layer) * len(layer.columns)
