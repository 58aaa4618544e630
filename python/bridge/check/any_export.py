"""Reads an export back, whatever it is about."""

from pathlib import Path

from bridge.base.module_names import namespace_of
from bridge.check.classification.readback import ReadClassifierExport, is_classifier, read_classifier_export
from bridge.check.lean_modules import require_file
from bridge.check.pairs.readback import ReadPairExport, is_pair, read_pair_export
from bridge.check.readback import ReadExport, read_export
from bridge.check.reader import Reader


def read_any_export(root: Path) -> ReadExport | ReadClassifierExport | ReadPairExport:
    """Read a root file and the files that it imports; these say whether they are about probes, a classifier, or a pair.

    Raises:
        InputError: the root file has a name that no export has, or a file is missing, is no plain file or is not text.
        MismatchError: a file has something that an export does not have.
    """
    require_file(root)
    reader = Reader.of(root.parent, namespace_of(root))
    if is_pair(reader):
        return read_pair_export(root)
    return read_classifier_export(root) if is_classifier(reader) else read_export(root)
