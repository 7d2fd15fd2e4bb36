"""Measures hits of a Python HTTP cache, hishel with httpx, as a peer of the benchmarked cache.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r requirements.txt
    /tmp/peers/bin/python cache_peers.py [WORK ...]

Every figure is one line of JSON on stdout. Without arguments, all works are measured.
"""

import json
import sqlite3
import sys
import tempfile
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

try:
    from hishel import SqliteStorage
    from hishel.httpx import CacheClient
except ImportError as error:
    sys.exit(f"cache_peers: {error}; install the peers: pip install -r requirements.txt")

REPEATS = 5
SECONDS = 0.4  # of one repeat


class Origin(ThreadingHTTPServer):
    """Answers every GET with the same body, fresh for an hour, and counts the requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.requests += 1
            self.send_response(200)
            self.send_header("Cache-Control", "max-age=3600")
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(len(self.server.body)))
            self.end_headers()
            self.wfile.write(self.server.body)

        def log_message(self, *_):
            pass

    def __init__(self, size):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.body = bytes(size)
        self.requests = 0
        self.url = f"http://127.0.0.1:{self.server_port}/body"

    def __enter__(self):
        threading.Thread(target=self.serve_forever).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Hishel:
    """The library's default storage, an SQLite database in a file, under the rules of RFC 9111."""

    name = "hishel"
    rfc = True  # freshness from Cache-Control
    note = "SqliteStorage in a file, following RFC 9111"

    @staticmethod
    def storage(folder):
        return SqliteStorage(database_path=folder / "cache.db")


class HishelMemory(Hishel):
    """The same over an SQLite database in memory, as the library has no other storage in process."""

    name = "hishel-memory"
    note = "SqliteStorage over sqlite3.connect(':memory:'), following RFC 9111"

    @staticmethod
    def storage(folder):
        return SqliteStorage(connection=sqlite3.connect(":memory:", check_same_thread=False))


class HishelPlain(Hishel):
    """The library's default, which is less work: whatever is stored for the URL is a hit, fresh or not."""

    name = "hishel-plain"
    rfc = False
    note = "SqliteStorage in a file, ignoring Cache-Control"


def hits(client, url, size):
    """Hits per second for the length of one repeat; chunks are dropped as they come, as by a client over HTTP."""
    count = received = 0
    start = perf_counter()
    while (elapsed := perf_counter() - start) < SECONDS:
        with client.stream("GET", url) as response:
            received += sum(map(len, response.iter_raw()))
        count += 1
    if received != count * size:
        raise RuntimeError(f"{count} bodies of {size} bytes came as {received} bytes")
    return count / elapsed


def hit(peer, size):
    """The best of the repeats, after the miss that fills the cache and a repeat as a warm-up."""
    with tempfile.TemporaryDirectory() as folder, Origin(size) as origin:
        storage = peer.storage(Path(folder))
        with CacheClient(storage=storage, rfc=peer.rfc, trust_env=False) as client:
            client.get(origin.url)
            rates = [hits(client, origin.url, size) for _ in range(1 + REPEATS)]
        if origin.requests != 1:
            raise RuntimeError(f"the origin was asked {origin.requests} times: not the work to measure")
    return max(rates[1:])


WORKS = {
    "cache_hit_1kb": partial(hit, size=1_000),
    "cache_hit_100kb": partial(hit, size=100_000),
    "cache_hit_10mb": partial(hit, size=10_000_000),
}


def main():
    works = sys.argv[1:] or list(WORKS)
    unknown = [work for work in works if work not in WORKS]
    if unknown:
        sys.exit(f"cache_peers: no such work: {', '.join(unknown)}; there are {', '.join(WORKS)}")
    for work in works:
        for peer in (Hishel, HishelMemory, HishelPlain):
            value = WORKS[work](peer)
            note = f"{peer.note}; httpx {version('httpx')} in the same process, one request at a time"
            line = {"peer": peer.name, "version": version("hishel"), "work": work, "value": round(value, 1),
                    "unit": "hits/s", "us": round(1e6 / value, 1), "note": note}
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
