package dev.manciple.transform;

import dev.manciple.model.Transformation;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.ViewSlice;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A store's job with on demand features computed over its result. The engine itself never writes such a result: it does not
 * have the computed columns.
 */
public final class OnDemandJob implements RetrievalJob {
    private final RetrievalJob stored;
    private final List<ViewSlice> slices;
    private final List<OnDemandSlice> onDemand;
    private final List<OutputFeature> outputs;
    private final List<OnDemandFunction> functions;

    /**
     * @param stored returns the entity rows, then all features of {@code slices} in order
     * @throws dev.manciple.error.UnsupportedException if a view's transformation cannot run here
     */
    public OnDemandJob(
            RetrievalJob stored,
            List<ViewSlice> slices,
            List<OnDemandSlice> onDemand,
            List<OutputFeature> outputs,
            Transformations transformations) {
        this.stored = stored;
        this.slices = List.copyOf(slices);
        this.onDemand = List.copyOf(onDemand);
        this.outputs = List.copyOf(outputs);
        this.functions = onDemand.stream().map(transformations::of).toList();
    }

    @Override
    public Schema schema() {
        return layout().schema();
    }

    @Override
    public ArrowReader open(BufferAllocator allocator) {
        OnDemandLayout layout = layout();
        return new OnDemandReader(stored.open(allocator), layout, functions, allocator);
    }

    @Override
    public Optional<String> sql() {
        return stored.sql();
    }

    @Override
    public Explanation explain() {
        Explanation below = stored.explain();
        String views = onDemand.stream()
                .map(slice -> "%s (%s)"
                        .formatted(slice.view().name(), describe(slice.view().transformation())))
                .collect(Collectors.joining(", "));
        return new Explanation(
                below.store(),
                "%s%nthen, batch by batch, on demand: %s".formatted(below.plan(), views),
                below.sql(),
                below.estimatedBytes(),
                below.parts());
    }

    private static String describe(Transformation transformation) {
        return switch (transformation) {
            case Transformation.Sql sql -> "SQL";
            case Transformation.Java java -> "function " + java.function();
            case Transformation.Foreign foreign -> foreign.mode();
        };
    }

    private OnDemandLayout layout() {
        return OnDemandLayout.of(stored.schema(), slices, onDemand, outputs);
    }
}
