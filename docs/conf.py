"""How Sphinx makes a site of these pages: `make docs`.

Nothing is fetched, neither when the site is made nor when it is read.
"""

import re

from numpy.typing import ArrayLike
from pygments.lexers.lean import Lean4Lexer
from sphinx.application import Sphinx
from sphinx.util.typing import stringify_annotation

import bridge

project = "Bridge"
author = "The lean-bridge authors"
release = bridge.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"Bridge {release}"
html_show_copyright = False
html_copy_source = False
html_theme_options = {"top_of_page_buttons": []}

myst_heading_anchors = 3
# An excerpt has a `…` where something is left out, which no language knows.
suppress_warnings = ["misc.highlighting_failure"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
# Single backquotes in docstrings are code.
default_role = "code"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_attr_annotations = False

nitpicky = True
# The documentation of other projects is not at hand when this is built.
# What stands for a type is no class that a page can have.
nitpick_ignore = [
    ("py:class", name)
    for name in ("bridge.export.asked.AnyKind", "bridge.base.workers.Task", "bridge.base.workers.Result")
]
nitpick_ignore_regex = [(r"py:.*", r"(?!bridge\.).*")]


def setup(app: Sphinx) -> None:
    """Extend Sphinx by what these pages need."""
    app.add_lexer("lean", Lean4Lexer)
    app.connect("source-read", _caption_files)
    app.connect("autodoc-process-docstring", _escape_bars)
    app.connect("autodoc-process-signature", _name_array_like)
    for event in ("sphinx-click-process-description", "sphinx-click-process-options"):
        app.connect(event, _keep_names)


def _caption_files(_app: Sphinx, _docname: str, content: list[str]) -> None:
    """Show the file name that a fenced block has, in the form ```` ```python title="FILE" ````, above the block.

    GitHub knows no names of blocks, and overlooks this one.
    """
    content[0] = re.sub(
        r'^```(\w+) (?:title|from)="([^"]+)"$', r"```{code-block} \1\n:caption: \2\n", content[0], flags=re.MULTILINE
    )


def _escape_bars(_app: Sphinx, _what: str, _name: str, _of: object, _options: object, lines: list[str]) -> None:
    """Keep |x| an absolute value: to reStructuredText it would be a substitution."""
    lines[:] = [re.sub(r"`[^`]*`|\|", lambda match: match[0] if match[0] != "|" else r"\|", line) for line in lines]


def _name_array_like(
    _app: Sphinx, _what: str, _name: str, _of: object, _options: object, signature: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """Call the type of what NumPy takes for an array by its name, rather than by its long definition."""
    definition = stringify_annotation(ArrayLike, mode="smart")
    return signature and signature.replace(definition, "~numpy.typing.ArrayLike"), returned


def _keep_names(_app: Sphinx, _context: object, lines: list[str]) -> None:
    """Keep --latents, FILE:NAME and coef_ in a help text as they are: to reStructuredText, a dash and two links."""
    for number, line in enumerate(lines):
        if not line.startswith(".. option::"):
            as_code = re.sub(r"(?<![\w`-])(--[a-z][\w-]*|[A-Z.a-z]+:[A-Z]+)\b", r"``\1``", line)
            last_underscores = re.sub(r"(?<=\w)_(?!\w)", r"\\_", as_code)
            lines[number] = re.sub(r"PosixPath\('([^']*)'\)", r"\1", last_underscores)
