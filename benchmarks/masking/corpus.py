# ruff: noqa: E501, ARG001 - one text a line; every shape has the same signature
"""Texts with planted credentials, by shape, and harmless texts. Deterministic for a seed."""

import base64
import json
import random
from collections.abc import Callable, Iterator
from urllib.parse import quote

from benchmarks.masking import (
    ALNUM,
    BASE64,
    FORMATS,
    HEX,
    URLSAFE,
    Credential,
    Harmless,
    Sample,
    credential,
    passphrase,
    pem,
    pick,
    uuid,
)  # fmt: skip

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
NOISE = [
    "2024-03-11 10:22:31,114 - freqtrade.exchange - ERROR - Could not get balance due to AuthenticationError",
    'kucoin {"code":"400003","msg":"KC-API-KEY not exists"}',
    'binance {"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}',
    "Hello, since yesterday the bot does not trade any more, can you help?",
    "ccxt.base.errors.AuthenticationError: okx {\"msg\":\"Invalid OK-ACCESS-KEY\",\"code\":\"50111\"}",
    "HTTP/1.1 401 Unauthorized", "I already made new keys twice.", "{'error': ['EAPI:Invalid key']}", "Thanks, Maria", "",
]  # fmt: skip


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


HEADER_STYLES = [
    ("KC-API-KEY", "KC-API-SIGN", "KC-API-PASSPHRASE"), ("OK-ACCESS-KEY", "OK-ACCESS-SIGN", "OK-ACCESS-PASSPHRASE"),
    ("CB-ACCESS-KEY", "CB-ACCESS-SIGN", "CB-ACCESS-PASSPHRASE"), ("ACCESS-KEY", "ACCESS-SIGN", "ACCESS-PASSPHRASE"),
    ("X-MBX-APIKEY", "X-Signature", "X-Passphrase"), ("API-Key", "API-Sign", "API-Pass"), ("api-key", "api-signature", "api-passphrase"),
    ("X-BAPI-API-KEY", "X-BAPI-SIGN", "x-password"), ("bfx-apikey", "bfx-signature", "passphrase"), ("Key", "Sign", "Passphrase"),
    ("X-GEMINI-APIKEY", "X-GEMINI-SIGNATURE", "password"), ("x-phemex-access-token", "x-phemex-request-signature", "passphrase"),
    ("X-BM-KEY", "X-BM-SIGN", "passphrase"), ("APIKey", "Authent", "passphrase"), ("Bitvavo-Access-Key", "Bitvavo-Access-Signature", "passphrase"),
]  # fmt: skip


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
def python_dict(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    items = ", ".join(f"'{n}': {v!r}" for n, v in names(rng, cred))
    return f"exchange = ccxt.binance({{{items}, 'enableRateLimit': True}})", values(cred)


@shape
def js_object(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    mark = rng.choice(["'", '"', "`"])
    rows = [("apiKey", cred.key), (rng.choice(["secret", "apiSecret"]), cred.secret)] + [
        ("password", cred.passphrase)
    ] * bool(cred.passphrase)
    body = rng.choice([", ", ",\n  "]).join(f"{n}:{rng.choice(['', ' '])}{mark}{flat(v)}{mark}" for n, v in rows)
    return f"const ex = new ccxt.pro.okx({{ {body} }});", values(cred)


@shape
def json_plain(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    return json.dumps(
        {"name": "main", **dict(names(rng, cred)), "dry_run": False}, indent=rng.choice([None, 4])
    ), values(cred)


@shape
def json_in_json(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    inner = json.dumps(dict(names(rng, cred)), separators=rng.choice([(",", ":"), (", ", ": ")]))
    text = json.dumps({"level": "error", "body": inner})
    return json.dumps({"log": text}) if rng.random() < 0.3 else text, values(cred)


@shape
def env_file(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    prefix = cred.exchange.split("-")[0].upper()
    mark, export = rng.choice(["", "", '"', "'"]), rng.choice(["", "export ", "set "])
    rows = [
        (rng.choice(["_API_KEY", "_KEY", "_APIKEY"]), cred.key),
        (rng.choice(["_API_SECRET", "_SECRET", "_SECRET_KEY"]), cred.secret),
    ]
    rows += [(rng.choice(["_PASSPHRASE", "_API_PASSPHRASE", "_PASSWORD"]), cred.passphrase)] * bool(cred.passphrase)
    lines = [
        f"{export}{prefix}{n}={'' if rng.random() < 0.8 else ' '}{mark or ('' if '-----' not in v else chr(34))}{flat(v)}{mark or ('' if '-----' not in v else chr(34))}"
        for n, v in rows
    ]
    return "\n".join(["LOG_LEVEL=debug", *lines, "SYMBOL=BTC/USDT"]), values(cred)


@shape
def yaml_file(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    lines = ["exchange:", f"  name: {cred.exchange.split('-')[0]}"]
    for n, v in names(rng, cred):
        if "\n" in v:
            lines += [f"  {n}: |", *(f"    {line}" for line in v.strip().split("\n"))]
        else:
            mark = rng.choice(["", '"', "'"])
            lines.append(f"  {n}: {mark}{v}{mark}")
    return "\n".join([*lines, "  dry_run: true"]), values(cred)


@shape
def ini_toml(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    mark, gap = rng.choice(["", '"']), rng.choice(["", " "])
    lines = [f"{n.replace(' ', '_')}{gap}={gap}{mark}{flat(v)}{mark}" for n, v in names(rng, cred)]
    return "\n".join(["[exchange]", *lines, "timeout = 30000"]), values(cred)


@shape
def query_string(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    signature = rng.choice(
        [pick(rng, HEX, 64), quote(pick(rng, BASE64, 43) + "=", safe=""), quote(pick(rng, BASE64, 86) + "==", safe="")]
    )
    key = quote(cred.key, safe=rng.choice(["", "/"]))
    text = rng.choice([
        "https://api.huobi.pro/v1/order/orders?AccessKeyId={k}&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2024-01-01T00%3A00%3A00&Signature={s}",
        "401 Client Error: Unauthorized for url: https://api.binance.com/api/v3/account?apiKey={k}&timestamp=1700000000000&recvWindow=5000&signature={s}",
        "GET /v5/user/query-api?api_key={k}&timestamp=1700000000000&sign={s} 401",
        "https://api.lbkex.com/v2/supplement/user_info.do?api_key={k}&signature_method=HmacSHA256&sign={s}&timestamp=1700000000000",
    ])  # fmt: skip
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


PROSE = [
    "my key is {k} and the secret is {s}", "key: {k} / sec: {s}", "here is my api secret -> {s} and the key -> {k}",
    "API key {k}, API secret {s}", "I use the key {k} with secret {s} and it fails", "The api key: {k}. The secret: {s}.",
    "Key = {k}; Secret = {s}", "apikey={k} secret={s}", "Api Key ({x}): {k}\nApi Secret ({x}): {s}", "For {x} the API key is \"{k}\" and its secret is \"{s}\"",
    "hi, my {x} api key {k} secret {s} does not work", "public key {k}\nprivate key {s}", "api: {k}\nsecret: {s}", "KEY {k} SECRET {s}",
    "(key {k}, secret {s})", "I copied the key as `{k}` and the secret as `{s}`", "access key is: {k}, secret key is: {s}", "Key - {k}\nSecret - {s}",
]  # fmt: skip
PASS_PROSE = [
    "passphrase {p}",
    "my passphrase is {p}",
    "passphrase: {p}",
    'the passphrase I set was "{p}"',
    "pass phrase = {p}",
    "password is {p}",
    "API passphrase -> {p}",
]


@shape
def prose(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    text = rng.choice(PROSE).format(k=cred.key, s=cred.secret.strip(), x=cred.exchange.split("-")[0])
    if cred.passphrase:
        text += rng.choice(["\n", ", ", " and "]) + rng.choice(PASS_PROSE).format(p=cred.passphrase)
    return text, values(cred)


@shape
def prose_foreign(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    text = rng.choice([
        "Mein API-Schlüssel lautet {k} und das Secret ist {s}", "Der Schlüssel: {k}\nGeheimer Schlüssel: {s}", "mi clave api es {k} y el secreto es {s}",
        "Clave API: {k}\nClave secreta: {s}", "ma clé API est {k} et la clé secrète est {s}", "clé API : {k}\nclé secrète : {s}",
    ])  # fmt: skip
    tail = rng.choice(["\nPasswort: {p}", "\ncontraseña: {p}", "\nmot de passe : {p}", "\nKennwort ist {p}"]).format(
        p=cred.passphrase
    )
    return text.format(k=cred.key, s=cred.secret.strip()) + (tail if cred.passphrase else ""), values(cred)


@shape
def value_first(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    text = rng.choice([
        "{k} is my api key and {s} is the secret", "{k} <- api key\n{s} <- secret", "{k} (key)\n{s} (secret)", "I put {k} as the API key and {s} as secret.",
        "{k} = key, {s} = secret", "{k} (API key), {s} (API secret)",
    ])  # fmt: skip
    return text.format(k=cred.key, s=cred.secret.strip()), [cred.key, cred.secret]


@shape
def next_line(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    gap = rng.choice(["\n", "\n\n", ":\n", ":\n\n", " :\n", "\r\n"])
    return rng.choice(["\n", "\n\n"]).join(
        f"{n}{gap}{rng.choice(['', '  '])}{v.strip()}" for n, v in names(rng, cred)
    ), values(cred)


@shape
def code_fence(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    fence = rng.choice(["```", "```text", "~~~"])
    return "\n".join(f"{n}:\n{fence}\n{v.strip()}\n{fence[:3]}" for n, v in names(rng, cred)), values(cred)


@shape
def tab_pairs(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    return "\n".join(
        f"{n}\t{flat(v)}"
        for n, v in [("Exchange", cred.exchange.split("-")[0]), *names(rng, cred), ("Status", "invalid")]
    ), values(cred)


def header_table(rng: random.Random, cred: Credential, mark: str) -> str:
    rows = [("Label", "main"), *names(rng, cred), ("IP", "203.0.113.9"), ("Created", "2024-02-03")]
    return "\n".join(mark.join(cells) for cells in ([n for n, _ in rows], [flat(v) for _, v in rows]))


@shape
def tsv_table(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    return header_table(rng, cred, "\t"), values(cred)


@shape
def csv_table(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    return header_table(rng, cred, rng.choice([",", ";", '","'])), values(cred)


@shape
def markdown_table(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    rows = names(rng, cred)
    if rng.random() < 0.5:
        return "\n".join(["| Field | Value |", "|---|---|", *(f"| {n} | {flat(v)} |" for n, v in rows)]), values(cred)
    head = "| Name | " + " | ".join(n for n, _ in rows) + " |"
    return "\n".join(
        [head, "|---" * (len(rows) + 1) + "|", "| bot 1 | " + " | ".join(flat(v) for _, v in rows) + " |"]
    ), values(cred)


@shape
def xml(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    rows = [(n.replace(" ", ""), v) for n, v in names(rng, cred)]
    if rng.random() < 0.5:
        return "<exchange>" + "".join(f"<{n}>{v}</{n}>" for n, v in rows) + "</exchange>", values(cred)
    return "<appSettings>\n" + "\n".join(
        f'  <add key="{n}" value="{flat(v)}" />' for n, v in rows
    ) + "\n</appSettings>", values(cred)


@shape
def html_form(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    rows = names(rng, cred)
    text = "\n".join(f'<input type="text" name="{n}" value="{flat(v)}">' for n, v in rows)
    if rng.random() < 0.4:
        text = "".join(f"<tr><td>{n}</td><td>{flat(v)}</td></tr>" for n, v in rows)
    return text, values(cred)


@shape
def traceback_locals(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    box = rng.choice(["", "│ ", "E   ", "    "])
    lines = [
        "Traceback (most recent call last):",
        '  File "/srv/bot/main.py", line 41, in connect',
        f"{box}self = <Bot object at 0x7f3a5c2b1d30>",
    ]
    lines += [f"{box}{n.replace(' ', '_'):<12} = {v!r}" for n, v in names(rng, cred)]
    return "\n".join([*lines, "ccxt.base.errors.AuthenticationError: invalid key"]), values(cred)


@shape
def client_repr(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    rows = [("api_key", cred.key), ("api_secret", cred.secret)] + [("passphrase", cred.passphrase)] * bool(
        cred.passphrase
    )
    return f"{rng.choice(['Client', 'KucoinClient', 'Exchange'])}(" + ", ".join(
        f"{n}={v!r}" for n, v in rows
    ) + ", testnet=False)", values(cred)


@shape
def positional_call(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    mark = rng.choice("'\"")
    call = rng.choice(
        [
            "Client",
            "Trade",
            "client = Market",
            "new Binance",
            "ccxt.kucoin",
            "user = User",
            "api = BitstampAPI",
            "NewClient",
        ]
    )
    return f"{call}(" + ", ".join(f"{mark}{flat(v)}{mark}" for v in values(cred)) + ")", values(cred)


@shape
def struct_dump(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    k, s, p = cred.key, flat(cred.secret), cred.passphrase
    tail = rng.choice([", Passphrase={p}", " Passphrase:{p}", ", password='{p}'"]).format(p=p) if p else ""
    text = rng.choice(
        [
            "ApiCredentials{{Key={k}, Secret={s}{t}}}",
            "map[Key:{k} Secret:{s}{t}]",
            "&{{Key:{k} Secret:{s}{t}}}",
            "ExchangeSpec [apiKey={k}, secretKey={s}{t}]",
        ]
    )
    return text.format(k=k, s=s, t=tail), values(cred)


@shape
def wrapped(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    width, indent = rng.choice([24, 32, 40, 60]), rng.choice(["", "    ", "> "])
    lines = []
    for n, v in names(rng, cred):
        pieces = [v] if "\n" in v or len(v) <= width else [v[i : i + width] for i in range(0, len(v), width)]
        lines.append(f"{n}: " + f"\n{indent}".join(pieces))
    return "\n".join(lines), values(cred)


@shape
def blanks_and_quotes(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    left, right = rng.choice(
        [(' "', '" '), ("' ", " '"), ('" ', '"'), ("“", "”"), ("‘", "’"), ("„", "“"), ("« ", " »"), ("  ", "  ")]
    )
    return rng.choice(["\n", ", "]).join(f"{n} = {left}{flat(v)}{right}" for n, v in names(rng, cred)), values(cred)


@shape
def bare_lines(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    return rng.choice(["\n", "\n\n", "\r\n"]).join([cred.key, cred.secret.strip()]), [cred.key, cred.secret]


@shape
def colon_pair(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    return rng.choice(["{k}:{s}", "creds {k}:{s}", "--auth {k}:{s}", "'{k}:{s}'"]).format(
        k=cred.key, s=flat(cred.secret)
    ), [cred.key, cred.secret]


@shape
def bearer_jwt(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
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
def cookies(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
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
def session_tokens(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
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
def emails(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    mail = f"{rng.choice(['max', 'j.doe', 'trader_99', 'info+kucoin'])}{rng.randint(1, 999)}@{rng.choice(['gmail.com', 'proton.me', 'mail.co.uk', 'firma-x.de'])}"
    return rng.choice(
        ["my account is {m}", '"email":"{m}"', "From: Max <{m}>", "login {m}, please check", "mailto:{m}"]
    ).format(m=mail), [mail]


@shape
def bots_and_hooks(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    token = f"{rng.randint(10**8, 10**10 - 1)}:AA{pick(rng, URLSAFE, 33)}"
    hook, slack = pick(rng, URLSAFE, 68), f"T{pick(rng, ALNUM, 8)}/B{pick(rng, ALNUM, 8)}/{pick(rng, ALNUM, 24)}"
    return rng.choice([
        (f"https://api.telegram.org/bot{token}/sendMessage failed", [token]), (f'"telegram": {{"token": "{token}", "chat_id": "12345678"}}', [token]),
        (f"POST https://discord.com/api/webhooks/{rng.randint(10**17, 10**18)}/{hook} 404", [hook]), (f"https://hooks.slack.com/services/{slack}", [slack]),
    ])  # fmt: skip


@shape
def userinfo_url(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    word = passphrase(rng, special=False)
    return rng.choice(
        [
            "https://user:{w}@proxy.example.net:8080",
            "postgres://bot:{w}@10.0.0.4/trades",
            "redis://:{w}@localhost:6379/0",
            "socks5://max:{w}@198.51.100.7:1080",
        ]
    ).format(w=word), [word]


@shape
def one_time_codes(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    code = str(rng.randint(100000, 999999))
    return rng.choice(
        [
            "my 2FA code is {c}",
            "OTP: {c}",
            '"otp": "{c}"',
            "verification code {c}",
            "Google Authenticator code: {c}",
            "totp={c}&nonce=1",
        ]
    ).format(c=code), [code]


@shape
def pem_whole(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    key = pem(rng, rng.choice(["EC", "RSA", "ED"]))
    return rng.choice(["private key:\n{k}", "{k}", 'api_secret = """{k}"""', "secret: {k}"]).format(k=key), [key]


@shape
def pem_escaped(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    key = pem(rng, rng.choice(["EC", "RSA", "ED"]))
    text = rng.choice(['"privateKey": "{k}"', "SECRET={k}", "secret='{k}'", "{k}"]).format(
        k=key.replace("\n", rng.choice(["\\n", "\\\\n", "\\r\\n"]))
    )
    return text, [key]


@shape
def pem_body_only(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    body = "\n".join(pem(rng, rng.choice(["EC", "RSA", "ED"])).strip().split("\n")[1:-1])
    return rng.choice(["{k}", "secret: {k}", "my private key is\n{k}", '"secret": "{o}"']).format(
        k=body, o=body.replace("\n", "")
    ), [body]


@shape
def pem_one_line(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    key = pem(rng, rng.choice(["EC", "RSA", "ED"]))
    return rng.choice(["secret {k}", "privateKey={k}", "{k}"]).format(
        k=key.strip().replace("\n", rng.choice([" ", ""]))
    ), [key]


@shape
def seed_phrase(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    words = " ".join(
        rng.choices(
            [
                "abandon",
                "ocean",
                "river",
                "puzzle",
                "lunar",
                "velvet",
                "orbit",
                "garlic",
                "denial",
                "tiger",
                "sadness",
                "hockey",
            ],
            k=12,
        )
    )
    return rng.choice(["seed phrase: {w}", 'MNEMONIC="{w}"', "my recovery phrase is {w}"]).format(w=words), [words]


def samples(seed: int, *, per_exchange: int = 2) -> Iterator[Sample]:
    """Every shape for every exchange's formats, `per_exchange` times, in everyday surroundings."""
    rng = random.Random(seed)
    for name, build in SHAPES.items():
        for exchange in FORMATS:
            for _ in range(per_exchange):
                cred = credential(rng, exchange)
                text, planted = build(rng, cred)
                if exchange == "hyperliquid":  # its "key" is a wallet's address, which is public
                    planted = [value for value in planted if value != cred.key]
                before, after = rng.choice(NOISE), rng.choice(NOISE)
                full = rng.choice(["{b}\n{t}\n{a}", "{t}\n{a}", "{b}\n\n{t}", "{t}"]).format(b=before, t=text, a=after)
                yield Sample(full, tuple(planted), name, exchange)


def harmless_values(rng: random.Random) -> dict[str, str]:
    """One fresh value of each kind that an agent needs to read."""
    base58 = "".join(c for c in ALNUM if c not in "0OIl")
    day = f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return {
        "uuid": uuid(rng), "mongo_id": pick(rng, HEX, 24), "number": str(rng.randint(10**9, 10**19)), "hex32": pick(rng, HEX, 32),
        "tx": "0x" + pick(rng, HEX, 64), "hash64": pick(rng, HEX, 64), "commit": pick(rng, HEX, 40), "short_commit": pick(rng, HEX, 7),
        "eth": "0x" + pick(rng, HEX, 40), "btc": rng.choice("13") + pick(rng, base58, 33), "bech32": "bc1q" + pick(rng, "023456789acdefghjklmnpqrstuvwxyz", 38),
        "tron": "T" + pick(rng, base58, 33), "solana": pick(rng, base58, 44), "kraken_order": "-".join(pick(rng, "ABCDEFGHJKLMNPQRSTUVWXYZ234567", n) for n in (6, 5, 6)),
        "client_order": rng.choice(["x-HNA2TXFJ", "web_", "ios_", "and_"]) + pick(rng, ALNUM, 22), "ray": pick(rng, HEX, 16) + "-FRA",
        "docker": pick(rng, HEX, 12), "digest": "sha256:" + pick(rng, HEX, 64), "ip": ".".join(str(rng.randint(1, 254)) for _ in range(4)),
        "time": f"{day}T10:22:31.{rng.randint(100, 999)}Z", "stamp": str(rng.randint(1_600_000_000_000, 1_799_999_999_999)), "amzn": f"Root=1-{pick(rng, HEX, 8)}-{pick(rng, HEX, 24)}",
        "blob": base64.b64encode(rng.randbytes(60)).decode(), "symbol": rng.choice(["BTC/USDT:USDT", "ETHUSDT_240628", "1000PEPEUSDT", "XBTUSD", "BTC-28JUN24-60000-C"]),
    }  # fmt: skip


# {name} is the value that must survive.
HARMLESS_LINES = (
    '"client_id": "{uuid}", "side": "BUY"',
    '"orderClientId": "{uuid}"',
    "order {uuid} not found", '{{"orderId": "{mongo_id}", "clientOid": "{uuid}"}}', "orderId={number}&symbol=BTCUSDT", "Order id: {mongo_id}", "cancelled order {mongo_id}",
    "client order id {client_order}", '"clientOrderId": "{client_order}"', "'newClientOrderId': '{client_order}'", "kraken order {kraken_order}", "txid ['{kraken_order}']",
    "request id: {uuid}", "x-request-id: {uuid}", '"traceId":"{hex32}"', "trace_id={hex32}", "requestId {hex32}", "correlation-id {uuid}", "CF-RAY: {ray}", "cf-ray {ray}",
    "X-Amzn-Trace-Id: {amzn}", "tx {tx}", "transaction hash {tx}", "txid: {hash64}", "tx hash {hash64} is confirmed", "block {hash64}", "https://etherscan.io/tx/{tx}",
    '"txHash":"{tx}"', "withdrawal went to {eth}", "deposit address {btc}", "my address {bech32}", "address: {tron}", "USDT (TRC20) to {tron}", "Solana wallet {solana}",
    '"walletAddress": "{eth}"', "walletAddress={eth}", "sent from {solana}", "commit {commit}", "git checkout {commit}", "at revision {short_commit}", "ghcr.io/bot@{digest}",
    "container {docker} exited", "image digest {digest}", "IP {ip} is not in the whitelist", "Invalid API-key, IP, or permissions for action, request ip: {ip}", "your current request IP is {ip} does not match IP whitelist",
    "Your IP address ({ip}) is not in the allowed list", "{time} ERROR AuthenticationError", "server time {stamp}", '"timestamp":{stamp}', "timestamp={stamp}&recvWindow=5000", "symbol {symbol} is unknown",
    "background: url(data:image/png;base64,{blob})", "[{uuid}] ERROR KucoinClient - KC-API-KEY not exists", "2024-01-01 10:00:00 [req-{uuid}] invalid api key", "API key invalid, request id {uuid}",
    "Invalid signature for order {uuid}", "api key error, trace {hex32}", "the key fails when I cancel order {number}", "Idempotency-Key: {uuid}", '"eventId":"{uuid}","error":"API key expired"',
    "position {uuid} closed, secret is fine", "account id {uuid}", "nonce: {stamp}", "uid {number}", "trade id {number}", '{{"code":"400003","msg":"KC-API-KEY not exists","id":"{uuid}"}}',
    "https://api.kucoin.com/api/v1/orders/{mongo_id}", "GET /api/v3/orders/{uuid} 401", 'etag: "{hex32}"', "build {short_commit} of keymedic", "key_id missing in message {uuid}", "ref {hex32}",
    "orders:\n{uuid}\n{mongo_id}", "fills: {number}, {stamp}", "transfer {hash64} pending", "0x-hash of the deposit: {tx}", "session closed for order {client_order}",
)  # fmt: skip
HARMLESS_WORDS = (
    "my api key is invalid", "the secret is wrong", "passphrase is required", "key: not found", "API key expired", "secret key does not exist", "Invalid API-key, IP, or permissions for action.",
    'requires "apiKey" credential', "Apikey does not exist", "Header KC-API-KEY is missing", "my passphrase is correct", "my passphrase is the same", "the password is missing", "API-key format invalid.",
    "Signature for this request is not valid.", '{"code":"400003","msg":"KC-API-KEY not exists"}', '{"code":"50113","msg":"Invalid Sign"}', '{"label":"INVALID_KEY","message":"Invalid key provided"}',
    "EAPI:Invalid key", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36", "python-requests/2.31.0", "ccxt.base.errors.AuthenticationError: binance",
    "org.knowm.xchange.kucoin.dto.KucoinException: Invalid KC-API-SIGN", "com.binance.connector.client.exceptions.BinanceClientException", '  File "/usr/lib/python3.11/site-packages/ccxt/base/exchange.py", line 4412, in fetch',
    "key version 2, passphrase must be encrypted with HMAC-SHA256", "api_key=api_key, secret=api_secret, password=passphrase", "apiKey: process.env.API_KEY", "secret = os.environ['BINANCE_SECRET']",
    "client = Client(config.api_key, config.api_secret)", "KUCOIN_API_KEY=<masked>", "secret: ****", "passphrase: [REDACTED]", 'apiKey: "YOUR_API_KEY"', "api_key=xxxxxxxxxxxxxxxx", "signature=<masked>", "key: ****Njk=",
    "the API secret has 64 characters", "Please enable 2FA before creating an API key", "password: required", "token USDT is delisted", "API key permissions: read, trade", "I changed my password 3 days ago", "keyboard interrupt",
    "The public key is an Ed25519 key", "API Key must be of length 64.", "apikey: digest invalid", "secret key: please check", "Cookie consent required", "Authorization header is missing", "Bearer token expired",
    "SignatureMethod=HmacSHA256&SignatureVersion=2", "KC-API-KEY-VERSION: 2", "X-BAPI-RECV-WINDOW: 5000", "session expired", "Access key not exist", "sign signature error", "No active API key found.", "code 2FA wrong",
    "passphrase is what I typed when I made the key", "Is the secret key shown again? No, only once.", "password (Passphrase) is different from the login password", "api key starts with mx0", "secret: null", '"secret": "", "apiKey": ""',
)  # fmt: skip


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


# Written after the masker passed the shapes above, to find what it does not know: {k} key, {s} secret, {p} password, {x} exchange,
# {g} signature, {q}s the same with its JSON quoted. One template a line; "|" at the start marks those that need a one-line secret.
ADVERSARIAL = (
    "**Key:** `{k}`\n**Secret:** `{s}`\n**Pass:** ||{p}||", "*API key* _{k}_\n*API secret* _{s}_", "'key' => '{k}',\n'secret' => '{s}',\n'password' => '{p}'", "$api->setKey('{k}'); $api->setSecret('{s}');",
    'options.ApiCredentials = new ApiCredentials("{k}", "{s}", "{p}");', 'Client.builder().apiKey("{k}").secretKey("{s}").passphrase("{p}").build()', 'Credentials {{ key: "{k}", secret: Some("{s}"), pass: None }}',
    ':api_key=>"{k}", :api_secret=>"{s}"', "docker run -e API_KEY={k} -e API_SECRET={s} -e PASSPHRASE={p} bot:latest", "./bot --api-key {k} --api-secret={s} --passphrase {p}", "environment:\n  - EXCHANGE_KEY={k}\n  - EXCHANGE_SECRET={s}",
    "INSERT INTO accounts (exchange, api_key, api_secret, passphrase) VALUES ('{x}', '{k}', '{s}', '{p}');", "  exchange   api_key   api_secret\n0 {x}   {k}   {s}", "api_key    | {k}\napi_secret | {s}", "API Key\u00a0{k}\nAPI Secret\u00a0{s}",
    "API Key：{k}\nSecret Key：{s}", "1. API Key: {k}\n2. API Secret: {s}\n3. Passphrase: {p}", "🔑 Key ➡️ {k}\n🔒 Secret ➡️ {s}", "Here are the credentials you asked for. Key – '{k}'. Secret – '{s}'. Passphrase – '{p}'.", "apikey {k} apisecret {s} passphrase {p}",
    '$env:KUCOIN_KEY = "{k}"; $env:KUCOIN_SECRET = "{s}"', 'setx API_KEY "{k}"\nsetx API_SECRET "{s}"', "&quot;apiKey&quot;:&quot;{k}&quot;,&quot;secret&quot;:&quot;{s}&quot;", "%7B%22apiKey%22%3A%22{k}%22%2C%22secret%22%3A%22{s}%22%7D",
    "\\u0022apiKey\\u0022:\\u0022{k}\\u0022,\\u0022secret\\u0022:\\u0022{s}\\u0022", "key: >-\n  {k}\nsecret: >-\n  {s}", "apiKey={k};secret={s};password={p};", "FREQTRADE__EXCHANGE__KEY={k}\nFREQTRADE__EXCHANGE__SECRET={s}", "params = [('apiKey', '{k}'), ('signature', '{g}')]",
    "{{b'KC-API-KEY': b'{k}', b'KC-API-SIGN': b'{g}', b'KC-API-PASSPHRASE': b'{p}'}}", '{{"op":"login","args":[{{"apiKey":"{k}","passphrase":"{p}","timestamp":"1700000000","sign":"{g}"}}]}}', '{{"op":"auth","args":["{k}",1700000000000,"{g}"]}}',
    "Enter your {x} API key >>> {k}\nEnter your {x} secret key >>> {s}", "-  secret: {s}\n+  secret: {s}2", "  12  api_key: {k}\n  13  api_secret: {s}", "pw: {p}\nkey: {k}", "PW={p}", "pwd {p}", "X-Auth: BITSTAMP {k}\nX-Auth-Signature: {g}",
    "Authorization: deri-hmac-sha256 id={k},ts=1700000000000,sig={g},nonce=abcd", "is my key {k} still ok?", "the key {k} was deleted, secret {s} too", "(my secret being {s}, and the key being {k})", "Secret Key（只显示一次）: {s}\nAPI密钥: {k}", "API ключ: {k}\nСекрет: {s}\nПароль: {p}",
    "APIキー: {k}\nシークレット: {s}", "API 키: {k}\n비밀 키: {s}", "creds: {k} / {s} / {p}", "{k} {s}", "{k}\t{s}\t{p}", "{k},{s}", "I tried {k} with {s} on {x} and got 401, are these API keys dead?", "api key:{k},secret:{s}", "[api]\nkey   {k}\nsecret   {s}",
    "Key=\"{k}\"\r\nSecret=\"{s}\"\r\n", "exchange_credentials.{x}.key -> {k}\nexchange_credentials.{x}.secret -> {s}", "<key>{k}</key><secret>{s}</secret><passphrase>{p}</passphrase>", "<string name=\"api_secret\">{s}</string>", "data:\n  api-key: {k}\n  api-secret: {s}\ntype: Opaque",
    "req.Header.Set(\"KC-API-KEY\", \"{k}\")\nreq.Header.Set(\"KC-API-PASSPHRASE\", \"{p}\")", "headers.append('api-key', '{k}'); headers.append('api-signature', '{g}')", "Trade(key='{k}', secret='{s}', passphrase='{p}', is_sandbox=False)", "My API Key for {x}, which I made yesterday with read rights, is {k}. The secret, shown once, is {s}.",
    "{x} Api-Key ....... {k}\n{x} Api-Secret .... {s}", "Sent with the wrong signature: {g}", "expected sign {g} but got {g}", "KC-API-SIGN={g}, KC-API-KEY={k}", "DEBUG sign payload ok; signature -> {g}", "{{'apikey': ['{k}'], 'signature': ['{g}']}}", "your key ({k}) has no permission", "Invalid API key: {k}", "unknown apikey '{k}'",
    "KC-API-KEY {k} not exists", "password is \"{p}\" and it still says wrong", "I set the passphrase to {p}", "Passphrase (the one I chose): {p}", "my pass phrase would be {p}", "the trading password: {p}", "passphrase={p}", "passphrase = '{p}'", "Passphrase\n{p}", "pass_phrase: \"{p}\"", "password:{p}", "api password {p}",
)  # fmt: skip


def adversarial(seed: int, count: int) -> Iterator[Sample]:
    """`count` texts from the second list, each with another exchange's formats."""
    rng = random.Random(seed)
    exchanges = [name for name in FORMATS if name != "hyperliquid"]
    for number in range(count):
        template = ADVERSARIAL[number % len(ADVERSARIAL)]
        cred = credential(rng, rng.choice(exchanges))
        fields = {
            "k": cred.key,
            "s": flat(cred.secret),
            "p": cred.passphrase or passphrase(rng),
            "x": cred.exchange.split("-")[0],
        }
        fields["g"] = rng.choice([pick(rng, HEX, 64), pick(rng, BASE64, 43) + "="])
        planted = [fields[name] for name in "kspg" if "{" + name + "}" in template]
        text = template.format(**fields)
        if rng.random() < 0.4:
            text = f"{rng.choice(NOISE)}\n{text}\n{rng.choice(NOISE)}"
        yield Sample(text, tuple(planted), template, cred.exchange)
