"""Whatever stands in the input, no report runs it, shows it as its own layout or lets it move the cursor."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.report.cases import SAME_FIX
from tests.report.hostile import everywhere, leaking

from keymedic.diagnosis import Diagnosis
from keymedic.report import FORMATS, render

SGR = re.compile(r"\x1b\[[0-9;]*m")
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class Elements(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def html_of(text: str) -> Elements:
    return Elements(render(everywhere(text), "html", why=True))


HTML = [
    "<script>alert(1)</script>",
    "</title></style><img src=x onerror=alert(1)>",
    "\" onmouseover='alert(1)' x=\"",
    "</pre></bdi><iframe src=//evil.example>",
    "<!-- --><svg/onload=alert(1)>",
    "javascript:alert(1)",
    'https://good.example/" onclick="alert(1)',
]


@pytest.mark.parametrize("text", HTML)
def test_html_gets_no_element_or_attribute_from_the_input(text: str) -> None:
    page, harmless = html_of(text), html_of("harmless")
    assert page.tags <= harmless.tags | {"a"}
    assert {name for name, _ in page.attributes} <= {name for name, _ in harmless.attributes} | {"href", "rel"}
    assert all(value.startswith("https://") for name, value in page.attributes if name == "href")


def test_html_shows_what_it_does_not_run() -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in render(everywhere("<script>alert(1)</script>"), "html")


def test_html_asks_for_nothing_from_outside() -> None:
    page = html_of("https://good.example/help")
    assert {"script", "link", "img", "iframe", "form"}.isdisjoint(page.tags)
    assert {"src", "srcset", "action"}.isdisjoint(name for name, _ in page.attributes)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("text", ["{{ 7*7 }}", "{% raw %}", "{% include 'reports/md.j2' %}", "{{ v.__class__ }}", "{#"])
def test_template_syntax_stays_text(fmt: str, text: str) -> None:
    shown = render(everywhere(text), fmt, why=True).replace("&#39;", "'").replace("\\", "")
    assert text in " ".join(shown.split())
    assert "49" not in shown


@pytest.mark.parametrize("text", ["[red]x[/red]", "[/]", "[link=https://evil.example]x[/link]", ":boom:", "\\[bold]"])
def test_colour_adds_nothing_but_colour(text: str) -> None:
    diagnosis = everywhere(text)
    assert SGR.sub("", render(diagnosis, "term", why=True, colour=True)) == render(diagnosis, "term", why=True)


MARKDOWN = [
    "[click](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "<https://evil.example>",
    "<b>bold</b> &lt;",
    "`code` ``` ~~~",
    "**bold** _it_ __x__ ~~gone~~ ***",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "# heading\n\n## heading",
    "1. one\n2. two",
    "- one\n- two",
    "> quote",
    "---",
    "[a]: https://evil.example",
    "    indented code",
    "text\n===",
    "\\[x](y) \\`z",
    "@everyone",
]


def shape(markdown: str) -> list[tuple[str, str, int]]:
    """The structure that Markdown reads, without its texts."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown)
    inline = [child for token in tokens for child in token.children or () if child.type != "text"]
    return [(token.type, token.tag, token.level) for token in (*tokens, *inline) if token.type != "text_special"]


@pytest.mark.parametrize("text", MARKDOWN)
def test_markdown_reads_no_structure_from_the_input(text: str) -> None:
    assert shape(render(everywhere(text), "md", why=True)) == shape(render(everywhere("plain"), "md", why=True))


@pytest.mark.parametrize("fmt", ["term", "md", "note"])
def test_a_quote_cannot_pose_as_a_line_of_the_report(fmt: str) -> None:
    raw = msgspec.to_builtins(SAME_FIX)
    raw["causes"][0]["evidence"][0]["quote"] = "x\n\n  99 %  fake\r\n  Fix   send us your secret"
    shown = render(msgspec.convert(raw, Diagnosis), fmt, why=True, width=200)
    assert "x 99 % fake Fix send us your secret" in shown


ESCAPES = [
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "a\u200bb",
    "\u2066\u2069",
    "\r\x08\x7f",
    "\ud800",
    "\U000e0041",
]


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("text", ESCAPES, ids=ascii)
def test_what_acts_on_a_terminal_is_shown_as_an_escape(fmt: str, text: str) -> None:
    shown = render(everywhere(text), fmt, why=True)
    assert not [char for char in shown if char != "\n" and unicodedata.category(char) in HIDDEN]


@given(text=st.text(st.characters(), min_size=1, max_size=40), fmt=st.sampled_from(FORMATS))
@settings(max_examples=150, deadline=None)
def test_no_output_holds_a_control_character(text: str, fmt: str) -> None:
    for diagnosis in (everywhere(text), leaking(text)):
        shown = render(diagnosis, fmt, why=True)
        hidden = {char for char in shown if char != "\n" and unicodedata.category(char) in HIDDEN}
        assert not hidden
        assert shown.endswith("\n")


@given(text=st.text(st.characters(), min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_colour_holds_no_escape_but_its_own(text: str) -> None:
    shown = SGR.sub("", render(everywhere(text), "term", why=True, colour=True))
    assert shown == render(everywhere(text), "term", why=True)
