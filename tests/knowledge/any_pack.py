"""Valid packs of any content, for tests of what must hold for every pack."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.knowledge.tiny import HEAD, Data

CAUSES = st.sampled_from(["key.invalid", "key.deleted", "unknown"])
WORDS = st.sampled_from(["weak", "moderate", "strong", "certain"])
WEIGHTS = st.dictionaries(CAUSES, WORDS, max_size=2)
SENTENCES = st.text("abc é", min_size=10, max_size=14)
NAMES = st.sampled_from(["one", "two", "three"])
CONDITIONS = st.sampled_from([{"exchange": "acme"}, {"source": True}, {"none": [{"indicated": "key.invalid"}]}])
VERSIONS = st.builds("{}.{}.{}".format, *[st.integers(0, 12)] * 3)

_PLAIN = st.one_of(
    st.fixed_dictionaries({"text": SENTENCES}),
    st.fixed_dictionaries({"code": st.integers(100, 999)}),
    st.fixed_dictionaries({"status": st.integers(400, 403), "exception": NAMES}),
)
_JOINTS = st.sampled_from(["all", "any", "none"])
MATCHES = st.recursive(
    _PLAIN, lambda inner: st.dictionaries(_JOINTS, st.lists(inner, min_size=1), min_size=1), max_leaves=4
)


def _optional(required: Data, **optional: SearchStrategy[object]) -> SearchStrategy[Data]:
    return st.fixed_dictionaries(required, optional=optional)


SYMPTOMS = _optional(
    {
        "id": NAMES.map("acme.{}".format),
        "title": SENTENCES,
        "match": MATCHES,
        "examples": st.just(["an example"]),
        "counterexamples": st.lists(SENTENCES, min_size=1, max_size=2),
        "source": st.just("docs"),
    },
    means=SENTENCES,
    indicates=WEIGHTS,
    against=WEIGHTS,
    generic=st.booleans(),
    scope=st.sampled_from(["anywhere", "pack"]),
    deprecated=st.just({"reason": "It is no longer sent.", "successor": "acme.one"}),
)
STEPS = _optional({"text": SENTENCES}, menu=SENTENCES, when=CONDITIONS, caution=SENTENCES, danger=st.booleans())
PROCEDURES = _optional(
    {"title": SENTENCES, "steps": st.lists(STEPS, min_size=1, max_size=2), "source": st.just("docs")}, verify=SENTENCES
)
OUTCOMES = _optional({}, label=SENTENCES, indicates=WEIGHTS, against=WEIGHTS)
QUESTIONS = _optional(
    {
        "id": NAMES.map("acme.{}".format),
        "text": SENTENCES,
        "cost": st.sampled_from(["knows", "looks"]),
        "outcomes": st.fixed_dictionaries({"yes": OUTCOMES, "no": OUTCOMES}),
    },
    when=CONDITIONS,
)


def _named(items: SearchStrategy[Data]) -> SearchStrategy[list[Data]]:
    return st.lists(items, unique_by=lambda item: str(item["id"]), max_size=3)


PACKS: SearchStrategy[Data] = _optional(
    {
        **{key: st.just(value) for key, value in HEAD.items()},
        "version": VERSIONS,
        "pack": st.just("acme"),
        "kind": st.just("exchange"),
        "name": SENTENCES,
        "status": st.sampled_from(["draft", "tested", "derived", "deprecated"]),
    },
    sources=st.dictionaries(NAMES, st.sampled_from(["https://example.org/a", "https://example.org/b"])),
    recognise=_optional({}, words=st.just(["acme"]), hosts=st.just(["acme.example"])),
    profile=_optional(
        {},
        ip=st.sampled_from([{"allowlist": "none", "source": "docs"}, {"allowlist": "optional", "note": "A note."}]),
        permissions=st.just([{"label": "Read", "allows": ["read"], "source": "docs"}]),
    ),
    lifecycle=st.just({"state": "closing", "date": "2027-01-01", "source": "docs"}),
    deprecated=_optional({"reason": SENTENCES}, successor=st.just("other")),
    extends=st.just("other"),
    priors=st.dictionaries(CAUSES, st.integers(-20, 20)),
    symptoms=_named(SYMPTOMS),
    procedures=st.dictionaries(NAMES, PROCEDURES, max_size=2),
    questions=_named(QUESTIONS),
)
