"""Escaping for CommonMark and its GitHub dialect: text, code spans, fenced blocks, links."""

from __future__ import annotations

import re

_INLINE = re.compile(r"[\\`*\[\]<|~$]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|(?<=\w)@(?=\w)|@(?=\w)")
_START = re.compile(r"^(?:([#>=]|[+-](?=\s|$)|-(?=[-\s]*$))|(\d{1,9})([.)])(?= |$))")
_TICKS = re.compile("`+")
_URL = re.compile(r"https?://[^\s<>\"'`\\]+", re.IGNORECASE)


def md(text: str) -> str:
    """One line of text that Markdown shows as it is: no emphasis, link, image, table, HTML, mention or list."""
    escaped = _INLINE.sub(lambda found: "\\" + found[0], text)
    return _START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", escaped)


def code(text: str) -> str:
    """A code span that nothing inside can end."""
    if not text.strip():
        return "` `"
    ticks = "`" * (_longest(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def fence(text: str, indent: int) -> str:
    """A fenced block that nothing inside can end, every line but the first indented by `indent` blanks."""
    ticks = "`" * max(3, _longest(text) + 1)
    return ("\n" + " " * indent).join([f"{ticks}sh", *text.split("\n"), ticks])


def link(text: str) -> str:
    """A web address as a link, anything else as text."""
    return f"<{text}>" if is_url(text) else md(text)


def is_url(text: str) -> bool:
    """Whether `text` is nothing but a web address, safe to follow and to print."""
    return _URL.fullmatch(text) is not None


def _longest(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
