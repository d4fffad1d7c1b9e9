"""Every type of value that Feast has, and random values of each, the edges among them."""

import decimal
import json
import math
import random
import string
import struct
import uuid
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from feast import types as feast
from feast.protos.feast.types.Value_pb2 import Value
from feast.type_map import python_values_to_proto_values

SEED = 20261121
LETTERS = string.printable + "äöüß€漢字🙂\u0301\u200b\u2028\ufeff\x7f\x00'\"\\"
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# A day inside of what Python's times hold, as Feast looks at some in the machine's zone.
FIRST_SECOND, LAST_SECOND = -62_135_510_400, 253_402_214_400
ZONES = [
    timezone.utc,
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/Los_Angeles"),
    ZoneInfo("Asia/Kathmandu"),
    timezone(timedelta(hours=-7)),
    timezone(timedelta(hours=5, minutes=30)),
]


def text(rng):
    return "".join(rng.choice(LETTERS) for _ in range(rng.randrange(20)))


def blob(rng):
    return rng.randbytes(rng.randrange(12))


def integer(bits):
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return lambda rng: rng.choice([0, 1, -1, low, high, rng.randint(low, high)])


int32, int64 = integer(32), integer(64)


def real64(rng):
    edges = [0.0, -0.0, 0.1, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, math.inf, -math.inf]
    return rng.choice([*edges, rng.gauss(0, 1e9), struct.unpack("<d", rng.randbytes(8))[0]])


def real32(rng):
    edges = [0.0, -0.0, 0.1, 1e-45, 1.17549435e-38, 3.4028234e38, math.inf, -math.inf]
    return struct.unpack("<f", rng.choice([*(struct.pack("<f", each) for each in edges), rng.randbytes(4)]))[0]


def finite(make):
    def made(rng):
        value = make(rng)
        return value if math.isfinite(value) else 0.5

    return made


def boolean(rng):
    return rng.random() < 0.5


def moment(rng):
    seconds = [0, -1, FIRST_SECOND, LAST_SECOND, rng.randrange(4_000_000_000), rng.randrange(FIRST_SECOND, LAST_SECOND)]
    return EPOCH + timedelta(seconds=rng.choice(seconds))


def zoned(rng):
    return datetime.fromtimestamp(rng.randrange(4_000_000_000), tz=rng.choice(ZONES))


def random_uuid(rng):
    return uuid.UUID(bytes=rng.randbytes(16), version=4)


def time_uuid(rng):
    return uuid.UUID(bytes=rng.randbytes(16), version=1)


def exact(rng):
    """A decimal with a scale of its own, trailing zeros among its digits."""
    return decimal.Decimal(rng.choice([0, 10, rng.randint(-(10**20), 10**20)])).scaleb(-rng.randrange(10))


def listed(make):
    return lambda rng: [make(rng) for _ in range(rng.randrange(5))]


def collected(make):
    return lambda rng: {make(rng) for _ in range(rng.randrange(5))}


def hashable(make, kind):
    return lambda rng: kind(make(rng))


def json_value(rng, depth=0):
    makes = [lambda _: None, boolean, int64, finite(real64), text, text]
    if depth < 3:
        makes.append(lambda _: [json_value(rng, depth + 1) for _ in range(rng.randrange(3))])
        makes.append(lambda _: {text(rng): json_value(rng, depth + 1) for _ in range(rng.randrange(3))})
    return rng.choice(makes)(rng)


def json_text(rng):
    # With and without spaces, as the text itself is what is kept.
    return json.dumps(json_value(rng), separators=rng.choice([None, (",", ":")]))


def mapped(rng, depth=0):
    makes = [lambda _: None, boolean, int64, finite(real64), text, lambda _: [text(rng), ""], lambda _: [int64(rng)]]
    if depth < 2:
        makes.append(lambda _: mapped(rng, depth + 1))
        makes.append(lambda _: [mapped(rng, 2) for _ in range(rng.randrange(1, 3))])
    return {text(rng): rng.choice(makes)(rng) for _ in range(rng.randrange(4))}


def scalar_map(rng):
    key = rng.choice([int64, finite(real64), boolean, random_uuid, exact, blob, moment])
    return {key(rng): rng.choice([None, text(rng), int64(rng), True, 0.5]) for _ in range(rng.randrange(1, 4))}


def structure(rng):
    return {
        "name": rng.choice([None, text(rng)]),
        "count": int64(rng),
        "share": finite(real64)(rng),
        "tags": rng.choice([None, [text(rng), ""]]),
    }


STRUCT = feast.Struct(
    {"name": feast.String, "count": feast.Int64, "share": feast.Float64, "tags": feast.Array(feast.String)}
)
COLLECTED = [
    (feast.Bytes, blob),
    (feast.String, text),
    (feast.Int32, int32),
    (feast.Int64, int64),
    (feast.Float32, real32),
    (feast.Float64, real64),
    (feast.Bool, boolean),
    (feast.UnixTimestamp, moment),
    (feast.Uuid, random_uuid),
    (feast.TimeUuid, time_uuid),
    (feast.Decimal, exact),
]
LISTED = [(feast.Map, mapped), (feast.Json, json_text), (STRUCT, structure)]
SINGLE = [
    (feast.ImageBytes, blob),
    (feast.PdfBytes, blob),
    (feast.ScalarMap, scalar_map),
    (feast.ZonedTimestamp, zoned),
]
NESTED = [
    (feast.Array(feast.Array(feast.Int64)), listed(listed(int64))),
    (feast.Array(feast.Array(feast.String)), listed(listed(text))),
    (feast.Array(feast.Set(feast.Int64)), listed(collected(int64))),
    (feast.Set(feast.Array(feast.String)), collected(hashable(listed(text), tuple))),
    (feast.Set(feast.Set(feast.Int32)), collected(hashable(collected(int32), frozenset))),
    (feast.Array(feast.Array(feast.Array(feast.Float64))), listed(listed(listed(finite(real64))))),
]


def _name(feast_type):
    return "Struct" if feast_type is STRUCT else str(feast_type).replace(str(STRUCT), "Struct")


TYPES = {
    _name(feast_type): (feast_type, make)
    for feast_type, make in [
        *COLLECTED,
        *LISTED,
        *SINGLE,
        *((feast.Array(feast_type), listed(make)) for feast_type, make in COLLECTED + LISTED),
        *((feast.Set(feast_type), collected(make)) for feast_type, make in COLLECTED),
        *NESTED,
    ]
}


def column(name):
    return "f_" + name.replace("(", "_").replace(")", "").lower()


def values(name, rows, nulls=0.05):
    rng = random.Random(f"{SEED} {name}")
    make = TYPES[name][1]
    return [None if rng.random() < nulls else make(rng) for _ in range(rows)]


def messages(name, rows):
    """The values as Feast itself makes messages of them, which is what its stores write."""
    made = values(name, rows)
    if name == "PdfBytes":
        # Feast declares the type and has no conversion for it; the message is that of the other bytes.
        return [Value() if each is None else Value(bytes_val=each) for each in made]
    converted = python_values_to_proto_values(made, TYPES[name][0].to_value_type())
    field = {"Float32": "float_val", "Float64": "double_val"}.get(name)
    if field:
        # Feast takes NaN for null where it converts a value, and carries it where one is stored.
        converted[::50] = [Value(**{field: math.nan}) for _ in converted[::50]]
    return converted
