-- Stores rows of one view unless newer ones are there: the newest row of a key wins, however many clients write.
--
-- KEYS  one hash per row
-- ARGV  seconds a hash lives after a write, 0 for as long as it is let; the number of fields of each row; the names of
--       these fields, of which the first holds the view's event time; then row by row the values in the same order
--
-- Returns the number of rows.

-- Whether what is stored is newer. A stored time that cannot be read is not.
local function newer(stored, mine)
  if not stored or stored == mine then
    return false
  end
  local seconds, nanos = time(stored)
  if not seconds then
    return false
  end
  local my_seconds, my_nanos = time(mine)
  return seconds > my_seconds or (seconds == my_seconds and nanos > my_nanos)
end

-- Lua passes a few thousand arguments at most.
local most_arguments = 2000

local lifetime, fields = tonumber(ARGV[1]), tonumber(ARGV[2])
local row = {}
for i = 1, fields do
  row[2 * i - 1] = ARGV[2 + i]
end

local before = 2 + fields
for _, key in ipairs(KEYS) do
  if not newer(call('HGET', key, row[1]), ARGV[before + 1]) then
    for i = 1, fields do
      row[2 * i] = ARGV[before + i]
    end
    for from = 1, 2 * fields, most_arguments do
      call('HSET', key, unpack(row, from, math.min(from + most_arguments - 1, 2 * fields)))
    end
    if lifetime > 0 then
      call('EXPIRE', key, lifetime)
    end
  end
  before = before + fields
end
return #KEYS
