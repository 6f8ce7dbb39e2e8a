"""The second generator, written after the masker passed the shapes, to find what it does not know."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.masking import BASE64, FORMATS, HEX, Sample, credential, passphrase, pick
from benchmarks.masking.shapes import NOISE, flat

# {k} key, {s} secret, {p} passphrase, {x} exchange, {g} signature.
ADVERSARIAL = (
    "**Key:** `{k}`\n**Secret:** `{s}`\n**Pass:** ||{p}||",
    "*API key* _{k}_\n*API secret* _{s}_",
    "'key' => '{k}',\n'secret' => '{s}',\n'password' => '{p}'",
    "$api->setKey('{k}'); $api->setSecret('{s}');",
    'options.ApiCredentials = new ApiCredentials("{k}", "{s}", "{p}");',
    'Client.builder().apiKey("{k}").secretKey("{s}").passphrase("{p}").build()',
    'Credentials {{ key: "{k}", secret: Some("{s}"), pass: None }}',
    ':api_key=>"{k}", :api_secret=>"{s}"',
    "docker run -e API_KEY={k} -e API_SECRET={s} -e PASSPHRASE={p} bot:latest",
    "./bot --api-key {k} --api-secret={s} --passphrase {p}",
    "environment:\n  - EXCHANGE_KEY={k}\n  - EXCHANGE_SECRET={s}",
    "INSERT INTO accounts (exchange, api_key, api_secret, passphrase) VALUES ('{x}', '{k}', '{s}', '{p}');",
    "  exchange   api_key   api_secret\n0 {x}   {k}   {s}",
    "api_key    | {k}\napi_secret | {s}",
    "API Key\xa0{k}\nAPI Secret\xa0{s}",
    "API Key：{k}\nSecret Key：{s}",
    "1. API Key: {k}\n2. API Secret: {s}\n3. Passphrase: {p}",
    "🔑 Key ➡️ {k}\n🔒 Secret ➡️ {s}",
    "Here are the credentials you asked for. Key – '{k}'. Secret – '{s}'. Passphrase – '{p}'.",
    "apikey {k} apisecret {s} passphrase {p}",
    '$env:KUCOIN_KEY = "{k}"; $env:KUCOIN_SECRET = "{s}"',
    'setx API_KEY "{k}"\nsetx API_SECRET "{s}"',
    "&quot;apiKey&quot;:&quot;{k}&quot;,&quot;secret&quot;:&quot;{s}&quot;",
    "%7B%22apiKey%22%3A%22{k}%22%2C%22secret%22%3A%22{s}%22%7D",
    "\\u0022apiKey\\u0022:\\u0022{k}\\u0022,\\u0022secret\\u0022:\\u0022{s}\\u0022",
    "key: >-\n  {k}\nsecret: >-\n  {s}",
    "apiKey={k};secret={s};password={p};",
    "FREQTRADE__EXCHANGE__KEY={k}\nFREQTRADE__EXCHANGE__SECRET={s}",
    "params = [('apiKey', '{k}'), ('signature', '{g}')]",
    "{{b'KC-API-KEY': b'{k}', b'KC-API-SIGN': b'{g}', b'KC-API-PASSPHRASE': b'{p}'}}",
    '{{"op":"login","args":[{{"apiKey":"{k}","passphrase":"{p}","timestamp":"1700000000","sign":"{g}"}}]}}',
    '{{"op":"auth","args":["{k}",1700000000000,"{g}"]}}',
    "Enter your {x} API key >>> {k}\nEnter your {x} secret key >>> {s}",
    "-  secret: {s}\n+  secret: {s}2",
    "  12  api_key: {k}\n  13  api_secret: {s}",
    "pw: {p}\nkey: {k}",
    "PW={p}",
    "pwd {p}",
    "X-Auth: BITSTAMP {k}\nX-Auth-Signature: {g}",
    "Authorization: deri-hmac-sha256 id={k},ts=1700000000000,sig={g},nonce=abcd",
    "is my key {k} still ok?",
    "the key {k} was deleted, secret {s} too",
    "(my secret being {s}, and the key being {k})",
    "Secret Key（只显示一次）: {s}\nAPI密钥: {k}",
    "API ключ: {k}\nСекрет: {s}\nПароль: {p}",
    "APIキー: {k}\nシークレット: {s}",
    "API 키: {k}\n비밀 키: {s}",
    "creds: {k} / {s} / {p}",
    "{k} {s}",
    "{k}\t{s}\t{p}",
    "{k},{s}",
    "I tried {k} with {s} on {x} and got 401, are these API keys dead?",
    "api key:{k},secret:{s}",
    "[api]\nkey   {k}\nsecret   {s}",
    'Key="{k}"\r\nSecret="{s}"\r\n',
    "exchange_credentials.{x}.key -> {k}\nexchange_credentials.{x}.secret -> {s}",
    "<key>{k}</key><secret>{s}</secret><passphrase>{p}</passphrase>",
    '<string name="api_secret">{s}</string>',
    "data:\n  api-key: {k}\n  api-secret: {s}\ntype: Opaque",
    'req.Header.Set("KC-API-KEY", "{k}")\nreq.Header.Set("KC-API-PASSPHRASE", "{p}")',
    "headers.append('api-key', '{k}'); headers.append('api-signature', '{g}')",
    "Trade(key='{k}', secret='{s}', passphrase='{p}', is_sandbox=False)",
    "My API Key for {x}, which I made yesterday with read rights, is {k}. The secret, shown once, is {s}.",
    "{x} Api-Key ....... {k}\n{x} Api-Secret .... {s}",
    "Sent with the wrong signature: {g}",
    "expected sign {g} but got {g}",
    "KC-API-SIGN={g}, KC-API-KEY={k}",
    "DEBUG sign payload ok; signature -> {g}",
    "{{'apikey': ['{k}'], 'signature': ['{g}']}}",
    "your key ({k}) has no permission",
    "Invalid API key: {k}",
    "unknown apikey '{k}'",
    "KC-API-KEY {k} not exists",
    'password is "{p}" and it still says wrong',
    "I set the passphrase to {p}",
    "Passphrase (the one I chose): {p}",
    "my pass phrase would be {p}",
    "the trading password: {p}",
    "passphrase={p}",
    "passphrase = '{p}'",
    "Passphrase\n{p}",
    'pass_phrase: "{p}"',
    "password:{p}",
    "api password {p}",
)


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
