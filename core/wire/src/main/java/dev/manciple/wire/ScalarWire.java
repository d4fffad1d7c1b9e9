package dev.manciple.wire;

import com.google.protobuf.WireFormat;
import dev.manciple.model.ValueType;

/** How protobuf carries each scalar. */
final class ScalarWire {
    private ScalarWire() {}

    /** The wire type of a single value; numbers in lists are packed. */
    static int of(ValueType.Scalar type) {
        return switch (type) {
            case INT32, INT64, UNIX_TIMESTAMP, BOOL -> WireFormat.WIRETYPE_VARINT;
            case DOUBLE -> WireFormat.WIRETYPE_FIXED64;
            case FLOAT -> WireFormat.WIRETYPE_FIXED32;
            case BYTES, STRING, DECIMAL, JSON, UUID, TIME_UUID, IMAGE_BYTES, PDF_BYTES, ZONED_TIMESTAMP ->
                WireFormat.WIRETYPE_LENGTH_DELIMITED;
        };
    }
}
