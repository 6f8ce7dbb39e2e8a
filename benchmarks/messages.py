"""A dozen messages of about one kilobyte, in the wire forms that exchanges, client libraries and people use.

Keys, names and addresses are invented; IP addresses come from the ranges kept for documentation.
"""

# ruff: noqa: E501 -- what was pasted keeps its own lines
from __future__ import annotations

_CCXT_TRACEBACK = """\
Traceback (most recent call last):
  File "/home/anna/gridbot/main.py", line 88, in <module>
    asyncio.run(Grid(load_config()).start())
  File "/usr/lib/python3.11/asyncio/runners.py", line 190, in run
    return runner.run(main)
  File "/home/anna/gridbot/grid.py", line 141, in start
    balance = await self.exchange.fetch_balance({'type': 'future'})
  File "/home/anna/gridbot/.venv/lib/python3.11/site-packages/ccxt/async_support/binance.py", line 3391, in fetch_balance
    response = await self.fapiPrivateV3GetAccount(self.extend(request, query))
  File "/home/anna/gridbot/.venv/lib/python3.11/site-packages/ccxt/async_support/binance.py", line 12014, in request
    response = await self.fetch2(path, api, method, params, headers, body, config)
  File "/home/anna/gridbot/.venv/lib/python3.11/site-packages/ccxt/async_support/base/exchange.py", line 915, in fetch2
    raise e
ccxt.base.errors.AuthenticationError: binance {"code":-2015,"msg":"Invalid API-key, IP, or permissions for action, request \
ip: 203.0.113.7"}
"""

_FREQTRADE_LOG = """\
2025-03-04 07:58:11,204 - freqtrade.worker - INFO - Starting worker 2025.2
2025-03-04 07:58:11,871 - freqtrade.exchange.exchange - INFO - Using CCXT 4.4.62
2025-03-04 07:58:11,871 - freqtrade.exchange.exchange - INFO - Applying additional ccxt config: {'options': \
{'defaultType': 'swap'}}
2025-03-04 07:58:12,402 - freqtrade.exchange.exchange - INFO - Using Exchange "Bybit"
2025-03-04 07:58:13,977 - freqtrade.exchange.common - WARNING - get_balances() returned exception: "Could not get balance \
due to AuthenticationError. Message: bybit {"retCode":10003,"retMsg":"API key is invalid.","result":{},"retExtInfo":{},\
"time":1741075093966}". Retrying still for 1 times.
2025-03-04 07:58:14,312 - freqtrade - ERROR - Fatal exception!
Traceback (most recent call last):
  File "/freqtrade/freqtrade/main.py", line 47, in main
    return_code = args["func"](args)
freqtrade.exceptions.OperationalException: bybit {"retCode":10003,"retMsg":"API key is invalid.","result":{},\
"retExtInfo":{},"time":1741075093966}
"""

_JAVA_STACK = """\
2025-02-17 22:10:45.118  WARN 1 --- [scheduling-1] c.e.ledger.sync.KrakenBalanceJob         : balance job failed, attempt 3
org.knowm.xchange.exceptions.ExchangeException: [EAPI:Invalid key]
\tat org.knowm.xchange.kraken.service.KrakenBaseService.checkResult(KrakenBaseService.java:118) ~[xchange-kraken-5.2.1.jar]
\tat org.knowm.xchange.kraken.service.KrakenAccountServiceRaw.getKrakenBalance(KrakenAccountServiceRaw.java:64)
\tat org.knowm.xchange.kraken.service.KrakenAccountService.getAccountInfo(KrakenAccountService.java:50)
\tat com.example.ledger.sync.KrakenBalanceJob.pull(KrakenBalanceJob.java:77) ~[classes/:na]
\tat com.example.ledger.sync.KrakenBalanceJob.run(KrakenBalanceJob.java:41) ~[classes/:na]
\tat java.base/java.util.concurrent.Executors$RunnableAdapter.call(Executors.java:539) ~[na:na]
\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1136) ~[na:na]
\tat java.base/java.lang.Thread.run(Thread.java:840) ~[na:na]
"""

