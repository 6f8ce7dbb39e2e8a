"""The Jinja2 environment of all reports: sandboxed, strict about undefined names, escaping by default."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from jinja2 import FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from keymedic import paths
from keymedic.report import layout, markdown, words

_TEXT = frozenset({"reports/term", "reports/md", "reports/reply", "reports/note", "triage/term"})


def _autoescape(name: str | None) -> bool:
    """Everything is HTML but the knowledge reference and the plain-text reports with their partials
    (reports/term.j2, reports/term_why.j2, triage/term.j2)."""
    if name is not None and name.startswith("reference/"):
        return False
    return name is None or name.removesuffix(".j2").split("_")[0] not in _TEXT


@lru_cache(maxsize=4)
def environment(bytecode: Path | None = None) -> ImmutableSandboxedEnvironment:
    """The environment; compiled templates are kept in the folder `bytecode`, if one is given."""
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(paths.templates()),
        autoescape=_autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        auto_reload=False,
        bytecode_cache=FileSystemBytecodeCache(str(bytecode)) if bytecode else None,
    )
    made.filters.update(
        pad=layout.pad,
        clip=layout.clip,
        wrap=layout.wrap,
        block=layout.block,
        style=layout.mark,
        capital=words.capital,
        md=markdown.md,
        code=markdown.code,
        fence=markdown.fence,
        link=markdown.link,
    )
    made.globals.update(beside=layout.beside, ends=layout.ends, cells=layout.cells)
    made.tests["url"] = markdown.is_url
    return made


def bytecode_folder() -> Path | None:
    """Where compiled templates are kept; None where nothing can be written."""
    folder = paths.cache() / "templates"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None
