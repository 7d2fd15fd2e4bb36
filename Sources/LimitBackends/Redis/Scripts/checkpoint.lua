-- The newest checkpoint and its place, in one step.
--
-- KEYS   as in exchange.lua
-- Answers {number, mark, time, bytes}, or nothing where there is no log.
local head = redis.call('HMGET', KEYS[1], 'base', 'base_mark', 'base_time')
local bytes = redis.call('GET', KEYS[3])
if not head[1] or not bytes then return {} end
return {head[1], head[2], head[3], bytes}
