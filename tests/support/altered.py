"""Altered graphs of compiled terms, and what the second kernel says of them above a library that it has accepted."""

import copy
import dataclasses

from bridge.check.olean.closure import Closure
from bridge.check.olean.modules import in_folders
from bridge.check.olean.terms import APP, LAM, LET, PI, PROJ
from bridge.check.second_kernel import native
from bridge.check.second_kernel.building import Builder
from bridge.check.second_kernel.examination import compare, feed, require_axioms
from bridge.check.second_kernel.kernel import Kernel
from bridge.check.second_kernel.library import kernel_library
from bridge.check.second_kernel.opinion import RefusedError


def with_constants(modules, **changes):
    """The modules with fields of some constants changed: for each name a dict of fields."""
    altered = copy.copy(modules)
    altered._constants = dict(modules._constants)
    for text, fields in changes.items():
        name = modules.terms.name(text)
        altered._constants[name] = dataclasses.replace(modules.get(name), **fields)
    return altered


def with_files(modules, folder, core, module):
    """The modules, of which one is read anew, from another folder."""
    altered = copy.copy(modules)
    gone = {*modules.declared_in(module)}
    altered.index = {name: copies for name, copies in modules.index.items() if name not in gone}
    altered._constants = {name: each for name, each in modules._constants.items() if name not in gone}
    altered._sources = {name: source for name, source in modules._sources.items() if name != module}
    altered._find = in_folders([folder], core)
    altered.load([module])
    return altered


def rewritten(terms, root, change):
    """An expression with a function applied to every node, those below first; None leaves a node as it is."""
    new = {}
    for number in terms.below([root]):
        node = terms.exprs[number]
        kind = node[0]
        if kind == APP:
            node = (kind, new[node[1]], new[node[2]])
        elif kind in (LAM, PI):
            node = (kind, node[1], new[node[2]], new[node[3]], node[4])
        elif kind == LET:
            node = (kind, node[1], new[node[2]], new[node[3]], new[node[4]])
        elif kind == PROJ:
            node = (kind, node[1], node[2], new[node[3]])
        new[number] = terms.mk(*(change(node) or node))
    return new[root]


class _Above(Closure):
    """A closure that ends at constants which the kernel has accepted already."""

    def __init__(self, modules, roots, accepted):
        self._accepted = accepted
        super().__init__(modules, roots)

    def direct(self, name):
        return frozenset() if name in self._accepted else super().direct(name)


class Judge:
    """A kernel that has accepted what some modules rest on, and is asked about alterations of these modules."""

    def __init__(self, modules, names):
        self.names = names
        self.lean = native.load(kernel_library())
        self.builder = Builder(self.lean, modules.terms)
        self.kernel = Kernel(self.lean)
        own = self._roots(modules)
        below = [name for name in Closure(modules, own).order if modules.module_of(name) not in names]
        feed(self.kernel, self.builder, modules, below)
        self.accepted = frozenset(below)

    def _roots(self, modules):
        return [name for module in self.names for name in modules.declared_in(module)]

    def verdict(self, modules):
        """What the kernel says of the modules' own constants: "accepted", or why it refuses them."""
        kernel = copy.copy(self.kernel)
        native.retain(kernel._environment)
        try:
            closure = _Above(modules, self._roots(modules), self.accepted)
            order = [name for name in closure.order if name not in self.accepted]
            require_axioms(modules, order)
            feed(kernel, self.builder, modules, order)
            compare(kernel, self.builder, modules, order)
        except RefusedError as error:
            return str(error)
        return "accepted"
