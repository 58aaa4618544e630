"""What the parts of the benchmark share, so that each thing is measured once: the compiled library and exports."""

import concurrent.futures
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.inputs import fitted, random_artifact, trained, write_digits
from bench.lean_timing import LeanRun, Stage, prepare_stage, run_lean
from bench.sizes import Sizes
from bridge.artifact.file import load_artifact, save_artifact
from bridge.artifact.record import ProbeArtifact
from bridge.base.resources import lean_library_folder, templates_folder
from bridge.check.lean_modules import LeanModule, discover
from bridge.export.write import Export, export_lean

# What the kernel takes varies from one time to the next; of so many the least counts.
REPETITIONS = 3
# Files of data are elaborated so many at once, as `bridge check` does; claims are checked one at a time.
AT_ONCE = 2

# One declaration: no export of which Lean is timed so has its blocks in ranges.
_CHECKED = re.compile(
    r"^theorem checked : Bridge\.Found (.*?) :=\n  \.of_check \(by decide \+kernel\)\n", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, eq=False)
class MeasuredExport:
    """An export of which Lean has checked the samples and the first concept; times in seconds.

    Attributes:
        export: the export.
        file_bytes: the size of the files that were checked.
        data: the runs on the files of the samples.
        claim: the run on the file of the concept, in which `checked` is decided `REPETITIONS` times.
    """

    export: Export
    file_bytes: int
    data: tuple[LeanRun, ...]
    claim: LeanRun

    @property
    def checked(self) -> float:
        """What the kernel took for `checked`."""
        return self._least("checked")

    @property
    def faithful(self) -> float:
        """What the kernel took for `faithful`."""
        return self._least("faithful")

    @property
    def kernel(self) -> float:
        """What the kernel took for both, which make the claim."""
        return self.faithful + self.checked

    @property
    def data_elaboration(self) -> float:
        """What Lean took for the files of the samples, but for its starts."""
        return sum(run.elaboration for run in self.data)

    @property
    def peak_bytes(self) -> int:
        """The most memory that a run had."""
        return max(run.peak_bytes for run in (*self.data, self.claim))

    def _least(self, theorem: str) -> float:
        times = self.claim.kernel.items()
        return min(seconds for name, seconds in times if re.fullmatch(rf".*\.{theorem}(_\d+)?", name))


class Workbench:
    """The sizes to measure at, a temporary folder, and what has been made so far."""

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        """Begin with an empty folder."""
        self.folder = folder
        self.sizes = sizes
        self._random: dict[tuple[int, int], MeasuredExport] = {}

    def report(self, line: str) -> None:
        """Tell the user what is being done."""
        print(f"bench: {line}", file=sys.stderr, flush=True)

    def new_folder(self, name: str) -> Path:
        """An empty folder."""
        folder = self.folder / name
        folder.mkdir()
        return folder

    @cached_property
    def stage(self) -> Stage:
        """The compiled library."""
        return prepare_stage(self.new_folder("stage"), self.report)

    @property
    def lean_version(self) -> str | None:
        """The version of the Lean that was timed, if any part has needed one."""
        return self.stage.lean.version if "stage" in vars(self) else None

    @cached_property
    def digits_artifact(self) -> Path:
        """The artifact of as many handwritten digits as MNIST has."""
        self.report(f"training and fitting on {self.sizes.digits:,} digits")
        folder = self.new_folder("digits")
        write_digits(folder, self.sizes.digits)
        path = folder / "probe.safetensors"
        save_artifact(path, fitted(trained(f"mnist:{folder}", epochs=self.sizes.digits_epochs)))
        return path

    def random_exports(self, shapes: Sequence[tuple[int, int]]) -> list[MeasuredExport]:
        """Measure Lean on exports of random numbers with one concept; each shape once."""
        new = [shape for shape in dict.fromkeys(shapes) if shape not in self._random]
        artifacts = {f"Random{samples}x{dim}": random_artifact(samples, dim, concepts=1) for samples, dim in new}
        self._random.update(zip(new, self.measure(artifacts), strict=True))
        return [self._random[shape] for shape in shapes]

    def measure(self, artifacts: Mapping[str, ProbeArtifact]) -> list[MeasuredExport]:
        """Export artifacts and measure Lean on the samples and the first concept of each.

        Args:
            artifacts: each by a Lean namespace that is not taken yet.
        """
        exports = [self._exported(name, artifact) for name, artifact in artifacts.items()]
        modules = [_modules_to_run(export) for export in exports]
        runs = self._run_data([module for data, _ in modules for module in data])
        measured = []
        for export, (data, claim) in zip(exports, modules, strict=True):
            self.report(f"Lean on {claim.name}")
            claim.file.write_text(repeated(claim.source.decode()), encoding="utf-8")
            measured.append(
                MeasuredExport(
                    export,
                    sum(len(module.source) for module in (*data, claim)),
                    tuple(runs[module.name] for module in data),
                    self._run(claim),
                )
            )
        return measured

    def _exported(self, name: str, artifact: ProbeArtifact) -> Export:
        folder = self.stage.folder
        path = folder / f"{name}.safetensors"
        save_artifact(path, artifact)
        root = folder / f"{name}.lean"
        return export_lean(load_artifact(path), root, templates=templates_folder())

    def _run_data(self, modules: Sequence[LeanModule]) -> dict[str, LeanRun]:
        runs: dict[str, LeanRun] = {}
        own = {module.name for module in modules}
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            while len(runs) < len(modules):
                ready = [
                    module
                    for module in modules
                    if module.name not in runs and own.intersection(module.imports) <= runs.keys()
                ]
                self.report(f"Lean on {', '.join(module.name for module in ready)}")
                runs.update(zip((module.name for module in ready), pool.map(self._run, ready), strict=True))
        return runs

    def _run(self, module: LeanModule) -> LeanRun:
        return run_lean(self.stage.lean, self.stage.folder, module.file)


def _modules_to_run(export: Export) -> tuple[list[LeanModule], LeanModule]:
    """The files of an export's samples, and that of its first concept."""
    modules = [
        module
        for module in discover(export.root, lean_library_folder())
        if not module.is_library and not module.needs_mathlib
    ]
    claims = [module for module in modules if _CHECKED.search(module.source.decode())]
    return [module for module in modules if module not in claims], claims[0]


def repeated(source: str) -> str:
    """The source of a concept in which `checked` is decided several times, under other names."""

    def with_copies(theorem: re.Match[str]) -> str:
        # Each claims a little more than the one before, since Lean would not check the same claim again.
        copies = [
            f"\ntheorem checked_{number} : Bridge.check {theorem[1]} = true ∧ {number} = {number} := by\n"
            "  decide +kernel\n"
            for number in range(1, REPETITIONS)
        ]
        return theorem[0] + "".join(copies)

    return _CHECKED.sub(with_copies, source)
