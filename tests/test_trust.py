"""What the page about trust says in numbers is what a check finds; what it says of large numbers is in the files."""

import dataclasses
import mmap

import pytest

from bridge.artifact.file import load_artifact
from bridge.base.resources import lean_library_folder, templates_folder
from bridge.check.auditing import Further
from bridge.check.checker import check
from bridge.check.olean.audit import Audit
from bridge.check.second_kernel.library import kernel_library
from bridge.check.second_kernel.opinion import Opinion, Outcome
from bridge.check.verdict import CheckResult, Engine, ModuleResult
from bridge.export.write import export_lean
from docs.trust_statement import PAGE, page_with, statement
from support.repository import REPOSITORY
from support.second_kernel import needs_kernel

REMEDY = "after a wanted change run `pytest tests/test_trust.py --update`"


def accepted():
    """A result with numbers that are all different."""
    return CheckResult(
        Engine.EMBEDDED,
        "4.28.0-pre",
        1.0,
        (ModuleResult("Generated", accepted=True, seconds=1.0, cached=False, messages=()),),
        audit=Audit(11, ("Quot.sound", "propext"), {}, 22, 33, "4" * 64, {}, meanings_compared=True),
        second_kernel=Opinion("Lean", "4.35.0", "5" * 64, Outcome.ACCEPTED, None, declarations=6_666, constants=7_777),
    )


def test_the_statement_has_the_numbers_of_the_check():
    text = " ".join(statement(accepted()).replace("\n>", " ").split())
    for said in (
        "> 11 theorems were accepted by the kernel of Lean 4.28.0-pre",
        "native kernel of Lean 4.35.0",
        "bodies: 6,666 declarations. All 7,777 constants",
        "Not re-checked are 22 theorems of Lean's core, since",
        "They, and 33 constants of core",
        "begins with `4444444444444444`.",
        "are `Quot.sound` and `propext`.",
    ):
        assert said in text


@pytest.mark.parametrize(
    "change",
    [
        {"audit": None},
        {"second_kernel": None},
        {"second_kernel": Opinion("Lean", "", "", Outcome.NOT_RECHECKED, "it took longer than the time limit")},
        {"audit": dataclasses.replace(accepted().audit, refused={"sorryAx": ("bound",)})},
        {"modules": ()},
    ],
    ids=["no audit", "no second kernel", "not re-checked", "an axiom", "nothing checked"],
)
def test_nothing_is_stated_of_what_was_not_accepted_by_both(change):
    with pytest.raises(ValueError, match="not all was accepted by both kernels"):
        statement(dataclasses.replace(accepted(), **change))


def test_the_statement_takes_the_place_of_the_one_before():
    page = "A\n\n<!-- statement: pytest tests/test_trust.py --update -->\n\nold\n\n<!-- end of statement -->\n\nZ\n"
    assert page_with(page, "> new") == page.replace("old", "> new")


@pytest.mark.lean
@needs_kernel
def test_the_page_states_what_two_kernels_say_of_the_export_of_128_images(lean_pool, tmp_path, update):
    stored = load_artifact(REPOSITORY / "tests" / "golden" / "probe.safetensors")
    root = tmp_path / "Generated.lean"
    export_lean(stored, root, templates=templates_folder())
    result = check(
        root,
        engine=Engine.EMBEDDED,
        library=lean_library_folder(),
        tell=lambda _: None,
        pool=lean_pool,
        further=Further(second_kernel=True),
    )
    text = PAGE.read_text(encoding="utf-8")
    stated = page_with(text, statement(result))
    if update:
        PAGE.write_text(stated, encoding="utf-8")
    else:
        assert text == stated, REMEDY


@pytest.mark.lean
def test_the_embedded_lean_has_no_gmp(lean_pool):
    # Bit 0 of the byte after the version of the format says whether large numbers are as GMP has them.
    flags = {path.read_bytes()[6] for path in (lean_pool.core / "Init").glob("*.olean")}
    assert flags == {0}


@needs_kernel
def test_the_second_kernel_has_gmp_and_it_is_not_as_old_as_6_2_1():
    with kernel_library().path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as library:
        assert library.find(b"__gmpz_mul\0") > 0
        assert library.find(b"__gmp_overflow_in_mpz\0") > 0
