"""Shapes of private keys and seed phrases."""

from __future__ import annotations

import random

from benchmarks.masking import Credential, pem
from benchmarks.masking.shapes import shape


@shape
def pem_whole(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
    key = pem(rng, rng.choice(["EC", "RSA", "ED"]))
    return rng.choice(["private key:\n{k}", "{k}", 'api_secret = """{k}"""', "secret: {k}"]).format(k=key), [key]


@shape
def pem_escaped(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
    key = pem(rng, rng.choice(["EC", "RSA", "ED"]))
    text = rng.choice(['"privateKey": "{k}"', "SECRET={k}", "secret='{k}'", "{k}"]).format(
        k=key.replace("\n", rng.choice(["\\n", "\\\\n", "\\r\\n"]))
    )
    return text, [key]


@shape
def pem_body_only(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
    body = "\n".join(pem(rng, rng.choice(["EC", "RSA", "ED"])).strip().split("\n")[1:-1])
    return rng.choice(["{k}", "secret: {k}", "my private key is\n{k}", '"secret": "{o}"']).format(
        k=body, o=body.replace("\n", "")
    ), [body]


@shape
def pem_one_line(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
    key = pem(rng, rng.choice(["EC", "RSA", "ED"]))
    return rng.choice(["secret {k}", "privateKey={k}", "{k}"]).format(
        k=key.strip().replace("\n", rng.choice([" ", ""]))
    ), [key]


@shape
def seed_phrase(rng: random.Random, _cred: Credential) -> tuple[str, list[str]]:
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
