"""Rendered exports as texts, and several of them as one Lean file, since each file imports the library."""

import re

import bridge.export.layout
from bridge.artifact.coverage import Coverage
from bridge.artifact.record import ProbeArtifact
from bridge.base.resources import templates_folder
from bridge.check.host_pool import HostPool
from bridge.export.asked import Asked
from bridge.export.certificate import Certificate, build_certificate
from bridge.export.render import render
from support.artifacts import stored
from support.judging import judged

_HEADER = """module

public import Bridge.Claims.SupError
public import Bridge.Claims.Determination
public import Bridge.Claims.Quantile
public import Bridge.Packing.Ranges

@[expose] public noncomputable section
"""
_SECTION = re.compile(r"^(?:@\[expose\] )?public (?:noncomputable )?section\n", re.MULTILINE)


def asked(coverage=Coverage.ALL, *, with_r_squared=False, alpha=None) -> Asked:
    """What an export is asked for."""
    options = {"--r2": ""} if with_r_squared else {}
    return Asked.of(coverage, options | ({} if alpha is None else {"--alpha": str(alpha)}))


def certified(artifact: ProbeArtifact, *coverage, **options) -> Certificate:
    """What is claimed of an artifact."""
    return build_certificate(artifact, asked(*coverage, **options))


def rendered(
    folder, artifact: ProbeArtifact, namespace="Generated", coverage=Coverage.ALL, **options
) -> dict[str, str]:
    """The text of each file of an export, the root first."""
    certificate = certified(artifact, coverage, **options)
    return dict(render(stored(folder, artifact), certificate, namespace=namespace, templates=templates_folder()))


def replaced(files, path, pattern, replacement):
    """The files with one place in one of them changed."""
    text, count = re.subn(pattern, replacement, files[path], count=1)
    assert count == 1
    return {**files, path: text}


def with_one_more(files, path, pattern):
    """The files with the number in the second group of a pattern made larger by one."""
    return replaced(files, path, pattern, lambda match: f"{match[1]}{int(match[2]) + 1}")


def small_shards(patch, columns):
    """Have exports divided into parts of at most so many columns of four literals each, or of one group."""
    patch.setattr(bridge.export.layout, "SHARD_LITERALS", 4 * columns)


def small_ranges(patch, digits):
    """Have the blocks of a concept divided into ranges of at most so many hexadecimal digits, or of one block."""
    patch.setattr(bridge.export.layout, "RANGE_DIGITS", digits)


def shared_files(patch, seconds=bridge.export.layout.SHARED_SECONDS):
    """Have two concepts or more share files of so many seconds each."""
    patch.setattr(bridge.export.layout, "OWN_FILES", 1)
    patch.setattr(bridge.export.layout, "SHARED_SECONDS", seconds)


def as_one_file(exports: dict[str, dict[str, str]], header: str = _HEADER) -> tuple[str, dict[str, range]]:
    """The declarations of several exports, each with a namespace of its own, and the lines that each has."""
    text, lines = header, {}
    for name, files in exports.items():
        start = text.count("\n") + 1
        for part in list(files.values())[1:]:
            text += _SECTION.split(part, maxsplit=1)[1]
        lines[name] = range(start, text.count("\n") + 1)
    return text, lines


def rejected_by_lean(folder, exports: dict[str, dict[str, str]], pool: HostPool, header: str = _HEADER) -> set[str]:
    """The names of the exports that the embedded Lean rejects, all in one file."""
    text, lines = as_one_file(exports, header)
    root = folder / "Mutants.lean"
    root.write_text(text, encoding="utf-8")
    messages = judged(root, pool)["Mutants"].messages
    assert all(any(message.line in span for span in lines.values()) for message in messages)
    return {name for name, span in lines.items() for message in messages if message.line in span}


def messages_of_lean(
    folder, exports: dict[str, dict[str, str]], pool: HostPool, per_file: int, header: str = _HEADER
) -> dict[str, list[str]]:
    """What the embedded Lean says about each export, with so many of them in a file."""
    lines = {}
    for start in range(0, len(exports), per_file):
        module = f"File{start // per_file}"
        text, lines[module] = as_one_file(dict([*exports.items()][start : start + per_file]), header)
        (folder / f"{module}.lean").write_text(text, encoding="utf-8")
    root = folder / "Mutants.lean"
    root.write_text("\n".join(["module\n", *(f"public import {module}" for module in lines)]), encoding="utf-8")
    results = judged(root, pool)
    by_name: dict[str, list[str]] = {name: [] for name in exports}
    for module, spans in lines.items():
        for message in results[module].messages:
            assert "maximum number of errors" not in message.text
            (name,) = [name for name, span in spans.items() if message.line in span]
            by_name[name].append(message.text)
    return by_name
