"""Reads exported Lean files back, without Lean and without the code that wrote them.

The reader accepts exactly the declarations that an export consists of, word for word apart from the literals, so
that a changed statement is found just as a changed number is.  Comments are set aside, but for the banner's record
of the artifact and the command.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Generic, NoReturn, Self, TypeVar

from bridge.base.module_names import namespace_of
from bridge.check.lean_header import HeaderError, read_header
from bridge.check.lean_modules import read_module, require_file

Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file: line and column count from 1."""

    file: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Literal(Generic[Value]):
    """A value and the place where it is written."""

    value: Value
    place: Place


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its text with what opens and closes it, where it is, and how many words of code come before it."""

    text: str
    place: Place
    words_before: int


@dataclass(frozen=True)
class ReadSamples:
    """The numbers in the file of the samples and its parts, as written.

    `columns` has at least one column of at least one literal.
    """

    size: Literal[int]
    latent_dim: Literal[int]
    concept_count: Literal[int]
    latent_exponent: Literal[int]
    score_exponents: tuple[Literal[int], ...]
    digit_bits: Literal[int]
    slot_digits: Literal[int]
    block_rows: Literal[int]
    limb_bits: Literal[int]
    columns: tuple[tuple[Literal[int], ...], ...]


@dataclass(frozen=True)
class ReadConcept:
    """The numbers of a concept in its file, as written; `sizes` and the like hold every occurrence.

    `common_exponents` has the e of weights that are written as integers over 2^e, and is empty for other weights.
    """

    name: Literal[str]
    latent_dims: tuple[Literal[int], ...]
    common_exponents: tuple[Literal[int], ...]
    weights: tuple[Literal[Fraction], ...]
    bias: Literal[Fraction]
    delta: Literal[Fraction]
    sizes: tuple[Literal[int], ...]
    columns: tuple[Literal[int], ...]
    weight_exponents: tuple[Literal[int], ...]
    worst_samples: tuple[Literal[int], ...]
    determination: "ReadDetermination | None"
    quantile: "ReadQuantile | None"


@dataclass(frozen=True)
class ReadDetermination:
    """The sums of R² of a concept, as written; `r_squared` is missing where it is undefined."""

    residual_sum_of_squares: Literal[Fraction]
    total_sum_of_squares: Literal[Fraction]
    r_squared: Literal[Fraction] | None


@dataclass(frozen=True)
class ReadQuantile:
    """The conformal bound of a concept, as written; `sizes` and `ranks` hold every occurrence."""

    alpha: Literal[Fraction]
    delta_alpha: Literal[Fraction]
    sizes: tuple[Literal[int], ...]
    ranks: tuple[Literal[int], ...]


@dataclass(frozen=True)
class ReadRealConcept:
    """The numbers of a concept in the root file, as written; `augmented_dim` is that of latent points with a last 1.

    `quantile` is missing where no conformal bound is stated.
    """

    name: Literal[str]
    latent_dims: tuple[Literal[int], ...]
    augmented_dim: Literal[int]
    size: Literal[int]
    columns: tuple[Literal[int], ...]
    states_r_squared: bool
    quantile: "ReadRealQuantile | None"


@dataclass(frozen=True)
class ReadRealQuantile:
    """How many calibration samples the conformal bound is taken from in the root file, and its rank among them."""

    size: Literal[int]
    rank: Literal[int]


@dataclass(frozen=True)
class ReadExport:
    """A whole export, read back; `concepts` are from the parts, `real_concepts` from the root file.

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


class MismatchError(Exception):
    """A file is not what an export looks like."""

    def __init__(self, place: Place, found: str, required: str) -> None:
        super().__init__(f"{place}: found {found}, required {required}")
        self.place = place
        self.found = found
        self.required = required


