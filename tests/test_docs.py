"""The documentation is true: every command that a page shows runs, and prints what is shown.

Pages that have Lean started are in `test_docs_in_lean.py`, and the site that is made of all is in `test_docs_site.py`.
After a wanted change: `pytest tests/test_docs*.py --update`.
"""

import re
from fractions import Fraction

import numpy as np
import pytest

from bridge.cli.main import commands as command_line
from bridge.exact.network import exact_latents
from docs import from_pixels
from docs.packed_rows import LATENTS, PICTURE, SCORES, WEIGHTS, drawing, steps, tiny_export
from support import docs_pages, packed_model
from support.docs_pages import (
    DOCS,
    FINGERPRINT,
    PAGES,
    blocks,
    fingerprint,
    follow,
    is_excerpt,
    renewed,
    runs_lean,
    same_lines,
    tokens,
)

# What is shown in `sh` blocks, and why no test runs it.
NOT_RUN = {
    "make run": "it does a set-up of its own, and then what is shown as `python -m bridge run`",
    "make test": "it runs this test",
    "make bench": "it measures for 40 minutes",
    "pip install 'lean-bridge[cluster]'": "it installs; test_package.py does so into a folder of its own",
    "dask scheduler --scheduler-file cluster.json": "it goes on until it is ended; support/clusters.py starts one so",
    "dask worker --scheduler-file cluster.json --nthreads 1 --no-nanny": "as its scheduler",
    "bridge fit --latents 'acts/*.parquet' --scores scores.npy --scheduler cluster.json": "it needs the cluster",
    "python slurm_cluster.py &": "it needs Slurm; test_clusters_page.py runs the file without",
    "bridge fit --latents 'acts/*.parquet' --scores scores.npy --scheduler cluster.json --out size.safetensors": "as "
    "above",
    "bridge export --artifact size.safetensors --scheduler cluster.json": "as above",
    "bridge check --scheduler cluster.json": "as above",
    "kill %1": "it ends the program for Slurm",
    "pip install '.[all]'": "it installs; test_package.py does so into a folder of its own",
    "pip install 'lean-bridge[second-kernel]'": "as above",
    "bridge fetch-lean": "it needs a network, the first time",
    "lake exe cache get": "it needs the official toolchain and a network",
    "lake build": "it needs the official toolchain and Mathlib",
    "lake test": "it needs the official toolchain and Mathlib",
    "bridge check --engine lake": "it needs the official toolchain and Mathlib",
}


@pytest.fixture(scope="module", autouse=True)
def fingerprint_updated(request):
    if request.config.getoption("--update"):
        FINGERPRINT.write_text(fingerprint(), encoding="utf-8")
        docs_pages.exact_here.cache_clear()
        PICTURE.write_text(drawing(), encoding="utf-8")
        from_pixels.PICTURE.write_text(from_pixels.drawing(), encoding="utf-8")


# What pages say


@pytest.mark.parametrize("page", [page for page in PAGES if not runs_lean(page)], ids=lambda page: page.name)
def test_commands_print_what_is_shown(page, tmp_path, update):
    assert follow(page, tmp_path, update=update) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_of_a_kind_that_is_checked(page):
    kinds = {(block.language, *block.options) for block in blocks(page)}
    assert kinds <= {("console",), ("sh",), ("text",), ("python", "title"), ("lean", "title"), ("lean", "from")}


@pytest.mark.parametrize(
    "picture", [b for page in PAGES for b in blocks(page) if b.language == "text"], ids=lambda b: b.place
)
def test_a_picture_in_characters_is_not_wider_than_a_terminal(picture):
    assert max(map(len, picture.text.splitlines())) <= 80


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_not_run_is_known_and_has_a_reason(page):
    lines = [line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines()]
    assert {line.partition("#")[0].strip() for line in lines} <= NOT_RUN.keys()


def test_nothing_is_excused_that_no_page_shows():
    shown = "".join(block.text for page in PAGES for block in blocks(page) if block.language == "sh")
    assert [command for command in NOT_RUN if command not in shown] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_within_a_text_exist(page):
    inline = [child.content for token in tokens(page) for child in token.children or [] if child.type == "code_inline"]
    named = {match[1] for code in inline if (match := re.match(r"(?:python -m )?bridge ([a-z][a-z-]*)", code))}
    assert named <= set(command_line.commands)
    options = {option for code in inline for option in re.findall(r"(?<!\S)--[a-z][\w-]*", code)}
    of_commands = {
        opt
        for command in command_line.commands.values()
        for p in command.params
        for opt in (*p.opts, *p.secondary_opts)
    }
    assert options <= of_commands | {"--help", "--version", "--update", "--median"}


