"""Which exchange and which source are in play: given, or recognised in the text."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from keymedic.inference.scan import Mention, Sight
from keymedic.knowledge.store import Knowledge

_SURE = {"host": 0.97, "ccxt": 0.97, "header": 0.95, "logger": 0.9, "word": 0.85}
_BY_SYMPTOM = 0.7
_RIVAL = 0.6
_LONGEST_NAME = 60


class Context(msgspec.Struct):
    """The packs in play. `main` maps exchange and source to (pack, confidence); `packs` includes parents."""

    main: dict[str, tuple[str, float]]
    packs: set[str]
    given: dict[str, str]
    """Kind -> what the caller named, whether a pack knows it or not."""


def recognise(knowledge: Knowledge, sights: Sequence[Sight], exchange: str | None, source: str | None) -> Context:
    """The context of a case. What the caller names always wins over what the text says."""
    context = Context({}, set(), {})
    mentions = [mention for sight in sights for mention in sight.mentions]
    for kind, name in (("exchange", exchange), ("source", source)):
        if name:
            context.given[kind] = name
            pack = knowledge.resolve(kind, name)
            if pack:
                context.main[kind] = (pack, 1.0)
                context.packs.update(knowledge.family(pack))
                continue
        if name and kind == "exchange":
            continue  # an exchange that no pack knows: another one named in the text is not it
        _from_text(knowledge, context, kind, mentions)
    return context


def _from_text(knowledge: Knowledge, context: Context, kind: str, mentions: Iterable[Mention]) -> None:
    score: dict[str, tuple[float, int, int]] = {}
    of_kind = [mention for mention in mentions if knowledge.head(mention.pack).kind == kind]
    of_kind.sort(key=_place)
    for number, mention in enumerate(of_kind):
        if not any(_covers(other, mention) for other in _near(of_kind, number)):
            sure, count, first = score.get(mention.pack, (0.0, 0, -(1 << 40)))
            place = -(mention.event * (1 << 30) + mention.start)
            score[mention.pack] = (max(sure, _SURE[mention.how]), count + 1, max(first, place))
    if not score:
        return
    for pack in score:
        context.packs.update(knowledge.family(pack))
    for child in list(score):  # a child that is named covers its parent: binanceus says binance too
        for parent in knowledge.family(child)[1:]:
            score.pop(parent, None)
    if any(not is_library(knowledge, pack) for pack in score):
        score = {pack: value for pack, value in score.items() if not is_library(knowledge, pack)}
    ranked = sorted(score.items(), key=lambda item: item[1], reverse=True)
    sure = ranked[0][1][0]
    if len(ranked) > 1 and ranked[1][1][0] == sure:
        sure *= _RIVAL
    context.main[kind] = (ranked[0][0], round(sure, 2))


def is_library(knowledge: Knowledge, pack: str) -> bool:
    """Whether a pack is about a client library: any tool may be built on it, and the tool is what a case is about."""
    return "library" in knowledge.pack(pack).profile.get("source.type", ())


def _place(mention: Mention) -> tuple[int, int]:
    return mention.event, mention.start


def _near(mentions: Sequence[Mention], number: int) -> Iterator[Mention]:
    """Mentions that begin at the same place or a little before another one; `mentions` in the order of the text."""
    event, start = _place(mentions[number])
    first = bisect.bisect_left(mentions, (event, start - _LONGEST_NAME), key=_place)
    for at in range(first, len(mentions)):
        if _place(mentions[at]) > (event, start):
            return
        yield mentions[at]


def _covers(longer: Mention, mention: Mention) -> bool:
    """Whether a mention is a part of a longer name of another pack: Coinbase in Coinbase Pro."""
    return (
        longer.event == mention.event
        and longer.pack != mention.pack
        and longer.start <= mention.start
        and mention.end <= longer.end
        and longer.end - longer.start > mention.end - mention.start
    )


def adopt(knowledge: Knowledge, context: Context, foreign: Sequence[str]) -> bool:
    """Take the packs whose unmistakable texts were seen into the context where nothing else is known.

    `foreign` holds one pack id a finding. Returns True when the context grew.
    """
    grew = False
    for kind in ("exchange", "source"):
        if kind in context.main or (kind == "exchange" and kind in context.given):
            continue
        packs = [pack for pack in foreign if knowledge.head(pack).kind == kind]
        packs = [pack for pack in packs if not is_library(knowledge, pack)] or packs
        if packs:
            best = max(dict.fromkeys(packs), key=packs.count)
            context.main[kind] = (best, _BY_SYMPTOM)
            context.packs.update(knowledge.family(best))
            grew = True
    return grew
