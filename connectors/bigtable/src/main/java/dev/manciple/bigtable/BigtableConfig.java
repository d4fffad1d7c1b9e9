package dev.manciple.bigtable;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The options of the Bigtable online store: Feast's, and ours from {@code appProfile} on.
 *
 * @param projectId of Google Cloud; that of the credentials or the machine where absent
 * @param maxVersions of each cell that new tables keep
 * @param appProfile how requests are routed among the instance's clusters; the instance's own where absent
 * @param credentials a file of a service account, relative to the repository; Google's usual places where absent
 * @param emulator {@code host:port} of an emulator, without TLS or credentials
 * @param requestTimeout seconds a request may take, with its retries
 * @param readBatch keys per request of a read
 * @param concurrency requests at once, of reads and of writes each; more wait
 */
record BigtableConfig(
        Optional<String> projectId,
        String instance,
        @Default("2") int maxVersions,
        Optional<String> appProfile,
        Optional<Path> credentials,
        Optional<String> emulator,
        @Default("20") double requestTimeout,
        @Default("500") int readBatch,
        @Default("50") int concurrency) {
    private static final Pattern ADDRESS = Pattern.compile("[^:/]+:[0-9]{1,5}");

    BigtableConfig {
        Check.that(!instance.isBlank(), "instance", "must name an instance");
        Check.that(maxVersions > 0, "max_versions", "must be at least 1, was %s", maxVersions);
        emulator.ifPresent(address ->
                Check.that(ADDRESS.matcher(address).matches(), "emulator", "must be host:port, was %s", address));
        Check.that(
                requestTimeout >= 0.001 && requestTimeout <= 86_400,
                "request_timeout",
                "must be seconds between 0.001 and 86400, was %s",
                requestTimeout);
        Check.that(readBatch > 0, "read_batch", "must be at least 1, was %s", readBatch);
        Check.that(concurrency > 0, "concurrency", "must be at least 1, was %s", concurrency);
    }

    /** For messages. */
    String store() {
        return "Bigtable store '%s'".formatted(emulator.orElse(instance));
    }
}
