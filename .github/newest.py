"""Builds the repository with the newest stable Mathlib, and the Lean that this is for, and says what broke.

For the workflow `newest`, on a clean checkout with `lake` on the PATH: the files that say which release it is are
changed in place.  What is found goes to the file that GITHUB_STEP_SUMMARY names, as Markdown; the exit status is 1 if
any step failed.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MATHLIB = "https://github.com/leanprover-community/mathlib4"
STABLE = re.compile(r"refs/tags/(v(\d+)\.(\d+)\.(\d+))")
REQUIRED = re.compile(r'(/ "mathlib" @ git ")[^"]+(")')
ERRORS = 10
LONGEST_LINE = 300


@dataclass(frozen=True)
class Step:
    """One thing that may break.

    Attributes:
        name: what it is, for the summary.
        command: what is run.
    """

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """How a step ended; `output` is all that it printed."""

    step: Step
    code: int
    output: str


# Each builds on those before it; all are tried, since one may break alone.
STEPS = (
    Step("Mathlib", ("lake", "update")),
    Step("Mathlib's cache", ("lake", "exe", "cache", "get")),
    Step("library", ("lake", "build", "--wfail", "+Bridge")),
    Step("real layer", ("lake", "build", "--wfail", "+Bridge.Real")),
    Step("export", ("lake", "build", "--wfail", "Generated", "Example")),
    Step("tests", ("lake", "test")),
)


def newest_stable(tags: str) -> str:
    """The newest release among the lines of `git ls-remote --tags`; release candidates are none."""
    stable = filter(None, (STABLE.fullmatch(line.rpartition("\t")[2]) for line in tags.splitlines()))
    releases = {tuple(map(int, match.groups()[1:])): match[1] for match in stable}
    if not releases:
        sys.exit(f"no stable release among the tags of {MATHLIB}; one like v4.30.0 is required")
    return releases[max(releases)]


def move(folder: Path, release: str) -> None:
    """Have the lakefile and the toolchain ask for a release of Mathlib, which has the version of its Lean."""
    lakefile = folder / "lakefile.lean"
    text, count = REQUIRED.subn(rf"\g<1>{release}\g<2>", lakefile.read_text(encoding="utf-8"))
    if count != 1:
        sys.exit(f"{lakefile} requires Mathlib in {count} places; one is required")
    lakefile.write_text(text, encoding="utf-8")
    (folder / "lean-toolchain").write_text(f"leanprover/lean4:{release}\n", encoding="utf-8")


def run(step: Step, folder: Path) -> Outcome:
    """Run a step; what it prints is printed as it comes."""
    print(f"::group::{step.name}: {' '.join(step.command)}", flush=True)
    environment = {**os.environ, "MATHLIB_NO_CACHE_ON_UPDATE": "1"}
    lines = []
    with subprocess.Popen(
        step.command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    print("::endgroup::", flush=True)
    return Outcome(step, process.returncode, "".join(lines))


def first_errors(output: str) -> list[str]:
    """The first lines that say what is wrong; the last ones where no line does."""
    lines = [line.rstrip()[:LONGEST_LINE] for line in output.split("\n") if line.strip()]
    wrong = [line for line in lines if re.search(r"\b(error|warning)\b", line)]
    return wrong[:ERRORS] if wrong else lines[-ERRORS:]


def summary(release: str, outcomes: list[Outcome]) -> str:
    """The summary as Markdown."""
    broken = [outcome for outcome in outcomes if outcome.code != 0]
    title = f"{', '.join(outcome.step.name for outcome in broken)} broke" if broken else "everything builds"
    parts = [f"## Lean and Mathlib {release}: {title}", "| step | |\n|---|---|"]
    parts[1] += "".join(f"\n| {outcome.step.name} | {'broke' if outcome.code else 'good'} |" for outcome in outcomes)
    for outcome in broken:
        errors = "\n".join(f"    {line}" for line in first_errors(outcome.output))
        parts.append(
            f"### {outcome.step.name}\n\n`{' '.join(outcome.step.command)}` ended with {outcome.code}.\n\n{errors}"
        )
    return "\n\n".join(parts) + "\n"


def main(folder: Path) -> int:
    """Move the checkout in the folder, run all steps, and write the summary."""
    tags = subprocess.run(
        ["git", "ls-remote", "--tags", "--refs", MATHLIB], capture_output=True, text=True, check=True
    ).stdout
    release = newest_stable(tags)
    move(folder, release)
    outcomes = [run(step, folder) for step in STEPS]
    text = summary(release, outcomes)
    with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as file:
        file.write(text)
    print(text)
    return int(any(outcome.code != 0 for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
