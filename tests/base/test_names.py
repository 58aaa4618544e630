"""One rule for the names of concepts, wherever they come from."""

import numpy as np
import pytest

from bridge import LinearProbe
from bridge.base.errors import InputError
from bridge.base.names import RESERVED_NAMES, require_concept_names
from support.artifacts import make_artifact
from support.command_line import run_bridge

REFUSED = ["", "a\nb", "a«b", "\u202e", *sorted(RESERVED_NAMES)]


@pytest.mark.parametrize("names", [["size"], ["end", "theorem", "größe", "a b", "[/x]", "size.x"]])
def test_keywords_and_any_text_that_can_be_shown_are_names(names):
    require_concept_names(names)


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_no_export_can_have_is_refused(name):
    with pytest.raises(InputError, match="name"):
        require_concept_names(["size", name])


def test_a_name_is_used_once():
    with pytest.raises(InputError, match="the concept name 'size' is used twice; each concept needs its own"):
        require_concept_names(["size", "slant", "size"])


@pytest.mark.parametrize("name", REFUSED)
def test_no_artifact_has_such_a_name(name):
    with pytest.raises(InputError, match="name"):
        make_artifact(concept_names=("size", name))


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_fit_refuses_before_the_work_what_export_would(tmp_path, name):
    np.save(tmp_path / "Z.npy", np.eye(4))
    np.save(tmp_path / "C.npy", np.arange(4.0))
    (tmp_path / "C.csv").write_text(f"{name}\n1\n2\n3\n4\n")
    for scores in (("C.npy", "--names", name), ("C.csv",)):
        result = run_bridge("fit", "--latents", "Z.npy", "--scores", *scores, "--out", "p.safetensors", cwd=tmp_path)
        assert result.returncode == 2
        assert result.stderr.startswith(f"bridge: concept name {name!r} is a name that the export uses itself; ")
        assert not (tmp_path / "p.safetensors").exists()


def test_a_probe_refuses_it_too(tmp_path):
    Z, C = np.random.default_rng(0).normal(size=(9, 2)), np.arange(9.0)
    with pytest.raises(InputError, match="'samples' is a name that the export uses itself"):
        LinearProbe().fit(Z, C).export(tmp_path / "Own.lean", Z, C, names=["samples"])
    assert list(tmp_path.iterdir()) == []
