package dev.manciple.hybrid.offline;

import dev.manciple.hybrid.Child;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code offline_store} of type {@code hybrid} takes.
 *
 * @param offlineStores the stores behind the router, flat or as {@code {type, conf}}; see {@link Child}
 * @param routingTag a tag of data sources whose value names the store, where {@code store} does not
 * @param crossEngine whether one request may join views of several stores
 * @param spineStore the store that runs entity rows given as SQL text
 * @param transfer how the rows of a store and the entity rows meet in a request across stores
 * @param maxTransferBytes how much one request across stores may move between them and this process
 * @param childDeadline how long a request may wait for one store
 * @param memoryLimit what this process may hold in memory of a request across stores before it spills, such as {@code 2GB} or
 *     {@code 25%} of the machine's
 * @param tempDirectory where it spills; the system's temporary folder where absent
 */
public record HybridOfflineConfig(
        List<StoreConfig> offlineStores,
        Optional<String> routingTag,
        @Default("allow") CrossEngine crossEngine,
        Optional<String> spineStore,
        @Default("auto") Transfer transfer,
        Optional<Long> maxTransferBytes,
        @Default("1h") Duration childDeadline,
        @Default("25%") String memoryLimit,
        Optional<Path> tempDirectory) {
    private static final Pattern SIZE = Pattern.compile("(?i)\\d+(\\.\\d+)?\\s*([KMGT]i?B|%)");

    /** Whether one request may join views of several stores. */
    public enum CrossEngine {
        ALLOW,
        /** As Feast: the views of a request must have one type of source. */
        REFUSE
    }

    /** How the rows of a store and the entity rows meet. */
    public enum Transfer {
        /** By whichever way moves fewer bytes, as far as the store can tell. */
        AUTO,
        /** The store is sent the entity rows' keys and times, joins, and sends features back. */
        PUSH,
        /** The store sends the source rows of the keys and times asked for, and this process joins. */
        PULL
    }

    public HybridOfflineConfig {
        List<Child> children = Child.all("offline_stores", offlineStores);
        spineStore.ifPresent(name -> Check.that(
                children.stream().anyMatch(child -> child.name().equals(name)),
                "spine_store",
                "must be the name of one of the offline_stores, was '%s'; they are %s",
                name,
                String.join(", ", children.stream().map(Child::name).toList())));
        maxTransferBytes.ifPresent(
                bytes -> Check.that(bytes > 0, "max_transfer_bytes", "must be at least 1, was %s", bytes));
        Check.that(childDeadline.isPositive(), "child_deadline", "must be longer than nothing, was %s", childDeadline);
        Check.that(
                SIZE.matcher(memoryLimit).matches(),
                "memory_limit",
                "must be a size such as 2GB or 25%%, was '%s'",
                memoryLimit);
    }

    List<Child> children() {
        return Child.all("offline_stores", offlineStores);
    }
}
