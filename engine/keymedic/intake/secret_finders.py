"""Every place in a text where a secret stands. Each finder below knows one kind of proof."""

from __future__ import annotations

from collections.abc import Iterator

from keymedic.intake.secret_company import beside, identified, neighbours, owned, short, strays
from keymedic.intake.secret_context import announced
from keymedic.intake.secret_forms import formed
from keymedic.intake.secret_labels import Label, classify
from keymedic.intake.secret_proof import accept
from keymedic.intake.secret_shapes import is_credential, is_mixed, is_passlike, is_random, is_strong
from keymedic.intake.secret_spans import Span, compiled
from keymedic.intake.secret_values import labelled, quoted

_MACHINE = r"(?<![A-Za-z0-9+/_%-])[A-Za-z0-9+/_%-]{16}[A-Za-z0-9+/_%-]*+={0,2}"
_DATA = r"(?i)(?:base64,|sha\d{3}[-:]|data:[\w/+.-]*;?,?|https?://[^\s\"'<>?]*)$"
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u3000\ufeff"), " ")
_MASKED = r"<(?:secret|pem|signature) \d+>"


def find(text: str) -> list[Span]:
    """The spans to mask in `text`, in no order; they may overlap. Tokens already in it are evidence."""
    if not text.isascii():
        text = text.translate(_BLANKS)
    company = [found.start() for found in compiled(_MASKED).finditer(text)] if "<" in text else []
    machine = list(_machine(text))
    spans = [*formed(text), *labelled(text, company), *(s for s in machine if s.kind)]
    spans += owned(text, machine)
    spans += neighbours(text, spans, machine)
    spans += beside(text, [span for span in spans if not span.label])
    spans += short(text, spans)
    if company:
        spans += strays(text, machine, company)
        spans += identified(text)
    spans += _calls(text)
    if "values" in text or "VALUES" in text:
        spans += _inserted(text)
    return [*spans, *_again(text, spans)] if spans else spans


def _machine(text: str) -> Iterator[Span]:
    """Values that look made by a machine; those without proof that they are secret have no kind."""
    for found in compiled(_MACHINE).finditer(text):
        value = found[0].lstrip("-_+/%")
        start = found.end() - len(value)
        strong = is_strong(value)
        if not strong and not is_credential(value):
            continue
        if compiled(_DATA).search(text, max(0, start - 256), start):
            continue
        if strong and (
            text[found.end() : found.end() + 1] == "(" or compiled(r"\w\.$").search(text, max(0, start - 2), start)
        ):
            continue  # a method, an attribute
        said = announced(text, start, 3 if strong else 12)
        if said == "harmless":
            continue
        yield Span(start, found.end(), said or ("secret" if strong else ""), "", 6)


_CLIENT = r"(?i:client|api|trade|ccxt|connect|login|auth|exchange|session|user|market|account)|(?:^|\.)[A-Z]\w*$"
_METHOD = (
    r"(?i)(?:get|fetch|cancel|find|delete|query|order|load|print|log|assert|error|exception|warn|info|debug|format)"
    r"(?:_|[A-Z]|$)|id$"
)


def _calls(text: str) -> Iterator[Span]:
    """String arguments of a call such as `Client("key", "secret", "passphrase")`."""
    for opening in compiled(r"\([ \n]{0,8}(?=[\"'])").finditer(text):
        name = compiled(r"[\w.]*$").search(text, max(0, opening.start() - 60), opening.start())
        if not name or not compiled(_CLIENT).search(name[0]) or compiled(_METHOD).search(name[0]):
            continue
        spans = _arguments(text, opening.end())
        values = [text[slice(*span)] for span in spans]
        if any(is_credential(v) or is_strong(v) or v.startswith("-----BEGIN") for v in values[:2]):
            for (begin, end), value, kind in zip(spans, values, ("key", "secret", *["passphrase"] * 4), strict=False):
                if _is_argument(value, alone=len(values) == 1):
                    yield Span(begin, end, kind, "", 6)


def _is_argument(value: str, *, alone: bool) -> bool:
    return is_random(value, 8, sure=not alone) or is_passlike(value) or (not alone and is_mixed(value, 0.9))


def _arguments(text: str, position: int) -> list[tuple[int, int]]:
    """Where up to six string arguments in a row stand."""
    spans: list[tuple[int, int]] = []
    while len(spans) < 6 and text[position : position + 1] in ("'", '"'):
        span = quoted(text, text[position], position + 1)
        if span is None:
            break
        spans.append(span)
        comma = compiled(r"[ ]*[\"'][ ]*,\s{0,20}").match(text, span[1])
        position = comma.end() if comma else len(text)
    return spans


def _inserted(text: str) -> Iterator[Span]:
    """Values of `INSERT INTO accounts (api_key, ...) VALUES ('...', ...)`."""
    for found in compiled(r"(?i)\(([\w ,`\"\[\]]{5,400})\)\s{0,8}VALUES\s{0,8}\(").finditer(text):
        values = compiled(r"\s*(?:'([^']*)'|\"([^\"]*)\"|([^,()'\"]*))\s*[,)]")
        cells = values.finditer(text, found.end(), found.end() + 4096)
        for column, cell in zip(found[1].split(","), cells, strict=False):
            name, group = column.strip(' `"[]'), cell.lastindex or 3
            said = classify(name)
            if said and accept(Label(*said, name, 0, 0), "assign", cell[group], quoted=True):
                yield Span(*cell.span(group), said[0], name, 3)


def _again(text: str, spans: list[Span]) -> Iterator[Span]:
    """Other places where a value found once stands again."""
    seen = {text[s.start : s.end]: s for s in spans if s.end - s.start >= 8 and s.kind != "email"}
    for value, span in list(seen.items())[:64]:
        if value.isalpha() and value.islower():
            continue
        at = text.find(value)
        while at >= 0:
            yield Span(at, at + len(value), span.kind, "", 7)
            at = text.find(value, at + len(value))
