package dev.manciple.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.Plugin;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's life, limits and settings. */
class DuckDbTest {
    @TempDir
    Path folder;

    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void thePluginAnswersToFeastsNames() {
        List<OfflineStoreFactory<?>> factories = ServiceLoader.load(Plugin.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(DuckDbPlugin.class::isInstance)
                .flatMap(plugin -> plugin.offlineStores().stream())
                .toList();

        assertThat(factories).singleElement().satisfies(factory -> {
            assertThat(factory.type()).isEqualTo("duckdb");
            assertThat(factory.aliases())
                    .contains("file", "dask", "feast.infra.offline_stores.duckdb.DuckDBOfflineStore");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lots", "-1GB", "10", "GB", "1GB; DROP TABLE x"})
    void aMemoryLimitMustBeASize(String limit) {
        assertThatThrownBy(() -> config(limit)).hasMessageContaining("memory_limit");
    }

    @Test
    void moreThanFitsIsSpiltAndTheSpillIsGoneAfterwards() throws IOException {
        try (LocalEngine engine = new LocalEngine(config("100MB"), folder, allocator)) {
            try (ArrowReader rows = engine.query(
                    "SELECT i, hash(i) AS h FROM range(20000000) AS t(i) ORDER BY h", Map.of(), allocator)) {
                assertThat(rows.loadNextBatch()).isTrue();
                assertThat(below(folder)).isNotEmpty();
            }
        }
        assertThat(below(folder)).isEmpty();
    }

    @Test
    void aReaderFailsOnceItsEngineIsClosed() throws IOException {
        LocalEngine engine = new LocalEngine(config("1GB"), folder, allocator);
        try (ArrowReader rows = engine.query("SELECT i FROM range(5000000) AS t(i)", Map.of(), allocator)) {
            rows.loadNextBatch();

            engine.close();

            assertThatThrownBy(() -> ArrowRows.read(rows)).isInstanceOf(StoreException.class);
        }
        assertThatThrownBy(() -> engine.query("SELECT 1", Map.of(), allocator))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void extensionsAreNotFetchedFromTheNetwork() {
        try (LocalEngine engine = new LocalEngine(config("1GB"), folder, allocator)) {
            assertThatThrownBy(() -> engine.query("SELECT * FROM 's3://bucket/x.parquet'", Map.of(), allocator))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("httpfs");
        }
    }

    @Test
    void timesWithoutAZoneAreUtcWhateverTheMachineSays() throws IOException {
        try (LocalEngine engine = new LocalEngine(config("1GB"), folder, allocator);
                ArrowReader rows = engine.query(
                        "SELECT epoch('2025-01-01 00:00:00'::TIMESTAMPTZ)::BIGINT AS s", Map.of(), allocator)) {
            assertThat(ArrowRows.read(rows)).containsExactly(List.of(new Value.Int(1_735_689_600)));
        }
    }

    @Test
    void aDatabaseThatIsMissingIsNotMade() throws IOException {
        DuckDbConfig misspelt = new DuckDbConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.of(Path.of("typo.duckdb")),
                "1GB",
                Optional.empty(),
                Optional.of(folder),
                Optional.empty(),
                Optional.empty());
        try (LocalEngine engine = new LocalEngine(misspelt, folder, allocator)) {
            assertThatThrownBy(() -> engine.query("SELECT 1", Map.of(), allocator))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContainingAll(
                            folder.resolve("typo.duckdb").toString(), "'database' of the offline store");
        }
        assertThat(below(folder)).isEmpty();
    }

    private DuckDbConfig config(String memoryLimit) {
        return new DuckDbConfig(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                memoryLimit,
                Optional.of(2),
                Optional.of(folder),
                Optional.empty(),
                Optional.empty());
    }

    private static List<Path> below(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> !file.equals(folder)).toList();
        }
    }
}
