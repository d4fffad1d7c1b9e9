package dev.manciple.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows rows and their rate on standard error while something runs, if a person watches. How many there will be, nobody knows
 * before they are read. Thread-safe.
 */
final class RowProgress implements AutoCloseable {
    private static final int UNKNOWN = -1;

    private final @Nullable ProgressBar bar;

    /** @param task what is done, as the bar calls it */
    RowProgress(Terminal terminal, String task) {
        this.bar = terminal.watches(Terminal.Stream.ERR) ? bar(terminal, task) : null;
    }

    private static ProgressBar bar(Terminal terminal, String task) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(UNKNOWN)
                .setUnit(" rows", 1)
                .setStyle(ProgressBarStyle.ASCII)
                .showSpeed()
                .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), terminal.width()))
                .clearDisplayOnFinish()
                .build();
    }

    void add(long rows) {
        if (bar != null) {
            bar.stepBy(rows);
        }
    }

    /** Shows a text beside the bar, in place of the one before. */
    void tell(String text) {
        if (bar != null) {
            bar.setExtraMessage(" " + text);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
