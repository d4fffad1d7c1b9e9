package dev.manciple.server.flight;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FloatingPointVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The columns a client sent that are data, the values instead of the dictionaries that pandas' categories come in, keys as they are
 * joined, and without what pandas says of them. Made after the first batch has come; close it before the stream.
 */
final class SentRows implements AutoCloseable {
    /** What pandas calls an index without a name, which is no data. */
    private static final Pattern INDEX = Pattern.compile("__index_level_\\d+__");

    private final FlightStream stream;
    private final SentKeys keys;
    private final List<FieldVector> sent = new ArrayList<>();
    private final VectorSchemaRoot root;

    SentRows(FlightStream stream, SentKeys keys) {
        this.stream = stream;
        this.keys = keys;
        List<Field> fields = new ArrayList<>();
        for (FieldVector vector : stream.getRoot().getFieldVectors()) {
            if (!INDEX.matcher(vector.getName()).matches()) {
                sent.add(vector);
                fields.add(plain(vector));
            }
        }
        BufferAllocator allocator =
                stream.getRoot().getFieldVectors().getFirst().getAllocator();
        this.root = VectorSchemaRoot.create(new Schema(fields), allocator);
    }

    private Field plain(FieldVector vector) {
        Field field = vector.getField();
        if (field.getDictionary() == null) {
            return keys.kept(field);
        }
        Field values = dictionary(field).getVector().getField();
        return new Field(field.getName(), values.getFieldType(), values.getChildren());
    }

    private Dictionary dictionary(Field field) {
        return stream.getDictionaryProvider().lookup(field.getDictionary().getId());
    }

    /** The batch that was taken last. */
    VectorSchemaRoot root() {
        return root;
    }

    /**
     * Takes the stream's present batch from it.
     *
     * @throws dev.manciple.error.InvalidRequestException as of {@link SentKeys#take}
     */
    void take() {
        for (int i = 0; i < sent.size(); i++) {
            take(sent.get(i), root.getVector(i));
        }
        root.setRowCount(stream.getRoot().getRowCount());
    }

    private void take(FieldVector vector, FieldVector taken) {
        if (vector instanceof FloatingPointVector numbers && taken instanceof BigIntVector whole) {
            SentKeys.take(numbers, whole);
        } else if (vector.getField().getDictionary() == null) {
            vector.makeTransferPair(taken).transfer();
        } else {
            try (ValueVector decoded =
                    DictionaryEncoder.decode(vector, dictionary(vector.getField()), vector.getAllocator())) {
                decoded.makeTransferPair(taken).transfer();
            }
        }
    }

    @Override
    public void close() {
        root.close();
    }
}
