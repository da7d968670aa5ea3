-- wrk: posts one class roll call with one exception; every request has a key of its own.
local counter = 0
local thread_id = math.random(1, 1000000)
request = function()
  counter = counter + 1
  local body = string.format(
    '{"class_id":%d,"day":"2026-09-01","half":1,"key":"%032x","actor":"T1","exceptions":[{"student":%d,"mark":6}]}',
    counter % 2600 + 1, thread_id * 100000000 + counter, counter % 119003 + 1)
  return wrk.format("POST", "/rollcall", { ["Content-Type"] = "application/json" }, body)
end
done = function(summary, latency)
  io.write(string.format('{"rate":%f,"p50_ms":%f,"p99_ms":%f,"errors":%d}\n',
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, summary.errors.status + summary.errors.timeout))
end