def test_the_readme_lists_every_command():
    (readme, *_) = PAGES
    listed = re.findall(r"^\| `([a-z-]+)(?: [A-Z]+)*` \|", readme.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(listed) >= set(command_line.commands)


def test_the_index_leads_to_every_page():
    linked = re.findall(r"\]\(([\w-]+\.md)\)", (DOCS / "index.md").read_text(encoding="utf-8"))
    assert {page.name for page in DOCS.glob("*.md")} == {*linked, "index.md"}


def test_all_commands_but_those_the_reference_names_have_json():
    options = {name: {option.name for option in command.params} for name, command in command_line.commands.items()}
    assert {name for name in options if "as_json" not in options[name]} == {"fetch-lean", "completion"}


def test_no_paragraph_and_no_row_of_a_table_is_on_two_pages():
    owners = {}
    for page in PAGES:
        for token in tokens(page):
            if token.type == "inline" and len(token.content) > 80:
                owners.setdefault(" ".join(token.content.split()), []).append(page.name)
    assert {text: names for text, names in owners.items() if len(names) > 1} == {}


def test_the_picture_of_packed_rows_is_what_its_program_draws():
    assert PICTURE.read_text(encoding="utf-8") == drawing(), docs_pages.REMEDY


def test_the_picture_of_an_encoder_is_what_its_program_draws():
    assert from_pixels.PICTURE.read_text(encoding="utf-8") == from_pixels.drawing(), docs_pages.REMEDY


def test_the_picture_shows_the_values_of_the_encoder():
    shown = from_pixels.steps()
    exact = exact_latents(from_pixels.LAYERS, from_pixels.IMAGE[np.newaxis])
    assert list(shown.latents) == [Fraction(value, exact.denominator) for value in exact.numerators[0]]
    first, _ = from_pixels.LAYERS
    units = first.weight.astype(int) @ from_pixels.IMAGE.ravel().astype(int) + 255 * first.bias.astype(int)
    assert [value - shown.first.top for value in shown.first.sums] == units.tolist()
    assert shown.first.relued == tuple(max(0, unit) for unit in units)
    assert min(units) < 0 < max(units)
    assert shown.errors == tuple(abs(Fraction(float(np.float32(float(z)))) - z) for z in shown.latents)


def test_the_picture_shows_the_numbers_of_the_checker():
    certificate = tiny_export()
    samples, (claim,) = certificate.samples, certificate.concepts
    shown = steps(certificate)
    residuals = SCORES - LATENTS @ WEIGHTS[:-1] - WEIGHTS[-1]
    assert claim.delta == abs(residuals).max()
    assert packed_model.check(samples, 0, claim)
    assert tuple(packed_model.spread(samples, stored) for stored in shown.columns) == shown.spread
    excesses = packed_model.excesses(samples, 0, claim.integers, first_block=0, blocks=1)
    for row, (excess, _) in enumerate(excesses):
        assert packed_model.slot(samples, shown.excess, row) == excess == residuals[row] + claim.delta
        assert shown.row_of_slot[packed_model.place(samples, row)] == row
    assert sum(row is not None for row in shown.row_of_slot) == samples.size
    slot = samples.slot_digits * samples.digit_bits
    for number in (shown.not_below, shown.not_above):
        assert number & shown.top == shown.top
        assert number < 2 ** (slot * len(shown.row_of_slot))


# What is wrong on a page is found


RIGHT = """# A page

```python title="numbers.py"
print("δ = 0.25")
print("12 samples in 3.4 s")
for number in range(5):
    print(number)
```

```console
$ python numbers.py
δ = 0.25
12 samples in 5 s
0
…
4
$ mkdir -p sub
$ cd sub
$ cp ../numbers.py copy.lean
$ cat missing
cat: missing: No such file or directory
$ echo $?
1
```

```lean from="copy.lean"
print("δ = 0.25")
…
for number in …
    print(number)
```
"""


@pytest.fixture
def problems_of(tmp_path, monkeypatch):
    """What is wrong on a page with this text, on the machine that its output comes from, or on another."""

    def problems(text, exactly=True):
        monkeypatch.setattr(docs_pages, "exact_here", lambda: exactly)
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        (folder / "page.md").write_text(text, encoding="utf-8")
        return follow(folder / "page.md", folder)

    return problems


def test_a_page_that_is_right_has_no_problems(problems_of):
    assert problems_of(RIGHT) == []


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("δ = 0.25\n12", "δ = 0.26\n12", "page.md:10: `python numbers.py` prints something else"),
        ("12 samples in 5 s", "13 samples in 5 s", "prints something else"),
        ("12 samples in 5 s\n", "", "prints something else"),
        ("…\n4\n", "…\n3\n", "prints something else"),
        ("0\n…\n4\n", "0\n1\n2\n3\n…\n4\n", "prints something else"),
        ("$ mkdir -p sub", "$ mkdir sub/sub", "`mkdir sub/sub` ended with exit code 1"),
        ("$ mkdir -p sub", "$ no-such-command", "`no-such-command` ended with exit code 127"),
        ("$ echo $?\n1\n", "", "`cat missing` ended with exit code 1"),
        ("$ echo $?\n1\n", "$ echo $?\n2\n", "`echo $?` prints something else"),
        ('from="copy.lean"', 'from="other.lean"', "there is no file other.lean"),
        (
            '```lean from="copy.lean"\nprint("δ = 0.25")',
            '```lean from="copy.lean"\nprint("δ = 0.5")',
            "not those of copy",
        ),
    ],
)
def test_what_is_wrong_on_a_page_is_found(problems_of, right, wrong, problem):
    assert RIGHT.count(right) == 1
    (found, *_) = problems_of(RIGHT.replace(right, wrong))
    assert problem in found


