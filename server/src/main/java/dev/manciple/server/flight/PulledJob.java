package dev.manciple.server.flight;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.DataSource;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Rows of a source as Feast's clients ask for them: by the source's own names, times included, which the store is asked for by
 * its own conventions.
 */
final class PulledJob implements RetrievalJob {
    /** Open ends of a window, at the borders of what Feast can say. */
    private static final Instant EVER = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant NEVER_MORE = Instant.parse("9999-12-31T23:59:59.999999Z");

    /** The join key of views of global values, as Feast's clients look for it; its value is the empty text. */
    private static final String GLOBAL = "__dummy_id";

    private final RetrievalJob job;
    private final List<String> names;

    /** A column of empty text after the others, where there is one. */
    private final Optional<String> global;

    /** Looks at the source's columns, and reads no rows. */
    PulledJob(Command.Pull command, DataSource.Batch registered, OfflineStore store) {
        DataSource.Batch source = registered
                .fieldMapping(Map.of())
                .time(new TimeColumns(
                        command.event(), command.created(), registered.time().datePartition()));
        Schema columns = store.describe(source);
        List<Field> keys = fields(command.joinKeys(), columns, source);
        List<Field> features = fields(
                command.features().isEmpty() ? remaining(command, columns) : command.features(), columns, source);
        PullRequest request = new PullRequest(
                source,
                keys,
                features,
                command.start().orElse(EVER),
                command.end().orElse(NEVER_MORE));
        this.job = command.latestOnly() ? store.pullLatest(request) : store.pullAll(request);
        this.names = new ArrayList<>();
        keys.forEach(key -> names.add(key.name()));
        features.forEach(feature -> names.add(feature.name()));
        names.add(command.event());
        command.created().ifPresent(names::add);
        this.global = command.joinKeys().isEmpty() && !names.contains(GLOBAL) ? Optional.of(GLOBAL) : Optional.empty();
    }

    /** Every column that is not asked for anyway. */
    private static List<String> remaining(Command.Pull command, Schema columns) {
        Set<String> asked = new TreeSet<>(command.joinKeys());
        asked.add(command.event());
        command.created().ifPresent(asked::add);
        return columns.getFields().stream()
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .filter(column -> !asked.contains(column))
                .toList();
    }

    private static List<Field> fields(List<String> names, Schema columns, DataSource.Batch source) {
        return names.stream()
                .map(name -> columns.getFields().stream()
                        .filter(column -> column.getName().equals(name))
                        .findFirst()
                        .map(column -> Field.of(name, ArrowTypes.valueType(column)))
                        .orElseThrow(() -> new NotFoundException(
                                "Column", name, "Data source '%s' has no such column".formatted(source.name()))))
                .toList();
    }

    @Override
    public Schema schema() {
        return PulledReader.schema(job.schema(), names, global);
    }

    @Override
    public ArrowReader open(BufferAllocator allocator) {
        return new PulledReader(job.open(allocator), names, global, allocator);
    }

    @Override
    public Optional<String> sql() {
        return job.sql();
    }

    @Override
    public Explanation explain() {
        return job.explain();
    }
}
