"""ccxt's exception classes as symptoms: what each says about the cause, carefully."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Class(NamedTuple):
    """One symptom: id within its pack, title, meaning, weights by cause."""

    id: str
    title: str
    means: str
    indicates: Mapping[str, str]
    generic: bool = False
    """Yields to whatever the text itself says."""


_ORDER = Class(
    "order",
    "Error of an order",
    "ccxt files this under errors of orders and amounts: the key was accepted.",
    {"not_key.order": "moderate"},
)
_OUTAGE = Class(
    "not_available",
    "Exchange not available",
    "ccxt files this under outages and maintenance.",
    {"exchange.outage": "moderate"},
)
_BUSY = Class("rate_limit", "Too many requests", "ccxt files this under rate limits.", {"rate_limit": "moderate"})

CLASSES: Mapping[str, Class] = {
    "AccountSuspended": Class(
        "account_suspended",
        "Account suspended",
        "ccxt files this under suspended accounts.",
        {"account.restricted": "moderate"},
    ),
    "AccountNotEnabled": Class(
        "account_not_enabled",
        "Account or product not enabled",
        "ccxt files this under accounts that were not opened or enabled.",
        {"account.not_opened": "moderate", "account.restricted": "weak"},
    ),
    "PermissionDenied": Class(
        "permission_denied",
        "Permission denied",
        "ccxt files this under missing permissions; an address that is not on the key's list can look the same.",
        {"permission.missing": "moderate", "ip.not_whitelisted": "weak", "account.restricted": "weak"},
        generic=True,
    ),
    "AuthenticationError": Class(
        "authentication_error",
        "Key, secret or signature refused",
        "ccxt files this under failed authentication, without telling which part of it failed.",
        {"key.invalid": "moderate", "secret.mismatch": "moderate", "key.deleted": "weak", "permission.missing": "weak"},
        generic=True,
    ),
    "InvalidNonce": Class(
        "invalid_nonce",
        "Timestamp or nonce refused",
        "ccxt files this under wrong timestamps and nonces.",
        {"clock.skew": "moderate", "nonce.conflict": "moderate"},
    ),
    "RestrictedLocation": Class(
        "restricted_location",
        "Country not served",
        "ccxt files this under restricted countries.",
        {"region.restricted": "moderate"},
    ),
    "DDoSProtection": _BUSY,
    "OnMaintenance": _OUTAGE,
    "ExchangeNotAvailable": _OUTAGE,
    "InsufficientFunds": _ORDER,
    "InvalidOrder": _ORDER,
    "BadSymbol": _ORDER,
    "MarketClosed": Class(
        "market_closed",
        "Market closed",
        "ccxt files this under closed markets.",
        {"market.restricted": "moderate", "not_key.order": "weak"},
    ),
    "InvalidAddress": Class(
        "address",
        "Address refused",
        "ccxt files this under withdrawal addresses.",
        {"withdraw.address_not_whitelisted": "weak", "not_key.order": "weak"},
    ),
    "BadRequest": Class(
        "bad_request",
        "Request refused as wrong",
        "ccxt files this under wrong or missing parameters.",
        {"client.bad_request": "moderate", "not_key.order": "weak"},
        generic=True,
    ),
}
"""By the name of the class; a class that is missing here counts as the nearest of its parents that is not."""
