"""The benchmark measures what it says: the same numbers on both sides, and every figure from where it belongs."""

import dataclasses
import json
import re
import sys
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import limit, loops, opining, opinions
from bench.__main__ import main
from bench.commands import CommandError, run_command
from bench.exporting import fraction_residuals
from bench.inputs import random_artifact, write_digits
from bench.lean_timing import kernel_seconds
from bench.literals import literals_file
from bench.loops import integer_claim
from bench.plot import draw
from bench.results import (
    Curve,
    Section,
    Table,
    Target,
    growth_exponent,
    markdown,
    megabytes,
    quantity,
    renewed,
    seconds,
    significant,
)
from bench.sizes import FULL, QUICK
from bench.workbench import REPETITIONS, Workbench, repeated
from bridge.artifact.file import save_artifact
from bridge.base.resources import templates_folder
from bridge.exact.residuals import exact_residuals
from bridge.export.write import export_lean
from bridge.sources.images import load_images
from support.artifacts import make_artifact, stored
from support.exports import certified, rendered
from support.oleans import Writer, write_module
from support.second_kernel import needs_kernel


@given(st.floats(-3, 3), st.floats(0.01, 100))
def test_the_exponent_of_a_power_is_found(exponent, factor):
    points = [(size, factor * size**exponent) for size in (8, 16, 64, 1024)]
    assert growth_exponent(points) == pytest.approx(exponent, abs=1e-9)


def test_an_exponent_is_fitted_to_all_points_alike():
    assert growth_exponent([(1, 1), (2, 4), (4, 4), (8, 4)]) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0123456, "0.0123"), (1.23456, "1.23"), (99.96, "100"), (123.4, "123"), (45678.9, "45,700"), (0, "0")],
)
def test_numbers_have_three_significant_digits(value, text):
    assert significant(value) == text


def test_small_quantities_have_small_units():
    assert [seconds(0.25), seconds(0.9999), seconds(2.5)] == ["250 ms", "1.00 s", "2.50 s"]
    assert [megabytes(2_500), megabytes(2_500_000)] == ["2.50 kB", "2.50 MB"]


def test_the_report_says_of_each_figure_whether_it_was_reached():
    table = Table(("size", "time"), (("8", "1 s"),), "Of one run.")
    targets = (Target("under 2 s", "1 s", reached=True), Target("fast", "3 s", reached=False))
    text = markdown([Section("Speed", (table,), targets)], ["2 cores"], quick=False)
    assert (
        "| part | required | found | reached |\n| --- | --- | --- | --- |\n"
        "| Speed | under 2 s | 1 s | yes |\n| Speed | fast | 3 s | **no** |" in text
    )
    assert "- 2 cores\n" in text
    assert text.endswith("## Speed\n\nOf one run.\n\n| size | time |\n| --- | --- |\n| 8 | 1 s |\n")


def test_parts_that_are_measured_anew_take_the_place_of_the_old_ones_and_new_parts_come_last():
    def section(title, time):
        table = Table(("size", "time"), (("8", time),), f"Of {title}.")
        return Section(title, (table,), (Target(f"{title} in 2 s", time, reached=True),))

    old = markdown([section(title, "1 s") for title in ("Speed", "Space")], ["2 cores"], quick=False)
    here = ["2 cores"]
    report = renewed(old, [section("Speed", "3 s"), section("Shards", "4 s")], here)
    expected = markdown(
        [section("Speed", "3 s"), section("Space", "1 s"), section("Shards", "4 s")],
        ["2 cores", "measured in a later run than the rest: Speed, Shards"],
        quick=False,
    )
    assert report == expected
    again = renewed(report, [section("Space", "5 s"), section("Shards", "6 s")], here)
    assert "- measured in a later run than the rest: Speed, Shards, Space\n" in again
    assert [again.count(f"| {time} |") for time in ("1 s", "3 s", "4 s", "5 s", "6 s")] == [0, 2, 0, 2, 2]


