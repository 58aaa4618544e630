"""(a) The packed checker against the programs that one would write first."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.lean_timing import run_lean
from bench.results import Section, Table, at_least, seconds, times
from bench.workbench import MeasuredExport, Workbench
from bridge.exact.dyadic import to_dyadic_matrix
from bridge.export.write import Export

# Lean's stack overflows at a definition with many thousand literals.
_ROWS_OF_LIST = 1_024

_PROGRAMS = Path(__file__).resolve().parent / "lean" / "Loops.lean"


@dataclass(frozen=True)
class IntegerClaim:
    """The claim of the first concept in integers: |row · weights + bias| ≤ bound for every row.

    Attributes:
        rows: for each sample its latents and its score.
        weights: the integers that belong to them.
        bias: the bias at the scale of the products.
        bound: δ at that scale.
        digit_bits: a width in which every entry fits after an offset of half its range.
    """

    rows: tuple[tuple[int, ...], ...]
    weights: tuple[int, ...]
    bias: int
    bound: int
    digit_bits: int


def integer_claim(export: Export) -> IntegerClaim:
    """The integers of the first concept of an export that lists all samples, from its artifact."""
    artifact = export.stored.artifact
    samples, concept = export.certificate.samples, export.certificate.concepts[0]
    latents = to_dyadic_matrix(artifact.latents, name="latents").numerators.tolist()
    scores = to_dyadic_matrix(artifact.scores[:, :1], name="scores").numerators.tolist()
    integers = concept.integers
    scale = integers.denominator * 2**samples.latent_exponent
    return IntegerClaim(
        rows=tuple(tuple(map(int, (*latent, *score))) for latent, score in zip(latents, scores, strict=True)),
        weights=(
            *(int(weight * integers.denominator) for weight in concept.weights),
            -scale // 2 ** samples.score_exponents[0],
        ),
        bias=integers.bias,
        bound=integers.sup,
        digit_bits=samples.digit_bits,
    )


def loop_over_elements(claim: IntegerClaim) -> str:
    """The claim as a theorem about packed rows, one literal each."""
    offset = 2 ** (claim.digit_bits - 1)
    positive = [max(weight, 0) for weight in claim.weights]
    negative = [max(-weight, 0) for weight in claim.weights]
    packed = [
        sum((entry + offset) << (claim.digit_bits * place) for place, entry in enumerate(row)) for row in claim.rows
    ]
    constants = (offset * sum(negative) + max(claim.bias, 0), offset * sum(positive) + max(-claim.bias, 0))
    lists = [packed[first : first + _ROWS_OF_LIST] for first in range(0, len(packed), _ROWS_OF_LIST)]
    definitions = (
        f"set_option maxHeartbeats 0 in\ndef rows{number} : List Nat := {_lean_list(map(hex, rows))}\n"
        for number, rows in enumerate(lists)
    )
    names = ", ".join(f"rows{number}" for number in range(len(lists)))
    return f"""
{chr(10).join(definitions)}
theorem loop_over_elements : Loops.listsOk {claim.digit_bits} {2**claim.digit_bits} {positive} {negative}
    {constants[0]} {constants[1]} {claim.bound} [{names}] = true := by decide +kernel
"""


def dot_product(claim: IntegerClaim) -> str:
    """The product of the first sample's latents with the weights as a theorem about lists of integers."""
    latents, weights = claim.rows[0][:-1], claim.weights[:-1]
    value = sum(latent * weight for latent, weight in zip(latents, weights, strict=True))
    return f"""
set_option maxHeartbeats 0 in
def latents : List Int := {_lean_list(map(str, latents))}

set_option maxHeartbeats 0 in
def weights : List Int := {_lean_list(map(str, weights))}

set_option maxRecDepth 100000 in
theorem dot_product : Loops.dot latents weights = {value} := by decide +kernel
"""


def compare(bench: Workbench) -> Section:
    """Measure both programs and the packed checker on the same numbers."""
    sizes = bench.sizes
    name, terms = f"{sizes.loop[0]:,} × {sizes.loop[1]}", f"{sizes.terms} terms"
    every, one, many = bench.random_exports([sizes.loop, (1, sizes.terms), (sizes.rows_of_terms, sizes.terms)])
    loop = _decided(bench, "loop_over_elements", loop_over_elements(integer_claim(every.export)))
    product = _decided(bench, "dot_product", dot_product(integer_claim(one.export)))
    share = _share(_claimed(many), sizes.rows_of_terms)
    rows = (
        _row(f"{name}: all residuals", "loop over the elements of packed rows", loop, None),
        _row(f"{name}: all residuals", "`faithful` and `checked`", _claimed(every), loop),
        _row(f"{terms}: a product", "product of two `List Int`", product, None),
        _row(f"{terms}: one residual", "both of one sample", _claimed(one), product),
        _row(f"{terms}: one residual", f"both of {sizes.rows_of_terms} samples, a sample's share", share, product),
    )
    note = (
        "The same numbers, decided by the kernel.  Elaboration is all else that Lean does, its start excepted.  "
        "`faithful` and `checked` decide more than the loops do: also that integers are those of the probe and that "
        "no slot overflows."
    )
    less = f"less kernel time than a product of `List Int`, {terms}"
    return Section(
        "Packed checker and loops",
        (Table(("claim", "program", "kernel", "faster", "elaboration", "both", "faster"), rows, note),),
        (
            at_least(
                f"≥ 20× less kernel time than the loop over elements, {name}", 20, loop.kernel / _claimed(every).kernel
            ),
            at_least(f"≥ 50× {less}: one of {sizes.rows_of_terms} samples", 50, product.kernel / share.kernel),
            at_least(f"≥ 5× {less}: a single sample", 5, product.kernel / _claimed(one).kernel),
        ),
    )


@dataclass(frozen=True)
class _Decision:
    """Seconds that it takes to decide a claim."""

    kernel: float
    elaboration: float


def _decided(bench: Workbench, theorem: str, declarations: str) -> _Decision:
    bench.report(f"Lean on {theorem}")
    stage = bench.stage
    file = stage.folder / f"{theorem.title().replace('_', '')}.lean"
    file.write_text(_PROGRAMS.read_text(encoding="utf-8") + declarations, encoding="utf-8")
    run = run_lean(stage.lean, stage.folder, file)
    return _Decision(run.kernel[theorem], run.elaboration)


def _claimed(measured: MeasuredExport) -> _Decision:
    return _Decision(measured.kernel, measured.data_elaboration + measured.claim.elaboration)


def _share(decision: _Decision, count: int) -> _Decision:
    return _Decision(decision.kernel / count, decision.elaboration / count)


def _row(claim: str, program: str, found: _Decision, slower: _Decision | None) -> tuple[str, ...]:
    both = found.kernel + found.elaboration
    return (
        claim,
        program,
        seconds(found.kernel),
        times(slower.kernel / found.kernel) if slower else "",
        seconds(found.elaboration),
        seconds(both),
        times((slower.kernel + slower.elaboration) / both) if slower else "",
    )


def _lean_list(literals: Iterable[str]) -> str:
    return "[\n  " + ",\n  ".join(literals) + "]"
