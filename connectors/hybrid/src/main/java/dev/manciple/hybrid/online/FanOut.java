package dev.manciple.hybrid.online;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InternalException;
import dev.manciple.error.StoreException;
import dev.manciple.hybrid.online.HybridOnlineConfig.OnChildFailure;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One request over several children: all are asked at once, and who has not answered at the deadline is given up. A child that
 * failed or is late costs its own reads only, unless the policy says otherwise. What is wrong with a request, rather than with
 * a store, fails it in any case.
 */
final class FanOut {
    private final Executor executor;
    private final Duration deadline;
    private final OnChildFailure policy;
    private final Function<OnlineRead, OnlineChild> routes;

    /** @param deadline of a request; zero for ever */
    FanOut(Executor executor, Duration deadline, OnChildFailure policy, Function<OnlineRead, OnlineChild> routes) {
        this.executor = executor;
        this.deadline = deadline;
        this.policy = policy;
        this.routes = routes;
    }

    List<OnlineResult> read(List<OnlineRead> reads) {
        List<Part> parts = parts(reads);
        long began = System.nanoTime();
        parts.forEach(part -> executor.execute(part.task()));
        OnlineResult[] results = new OnlineResult[reads.size()];
        try {
            for (Part part : parts) {
                part.fill(results, answer(part, began));
            }
        } catch (InterruptedException e) {
            throw interrupted("read online features", e);
        } finally {
            // Changes nothing for those that have answered.
            parts.forEach(part -> part.task().cancel(true));
        }
        return List.of(results);
    }

    private List<Part> parts(List<OnlineRead> reads) {
        Map<OnlineChild, List<Integer>> positions = new LinkedHashMap<>();
        for (int i = 0; i < reads.size(); i++) {
            positions
                    .computeIfAbsent(routes.apply(reads.get(i)), child -> new ArrayList<>())
                    .add(i);
        }
        List<Part> parts = new ArrayList<>(positions.size());
        positions.forEach((child, at) ->
                parts.add(Part.of(child, at, at.stream().map(reads::get).toList())));
        return parts;
    }

    /**
     * What one child alone is asked, under the same limits as a read.
     *
     * @throws StoreException if it failed or is late, whatever the policy
     */
    <T> T ask(OnlineChild child, String attempted, Function<OnlineStore, T> call) {
        FutureTask<T> task = new FutureTask<>(() -> child.read(attempted, call));
        long began = System.nanoTime();
        executor.execute(task);
        try {
            return answer(child, attempted, task, began);
        } catch (StoreException e) {
            child.failed(e);
            throw e;
        } catch (InterruptedException e) {
            throw interrupted(attempted, e);
        } finally {
            task.cancel(true);
        }
    }

    private List<OnlineResult> answer(Part part, long began) throws InterruptedException {
        try {
            return answer(part.child(), part.attempted(), part.task(), began);
        } catch (StoreException e) {
            return failed(part, e);
        }
    }

    /** @throws StoreException if the child failed, or has not answered in time since {@code began} */
    private <T> T answer(OnlineChild child, String attempted, FutureTask<T> task, long began)
            throws InterruptedException {
        Duration limit = shorter(deadline, child.deadline());
        try {
            T answer = limit.isZero()
                    ? task.get()
                    : task.get(limit.toNanos() - (System.nanoTime() - began), TimeUnit.NANOSECONDS);
            child.answered();
            return answer;
        } catch (TimeoutException e) {
            throw child.failure(attempted, true, new TimeoutException("no answer within " + limit.toMillis() + " ms"));
        } catch (ExecutionException e) {
            throw storeFailure(e);
        }
    }

    private static StoreException interrupted(String attempted, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StoreException("The hybrid online store", attempted, true, StoreException.Outcome.NOT_APPLIED, e);
    }

    private List<OnlineResult> failed(Part part, StoreException failure) {
        part.child().failed(failure);
        return switch (policy) {
            case PARTIAL -> part.failed(String.valueOf(failure.getMessage()));
            case ERROR -> throw failure;
        };
    }

    private static StoreException storeFailure(ExecutionException stopped) {
        return switch (stopped.getCause()) {
            case StoreException failure -> failure;
            case FeatureStoreException request -> throw request;
            case Error error -> throw error;
            case null, default ->
                throw new InternalException("A read of the hybrid online store stopped: " + stopped, stopped);
        };
    }

    private static Duration shorter(Duration one, Duration other) {
        if (one.isZero() || other.isZero()) {
            return one.isZero() ? other : one;
        }
        return one.compareTo(other) < 0 ? one : other;
    }

    /** What one child is asked, and where its reads stand in the request. */
    private record Part(
            OnlineChild child, List<Integer> positions, List<OnlineRead> reads, FutureTask<List<OnlineResult>> task) {
        static Part of(OnlineChild child, List<Integer> positions, List<OnlineRead> reads) {
            String attempted = attempted(reads);
            return new Part(
                    child, positions, reads, new FutureTask<>(() -> child.read(attempted, store -> store.read(reads))));
        }

        String attempted() {
            return attempted(reads);
        }

        private static String attempted(List<OnlineRead> reads) {
            return reads.stream()
                    .map(read -> "'" + read.view().name() + "'")
                    .distinct()
                    .collect(Collectors.joining(", ", "read features of ", ""));
        }

        void fill(OnlineResult[] results, List<OnlineResult> answer) {
            boolean router = child.store().routes().isPresent();
            for (int i = 0; i < answer.size(); i++) {
                results[positions.get(i)] = router ? named(answer.get(i)) : answer.get(i);
            }
        }

        /** The failures a router below tells of, with the way to the store that failed. */
        private OnlineResult named(OnlineResult result) {
            return new OnlineResult(result.lookups().stream()
                    .map(lookup -> lookup instanceof Lookup.Failed(String store, String reason)
                            ? new Lookup.Failed(child.name() + "/" + store, reason)
                            : lookup)
                    .toList());
        }

        List<OnlineResult> failed(String reason) {
            Lookup failed = new Lookup.Failed(child.name(), reason);
            return reads.stream()
                    .map(read ->
                            new OnlineResult(Collections.nCopies(read.keys().size(), failed)))
                    .toList();
        }
    }
}
