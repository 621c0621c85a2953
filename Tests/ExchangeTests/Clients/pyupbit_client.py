"""Uses pyupbit as its users do, against the exchange whose addresses are given, and prints what it got.

Nothing in pyupbit is changed but where it goes: its addresses are written into its functions, so the two
libraries that it calls through are told to go elsewhere.
"""

import json
import signal
import sys

import pyupbit
import requests
import websockets

REAL_REST = "https://api.upbit.com/v1"
REAL_SOCKET = "wss://api.upbit.com/websocket/v1"


def redirect(rest, socket):
    get, connect = requests.get, websockets.connect

    def get_here(url, **arguments):
        assert url.startswith(REAL_REST), url
        return get(rest + url[len(REAL_REST):], **arguments)

    def connect_here(uri, **arguments):
        assert uri == REAL_SOCKET, uri
        return connect(socket, **arguments)

    requests.get = get_here
    websockets.connect = connect_here


def rows(frame):
    return [
        [str(time), row.open, row.high, row.low, row.close, row.volume, row.value]
        for time, row in zip(frame.index, frame.itertuples())
    ]


def listen(kind, codes, count):
    manager = pyupbit.WebSocketManager(kind, codes)
    messages = [manager.get() for _ in range(count)]
    manager.terminate()
    return messages


def main(rest, socket, until):
    redirect(rest, socket)
    ticks, limit = pyupbit.request_api._call_public_api(
        REAL_REST + "/trades/ticks", market="KRW-BTC", count=300)
    print(json.dumps({
        "tickers": pyupbit.get_tickers(fiat="KRW"),
        "minutes": rows(pyupbit.get_ohlcv("KRW-XRP", interval="minute1", count=450, to=until)),
        "days": rows(pyupbit.get_ohlcv("KRW-BTC", interval="day", count=210, to=until)),
        "ticks": ticks,
        "limit": limit,
        "book": pyupbit.get_orderbook("KRW-BTC"),
        "price": pyupbit.get_current_price("KRW-ETH"),
        "prices": pyupbit.get_current_price(["KRW-BTC", "KRW-XRP"]),
        "ticker": listen("ticker", ["KRW-XRP", "KRW-BTC"], 20),
        "trade": listen("trade", ["KRW-XRP", "KRW-BTC"], 30),
        "orderbook": listen("orderbook", ["KRW-BTC"], 5),
    }))


if __name__ == "__main__":
    # pyupbit ends its own processes with a signal, which whoever started us may have blocked.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    main(*sys.argv[1:])
