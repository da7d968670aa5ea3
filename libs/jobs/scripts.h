// What happens to a job in Redis, each step atomic. Internal to libs/jobs.
//
// "known" is a hash from "<kind>\n<id>" to where the job is:
//   1700000000000-0   that entry of the stream, waiting or running
//   1700000000000-0+  the same, and it became due again while it ran: queued once more at its end
//   d:3               in the delay set, after 3 attempts
//   x                 in the dead-letter stream: only a replay queues it again
// Time is Redis's own, so several processes agree on it.
#pragma once

#include <string_view>

namespace jobs {

inline constexpr std::string_view kGroup = "workers";
inline constexpr int kDeadMax = 10000;  // beyond it the oldest dead letter is dropped

// KEYS: stream, delay, known. ARGV: delay in ms, then kind, id, attempts of each job.
// Returns how many were not known before.
inline constexpr std::string_view kEnqueueScript = R"lua(
local last = nil
local function handed_out(entry)
  if last == nil then
    last = false
    local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
    if not groups.err then
      for _, group in ipairs(groups) do
        local field = {}
        for i = 1, #group, 2 do field[group[i]] = group[i + 1] end
        if field['name'] == 'workers' then last = field['last-delivered-id'] end
      end
    end
  end
  if not last then return false end
  local ms, seq = string.match(entry, '^(%d+)%-(%d+)$')
  local last_ms, last_seq = string.match(last, '^(%d+)%-(%d+)$')
  ms, seq, last_ms, last_seq = tonumber(ms), tonumber(seq), tonumber(last_ms), tonumber(last_seq)
  return ms < last_ms or (ms == last_ms and seq <= last_seq)
end
local delay = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local added = 0
for i = 2, #ARGV, 3 do
  local kind, id, attempts = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local job = kind .. '\n' .. id
  local where = redis.call('HGET', KEYS[3], job)
  if not where then
    if delay > 0 then
      redis.call('ZADD', KEYS[2], now + delay, job)
      redis.call('HSET', KEYS[3], job, 'd:' .. attempts)
    else
      local entry = redis.call('XADD', KEYS[1], '*', 'kind', kind, 'id', id, 'attempts', attempts)
      redis.call('HSET', KEYS[3], job, entry)
    end
    added = added + 1
  elseif delay == 0 and string.match(where, '^%d+%-%d+$') and handed_out(where) then
    redis.call('HSET', KEYS[3], job, where .. '+')
  end
end
return added
)lua";

// KEYS: stream, delay, known, dead. ARGV: entry, kind, id, action, attempts, argument.
// Actions: done; back (not run: to the end of the stream); retry (argument: ms); dead (argument:
// error). Returns 0, and does nothing, if the entry is no longer this queue's (Redis was wiped, or
// another worker has finished it).
inline constexpr std::string_view kFinishScript = R"lua(
local entry, kind, id, action, attempts = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if redis.call('XACK', KEYS[1], 'workers', entry) == 0 then return 0 end
redis.call('XDEL', KEYS[1], entry)
local job = kind .. '\n' .. id
local where = redis.call('HGET', KEYS[3], job)
local again = where == entry .. '+'
if where and where ~= entry and not again then return 1 end
local function add(n)
  local new = redis.call('XADD', KEYS[1], '*', 'kind', kind, 'id', id, 'attempts', n)
  redis.call('HSET', KEYS[3], job, new)
end
if action == 'done' then
  if again then add(0) else redis.call('HDEL', KEYS[3], job) end
elseif action == 'back' then
  add(attempts)
elseif action == 'retry' then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZADD', KEYS[2], now + tonumber(ARGV[6]), job)
  redis.call('HSET', KEYS[3], job, 'd:' .. attempts)
else
  while redis.call('XLEN', KEYS[4]) >= tonumber(ARGV[7]) do
    local oldest = redis.call('XRANGE', KEYS[4], '-', '+', 'COUNT', 1)[1]
    redis.call('HDEL', KEYS[3], oldest[2][2] .. '\n' .. oldest[2][4])
    redis.call('XDEL', KEYS[4], oldest[1])
  end
  redis.call('XADD', KEYS[4], '*', 'kind', kind, 'id', id, 'attempts', attempts, 'error', ARGV[6])
  redis.call('HSET', KEYS[3], job, 'x')
end
return 1
)lua";

// KEYS: stream, delay, known. ARGV: how many at most.
// Moves what is due; returns {moved, ms until the next one or -1}.
inline constexpr std::string_view kPromoteScript = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, job in ipairs(due) do
  redis.call('ZREM', KEYS[2], job)
  local where = redis.call('HGET', KEYS[3], job)
  local attempts = where and string.match(where, '^d:(%d+)$')
  if attempts or not where then
    local cut = string.find(job, '\n', 1, true)
    local entry = redis.call('XADD', KEYS[1], '*', 'kind', string.sub(job, 1, cut - 1),
                             'id', string.sub(job, cut + 1), 'attempts', attempts or 0)
    redis.call('HSET', KEYS[3], job, entry)
  end
end
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
if #first == 0 then return {#due, -1} end
return {#due, math.max(0, tonumber(first[2]) - now)}
)lua";

// KEYS: stream, delay, known, dead. ARGV: idle ms after which a consumer without work is forgotten.
// When nothing waits, runs or is delayed, only dead letters can be known: whatever else is (Redis
// lost a part of its data) would keep its job from being queued for ever.
inline constexpr std::string_view kHealScript = R"lua(
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], 'workers')
if not consumers.err then
  for _, consumer in ipairs(consumers) do
    local field = {}
    for i = 1, #consumer, 2 do field[consumer[i]] = consumer[i + 1] end
    if field['pending'] == 0 and field['idle'] > tonumber(ARGV[1]) then
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'workers', field['name'])
    end
  end
end
if redis.call('XLEN', KEYS[1]) > 0 or redis.call('ZCARD', KEYS[2]) > 0 then return 0 end
if redis.call('HLEN', KEYS[3]) == redis.call('XLEN', KEYS[4]) then return 0 end
redis.call('DEL', KEYS[3])
for _, entry in ipairs(redis.call('XRANGE', KEYS[4], '-', '+')) do
  redis.call('HSET', KEYS[3], entry[2][2] .. '\n' .. entry[2][4], 'x')
end
return 1
)lua";

// KEYS: stream, known, dead. ARGV: entries of the dead-letter stream. Returns how many were there.
inline constexpr std::string_view kReplayScript = R"lua(
local count = 0
for _, dead in ipairs(ARGV) do
  local found = redis.call('XRANGE', KEYS[3], dead, dead)[1]
  if found then
    local kind, id = found[2][2], found[2][4]
    local job = kind .. '\n' .. id
    redis.call('XDEL', KEYS[3], dead)
    local where = redis.call('HGET', KEYS[2], job)
    if not where or where == 'x' then
      local entry = redis.call('XADD', KEYS[1], '*', 'kind', kind, 'id', id, 'attempts', 0)
      redis.call('HSET', KEYS[2], job, entry)
    end
    count = count + 1
  end
end
return count
)lua";

}  // namespace jobs
