"""How our own files are told from those of the user: by a mark, or by a record that nothing else has."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from bridge.base.metadata import record_at

GENERATED_MARK = "Made by `python -m bridge"
FIGURE_MARK = "bridge report"
SWEEP_MARK = "bridge sweep"
TERMS_MARK = "bridge export-terms"
PAGE_MARK = '<meta name="generator" content="bridge report">'

# A mark is within so many bytes of the beginning, or of the end.
_NEAR = 4096


@dataclass(frozen=True)
class Kind:
    """A kind of file that a command writes.

    Attributes:
        name: what a message calls one, with its article.
        is_ours: whether an open file is one that a command has written, however long ago.
    """

    name: str
    is_ours: Callable[[BinaryIO], bool]


def _is_lean_file(file: BinaryIO) -> bool:
    comment, _, _ = file.read(_NEAR).partition(b"-/")
    return comment.startswith(b"/-") and any(line.startswith(GENERATED_MARK.encode()) for line in comment.splitlines())


def _is_sweep(file: BinaryIO) -> bool:
    return file.read(_NEAR).startswith(f'{{\n "made_by": "{SWEEP_MARK}",\n'.encode())


def _is_terms(file: BinaryIO) -> bool:
    return file.read(_NEAR).startswith(f'{{"meta":{{"exporter":{{"name":"{TERMS_MARK}",'.encode())


def _is_nanoda_config(file: BinaryIO) -> bool:
    return file.read(_NEAR).startswith(f'{{\n "made_by": "{TERMS_MARK}",\n'.encode())


def _is_page(file: BinaryIO) -> bool:
    head, _, _ = file.read(_NEAR).partition(b"<body>")
    return head.lstrip().startswith(b"<!DOCTYPE html>") and PAGE_MARK.encode() in head


def _is_figure(file: BinaryIO) -> bool:
    head = file.read(_NEAR)
    file.seek(max(0, file.seek(0, os.SEEK_END) - _NEAR))
    if head.startswith(b"<svg "):
        return file.read().rstrip().endswith(f"<!-- {FIGURE_MARK} -->".encode())
    return head.startswith(b"\x89PNG\r\n") and f"tEXtSoftware\0{FIGURE_MARK}".encode() in head


def _with_record(*entries: str) -> Callable[[BinaryIO], bool]:
    def has_record(file: BinaryIO) -> bool:
        try:
            record = record_at(file)
        except (KeyError, TypeError, ValueError, RecursionError):
            return False
        return isinstance(record, Mapping) and set(entries) <= set(record)

    return has_record


LEAN_FILE = Kind("a Lean file of an export", _is_lean_file)
ARTIFACT_FILE = Kind("an artifact", _with_record("format_version", "content_sha256"))
CHECKPOINT_FILE = Kind("a checkpoint", _with_record("d"))
RESUME_FILE = Kind("what an interrupted run has kept", _with_record("identity", "sha256"))
SWEEP_FILE = Kind("a manifest of `bridge sweep`", _is_sweep)
TERMS_FILE = Kind("terms of `bridge export-terms`", _is_terms)
NANODA_CONFIG = Kind("a configuration of `bridge export-terms`", _is_nanoda_config)
PAGE = Kind("a page of `bridge report`", _is_page)
FIGURE = Kind("a figure of `bridge report`", _is_figure)
