"""Reads exported Lean files back, without Lean and without the code that wrote them.

The reader accepts exactly the declarations that an export consists of, word for word apart from the literals, so
that a changed statement is found just as a changed number is.  Comments are set aside, but for the banner's record
of the artifact and the command.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from bridge.base.module_names import namespace_of
from bridge.check.claims import TWINS, asked_in, sup_error
from bridge.check.claims.sup_error import ReadRange
from bridge.check.lean_modules import require_file
from bridge.check.reader import NAME, Comment, Found, Literal, MismatchError, Reader

_ARTIFACT = r"Artifact: SHA-256 (?P<sha256>[0-9a-f]{64})\.$"

_SECTION = "@[expose] public noncomputable section"

_SAMPLES = """
noncomputable def samples : Bridge.PackedSamples where
  size := {size} latentDim := {latent_dim} conceptCount := {concept_count}
  latentExponent := {latent_exponent} scoreExponents := [ {score_exponents:natural*} ]
  digitBits := {digit_bits} slotDigits := {slot_digits} blockRows := {block_rows} limbBits := {limb_bits}
  groups :=
"""
# How many columns a group of each constructor has.
_GROUPS = {"one": 1, "eight": 8}
_LITERALS_OF_COLUMN = 4

_INTEGERS = """
def integers : Bridge.IntegerProbe where
  denominator := {denominator:denominator}
  magnitudeBits := {magnitude_bits} weightBits := {weight_bits} literalBits := {literal_bits}
  weights := [ {literals:packed*} ]
  bias := {bias:signed} sup := {sup} scoreLow := {score_low} scoreSpan := {score_span}
"""

_FUNCTIONAL = "def functional : Bridge.AffineFunctional {latent_dim} where w :="
_FRACTIONS = "#v [ {weights:rational*} ]"
# Many weights are among the integers alone.
_VECTOR = "integers.weightVector {latent_dim}"
_BIAS = "b := {bias:rational}"

_PROBE = "def probe : Bridge.Probe ( EuclideanSpace ℝ ( Fin {latent_dim} ) ) := Bridge.Probe.ofRational functional"
_COLUMN = """
def column : EuclideanSpace ℝ ( Fin {augmented_dim} ) →L[ℝ] ℝ := functional.column
theorem column_augment ( z : EuclideanSpace ℝ ( Fin {latent_dim} ) ) : column ( Bridge.augment z ) = probe.eval z
  := functional.column_augment z
