package dev.manciple.move;

import dev.manciple.error.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Lets time pass. */
public interface Pause {
    void until(Instant time);

    static Pause of(InstantSource clock) {
        return time -> {
            for (Duration left = Duration.between(clock.instant(), time);
                    left.isPositive();
                    left = Duration.between(clock.instant(), time)) {
                try {
                    Thread.sleep(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new StoreException(
                            "The move", "wait for other processes", true, StoreException.Outcome.NOT_APPLIED, e);
                }
            }
        };
    }
}
