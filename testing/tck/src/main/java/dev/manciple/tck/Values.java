package dev.manciple.tck;

import dev.manciple.spi.Value;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Short spellings of values for tests. */
final class Values {
    static final Value NULL = Value.Null.NULL;

    private Values() {}

    static Value integer(long value) {
        return new Value.Int(value);
    }

    static Value real(double value) {
        return new Value.Real(value);
    }

    static Value text(String value) {
        return new Value.Text(value);
    }

    static Value time(@Nullable Instant value) {
        return value == null ? NULL : new Value.Time(value);
    }

    /** A row of values; null stands for the null value. */
    static List<Value> row(@Nullable Value... values) {
        return Arrays.stream(values).map(Values::orNull).toList();
    }

    private static Value orNull(@Nullable Value value) {
        return value == null ? NULL : value;
    }
}
