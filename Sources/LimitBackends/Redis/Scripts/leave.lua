-- Leaves a checkpoint and drops the entries up to it, unless there is a newer one or the log is another by now.
--
-- KEYS   as in exchange.lua
-- ARGV   1 number, 2 mark, 3 time (16 digits) and 4 bytes of the checkpoint
--        5 milliseconds that the log is kept when nobody uses it
-- Answers 1 when it did.
local head = redis.call('HMGET', KEYS[1], 'number', 'base')
if not head[1] then return 0 end
local number, base = tonumber(ARGV[1]), tonumber(head[2])
if number <= base or number > tonumber(head[1]) then return 0 end
local entry = redis.call('LINDEX', KEYS[2], number - base - 1)
if not entry or string.sub(entry, 1, 16) ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[5])
redis.call('LTRIM', KEYS[2], number - base, -1)
redis.call('HSET', KEYS[1], 'base', ARGV[1], 'base_mark', ARGV[2], 'base_time', ARGV[3])
return 1