def read_export(root: Path) -> ReadExport:
    """Read a root file and the parts that it imports.

    Raises:
        InputError: the root file has a name that no export has, or a file is missing, is no plain file or is not text.
        MismatchError: a file has something that an export does not have.
    """
    require_file(root)
    namespace = namespace_of(root)
    root_reader = _Reader.of(root.parent, namespace)
    parts, real_concepts = _read_root(root_reader, namespace)
    samples_reader = _Reader.of(root.parent, f"{namespace}.Samples")
    part_readers = [
        _Reader.of(root.parent, f"{namespace}.Samples.Part{number}")
        for number in range(1, _read_part_imports(samples_reader, namespace) + 1)
    ]
    samples = _read_samples(samples_reader, part_readers, namespace)
    files = [root_reader, samples_reader, *part_readers]
    concepts = []
    for part in parts:
        reader = _Reader.of(root.parent, f"{namespace}.{part}")
        concepts += _read_concepts(reader, namespace)
        files.append(reader)
    return ReadExport(
        root=root,
        sources={reader.module: reader.sha256 for reader in files},
        comments={reader.module: tuple(reader.comments) for reader in files},
        artifact_sha256=tuple(reader.banner(_ARTIFACT, "sha256") for reader in files),
        coverage=tuple(reader.banner(_COMMAND, "coverage") for reader in files),
        options=tuple(reader.banner(_COMMAND, "options") for reader in files),
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
    reader = _Reader(file, text.encode())
    reader.skip_to_end()
    return tuple(reader.comments)


def _read_root(reader: "_Reader", namespace: str) -> tuple[list[str], tuple[ReadRealConcept, ...]]:
    reader.expect(f"module public import Bridge.Real public import {namespace}.Samples")
    parts: dict[str, None] = {}
    while reader.comes("public"):
        reader.expect("public import")
        name = reader.identifier()
        prefix, dot, part = name.value.rpartition(".")
        if prefix != namespace or not dot:
            raise MismatchError(name.place, f"import {name.value}", f"a module of {namespace}")
        if part in parts:
            raise MismatchError(name.place, f"import {name.value} once more", "each module once")
        parts[part] = None
    reader.expect("@[expose] public noncomputable section")
    concepts = []
    while not reader.at_end():
        concepts.append(_read_real_concept(reader, namespace))
    return list(parts), tuple(concepts)


def _read_real_concept(reader: "_Reader", namespace: str) -> ReadRealConcept:
    opened, name = _read_namespace(reader, namespace)
    reader.expect("def probe : Bridge.Probe ( EuclideanSpace ℝ ( Fin")
    latent_dims = [reader.natural()]
    reader.expect(") ) := Bridge.Probe.ofRational functional def spec : Bridge.ProbeSpec ( Fin")
    size = reader.natural()
    reader.expect(") ( EuclideanSpace ℝ ( Fin")
    latent_dims.append(reader.natural())
    reader.expect(") ) := Bridge.ProbeSpec.ofBound functional samples.latent ( samples.score")
    columns = [reader.natural()]
    reader.expect(
        ") δ bound theorem isTight : spec.IsTight := "
        "Bridge.ProbeSpec.isTight_ofBound functional samples.latent ( samples.score"
    )
    columns.append(reader.natural())
    reader.expect(") δ bound attained def column : EuclideanSpace ℝ ( Fin")
    augmented_dim = reader.natural()
    reader.expect(") →L[ℝ] ℝ := functional.column theorem column_augment ( z : EuclideanSpace ℝ ( Fin")
    latent_dims.append(reader.natural())
    reader.expect(") ) : column ( Bridge.augment z ) = probe.eval z := functional.column_augment z")
    another = reader.passes("theorem")
    states_r_squared = another and reader.comes("rSquared_real")
    if states_r_squared:
        reader.expect(
            "rSquared_real : Bridge.coefficientOfDetermination spec.score spec.residual = "
            "( ( rSquared : Rat ) : ℝ ) := Bridge.ProbeSpec.coefficientOfDetermination_ofBound "
            "functional samples.latent ( samples.score"
        )
        columns.append(reader.natural())
        reader.expect(") δ bound rSquared_eq")
        another = reader.passes("theorem")
    quantile = _read_real_quantile(reader, columns) if another else None
    reader.expect(f"end {opened}")
    return ReadRealConcept(
        name=name,
        latent_dims=tuple(latent_dims),
        augmented_dim=augmented_dim,
        size=size,
        columns=tuple(columns),
        states_r_squared=states_r_squared,
        quantile=quantile,
    )


def _read_real_quantile(reader: "_Reader", columns: list[Literal[int]]) -> ReadRealQuantile:
    """Read the conformal bound over the real numbers; its score column is added to those read before."""
    reader.expect("isKthSmallest_real : Bridge.IsKthSmallestAbs ( fun i : Fin")
    size = reader.natural()
    reader.expect("=> spec.residual ( i.castLE ( by decide ) ) ) ( ( δα : Rat ) : ℝ )")
    rank = reader.natural()
    reader.expect(":= Bridge.ProbeSpec.isKthSmallestAbs_ofBound functional samples.latent ( samples.score")
    columns.append(reader.natural())
    reader.expect(") δ bound isKthSmallest")
    return ReadRealQuantile(size, rank)


def _read_namespace(reader: "_Reader", namespace: str) -> tuple[str, Literal[str]]:
    """What `namespace` opens, and the concept's name in it."""
    reader.expect("namespace")
    opened = reader.identifier()
    prefix, dot, name = opened.value.partition(".")
    if prefix != namespace or not dot or not _NAME.fullmatch(name):
        raise MismatchError(opened.place, f"namespace {opened.value}", f"a namespace of one name in {namespace}")
    return opened.value, Literal(name.removeprefix("«").removesuffix("»"), opened.place)


def _read_part_imports(reader: "_Reader", namespace: str) -> int:
    """How many parts the file of the samples imports."""
    reader.expect("module public import Bridge.Packing.Samples")
    count = 0
    while reader.comes("public"):
        count += 1
        reader.expect(f"public import {namespace}.Samples.Part{count}")
    return count


def _read_samples(reader: "_Reader", parts: list["_Reader"], namespace: str) -> ReadSamples:
    """Read the file of the samples, whose imports are read already, and the parts that it imports."""
    _open_section(reader, namespace)
    reader.expect("def samples : Bridge.PackedSamples where")
    samples = ReadSamples(
        size=reader.field("size", reader.natural),
        latent_dim=reader.field("latentDim", reader.natural),
        concept_count=reader.field("conceptCount", reader.natural),
        latent_exponent=reader.field("latentExponent", reader.natural),
        score_exponents=reader.field("scoreExponents", lambda: reader.items("[", reader.natural)),
        digit_bits=reader.field("digitBits", reader.natural),
        slot_digits=reader.field("slotDigits", reader.natural),
        block_rows=reader.field("blockRows", reader.natural),
        limb_bits=reader.field("limbBits", reader.natural),
        columns=reader.field("columns", lambda: _read_all_columns(reader, parts, namespace)),
    )
    reader.expect(f"end {namespace}")
    reader.expect_end()
    return samples


def _read_all_columns(
    reader: "_Reader", parts: list["_Reader"], namespace: str
) -> tuple[tuple[Literal[int], ...], ...]:
    """Read the columns in the file of the samples, or those of all parts, which it then appends in their order."""
    if not parts:
        return _read_columns(reader)
    reader.expect(" ++ ".join(f"part{number}" for number in range(1, len(parts) + 1)))
    columns: list[tuple[Literal[int], ...]] = []
    for number, part in enumerate(parts, start=1):
        part.expect("module")
        _open_section(part, namespace)
        part.expect(f"def part{number} : List ( List Nat ) :=")
        columns += _read_columns(part)
        part.expect(f"end {namespace}")
        part.expect_end()
    return tuple(columns)


def _open_section(reader: "_Reader", namespace: str) -> None:
    """Read what comes before the one definition of a file, which earlier exports do not call noncomputable."""
    reader.expect(f"@[expose] public noncomputable section namespace {namespace}")
    reader.passes("noncomputable")


def _read_columns(reader: "_Reader") -> tuple[tuple[Literal[int], ...], ...]:
    return reader.items("[", lambda: reader.items("[", reader.packed))


def _read_concepts(reader: "_Reader", namespace: str) -> list[ReadConcept]:
    """Read a file of at least one concept; its imports say what is proved of all of them."""
    reader.expect("module public import Bridge.Claims.SupError public import")
    with_r_squared = reader.comes("Bridge.Claims.Determination")
    if with_r_squared:
        reader.expect("Bridge.Claims.Determination public import")
    with_quantile = reader.comes("Bridge.Claims.Quantile")
    if with_quantile:
        reader.expect("Bridge.Claims.Quantile public import")
    reader.expect(f"{namespace}.Samples @[expose] public noncomputable section")
    concepts = [_read_concept(reader, namespace, with_r_squared, with_quantile)]
    while not reader.at_end():
        concepts.append(_read_concept(reader, namespace, with_r_squared, with_quantile))
    return concepts


def _read_concept(reader: "_Reader", namespace: str, with_r_squared: bool, with_quantile: bool) -> ReadConcept:
    opened, name = _read_namespace(reader, namespace)
    reader.expect("def functional : Bridge.AffineFunctional")
    latent_dims = [reader.natural()]
    common_exponents: list[Literal[int]] = []
    reader.expect("where w :=")
    if reader.comes("#"):
        weights = reader.items("#v [", reader.rational)
    else:
        reader.expect("Bridge.dyadicVector")
        latent_dims.append(reader.natural())
        common_exponents.append(reader.natural())
        weights = _over(common_exponents[0], reader.items("[", reader.signed))
        reader.expect("( by decide +kernel )")
    bias = reader.field("b", reader.rational)
    delta = reader.field("@[irreducible] def δ : Rat", reader.rational)
    reader.expect("def residual ( i : Fin")
    sizes = [reader.natural()]
    reader.expect(") : Rat := functional.residual ( samples.latent i ) ( samples.score")
    columns = [reader.natural()]
    reader.expect("i ) theorem checked : Bridge.check samples")
    columns.append(reader.natural())
    reader.expect("functional δ")
    weight_exponents = [reader.natural()]
    reader.expect("= true := by decide +kernel theorem tight : Bridge.isTight samples")
    columns.append(reader.natural())
    reader.expect("functional δ")
    weight_exponents.append(reader.natural())
    worst_samples = [reader.natural()]
    reader.expect("= true := by decide +kernel theorem bound ( i : Fin")
    sizes.append(reader.natural())
    reader.expect(
        ") : - δ ≤ residual i ∧ residual i ≤ δ := Bridge.bound_of_check checked i theorem attained : ∃ i : Fin"
    )
    sizes.append(reader.natural())
    reader.expect(", residual i = δ ∨ residual i = - δ := ⟨ ⟨")
    worst_samples.append(reader.natural())
    reader.expect(", by decide ⟩ , Bridge.attained_of_check checked _ tight ⟩")
    determination, has_begun = None, False
    if with_r_squared:
        determination, has_begun = _read_determination(reader, columns, weight_exponents, with_quantile)
    quantile = _read_quantile(reader, columns, weight_exponents, has_begun) if with_quantile else None
    reader.expect(f"end {opened}")
    return ReadConcept(
        name=name,
        latent_dims=tuple(latent_dims),
        common_exponents=tuple(common_exponents),
        weights=weights,
        bias=bias,
        delta=delta,
        sizes=tuple(sizes),
        columns=tuple(columns),
        weight_exponents=tuple(weight_exponents),
        worst_samples=tuple(worst_samples),
        determination=determination,
        quantile=quantile,
    )


def _read_determination(
    reader: "_Reader", columns: list[Literal[int]], weight_exponents: list[Literal[int]], with_quantile: bool
) -> tuple[ReadDetermination, bool]:
    """Read the declarations of R²; the score columns and weight exponents in them are added to those read before.

    Returns:
        What is stated, and whether the beginning of the conformal bound has been read: its definition begins as that of
        R² does, which a constant score has not.
    """
    residual_sum_of_squares = reader.field("@[irreducible] def residualSumOfSquares : Rat", reader.rational)
    total_sum_of_squares = reader.field("@[irreducible] def totalSumOfSquares : Rat", reader.rational)
    reader.expect("theorem determined : Bridge.isDetermined samples")
    columns.append(reader.natural())
    reader.expect("functional δ")
    weight_exponents.append(reader.natural())
    reader.expect(
        "residualSumOfSquares totalSumOfSquares = true := by decide +kernel "
        "theorem residualSumOfSquares_eq : Bridge.sumOfSquares residual = residualSumOfSquares := "
        "Bridge.residualSumOfSquares_eq checked determined "
        "theorem totalSumOfSquares_eq : Bridge.sumOfSquares ( Bridge.centred ( samples.score"
    )
    columns.append(reader.natural())
    reader.expect(") ) = totalSumOfSquares := Bridge.totalSumOfSquares_eq checked determined")
    r_squared = None
    has_begun = reader.comes("@")
    if has_begun:
        reader.expect("@[irreducible] def")
    if has_begun and (reader.comes("rSquared") or not with_quantile):
        has_begun = False
        r_squared = reader.field("rSquared : Rat", reader.rational)
        reader.expect("theorem rSquared_eq : Bridge.rSquared ( samples.score")
        columns.append(reader.natural())
        reader.expect(
            ") residual = rSquared := Bridge.rSquared_eq checked determined ( by decide +kernel ) ( by decide +kernel )"
        )
    return ReadDetermination(residual_sum_of_squares, total_sum_of_squares, r_squared), has_begun


def _read_quantile(
    reader: "_Reader", columns: list[Literal[int]], weight_exponents: list[Literal[int]], has_begun: bool
) -> ReadQuantile:
    """Read the declarations of a conformal bound; score columns and weight exponents are added to those read before."""
    if not has_begun:
        reader.expect("@[irreducible] def")
    delta_alpha = reader.field("δα : Rat", reader.rational)
    reader.expect("def calibrationResidual ( i : Fin")
    sizes = [reader.natural()]
    reader.expect(") : Rat := residual ( i.castLE ( by decide ) ) theorem calibrated : Bridge.isQuantile samples")
    columns.append(reader.natural())
    reader.expect("functional δ")
    weight_exponents.append(reader.natural())
    reader.expect("δα")
    sizes.append(reader.natural())
    ranks = [reader.natural()]
    reader.expect("= true := by decide +kernel theorem isKthSmallest : Bridge.IsKthSmallest calibrationResidual δα")
    ranks.append(reader.natural())
    reader.expect(
        ":= Bridge.isKthSmallest_of_check checked calibrated ( by decide ) "
        "theorem isConformalRank : Bridge.IsConformalRank ("
    )
    alpha = reader.rational()
    reader.expect(")")
    sizes.append(reader.natural())
    ranks.append(reader.natural())
    reader.expect(":= by decide +kernel")
    return ReadQuantile(alpha, delta_alpha, tuple(sizes), tuple(ranks))


def _over(exponent: Literal[int], numerators: tuple[Literal[int], ...]) -> tuple[Literal[Fraction], ...]:
    if exponent.value > _LARGEST_EXPONENT:
        raise MismatchError(exponent.place, f"the exponent {exponent.value}", f"at most {_LARGEST_EXPONENT}")
    denominator = 2**exponent.value
    return tuple(Literal(Fraction(numerator.value, denominator), numerator.place) for numerator in numerators)


_ARTIFACT = r"Artifact: SHA-256 (?P<sha256>[0-9a-f]{64})\.$"
# Python refuses to read longer numbers; the longest that an export of 64-bit floats can contain has about 1,300 digits.
_LONGEST_DECIMAL = 4_300
_COMMAND = (
    r"Made by `python -m bridge export --over (?P<coverage>\S+)"
    rf"(?P<options>(?: --r2)?(?: --alpha [0-9]{{1,{_LONGEST_DECIMAL}}}/[1-9][0-9]{{0,{_LONGEST_DECIMAL - 1}}})?) "
    r"--out \S+\.lean`, do not edit\.$"
)
_WORD = r"(?:«[^«»\n]*»|[^\W\d]\w*)"
_NAME = re.compile(_WORD)
# Blanks are those that Lean has; what else Python takes for one is a symbol, which no export has.
_TOKEN = re.compile(
    r"(?P<hexadecimal>0x[0-9a-f]+)|(?P<decimal>[0-9]+)"
    rf"|(?P<word>{_WORD}(?:\.{_WORD})*)|(?P<space>[ \n]+)|(?P<symbol>:=|\+\+|.)",
    re.DOTALL,
)
# The smallest positive 64-bit float is 2^-1074.
_LARGEST_EXPONENT = 1_074
# Of lists in one file, and as many comments, so that a small file does not become a large thing in memory.
_MOST_ITEMS = 2_000_000
_COMMENT_START = re.compile(r"/-[-!]?(?=\s)")
_COMMENT_EDGE = re.compile(r"/-|-/")
_LONGEST_SHOWN = 60
# Control and format characters, such as those that reverse the direction of writing, and line breaks that are none.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: Place


class _Reader:
    """Walks through the words of one file, comments set aside."""

    def __init__(self, path: Path, source: bytes, module: str = "") -> None:
        """Begin to read.

        Args:
            path: the file, for what is said of it.
            source: its content, UTF-8 text.
            module: the name of the module.

        Raises:
            MismatchError: the text has hidden characters, or a header that Lean may read in another way.
        """
        self.module = module
        self.comments: list[Comment] = []
        self.sha256 = hashlib.sha256(source).hexdigest()
        self._path = path
        # Line breaks as Lean has them: a carriage return alone is none, and does not end a comment.
        self._text = source.decode().replace("\r\n", "\n")
        self._refuse_hidden()
        self._header_end = self._read_header()
        self._position = 0
        self._line, self._line_start, self._counted = 1, 0, 0
        self._words = 0
        self._items = 0
        self._token = self._next_token()

    @classmethod
    def of(cls, folder: Path, module: str) -> Self:
        """The reader of the file of a module, given the folder of the root file.

        Raises:
            InputError: the file cannot be read.
            MismatchError: as of `_Reader`.
        """
        return cls(*read_module(folder, module), module)

    def banner(self, pattern: str, group: str) -> Literal[str]:
        """A group of a pattern in the comment that the file begins with; a match is a whole end of a line."""
        head, _, _ = self._text.partition("-/")
        matches = list(re.finditer(pattern, head, re.MULTILINE))
        if len(matches) != 1:
            where, found = (matches[1].start(), "a second such line") if matches else (0, "no such line")
            raise MismatchError(self._place(where), found, f"a banner with `{pattern}`")
        return Literal(matches[0][group], self._place(matches[0].start(group)))

    def at_end(self) -> bool:
        return self._token is None

    def comes(self, text: str) -> bool:
        """Whether the next word is this one."""
        return self._token is not None and self._token.text == text

    def skip_to_end(self) -> None:
        """Pass over all words."""
        while self._token is not None:
            self._token = self._next_token()

    def passes(self, text: str) -> bool:
        """Whether the next word is this one, which is then passed over."""
        found = self.comes(text)
        if found:
            self.expect(text)
        return found

    def expect_end(self) -> None:
        if not self.at_end():
            self._refuse("the end of the file")

    def expect(self, words: str) -> None:
        """Pass over these words, which stand for themselves."""
        for match in _TOKEN.finditer(words):
            if match.lastgroup == "space":
                continue
            if not self.comes(match[0]):
                self._refuse(f"`{match[0]}`")
            self._token = self._next_token()

    def field(self, name: str, read: Callable[[], Value]) -> Value:
        """Read `name := value`."""
        self.expect(f"{name} :=")
        return read()

    def items(self, opening: str, read: Callable[[], Value]) -> tuple[Value, ...]:
        """Read a list with at least one item, in brackets."""
        self.expect(opening)
        found = [read()]
        while self.comes(","):
            self._items += 1
            if self._items > _MOST_ITEMS:
                self._refuse(f"at most {_MOST_ITEMS} items of lists")
            self.expect(",")
            found.append(read())
        self.expect("]")
        return tuple(found)

    def identifier(self) -> Literal[str]:
        token = self._take("word", "a name")
        return Literal(token.text, token.place)

    def natural(self) -> Literal[int]:
        token = self._take("decimal", "a natural number in decimal digits")
        if len(token.text) > _LONGEST_DECIMAL:
            raise MismatchError(token.place, f"a number of {len(token.text)} digits", "a shorter one")
        return Literal(int(token.text), token.place)

    def packed(self) -> Literal[int]:
        """Read `nat_lit 0x1f`, or `0x1f` as earlier exports have it: the same number, which takes Lean longer."""
        self.passes("nat_lit")
        token = self._take("hexadecimal", "a natural number in hexadecimal digits")
        return Literal(int(token.text, 16), token.place)

    def rational(self) -> Literal[Fraction]:
        """Read `n`, `-n`, `n / d` or `-n / d`."""
        start = self._token.place if self._token is not None and self.comes("-") else None
        if start is not None:
            self.expect("-")
        numerator = self.natural()
        value = Fraction(numerator.value if start is None else -numerator.value)
        if self.comes("/"):
            self.expect("/")
            denominator = self.natural()
            if denominator.value == 0:
                raise MismatchError(denominator.place, "the denominator 0", "a positive denominator")
            value /= denominator.value
        return Literal(value, start or numerator.place)

    def signed(self) -> Literal[int]:
        """Read `Bridge.plus n` or `Bridge.minus n`, which stand for n and -n."""
        if not self.comes("Bridge.plus") and not self.comes("Bridge.minus"):
            self._refuse("`Bridge.plus` or `Bridge.minus`")
        sign = self.identifier()
        value = self.natural().value
        return Literal(value if sign.value == "Bridge.plus" else -value, sign.place)

    def _take(self, kind: str, required: str) -> _Token:
        token = self._token
        if token is None or token.kind != kind:
            self._refuse(required)
        self._token = self._next_token()
        return token

    def _refuse(self, required: str) -> NoReturn:
        if self._token is None:
            raise MismatchError(self._place(len(self._text)), "the end of the file", required)
        raise MismatchError(self._token.place, _shown(self._token.text), required)

    def _refuse_hidden(self) -> None:
        """Refuse what a person who reads the file does not see, or not where it is."""
        hidden = [char for char in set(self._text) - {"\n"} if unicodedata.category(char) in _HIDDEN]
        if hidden:
            first = re.search(f"[{re.escape(''.join(hidden))}]", self._text)
            assert first is not None, "each of them is in the text"
            name = f"the character U+{ord(first[0]):04X}"
            raise MismatchError(self._place(first.start()), name, "neither control nor format characters")

    def _read_header(self) -> int:
        """Where the header ends for Lean, which is where the declarations of an export must begin."""
        try:
            return read_header(self._text).end
        except HeaderError as error:
            raise MismatchError(self._place(error.position), error.found, error.required) from None

    def _next_token(self) -> _Token | None:
        """The next word; the comments before it are set aside."""
        while self._position < len(self._text):
            start = self._position
            if self._text.startswith("/-", start):
                self._set_aside(self._comment_end(start))
            elif self._text.startswith("--", start):
                line_end = self._text.find("\n", start)
                self._set_aside(len(self._text) if line_end < 0 else line_end)
            else:
                match = _TOKEN.match(self._text, start)
                assert match is not None, "every character is a space or a symbol"
                self._position = match.end()
                if match.lastgroup != "space":
                    return self._counted_token(str(match.lastgroup), match[0], start)
        return None

    def _counted_token(self, kind: str, text: str, start: int) -> _Token:
        token = _Token(kind, text, self._next_place(start))
        if start >= self._header_end:
            self._header_end = len(self._text)
            if text != "@" and self._words:
                raise MismatchError(token.place, _shown(text), "`@`")
        self._words += 1
        return token

    def _set_aside(self, end: int) -> None:
        text = self._text[self._position : end]
        if len(self.comments) == _MOST_ITEMS:
            raise MismatchError(self._place(self._position), "one more comment", f"at most {_MOST_ITEMS}")
        self.comments.append(Comment(text, self._next_place(self._position), self._words))
        self._position = end

    def _comment_end(self, start: int) -> int:
        """The end of a comment as an export writes them: a space after its opening, and no comment inside.

        Lean nests comments and reads openings such as `/-/` and `/--/` in ways of its own; an axiom must not hide in
        what is a comment for one of the two readers only.
        """
        opening = _COMMENT_START.match(self._text, start)
        if opening is None:
            raise MismatchError(self._place(start), f"`{self._text[start : start + 3]}`", "a space after `/-`")
        edge = _COMMENT_EDGE.search(self._text, opening.end())
        if edge is None:
            raise MismatchError(self._place(start), "a comment without an end", "`-/`")
        if edge[0] == "/-":
            raise MismatchError(self._place(edge.start()), "a comment inside a comment", "`-/`")
        return edge.end()

    def _next_place(self, position: int) -> Place:
        """The place of a position behind all that were asked for before; so every line is counted once."""
        lines = self._text.count("\n", self._counted, position)
        if lines:
            self._line += lines
            self._line_start = self._text.rindex("\n", 0, position) + 1
        self._counted = position
        return Place(self._path, self._line, position - self._line_start + 1)

    def _place(self, position: int) -> Place:
        line = self._text.count("\n", 0, position) + 1
        return Place(self._path, line, position - self._text.rfind("\n", 0, position))


def _shown(text: str) -> str:
    return f"`{text}`" if len(text) <= _LONGEST_SHOWN else f"`{text[:_LONGEST_SHOWN]}…`"