def test_parts_that_are_measured_anew_on_another_processor_say_on_which():
    def renewed_on(report, processor, *titles):
        sections = [
            Section(title, (Table(("size",), (("8",),)),), (Target("fast", "1 s", reached=True),)) for title in titles
        ]
        return renewed(report, sections, [f"processor: {processor}"])

    def machine(report):
        return [line for line in report.splitlines() if line.startswith("- ")]

    first = Section("Speed", (Table(("size",), (("8",),)),), (Target("fast", "1 s", reached=True),))
    report = renewed_on(markdown([first], ["processor: A, 2 cores"], quick=False), "B, 4 cores", "Space", "Shards")
    assert machine(report) == [
        "- processor: A, 2 cores",
        "- measured in a later run than the rest: Space, Shards",
        "- of these measured on another processor, B, 4 cores: Space, Shards",
    ]
    again = renewed_on(report, "A, 2 cores", "Shards")
    assert machine(again)[1:] == [
        "- measured in a later run than the rest: Space, Shards",
        "- of these measured on another processor, B, 4 cores: Space",
    ]
    assert machine(renewed_on(again, "C", "Space", "Speed"))[1:] == [
        "- measured in a later run than the rest: Space, Shards, Speed",
        "- of these measured on another processor, C: Space, Speed",
    ]


def test_a_quick_report_says_that_it_compares_nothing():
    assert "too small to compare" in markdown([], [], quick=True)
    assert "too small to compare" not in markdown([], [], quick=False)


def test_a_plot_has_a_panel_for_each_size_with_its_curves(tmp_path):
    curves = [
        Curve("N", "elaboration", ((1, 1), (2, 2))),
        Curve("d", "kernel, `checked`", ((1, 1), (2, 4))),
        Curve("N", "kernel, `faithful`", ((1, 1), (2, 4))),
    ]
    draw(curves, tmp_path / "growth.svg")
    texts = re.findall("<!-- (.*) -->", (tmp_path / "growth.svg").read_text())
    words = [text for text in texts if text.isascii() and text[0].isalpha()]
    assert words == ["N", "seconds", "elaboration", "kernel, faithful", "d", "seconds", "kernel, checked"]


