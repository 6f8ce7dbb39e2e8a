"""Texts with a value that an agent needs to read: ids, hashes, addresses, and prose about keys."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator

from benchmarks.masking import ALNUM, BASE58, HEX, Harmless, pick, uuid
from benchmarks.masking.shapes import NOISE

# {name} is the value that must survive.
HARMLESS_LINES = (
    '"client_id": "{uuid}", "side": "BUY"',
    '"orderClientId": "{uuid}"',
    "order {uuid} not found",
    '{{"orderId": "{mongo_id}", "clientOid": "{uuid}"}}',
    "orderId={number}&symbol=BTCUSDT",
    "Order id: {mongo_id}",
    "cancelled order {mongo_id}",
    "client order id {client_order}",
    '"clientOrderId": "{client_order}"',
    "'newClientOrderId': '{client_order}'",
    "kraken order {kraken_order}",
    "txid ['{kraken_order}']",
    "request id: {uuid}",
    "x-request-id: {uuid}",
    '"traceId":"{hex32}"',
    "trace_id={hex32}",
    "requestId {hex32}",
    "correlation-id {uuid}",
    "CF-RAY: {ray}",
    "cf-ray {ray}",
    "X-Amzn-Trace-Id: {amzn}",
    "tx {tx}",
    "transaction hash {tx}",
    "txid: {hash64}",
    "tx hash {hash64} is confirmed",
    "block {hash64}",
    "https://etherscan.io/tx/{tx}",
    '"txHash":"{tx}"',
    "withdrawal went to {eth}",
    "deposit address {btc}",
    "my address {bech32}",
    "address: {tron}",
    "USDT (TRC20) to {tron}",
    "Solana wallet {solana}",
    '"walletAddress": "{eth}"',
    "walletAddress={eth}",
    "sent from {solana}",
    "commit {commit}",
    "git checkout {commit}",
    "at revision {short_commit}",
    "ghcr.io/bot@{digest}",
    "container {docker} exited",
    "image digest {digest}",
    "IP {ip} is not in the whitelist",
    "Invalid API-key, IP, or permissions for action, request ip: {ip}",
    "your current request IP is {ip} does not match IP whitelist",
    "Your IP address ({ip}) is not in the allowed list",
    "{time} ERROR AuthenticationError",
    "server time {stamp}",
    '"timestamp":{stamp}',
    "timestamp={stamp}&recvWindow=5000",
    "symbol {symbol} is unknown",
    "background: url(data:image/png;base64,{blob})",
    "[{uuid}] ERROR KucoinClient - KC-API-KEY not exists",
    "2024-01-01 10:00:00 [req-{uuid}] invalid api key",
    "API key invalid, request id {uuid}",
    "Invalid signature for order {uuid}",
    "api key error, trace {hex32}",
    "the key fails when I cancel order {number}",
    "Idempotency-Key: {uuid}",
    '"eventId":"{uuid}","error":"API key expired"',
    "position {uuid} closed, secret is fine",
    "account id {uuid}",
    "nonce: {stamp}",
    "uid {number}",
    "trade id {number}",
    '{{"code":"400003","msg":"KC-API-KEY not exists","id":"{uuid}"}}',
    "https://api.kucoin.com/api/v1/orders/{mongo_id}",
    "GET /api/v3/orders/{uuid} 401",
    'etag: "{hex32}"',
    "build {short_commit} of keymedic",
    "key_id missing in message {uuid}",
    "ref {hex32}",
    "orders:\n{uuid}\n{mongo_id}",
    "fills: {number}, {stamp}",
    "transfer {hash64} pending",
    "0x-hash of the deposit: {tx}",
    "session closed for order {client_order}",
)
HARMLESS_WORDS = (
    "my api key is invalid",
    "the secret is wrong",
    "passphrase is required",
    "key: not found",
    "API key expired",
    "secret key does not exist",
    "Invalid API-key, IP, or permissions for action.",
    'requires "apiKey" credential',
    "Apikey does not exist",
    "Header KC-API-KEY is missing",
    "my passphrase is correct",
    "my passphrase is the same",
    "the password is missing",
    "API-key format invalid.",
    "Signature for this request is not valid.",
    '{"code":"400003","msg":"KC-API-KEY not exists"}',
    '{"code":"50113","msg":"Invalid Sign"}',
    '{"label":"INVALID_KEY","message":"Invalid key provided"}',
    "EAPI:Invalid key",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "python-requests/2.31.0",
    "ccxt.base.errors.AuthenticationError: binance",
    "org.knowm.xchange.kucoin.dto.KucoinException: Invalid KC-API-SIGN",
    "com.binance.connector.client.exceptions.BinanceClientException",
    '  File "/usr/lib/python3.11/site-packages/ccxt/base/exchange.py", line 4412, in fetch',
    "key version 2, passphrase must be encrypted with HMAC-SHA256",
    "api_key=api_key, secret=api_secret, password=passphrase",
    "apiKey: process.env.API_KEY",
    "secret = os.environ['BINANCE_SECRET']",
    "client = Client(config.api_key, config.api_secret)",
    "KUCOIN_API_KEY=<masked>",
    "secret: ****",
    "passphrase: [REDACTED]",
    'apiKey: "YOUR_API_KEY"',
    "api_key=xxxxxxxxxxxxxxxx",
    "signature=<masked>",
    "key: ****Njk=",
    "the API secret has 64 characters",
    "Please enable 2FA before creating an API key",
    "password: required",
    "token USDT is delisted",
    "API key permissions: read, trade",
    "I changed my password 3 days ago",
    "keyboard interrupt",
    "The public key is an Ed25519 key",
    "API Key must be of length 64.",
    "apikey: digest invalid",
    "secret key: please check",
    "Cookie consent required",
    "Authorization header is missing",
    "Bearer token expired",
    "SignatureMethod=HmacSHA256&SignatureVersion=2",
    "KC-API-KEY-VERSION: 2",
    "X-BAPI-RECV-WINDOW: 5000",
    "session expired",
    "Access key not exist",
    "sign signature error",
    "No active API key found.",
    "code 2FA wrong",
    "passphrase is what I typed when I made the key",
    "Is the secret key shown again? No, only once.",
    "password (Passphrase) is different from the login password",
    "api key starts with mx0",
    "secret: null",
    '"secret": "", "apiKey": ""',
)


def harmless_values(rng: random.Random) -> dict[str, str]:
    """One fresh value of each kind that an agent needs to read."""
    day = f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return {
        "uuid": uuid(rng),
        "mongo_id": pick(rng, HEX, 24),
        "number": str(rng.randint(10**9, 10**19)),
        "hex32": pick(rng, HEX, 32),
        "tx": "0x" + pick(rng, HEX, 64),
        "hash64": pick(rng, HEX, 64),
        "commit": pick(rng, HEX, 40),
        "short_commit": pick(rng, HEX, 7),
        "eth": "0x" + pick(rng, HEX, 40),
        "btc": rng.choice("13") + pick(rng, BASE58, 33),
        "bech32": "bc1q" + pick(rng, "023456789acdefghjklmnpqrstuvwxyz", 38),
        "tron": "T" + pick(rng, BASE58, 33),
        "solana": rng.choice("123456789ABCDEFGHJ") + pick(rng, BASE58, 43),
        "kraken_order": "-".join(pick(rng, "ABCDEFGHJKLMNPQRSTUVWXYZ234567", n) for n in (6, 5, 6)),
        "client_order": rng.choice(["x-HNA2TXFJ", "web_", "ios_", "and_"]) + pick(rng, ALNUM, 22),
        "ray": pick(rng, HEX, 16) + "-FRA",
        "docker": pick(rng, HEX, 12),
        "digest": "sha256:" + pick(rng, HEX, 64),
        "ip": ".".join(str(rng.randint(1, 254)) for _ in range(4)),
        "time": f"{day}T10:22:31.{rng.randint(100, 999)}Z",
        "stamp": str(rng.randint(1_600_000_000_000, 1_799_999_999_999)),
        "amzn": f"Root=1-{pick(rng, HEX, 8)}-{pick(rng, HEX, 24)}",
        "blob": base64.b64encode(rng.randbytes(60)).decode(),
        "symbol": rng.choice(["BTC/USDT:USDT", "ETHUSDT_240628", "1000PEPEUSDT", "XBTUSD", "BTC-28JUN24-60000-C"]),
    }


def harmless(seed: int, count: int) -> Iterator[Harmless]:
    """`count` texts with a value that must stay readable (the whole text, when it is prose about keys)."""
    rng = random.Random(seed)
    lines = [*HARMLESS_LINES, *HARMLESS_WORDS]
    for number in range(count):
        line = lines[number % len(lines)]
        if line in HARMLESS_WORDS:
            yield Harmless(line, line, "words")
            continue
        values = harmless_values(rng)
        used = [name for name in values if "{" + name + "}" in line]
        text = line.format(**values)
        before, after = rng.choice(NOISE), rng.choice(NOISE)
        for name in used:
            yield Harmless(
                rng.choice(["{t}", "{b}\n{t}", "{t}\n{a}"]).format(t=text, b=before, a=after), values[name], name
            )
