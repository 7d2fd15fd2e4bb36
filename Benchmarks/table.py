"""Turns the lines of JSON that benchmarks print into a part of RESULTS.md; the other parts stay as they are.

    table.py PART MACHINE RESULTS.md <LINES
"""

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

IN_PROCESS = [
    ("decide_core", "the bare window decision, two windows"),
    ("decide", "acquire of units, two windows"),
    ("acquire_release", "acquire and release, two windows and a lease"),
    ("acquire_release_p99", "the same, 99th percentile"),
    *(
        (f"threads_{tasks}_keys_{keys}", f"the same, {tasks} at once over {keys} key{'s' * (keys > 1)}")
        for tasks in (1, 2, 4)
        for keys in (1, 1000)
    ),
    ("apply_and_decide", "a new limit table, and the first decision under it"),
    *(
        (f"{work}_keys_{keys}", f"{what} one of {keys:,} keys")
        for work, what in [("acquire", "acquire of units on"), ("check", "check of"), ("usage", "usage of")]
        for keys in (1000, 100_000, 1_000_000)
    ),
]
MEMORY = [
    ("key_idle", "a key used once"),
    ("key_5000_hour", "a key with 5000/HOUR full"),
    ("key_1000000_hour", "a key with 1000000/HOUR full"),
    ("keys_million_idle", "a million keys used once"),
]
LIMITERS = ["pyrate-limiter", "throttled-py"]
CACHES = ["hishel", "hishel-memory", "hishel-plain"]


def columns(peers, ours):
    print(f"| what | {ours} | " + " | ".join(f"{peer} | ratio" for peer in peers) + " |")
    print("|---" + "|---:" * (1 + 2 * len(peers)) + "|")


def rows(results, works, peers, digits=0, is_rate=False):
    """Ours, and each peer's value with how many times better ours is."""
    for work, what in works:
        ours = results[("weir", work)]["value"]
        row = [f"{ours:,.{digits}f}"]
        for peer in peers:
            theirs = results.get((peer, work))
            if theirs:
                ratio = ours / theirs["value"] if is_rate else theirs["value"] / ours
                row += [f"{theirs['value']:,.{digits}f}", f"{ratio:.1f}×"]
            else:
                row += ["", ""]
        print(f"| {what} | " + " | ".join(row) + " |")
    print()


def http(results):
    """Requests per second, and the share of what nginx answers."""
    fixed = results[("nginx", "http_fixed")]["value"]
    print("### Over HTTP: 16 connections, wrk on the same machine\n")
    print("| what | requests/s | share of nginx | decisions/s |")
    print("|---|---:|---:|---:|")
    print(f"| nginx, one worker, a fixed body | {fixed:,.0f} | 1.00 | |")
    for work, what, decisions in [
        ("http_healthz", "GET /healthz", 0),
        ("http_acquire", "POST /v1/tokens/acquire", 1),
        ("http_batch", "POST /v1/tokens/batch, 100 acquires", 100),
    ]:
        value = results[("weir", work)]["value"]
        decided = f"{value * decisions:,.0f}" if decisions else ""
        print(f"| {what} | {value:,.0f} | {value / fixed:.2f} | {decided} |")
    print()


def changes(results):
    """How soon a change of limits governs."""
    print("### A change of limits: 200 of them while 16 connections ask, medians\n")
    print("| what | Weir, `PATCH /v1/limits` | nginx, file and reload | ratio |")
    print("|---|---:|---:|---:|")
    for work, what, unit in [
        ("change_returned", "until the change has returned (Weir's is durable then)", "ms"),
        ("change_seen", "from there to the first answer under it, its round trip included", "ms"),
        ("change_stale", "answers under the old limits in between, per change", ""),
    ]:
        ours, theirs = (results[(peer, work)]["value"] for peer in ("weir", "nginx"))
        ratio = f"{theirs / ours:.1f}×" if ours else ""
        print(f"| {what} | {ours:.2f} {unit} | {theirs:.2f} {unit} | {ratio} |")
    print()


def notes(results, peers, is_told):
    print("### Notes of the peers\n")
    for (peer, work), entry in results.items():
        if peer in peers and entry.get("note") and is_told(work):
            print(f"- {peer} {entry['version']}, {work}: {entry['note']}")
    print()


