package dev.manciple.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Blocking calls side by side, for clients that have no pipelines. */
final class SideBySide {
    private SideBySide() {}

    /** Fails with the first that fails. */
    static <T> void run(int atOnce, List<T> items, Consumer<T> call) throws Exception {
        try (ExecutorService threads =
                Executors.newFixedThreadPool(atOnce, Thread.ofVirtual().factory())) {
            List<Future<?>> running = new ArrayList<>(items.size());
            for (T item : items) {
                running.add(threads.submit(() -> call.accept(item)));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }
}
