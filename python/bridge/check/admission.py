"""What may come to Lean: judged by text alone, before any Lean starts.

Lean runs the code of a file, and says yes to whatever the file has taught it.  So an export comes to Lean only if
nothing but an export's own declarations is in it, other files only without words that such files do not need, and the
library only as Bridge ships it.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.base.own_files import GENERATED_MARK
from bridge.check.any_export import read_any_export
from bridge.check.claims import TWINS, sup_error
from bridge.check.classification.claims.decided import range_theorem
from bridge.check.classification.readback import REAL_NAMES, ReadClassifierExport, declared_names
from bridge.check.lean_modules import LeanModule
from bridge.check.lean_words import refused_words
from bridge.check.library import differing_modules
from bridge.check.messages import Message
from bridge.check.pairs.readback import ReadPairExport
from bridge.check.pixels import readback as pixels
from bridge.check.readback import ReadConcept, ReadExport
from bridge.check.reader import MismatchError

# Messages about one file; who has so many to read knows what kind of file it is.
_MOST_MESSAGES = 20


@dataclass(frozen=True)
class Admission:
    """What is known of modules before Lean sees them.

    Attributes:
        messages: why modules are refused, by module; of a module that is let through there is none.
        declarations: the full names that Lean must have accepted, by module of an export.
        roots: the root modules of exports.
        not_exports: modules of which nobody has looked at statements and axioms.
        own_library: modules of the library that are not what Bridge ships.
    """

    messages: Mapping[str, tuple[Message, ...]]
    declarations: Mapping[str, tuple[str, ...]]
    roots: frozenset[str]
    not_exports: tuple[str, ...]
    own_library: tuple[str, ...]


def admission(modules: Sequence[LeanModule], folder: Path, *, allow_commands: bool) -> Admission:
    """Judge modules by their text.

    Args:
        modules: the modules, as `discover` gives them.
        folder: the folder of the root file.
        allow_commands: whether words are let through that files beside exports do not need.

    Raises:
        InputError: a file of an export cannot be read.
    """
    own = [module for module in modules if not module.is_library]
    messages: dict[str, tuple[Message, ...]] = {}
    declarations: dict[str, tuple[str, ...]] = {}
    roots = set()
    for root in dict.fromkeys(module.name.split(".")[0] for module in own if GENERATED_MARK in module.source.decode()):
        file = folder / f"{root}.lean"
        if not file.is_file():
            continue  # files without their root are no export
        try:
            export = read_any_export(file)
        except MismatchError as error:
            messages[_module_of(error.place.file, own) or own[-1].name] = (_mismatch(error),)
            continue
        as_read = {module.name for module in own if export.sources.get(module.name) == module.sha256}
        declarations |= {name: names for name, names in _declarations(export).items() if name in as_read}
        roots.add(root)
    others = [module for module in own if module.name not in declarations]
    if not allow_commands:
        for module in others:
            found = _refusals(module)
            if found:
                messages.setdefault(module.name, found)
    return Admission(
        messages,
        declarations,
        frozenset(roots),
        tuple(module.name for module in others),
        differing_modules(modules),
    )


def _module_of(file: Path, modules: Sequence[LeanModule]) -> str | None:
    return next((module.name for module in modules if module.file == file), None)


def _mismatch(error: MismatchError) -> Message:
    text = (
        f"found {error.found}, required {error.required}; this says that it is an export, and is none; Lean was not "
        "asked"
    )
    return Message(str(error.place.file), error.place.line, error.place.column - 1, "error", text)


def _refusals(module: LeanModule) -> tuple[Message, ...]:
    if module.name.split(".")[0] == "Mathlib":
        text = "found a file in the place of Mathlib; the real one is required; Lean was not asked"
        return (Message(str(module.file), 1, 0, "error", text),)
    return tuple(
        Message(
            str(module.file),
            found.line,
            found.column,
            "error",
            f"found `{found.word}`: {found.reason}; no file about an export needs it; Lean was not asked; remove it, "
            "or choose --allow-commands if you trust the file",
        )
        for found in itertools.islice(refused_words(module.source.decode()), _MOST_MESSAGES)
    )


def _declarations(export: ReadExport | ReadClassifierExport | ReadPairExport) -> dict[str, tuple[str, ...]]:
    """The full names of what each module of an export must have declared, by module."""
    namespace = export.root.stem
    names: dict[str, tuple[str, ...]] = dict.fromkeys(export.sources, ())
    names[f"{namespace}.Samples"] = (f"{namespace}.samples",)
    if isinstance(export, ReadPairExport):
        names[namespace] = tuple(
            f"{namespace}.{each.name.value}.{name}" for each in export.comparisons for name in each.names()
        )
        return names
    if isinstance(export, ReadClassifierExport):
        classifier = export.classifier
        names[namespace] = tuple(f"{namespace}.{export.real_name.value}.{name}" for name in REAL_NAMES)
        opened = f"{namespace}.{classifier.name.value}"
        names[classifier.module] = tuple(f"{opened}.{name}" for name in declared_names(classifier))
        for index, decided in enumerate(classifier.decisions.ranges):
            names[decided.file.module] = (f"{opened}.{range_theorem(index)}",)
        return names
    names[namespace] = tuple(
        f"{namespace}.{concept.name.value}.{name}"
        for concept in export.real_concepts
        for name in (*sup_error.REAL_THEOREMS, *(pixels.REAL_THEOREMS if concept.pixels is not None else ()))
    )
    if export.pixels is not None:
        names |= pixels.declarations(export.pixels, namespace)
    for concept in export.concepts:
        module = f"{namespace}.{concept.name.place.file.stem}"
        names[module] += tuple(f"{namespace}.{concept.name.value}.{name}" for name in _theorems(concept))
        for index, read in enumerate(concept.ranges):
            names[read.file.module] += (f"{namespace}.{concept.name.value}.{sup_error.range_theorem(index)}",)
    return names


def _theorems(concept: ReadConcept) -> list[str]:
    others = [twin.theorems(concept.claims[twin.name]) for twin in TWINS if twin.name in concept.claims]
    return [*sup_error.THEOREMS, *itertools.chain.from_iterable(others)]
