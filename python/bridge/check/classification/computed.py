"""What the export of a classifier must state, computed with Python's integers alone."""

import operator
from dataclasses import dataclass
from fractions import Fraction

from bridge.artifact.classifier import ClassifierArtifact
from bridge.check.computed import (
    ComputedFunctional,
    ListedSamples,
    columns_of,
    exponent_of,
    numerator_over,
    samples_of,
)

Matrix = list[list[int]]


@dataclass(frozen=True)
class ComputedClassifier:
    """What must be stated of a classifier.

    Attributes:
        name: what the labels are called.
        class_names: of all classes.
        threshold: that of a binary probe, None of other classifiers.
        functionals: those of all classes.
        labels: the number of the class of each listed sample.
        values: of each listed sample the decision values of all classes, at the scale of the products.
        predicted: the number of the class that each is given.
        product_exponent: the scale of the products is 2^product_exponent.
    """

    name: str
    class_names: tuple[str, ...]
    threshold: Fraction | None
    functionals: list[ComputedFunctional]
    labels: list[int]
    values: list[list[int]]
    predicted: list[int]
    product_exponent: int

    @property
    def class_count(self) -> int:
        """K."""
        return len(self.class_names)

    def matrix(self, rows: slice = slice(None)) -> Matrix:
        """How many of some listed samples have each label and get each decision."""
        counts = [[0] * self.class_count for _ in range(self.class_count)]
        for label, decision in zip(self.labels[rows], self.predicted[rows], strict=True):
            counts[label][decision] += 1
        return counts

    def margin(self) -> int:
        """The least difference of the value that is decided for and another, at the scale of the products."""
        return min(
            values[decision] - other
            for values, decision in zip(self.values, self.predicted, strict=True)
            for number, other in enumerate(values)
            if number != decision
        )

    def gaps_from(self, bound: int, rows: slice = slice(None)) -> int:
        """How many differences of the value that is decided for and one of any class are at least a bound."""
        return sum(
            values[decision] - other >= bound
            for values, decision in zip(self.values[rows], self.predicted[rows], strict=True)
            for other in values
        )

    def slot_bits(self, digit_bits: int) -> int:
        """The least width of a slot, where a label times the number of classes plus a decision must have room too."""
        codes = (self.class_count - 1) * self.class_count + self.class_count
        return max(codes.bit_length() + 1, *(each.slot_bits(digit_bits) for each in self.functionals))


def listed_samples(artifact: ClassifierArtifact, rows: list[int]) -> ListedSamples:
    """The latents and labels of these rows of an artifact."""
    labels = columns_of("labels", artifact.labels[rows].reshape(-1, 1))
    return samples_of(artifact.latents[rows], labels, rows)


def computed_classifier(artifact: ClassifierArtifact, samples: ListedSamples) -> ComputedClassifier:
    """Compute the decision values `w · z + b` of all classes, and what is decided by them."""
    columns = [[Fraction(*value.as_integer_ratio()) for value in column] for column in artifact.weights.T.tolist()]
    latent_exponent = samples.latents[0].exponent
    # Products of a weight and a coordinate and the biases must all be integers over one power of two.
    weight_exponent = max(
        max(*map(exponent_of, weights), exponent_of(bias) - latent_exponent) for *weights, bias in columns
    )
    product_exponent = latent_exponent + weight_exponent
    scaled = [
        ([numerator_over(weight, weight_exponent) for weight in weights], numerator_over(bias, product_exponent))
        for *weights, bias in columns
    ]
    points = list(zip(*(latents.integers for latents in samples.latents), strict=True))
    values = [
        [sum(map(operator.mul, point, numerators)) + constant for numerators, constant in scaled] for point in points
    ]
    (labels,) = samples.scores
    sup = max(
        abs((label << product_exponent) - value)
        for label, of_sample in zip(labels.integers, values, strict=True)
        for value in of_sample
    )
    return ComputedClassifier(
        name=artifact.label_name,
        class_names=artifact.class_names,
        threshold=columns[0][-1] if len(columns) == 2 and not any(columns[0][:-1]) else None,
        functionals=[
            ComputedFunctional(
                name=f"class {name!r}",
                weights=weights,
                bias=bias,
                weight_exponent=weight_exponent,
                numerators=numerators,
                score_factor=1 << product_exponent,
                constant=constant,
                sup=sup,
                product_exponent=product_exponent,
                least_score=0,
                score_span=len(columns) - 1,
            )
            for name, (*weights, bias), (numerators, constant) in zip(
                artifact.class_names, columns, scaled, strict=True
            )
        ],
        labels=labels.integers,
        values=values,
        # The first of equal values.
        predicted=[of_sample.index(max(of_sample)) for of_sample in values],
        product_exponent=product_exponent,
    )
