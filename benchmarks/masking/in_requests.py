"""Shapes of HTTP requests: headers, queries, tokens, cookies."""

from __future__ import annotations

import base64
import json
import random
from urllib.parse import quote

from benchmarks.masking import ALNUM, BASE64, HEX, URLSAFE, Credential, passphrase, pick, uuid
from benchmarks.masking.shapes import shape, values

HEADER_STYLES = [
    ("KC-API-KEY", "KC-API-SIGN", "KC-API-PASSPHRASE"),
    ("OK-ACCESS-KEY", "OK-ACCESS-SIGN", "OK-ACCESS-PASSPHRASE"),
    ("CB-ACCESS-KEY", "CB-ACCESS-SIGN", "CB-ACCESS-PASSPHRASE"),
    ("ACCESS-KEY", "ACCESS-SIGN", "ACCESS-PASSPHRASE"),
    ("X-MBX-APIKEY", "X-Signature", "X-Passphrase"),
    ("API-Key", "API-Sign", "API-Pass"),
    ("api-key", "api-signature", "api-passphrase"),
    ("X-BAPI-API-KEY", "X-BAPI-SIGN", "x-password"),
    ("bfx-apikey", "bfx-signature", "passphrase"),
    ("Key", "Sign", "Passphrase"),
    ("X-GEMINI-APIKEY", "X-GEMINI-SIGNATURE", "password"),
    ("x-phemex-access-token", "x-phemex-request-signature", "passphrase"),
    ("X-BM-KEY", "X-BM-SIGN", "passphrase"),
    ("APIKey", "Authent", "passphrase"),
    ("Bitvavo-Access-Key", "Bitvavo-Access-Signature", "passphrase"),
]


def header_rows(rng: random.Random, cred: Credential) -> list[tuple[str, str]]:
    key, sign, phrase = rng.choice(HEADER_STYLES)
    signature = rng.choice(
        [pick(rng, HEX, 64), pick(rng, BASE64, 43) + "=", pick(rng, HEX, 128), pick(rng, BASE64, 86) + "=="]
    )
    rows = [(key, cred.key), (sign, signature)]
    if cred.passphrase:
        rows.append((phrase, cred.passphrase))
    return rows


