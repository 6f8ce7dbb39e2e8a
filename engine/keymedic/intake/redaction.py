"""Masking secrets, and keeping their shape as evidence.

`mask` is pure and deterministic, masks every kind in `KINDS`, leaves ids, hashes and addresses readable, and changes
nothing when run on its own output.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import msgspec

from keymedic.intake.secret_patterns import Label, after_label, announced, before_label, classify, label_at, stems
from keymedic.intake.secret_shapes import (
    FORMS,
    Shape,
    is_address,
    is_credential,
    is_passlike,
    is_placeholder,
    is_random,
    is_sentence,
    is_strong,
    is_term,
    is_word,
    shape_of,
)

KINDS = ("key", "secret", "passphrase", "password", "signature", "token", "jwt", "pem", "cookie", "email", "otp")


class Mask(msgspec.Struct, frozen=True):
    """One masked value: its token, where it stood in the original, where the token stands in the masked text."""

    token: str
    kind: str
    label: str
    start: int
    end: int
    out_start: int
    out_end: int
    shape: Shape


class Masked(msgspec.Struct, frozen=True):
    """The masked text and its masks in order of appearance."""

    text: str
    masks: tuple[Mask, ...] = ()

    @property
    def kinds(self) -> dict[str, int]:
        """How many distinct values of each kind were masked."""
        tokens = {mask.token: mask.kind for mask in self.masks}
        return {kind: n for kind in KINDS if (n := sum(k == kind for k in tokens.values()))}

    @property
    def count(self) -> int:
        """How many distinct values were masked."""
        return len({mask.token for mask in self.masks})

    def to_original(self, offset: int) -> int:
        """The offset in the original of an offset in the masked text; inside a token, where its value starts."""
        shift = 0
        for mask in self.masks:
            if offset < mask.out_start:
                break
            if offset < mask.out_end:
                return mask.start
            shift = mask.end - mask.out_end
        return offset + shift


class Span(NamedTuple):
    """A value to mask; where spans overlap, the lowest `rank` names the kind."""

    start: int
    end: int
    kind: str
    label: str = ""
    rank: int = 5


_TOKEN = rf"<(?:{'|'.join(KINDS)}) (\d+)>"
_QUOTE = r"\|\||\\*[\"'`]|[“”„‘’«]|&quot;|&#34;|\\u0022|%22"
_CLOSING = {"“": "”", "„": "“", "‘": "’", "«": "»"}
_BARE = r"(?:[^\s,;&<>|\"'`\\]|\\(?![rnt])|[,;](?=[^\s\"'\w]|\w+[^\s=:\w])|&(?![\w.\[\]-]+=|\w+;)|[<>|](?=[^\s\w/]))+"
_WRAPPED = r"[\\=]?\r?\n[ \t>|]*([A-Za-z0-9+/_-]{2,128}={0,2})[\"'`]?[ \t]*(?=\r?\n|$)"
_MACHINE = r"(?<![A-Za-z0-9+/_%-])[A-Za-z0-9+/_%-]{16}[A-Za-z0-9+/_%-]*+={0,2}"
_SEED = r"(?i)[a-z]{3,8}(?:[ ,]{1,2}[a-z]{3,8}){11,23}(?![ ]?[\w'])"
_SCHEME = r"(?i)(?:Bearer|Basic|Token|BITSTAMP|HS256|Digest|[\w-]*hmac[\w-]*|AWS4-HMAC-SHA256)[ \t]+"
_DATA = r"(?i)(?:base64,|sha\d{3}[-:]|data:[\w/+.-]*;?,?|https?://[^\s\"'<>?]*)$"


_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u3000\ufeff"), " ")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Compiled at first use: importing this module must cost nothing.
    return re.compile(pattern)


def mask(text: str) -> Masked:
    """Mask every secret in `text`; see the module for what that means. Never raises on any string."""
    spans = _merge(_find(text))
    if not spans:
        return Masked(text)
    masked = _render(text, spans)
    for _ in range(4):
        # A masked value can complete the context of another one; stop when nothing new shows.
        more = _merge(_find(masked.text))
        if not more:
            break
        spans = _merge([*spans, *(_to_original(span, masked) for span in more)])
        masked = _render(text, spans)
    return masked


def _to_original(span: Span, masked: Masked) -> Span:
    end = masked.to_original(span.end - 1) + 1
    for inner in masked.masks:
        if inner.out_start < span.end <= inner.out_end:
            end = inner.end
    return span._replace(start=masked.to_original(span.start), end=end)


def _merge(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, overlapping ones joined."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            first, other = (span, last) if span.rank < last.rank else (last, span)
            merged[-1] = Span(last.start, max(last.end, span.end), first.kind, first.label or other.label, first.rank)
        else:
            merged.append(span)
    return merged


def _render(text: str, spans: list[Span]) -> Masked:
    tokens: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for found in _compiled(_TOKEN).finditer(text):
        kind = found[0][1 : found[0].index(" ")]
        numbers[kind] = max(numbers.get(kind, 0), int(found[1][:9]))
    parts: list[str] = []
    masks: list[Mask] = []
    position = length = 0
    for span in spans:
        value = text[span.start : span.end]
        if value not in tokens:
            numbers[span.kind] = numbers.get(span.kind, 0) + 1
            tokens[value] = f"<{span.kind} {numbers[span.kind]}>"
        token = tokens[value]
        length += span.start - position
        parts += text[position : span.start], token
        kind = token[1 : token.index(" ")]
        out_start, length = length, length + len(token)
        masks.append(Mask(token, kind, span.label, span.start, span.end, out_start, length, _shape(text, span)))
        position = span.end
    parts.append(text[position:])
    return Masked("".join(parts), tuple(masks))


def _shape(text: str, span: Span) -> Shape:
    before, after = text[max(0, span.start - 12) : span.start], text[span.end : span.end + 12]
    opened, closed = before.rstrip(" \t"), after.lstrip(" \t")
    quoted = opened[-1:] in tuple("\"'`“”„‘’«") and closed[:1] in tuple("\"'`“”’»\\")
    leading = before != opened and (quoted or opened.endswith("="))
    trailing = after != closed and (quoted or closed[:1] in ("\n", "\r", ""))
    return shape_of(text[span.start : span.end], quoted=quoted, leading=leading, trailing=trailing)


def _find(text: str) -> list[Span]:
    if not text.isascii():
        text = text.translate(_BLANKS)
    machine = list(_machine(text))
    spans = [*_formed(text), *_labelled(text), *(s for s in machine if s.kind)]
    spans += _owned(text, machine)
    spans += _neighbours(text, spans, machine)
    spans += _beside(text, [span for span in spans if not span.label])
    spans += _short(text, spans)
    spans += _calls(text)
    if "values" in text or "VALUES" in text:
        spans += _inserted(text)
    return [*spans, *_again(text, spans)] if spans else spans


def _formed(text: str) -> Iterator[Span]:
    """Values known by their own form."""
    for kind, needles, pattern in FORMS:
        for needle in needles:
            if needle in text:
                break
        else:
            continue
        compiled = _compiled(pattern)
        for found in compiled.finditer(text):
            begin, end = found.span(compiled.groups and 1)
            userinfo = kind == "email" and text[begin - 1 : begin] == ":" and "://" in text[max(0, begin - 80) : begin]
            if not userinfo and (kind == "email" or not is_placeholder(text[begin:end])) and "<" not in text[begin:end]:
                yield Span(begin, end, kind, "", 1)


def _machine(text: str) -> Iterator[Span]:
    """Values that look made by a machine; those without proof that they are secret have no kind."""
    for found in _compiled(_MACHINE).finditer(text):
        value = found[0].lstrip("-_+/%")
        start = found.end() - len(value)
        strong = is_strong(value)
        if not strong and not is_credential(value):
            continue
        if _compiled(_DATA).search(text, max(0, start - 256), start):
            continue
        if strong and (
            text[found.end() : found.end() + 1] == "(" or _compiled(r"\w\.$").search(text, max(0, start - 2), start)
        ):
            continue  # a method, an attribute
        said = announced(text, start, 3 if strong else 12)
        if said == "harmless":
            continue
        yield Span(start, found.end(), said or ("secret" if strong else ""), "", 6)


def _labelled(text: str) -> Iterator[Span]:
    """Values after a label, in the column under it, or before it."""
    done = 0
    for start, end in stems(text):
        if start < done:
            continue
        label = label_at(text, start, end)
        if label is None:
            continue
        # Labels inside one very long run of characters are parts of it.
        run = _compiled(r"[A-Za-z0-9+/=_.%:~-]{1024,}+").match(text, label.end)
        done = run.end() if run else label.end
        after = after_label(text, label.end)
        values = list(_value(text, label, *after)) if after else []
        yield from values or _columns(text, label)
        if (stop := before_label(text, label.start)) is not None:
            value = _compiled(r"[^\s\"'`(]*$").search(text, max(0, stop - 200), stop)
            if value and is_random(value[0], 12, 0.8):
                yield Span(value.start(), stop, label.kind, label.text, 4)


def _columns(text: str, label: Label) -> Iterator[Span]:
    """Values in the table column whose heading is `label`."""
    start = text.rfind("\n", max(0, label.start - 1000), label.start) + 1
    stop = text.find("\n", label.end, label.end + 1000)
    if stop < 0 or label.start - start > 1000:
        return
    heading = text[start:stop]
    marks = [mark for mark in ("\t", "|", ";", ",") if mark in heading]
    if not marks:
        return
    mark = marks[0]
    cells = heading.split(mark)
    column = text.count(mark, start, label.start)
    if cells[column].strip(" \t\r\"'*`") != label.text or max(map(len, cells)) > 60:
        return
    for line in re.finditer(r"[^\n]*\n?", text[stop + 1 : stop + 20_000]):
        row = line[0].rstrip("\r\n").split(mark)
        if len(row) != len(cells) or classify(row[column].strip(" \t\r\"'*`")):
            return
        cell = row[column].strip(" \t\r\"'`")
        if _accept(label, "colon", cell, label.kind.startswith("pass")):
            begin = stop + 1 + line.start() + len(mark.join([*row[:column], ""]))
            begin = text.index(cell, begin)
            yield Span(begin, begin + len(cell), label.kind, label.text, 3)


def _inserted(text: str) -> Iterator[Span]:
    """Values of `INSERT INTO accounts (api_key, ...) VALUES ('...', ...)`."""
    for found in _compiled(r"(?i)\(([\w ,`\"\[\]]{5,400})\)\s{0,8}VALUES\s{0,8}\(").finditer(text):
        values = _compiled(r"\s*(?:'([^']*)'|\"([^\"]*)\"|([^,()'\"]*))\s*[,)]")
        cells = values.finditer(text, found.end(), found.end() + 4096)
        for column, cell in zip(found[1].split(","), cells, strict=False):
            name, group = column.strip(' `"[]'), cell.lastindex or 3
            said = classify(name)
            if said and _accept(Label(*said, name, 0, 0), "assign", cell[group], True):
                yield Span(*cell.span(group), said[0], name, 3)


def _value(text: str, label: Label, separator: str, start: int) -> Iterator[Span]:
    quote = _compiled(_QUOTE).match(text, start)
    noted = _compiled(r"[ ]?\(([^\s()]{8,200})\)").match(text, label.end)
    if noted and is_random(noted[1], 12):
        yield Span(*noted.span(1), label.kind, label.text, 3)
    if label.kind in {"cookie", "auth"}:
        yield from _header(text, label, separator, quote.end() if quote else start, quote[0] if quote else "")
        return
    span = _quoted(text, quote[0], quote.end()) if quote else _unquoted(text, label, separator, start)
    if span is None or not _accept(label, separator, text[slice(*span)], quote is not None):
        return
    value = text[slice(*span)]
    if separator == "line" and " " in value and not value.replace(" ", "").isalpha():
        return
    if separator == "line" and text[span[1] : span[1] + 40].split("\n", maxsplit=1)[0].strip(" \t\r\"'`”,;."):
        return
    if separator == "comma" and text[label.start - 1 : label.start] not in ("'", '"'):
        return
    begin, end = span
    yield Span(begin, _continued(text, begin, end), label.kind, label.text, 3)


def _quoted(text: str, quote: str, start: int) -> tuple[int, int] | None:
    """The trimmed inside of a quotation that opened before `start`; None when it runs over lines that are no value."""
    closing = _CLOSING.get(quote, quote)
    end = text.find(closing, start, start + 4096)
    while quote == '"' and end > start and text[end - 1] == "\\":
        end = text.find(closing, end + 1, start + 4096)
    if end < 0:
        bare = _compiled(_BARE).match(text, start)
        end = bare.end() if bare else start
    inside = text[start:end]
    if "\n" in inside and not _compiled(_MACHINE).match(inside.strip()):
        return None
    return start + len(inside) - len(inside.lstrip()), end - (len(inside) - len(inside.rstrip()))


def _unquoted(text: str, label: Label, separator: str, start: int) -> tuple[int, int] | None:
    """The value without quotes at `start`: the whole line after a label that begins one, else up to a delimiter."""
    seed = _compiled(_SEED).match(text, start) if label.kind == "secret" and separator != "space" else None
    if seed:
        return seed.span()
    rest = text[start : start + 400].split("\n", 1)[0].rstrip()
    before = text[max(0, label.start - 80) : label.start].rsplit("\n", 1)[-1]
    own_line = _compiled(r"[\s>*│|-]*(?:export |set |-H |env |ENV |[E+] )?[\s\"']*").fullmatch(before) is not None
    whole = own_line and separator in {"assign", "colon", "line"} and rest
    if whole and not _compiled(r"[\s\"'<|]|&\w+=").search(rest):
        return start, start + len(rest.rstrip(",;"))
    found = _compiled(_BARE).match(text, start)
    if not found:
        return None
    kept = found[0].rstrip(".,:;" if label.kind in {"passphrase", "password"} else ".,:;!?")
    while kept[-1:] in (")", "]", "}") and kept.count(kept[-1]) > kept.count({")": "(", "]": "[", "}": "{"}[kept[-1]]):
        kept = kept[:-1].rstrip(",.")
    return start, start + len(kept)


def _header(text: str, label: Label, separator: str, start: int, quote: str) -> Iterator[Span]:
    """The value of a Cookie or Authorization header, up to the end of its line or quotation."""
    scheme = _compiled(_SCHEME).match(text, start)
    if separator in {"is", "space", "line"} and not scheme:
        return
    if not quote and text[max(0, label.start - 1) : label.start] in ("'", '"'):
        quote = text[label.start - 1]
    begin = scheme.end() if scheme else start
    end = text.find("\n", begin, begin + 8192)
    end = min(len(text), begin + 8192) if end < 0 else end
    if quote and (close := text.find(_CLOSING.get(quote, quote), begin, end)) >= 0:
        end = close
    value = text[begin:end].rstrip(" \t\r,;'\"})]")
    if len(value) < 4 or value[0] == "<" or is_placeholder(value) or is_word(value.split()[0]):
        return
    kind = "cookie" if label.kind == "cookie" else "token"
    wrong = "=" not in value if kind == "cookie" else is_sentence(value)
    if not wrong and not _compiled(_TOKEN).search(value):
        yield Span(begin, begin + len(value), kind, label.text, 2)


_TIGHT = frozenset({"assign", "colon", "pair", "tag", "arrow", "cell", "call"})


_LOOSE = frozenset({"table", "line", "is", "comma"})


def _accept(label: Label, separator: str, value: str, quoted: bool) -> bool:
    """Whether `value` is the secret that `label` announces rather than a word, a placeholder or a message."""
    if len(value) < 3 or is_placeholder(value) or is_word(value) or _compiled(_TOKEN).search(value):
        return False
    if _compiled(r"(?i)[a-z]{2,6}://|[~.]?/\w+/").match(value) and label.kind != "token":
        return False
    typed = label.kind in {"passphrase", "password"}
    tight = separator in _TIGHT or (separator in _LOOSE and label.strong and not typed)
    return _RULES.get(label.kind, _accept_machine)(label, value, tight, quoted, separator)


def _accept_machine(label: Label, value: str, tight: bool, quoted: bool, separator: str) -> bool:
    machine = re.sub(r"\s*\n\s*", "", value)
    if label.kind == "secret" and _compiled(_SEED).fullmatch(value):
        return sum(map(is_word, value.split())) < 3
    if label.kind == "secret" and quoted and tight and label.strong and not is_sentence(value):
        return len(value) >= 6 and not is_term(value)
    if (
        label.text.lower().endswith("id")
        and "lient" in label.text
        and re.fullmatch(r"[\da-f]{8}(?:-[\da-f]{4}){3}-.*", machine)
    ):
        return False  # an order's client id
    if label.kind == "token" and not label.strong and is_address(machine):
        return False
    own = label.strong and label.kind in {"key", "secret"}
    if own and separator == "space" and is_random(machine, 8, 0.4):
        return True
    words = 0.8 if tight or label.strong or separator in {"table", "line"} else 0.6
    return is_random(machine, 8 if tight else 12, words, sure=own and tight)


def _accept_pass(label: Label, value: str, tight: bool, quoted: bool, separator: str) -> bool:
    if quoted and label.strong and (tight or " " not in value):
        return not is_sentence(value)
    if tight and label.strong:
        return True
    if not label.strong and separator == "space" and _compiled(r"[a-z]+(?:_\w+|=.*)").fullmatch(value):
        return False  # "pass" as a verb
    return is_passlike(value, mixed_case=label.strong and separator == "is")


def _accept_otp(label: Label, value: str, tight: bool, quoted: bool, separator: str) -> bool:  # noqa: ARG001
    return _compiled(r"\d{3}[ -]?\d{3}|\d{4,8}").fullmatch(value) is not None


_RULES: dict[str, Callable[[Label, str, bool, bool, str], bool]] = {
    "passphrase": _accept_pass,
    "password": _accept_pass,
    "otp": _accept_otp,
}


def _continued(text: str, start: int, end: int) -> int:
    """The end of a value that goes on in the next lines."""
    if end - start < 16 or _compiled(r"[^A-Za-z0-9+/=_\s\\-]").search(text, start, end):
        return end
    wrapped = _compiled(_WRAPPED)
    while (more := wrapped.match(text, end)) and not is_word(more[1]) and not classify(more[1]):
        # A lone word such as "Thanks" is none of it.
        if _compiled(r"[A-Z]?[a-z]+").fullmatch(more[1]) and not _compiled(r"(?i)[^aeiouy]{4}").search(more[1]):
            break
        end = more.end(1)
    return end


def _neighbours(text: str, spans: list[Span], machine: list[Span]) -> Iterator[Span]:
    """Credential-like values right beside a secret or beside each other: two bare lines, `key:secret`."""
    row = sorted([*spans, *machine])
    for left, right in pairwise(row):
        between = text[left.end : right.start]
        between = between.strip(" \t\r\n,;:/|\"'`>*-")
        if right.start - left.end > 12 or left.end > right.start or between.lower() not in _JOINTS:
            continue
        if left.kind or right.kind or _pair(text[left.start : left.end], text[right.start : right.end]):
            for span, kind in ((left, "key"), (right, "secret")):
                # Without a label, the key comes first.
                known = span.kind if span.label or span.rank < 6 else kind
                yield Span(span.start, span.end, known, "", 5)


def _owned(text: str, machine: list[Span]) -> Iterator[Span]:
    """A private key right after its wallet's address."""
    address = _compiled(r"0x[0-9a-fA-F]{40}[\"'`]?(?::|\s{1,3})[\"'`]?$")
    for span in machine:
        if span.end - span.start in (64, 66) and address.search(text, max(0, span.start - 48), span.start):
            yield Span(span.start, span.end, "secret", "", 6)


