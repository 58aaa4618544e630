"""What is asked of what Lean has compiled once it has accepted everything: on what its theorems rest.

Lean's yes is about what it had in memory.  The compiled modules are read back here, by a reader of our own, and each
theorem is followed to the axioms and definitions below it; another kernel can be asked, and what there is can be kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.base.progress import Tell
from bridge.base.words import counted
from bridge.check.declarations import place_of
from bridge.check.kept_oleans import keep_oleans
from bridge.check.lean_modules import LeanModule
from bridge.check.messages import Message
from bridge.check.olean.audit import Audit, audit
from bridge.check.olean.errors import OleanError
from bridge.check.olean.modules import CompiledFiles, in_folders
from bridge.check.opinions import PRIVATE, public
from bridge.check.second_kernel.opinion import not_rechecked
from bridge.check.second_kernel.recheck import FolderSpec, recheck
from bridge.check.verdict import CheckResult, Engine

# Theorems, or what they rest on, that one message names.
_NAMED = 3


@dataclass(frozen=True)
class Compiled:
    """What Lean has made.

    Attributes:
        folders: where modules are, each by the path that its name says.
        core: the folder of what Lean's own core library was compiled to.
        modules: the modules whose theorems are looked at.
        exports: the names of those that belong to exports, whose statements are looked at too.
        is_pinned: whether it is known what the Lean that has made it compiles definitions to.
    """

    folders: tuple[Path, ...]
    core: Path
    modules: tuple[LeanModule, ...]
    exports: frozenset[str]
    is_pinned: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the modules."""
        return tuple(module.name for module in self.modules)


@dataclass(frozen=True)
class Further:
    """What is done with what Lean has compiled, beside following its theorems to axioms and definitions.

    Attributes:
        second_kernel: whether another kernel is asked about all of it.
        timeout: after how many seconds that is ended, None for never.
        oleans: the folder in which it is kept, None for nowhere.
    """

    second_kernel: bool = False
    timeout: float | None = None
    oleans: Path | None = None


NOTHING_FURTHER = Further()


def examined(result: CheckResult, compiled: Compiled | None, further: Further, tell: Tell) -> CheckResult:
    """A result with what is found in what Lean has compiled.

    Args:
        result: what Lean has said.
        compiled: what it has compiled; None where it has not accepted everything, or where that is not there.
        further: what is done beside.
        tell: told of what takes time.
    """
    if not result.lean_accepted:
        return _not_kept(result, further, tell)
    if compiled is None:
        return _not_there(result, further)
    lost: list[str] = []
    try:
        found = _audited(compiled, lost)
    except OleanError as error:
        # Lake can keep what it builds where nobody looks for it; every other engine has put it into this one folder.
        if lost and result.engine is Engine.LAKE:
            return _not_there(result, further)
        result = _objected(result, {compiled.names[-1]: (_unread(compiled, error),)})
        return _not_kept(result, further, tell)
    result = replace(result, audit=found)
    result = _objected(result, objections(result, compiled.modules))
    if further.second_kernel and result.accepted:
        places = FolderSpec(compiled.folders, compiled.core)
        any_axiom = result.commands_allowed
        opinion = recheck(places, compiled.names, timeout=further.timeout, tell=tell, other_axioms=any_axiom)
        result = replace(result, second_kernel=opinion)
    if not result.accepted:
        return _not_kept(result, further, tell)
    if further.oleans is not None:
        (made,) = compiled.folders
        keep_oleans(made, further.oleans, lean=result.version, modules=compiled.names)
    return result


def _not_kept(result: CheckResult, further: Further, tell: Tell) -> CheckResult:
    """A result that is a no, after which nothing is kept of what Lean has compiled."""
    if further.oleans is not None:
        tell(f"nothing is kept in {further.oleans}, since the verdict is no")
    return result


def _not_there(result: CheckResult, further: Further) -> CheckResult:
    """A result of Lake where what it has built is not all there, so that nothing can be said of it."""
    unable = not_rechecked("what Lake has compiled is not all where it is looked for")
    return replace(result, second_kernel=unable) if further.second_kernel else result


