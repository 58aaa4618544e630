"""An environment of the native kernel: what it has accepted so far."""

from bridge.check.second_kernel.native import NOTHING, Lean, retain, tag, text_of, word
from bridge.check.second_kernel.opinion import NotRecheckedError, RefusedError

# Lean.Kernel.Exception, in the order of its constructors.
EXCEPTIONS = (
    "unknownConstant alreadyDeclared declTypeMismatch declHasMVars declHasFVars funExpected typeExpected "
    "letTypeMismatch exprTypeMismatch appTypeMismatch invalidProj thmTypeIsNotProp other deterministicTimeout "
    "excessiveMemory deepRecursion interrupted"
).split()
# With these the kernel has not come to an end, and so has refused nothing.
_LIMITS = {"deterministicTimeout", "excessiveMemory", "deepRecursion", "interrupted"}


class Kernel:
    """An environment, empty at first. All calls come from one thread."""

    def __init__(self, lean: Lean) -> None:
        """Make an empty environment.

        Raises:
            NotRecheckedError: the library does not make one.
        """
        self._lean = lean
        made = lean.call.l_Lean_mkEmptyEnvironment(0)
        if tag(made) != 0:
            raise NotRecheckedError("the kernel makes no empty environment")  # pragma: no cover -- it has no reason to
        self._environment: int = lean.call.elab_environment_to_kernel_env(word(made, 0))

    def add(self, declaration: int) -> None:
        """Have a declaration checked, and take it in.

        Args:
            declaration: a persistent object.

        Raises:
            RefusedError: the kernel refuses it; then nothing more can be added.
            NotRecheckedError: the kernel has come to a limit.
        """
        self._environment = self._checked(declaration)

    def check(self, declaration: int) -> None:
        """Have a declaration checked, and take nothing in.

        Raises:
            RefusedError: the kernel refuses it.
            NotRecheckedError: the kernel has come to a limit.
        """
        retain(self._environment)
        self._checked(declaration)

    def _checked(self, declaration: int) -> int:
        """The environment with a declaration; that without it is given away."""
        result = self._lean.call.add_decl(self._environment, 0, 0, declaration, NOTHING)
        if tag(result) == 1:
            return word(result, 0)
        reason = _explained(word(result, 0))
        if reason in _LIMITS:  # pragma: no cover -- in the child process: the stack of its first thread is known
            raise NotRecheckedError(f"the kernel has come to a limit: {reason}")
        raise RefusedError(reason)

    def find(self, name: int) -> int | None:
        """The `ConstantInfo` that the kernel has by a name (a persistent object), borrowed, or None."""
        retain(self._environment)
        found: int = self._lean.call.environment_find(self._environment, name)
        return None if found & 1 else word(found, 0)


def _explained(exception: int) -> str:
    """A `Kernel.Exception` in words."""
    number = tag(exception)
    kind = EXCEPTIONS[number] if number < len(EXCEPTIONS) else f"exception {number}"
    if kind == "other":
        return f"{kind}: {text_of(word(exception, 0))}"
    if kind in ("unknownConstant", "alreadyDeclared"):
        return f"{kind}: {_name_text(word(exception, 1))}"
    return kind


def _name_text(name: int) -> str:
    parts = []
    while not name & 1:
        part = word(name, 1)
        parts.append(text_of(part) if tag(name) == 1 else str(part >> 1))
        name = word(name, 0)
    return ".".join(reversed(parts))
