"""`keymedic packs new --from-cluster`: a pack that begins with the draft of a cluster of unknown messages."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keymedic.cli import common
from keymedic.errors import Unusable

if TYPE_CHECKING:
    from keymedic.knowledge.store import Knowledge
    from keymedic.triage.records import Unknown

_KINDS = ("exchange", "source")
_FILE = "unknowns.jsonl"
_UID = re.compile(r"u-\w*\Z")
_SHOWN = 10


def pack(arguments: argparse.Namespace, today: str, schema: str) -> tuple[str, str, str]:
    """Id and text of the new pack, and a hint where to put it. Raises ValueError for an id that no pack may bear."""
    from keymedic.knowledge import scaffold

    file, *more = arguments.from_cluster
    kind, name, uid = _words([*arguments.words, *more])
    unknown = _chosen(_read(file), arguments.cluster or uid, file)
    knowledge = common.knowledge(arguments)
    kind, name = _meant(unknown, kind, name, knowledge)
    of = knowledge.resolve(kind, name) or ""
    own = _free(f"{of}-local", arguments.out, knowledge) if of else name
    symptom = scaffold.symptom(_symptom(unknown, own, file))
    if of:
        text = scaffold.beside(own, kind, of, knowledge.head(of).name, today, schema, symptom)
        hint = f", and move it to the folder of your own rules: it stands beside {of}"
    else:
        text, hint = scaffold.new(kind, own, today, schema, symptom), ""
    _prove(text, unknown, file)
    return own, text, hint


def _words(words: list[str]) -> tuple[str, str, str]:
    """Kind, id and cluster among the words of the command, in this order; empty what is not said."""
    rest = list(words)
    kind = rest.pop(0) if rest and rest[0] in _KINDS else ""
    uid = next((word for word in rest if _UID.match(word)), "")
    names = [word for word in rest if word != uid]
    if len(names) > 1:
        raise Unusable(f"{' '.join(names)}: one id of a pack, please: see `keymedic packs new --help`")
    return kind, names[0] if names else "", uid


def _read(file: str) -> list[Unknown]:
    """The clusters of a file, or of a folder that a triage wrote."""
    import msgspec

    from keymedic.triage.records import Unknown

    path = Path(file) / _FILE if Path(file).is_dir() else Path(file)
    decoder = msgspec.json.Decoder(Unknown)
    found = []
    for number, line in enumerate(common.read_file(str(path)).split("\n"), 1):
        if line.strip():
            try:
                found.append(decoder.decode(line.encode("utf-8", "replace")))
            except msgspec.MsgspecError as error:
                raise Unusable(f"{path}:{number}: no cluster of a triage ({error}): name its {_FILE}") from None
    if not found:
        raise Unusable(f"{path}: there are no unknown messages in it")
    return found


def _chosen(found: list[Unknown], uid: str, file: str) -> Unknown:
    """The cluster that is asked for, else the most frequent one."""
    ordered = sorted(found, key=lambda one: -one.count)
    if not uid:
        return ordered[0]
    for one in ordered:
        if one.id == uid:
            return one
    known = "\n".join(f"  {one.id}  {one.count:>7} x  {_oneline(one.template)}" for one in ordered[:_SHOWN])
    more = f"\n  and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    raise Unusable(f"{file}: there is no cluster {uid!r}; there are\n{known}{more}")


def _oneline(text: str) -> str:
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


def _meant(unknown: Unknown, kind: str, name: str, knowledge: Knowledge) -> tuple[str, str]:
    """Kind and id, from the cluster and the packs where they are not said."""
    named = {"exchange": unknown.exchange, "source": unknown.source}
    if not name:
        for each in [kind] if kind else _KINDS:
            if place := named[each]:
                return each, place.id
        what = f"no {kind}" if kind else "neither an exchange nor a tool"
        example = f"`keymedic packs new {kind or 'exchange'} ID --from-cluster ...`"
        raise Unusable(f"the cluster {unknown.id} names {what}: say which one is meant: {example}")
    known = [each for each in _KINDS if knowledge.resolve(each, name)]
    if kind in known or (kind and not known):
        return kind, name
    if kind:
        raise Unusable(f"{name} is known as {_KINDS[kind == 'exchange']}, not as {kind}: say {known[0]}, or another id")
    said = known or [each for each in _KINDS if (place := named[each]) and place.id == name]
    if said:
        return said[0], name
    raise Unusable(f"say what {name} is: `exchange {name}` or `source {name}`")


def _free(name: str, out: str | None, knowledge: Knowledge) -> str:
    """The id, or with the first number behind it that no pack and no file here has."""
    taken = {*knowledge.index.heads, *_beside_ids(out)}
    names = (f"{name}-{number}" if number > 1 else name for number in range(1, len(taken) + 1_000))
    return next(each for each in names if each not in taken and (out or not Path(f"{each}.yaml").exists()))


def _beside_ids(out: str | None) -> Iterable[str]:
    """Ids of the packs in the folder that the new one is written to by name; of a working folder only names count."""
    from keymedic.knowledge.load import read_all

    return read_all(sorted(Path(out).parent.glob("*.yaml"))).packs if out else ()


def _symptom(unknown: Unknown, name: str, file: str) -> dict[str, Any]:
    """The symptom of a draft, under another pack's id."""
    from keymedic.knowledge import positions
    from keymedic.knowledge.problems import PackError

    try:
        data = positions.read(unknown.draft, file).data
        return {**data[0], "id": f"{name}.{data[0]['id'].partition('.')[2]}", "source": "docs"}
    except (PackError, LookupError, TypeError, AttributeError):
        raise _damaged(unknown, file) from None


def _prove(text: str, unknown: Unknown, file: str) -> None:
    """A draft that somebody changed may not fit into a pack."""
    from keymedic.knowledge import positions, schema_check
    from keymedic.knowledge.problems import PackError

    try:
        if not schema_check.check(positions.read(text, file)):
            return
    except PackError:
        pass
    raise _damaged(unknown, file)


def _damaged(unknown: Unknown, file: str) -> Unusable:
    return Unusable(f"{file}: the draft of {unknown.id} is no symptom: run the triage again")
