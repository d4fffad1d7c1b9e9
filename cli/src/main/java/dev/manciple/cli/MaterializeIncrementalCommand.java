package dev.manciple.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Copies what is new since the last time to the online store. */
@Command(
        name = "materialize-incremental",
        description = "Copy the values since each view's last materialization, up to END, to the online store.")
final class MaterializeIncrementalCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "END", description = "Last event time, included.")
    Instant end = Instant.EPOCH;

    @Mixin
    private final ViewOptions views = new ViewOptions();

    MaterializeIncrementalCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        return new MaterializeRunner(session)
                .run((store, listener) -> store.materializeIncremental(end, views.names(), listener));
    }
}
