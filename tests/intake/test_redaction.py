import random
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keymedic.intake.redaction import KINDS, Masked, mask

KEY = "5c52e11203aa677f33e493fb"
SECRET = "1f0b3c2e-9a41-4222-8333-444455556666"
ALNUM64 = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
BODY = "MHcCAQEEIBhq7cQyT9mVbX1wz0Kd4Rr8uN2pLs6EoJf3aGiHkYxUoAoGCCqGSM49"
PEM = f"-----BEGIN EC PRIVATE KEY-----\n{BODY}\nAwEHoUQDQgAE3b9Zk1Lw==\n-----END EC PRIVATE KEY-----"


def only(text: str) -> tuple[str, Masked]:
    masked = mask(text)
    assert len(masked.masks) == 1, masked
    return masked.masks[0].kind, masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"KC-API-KEY: {KEY}", "KC-API-KEY: <key 1>"),
        (f"{{'apiKey': '{KEY}', 'secret': \"{SECRET}\"}}", "{'apiKey': '<key 1>', 'secret': \"<secret 1>\"}"),
        (f"my key is {KEY} and the secret is {SECRET}", "my key is <key 1> and the secret is <secret 1>"),
        ("passphrase hunter2!x", "passphrase <passphrase 1>"),
        ('"passphrase": "sunshine"', '"passphrase": "<passphrase 1>"'),
        ("my passphrase is Summer2024!", "my passphrase is <passphrase 1>"),
        (f"export BINANCE_API_SECRET={ALNUM64}", "export BINANCE_API_SECRET=<secret 1>"),
        (
            f"?apiKey={ALNUM64}&timestamp=17&signature={'0f' * 32}",
            "?apiKey=<key 1>&timestamp=17&signature=<signature 1>",
        ),
        (f"Api key:\n\n```\n{KEY}\n```", "Api key:\n\n```\n<key 1>\n```"),
        (f"secret\t{SECRET}", "secret\t<secret 1>"),
        (f"| key | secret |\n|---|---|\n| {KEY} | {SECRET} |", "| key | secret |\n|---|---|\n| <key 1> | <secret 1> |"),
        (f"<apiKey>{KEY}</apiKey>", "<apiKey><key 1></apiKey>"),
        (f'<add key="ApiSecret" value="{SECRET}"/>', '<add key="ApiSecret" value="<secret 1>"/>'),
        (f'{{"name":"KC-API-KEY","value":"{KEY}"}}', '{"name":"KC-API-KEY","value":"<key 1>"}'),
        (f"Client('{KEY}', '{SECRET}', 'hunter2')", "Client('<key 1>', '<secret 1>', '<passphrase 1>')"),
        (f"map[Key:{KEY} Secret:{SECRET}]", "map[Key:<key 1> Secret:<secret 1>]"),
        (f"{KEY}\n{SECRET}", "<key 1>\n<secret 1>"),
        (f"{KEY}:{SECRET}", "<key 1>:<secret 1>"),
        (
            "Authorization: Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl",
            "Authorization: Bearer <jwt 1>",
        ),
        ("Cookie: session=abc; cf_clearance=def", "Cookie: <cookie 1>"),
        ("write to max@example.org", "write to <email 1>"),
        ("https://bot:hunter2@proxy.example.net/", "https://bot:<password 1>@proxy.example.net/"),
        ("my 2FA code is 123456", "my 2FA code is <otp 1>"),
        (f"the key {KEY} of {KEY}", "the key <key 1> of <key 1>"),
    ],
)
def test_masks_in_every_position(text: str, expected: str) -> None:
    assert mask(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"klucz API: {KEY}\nhasło: Krakow1995!", "klucz API: <key 1>\nhasło: <password 1>"),
        (f"Geheime sleutel: {'0f' * 32}", "Geheime sleutel: <secret 1>"),
        ("senha: Lisboa#2022", "senha: <password 1>"),
        (f"pasphrase: Qwertz12\nsercet: {KEY}", "pasphrase: <passphrase 1>\nsercet: <secret 1>"),
        ("my passphrase from Sunny123! to Rainy456!", "my passphrase from <passphrase 1> to <passphrase 2>"),
        (f"API Key\n{KEY[:8]} {KEY[8:16]} {KEY[16:]}", "API Key\n<key 1>"),
        (f'variable "api_secret" {{\n  default = "{SECRET}"', 'variable "api_secret" {\n  default = "<secret 1>"'),
        (f"https://mainnet.infura.io/v3/{'0f' * 16}", "https://mainnet.infura.io/v3/<token 1>"),
        (f"secret = base64.b64decode('{ALNUM64}')", "secret = base64.b64decode('<secret 1>')"),
        ('"password": "MyPassword1"', '"password": "<password 1>"'),
    ],
)  # fmt: skip
def test_masks_in_other_languages_and_with_slips(text: str, expected: str) -> None:
    assert mask(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Client ID: PJskguqU\nClient Secret: {ALNUM64}", "Client ID: <key 1>\nClient Secret: <secret 1>"),
        (f"secret => {SECRET}\nmemo => freqbot", "secret => <secret 1>\nmemo => <passphrase 1>"),
        (f"key {KEY}, secret {SECRET}, memo freqbot", "key <key 1>, secret <secret 1>, memo <passphrase 1>"),
        (f'{{"id": "{SECRET}", "privateKey": "{ALNUM64}"}}', '{"id": "<key 1>", "privateKey": "<secret 1>"}'),
        (f"the secret: {ALNUM64}\nthe other one: {'0f' * 16}", "the secret: <secret 1>\nthe other one: <key 1>"),
        (f"secret {ALNUM64}\norder {SECRET}", f"secret <secret 1>\norder {SECRET}"),
    ],
)  # fmt: skip
def test_a_secret_is_evidence_for_its_neighbours(text: str, expected: str) -> None:
    assert mask(text).text == expected


