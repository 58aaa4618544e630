"""Pairs of artifacts for tests, and their comparisons as Lean files."""

from dataclasses import replace

import numpy as np

from bridge.artifact.coverage import Coverage
from bridge.artifact.file import to_be_stored
from bridge.artifact.pair import paired
from bridge.base.resources import templates_folder
from bridge.export.pairs.certificate import pair_certificate
from bridge.export.pairs.render import render_pair
from support.artifacts import make_artifact
from support.classifiers import make_classifier


def probe_pair(**form):
    """Two probes of the same samples, the second with weights of two decimals."""
    a = make_artifact(**form)
    return a, replace(a, weights=a.weights.astype(np.float64).round(2))


def classifier_pair(**form):
    """Two classifiers of the same samples, the second with weights of whole numbers."""
    a = make_classifier(**form)
    return a, replace(a, weights=a.weights.round(0))


def binary_pair(thresholds=(0.5, 0.25), **form):
    """Two binary probes of the same samples."""
    a = make_classifier(binary=thresholds[0], **form)
    weights = a.weights.round(0)
    weights[-1, 0] = thresholds[1]
    return a, replace(a, weights=weights)


def rendered_pair(a, b, namespace="Comparison", coverage=Coverage.ALL):
    """The text of each file, the root first."""
    certificate = pair_certificate(paired(a, b), coverage)
    stored = [to_be_stored(artifact) for artifact in (a, b)]
    return dict(render_pair(*stored, certificate, namespace=namespace, templates=templates_folder()))
