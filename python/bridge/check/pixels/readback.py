"""Reads the parts of an export that are about images and their encoder, word for word but for the literals."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bridge.check.parts import (
    OF_CHECK,
    SECTION,
    Notes,
    Packed,
    ReadGroup,
    ReadSamples,
    groups_in,
    read_end,
    read_imports,
    read_integers,
    read_namespace,
    read_numbered_imports,
    read_samples,
)
from bridge.check.reader import Found, Literal, MismatchError, Reader

OPTION = "--from-pixels"
"""The option of the banner that asks for it."""

MODULE = "Pixels"
"""The module of what is said of all images, in that of the export."""

REAL_THEOREMS = ("pixelSpec", "pixelSpec_isTight")
_THEOREMS = ("encodes", "latent_error", "latent_error_attained")
_CONCEPT_THEOREMS = ("residual_eq", "faithful", "checked", "bound", "attained")

COUNTED = ("size", "thick")
"""What is counted on an image, as the library calls it."""

# In the namespace of a concept, that of what is said of it from the pixels.
_INNER = ".pixels"

_LAYER = """
: Bridge.PackedLayer where
  inputs := {inputs} outputs := {outputs} exponent := {exponent}
  weightBits := {weight_bits} fieldBits := {field_bits} limbBits := {limb_bits}
"""
_NETWORK = "def encoder : Bridge.Network ( {height} * {width} ) {latent_dim} :="
_FIRST_LAYER = "( layer1.layer ( {height} * {width} ) {outputs} )"
_FURTHER_LAYER = "( layer%.layer {inputs} {outputs} )"

_IMAGES = """
def images : Bridge.PackedImages where
  count := {count} height := {height} width := {width} literals :=
"""
_CLAIM = """
def pixelClaim : Bridge.PixelClaim where
  samples := samples encoded := encoded height := {height} width := {width} first := layer1
"""
_ERRORS = "errorExponent := {error_exponent} errors := [ {errors:natural*} ]"

_ERROR = """
@[irreducible] def ε : Vector Rat {latent_dim} := #v[ {epsilon:rational*} ]
theorem latent_error ( i : Fin {size} ) ( j : Fin {latent_dim} ) :
  - ε[j] ≤ samples.latent i j - encoder.eval ( images.image i ).input j ∧
    samples.latent i j - encoder.eval ( images.image i ).input j ≤ ε[j]
  := Bridge.latent_error encodes ( by decide +kernel ) i j rfl
theorem latent_error_attained ( j : Fin {latent_dim} ) : ∃ i : Fin {size} ,
  samples.latent i j - encoder.eval ( images.image i ).input j = ε[j] ∨
    samples.latent i j - encoder.eval ( images.image i ).input j = - ε[j]
  := Bridge.latent_error_attained encodes ( by decide +kernel ) [ {worst:natural*} ] ( by decide +kernel ) j rfl
"""

_SCORE_EQ = "theorem score_eq ( i : Fin {size} ) : samples.score {column} i = ( ( images.image i )."
_BY_COUNTING = ": Rat ) := Bridge.score_of_encodes encodes {place} rfl i"
_RESIDUAL = """
@[irreducible] def δ : Rat := {delta:rational}
def residual ( i : Fin {size} ) : Rat := functional.residual ( encoder.eval ( images.image i ).input )
"""
_RESIDUAL_EQ = """
theorem residual_eq ( i : Fin {size} ) :
  ( functional.scaled 255 ).residual ( encoded.latent i ) ( encoded.score {column} i ) = residual i :=
"""
_FAITHFUL = "theorem faithful : integers.Represents encoded {column} ( functional.scaled 255 ) δ :="
_OF_FRACTIONS = ".ofScaled ( by decide +kernel ) ( by decide +kernel ) ( by decide +kernel )"
_OF_INTEGERS = ".ofScaledVector ( by decide +kernel ) rfl ( by decide +kernel )"
_CONCLUDED = f"""
theorem checked : Bridge.Found encoded {{column}} integers {{first_block}} {{block_count}}
  [ ( .attains {{worst_sample}} , {{attaining}} ) ] := {OF_CHECK}
theorem bound ( i : Fin {{size}} ) : - δ ≤ residual i ∧ residual i ≤ δ
  := Bridge.bound_of_eq ( residual_eq i ) ( Bridge.bound_of_found faithful checked ( by decide ) i )
theorem attained : ∃ i : Fin {{size}} , residual i = δ ∨ residual i = - δ
  := ⟨ ⟨ {{worst_sample}} , by decide ⟩ , Bridge.attained_of_eq ( residual_eq _ )
    ( Bridge.attained_of_found faithful checked ( by decide ) {{total_place}} rfl ) ⟩
