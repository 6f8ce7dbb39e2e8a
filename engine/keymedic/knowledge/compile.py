"""Library -> Index: every matcher becomes an atom, every atom is found through one table or one scan."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

import keymedic
from keymedic.knowledge import gate, patterns, spelling
from keymedic.knowledge.index import ConceptAtom, FieldAtom, Head, Index, Tree, Use
from keymedic.knowledge.load import Library
from keymedic.knowledge.patterns import Pattern
from keymedic.model import Pack

NUMERIC = re.compile(r"-?\d{1,9}\Z")
_COMBINE = ("all", "any", "none")
_CCXT_SIGNS = ("{", "GET", "POST", "PUT", "DELETE")
"""What follows the exchange's id in ccxt's messages: the answer, or the request."""


def compile_index(library: Library) -> Index:
    """Compile all packs of a library."""
    return _Compiler(library).run()


class _Compiler:
    def __init__(self, library: Library) -> None:
        self.library = library
        self.encoder = msgspec.msgpack.Encoder()
        self.pattern_ids: dict[Pattern, int] = {}
        self.uses: list[list[Use]] = []
        self.atoms: dict[str, int] = {}
        self.triggers: list[list[int]] = []
        self.codes: dict[str, dict[str, int]] = {}
        self.statuses: dict[int, int] = {}
        self.exceptions: dict[str, int] = {}
        self.fields: list[FieldAtom] = []
        self.facts: list[tuple[int, dict[str, Any]]] = []
        self.concepts: list[ConceptAtom] = []
        self.concept_ids = {name: i for i, name in enumerate(library.concepts)}

    def run(self) -> Index:
        for name, concept in self.library.concepts.items():
            for word in concept["words"]:
                self._pattern(patterns.word(word), Use("concept", self.concept_ids[name]))
        packs = list(self.library.packs.values())
        for pack in packs:
            self._recognition(pack)
        symptoms = [symptom for pack in packs for symptom in pack.symptoms]
        trees = [self._tree(s.match, s.pack, number, True) for number, s in enumerate(symptoms)]
        index = Index(
            engine=keymedic.__version__,
            causes=self.library.causes,
            costs=self.library.costs,
            slots=self.library.slots,
            heads={pack.id: _head(pack) for pack in packs},
            packs={pack.id: self._raw(_body(pack)) for pack in packs},
            symptoms=[self._raw(symptom) for symptom in symptoms],
            trees=trees,
            symptom_ids=[symptom.id for symptom in symptoms],
            symptom_packs=[symptom.pack for symptom in symptoms],
            deductions=tuple(d for pack in packs for d in pack.deductions),
            patterns=list(self.pattern_ids),
            uses=self.uses,
            codes=self.codes,
            statuses=self.statuses,
            exceptions=self.exceptions,
            fields=self.fields,
            facts=self.facts,
            concepts=self.concepts,
            concept_names=list(self.library.concepts),
            triggers=self.triggers,
            atom_texts=list(self.atoms),
            spelling=self._raw(spelling.learn(self.library)),
            local=self.library.local,
        )
        of = (index, symptoms, self.library.causes)
        return msgspec.structs.replace(index, gate=gate.words(*of), gate_numbers=gate.numbers(*of))

    def _raw(self, record: Any) -> msgspec.Raw:
        return msgspec.Raw(self.encoder.encode(record))

    def _pattern(self, pattern: Pattern, use: Use) -> None:
        number = self.pattern_ids.setdefault(pattern, len(self.pattern_ids))
        if number == len(self.uses):
            self.uses.append([])
        if use not in self.uses[number]:
            self.uses[number].append(use)

    def _recognition(self, pack: Pack) -> None:
        seen = pack.recognise
        named = {
            "host": [patterns.host(host) for host in seen.hosts],
            "header": [patterns.prefix(header) for header in seen.headers],
            "word": [patterns.word(word) for word in seen.words],
            "logger": [patterns.fixed(logger) for logger in seen.loggers],
            "ccxt": [patterns.fixed(f"{name} {sign}", exact=True) for name in seen.ccxt for sign in _CCXT_SIGNS],
        }
        for how, found in named.items():
            for pattern in found:
                self._pattern(pattern, Use("pack", 0, pack.id, how))

    def _tree(self, match: dict[str, Any], pack: str, symptom: int, positive: bool) -> Tree:
        parts = [self._part(key, value, match, pack, symptom, positive) for key, value in match.items()]
        found = [part for part in parts if part is not None]
        return found[0] if len(found) == 1 else ["all", *found]

    def _part(
        self, key: str, value: Any, match: dict[str, Any], pack: str, symptom: int, positive: bool
    ) -> Tree | None:
        if key in _COMBINE:
            inner = positive and key != "none"
            return [key, *(self._tree(item, pack, symptom, inner) for item in value)]
        if key in {"within", "negated"}:  # belong to `concepts`
            return None
        atom = self._atom(key, value, match, pack)
        if positive and key != "fact" and symptom not in self.triggers[atom]:
            self.triggers[atom].append(symptom)
        if positive and key == "fact" and set(match) == {"fact"}:
            self.triggers[atom].append(symptom)
        return atom

    def _atom(self, key: str, value: Any, match: dict[str, Any], pack: str) -> int:
        if key == "code":
            value = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
        name = _atom_name(key, value, match, pack)
        known = self.atoms.get(name)
        if known is not None:
            return known
        atom = self.atoms[name] = len(self.atoms)
        self.triggers.append([])
        match key:
            case "text":
                self._pattern(patterns.fixed(value), Use("atom", atom))
            case "regex":
                self._pattern(patterns.regex(value), Use("atom", atom))
            case "code":
                self._codes(value, atom, pack)
            case "status":
                self.statuses[value] = atom
            case "exception":
                self.exceptions[value] = atom
            case "field":
                equals, contains = str(value.get("is", "")), str(value.get("contains", ""))
                self.fields.append(FieldAtom(atom, value["name"], equals.lower(), contains.lower()))
            case "fact":
                self.facts.append((atom, value))
            case "concepts":
                numbers = tuple(self.concept_ids[name] for name in value)
                within, negated = match.get("within", 8), match.get("negated", False)
                self.concepts.append(ConceptAtom(atom, numbers, within, negated))
        return atom

    def _codes(self, codes: tuple[str, ...], atom: int, pack: str) -> None:
        for code in codes:
            if NUMERIC.match(code):
                self.codes.setdefault(pack, {})[code] = atom
            else:
                self._pattern(patterns.fixed(code, exact=True), Use("atom", atom, pack, "code"))


def _atom_name(key: str, value: Any, match: dict[str, Any], pack: str) -> str:
    """The matcher in words; equal matchers share one atom (codes only within their pack)."""
    if key == "code":
        return f"code {', '.join(value)} ({pack})"
    if key == "concepts":
        said = " + ".join(value)
        negated = "not " if match.get("negated") else ""
        return f"{negated}said: {said} within {match.get('within', 8)} words"
    if isinstance(value, dict):
        value = json.dumps(value, sort_keys=True)
    return f"{key} {value!r}" if key in {"text", "regex"} else f"{key} {value}"


def _head(pack: Pack) -> Head:
    ids = dict.fromkeys((pack.id, *pack.recognise.ccxt, *pack.recognise.aliases))
    return Head(
        id=pack.id,
        kind=pack.kind,
        name=pack.name,
        version=pack.version,
        status=pack.status,
        extends=pack.extends,
        beside=pack.beside,
        ids=tuple(ids),
        symptoms=len(pack.symptoms),
    )


def _body(pack: Pack) -> Pack:
    """A pack without what the tables hold already."""
    return msgspec.structs.replace(pack, symptoms=(), deductions=())
