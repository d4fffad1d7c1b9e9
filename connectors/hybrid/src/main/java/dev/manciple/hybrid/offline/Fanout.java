package dev.manciple.hybrid.offline;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.spi.internal.Stoppable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs the parts of a request side by side. The first failure, or the deadline, stops the others and is named after its child. */
final class Fanout {
    /** How long parts that were told to stop are waited for before what they use is taken from them. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private Fanout() {}

    /** What fails as it likes. */
    interface Work {
        void run() throws Exception;
    }

    /** What one child has to do. */
    record Part(ChildStore child, String attempted, StoreException.Outcome outcome, Work work) {
        /** A part that changes nothing in the store. */
        Part(ChildStore child, String attempted, Work work) {
            this(child, attempted, StoreException.Outcome.NOT_APPLIED, work);
        }
    }

    /** Something one child is asked; it changes nothing in the store. */
    record Question<T>(ChildStore child, String attempted, Callable<T> work) {}

    /** Asks all at once, each child within its deadline; the answers are in the order of the questions. */
    static <T> List<T> ask(List<Question<T>> questions) {
        Map<Integer, T> answers = new ConcurrentSkipListMap<>();
        List<Part> parts = new ArrayList<>();
        for (Question<T> question : questions) {
            int place = parts.size();
            parts.add(new Part(
                    question.child(),
                    question.attempted(),
                    () -> answers.put(place, question.work().call())));
        }
        if (!parts.isEmpty()) {
            run(parts, parts.getFirst().child().deadline());
        }
        return List.copyOf(answers.values());
    }

    /** Returns when all parts are done, each within its child's deadline from now. */
    static void run(List<Part> parts, Deadline deadline) {
        run(parts, deadline.executor(), deadline.length().toNanos());
    }

    /** @param nanos how long all parts may take */
    static void run(List<Part> parts, Executor executor, long nanos) {
        BlockingQueue<Task> ended = new LinkedBlockingQueue<>();
        List<Task> tasks = parts.stream().map(part -> new Task(part, ended)).toList();
        long until = System.nanoTime() + nanos;
        tasks.forEach(executor::execute);
        int running = tasks.size();
        try {
            while (running > 0) {
                Task task = ended.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (task != null) {
                    running--;
                    task.throwIfFailed();
                } else {
                    throwIfLate(tasks);
                }
            }
        } catch (InterruptedException e) {
            stop(tasks, ended, running);
            Thread.currentThread().interrupt();
            Part first = parts.getFirst();
            throw new StoreException(HybridOfflineStore.NAME, first.attempted(), false, first.outcome(), e);
        } catch (RuntimeException e) {
            stop(tasks, ended, running);
            throw e;
        }
    }

    /** One that ends at the last moment has ended, though it has not said so yet. */
    private static void throwIfLate(List<Task> tasks) {
        tasks.stream()
                .filter(task -> !task.isDone())
                .findFirst()
                .map(task -> task.part)
                .ifPresent(late -> {
                    throw tooLate(late.child(), late.attempted(), late.outcome());
                });
    }

    static StoreException tooLate(ChildStore child, String attempted, StoreException.Outcome outcome) {
        return new StoreException(
                child.title(),
                attempted,
                true,
                outcome,
                new TimeoutException(child.deadline().describe()));
    }

    private static void stop(List<Task> tasks, BlockingQueue<Task> ended, int running) {
        tasks.forEach(Task::cancel);
        boolean interrupted = false;
        long until = System.nanoTime() + GRACE.toNanos();
        for (int left = running; left > 0; left--) {
            try {
                if (ended.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS) == null) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Task implements Runnable {
        private final Part part;
        private final BlockingQueue<Task> ended;
        private final Stoppable stoppable = new Stoppable();
        private volatile @Nullable FeatureStoreException failure;
        private volatile boolean done;

        Task(Part part, BlockingQueue<Task> ended) {
            this.part = part;
            this.ended = ended;
        }

        @Override
        public void run() {
            stoppable.run(this::work);
            ended.add(this);
        }

        private void work() {
            try {
                part.work().run();
            } catch (Exception e) {
                failure = part.child().named(e, part.attempted(), part.outcome());
            } catch (Error e) {
                failure = new StoreException(part.child().title(), part.attempted(), false, part.outcome(), e);
            }
            done = true;
        }

        boolean isDone() {
            return done;
        }

        void throwIfFailed() {
            FeatureStoreException failed = failure;
            if (failed != null) {
                throw failed;
            }
        }

        void cancel() {
            stoppable.stop();
        }
    }
}
