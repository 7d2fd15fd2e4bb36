# The limiter: sourced by scripts/bench, which gives $built, $peers, $work and its functions; writes to $results.

echo "measuring the limiter in process" >&2
"$built/LimiterBenchmarks" >"$results"
"$peers/bin/python" Benchmarks/peers/limiter_peers.py >>"$results"

# What a server could do at best on this machine: one worker that answers a fixed body.
start_nginx fixed "listen 127.0.0.1:18089; location / { return 200 '{\"status\":\"ok\"}'; }"
start_weir serve.log serve --port 0 --data "$work/data"
ask='{"host":"api.example.org","role":"metadata","hold":false,"max_wait_ms":0}'
printf 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = %s\n' \
    "[[$ask]]" >"$work/acquire.lua"
many=$(printf "$ask,%.0s" $(seq 100))
printf 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = %s\n' \
    "[[{\"requests\":[${many%,}]}]]" >"$work/batch.lua"

echo "measuring the limiter over HTTP" >&2
{
    echo "{\"peer\": \"nginx\", \"work\": \"http_fixed\", \"value\": $(requests -s "$work/acquire.lua" http://127.0.0.1:18089/)}"
    echo "{\"peer\": \"weir\", \"work\": \"http_healthz\", \"value\": $(requests "$url/healthz")}"
    echo "{\"peer\": \"weir\", \"work\": \"http_acquire\", \"value\": $(requests -s "$work/acquire.lua" "$url/v1/tokens/acquire")}"
    echo "{\"peer\": \"weir\", \"work\": \"http_batch\", \"value\": $(requests -s "$work/batch.lua" "$url/v1/tokens/batch")}"
} >>"$results"

echo "measuring changes of limits" >&2
# Each peer under its own load, so that neither takes the other's processor.
changes() {
    wrk -t1 -c16 -d600s -s "$work/acquire.lua" "$1" >/dev/null &
    local load=$!
    pids+=("$load")
    shift
    "$peers/bin/python" Benchmarks/peers/limit_changes.py "$@" >>"$results"
    kill "$load"
}
changes "$url/v1/tokens/acquire" weir "$url"
changes http://127.0.0.1:18089/ nginx http://127.0.0.1:18089/ "$work/fixed.conf"
kill "$weir"
