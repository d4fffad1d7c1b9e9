package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.MaterializeListener;
import dev.manciple.MaterializeReport;
import dev.manciple.spi.Interval;
import dev.manciple.spi.internal.Counted;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Runs a materialization with its progress shown, then tells what it did. */
final class MaterializeRunner {
    private final Session session;

    MaterializeRunner(Session session) {
        this.session = session;
    }

    /** What is asked of the store. */
    interface Task {
        MaterializeReport run(FeatureStore store, MaterializeListener listener);
    }

    /** @return the exit code: a failed view fails the command, after the others are done */
    int run(Task task) {
        MaterializeReport report;
        Map<String, Interval> windows;
        try (FeatureStore store = session.openOnline();
                MaterializeProgress progress = new MaterializeProgress(session.terminal())) {
            report = task.run(store, progress);
            windows = new TreeMap<>(progress.windows());
        }
        return report(report, windows);
    }

    private int report(MaterializeReport report, Map<String, Interval> windows) {
        if (session.json()) {
            session.printer().json(tree(report, windows));
        } else {
            print(report, windows);
            report.passedOver().values().forEach(session.printer()::note);
        }
        report.failedViews()
                .forEach((view, failure) -> session.printer()
                        .note("Error: feature view '%s' was not materialized: %s"
                                .formatted(view, Failures.paragraph(String.valueOf(failure.getMessage())))));
        return report.failedViews().isEmpty() ? 0 : 1;
    }

    private void print(MaterializeReport report, Map<String, Interval> windows) {
        Printer printer = session.printer();
        if (report.rowsByView().isEmpty()
                && report.failedViews().isEmpty()
                && report.passedOver().isEmpty()) {
            printer.line("No view to materialize: none is online, enabled and has a batch source.");
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        windows.forEach((view, window) -> rows.add(List.of(
                view,
                window.start().truncatedTo(ChronoUnit.SECONDS).toString(),
                window.end().truncatedTo(ChronoUnit.SECONDS).toString(),
                report.failedViews().containsKey(view)
                        ? "failed"
                        : String.format(Locale.ROOT, "%,d", report.rowsByView().getOrDefault(view, 0L)))));
        if (rows.isEmpty()) {
            return;
        }
        printer.table(new Table(List.of("VIEW", "FROM", "TO", "ROWS"), List.of(false, false, false, true), rows));
        long total =
                report.rowsByView().values().stream().mapToLong(Long::longValue).sum();
        double seconds = Math.max(report.took().toMillis(), 1) / 1000.0;
        printer.blank();
        printer.line(String.format(
                Locale.ROOT, "%s in %.1f s (%,.0f rows/s)", Counted.of(total, "row"), seconds, total / seconds));
    }

    private static Map<String, Object> tree(MaterializeReport report, Map<String, Interval> windows) {
        Map<String, Object> views = new LinkedHashMap<>();
        report.rowsByView().forEach((view, rows) -> {
            Map<String, Object> entry = windowOf(view, windows);
            entry.put("rows", rows);
            views.put(view, entry);
        });
        report.failedViews().forEach((view, failure) -> {
            Map<String, Object> entry = windowOf(view, windows);
            entry.put("error", String.valueOf(failure.getMessage()));
            views.put(view, entry);
        });
        report.passedOver().forEach((view, reason) -> views.put(view, Map.of("rows", 0, "nothing_to_do", reason)));
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("views", views);
        tree.put("seconds", report.took().toMillis() / 1000.0);
        return tree;
    }

    private static Map<String, Object> windowOf(String view, Map<String, Interval> windows) {
        Map<String, Object> entry = new LinkedHashMap<>();
        Interval window = windows.get(view);
        if (window != null) {
            entry.put("from", window.start().toString());
            entry.put("to", window.end().toString());
        }
        return entry;
    }
}
