package dev.manciple.hybrid.offline;

import dev.manciple.error.StoreException;
import dev.manciple.spi.internal.GatedReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The waiting of one caller for one child, call by call, up to the child's deadline; what the caller does between calls does not
 * count. Not thread-safe.
 */
final class Waiting implements GatedReader.Gate {
    /** What a child that has used up its time gets for letting go of what it holds. */
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final ChildStore child;
    private final String attempted;
    private final StoreException.Outcome outcome;
    private long left;
    private boolean abandoned;

    Waiting(ChildStore child, String attempted, StoreException.Outcome outcome) {
        this.child = child;
        this.attempted = attempted;
        this.outcome = outcome;
        this.left = child.deadline().length().toNanos();
    }

    @Override
    public <T> T pass(Callable<T> call) {
        if (abandoned) {
            // The call that was too late still runs: what it uses must not be touched.
            throw Fanout.tooLate(child, attempted, outcome);
        }
        List<T> result = new ArrayList<>(1);
        AtomicBoolean running = new AtomicBoolean();
        Fanout.Part part = new Fanout.Part(child, attempted, outcome, () -> {
            running.set(true);
            try {
                result.add(call.call());
            } finally {
                running.set(false);
            }
        });
        long from = System.nanoTime();
        try {
            Fanout.run(List.of(part), child.deadline().executor(), left > 0 ? left : FAREWELL.toNanos());
        } catch (RuntimeException e) {
            abandoned = running.get();
            throw e;
        } finally {
            left -= System.nanoTime() - from;
        }
        return result.getFirst();
    }
}
