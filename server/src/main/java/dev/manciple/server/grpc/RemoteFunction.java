package dev.manciple.server.grpc;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.error.StoreException;
import dev.manciple.model.Field;
import dev.manciple.server.FeastErrors;
import dev.manciple.spi.Value;
import dev.manciple.transform.OnDemandSlice;
import dev.manciple.transform.ValueFunction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.InvalidArrowFileException;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends rows as a file of Arrow and reads the features from the one that comes back. */
final class RemoteFunction extends ValueFunction {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteFunction.class);

    /** What a server of gRPC takes at a time unless it is told otherwise is 4 MiB, and the message is not all rows. */
    private static final int MOST_BYTES = 3 << 20;

    private final BufferAllocator allocator;
    private final UnaryOperator<byte[]> service;

    /** @param service computes rows in Arrow's file format */
    RemoteFunction(OnDemandSlice slice, BufferAllocator allocator, UnaryOperator<byte[]> service) {
        super(slice);
        this.allocator = allocator;
        this.service = service;
    }

    @Override
    public List<List<Value>> compute(List<List<Value>> inputs, int rows) {
        List<List<Value>> outputs = new ArrayList<>();
        slice().features().forEach(feature -> outputs.add(new ArrayList<>(rows)));
        List<List<Value>> byRow = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            int at = row;
            byRow.add(inputs.stream().map(column -> column.get(at)).toList());
        }
        try {
            compute(byRow, outputs);
        } catch (IOException | InvalidArrowFileException e) {
            throw told(failed(e));
        } catch (StoreException e) {
            throw told(e);
        }
        return outputs;
    }

    /** Those who ask for other features too are answered, so nobody else may tell of it. */
    private static StoreException told(StoreException failure) {
        LOG.warn("A transformation failed: {}", FeastErrors.logged(failure));
        LOG.debug("Why the transformation failed", failure);
        return failure;
    }

    private StoreException failed(Exception cause) {
        return new StoreException(
                "On demand feature view '%s'".formatted(slice().view().name()),
                "exchange rows with its transformation service",
                false,
                StoreException.Outcome.NOT_APPLIED,
                cause);
    }

    /** Halves what is too large for one message. */
    private void compute(List<List<Value>> rows, List<List<Value>> outputs) throws IOException {
        byte[] file = file(rows);
        if (file.length > MOST_BYTES && rows.size() > 1) {
            int half = rows.size() / 2;
            compute(rows.subList(0, half), outputs);
            compute(rows.subList(half, rows.size()), outputs);
        } else {
            read(service.apply(file), rows.size(), outputs);
        }
    }

    private byte[] file(List<List<Value>> rows) throws IOException {
        Schema schema = new Schema(slice().inputs().stream()
                .map(input -> ArrowTypes.arrow(input.name(), input.type()))
                .toList());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ArrowReader reader = ArrowRows.reader(allocator, schema, rows, Math.max(1, rows.size()));
                ArrowFileWriter writer =
                        new ArrowFileWriter(reader.getVectorSchemaRoot(), reader, Channels.newChannel(bytes))) {
            writer.start();
            while (reader.loadNextBatch()) {
                writer.writeBatch();
            }
            writer.end();
        }
        return bytes.toByteArray();
    }

    private void read(byte[] file, int rows, List<List<Value>> outputs) throws IOException {
        int before = outputs.getFirst().size();
        try (ArrowFileReader reader = new ArrowFileReader(new ByteArrayReadableSeekableByteChannel(file), allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            List<ColumnReader> columns = new ArrayList<>();
            for (Field feature : slice().features()) {
                columns.add(ArrowValues.reader(column(root, feature), feature.type(), reader));
            }
            while (reader.loadNextBatch()) {
                for (int row = 0; row < root.getRowCount(); row++) {
                    for (int column = 0; column < columns.size(); column++) {
                        outputs.get(column).add(columns.get(column).read(row));
                    }
                }
            }
        }
        int computed = outputs.getFirst().size() - before;
        if (computed != rows) {
            throw failed(new IllegalStateException("it gave %d rows for %d".formatted(computed, rows)));
        }
    }

    /** Under its full name, as the protocol has it, or the bare one. */
    private FieldVector column(VectorSchemaRoot root, Field feature) {
        FieldVector full = root.getVector(slice().view().name() + "__" + feature.name());
        FieldVector column = full == null ? root.getVector(feature.name()) : full;
        if (column == null) {
            throw failed(new IllegalStateException("it gave no feature '%s', only: %s"
                    .formatted(
                            feature.name(),
                            root.getSchema().getFields().stream()
                                    .map(org.apache.arrow.vector.types.pojo.Field::getName)
                                    .toList())));
        }
        return column;
    }
}
