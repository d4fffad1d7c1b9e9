package dev.manciple.redis;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Event times as the layout stores them: bytes of {@code google.protobuf.Timestamp}, in microseconds. */
final class EventTimes {
    private static final int NANOS_PER_MICRO = 1000;

    private EventTimes() {}

    static byte[] encode(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano() / NANOS_PER_MICRO * NANOS_PER_MICRO)
                .build()
                .toByteArray();
    }

    /** Nothing if the bytes are no time. */
    static Optional<Instant> decode(byte[] bytes) {
        try {
            Timestamp time = Timestamp.parseFrom(bytes);
            return Optional.of(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()));
        } catch (InvalidProtocolBufferException | DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }
}
