"""Paths as the user gives them -> files as Spark names them, under the names and in the order of a local run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePath
from urllib.parse import unquote

import msgspec

from keymedic.errors import Unusable
from keymedic.triage.reading.inputs import Input, expand, ordered

_SCHEME = re.compile(r"[A-Za-z][\w+.-]+:")
_FILE = re.compile(r"file:/*")
_MAGIC = re.compile(r"([{}\[\]*?\\])")
_PACKED = re.compile(r"\.(gz|bz2|zst|deflate|snappy|lz4)$")
List = Callable[[Sequence[str]], Iterable[str]]
"""Paths, which may be folders and patterns -> the files behind them."""


class Source(msgspec.Struct, frozen=True):
    """A file. `path` as Spark takes it, `key` as it tells it when `keyed`; `problem`: why Spark does not read it."""

    name: str
    path: str
    key: str
    compression: str
    problem: str = ""


def sources(paths: Sequence[str], files: List, *, local: bool) -> list[Source]:
    """The files behind paths. `local`: a path without a scheme is one of this machine. Raises Unusable."""
    here = [_FILE.sub("/", path) if _FILE.match(path) else path for path in paths if _is_local(path, local=local)]
    if "-" in here:
        raise Unusable("standard input cannot be read by a cluster: name files, or leave --spark out")
    found = [
        _source(each.name, "file://", os.path.abspath(each.path))  # noqa: PTH100 - keeps links as they are
        for each in (expand(here) if here else ())
        if each.path is not None
    ]
    there = [path for path in paths if not _is_local(path, local=local)]
    names = sorted({unquote(path) for path in files(there)}) if there else []
    if there and not names:
        raise Unusable(f"{', '.join(there)}: no file there: check the path")
    return found + [_source(each.name, "", each.name) for each in ordered(Input(name, Path(name)) for name in names)]


def keyed(path: str) -> str:
    """A path as Spark tells it, written in one way."""
    return _FILE.sub("/", unquote(path))


def _is_local(path: str, *, local: bool) -> bool:
    return bool(_FILE.match(path)) or (local and not _SCHEME.match(path))


def _source(name: str, scheme: str, path: str) -> Source:
    packed = _PACKED.search(path)
    file = PurePath(path).name
    problem = ""
    if file.startswith(("_", ".")):
        problem = "not read: Spark leaves names out that begin with _ or a dot"
    elif ":" in file:
        problem = "not read: Spark cannot open names with a colon"
    return Source(name, scheme + _MAGIC.sub(r"\\\1", path), path, packed[1] if packed else "", problem)
