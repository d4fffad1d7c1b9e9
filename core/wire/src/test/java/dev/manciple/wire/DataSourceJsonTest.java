package dev.manciple.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DataSourceJsonTest {
    @Test
    void readsWhatFeastsClientSends() {
        DataSource source = DataSourceJson.read("""
                {
                  "type": "BATCH_FILE",
                  "fieldMapping": {"trips_total": "trips"},
                  "timestampField": "event_timestamp",
                  "createdTimestampColumn": "created",
                  "fileOptions": {"uri": "stats.parquet"},
                  "name": "stats",
                  "dataSourceClassType": "feast.infra.offline_stores.file_source.FileSource",
                  "aWordOfALaterVersion": true
                }
                """);
        assertThat(source).isInstanceOfSatisfying(DataSource.Batch.class, batch -> {
            assertThat(batch.name()).isEqualTo("stats");
            assertThat(batch.location())
                    .isInstanceOfSatisfying(
                            SourceLocation.Files.class,
                            files -> assertThat(files.uri()).isEqualTo("stats.parquet"));
            assertThat(batch.time())
                    .isEqualTo(new TimeColumns("event_timestamp", Optional.of("created"), Optional.empty()));
            assertThat(batch.fieldMapping()).isEqualTo(Map.of("trips_total", "trips"));
        });
    }

    @Test
    void readsWhatItWrites() {
        DataSource.Batch source =
                DataSource.Batch.files("a/b.parquet").name("s").eventTime("t").createdTime("c");
        assertThat(DataSourceJson.read(DataSourceJson.write(source)))
                .isInstanceOfSatisfying(DataSource.Batch.class, read -> {
                    assertThat(read.location()).isEqualTo(source.location());
                    assertThat(read.time()).isEqualTo(source.time());
                });
    }

    @Test
    void refusesWhatIsNoSource() {
        assertThatThrownBy(() -> DataSourceJson.read("{\"type\": \"NOTHING\"}"))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> DataSourceJson.read("[")).isInstanceOf(InvalidRequestException.class);
    }
}
