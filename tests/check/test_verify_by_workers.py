"""Comparing an export with its artifact is the same whoever works on it, and holds little at a time."""

import json

import numpy as np
import pytest

import bridge.check.listed
import bridge.export.packing
from bridge.artifact.file import to_be_stored
from bridge.base import workers
from bridge.base.errors import InputError
from bridge.check.any_export import read_any_export
from bridge.check.verify import compare, verify
from support.artifacts import make_artifact, stored
from support.classifier_exports import rendered as rendered_classifier
from support.classifiers import make_classifier, stored_classifier
from support.clusters import running_cluster
from support.command_line import run_bridge
from support.exports import rendered, small_shards
from support.lean_files import write
from support.packed_text import literals_in, with_literal
from support.pairs import classifier_pair, probe_pair, rendered_pair

ROOT = "Generated.lean"
SAMPLES = 300


def probes():
    """Samples of five sections of 64 rows, with a calibration part of each third sample."""
    is_calibration = np.arange(SAMPLES) % 3 == 0
    return make_artifact(SAMPLES, 9, 2, is_train=~is_calibration, is_calibration=is_calibration)


@pytest.fixture(autouse=True)
def small_sections(monkeypatch):
    """Sections of 64 rows, blocks of few rows, and a dozen shards or so."""
    monkeypatch.setattr(bridge.check.listed, "_SECTION_ENTRIES", 1)
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1_600)
    small_shards(monkeypatch, 6)


def of_probes(folder):
    files = rendered(folder, probes(), with_r_squared=True, alpha="1/10")
    return write(folder, files), stored(folder, probes()), None


def of_changed_probes(folder):
    """With digits changed in two shards, and other totals."""
    files = rendered(folder, probes(), with_r_squared=True, alpha="1/10")
    for number in (3, -7):
        place = literals_in(files)[number][1]
        files = with_literal(files, place, int(place[1][1], 16) ^ 1)
    name = "Generated/Concept1.lean"
    files[name] = files[name].replace("δα : Rat := ", "δα : Rat := 1").replace("(.excess, ", "(.excess, 1")
    return write(folder, files), stored(folder, probes()), None


def of_a_classifier(folder):
    artifact = make_classifier(SAMPLES, 9, 3)
    return (
        write(folder, rendered_classifier(folder, artifact, with_roc_auc=True)),
        stored_classifier(folder, artifact),
        None,
    )


def of_pairs(pair):
    def made(folder):
        a, b = pair
        write(folder, rendered_pair(a, b, "Generated"))
        return folder / ROOT, to_be_stored(a), to_be_stored(b)

    return made


EXPORTS = {
    "probes": of_probes,
    "changed probes": of_changed_probes,
    "a classifier": of_a_classifier,
    "two probes": of_pairs(probe_pair(samples=SAMPLES, dim=9)),
    "two classifiers": of_pairs(classifier_pair(samples=SAMPLES, dim=9)),
}


@pytest.fixture(scope="module")
def processes():
    with workers.open_workers(jobs=2) as opened:
        yield opened


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.mark.parametrize("name", EXPORTS)
def test_the_record_is_the_same_whoever_works(tmp_path, processes, cluster, name):
    root, first, second = EXPORTS[name](tmp_path)
    record = verify(root, first, second).record()
    assert record["matches"] == (name != "changed probes"), record["differences"]
    assert verify(root, first, second, processes).record() == record
    with workers.open_workers(scheduler=cluster.address) as opened:
        assert verify(root, first, second, opened).record() == record


@pytest.mark.parametrize("name", EXPORTS)
def test_sections_of_any_size_give_the_same_record(tmp_path, monkeypatch, name):
    root, first, second = EXPORTS[name](tmp_path)
    record = verify(root, first, second).record()
    monkeypatch.setattr(bridge.check.listed, "_FEWEST_ROWS", SAMPLES)
    assert verify(root, first, second).record() == record
    monkeypatch.setattr(bridge.check.listed, "_FEWEST_ROWS", 1)
    assert verify(root, first, second).record() == record


def test_the_command_divides_the_work_and_says_the_same(tmp_path, cluster):
    of_changed_probes(tmp_path)
    command = ["verify", ROOT, "--artifact", "probe.safetensors", "--json"]
    alone, here, there = (
        run_bridge(*command, *options, cwd=tmp_path)
        for options in ([], ["--jobs", "2"], ["--scheduler", cluster.address])
    )
    assert alone.returncode == 1
    assert len(json.loads(alone.stdout)["differences"]) > 3
    assert (here.stdout, there.stdout) == (alone.stdout, alone.stdout)


def test_a_file_that_changes_after_it_was_read_is_refused(tmp_path):
    root, record, _ = of_probes(tmp_path)
    export = read_any_export(root)
    shard = tmp_path / "Generated/Samples/Shard2.lean"
    shard.write_text(shard.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        compare(export, record)
    assert str(caught.value) == (
        f"{shard} has been changed while it was read; the files of an export are required as they were made; run it "
        "again when nobody writes to them"
    )
