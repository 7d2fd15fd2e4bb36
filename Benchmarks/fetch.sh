# The way of a fetch: sourced by scripts/bench, which gives $built, $peers, $work and its functions; writes to $results.

origin=http://127.0.0.1:18090
mkdir -p "$work/www"
for body in 1kb:1000 100kb:100000 10mb:10000000 200mb:200000000 1gb:1073741824; do
    truncate -s "${body#*:}" "$work/www/${body%:*}"
done
start_nginx origin "listen 127.0.0.1:18090; root $work/www;
    location / { add_header Cache-Control no-store; }
    location /fresh/ { alias $work/www/; add_header Cache-Control max-age=3600; }"
start_nginx caching "listen 127.0.0.1:18091;
    location / { proxy_pass $origin; proxy_cache caching; proxy_http_version 1.1; proxy_set_header Connection ''; }"
until curl -sf "$origin/1kb" -o /dev/null && curl -sf http://127.0.0.1:18091/1kb -o /dev/null; do sleep 0.05; done

echo "measuring the way of a fetch in process" >&2
"$built/FetchBenchmarks" "$origin" >"$results" 2>/dev/null
"$peers/bin/python" Benchmarks/peers/cache_peers.py >>"$results"

echo "measuring the gateway" >&2
start_weir gateway.log gateway --origin "$origin" --listen 127.0.0.1:0 --data "$work/gateway"
memory() { sed -nE "s/^$1:\s*([0-9]+) kB/\1/p" "/proc/$weir/status"; }
for size in 1kb 100kb; do
    for peer in "nginx http://127.0.0.1:18091" "weir $url"; do
        curl -sf "${peer#* }/fresh/$size" -o /dev/null
        echo "{\"peer\": \"${peer% *}\", \"work\": \"gateway_hit_$size\", \"value\": $(requests "${peer#* }/fresh/$size")}"
    done
done >>"$results"
for passing in "stream 1gb" "stored fresh/200mb" "hit fresh/200mb"; do
    idle=$(memory VmRSS)
    # Makes the high-water mark start from now.
    echo 5 >"/proc/$weir/clear_refs"
    curl -sf "$url/${passing#* }" -o /dev/null
    echo "{\"peer\": \"weir\", \"work\": \"gateway_memory_${passing% *}\", \"value\": $((($(memory VmHWM) - idle) * 1024))}"
done >>"$results"
kill "$weir"
