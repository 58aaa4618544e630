"""Reads the parts that exports of every artifact have: the banner, the samples with their shards, and functionals.

The reader accepts exactly the declarations that an export consists of, word for word apart from the literals, so
that a changed statement is found just as a changed number is.  Comments are set aside, but for the banner's record
of the artifact and the command.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from bridge.check.reader import NAME, Comment, Found, Literal, MismatchError, Place, Reader

# A confusion matrix, row by row.
ReadMatrix = tuple[tuple[Literal[int], ...], ...]

SECTION = "@[expose] public noncomputable section"
# What is in it is seen by those alone who say `import all`.
HIDING_SECTION = "public noncomputable section"
# What proves that residuals are checked, and that decisions are counted.
OF_CHECK = ".of_check ( by decide +kernel )"
OF_DECIDE = ".of_decide ( by decide +kernel )"

_ARTIFACT = r"Artifact: SHA-256 (?P<sha256>[0-9a-f]{64})\.$"

_SAMPLES = """
: Bridge.PackedSamples where
  size := {size} latentDim := {latent_dim} conceptCount := {concept_count}
  latentExponent := {latent_exponent} scoreExponents := [ {score_exponents:natural*} ]
  digitBits := {digit_bits} slotDigits := {slot_digits} blockRows := {block_rows} limbBits := {limb_bits}
  groups :=
"""
# How many columns a group of each constructor has.
_GROUPS = {"one": 1, "eight": 8}
_LITERALS_OF_COLUMN = 4

_INTEGERS = """
: Bridge.IntegerProbe where
  denominator := {denominator:denominator}
  magnitudeBits := {magnitude_bits} weightBits := {weight_bits} literalBits := {literal_bits}
  weights := [ {literals:packed*} ]
  bias := {bias:signed} sup := {sup} scoreLow := {score_low} scoreSpan := {score_span}
"""

_FUNCTIONAL = ": Bridge.AffineFunctional {latent_dim}"
_CONSTANT = ":= .constant {latent_dim} ( {threshold:rational} )"
_FRACTIONS = "#v [ {weights:rational*} ]"
# Many weights are among the integers alone.
_VECTOR = ".weightVector {latent_dim}"
_BIAS = "b := {bias:rational}"


@dataclass(frozen=True)
class Packed:
    """What is called what where numbers are packed as the samples are.

    Attributes:
        module: the module that has them, in which those of its shards are, too.
        name: of the definition.
        shard: what precedes the number in the definition of a shard.
        imports: the modules that theirs imports before the shards; `{namespace}` stands for that of the export.
    """

    module: str
    name: str
    shard: str
    imports: tuple[str, ...]


SAMPLES = Packed("Samples", "samples", "shard", ("Bridge.Packing.Samples",))

# The four literals of a column, lowest first.
ReadColumn = tuple[Literal[int], ...]
# One column, or eight.
ReadGroup = tuple[ReadColumn, ...]


@dataclass(frozen=True)
class ReadShard:
    """Where groups of packed columns stand, whose digits are read when they are compared.

    Attributes:
        packed: of what it is a shard.
        file: the file.
        module: its module.
        number: that of the shard, from 1; 0 for the file of the samples itself.
        first_column: how many columns come before.
        column_count: how many there are.
        first_group: how many groups come before.
        group_count: how many there are.
        last_column: where the last column begins.
        exposes: whether every importer sees the digits.
        section: where that is said.
    """

    packed: Packed
    file: Path
    module: str
    number: int
    first_column: int
    column_count: int
    first_group: int
    group_count: int
    last_column: Place
    exposes: bool
    section: Place

    @property
    def columns(self) -> range:
        """The numbers of its columns."""
        return range(self.first_column, self.first_column + self.column_count)


@dataclass(frozen=True)
class ReadSamples:
    """The numbers in the file of the samples, as written, and the shards: at least one, with one column at least."""

    numbers: Found
    shards: tuple[ReadShard, ...]


@dataclass(frozen=True, kw_only=True)
class ReadFiles:
    """What every export has, read back.

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


class Notes:
    """What is kept of each file, whatever it declares: its digest, its comments, and what its banner says."""

    def __init__(self, command: str, **others: tuple[str, str]) -> None:
        """Begin with no file.

        Args:
            command: a pattern for the line of the banner that says what was asked for; see `command_pattern`.
            others: for each further field, a pattern for a line of the banner, and its group that is kept.
        """
        self._patterns = {
            "artifact_sha256": (_ARTIFACT, "sha256"),
            "coverage": (command, "coverage"),
            "options": (command, "options"),
            **others,
        }
        self._sources: dict[str, str] = {}
        self._comments: dict[str, tuple[Comment, ...]] = {}
        self._banners: dict[str, list[Literal[str]]] = {name: [] for name in self._patterns}

    def add(self, reader: Reader) -> None:
        """Keep what is to be kept of a file that has been read to its end."""
        self._sources[reader.module] = reader.sha256
        self._comments[reader.module] = tuple(reader.comments)
        for name, (pattern, group) in self._patterns.items():
            self._banners[name].append(reader.banner(pattern, group))

    def first(self, name: str) -> str:
        """What the banner of the first file says for a field."""
        return self._banners[name][0].value

    def fields(self) -> dict[str, Any]:
        """Those of `ReadFiles` that say it."""
        banners = {name: tuple(found) for name, found in self._banners.items()}
        return {"sources": self._sources, "comments": self._comments, **banners}


