"""What Lean says of an export, whoever runs it: messages, and the verdict on each module and on all."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from bridge.check.messages import Message
from bridge.check.olean.audit import Audit
from bridge.check.second_kernel.opinion import Opinion, Outcome

# In the place of a version, where what was found before Lean starts is already a no.
NOT_ASKED = "not asked"


class Engine(StrEnum):
    """Who checks."""

    AUTO = "auto"
    LAKE = "lake"
    LEAN = "lean"
    EMBEDDED = "embedded"


@dataclass(frozen=True)
class ModuleResult:
    """The verdict on one module.

    Attributes:
        name: the module's name.
        accepted: whether Lean accepted it without an error or a warning.
        seconds: how long Lean took, its start included where it was started for the module; 0 if that was not run.
        cached: whether it is a library module that was accepted before and has not changed.
        messages: what Lean said about it.
        worker: the worker of the cluster that checked it, None if that was this machine.
    """

    name: str
    accepted: bool
    seconds: float
    cached: bool
    messages: tuple[Message, ...]
    worker: str | None = None


@dataclass(frozen=True)
class CheckResult:
    """The verdict on an export.

    Attributes:
        engine: who checked.
        version: the version of its Lean.
        seconds: how long all took.
        modules: the verdict on each module, imports first.
        not_checked: modules that need Mathlib, which this engine does not have; `lake build` checks them.
        sources: SHA-256 in hexadecimal of what was checked, by module; of Lake only the files beside the root file.
        not_exports: modules of which nobody has looked at statements and axioms, since they belong to no export.
        missing: those of `not_checked` that are no part of the library and not the root of an export.
        own_library: modules of the library that are not what Bridge ships.
        own_library_allowed: whether the user has said that the library is one of their own.
        commands_allowed: whether the user has allowed words that files beside exports do not need.
        cluster: the address of the cluster whose workers checked, None for this machine.
        audit: on what the theorems rest that Lean has compiled; None where Lean has not accepted all, or where what it
            has compiled is not there.
        not_audited: modules whose theorems were not looked at, since they need Mathlib, and which Lake has built.
        second_kernel: what another kernel says of what Lean has compiled, None if none was asked.
    """

    engine: Engine
    version: str
    seconds: float
    modules: tuple[ModuleResult, ...]
    not_checked: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    not_exports: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    own_library: tuple[str, ...] = ()
    own_library_allowed: bool = False
    commands_allowed: bool = False
    cluster: str | None = None
    audit: Audit | None = None
    not_audited: tuple[str, ...] = ()
    second_kernel: Opinion | None = None

    @property
    def accepted(self) -> bool:
        """Whether Lean has accepted it, and what it has compiled rests on nothing that it may not.

        Of Lake's work it can be that nobody can look at it; a second kernel that has not answered has not said no.
        """
        is_audited = self.audit is not None or self.engine is Engine.LAKE
        refused = self.second_kernel is not None and self.second_kernel.outcome is Outcome.REFUSED
        return self.lean_accepted and is_audited and self.audit_allowed and not refused

    @property
    def lean_accepted(self) -> bool:
        """Whether every module was accepted, but for what may need Mathlib, and the library is the one that it may."""
        modules_accepted = bool(self.modules) and all(module.accepted for module in self.modules)
        return modules_accepted and not self.missing and (self.own_library_allowed or not self.own_library)

    @property
    def audit_allowed(self) -> bool:
        """Whether nothing has been found below the theorems that the user does not let through."""
        if self.audit is None:
            return True
        axioms_allowed = self.commands_allowed or not self.audit.refused
        return axioms_allowed and (self.own_library_allowed or not self.audit.other_meanings)

    @property
    def was_asked(self) -> bool:
        """Whether any Lean has been started."""
        return self.version != NOT_ASKED

    @property
    def messages(self) -> tuple[Message, ...]:
        """What Lean said, over all modules."""
        return tuple(message for module in self.modules for message in module.messages)

    def record(self) -> dict[str, object]:
        """The result as one JSON-like record; what is about a cluster is left out where there is none."""
        record = {"accepted": self.accepted, **asdict(self)}
        if self.cluster is None:
            del record["cluster"]
            for module in record["modules"]:
                del module["worker"]
        return record
