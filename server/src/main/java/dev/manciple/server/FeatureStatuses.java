package dev.manciple.server;

import dev.manciple.OnlineFeatures;
import dev.manciple.spi.FieldStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the features of answers by their view and what was told of them; those that are computed belong to no view that is
 * stored, and are not counted. Thread-safe.
 */
final class FeatureStatuses {
    private final MeterRegistry registry;
    private final Map<Told, Counter> counters = new ConcurrentHashMap<>();

    private record Told(String view, FieldStatus status) {}

    FeatureStatuses(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Counts view by view, whose features stand side by side as a rule, and share their statuses: a meter costs more than a row of
     * cells, and a row of cells more than to see that it is the last one again.
     */
    void count(OnlineFeatures answer) {
        Tally tally = new Tally("");
        int columns = answer.names().size();
        for (int column = 0, next; column < columns; column = next) {
            next = endOfSame(answer, column);
            Optional<OnlineFeatures.Origin> origin = answer.origins().get(column);
            if (origin.isEmpty()) {
                continue;
            }
            if (!origin.get().view().equals(tally.view)) {
                add(tally);
                tally = new Tally(origin.get().view());
            }
            List<FieldStatus> statuses = answer.statuses().get(column);
            for (int row = 0; row < statuses.size(); row++) {
                tally.count(statuses.get(row), next - column);
            }
        }
        add(tally);
    }

    /** The end of the columns, from one on, that are of one view and have one list of statuses. */
    @SuppressWarnings("ReferenceEquality")
    private static int endOfSame(OnlineFeatures answer, int column) {
        List<Optional<OnlineFeatures.Origin>> origins = answer.origins();
        List<List<FieldStatus>> statuses = answer.statuses();
        int end = column + 1;
        while (end < statuses.size()
                && statuses.get(end) == statuses.get(column)
                && origins.get(end).equals(origins.get(column))) {
            end++;
        }
        return end;
    }

    private void add(Tally tally) {
        for (FieldStatus status : FieldStatus.values()) {
            int features = tally.of(status);
            if (features > 0) {
                counters.computeIfAbsent(new Told(tally.view, status), this::counter)
                        .increment(features);
            }
        }
    }

    private Counter counter(Told told) {
        return Counter.builder("feast_online_features_status")
                .description("Features in answers, by view and status.")
                .tag("feature_view", told.view())
                .tag("status", told.status().name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    /** Of one view in one answer. */
    private static final class Tally {
        private final String view;
        private int invalid;
        private int present;
        private int nullValue;
        private int notFound;
        private int outsideMaxAge;

        Tally(String view) {
            this.view = view;
        }

        void count(FieldStatus status, int features) {
            switch (status) {
                case INVALID -> invalid += features;
                case PRESENT -> present += features;
                case NULL_VALUE -> nullValue += features;
                case NOT_FOUND -> notFound += features;
                case OUTSIDE_MAX_AGE -> outsideMaxAge += features;
            }
        }

        int of(FieldStatus status) {
            return switch (status) {
                case INVALID -> invalid;
                case PRESENT -> present;
                case NULL_VALUE -> nullValue;
                case NOT_FOUND -> notFound;
                case OUTSIDE_MAX_AGE -> outsideMaxAge;
            };
        }
    }
}
