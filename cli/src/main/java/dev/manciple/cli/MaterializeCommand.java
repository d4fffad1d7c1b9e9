package dev.manciple.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Copies the newest values of a window of time to the online store. */
@Command(name = "materialize", description = "Copy the newest values between START and END to the online store.")
final class MaterializeCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    @Nullable
    CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "START", description = "First event time, included.")
    @Nullable
    Instant start;

    @Parameters(index = "1", arity = "0..1", paramLabel = "END", description = "Last event time, included.")
    @Nullable
    Instant end;

    @Option(names = "--disable-event-timestamp", description = "Take everything up to now, instead of a window.")
    boolean everything;

    @Mixin
    private final ViewOptions views = new ViewOptions();

    MaterializeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Instant from = from();
        Instant to = to();
        return new MaterializeRunner(session)
                .run((store, listener) -> store.materialize(from, to, views.names(), listener));
    }

    private Instant from() {
        if (everything) {
            if (start != null) {
                throw usage("START and END are not wanted with --disable-event-timestamp");
            }
            return Instant.EPOCH;
        }
        if (start == null) {
            throw usage("START and END are needed, or --disable-event-timestamp");
        }
        return start;
    }

    private Instant to() {
        if (everything) {
            return session.terminal().clock().instant();
        }
        if (end == null) {
            throw usage("END is needed after START");
        }
        return end;
    }

    private RuntimeException usage(String message) {
        return spec == null ? new IllegalStateException(message) : new ParameterException(spec.commandLine(), message);
    }
}
