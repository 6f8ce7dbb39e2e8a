"""Shapes of prose, lists and tables, as people write to support."""

from __future__ import annotations

import random

from benchmarks.masking import Credential
from benchmarks.masking.shapes import flat, names, shape, values

PROSE = (
    "my key is {k} and the secret is {s}",
    "key: {k} / sec: {s}",
    "here is my api secret -> {s} and the key -> {k}",
    "API key {k}, API secret {s}",
    "I use the key {k} with secret {s} and it fails",
    "The api key: {k}. The secret: {s}.",
    "Key = {k}; Secret = {s}",
    "apikey={k} secret={s}",
    "Api Key ({x}): {k}\nApi Secret ({x}): {s}",
    'For {x} the API key is "{k}" and its secret is "{s}"',
    "hi, my {x} api key {k} secret {s} does not work",
    "public key {k}\nprivate key {s}",
    "api: {k}\nsecret: {s}",
    "KEY {k} SECRET {s}",
    "(key {k}, secret {s})",
    "I copied the key as `{k}` and the secret as `{s}`",
    "access key is: {k}, secret key is: {s}",
    "Key - {k}\nSecret - {s}",
)


PASS_PROSE = (
    "passphrase {p}",
    "my passphrase is {p}",
    "passphrase: {p}",
    'the passphrase I set was "{p}"',
    "pass phrase = {p}",
    "password is {p}",
    "API passphrase -> {p}",
)


@shape
def prose(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    text = rng.choice(PROSE).format(k=cred.key, s=cred.secret.strip(), x=cred.exchange.split("-")[0])
    if cred.passphrase:
        text += rng.choice(["\n", ", ", " and "]) + rng.choice(PASS_PROSE).format(p=cred.passphrase)
    return text, values(cred)


@shape
def prose_foreign(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    text = rng.choice(
        [
            "Mein API-Schlüssel lautet {k} und das Secret ist {s}",
            "Der Schlüssel: {k}\nGeheimer Schlüssel: {s}",
            "mi clave api es {k} y el secreto es {s}",
            "Clave API: {k}\nClave secreta: {s}",
            "ma clé API est {k} et la clé secrète est {s}",
            "clé API : {k}\nclé secrète : {s}",
        ]
    )
    tail = rng.choice(["\nPasswort: {p}", "\ncontraseña: {p}", "\nmot de passe : {p}", "\nKennwort ist {p}"]).format(
        p=cred.passphrase
    )
    return text.format(k=cred.key, s=cred.secret.strip()) + (tail if cred.passphrase else ""), values(cred)


@shape
def value_first(rng: random.Random, cred: Credential) -> tuple[str, list[str]]:
    text = rng.choice(
        [
            "{k} is my api key and {s} is the secret",
            "{k} <- api key\n{s} <- secret",
            "{k} (key)\n{s} (secret)",
            "I put {k} as the API key and {s} as secret.",
            "{k} = key, {s} = secret",
            "{k} (API key), {s} (API secret)",
        ]
    )
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
def emails(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
    name = rng.choice(["max", "j.doe", "trader_99", "info+kucoin"])
    host = rng.choice(["gmail.com", "proton.me", "mail.co.uk", "firma-x.de"])
    mail = f"{name}{rng.randint(1, 999)}@{host}"
    return rng.choice(
        ["my account is {m}", '"email":"{m}"', "From: Max <{m}>", "login {m}, please check", "mailto:{m}"]
    ).format(m=mail), [mail]


@shape
def one_time_codes(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
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
