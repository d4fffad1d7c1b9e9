-- Removes the rows of one view, and hashes in which no view has a row any more.
--
-- KEYS  the hashes
-- ARGV  the seconds and nanoseconds before which rows are removed, or two empty texts for all of them; then the fields of
--       the view, of which the first holds its event time
--
-- Returns how many rows were removed.

local most_arguments = 2000
local limit_seconds, limit_nanos = tonumber(ARGV[1]), tonumber(ARGV[2])

local function expired(stored)
  if not limit_seconds then
    return true
  end
  local seconds, nanos = time(stored or '?')
  return seconds and (seconds < limit_seconds or (seconds == limit_seconds and nanos < limit_nanos))
end

local function serves_no_view(key)
  for _, field in ipairs(call('HKEYS', key)) do
    if #field > 4 and string.sub(field, 1, 4) == '_ts:' then
      return false
    end
  end
  return true
end

local removed = 0
for _, key in ipairs(KEYS) do
  local stored = call('HGET', key, ARGV[3])
  if expired(stored) then
    for from = 3, #ARGV, most_arguments do
      call('HDEL', key, unpack(ARGV, from, math.min(from + most_arguments - 1, #ARGV)))
    end
    if serves_no_view(key) then
      call('DEL', key)
    end
    if stored then
      removed = removed + 1
    end
  end
end
return removed
