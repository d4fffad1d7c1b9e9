package dev.manciple.server.grpc;

import com.google.protobuf.CodedOutputStream;
import dev.manciple.OnlineFeatures;
import dev.manciple.model.ValueType;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import dev.manciple.wire.proto.ServingServiceProto;
import dev.manciple.wire.proto.ServingServiceProto.FeatureList;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponseMetadata;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes answers as the bytes of {@code feast.serving.GetOnlineFeaturesResponse}, without a message object per value: an answer
 * has tens of thousands of them.
 */
final class OnlineResponses implements MethodDescriptor.Marshaller<OnlineFeatures> {
    private static final int VALUES = GetOnlineFeaturesResponse.FeatureVector.VALUES_FIELD_NUMBER;
    private static final int STATUSES = GetOnlineFeaturesResponse.FeatureVector.STATUSES_FIELD_NUMBER;
    private static final int EVENT_TIMESTAMPS = GetOnlineFeaturesResponse.FeatureVector.EVENT_TIMESTAMPS_FIELD_NUMBER;
    private static final int SECONDS = 1;
    private static final int NANOS = 2;

    /** Wire type of everything that has a length. */
    private static final int DELIMITED = 2;

    @Override
    public InputStream stream(OnlineFeatures answer) {
        return new Encoded(bytes(answer));
    }

    /** Hands all of its bytes over at once, where a stream is otherwise copied piece by piece. */
    private static final class Encoded extends ByteArrayInputStream implements Drainable, KnownLength {
        Encoded(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int length = available();
            target.write(buf, pos, length);
            pos = count;
            return length;
        }
    }

    @Override
    public OnlineFeatures parse(InputStream stream) {
        throw new UnsupportedOperationException("The server reads no answers");
    }

    static byte[] bytes(OnlineFeatures answer) {
        GetOnlineFeaturesResponseMetadata metadata = GetOnlineFeaturesResponseMetadata.newBuilder()
                .setFeatureNames(FeatureList.newBuilder().addAllVal(answer.names()))
                .build();
        int columns = answer.names().size();
        Vector[] vectors = new Vector[columns];
        int size = CodedOutputStream.computeMessageSize(GetOnlineFeaturesResponse.METADATA_FIELD_NUMBER, metadata)
                + CodedOutputStream.computeBoolSize(GetOnlineFeaturesResponse.STATUS_FIELD_NUMBER, true);
        for (int column = 0; column < columns; column++) {
            vectors[column] = Vector.of(
                    answer.types().get(column),
                    answer.values().get(column),
                    answer.statuses().get(column),
                    answer.eventTimes().get(column));
            size += delimitedSize(GetOnlineFeaturesResponse.RESULTS_FIELD_NUMBER, vectors[column].size());
        }
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeMessage(GetOnlineFeaturesResponse.METADATA_FIELD_NUMBER, metadata);
            for (Vector vector : vectors) {
                out.writeTag(GetOnlineFeaturesResponse.RESULTS_FIELD_NUMBER, DELIMITED);
                out.writeUInt32NoTag(vector.size());
                vector.write(out);
            }
            out.writeBool(GetOnlineFeaturesResponse.STATUS_FIELD_NUMBER, true);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    private static int delimitedSize(int field, int length) {
        return CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(length) + length;
    }

    /** One column, its values encoded and its size known. */
    private record Vector(List<byte[]> values, List<FieldStatus> statuses, List<Instant> times, int size) {
        static Vector of(ValueType type, List<Value> values, List<FieldStatus> statuses, List<Instant> times) {
            List<byte[]> encoded = new ArrayList<>(values.size());
            int size = statuses.isEmpty() ? 0 : delimitedSize(STATUSES, statuses.size());
            for (int row = 0; row < values.size(); row++) {
                byte[] value = ValueCodec.encode(values.get(row), type);
                encoded.add(value);
                size += delimitedSize(VALUES, value.length);
                size += delimitedSize(EVENT_TIMESTAMPS, size(times.get(row)));
            }
            return new Vector(encoded, statuses, times, size);
        }

        void write(CodedOutputStream out) throws IOException {
            for (byte[] value : values) {
                out.writeByteArray(VALUES, value);
            }
            if (!statuses.isEmpty()) {
                out.writeTag(STATUSES, DELIMITED);
                // Numbers of statuses are below 128, so each takes one byte.
                out.writeUInt32NoTag(statuses.size());
                for (FieldStatus status : statuses) {
                    out.writeRawByte((byte) number(status));
                }
            }
            for (Instant time : times) {
                out.writeTag(EVENT_TIMESTAMPS, DELIMITED);
                out.writeUInt32NoTag(size(time));
                long seconds = time.getEpochSecond();
                int nanos = time.getNano();
                if (seconds != 0) {
                    out.writeInt64(SECONDS, seconds);
                }
                if (nanos != 0) {
                    out.writeInt32(NANOS, nanos);
                }
            }
        }

        private static int number(FieldStatus status) {
            return switch (status) {
                case INVALID -> ServingServiceProto.FieldStatus.INVALID_VALUE;
                case PRESENT -> ServingServiceProto.FieldStatus.PRESENT_VALUE;
                case NULL_VALUE -> ServingServiceProto.FieldStatus.NULL_VALUE_VALUE;
                case NOT_FOUND -> ServingServiceProto.FieldStatus.NOT_FOUND_VALUE;
                case OUTSIDE_MAX_AGE -> ServingServiceProto.FieldStatus.OUTSIDE_MAX_AGE_VALUE;
            };
        }

        private static int size(Instant time) {
            long seconds = time.getEpochSecond();
            int nanos = time.getNano();
            return (seconds == 0 ? 0 : CodedOutputStream.computeInt64Size(SECONDS, seconds))
                    + (nanos == 0 ? 0 : CodedOutputStream.computeInt32Size(NANOS, nanos));
        }
    }
}