_TICKET = """\
Subject: KuCoin wallet not updating since last week

Hi there,

I use CoinTracker for my taxes and everything was fine until about a week ago. Since then my KuCoin wallet stopped syncing and \
the wallets page shows a red mark that says "invalid API key". I did not change anything on CoinTracker. My Coinbase and my \
Ledger wallets still update as usual, so it is only KuCoin.

What I tried so far: I pressed refresh about ten times, I logged out and in again and I tried it on my phone. On KuCoin I can \
see two keys, one of them I made for an old bot that I do not use any more. I changed my KuCoin password some days ago after \
they sent me an e-mail about a new device, not sure whether that has to do with it.

Do I have to delete the wallet and add it again? I have edited many transactions by hand and I really do not want to lose \
them before I file. My accountant needs the report by the end of the month.

Thank you,
Dana (plan: Pro, account since 2021)
"""

_HTTP_DUMP = """\
> GET /api/v5/account/balance?ccy=USDT HTTP/1.1
> Host: www.okx.com
> User-Agent: axios/1.7.9
> Accept: application/json, text/plain, */*
> Content-Type: application/json
> OK-ACCESS-KEY: 7d1f0c3a-9b2e-4c55-8f60-3a1e5b7c9d20
> OK-ACCESS-SIGN: pL0q7yJm3cV9sT1xK8bH5nW2rF6dG4zA0uE7iO3kQ1M=
> OK-ACCESS-TIMESTAMP: 2025-03-11T09:12:44.801Z
> OK-ACCESS-PASSPHRASE: Harbour-Lantern-42
>
< HTTP/1.1 401 Unauthorized
< Date: Tue, 11 Mar 2025 09:12:45 GMT
< Content-Type: application/json
< Content-Length: 54
< Connection: keep-alive
< CF-Ray: 91ea0c5f7d3b2c11-FRA
< Set-Cookie: __cf_bm=Zk3n8Qx1vT5yW7aB9cD2eF4gH6jK0mP; path=/; expires=Tue, 11-Mar-25 09:42:45 GMT; domain=.okx.com; HttpOnly
< Strict-Transport-Security: max-age=63072000; includeSubdomains; preload
< x-brokerid: 0
< Server: cloudflare
<
{"msg":"Invalid Sign","code":"50113"}

The same request works from Postman with the key that I made yesterday, but not from our server in Frankfurt (198.51.100.23).
"""

_JSON_LOG = """\
{"level":30,"time":1741682301113,"pid":17,"hostname":"sync-7c9f","name":"portfolio-sync","msg":"sync started","account":48112,\
"exchange":"kucoin"}
{"level":30,"time":1741682301390,"pid":17,"hostname":"sync-7c9f","name":"portfolio-sync","msg":"request","method":"GET",\
"url":"https://api.kucoin.com/api/v1/accounts","requestId":"0194e2c7-3c5a-7d10-a6a0-5b8f6b1f5b11"}
{"level":50,"time":1741682301702,"pid":17,"hostname":"sync-7c9f","name":"portfolio-sync","msg":"request failed","err":\
{"type":"KucoinApiError","message":"Request failed with status code 400","stack":"KucoinApiError: Request failed with status \
code 400\\n    at settle (/app/node_modules/axios/lib/core/settle.js:19:12)\\n    at IncomingMessage.handleStreamEnd \
(/app/node_modules/axios/lib/adapters/http.js:599:11)","body":{"code":"400006","msg":"The requested ip address is not in the \
api whitelist, current ip is: 192.0.2.44"}},"account":48112}
{"level":30,"time":1741682301704,"pid":17,"hostname":"sync-7c9f","name":"portfolio-sync","msg":"sync finished","account":48112,\
"ok":false,"durationMs":591}
"""

