"""`bridge init`."""

import shlex
from pathlib import Path

import click

from bridge.base.files import fill_folder
from bridge.base.words import counted
from bridge.cli.console import show, show_json
from bridge.cli.options import output_options
from bridge.export.project import ARTIFACT, project_files


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@output_options
def command(folder: Path, as_json: bool) -> None:
    """Make a Lake project in DIR.

    It has a copy of the Bridge library, an example export with its artifact, and a workflow that builds it.  DIR is
    new, or empty but for files such as .git; nothing in it is replaced.
    """
    from bridge.probe.example import example_artifact

    files = project_files(folder.resolve().name, example_artifact())
    fill_folder(folder, files)
    steps = ["bridge check", f"bridge verify --artifact {ARTIFACT}", "lake exe cache get && lake build"]
    if not folder.samefile("."):
        # What begins with a dash is no option of `cd`.
        place = shlex.quote(str(folder))
        steps = [f"cd -- {place}" if place.startswith("-") else f"cd {place}", *steps]
    if as_json:
        show_json({"folder": str(folder), "files": sorted(map(str, files)), "next": steps})
    else:
        show(f"{folder}: a Lake project with an example export, {counted(len(files), 'file')}.  Next:")
        for step in steps:
            show(f"  {step}")
