"""Where the templates and the Lean library are: inside an installed package, or at the top of the repository."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_REPOSITORY = _PACKAGE.parent.parent


def templates_folder() -> Path:
    """The folder of the Jinja templates."""
    return _resource("templates")


def lean_library_folder() -> Path:
    """The folder that holds `Bridge.lean` and `Bridge/`."""
    return _resource("lean")


def _resource(name: str) -> Path:
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _REPOSITORY / name
