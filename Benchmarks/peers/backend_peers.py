"""Measures the Redis limiters of two Python libraries, as peers of Weir's Redis backend.

    python backend_peers.py redis://127.0.0.1:6379

Every figure is one line of JSON on stdout. Callers are threads, each with a connection of its own, as both libraries are
used; the rate never binds, so that each decision writes.
"""

import json
import sys
import threading
from importlib.metadata import version
from time import perf_counter

import redis
from pyrate_limiter import Limiter, Rate, RedisBucket
from throttled import RedisStore, Throttled, rate_limiter

SECONDS = 3
RATE = 1_000_000


def pyrate(url, callers):
    pool = redis.ConnectionPool.from_url(url, max_connections=callers + 8)
    bucket = RedisBucket.init([Rate(RATE, 1000)], redis.Redis(connection_pool=pool), f"pyrate-{callers}")
    limiter = Limiter(bucket)
    return lambda: limiter.try_acquire("api", blocking=True)


def throttled(url, callers):
    store = RedisStore(server=url, options={"CONNECTION_POOL_KWARGS": {"max_connections": callers + 8}})
    limiter = Throttled(
        key=f"api-{callers}", using="sliding_window", quota=rate_limiter.per_sec(RATE), store=store)
    return lambda: not limiter.limit().limited


def measure(decide, callers):
    """Decisions a second, and microseconds each took."""
    latencies = [[] for _ in range(callers)]
    end = perf_counter() + SECONDS

    def call(mine):
        while (asked := perf_counter()) < end:
            if decide():
                mine.append(perf_counter() - asked)

    threads = [threading.Thread(target=call, args=(mine,)) for mine in latencies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(latency * 1e6 for mine in latencies for latency in mine)


def main():
    url = sys.argv[1]
    for name, make, note in [
        ("pyrate-limiter", pyrate, "RedisBucket, a sorted set and a Lua script"),
        ("throttled-py", throttled, "RedisStore, sliding_window (two counters, approximate)"),
    ]:
        for callers in (1, 16, 64):
            decide = make(url, callers)
            decide()
            latencies = measure(decide, callers)
            for work, value in [
                ("decisions", len(latencies) / SECONDS),
                ("p50", latencies[len(latencies) // 2]),
                ("p99", latencies[len(latencies) * 99 // 100]),
            ]:
                print(json.dumps({"peer": name, "work": f"{work}_{callers}", "value": value, "note": note,
                                  "version": version(name)}), flush=True)


if __name__ == "__main__":
    main()
