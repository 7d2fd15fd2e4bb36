-- Leaves a checkpoint and drops the entries up to it, unless there is a newer one or the log is another by now.
--
-- KEYS   as in begin.lua
-- ARGV   1 number, 2 mark, 3 time (16 digits) and 4 length of the checkpoint
--        5 milliseconds that the log is kept when nobody uses it
-- Answers 1 when it did.
local function ignore()
    redis.call('UNLINK', KEYS[4])
    return 0
end
local head = redis.call('HMGET', KEYS[1], 'number', 'base')
if not head[1] then return ignore() end
local number, base = tonumber(ARGV[1]), tonumber(head[2])
if number <= base or number > tonumber(head[1]) then return ignore() end
local entry = redis.call('LINDEX', KEYS[2], number - base - 1)
if not entry or string.sub(entry, 1, 16) ~= ARGV[2] then return ignore() end
if redis.call('STRLEN', KEYS[4]) ~= tonumber(ARGV[4]) then return ignore() end
redis.call('RENAME', KEYS[4], KEYS[3])
redis.call('PEXPIRE', KEYS[3], ARGV[5])
redis.call('LTRIM', KEYS[2], number - base, -1)
redis.call('HSET', KEYS[1], 'base', ARGV[1], 'base_mark', ARGV[2], 'base_time', ARGV[3])
return 1
