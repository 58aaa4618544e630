"""Writes the Lean files that compare two artifacts."""

from dataclasses import dataclass
from pathlib import Path

from bridge.artifact.coverage import Coverage
from bridge.artifact.pair import ClassifierPair, ProbePair
from bridge.base.module_names import namespace_of
from bridge.base.progress import Progress, untold
from bridge.export.pairs.certificate import PairCertificate, pair_certificate
from bridge.export.pairs.render import AnyStored, render_pair_in_order
from bridge.export.write import require_export_place, write_texts


@dataclass(frozen=True, eq=False)
class PairExport:
    """What the export of a pair has written.

    Attributes:
        certificate: the claims.
        root: the root file.
        files: all Lean files, the root first.
    """

    certificate: PairCertificate
    root: Path
    files: tuple[Path, ...]


def export_pair(
    a: AnyStored,
    b: AnyStored,
    pair: ProbePair | ClassifierPair,
    out: Path,
    *,
    templates: Path,
    coverage: Coverage = Coverage.ALL,
    progress: Progress = untold,
) -> PairExport:
    """Render a pair to Lean files; old files stay intact until all new ones are whole.

    Args:
        a: the artifact that is compared, with its file's SHA-256.
        b: the one that it is compared with.
        pair: the two.
        out: the root file; its name is the Lean namespace, the others go into a folder of that name beside it.
        templates: folder of the templates.
        coverage: which samples are listed.
        progress: told of what takes long.

    Raises:
        InputError: the name is no Lean module name, a name cannot be written in Lean, the part has no samples or others
            in B than in A, or the place cannot be written to.
    """
    namespace = namespace_of(out)
    require_export_place(out, ())
    certificate = pair_certificate(pair, coverage)
    texts = render_pair_in_order(a, b, certificate, namespace=namespace, templates=templates, progress=progress)
    return PairExport(certificate, out, write_texts(texts, out))
