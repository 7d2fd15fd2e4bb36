"""Measures the in-memory limiters of two Python libraries, as peers of the benchmarked limiter.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r requirements.txt
    /tmp/peers/bin/python limiter_peers.py [WORK ...]

Every figure is one line of JSON on stdout. Without arguments, all works are measured.
"""

import gc
import json
import sys
import threading
import tracemalloc
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from time import perf_counter_ns

try:
    from pyrate_limiter import BucketFactory, InMemoryBucket, Limiter, Rate, RateItem
    from throttled import MemoryStore, Throttled, rate_limiter
except ImportError as error:
    sys.exit(f"limiter_peers: {error}; install the peers: pip install -r requirements.txt")

PAIRS = 100_000  # in one repeat
SLOTS = partial(threading.BoundedSemaphore, 4)  # the libraries have no leases
WINDOWS = [(1000, 1), (5000, 10)]  # units, seconds


class KeyedBuckets(BucketFactory):
    """A bucket for each key, the way pyrate-limiter documents it, in virtual time.

    Virtual time lets a tight loop keep the windows as full as real traffic would, without being
    denied; reading it costs less than the library's own clock. Buckets leak every ten seconds of
    it, as the library's background thread makes them do in real time.
    """

    def __init__(self, windows, step_us):
        self.rates = [Rate(units, seconds * 1000) for units, seconds in windows]
        self.step_us = step_us
        self.time_us = 1_000_000_000
        self.next_leak = 0
        self.buckets = {}

    def wrap_item(self, name, weight=1):
        self.time_us += self.step_us
        now = self.time_us // 1000
        if now >= self.next_leak:
            self.next_leak = now + self.leak_interval
            for bucket in self.buckets.values():
                bucket.leak(now)
        return RateItem(name, now, weight)

    def get(self, item):
        bucket = self.buckets.get(item.name)
        if bucket is None:
            bucket = self.buckets[item.name] = InMemoryBucket(self.rates)
        return bucket