def command_pattern(options: Sequence[str], command: str = "export") -> str:
    """A pattern for the line of the banner that says what a command was asked for, given those of options."""
    words = "".join(f"(?: {option.replace('?P<value>', '')})?" for option in options)
    return (
        rf"Made by `python -m bridge {command} --over (?P<coverage>\S+)"
        rf"(?P<options>{words}) --out \S+\.lean`, do not edit\.$"
    )


def values_in(options: str, patterns: Mapping[str, str]) -> dict[str, str]:
    """The options that the words of a banner have, by their names, with the values, empty where there is none.

    Args:
        options: the words.
        patterns: for each name a pattern of the words, whose group `value` has the value, if there is one.
    """
    found = {name: re.search(rf"(?<!\S){pattern}(?!\S)", options) for name, pattern in patterns.items()}
    return {name: option.groupdict().get("value", "") for name, option in found.items() if option is not None}


def read_integers(reader: Reader, name: str = "integers") -> Found:
    """Read the integers of a functional."""
    reader.expect(f"def {name}")
    return reader.match(_INTEGERS)


def read_functional(
    reader: Reader, name: str = "functional", integers: str = "integers", *, may_be_constant: bool = False
) -> Found:
    """Read a functional, whose weights are written as fractions or are among the integers alone.

    One that has the same value everywhere has a `threshold` and no `bias`.
    """
    reader.expect(f"def {name}")
    found = reader.match(_FUNCTIONAL)
    if may_be_constant and reader.comes(":="):
        return reader.match(_CONSTANT, found)
    reader.expect("where w :=")
    if reader.comes("#"):
        reader.match(_FRACTIONS, found)
    else:
        reader.match(f"{integers}{_VECTOR}", found)
    return reader.match(_BIAS, found)


def weights_of(functional: Found, integers: Found) -> tuple[Fraction, ...]:
    """(d,) the weights; those among the integers alone make sense once these have been compared."""
    if "weights" in functional:
        return tuple(literal.value for literal in functional["weights"])
    denominator, bits, literal_bits = map(integers.value, ("denominator", "weight_bits", "literal_bits"))
    packed = sum(literal.value << (literal_bits * place) for place, literal in enumerate(integers["literals"]))
    sign = 1 << (bits - 1)
    digits = (packed >> (bits * index) & (2 * sign - 1) for index in range(functional.value("latent_dim")))
    return tuple(Fraction(sign - digit if digit >= sign else digit, denominator) for digit in digits)


def read_namespace(reader: Reader, namespace: str, inner: str = "") -> tuple[str, Literal[str]]:
    """What `namespace` opens, and the concept's name in it, behind which may stand the name of an inner one."""
    reader.expect("namespace")
    opened = reader.identifier()
    prefix, dot, name = opened.value.partition(".")
    name = name.removesuffix(inner)
    if prefix != namespace or not dot or not NAME.fullmatch(name):
        raise MismatchError(opened.place, f"namespace {opened.value}", f"a namespace of one name in {namespace}")
    return opened.value, Literal(name.removeprefix("«").removesuffix("»"), opened.place)


def read_samples(
    folder: Path,
    namespace: str,
    notes: Notes,
    packed: Packed = SAMPLES,
    read_rest: Callable[[Reader], None] = lambda _: None,
) -> ReadSamples:
    """Read the file of the samples and its shards, one after the other, and keep none of their digits.

    Args:
        folder: the folder of the root file.
        namespace: of the export.
        notes: what else is kept of them goes there.
        packed: what is called what.
        read_rest: reads what the file declares beside the samples, behind them.
    """
    reader = Reader.of(folder, f"{namespace}.{packed.module}")
    count = _shard_imports(reader, namespace, packed)
    place = reader.place
    numbers = _read_numbers(reader, namespace, packed)
    shards: list[ReadShard] = []
    if count:
        names = " , ".join(f"{packed.shard}{number}" for number in range(1, count + 1))
        reader.expect(f"Bridge.joined [ {names} ]")
    else:
        shards.append(_read_shard(reader, packed, 0, shards, (True, place)))
    read_rest(reader)
    read_end(reader, namespace)
    notes.add(reader)
    for number in range(1, count + 1):
        shard = Reader.of(folder, f"{namespace}.{packed.module}.Shard{number}")
        shards.append(_read_shard(shard, packed, number, shards, _open_shard(shard, packed, number, namespace)))
        read_end(shard, namespace)
        notes.add(shard)
    return ReadSamples(numbers, tuple(shards))


