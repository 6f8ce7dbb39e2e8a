"""Messages that look like trouble with a key and match no rule: alike ones together, each with a drafted symptom.

After Drain (He and others, 2017): a tree of fixed depth leads to the few clusters that a message is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import msgspec

from keymedic.intake.fields import extract
from keymedic.triage.meaning.draft import draft
from keymedic.triage.meaning.telling import ANY, STEM, codes, generalised, is_word, telling, tokens
from keymedic.triage.records import Named, Sample, Unknown
from keymedic.triage.scanning import stamps

MOST = 10_000
"""Candidates that are compared with each other; the rarer ones beyond are told apart by their length only."""
ALIKE = 0.6
"""Share of equal words from which on two messages are one."""
SAMPLES = 3
_COMPARED = 50
_HALF = 4_096

_FAILED = re.compile(
    r"error|exception|fail(?:ed|ure|s|ing)?\b|\berr\b|fatal|critical|severe|\bcrit\b|\bwarn(?:ing)?\b|panic|失败|错误|エラー|실패"
    r"|\"level\"\s*:\s*(?:40|50|60)\b",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"invalid|incorrect|\bwrong\b|\bbad\b|mismatch|reject|refus|denied|\bdeny|forbidden|un-?authori[sz]ed|expired|revoked"
    r"|not (?:authori[sz]ed|allowed|permitted|valid|enabled|whitelisted|match)|no permission|blocked|banned|frozen"
    r"|suspended|locked out|illegal|无效|拒绝|过期|没有权限|不正|무효",
    re.IGNORECASE,
)
_LACKING = re.compile(
    r"missing|required|unknown|\black|without|cannot|can't|could not|unable|does(?: not|n't)|insufficient"
    r"|not found|\bno\b",
    re.IGNORECASE,
)
"""Signs of failure, but for a record that its own level calls harmless."""
_QUIET = re.compile(
    r"^[^\n]{0,120}?(?:\b(?:INFO|DEBUG|TRACE|NOTICE)\b"
    r"|\"?(?:level|severity|levelname|lvl)\"?\s*[:=]\s*\"?(?i:info|debug|trace|notice|10|20|30)\b)"
)
_VALUES = re.compile(
    r"[?&][\w.-]{1,60}=[^\s&\"'<>]*(?:<[a-z][a-z -]{0,30} \d+>)?"
    r"|(?<![\w-])[\w-]{1,60}\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?<[a-z][a-z -]{0,30} \d+>"
    r"|\"(?:errors?|err|exception)\"\s*:\s*(?:null|\[\s*\]|\"\"|0|false|\{\s*\})"
    r"|\b(?:no|0|without(?: an?)?) (?:error|exception|failure)s?\b|\b(?:errors?|failed|failures?)\s?[=:]\s?0\b",
    re.IGNORECASE,
)
"""Parameters and headers of a request, which name signatures and keys in any trouble, and failures that are none."""
_ORDINARY = re.compile(
    r"(?:connection |request )?(?:timed? ?out|timeout)|insufficient (?:funds|balance|margin)"
    r"|orders? (?:was |is )?rejected|rate limit\w*|too many requests"
    r"|connection (?:reset|refused|aborted)|ECONN\w+|ETIMEDOUT|service unavailable"
    r"|temporar\w+ unavailable|maintenance|bad gateway|min(?:imum)?[_ ]notional|lot[_ ]size|(?:bad|invalid) symbol",
    re.IGNORECASE,
)
_VERB = r"(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)"
_OWN_SERVER = re.compile(
    rf"\"{_VERB} /[^\s\"]* HTTP/[\d.]+\""
    rf"|\b{_VERB} /(?:[^\s\"?]{{0,80}}/)?(?:log-?in|sign-?in|sessions?|admin|wp-[\w.-]+)\b"
    r"|\b(?:Unauthorized|Forbidden)(?: \([^)\n]{0,80}\))?: /"
    r"|\b(?:sshd|sudo|su|crond?|pam_unix|systemd-logind|dovecot|postfix|vsftpd|polkitd|auditd|fail2ban|kernel|gpg-agent"
    r"|apt|snapd|named|systemd[\w-]*)(?:\[\d+\])?[:(]|apparmor|selinux|\bGPG error|polkit"
    r"|failed password|invalid user|failed login|login attempt|login failed for|password authentication failed"
    r"|publickey|\bEACCES\b|\bEPERM\b|errno 13\b|\(13: "
    r"|permission denied:? ?[\"'(]{0,2}/|/[\w.-]+[\"']?:? permission denied"
    r"|permission denied for (?:table|relation|schema|database)|\brelation \"|\bSTATEMENT: |slow query|jsonwebtoken",
    re.IGNORECASE,
)
"""What somebody wanted at the server that wrote the log, or on its disk."""
_CALLED = re.compile(rf"https?://[^\s\"]+ \"{_VERB} ")
"""How urllib3 logs a request of its own."""
_SERVICES = re.compile(
    r"psycopg|asyncpg|sqlalchemy|mysql|postgres|redis|mongo|NOAUTH|amqp|rabbitmq|smtp|\bimap|ldap|telegram|discord|slack"
    r"|botocore|kubelet|sentry|kafka|sasl|zookeeper|SQLException|using password|pull access|docker\.io|x509",
    re.IGNORECASE,
)
_KEYS = re.compile(r"api[ _-]?key|api[ _-]?sign|signature|passphrase|white-?list|\bnonce\b", re.IGNORECASE)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Events with the same message that no rule knows. `text` is masked; times in milliseconds since 1970; `workers`:
    how many different ones it was seen at."""

    message: int
    text: str
    count: int
    first: int | None
    last: int | None
    workers: int
    exchange: Named | None
    source: Named | None
    samples: tuple[Sample, ...]


