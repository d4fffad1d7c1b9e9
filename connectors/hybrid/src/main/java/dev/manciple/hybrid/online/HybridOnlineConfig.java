package dev.manciple.hybrid.online;

import dev.manciple.hybrid.Child;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Key;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The options of the online router: Feast's two keys, and ours.
 *
 * @param onlineStores the children, flat or as {@code {type, conf: {…}}}, with a {@code name} or without
 * @param routingTag the tag of a view that names its child, by the child's name, else by its type
 * @param fallback the name of the child of views without the tag
 * @param onChildFailure what becomes of a read part of which failed
 * @param deadline how long a read may take, all children together; zero for ever
 * @param retries how often a child is asked again that says that this may help
 * @param perChild the same limits for single children, by name
 */
public record HybridOnlineConfig(
        List<StoreConfig> onlineStores,
        @Default("tribe") String routingTag,
        @Key("default") Optional<String> fallback,
        @Default("partial") OnChildFailure onChildFailure,
        @Default("5s") Duration deadline,
        @Default("1") int retries,
        @Default("") Map<String, ChildLimits> perChild) {
    private static final int MOST_RETRIES = 10;

    /** What becomes of a read part of which failed. */
    public enum OnChildFailure {
        /** The features of the child that failed are {@code INVALID}, and the others are served. */
        PARTIAL,
        /** The read fails. */
        ERROR
    }

    /** Limits of one child; where absent, those of the router. The router's deadline holds beside the child's own. */
    public record ChildLimits(Optional<Duration> deadline, Optional<Integer> retries) {
        public ChildLimits {
            Check.that(
                    !deadline.map(Duration::isNegative).orElse(false),
                    "deadline",
                    "must not be negative, was %s",
                    deadline.orElse(Duration.ZERO));
            requireRetries(retries.orElse(0));
        }
    }

    public HybridOnlineConfig {
        onlineStores = List.copyOf(onlineStores);
        perChild = Map.copyOf(perChild);
        Check.that(!routingTag.isBlank(), "routing_tag", "must not be blank");
        Check.that(!deadline.isNegative(), "deadline", "must not be negative, was %s", deadline);
        requireRetries(retries);
        List<Child> children = Child.all("online_stores", onlineStores);
        requireDifferent(children);
        List<String> names = children.stream().map(Child::name).toList();
        fallback.ifPresent(name -> requireChild("default", name, names));
        perChild.keySet().forEach(name -> requireChild("per_child", name, names));
    }

    List<Child> children() {
        return Child.all("online_stores", onlineStores);
    }

    Duration deadlineOf(String child) {
        return limits(child).flatMap(ChildLimits::deadline).orElse(deadline);
    }

    int retriesOf(String child) {
        return limits(child).flatMap(ChildLimits::retries).orElse(retries);
    }

    private Optional<ChildLimits> limits(String child) {
        return perChild.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(child))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** A view that moves from a store to itself would be lost when the old store forgets it. */
    private static void requireDifferent(List<Child> children) {
        Map<StoreConfig, String> names = new HashMap<>();
        for (Child child : children) {
            String other = names.putIfAbsent(child.config(), child.name());
            Check.that(
                    other == null,
                    "online_stores",
                    "has '%s' and '%s' with the same options: they would be one store under two names",
                    other == null ? "" : other,
                    child.name());
        }
    }

    private static void requireRetries(int retries) {
        Check.that(
                retries >= 0 && retries <= MOST_RETRIES,
                "retries",
                "must be between 0 and %s, was %s",
                MOST_RETRIES,
                retries);
    }

    private static void requireChild(String key, String name, List<String> names) {
        Check.that(
                names.stream().anyMatch(known -> known.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))),
                key,
                "'%s' is no name of a store below 'online_stores': %s",
                name,
                String.join(", ", names));
    }
}