"""


# The four literals of a column, lowest first.
ReadColumn = tuple[Literal[int], ...]
# One column, or eight.
ReadGroup = tuple[ReadColumn, ...]


@dataclass(frozen=True)
class ReadSamples:
    """The numbers in the file of the samples and its shards, as written; there is at least one group of columns."""

    numbers: Found
    groups: tuple[ReadGroup, ...]


@dataclass(frozen=True)
class ReadConcept:
    """The numbers of a concept in its file, as written; `claims` has those beside the sup error, by their twins' names.

    The functional's hole `weights` has those that are written as fractions, and is not there where none is.  `ranges`
    are those that the blocks are divided among, none where one declaration is about all of them.
    """

    name: Literal[str]
    integers: Found
    functional: Found
    sup_error: Found
    claims: Mapping[str, Found]
    ranges: tuple[ReadRange, ...]

    def weights(self) -> tuple[Fraction, ...]:
        """(d,) the weights; those among the integers alone make sense once these have been compared."""
        if "weights" in self.functional:
            return tuple(literal.value for literal in self.functional["weights"])
        denominator, bits, literal_bits = map(self.integers.value, ("denominator", "weight_bits", "literal_bits"))
        packed = sum(literal.value << (literal_bits * place) for place, literal in enumerate(self.integers["literals"]))
        sign = 1 << (bits - 1)
        digits = (packed >> (bits * index) & (2 * sign - 1) for index in range(self.functional.value("latent_dim")))
        return tuple(Fraction(sign - digit if digit >= sign else digit, denominator) for digit in digits)

    def value(self, claim: str, hole: str) -> Any:  # noqa: ANN401 -- a hole has a kind of its own
        """The value of the first literal in a hole of a claim, None if it is not there."""
        found = self.claims.get(claim, Found())
        return found.value(hole) if hole in found else None


@dataclass(frozen=True)
class ReadRealConcept:
    """The numbers of a concept in the root file, as written; `augmented_dim` is that of latent points with a last 1."""

    name: Literal[str]
    numbers: Found
    claims: Mapping[str, Found]


@dataclass(frozen=True)
class ReadExport:
    """A whole export, read back; `concepts` are from their files, `real_concepts` from the root file.

    `sources` has the SHA-256 of every file that was read, in hexadecimal, and `comments` what is said in it beside the
    declarations, both by module.
    """

    root: Path
    sources: Mapping[str, str]
    comments: Mapping[str, tuple[Comment, ...]]
    artifact_sha256: tuple[Literal[str], ...]
    coverage: tuple[Literal[str], ...]
    options: tuple[Literal[str], ...]
    samples: ReadSamples
    concepts: tuple[ReadConcept, ...]
    real_concepts: tuple[ReadRealConcept, ...]


def read_export(root: Path) -> ReadExport:
    """Read a root file and the files that it imports.

    Raises:
        InputError: the root file has a name that no export has, or a file is missing, is no plain file or is not text.
        MismatchError: a file has something that an export does not have.
    """
    require_file(root)
    namespace = namespace_of(root)
    root_reader = Reader.of(root.parent, namespace)
    modules, real_concepts = _read_root(root_reader, namespace)
    samples_reader = Reader.of(root.parent, f"{namespace}.Samples")
    shard_readers = [
        Reader.of(root.parent, f"{namespace}.Samples.Shard{number}")
        for number in range(1, _read_shard_imports(samples_reader, namespace) + 1)
    ]
    samples = _read_samples(samples_reader, shard_readers, namespace)
    files = [root_reader, samples_reader, *shard_readers]
    concepts = []
    for module in modules:
        reader = Reader.of(root.parent, f"{namespace}.{module}")
        concepts += _read_concepts(reader, namespace)
        files.append(reader)
    return ReadExport(
        root=root,
        sources={reader.module: reader.sha256 for reader in files},
        comments={reader.module: tuple(reader.comments) for reader in files},
        artifact_sha256=tuple(reader.banner(_ARTIFACT, "sha256") for reader in files),
        coverage=tuple(reader.banner(_command(), "coverage") for reader in files),
        options=tuple(reader.banner(_command(), "options") for reader in files),
        samples=samples,
        concepts=tuple(concepts),
        real_concepts=real_concepts,
    )


def comments_in(file: Path, text: str) -> tuple[Comment, ...]:
    """The comments of a text in the form of an export, whatever its declarations are.

    Args:
        file: the file that the text is or would be in.
        text: the text.

    Raises:
        MismatchError: the text has what no file of an export has.
    """
    reader = Reader(file, text.encode())
    reader.skip_to_end()
    return tuple(reader.comments)


def _command() -> str:
    """A pattern for the line of the banner that says what was asked for."""
    options = "".join(f"(?: {twin.option.replace('?P<value>', '')})?" for twin in TWINS)
    return (
        r"Made by `python -m bridge export --over (?P<coverage>\S+)"
        rf"(?P<options>{options}) --out \S+\.lean`, do not edit\.$"
    )


def _read_root(reader: Reader, namespace: str) -> tuple[list[str], tuple[ReadRealConcept, ...]]:
    reader.expect(f"module public import Bridge.Real public import {namespace}.Samples")
    modules: dict[str, None] = {}
    while reader.comes("public"):
        reader.expect("public import")
        name = reader.identifier()
        prefix, dot, module = name.value.rpartition(".")
        if prefix != namespace or not dot:
            raise MismatchError(name.place, f"import {name.value}", f"a module of {namespace}")
        if module in modules:
            raise MismatchError(name.place, f"import {name.value} once more", "each module once")
        modules[module] = None
    reader.expect(_SECTION)
    concepts = []
    while not reader.at_end():
        concepts.append(_read_real_concept(reader, namespace))
    return list(modules), tuple(concepts)


def _read_real_concept(reader: Reader, namespace: str) -> ReadRealConcept:
    opened, name = _read_namespace(reader, namespace)
    numbers = reader.match(_COLUMN, reader.match(sup_error.REAL, reader.match(_PROBE)))
    claims = {twin.name: found for twin in TWINS if (found := twin.read_real(reader)) is not None}
    reader.expect(f"end {opened}")
    return ReadRealConcept(name, numbers, claims)


def _read_namespace(reader: Reader, namespace: str) -> tuple[str, Literal[str]]:
    """What `namespace` opens, and the concept's name in it."""
    reader.expect("namespace")
    opened = reader.identifier()
    prefix, dot, name = opened.value.partition(".")
    if prefix != namespace or not dot or not NAME.fullmatch(name):
        raise MismatchError(opened.place, f"namespace {opened.value}", f"a namespace of one name in {namespace}")
    return opened.value, Literal(name.removeprefix("«").removesuffix("»"), opened.place)


