"""The committed export of a small real run: 128 images of MNIST.

`tests/golden/probe.safetensors` is its artifact, `lean/Generated.lean` and `lean/Generated/` are what it renders to,
and `tests/golden/SHA256SUMS` has their digests in the format of `sha256sum`.  `make run` replaces the files under
`lean/` with the export of its own artifact; the tests hold for these too.  That Lean accepts them is in
`test_surface.py`, with all of `lean/`.  `python/bridge/library.sha256` has the digests of the library.  After a wanted
change of the templates or of the library: `pytest tests/test_golden.py --update`.
"""

import hashlib
import re

import pytest

from bridge.artifact.coverage import Coverage
from bridge.artifact.file import load_artifact
from bridge.base.resources import templates_folder
from bridge.check.library import PINS
from bridge.check.verify import verify
from bridge.export.render import render
from bridge.export.write import export_lean
from support.exports import certified
from support.judging import judged
from support.repository import REPOSITORY

ROOT = REPOSITORY / "lean" / "Generated.lean"
GOLDEN = REPOSITORY / "tests" / "golden"
ARTIFACT = GOLDEN / "probe.safetensors"
DIGESTS = GOLDEN / "SHA256SUMS"
LAST_RUN = REPOSITORY / "runs" / "digits" / "probe.safetensors"
REMEDY = "after a wanted change run `pytest tests/test_golden.py --update`"


def rerendered(path):
    stored = load_artifact(path)
    certificate = certified(stored.artifact, Coverage.ALL)
    return render(stored, certificate, namespace=ROOT.stem, templates=templates_folder())


def golden_digests():
    return "".join(
        f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in rerendered(ARTIFACT).items()
    )


def library_digests():
    folder = REPOSITORY / "lean"
    files = [folder / "Bridge.lean", *sorted((folder / "Bridge").rglob("*.lean"))]
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder).as_posix()}\n" for file in files
    )


def committed_artifact():
    """The artifact that the files under lean/ name: the golden one, or that of the last run."""
    digest = re.search(r"Artifact: SHA-256 ([0-9a-f]{64})", ROOT.read_text())[1]
    known = {load_artifact(path).sha256: path for path in (ARTIFACT, LAST_RUN) if path.is_file()}
    assert digest in known, f"{ROOT} is the export of an unknown artifact; run `make golden`"
    return known[digest]


@pytest.fixture(autouse=True)
def updated(update):
    if update:
        export_lean(load_artifact(ARTIFACT), ROOT, templates=templates_folder())
        DIGESTS.write_text(golden_digests())
        PINS.write_text(library_digests())


def test_the_golden_artifact_renders_to_the_same_bytes_as_ever():
    assert golden_digests() == DIGESTS.read_text(), REMEDY


def test_the_digests_of_the_library_are_those_that_bridge_ships():
    assert library_digests() == PINS.read_text(), REMEDY


def test_the_files_under_lean_are_what_their_artifact_renders_to():
    for name, text in rerendered(committed_artifact()).items():
        assert (ROOT.parent / name).read_bytes() == text.encode(), f"{name} differs; {REMEDY}"


def test_verify_finds_every_literal_of_the_committed_export():
    stored = load_artifact(committed_artifact())
    outcome = verify(ROOT, stored)
    assert outcome.differences == ()
    assert outcome.compared > stored.artifact.latents.size + stored.artifact.scores.size


@pytest.mark.lean
def test_lean_accepts_the_tests_of_the_library(lean_pool):
    results = judged(REPOSITORY / "tests" / "lean" / "BridgeTest.lean", lean_pool)
    assert [message for result in results.values() for message in result.messages] == []
    assert all(result.accepted for result in results.values())
