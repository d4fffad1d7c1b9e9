package com.example.arrowfolder;

import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Value;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.TransferPair;

/** The rows of one source in memory, by key and from the oldest to the newest. Closing it frees them. */
final class History implements AutoCloseable {
    /** The created time of a row that has none: it loses to any other. */
    static final long NEVER = Long.MIN_VALUE;

    private static final long MOST_SECONDS = Long.MAX_VALUE / 1_000_000 - 1;

    /**
     * One row. There are many: the key is one object in all rows that have it, and times are microseconds since 1970.
     *
     * @param created or {@link #NEVER}
     */
    record Row(List<Value> key, long event, long created, Batch batch, int index) {
        Value value(int feature) {
            return batch.features().get(feature).read(index);
        }
    }

    /** The rows of one key. */
    private record Entity(List<Value> key, List<Row> rows) {
        Entity(List<Value> key) {
            this(key, new ArrayList<>());
        }
    }

    /** Vectors that stay, and readers of those columns that are asked for. */
    private record Batch(List<FieldVector> vectors, List<ColumnReader> features) {}

    private final DataSource.Batch source;
    private final Map<List<Value>, Entity> entities = new HashMap<>();
    private final List<Batch> batches = new ArrayList<>();

    private History(DataSource.Batch source) {
        this.source = source;
    }

    /** @param features in the order in which rows give their values */
    static History read(
            DataSource.Batch source,
            ArrowFolder folder,
            List<Field> keys,
            List<Field> features,
            BufferAllocator allocator) {
        History history = new History(source);
        try {
            folder.forEachBatch(allocator, batch -> history.add(batch, keys, features, allocator));
        } catch (RuntimeException | Error e) {
            history.close();
            throw e;
        }
        history.entities
                .values()
                .forEach(each -> each.rows()
                        .sort(Comparator.comparingLong(Row::event).thenComparingLong(Row::created)));
        return history;
    }

    // snippet: newest
    /** The newest row with this key at or before a time, unless it is older than the TTL. */
    Optional<Row> newest(List<Value> key, Instant time, Duration ttl) {
        Entity entity = entities.get(key);
        List<Row> candidates = entity == null ? List.of() : entity.rows();
        long now = micros(time);
        int from = 0;
        int to = candidates.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (candidates.get(middle).event() > now) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from == 0
                ? Optional.empty()
                : Optional.of(candidates.get(from - 1))
                        .filter(row -> ttl.isZero()
                                || Duration.between(instant(row.event()), time).compareTo(ttl) <= 0);
    }
    // end snippet

    /** The rows of every key, the oldest first. */
    List<List<Row>> byKey() {
        return entities.values().stream().map(Entity::rows).toList();
    }

    /** Fractions of a microsecond are dropped; times too far away to be counted are as far as can be counted. */
    static long micros(Instant time) {
        long seconds = Math.clamp(time.getEpochSecond(), -MOST_SECONDS, MOST_SECONDS);
        return seconds * 1_000_000 + time.getNano() / 1_000;
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private void add(VectorSchemaRoot read, List<Field> keys, List<Field> features, BufferAllocator allocator) {
        int count = read.getRowCount();
        List<FieldVector> vectors = new ArrayList<>();
        Batch batch = new Batch(vectors, new ArrayList<>());
        batches.add(batch);
        for (FieldVector vector : read.getFieldVectors()) {
            TransferPair pair = vector.getTransferPair(allocator);
            pair.transfer();
            vectors.add((FieldVector) pair.getTo());
        }
        features.forEach(feature -> batch.features().add(reader(vectors, feature.name(), feature.type())));
        List<ColumnReader> keyReaders = keys.stream()
                .map(key -> reader(vectors, key.name(), key.type()))
                .toList();
        ColumnReader events = reader(vectors, source.time().event(), ValueType.Scalar.UNIX_TIMESTAMP);
        Optional<ColumnReader> created = source.time()
                .created()
                .map(column -> reader(vectors, column, ValueType.Scalar.UNIX_TIMESTAMP));
        for (int i = 0; i < count; i++) {
            int index = i;
            if (events.read(index) instanceof Value.Time(Instant event)) {
                List<Value> key =
                        keyReaders.stream().map(reader -> reader.read(index)).toList();
                long written = created.isPresent() && created.get().read(index) instanceof Value.Time(Instant at)
                        ? micros(at)
                        : NEVER;
                Entity entity = entities.computeIfAbsent(key, Entity::new);
                entity.rows().add(new Row(entity.key(), micros(event), written, batch, index));
            }
        }
    }

    /** Names are those of views, which the source's field mapping leads back to columns. */
    private ColumnReader reader(List<FieldVector> vectors, String name, ValueType type) {
        String column = source.fieldMapping().entrySet().stream()
                .filter(mapping -> mapping.getValue().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(name);
        return vectors.stream()
                .filter(vector -> vector.getName().equals(column))
                .findFirst()
                .map(vector -> ArrowValues.reader(vector, type))
                .orElseThrow(() -> new InvalidRequestException(
                        "Data source '%s' has no column '%s'".formatted(source.name(), column)));
    }

    @Override
    public void close() {
        batches.forEach(batch -> batch.vectors().forEach(FieldVector::close));
    }
}
