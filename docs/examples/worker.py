#!/usr/bin/env python3
"""Fetches URLs under Weir's limits. Needs nothing but Python's standard library.

    python3 worker.py --role metadata https://api.openalex.org/works/W2741809807

For each URL the worker asks Weir for permission, waits as long as Weir says, renews the lease while the request runs,
and releases it with what the upstream answered. Only what the upstream answers goes to standard output.
"""

import argparse
import contextlib
import email.utils
import http.client
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

DENIED, UNAVAILABLE = 429, 503


class Weir:
    """The token API of one Weir."""

    def __init__(self, server, client):
        self.server = server.rstrip("/")
        self.client = client
        # The proxies of the environment are for upstreams; Weir itself is asked directly.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def post(self, path, body, timeout=10, headers=None):
        """Status and answer of one request; an error status is an answer too."""
        request = urllib.request.Request(
            self.server + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **(headers or {})},
        )
        try:
            with self.opener.open(request, timeout=timeout) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except http.client.HTTPException as error:
            raise ConnectionError(f"the answer broke off: {error}") from error

    def acquire(self, host, role, lease_ttl_ms, patience_s):
        """A grant, as soon as the limits allow one.

        All attempts have the same Idempotency-Key: if an answer is lost on its way, the next attempt gets the same
        grant, and nothing is consumed twice. A denial leaves the key unused.
        """
        give_up = time.monotonic() + patience_s
        key = str(uuid.uuid4())
        body = {
            "host": host,
            "role": role,
            "client": self.client,
            "max_wait_ms": 10_000,
            "lease_ttl_ms": lease_ttl_ms,
        }
        backoff = 0.1
        while True:
            try:
                status, answer = self.post("/v1/tokens/acquire", body, timeout=30, headers={"Idempotency-Key": key})
            except OSError as error:
                status, answer = UNAVAILABLE, {"detail": str(error)}
            if status == 200:
                return answer
            if status == DENIED:
                pause = answer["retry_after_ms"] / 1000
            elif status == UNAVAILABLE:
                pause, backoff = backoff, min(backoff * 2, 5)
            else:
                raise RuntimeError(f"Weir refused the request: {answer['detail']}")
            if time.monotonic() + pause > give_up:
                raise TimeoutError(f"no permission for {host} within {patience_s} s: {answer['detail']}")
            log(f"{answer['detail']}; next attempt in {pause:.3f} s")
            time.sleep(pause)

    @contextlib.contextmanager
    def renewing(self, lease, lease_ttl_ms):
        """Renews a lease three times in each lifetime, as long as the block runs."""
        done = threading.Event()

        def renew():
            while not done.wait(lease_ttl_ms / 3000):
                try:
                    status, answer = self.post("/v1/tokens/renew", {"lease": lease, "lease_ttl_ms": lease_ttl_ms})
                except OSError as error:
                    log(f"not renewed, which the next renewal makes up for: {error}")
                    continue
                if status != 200:
                    log(f"lease lost: {answer['detail']}")
                    return
                log("lease renewed")

        thread = threading.Thread(target=renew, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def release(self, lease, outcome, unused):
        """Ends a lease. If that fails, the lease expires by itself."""
        body = {"lease": lease, "unused": unused}
        if outcome:
            body["outcome"] = outcome
        try:
            status, answer = self.post("/v1/tokens/release", body)
        except OSError as error:
            status, answer = UNAVAILABLE, {"detail": str(error)}
        if status != 200:
            log(f"not released: {answer['detail']}")


def seconds(value):
    """A Retry-After field: seconds, or a date."""
    try:
        return max(0.0, float(value))
    except ValueError:
        try:
            return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
        except ValueError:
            return None


def outcome_of(response):
    """What Weir learns from an upstream's answer."""
    outcome = {"status": response.status}
    for field, name in [("Retry-After", "retry_after_s"), ("X-RateLimit-Remaining", "ratelimit_remaining"),
                        ("X-RateLimit-Reset", "ratelimit_reset_s")]:
        value = seconds(response.headers[field]) if field in response.headers else None
        if value is not None:
            outcome[name] = value
    return outcome


def fetch(weir, url, role, lease_ttl_ms, patience_s):
    """The body of a URL, requested with permission."""
    grant = weir.acquire(urllib.parse.urlsplit(url).hostname, role, lease_ttl_ms, patience_s)
    outcome, unused = None, True
    try:
        with weir.renewing(grant["lease"], lease_ttl_ms):
            unused = False
            try:
                with urllib.request.urlopen(url, timeout=60) as response:
                    outcome = outcome_of(response)
                    return response.read()
            except urllib.error.HTTPError as error:
                outcome = outcome_of(error)
                raise
    finally:
        # Whatever happened, the slot is free again and Weir knows what the upstream said.
        weir.release(grant["lease"], outcome, unused)


def log(line):
    print(line, file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description="Fetch URLs under Weir's limits.")
    parser.add_argument("urls", nargs="+", metavar="URL")
    parser.add_argument("--server", default=os.environ.get("WEIR_SERVER", "http://127.0.0.1:8080"))
    parser.add_argument("--role", default="metadata", help="metadata, landing or artifact")
    parser.add_argument("--lease-ttl-ms", type=int, default=30_000, help="lifetime of a lease between renewals")
    parser.add_argument("--patience-s", type=float, default=120, help="seconds to wait for permission at most")
    options = parser.parse_args()
    weir = Weir(options.server, client=f"worker-{os.getpid()}")
    failures = 0
    for url in options.urls:
        try:
            sys.stdout.buffer.write(fetch(weir, url, options.role, options.lease_ttl_ms, options.patience_s) + b"\n")
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            failures += 1
            log(f"{url}: {error}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
