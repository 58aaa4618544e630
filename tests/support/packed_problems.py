"""Integer matrices and weights of all kinds, and the packed samples that hold them, made without the export's code."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice, repeat, takewhile

from hypothesis import strategies as st

from bridge.export.certificate import ConceptCertificate, PackedSamples
from bridge.export.claims.sup_error import SupErrorClaim
from bridge.export.integers import IntegerProbe


@dataclass(frozen=True)
class Attained(SupErrorClaim):
    """A bound, and the sample that attains it, if one is to be named."""

    @property
    def totals(self):
        return () if self.worst_sample is None else super().totals


@dataclass(frozen=True)
class Regrouped(PackedSamples):
    """Packed samples whose groups have these numbers of columns, and all others one."""

    sizes: tuple[int, ...]

    @classmethod
    def of(cls, samples: PackedSamples, sizes):
        return cls(**vars(samples), sizes=tuple(sizes))

    @property
    def groups(self):
        columns, sizes = iter(self.columns), chain(self.sizes, repeat(1))
        return tuple(takewhile(bool, (tuple(islice(columns, size)) for size in sizes)))


@dataclass(frozen=True)
class Problem:
    """Rows of d latents and k scores, and a claim about one score column; all integers, so that every exponent is 0."""

    matrix: list[list[int]]
    concept: int
    weights: list[int]
    bias: int
    digit_bits: int
    block_rows: int
    literal_digits: int

    def residuals(self, matrix=None):
        d = len(self.weights)
        return [
            row[d + self.concept] - sum(w * z for w, z in zip(self.weights, row[:d], strict=True)) - self.bias
            for row in matrix or self.matrix
        ]

    def highest(self, bound):
        """The largest number that is compared in a slot for this bound."""
        largest, offset = 2**self.digit_bits - 1, 2 ** (self.digit_bits - 1)
        scores = [row[len(self.weights) + self.concept] + offset for row in self.matrix]
        constant = bound + min(scores) - offset - self.bias
        constant += sum(-w * largest if w < 0 else 0 for w in self.weights) + offset * sum(self.weights)
        return max(
            max(scores) - min(scores) + max(constant, 0),
            largest * sum(map(abs, self.weights)) + max(-constant, 0),
            2 * bound,
            min(scores) + 2**self.digit_bits,
        )

    def slot_digits(self, bound):
        """How many digits a slot needs for this bound."""
        return -(-(self.highest(bound).bit_length() + 1) // self.digit_bits)

    def samples(self, slot_digits):
        """The matrix, packed; the last block is filled up with copies of its last row."""
        d, rows = len(self.weights), self.block_rows
        filled = self.matrix + self.matrix[-1:] * (-len(self.matrix) % rows)
        return PackedSamples(
            size=len(self.matrix),
            latent_dim=d,
            concept_count=len(self.matrix[0]) - d,
            latent_exponent=0,
            score_exponents=(0,) * (len(self.matrix[0]) - d),
            digit_bits=self.digit_bits,
            slot_digits=slot_digits,
            block_rows=rows,
            limb_bits=self.literal_digits * self.digit_bits,
            columns=tuple(
                self.literals([row[j] for row in filled[start : start + rows]])
                for start in range(0, len(filled), rows)
                for j in range(len(self.matrix[0]))
            ),
        )

    def literals(self, entries):
        """Four literals, of which the last has all digits that are left."""
        digits, length = [entry + 2 ** (self.digit_bits - 1) for entry in entries], self.literal_digits
        ends = (length, 2 * length, 3 * length, len(digits))
        return tuple(
            sum(digit << (self.digit_bits * k) for k, digit in enumerate(digits[number * length : end]))
            for number, end in enumerate(ends)
        )

    def claim(self, bound, attained_by=None):
        """That no residual is larger in size than a bound, and that a sample attains it if one is named."""
        weights = tuple(map(Fraction, self.weights))
        scores = [row[len(self.weights) + self.concept] + 2 ** (self.digit_bits - 1) for row in self.matrix]
        score_digits = min(scores), max(scores)
        return ConceptCertificate(
            weights,
            Fraction(self.bias),
            IntegerProbe.of(self.weights, 1, bias=self.bias, sup=max(bound, 0), score_digits=score_digits),
            Attained(Fraction(bound), attained_by),
        )


def integers_of(draw, low, high):
    """A strategy for integers of any size in the range, of its ends and zero, of zeros, or of none that is positive."""
    return draw(
        st.sampled_from(
            [
                st.integers(low, high),
                st.sampled_from([low, high, 0]),
                st.just(0),
                st.just(low),
                st.integers(low, min(high, 0)),
            ]
        )
    )


@st.composite
def problems(draw):
    rows, concepts = draw(st.integers(1, 7)), draw(st.integers(1, 3))
    # Of nine columns of latents eight are in one group.
    dim = draw(st.integers(1, 4) | st.just(9))
    digit_bits = draw(st.sampled_from([1, 2, 4, 7, 24, 64, 200]))
    entries = integers_of(draw, -(2 ** (digit_bits - 1)), 2 ** (digit_bits - 1) - 1)
    weights = integers_of(draw, -(2 ** draw(st.sampled_from([1, 30, 300]))), 2 ** draw(st.sampled_from([1, 30, 300])))
    return Problem(
        matrix=[[draw(entries) for _ in range(dim + concepts)] for _ in range(rows)],
        concept=draw(st.integers(0, concepts - 1)),
        weights=[draw(weights) for _ in range(dim)],
        bias=draw(weights),
        digit_bits=digit_bits,
        block_rows=draw(st.integers(1, 9)),
        literal_digits=draw(st.integers(1, 9)),
    )
