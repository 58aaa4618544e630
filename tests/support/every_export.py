"""Small exports of every kind, with all that exports can have in them: claims, shards, ranges, few and many weights."""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

import bridge.export.packing
import bridge.export.pairs.certificate
import bridge.export.pixels.certificate
import bridge.export.pixels.render
from bridge.artifact.coverage import Coverage
from support.artifacts import make_artifact
from support.classifier_exports import rendered as rendered_classifier
from support.classifiers import make_classifier
from support.exports import as_one_file, rendered, small_ranges, small_shards
from support.pairs import binary_pair, classifier_pair, probe_pair, rendered_pair
from support.pixel_exports import plain_artifact, rendered_pixels

HEADER = """module

public import Bridge.Claims.Comparison
public import Bridge.Claims.Determination
public import Bridge.Claims.Pixels
public import Bridge.Claims.Quantile
public import Bridge.Claims.Ranking
public import Bridge.Claims.Unseen
public import Bridge.Packing.DecisionRanges

@[expose] public noncomputable section
"""
_MANY = 40  # more weights than are written as fractions


def every_export(folder) -> dict[str, dict[str, str]]:
    """The texts of each export, by its namespace; the file with the last claims comes last."""
    exports = {**_probes(folder), **_classifiers(folder), **_from_pixels(folder)}
    return exports | {name: _root_last(files) for name, files in _pairs().items()}


def every_export_as_files(folder, per_file=8) -> dict[str, str]:
    """The text of each file that has some of the exports in it, by module."""
    exports = [*every_export(folder).items()]
    return {
        f"Every{start // per_file}": as_one_file(dict(exports[start : start + per_file]), HEADER)[0]
        for start in range(0, len(exports), per_file)
    }


def _probes(folder):
    is_calibration = np.arange(12) % 2 == 0
    parts = {"is_train": ~is_calibration, "is_calibration": is_calibration}
    plain = make_artifact(12, 2, 2, **parts)
    constant = replace(plain, scores=np.ones_like(plain.scores))
    integers = make_artifact(
        9, 2, 2, latents=np.arange(18).reshape(9, 2), weights=np.arange(6).reshape(3, 2) - 2, scores=np.eye(9)[:, :2]
    )
    wide = make_artifact(12, _MANY, 1, **parts)
    claims = {"with_r_squared": True, "alpha": "1/5"}
    with _in_blocks(), pytest.MonkeyPatch.context() as patch:
        small_ranges(patch, 80)
        in_ranges = rendered(folder, plain, "ProbesInRanges", **claims)
        wide_in_ranges = rendered(folder, wide, "ProbeOfManyInRanges", **claims)
    with pytest.MonkeyPatch.context() as patch:
        small_shards(patch, 3)
        in_shards = rendered(folder, plain, "Probes.In.Shards", **claims)
    return {
        "Probes": rendered(folder, plain, "Probes", **claims),
        "ProbeAlone": rendered(folder, make_artifact(1, 1, 1), "ProbeAlone"),
        "ProbesConstant": rendered(folder, constant, "ProbesConstant", **claims),
        "ProbesOfIntegers": rendered(folder, integers, "ProbesOfIntegers", with_r_squared=True),
        "ProbeOfMany": rendered(folder, wide, "ProbeOfMany", **claims),
        "ProbesInRanges": in_ranges,
        "ProbeOfManyInRanges": wide_in_ranges,
        "ProbesInShards": in_shards,
    }


def _classifiers(folder):
    held_out_first = np.array([False] * 4 + [True] * 5)
    held_out = {"coverage": Coverage.HELD_OUT, "accuracy_bound": "1/20", "with_roc_auc": True}
    three = make_classifier(9, 2, 3, is_train=held_out_first)
    integers = make_classifier(
        1, 1, 3, labels=np.array([1]), latents=np.array([[3]]), weights=np.array([[0, 2, 1], [0, 0, 1]])
    )
    with _in_blocks(), pytest.MonkeyPatch.context() as patch:
        small_ranges(patch, 60)
        in_ranges = rendered_classifier(folder, three, "ClassesInRanges", with_roc_auc=True)
        binary_in_ranges = rendered_classifier(folder, make_classifier(9, 2, binary=0.5), "TwoInRanges")
    with pytest.MonkeyPatch.context() as patch:
        small_shards(patch, 2)
        in_shards = rendered_classifier(folder, three, "ClassesInShards")
    return {
        "Classes": rendered_classifier(folder, three, "Classes", **held_out),
        "Two": rendered_classifier(
            folder, make_classifier(9, 2, binary=-0.5, is_train=held_out_first), "Two", **held_out
        ),
        "TwoAtZero": rendered_classifier(folder, make_classifier(9, 2, binary=0.0), "TwoAtZero", with_roc_auc=True),
        "OneSample": rendered_classifier(folder, integers, "OneSample"),
        "ClassesOfMany": rendered_classifier(folder, make_classifier(6, _MANY, 5), "ClassesOfMany"),
        "TwoOfMany": rendered_classifier(folder, make_classifier(6, _MANY, binary=0.5), "TwoOfMany"),
        "ClassesInRanges": in_ranges,
        "TwoInRanges": binary_in_ranges,
        "ClassesInShards": in_shards,
    }


def _pairs():
    pairs = {
        "PairOfProbes": probe_pair(samples=9),
        "PairOfMany": probe_pair(samples=5, dim=_MANY, concepts=1),
        "PairOfEqual": (make_artifact(),) * 2,
        "PairOfClasses": classifier_pair(samples=9),
        "PairOfTwo": binary_pair(samples=9),
        "PairWithOneThreshold": binary_pair((0.5, 0.5), samples=9),
        "PairOfManyClasses": classifier_pair(samples=5, dim=_MANY),
    }
    exports = {name: rendered_pair(*pair, name) for name, pair in pairs.items()}
    with _in_blocks(), pytest.MonkeyPatch.context() as patch:
        small_ranges(patch, 60)
        exports["PairInRanges"] = rendered_pair(*probe_pair(samples=9), "PairInRanges")
        exports["PairOfClassesInRanges"] = rendered_pair(*classifier_pair(samples=9), "PairOfClassesInRanges")
    return exports


def _from_pixels(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.pixels.certificate, "CHUNK_IMAGES", 2)
        in_chunks = rendered_pixels(folder, plain_artifact(), "Pixels")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.pixels.render, "SHARD_DIGITS", 8)
        small_shards(patch, 2)
        in_shards = rendered_pixels(folder, plain_artifact(), "PixelsInShards")
    return {  # a list of more than 64 elements comes in parts
        "Pixels": in_chunks,
        "PixelsInShards": in_shards,
        "PixelsListed": rendered_pixels(folder, plain_artifact(scored=()), "PixelsListed"),
        "PixelsOfThree": rendered_pixels(folder, plain_artifact(units=(5, 4, 3), scored=("thick",)), "PixelsOfThree"),
        "PixelsLinear": rendered_pixels(folder, plain_artifact(units=(2,)), "PixelsLinear"),
        "PixelsOfMany": rendered_pixels(folder, plain_artifact(units=(3, 80)), "PixelsOfMany"),
    }


@contextmanager
def _in_blocks():
    """With a block for each sample."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge.export.packing, "BLOCK_COLUMN_BITS", 1)
        yield


def _root_last(files):
    """The files of a comparison, of which the root has the claims, after what stands for the root of other exports."""
    (root, text), *others = files.items()
    return {"": "", **dict(others), root: text}
