package dev.manciple.server.flight;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Value;
import dev.manciple.wire.ArrowTypeText;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The rows a call is answered with, planned and not run.
 *
 * @param schema runs nothing
 * @param open runs it; the caller closes the reader
 * @param types what pandas is to make of columns that were sent, which no engine needs to know
 */
record Answer(Supplier<Schema> schema, Function<BufferAllocator, ArrowReader> open, PandasTypes types) {
    private static final Schema COLUMNS = new Schema(List.of(
            ArrowTypes.field(Field.of("name", ValueType.Scalar.STRING)),
            ArrowTypes.field(Field.of("type", ValueType.Scalar.STRING))));

    static Answer of(RetrievalJob job) {
        return new Answer(job::schema, job::open, PandasTypes.NONE);
    }

    /** The columns of a source, one per row. */
    static Answer columnsOf(Schema source) {
        List<List<Value>> rows = source.getFields().stream()
                .<List<Value>>map(
                        field -> List.of(new Value.Text(field.getName()), new Value.Text(ArrowTypeText.write(field))))
                .toList();
        return new Answer(
                () -> COLUMNS,
                allocator -> ArrowRows.reader(allocator, COLUMNS, rows, Math.max(rows.size(), 1)),
                PandasTypes.NONE);
    }

    /** The same rows, with the columns that were sent as they were. */
    Answer asSent(SentKeys keys, PandasTypes sent) {
        return new Answer(
                () -> keys.given(schema.get()), allocator -> keys.given(open.apply(allocator), allocator), sent);
    }
}