class PyrateLimiter:
    """One exact log of starts per key, shared by all windows."""

    name = "pyrate-limiter"
    core_note = "InMemoryBucket.put, without Limiter; else as decide"
    hour_note = "an entry for each unit, filled one by one"
    hour_keys = {5000: 10, 1_000_000: 1}

    def __init__(self, keys=1, threads=1):
        # One key: 500 starts a second, just below the rates. Many: 100 per key in ten seconds.
        self.factory = KeyedBuckets(WINDOWS, 2001 if keys == 1 else 100_000 // keys)
        # A non-blocking call is denied when another thread merely holds the limiter's lock, so
        # threads have to block. They never sleep, because the rates do not bind.
        self.decide = partial(Limiter(self.factory).try_acquire, blocking=threads > 1)
        held = "5000 to 10000" if keys == 1 else "100 to 200"
        self.note = (f"1000/SECOND and 5000/10SECOND in virtual time, {held} entries in the log of "
                     f"each key, blocking={threads > 1}")

    def decide_core(self, key):
        item = self.factory.wrap_item(key)
        return self.factory.get(item).put(item)

    @staticmethod
    def filled(keys, units, windows):
        """A limiter whose keys have each used some units."""
        limiter = Limiter(KeyedBuckets(windows, step_us=1))
        for key in range(keys):
            name = f"key-{key}"
            for _ in range(units):
                if not limiter.try_acquire(name, blocking=False):
                    raise RuntimeError("denied while filling")
        return limiter


class ThrottledPy:
    """Two counters per key and window, the older one weighted by how much of it is left.

    That approximates a sliding window; the library has no algorithm that is exact.
    """

    name = "throttled-py"
    core_note = "rate limiters without Throttled; else as decide"
    hour_note = "one counter, and one more in the next period; filled at one go with cost="
    hour_keys = {5000: 10_000, 1_000_000: 10_000}
    note = ("sliding_window (two counters, approximate), 1000000/SECOND then 10000000/10SECOND: "
            "two limiters one after another, not atomic; real time; timeout off")

    def __init__(self, keys=1, threads=1):
        # The clock cannot be replaced, and the count does not change what a decision costs:
        # rates that never bind are the same work.
        limiters = self.limiters(keys, [(1_000_000, 1), (10_000_000, 10)])
        first, second = (limiter.limit for limiter in limiters)
        self.decide = lambda key: not (first(key).limited or second(key).limited)
        core, last = (limiter.limiter.limit for limiter in limiters)
        self.decide_core = lambda key: not (core(key).limited or last(key).limited)

    @staticmethod
    def limiters(keys, windows):
        """A limiter for each window, as none takes two; sharing a store, as they do by default."""
        store = MemoryStore(options={"MAX_SIZE": max(1024, 8 * keys)})
        return [Throttled(using="sliding_window", store=store, key_prefix=f"window-{seconds}",
                          quota=rate_limiter.per_duration(timedelta(seconds=seconds), units))
                for units, seconds in windows]

    @classmethod
    def filled(cls, keys, units, windows):
        """Limiters whose keys have each used some units."""
        limiters = cls.limiters(keys, windows)
        for key in range(keys):
            if any(limiter.limit(f"key-{key}", cost=units).limited for limiter in limiters):
                raise RuntimeError("denied while filling")
        return limiters


def pairs(decide, work):
    """Takes a slot, decides, gives it back: in this order, a lack of slots spends no units."""
    granted = 0
    for key, slots in work:
        if slots.acquire(blocking=False):
            granted += decide(key)
            slots.release()
    return granted


def best(run, count, repeats=5):
    """Nanoseconds each, the best of the repeats after a warm-up that fills the windows."""
    times = []
    for _ in range(1 + repeats):
        gc.collect()
        start = perf_counter_ns()
        granted = run()
        times.append(perf_counter_ns() - start)
        if granted < count * 0.999:
            raise RuntimeError(f"only {granted} of {count} were granted: not the work to measure")
    return min(times[1:]) / count


def decide(peer):
    limiter = peer()
    run = partial(map, limiter.decide, ["key"] * PAIRS)
    return best(lambda: sum(run()), PAIRS), "ns", limiter.note


def decide_core(peer):
    """The same without the library's front, for comparison with a bare window log."""
    run = partial(map, peer().decide_core, ["key"] * PAIRS)
    return best(lambda: sum(run()), PAIRS), "ns", peer.core_note


def acquire_release(peer):
    limiter = peer()
    work = [("key", SLOTS())] * PAIRS
    note = f"BoundedSemaphore(4); {limiter.note}"
    return best(lambda: pairs(limiter.decide, work), PAIRS), "ns", note


def acquire_release_p99(peer):
    """The tail, which the best of some means cannot show."""
    limiter = peer()
    slots = SLOTS()
    pairs(limiter.decide, [("key", slots)] * PAIRS)
    times = []
    granted = 0
    for _ in range(2 * PAIRS):
        start = perf_counter_ns()
        slots.acquire(blocking=False)
        granted += limiter.decide("key")
        slots.release()
        times.append(perf_counter_ns() - start)
    if granted < len(times):
        raise RuntimeError(f"only {granted} of {len(times)} were granted: not the work to measure")
    note = f"{len(times)} pairs, clock reads included; BoundedSemaphore(4); {limiter.note}"
    return sorted(times)[len(times) * 99 // 100], "ns", note


def threads(peer, count, keys):
    """All threads share one limiter and go round all keys, each from a place of its own."""
    limiter = peer(keys, count)
    ring = [(f"key-{key}", SLOTS()) for key in range(keys)]
    share = PAIRS // count
    starts = [keys * thread // count for thread in range(count)]
    work = [((ring[start:] + ring[:start]) * (share // keys + 1))[:share] for start in starts]

    def run():
        granted = []
        running = [
            threading.Thread(target=lambda own=own: granted.append(pairs(limiter.decide, own)))
            for own in work]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        return sum(granted)

    note = f"wall time / all pairs, best of 3; BoundedSemaphore(4) per key; {limiter.note}"
    return best(run, share * count, repeats=3), "ns", note


def memory(peer, keys=0, hour=0, times=1):
    """Bytes that Python allocated, by key: either used once, or with a full hour."""
    keys = keys or peer.hour_keys[hour]
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    held = peer.filled(keys, hour or 1, [(hour, 3600)] if hour else WINDOWS)
    gc.collect()
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    del held
    note = peer.hour_note if hour else "1000/SECOND and 5000/10SECOND, used once"
    return used / keys * times, "bytes", f"{note}; without slots; from {keys} keys"


WORKS = {
    "decide": decide,
    "decide_core": decide_core,
    "acquire_release": acquire_release,
    "acquire_release_p99": acquire_release_p99,
    **{f"threads_{count}_keys_{keys}": partial(threads, count=count, keys=keys)
       for keys in (1, 1000) for count in (1, 2, 4)},
    "key_idle": partial(memory, keys=10_000),
    "key_5000_hour": partial(memory, hour=5000),
    "key_1000000_hour": partial(memory, hour=1_000_000),
    # Estimated: tracing a million takes too long.
    "keys_million_idle": partial(memory, keys=100_000, times=1_000_000),
}


def main():
    works = sys.argv[1:] or list(WORKS)
    unknown = [work for work in works if work not in WORKS]
    if unknown:
        sys.exit(f"limiter_peers: no such work: {', '.join(unknown)}; there are {', '.join(WORKS)}")
    for work in works:
        for peer in (PyrateLimiter, ThrottledPy):
            value, unit, note = WORKS[work](peer)
            line = {"peer": peer.name, "version": version(peer.name), "work": work,
                    "value": round(value, 1), "unit": unit, "note": note}
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
