"""Whether the packs know every researched error: `python -m benchmarks.coverage FACTS_DIR`.

FACTS_DIR holds `exchanges/ID.yaml`, `bots/ID.yaml`, `trackers/ID.yaml` with `errors` rows (code, message, example,
causes, source), and `hollaex.yaml`. A row with a source and a cause counts as covered when a symptom of its pack
fires on its example, message or code while the pack is in play; a platform's row also when a symptom of a base pack
does. Ends with status 1 when a row is not covered or a file has no pack.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

import keymedic
from keymedic.evaluation import is_one_of
from keymedic.inference import context as contexts
from keymedic.inference.match import match
from keymedic.inference.profile import profile_facts
from keymedic.inference.scan import look
from keymedic.intake import take
from keymedic.knowledge.store import Knowledge
from keymedic.model import Finding

_FOLDERS = (("exchanges", "exchange"), ("bots", "source"), ("trackers", "source"))
_PLACEHOLDER = re.compile(r"\$?\{[^{}\"]*\}|<[^<>]*>|%\w|\.\.\.|…")
_GENERAL = frozenset({"base.http", "base.ccxt", "base.network", "base.other"})
_UNSOURCED = frozenset({"", "unverified", "general knowledge"})


class Row(NamedTuple):
    """One researched error of one pack."""

    kind: str
    pack: str
    exchange: str | None
    texts: list[str]
    causes: list[str]


def main(folder: Path) -> int:
    """Print what is not covered and the totals."""
    knowledge = keymedic.load()
    rows = [_placed(knowledge, row) for row in _rows(folder)]
    missing = {row.pack for row in rows if knowledge.resolve(row.kind, row.pack) is None}
    lost, other = [], []
    for row in rows:
        if row.pack in missing:
            continue
        found = _found(knowledge, row)
        if not found:
            lost.append(row)
        elif row.causes and not any(_agrees(finding, row) for finding in found):
            other.append(row)
    for row in lost:
        print(f"{row.pack}: nothing fires on {row.texts[0][:140]!r}")
    for row in other:
        print(f"{row.pack}: other causes than {', '.join(row.causes)} for {row.texts[0][:100]!r}")
    for name in sorted(missing):
        print(f"{name}: there is no pack")
    known = [row for row in rows if row.pack not in missing]
    print(f"{len(known) - len(lost)} of {len(known)} sourced errors covered, {len(other)} with other causes")
    return 1 if lost or missing else 0


def _rows(folder: Path) -> Iterator[Row]:
    for name, kind in _FOLDERS:
        for path in sorted((folder / name).glob("*.yaml")):
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
            for error in data.get("errors") or ():
                if (
                    error.get("causes")
                    and str(error.get("source") or "") not in _UNSOURCED
                    and (texts := _texts(error))
                ):
                    exchange = None if kind == "exchange" else _named(error.get("exchange"))
                    yield Row(kind, path.stem, exchange, texts, list(error.get("causes") or ()))
    if (path := folder / "hollaex.yaml").exists():
        yield from _operators(path)


def _operators(path: Path) -> Iterator[Row]:
    """Errors that operators of a HollaEx exchange and its end users meet: two packs know them."""
    for error in yaml.safe_load(path.read_text(encoding="utf-8")).get("errors") or ():
        sourced = str(error.get("source") or "") not in _UNSOURCED and not error.get("derived")
        if error.get("causes") and sourced and (texts := _texts(error)):
            yield Row("source", "hollaex-kit", "hollaex", texts, list(error["causes"]))


def _placed(knowledge: Knowledge, row: Row) -> Row:
    """A platform that is an exchange itself is looked up among the exchanges."""
    if (
        row.kind == "source"
        and knowledge.resolve("source", row.pack) is None
        and knowledge.resolve("exchange", row.pack)
    ):
        return row._replace(kind="exchange", exchange=None)
    return row


def _named(exchange: Any) -> str | None:
    return exchange if isinstance(exchange, str) and re.fullmatch(r"[a-z0-9_-]+", exchange) else None


def _texts(error: dict[str, Any]) -> list[str]:
    """Forms in which the error can be met, most telling first."""
    alternatives = error.get("alt_messages") or []
    messages = [error.get("message"), error.get("message_en"), error.get("aka"), error.get("alt")]
    messages += alternatives if isinstance(alternatives, list) else [alternatives]
    plain = [str(message) for message in messages if message and not isinstance(message, (list, dict))]
    code = str(error.get("code") or "").strip()
    forms = [str(error["example"])] if error.get("example") else []
    plain = [re.sub(r"<?4xx>?", "403", message) for message in plain]
    filled = [_PLACEHOLDER.sub("7", message) for message in plain]
    for one in re.split(r"\s*[/,|]\s*", code) if code else []:
        forms += [f'{{"code":"{one}","msg":"{message}"}}' for message in filled or [""]]
    statuses = re.findall(r"\b[45]\d\d\b", f"{code} {error.get('http_status') or ''}")
    told = [f"HTTP {status} {message}" for status in statuses for message in plain or [""]]
    return [*forms, *plain, *filled, *told, *(f'There is a button "{message}"' for message in plain)]


def _found(knowledge: Knowledge, row: Row) -> list[Finding]:
    """Findings of the pack (or a base pack, for a platform) on the first form on which there is one."""
    exchange, source = (row.pack, None) if row.kind == "exchange" else (row.exchange, row.pack)
    pack = knowledge.resolve(row.kind, row.pack)
    family = {*(knowledge.family(pack) if pack else ()), row.exchange}
    for text in row.texts:
        intake = take(text)
        sights = look(knowledge, intake.events)
        context = contexts.recognise(knowledge, sights, exchange, source)
        matched = match(knowledge, sights, context, profile_facts(knowledge, context, intake.masked.masks))
        found = [
            finding
            for finding in matched.findings
            if finding.pack in family or (finding.pack in _GENERAL and (row.kind == "source" or "HTTP" in text))
        ]
        if found:
            return found
    return []


def _agrees(finding: Finding, row: Row) -> bool:
    named = [*finding.indicates]
    return any(is_one_of(cause, row.causes) or any(is_one_of(c, [cause]) for c in row.causes) for cause in named)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
