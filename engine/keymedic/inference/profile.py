"""The facts of a case that are known before anything is matched: packs in play, their profiles, credential shapes."""

from __future__ import annotations

from collections.abc import Iterable

from keymedic.inference.context import Context
from keymedic.inference.facts import FactBase
from keymedic.inference.shapes import shape_facts
from keymedic.intake.redaction import Mask
from keymedic.knowledge.store import Knowledge

_EXPOSED = frozenset({"secret", "passphrase", "pem"})
"""Kinds of values that must never leave their owner: whoever has seen them could use the key."""


def profile_facts(knowledge: Knowledge, context: Context, masks: Iterable[Mask]) -> FactBase:
    """A new fact base. What an extending pack says about a fact replaces what its parent says."""
    facts = FactBase()
    for kind in ("exchange", "source"):
        if kind not in context.main:
            continue
        pack, confidence = context.main[kind]
        facts.add(kind, pack, "given" if confidence == 1.0 else "text")
        facts.add(f"{kind}.lifecycle", knowledge.pack(pack).lifecycle.state, f"profile {pack}")
        known: set[str] = set()
        for name in knowledge.family(pack):
            profile = knowledge.pack(name).profile
            facts.add("pack", name, "profile")
            for fact, values in profile.items():
                if fact not in known:
                    for value in values:
                        facts.add(fact, value, f"profile {name}")
            known.update(profile)
    masks = list(masks)
    if exposed := [mask for mask in masks if mask.kind in _EXPOSED]:
        facts.add("case.secret_exposed", True, "text", because=(exposed[0].token,))
    for fact, mask in shape_facts(masks, facts):
        facts.add(fact, True, "text", because=(mask.token,), span=(mask.start, mask.end))
    return facts
