# The harvest: sourced by scripts/bench, which gives $built, $peers, $work and its functions; writes to $results.

works=2000
"$built/upstream-simulator" --listen 127.0.0.1:0 --generate "$works" --seed 1 >"$work/simulator.log" &
pids+=($!)
until proxy=$(sed -nE 's#.*listening on ([0-9.:]+).*#http://\1#p' "$work/simulator.log") && [ -n "$proxy" ]; do sleep 0.05; done
curl -sf "$proxy/_sim/works" | "$peers/bin/python" -c '
import json, sys
for line in sys.stdin:
    print(*json.loads(line)["pdf_urls"][:1])' | grep . >"$work/urls"
sed 's#.*#{"url":"&"}#' "$work/urls" >"$work/works.jsonl"
# Each file once before, so that nobody pays for its making.
xargs -n 50 curl -s -x "$proxy" -o /dev/null <"$work/urls" >/dev/null

# The hosts that have limits of their own are to have none that matter, as all others.
{
    sed -E -e 's#(metadata|landing): .*#\1: { rates: ["1000000/SECOND"], max_concurrent: 1000000 }#' \
        -e 's#artifact: .*#artifact: { rates: ["1000000/SECOND"], max_concurrent: 64 }#' config/simulated-ratelimits.yaml
    cat <<'YAML'
defaults:
  metadata: { rates: ["1000000/SECOND"] }
  landing: { rates: ["1000000/SECOND"] }
  artifact: { rates: ["1000000/SECOND"], max_concurrent: 64 }
YAML
} >"$work/generous.yaml"

# Wall and CPU time of a harvest of the works, as lines of JSON.
#   harvest NAME ARGUMENT...
harvest() {
    local name=$1
    shift
    "$peers/bin/python" - "$name" "$built/weir" harvest --data "$work/$name-$run" --proxy "$proxy" --workers 32 \
        --config config/simulated.yaml --rate-config "$work/generous.yaml" "$@" <<'PYTHON'
import json, resource, subprocess, sys, time
name, *command = sys.argv[1:]
started = time.perf_counter()
out = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True).stdout
seconds = time.perf_counter() - started
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
job = json.loads(out.strip().splitlines()[-1])
files = job["works"]["by_classification"]["pdf"]
for work, value in [
    ("works", job["works"]["done"] / seconds),
    ("cpu", (usage.ru_utime + usage.ru_stime) / files * 1000),
]:
    print(json.dumps({"peer": "weir", "work": f"{name}_{work}", "value": value, "note": f"{files} files"}))
PYTHON
}

echo "measuring the harvest" >&2
# Into new folders each time: file systems are slow to use again what was just deleted.
for run in 1 2 3; do
    "$peers/bin/python" Benchmarks/peers/harvest_peers.py "$proxy" "$work/urls" "$work/scrapy-$run"
    harvest harvest --works "$work/works.jsonl"
    harvest whole --topic rivers --max "$works" --attempts-per-work 40
done >"$results"

echo "measuring the memory of lists" >&2
"$built/upstream-simulator" --listen 127.0.0.1:0 --generate 50000 --seed 1 >"$work/large.log" &
pids+=($!)
until large=$(sed -nE 's#.*listening on ([0-9.:]+).*#http://\1#p' "$work/large.log") && [ -n "$large" ]; do sleep 0.05; done
for count in 1000 50000; do
    /usr/bin/env -S "$peers/bin/python" - "$count" "$built/weir" harvest --topic rivers --list-only --max "$count" \
        --data "$work/list-$count" --proxy "$large" --config config/simulated.yaml \
        --rate-config "$work/generous.yaml" <<'PYTHON'
import json, resource, subprocess, sys
count, *command = sys.argv[1:]
subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps({"peer": "weir", "work": f"list_memory_{count}", "value": peak}))
PYTHON
done >>"$results"