class _Line(msgspec.Struct, frozen=True):
    candidate: Candidate
    said: str
    tokens: tuple[str, ...]


class _Cluster(msgspec.Struct):
    template: list[str]
    lines: list[_Line]


Key = tuple[object, ...]


def looks_like_one(text: str) -> bool:
    """Whether an event (masked, of one or several lines) looks like an exchange refusing a key, a signature, a
    permission, an address or an account."""
    if len(text) > 2 * _HALF:
        text = f"{text[:_HALF]}\n{text[-_HALF:]}"
    said = _VALUES.sub(" ", text)
    if not (STEM.search(said) or _refused_by_status(text)) or _elsewhere(said):
        return False
    rest = _ORDINARY.sub(" ", said)
    if rest != said:
        return bool(_REFUSED.search(rest) and STEM.search(rest))
    if _FAILED.search(said) or _REFUSED.search(said):
        return True
    return bool(_LACKING.search(said)) and not _QUIET.search(said)


def clusters(candidates: Sequence[Candidate]) -> tuple[Unknown, ...]:
    """The candidates, alike ones together; most frequent first. The order of the candidates plays no part."""
    ordered = sorted(candidates, key=lambda one: (-one.count, _order(one)))
    lines = sorted(map(_read, ordered[:MOST]), key=lambda line: _order(line.candidate))
    rest = sorted(map(_read, ordered[MOST:]), key=lambda line: _order(line.candidate))
    found = _as_unknown([*_tree(lines), *_by_length(rest)])
    return tuple(sorted(found, key=lambda one: (-one.count, one.template, one.id)))


def _refused_by_status(text: str) -> bool:
    return ("401" in text or "403" in text) and not {401, 403}.isdisjoint(extract(text, {}).statuses)


def _elsewhere(said: str) -> bool:
    """Whether it happened at our own server, on its disk, or at a service that is no exchange."""
    if _OWN_SERVER.search(said) and not _CALLED.search(said):
        return True
    return bool(_SERVICES.search(said)) and not _KEYS.search(said)


def _order(one: Candidate) -> Key:
    times = tuple(-1 if time is None else time for time in (one.first, one.last))
    samples = tuple((sample.file, sample.line, sample.text) for sample in one.samples)
    return one.text, one.count, _where(one), times, one.workers, one.message, samples


