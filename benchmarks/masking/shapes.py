"""The register of shapes: how a credential may stand in a text."""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks.masking import Credential

Build = Callable[[random.Random, Credential], tuple[str, list[str]]]
SHAPES: dict[str, Build] = {}
KEY_NAMES = [
    "apiKey",
    "api_key",
    "API_KEY",
    "ApiKey",
    "API Key",
    "key",
    "Key",
    "access_key",
    "AccessKey",
    "api-key",
    "APIKEY",
]
SECRET_NAMES = [
    "secret",
    "apiSecret",
    "api_secret",
    "SECRET_KEY",
    "secretKey",
    "API Secret",
    "Secret",
    "secret-key",
    "privateKey",
]
PASS_NAMES = ["passphrase", "password", "apiPassphrase", "api_passphrase", "API_PASSWORD", "Passphrase", "PASSPHRASE"]
# What stands around a sample.
NOISE = (
    "2024-03-11 10:22:31,114 - freqtrade.exchange - ERROR - Could not get balance due to AuthenticationError",
    'kucoin {"code":"400003","msg":"KC-API-KEY not exists"}',
    'binance {"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}',
    "Hello, since yesterday the bot does not trade any more, can you help?",
    'ccxt.base.errors.AuthenticationError: okx {"msg":"Invalid OK-ACCESS-KEY","code":"50111"}',
    "HTTP/1.1 401 Unauthorized",
    "I already made new keys twice.",
    "{'error': ['EAPI:Invalid key']}",
    "Thanks, Maria",
    "",
)


def shape(build: Build) -> Build:
    """Register a shape under the name of its function."""
    SHAPES[build.__name__] = build
    return build


def names(rng: random.Random, cred: Credential) -> list[tuple[str, str]]:
    """Labels and values of a credential in one spelling each."""
    pairs = [(rng.choice(KEY_NAMES), cred.key), (rng.choice(SECRET_NAMES), cred.secret)]
    if cred.passphrase:
        pairs.append((rng.choice(PASS_NAMES), cred.passphrase))
    if rng.random() < 0.2:
        pairs.reverse()
    return pairs


def values(cred: Credential) -> list[str]:
    return [v for v in (cred.key, cred.secret, cred.passphrase) if v]


def flat(value: str) -> str:
    """A PEM written into one line with escapes; anything else unchanged."""
    return value.replace("\n", "\\n")
