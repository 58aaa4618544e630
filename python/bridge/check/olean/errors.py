"""The error of a compiled Lean file that cannot be read."""

from bridge.base.errors import InputError


class OleanError(InputError):
    """A compiled file is damaged, or is none that Lean writes, or files do not fit together."""