_NODE_STACK = """\
/home/node/app/node_modules/ccxt/js/src/base/Exchange.js:1024
                throw new exact[string](message);
                ^

InvalidNonce: binance {"code":-1021,"msg":"Timestamp for this request was 1000ms ahead of the server's time."}
    at binance.throwExactlyMatchedException (file:///home/node/app/node_modules/ccxt/js/src/base/Exchange.js:4722:19)
    at binance.handleErrors (file:///home/node/app/node_modules/ccxt/js/src/binance.js:11847:14)
    at file:///home/node/app/node_modules/ccxt/js/src/base/Exchange.js:1107:33
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
    at async binance.fetch2 (file:///home/node/app/node_modules/ccxt/js/src/base/Exchange.js:4304:24)
    at async binance.request (file:///home/node/app/node_modules/ccxt/js/src/base/Exchange.js:4308:16)
    at async binance.fetchOpenOrders (file:///home/node/app/node_modules/ccxt/js/src/binance.js:6640:22)
    at async Trader.tick (file:///home/node/app/src/trader.js:58:22)

Node.js v20.11.1
"""

_OPERATOR_LOG = """\
$ docker logs --tail 12 demo-kit-server-plugins-controller
3|plugins  | info: 2025-03-08 11:20:01 helpers/plugins.js/startPlugins starting bot_market_maker version 4
3|plugins  | info: 2025-03-08 11:20:02 bot_market_maker/init pair: xht-usdt spread: 0.004 side: both
3|plugins  | error: 2025-03-08 11:20:03 bot_market_maker/createOrder err StatusCodeError: 403 - {"message":"Access Denied: \
Invalid API Key"}
3|plugins  |     at new StatusCodeError (/app/node_modules/request-promise-core/lib/errors.js:32:15)
3|plugins  |     at Request.plumbing.callback (/app/node_modules/request-promise-core/lib/plumbing.js:104:33)
3|plugins  |     at Request.RP$callback [as _callback] (/app/node_modules/request-promise-core/lib/plumbing.js:46:31)
3|plugins  |     at Request.self.callback (/app/node_modules/request/request.js:185:22)
3|plugins  | warn: 2025-03-08 11:20:03 bot_market_maker/loop next attempt in 60 seconds
3|plugins  | error: 2025-03-08 11:21:03 bot_market_maker/createOrder err StatusCodeError: 403 - {"message":"Access Denied: \
Invalid API Key"}
"""

_CURL = """\
root@vps-3:~# ./kraken.sh private/Balance
* Host api.kraken.com:443 was resolved.
* IPv4: 104.17.186.205, 104.17.185.205
*   Trying 104.17.186.205:443...
* Connected to api.kraken.com (104.17.186.205) port 443
* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384 / X25519 / id-ecPublicKey
> POST /0/private/Balance HTTP/2
> Host: api.kraken.com
> user-agent: curl/8.9.1
> accept: */*
> API-Key: q1Wz8Xc5Vb2Nm9Lk6Jh3Gf0Ds7Ap4Oi1Uy8Tr5Ew2Qa9Zs6Xd3Cf0Vg7Bh
> API-Sign: mN4bV7cX1zL8kJ5hG2fD9sA6pO3iU0yT7rE4wQ1aZ8xS5dC2vF9gB6hN3jM0kL7qW4eR1tY8uI5oP2aS9dF6gHA==
> content-type: application/x-www-form-urlencoded
> content-length: 22
>
* upload completely sent off: 22 bytes
< HTTP/2 200
< date: Sun, 09 Mar 2025 18:03:27 GMT
< content-type: application/json
< cf-cache-status: DYNAMIC
< server: cloudflare
<
{"error":["EAPI:Invalid nonce"]}
* Connection #0 to host api.kraken.com left intact
root@vps-3:~# date
Sun Mar  9 18:03:31 UTC 2025
The same key is used by two scripts on this machine and by one on my laptop.
"""

