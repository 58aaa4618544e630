"""How long Lean is said to take is what the benchmark measured, and is said where it is long."""

import dataclasses
import json
import statistics

import numpy as np
import pytest

from bench.inputs import random_artifact
from bench.results import quantity, tables_in
from bridge.check.host_pool import parallel_jobs
from bridge.cli.commands import export
from bridge.export.estimate import (
    DIGIT,
    FILE,
    START,
    LeanEstimate,
    claim_seconds,
    concept_seconds,
    lean_estimate,
    reading_seconds,
)
from bridge.export.layout import concept_ranges, group_ranges
from support.artifacts import make_artifact, stored
from support.command_line import run_bridge
from support.exports import certified
from support.repository import REPOSITORY

RESULTS = (REPOSITORY / "bench" / "results" / "results.md").read_text(encoding="utf-8")
SAMPLES = certified(make_artifact()).samples


def rows(heading):
    """The rows of the first table below a heading of the results."""
    return tables_in(RESULTS, heading)[0]


def shape(row):
    return int(row["N"].replace(",", "")), int(row["d"].replace(",", ""))


GROWTH = rows("Growth")
shapes = pytest.mark.parametrize("row", GROWTH, ids=lambda row: f"{row['N']} x {row['d']}")


def samples_of(row):
    """Samples of the sizes of a row, whose columns are its text."""
    size, dim = shape(row)
    digits = quantity(row["Lean text"]) / (size * (dim + 1))
    return dataclasses.replace(SAMPLES, size=size, latent_dim=dim, digit_bits=round(digits) * 4)


def within(factor, seconds, measured):
    return measured / factor <= seconds <= measured * factor


def test_a_start_and_a_file_take_what_the_benchmark_measured():
    (row,) = rows("Starts")
    assert within(1.1, START, quantity(row["start"]))
    assert within(1.1, FILE, quantity(row["each further file"]))


@shapes
def test_reading_the_columns_takes_what_the_benchmark_measured(row):
    seconds = 0.55 + DIGIT * quantity(row["Lean text"])
    assert within(1.75, seconds, quantity(row["elaboration of the data"]))


@shapes
def test_reading_a_concept_takes_what_the_benchmark_measured(row):
    assert within(1.6, reading_seconds(shape(row)[1]), quantity(row["elaboration of the claim"]))


@shapes
def test_the_way_through_the_samples_takes_the_kernel_what_the_benchmark_measured(row):
    seconds = 0.03 + claim_seconds(samples_of(row))
    measured = sum(quantity(row[f"kernel, `{theorem}`"]) for theorem in ("faithful", "checked"))
    assert within(1.75, seconds, measured)


def test_whole_exports_take_what_the_benchmark_measured_of_each_on_a_machine_of_one_speed():
    ratios = {}
    for row in [*rows("Whole exports"), *rows("Exports in ranges")]:
        size, dim, concepts = (int(text.replace(",", "")) for text in row["N × d × k"].split(" × "))
        # The first row is of handwritten digits, whose scores need wider digits than random numbers do.
        artifact = random_artifact(size, dim, concepts) if ratios else make_artifact(size, dim, concepts)
        certificate = certified(artifact)
        found = estimate_for(certificate, at_once=2)
        ratios[row["N × d × k"]] = quantity(row["check"]) / found.seconds
    # What the machine had to do beside is in all of them.
    speed = statistics.geometric_mean(ratios.values())
    assert within(1.5, speed, 1.0), ratios
    assert all(within(1.2, speed, ratio) for ratio in ratios.values()), ratios


def estimate_of(artifact, at_once=2, **options):
    return estimate_for(certified(artifact, **options), at_once)


def estimate_for(certificate, at_once):
    samples, ranges = certificate.samples, certificate.ranges
    files = concept_ranges(samples, len(certificate.concepts))
    return lean_estimate(samples, group_ranges(samples, ranges), files, len(ranges), at_once=at_once)


def test_more_files_at_once_take_less_time_and_no_less_than_one_after_the_other_must():
    artifact = make_artifact(200, 16, 55)
    one, two, many = (estimate_of(artifact, at_once).seconds for at_once in (1, 2, 64))
    assert one > two > many > START + 2 * FILE
    assert estimate_of(artifact, 1_000).seconds == many


def test_ranges_are_files_that_are_checked_at_once(monkeypatch):
    artifact = make_artifact(5_000, 16, 2)
    alone = estimate_of(artifact, at_once=1)
    monkeypatch.setattr("bridge.export.layout.RANGE_DIGITS", 100_000)
    certificate = certified(artifact)
    shards, ranges = len(group_ranges(certificate.samples, certificate.ranges)), len(certificate.ranges)
    found = estimate_for(certificate, at_once=1)
    assert found.files == shards + 1 + 2 * (1 + ranges + 1)
    assert found.seconds == pytest.approx(alone.seconds + FILE * (found.files - alone.files))
    assert estimate_for(certificate, at_once=4).seconds < found.seconds


def test_all_claims_of_a_concept_share_one_way_through_the_samples():
    artifact = make_artifact(500, 8, 2)
    assert concept_seconds(certified(artifact, with_r_squared=True).samples) == concept_seconds(
        certified(artifact).samples
    )


def test_a_badly_scaled_column_costs_digits_and_seconds():
    plain = make_artifact(500, 8, 2)
    latents = plain.latents.astype(np.float64)
    latents[:, 0] *= 2.0**-200
    scaled = make_artifact(500, 8, 2, latents=latents)
    assert estimate_of(scaled).digits > 4 * estimate_of(plain).digits
    assert estimate_of(scaled).seconds > estimate_of(plain).seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "about 10 seconds"),
        (33, "about 30 seconds"),
        (59.9, "about 60 seconds"),
        (60, "about a minute"),
        (89, "about a minute"),
        (91, "about 2 minutes"),
        (130, "about 2 minutes"),
        (3_600, "about 60 minutes"),
        (7_000, "about 2 hours"),
    ],
)
def test_the_time_is_rounded_to_what_one_says(seconds, words):
    assert LeanEstimate(seconds, 1, 1, 1).words() == words


def test_the_estimate_is_in_the_json(tmp_path):
    stored(tmp_path, make_artifact())
    ran = run_bridge("export", "--artifact", "probe.safetensors", "--out", "A.lean", "--json", cwd=tmp_path)
    found = json.loads(ran.stdout)["lean_estimate"]
    expected = estimate_of(make_artifact(), parallel_jobs())
    assert found == {
        "seconds": round(expected.seconds),
        "files": 3,
        "at_once": parallel_jobs(),
        "digits": expected.digits,
    }


@pytest.mark.parametrize(("long", "said"), [(0, True), (1e9, False)])
def test_a_long_time_is_said_and_a_short_one_is_not(tmp_path, monkeypatch, long, said):
    monkeypatch.setattr(export, "LONG", long)
    stored(tmp_path, make_artifact())
    ran = run_bridge("export", "--artifact", "probe.safetensors", "--out", "A.lean", cwd=tmp_path)
    words = estimate_of(make_artifact(), parallel_jobs()).words()
    line = f"export: the embedded Lean will take {words} for its 3 files\n"
    assert ran.stderr.endswith(f"export: wrote A.lean and 3 more files\n{line if said else ''}")
