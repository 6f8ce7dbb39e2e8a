"""`keymedic packs`: look at the rule packs, prove them, keep them true, make new ones."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from keymedic.cli import common
from keymedic.cli.packs import keep, look, make, prove

EXAMPLES = """\
  keymedic packs list                     every pack with version and size, and what local folders change
  keymedic packs show kucoin              what a pack knows
  keymedic packs show key.expired         what a cause, symptom or question means
  keymedic packs check                    all packs: form, names, patterns; warnings
  keymedic packs check my/pack.yaml       one file against all others
  keymedic packs test                     all examples and counterexamples
  keymedic packs test kucoin              those of one pack
  keymedic packs lock                     write packs.lock: what changed needs a new version
  keymedic packs lock --check             complain when it is not up to date
  keymedic packs diff OLD/rules           what changed since an older folder of packs, in words
  keymedic packs diff OLD NEW --cases cases.jsonl   and which diagnoses change with it
  keymedic packs new exchange acme        a pack to start from, in acme.yaml
  keymedic packs new --from-cluster OUT/unknowns.jsonl   one for messages that a triage did not know
  keymedic packs derive                   packs of the other exchanges of the installed ccxt
  keymedic packs reference                docs/knowledge, the packs as pages"""

_ACTIONS: tuple[tuple[str, Callable[[argparse.ArgumentParser], None], str], ...] = (
    ("list", look.add_list, "Every pack with version, status and number of symptoms."),
    ("show", look.add_show, "What a pack, symptom, cause or question says."),
    ("check", prove.add_check, "Form, names, patterns; every problem as file:line:col."),
    ("test", prove.add_test, "Run the packs' own examples and counterexamples, each against all packs."),
    ("lock", keep.add_lock, "Write or check packs.lock: a changed pack needs a new version."),
    ("diff", keep.add_diff, "What changed between two folders of packs, in words."),
    ("new", make.add_new, "A new pack to start from."),
    ("derive", make.add_derive, "Write packs for the exchanges that only ccxt knows."),
    ("reference", make.add_reference, "Write the knowledge reference from the packs."),
)


def configure(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "packs", "Look at, check, test and keep the rule packs.", EXAMPLES)
    names = "|".join(name for name, _, _ in _ACTIONS)
    actions = parser.add_subparsers(dest="action", metavar=names, required=True)
    for name, add, summary in _ACTIONS:
        add(common.command(actions, name, summary, _examples(name)))


def _examples(action: str) -> str:
    return "\n".join(line for line in EXAMPLES.splitlines() if f" packs {action}" in line)
