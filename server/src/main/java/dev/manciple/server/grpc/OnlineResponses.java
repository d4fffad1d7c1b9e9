package dev.manciple.server.grpc;

import com.google.protobuf.Timestamp;
import dev.manciple.OnlineFeatures;
import dev.manciple.model.ValueType;
import dev.manciple.server.Columns;
import dev.manciple.server.Growth;
import dev.manciple.server.KnownNames;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import dev.manciple.wire.proto.ServingServiceProto;
import dev.manciple.wire.proto.ServingServiceProto.FeatureList;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponse.FeatureVector;
import dev.manciple.wire.proto.ServingServiceProto.GetOnlineFeaturesResponseMetadata;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/**
 * Writes answers as the bytes of {@code feast.serving.GetOnlineFeaturesResponse}, without a message object per value: an answer
 * has tens of thousands of them.
 */
final class OnlineResponses implements MethodDescriptor.Marshaller<OnlineFeatures> {
    /** What a column takes besides its cells, and a cell with its number, status and time: enough for most answers. */
    private static final int BYTES_PER_COLUMN = 48;

    private static final int BYTES_PER_CELL = 32;
    private static final int BYTES_PER_NAME = 24;

    private final KnownNames names = new KnownNames(OnlineResponses::metadata);

    @Override
    public InputStream stream(OnlineFeatures answer) {
        MessageBytes message = new MessageBytes(Growth.expected(answer, BYTES_PER_COLUMN, BYTES_PER_CELL));
        new Writer(message).write(answer, names.written(answer.names()));
        return message.read(Encoded::new);
    }

    /** The field of an answer that names its columns. */
    private static byte[] metadata(List<String> names) {
        MessageBytes message = new MessageBytes(names.size() * BYTES_PER_NAME);
        for (int i = names.size() - 1; i >= 0; i--) {
            message.text(FeatureList.VAL_FIELD_NUMBER, names.get(i));
        }
        message.enclose(GetOnlineFeaturesResponseMetadata.FEATURE_NAMES_FIELD_NUMBER, 0);
        message.enclose(GetOnlineFeaturesResponse.METADATA_FIELD_NUMBER, 0);
        return message.toByteArray();
    }

    /** Hands all of its bytes over at once, where a stream is otherwise copied piece by piece. */
    private static final class Encoded extends ByteArrayInputStream implements Drainable, KnownLength {
        Encoded(byte[] bytes, int from, int length) {
            super(bytes, from, length);
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

    /** Writes one answer, from its end to its beginning. */
    private static final class Writer {
        private final MessageBytes message;
        private Instant lastTime = Instant.EPOCH;
        private byte[] lastTimeField = time(Instant.EPOCH);

        /** Those of the last column written, and where they are: most columns have them from the one before. */
        private List<FieldStatus> lastStatuses = List.of();

        private List<Instant> lastTimes = List.of();
        private int lastAfter;
        private int lastUpTo;

        Writer(MessageBytes message) {
            this.message = message;
        }

        void write(OnlineFeatures answer, byte[] metadata) {
            message.number(GetOnlineFeaturesResponse.STATUS_FIELD_NUMBER, 1);
            for (int column = answer.names().size() - 1; column >= 0; column--) {
                int after = message.size();
                metadata(answer.statuses().get(column), answer.eventTimes().get(column));
                values(answer.types().get(column), answer.values().get(column));
                message.enclose(GetOnlineFeaturesResponse.RESULTS_FIELD_NUMBER, after);
            }
            message.bytes(metadata);
        }

        private void values(ValueType type, List<Value> values) {
            for (int row = values.size() - 1; row >= 0; row--) {
                int after = message.size();
                message.bytes(ValueCodec.encode(values.get(row), type));
                message.enclose(FeatureVector.VALUES_FIELD_NUMBER, after);
            }
        }

        private void metadata(List<FieldStatus> statuses, List<Instant> times) {
            int after = message.size();
            if (Columns.same(statuses, lastStatuses) && Columns.same(times, lastTimes)) {
                message.repeat(lastAfter, lastUpTo);
            } else {
                times(times);
                statuses(statuses);
                lastStatuses = statuses;
                lastTimes = times;
            }
            lastAfter = after;
            lastUpTo = message.size();
        }

        private void statuses(List<FieldStatus> statuses) {
            if (statuses.isEmpty()) {
                return;
            }
            int after = message.size();
            for (int row = statuses.size() - 1; row >= 0; row--) {
                message.varint(number(statuses.get(row)));
            }
            message.enclose(FeatureVector.STATUSES_FIELD_NUMBER, after);
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

        /** Columns of a view, and rows written together, share their times, so a field is mostly made once. */
        private void times(List<Instant> times) {
            for (int row = times.size() - 1; row >= 0; row--) {
                Instant time = times.get(row);
                if (!time.equals(lastTime)) {
                    lastTime = time;
                    lastTimeField = time(time);
                }
                message.bytes(lastTimeField);
            }
        }

        private static byte[] time(Instant time) {
            MessageBytes field = new MessageBytes(BYTES_PER_CELL);
            long seconds = time.getEpochSecond();
            int nanos = time.getNano();
            if (nanos != 0) {
                field.number(Timestamp.NANOS_FIELD_NUMBER, nanos);
            }
            if (seconds != 0) {
                field.number(Timestamp.SECONDS_FIELD_NUMBER, seconds);
            }
            field.enclose(FeatureVector.EVENT_TIMESTAMPS_FIELD_NUMBER, 0);
            return field.toByteArray();
        }
    }
}
