"""At which sizes things are measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FitShape:
    """N, d and k of a data set."""

    samples: int
    dim: int
    concepts: int


@dataclass(frozen=True)
class PixelShape:
    """Images, and the hidden units of the encoder that they go through.

    Attributes:
        images: how many.
        hidden: the numbers of hidden units of its layers.
        epochs: passes over the images in training; None for an encoder that is not trained.
    """

    images: int
    hidden: tuple[int, ...]
    epochs: int | None = None


@dataclass(frozen=True)
class Sizes:
    """All sizes of a run; the first two numbers of a shape are samples and latent dimensions, the third concepts.

    Attributes:
        loop: where the packed checker is compared with the loop over elements.
        terms: terms of the dot product that is compared with the packed product.
        rows_of_terms: samples of so many dimensions that are checked together.
        along_samples: shapes of growing N.
        linear_from: the N from which on growth is to be linear.
        along_dim: shapes of growing d.
        residuals: where exact residuals are compared with a loop over fractions.
        fraction_rows: how many rows that loop is run on.
        digits: handwritten digits to make.
        digits_epochs: passes over them in training.
        rounded_samples: digits that are used to compare grids.
        rounded_epochs: passes over them in training.
        grids: the numbers of bits of these grids.
        wide: an export with a large latent space.
        long: an export of many samples, whose blocks are in ranges.
        literal_lengths: hexadecimal digits of literals, even numbers.
        literal_digits: how many digits they are in all.
        starts: how often the embedded Lean is started.
        run_epochs: passes over the digits in a `bridge run`.
        run_images: images of MNIST in an export like that of `bridge run`.
        several_classes: a classifier; the third number of its shape is that of classes.
        ranked: a binary probe whose AUROC is proved too.
        binary: a binary probe, and a probe of a score to compare it with.
        sharded: a data set in shards, which is fitted on clusters.
        shards: how many shards it has.
        fits: data sets that are fitted in one process, to tell what N, d and k cost.
        pixels: exports from pixels; the first two are compared.
    """

    loop: tuple[int, int]
    terms: int
    rows_of_terms: int
    along_samples: tuple[tuple[int, int], ...]
    linear_from: int
    along_dim: tuple[tuple[int, int], ...]
    residuals: tuple[int, int, int]
    fraction_rows: int
    digits: int
    digits_epochs: int
    rounded_samples: int
    rounded_epochs: int
    grids: tuple[int, ...]
    wide: tuple[int, int, int]
    long: tuple[int, int, int]
    literal_lengths: tuple[int, ...]
    literal_digits: int
    starts: int
    run_epochs: int
    run_images: int
    several_classes: tuple[int, int, int]
    ranked: tuple[int, int]
    binary: tuple[int, int]
    sharded: FitShape
    shards: int
    fits: tuple[FitShape, ...]
    pixels: tuple[PixelShape, ...]


FULL = Sizes(
    loop=(8_192, 8),
    terms=784,
    rows_of_terms=512,
    along_samples=tuple((2**power, 8) for power in range(8, 17)),
    linear_from=4_096,
    along_dim=tuple((512, 2**power) for power in range(3, 13)),
    residuals=(60_000, 64, 3),
    fraction_rows=600,
    digits=60_000,
    digits_epochs=2,
    rounded_samples=1_797,
    rounded_epochs=60,
    grids=(24, 16, 12, 8),
    wide=(512, 4_096, 1),
    long=(1_000_000, 8, 3),
    literal_lengths=(250, 500, 1_000, 1_500, 2_000, 3_000, 4_000),
    literal_digits=1_000_000,
    starts=3,
    run_epochs=60,
    run_images=2_000,
    several_classes=(10_000, 8, 10),
    ranked=(20_000, 64),
    binary=(60_000, 8),
    sharded=FitShape(10_000_000, 64, 3),
    shards=16,
    fits=(
        FitShape(1_000, 64, 1),
        FitShape(500_000, 64, 1),
        FitShape(500_000, 64, 17),
        FitShape(8_192, 4_096, 1),
        FitShape(8_192, 4_096, 17),
    ),
    pixels=(
        PixelShape(300, (256,), epochs=60),
        PixelShape(1_000, (256,), epochs=60),
        PixelShape(300, (64,)),
        PixelShape(300, (512,)),
        PixelShape(300, (256, 64)),
    ),
)

QUICK = Sizes(
    loop=(64, 8),
    terms=16,
    rows_of_terms=16,
    along_samples=((64, 8), (128, 8)),
    linear_from=64,
    along_dim=((64, 8), (64, 16)),
    residuals=(200, 8, 3),
    fraction_rows=20,
    digits=200,
    digits_epochs=1,
    rounded_samples=100,
    rounded_epochs=1,
    grids=(12,),
    wide=(16, 64, 1),
    long=(128, 8, 3),
    literal_lengths=(16, 100),
    literal_digits=1_600,
    starts=1,
    run_epochs=1,
    run_images=100,
    several_classes=(60, 4, 3),
    ranked=(40, 8),
    binary=(64, 8),
    sharded=FitShape(400, 4, 3),
    shards=3,
    fits=(FitShape(100, 4, 1), FitShape(200, 4, 2)),
    pixels=(PixelShape(20, (256,), epochs=1), PixelShape(40, (256,), epochs=1), PixelShape(10, (8, 4))),
)
