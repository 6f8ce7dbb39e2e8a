"""Warnings about packs that work but could be better: stale, unsourced, out of reach, overlapping, never asked."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from keymedic.knowledge import build
from keymedic.knowledge.load import Library
from keymedic.knowledge.positions import Document, Path
from keymedic.knowledge.problems import Problem

Data = Mapping[str, Any]

STALE_DAYS = 270
"""Age from which a pack's sources should be read again."""

_UNSOURCED = ("credentials", "ip", "expiry", "removal")


def advise(library: Library, today: datetime.date) -> list[Problem]:
    """Every warning about every pack."""
    return sorted(_Adviser(library, today).run())


class _Adviser:
    def __init__(self, library: Library, today: datetime.date) -> None:
        self.library = library
        self.today = today
        self.texts = _texts(library)
        self.useful = {
            cause for doc in library.documents.values() for item in build.active(doc.data) for cause in _causes(item)
        }

    def run(self) -> Iterator[Problem]:
        for document in self.library.documents.values():
            yield from self._stale(document)
            yield from _sources(document)
            yield from _profile(document)
            yield from self._recognition(document)
            for number, symptom in enumerate(document.data.get("symptoms", ())):
                if "deprecated" not in symptom:
                    yield from self._symptom(document, symptom, ("symptoms", number))
            for number, question in enumerate(document.data.get("questions", ())):
                yield from self._question(document, question, ("questions", number))

    def _stale(self, document: Document) -> Iterator[Problem]:
        if document.data["status"] in {"derived", "deprecated"}:
            return
        try:
            age = (self.today - datetime.date.fromisoformat(document.data["verified"])).days
        except ValueError:
            yield _warning(document, ("verified",), f"{document.data['verified']} is no date", "write YYYY-MM-DD")
            return
        if age > STALE_DAYS:
            what = f"last verified {age} days ago"
            yield _warning(document, ("verified",), what, "read its sources again and set the date")
        if age < 0:
            yield _warning(
                document, ("verified",), "verified in the future", "set the day on which you read the sources"
            )

    def _recognition(self, document: Document) -> Iterator[Problem]:
        data = document.data
        if data["kind"] == "base" or data.get("recognise") or data.get("beside") or not data.get("symptoms"):
            return
        if all(item.get("scope") == "pack" or _only_codes(item["match"]) for item in build.active(data)):
            what = "nothing in a text can bring this pack into play: its symptoms need --exchange or --source"
            yield _warning(document, (), what, "add recognise: words, hosts, ccxt ids")

    def _symptom(self, document: Document, symptom: Data, path: Path) -> Iterator[Problem]:
        match = symptom["match"]
        refused = [_key(part) for part in match.get("none", ())]
        for part in match.get("all", ()):
            if _key(part) in refused:
                what = f"{symptom['id']} can never be reached: it wants and refuses {_key(part)}"
                yield _warning(document, (*path, "match"), what, "drop one of the two")
        for key in _alone(match):
            for pack, other in self.texts.get(key, ()):
                if symptom["id"] < other["id"] and self._clash(document, symptom, pack, other, key):
                    what = f"{symptom['id']} and {other['id']} match on the same {key}"
                    mend = "merge them, or tell them apart with `none` or `scope: pack`"
                    yield _warning(document, (*path, "match"), what, mend)

    def _clash(self, document: Document, one: Data, pack: str, other: Data, key: str) -> bool:
        """Whether two symptoms that match on the same are a slip: they say the same, or have no cause in common."""
        if pack != document.data["pack"]:
            if self.library.documents[pack].data["kind"] != document.data["kind"]:
                return False  # base says it in general, a pack of one exchange or tool knows better
            anywhere = all(item.get("scope", "anywhere") == "anywhere" for item in (one, other))
            if not anywhere or key.startswith("code ") or self._related(pack, document.data["pack"]):
                return False
        said = [item.get("indicates", {}) for item in (one, other)]
        return said[0] == said[1] or not said[0].keys() & said[1].keys()

    def _related(self, one: str, other: str) -> bool:
        """Whether one pack extends the other: it may say the same again."""
        documents = self.library.documents
        return bool(documents[one].data.get("extends") == other or documents[other].data.get("extends") == one)

    def _question(self, document: Document, question: Data, path: Path) -> Iterator[Problem]:
        outcomes = list(question["outcomes"].values())
        said = [(item.get("indicates", {}), item.get("against", {}), item.get("facts", {})) for item in outcomes]
        if all(item == said[0] for item in said):
            what = f"nobody needs the question {question['id']}: every answer says the same"
            yield _warning(document, path, what, "give the answers different weights, or drop it")
            return
        about = {cause for item in outcomes for cause in _causes(item)}
        if about and document.data["kind"] != "base" and not about & self.useful:
            what = f"nobody needs the question {question['id']}: no symptom indicates a cause that it tells apart"
            yield _warning(document, path, what, "drop it")


def _warning(document: Document, path: Path, what: str, mend: str) -> Problem:
    return document.problem(path, what, mend, severity="warning")


def _sources(document: Document) -> Iterator[Problem]:
    data = document.data
    names = data.get("sources", {})
    if data["kind"] != "base" and not names:
        yield _warning(document, (), "the pack names no source", "add sources: name -> public URL")
    cited = set(_cited(data, "source")) | set(_cited(data, "check_order_source"))
    for name in names:
        if name not in cited and data["status"] != "derived":
            yield _warning(document, ("sources", name), f"nothing cites the source {name!r}", "cite it or drop it")


def _profile(document: Document) -> Iterator[Problem]:
    """Requirements, limits and lapse rules without a source."""
    profile = document.data.get("profile", {})
    for key in _UNSOURCED:
        items = profile.get(key, ())
        for item in [items] if isinstance(items, dict) else items:
            if "source" not in item and not (key == "ip" and item.get("policy") in {"unknown", "user_machine"}):
                what = f"profile.{key} has no source"
                yield _warning(document, ("profile", key), what, "name the source that says so")


def _cited(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _cited(item, key)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name == key and isinstance(inner, str):
                yield inner
            elif name == key and isinstance(inner, list):
                yield from (item for item in inner if isinstance(item, str))
            else:
                yield from _cited(inner, key)


def _texts(library: Library) -> dict[str, list[tuple[str, Data]]]:
    """Matcher that suffices by itself -> (pack, symptom) of those that have it."""
    found: dict[str, list[tuple[str, Data]]] = {}
    for pack, document in library.documents.items():
        for symptom in build.active(document.data):
            for key in _alone(symptom["match"]):
                found.setdefault(key, []).append((pack, symptom))
    return found


def _alone(match: Mapping[str, Any]) -> list[str]:
    """Texts, regexes and codes of which one suffices for the match (nothing under `all` or `none`)."""
    if set(match) == {"any"}:
        return [key for part in match["any"] for key in _alone(part)]
    if set(match) == {"code"}:
        codes = match["code"] if isinstance(match["code"], list) else [match["code"]]
        return [_key({"code": code}) for code in codes]
    return [_key(match)] if set(match) in ({"text"}, {"regex"}) else []


def _key(match: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {' '.join(str(value).lower().split())!r}" for key, value in match.items())


def _only_codes(match: Mapping[str, Any]) -> bool:
    return all(key.startswith("code ") for key in _alone(match)) and bool(_alone(match))


def _causes(item: Data) -> set[str]:
    return {*item.get("indicates", {}), *item.get("against", {})}
