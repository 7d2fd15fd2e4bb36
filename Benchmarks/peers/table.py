"""Turns the lines of JSON that benchmarks print into the tables of RESULTS.md.

    table.py MACHINE <LINES >RESULTS.md
"""

import json
import sys

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
]
MEMORY = [
    ("key_idle", "a key used once"),
    ("key_5000_hour", "a key with 5000/HOUR full"),
    ("key_1000000_hour", "a key with 1000000/HOUR full"),
    ("keys_million_idle", "a million keys used once"),
]
PEERS = ["pyrate-limiter", "throttled-py"]


def cells(results, work, digits):
    """A row: ours, and each peer's value with how many times ours it is."""
    ours = results[("weir", work)]["value"]
    row = [f"{ours:,.{digits}f}"]
    for peer in PEERS:
        theirs = results.get((peer, work))
        row += [f"{theirs['value']:,.0f}", f"{theirs['value'] / ours:.1f}×"] if theirs else ["", ""]
    return row


def table(results, title, works, unit, digits=0):
    print(f"## {title}\n")
    print(f"| what | Weir, {unit} | " + " | ".join(f"{peer} | ratio" for peer in PEERS) + " |")
    print("|---" + "|---:" * (1 + 2 * len(PEERS)) + "|")
    for work, what in works:
        print(f"| {what} | " + " | ".join(cells(results, work, digits)) + " |")
    print()


def http(results):
    """Requests per second, and the share of what nginx answers."""
    fixed = results[("nginx", "http_fixed")]["value"]
    print("## Over HTTP: 16 connections, wrk on the same machine\n")
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
    print("## A change of limits: 200 of them while 16 connections ask, medians\n")
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


def main():
    results = {}
    for line in sys.stdin:
        entry = json.loads(line)
        results[(entry["peer"], entry["work"])] = entry
    print("# Benchmarks\n")
    print(f"Written by `scripts/bench limiter`: {sys.argv[1]}.")
    print("Times are the best of five, on one thread where nothing else is said. A ratio is the peer's value over")
    print("Weir's, measured in the same run: above 1, Weir is faster or smaller. No peer gives leases; theirs are")
    print("paired with a semaphore. What each peer was made to do is in `Benchmarks/peers/limiter_peers.py`.\n")
    table(results, "In process", IN_PROCESS, "ns")
    table(results, "Memory", MEMORY, "bytes")
    http(results)
    changes(results)
    print("## Notes of the peers\n")
    for (peer, work), entry in results.items():
        is_variant = work.startswith("threads_") or work.endswith("_p99")
        if peer in PEERS and entry.get("note") and not is_variant:
            print(f"- {peer} {entry['version']}, {work}: {entry['note']}")


if __name__ == "__main__":
    main()
