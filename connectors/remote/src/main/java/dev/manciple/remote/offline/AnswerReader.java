package dev.manciple.remote.offline;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.error.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A server's answer under the names and types that were promised. Columns whose bytes mean the same are shared, others are
 * converted value by value. Closing it ends the work of the server and the connection.
 */
final class AnswerReader extends ArrowReader {
    private final FlightStream answer;
    private final Call call;
    private final Server server;
    private final Connection connection;
    private @Nullable List<Given> columns;

    AnswerReader(FlightStream answer, Call call, Server server, Connection connection, BufferAllocator allocator) {
        super(allocator);
        this.answer = answer;
        this.call = call;
        this.server = server;
        this.connection = connection;
    }

    /** A column as it came, and what it is handed on in where its bytes mean something else than was promised. */
    private record Given(
            Column column, FieldVector vector, @Nullable FieldVector converted) {
        FieldVector handedOn() {
            return converted == null ? vector : converted;
        }
    }

    @Override
    protected Schema readSchema() {
        return Column.schema(columns().stream().map(Given::column).toList());
    }

    private List<Given> columns() {
        if (columns == null) {
            try {
                VectorSchemaRoot root = answer.getRoot();
                columns = call.columns(root.getSchema()).stream()
                        .map(column -> given(column, root))
                        .toList();
            } catch (RuntimeException e) {
                throw server.failure(call.purpose(), e);
            }
        }
        return columns;
    }

    private Given given(Column column, VectorSchemaRoot root) {
        FieldVector vector = root.getFieldVectors().stream()
                .filter(each -> each.getName().equals(column.answered()))
                .findFirst()
                .orElseThrow(() -> new StoreException(
                        server.toString(),
                        call.purpose(),
                        false,
                        StoreException.Outcome.NOT_APPLIED,
                        new IOException("its answer has no column '%s', only %s"
                                .formatted(
                                        column.answered(),
                                        root.getSchema().getFields().stream()
                                                .map(Field::getName)
                                                .toList()))));
        return new Given(
                column,
                vector,
                isSame(vector.getField(), column.promised())
                        ? null
                        : column.promised().createVector(allocator));
    }

    /** Whether the bytes of one column mean the same in the other; times without a zone are in UTC. */
    private static boolean isSame(Field left, Field right) {
        if (left.getDictionary() != null || !isSame(left.getType(), right.getType())) {
            return false;
        }
        List<Field> leftParts = left.getChildren();
        List<Field> rightParts = right.getChildren();
        if (leftParts.size() != rightParts.size()) {
            return false;
        }
        for (int i = 0; i < leftParts.size(); i++) {
            boolean sameName = !(left.getType() instanceof ArrowType.Struct)
                    || leftParts.get(i).getName().equals(rightParts.get(i).getName());
            if (!sameName || !isSame(leftParts.get(i), rightParts.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(ArrowType left, ArrowType right) {
        if (left instanceof ArrowType.Timestamp one && right instanceof ArrowType.Timestamp other) {
            return one.getUnit() == other.getUnit();
        }
        return left instanceof ArrowType.Map ? right instanceof ArrowType.Map : left.equals(right);
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        prepareLoadNextBatch();
        try {
            if (!answer.next()) {
                getVectorSchemaRoot().setRowCount(0);
                return false;
            }
        } catch (RuntimeException e) {
            throw server.failure(call.purpose(), e);
        }
        int rows = answer.getRoot().getRowCount();
        columns().forEach(column -> convert(column, rows));
        List<FieldVector> vectors = new ArrayList<>();
        columns().forEach(column -> vectors.add(column.handedOn()));
        VectorSchemaRoot handedOn =
                new VectorSchemaRoot(vectors.stream().map(FieldVector::getField).toList(), vectors, rows);
        try (ArrowRecordBatch batch = new VectorUnloader(handedOn).getRecordBatch()) {
            loadRecordBatch(batch);
        }
        return true;
    }

    private void convert(Given given, int rows) {
        FieldVector target = given.converted();
        if (target == null) {
            return;
        }
        ColumnReader values = ArrowValues.reader(
                given.vector(), given.column().type(), Objects.requireNonNull(answer.getDictionaryProvider()));
        target.reset();
        for (int row = 0; row < rows; row++) {
            ArrowValues.set(target, row, values.read(row));
        }
        target.setValueCount(rows);
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    @Override
    protected void closeReadSource() throws IOException {
        try (connection;
                answer) {
            if (columns != null) {
                columns.stream().map(Given::converted).filter(Objects::nonNull).forEach(FieldVector::close);
            }
        } catch (FlightRuntimeException e) {
            throw server.failure(call.purpose(), e);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
