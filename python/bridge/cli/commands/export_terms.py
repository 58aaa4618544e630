"""`bridge export-terms`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

from bridge.base.errors import InputError
from bridge.base.files import NewFile, replace_together
from bridge.base.interrupts import temporary_folder
from bridge.base.own_files import NANODA_CONFIG, TERMS_FILE
from bridge.base.places import ROOT_FILE, prepare_outputs
from bridge.base.resources import lean_library_folder
from bridge.base.words import counted
from bridge.check.auditing import Further
from bridge.check.checker import NOTHING_ALLOWED
from bridge.check.compiled import CompiledExport, compiled_export
from bridge.check.olean.modules import Modules
from bridge.check.olean.ndjson import FORMAT, term_lines
from bridge.check.olean.selection import Selection, nanoda_settings, select
from bridge.check.olean.terms import Terms
from bridge.check.verdict import CheckResult, Engine
from bridge.cli.commands.check import Wishes, check, verdict
from bridge.cli.console import say, show, show_json
from bridge.cli.options import InputFile, WorkersOptions, force_option, output_options


@click.command("export-terms")
@click.argument("file", type=InputFile(), default=ROOT_FILE)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write, such as terms.ndjson.")
@click.option(
    "--oleans",
    type=InputFile(),
    metavar="FOLDER",
    multiple=True,
    help="What Lean has compiled: a folder of `check --oleans`, or Lake's .lake/build/lib/lean with one more for each "
    "package that is needed.  [default: the embedded Lean checks FILE first]",
)
@click.option(
    "--core",
    type=InputFile(),
    metavar="FOLDER",
    default=None,
    help="With --oleans, the compiled files of Lean's core, lib/lean of a toolchain.  [default: those of the Lean that "
    "has compiled FILE, if it is the embedded one or on the PATH]",
)
@click.option(
    "--theorem",
    "theorems",
    metavar="NAME",
    multiple=True,
    help="A theorem to write, by its whole name, such as Generated.slant.bound; more can be named so.  [default: all "
    "theorems of FILE and of what it imports from beside it]",
)
@click.option(
    "--nanoda-config",
    type=click.Path(path_type=Path),
    default=None,
    help="Where to write a configuration for nanoda too, with the axioms that it has to permit.",
)
@force_option
@output_options
def command(
    file: Path,
    out: Path,
    oleans: tuple[Path, ...],
    core: Path | None,
    theorems: tuple[str, ...],
    nanoda_config: Path | None,
    as_json: bool,
) -> int:
    """Write the theorems of the export FILE for other kernels.

    What Lean has made of them, and of all definitions and theorems that they rest on, in the format of lean4export.
    What Lean's core ships without its proof is an axiom there, and counted here.
    """
    if core is not None and not oleans:
        raise InputError(
            "--core was given without --oleans; it is for what another Lean has compiled; name the folder of that too"
        )
    prepare_outputs({out: TERMS_FILE}, {} if nanoda_config is None else {nanoda_config: NANODA_CONFIG})
    with _compiled(file, oleans) as (folders, result):
        if result is not None and not result.accepted:
            if as_json:
                show_json({"files": [], "check": result.record()})
            else:
                show(verdict(result))
            return 1
        export = compiled_export(file, folders, lean_library_folder(), say, core)
        if export.left_out:
            say(f"export-terms: not compiled, since it needs Mathlib: {', '.join(export.left_out)}")
        modules = Modules(Terms(), export.find)
        modules.load(export.modules)
        selection = select(modules, export.modules, theorems)
        files = {out: NewFile(TERMS_FILE, term_lines(selection.closure, export.lean_version, export.git_hash))}
        if nanoda_config is not None:
            files[nanoda_config] = NewFile(NANODA_CONFIG, nanoda_settings(selection, str(out)))
        replace_together(files)
    if as_json:
        show_json(_record(selection, export, list(files)) | {"check": None if result is None else result.record()})
    else:
        for line in _lines(selection):
            show(line)
        for path in files:
            show(path)
    return 0


@contextlib.contextmanager
def _compiled(file: Path, oleans: tuple[Path, ...]) -> Iterator[tuple[tuple[Path, ...], CheckResult | None]]:
    """The folders of what Lean has compiled, and what it has said, if it had to be asked first."""
    if oleans:
        yield oleans, None
        return
    with temporary_folder("bridge-terms-") as folder:
        kept = Path(folder) / "oleans"
        wishes = Wishes(NOTHING_ALLOWED, Further(oleans=kept))
        yield (kept,), check(file, Engine.EMBEDDED, wishes, WorkersOptions())


def _lines(selection: Selection) -> list[str]:
    """What there is to say of the terms."""
    constants, declarations = (f"{number:,}" for number in (selection.constants, len(selection.closure.order)))
    return [
        f"terms: {counted(len(selection.theorems), 'theorem')}, with all that they rest on {constants} constants in "
        f"{declarations} declarations",
        f"axioms: {', '.join(selection.texts(selection.axioms)) or 'none'}",
        f"without proof: {counted(len(selection.core_theorems), 'theorem')} of Lean's core; without body: "
        f"{counted(len(selection.core_constants), 'constant')} of it",
    ]


def _record(selection: Selection, export: CompiledExport, files: list[Path]) -> dict[str, object]:
    """The same as one JSON-like record, with names."""
    return {
        "files": [str(file) for file in files],
        "format": FORMAT,
        "lean": {"version": export.lean_version, "git_hash": export.git_hash},
        "modules": list(export.modules),
        "left_out": list(export.left_out),
        "theorems": selection.texts(selection.theorems),
        "constants": selection.constants,
        "declarations": len(selection.closure.order),
        "axioms": selection.texts(selection.axioms),
        "core_theorems": selection.texts(selection.core_theorems),
        "core_constants": selection.texts(selection.core_constants),
    }
