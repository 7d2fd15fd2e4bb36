-- Where the newest checkpoint is, and its length.
--
-- KEYS   as in exchange.lua
-- Answers {number, mark, time, length}, or nothing where there is no log.
local head = redis.call('HMGET', KEYS[1], 'base', 'base_mark', 'base_time')
local length = redis.call('STRLEN', KEYS[3])
if not head[1] or length == 0 then return {} end
return {head[1], head[2], head[3], length}
