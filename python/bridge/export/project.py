"""A Lake project to begin with: the Bridge library, an example export, what builds and checks them, and a README."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge.artifact.file import StoredArtifact, artifact_bytes
from bridge.artifact.record import ProbeArtifact
from bridge.base.release import RELEASE
from bridge.base.resources import lean_library_folder, templates_folder
from bridge.base.version import __version__
from bridge.export.certificate import build_certificate
from bridge.export.render import render
from bridge.export.templating import template_environment

ARTIFACT = "probe.safetensors"

_LEAN = Path("lean")
_NAMESPACE = "Generated"


@dataclass(frozen=True)
class ProjectPage:
    """What the templates of a project show.

    Attributes:
        name: the name of the Lake package.
        version: the version of bridge.
        artifact: the file of the artifact.
        samples: how many samples the artifact has.
    """

    name: str
    version: str
    artifact: str
    samples: int


def project_files(name: str, artifact: ProbeArtifact) -> Mapping[Path, bytes]:
    """The files of a Lake project with a copy of the library, an artifact and its export.

    The library is a copy rather than a dependency: it is there without a network, and whoever clones the project needs
    no place that this installation of bridge came from.

    Args:
        name: the folder's name, from which the package gets its own.
        artifact: what is exported.

    Returns:
        The bytes of each file, by its path from the project's folder.
    """
    page = ProjectPage(_package_name(name), __version__, ARTIFACT, len(artifact.latents))
    data = artifact_bytes(artifact)
    texts = {**_rendered(page), **_export(StoredArtifact(artifact, hashlib.sha256(data).hexdigest()))}
    return {Path(ARTIFACT): data, **{path: text.encode() for path, text in texts.items()}, **_library()}


def _package_name(folder: str) -> str:
    return re.sub(r"[^\w-]+", "-", folder).strip("-") or "probes"


def _rendered(page: ProjectPage) -> Mapping[Path, str]:
    """What is made from the templates, which lie as the files of a project do."""
    environment = template_environment(templates_folder() / "project")
    return {
        Path(name.removesuffix(".jinja")): environment.get_template(name).render(project=page, release=RELEASE)
        for name in environment.list_templates(extensions=["jinja"])
    }


def _export(stored: StoredArtifact) -> Mapping[Path, str]:
    certificate = build_certificate(stored.artifact)
    texts = render(stored, certificate, namespace=_NAMESPACE, templates=templates_folder())
    return {_LEAN / path: text for path, text in texts.items()}


def _library() -> Mapping[Path, bytes]:
    folder = lean_library_folder()
    files = [folder / "Bridge.lean", *(path for path in (folder / "Bridge").rglob("*") if path.is_file())]
    return {_LEAN / file.relative_to(folder): file.read_bytes() for file in files}