def test_equal_curves_give_equal_files(tmp_path):
    for name in ("one.svg", "other.svg"):
        draw([Curve("N", "elaboration", ((1, 1), (2, 2)))], tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()


# Commands.


def run_python(code, folder):
    return run_command([sys.executable, "-c", code], folder=folder, environment={})


def test_the_memory_of_a_command_is_its_own(tmp_path):
    here = np.ones(200_000_000, np.uint8)
    assert run_python("pass", tmp_path).peak_bytes < 100_000_000 < here.nbytes
    assert run_python("bytearray(b'1') * 150_000_000", tmp_path).peak_bytes > 150_000_000


def test_the_memory_of_a_command_is_that_of_its_largest_process(tmp_path):
    large = [sys.executable, "-c", "bytearray(b'1') * 150_000_000"]
    assert run_python(f"import subprocess; subprocess.run({large})", tmp_path).peak_bytes > 150_000_000


def test_the_time_of_a_command_runs_to_its_end(tmp_path):
    assert run_python("import time; time.sleep(0.3)", tmp_path).seconds >= 0.3


def test_the_processor_time_of_a_command_is_that_of_its_work_and_not_of_its_waiting(tmp_path):
    waiting = run_python("import time; time.sleep(1)", tmp_path)
    assert waiting.processor_seconds < 0.9 < waiting.seconds
    busy = "import time\nwhile time.process_time() < 0.5: pass"
    started = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    assert run_python(started, tmp_path).processor_seconds >= 0.5


def test_a_command_that_fails_is_not_measured(tmp_path):
    with pytest.raises(CommandError, match=r"exit code 3:\nno reason$"):
        run_python("import sys; print('no reason'); sys.exit(3)", tmp_path)


# Times from Lean's messages.

SOURCE = """namespace A
theorem first : p := by
  decide +kernel

theorem second : q := by decide +kernel
end A
"""


def message(line, data, severity="information"):
    return json.dumps({"severity": severity, "pos": {"line": line, "column": 0}, "data": data, "fileName": "A.lean"})


def test_kernel_times_are_added_up_by_declaration():
    output = [
        "[DEBUG: noise",
        message(2, "elaboration took 5ms\ntype checking took 1.5s\n"),
        message(5, "type checking took 20ms\ntypeclass inference of X took 9s\ntype checking took 2ms\n"),
        message(5, "type checking took 100ms\n"),
    ]
    assert kernel_seconds("\n".join(output), SOURCE) == pytest.approx({"A.first": 1.5, "A.second": 0.122})


def test_what_lean_does_not_accept_is_not_measured():
    with pytest.raises(CommandError, match=r"^A.lean:2: declaration uses 'sorry'$"):
        kernel_seconds(message(2, "declaration uses 'sorry'", "warning"), SOURCE)


def test_copies_of_a_claim_are_other_claims_under_other_names(tmp_path):
    source = rendered(tmp_path, make_artifact(concepts=1))["Generated/Concept0.lean"]
    text = repeated(source)
    assert re.findall(r"^theorem (\w+)", text, re.MULTILINE) == [
        "faithful", "checked", "checked_1", "checked_2", "bound", "attained"
    ]  # fmt: skip
    claimed = re.search(r"(?s)theorem checked : Bridge\.Found (.*?) :=\n", text)[1]
    copies = re.findall(r"(?s)theorem checked_\w+ : (.*?) := by\n  decide \+kernel\n", text)
    assert len(set(copies)) == REPETITIONS - 1
    assert all(copy.startswith(f"Bridge.check {claimed} = true ∧ ") for copy in copies)


# What is measured.


def widths(samples, dim):
    certificate = certified(random_artifact(samples, dim, concepts=1))
    packed, (concept,) = certificate.samples, certificate.concepts
    return packed.latent_exponent, packed.digit_bits, packed.slot_digits, concept.integers.denominator


@pytest.mark.parametrize("shape", [(1, 16), (4_096, 8), (20, 512), *QUICK.along_samples])
def test_random_numbers_are_as_wide_at_every_size(shape):
    assert widths(*shape) == widths(256, 8)


def test_a_larger_random_artifact_begins_with_the_smaller_one():
    small, large = random_artifact(10, 8, 1), random_artifact(20, 8, 1)
    assert np.array_equal(small.latents, large.latents[:10])
    assert np.array_equal(small.weights, large.weights)


def test_growing_sizes_are_doublings():
    for axis, shapes in enumerate((FULL.along_samples, FULL.along_dim)):
        sizes = [shape[axis] for shape in shapes]
        assert all(larger == 2 * smaller for smaller, larger in pairwise(sizes))


def test_digits_are_written_as_a_data_set_of_that_many_different_images(tmp_path):
    write_digits(tmp_path, 2_000)
    images = load_images(f"mnist:{tmp_path}").images
    assert images.shape == (2_000, 1, 28, 28)
    assert len({image.tobytes() for image in images.numpy()}) > 1_990
    originals = load_images("digits").images[:10]
    for number in range(10):
        distances = [float((images[number] - original).abs().mean()) for original in originals]
        assert distances.index(min(distances)) == number


def test_the_loop_over_fractions_finds_the_exact_residuals():
    artifact = make_artifact(samples=6, dim=4, concepts=2, dtype=np.float64)
    exact = exact_residuals(artifact.latents, artifact.scores, artifact.weights).matrix
    expected = [[exact.fraction(row, column) for column in range(2)] for row in range(4)]
    assert fraction_residuals(artifact, 4) == expected


def test_integer_claims_are_those_of_the_certificate(tmp_path):
    artifact = stored(tmp_path, make_artifact(samples=7, dim=3, concepts=2))
    out = tmp_path / "Generated.lean"
    export = export_lean(artifact, out, templates=templates_folder())
    claim, certificate = integer_claim(export), export.certificate
    values = [abs(sum(map(int.__mul__, row, claim.weights)) + claim.bias) for row in claim.rows]
    scale = 2**certificate.samples.latent_exponent * certificate.concepts[0].integers.denominator
    assert Fraction(max(values), scale) == Fraction(claim.bound, scale) == certificate.concepts[0].delta
    assert values.index(max(values)) == certificate.concepts[0].worst_sample


@given(st.sampled_from([2, 16, 250]), st.integers(1, 4))
def test_a_file_of_literals_has_so_many_of_so_many_digits_in_groups_as_a_shard_has_them(length, groups):
    text = literals_file("Generated", length, groups)
    assert [len(digits) for digits in re.findall(r"nat_lit 0x([0-9a-f]+)", text)] == [length] * 32 * groups
    written = re.sub(r"0x[0-9a-f]+", "0x1", text.partition(" := ")[2])
    group = "    .eight" + "\n      ⟨nat_lit 0x1, nat_lit 0x1, nat_lit 0x1, nat_lit 0x1⟩" * 8
    assert written == f"[\n{f',{chr(10)}'.join([group] * groups)}\n  ]\n\nend Generated\n"


def test_what_is_not_accepted_has_no_place_in_the_table(tmp_path, capsys):
    w = Writer()
    cheat = w.module(w.axiom("cheat", w.sort()), w.theorem("t", w.sort(), w.const("cheat")))
    write_module(tmp_path / "own", "Own", cheat)
    assert opining.main(["audit", str(tmp_path / "own"), str(tmp_path / "core"), "Own"]) == 1
    assert "axioms {'cheat': ('t',)}" in capsys.readouterr().err


def test_a_re_check_that_says_nothing_is_none(tmp_path, capsys):
    assert opining.main(["recheck", str(tmp_path), str(tmp_path), "Missing"]) == 1
    assert re.search(r"^(refused|not re-checked): ", capsys.readouterr().err)


# The command line.


def test_a_part_that_there_is_not_is_refused(capsys):
    assert main(["--only", "a,x"]) == 2
    assert (
        "'x' is no part; a, b, c, d, e, f, g, h, i, j, k, l, m, n are; name some of them: a,c, say"
        in capsys.readouterr().err
    )


def test_small_sizes_do_not_renew_what_was_measured(capsys):
    assert main(["--quick", "--renew", "--only", "c"]) == 2
    assert "--renew was given with --quick or --out; full sizes are required" in capsys.readouterr().err


def test_the_export_is_measured_from_the_command_line(tmp_path, capsys):
    assert main(["--quick", "--only", "c", "--out", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "results.md").read_text(encoding="utf-8")
    assert text == capsys.readouterr().out
    assert "`bridge export` of 200 × 8 × 3 from the artifact" in text


@pytest.mark.lean
def test_programs_and_checker_are_measured_on_the_same_numbers(tmp_path, user_cache):
    shape = (1, 16)
    sizes = dataclasses.replace(
        QUICK, loop=shape, terms=16, rows_of_terms=1, along_samples=(shape,), along_dim=(shape,)
    )
    bench = Workbench(tmp_path, sizes)
    (table,) = loops.compare(bench).tables
    kernel = [row[2] for row in table.rows]
    assert len(kernel) == 5
    (distances,) = limit.compare(bench).tables
    # Every shape is measured once: both tables have the same figure.
    assert {row[1] for row in distances.rows} == {kernel[1]}


@pytest.mark.lean
@needs_kernel
def test_audit_and_second_kernel_are_measured_on_what_the_check_has_kept(tmp_path, user_cache):
    path = tmp_path / "probe.safetensors"
    save_artifact(path, random_artifact(8, 2, 1))
    found = opinions.measured(Workbench(tmp_path, QUICK), "Tiny", path)
    title, theorems, constants, core, *_, ratio = found.row
    assert title == "8 × 2 × 1"
    assert int(theorems) < int(core.replace(",", "")) < int(constants.replace(",", ""))
    assert 0 < quantity(ratio) < 1
    assert found.audit.seconds < found.recheck.seconds
