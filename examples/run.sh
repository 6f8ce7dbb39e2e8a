#!/bin/sh
# A handful of real messages, diagnosed. Usage: sh examples/run.sh [path of the keymedic program]
set -eu
keymedic=${1:-keymedic}

show() {
    printf '\n\n$ keymedic'
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9_./=-]*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n\n'
    "$keymedic" "$@"
}

show diagnose 'CoinTracker: my KuCoin wallet stopped syncing, it says invalid API key'
show diagnose '403 - {"message": "Access Denied: Invalid API Key"}' --source hollaex-kit
show diagnose 'Unable to place an order: Your API key is invalid or it does not have a permission for the requested action' \
    --source wundertrading
show diagnose 'I reset my 5-word password and now all my accounts say they need a key' --source altrady --exchange kucoin
show diagnose 'ccxt.base.errors.InvalidNonce: binance {"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}'
show diagnose "ccxt.base.errors.InsufficientFunds: bybit {\"retCode\":170131,\"retMsg\":\"Insufficient balance.\"}" --format note
show triage "$(dirname "$0")/logs"
show diagnose 'AuthenticationError: kucoin {"code":"400004","msg":"Invalid KC-API-PASSPHRASE"}' --format reply