def _read_shard_imports(reader: Reader, namespace: str) -> int:
    """How many shards the file of the samples imports."""
    reader.expect("module public import Bridge.Packing.Samples")
    count = 0
    while reader.comes("public"):
        count += 1
        reader.expect(f"public import {namespace}.Samples.Shard{count}")
    return count


def _read_samples(reader: Reader, shards: list[Reader], namespace: str) -> ReadSamples:
    """Read the file of the samples, whose imports are read already, and the shards that it imports."""
    reader.expect(f"{_SECTION} namespace {namespace}")
    samples = ReadSamples(reader.match(_SAMPLES), _read_all_groups(reader, shards, namespace))
    reader.expect(f"end {namespace}")
    reader.expect_end()
    return samples


def _read_all_groups(reader: Reader, shards: list[Reader], namespace: str) -> tuple[ReadGroup, ...]:
    """Read the groups in the file of the samples, or those of all shards, which it then joins in their order."""
    if not shards:
        return _read_groups(reader)
    names = " , ".join(f"shard{number}" for number in range(1, len(shards) + 1))
    reader.expect(f"Bridge.joined [ {names} ]")
    groups: list[ReadGroup] = []
    for number, shard in enumerate(shards, start=1):
        shard.expect(f"module public import Bridge.Packing.Samples {_SECTION} namespace {namespace}")
        shard.expect(f"noncomputable def shard{number} : List Bridge.ColumnGroup :=")
        groups += _read_groups(shard)
        shard.expect(f"end {namespace}")
        shard.expect_end()
    return tuple(groups)


def _read_groups(reader: Reader) -> tuple[ReadGroup, ...]:
    def group() -> ReadGroup:
        reader.expect(".")
        kind = reader.identifier()
        if kind.value not in _GROUPS:
            raise MismatchError(kind.place, f"the group `{kind.value}`", f"one of {', '.join(_GROUPS)}")
        return tuple(_read_column(reader) for _ in range(_GROUPS[kind.value]))

    reader.expect("[")
    groups = reader.items(group)
    reader.expect("]")
    return groups


def _read_column(reader: Reader) -> ReadColumn:
    reader.expect("⟨")
    # As a list, of which the reader knows how long it may be.
    literals = reader.items(reader.packed)
    reader.expect("⟩")
    if len(literals) != _LITERALS_OF_COLUMN:
        raise MismatchError(
            literals[0].place, f"a column of {len(literals)} literals", f"{_LITERALS_OF_COLUMN} of them"
        )
    return literals


def _read_concepts(reader: Reader, namespace: str) -> list[ReadConcept]:
    """Read a file of at least one concept; its banner says what is proved of all of them."""
    options = reader.banner(_command(), "options").value
    asked = asked_in(options)
    twins = [twin for twin in TWINS if twin.name in asked]
    imports = dict.fromkeys(["Bridge.Claims.SupError", *(twin.imports for twin in twins), f"{namespace}.Samples"])
    reader.expect(f"module {' '.join(f'public import {module}' for module in imports)} {_SECTION}")
    concepts: list[ReadConcept] = []
    while not (concepts and reader.at_end()):
        opened, name = _read_namespace(reader, namespace)
        integers, functional = reader.match(_INTEGERS), _read_functional(reader)
        claimed, totals, ranges = sup_error.read(reader, twins, in_fractions="weights" in functional)
        claims = {twin.name: twin.read(reader, totals[twin.name]) for twin in twins}
        concepts.append(ReadConcept(name, integers, functional, claimed, claims, ranges))
        reader.expect(f"end {opened}")
    return concepts


def _read_functional(reader: Reader) -> Found:
    found = reader.match(_FUNCTIONAL)
    reader.match(_FRACTIONS if reader.comes("#") else _VECTOR, found)
    return reader.match(_BIAS, found)
