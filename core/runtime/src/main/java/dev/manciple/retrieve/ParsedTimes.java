package dev.manciple.retrieve;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.arrow.RemadeReader;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Reads a column of text as times, row by row, so that the first that is none can be named. Other columns pass as they are. */
final class ParsedTimes extends RemadeReader {
    private final String column;
    private final Path file;
    private long rowsBefore;

    /** @param file named in errors */
    ParsedTimes(ArrowReader rows, String column, Path file, BufferAllocator allocator) {
        super(rows, allocator);
        this.column = column;
        this.file = file;
    }

    /** Whether a column holds text, which this class can read as times. */
    static boolean canParse(Field column) {
        return column.getType() instanceof ArrowType.Utf8
                || column.getType() instanceof ArrowType.LargeUtf8
                || column.getType() instanceof ArrowType.Utf8View;
    }

    /** The schema with the column as times. */
    static Schema schema(Schema schema, String column) {
        List<Field> fields = new ArrayList<>();
        for (Field field : schema.getFields()) {
            fields.add(
                    field.getName().equals(column) ? ArrowTypes.arrow(column, ValueType.Scalar.UNIX_TIMESTAMP) : field);
        }
        return new Schema(fields, schema.getCustomMetadata());
    }

    @Override
    protected Schema readSchema() throws IOException {
        return schema(from().getVectorSchemaRoot().getSchema(), column);
    }

    @Override
    protected void remake(VectorSchemaRoot read, VectorSchemaRoot parsed) {
        int count = read.getRowCount();
        for (FieldVector vector : read.getFieldVectors()) {
            FieldVector target = parsed.getVector(vector.getName());
            if (vector.getName().equals(column)) {
                parse(vector, target, count);
            } else {
                vector.makeTransferPair(target).transfer();
            }
        }
        rowsBefore += count;
    }

    private void parse(FieldVector text, FieldVector times, int count) {
        times.reset();
        ColumnReader reader = ArrowValues.reader(text, ValueType.Scalar.UNIX_TIMESTAMP);
        for (int row = 0; row < count; row++) {
            ArrowValues.set(times, row, time(reader, text, row));
        }
        times.setValueCount(count);
    }

    private Value time(ColumnReader reader, FieldVector text, int row) {
        try {
            return reader.read(row);
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException(
                    "Row %d of %s: '%s' in column '%s' is not a time. Write times as 2025-01-31T12:00:00Z"
                            .formatted(rowsBefore + row + 1, file, text.getObject(row), column),
                    e);
        }
    }
}
