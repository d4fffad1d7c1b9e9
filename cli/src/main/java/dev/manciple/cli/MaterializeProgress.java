package dev.manciple.cli;

import dev.manciple.MaterializeListener;
import dev.manciple.spi.Interval;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows rows and rate while views are materialized, if a person watches; remembers the windows for the report. How many rows
 * there will be, nobody knows before they are read.
 */
final class MaterializeProgress implements MaterializeListener, AutoCloseable {
    private static final int UNKNOWN = -1;

    private final Map<String, Interval> windows = new ConcurrentHashMap<>();
    private final Set<String> running = new ConcurrentSkipListSet<>();
    private final @Nullable ProgressBar bar;

    MaterializeProgress(Terminal terminal) {
        this.bar = terminal.watches(Terminal.Stream.ERR) ? bar(terminal) : null;
    }

    private static ProgressBar bar(Terminal terminal) {
        return new ProgressBarBuilder()
                .setTaskName("Materializing")
                .setInitialMax(UNKNOWN)
                .setUnit(" rows", 1)
                .setStyle(ProgressBarStyle.ASCII)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), terminal.width()))
                .clearDisplayOnFinish()
                .build();
    }

    @Override
    public void started(String view, Interval window) {
        windows.put(view, window);
        running.add(view);
        showRunning();
    }

    @Override
    public void written(String view, long rows) {
        if (bar != null) {
            bar.stepBy(rows);
        }
    }

    @Override
    public void finished(String view, long rows) {
        running.remove(view);
        showRunning();
    }

    /** The window of each view that was started. */
    Map<String, Interval> windows() {
        return windows;
    }

    private void showRunning() {
        if (bar != null) {
            bar.setExtraMessage(" " + String.join(", ", running));
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
