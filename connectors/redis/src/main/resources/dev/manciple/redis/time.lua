-- Reading an event time, which precedes every script here. It is a google.protobuf.Timestamp: tag 8 and the seconds, tag 16 and the
-- nanoseconds, either left out where it is 0.

local call, byte = redis.call, string.byte

-- The number that starts at a position, and the position after it; nothing if the bytes end before it does.
local function varint(bytes, at)
  local number, inverted, scale = 0, 0, 1
  for count = 1, 10 do
    local b = byte(bytes, at)
    if not b then
      return nil
    end
    at = at + 1
    if count == 10 then
      -- The tenth byte is the sign. A double cannot hold so great an unsigned number, but the inverted bits are small.
      return -inverted - 1, at
    end
    local bits = b % 128
    number = number + bits * scale
    inverted = inverted + (127 - bits) * scale
    scale = scale * 128
    if b < 128 then
      return number, at
    end
  end
end

-- Seconds and nanoseconds; nothing if the bytes are no time.
local function time(bytes)
  local seconds, nanos, at = 0, 0, 1
  while at <= #bytes do
    local tag, number = byte(bytes, at), nil
    number, at = varint(bytes, at + 1)
    if not number then
      return nil
    elseif tag == 8 then
      seconds = number
    elseif tag == 16 then
      nanos = number
    else
      return nil
    end
  end
  return seconds, nanos
end

