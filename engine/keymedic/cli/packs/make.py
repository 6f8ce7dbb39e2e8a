"""`keymedic packs new`, `keymedic packs derive` and `keymedic packs reference`."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keymedic import paths
from keymedic.cli import common
from keymedic.errors import Unusable

KINDS = ("exchange", "source")
_DERIVED = "derived"


def add_new(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `new`."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="KIND ID",
        help="exchange or source, and the id of the pack; for an exchange ccxt's id where there is one",
    )
    parser.add_argument(
        "--from-cluster",
        nargs="+",
        metavar=("FILE", "UID"),
        help="unknowns.jsonl of a triage: begin with the draft of a cluster of unknown messages; kind and id come from "
        "the cluster where it names them; for an exchange or tool that is known, write a pack that stands beside it",
    )
    parser.add_argument("--cluster", metavar="UID", help="which cluster (default: the most frequent one)")
    parser.add_argument("--out", metavar="FILE", help="where to write it (default: ID.yaml here)")
    common.add_rules(parser)
    parser.set_defaults(run=_new)


def add_derive(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `derive`."""
    parser.add_argument("--out", metavar="DIR", help="where to write (default: rules/exchanges/derived)")
    parser.add_argument("--check", action="store_true", help="write nothing, complain when a pack is not up to date")
    parser.set_defaults(run=_derive)


def add_reference(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `reference`."""
    parser.add_argument("--out", metavar="DIR", default="docs/knowledge", help="where to write (default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="write nothing, complain when a page is not up to date")
    parser.set_defaults(run=_reference)


def _new(arguments: argparse.Namespace) -> int:
    from keymedic.cli.packs import cluster
    from keymedic.knowledge import scaffold

    schema = (paths.schema() / "pack.schema.json").resolve().as_uri()
    today = datetime.date.today().isoformat()
    try:
        if arguments.from_cluster:
            name, text, hint = cluster.pack(arguments, today, schema)
        else:
            kind, name = _named(arguments.words)
            text, hint = scaffold.new(kind, name, today, schema), ""
    except ValueError as error:
        raise Unusable(str(error)) from None
    path = Path(arguments.out or f"{name}.yaml")
    if path.exists():
        raise Unusable(f"{path}: there is a file of this name already")
    common.write_file(path, text)
    print(f"{path} written: fill in what says TODO, then `keymedic packs check {path}`{hint}")
    return 0


def _named(words: Sequence[str]) -> tuple[str, str]:
    """Kind and id of a new pack."""
    if len(words) != 2 or words[0] not in KINDS:
        raise Unusable("say what the pack is about and its id: `keymedic packs new exchange acme` or `source acme`")
    return words[0], words[1]


def _derive(arguments: argparse.Namespace) -> int:
    from keymedic.knowledge import derive

    built_in = paths.rules() / "exchanges" / _DERIVED
    folder = Path(arguments.out) if arguments.out else built_in
    packs = _derived(folder, [built_in, folder])
    stale = [pack for pack in packs if pack.state != "unchanged"]
    if not arguments.check:
        for pack in stale:
            path = folder / f"{pack.id}.yaml"
            if pack.text:
                common.write_file(path, pack.text)
            else:
                path.unlink()
    for line in derive.report(packs):
        print(line)
    return 2 if arguments.check and stale else 0


def _derived(folder: Path, derived: list[Path]) -> list[Any]:
    """The packs that the installed ccxt gives, compared with those in the folder. derived: folders of derived packs,
    which take no exchange."""
    from keymedic.knowledge import derive
    from keymedic.knowledge.load import files, read_all

    try:
        import ccxt
    except ImportError:
        raise Unusable("ccxt is not installed: install keymedic[probe]") from None
    read = read_all(path for path in files([paths.rules()]) if not any(place in path.parents for place in derived))
    written = [doc.data for doc in read.packs.values()]
    if read.problems or not written:
        raise Unusable("the packs cannot be used: see `keymedic packs check`")
    old = read_all(files([folder])).packs if folder.is_dir() else {}
    exchanges = [data for data in written if data["kind"] == "exchange"]
    today = datetime.date.today().isoformat()
    return derive.derive(ccxt, exchanges, {name: doc.data for name, doc in old.items()}, today)


def _reference(arguments: argparse.Namespace) -> int:
    from keymedic.knowledge.load import library
    from keymedic.report import reference

    folder = Path(arguments.out)
    pages = reference.pages(library([paths.rules()]))
    known = {path.relative_to(folder).as_posix(): common.read_file(str(path)) for path in sorted(folder.rglob("*.md"))}
    if known and reference.MARK not in known.get("README.md", ""):
        raise Unusable(f"{folder}: there are other pages in it: name a folder for the reference alone")
    stale = [name for name in pages if known.get(name) != pages[name]]
    lost = [name for name in known if name not in pages]
    if arguments.check:
        for name in [*stale, *lost]:
            print(f"{folder / name}:1:1: it does not fit the packs: run `keymedic packs reference`")
        return 2 if stale or lost else 0
    for name in stale:
        common.write_file(folder / name, pages[name])
    for name in lost:
        (folder / name).unlink()
    print(f"{len(pages)} pages in {folder}, {len(stale)} written, {len(lost)} removed", file=sys.stderr)
    return 0
