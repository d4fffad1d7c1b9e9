package com.example.arrowfolder;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Rows of a history in batches: keys, features, event time and, where it is asked for, created time. */
final class PulledReader extends ArrowReader {
    private final Schema schema;
    private final int features;
    private final List<History.Row> rows;
    private final History history;
    private final int batchSize;
    private int next;

    PulledReader(
            Schema schema,
            int features,
            List<History.Row> rows,
            History history,
            int batchSize,
            BufferAllocator allocator) {
        super(allocator);
        this.schema = schema;
        this.features = features;
        this.rows = rows;
        this.history = history;
        this.batchSize = batchSize;
    }

    @Override
    protected Schema readSchema() {
        return schema;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        prepareLoadNextBatch();
        VectorSchemaRoot out = getVectorSchemaRoot();
        out.getFieldVectors().forEach(FieldVector::reset);
        int count = Math.min(batchSize, rows.size() - next);
        for (int i = 0; i < count; i++) {
            fill(out, i, rows.get(next + i));
        }
        next += count;
        out.setRowCount(count);
        return count > 0;
    }

    private void fill(VectorSchemaRoot out, int at, History.Row row) {
        int column = 0;
        for (Value key : row.key()) {
            ArrowValues.set(out.getVector(column++), at, key);
        }
        for (int feature = 0; feature < features; feature++) {
            ArrowValues.set(out.getVector(column++), at, row.value(feature));
        }
        ArrowValues.set(out.getVector(column++), at, new Value.Time(History.instant(row.event())));
        if (column < out.getFieldVectors().size()) {
            ArrowValues.set(
                    out.getVector(column),
                    at,
                    row.created() == History.NEVER
                            ? Value.Null.NULL
                            : new Value.Time(History.instant(row.created())));
        }
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    @Override
    protected void closeReadSource() {
        history.close();
    }
}
