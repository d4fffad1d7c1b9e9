package dev.manciple.cli;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.retrieve.EntityRows;
import dev.manciple.spi.Spine;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The entity rows of a historical request: from one place only. */
final class SpineOptions {
    @Option(names = "--entities", paramLabel = "FILE", description = "The entity rows: a Parquet, CSV or Arrow file.")
    @Nullable
    Path file;

    @Option(
            names = "--entity-sql",
            paramLabel = "SQL",
            description = "The entity rows: a query in the offline store's own dialect.")
    @Nullable
    String sql;

    @Option(
            names = {"-d", "--dataframe"},
            paramLabel = "JSON",
            description = "The entity rows: an array of objects.")
    @Nullable
    String json;

    @ArgGroup(exclusive = false)
    @Nullable
    Range range;

    /** What was given, by whichever option. */
    Spine rows(Session session, FeatureStore store, FeatureSelection selection) {
        if (file != null) {
            return store.entityRows(session.resolve(file), selection);
        }
        if (sql != null) {
            return EntityRows.sql(sql);
        }
        if (json != null) {
            return store.entityRows(JsonRows.parse(json), selection);
        }
        Range window = range == null ? new Range() : range;
        return store.range(selection, window.start, window.end);
    }

    /** No entity rows but every row of the views in a window. */
    static final class Range {
        @Option(
                names = {"-s", "--start", "--start-date"},
                paramLabel = "TIME",
                description =
                        "No entity rows: all keys and times of the views from here on (default: END minus the largest TTL, else minus 30 days).")
        @Nullable
        Instant start;

        @Option(
                names = {"-e", "--end", "--end-date"},
                paramLabel = "TIME",
                description = "No entity rows: all keys and times of the views up to here (default: now).")
        @Nullable
        Instant end;
    }
}
