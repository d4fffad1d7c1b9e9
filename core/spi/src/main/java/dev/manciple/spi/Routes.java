package dev.manciple.spi;

import dev.manciple.model.FeatureView;
import java.util.List;
import java.util.Optional;

/**
 * How an online router spreads views over its children: what one needs to know to check every view before it is served, and to
 * move a view from one child to another. All but {@link #child} are pure functions of the configuration and the view.
 * Thread-safe; valid until the router is closed.
 */
public interface Routes {
    /** The children's names, in the order of the configuration. */
    List<String> children();

    /**
     * The name of the child a person means: its name, or its type where only one child has it, in any case.
     *
     * @return empty if no child, or more than one, is called so
     */
    Optional<String> named(String name);

    /**
     * The name of the child a view is read from.
     *
     * @throws dev.manciple.error.ConfigException naming the view and the known children, if none of them keeps it
     */
    String childOf(FeatureView view);

    /** The move the view is in, if any. */
    Optional<ViewMove> moveOf(FeatureView view);

    /** The view as it has to be registered to be read from {@code child} and be in no move. */
    FeatureView placed(FeatureView view, String child);

    /** The view as it has to be registered to be in a move; it is then read from {@link ViewMove#reading}. */
    FeatureView moving(FeatureView view, ViewMove move);

    /** A child itself, for work that concerns it alone. The router closes it. */
    OnlineStore child(String name);
}
