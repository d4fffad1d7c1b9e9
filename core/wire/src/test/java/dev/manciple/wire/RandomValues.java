package dev.manciple.wire;

import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Values as a codec must give them back: times in whole seconds, sets without duplicates, no null where Feast has none. */
final class RandomValues {
    private static final List<ZoneId> ZONES =
            List.of(ZoneOffset.UTC, ZoneId.of("Europe/Berlin"), ZoneId.of("UTC+02:00"), ZoneId.of("America/New_York"));

    private RandomValues() {}

    static Value of(ValueType type, Random random, int depth) {
        return random.nextInt(12) == 0 ? Value.Null.NULL : present(type, random, depth);
    }

    private static Value present(ValueType type, Random random, int depth) {
        return switch (type) {
            case Scalar scalar -> scalar(scalar, random);
            case ValueType.ListOf list -> new Value.Many(values(list.element(), random, depth));
            case ValueType.SetOf set ->
                new Value.Many(
                        values(set.element(), random, depth).stream().distinct().toList());
            case ValueType.StringMap map -> keyed(random, depth);
            case ValueType.StructOf struct -> struct(struct, random, depth);
            case ValueType.ScalarMap map -> entries(random, depth);
        };
    }

    private static Value scalar(Scalar type, Random random) {
        return switch (type) {
            case INT32 -> new Value.Int(random.nextInt() >> random.nextInt(32));
            case INT64 -> new Value.Int(random.nextLong() >> random.nextInt(64));
            case FLOAT -> new Value.Real((float) random.nextGaussian());
            case DOUBLE -> new Value.Real(random.nextInt(20) == 0 ? Double.NaN : random.nextGaussian());
            case BOOL -> new Value.Bool(random.nextBoolean());
            case STRING, JSON -> new Value.Text(text(random));
            case DECIMAL -> new Value.Text("%d.%d".formatted(random.nextInt(), random.nextInt(1000)));
            case UUID, TIME_UUID -> new Value.Text(new UUID(random.nextLong(), random.nextLong()).toString());
            case BYTES, IMAGE_BYTES, PDF_BYTES -> {
                byte[] bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
                yield new Value.Bytes(ByteBuffer.wrap(bytes));
            }
            case UNIX_TIMESTAMP -> new Value.Time(time(random));
            case ZONED_TIMESTAMP -> new Value.ZonedTime(time(random), ZONES.get(random.nextInt(ZONES.size())));
        };
    }

    private static Instant time(Random random) {
        return Instant.ofEpochSecond(random.nextLong(-4_000_000_000L, 8_000_000_000L));
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(40), 0, 0x20000)
                .filter(c -> c < 0xD800 || c > 0xDFFF)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static List<Value> values(ValueType element, Random random, int depth) {
        List<Value> values = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            values.add(present(element, random, depth - 1));
        }
        return values;
    }

    private static Value keyed(Random random, int depth) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            values.put(text(random), anything(random, depth - 1));
        }
        return new Value.Keyed(values);
    }

    private static Value struct(ValueType.StructOf type, Random random, int depth) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (Field field : type.fields()) {
            values.put(field.name(), of(field.type(), random, depth - 1));
        }
        return new Value.Keyed(values);
    }

    private static Value entries(Random random, int depth) {
        List<Scalar> keys =
                List.of(Scalar.INT64, Scalar.DOUBLE, Scalar.BOOL, Scalar.UUID, Scalar.DECIMAL, Scalar.UNIX_TIMESTAMP);
        Map<Value, Value> values = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            values.put(scalar(keys.get(random.nextInt(keys.size())), random), anything(random, depth - 1));
        }
        return new Value.Entries(values);
    }

    /** Any value that describes itself, nulls, mixed and nested lists included. */
    private static Value anything(Random random, int depth) {
        List<ValueType> types = List.of(
                Scalar.INT64,
                Scalar.DOUBLE,
                Scalar.BOOL,
                Scalar.STRING,
                Scalar.BYTES,
                Scalar.UNIX_TIMESTAMP,
                Scalar.ZONED_TIMESTAMP,
                new ValueType.ListOf(Scalar.INT64),
                ValueType.StringMap.STRING_MAP,
                ValueType.ScalarMap.SCALAR_MAP);
        if (depth > 0 && random.nextInt(6) == 0) {
            List<Value> mixed = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                mixed.add(anything(random, depth - 1));
            }
            return new Value.Many(mixed);
        }
        return of(types.get(random.nextInt(depth > 0 ? types.size() : 7)), random, depth);
    }
}
