"""What the child process is asked, and where it finds compiled modules; both go to it as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge.check.olean.modules import CompiledFiles, Find, in_folders
from bridge.check.second_kernel.library import KernelLibrary


@dataclass(frozen=True)
class FolderSpec:
    """Where compiled modules are.

    Attributes:
        folders: folders in which modules are where their names say, as in LEAN_PATH.
        core: the folder of the modules that Lean comes with.
        files: the files of modules that are elsewhere, by the names of the modules; these come first, and none is core.
    """

    folders: tuple[Path, ...]
    core: Path
    files: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)

    def find(self) -> Find:
        """What finds a module by its name."""
        by_name = in_folders(self.folders, self.core)

        def find(module: str) -> CompiledFiles | None:
            parts = self.files.get(module)
            return by_name(module) if parts is None else CompiledFiles(parts, is_core=False)

        return find


@dataclass(frozen=True)
class Question:
    """Which modules the child process is to have checked.

    Attributes:
        nonce: what it has to repeat in its answer.
        library: the library with the kernel.
        places: where the modules are.
        modules: their names.
        most_memory: bytes of address space that it may have.
        other_axioms: whether axioms that are not Lean's own are taken.
    """

    nonce: str
    library: KernelLibrary
    places: FolderSpec
    modules: tuple[str, ...]
    most_memory: int
    other_axioms: bool = False

    def to_json(self) -> str:
        """The question as text."""
        places, library = self.places, self.library
        return json.dumps(
            {
                "nonce": self.nonce,
                "library": [str(library.path), library.sha256, library.version],
                "folders": [str(folder) for folder in places.folders],
                "core": str(places.core),
                "files": {module: [str(part) for part in parts] for module, parts in places.files.items()},
                "modules": self.modules,
                "most_memory": self.most_memory,
                "other_axioms": self.other_axioms,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Question":
        """The question that a text is."""
        fields: dict[str, Any] = json.loads(text)
        path, sha256, version = fields["library"]
        files = {module: tuple(map(Path, parts)) for module, parts in fields["files"].items()}
        return cls(
            nonce=fields["nonce"],
            library=KernelLibrary(Path(path), sha256, version),
            places=FolderSpec(tuple(map(Path, fields["folders"])), Path(fields["core"]), files),
            modules=tuple(fields["modules"]),
            most_memory=fields["most_memory"],
            other_axioms=fields["other_axioms"],
        )
