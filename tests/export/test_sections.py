"""An export is made section by section: the same text however samples are cut into sections, and whoever works."""

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bridge.base.arrays
import bridge.export.packing
from bridge.base.resources import templates_folder
from bridge.base.workers import HERE, open_workers
from bridge.exact.digits import Digits, Limbs
from bridge.export import ranking
from bridge.export.certificate import build_certificate
from bridge.export.claims.kind import ConceptRows, Scaling
from bridge.export.claims.sup_error import SupErrorClaim
from bridge.export.classification.certificate import classifier_certificate
from bridge.export.classification.render import render_classifier_in_order
from bridge.export.listed import Listed, sections
from bridge.export.render import render_in_order
from bridge.export.write import export_lean
from support.artifacts import make_artifact, stored
from support.classifier_exports import asked_of
from support.classifiers import make_classifier, stored_classifier
from support.exports import asked, certified, rendered, small_ranges, small_shards
from support.problems import problems, residual_loop
from support.strategies import artifacts, unhurried

ROWS = 60


def probes():
    is_calibration = np.arange(ROWS) % 3 == 0
    return make_artifact(ROWS, 9, 2, is_train=~is_calibration, is_calibration=is_calibration)


def classifier():
    return make_classifier(ROWS, 3, 3)


@pytest.fixture
def divided(monkeypatch):
    """Sections of a few rows, blocks of a row, and several ranges and shards."""
    monkeypatch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", 300)
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 100)
    small_shards(monkeypatch, 40)
    small_ranges(monkeypatch, 2_000)


def texts_by(folder, workers):
    """The files of an export of probes with all claims, and those of one of a classifier."""
    wanted = asked(with_r_squared=True, alpha="1/5")
    made = render_in_order(
        stored(folder, probes()),
        build_certificate(probes(), wanted, workers=workers),
        namespace="Generated",
        templates=templates_folder(),
        workers=workers,
    ).whole()
    of_classes = render_classifier_in_order(
        stored_classifier(folder, classifier()),
        classifier_certificate(classifier(), asked_of(with_roc_auc=True), workers=workers),
        namespace="Classes",
        templates=templates_folder(),
        workers=workers,
    ).whole()
    return made | of_classes


@pytest.fixture(scope="module")
def processes():
    with open_workers(jobs=3) as workers:
        yield workers


def test_the_text_is_the_same_to_the_byte_whoever_works(tmp_path, divided, processes, cluster):
    alone = texts_by(tmp_path, HERE)
    assert sum("/Shard" in path for path in alone) > 4
    assert sum("/Range" in path for path in alone) > 4
    assert texts_by(tmp_path, processes) == alone
    with open_workers(scheduler=cluster.address) as workers:
        assert texts_by(tmp_path, workers) == alone


@unhurried
@given(artifacts(max_samples=9), st.sampled_from([1, 40, 100, 10_000]))
def test_the_text_does_not_depend_on_how_samples_are_cut_into_sections(tmp_path, drawn, entries):
    whole = rendered(tmp_path, drawn, with_r_squared=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", entries)
        assert rendered(tmp_path, drawn, with_r_squared=True) == whole


@given(problems(), st.data())
def test_the_residual_of_a_rank_is_that_of_the_sorted_ones(problem, data):
    latents, scores, weights = problem
    rows = data.draw(st.permutations(range(len(latents))))
    listed = Listed(latents, scores, np.array(rows))
    size = data.draw(st.integers(1, len(rows)))
    rank = data.draw(st.integers(1, size))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", data.draw(st.sampled_from([1, 10_000])))
        found = ranking.kth_smallest_size(listed, slice(0, 1), weights[:, :1], size, rank, HERE)
    residuals = residual_loop(latents, scores, weights)
    assert found == sorted(abs(residuals[row][0]) for row in rows[:size])[rank - 1]


@pytest.mark.parametrize("rank", [1, 2, 3, 4, 5, 6])
def test_residuals_that_floats_do_not_tell_apart_are_ranked_exactly(rank):
    # Of the size 1, with differences of 2^-80, and one that is 0.
    scores = np.array([[1.0], [-1.0], [1.0], [0.0], [-1.0], [2.0]])
    latents = np.array([[0.0], [1.0], [-1.0], [0.0], [0.0], [0.0]])
    weights = np.array([[2.0**-80], [0.0]])
    sizes = sorted([1, 1 + Fraction(1, 2**80), 1 + Fraction(1, 2**80), 0, 1, 2])
    listed = Listed(latents, scores, np.arange(6))
    assert ranking.kth_smallest_size(listed, slice(0, 1), weights, 6, rank, HERE) == sizes[rank - 1]


@pytest.mark.parametrize(("sample", "found"), [(2, 0), (3, 1), (4, 1), (5, 0)])
def test_the_sample_that_attains_the_sup_error_is_found_in_its_section(sample, found):
    residuals = Digits.of_residuals(np.zeros((2, 1)), np.ones((2, 1)), np.zeros((2, 1)))
    section = ConceptRows(3, residuals, Limbs.of(np.ones((2, 1))), Scaling(1, 1, 1, 1))
    (total,) = SupErrorClaim(Fraction(1), sample).totals
    assert total.over(section) == found


def test_sections_have_so_many_numbers_at_most_and_follow_one_another(monkeypatch):
    monkeypatch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", 10)
    assert sections(range(7, 16), 3) == [range(7, 10), range(10, 13), range(13, 16)]
    assert sections(range(7, 9), 100) == [range(7, 8), range(8, 9)]


def test_columns_are_packed_when_they_are_asked_for(divided):
    samples = certified(probes()).samples
    columns, whole = samples.columns, tuple(samples.columns)
    assert len(whole) == len(columns) == samples.block_count * 11
    assert columns[3] == whole[3]
    assert columns[-1] == whole[-1]
    assert columns[8:50] == whole[8:50]
    assert columns[5:5] == ()
    with pytest.raises(IndexError):
        columns[len(columns)]


def peak_of_an_export(folder, rows):
    """The most memory that an export takes beside the artifact."""
    artifact = stored(folder, make_artifact(rows, 4, 1))
    tracemalloc.start()
    export_lean(artifact, folder / "Generated.lean", templates=templates_folder(), asked=asked(with_r_squared=True))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_an_export_of_four_times_the_samples_takes_no_more_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(bridge.base.arrays, "_BLOCK_ENTRIES", 2**14)
    small_shards(monkeypatch, 40)
    small_ranges(monkeypatch, 100_000)
    peak_of_an_export(tmp_path, 100)  # what is loaded and compiled once
    few, many = (peak_of_an_export(tmp_path, rows) for rows in (20_000, 80_000))
    # The positions of the listed samples, which parts they are in, and what paths and templates show of shards.
    assert many < few + 60_000 * 8 * 5