def limiter(results):
    print("Times are the best of five, on one thread where nothing else is said. A ratio is the peer's value over")
    print("Weir's, measured in the same run: above 1, Weir is faster or smaller. No peer gives leases; theirs are")
    print("paired with a semaphore. What each peer was made to do is in `Benchmarks/peers/limiter_peers.py`.\n")
    print("### In process\n")
    columns(LIMITERS, "Weir, ns")
    rows(results, IN_PROCESS, LIMITERS)
    print("### Memory\n")
    columns(LIMITERS, "Weir, bytes")
    rows(results, MEMORY, LIMITERS)
    http(results)
    changes(results)
    notes(results, LIMITERS, lambda work: not (work.startswith("threads_") or work.endswith("_p99")))


def fetch(results):
    print("The origin is an nginx on the same machine. A ratio above 1 means that Weir is faster, as in all of this file.\n")
    print("### What the stack adds to a request of 1 kB that is not stored\n")
    print("Deadline, redirects, robots.txt, event (with its log line), cache, retries, breaker, limiter and metrics over")
    print("AsyncHTTPClient alone; by turns, medians of nine, microseconds of wall time for each request.\n")
    print("| requests at once | AsyncHTTPClient | Weir | more |")
    print("|---|---:|---:|---:|")
    for tasks in (1, 16):
        bare, stack, more = (
            results[key]["value"]
            for key in [("async-http-client", f"fetch_{tasks}"), ("weir", f"fetch_{tasks}"),
                        ("weir", f"fetch_overhead_{tasks}")]
        )
        print(f"| {tasks} | {bare:.0f} µs | {stack:.0f} µs | {more:.0f} µs |")
    print("\n### Hits of the cache in process, one at a time\n")
    columns(CACHES, "Weir, hits/s")
    sizes = [("1kb", "1 kB"), ("100kb", "100 kB"), ("10mb", "10 MB")]
    for size, what in sizes:
        for (peer, work), entry in list(results.items()):
            if peer in CACHES and work == f"cache_hit_{size}":
                results[(peer, f"cache_hit_logged_{size}")] = entry
    works = [(f"cache_hit_{size}", what) for size, what in sizes]
    logged = [(f"cache_hit_logged_{size}", f"{what}, with Weir's log line") for size, what in sizes]
    rows(results, works + logged, CACHES, is_rate=True)
    print("### Hits of the gateway: 16 connections, wrk on the same machine\n")
    columns(["nginx"], "Weir, requests/s")
    rows(results, [(f"gateway_hit_{size}", what) for size, what in sizes[:2]], ["nginx"], is_rate=True)
    print("### Memory while a body passes, over what the idle process has\n")
    print("| what | in process | gateway |")
    print("|---|---:|---:|")
    for name, gateway, what in [
        ("stream_memory", "stream", "1 GiB, passed on"),
        ("stream_memory_stored", "stored", "200 MB, passed on and stored"),
        ("stream_memory_hit", "hit", "200 MB from the cache"),
    ]:
        inside, outside = (results[("weir", key)]["value"] / 1e6 for key in (name, f"gateway_memory_{gateway}"))
        print(f"| {what} | {inside:.1f} MB | {outside:.1f} MB |")
    print()
    notes(results, CACHES, lambda work: work == "cache_hit_1kb")


def harvest(results):
    print("2,000 invented works behind upstream-simulator on the same machine, which takes its share of the two cores;")
    print("32 requests at once, no limits to speak of, robots.txt obeyed; the median of three runs by turns.\n")
    print("### Files whose URLs are known\n")
    columns(["scrapy"], "Weir, works/s")
    rows(results, [("harvest_works", "works per second")], ["scrapy"], is_rate=True)
    columns(["scrapy"], "Weir, s")
    rows(results, [("harvest_cpu", "CPU seconds per 1,000 files")], ["scrapy"], digits=2)
    print("### The whole way: listed, resolved by fifteen resolvers, downloaded\n")
    print("| works/s | CPU seconds per 1,000 files |")
    print("|---:|---:|")
    print(f"| {results[('weir', 'whole_works')]['value']:,.0f} | {results[('weir', 'whole_cpu')]['value']:.2f} |\n")
    print("### Peak memory of a list\n")
    print("| works | peak |")
    print("|---:|---:|")
    for count in (1000, 50000):
        print(f"| {count:,} | {results[('weir', f'list_memory_{count}')]['value'] / 1e6:.1f} MB |")
    print()
    notes(results, ["scrapy"], lambda work: work == "harvest_works")


