# The shared backends: sourced by scripts/bench, which gives $built, $peers, $work and its functions; writes to $results.

scripts/install-deps redis-server redis-tools postgresql >&2

redis=16399
redis-server --port "$redis" --bind 127.0.0.1 --save '' --appendonly no >"$work/redis.log" &
pids+=($!)
until redis-cli -p "$redis" ping >/dev/null 2>&1; do sleep 0.05; done

postgres=16432
programs=$(find /usr/lib/postgresql -name bin | sort -V | tail -n 1)
mkdir "$work/postgres"
as_user=()
if [ "$(id -u)" -eq 0 ]; then
    # The server refuses to be root; Debian's package brings a user for it.
    chmod 755 "$work"
    chown postgres "$work/postgres"
    as_user=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
"${as_user[@]}" "$programs/initdb" --pgdata "$work/postgres/data" --auth trust --username weir >"$work/initdb.log"
"${as_user[@]}" "$programs/postgres" -D "$work/postgres/data" -p "$postgres" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= >"$work/postgres.log" 2>&1 &
pids+=($!)
until "$programs/pg_isready" -h 127.0.0.1 -p "$postgres" -q; do sleep 0.1; done

echo "measuring the shared backends" >&2
{
    "$built/BackendBenchmarks" redis "redis://127.0.0.1:$redis"
    "$built/BackendBenchmarks" sqlite "$work/limits.sqlite"
    "$built/BackendBenchmarks" postgres "postgresql://weir@127.0.0.1:$postgres/postgres"
    "$peers/bin/python" Benchmarks/peers/backend_peers.py "redis://127.0.0.1:$redis"
} >"$results"

# What this Redis does at best with the script that an exchange is: as many at once as redis-benchmark pipelines, each
# with a batch of one acquire. The script is told a position by its caller; here it looks up its own.
script=$(cat <<'LUA'
local newest = redis.call('LINDEX', KEYS[2], -1)
ARGV[1] = redis.call('HGET', KEYS[1], 'number')
ARGV[2] = newest and string.sub(newest, 1, 16) or redis.call('HGET', KEYS[1], 'base_mark')
LUA
cat Sources/LimitBackends/Redis/Scripts/exchange.lua)
keys=("{bench-script}:head" "{bench-script}:entries" "{bench-script}:checkpoint")
redis-cli -p "$redis" SET "{bench-script}:checkpoint:new" checkpoint >/dev/null
redis-cli -p "$redis" EVAL "$(cat Sources/LimitBackends/Redis/Scripts/begin.lua)" 4 "${keys[@]}" \
    "{bench-script}:checkpoint:new" 0 0000000000000001 0000000000000000 10 86400000 news run >/dev/null
digest=$(redis-cli -p "$redis" SCRIPT LOAD "$script")
batch=$(printf 'x%.0s' $(seq 48))
calls=$(redis-benchmark -p "$redis" -P 32 -n 300000 --csv EVALSHA "$digest" 3 "${keys[@]}" \
    0 0 0000000000000002 "$batch" always 86400000 news run | tail -n 1 | cut -d, -f2 | tr -d '"')
echo "{\"peer\": \"redis-benchmark\", \"work\": \"script\", \"value\": $calls}" >>"$results"
