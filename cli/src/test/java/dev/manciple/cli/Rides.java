package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A repository of one view, {@code trips} of a driver, over a file of one row. */
final class Rides {
    private Rides() {}

    /**
     * Writes and applies it.
     *
     * @param more definitions, below those of the view
     */
    static void apply(Path folder, String more) throws IOException {
        Files.writeString(folder.resolve("feature_store.yaml"), """
                project: rides
                registry: registry.db
                offline_store: file
                online_store: {type: sqlite, path: online.db}
                """);
        Files.writeString(folder.resolve("data.csv"), """
                driver_id,count,event_timestamp
                1001,7,2024-05-01T10:00:00Z
                """);
        Files.writeString(folder.resolve("features.yaml"), """
                entities:
                  - {name: driver, join_keys: [driver_id], value_type: int64}
                data_sources:
                  - {name: data, path: data.csv, timestamp_field: event_timestamp}
                feature_views:
                  - name: trips
                    entities: [driver]
                    schema:
                      - {name: count, dtype: int64}
                    source: data
                """ + more);
        assertThat(Cli.in(folder).run("apply").code()).isZero();
    }
}
