-- Begins the log with a checkpoint where there is none, or where it ends before that: it was lost, and is made anew.
--
-- KEYS   as in exchange.lua
--        4 uploaded: the checkpoint's bytes, whose name is gone afterwards
-- ARGV   1 number, 2 mark, 3 time (16 digits) and 4 length of the checkpoint
--        5 milliseconds that the log is kept when nobody uses it
--        6 channel on which others hear of it
--        7 run of the server
-- Answers 1 when it did.
local number = redis.call('HGET', KEYS[1], 'number')
if number and tonumber(number) >= tonumber(ARGV[1]) then
    redis.call('UNLINK', KEYS[4])
    return 0
end
if redis.call('STRLEN', KEYS[4]) ~= tonumber(ARGV[4]) then return redis.error_reply('ERR the upload is incomplete') end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'number', ARGV[1], 'time', ARGV[3], 'base', ARGV[1], 'base_mark', ARGV[2],
    'base_time', ARGV[3], 'renew', '0', 'run', ARGV[7])
redis.call('RENAME', KEYS[4], KEYS[3])
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[5]) end
redis.call('PUBLISH', ARGV[6], ARGV[1])
return 1