def test_elsewhere_numbers_may_be_others_and_words_may_not(problems_of):
    other = RIGHT.replace("δ = 0.25\n12", "δ = -1.125e-3\n250")
    assert problems_of(other)
    assert problems_of(other, exactly=False) == []
    assert problems_of(RIGHT.replace("δ = 0.25\n12", "ε = 0.25\n12"), exactly=False)


@pytest.mark.parametrize(
    ("shown", "found", "same"),
    [
        ("a b", "a b", True),
        ("…", "a b", True),
        ("… b", "b", False),
        ("a … b c", "a x b y b c", True),
        ("a … b … c", "a x b y c", True),
        ("a … b … c", "a x c y b", False),
        ("a … b … b", "a x b", False),
        ("a … b", "a x b y", False),
        ("", "a", False),
        ("a", "", False),
        ("", "", True),
    ],
)
def test_an_elision_stands_for_one_line_or_more(shown, found, same):
    assert same_lines(shown.split(), found.split(), exactly=True) is same


@pytest.mark.parametrize(
    ("shown", "found", "renewed_lines"),
    [
        ("a1 … b1", "a2 x y b2", "a2 … b2"),
        ("…", "a b", "…"),
        ("… b1", "a x b2", "… b2"),
        ("a1 … b1 … c1", "a2 x b2 y c2", "a2 … b2 … c2"),
        ("a1 b1", "a2 b2 c", "a2 b2 c"),
        ("a1 … b1 … c1", "a2 x d2 y c2", "a2 x d2 y c2"),
    ],
)
def test_renewed_output_leaves_out_what_was_left_out(shown, found, renewed_lines):
    assert renewed(shown.split(), found.split()) == renewed_lines.split()


def test_output_that_holds_is_not_renewed_for_its_times():
    assert renewed(["0.5", "checked in 3 s"], ["0.5", "checked in 4.1 s"]) == ["0.5", "checked in 3 s"]


def test_an_update_changes_the_output_and_nothing_else(tmp_path, problems_of):
    page = tmp_path / "page.md"
    page.write_text(RIGHT.replace("δ = 0.25\n12", "δ = 0.26\n13").replace("\n4\n$", "\n3\n$"), encoding="utf-8")
    assert follow(page, tmp_path, update=True) == []
    assert page.read_text(encoding="utf-8") == RIGHT.replace("12 samples in 5 s", "12 samples in 3.4 s")
    assert problems_of(page.read_text(encoding="utf-8")) == []


LEAN = """/-- One. -/
def one : Nat := 1  -- about 1

/-- Two
lines. -/
theorem two : one + one = 2 := by
  decide
end
"""


@pytest.mark.parametrize(
    ("excerpt", "holds"),
    [
        ("def one : Nat := 1\n\ntheorem two : one + one = 2 := by\n  decide", True),
        ("def one : Nat := 1  -- about 1\n/-- Two\nlines. -/\ntheorem two : one + one = 2 := by", True),
        ("def one : Nat := …\n…\nend", True),
        ("theorem two : one + one = 2 …\n  decide", True),
        ("def one : Nat := 2", False),
        ("def one : Nat := 1\n  decide", False),
        ("def one : Nat := 1\nend", False),
        ("theorem two : one + one = 2 := by\n  decide\ndef one : Nat := 1", False),
        ("theorem two : one + one = 3 …", False),
        ("end\n…\nend", False),
    ],
)
def test_an_excerpt_has_the_lines_of_the_file_in_order_and_may_leave_comments_out(excerpt, holds):
    assert is_excerpt(excerpt, LEAN, exactly=True) is holds
