package dev.manciple.cli;

import dev.manciple.MaterializeListener;
import dev.manciple.spi.Interval;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/** Shows which views are materialized, with rows and rate, if a person watches; remembers the windows for the report. */
final class MaterializeProgress implements MaterializeListener, AutoCloseable {
    private final Map<String, Interval> windows = new ConcurrentHashMap<>();
    private final Set<String> running = new ConcurrentSkipListSet<>();
    private final RowProgress progress;

    MaterializeProgress(Terminal terminal) {
        this.progress = new RowProgress(terminal, "Materializing");
    }

    @Override
    public void started(String view, Interval window) {
        windows.put(view, window);
        running.add(view);
        progress.tell(String.join(", ", running));
    }

    @Override
    public void written(String view, long rows) {
        progress.add(rows);
    }

    @Override
    public void finished(String view, long rows) {
        running.remove(view);
        progress.tell(String.join(", ", running));
    }

    /** The window of each view that was started. */
    Map<String, Interval> windows() {
        return windows;
    }

    @Override
    public void close() {
        progress.close();
    }
}
