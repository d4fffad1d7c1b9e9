package dev.manciple.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.fixture.Definitions;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowDecoderTest {
    /** As programs without nullable whole numbers write them. */
    private static final Schema FRACTIONS = new Schema(List.of(
            ArrowTypes.arrow("driver_id", Scalar.INT64),
            ArrowTypes.arrow("conv_rate", Scalar.DOUBLE),
            ArrowTypes.arrow("trips", Scalar.DOUBLE),
            ArrowTypes.arrow("event_timestamp", Scalar.UNIX_TIMESTAMP),
            ArrowTypes.arrow("created", Scalar.UNIX_TIMESTAMP)));

    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void aValueThatDoesNotFitIsNamedWithItsKey() throws IOException {
        Value time = new Value.Time(Instant.parse("2025-03-01T12:00:00Z"));
        List<List<Value>> rows = List.of(
                List.of(new Value.Int(1001), new Value.Real(0.5), new Value.Real(7), time, time),
                List.of(new Value.Int(1002), new Value.Real(0.5), new Value.Real(0.74), time, time));
        try (ArrowReader reader = ArrowRows.reader(allocator, FRACTIONS, rows, 10)) {
            RowDecoder decoder = RowDecoder.ofRows(Definitions.DRIVER_STATS, reader);
            reader.loadNextBatch();

            assertThat(decoder.decode(0).orElseThrow().values()).contains(new Value.Int(7));
            assertThatThrownBy(() -> decoder.decode(1))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContainingAll(
                            "feature view 'driver_stats' with key driver_id='1002'", "'trips'", "'0.74'", "Int64");
        }
    }

    @Test
    void aRowWithoutATimeIsNamedWithItsKey() throws IOException {
        List<List<Value>> rows = List.of(
                List.of(new Value.Int(1001), new Value.Real(0.5), new Value.Real(7), Value.Null.NULL, Value.Null.NULL));
        try (ArrowReader reader = ArrowRows.reader(allocator, FRACTIONS, rows, 10)) {
            RowDecoder decoder = RowDecoder.ofRows(Definitions.DRIVER_STATS, reader);
            reader.loadNextBatch();

            assertThatThrownBy(() -> decoder.decode(0))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage(
                            "A row of feature view 'driver_stats' with key driver_id='1001' has no time in 'event_timestamp'");
        }
    }
}
