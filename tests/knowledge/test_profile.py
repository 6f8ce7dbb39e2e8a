"""Profiles become flat facts."""

from __future__ import annotations

from keymedic.knowledge.profile import flatten


def test_paths_become_names_and_lists_become_several_values() -> None:
    facts = flatten("exchange", {"ip": {"allowlist": "optional", "required_for": ["withdraw", "trade"]}})
    assert facts == {"exchange.ip.allowlist": ("optional",), "exchange.ip.required_for": ("withdraw", "trade")}


def test_notes_and_sources_are_no_facts() -> None:
    assert flatten("source", {"ip": {"policy": "fixed_list", "note": "Words.", "source": "docs"}}) == {
        "source.ip.policy": ("fixed_list",)
    }


def test_permissions_name_the_labels_that_allow_a_need() -> None:
    labels = [{"label": "General", "allows": ["read"]}, {"label": "Spot", "allows": ["read", "trade_spot"]}]
    assert flatten("exchange", {"permissions": labels}) == {
        "exchange.permission.read": ("General", "Spot"),
        "exchange.permission.trade_spot": ("Spot",),
        "exchange.permission.trade": ("Spot",),
    }


def test_permissions_of_a_source_stay_paths() -> None:
    assert flatten("source", {"permissions": {"required": ["read"], "forbidden": ["withdraw"]}}) == {
        "source.permissions.required": ("read",),
        "source.permissions.forbidden": ("withdraw",),
    }


def test_several_rules_of_expiry_give_all_their_values_once() -> None:
    rules = [{"days": 30, "idle": True}, {"days": 90, "idle": True}]
    assert flatten("exchange", {"expiry": rules}) == {
        "exchange.expiry.days": (30, 90),
        "exchange.expiry.idle": (True,),
    }


def test_nothing_gives_nothing_and_null_is_no_value() -> None:
    assert flatten("exchange", {}) == {}
    assert flatten("exchange", {"ip": {"label": None}, "permissions": [], "rules": [{"fact": "x"}]}) == {}
