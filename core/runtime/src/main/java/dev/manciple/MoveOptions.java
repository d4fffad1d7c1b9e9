package dev.manciple;

import java.time.Duration;
import java.util.Optional;

/**
 * @param verify how the copy is compared with the original before it is read
 * @param acceptLoss whether to go on although rows cannot be copied
 * @param settle how long other processes may go by the registry as it was; where absent, the registry's
 *     {@code cache_ttl_seconds}
 */
public record MoveOptions(Verify verify, boolean acceptLoss, Optional<Duration> settle) {
    public static final MoveOptions DEFAULT = new MoveOptions(Verify.SAMPLE, false, Optional.empty());

    /** How much is compared; each includes the one before. */
    public enum Verify {
        /** The number of rows. */
        COUNT,
        /** The values of a random thousand of keys. */
        SAMPLE,
        /** The values of every key. */
        ALL
    }
}