def _beside(text: str, spans: list[Span]) -> Iterator[Span]:
    """A short key before an unlabelled secret, a passphrase on the line after one."""
    for span in spans:
        left = _compiled(_LEFT).search(text, max(0, span.start - 28), span.start)
        if left and is_random(left[1], 8, 0.8):
            yield Span(*left.span(1), "key", "", 6)
        bare = _compiled(r"(?:^|\n)[\s>*\"'-]*$").search(text, max(0, span.start - 12), span.start)
        right = _compiled(_RIGHT_MARKED).match(text, span.end)
        right = right or (_compiled(_RIGHT).match(text, span.end) if bare else None)
        if right and is_passlike(right[1]) and not is_credential(right[1]):
            yield Span(*right.span(1), "passphrase", "", 8)


_LEFT = r"(?:^|[\n\"'` ])([\w-]{8,15})(?::|[ ]?[/|,;][ ]?|[ \t]+|[\"'`]?[ \t]*\r?\n\s{0,3})$"
_RIGHT_MARKED = r"(?:\\n)?(?:[ ]*[/|,;:\t][ \t]*|[ ]{2,})([^\s\"'`<>]{5,64})[ \t]*(?=\r?\n|$)"
_RIGHT = r"[\"'`]?[ \t]*(?:\r?\n){1,2}[ \t>*-]*(\S{5,64})[ \t]*(?=\r?\n|$)"


