"""How soon a change of limits governs: Weir's PATCH /v1/limits beside a rewritten file and a reload of nginx, both
while wrk keeps sixteen connections busy.

    limit_changes.py weir URL
    limit_changes.py nginx URL CONFIGURATION

For each of 200 changes: how long until it had returned, how long from then to the first answer under it, and how many
answers in between were still the old ones. Medians, as lines of JSON.
"""

import http.client
import json
import re
import statistics
import subprocess
import sys
import time
from urllib.parse import urlsplit

CHANGES = 200


def measure(change, ask):
    """Makes all changes; `ask` tells whether its answer was under the newest."""
    returned, seen, stale = [], [], 0
    for number in range(CHANGES):
        start = time.perf_counter()
        expected = change(number)
        done = time.perf_counter()
        while not ask(expected):
            stale += 1
        returned.append(done - start)
        seen.append(time.perf_counter() - done)
    return [statistics.median(returned) * 1e3, statistics.median(seen) * 1e3, stale / CHANGES]


def weir(url):
    connection = http.client.HTTPConnection(urlsplit(url).netloc)

    def send(method, path, body):
        connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.getheader("ETag"), json.loads(answer.read())

    def change(number):
        units = 100_000_000 + number
        tag, _ = send("PATCH", "/v1/limits", {"defaults": {"metadata": {"rates": [f"{units}/SECOND"]}}})
        return int(tag.strip('"'))

    def ask(version):
        body = {"host": "api.example.org", "role": "metadata", "hold": False, "max_wait_ms": 0}
        return send("POST", "/v1/tokens/acquire", body)[1]["limits_version"] == version

    return measure(change, ask)


def nginx(url, configuration):
    text = open(configuration).read()

    def change(number):
        with open(configuration, "w") as file:
            file.write(re.sub(r"return 200 '.*?'", f"return 200 '{number}'", text))
        subprocess.run(
            ["nginx", "-c", configuration, "-e", "stderr", "-s", "reload"], check=True, stderr=subprocess.DEVNULL)
        return number

    def ask(number):
        try:
            connection = http.client.HTTPConnection(urlsplit(url).netloc)
            connection.request("GET", "/")
            return connection.getresponse().read() == str(number).encode()
        except (ConnectionError, http.client.HTTPException):
            return False

    return measure(change, ask)


def main():
    peer, *arguments = sys.argv[1:]
    values = {"weir": weir, "nginx": nginx}[peer](*arguments)
    for work, value in zip(["change_returned", "change_seen", "change_stale"], values):
        print(json.dumps({"peer": peer, "work": work, "value": value}))


if __name__ == "__main__":
    main()
