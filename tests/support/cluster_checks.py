"""Checks by the embedded Lean, here and on clusters, and what of their results may not differ."""

import dataclasses

from bridge.base.resources import lean_library_folder
from bridge.base.workers import open_workers
from bridge.check.checker import NOTHING_ALLOWED, check
from bridge.check.cluster_lean import ClusterLean
from bridge.check.verdict import Engine


def checked(root, pool=None, allowances=NOTHING_ALLOWED, tell=lambda _line: None):
    library = lean_library_folder()
    return check(root, engine=Engine.EMBEDDED, library=library, tell=tell, pool=pool, allowances=allowances)


def checked_on(cluster, root, **options):
    """The result and what was said."""
    said = []
    with open_workers(scheduler=cluster.address) as workers:
        return checked(root, ClusterLean(workers, said.append), **options), said


def without_where_and_when(result):
    """A result with nothing in it that may be another each time."""
    modules = tuple(dataclasses.replace(module, seconds=0.0, cached=False, worker=None) for module in result.modules)
    return dataclasses.replace(result, seconds=0.0, modules=modules, cluster=None)


def assert_same(on_cluster, here):
    assert without_where_and_when(on_cluster) == without_where_and_when(here)
