"""A folder of what Lean has compiled, kept for whoever wants to look at it: the second kernel's, or a program's own.

Modules lie in it by the paths that their names say, as Lake has them, beside a file that says what else is there; by
that such a folder is known, so that no other is ever replaced.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bridge.base.errors import InputError
from bridge.base.files import replace_folder
from bridge.base.guard import real_place

MARK = "compiled.json"
_MADE_BY = "bridge check"

# What is listed is far less.
_LARGEST_MARK = 2**24


def require_olean_place(folder: Path) -> None:
    """Refuse, before the work, a place where what Lean compiles cannot go.

    Raises:
        InputError: something else is there, or there is no folder to make it in.
    """
    place = real_place(folder)
    if not place.exists():
        if not place.parent.is_dir():
            raise InputError(f"{folder.parent} is not a folder; {folder.name} is to be made there; make it first")
        return
    if not _is_ours(place):
        raise InputError(
            f"{folder} is there and has more in it than `bridge check` has kept, or something else; only such a folder "
            "is replaced; choose another place, or move it away"
        )


def keep_oleans(made: Path, folder: Path, *, lean: str, modules: Sequence[str]) -> None:
    """Copy what Lean has compiled into a folder, in the place of what an earlier check has kept there.

    Args:
        made: the folder of what Lean has compiled.
        folder: where it goes.
        lean: the version of the Lean.
        modules: the modules that were checked, as opposed to those of the library.

    Raises:
        InputError: something else is there meanwhile, or it cannot be written.
    """

    def fill(complete: Path) -> None:
        shutil.copytree(made, complete, dirs_exist_ok=True)
        files = {path.relative_to(complete).as_posix(): _sha256(path) for path in _files(complete)}
        record = {"made_by": _MADE_BY, "lean": lean, "modules": list(modules), "files": dict(sorted(files.items()))}
        (complete / MARK).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    replace_folder(folder, fill, require_olean_place)


def _is_ours(folder: Path) -> bool:
    """Whether a folder has what a check has kept, and nothing else."""
    try:
        with (folder / MARK).open("rb") as file:
            record = json.loads(file.read(_LARGEST_MARK))
        listed = record["files"]
        found = [path.relative_to(folder).as_posix() for path in _files(folder)]
        return record["made_by"] == _MADE_BY and isinstance(listed, Mapping) and {*found} <= {MARK, *listed}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


def _files(folder: Path) -> Iterator[Path]:
    """All that is in a folder and is none itself; links too, which may lead to one."""
    return (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
