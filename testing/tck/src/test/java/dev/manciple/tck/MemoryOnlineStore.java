package dev.manciple.tck;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A right online store in memory. Its protected methods are the decisions that wrong stores get wrong. */
class MemoryOnlineStore implements OnlineStore {
    /** A table of one view of one project. */
    record TableId(String project, String view) {}

    /** A row, its values by the name of the feature. */
    record Stored(Map<String, Value> values, Instant event, Optional<Instant> created) {}

    private final Map<TableId, Map<EntityKey, Stored>> tables;
    private final String project;

    MemoryOnlineStore(Map<TableId, Map<EntityKey, Stored>> tables, String project) {
        this.tables = tables;
        this.project = project;
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(OnlineCapability.EXPIRES_ROWS, OnlineCapability.VECTOR_SEARCH));
    }

    // ---- what wrong stores get wrong -----------------------------------------------------------------------------

    boolean replaces(OnlineRow row, Stored stored) {
        int event = row.eventTime().compareTo(stored.event());
        return event > 0
                || (event == 0
                        && row.created()
                                        .orElse(Instant.MIN)
                                        .compareTo(stored.created().orElse(Instant.MIN))
                                >= 0);
    }

    Lookup found(Stored stored, List<Field> features) {
        return new Lookup.Found(
                features.stream()
                        .map(feature -> stored.values().getOrDefault(feature.name(), Value.Missing.MISSING))
                        .toList(),
                stored.event());
    }

    TableId table(FeatureView view) {
        return new TableId(project, view.name());
    }

    void put(Map<EntityKey, Stored> table, OnlineRow row, List<Field> features) {
        table.compute(
                row.key(),
                (key, stored) -> stored == null || replaces(row, stored)
                        ? merge(row, stored == null ? Map.of() : stored.values(), features)
                        : stored);
    }

    Stored merge(OnlineRow row, Map<String, Value> before, List<Field> features) {
        Map<String, Value> values = new LinkedHashMap<>(before);
        for (int i = 0; i < features.size(); i++) {
            Value value = row.values().get(i);
            if (value != Value.Missing.MISSING) {
                values.put(features.get(i).name(), value);
            }
        }
        return new Stored(values, row.eventTime(), row.created());
    }

    // ---- the contract --------------------------------------------------------------------------------------------

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        List<OnlineResult> results = new ArrayList<>();
        for (OnlineRead read : reads) {
            results.add(new OnlineResult(read.keys().stream()
                    .map(key -> lookup(rows(read.view()).get(key), read.features()))
                    .toList()));
        }
        return results;
    }

    private Lookup lookup(@Nullable Stored stored, List<Field> features) {
        return stored == null ? Lookup.Absent.ABSENT : found(stored, features);
    }

    Map<EntityKey, Stored> rows(FeatureView view) {
        return tables.getOrDefault(table(view), Map.of());
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        rows.forEach(row -> requireNumbers(row, view.features()));
        Map<EntityKey, Stored> table = tables.computeIfAbsent(table(view), id -> new ConcurrentHashMap<>());
        rows.forEach(row -> put(table, row, view.features()));
    }

    /** Nothing is encoded in memory, so only the mistake the kit makes is looked for: text for a number. */
    private static void requireNumbers(OnlineRow row, List<Field> features) {
        for (int i = 0; i < features.size(); i++) {
            if (features.get(i).type() == Scalar.INT64 && row.values().get(i) instanceof Value.Text text) {
                throw new InvalidRequestException("%s is no number".formatted(text));
            }
        }
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        return Stream.concat(
                        changes.keep().stream()
                                .filter(view -> !tables.containsKey(table(view)))
                                .map(view -> change(InfraChange.Action.CREATE, view)),
                        changes.drop().stream()
                                .filter(view -> tables.containsKey(table(view)))
                                .map(view -> change(InfraChange.Action.DROP, view)))
                .toList();
    }

    private static InfraChange change(InfraChange.Action action, FeatureView view) {
        return new InfraChange(action, "memory", "table", view.name());
    }

    @Override
    public void update(ViewChanges changes) {
        changes.keep().forEach(view -> tables.computeIfAbsent(table(view), id -> new ConcurrentHashMap<>()));
        changes.drop().forEach(view -> tables.remove(table(view)));
    }

    @Override
    public void teardown(List<FeatureView> views) {
        views.forEach(view -> tables.remove(table(view)));
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        Map<EntityKey, Stored> rows = rows(view);
        long before = rows.size();
        rows.values().removeIf(stored -> stored.event().isBefore(limit));
        return before - rows.size();
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        return rows(view).entrySet().stream()
                .map(row -> new OnlineRow(
                        row.getKey(),
                        List.copyOf(row.getValue().values().values()),
                        row.getValue().event(),
                        row.getValue().created()));
    }

    @Override
    public void close() {}

    /** A backend in memory, and stores over it that {@code maker} makes. */
    static class Fixture implements OnlineFixture {
        /** Makes a store of one project. */
        @FunctionalInterface
        interface Maker {
            OnlineStore make(Map<TableId, Map<EntityKey, Stored>> tables, String project);
        }

        private final Map<TableId, Map<EntityKey, Stored>> tables = new ConcurrentHashMap<>();
        private final Maker maker;

        Fixture(Maker maker) {
            this.maker = maker;
        }

        @Override
        public OnlineStore open(StoreContext context) {
            return maker.make(tables, context.project());
        }

        @Override
        public Set<OnlineCapability> expectedCapabilities() {
            return EnumSet.complementOf(EnumSet.of(OnlineCapability.EXPIRES_ROWS, OnlineCapability.VECTOR_SEARCH));
        }

        @Override
        public boolean corrupt(String project, FeatureView view, EntityKey key, Field feature) {
            tables.getOrDefault(new TableId(project, view.name()), Map.of()).computeIfPresent(key, (same, stored) -> {
                Map<String, Value> values = new LinkedHashMap<>(stored.values());
                values.put(feature.name(), new Value.Corrupt("damaged"));
                return new Stored(values, stored.event(), stored.created());
            });
            return true;
        }

        @Override
        public void close() {}
    }
}
