"""Latents in sections: what is cut, what a worker is sent, and that no thread and no place changes a bit."""

import pickle
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import bridge.base.arrays
from bridge.base.arrays import address_of, in_memory
from bridge.base.errors import InputError
from bridge.base.progress import untold
from bridge.base.workers import HERE
from bridge.probe.fit import fit_samples
from bridge.probe.fit_sums import FitSums, _products, with_ones
from bridge.probe.one_thread import one_thread
from bridge.probe.sample_blocks import Block
from bridge.probe.sections import InSections, Sections, cut_in_sections
from bridge.sources.array_files import open_array
from bridge.sources.precomputed import read_given
from support.memory import run_python

RANDOM = np.random.default_rng(3)


class Sent:
    """Workers that are sent everything as other processes are, and are none; what each is sent is kept."""

    count = 1

    def __init__(self):
        self.sent = []

    def map(self, function, tasks, *, total, step="", progress=untold):
        progress(step, 0, total)
        for done, task in enumerate(tasks, 1):
            self.sent.append(pickle.dumps((function, task)))
            there, what = pickle.loads(self.sent[-1])
            result = pickle.loads(pickle.dumps(there(what)))
            progress(step, done, total)
            yield result


@pytest.fixture(autouse=True)
def blocks_of_seven_rows(monkeypatch, tmp_path):
    monkeypatch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", 7 * 3)
    monkeypatch.chdir(tmp_path)


def save_samples(latents):
    np.save("Z.npy", latents)
    np.savez_compressed("Z.npz", latents)
    np.save("columns.npy", np.asfortranarray(latents))
    np.savez("columns.npz", np.asfortranarray(latents))
    np.save("C.npy", (latents @ np.ones((3, 2))).astype(np.float32) + RANDOM.random((len(latents), 2)))


@given(st.integers(1, 10**7), st.integers(1, 5000))
def test_sections_are_runs_of_all_blocks_and_of_at_least_four_but_for_the_last(rows, columns):
    sections = cut_in_sections((rows, columns))
    blocks = [block for section in sections for block in section]
    assert blocks == [*bridge.base.arrays.row_ranges((rows, columns))]
    assert all(len(section) == len(sections[0]) >= 4 for section in sections[:-1])


def test_a_section_has_more_rows_than_its_sums_have():
    for section in cut_in_sections((100_000, 700))[:-1]:
        assert section[-1][1] - section[0][0] >= 8 * 700


@pytest.mark.parametrize("name", ["Z.npy", "Z.npz", "columns.npy", "columns.npz"])
def test_the_fit_is_that_of_this_process_wherever_the_rows_are_read(name):
    save_samples(RANDOM.normal(size=(100, 3)))
    samples = read_given(name, "C.npy", names=None, split_file=None).divided(calibration=0.3)
    options = {"lam": [0.1, 1.0], "weight_bits": 12, "latent_bits": 9, "sample_weight": np.arange(100) % 4.0}
    here, there = (fit_samples(samples, **options, workers=workers) for workers in (HERE, Sent()))
    for fit in (here, there):
        fit.save("fit.safetensors")
        Path("fit.safetensors").rename(f"{fit is here}.safetensors")
    assert Path("True.safetensors").read_bytes() == Path("False.safetensors").read_bytes()
    assert here.digits.written() == there.digits.written()


def starts(rows):
    return [each.start for each in rows]


def test_a_worker_is_sent_where_its_rows_are_and_not_the_rows():
    save_samples(RANDOM.normal(size=(3000, 3)))
    workers = Sent()
    sections = Sections(open_array("Z.npy"), None, workers)
    found = [*sections.map(starts, "looking", {"scores": np.zeros(3000)})]
    assert found == [[*range(first, min(first + 28, 3000), 7)] for first in range(0, 3000, 28)]
    assert max(map(len, workers.sent)) < 2000


@pytest.mark.parametrize("name", ["Z.npz", None])
def test_rows_that_are_in_memory_or_behind_others_are_sent_alone(name):
    latents = RANDOM.normal(size=(3000, 3))
    save_samples(latents)
    workers = Sent()
    array = in_memory(latents) if name is None else open_array(name)
    found = [*Sections(array, None, workers).map(starts, "looking", {})]
    assert found == [[*range(first, min(first + 28, 3000), 7)] for first in range(0, 3000, 28)]
    assert max(map(len, workers.sent)) < 28 * 3 * 8 + 2000