def require_sections(samples: ReadSamples, *, hidden: bool) -> None:
    """Refuse shards whose digits are seen where they are to be hidden, or the other way round.

    Raises:
        MismatchError: one is.
    """
    for shard in samples.shards:
        if shard.number and shard.exposes == hidden:
            found, required = ("`@`", "`public`") if hidden else ("`public`", "`@`")
            raise MismatchError(shard.section, found, required)


def read_groups(shard: ReadShard, source: bytes, namespace: str) -> Iterator[ReadGroup]:
    """The groups of a shard, one after the other.

    Args:
        shard: which one.
        source: the content of its file, which is as it was when it was read.
        namespace: of the export.
    """
    reader = Reader(shard.file, source, shard.module)
    if shard.number:
        _open_shard(reader, shard.packed, shard.number, namespace)
    else:
        _shard_imports(reader, namespace, shard.packed)
        _read_numbers(reader, namespace, shard.packed)
    return groups_in(reader)


def _read_shard(
    reader: Reader, packed: Packed, number: int, before: Sequence[ReadShard], section: tuple[bool, Place]
) -> ReadShard:
    """What is kept of a shard behind others, whose groups come next."""
    columns = groups = 0
    for group in groups_in(reader):
        columns, groups, last = columns + len(group), groups + 1, group[-1][0].place
    return ReadShard(
        packed=packed,
        file=last.file,
        module=reader.module,
        number=number,
        first_column=before[-1].columns.stop if before else 0,
        column_count=columns,
        first_group=before[-1].first_group + before[-1].group_count if before else 0,
        group_count=groups,
        last_column=last,
        exposes=section[0],
        section=section[1],
    )


def read_imports(reader: Reader, modules: Sequence[str]) -> None:
    """Read the beginning of a file, with these imports first."""
    reader.expect(f"module {' '.join(f'public import {module}' for module in modules)}")


def read_numbered_imports(reader: Reader, prefix: str) -> int:
    """How many more modules a file imports, whose names are one and the same with the numbers from 1."""
    count = 0
    while reader.comes("public"):
        count += 1
        reader.expect(f"public import {prefix}{count}")
    return count


def _shard_imports(reader: Reader, namespace: str, packed: Packed) -> int:
    """How many shards the file of the samples imports."""
    read_imports(reader, [module.format(namespace=namespace) for module in packed.imports])
    return read_numbered_imports(reader, f"{namespace}.{packed.module}.Shard")


def _read_numbers(reader: Reader, namespace: str, packed: Packed) -> Found:
    """Read the file of the samples, whose imports are read already, up to its groups."""
    reader.expect(f"{SECTION} namespace {namespace} noncomputable def {packed.name}")
    return reader.match(_SAMPLES)


def _open_shard(reader: Reader, packed: Packed, number: int, namespace: str) -> tuple[bool, Place]:
    """Read the file of a shard up to its groups, and say whether every importer sees them, and where that is said."""
    read_imports(reader, ["Bridge.Packing.Samples"])
    exposes, place = not reader.ahead(HIDING_SECTION), reader.place
    reader.expect(f"{SECTION if exposes else HIDING_SECTION} namespace {namespace}")
    reader.expect(f"noncomputable def {packed.shard}{number} : List Bridge.ColumnGroup :=")
    return exposes, place


def read_end(reader: Reader, namespace: str) -> None:
    """Read the end of a file that has one namespace."""
    reader.expect(f"end {namespace}")
    reader.expect_end()


def groups_in(reader: Reader) -> Iterator[ReadGroup]:
    """The groups of packed columns that come next, one after the other."""

    def group() -> ReadGroup:
        reader.expect(".")
        kind = reader.identifier()
        if kind.value not in _GROUPS:
            raise MismatchError(kind.place, f"the group `{kind.value}`", f"one of {', '.join(_GROUPS)}")
        return tuple(_read_column(reader) for _ in range(_GROUPS[kind.value]))

    reader.expect("[")
    yield from reader.each_item(group)
    reader.expect("]")


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


def read_matrix(reader: Reader) -> ReadMatrix:
    """Read a list of lists of natural numbers, none of them empty."""

    def row() -> tuple[Literal[int], ...]:
        reader.expect("[")
        counts = reader.items(reader.natural)
        reader.expect("]")
        return counts

    reader.expect("[")
    rows = reader.items(row)
    reader.expect("]")
    return rows


def joined(theorems: Sequence[str], alone: str, added: str, at_last: str = "") -> str:
    """The words that prove what is said of all blocks.

    Args:
        theorems: what is found out of each range, in their order, none where there are no ranges.
        alone: the words where there are none.
        added: the words after each range but the first, that the numbers of the whole are the sums.
        at_last: the words behind all ranges.
    """
    if not theorems:
        return alone
    first, *others = theorems
    return " ".join([first, *(f"|>.append {name} {added}" for name in others), at_last])
