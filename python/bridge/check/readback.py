"""Reads exported probes back, without Lean and without the code that wrote them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from bridge.base.module_names import namespace_of
from bridge.check.claims import TWINS, asked_in, sup_error
from bridge.check.claims.sup_error import ReadRange
from bridge.check.claims.twin import Twin
from bridge.check.lean_modules import require_file
from bridge.check.parts import (
    SECTION,
    Notes,
    ReadFiles,
    ReadShard,
    command_pattern,
    read_functional,
    read_integers,
    read_namespace,
    read_samples,
    require_sections,
    weights_of,
)
from bridge.check.pixels.readback import MODULE as PIXELS
from bridge.check.pixels.readback import OPTION as FROM_PIXELS
from bridge.check.pixels.readback import ReadPixels, ReadRealPixels, is_asked, read_pixels, read_real_pixels
from bridge.check.ranges import RangeFiles
from bridge.check.reader import Comment, Found, Literal, MismatchError, Reader

_PROBE = "def probe : Bridge.Probe ( EuclideanSpace ℝ ( Fin {latent_dim} ) ) := Bridge.Probe.ofRational functional"
_COLUMN = """
def column : EuclideanSpace ℝ ( Fin {augmented_dim} ) →L[ℝ] ℝ := functional.column
theorem column_augment ( z : EuclideanSpace ℝ ( Fin {latent_dim} ) ) : column ( Bridge.augment z ) = probe.eval z
  := functional.column_augment z
