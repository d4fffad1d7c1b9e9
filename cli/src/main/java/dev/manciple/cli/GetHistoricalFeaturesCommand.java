package dev.manciple.cli;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.RetrievalOptions;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Joins features onto entity rows as of each row's time. */
@Command(
        name = "get-historical-features",
        description = {
            "Join features onto entity rows, each as of its own time.",
            "Writes the result to a file; without --output, shows the first rows."
        })
final class GetHistoricalFeaturesCommand implements Callable<Integer> {
    private final Session session;

    @ArgGroup(multiplicity = "1")
    private SpineOptions spine = new SpineOptions();

    @Mixin
    private final FeatureOptions features = new FeatureOptions();

    @Option(
            names = "--filter-by-created-timestamp",
            description = "Leave out values that were written after the entity row's time: what was not known then.")
    boolean filterByCreated;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "Write the result here: .parquet, .csv or .arrow. The file appears when it is complete; one that is there is kept without --overwrite.")
    @Nullable
    Path output;

    @Option(names = "--overwrite", description = "Replace the file of --output if there is one, when all is done.")
    boolean overwrite;

    @Option(
            names = "--limit",
            paramLabel = "ROWS",
            defaultValue = "10",
            description = "How many rows to show without --output (default: ${DEFAULT-VALUE}).")
    int limit;

    @Option(names = "--explain", description = "Show what would run, and run nothing.")
    boolean explain;

    GetHistoricalFeaturesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (FeatureStore store = session.open();
                BufferAllocator allocator = new RootAllocator()) {
            FeatureSelection selection = features.selection();
            Spine rows = spine.rows(session, store, selection);
            RetrievalJob job = store.historicalFeatures(
                    rows, selection, new RetrievalOptions(features.fullFeatureNames, filterByCreated));
            HistoricalResult result = new HistoricalResult(session, job, allocator);
            if (explain) {
                result.explain();
            } else if (output != null) {
                result.write(store, session.resolve(output), overwrite);
            } else {
                result.show(limit);
            }
        }
        return 0;
    }
}
