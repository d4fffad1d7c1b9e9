package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.server.http.OnlineJson;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads the newest values of some entities. */
@Command(name = "get-online-features", description = "Read the newest values of some entities from the online store.")
final class GetOnlineFeaturesCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = {"-e", "--entities"},
            paramLabel = "KEY=VALUE[,...]",
            description =
                    "The entities, one value a row (repeat for the other keys, or to add rows); none for views without entities.")
    List<String> entities = List.of();

    @Mixin
    private final FeatureOptions features = new FeatureOptions();

    @Option(names = "--expired-values", description = "Show values older than their view's TTL, marked as such.")
    boolean expiredValues;

    @Option(
            names = "--details",
            description =
                    "Also tell where features are kept, their ages and TTL (with --json), and the stores that did not answer.")
    boolean details;

    GetOnlineFeaturesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Map<String, List<Value>> keys = EntityOptions.parse(entities);
        OnlineFeatures answer;
        try (FeatureStore store = session.openOnline()) {
            answer = store.onlineFeatures(
                    features.selection(), keys, new OnlineOptions(features.fullFeatureNames, expiredValues));
        }
        Optional<Instant> detailsAsOf =
                details ? Optional.of(session.terminal().clock().instant()) : Optional.empty();
        if (session.json()) {
            session.printer().jsonText(OnlineJson.of(answer, detailsAsOf));
        } else {
            session.printer().table(table(answer));
            if (details) {
                answer.failures()
                        .forEach(failure -> session.printer()
                                .note("Feature view '%s'%s: %s"
                                        .formatted(
                                                failure.view(),
                                                failure.store().isEmpty() ? "" : ", store '" + failure.store() + "'",
                                                failure.reason())));
            }
        }
        return 0;
    }

    private static Table table(OnlineFeatures answer) {
        int columns = answer.names().size();
        int count = columns == 0 ? 0 : answer.values().getFirst().size();
        List<List<String>> rows = new ArrayList<>(count);
        for (int row = 0; row < count; row++) {
            List<String> cells = new ArrayList<>(columns);
            for (int column = 0; column < columns; column++) {
                cells.add(cell(
                        answer.values().get(column).get(row),
                        answer.statuses().get(column).get(row)));
            }
            rows.add(cells);
        }
        List<Boolean> numeric = answer.values().stream()
                .map(values -> values.stream().anyMatch(ValueText::isNumber))
                .toList();
        return new Table(answer.names(), numeric, rows);
    }

    private static String cell(Value value, FieldStatus status) {
        boolean set = value != Value.Null.NULL && value != Value.Missing.MISSING;
        return switch (status) {
            case PRESENT -> ValueText.of(value);
            case NULL_VALUE -> "null";
            case NOT_FOUND -> "not found";
            case OUTSIDE_MAX_AGE -> set ? ValueText.of(value) + " (expired)" : "expired";
            case INVALID -> "invalid";
        };
    }
}
