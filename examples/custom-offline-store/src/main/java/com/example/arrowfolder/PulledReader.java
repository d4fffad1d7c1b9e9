package com.example.arrowfolder;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnCopier;
import dev.manciple.model.Field;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Some rows of a source as they are read, in batches no larger than asked for. Closing it closes the source. */
final class PulledReader extends ArrowReader {
    /** Tells which rows. */
    @FunctionalInterface
    interface Choice {
        /**
         * @param row the row's place in the source
         * @param index its place in the batch that is loaded
         */
        boolean takes(int row, int index);
    }

    private final Schema schema;
    private final FolderReader source;
    private final Choice choice;
    private final int[] chosen;
    private final List<ColumnCopier> copiers = new ArrayList<>();

    /** The place in the source of the first row of the batch loaded, and how many rows of that batch have been looked at. */
    private int first;

    private int seen;

    /**
     * @param fields of the result
     * @param columns of the source, for each of them
     */
    PulledReader(
            List<Field> fields,
            List<FieldVector> columns,
            FolderReader source,
            Choice choice,
            int batchSize,
            BufferAllocator allocator)
            throws IOException {
        super(allocator);
        this.schema = new Schema(fields.stream().map(ArrowTypes::field).toList());
        this.source = source;
        this.choice = choice;
        this.chosen = new int[batchSize];
        for (int i = 0; i < fields.size(); i++) {
            FieldVector target = getVectorSchemaRoot().getVector(i);
            copiers.add(ArrowValues.copier(columns.get(i), target, fields.get(i).type()));
        }
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
        int count = choose();
        while (count == 0 && advance()) {
            count = choose();
        }
        for (ColumnCopier column : copiers) {
            for (int i = 0; i < count; i++) {
                column.copy(chosen[i], i);
            }
        }
        out.setRowCount(count);
        return count > 0;
    }

    private boolean advance() {
        first += source.getVectorSchemaRoot().getRowCount();
        seen = 0;
        return source.loadNextBatch();
    }

    /** Looks through what is left of the batch loaded, until there are enough rows. */
    private int choose() {
        int rows = source.getVectorSchemaRoot().getRowCount();
        int count = 0;
        while (seen < rows && count < chosen.length) {
            if (choice.takes(first + seen, seen)) {
                chosen[count++] = seen;
            }
            seen++;
        }
        return count;
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    @Override
    protected void closeReadSource() {
        source.close();
    }
}
