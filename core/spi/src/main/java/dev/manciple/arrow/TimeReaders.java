package dev.manciple.arrow;

import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.time.Instant;
import java.util.function.LongUnaryOperator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** Makes readers of times: straight from the numbers of a column of times, from the values of any other. */
final class TimeReaders {
    /** How far from 1970 microseconds can be counted, in whole seconds. */
    private static final long MOST_SECONDS = Long.MAX_VALUE / 1_000_000 - 1;

    private static final long MOST_MILLIS = MOST_SECONDS * 1_000;

    private TimeReaders() {}

    static TimeReader of(FieldVector vector, DictionaryProvider dictionaries) {
        return vector instanceof TimeStampVector times
                ? stamps(times)
                : values(ArrowValues.reader(vector, ValueType.Scalar.UNIX_TIMESTAMP, dictionaries));
    }

    private static TimeReader stamps(TimeStampVector vector) {
        TimeUnit unit = ((ArrowType.Timestamp) vector.getField().getType()).getUnit();
        return switch (unit) {
            case SECOND -> orNone(vector, TimeReaders::ofSeconds);
            case MILLISECOND -> orNone(vector, TimeReaders::ofMillis);
            case MICROSECOND -> index -> vector.isNull(index) ? TimeReader.NONE : vector.get(index);
            case NANOSECOND -> orNone(vector, nanos -> Math.floorDiv(nanos, 1_000L));
        };
    }

    private static TimeReader orNone(TimeStampVector vector, LongUnaryOperator micros) {
        return index -> vector.isNull(index) ? TimeReader.NONE : micros.applyAsLong(vector.get(index));
    }

    static long ofSeconds(long seconds) {
        return Math.clamp(seconds, -MOST_SECONDS, MOST_SECONDS) * 1_000_000;
    }

    private static long ofMillis(long millis) {
        return Math.clamp(millis, -MOST_MILLIS, MOST_MILLIS) * 1_000;
    }

    private static TimeReader values(ColumnReader column) {
        return index ->
                column.read(index) instanceof Value.Time(Instant time) ? TimeReader.micros(time) : TimeReader.NONE;
    }
}
