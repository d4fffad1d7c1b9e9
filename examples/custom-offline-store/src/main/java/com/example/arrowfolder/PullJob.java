package com.example.arrowfolder;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.arrow.ArrowValues;
import dev.manciple.arrow.ColumnReader;
import dev.manciple.arrow.TimeReader;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** The rows of a source in a window of time, all of them or the newest of each key, which has not run. */
record PullJob(PullRequest request, ArrowFolder folder, boolean latest, int batchSize) implements RetrievalJob {
    @Override
    public Schema schema() {
        return new Schema(fields().stream().map(ArrowTypes::field).toList());
    }

    private List<Field> fields() {
        List<Field> fields = new ArrayList<>(request.joinKeys());
        fields.addAll(request.features());
        fields.add(Field.of(PullRequest.EVENT_TIME, ValueType.Scalar.UNIX_TIMESTAMP));
        if (request.source().time().created().isPresent()) {
            fields.add(Field.of(PullRequest.CREATED_TIME, ValueType.Scalar.UNIX_TIMESTAMP));
        }
        return fields;
    }

    private List<FieldVector> vectors(Columns columns) {
        List<String> names = new ArrayList<>();
        request.joinKeys().forEach(key -> names.add(key.name()));
        request.features().forEach(feature -> names.add(feature.name()));
        names.add(request.source().time().event());
        request.source().time().created().ifPresent(names::add);
        return names.stream().map(columns::vector).toList();
    }

    // snippet: open
    @Override
    public ArrowReader open(BufferAllocator allocator) {
        FolderReader rows = folder.open(allocator);
        try {
            Columns columns = new Columns(request.source(), rows);
            PulledReader.Choice choice = latest ? newest(rows.again()) : asked(columns);
            return new PulledReader(fields(), vectors(columns), rows, choice, batchSize, allocator);
        } catch (IOException e) {
            rows.close();
            throw folder.failed("make room for its rows", Outcome.NOT_APPLIED, e);
        } catch (RuntimeException | Error e) {
            rows.close();
            throw e;
        }
    }

    /** The newest row of each key, known once all keys and times have been read. */
    private PulledReader.Choice newest(FolderReader rows) {
        try (rows;
                History history =
                        History.read(new Columns(request.source(), rows), request.joinKeys(), List.of(), inTime())) {
            BitSet newest = history.newest();
            return (row, index) -> newest.get(row);
        }
    }

    /** Every row in time, of the keys that are of use. */
    private PulledReader.Choice asked(Columns columns) {
        TimeReader event = columns.event();
        LongPredicate inTime = inTime();
        List<ColumnReader> key = columns.values(request.joinKeys());
        Optional<Keys> asked = request.keys().map(this::read);
        return (row, index) -> inTime.test(event.read(index))
                && asked.map(keys -> keys.find(key, index) != Keys.UNKNOWN).orElse(true);
    }
    // end snippet

    private LongPredicate inTime() {
        long start = TimeReader.micros(request.start());
        long end = TimeReader.micros(request.end());
        return event -> event >= start && event <= end;
    }

    private Keys read(PullRequest.Keys asked) {
        Keys keys = new Keys();
        try (ArrowReader given = asked.reader().get()) {
            VectorSchemaRoot batch = given.getVectorSchemaRoot();
            List<ColumnReader> columns = new ArrayList<>();
            for (Field key : request.joinKeys()) {
                columns.add(ArrowValues.reader(batch.getVector(columns.size()), key.type(), given));
            }
            while (given.loadNextBatch()) {
                for (int row = 0; row < batch.getRowCount(); row++) {
                    keys.add(columns, row);
                }
            }
            return keys;
        } catch (IOException e) {
            throw folder.failed("read the keys asked for", Outcome.NOT_APPLIED, e);
        }
    }

    @Override
    public Explanation explain() {
        String plan = "read %s, keep %s".formatted(folder.path(), latest ? "the newest row of each key" : "every row");
        return new Explanation("arrow folder", plan, Optional.empty(), OptionalLong.of(folder.bytes()), List.of());
    }
}