def test_without_a_secret_beside_it_a_weak_label_is_not_believed() -> None:
    for text in ("memo => freqbot", "the other one: " + "0f" * 16, f"id: {SECRET}"):
        assert mask(text) == Masked(text)


@pytest.mark.parametrize("key", [PEM, PEM.replace("\n", "\\n"), PEM.replace("\n", " "), BODY])
def test_pem_in_every_dress(key: str) -> None:
    kind, masked = only(f"secret: {key}\ndone")
    assert kind == "pem"
    assert "MHcC" not in masked.text
    assert masked.text.endswith("\ndone")


@pytest.mark.parametrize(
    "text",
    [
        "my api key is invalid", "the secret is wrong", "passphrase is required", "key: not found", "API key expired",
        "secret key does not exist", "Invalid API-key, IP, or permissions for action.", 'requires "apiKey" credential',
        "Apikey does not exist", "Header KC-API-KEY is missing", '{"code":"400003","msg":"KC-API-KEY not exists"}',
        "my passphrase is correct", "signature: HMAC-SHA256", "key version 2", "api_key=api_key, secret=self.secret",
        "request ip: 203.0.113.7", f"order {SECRET} not found", f'"clientOid":"{SECRET}"', f"orderId={KEY}",
        f"tx 0x{'4f' * 32}", f"commit {'4f' * 20}", f'"walletAddress": "0x{"4f" * 20}"', f"cf-ray {'4f' * 8}-FRA",
        f"https://api.kucoin.com/api/v1/orders/{KEY}", "https://help.example.com/articles/api-key\n- https://b.example/a1",
    ],
)  # fmt: skip
def test_leaves_readable(text: str) -> None:
    assert mask(text) == Masked(text)


@pytest.mark.parametrize(
    "value",
    ["<masked>", "***", "****Njk=", "xxxxxxxx", "YOUR_API_KEY", "<your key>", "[REDACTED]", "...", "${KEY}", "null"],
)
def test_what_is_masked_already_is_not_counted(value: str) -> None:
    assert mask(f'apiKey: "{value}"').count == 0
    assert mask(f"api_key={value}").count == 0


def test_same_value_same_token_and_counts() -> None:
    masked = mask(f"key={KEY}\nsecret={SECRET}\nkey={KEY}\nmail a@b.org, c@d.org")
    assert [m.token for m in masked.masks] == ["<key 1>", "<secret 1>", "<key 1>", "<email 1>", "<email 2>"]
    assert masked.count == 4
    assert masked.kinds == {"key": 1, "secret": 1, "email": 2}


def test_new_tokens_do_not_collide_with_tokens_in_the_text() -> None:
    assert mask(f"key: <key 1>\napi_key: {KEY}").text == "key: <key 1>\napi_key: <key 2>"


