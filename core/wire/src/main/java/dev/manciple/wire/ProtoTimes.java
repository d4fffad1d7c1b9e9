package dev.manciple.wire;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times between Java and protobuf. Feast writes microseconds. */
final class ProtoTimes {
    private ProtoTimes() {}

    static Timestamp timestamp(Instant time) {
        Instant micros = time.truncatedTo(ChronoUnit.MICROS);
        return Timestamp.newBuilder()
                .setSeconds(micros.getEpochSecond())
                .setNanos(micros.getNano())
                .build();
    }

    static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    static com.google.protobuf.Duration duration(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    static Duration duration(com.google.protobuf.Duration duration) {
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }
}
