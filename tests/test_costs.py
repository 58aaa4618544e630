"""What large data sets cost on paper follows from the benchmark's tables, and the page shows what follows."""

import dataclasses

import pytest

from bench import costs
from bench.costs import CASES, PAGES, RESULTS, Case, page_with, rates, tables
from bench.results import Section, Table, markdown, quantity, tables_in

# Seconds of a start, and for an entry, a product of two of a sample, and a product with one of a concept's weights.
KNOWN = (2.5, 3e-8, 2e-10, 5e-9)
SHAPES = ((1_000, 64, 1), (1_000_000, 64, 1), (1_000_000, 64, 16), (16_384, 4_096, 1), (16_384, 4_096, 16))


def results(known=KNOWN):
    """A report in which all times follow from known rates, without rounding."""
    fits = tuple(
        (f"{n:,} × {d:,} × {k}", f"{known[0] + n * d * (known[1] + known[2] * d + known[3] * k):.17f} s")
        for n, d, k in SHAPES
    )
    numbers = 1_000 * 11
    long = ("1,000 × 8 × 3", f"{numbers * 2e-6:.17f} s", f"{numbers * 6e-6:.17f} s")
    grown = (("256", "8", "1.00 MB"), ("512", "4,096", f"{512 * 4_097 * 9e-6:.17f} MB"))
    sections = [
        Section("Growth", (Table(("N", "d", "Lean text"), grown),)),
        Section("Exports in ranges", (Table(("N × d × k", "export", "verify"), (long,)),)),
        Section("Fits by size", (Table(("N × d × k", "time"), fits),)),
    ]
    return markdown(sections, ["2 cores"], quick=False)


def test_the_rates_that_times_follow_from_are_found():
    found = rates(results())
    assert found.fit == pytest.approx(KNOWN, rel=1e-6)
    assert found.digits_of_a_number == pytest.approx(9)
    assert found.export == pytest.approx(2e-6)
    assert found.verify == pytest.approx(6e-6 / 3)


def test_what_costs_nothing_is_found_to_cost_nothing_rather_than_less():
    assert rates(results((2.5, 0.0, 2e-10, 0.0))).fit == pytest.approx((2.5, 0, 2e-10, 0), abs=1e-12)


def test_a_fit_of_more_layers_takes_as_many_times_as_long(monkeypatch):
    one, several = Case(10**8, 4_096, 100, 1), Case(10**8, 4_096, 100, 32)
    monkeypatch.setattr(costs, "CASES", (one, several))
    hours = [float(row[3].replace(",", "")) for row in tables(results())[0].rows]
    assert hours[1] == pytest.approx(32 * hours[0], rel=0.06)


def test_a_listed_sample_costs_its_share_of_all(monkeypatch):
    whole = Case(10**8, 4_096, 100, 32)
    monkeypatch.setattr(costs, "CASES", (whole, dataclasses.replace(whole, listed=10**6)))
    (_, everything), (_, part) = ((row[1], float(row[-1].replace(",", ""))) for row in tables(results())[1].rows)
    assert part == pytest.approx(everything / 100, rel=0.06)


@pytest.mark.parametrize("word", PAGES)
def test_the_page_has_what_the_last_full_run_of_the_benchmark_says(word):
    text, measured = PAGES[word].read_text(encoding="utf-8"), RESULTS.read_text(encoding="utf-8")
    assert page_with(text, word, measured) == text, "run `python -m bench.costs --update`"


def test_all_cases_are_in_the_tables():
    fits, proofs = tables(results())
    assert [row[0] for row in proofs.rows] == [case.words for case in CASES]
    assert [row[0] for row in fits.rows] == [case.words for case in CASES if case.listed is None]


def test_nothing_but_updating_can_be_asked_for(capsys):
    assert costs.main(["--all"]) == 2
    assert capsys.readouterr().err == "usage: python -m bench.costs [--update]\n"


def test_tables_are_read_as_they_were_written():
    table = Table(("size", "time"), (("8", "1.50 s"), ("1,024", "20.0 ms")), "Of one run.")
    text = markdown([Section("Speed", (table,)), Section("Space", (table, table))], ["2 cores"], quick=False)
    rows = [{"size": "8", "time": "1.50 s"}, {"size": "1,024", "time": "20.0 ms"}]
    assert tables_in(text, "Speed") == [rows]
    assert tables_in(text, "Space") == [rows, rows]


@pytest.mark.parametrize(
    ("text", "value"), [("1.50 s", 1.5), ("20.0 ms", 0.02), ("1,490 MB", 1.49e9), ("28.1 kB", 28_100), ("2.2×", 2.2)]
)
def test_quantities_are_read_in_seconds_and_bytes(text, value):
    assert quantity(text) == pytest.approx(value)
