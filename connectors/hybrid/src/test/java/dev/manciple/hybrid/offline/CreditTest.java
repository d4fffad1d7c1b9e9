package dev.manciple.hybrid.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manciple.arrow.ArrowRows;
import dev.manciple.duckdb.LocalEngine;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.Spine;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewSlice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Feast's public credit data, zip codes in Parquet and loans in PostgreSQL, joined as where one store has both. */
class CreditTest {
    private static final TimeColumns TIMES =
            new TimeColumns("event_timestamp", Optional.of("created_timestamp"), Optional.empty());

    @TempDir
    private Path folder;

    @Test
    void loansAndZipCodesInTwoStoresJoinAsInOne() throws Exception {
        Path loans = file("credit/loan_table.parquet");
        Path zipCodes = file("credit/zipcode_table.parquet");
        TestServer server = TestServer.shared();
        String schema = server.createSchema();
        try (BufferAllocator allocator = new RootAllocator();
                LocalEngine engine = new LocalEngine(allocator)) {
            StoreContext context = Contexts.of(folder, allocator);
            DataSource.Batch table = new DataSource.Batch(
                    "loans",
                    "postgres",
                    new SourceLocation.Table("loans"),
                    TIMES,
                    Map.of(),
                    About.NOTHING,
                    Extras.NONE);
            StoreConfig postgres = new StoreConfig("postgres", server.options(schema));
            try (OfflineStore tables = context.offlineStore(postgres);
                    ArrowReader rows = engine.readFile(loans.toString(), "parquet", Map.of(), allocator)) {
                tables.writeLoggedFeatures(table, rows);
            }
            Spine spine = new Spine.Rows(
                    engine.describeFile(loans.toString(), "parquet", Map.of()),
                    "event_timestamp",
                    () -> engine.readFile(loans.toString(), "parquet", Map.of(), allocator));
            HybridOfflineConfig config = new ConfigBinder()
                    .bind(
                            "test",
                            HybridOfflineConfig.class,
                            Map.of(
                                    "offline_stores",
                                    List.of(
                                            Map.of("type", "file"),
                                            Map.of("type", "postgres", "conf", postgres.options()))));
            DataSource.Batch zipFile =
                    DataSource.Batch.files(zipCodes.toString()).time(TIMES);
            DataSource.Batch loanFile = DataSource.Batch.files(loans.toString()).time(TIMES);
            try (OfflineStore hybrid = HybridOfflineStore.create(config, context);
                    OfflineStore files = context.offlineStore(new StoreConfig("file", Map.of()))) {
                List<List<Value>> inTwo = rows(hybrid, request(spine, zipFile, table), allocator);
                List<List<Value>> inOne = rows(files, request(spine, zipFile, loanFile), allocator);

                assertThat(inTwo).hasSize(28_638).isEqualTo(inOne);
                assertThat(inTwo)
                        .anySatisfy(row -> assertThat(row.subList(row.size() - 4, row.size()))
                                .doesNotContain(Value.Null.NULL));
            }
        } finally {
            server.dropSchema(schema);
        }
    }

    private static HistoricalRequest request(Spine spine, DataSource.Batch zipCodes, DataSource.Batch loans) {
        FeatureView zip = FeatureView.of("zipcode_features")
                .source(zipCodes)
                .entities(List.of("zipcode"))
                .entityColumns(List.of(Field.of("zipcode", Scalar.INT64)))
                .features(
                        Field.of("city", Scalar.STRING),
                        Field.of("population", Scalar.INT64),
                        Field.of("total_wages", Scalar.INT64))
                .ttl(Duration.ofDays(3_650));
        FeatureView loan = FeatureView.of("loan_features")
                .source(loans)
                .entities(List.of("loan_id"))
                .entityColumns(List.of(Field.of("loan_id", Scalar.INT64)))
                .features(Field.of("loan_amnt", Scalar.INT64));
        return new HistoricalRequest(
                spine,
                List.of(
                        new ViewSlice(zip, zip.name(), zip.features(), Map.of()),
                        new ViewSlice(loan, loan.name(), loan.features(), Map.of())),
                true,
                HistoricalRequest.Options.DEFAULT);
    }

    private static List<List<Value>> rows(OfflineStore store, HistoricalRequest request, BufferAllocator allocator)
            throws IOException {
        try (ArrowReader reader = store.historicalFeatures(request).open(allocator)) {
            return ArrowRows.read(reader);
        }
    }

    /** Skipped where the data is absent, save in CI. */
    private static Path file(String name) {
        Path file = Path.of(System.getProperty("manciple.shared", "../shared"))
                .resolve("data")
                .resolve(name);
        if (!Files.exists(file) && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("CI needs the file " + file.toAbsolutePath());
        }
        assumeTrue(Files.exists(file), () -> "no file " + file.toAbsolutePath() + "; set -Dmanciple.shared");
        return file.toAbsolutePath().normalize();
    }
}