def _where(one: Candidate) -> tuple[str, str]:
    return one.exchange.id if one.exchange else "", one.source.id if one.source else ""


def _read(one: Candidate) -> _Line:
    said = telling(one.text)
    return _Line(one, said, tokens(generalised(said)))


def _tree(lines: Iterable[_Line]) -> list[_Cluster]:
    """What speaks of different things, or bears different codes, never comes together."""
    leaves: dict[Key, list[_Cluster]] = {}
    same: dict[Key, _Cluster] = {}
    for line in lines:
        where = _where(line.candidate)
        known = same.get((where, line.tokens))
        if known is None:
            about = tuple(hit.lower() for hit in STEM.findall(line.said)[:4])
            first = next((token for token in line.tokens if is_word(token)), "")
            leaf = leaves.setdefault((where, codes(line.said), about, len(line.tokens), first), [])
            known = _most_alike(leaf[-_COMPARED:], line.tokens)
            if known is None:
                known = _Cluster(list(line.tokens), [])
                leaf.append(known)
            same[where, line.tokens] = known
        _add(known, line)
    return [cluster for leaf in leaves.values() for cluster in leaf]


def _by_length(lines: Iterable[_Line]) -> list[_Cluster]:
    found: dict[Key, _Cluster] = {}
    for line in lines:
        _add(found.setdefault((_where(line.candidate), len(line.tokens)), _Cluster(list(line.tokens), [])), line)
    return list(found.values())


def _most_alike(leaf: Iterable[_Cluster], words: tuple[str, ...]) -> _Cluster | None:
    """The cluster that shares most words; None when all are too different."""
    places = [place for place, word in enumerate(words) if is_word(word)]
    best, most = None, ALIKE * len(places)
    for cluster in leaf:
        equal = sum(cluster.template[place] == words[place] for place in places)
        if equal >= most and (best is None or equal > most):
            best, most = cluster, equal
    return best


def _add(cluster: _Cluster, line: _Line) -> None:
    cluster.lines.append(line)
    for place, word in enumerate(line.tokens):
        if cluster.template[place] != word:
            cluster.template[place] = ANY


def _as_unknown(found: Iterable[_Cluster]) -> list[Unknown]:
    """One record for each exchange, tool and template."""
    grouped: dict[tuple[str, str, str], list[_Line]] = {}
    for cluster in found:
        where = _where(cluster.lines[0].candidate)
        grouped.setdefault((*where, generalised("".join(cluster.template))), []).extend(cluster.lines)
    taken: set[str] = set()
    result = []
    for key in sorted(grouped):
        name = next(name for name in map(_id, [key] * 99, range(99)) if name not in taken)
        taken.add(name)
        lines = sorted(grouped[key], key=lambda line: (-line.candidate.count, _order(line.candidate)))
        result.append(_unknown(name, key[2], lines))
    return result


def _id(key: tuple[str, str, str], turn: int) -> str:
    said = "\n".join((*key, str(turn)) if turn else key)
    return f"u-{blake2b(said.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"


def _unknown(name: str, template: str, lines: Sequence[_Line]) -> Unknown:
    """The record; `lines` most frequent first."""
    members = [line.candidate for line in lines]
    exchange, source = members[0].exchange, members[0].source
    times = [time for one in members for time in (one.first, one.last) if time is not None]
    ways = [one.samples for one in members]
    firsts = [samples[0] for samples in ways if samples] + [sample for samples in ways for sample in samples[1:]]
    place = exchange or source
    return Unknown(
        id=name,
        template=template,
        count=sum(one.count for one in members),
        first_seen=stamps.iso(min(times, default=None)),
        last_seen=stamps.iso(max(times, default=None)),
        exchange=exchange,
        source=source,
        workers=max(one.workers for one in members),
        samples=tuple(dict.fromkeys(firsts))[:SAMPLES],
        draft=draft(place.id if place else "", template, lines[0].said, coded=exchange is not None or source is None),
    )