def test_an_address_is_good_in_every_folder(tmp_path, monkeypatch):
    save_samples(RANDOM.normal(size=(9, 3)))
    address = address_of(open_array("Z.npy"))
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    np.testing.assert_array_equal(address.whole(), np.load(tmp_path / "Z.npy"))


@pytest.mark.parametrize(("workers", "end"), [(HERE, 56), (Sent(), 100)])
def test_sections_without_a_member_are_not_read(workers, end):
    save_samples(RANDOM.normal(size=(100, 3)))
    told = []
    sections = Sections(open_array("Z.npy"), None, workers, lambda *what: told.append(what))
    assert [*sections.map(starts, "looking", {}, np.arange(100) == 40)] == [[35]]
    assert told[-1] == ("looking", end, 100)


def test_without_a_sample_that_counts_there_is_no_fit():
    with pytest.raises(InputError, match=r"^there are 0 samples; a probe needs at least one; add samples$"):
        InSections(
            Sections(in_memory(np.ones((3, 1)))), np.ones((3, 1)), np.array([True, False, False]), np.arange(3.0)
        )


# Threads


def sums_of(count, dim):
    random = np.random.default_rng(dim)
    values = (torch.from_numpy(random.normal(size=(count, columns))) for columns in (dim, 2))
    return FitSums.of(Block(*values, torch.from_numpy(random.random(count))), None)


@pytest.mark.parametrize("size", [3, 512, 513, 1300])
def test_the_products_of_columns_are_symmetric_and_those_of_the_definition(size):
    Z = torch.from_numpy(RANDOM.normal(size=(40, size)))
    products = _products(Z, Z)
    # On some processors the two halves of a product differ in last bits.
    torch.testing.assert_close(products, products.T, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(products, Z.T @ Z, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dim", [3, 600])
def test_the_number_of_threads_changes_no_bit(dim):
    before = torch.get_num_threads()
    try:
        found = []
        for threads in (1, 2, 5):
            torch.set_num_threads(threads)
            with one_thread():
                found.append(sums_of(500, dim))
            assert torch.get_num_threads() == threads
        for sums in found[1:]:
            assert torch.equal(sums.gram, found[0].gram)
            assert torch.equal(sums.near_moments, found[0].near_moments)
    finally:
        torch.set_num_threads(before)


def test_the_artifact_is_the_same_to_the_byte_with_any_number_of_threads():
    code = """
import hashlib, os, sys
import numpy as np
from bridge.artifact.file import artifact_bytes
from bridge.probe.fit import fit_samples
from bridge.sources.precomputed import read_given
import torch
torch.set_num_threads(int(sys.argv[1]))
samples = read_given(sys.argv[2] + "/Z.npy", sys.argv[2] + "/C.npy", names=None, split_file=None).divided()
print(hashlib.sha256(artifact_bytes(fit_samples(samples, lam=[0.1, 1.0]).artifact())).hexdigest())
"""
    save_samples(RANDOM.normal(size=(20_000, 3)))
    assert len({run_python(code, threads, Path.cwd()) for threads in (1, 2, 3)}) == 1


def test_the_limit_lasts_until_the_last_of_several_threads_is_done():
    before = torch.get_num_threads()
    found = []

    def hold(until):
        with one_thread():
            is_held.set()
            until.wait()
        found.append(torch.get_num_threads())

    try:
        torch.set_num_threads(3)
        is_held, may_end = threading.Event(), threading.Event()
        other = threading.Thread(target=hold, args=[may_end])
        with one_thread() as spare:
            assert spare == 3
            other.start()
            is_held.wait()
        assert torch.get_num_threads() == 1
        may_end.set()
        other.join()
        assert found == [3]
    finally:
        torch.set_num_threads(before)


def test_sums_are_as_they_were_when_they_come_back_from_another_process():
    sums = sums_of(40, 3)
    there = pickle.loads(pickle.dumps(sums))
    for name in ("gram", "moments", "origin", "near_moments", "near_squares"):
        assert torch.equal(getattr(there, name), getattr(sums, name))
    assert torch.equal(there.latents.first, sums.latents.first)
    joined = partial(FitSums.joined, sums)
    assert torch.equal(joined(there).gram, joined(sums).gram)
    assert torch.equal(with_ones(there.gram), with_ones(sums.gram))
