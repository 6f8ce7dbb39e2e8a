"""A pack's profile as flat facts: {ip: {policy: no_fixed_ip}} of a source -> source.ip.policy = no_fixed_ip."""

from __future__ import annotations

from typing import Any

from keymedic.model import Scalar

_PROSE = frozenset({"source", "note", "check_order_source"})
Facts = dict[str, tuple[Scalar, ...]]


def flatten(kind: str, profile: dict[str, Any]) -> Facts:
    """Facts of a profile, named `exchange.PATH` or `source.PATH`; lists become several values of one fact.

    Permissions also give `exchange.permission.NEED` = the labels that allow it, so that step texts can name them.
    """
    facts: dict[str, list[Scalar]] = {}
    _walk(kind, {k: v for k, v in profile.items() if k not in {"permissions", "expiry", "rules"}}, facts)
    permissions = profile.get("permissions")
    if isinstance(permissions, dict):
        _walk(f"{kind}.permissions", permissions, facts)
    elif permissions:
        _permissions(kind, permissions, facts)
    for rule in profile.get("expiry", ()):
        _walk(f"{kind}.expiry", rule, facts)
    return {name: tuple(dict.fromkeys(values)) for name, values in facts.items()}


def _walk(name: str, value: Any, facts: dict[str, list[Scalar]]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in _PROSE:
                _walk(f"{name}.{key}", inner, facts)
    elif isinstance(value, list):
        for inner in value:
            _walk(name, inner, facts)
    elif value is not None:
        facts.setdefault(name, []).append(value)


def _permissions(kind: str, permissions: list[dict[str, Any]], facts: dict[str, list[Scalar]]) -> None:
    for permission in permissions:
        label = permission["label"]
        for need in permission["allows"]:
            facts.setdefault(f"{kind}.permission.{need}", []).append(label)
            if need.startswith("trade_"):
                facts.setdefault(f"{kind}.permission.trade", []).append(label)
