"""Rendered exports as texts, and several of them as one Lean file, since each start of Lean takes many seconds."""

import bridge.parts
from artifacts import stored
from bridge.artifact import ProbeArtifact
from bridge.certificate import Coverage, build_certificate
from bridge.render import render
from bridge.resources import templates_folder

_HEADER = """module

public import Bridge.Soundness
public import Bridge.Determination

@[expose] public noncomputable section
"""
_SECTION = "@[expose] public noncomputable section\n"


def rendered(
    folder, artifact: ProbeArtifact, namespace="Generated", coverage=Coverage.ALL, with_r_squared=False
) -> dict[str, str]:
    """The text of each file of an export, the root first."""
    certificate = build_certificate(artifact, coverage, with_r_squared=with_r_squared)
    return dict(render(stored(folder, artifact), certificate, namespace=namespace, templates=templates_folder()))


def small_parts(patch, columns):
    """Have exports divided into parts of at most so many columns of one literal each."""
    patch.setattr(bridge.parts, "PART_LITERALS", columns)


def as_one_file(exports: dict[str, dict[str, str]]) -> tuple[str, dict[str, range]]:
    """The declarations of several exports, each with a namespace of its own, and the lines that each has."""
    text, lines = _HEADER, {}
    for name, files in exports.items():
        start = text.count("\n") + 1
        for part in list(files.values())[1:]:
            text += part.split(_SECTION, 1)[1]
        lines[name] = range(start, text.count("\n") + 1)
    return text, lines
