"""Compares what an export's text says with what the terms say that Lean has made of it.

`bridge verify` compares the text with the artifact; with this, text, terms and artifact agree.  It needs no Lean and no
library, only what Lean wrote of the files of the export.

- *Statements and definitions*: the term has the numbers, signs, brackets, strings and names of the text, in their
  order, and no others, but for what Lean fills in (`bridge.check.olean.numbers`).  A name that the export declares is
  compared as a whole, and any other by its last component, which is all that a text has of `x.f`: what the library's
  names mean is asked elsewhere.
- *Proofs*: the term has the numbers of the text, in their order; what else is in it is Lean's affair, since a theorem
  says what its statement says, whatever its proof.
- *Files that need Mathlib*: if they are compiled, their terms have the numbers of the text, in their order; which
  arguments Mathlib leaves unwritten is not known here, so that more can be there.  If they are not compiled, they are
  named, and nothing is said of them.

Parentheses and bound variables are not compared.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.base.errors import InputError
from bridge.base.module_names import module_path
from bridge.check.comparison import Difference
from bridge.check.lean_header import read_header
from bridge.check.lean_modules import LeanModule, modules_beside
from bridge.check.numbers_of_text import Declaration, Written, declarations
from bridge.check.olean.constants import Kind
from bridge.check.olean.modules import Modules, in_folders
from bridge.check.olean.numbers import TermReader, Token, first_difference, found_in_order
from bridge.check.olean.terms import Terms
from bridge.check.reader import Reader

# What of the library needs Mathlib.
_REAL = "Bridge.Real"
# Longer numbers are shown in hexadecimal, and only their beginnings.
_LONGEST_SHOWN_BITS = 128
_SHOWN_HEXADECIMAL = 16
_MARKS = {'"': "the string", "@": "the name"}
_NOT_IN_ORDER = "no such number after those before it"


@dataclass(frozen=True)
class TermsOutcome:
    """What has been found of the terms of an export.

    Attributes:
        differences: where terms are not what the text says.
        compared: how many numbers of the text were compared, those of proofs included.
        in_proofs: how many of them are in proofs.
        modules: the modules that were compared.
        only_in_order: those among them that need Mathlib, whose terms can have more numbers than the text.
        not_compiled: modules that need Mathlib, and are not there compiled: nothing is said of them.
    """

    differences: tuple[Difference, ...]
    compared: int
    in_proofs: int
    modules: tuple[str, ...]
    only_in_order: tuple[str, ...]
    not_compiled: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the terms are what the text says, as far as they are there."""
        return not self.differences

    def record(self) -> dict[str, object]:
        """The outcome as one JSON-like record."""
        return {
            "match": self.ok,
            "compared": self.compared,
            "in_proofs": self.in_proofs,
            "differences": [difference.record() for difference in self.differences],
            "modules": list(self.modules),
            "only_in_order": list(self.only_in_order),
            "not_compiled": list(self.not_compiled),
        }


def compare_terms(root: Path, folder: Path) -> TermsOutcome:
    """Compare the text of an export with its compiled files.

    Args:
        root: the root file.
        folder: where the compiled files are, `Generated/Size.olean` and what is beside it, as Lake and `bridge check
            --oleans` write them.

    Raises:
        InputError: a text or a compiled file cannot be read, or a module is not compiled that needs no Mathlib.
        MismatchError: a text is not that of an export.
    """
    if not folder.is_dir():
        raise InputError(
            f"{folder} is no folder; the folder of the export's compiled files is required; name that of `bridge check "
            "--oleans`, or .lake/build/lib/lean of a Lake project"
        )
    texts = {module.name: module for module in modules_beside(root) if not module.is_library}
    need_mathlib = {name for name, module in texts.items() if _needs_mathlib(module)}
    not_there = {name for name in texts if not (folder / module_path(name)).with_suffix(".olean").is_file()}
    for name in sorted(not_there - need_mathlib):
        raise InputError(
            f"{folder} has no {module_path(name).with_suffix('.olean')}; the compiled files of the whole export are "
            f"required, but for what needs Mathlib; run `bridge check {root} --oleans FOLDER`, or lake build"
        )
    there = [name for name in texts if name not in not_there]
    known: set[str] = set()
    results = [compare_module(texts[name], folder, known, in_order=name in need_mathlib) for name in there]
    return TermsOutcome(
        differences=tuple(difference for result in results for difference in result.differences),
        compared=sum(result.compared for result in results),
        in_proofs=sum(result.in_proofs for result in results),
        modules=tuple(there),
        only_in_order=tuple(name for name in there if name in need_mathlib),
        not_compiled=tuple(name for name in texts if name in not_there),
    )


