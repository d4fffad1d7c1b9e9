package dev.manciple.repo;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import java.util.Optional;

/**
 * The section {@code materialization}.
 *
 * @param pullLatestFeatures Feast's switch between pulling every row and the newest row per key; here both give the same, so
 *     it changes nothing
 * @param onlineWriteBatchSize rows per write to the online store; empty lets the runtime choose
 */
public record MaterializationConfig(
        @Default("false") boolean pullLatestFeatures, Optional<Integer> onlineWriteBatchSize) {
    public MaterializationConfig {
        Check.that(
                onlineWriteBatchSize.isEmpty() || onlineWriteBatchSize.get() > 0,
                "online_write_batch_size",
                "must be positive, was %s",
                onlineWriteBatchSize.orElse(0));
    }
}
