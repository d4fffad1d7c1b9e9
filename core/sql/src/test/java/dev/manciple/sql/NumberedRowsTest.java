package dev.manciple.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeStampMilliVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NumberedRowsTest {
    private static final String TIME = "time";

    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void close() {
        allocator.close();
    }

    @Test
    void everyFormIsTheSameTimeInAllBatches() throws IOException {
        try (ArrowReader times = new Times(5L, null, -1_000L, Long.MAX_VALUE);
                ArrowReader rows = new NumberedRows(times, 0, any -> true)) {
            for (long first : List.of(1L, 5L)) {
                assertThat(rows.loadNextBatch()).isTrue();
                assertThat(column(rows, Stages.ROW)).containsExactly(first, first + 1, first + 2, first + 3);
                for (String form : List.of(Stages.AT, Stages.INSTANT, Stages.UTC)) {
                    assertThat(column(rows, form)).as(form).containsExactly(5_000L, null, -1_000_000L, null);
                }
            }
            assertThat(rows.loadNextBatch()).isFalse();
        }
    }

    @Test
    void timesBeyondMicrosecondsAreRefused() throws IOException {
        for (long tooFar : List.of(Long.MAX_VALUE / 1_000 + 1, Long.MIN_VALUE / 1_000 - 1, Long.MIN_VALUE)) {
            try (ArrowReader times = new Times(5L, tooFar);
                    ArrowReader rows = new NumberedRows(times, 0, any -> true)) {
                assertThatThrownBy(rows::loadNextBatch)
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessage("Row 2 of the entity rows has a time in 'time' that no engine can keep: " + tooFar
                                + " times 1,000 microseconds after 1970");
            }
        }
    }

    @Test
    void columnsThatNobodyReadsAreNotThere() throws IOException {
        try (ArrowReader times = new Times(5L);
                ArrowReader rows = new NumberedRows(times, 0, Set.of(Stages.AT, Stages.UTC)::contains)) {
            assertThat(rows.loadNextBatch()).isTrue();
            assertThat(rows.getVectorSchemaRoot().getSchema().getFields())
                    .extracting(Field::getName)
                    .containsExactly(Stages.AT, Stages.UTC);
            assertThat(column(rows, Stages.AT)).containsExactly(5_000L);
            assertThat(column(rows, Stages.UTC)).containsExactly(5_000L);
        }
    }

    private static List<@Nullable Long> column(ArrowReader rows, String name) throws IOException {
        FieldVector vector = rows.getVectorSchemaRoot().getVector(name);
        List<@Nullable Long> values = new ArrayList<>();
        for (int row = 0; row < rows.getVectorSchemaRoot().getRowCount(); row++) {
            boolean none = vector.isNull(row);
            values.add(
                    none
                            ? null
                            : vector instanceof TimeStampVector time
                                    ? Long.valueOf(time.get(row))
                                    : (Long) vector.getObject(row));
        }
        return values;
    }

    /** Two equal batches of times in milliseconds. */
    private final class Times extends ArrowReader {
        private final @Nullable Long[] times;
        private int batches = 2;

        Times(@Nullable Long... times) {
            super(NumberedRowsTest.this.allocator);
            this.times = times;
        }

        @Override
        public boolean loadNextBatch() throws IOException {
            prepareLoadNextBatch();
            if (batches-- == 0) {
                return false;
            }
            TimeStampMilliVector vector =
                    (TimeStampMilliVector) getVectorSchemaRoot().getVector(TIME);
            for (int row = 0; row < times.length; row++) {
                Long time = times[row];
                if (time == null) {
                    vector.setNull(row);
                } else {
                    vector.setSafe(row, time);
                }
            }
            getVectorSchemaRoot().setRowCount(times.length);
            return true;
        }

        @Override
        public long bytesRead() {
            return 0;
        }

        @Override
        protected void closeReadSource() {}

        @Override
        protected Schema readSchema() {
            return new Schema(List.of(Field.nullable(TIME, new ArrowType.Timestamp(TimeUnit.MILLISECOND, null))));
        }
    }
}