"""


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
        return weights_of(self.functional, self.integers)

    def value(self, claim: str, hole: str) -> Any:  # noqa: ANN401 -- a hole has a kind of its own
        """The value of the first literal in a hole of a claim, None if it is not there."""
        found = self.claims.get(claim, Found())
        return found.value(hole) if hole in found else None


@dataclass(frozen=True)
class ReadRealConcept:
    """The numbers of a concept in the root file, as written; `augmented_dim` is that of latent points with a last 1.

    `pixels` is there in an export from pixels alone.
    """

    name: Literal[str]
    numbers: Found
    claims: Mapping[str, Found]
    pixels: ReadRealPixels | None


@dataclass(frozen=True, kw_only=True)
class ReadExport(ReadFiles):
    """A whole export of probes, read back; `concepts` are from their files, `real_concepts` from the root file.

    `pixels` is there in an export from pixels alone.
    """

    concepts: tuple[ReadConcept, ...]
    real_concepts: tuple[ReadRealConcept, ...]
    pixels: ReadPixels | None


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
    notes = Notes(_command())
    notes.add(root_reader)
    samples = read_samples(root.parent, namespace, notes)
    concepts: list[ReadConcept] = []
    for module in modules:
        reader = Reader.of(root.parent, f"{namespace}.{module}")
        concepts += _read_concepts(root.parent, reader, samples.shards, notes)
        notes.add(reader)
    in_ranges = any(concept.ranges for concept in concepts)
    for concept in concepts:
        if in_ranges and not concept.ranges:
            # It would not see the digits, since others need not.
            raise MismatchError(concept.name.place, "a concept without ranges", "one with ranges, as others are")
    require_sections(samples, hidden=in_ranges)
    from_pixels = is_asked(notes.first("options"))
    in_fractions = ["weights" in concept.functional for concept in concepts]
    return ReadExport(
        **notes.fields(),
        root=root,
        samples=samples,
        concepts=tuple(concepts),
        real_concepts=real_concepts,
        pixels=read_pixels(root.parent, namespace, modules, in_fractions, notes) if from_pixels else None,
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
    return command_pattern([*(twin.option for twin in TWINS), FROM_PIXELS])


def _read_root(reader: Reader, namespace: str) -> tuple[list[str], tuple[ReadRealConcept, ...]]:
    from_pixels = is_asked(reader.banner(_command(), "options").value)
    reader.expect(f"module public import Bridge.Real public import {namespace}.Samples")
    modules: dict[str, None] = {}
    of_pixels = f"public import {namespace}.{PIXELS}"
    while reader.comes("public") and not (from_pixels and reader.ahead(of_pixels)):
        reader.expect("public import")
        name = reader.identifier()
        prefix, dot, module = name.value.rpartition(".")
        if prefix != namespace or not dot:
            raise MismatchError(name.place, f"import {name.value}", f"a module of {namespace}")
        if module in modules:
            raise MismatchError(name.place, f"import {name.value} once more", "each module once")
        modules[module] = None
    if from_pixels:
        reader.expect(of_pixels)
    reader.expect(SECTION)
    concepts = []
    while not reader.at_end():
        concepts.append(_read_real_concept(reader, namespace, from_pixels=from_pixels))
    return list(modules), tuple(concepts)


def _read_real_concept(reader: Reader, namespace: str, *, from_pixels: bool) -> ReadRealConcept:
    opened, name = read_namespace(reader, namespace)
    numbers = reader.match(_COLUMN, reader.match(sup_error.REAL, reader.match(_PROBE)))
    claims = {twin.name: found for twin in TWINS if (found := twin.read_real(reader)) is not None}
    pixels = read_real_pixels(reader) if from_pixels else None
    reader.expect(f"end {opened}")
    return ReadRealConcept(name, numbers, claims, pixels)


def _read_concepts(folder: Path, reader: Reader, shards: Sequence[ReadShard], notes: Notes) -> list[ReadConcept]:
    """Read a file of at least one concept, and those of its ranges; its banner says what is proved of all of them."""
    namespace = reader.module.partition(".")[0]
    asked = asked_in(reader.banner(_command(), "options").value)
    twins = [twin for twin in TWINS if twin.name in asked]
    imports = dict.fromkeys(["Bridge.Claims.SupError", *(twin.imports for twin in twins), f"{namespace}.Samples"])
    reader.expect(f"module {' '.join(f'public import {module}' for module in imports)}")
    files = RangeFiles(folder, reader, shards, notes)
    reader.expect(SECTION)
    checks = _read_checks(files, namespace, twins) if files.count else {}
    concepts: list[ReadConcept] = []
    while not (concepts and reader.at_end()):
        opened, name = read_namespace(reader, namespace)
        if files.count:
            integers, ranges = _next_of(checks, opened, name)
        else:
            integers, ranges = read_integers(reader), []
        functional = read_functional(reader)
        claimed, totals = sup_error.read(reader, twins, len(ranges), in_fractions="weights" in functional)
        claims = {twin.name: twin.read(reader, totals[twin.name]) for twin in twins}
        concepts.append(ReadConcept(name, integers, functional, claimed, claims, tuple(ranges)))
        reader.expect(f"end {opened}")
    if checks:  # concepts that have ranges, and are not there
        reader.expect(f"namespace {next(iter(checks))}")
    return concepts


# By the namespaces of concepts: their integers, and what is found out of each range.
_Checks = dict[str, tuple[Found, list[ReadRange]]]


def _read_checks(files: RangeFiles, namespace: str, twins: Sequence[Twin]) -> _Checks:
    """Read the file of the integers of some concepts, and those of their ranges."""
    checks: _Checks = {}
    reader = files.integers()
    while not (checks and reader.at_end()):
        opened, name = read_namespace(reader, namespace)
        if opened in checks:
            raise MismatchError(name.place, f"namespace {opened} once more", "each concept once")
        checks[opened] = (read_integers(reader), [])
        reader.expect(f"end {opened}")
    files.close(reader)
    for number in range(1, files.count + 1):
        reader, file = files.open(number, "Bridge.Packing.Ranges")
        for opened, (_, ranges) in checks.items():
            reader.expect(f"namespace {opened}")
            ranges.append(sup_error.read_range(reader, twins, number - 1, file))
            reader.expect(f"end {opened}")
        files.close(reader)
    return checks


def _next_of(checks: _Checks, opened: str, name: Literal[str]) -> tuple[Found, list[ReadRange]]:
    """What was read of a concept before, which is the next of them."""
    required = next(iter(checks), None)
    if opened != required:
        raise MismatchError(
            name.place, f"namespace {opened}", f"namespace {required}" if required else "the end of the file"
        )
    return checks.pop(opened)
