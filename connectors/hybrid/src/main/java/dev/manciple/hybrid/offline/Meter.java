package dev.manciple.hybrid.offline;

import dev.manciple.error.InvalidRequestException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes one request moves between stores and this process, and stops it at a limit. Thread-safe. */
final class Meter {
    private final AtomicLong moved = new AtomicLong();
    private final Optional<Long> limit;

    Meter(Optional<Long> limit) {
        this.limit = limit;
    }

    /** @throws InvalidRequestException past the limit */
    void add(long bytes) {
        long now = moved.addAndGet(bytes);
        if (limit.isPresent() && now > limit.get()) {
            throw tooMuch("has moved", now, limit.get());
        }
    }

    /** @throws InvalidRequestException if so much is expected that nothing need be tried */
    void expect(long bytes) {
        if (limit.isPresent() && bytes > limit.get()) {
            throw tooMuch("would move about", bytes, limit.get());
        }
    }

    private static InvalidRequestException tooMuch(String what, long bytes, long limit) {
        return new InvalidRequestException(
                "This request across stores %s %,d bytes between them and this process, and max_transfer_bytes allows %,d: ask for fewer rows or features, or raise it"
                        .formatted(what, bytes, limit));
    }
}
