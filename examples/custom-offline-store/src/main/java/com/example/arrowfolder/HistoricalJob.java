package com.example.arrowfolder;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.model.DataSource;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** A point-in-time join that has not run. Opening it reads the histories; the entity rows follow batch by batch. */
record HistoricalJob(Spine.Rows spine, HistoricalRequest request, Function<DataSource.Batch, ArrowFolder> folders)
        implements RetrievalJob {
    @Override
    public Schema schema() {
        List<Field> fields = new ArrayList<>(spine.schema().getFields());
        for (ViewSlice slice : request.slices()) {
            for (dev.manciple.model.Field feature : slice.features()) {
                fields.add(ArrowTypes.arrow(slice.outputColumn(feature, request.fullFeatureNames()), feature.type()));
            }
        }
        return new Schema(fields);
    }

    @Override
    public ArrowReader open(BufferAllocator allocator) {
        List<JoinedSlice> slices = new ArrayList<>();
        try {
            for (ViewSlice slice : request.slices()) {
                slices.add(new JoinedSlice(slice, history(slice, allocator)));
            }
            return new JoinedReader(spine, schema(), slices, allocator);
        } catch (RuntimeException | Error e) {
            slices.forEach(JoinedSlice::close);
            throw e;
        }
    }

    private History history(ViewSlice slice, BufferAllocator allocator) {
        DataSource.Batch source = slice.view().batchSource().orElseThrow();
        try (FolderReader rows = folders.apply(source).open(allocator)) {
            return History.read(
                    new Columns(source, rows), slice.view().entityColumns(), slice.features(), time -> true);
        }
    }

    @Override
    public Explanation explain() {
        List<ArrowFolder> read = request.slices().stream()
                .map(slice -> folders.apply(slice.view().batchSource().orElseThrow()))
                .toList();
        String plan = read.stream()
                .map(folder -> "read %s, sort by key and time".formatted(folder.path()))
                .collect(Collectors.joining("\n", "", "\nlook up each entity row"));
        long bytes = read.stream().mapToLong(ArrowFolder::bytes).sum();
        return new Explanation("arrow folder", plan, Optional.empty(), OptionalLong.of(bytes), List.of());
    }
}
