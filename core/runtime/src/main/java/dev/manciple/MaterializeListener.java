package dev.manciple;

import dev.manciple.spi.Interval;

/** Hears of a materialization as it goes; called from several threads at once. */
public interface MaterializeListener {
    /** Hears nothing. */
    MaterializeListener NONE = new MaterializeListener() {};

    /** A view's window is known and its first row about to be read. */
    default void started(String view, Interval window) {}

    /** {@code rows} more rows of the view are acknowledged by the online store. */
    default void written(String view, long rows) {}

    /** All rows of the view are in and the interval is recorded. */
    default void finished(String view, long rows) {}
}
