"""Rendering a diagnosis: terminal, Markdown, HTML, customer reply, internal note, JSON."""

from __future__ import annotations

from typing import Literal, get_args

from keymedic.diagnosis import Diagnosis
from keymedic.model import Record

Format = Literal["term", "md", "html", "json", "reply", "note"]
FORMATS: tuple[str, ...] = get_args(Format)
MIN_WIDTH = 40


def render(diagnosis: Diagnosis, fmt: str, *, why: bool = False, colour: bool = False, width: int = 100) -> str:
    """The diagnosis as text that ends with one line feed; `fmt` is one of FORMATS.

    `why` adds everything the record knows about its reasons (term, md, html). `colour` (ANSI) and `width` (cells,
    at least 40) are for term alone. Raises ValueError for an unknown format.
    """
    if fmt not in FORMATS:
        raise ValueError(f"unknown format {fmt!r}: use {', '.join(FORMATS)}")
    if fmt == "json":
        from keymedic.report.machine import encode

        return encode(diagnosis)
    return _from_template(diagnosis, fmt, why, colour, max(width, MIN_WIDTH))


def _from_template(diagnosis: Diagnosis, fmt: str, why: bool, colour: bool, width: int) -> str:
    from keymedic.report import layout
    from keymedic.report.environment import bytecode_folder, environment

    template = environment(bytecode_folder()).get_template(f"reports/{fmt}.j2")
    text = layout.tidy(template.render(v=_view(diagnosis, fmt, why), width=width))
    if colour and fmt == "term":
        from keymedic.report.colour import ansi

        return ansi(text, width)
    return layout.plain(text)


def _view(diagnosis: Diagnosis, fmt: str, why: bool) -> Record:
    if fmt == "reply":
        from keymedic.report.reply import reply

        return reply(diagnosis)
    if fmt == "note":
        from keymedic.report.note import note

        return note(diagnosis)
    from keymedic.report.view import view

    return view(diagnosis, why=why)
