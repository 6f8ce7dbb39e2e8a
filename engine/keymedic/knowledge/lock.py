"""packs.lock: version, meaning, prose and symptoms of every pack, so that nothing changes unnoticed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from keymedic.knowledge.changes import LEVELS, meaning, substance
from keymedic.knowledge.positions import Document
from keymedic.knowledge.problems import Problem

NAME = "packs.lock"
_HEAD = "# Written by `keymedic packs lock`. Version, hash of meaning, hash of prose and symptoms of every pack.\n"


class Locked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the lock keeps of one pack."""

    version: str
    meaning: str
    prose: str
    symptoms: tuple[str, ...] = ()
    """Ids that must not vanish; a derived pack promises none."""
    derived: bool = False


Lock = dict[str, Locked]


def lock(documents: Mapping[str, Document]) -> Lock:
    """The lock of these packs."""
    return {name: _locked(document.data) for name, document in sorted(documents.items())}


def dump(locked: Lock) -> str:
    """The text of the file: one line a pack."""
    lines = (f"{json.dumps(name)}: {msgspec.json.encode(item).decode()}" for name, item in locked.items())
    return _HEAD + "{\n" + ",\n".join(lines) + "\n}\n"


def parse(text: str, name: str) -> Lock:
    """A lock from its text. Raises ValueError naming the file."""
    try:
        return msgspec.json.decode(text.removeprefix(_HEAD), type=Lock)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{name}: this is no lock of packs ({error})") from None


def read(path: Path) -> Lock:
    """The lock in a file; empty where there is none, or none that can be read."""
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, ValueError):
        return {}


def holds(locked: Lock, data: Mapping[str, Any]) -> bool:
    """Whether a pack is exactly as the lock knows it."""
    name = data.get("pack")
    return isinstance(name, str) and name in locked and locked[name] == _locked(data)


def check(locked: Lock, documents: Mapping[str, Document], path: Path) -> list[Problem]:
    """What is not allowed to have happened since the lock was written, at the place that must be mended.

    A changed pack has a new version, high enough for what changed. A symptom that is gone stays as a deprecated one
    with reason and successor, and so does a pack, unless it was derived.
    """
    problems = []
    for name, document in documents.items():
        if name in locked:
            problems += _changed(locked[name], document)
    for name in [name for name, item in locked.items() if name not in documents and not item.derived]:
        mend = "keep it with `status: deprecated`, reason and successor"
        problems.append(Problem(file=str(path), line=1, col=1, what=f"the pack {name} is gone", mend=mend))
    return problems


def _changed(old: Locked, document: Document) -> list[Problem]:
    new = _locked(document.data)
    if new == old:
        return []
    problems = [
        document.problem(
            ("symptoms",),
            f"the symptom {symptom} is gone",
            "keep it with `deprecated: {reason: ..., successor: ...}`",
        )
        for symptom in old.symptoms
        if symptom not in new.symptoms
    ]
    wanted = needed(old, new)
    if version(new.version) < version(wanted):
        what = f"{document.data['pack']} changed since version {old.version}"
        problems.append(document.problem(("version",), what, f"set the version to {wanted} or higher"))
    return problems


def needed(old: Locked, new: Locked) -> str:
    """The lowest version that a pack with these changes may bear."""
    if (old.meaning, old.prose, old.symptoms) == (new.meaning, new.prose, new.symptoms):
        return old.version
    gone = set(old.symptoms) - set(new.symptoms)
    level = "major" if gone else "patch" if old.meaning == new.meaning else "minor"
    return bumped(old.version, level)


def bumped(version_: str, level: str) -> str:
    """The next version of a level of LEVELS."""
    parts = version(version_)
    place = len(LEVELS) - 1 - LEVELS.index(level)
    return ".".join(str(n) for n in (*parts[:place], parts[place] + 1, *[0] * (2 - place)))


def version(text: str) -> tuple[int, ...]:
    """A version as numbers that compare."""
    return tuple(int(part) for part in text.split("."))


def _locked(data: Mapping[str, Any]) -> Locked:
    rest = substance(data)
    derived = data["status"] == "derived"
    ids = () if derived else tuple(item["id"] for item in data.get("symptoms", ()))
    return Locked(str(data["version"]), _digest(meaning(rest)), _digest(rest), ids, derived)


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def with_version(text: str, version_: str) -> str:
    """A pack file's text with another version."""
    return re.sub(r"(?m)^version:.*$", f"version: {version_}", text, count=1)
