"""Style marks to ANSI colour. The only module that loads Rich: import it where colour is wanted."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.text import Text

_STYLES = {
    "b": "bold",
    "d": "dim",
    "g": "green",
    "r": "bold red",
    "y": "yellow",
    "c": "cyan",
    "m": "magenta",
}
_MARKED = re.compile("\x02(.)(.*?)\x03", re.DOTALL)


def ansi(text: str, width: int) -> str:
    """Marked text as ANSI. Layout and characters stay as they are; Rich's own markup is not read."""
    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=True,
        color_system="standard",
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        no_color=False,
        _environ={},
    )
    console.print(_styled(text), end="", soft_wrap=True)
    return out.getvalue()


def _styled(text: str) -> Text:
    styled = Text()
    at = 0
    for found in _MARKED.finditer(text):
        styled.append(text[at : found.start()])
        styled.append(found[2], style=_STYLES[found[1]])
        at = found.end()
    return styled.append(text[at:])
