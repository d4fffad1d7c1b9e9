package dev.manciple.hybrid.offline;

import dev.manciple.error.ConfigException;
import dev.manciple.model.DataSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which store a source belongs to: the one its tag {@code store} names; else the one its routing tag names; else the one that
 * reads sources of its type, as in Feast. A pure function of the configuration and the source.
 */
final class Route {
    /** What {@code store:} on a source is kept as. */
    static final String STORE_TAG = "store";

    private final List<ChildStore> children;
    private final Optional<String> routingTag;

    Route(List<ChildStore> children, Optional<String> routingTag) {
        this.children = List.copyOf(children);
        this.routingTag = routingTag;
    }

    /** @throws ConfigException if no store, or more than one, is meant */
    ChildStore of(DataSource.Batch source) {
        String name = source.about().tags().get(STORE_TAG);
        if (name != null) {
            return tagged(source, STORE_TAG, name);
        }
        Optional<String> tag = routingTag.filter(source.about().tags()::containsKey);
        return tag.isPresent()
                ? tagged(source, tag.get(), String.valueOf(source.about().tags().get(tag.get())))
                : typed(source);
    }

    private ChildStore tagged(DataSource.Batch source, String tag, String value) {
        List<ChildStore> found = meant(value);
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw problem(
                source,
                found.isEmpty()
                        ? "No offline store named '%s' (its tag '%s'). Configured: %s"
                                .formatted(value, tag, configured())
                        : "Its tag '%s' is '%s', which may be any of %s: name one".formatted(tag, value, names(found)));
    }

    private ChildStore typed(DataSource.Batch source) {
        List<ChildStore> found = meant(source.type());
        if (found.isEmpty()) {
            found = meant(SourceNames.ofSource(source.type()));
        }
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw problem(
                source,
                found.isEmpty()
                        ? "No offline store configuration found for source type '%s'. Configured: %s"
                                .formatted(source.type(), configured())
                        : "Its type '%s' is read by each of %s: say which with 'store' on the source"
                                .formatted(source.type(), names(found)));
    }

    /** A store's own name beats what others can read. */
    private List<ChildStore> meant(String wanted) {
        List<ChildStore> named =
                children.stream().filter(child -> child.isNamed(wanted)).toList();
        return named.isEmpty()
                ? children.stream().filter(child -> child.answers(wanted)).toList()
                : named;
    }

    private static ConfigException problem(DataSource.Batch source, String sentence) {
        return new ConfigException("data source '%s'".formatted(source.name()), List.of(sentence));
    }

    private String configured() {
        return names(children);
    }

    private static String names(List<ChildStore> stores) {
        return stores.stream()
                .map(child -> child.name().equals(child.type())
                        ? child.name()
                        : "%s (%s)".formatted(child.name(), child.type()))
                .collect(Collectors.joining(", "));
    }
}
