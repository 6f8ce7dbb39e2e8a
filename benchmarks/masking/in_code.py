"""Shapes of code and configuration files."""

from __future__ import annotations

import json
import random

from benchmarks.masking import Credential
from benchmarks.masking.shapes import flat, names, shape, values


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
    lines = []
    for n, v in rows:
        gap, around = "" if rng.random() < 0.8 else " ", mark or ('"' if "-----" in v else "")
        lines.append(f"{export}{prefix}{n}={gap}{around}{flat(v)}{around}")
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
