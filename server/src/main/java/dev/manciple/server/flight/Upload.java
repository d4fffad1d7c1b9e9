package dev.manciple.server.flight;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.arrow.flight.FlightDescriptor;
import org.jspecify.annotations.Nullable;

/** A call that waits for its client to ask for the answer, with the rows that came with it. Thread-safe; close it once. */
final class Upload implements AutoCloseable {
    private final String owner;
    private final FlightDescriptor descriptor;
    private final Command.Get command;
    private final Optional<Spool.Rows> rows;
    private volatile long touched = System.nanoTime();
    private volatile @Nullable Answer answer;

    /** @param owner who may ask for it */
    Upload(String owner, FlightDescriptor descriptor, Command.Get command, Optional<Spool.Rows> rows) {
        this.owner = owner;
        this.descriptor = descriptor;
        this.command = command;
        this.rows = rows;
    }

    String owner() {
        return owner;
    }

    FlightDescriptor descriptor() {
        return descriptor;
    }

    Command.Get command() {
        return command;
    }

    Optional<Path> file() {
        return rows.map(Spool.Rows::file);
    }

    /** An answer with the columns that came with the call as they came. */
    Answer asSent(Answer planned) {
        return rows.map(sent -> planned.asSent(sent.keys(), sent.types())).orElse(planned);
    }

    /** The answer, planned once however often its client asks; planning it twice at a time does no harm. */
    Answer answer(Supplier<Answer> planning) {
        Answer known = answer;
        if (known == null) {
            known = planning.get();
            answer = known;
        }
        return known;
    }

    /** The client has not forgotten it. */
    void touch() {
        touched = System.nanoTime();
    }

    boolean isUntouchedFor(long nanos) {
        return System.nanoTime() - touched > nanos;
    }

    @Override
    public void close() {
        rows.ifPresent(Spool.Rows::close);
    }
}