@shape
def http_headers(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    rows = header_rows(rng, cred)
    lines = ["GET /api/v1/accounts HTTP/1.1", "Host: api.example-exchange.com"]
    lines += [f"{rng.choice([n, n, n.lower(), n.upper()])}:{rng.choice([' ', '', '  '])}{v}" for n, v in rows]
    return "\n".join([*lines, "Content-Type: application/json"]), [v for _, v in rows]


@shape
def header_dump(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    rows = header_rows(rng, cred)
    style = rng.randrange(4)
    if style == 0:
        text = f"request.headers = {dict(rows)}"
    elif style == 1:
        text = "headers: {\n" + "".join(f"    '{n}': '{v}',\n" for n, v in rows) + "  }"
    elif style == 2:
        text = "map[" + " ".join(f"{n.title()}:[{v}]" for n, v in rows) + "]"
    else:
        text = "send: b'GET /api HTTP/1.1\\r\\n" + "".join(f"{n}: {v}\\r\\n" for n, v in rows) + "\\r\\n'"
    return text, [v for _, v in rows]


@shape
def curl(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    rows = header_rows(rng, cred)
    if rng.random() < 0.25:
        return (
            f"curl -s -u {cred.key}:{rng.choice([uuid(rng), pick(rng, ALNUM, 32)])} https://api.hitbtc.com/api/3/spot/balance",
            [cred.key],
        )
    mark = rng.choice("\"'")
    return "curl -X GET " + " ".join(f"-H {mark}{n}: {v}{mark}" for n, v in rows) + " https://api.exchange.com/v1/x", [
        v for _, v in rows
    ]


@shape
def har(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    rows = header_rows(rng, cred)
    return json.dumps({"headers": [{"name": n, "value": v} for n, v in rows]}, indent=rng.choice([None, 2])), [
        v for _, v in rows
    ]


@shape
def query_string(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    signature = rng.choice(
        [pick(rng, HEX, 64), quote(pick(rng, BASE64, 43) + "=", safe=""), quote(pick(rng, BASE64, 86) + "==", safe="")]
    )
    key = quote(cred.key, safe=rng.choice(["", "/"]))
    text = rng.choice(
        [
            "https://api.huobi.pro/v1/order/orders?AccessKeyId={k}&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2024-01-01T00%3A00%3A00&Signature={s}",
            "401 Client Error: Unauthorized for url: https://api.binance.com/api/v3/account?apiKey={k}&timestamp=1700000000000&recvWindow=5000&signature={s}",
            "GET /v5/user/query-api?api_key={k}&timestamp=1700000000000&sign={s} 401",
            "https://api.lbkex.com/v2/supplement/user_info.do?api_key={k}&signature_method=HmacSHA256&sign={s}&timestamp=1700000000000",
        ]
    )
    return text.format(k=key, s=signature), [key, signature]


@shape
def form_body(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    rows = [
        ("nonce", "1700000000000"),
        ("api_key", cred.key),
        ("api_secret", cred.secret),
        ("passphrase", cred.passphrase),
        ("otp", str(rng.randint(100000, 999999))),
    ]
    body = "&".join(f"{n}={quote(v, safe='')}" for n, v in rows if v)
    secrets = [quote(v, safe="") for v in values(cred)]
    return rng.choice(["POST data: ", "body=", "--data '"]) + body, [*secrets, rows[-1][1]]


@shape
def bearer_jwt(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
    parts = [
        base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=")
        for p in ({"alg": "ES256", "kid": uuid(rng)}, {"sub": uuid(rng), "exp": rng.randint(1, 9**9)})
    ]
    token = (
        ".".join([*parts, pick(rng, URLSAFE, 86)]) if rng.random() < 0.7 else pick(rng, URLSAFE, rng.randint(30, 80))
    )
    text = rng.choice(
        [
            "Authorization: Bearer {t}",
            "'Authorization': 'Bearer {t}'",
            "authorization=Bearer {t}",
            '-H "Authorization: Bearer {t}"',
            '{{"access_token": "{t}"}}',
            "token: {t}",
        ]
    )
    return text.format(t=token), [token]


@shape
def basic_auth(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    blob = base64.b64encode(f"{cred.key}:{pick(rng, ALNUM, 20)}".encode()).decode()
    return rng.choice(["Authorization: Basic {b}", '"Authorization": "Basic {b}"', "authorization: HS256 {b}"]).format(
        b=blob
    ), [blob]


@shape
def cookies(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
    a, b = pick(rng, ALNUM, 32), pick(rng, URLSAFE, 44)
    text = rng.choice(
        [
            "Cookie: session={a}; cf_clearance={b}; lang=en",
            "'cookie': 'JSESSIONID={a}; token={b}'",
            "Set-Cookie: sid={a}; Path=/; HttpOnly\nSet-Cookie: __cf_bm={b}; path=/; Secure",
        ]
    )
    return text.format(a=a, b=b), [a, b]


@shape
def session_tokens(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
    value = pick(rng, ALNUM, rng.choice([32, 64]))
    return rng.choice(
        [
            '{{"listenKey": "{v}"}}',
            "refresh_token={v}&grant_type=refresh_token",
            "sessionid: {v}",
            "X-CSRF-Token: {v}",
            "session token is {v}",
            "access token: {v}",
        ]
    ).format(v=value), [value]


@shape
def bots_and_hooks(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
    token = f"{rng.randint(10**8, 10**10 - 1)}:AA{pick(rng, URLSAFE, 33)}"
    hook, slack = pick(rng, URLSAFE, 68), f"T{pick(rng, ALNUM, 8)}/B{pick(rng, ALNUM, 8)}/{pick(rng, ALNUM, 24)}"
    return rng.choice(
        [
            (f"https://api.telegram.org/bot{token}/sendMessage failed", [token]),
            (f'"telegram": {{"token": "{token}", "chat_id": "12345678"}}', [token]),
            (f"POST https://discord.com/api/webhooks/{rng.randint(10**17, 10**18)}/{hook} 404", [hook]),
            (f"https://hooks.slack.com/services/{slack}", [slack]),
        ]
    )


@shape
def userinfo_url(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
    word = passphrase(rng, special=False)
    return rng.choice(
        [
            "https://user:{w}@proxy.example.net:8080",
            "postgres://bot:{w}@10.0.0.4/trades",
            "redis://:{w}@localhost:6379/0",
            "socks5://max:{w}@198.51.100.7:1080",
        ]
    ).format(w=word), [word]