def test_shape_is_kept_as_evidence() -> None:
    (found,) = mask(f'"apiKey": " {KEY}"').masks
    assert (found.shape.length, found.shape.alphabet, found.shape.quoted) == (24, "hex", True)
    assert (found.shape.leading_space, found.shape.trailing_space) == (True, False)
    assert (found.label, found.start, found.end) == ("apiKey", 12, 36)
    (found,) = mask("secret='" + PEM.replace("\n", "\\n") + "'").masks
    assert (found.shape.alphabet, found.shape.line_breaks, found.shape.framing) == ("pem", "escaped", "whole")
    (found,) = mask(f"secret: {BODY}").masks
    assert (found.shape.framing, found.shape.line_breaks) == ("body", "none")


@pytest.mark.parametrize(
    ("value", "alphabet"),
    [
        (SECRET, "uuid"),
        (ALNUM64, "alnum"),
        ("aB3+/" * 11 + "x9==", "base64"),
        ("aB3_-" * 11 + "x9", "base64url"),
        ("0f" * 25, "hex"),
    ],
)
def test_alphabets(value: str, alphabet: str) -> None:
    assert mask(f"secret = {value}").masks[0].shape.alphabet == alphabet


def test_a_wrapped_value_is_one_value() -> None:
    (found,) = mask(f"secret: {ALNUM64[:40]}\n    {ALNUM64[40:]}\nregards").masks
    assert found.shape.line_breaks == "real"


def test_offsets_map_back() -> None:
    text = f"a key={KEY} b secret={SECRET} c"
    masked = mask(text)
    for found in masked.masks:
        assert masked.text[found.out_start : found.out_end] == found.token
        assert masked.to_original(found.out_start + 2) == found.start
        assert masked.to_original(found.out_end) == found.end
    assert text[masked.to_original(masked.text.index(" b ")) :].startswith(" b ")
    assert masked.to_original(len(masked.text)) == len(text)


PIECES = st.sampled_from(
    [
        "key", "api secret", "passphrase", ": ", "=", " is ", "\n", '"', "'", "\\", ",", "{", "}", "|", "\t", "<key 1>",
        "@", "://", "Cookie: ", "Bearer ", "-----BEGIN A-----", "-----END A-----", "MIIE", KEY, SECRET, ALNUM64,
        "hunter2!", "order ", "tx ", "0x", "%22", "(", ")", "curl -u ", "İ", "\u00a0", "a@b.org",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=20).map("".join)))
def test_masking_is_idempotent_and_consistent(text: str) -> None:
    masked = mask(text)
    assert mask(masked.text).text == masked.text
    assert mask(text) == masked
    rebuilt, position = "", 0
    for found in masked.masks:
        assert found.kind in KINDS
        assert found.shape.length == found.end - found.start > 0
        rebuilt += text[position : found.start] + found.token
        position = found.end
    assert rebuilt + text[position:] == masked.text


@pytest.mark.parametrize(
    "unit",
    ["A", "=", '"', "'", "aB3+/xY9", '{"a":', "key=", 'secret: "', "-----BEGIN A-----",
    "eyJ", "a@", "key,key\n", "://a:", "MIIE", "(", "<secret 1>",
    "key ab12 ", "<secret 1>\n" + "0f" * 16 + "\n", "api "],
)  # fmt: skip
def test_time_grows_with_length_only(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        start = time.perf_counter()
        mask(text)
        return time.perf_counter() - start

    seconds(1000)
    small = min(seconds(40_000) for _ in range(2))
    assert seconds(320_000) < 8 * 4 * small + 0.2


def test_random_bytes_never_raise() -> None:
    rng = random.Random(3)
    for _ in range(200):
        text = "".join(map(chr, rng.choices(range(1, 0x2FFF), k=120)))
        masked = mask(text)
        assert masked.masks or masked.text == text
        assert all(found.token in masked.text for found in masked.masks)


def test_import_stays_light() -> None:
    code = (
        "import sys, re, msgspec, time; start = time.perf_counter(); import keymedic.intake.secret_shapes, "
        "keymedic.intake.secret_labels, keymedic.intake.redaction; "
        "print([m for m in ('hyperscan', 'ccxt', 'yaml', 'jinja2', 'hashlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
