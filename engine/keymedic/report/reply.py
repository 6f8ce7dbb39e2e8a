"""The reply to the customer: the answer first, then what to do, in plain words and without figures or ids."""

from __future__ import annotations

from keymedic.diagnosis import Ask, CauseResult, Diagnosis, Fix, FixStep
from keymedic.model import Record
from keymedic.report import words
from keymedic.report.sanitize import clean
from keymedic.report.view import DECIDES, Group, cautions, chosen, groups, remaining

LIFECYCLE = frozenset({"lifecycle", "closing", "closed"})
"""Kinds of notices that a customer needs; the others are for agents."""
CLOSED = "exchange.closed"
"""Said by the notice, where there is one, and nobody's to put right."""
_STILL_FAILING = (
    "If it still does not work, write back with the error message word for word, "
    "but without any key, secret or passphrase."
)
_EXPOSING = frozenset({"secret", "passphrase", "pem"})
"""The key alone is not secret: nobody can sign with it."""
_EASY = frozenset({"knows", "looks"})
_PLAIN_ANSWERS = frozenset({"yes", "no", "not sure"})
_OPEN = frozenset({"ambiguous", "unknown"})


class Reply(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A reply, paragraph by paragraph; empty parts are left out."""

    notices: tuple[str, ...]
    answer: str
    exposed: str
    before: tuple[str, ...]
    lead: str
    groups: tuple[Group, ...]
    check: str
    good_to_know: tuple[str, ...]
    still_failing: str
    question: str
    choices: tuple[str, ...]
    closing: str


def reply(diagnosis: Diagnosis) -> Reply:
    """What to tell the customer; every string in it is safe to print."""
    d = clean(diagnosis)
    fix = chosen(d)
    ask = _question(d)
    steps = _steps(d, fix, ask)
    given = fix if steps else None
    return Reply(
        notices=tuple(words.sentence(notice.text) for notice in d.notices if notice.kind in LIFECYCLE),
        answer=" ".join(filter(None, [_answer(d, fix), _side(d, fix), given.reassure if given else ""])),
        exposed=_exposed(d),
        before=_sentences(given, note=False),
        lead=_lead(d, given),
        groups=tuple(groups(d, steps, doers=False)),
        check=words.ended(given.verify) if given else "",
        good_to_know=_sentences(given, note=True),
        still_failing=_STILL_FAILING if given else "",
        question=ask.text if ask else "",
        choices=_choices(ask),
        closing=_closing(d, ask),
    )


def _question(d: Diagnosis) -> Ask | None:
    """The best question that can be answered by knowing or looking, if its answer changes what to do."""
    easy = next((ask for ask in d.questions if ask.effort in _EASY), None)
    if easy is None or d.verdict in _OPEN:
        return easy
    return easy if easy.gain >= DECIDES and len(d.remedies) > 1 else None


def _steps(d: Diagnosis, fix: Fix | None, ask: Ask | None) -> tuple[FixStep, ...]:
    """What the customer can do; nothing yet where an answer decides first."""
    if fix is None or d.verdict == "unknown" or (d.verdict == "ambiguous" and ask):
        return ()
    return tuple(step for step in fix.steps if step.actor in _readers(d, fix))


def _readers(d: Diagnosis, fix: Fix) -> frozenset[str]:
    """Whose steps the reader can do: the operator's too where the source in play is the operator's own system."""
    operator = any(step.actor == "operator" and d.source and step.where == d.source.name for step in fix.steps)
    return frozenset({"user", "operator"}) if operator else frozenset({"user"})


def _answer(d: Diagnosis, fix: Fix | None) -> str:
    if d.verdict == "unknown" or not d.causes:
        return "We cannot tell yet from this message what is wrong."
    leading = d.causes[0]
    if leading.id == CLOSED and any(notice.kind in LIFECYCLE for notice in d.notices):
        return ""
    if d.verdict == "not_a_key_problem":
        return _not_the_key(leading)
    if d.verdict == "diagnosed":
        return words.sentence(leading.customer)
    return words.common(d, remaining(d, fix))


def _not_the_key(cause: CauseResult) -> str:
    said = words.sentence(cause.customer)
    return said if "API key" in said else f"The API key is not the problem. {said}"


def _side(d: Diagnosis, fix: Fix | None) -> str:
    """Who acts, where it is not the customer."""
    if d.verdict in _OPEN or not d.causes:
        return ""
    actors = {actor for cause in _decided(d, fix) for actor in cause.actor}
    if "user" in actors or (fix and actors & _readers(d, fix)):
        return ""
    if d.causes[0].id == CLOSED:
        return "Nothing is wrong on your side."
    named = {
        "operator": f"the operator of {words.exchange_name(d)}",
        "platform": f"the team of {words.source_name(d)}",
        "exchange": words.exchange_name(d),
    }
    who = words.either([name for actor, name in named.items() if actor in actors])
    return f"Nothing is wrong on your side: this is for {who} to put right." if who else ""


def _decided(d: Diagnosis, fix: Fix | None) -> list[CauseResult]:
    return remaining(d, fix) if d.verdict == "same_fix" else list(d.causes[:1])


def _exposed(d: Diagnosis) -> str:
    kinds = {kind for kind, count in d.masked.kinds.items() if count}
    parts = []
    if kinds & _EXPOSING:
        parts.append(
            "Important: your message contained a secret value of an API key, and others may have read it. "
            f"That key must be deleted on {words.exchange_name(d)}, and a new one made."
        )
    if "password" in kinds:
        parts.append("Your message contained a password: please change it wherever you use it.")
    if parts:
        parts.append("Please never send a secret, passphrase or password to anyone, not even to us.")
    return " ".join(parts)


def _sentences(fix: Fix | None, *, note: bool) -> tuple[str, ...]:
    return tuple(words.sentence(one.text) for one in cautions(fix, note=note)) if fix else ()


def _lead(d: Diagnosis, fix: Fix | None) -> str:
    if fix is None:
        return ""
    if any(step.actor not in {*_readers(d, fix), "agent"} for step in fix.steps):
        return "Your part in this:"
    return "What to do:" if d.verdict != "ambiguous" else "What to try first:"


def _choices(ask: Ask | None) -> tuple[str, ...]:
    """The possible answers, where they are more than yes and no."""
    labels = [outcome.label for outcome in ask.outcomes if outcome.id != "unknown"] if ask else []
    return () if {label.lower() for label in labels} <= _PLAIN_ANSWERS else tuple(labels)


def _closing(d: Diagnosis, ask: Ask | None) -> str:
    if d.verdict == "unknown" or not d.causes:
        also = "Please send us also" if ask else "Please send us"
        return f"{also} the error message word for word. Leave out keys, secrets and passphrases."
    return "Your answer tells us what to do next." if ask and d.verdict in _OPEN else ""
