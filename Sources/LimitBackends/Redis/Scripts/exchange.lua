-- Appends a batch to the log and answers what came after the caller's position, in one step.
--
-- KEYS   1 head: a hash of number, time (of the newest entry), base, base_mark, base_time (of the checkpoint), renew,
--          run (of the server)
--        2 entries: a list of those after the checkpoint, each its mark (16 characters), its time (16 digits), its bytes
--        3 checkpoint: bytes
-- ARGV   1 number and 2 mark of the caller's position
--        3 mark and 4 bytes of the batch; an empty mark reads only
--        5 when to append: "always"; "newest", where nothing came after the position; "interrupted", the same after
--          an interruption, which this ends
--        6 milliseconds that the log is kept when nobody uses it
--        7 channel on which others hear of it
--        8 run of the server: another one than the head's may have been set back without anybody's having noticed
-- Answers {"entries", time, appended (0 or 1), {entry, ...}}, {"dropped"}, {"lost"} or {"interrupted"}.
local head = redis.call('HMGET', KEYS[1], 'number', 'time', 'base', 'base_mark', 'renew', 'run')
if not head[1] then return {'lost'} end
local number, base, position = tonumber(head[1]), tonumber(head[3]), tonumber(ARGV[1])
if position > number then return {'lost'} end
if position < base then return {'dropped'} end

-- The entry at the position tells whether it is still the one that the caller knows.
local entries, mark
if position == base then
    entries, mark = redis.call('LRANGE', KEYS[2], 0, -1), head[4]
else
    entries = redis.call('LRANGE', KEYS[2], position - base - 1, -1)
    mark = string.sub(table.remove(entries, 1) or '', 1, 16)
end
if mark ~= ARGV[2] then return {'lost'} end
if head[6] ~= ARGV[8] and ARGV[5] ~= 'interrupted' then return {'interrupted'} end

-- Never earlier than the newest entry, whatever the server's clock does. Doubles hold microseconds exactly until 2255.
local clock = redis.call('TIME')
local now = math.max(tonumber(head[2]), clock[1] * 1000000 + clock[2])
local time = string.format('%016.0f', now)
if ARGV[3] == '' or (ARGV[5] ~= 'always' and #entries > 0) then return {'entries', time, 0, entries} end

local length = redis.call('RPUSH', KEYS[2], ARGV[3] .. time .. ARGV[4])
redis.call('HSET', KEYS[1], 'number', string.format('%.0f', number + 1), 'time', time)
if ARGV[5] == 'interrupted' then redis.call('HSET', KEYS[1], 'run', ARGV[8]) end
if length == 1 or now > tonumber(head[5]) then
    for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[6]) end
    redis.call('HSET', KEYS[1], 'renew', string.format('%.0f', now + ARGV[6] * 500))
end
redis.call('PUBLISH', ARGV[7], string.format('%.0f', number + 1))
return {'entries', time, 1, entries}
