package dev.manciple.spi;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One value. Null is a value too, so lists of values never hold null. Decimals, JSON and UUIDs are {@link Text}: the field
 * has the type, and decides the width of numbers when they are stored. Lists and sets are {@link Many}; maps with string keys
 * and structs are {@link Keyed}.
 */
public sealed interface Value {
    enum Null implements Value {
        NULL
    }

    record Int(long value) implements Value {}

    record Real(double value) implements Value {}

    record Bool(boolean value) implements Value {}

    record Text(String value) implements Value {}

    record Bytes(ByteBuffer value) implements Value {
        public Bytes {
            value = value.slice().asReadOnlyBuffer();
        }

        /** A read-only view with its own position. */
        @Override
        public ByteBuffer value() {
            return value.duplicate();
        }
    }

    record Time(Instant value) implements Value {}

    record ZonedTime(Instant value, ZoneId zone) implements Value {
        /** Names of one fixed offset, such as {@code UTC} and {@code Z}, make equal values. */
        public ZonedTime {
            zone = zone.normalized();
        }
    }

    record Many(List<Value> values) implements Value {
        public Many {
            values = List.copyOf(values);
        }
    }

    record Keyed(Map<String, Value> values) implements Value {
        public Keyed {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }
    }

    record Entries(Map<Value, Value> values) implements Value {
        public Entries {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }
    }

    /** The row has no such feature: it was written before the feature was added. */
    enum Missing implements Value {
        MISSING
    }

    /** Stored bytes that do not decode. */
    record Corrupt(String reason) implements Value {}
}