def backends(results):
    print("One instance, one key, a rate that never binds, so that each decision writes; three seconds each. Databases on the")
    print("same machine, which take their share of the two cores. A ratio is Weir's decisions a second over the peer's on the")
    print("same Redis. No peer waits in order, holds leases, or keeps what Redis loses.\n")
    for work, what in [("decisions", "Decisions a second"), ("p50", "Microseconds, median"),
                       ("p99", "Microseconds, 99th percentile")]:
        print(f"### {what}\n")
        peers = ["pyrate-limiter", "throttled-py"]
        ratios = work == "decisions"
        print("| callers at once | SQLite | PostgreSQL | Redis | " + " | ".join(
            f"{peer} | ratio" if ratios else peer for peer in peers) + " |")
        print("|---" * (4 + len(peers) * (1 + ratios)) + "|")
        for callers in (1, 16, 64):
            ours = results[("weir-redis", f"{work}_{callers}")]["value"]
            row = [f"{results[(f'weir-{kind}', f'{work}_{callers}')]['value']:,.0f}"
                   for kind in ("sqlite", "postgres", "redis")]
            for peer in peers:
                theirs = results[(peer, f"{work}_{callers}")]["value"]
                row.append(f"{theirs:,.0f}")
                if ratios:
                    row.append(f"{ours / theirs:.0f}×")
            print(f"| {callers} | " + " | ".join(row) + " |")
        print()
    print("### By the number of keys in use: microseconds, median, one caller\n")
    print("| keys | what | SQLite | PostgreSQL | Redis |\n|---|---|---|---|---|")
    kinds = ("sqlite", "postgres", "redis")
    for keys in (1_000, 100_000, 1_000_000):
        for work in ("acquire", "check", "usage"):
            row = [f"{results[(f'weir-{kind}', f'{work}_keys_{keys}')]['value']:,.0f}" for kind in kinds]
            print(f"| {keys:,} | {work} | " + " | ".join(row) + " |")
    counts = [f"{results[(f'weir-{kind}', 'unavailable_keys')]['value']:.0f}" for kind in kinds]
    print("\nBatches of the filling that were answered that the backend is away: " + ", ".join(counts) + ".\n")
    script = results[("redis-benchmark", "script")]["value"]
    share = results[("weir-redis", "decisions_64")]["value"] / script
    print(f"`redis-benchmark -P 32` runs the script of an exchange {script:,.0f} times a second; Weir decides {share:.0%} as often")
    print("with 64 callers, since an exchange carries all that have gathered.\n")
    notes(results, ["pyrate-limiter", "throttled-py"], lambda work: work == "decisions_1")


PARTS = {"limiter": ("The limiter", limiter), "backends": ("Shared limits", backends), "fetch": ("The way of a fetch", fetch),
         "harvest": ("The harvest", harvest)}


def main():
    part, machine, path = sys.argv[1:4]
    title, write = PARTS[part]
    runs = {}
    for line in sys.stdin:
        entry = json.loads(line)
        runs.setdefault((entry["peer"], entry["work"]), []).append(entry)
    # What was measured more than once is told by the run in the middle.
    results = {key: sorted(entries, key=lambda entry: entry["value"])[len(entries) // 2] for key, entries in runs.items()}
    text = StringIO()
    with redirect_stdout(text):
        print(f"Written by `scripts/bench {part}`: {machine}.\n")
        write(results)
    file = Path(path)
    before = file.read_text() if file.exists() else ""
    parts = dict(section.split("\n", 1) for section in before.split("\n## ")[1:])
    parts[title] = "\n" + text.getvalue()
    body = [f"## {name}\n{parts[name].rstrip()}\n" for name, _ in PARTS.values() if name in parts]
    file.write_text("# Benchmarks\n\n" + "\n".join(body))


if __name__ == "__main__":
    main()