def _needs_mathlib(module: LeanModule) -> bool:
    """Whether a file of an export needs Mathlib by itself: no other imports one that does."""
    imported = [found.module for found in read_header(module.source.decode()).imports]
    return any(name == _REAL or name.startswith(f"{_REAL}.") for name in imported)


def compare_module(module: LeanModule, folder: Path, known: set[str], *, in_order: bool = False) -> "ComparedModule":
    """Compare one file with what Lean has compiled of it, whose terms alone are in memory meanwhile.

    Args:
        module: the file.
        folder: where the compiled files are.
        known: what the files that it imports declare, to which is added what it declares itself.
        in_order: whether its terms may have more numbers than the text.

    Raises:
        OleanError: the compiled file cannot be read.
        MismatchError: the text is not that of an export.
    """
    result = ComparedModule(in_order=in_order)
    # Nothing is core here, where bodies may be missing.
    compiled = Modules(Terms(), in_folders([folder], core=Path(os.devnull)))
    compiled.load([module.name], imports=False)
    written = list(declarations(Reader(module.file, module.source, module.name), known))
    namespaces = {name.partition(".")[0] for name in known}
    reader = TermReader(compiled.terms, namespaces, any_numeral=in_order)
    for declaration in written:
        result.add(declaration, compiled, reader)
    return result


class ComparedModule:
    """What is found of one module, declaration by declaration."""

    def __init__(self, *, in_order: bool) -> None:
        self.differences: list[Difference] = []
        self.compared = 0
        self.in_proofs = 0
        self._in_order = in_order

    def add(self, declaration: Declaration, compiled: Modules, reader: TermReader) -> None:
        """Compare one declaration."""
        name = compiled.terms.name(declaration.name)
        required = Kind.THEOREM if declaration.is_theorem else Kind.DEFINITION
        constant = compiled.get(name) if name in compiled else None
        if constant is None or constant.kind != required or constant.value is None:
            found = "no such constant" if constant is None else f"of kind {constant.kind}"
            what = f"{declaration.name} as Lean has compiled it"
            self.differences.append(Difference(declaration.place, what, found, f"a {required} with its body"))
            return
        self._same(declaration, "statement", declaration.statement, reader, constant.type)
        if declaration.is_theorem:
            before = self.compared
            self._has(declaration, "proof", declaration.body, reader, constant.value)
            self.in_proofs += self.compared - before
        else:
            self._same(declaration, "value", declaration.body, reader, constant.value)

    def _same(self, of: Declaration, part: str, written: Sequence[Written], reader: TermReader, expr: int) -> None:
        """A part of a declaration says in its term what it says in the text."""
        if self._in_order:
            self._has(of, part, written, reader, expr)
            return
        different = first_difference([each.token for each in written], reader.read(expr, len(written)))
        self._count(of, part, written, different)

    def _has(self, of: Declaration, part: str, written: Sequence[Written], reader: TermReader, expr: int) -> None:
        """The numbers of a part of a declaration are in its term."""
        numbers = [each for each in written if isinstance(each.token, int)]
        found = found_in_order([each.token for each in numbers], reader.read(expr, len(written)))
        self._count(of, part, numbers, None if found == len(numbers) else (found, _NOT_IN_ORDER))

    def _count(
        self, of: Declaration, part: str, written: Sequence[Written], different: tuple[int, Token | None] | None
    ) -> None:
        length, token = different or (len(written), None)
        self.compared += sum(isinstance(each.token, int) for each in written[: length + 1])
        if different is not None:
            place = written[length].place if length < len(written) else of.place
            required = written[length].token if length < len(written) else None
            what = f"{of.name}: its {part} as Lean has compiled it"
            self.differences.append(Difference(place, what, _shown(token, required), _shown(required, token)))


def _shown(token: Token | None, other: Token | None) -> str:
    """A number or sign in a message about another one."""
    if token is None:
        return "nothing more"
    if isinstance(token, str):
        if token[0] in _MARKS:
            return f"{_MARKS[token[0]]} `{token[1:]}`"
        return f"`{token}`" if len(token) == 1 else token
    if token.bit_length() <= _LONGEST_SHOWN_BITS:
        return str(token)
    text = f"0x{token >> max(0, token.bit_length() - 4 * _SHOWN_HEXADECIMAL):x}… of {token.bit_length()} bits"
    if not isinstance(other, int):
        return text
    changed = token ^ other
    lowest = (changed & -changed).bit_length() - 1
    return f"{text}, where bit {lowest} is {token >> lowest & 1}"