_BOT_TICKET = """\
Hello support,

since this morning none of my three grid bots can open a position. In the activity log of every bot I find this line again and \
again:

  Unable to place an order: Your API key is invalid or it does not have a permission for the requested action

They are all on the same Bybit account (unified trading account), connected to WunderTrading by API key about three months ago. \
The two DCA bots on Binance work without problems. I can still see my balance on the accounts page, it even updates, only \
orders fail. On Bybit the key shows "Read-Write" and under permissions there is a check for Orders and Positions, but no IP \
address is entered and below it says "expires in 2 days".

I saw something in the help about adding IP addresses, but I do not know which ones. Should I make a new key, or can I change \
the one that is there? I have open positions with stop losses and I am afraid that they stop working when I replace the key.

Best regards,
Tomás
"""

_GERMAN_TICKET = """\
Guten Tag,

ich nutze Altrady seit zwei Jahren mit Binance und Kraken. Gestern habe ich mein Passwort (die fünf Wörter) zurückgesetzt, weil \
ich mich am neuen Laptop nicht mehr anmelden konnte. Seitdem steht bei allen Konten, dass ein API-Schlüssel fehlt, und die \
Aufträge lassen sich nicht mehr ändern. Im Fenster erscheint außerdem kurz diese Meldung:

  {"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}

Auf der Seite von Binance ist der Schlüssel aber noch da. Er ist auf die IP-Adressen beschränkt, die mir Altrady damals genannt \
hat, Spot-Handel ist eingeschaltet, Abhebungen sind aus. Den geheimen Schlüssel habe ich nicht aufgeschrieben, Binance zeigt \
ihn ja nur einmal an.

Muss ich nun überall neue Schlüssel anlegen? Was geschieht mit den laufenden Signal-Bots und mit den Stop-Loss-Aufträgen, die \
schon an der Börse liegen? Ich möchte nichts verlieren.

Vielen Dank und freundliche Grüße
Jürgen Weiß
"""

_PYTHON_BINANCE = """\
2025-03-02 03:14:08 [ERROR] strategy.runner: order for BTCUSDT failed
Traceback (most recent call last):
  File "C:\\bots\\swing\\runner.py", line 203, in place
    order = self.client.create_order(symbol=symbol, side=SIDE_BUY, type=ORDER_TYPE_MARKET, quantity=qty)
  File "C:\\Python310\\lib\\site-packages\\binance\\client.py", line 1422, in create_order
    return self._post('order', True, data=params)
  File "C:\\Python310\\lib\\site-packages\\binance\\client.py", line 388, in _request
    return self._handle_response(self.response)
  File "C:\\Python310\\lib\\site-packages\\binance\\client.py", line 398, in _handle_response
    raise BinanceAPIException(response, response.status_code, response.text)
binance.exceptions.BinanceAPIException: APIError(code=-2014): API-key format invalid.
2025-03-02 03:14:08 [DEBUG] strategy.config: {'api_key': 'Hk2vN8wQ4rT6yU1iO3pA5sD7fG9hJ0kL2zX4cV6bN8mQ1wE3rT5yU7iO9pA1sD3 ', \
'api_secret': 'Zx1Cv3Bn5Mq7We9Rt1Yu3Io5Pa7Sd9Fg1Hj3Kl5Zx7Cv9Bn1Mq3We5Rt7Yu9Io1P', 'testnet': False, 'tld': 'com'}
"""

MESSAGES: dict[str, str] = {
    "ccxt traceback (Binance)": _CCXT_TRACEBACK,
    "freqtrade log (Bybit)": _FREQTRADE_LOG,
    "Java stack trace (Kraken)": _JAVA_STACK,
    "ticket (KuCoin in CoinTracker)": _TICKET,
    "HTTP dump (OKX)": _HTTP_DUMP,
    "JSON log (KuCoin)": _JSON_LOG,
    "Node.js stack (Binance)": _NODE_STACK,
    "operator's log (HollaEx)": _OPERATOR_LOG,
    "curl -v (Kraken)": _CURL,
    "ticket (Bybit in WunderTrading)": _BOT_TICKET,
    "ticket in German (Binance in Altrady)": _GERMAN_TICKET,
    "python-binance log with its key": _PYTHON_BINANCE,
}
"""What it is -> the text."""
