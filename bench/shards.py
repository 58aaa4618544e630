"""(j, l) Fits of latents in shards: on clusters of one and two workers, and what they take by their sizes."""

import hashlib
import itertools
from pathlib import Path

import numpy as np

from bench.cluster import cluster
from bench.commands import CommandRun, run_bridge
from bench.inputs import SEED
from bench.results import Section, Table, Target, megabytes, seconds
from bench.sizes import FitShape
from bench.workbench import Workbench

_HEADER = ("N × d × k", "workers", "time", "memory of a worker", "of the command", "latents", "artifact")
_MOST_BYTES = 1_000_000_000
_ROWS_OF_A_GROUP = 65_536


def measure(bench: Workbench) -> Section:
    """Fit a large data set on clusters of one and of two workers."""
    table, targets = _on_clusters(bench, bench.sizes.sharded)
    return Section("Fits of shards", (table,), targets)


def measure_by_size(bench: Workbench) -> Section:
    """Fit small data sets in one process."""
    return Section("Fits by size", (_by_size(bench),))


def _on_clusters(bench: Workbench, shape: FitShape) -> tuple[Table, tuple[Target, ...]]:
    folder = bench.new_folder("shards")
    bench.report(f"writing {bench.sizes.shards} shards of {_shape(shape)}")
    size = _write_shards(folder, shape, bench.sizes.shards)
    rows, artifacts, peaks = [], [], []
    for count in (1, 2):
        bench.report(f"fit of {_shape(shape)} on {count} workers")
        artifact = folder / f"probe{count}.safetensors"
        with cluster(bench.new_folder(f"cluster{count}"), count) as workers:
            run = _fit(folder, artifact, "*.parquet", "--scheduler", workers.address)
        peaks.append(workers.peak_bytes())
        artifacts.append(_digest(artifact))
        rows.append(
            (
                _shape(shape),
                str(count),
                seconds(run.seconds),
                megabytes(peaks[-1]),
                megabytes(run.peak_bytes),
                megabytes(size),
                megabytes(artifact.stat().st_size),
            )
        )
        artifact.unlink()
    table = Table(
        _HEADER,
        tuple(rows),
        f"`bridge fit` of {bench.sizes.shards} Parquet shards on a Dask cluster over loopback, from the start of its "
        "process to its end; the workers have one thread each.",
    )
    return table, (
        Target(
            f"{_shape(shape)} from {bench.sizes.shards} shards: no worker above {megabytes(_MOST_BYTES)}",
            " and ".join(map(megabytes, peaks)),
            max(peaks) <= _MOST_BYTES,
        ),
        Target(
            "the artifact is the same to the byte from one worker and from two",
            "the same" if len(set(artifacts)) == 1 else "another",
            len(set(artifacts)) == 1,
        ),
    )


def _by_size(bench: Workbench) -> Table:
    rows = []
    for number, shape in enumerate(bench.sizes.fits):
        folder = bench.new_folder(f"fit{number}")
        bench.report(f"fit of {_shape(shape)}")
        _write_shards(folder, shape, 1)
        run = _fit(folder, folder / "probe.safetensors", "*.parquet", "--jobs", "1")
        rows.append((_shape(shape), seconds(run.seconds), megabytes(run.peak_bytes)))
    return Table(
        ("N × d × k", "time", "memory"),
        tuple(rows),
        "`bridge fit` of one Parquet shard in one process, from its start to its end.  What larger data sets would "
        "cost is computed from these.",
    )


def _fit(folder: Path, artifact: Path, latents: str, *options: str) -> CommandRun:
    given = ("--latents", folder / latents, "--scores", folder / "scores.npy")
    return run_bridge("fit", *given, "--out", artifact, *options, folder=folder)


def _write_shards(folder: Path, shape: FitShape, count: int) -> int:
    """Write latents in Parquet shards and scores that follow from them in one array; how large the shards are."""
    import pyarrow
    from pyarrow import parquet

    weights = np.random.default_rng(SEED).normal(size=(shape.dim, shape.concepts))
    scores = np.lib.format.open_memmap(
        folder / "scores.npy", mode="w+", dtype=np.float32, shape=(shape.samples, shape.concepts)
    )
    kind = pyarrow.list_(pyarrow.float32(), shape.dim)
    edges = [shape.samples * number // count for number in range(count + 1)]
    for number, (first, end) in enumerate(itertools.pairwise(edges)):
        with parquet.ParquetWriter(
            folder / f"part-{number:05d}.parquet", pyarrow.schema([("latents", kind)]), use_dictionary=False
        ) as writer:
            for start in range(first, end, _ROWS_OF_A_GROUP):
                stop = min(start + _ROWS_OF_A_GROUP, end)
                random = np.random.default_rng([SEED, start])
                latents = random.standard_normal((stop - start, shape.dim), dtype=np.float32)
                scores[start:stop] = latents @ weights + random.normal(size=(stop - start, shape.concepts))
                column = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(latents.ravel()), shape.dim)
                writer.write_table(pyarrow.table({"latents": column}))
    scores.flush()
    return sum(path.stat().st_size for path in folder.glob("*.parquet"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _shape(shape: FitShape) -> str:
    return f"{shape.samples:,} × {shape.dim:,} × {shape.concepts}"
