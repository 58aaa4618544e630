"""The embedded Lean itself on a cluster; all else about clusters is tested with a program in its place."""

import threading
import time

import pytest

import bridge.export.packing
from support.artifacts import make_artifact
from support.cluster_checks import assert_same, checked, checked_on
from support.clusters import running_cluster
from support.exports import rendered, small_ranges, small_shards, with_one_more
from support.lean_files import write
from support.lifelines import wait_until


@pytest.mark.lean
def test_lean_says_the_same_on_a_cluster_that_loses_a_worker(tmp_path, user_cache, lean_pool, monkeypatch):
    monkeypatch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 100)
    small_ranges(monkeypatch, 150)
    small_shards(monkeypatch, 40)
    texts = rendered(tmp_path, make_artifact(12, 2, 1, concept_names=("size",)), "Small")
    assert {"Small/Samples/Shard2.lean", "Small/Checks/Size/Range2.lean"} <= texts.keys()
    root = write(tmp_path / "right", texts)
    wrong = write(tmp_path / "wrong", with_one_more(texts, "Small/Size.lean", r"(def δ : Rat :=\s*)(\d+)"))
    with running_cluster(tmp_path / "cluster") as running:

        def kill():
            with running.client() as client:
                wait_until(lambda: any(client.processing().values()))
            time.sleep(3)
            running.kill_worker()

        killing = threading.Thread(target=kill)
        killing.start()
        (right, said), (refused, _) = checked_on(running, root), checked_on(running, wrong)
        killing.join()
    assert right.accepted
    assert any("is gone" in line for line in said)
    assert_same(right, checked(root, lean_pool))
    assert not refused.accepted
    assert_same(refused, checked(wrong, lean_pool))
