"""What a message of a log means: ordinary lines, however tempting, are no incidents, and real ones are."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.triage.same_events import triaged

from keymedic.knowledge.store import Knowledge
from keymedic.triage.meaning.judge import INCIDENT, NOT_KEY, NOTHING, STRANGE, judge

AT = "2026-10-01 06:00:00,000"
ORDINARY = f"""\
{AT} INFO auth: API key loaded from the environment
{AT} INFO auth: API key for account 7 verified, permissions: read, trade
{AT} INFO exchange.binance: permissions of the key: spot trading enabled, withdrawals disabled
{AT} INFO exchange.kucoin: passphrase read from KUCOIN_PASSPHRASE
{AT} INFO config: secrets decrypted with the master password
{AT} DEBUG signer: signature computed in 0.2 ms
{AT} DEBUG signer: nonce 1790834400123
{AT} INFO freqtrade.plugins.pairlistmanager - Whitelist with 3 pairs: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']
{AT} WARNING freqtrade.plugins.pairlistmanager - Pair DOGE/USDT in your blacklist. Removing it from whitelist...
{AT} INFO pairlist: 12 pairs are whitelisted, 3 are blacklisted
{AT} INFO ip: our address is 203.0.113.7
{AT} INFO ip: address 203.0.113.7 is on the whitelist of the exchange
{AT} INFO strategy: signal BUY for BTC/USDT
{AT} INFO strategy: signal expired for ETH/USDT after 2 candles
{AT} INFO strategy: entry signal rejected by protection StoplossGuard
{AT} WARNING strategy: signal for SOL/USDT ignored, no free slot
{AT} INFO market: token BTC listed, token LUNA delisted
{AT} INFO market: token USDT restricted to isolated margin on this pair
{AT} INFO ratelimit: 120 of 1200 request weight used
{AT} INFO ratelimit: waiting 250 ms before the next request
{AT} WARNING ratelimit: rate limit almost reached, slowing down
{AT} INFO ws: authenticated user stream
{AT} INFO ws: listen key refreshed
{AT} WARNING ws: connection closed with code 1006, reconnecting
{AT} WARNING ws: ping timed out after 10 s
{AT} INFO health: GET /healthz 200
{AT} INFO clock: server time differs by 12 ms
{AT} INFO clock: timestamp offset set to -31 ms
{AT} INFO orders: order 4015 created, order 4009 cancelled
{AT} INFO orders: order 50111 filled, 2015 left
{AT} INFO orders: sell order 401 of account=b-1 filled at 403.00
{AT} WARNING orders: Account has insufficient balance for requested action.
{AT} INFO wallet: withdrawal of 0.1 BTC to the cold wallet confirmed
{AT} INFO wallet: deposit address verified
{AT} INFO account: sub-account anna opened
{AT} INFO account: margin account upgraded to unified account
{AT} INFO account: agreement signed
{AT} INFO users: new user registered, KYC pending
{AT} INFO users: two-factor authentication enabled for user 17
{AT} INFO session: token refreshed, valid for 60 minutes
{AT} INFO session: user 17 logged out, session expired
{AT} INFO deploy: certificate renewed, valid until 2027-01-01
{AT} INFO deploy: permissions of /srv/bots set to 0750
{AT} INFO backup: access key rotated as planned
{AT} DEBUG http: > GET /api/v3/account
{AT} DEBUG http: < 200 OK
{AT} INFO http: 10.0.0.7 - "GET /api/v1/status HTTP/1.1" 401
10.0.0.7 - - [01/Oct/2026:06:00:00 +0000] "GET /admin HTTP/1.1" 403 162 "-" "curl/8.5.0"
10.0.0.8 - - [01/Oct/2026:06:00:00 +0000] "POST /login HTTP/1.1" 401 52 "-" "Mozilla/5.0"
10.0.0.9 - alice [01/Oct/2026:06:00:01 +0000] "GET /api-keys HTTP/1.1" 200 8812 "-" "Mozilla/5.0"
Oct  1 06:00:00 fra1 sshd[812]: Failed password for invalid user admin from 198.51.100.4 port 51122 ssh2
Oct  1 06:00:00 fra1 sshd[812]: Accepted publickey for deploy from 198.51.100.5 port 4022 ssh2
Oct  1 06:00:00 fra1 sshd[813]: Connection closed by invalid user root 198.51.100.4 port 51123 [preauth]
Oct  1 06:00:00 fra1 sudo: pam_unix(sudo:auth): authentication failure; logname= uid=1000
Oct  1 06:00:00 fra1 kernel: audit: type=1400 apparmor="DENIED" operation="open" profile="snap.lxd"
Oct  1 06:00:00 fra1 systemd[1]: Started Session 17 of user deploy.
Oct  1 06:00:00 fra1 CRON[99]: (root) CMD (/srv/bots/rotate-keys.sh)
{{"level":"info","time":"2026-10-01T06:00:00Z","msg":"api key ok","exchange":"bybit","code":10003}}
{{"level":30,"time":1790834400000,"msg":"signature verified","exchange":"okx"}}
{{"level":"debug","ts":"2026-10-01T06:00:00Z","msg":"permission check passed","user":"u-17"}}
{{"level":"warn","ts":"2026-10-01T06:00:00Z","msg":"cache key expired","key":"ohlcv:BTC/USDT"}}
{AT} ERROR db: duplicate key value violates unique constraint "orders_pkey"
{AT} ERROR db: permission denied for table trades
{AT} ERROR redis: WRONGPASS invalid username-password pair or user is disabled.
{AT} ERROR disk: PermissionError: [Errno 13] Permission denied: '/var/lib/bots/state.json'
{AT} ERROR cache: KeyError: 'pair'
{AT} ERROR parser: invalid literal for int() with base 10: 'key'
""".splitlines()

REAL = (
    ("binance", 'binance {"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}'),
    ("binance", 'binance {"code":-2014,"msg":"API-key format invalid."}'),
    ("binance", 'binance {"code":-1022,"msg":"Signature for this request is not valid."}'),
    ("binance", 'binance {"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}'),
    ("kucoin", 'kucoin {"code":"400003","msg":"KC-API-KEY not exists"}'),
    ("kucoin", 'kucoin {"code":"400004","msg":"Invalid KC-API-PASSPHRASE"}'),
    ("kucoin", 'kucoin {"code":"400005","msg":"Invalid KC-API-SIGN"}'),
    ("kucoin", 'kucoin {"code":"400006","msg":"The requested ip address is not in the api whitelist"}'),
    ("kucoin", 'kucoin {"code":"400007","msg":"Access denied--> Require more permission"}'),
    ("kucoin", 'kucoin {"code":"400002","msg":"KC-API-TIMESTAMP Invalid"}'),
    ("kraken", 'kraken {"error":["EAPI:Invalid key"]}'),
    ("kraken", 'kraken {"error":["EAPI:Invalid signature"]}'),
    ("kraken", 'kraken {"error":["EAPI:Invalid nonce"]}'),
    ("kraken", 'kraken {"error":["EGeneral:Permission denied"]}'),
    ("bybit", 'bybit {"retCode":10003,"retMsg":"API key is invalid.","result":{},"retExtInfo":{}}'),
    ("bybit", 'bybit {"retCode":33004,"retMsg":"Your api key has expired.","result":{},"retExtInfo":{}}'),
    ("bybit", 'bybit {"retCode":10010,"retMsg":"Unmatched IP, please check your API key\'s bound IP addresses."}'),
    ("bybit", 'bybit {"retCode":10005,"retMsg":"Permission denied, please check your API key permissions."}'),
    ("okx", 'okx {"msg":"API key doesn\'t exist","code":"50119"}'),
    ("okx", 'okx {"msg":"APIKey does not match current environment.","code":"50101"}'),
    ("okx", 'okx {"msg":"Request header OK-ACCESS-PASSPHRASE incorrect.","code":"50105"}'),
    ("okx", 'okx {"msg":"Invalid Sign","code":"50113"}'),
    ("okx", 'okx {"msg":"Your IP 203.0.113.9 is not included in your API key\'s IP whitelist.","code":"50110"}'),
    ("bitget", 'bitget {"code":"40006","msg":"Invalid ACCESS_KEY","data":null}'),
    ("bitget", 'bitget {"code":"40037","msg":"Apikey does not exist","data":null}'),
    ("bitget", 'bitget {"code":"40009","msg":"sign signature error","data":null}'),
    ("bitget", 'bitget {"code":"40018","msg":"Invalid IP","data":null}'),
    ("gate", 'gate {"label":"INVALID_KEY","message":"Invalid key provided"}'),
    ("gate", 'gate {"label":"INVALID_SIGNATURE","message":"Signature mismatch"}'),
    ("gate", 'gate {"label":"IP_FORBIDDEN","message":"Request IP not in whitelist: 203.0.113.9"}'),
    ("gate", 'gate {"label":"READ_ONLY","message":"API key is read-only"}'),
    ("coinbase", 'coinbase {"errors":[{"id":"authentication_error","message":"invalid api key"}]}'),
    ("mexc", 'mexc {"code":10072,"msg":"Api key info invalid"}'),
    ("mexc", 'mexc {"code":700002,"msg":"Signature for this request is not valid."}'),
    ("htx", 'htx {"status":"error","err-code":"api-signature-not-valid","err-msg":"Signature not valid"}'),
    ("bitfinex", 'bitfinex ["error",10100,"apikey: invalid"]'),
    ("gemini", 'gemini {"result":"error","reason":"InvalidSignature","message":"InvalidSignature"}'),
    ("hollaex", 'hollaex {"message":"Access denied: Access Denied: Invalid API Key"}'),
    ("hollaex", 'hollaex {"message":"Access denied: Access Denied: API Key is expired"}'),
    ("hollaex", 'hollaex {"message":"Access denied: Access Denied: Invalid API Signature"}'),
    ("bitmart", 'bitmart {"message":"Header X-BM-KEY is not found","code":30002,"data":{}}'),
    ("bitstamp", 'bitstamp {"status":"error","reason":"Invalid nonce","code":"API0004"}'),
)
FORMS = (
    AT + " ERROR bots.sync: fetch_balance failed: {}",
    AT + " WARNING bots.sync: retrying after ccxt.base.errors.AuthenticationError: {}",
    "[06:00:00] worker-7: {}",
)


@pytest.mark.parametrize("line", ORDINARY)
def test_an_ordinary_line_is_no_incident(line: str, knowledge: Knowledge) -> None:
    judged = judge(knowledge, line, "", "")
    assert judged.kind != INCIDENT, judged


@pytest.mark.parametrize("exchange", ["binance", "kucoin", "kraken", "bybit", "okx"])
def test_ordinary_lines_are_no_incident_in_the_log_of_one_exchange(exchange: str, knowledge: Knowledge) -> None:
    wrong = [line for line in ORDINARY if judge(knowledge, line, exchange, "freqtrade").kind == INCIDENT]
    assert wrong == []


def test_a_log_of_ordinary_lines_has_no_incident(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "ordinary.log"
    path.write_text("\n".join(ORDINARY * 20) + "\n", encoding="utf-8")
    assert [one.samples[0].text for one in triaged(path, knowledge).incidents if one.key_problem] == []


@pytest.mark.parametrize("form", FORMS, ids=["error", "class", "bare"])
@pytest.mark.parametrize(("exchange", "answer"), REAL)
def test_an_answer_about_a_key_is_an_incident(exchange: str, answer: str, form: str, knowledge: Knowledge) -> None:
    judged = judge(knowledge, form.format(answer), "", "")
    assert (judged.kind, judged.exchange) == (INCIDENT, exchange)
    assert knowledge.causes[judged.cause].key_problem


@pytest.mark.parametrize("form", FORMS, ids=["error", "class", "bare"])
def test_a_log_of_answers_about_keys_has_all_of_them(form: str, tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "real.log"
    path.write_text("".join(f"{form.format(answer)}\n" for _, answer in REAL), encoding="utf-8")
    found = triaged(path, knowledge)
    assert sum(one.count for one in found.incidents if one.key_problem) == len(REAL)


def test_the_exchange_that_a_message_names_counts_before_that_of_its_log(knowledge: Knowledge) -> None:
    line = f'{AT} ERROR {{"exchange":"kucoin"}} {{"code":"400003","msg":"KC-API-KEY not exists"}}'
    assert judge(knowledge, line, "binance", "").exchange == "kucoin"


def test_the_exchange_of_the_log_counts_where_a_message_names_none(knowledge: Knowledge) -> None:
    judged = judge(knowledge, f"{AT} ERROR sync: Invalid signature", "kraken", "freqtrade")
    assert (judged.kind, judged.exchange, judged.source) == (INCIDENT, "kraken", "freqtrade")


@pytest.mark.parametrize("said", ["Invalid API key", "API key expired", "Permission denied for this API key"])
def test_general_words_about_a_key_are_at_least_shown_as_unknown(said: str, knowledge: Knowledge) -> None:
    judged = judge(knowledge, f"{AT} ERROR sync: {said}", "kraken", "freqtrade")
    assert judged.kind in {INCIDENT, STRANGE}
    assert judged.exchange == "kraken"


def test_another_problem_is_told_from_one_of_the_key(knowledge: Knowledge) -> None:
    line = f'{AT} ERROR binance {{"code":-1003,"msg":"Too many requests; current limit is 1200 requests per minute."}}'
    assert judge(knowledge, line, "", "").kind == NOT_KEY


def test_what_looks_like_one_and_is_known_to_nobody_is_strange(knowledge: Knowledge) -> None:
    line = f"{AT} ERROR gatekeeper: the signature of this api key was eaten by gremlins"
    assert judge(knowledge, line, "", "").kind in {STRANGE, INCIDENT}


@pytest.mark.parametrize("text", ["", "   \n", "\0"])
def test_nothing_is_nothing(text: str, knowledge: Knowledge) -> None:
    assert judge(knowledge, text, "", "").kind == NOTHING