def _short(text: str, spans: list[Span]) -> Iterator[Span]:
    """Short keys (8 to 15 characters of three kinds) on the line of a secret or signature."""
    seen = -1
    for span in sorted(spans):
        if (span.kind in {"secret", "signature"} or not span.label) and span.kind != "email" and span.start > seen:
            begin, seen = max(seen, span.start - 160), span.end + 80
            begin = max(begin, text.rfind("\n", max(0, begin), span.start))
            words = _compiled(r"(?<![\w./:+-])[\w-]{8,15}(?![\w/:+-]|\.\w)")
            for word in words.finditer(text, max(0, begin), span.start):
                if is_random(word[0], 16, 0.4):
                    yield Span(word.start(), word.end(), "key", "", 6)


_JOINTS = frozenset({"", "and", "with", "und", "mit", "y", "con", "et", "avec", "plus", "+", "\\n"})


def _pair(first: str, second: str) -> bool:
    # Two ids of one system have one shape; a key and its secret mostly differ, except for 32 hex digits.
    return len(first) != len(second) or len(first) == 32


def _calls(text: str) -> Iterator[Span]:
    """String arguments of a call such as `Client("key", "secret", "passphrase")`."""
    for opening in _compiled(r"\([ \n]{0,8}(?=[\"'])").finditer(text):
        name = _compiled(r"[\w.]*$").search(text, max(0, opening.start() - 60), opening.start())
        if not name or not _compiled(_CLIENT).search(name[0]) or _compiled(_METHOD).search(name[0]):
            continue
        spans: list[tuple[int, int]] = []
        position = opening.end()
        while len(spans) < 6 and text[position : position + 1] in ("'", '"'):
            span = _quoted(text, text[position], position + 1)
            if span is None:
                break
            spans.append(span)
            comma = _compiled(r"[ ]*[\"'][ ]*,\s{0,20}").match(text, span[1])
            position = comma.end() if comma else len(text)
        values = [text[slice(*span)] for span in spans]
        if any(is_credential(v) or is_strong(v) or v.startswith("-----BEGIN") for v in values[:2]):
            for (begin, end), value, kind in zip(spans, values, ("key", "secret", *["passphrase"] * 4), strict=False):
                if is_random(value, 8) or is_passlike(value):
                    yield Span(begin, end, kind, "", 6)


_CLIENT = r"(?i:client|api|trade|ccxt|connect|login|auth|exchange|session|user|market|account)|(?:^|\.)[A-Z]\w*$"
_METHOD = (
    r"(?i)(?:get|fetch|cancel|find|delete|query|order|load|print|log|assert|error|exception|warn|info|debug|format)"
    r"(?:_|[A-Z]|$)"
)


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
