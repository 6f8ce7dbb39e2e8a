"""What the schema cannot see: names that lead nowhere, weak patterns, symptoms that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from keymedic.knowledge import overlay, patterns, scanner, vocabulary
from keymedic.knowledge.compile import NUMERIC
from keymedic.knowledge.load import Library
from keymedic.knowledge.positions import Document, Path
from keymedic.knowledge.problems import Problem, did_you_mean
from keymedic.knowledge.scaffold import TODO

_BASE_ONLY = ("causes", "concepts", "facts", "slots", "weights", "costs")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NAMES = frozenset({"exchange", "source", "machine"})


def check(library: Library) -> list[Problem]:
    """Every semantic problem of every pack of a library that has passed the schema."""
    return sorted(_Checker(library).run())


def dangling(library: Library) -> list[Problem]:
    """Only the names that lead nowhere: with one of them the packs cannot be compiled or used. Fast."""
    return sorted(p for p in _Checker(library, trial=False).run() if p.what.startswith("unknown "))


class _Checker:
    def __init__(self, library: Library, *, trial: bool = True) -> None:
        self.library = library
        every = (document.data for document in library.documents.values()) if trial else ()
        self.refused = scanner.compile_errors(pattern for data in every for pattern in _regexes(data.get("symptoms")))
        """Patterns that do not compile by themselves; trying takes seconds."""
        self.symptoms = _ids(library, "symptoms")
        self.questions = _ids(library, "questions")
        self.procedures = _procedures(library)
        self.facts = vocabulary.facts(library)

    def run(self) -> Iterator[Problem]:
        for document in self.library.documents.values():
            yield from self._pack(document)
        for document in self.library.overlays.values():
            yield from overlay.check(document, self.symptoms, self.library.documents, self.library.causes)
        for kind in ("symptoms", "questions", "remedies", "deductions"):
            yield from self._duplicates(kind)

    def _pack(self, document: Document) -> Iterator[Problem]:
        data = document.data
        yield from self._references(document, data)
        yield from self._walk(document, data, ())
        yield from _todos(document, data, ())
        for number, cause in enumerate(data.get("causes", ())):
            if "part_of" in cause:
                yield from self._cause(document, ("causes", number, "part_of"), cause["part_of"])
        for number, symptom in enumerate(data.get("symptoms", ())):
            yield from self._symptom(document, symptom, ("symptoms", number))
        for number, remedy in enumerate(data.get("remedies", ())):
            yield from self._remedy(document, remedy, ("remedies", number))
        for number, question in enumerate(data.get("questions", ())):
            if (usual := question.get("otherwise")) and usual not in question["outcomes"]:
                yield self._unknown(document, ("questions", number, "otherwise"), "answer", usual, question["outcomes"])
            path: Path = ("questions", number, "answered_by")
            for name in question.get("answered_by", ()):
                if name not in self.symptoms:
                    yield self._unknown(document, path, "symptom", name, self.symptoms)

    def _references(self, document: Document, data: dict[str, Any]) -> Iterator[Problem]:
        """What only base packs may have, and the packs and causes that the head of a pack names."""
        if data["kind"] != "base":
            for key in _BASE_ONLY:
                if key in data:
                    yield document.problem((key,), f"{key} belong to base packs only", "move them to rules/base")
        for key in ("extends", "beside"):
            if data.get(key) and data[key] not in self.library.documents:
                yield self._unknown(document, (key,), "pack", data[key], self.library.documents)
        for cause in data.get("priors", {}):
            yield from self._cause(document, ("priors", cause), cause)

    def _walk(self, document: Document, value: Any, path: Path) -> Iterator[Problem]:
        """Whatever can stand anywhere: sources, conditions, weights, placeholders."""
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from self._walk(document, item, (*path, number))
        if not isinstance(value, dict):
            return
        for key, inner in value.items():
            here = (*path, key)
            if key in {"source", "check_order_source"} and path and path[0] != "facts":
                yield from self._source(document, inner, here)
            elif key in {"when", "if"} or (key == "fact" and "match" in path):
                yield from self._condition(document, inner, here)
            elif key in {"indicates", "against"}:
                for cause in inner:
                    yield from self._cause(document, (*here, cause), cause)
            elif key in {"text", "customer", "verify", "reassure", "caution", "changes", "title"} and (
                "symptoms" not in path and isinstance(inner, str)
            ):
                yield from self._placeholders(document, inner, here)
            elif key == "slot" and inner not in self.library.slots:
                yield self._unknown(document, here, "slot", inner, self.library.slots)
            else:
                yield from self._walk(document, inner, here)

    def _symptom(self, document: Document, symptom: dict[str, Any], path: Path) -> Iterator[Problem]:
        pack = document.data["pack"]
        prefix = "base" if document.data["kind"] == "base" else pack
        if not symptom["id"].startswith(f"{prefix}."):
            yield document.problem((*path, "id"), f"{symptom['id']!r} does not begin with {prefix!r}", "rename it")
        if not any(symptom.get(key) for key in ("indicates", "against", "facts")):
            yield document.problem(path, f"{symptom['id']} says nothing", "add indicates, against or facts")
        if not _has_positive(symptom["match"]):
            yield document.problem((*path, "match"), "only `none`: it would match everything", "add what is seen")
        yield from self._match(document, symptom["match"], (*path, "match"), alone=True)

    def _match(self, document: Document, match: dict[str, Any], path: Path, *, alone: bool) -> Iterator[Problem]:
        alone = alone and len([key for key in match if key not in {"within", "negated"}]) == 1
        for key, value in match.items():
            here = (*path, key)
            if key in {"all", "any", "none"}:
                for number, part in enumerate(value):
                    inner = alone and (key == "any" or len(value) == 1)
                    yield from self._match(document, part, (*here, number), alone=inner)
            elif key == "text" and alone and (why := patterns.weakness(value)):
                yield document.problem(here, f"{value!r} is too weak by itself: {why}", "combine it under `all`")
            elif key == "regex" and (why := self.refused.get(value, "")):
                yield document.problem(here, f"the scanner refuses the pattern: {why}", "no look-around, short repeats")
            elif key == "concepts":
                for name in value:
                    if name not in self.library.concepts:
                        yield self._unknown(document, here, "concept", name, self.library.concepts)
            elif key == "code" and document.data["kind"] == "base":
                yield document.problem(here, "a code means nothing outside an exchange", "move it to its pack")
            elif key == "code" and alone:
                yield from _short_codes(document, value, here)
            elif key == "status" and alone and document.data["kind"] != "base":
                yield document.problem(here, "an HTTP status alone is no evidence of one exchange", "add a text")

    def _remedy(self, document: Document, remedy: dict[str, Any], path: Path) -> Iterator[Problem]:
        for cause in remedy["mends"]:
            yield from self._cause(document, (*path, "mends"), cause)
        own = document.data.get("procedures", {})
        for key in ("steps", "still_failing", "verify"):
            value = remedy.get(key, [])
            for item in [value] if isinstance(value, str) else value:
                name = str(item["use"] if isinstance(item, dict) else item)
                known = {f"pack.{p}" for p in own} if name.startswith("pack.") else self.procedures
                if name.rstrip("?") not in known:
                    yield self._unknown(document, (*path, key), "procedure", name.rstrip("?"), known)

    def _condition(self, document: Document, condition: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(condition, dict):
            return
        for key, wanted in condition.items():
            if key in {"all", "any", "none"}:
                for part in wanted:
                    yield from self._condition(document, part, path)
            elif key == "symptom" and isinstance(wanted, str) and wanted not in self.symptoms:
                yield self._unknown(document, path, "symptom", wanted, self.symptoms)
            elif key == "indicated" and isinstance(wanted, str):
                yield from self._cause(document, path, wanted)
            elif key in {"exchange", "source", "pack"} and isinstance(wanted, str):
                if wanted not in self.library.documents:
                    yield self._unknown(document, path, "pack", wanted, self.library.documents)
            elif not vocabulary.known(key, self.facts, self.questions):
                yield self._unknown(document, path, "fact", key, self.facts)

    def _placeholders(self, document: Document, text: str, path: Path) -> Iterator[Problem]:
        for name in _PLACEHOLDER.findall(text):
            if name not in _NAMES and not vocabulary.known(name, self.facts, self.questions):
                yield self._unknown(document, path, "placeholder", name, (*_NAMES, *self.facts))

    def _source(self, document: Document, cited: Any, path: Path) -> Iterator[Problem]:
        names = document.data.get("sources", {})
        for name in [cited] if isinstance(cited, str) else cited:
            if isinstance(name, str) and name not in names:
                yield self._unknown(document, path, "source", name, names)

    def _cause(self, document: Document, path: Path, cause: str) -> Iterator[Problem]:
        if cause not in self.library.causes:
            yield self._unknown(document, path, "cause", cause, self.library.causes)

    def _unknown(self, document: Document, path: Path, what: str, name: str, known: Iterable[str]) -> Problem:
        return document.problem(path, f"unknown {what} {name!r}", did_you_mean(name, known) or "define it or drop it")

    def _duplicates(self, kind: str) -> Iterator[Problem]:
        seen: dict[str, str] = {}
        for document in self.library.documents.values():
            for number, item in enumerate(document.data.get(kind, ())):
                if item["id"] in seen and kind != "remedies":
                    what = f"the id {item['id']!r} is taken by {seen[item['id']]}"
                    yield document.problem((kind, number, "id"), what, "choose another id")
                seen.setdefault(item["id"], document.file)


def _regexes(value: Any) -> Iterator[str]:
    """Every pattern of the matchers in a list of symptoms."""
    if isinstance(value, list):
        for item in value:
            yield from _regexes(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "regex" and isinstance(inner, str):
                yield inner
            elif key in {"match", "all", "any", "none"}:
                yield from _regexes(inner)


def _short_codes(document: Document, value: Any, path: Path) -> Iterator[Problem]:
    for code in map(str, value if isinstance(value, list) else [value]):
        if NUMERIC.match(code) and len(code.lstrip("-")) < 3:
            yield document.problem(path, f"the code {code} is too short by itself", "combine it under `all`")


def _todos(document: Document, value: Any, path: Path) -> Iterator[Problem]:
    """Values that `packs new` left to the author."""
    if isinstance(value, str) and TODO in value:
        yield document.problem(path, f"still to do: {value[:60]!r}", "fill it in")
    elif isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _todos(document, inner, (*path, key))


def _ids(library: Library, kind: str) -> set[str]:
    return {item["id"] for doc in library.documents.values() for item in doc.data.get(kind, ())}


def _procedures(library: Library) -> set[str]:
    """All names that a remedy may use: NAME of an exchange pack is exchange.NAME, base names stand as they are."""
    names: set[str] = set()
    for document in library.documents.values():
        kind = document.data["kind"]
        for name in document.data.get("procedures", {}):
            names.add(name if kind == "base" else f"{kind}.{name}")
    return names


def _has_positive(match: dict[str, Any]) -> bool:
    for key, value in match.items():
        if key in {"all", "any"} and any(_has_positive(part) for part in value):
            return True
        if key not in {"all", "any", "none"}:
            return True
    return False
