"""Texts written by hand as users of exchanges, bots and trackers paste them.

Their author had not read the masker then; only the last four harmless ones came later, from real answers of exchanges.

`handwritten.txt` holds them, each under a line `#### kind: title`. The values are made up when the file is read, so
that no scanner takes the file for a leak; a value in a text is

- `⟦hex32⟧`, planted: 32 characters of an alphabet (`hex`, `HEX`, `an` letters and digits, `AN` capitals and digits,
  `b64`, `b64p` percent-encoded, `url` URL-safe, `dig`, `lan`, `b58`), or `uuid`, or `jwt`; `@name` tells two of one
  form apart, `[:8]` takes a part;
- `⟦=hunter2⟧`, planted as it stands;
- `⟨uuid⟩`, which must stay readable.

The kind `harmless` is for texts in which nothing may be masked, `limit` for known leaks, which the gate does not count.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from benchmarks.masking import ALNUM, BASE58, BASE64, HEX, UPPER_HEX, URLSAFE, Harmless, Sample, uuid

_ALPHABETS = {
    "hex": HEX,
    "HEX": UPPER_HEX,
    "an": ALNUM,
    "AN": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "lan": "abcdefghijklmnopqrstuvwxyz0123456789",
    "url": URLSAFE,
    "b64": BASE64,
    "b64p": BASE64,
    "b58": BASE58,
    "dig": "0123456789",
}
_VALUE = re.compile(r"⟦=(?P<typed>[^⟧]+)⟧|[⟦⟨](?P<form>\w+)(?:@(?P<name>\w+))?(?:\[(?P<from>\d*):(?P<to>\d*)\])?[⟧⟩]")


def samples(seed: int) -> list[Sample]:
    """The texts with planted values, freshly filled."""
    return [sample for sample, _ in _filled(seed) if sample.shape not in {"harmless", "limit"}]


def limits(seed: int) -> list[Sample]:
    """The texts in which values are known to leak."""
    return [sample for sample, _ in _filled(seed) if sample.shape == "limit"]


def harmless(seed: int) -> list[Harmless]:
    """The texts without planted values, whole, and the values in the others that must stay readable."""
    texts = []
    for sample, readable in _filled(seed):
        kept = [sample.text] if sample.shape == "harmless" else readable
        texts += [Harmless(sample.text, value, "hand-written") for value in kept]
    return texts


def _filled(seed: int) -> Iterator[tuple[Sample, list[str]]]:
    for title, template in _templates():
        rng = random.Random(f"{seed} {title}")
        values: dict[tuple[str, str | None], str] = {}
        planted: list[str] = []
        readable: list[str] = []
        parts: list[str] = []
        position = 0
        for found in _VALUE.finditer(template):
            value = found["typed"] or _part(found, values, rng)
            (readable if found[0][0] == "⟨" else planted).append(value)
            parts += template[position : found.start()], value
            position = found.end()
        text = "".join([*parts, template[position:]])
        yield Sample(text, tuple(planted), title.split(":")[0], title), readable


def _part(found: re.Match[str], values: dict[tuple[str, str | None], str], rng: random.Random) -> str:
    same = found["form"], found["name"]
    if same not in values:
        values[same] = _made(found["form"], rng)
    start, stop = found["from"], found["to"]
    return values[same][int(start) if start else None : int(stop) if stop else None]


@cache
def _templates() -> tuple[tuple[str, str], ...]:
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    blocks = (block.partition("\n") for block in text.split("#### ")[1:])
    return tuple((title, body.rstrip("\n")) for title, _, body in blocks)


def _made(form: str, rng: random.Random) -> str:
    if form == "uuid":
        return uuid(rng)
    if form == "jwt":
        claims = ({"alg": "HS256", "typ": "JWT"}, {"access_key": _made("an40", rng), "nonce": uuid(rng)})
        parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in claims]
        return ".".join([*parts, _made("url43", rng)])
    length = re.search(r"_?(\d+)$", form)
    if length is None:
        raise ValueError(f"handwritten.txt: unknown form {form!r}")
    alphabet = form[: length.start()]
    value = "".join(rng.choices(_ALPHABETS[alphabet], k=int(length[1])))
    return value.replace("+", "%2B").replace("/", "%2F") if alphabet == "b64p" else value
