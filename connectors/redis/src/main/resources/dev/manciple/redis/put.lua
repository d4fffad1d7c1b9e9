-- Stores rows of one view unless newer ones are there: the newest row of a key wins, however many clients write.
--
-- KEYS  one hash per row
-- ARGV  seconds a hash lives after a write, 0 for as long as it is let; the field that holds the view's event time; how many packs
--       a row has; then row by row its event time and its packs. A pack is names and values of fields by turns, each a string of
--       MessagePack, the event time among them; it may be empty. Taken apart here it costs the server less than as many
--       arguments would.
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

local argv, unpacked = ARGV, cmsgpack.unpack
local lifetime, time_field, packs = tonumber(argv[1]), argv[2], tonumber(argv[3])

local at = 4
for _, key in ipairs(KEYS) do
  if not newer(call('HGET', key, time_field), argv[at]) then
    for i = at + 1, at + packs do
      if argv[i] ~= '' then
        call('HSET', key, unpacked(argv[i]))
      end
    end
    if lifetime > 0 then
      call('EXPIRE', key, lifetime)
    end
  end
  at = at + 1 + packs
end
return #KEYS