def _audited(compiled: Compiled, lost: list[str]) -> Audit:
    """On which axioms and definitions the theorems of what Lean has made rest.

    Args:
        compiled: what Lean has made.
        lost: gets the names of modules that are not found.
    """
    find_in_folders = in_folders(compiled.folders, compiled.core)

    def find(name: str) -> CompiledFiles | None:
        files = find_in_folders(name)
        if files is None:
            lost.append(name)
        return files

    return audit(
        find,
        compiled.names,
        compare_meanings=compiled.is_pinned,
        statements=[name for name in compiled.names if name in compiled.exports],
    )


def _unread(compiled: Compiled, error: OleanError) -> Message:
    found = error.found
    for folder in compiled.folders:
        found = found.replace(f"{folder}/", "")
    text = f"what Lean has compiled cannot be looked at, so that nothing is known of its axioms: {found}"
    return Message(str(compiled.modules[-1].file), 1, 0, "error", text)


def _objected(result: CheckResult, messages: Mapping[str, tuple[Message, ...]]) -> CheckResult:
    """A result with objections to modules; Lake's is one verdict on all."""
    verdicts = tuple(
        replace(module, accepted=False, messages=(*module.messages, *messages[module.name]))
        if module.name in messages
        else module
        for module in result.modules
    )
    named = {module.name for module in result.modules}
    *others, last = verdicts
    left = tuple(message for name, found in messages.items() if name not in named for message in found)
    if left:
        last = replace(last, accepted=False, messages=(*last.messages, *left))
    return replace(result, modules=(*others, last))


def objections(result: CheckResult, modules: Sequence[LeanModule]) -> dict[str, tuple[Message, ...]]:
    """Why an audit is a no, as messages, by module; none for what the user lets through.

    Args:
        result: the result with the audit.
        modules: the modules that it is about.
    """
    messages: dict[str, tuple[Message, ...]] = {}
    for theorems, what in _grounds(result):
        for module, places in _by_module(theorems, modules):
            names = list(dict.fromkeys(name for _, name in sorted(places)))
            others = len(names) - _NAMED
            shown = ", ".join(names[:_NAMED]) + (f" and {counted(others, 'other theorem')}" if others > 0 else "")
            text = f"{shown} {'rest' if len(names) > 1 else 'rests'} on {what}"
            message = Message(str(module.file), min(places)[0], 0, "error", text)
            messages[module.name] = (*messages.get(module.name, ()), message)
    return messages


def _grounds(result: CheckResult) -> Iterator[tuple[Iterable[str], str]]:
    """What theorems must not rest on, with those that do; whatever has taken the place of other things, as one."""
    assert result.audit is not None
    for axiom, names in ({} if result.commands_allowed else result.audit.refused).items():
        yield names, f"{public(axiom)}, which is none of the three axioms of Lean: what follows from it is not proved"
    others = {} if result.own_library_allowed else result.audit.other_meanings
    if others:
        first = list(others)[:_NAMED]
        more = f" and {counted(len(others) - _NAMED, 'other constant')}" if len(others) > _NAMED else ""
        are = "is not the one" if len(others) == 1 else "are not the ones"
        theorems = [theorem for names in others.values() for theorem in names]
        yield theorems, f"{', '.join(map(public, first))}{more}, which {are} that Bridge and Lean ship by that name"


def _by_module(
    theorems: Iterable[str], modules: Sequence[LeanModule]
) -> Iterator[tuple[LeanModule, list[tuple[int, str]]]]:
    """The modules with the lines and names of what is declared in each of them, or has such a theorem as a part.

    The last module has those that no text has.
    """
    left = dict.fromkeys(PRIVATE.sub("", theorem) for theorem in theorems)
    for module in modules:
        text = module.source.decode()
        found = {theorem: place_of(text, theorem) for theorem in left}
        if module is modules[-1]:
            found = {theorem: place or (1, theorem) for theorem, place in found.items()}
        places = [place for place in found.values() if place is not None]
        left = {theorem: None for theorem in left if found[theorem] is None}
        if places:
            yield module, places
