"""Values after a label, in the table column under it, or before it: where each starts and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keymedic.intake.letter_pairs import wordiness
from keymedic.intake.secret_context import after_label, before_label
from keymedic.intake.secret_labels import Label, classify, label_at, places
from keymedic.intake.secret_proof import CUT, SEED, accept
from keymedic.intake.secret_shapes import (
    is_jumbled,
    is_mixed,
    is_passlike,
    is_placeholder,
    is_random,
    is_sentence,
    is_unspoken,
    is_word,
)
from keymedic.intake.secret_spans import TOKEN, Span, between, compiled

QUOTE = r"\|\||\\*[\"'`]|[“”„‘’«]|&quot;|&#34;|\\u0022|%22"
_CLOSING = {"“": "”", "„": "“", "‘": "’", "«": "»"}
_BARE = r"(?:[^\s,;&<>|\"'`\\]|\\(?![rnt])|[,;](?=[^\s\"'\w]|\w+[^\s=:\w])|&(?![\w.\[\]-]+=|\w+;)|[<>|](?=[^\s\w/]))+"
_WRAPPED = r"[\\=]?\r?\n[ \t>|]*([A-Za-z0-9+/_-]{2,128}={0,2})[\"'`]?[ \t]*(?=\r?\n|$)"
_CHANGED = r"(?i)[ \t]+(?:from|von|de|da)[ \t]+(\S{5,64})[ \t]+(?:to|into|zu|auf|in|a|en|para)[ \t]+(\S{5,64})"
_SCHEME = r"(?i)(?:Bearer|Basic|Token|BITSTAMP|HS256|Digest|[\w-]*hmac[\w-]*|AWS4-HMAC-SHA256)[ \t]+"
_INTACT = r"[A-Za-z0-9+/_%-]{16}"


def labelled(text: str, company: list[int]) -> Iterator[Span]:
    """Values of the labels in `text`. Near the places in `company`, where secrets stand, weak labels are believed."""
    done, token = 0, compiled(TOKEN)
    for place in places(text):
        if place.start < done:
            continue
        label = label_at(text, place)
        if label is None or (text[label.start - 1 : label.start] == "<" and token.match(text, label.start - 1)):
            continue
        # Labels inside one very long run of characters are parts of it.
        done = label.end
        if len(text) > done + 1024 and (run := compiled(r"[A-Za-z0-9+/=_.%:~-]{1024,}+").match(text, done)):
            done = run.end()
        if company:
            label = _in_company(label, company)
        after = after_label(text, label.end)
        values = list(_value(text, label, *after)) if after else []
        if values:
            yield from values
            done = max(done, values[-1].end)
        else:
            yield from _columns(text, label)
        if (stop := before_label(text, label.start)) is not None:
            value = compiled(r"[^\s\"'`(]*$").search(text, max(0, stop - 200), stop)
            if value and (is_random(value[0], 12, 0.8) or (label.near and _is_short(value[0]))):
                yield Span(value.start(), stop, label.kind, label.text, 4)


def _is_short(value: str) -> bool:
    return is_mixed(value, 0.9) or is_unspoken(value, 0.6)


_NEAR = 400  # characters


def _in_company(label: Label, company: list[int]) -> Label:
    # "key" or "memo" beside a secret is that of an account; "uid" and "token" are not.
    if label.kind not in {"key", "passphrase", "password"} or label.text.lower() == "uid":
        return label
    near = between(company, label.start - _NEAR, label.end + _NEAR)
    return label._replace(strong=True, near=True) if near else label


def _value(text: str, label: Label, separator: str, start: int) -> Iterator[Span]:
    noted = "(" in text[label.end : label.end + 2] and compiled(r"[ ]?\(([^\s()]{8,200})\)").match(text, label.end)
    if noted and (is_random(noted[1], 12) or (label.kind == "key" and is_jumbled(noted[1]))):
        yield Span(*noted.span(1), label.kind, label.text, 3)
    quote = compiled(QUOTE).match(text, start)
    if label.kind in {"cookie", "auth"}:
        yield from _header(text, label, separator, quote.end() if quote else start, quote[0] if quote else "")
        return
    if (
        label.kind.startswith("pass")
        and separator in {"is", "space"}
        and (changed := compiled(_CHANGED).match(text, label.end))
    ):
        for group in (1, 2):
            if is_passlike(changed[group], mixed_case=label.strong):
                yield Span(*changed.span(group), label.kind, label.text, 3)
    if separator == "space":
        word = compiled(r"[a-zA-Z']+(?=[\s.,;:!?])").match(text, start)
        if word and is_word(word[0]):
            return
        separator = "colon" if _enumerated(text, label) else separator
    span = quoted(text, quote[0], quote.end()) if quote else _unquoted(text, label, separator, start)
    if span is None or not accept(label, separator, text[slice(*span)], quoted=quote is not None):
        return
    begin, end = span
    value = text[begin:end]
    if separator == "line" and (_is_text(value) or text[end : end + 40].split("\n", 1)[0].strip(" \t\r\"'`”,;.")):
        return
    if separator == "comma" and text[label.start - 1 : label.start] not in ("'", '"'):
        return
    yield Span(begin, _continued(text, begin, end), label.kind, label.text, 3)


def _is_text(value: str) -> bool:
    # On the line after the label: several words, and neither a phrase nor one value cut by blanks.
    return " " in value and not value.replace(" ", "").isalpha() and not compiled(CUT).fullmatch(value)


def _enumerated(text: str, label: Label) -> bool:
    """Whether the label goes on a list of secrets: "key <key 1>, secret <secret 1>, memo bot"."""
    before = text[max(0, label.start - 40) : label.start]
    mark = "" if len(label.text) > _SHORT_LABEL else "[,;/|]"  # "pass" and "memo" are words, too
    return label.strong and compiled(rf"{TOKEN}[\"'`]?[ ]?{mark}[ ]?$").search(before) is not None


_SHORT_LABEL = 6
_LONGEST = 2048


def quoted(text: str, quote: str, start: int) -> tuple[int, int] | None:
    """The trimmed inside of a quotation that opened before `start`; None when it runs over lines that are no value."""
    closing = _CLOSING.get(quote, quote)
    end = text.find(closing, start, start + 4096)
    while quote == '"' and end > start and text[end - 1] == "\\":
        end = text.find(closing, end + 1, start + 4096)
    if end < 0:
        bare = compiled(_BARE).match(text, start, start + _LONGEST)
        end = bare.end() if bare else start
    inside = text[start:end]
    if "\n" in inside and not compiled(_INTACT).match(inside.strip()):
        return None
    return start + len(inside) - len(inside.lstrip()), end - (len(inside) - len(inside.rstrip()))


def _unquoted(text: str, label: Label, separator: str, start: int) -> tuple[int, int] | None:
    """The value without quotes at `start`: the whole line after a label that begins one, else up to a delimiter."""
    if separator != "space":
        if label.kind == "secret" and (seed := compiled(SEED).match(text, start)):
            return seed.span()
        if label.kind in {"key", "secret"} and (spaced := compiled(CUT).match(text, start)) and _is_cut(spaced[0]):
            return spaced.span()
    rest = text[start : start + 400].split("\n", 1)[0].rstrip()
    before = text[max(0, label.start - 80) : label.start].rsplit("\n", 1)[-1]
    own_line = compiled(r"[\s>*│|-]*(?:export |set |-H |env |ENV |[E+] )?[\s\"']*").fullmatch(before) is not None
    whole = own_line and separator in {"assign", "colon", "line"} and rest
    if whole and not compiled(r"[\s\"'<|]|&\w+=").search(rest):
        return start, start + len(rest.rstrip(",;"))
    found = compiled(_BARE).match(text, start, start + _LONGEST)
    if not found:
        return None
    if found.end() == start + _LONGEST:  # longer than any secret: up to the next white space, found without a pattern
        return start, min((at for at in (text.find(s, found.end()) for s in " \n\t") if at >= 0), default=len(text))
    kept = found[0].rstrip(".,:;" if label.kind in {"passphrase", "password"} else ".,:;!?")
    while kept[-1:] in (")", "]", "}") and kept.count(kept[-1]) > kept.count({")": "(", "]": "[", "}": "{"}[kept[-1]]):
        kept = kept[:-1].rstrip(",.")
    return start, start + len(kept)


def _is_cut(value: str) -> bool:
    """Whether a value was cut by blanks, as text recognition does: all of it looks made by a machine, and no piece
    is a word.
    """
    pieces = value.split()
    whole = "".join(pieces)
    return len(whole) >= 20 and is_random(whole, 16, 0.3) and all(wordiness(piece) < 0.7 for piece in pieces)


def _header(text: str, label: Label, separator: str, start: int, quote: str) -> Iterator[Span]:
    """The value of a Cookie or Authorization header, up to the end of its line or quotation."""
    scheme = compiled(_SCHEME).match(text, start)
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
    if not wrong and not compiled(TOKEN).search(value):
        yield Span(begin, begin + len(value), kind, label.text, 2)


def _is_label(line: str) -> bool:
    # Letters at random may end in "PK".
    return classify(line) is not None and not is_random(line, 16, 0.5)


def _continued(text: str, start: int, end: int) -> int:
    """The end of a value that goes on in the next lines."""
    if end - start < 16 or compiled(r"[^A-Za-z0-9+/=_\s\\-]").search(text, start, end):
        return end
    wrapped = compiled(_WRAPPED)
    while (more := wrapped.match(text, end)) and not is_word(more[1]) and not _is_label(more[1]):
        # A lone word such as "Thanks" is none of it.
        if compiled(r"[A-Z]?[a-z]+").fullmatch(more[1]) and (len(more[1]) < 4 or wordiness(more[1]) >= 0.5):
            break
        end = more.end(1)
    return end


_CELL_ENDS = ("\t", "|", ";", ",", "\n", "")


def _columns(text: str, label: Label) -> Iterator[Span]:
    """Values in the table column whose heading is `label`."""
    if text[label.end : label.end + 8].lstrip(" \r\"'*`")[:1] not in _CELL_ENDS:
        return
    stop = text.find("\n", label.end, label.end + 1000)
    if stop < 0:
        return
    start = text.rfind("\n", max(0, label.start - 1000), label.start) + 1
    if label.start - start > 1000:
        return
    heading = text[start:stop]
    mark = next((mark for mark in ("\t", "|", ";", ",") if mark in heading), None)
    if mark is None:
        return
    cells = heading.split(mark)
    column = text.count(mark, start, label.start)
    if cells[column].strip(" \t\r\"'*`") != label.text or max(map(len, cells)) > 60:
        return
    for line in re.finditer(r"[^\n]*\n?", text[stop + 1 : stop + 20_000]):
        row = line[0].rstrip("\r\n").split(mark)
        if len(row) != len(cells) or classify(row[column].strip(" \t\r\"'*`")):
            return
        cell = row[column].strip(" \t\r\"'`")
        if accept(label, "colon", cell, quoted=label.kind.startswith("pass")):
            begin = stop + 1 + line.start() + len(mark.join([*row[:column], ""]))
            begin = text.index(cell, begin)
            yield Span(begin, begin + len(cell), label.kind, label.text, 3)
