"""Tiny packs for the tests of the knowledge room: a base of three causes, and exchanges with whatever a test says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Data = dict[str, Any]
Write = Callable[..., Path]
"""Writes packs into a folder and returns the folder: write(pack, pack, into="name")."""

HEAD: Data = {"schema": "keymedic/pack/1", "version": "1.0.0", "status": "tested", "verified": "2026-11-21"}


def cause(name: str, prior: float = 0.3) -> Data:
    """A cause with this id."""
    return {
        "id": name,
        "title": name.replace(".", " "),
        "summary": f"The summary of {name}.",
        "customer": "What happened, for {exchange}.",
        "family": name.split(".", maxsplit=1)[0],
        "prior": prior,
        "actor": ["user"],
        "key_problem": True,
    }


def base(**more: Any) -> Data:
    """A base pack: the causes key.invalid, key.deleted and unknown, weights, costs, two concepts, a slot."""
    return {
        **HEAD,
        "pack": "base.tiny",
        "kind": "base",
        "name": "Tiny base",
        "sources": {"docs": "https://example.org/docs"},
        "weights": {"weak": 3, "moderate": 8, "strong": 15, "certain": 30},
        "costs": {"knows": 1, "looks": 1.6, "changes": 4, "waits": 8},
        "causes": [cause("key.invalid"), cause("key.deleted"), cause("unknown")],
        "facts": {"call.scope": {"means": "What the failing call does."}},
        "concepts": {
            "stop": {"means": "it stopped", "words": ["stopped*"]},
            "key": {"means": "the key", "words": ["api key"]},
        },
        "slots": {"permissions": [{"text": "Turn on reading."}]},
        "procedures": {
            "exchange.create_key": {"title": "Create a key", "steps": [{"text": "Create."}], "source": "docs"}
        },
        **more,
    }


def symptom(name: str, match: Mapping[str, Any], **more: Any) -> Data:
    """A symptom that points to key.invalid."""
    return {
        "id": name,
        "title": "A symptom",
        "match": dict(match),
        "indicates": {"key.invalid": "strong"},
        "examples": ["an example"],
        "counterexamples": ["a counterexample"],
        "source": "docs",
        **more,
    }


def exchange(pack: str = "acme", /, *symptoms: Data, **more: Any) -> Data:
    """An exchange pack with these symptoms."""
    return {
        **HEAD,
        "pack": pack,
        "kind": "exchange",
        "name": f"The {pack} exchange",
        "sources": {"docs": "https://example.org/docs"},
        "recognise": {"words": [pack], "ccxt": [pack]},
        "symptoms": list(symptoms) or [symptom(f"{pack}.bad", {"text": f"{pack} says the key is bad"})],
        **more,
    }