"""
# The score in a residual, and why it is that of what is packed.
_COUNTED = "( images.image i ).%", "Bridge.scored_residual encodes functional ( by decide ) rfl ( score_eq i )"
_LISTED = "( samples.score {column} i )", "Bridge.listed_residual encodes functional ( by decide ) i rfl"

_REAL_COUNTED = "( Bridge.Image {height} {width} )"
_REAL_LISTED = "( Fin {size} )"
_REAL_SPACE = "( EuclideanSpace ℝ ( Fin {latent_dim} ) ) := Bridge.ProbeSpec.of% encoder functional images.image"
_REAL_SCORE = "Bridge.Image."
_REAL_LISTED_SCORE = "( samples.score {column} )"
_REAL_REST = """
theorem pixelSpec_isTight : pixelSpec.IsTight
  := Bridge.ProbeSpec.isTight_of%kind encoder functional images.image %score pixels.δ pixels.bound pixels.attained
"""


@dataclass(frozen=True)
class ReadLayer:
    """The numbers of a packed layer, as written, and its groups of columns."""

    numbers: Found
    groups: tuple[ReadGroup, ...]


@dataclass(frozen=True)
class ReadChunk:
    """Some images that a theorem is about, at least one, and how many come before, as the theorem says."""

    images: tuple[Literal[int], ...]
    numbers: Found


@dataclass(frozen=True)
class ReadPixelConcept:
    """What is claimed of a concept at the exact values, as written.

    Attributes:
        name: the concept's name.
        counted: what its scores are proved to be, and where that is said; None if they are only listed.
        integers: the integers of its probe.
        found: all other numbers.
    """

    name: Literal[str]
    counted: Literal[str] | None
    integers: Found
    found: Found


@dataclass(frozen=True)
class ReadRealPixels:
    """What is claimed of a concept over the real numbers, as written.

    Attributes:
        counted: what its scores are, None if they are only listed.
        found: the numbers.
    """

    counted: Literal[str] | None
    found: Found


@dataclass(frozen=True)
class ReadPixels:
    """What an export says of images and their encoder, as written.

    Attributes:
        network: the numbers of the encoder: of all its layers, the first ones first.
        layers: its layers.
        images: how many images there are, and their height and width.
        chunks: the images.
        encoded: where the exact values stand.
        claim: what is compared.
        scored: the columns of the scores that are counted on images, and what is counted.
        errors: ε, and what is said of it.
        concepts: what is claimed of each concept.
    """

    network: Found
    layers: tuple[ReadLayer, ...]
    images: Found
    chunks: tuple[ReadChunk, ...]
    encoded: ReadSamples
    claim: Found
    scored: tuple[tuple[Literal[int], Literal[str]], ...]
    errors: Found
    concepts: tuple[ReadPixelConcept, ...]


def is_asked(options: str) -> bool:
    """Whether the words of a banner ask for it."""
    return OPTION in options.split()


def read_pixels(
    folder: Path, namespace: str, modules: Sequence[str], in_fractions: Sequence[bool], notes: Notes
) -> ReadPixels:
    """Read the files that are about images and their encoder.

    Args:
        folder: the folder of the root file.
        namespace: of the export.
        modules: those of the concepts.
        in_fractions: of each concept whether its weights are written as fractions.
        notes: what else is kept of the files goes there.

    Raises:
        InputError: a file is missing, is no plain file or is not text.
        MismatchError: a file has something that an export does not have.
    """
    files = _Files(folder, namespace, notes)
    network, layers = files.encoder()
    images, literals = files.images()
    encoded, claim, scored = files.encoded(len(layers))
    chunks = tuple(files.chunk(number, chunk) for number, chunk in enumerate(literals, start=1))
    errors, concepts = files.pixels(modules, in_fractions, len(chunks))
    return ReadPixels(network, layers, images, chunks, encoded, claim, scored, errors, concepts)


def declarations(read: ReadPixels, namespace: str) -> dict[str, tuple[str, ...]]:
    """The full names of the theorems that each module must have declared, and of what they are about, by module."""
    layers = range(1, len(read.layers) + 1)
    names = {
        MODULE: [
            *_THEOREMS,
            *(f"{concept.name.value}.score_eq" for concept in read.concepts if concept.counted is not None),
            *(f"{concept.name.value}.pixels.{name}" for concept in read.concepts for name in _CONCEPT_THEOREMS),
        ],
        "Images": ["images"],
        "Encoder": ["encoder"],
        "Encoded": ["encoded", "pixelClaim"],
        **{f"Encoder.Layer{number}": [f"layer{number}"] for number in layers},
        **{f"Checks.Images.Chunk{number}": [f"encodes{number}"] for number in range(1, len(read.chunks) + 1)},
    }
    return {f"{namespace}.{module}": tuple(f"{namespace}.{name}" for name in all_) for module, all_ in names.items()}


def read_real_pixels(reader: Reader) -> ReadRealPixels:
    """Read what is claimed of a concept over the real numbers, where it comes next."""
    reader.expect("def pixelSpec : Bridge.ProbeSpec")
    counted = None
    if reader.ahead("( Bridge.Image"):
        found = reader.match(_REAL_SPACE.replace("%", "Pixels"), reader.match(_REAL_COUNTED))
        counted = _counted(reader, _REAL_SCORE)
        kind, score = "Pixels", f"{_REAL_SCORE}{counted.value}"
    else:
        found = reader.match(_REAL_SPACE.replace("%", "ListedPixels"), reader.match(_REAL_LISTED))
        kind, score = "ListedPixels", _REAL_LISTED_SCORE
        reader.match(score, found)
    reader.expect("pixels.δ pixels.bound")
    return ReadRealPixels(counted, reader.match(_REAL_REST.replace("%kind", kind).replace("%score", score), found))


class _Files:
    """Reads the files."""

    def __init__(self, folder: Path, namespace: str, notes: Notes) -> None:
        self._folder = folder
        self._namespace = namespace
        self._notes = notes

    def encoder(self) -> tuple[Found, tuple[ReadLayer, ...]]:
        """The encoder, and its layers."""
        reader = self._open("Encoder")
        read_imports(reader, ["Bridge.Network"])
        count = self._count(reader, "Encoder.Layer")
        found = reader.match(_NETWORK)
        for number in range(1, count + 1):
            reader.expect(".last" if number == count else ".relu")
            reader.match(_FIRST_LAYER if number == 1 else _FURTHER_LAYER.replace("%", str(number)), found)
            if number < count:
                reader.expect("<|")
        self._end(reader)
        return found, tuple(self._layer(number) for number in range(1, count + 1))

    def images(self) -> tuple[Found, tuple[tuple[Literal[int], ...], ...]]:
        """How many images there are and how large they are, and the literals of each file."""
        reader = self._open("Images")
        read_imports(reader, ["Bridge.Images"])
        count = self._count(reader, "Images.Shard")
        found = reader.match(_IMAGES)
        names = [f"images{number}" for number in range(1, count + 1)]
        reader.expect(f"{' ++ ( '.join(names[:-1])} ++ {names[-1]} {') ' * (count - 2)}" if count > 1 else "images1")
        self._end(reader)
        chunks = []
        for number in range(1, count + 1):
            reader = self._open(f"Images.Shard{number}")
            read_imports(reader, [])
            self._begin(reader)
            reader.expect(f"def images{number} : List Nat := [")
            chunks.append(reader.items(reader.packed))
            reader.expect("]")
            self._end(reader)
        return found, tuple(chunks)

    def encoded(self, layer_count: int) -> tuple[ReadSamples, Found, tuple[tuple[Literal[int], Literal[str]], ...]]:
        """The exact values, what is compared, and which scores are counted on images."""
        layers = tuple(f"{{namespace}}.Encoder.Layer{number}" for number in range(1, layer_count + 1))
        imports = ("Bridge.Packing.Pixels", "{namespace}.Samples", *layers)
        claim = Found()
        scored: list[tuple[Literal[int], Literal[str]]] = []

        def read_claim(reader: Reader) -> None:
            reader.match(_CLAIM, claim)
            others = " , ".join(f"layer{number}" for number in range(2, layer_count + 1))
            reader.expect(f"others := [ {others} ] scored := [")
            if not reader.comes("]"):
                scored.extend(reader.items(partial(_scored, reader)))
            reader.expect("]")
            reader.match(_ERRORS, claim)

        packed = Packed("Encoded", "encoded", "encoded", imports)
        samples = read_samples(self._folder, self._namespace, self._notes, packed, read_claim)
        return samples, claim, tuple(scored)

    def chunk(self, number: int, images: tuple[Literal[int], ...]) -> ReadChunk:
        """Some images with what is said of them."""
        namespace = self._namespace
        reader = self._open(f"Checks.Images.Chunk{number}")
        read_imports(reader, ["Bridge.Packing.Pixels", f"{namespace}.Encoded", f"{namespace}.Images.Shard{number}"])
        reader.expect(f"public section namespace {namespace}")
        found = reader.match(
            f"theorem encodes{number} : Bridge.Encodes pixelClaim images{number} {{first}} {{count}} := {OF_CHECK}"
        )
        self._end(reader)
        return ReadChunk(images, found)

    def pixels(
        self, modules: Sequence[str], in_fractions: Sequence[bool], chunk_count: int
    ) -> tuple[Found, tuple[ReadPixelConcept, ...]]:
        """What is said of all images: ε, and what is claimed of each concept."""
        namespace, numbers = self._namespace, range(1, chunk_count + 1)
        reader = self._open(MODULE)
        own = ["Encoder", "Images", *modules, *(f"Checks.Images.Chunk{number}" for number in numbers)]
        read_imports(reader, ["Bridge.Claims.Pixels", *(f"{namespace}.{module}" for module in own)])
        self._begin(reader)
        *first, last = (f"encodes{number}" for number in numbers)
        joined = " ".join([*(f"{name}.append <|" for name in first), last])
        errors = reader.match("theorem encodes : Bridge.Encodes pixelClaim images.literals 0 {size} :=")
        reader.expect(joined)
        reader.match(_ERROR, errors)
        reader.expect(f"end {namespace}")
        concepts: list[ReadPixelConcept] = []
        while not reader.at_end():
            flag = in_fractions[len(concepts)] if len(concepts) < len(in_fractions) else True
            concepts.append(_read_concept(reader, namespace, in_fractions=flag))
        self._notes.add(reader)
        return errors, tuple(concepts)

    def _layer(self, number: int) -> ReadLayer:
        reader = self._open(f"Encoder.Layer{number}")
        read_imports(reader, ["Bridge.Packing.Layers"])
        count = self._count(reader, f"Encoder.Layer{number}.Shard")
        reader.expect(f"def layer{number}")
        found = reader.match(_LAYER)
        names = " , ".join(f"layer{number}_{shard}" for shard in range(1, count + 1))
        reader.expect(f"groups := Bridge.joined [ {names} ]")
        self._end(reader)
        groups: list[ReadGroup] = []
        for shard in range(1, count + 1):
            reader = self._open(f"Encoder.Layer{number}.Shard{shard}")
            read_imports(reader, ["Bridge.Packing.Samples"])
            self._begin(reader)
            reader.expect(f"def layer{number}_{shard} : List Bridge.ColumnGroup :=")
            groups += groups_in(reader)
            self._end(reader)
        return ReadLayer(found, tuple(groups))

    def _open(self, module: str) -> Reader:
        return Reader.of(self._folder, f"{self._namespace}.{module}")

    def _count(self, reader: Reader, prefix: str) -> int:
        """How many modules whose names are one and the same with a number are the last imports, at least one."""
        count = read_numbered_imports(reader, f"{self._namespace}.{prefix}")
        if not count:
            reader.expect(f"public import {self._namespace}.{prefix}1")
        self._begin(reader)
        return count

    def _begin(self, reader: Reader) -> None:
        reader.expect(f"{SECTION} namespace {self._namespace}")

    def _end(self, reader: Reader) -> None:
        read_end(reader, self._namespace)
        self._notes.add(reader)


def _read_concept(reader: Reader, namespace: str, *, in_fractions: bool) -> ReadPixelConcept:
    found, counted = Found(), None
    opened, name = read_namespace(reader, namespace, inner=_INNER)
    if not opened.endswith(_INNER):
        reader.match(_SCORE_EQ, found)
        counted = _counted(reader)
        reader.match(_BY_COUNTING, found)
        reader.expect(f"end {opened}")
        opened += _INNER
        reader.expect(f"namespace {opened}")
    integers = read_integers(reader)
    score, proof = _LISTED if counted is None else (part.replace("%", counted.value) for part in _COUNTED)
    reader.match(_RESIDUAL, found)
    reader.match(score, found)
    reader.match(_RESIDUAL_EQ, found)
    reader.expect(proof)
    reader.match(_FAITHFUL, found)
    reader.expect(_OF_FRACTIONS if in_fractions else _OF_INTEGERS)
    reader.match(_CONCLUDED, found)
    reader.expect(f"end {opened}")
    return ReadPixelConcept(name, counted, integers, found)


def _scored(reader: Reader) -> tuple[Literal[int], Literal[str]]:
    """Read a column of scores, and what is counted on an image."""
    reader.expect("(")
    column = reader.natural()
    reader.expect(", .")
    counted = _counted(reader)
    reader.expect(")")
    return column, counted


def _counted(reader: Reader, prefix: str = "") -> Literal[str]:
    """Read what is counted on an image, behind a prefix."""
    name = reader.identifier()
    names = [f"{prefix}{counted}" for counted in COUNTED]
    if name.value not in names:
        raise MismatchError(name.place, f"`{name.value}`", f"one of {', '.join(names)}")
    return Literal(name.value.removeprefix(prefix), name.place)
