package com.example.arrowfolder;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** The rows of a source in a window of time, all of them or the newest of each key, which has not run. */
record PullJob(PullRequest request, ArrowFolder folder, boolean latest, int batchSize) implements RetrievalJob {
    @Override
    public Schema schema() {
        List<Field> fields = new ArrayList<>(request.joinKeys());
        fields.addAll(request.features());
        fields.add(Field.of(PullRequest.EVENT_TIME, ValueType.Scalar.UNIX_TIMESTAMP));
        if (request.source().time().created().isPresent()) {
            fields.add(Field.of(PullRequest.CREATED_TIME, ValueType.Scalar.UNIX_TIMESTAMP));
        }
        return new Schema(fields.stream().map(ArrowTypes::field).toList());
    }

    @Override
    public ArrowReader open(BufferAllocator allocator) {
        History history =
                History.read(request.source(), folder, request.joinKeys(), request.features(), allocator);
        long start = History.micros(request.start());
        long end = History.micros(request.end());
        List<History.Row> rows = new ArrayList<>();
        for (List<History.Row> ofKey : history.byKey()) {
            List<History.Row> inWindow = ofKey.stream()
                    .filter(row -> row.event() >= start && row.event() <= end)
                    .toList();
            rows.addAll(latest && !inWindow.isEmpty() ? List.of(inWindow.getLast()) : inWindow);
        }
        return new PulledReader(schema(), request.features().size(), rows, history, batchSize, allocator);
    }

    @Override
    public Explanation explain() {
        String plan = "read %s, keep %s".formatted(folder.path(), latest ? "the newest row of each key" : "every row");
        return new Explanation(
                "arrow folder", plan, Optional.empty(), OptionalLong.of(folder.bytes()), List.of());
    }
}
