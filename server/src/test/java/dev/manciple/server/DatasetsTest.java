package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import dev.manciple.FeatureStore;
import dev.manciple.error.AccessException;
import dev.manciple.error.ConfigException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Extras;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Projection;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.registry.FileRegistry;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.auth.Authenticator;
import dev.manciple.server.auth.Principal;
import dev.manciple.spi.Value;
import dev.manciple.tck.Await;
import dev.manciple.transform.ForeignFunctions;
import dev.manciple.transform.OnDemandFunction;
import dev.manciple.transform.OnDemandSlice;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureViewSpec;
import dev.manciple.wire.proto.RegistryServerProto.ApplySavedDatasetRequest;
import dev.manciple.wire.proto.RegistryServerProto.CreateDatasetFromRetrievalRequest;
import dev.manciple.wire.proto.RegistryServerProto.CreateDatasetFromRetrievalResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetDataRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetDataResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetJobStatusRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetJobStatusResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetSavedDatasetRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListDatasetJobsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListDatasetJobsResponse;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDataset;
import dev.manciple.wire.proto.TransformationProto.FeatureTransformationV2;
import dev.manciple.wire.proto.TransformationProto.UserDefinedFunctionV2;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Datasets made by the jobs of a registry server, with files of a repository. */
class DatasetsTest {
    private static final RegistryServerOptions OPTIONS = new RegistryServerOptions(
            "127.0.0.1",
            Optional.of(0),
            Optional.of(0),
            Optional.empty(),
            new ServerOptions.Limits(1 << 20, 1_000, 64, Duration.ofSeconds(30)),
            Duration.ZERO);

    private static final String PERMISSIONS = """
            permissions:
              - {name: views, types: [feature_view], actions: [read_offline], policy: {roles: [maker]}}
              - name: making
                types: [saved_dataset]
                name_patterns: ["public_.*"]
                actions: [create, describe]
                policy: {roles: [maker, blind]}
              - {name: reading, types: [saved_dataset], actions: [read_offline], policy: {roles: [reader]}}
            """;

    @TempDir
    private Path folder;

    private final CountDownLatch entered = new CountDownLatch(1);
    private final AtomicInteger interrupted = new AtomicInteger();
    private FeatureStore store;
    private FileRegistry registry;
    private RegistryServer server;
    private RegistryClient client;

    @BeforeEach
    void start() throws IOException {
        store = Repository.create(
                folder,
                """
                online_store:
                  type: sqlite
                  path: online.db
                feature_server:
                  transformation_service_endpoint: 127.0.0.1:1
                """,
                PERMISSIONS,
                (endpoint, project, allocator) -> new Functions(),
                List.of(view("endless"), view("failing")));
        registry = new FileRegistry(folder.resolve("registry.db"), false, InstantSource.system());
        server = server(AccessControl.open());
        client = new RegistryClient(server.grpcPort().orElseThrow());
    }

    private RegistryServer server(AccessControl access) {
        return RegistryServer.start(
                registry, Commons.of(access), Optional.of(new DatasetHome("rides", folder, () -> store)), OPTIONS);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        registry.close();
        store.close();
    }

    private static Definition view(String name) {
        byte[] code = OnDemandFeatureViewSpec.newBuilder()
                .setMode("pandas")
                .setFeatureTransformation(FeatureTransformationV2.newBuilder()
                        .setUserDefinedFunction(UserDefinedFunctionV2.newBuilder()
                                .setName("add")
                                .setBodyText("def add(df): ...")
                                .setMode("pandas")))
                .build()
                .toByteArray();
        return new OnDemandFeatureView(
                name,
                List.of(new Projection("driver_stats", Optional.empty(), List.of("trips"), Map.of())),
                List.of(DataSource.Request.of("request_of_" + name, Field.of("bonus", Scalar.STRING))),
                List.of(Field.of("sum", Scalar.DOUBLE)),
                new Transformation.Foreign("pandas", "def add(df): ..."),
                About.NOTHING,
                new Extras(ByteBuffer.wrap(code)));
    }

    /** One that never ends by itself, and one that fails with a value in its message. */
    private final class Functions implements ForeignFunctions {
        @Override
        public OnDemandFunction of(OnDemandSlice slice) {
            return new OnDemandFunction() {
                @Override
                public List<List<Value>> compute(List<List<Value>> inputs, int rows) {
                    throw new UnsupportedOperationException("online");
                }

                @Override
                public void compute(
                        List<FieldVector> inputs,
                        DictionaryProvider dictionaries,
                        int rows,
                        List<FieldVector> outputs) {
                    if (slice.view().name().equals("failing")) {
                        throw new IllegalStateException(
                                "no bonus called " + inputs.getLast().getObject(0));
                    }
                    entered.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                        throw new IllegalStateException("interrupted", e);
                    }
                }
            };
        }

        @Override
        public void close() {}
    }

    private static CreateDatasetFromRetrievalRequest.Builder order(String name) {
        return CreateDatasetFromRetrievalRequest.newBuilder()
                .setName(name)
                .setProject("rides")
                .addFeatures("driver_stats:trips")
                .addFeatures("driver_stats:name")
                .setEntitySourceType("inline")
                .addEntityKeys("driver_id")
                .setEntityValues("1001, 1002\n1003")
                .setStartDate("2024-05-30T00:00:00Z")
                .setEndDate("2024-06-01")
                .setStorageType("file")
                .setStoragePath("datasets/" + name + ".parquet");
    }

    private static CreateDatasetFromRetrievalRequest.Builder computed(String name, String view) {
        return order(name).clearFeatures().addFeatures(view + ":sum").setExtraColumns("bonus=0042\nlabel = 7\n");
    }

    private static CreateDatasetFromRetrievalResponse create(
            RegistryClient client, CreateDatasetFromRetrievalRequest.Builder order) {
        return client.call(
                "CreateDatasetFromRetrieval", order.build(), CreateDatasetFromRetrievalResponse.getDefaultInstance());
    }

    private static GetDatasetJobStatusResponse status(RegistryClient client, String job) {
        return client.call(
                "GetDatasetJobStatus",
                GetDatasetJobStatusRequest.newBuilder().setJobId(job).build(),
                GetDatasetJobStatusResponse.getDefaultInstance());
    }

    private static GetDatasetJobStatusResponse ended(RegistryClient client, String job) throws Exception {
        return Await.until(
                "the job ends",
                () -> status(client, job),
                now -> !now.getCompletedAt().isEmpty());
    }

    private GetDatasetJobStatusResponse made(CreateDatasetFromRetrievalRequest.Builder order) throws Exception {
        GetDatasetJobStatusResponse job = ended(client, create(client, order).getJobId());
        assertThat(job.getStatus()).as(job.getError()).isEqualTo("completed");
        return job;
    }

    private static List<String> jobs(RegistryClient client, ListDatasetJobsRequest.Builder asked) {
        return client
                .call("ListDatasetJobs", asked.build(), ListDatasetJobsResponse.getDefaultInstance())
                .getJobsList()
                .stream()
                .map(GetDatasetJobStatusResponse::getDatasetName)
                .toList();
    }

    private SavedDataset registered(String name) {
        return client.call(
                "GetSavedDataset",
                GetSavedDatasetRequest.newBuilder()
                        .setProject("rides")
                        .setName(name)
                        .build(),
                SavedDataset.getDefaultInstance());
    }

    private static GetDatasetDataResponse data(RegistryClient client, String name, int limit) {
        return client.call(
                "GetDatasetData",
                GetDatasetDataRequest.newBuilder()
                        .setProject("rides")
                        .setName(name)
                        .setLimit(limit)
                        .build(),
                GetDatasetDataResponse.getDefaultInstance());
    }

    private static List<List<String>> rows(GetDatasetDataResponse data) {
        return data.getRowsList().stream()
                .map(row -> List.copyOf(row.getValuesList()))
                .toList();
    }

    private static void assertFails(ThrowingCallable call, Status.Code code, String... texts) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
            assertThat(failure.getStatus().getCode()).as(failure.getMessage()).isEqualTo(code);
            assertThat(failure.getStatus().getDescription()).contains(texts);
        });
    }

    private void assertNothingLeft(String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(file -> file.contains(name));
        }
        assertFails(() -> registered(name), Status.Code.NOT_FOUND, "SavedDatasetNotFound");
    }

    /** A file of drivers and times, one of them without end. */
    private void entities(String name, String timeColumn) throws IOException, SQLException {
        Files.createDirectories(folder.resolve("datasets"));
        try (Connection engine = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = engine.createStatement()) {
            statement.execute("""
                    COPY (SELECT * FROM (VALUES
                        (1001::BIGINT, TIMESTAMPTZ '2024-06-01 00:00:00+00'),
                        (1002::BIGINT, TIMESTAMPTZ '2024-06-02 00:00:00+00'),
                        (1003::BIGINT, 'infinity'::TIMESTAMPTZ)) AS rows(driver_id, %s))
                    TO '%s' (FORMAT parquet)""".formatted(timeColumn, folder.resolve(name)));
        }
    }

    @Nested
    class Made {
        @Test
        void ofRowsOfTheRequest() throws Exception {
            CreateDatasetFromRetrievalResponse accepted =
                    create(client, order("training").putTags("team", "rides"));
            GetDatasetJobStatusResponse job = ended(client, accepted.getJobId());

            assertThat(accepted.getStatus()).isEqualTo("pending");
            assertThat(job.getStatus()).as(job.getError()).isEqualTo("completed");
            assertThat(job.getError()).isEmpty();
            assertThat(job.getDatasetName()).isEqualTo("training");
            assertThat(job.getProject()).isEqualTo("rides");
            assertThat(Instant.parse(job.getCompletedAt())).isAfterOrEqualTo(Instant.parse(job.getCreatedAt()));
            SavedDataset dataset = registered("training");
            assertThat(dataset.getSpec().getFeaturesList()).containsExactly("driver_stats:trips", "driver_stats:name");
            assertThat(dataset.getSpec().getJoinKeysList()).containsExactly("driver_id");
            assertThat(dataset.getSpec().getStorage().getFileStorage().getUri()).isEqualTo("datasets/training.parquet");
            assertThat(dataset.getSpec().getTagsMap()).containsExactly(Map.entry("team", "rides"));
            assertThat(dataset.getMeta().getMinEventTimestamp().getSeconds())
                    .isEqualTo(Instant.parse("2024-05-30T00:00:00Z").getEpochSecond());
            assertThat(dataset.getMeta().getMaxEventTimestamp().getSeconds())
                    .isEqualTo(Instant.parse("2024-06-01T00:00:00Z").getEpochSecond());
            GetDatasetDataResponse data = data(client, "training", 0);
            assertThat(data.getColumnsList()).containsExactly("driver_id", "event_timestamp", "trips", "name");
            assertThat(rows(data))
                    .containsExactly(
                            List.of("1001", "\"2024-05-30T00:00:00Z\"", "7", "\"Ada\""),
                            List.of("1002", "\"2024-05-31T00:00:00Z\"", "9", "\"Bob\""),
                            List.of("1003", "\"2024-06-01T00:00:00Z\"", "null", "null"));
            assertThat(data.getTotalRows()).isEqualTo(3);
            assertThat(data.getSampleSize()).isEqualTo(3);
        }

        @Test
        void ofAServiceAndAFile() throws Exception {
            entities("datasets/entities.parquet", "event_timestamp");
            made(order("training")
                    .setFeatureServiceName("ranking")
                    .clearFeatures()
                    .setStoragePath(
                            folder.resolve("datasets/training.parquet").toUri().toString())
                    .setEntitySourceType("reference")
                    .setEntitySourcePath("datasets/entities.parquet"));

            SavedDataset dataset = registered("training");
            assertThat(dataset.getSpec().getFeatureServiceName()).isEqualTo("ranking");
            assertThat(dataset.getSpec().getFeaturesList())
                    .containsExactly("driver_stats:conv_rate", "driver_stats:trips", "driver_stats:name");
            assertThat(dataset.getMeta().getMaxEventTimestamp().getSeconds())
                    .as("the last time that has a date")
                    .isEqualTo(Instant.parse("2024-06-02T00:00:00Z").getEpochSecond());
            assertThat(rows(data(client, "training", 1)))
                    .containsExactly(List.of("1001", "\"2024-06-01T00:00:00Z\"", "0.5", "7", "\"Ada\""));
        }

        @Test
        void withColumnsOfOneValue() throws Exception {
            made(order("training")
                    .setExtraColumns("weight=1.5\n label = x=y \n")
                    .clearStartDate());

            GetDatasetDataResponse data = data(client, "training", 1);
            assertThat(data.getColumnsList())
                    .containsExactly("driver_id", "event_timestamp", "weight", "label", "trips", "name");
            assertThat(rows(data))
                    .containsExactly(List.of("1001", "\"2024-06-01T00:00:00Z\"", "1.5", "\"x=y\"", "7", "\"Ada\""));
        }

        /** Digits by the hundred thousand, which to take for a number must not take the square of that. */
        @Test
        void withLongText() throws Exception {
            String text = "1".repeat(200_000) + "z";
            made(order("training").setEntityValues("1001").setExtraColumns("label=" + text));

            assertThat(rows(data(client, "training", 1)).getFirst()).contains('"' + text + '"');
        }

        @Test
        void anewOnlyWhereThatIsAllowed() throws Exception {
            made(order("training"));
            assertFails(
                    () -> create(client, order("training").setStoragePath("datasets/other.parquet")),
                    Status.Code.INVALID_ARGUMENT,
                    "exists already in project 'rides'",
                    "allow_overwrite");
            made(order("training").setAllowOverwrite(true).setEntityValues("1002"));

            assertThat(rows(data(client, "training", 0))).hasSize(1).allMatch(row -> row.contains("\"Bob\""));
            assertThat(registered("training").getMeta().getMinEventTimestamp().getSeconds())
                    .as("of the new rows")
                    .isEqualTo(Instant.parse("2024-06-01T00:00:00Z").getEpochSecond());
        }

        @Test
        void neverOverTheFileOfAnother() throws Exception {
            made(order("training"));

            assertFails(
                    () -> create(client, order("other").setStoragePath("datasets/training.parquet")),
                    Status.Code.INVALID_ARGUMENT,
                    "Saved dataset location datasets/training.parquet already exists");
            assertFails(
                    () -> create(
                            client,
                            order("other")
                                    .setStoragePath("./datasets/training.parquet")
                                    .setAllowOverwrite(true)),
                    Status.Code.INVALID_ARGUMENT,
                    "is not that of saved dataset 'other'");
            SavedDataset.Builder claiming = SavedDataset.newBuilder();
            claiming.getSpecBuilder()
                    .setName("other")
                    .getStorageBuilder()
                    .getFileStorageBuilder()
                    .setUri("datasets/training.parquet");
            client.call(
                    "ApplySavedDataset",
                    ApplySavedDatasetRequest.newBuilder()
                            .setProject("rides")
                            .setSavedDataset(claiming)
                            .build(),
                    Empty.getDefaultInstance());
            assertFails(
                    () -> create(
                            client,
                            order("other")
                                    .setStoragePath("datasets/training.parquet")
                                    .setAllowOverwrite(true)),
                    Status.Code.INVALID_ARGUMENT,
                    "is not that of saved dataset 'other'");
            assertThat(rows(data(client, "training", 0))).hasSize(3);
        }
    }

    @Nested
    class Jobs {
        @Test
        void areListedTheNewestFirst() throws Exception {
            made(order("one"));
            Files.delete(folder.resolve("stats.csv"));
            assertThat(ended(client, create(client, order("two")).getJobId()).getStatus())
                    .isEqualTo("failed");

            assertThat(jobs(client, ListDatasetJobsRequest.newBuilder())).containsExactly("two", "one");
            assertThat(jobs(client, ListDatasetJobsRequest.newBuilder().setProject("rides")))
                    .containsExactly("two", "one");
            assertThat(jobs(client, ListDatasetJobsRequest.newBuilder().setProject("other")))
                    .isEmpty();
            assertThat(jobs(client, ListDatasetJobsRequest.newBuilder().setStatusFilter("failed")))
                    .containsExactly("two");
            assertFails(
                    () -> jobs(client, ListDatasetJobsRequest.newBuilder().setStatusFilter("done")),
                    Status.Code.INVALID_ARGUMENT,
                    "'done'",
                    "pending, running, completed, failed");
        }

        @Test
        void thatFailLeaveNothing() throws Exception {
            GetDatasetJobStatusResponse job = ended(
                    client, create(client, computed("training", "failing")).getJobId());

            assertThat(job.getStatus()).isEqualTo("failed");
            assertThat(job.getError()).contains(job.getJobId()).doesNotContain("0042");
            assertThat(job.getCompletedAt()).isNotEmpty();
            assertNothingLeft("training");
        }

        @Test
        void thatFailAreLoggedWithoutValues() throws Exception {
            String secret = "4711-secret";
            Files.writeString(
                    folder.resolve("stats.csv"),
                    "1003,0.5," + secret + ",Cy,2024-05-01T10:00:00Z,\n",
                    StandardOpenOption.APPEND);
            try (Logged log = new Logged()) {
                GetDatasetJobStatusResponse job =
                        ended(client, create(client, order("failing")).getJobId());
                assertThat(job.getStatus()).isEqualTo("failed");
                assertThat(job.getError()).contains("level DEBUG").doesNotContain(secret);
                assertThat(log.lines())
                        .singleElement()
                        .satisfies(line -> assertThat(line)
                                .contains(job.getJobId(), "'failing'", "level DEBUG")
                                .doesNotContain(secret));
            }
        }

        @Test
        void nobodyKnowsAreNotFound() {
            assertFails(
                    () -> status(client, "nobody"),
                    Status.Code.NOT_FOUND,
                    "FeastObjectNotFoundException",
                    "Dataset job nobody");
        }

        @Test
        void endWithTheServerAndLeaveNothing() throws Exception {
            create(client, computed("training", "endless"));
            create(client, computed("waiting_for_it", "endless"));
            create(client, computed("waiting_too", "endless"));
            entered.await();
            assertThat(jobs(client, ListDatasetJobsRequest.newBuilder().setStatusFilter("pending")))
                    .containsExactly("waiting_too");
            server.close();
            client.close();

            assertThat(interrupted.get()).isPositive();
            server = server(AccessControl.open());
            client = new RegistryClient(server.grpcPort().orElseThrow());
            assertNothingLeft("training");
            assertNothingLeft("waiting");
            assertThat(jobs(client, ListDatasetJobsRequest.newBuilder())).isEmpty();
        }

        @Test
        void areNotTakenWithoutEnd() {
            IntStream.range(0, 10).forEach(i -> create(client, computed("training" + i, "endless")));

            assertFails(
                    () -> create(client, computed("training", "endless")),
                    Status.Code.UNAVAILABLE,
                    "2 jobs run and 8 wait");
            assertFails(
                    () -> create(client, computed("training3", "endless").setStoragePath("datasets/x.parquet")),
                    Status.Code.INVALID_ARGUMENT,
                    "'training3' is being made already");
            assertFails(
                    () -> create(client, computed("x", "endless").setStoragePath("datasets/training3.parquet")),
                    Status.Code.INVALID_ARGUMENT,
                    "'training3.parquet' is being written already");
        }
    }

    @Nested
    class Rows {
        @Test
        void areAsManyAsAreAskedFor() throws Exception {
            made(order("training")
                    .setEntityValues(String.join(
                            "\n",
                            IntStream.range(0, 1_000)
                                    .mapToObj(Integer::toString)
                                    .toList())));

            assertThat(data(client, "training", 0).getRowsCount())
                    .as("by default")
                    .isEqualTo(10);
            assertThat(data(client, "training", 3).getSampleSize()).isEqualTo(3);
            assertThat(data(client, "training", 1_000).getTotalRows()).isEqualTo(1_000);
            assertFails(() -> data(client, "training", 1_001), Status.Code.INVALID_ARGUMENT, "1000 at most");
        }

        @Test
        void areThoseOfADatasetThatIsThere() throws Exception {
            assertFails(() -> data(client, "training", 1), Status.Code.NOT_FOUND, "SavedDatasetNotFound");
            made(order("training"));
            Files.delete(folder.resolve("datasets/training.parquet"));
            assertFails(() -> data(client, "training", 1), Status.Code.NOT_FOUND, "training.parquet");
        }
    }

    @Nested
    class Refused {
        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                ../out.parquet                | folder of feature_store.yaml
                /tmp/out.parquet              | folder of feature_store.yaml
                s3://bucket/out.parquet       | folder of feature_store.yaml
                out.parquet                   | must be in 'datasets'
                data/../out.parquet           | must be in 'datasets'
                datasets/../out.parquet       | must be in 'datasets'
                datasets/away/out.parquet     | no link
                datasets/inside/out.parquet   | no link
                datasets/dangling.parquet     | no link
                datasets/nowhere/out.parquet  | The folder of storage_path 'datasets/nowhere/out.parquet' does not exist
                datasets/taken.parquet        | is a folder
                datasets/history/out.parquet  | read by data source 'history'
                datasets/parts/out.parquet    | read by data source 'parts'
                datasets/linked/out.parquet   | read by data source 'linked'
                out.csv                       | .parquet
                ' '                           | .parquet
                """)
        void areFilesElsewhere(String path, String reason) throws Exception {
            Path outside = Files.createDirectory(folder.resolveSibling(folder.getFileName() + "-outside"));
            Path datasets = Files.createDirectories(folder.resolve("datasets"));
            Files.createSymbolicLink(datasets.resolve("away"), outside);
            Files.createSymbolicLink(datasets.resolve("inside"), datasets);
            Files.createSymbolicLink(datasets.resolve("dangling.parquet"), outside.resolve("new.parquet"));
            Files.createDirectory(datasets.resolve("taken.parquet"));
            for (String source : List.of("history", "parts", "linked")) {
                Files.createDirectory(datasets.resolve(source));
                Files.copy(folder.resolve("stats.csv"), datasets.resolve(source).resolve("stats.csv"));
            }
            Files.createSymbolicLink(folder.resolve("link"), datasets.resolve("linked"));
            Files.writeString(folder.resolve("history.yaml"), """
                    data_sources:
                      - {name: history, path: datasets/history, timestamp_field: event_timestamp}
                      - {name: parts, path: "datasets/parts/*.csv", timestamp_field: event_timestamp}
                      - {name: linked, path: link, timestamp_field: event_timestamp}
                    """);
            Repository.apply(store, folder, List.of(view("endless"), view("failing")));

            assertFails(
                    () -> create(client, order("training").setStoragePath(path)), Status.Code.INVALID_ARGUMENT, reason);
            try (Stream<Path> files = Files.list(outside)) {
                assertThat(files).isEmpty();
            } finally {
                Files.delete(outside);
            }
        }

        @Test
        void areEntityRowsElsewhere() {
            assertFails(
                    () -> create(
                            client,
                            order("training")
                                    .setEntitySourceType("reference")
                                    .setEntitySourcePath("../entities.parquet")),
                    Status.Code.INVALID_ARGUMENT,
                    "entity_source_path must be in 'datasets' in the folder of feature_store.yaml");
        }

        @Test
        void areEntityRowsWhoseTimesHaveAnotherName() throws Exception {
            entities("datasets/entities.parquet", "ts");
            refused(
                    order("training").setEntitySourceType("reference").setEntitySourcePath("datasets/entities.parquet"),
                    "'ts'",
                    "rename it to 'event_timestamp'");
        }

        @Test
        void areRequestsThatMakeNoSense() {
            refused(order(" "), "does not name the dataset");
            refused(order("x").setProject("bank"), "project 'rides'", "'bank'");
            refused(order("x").clearFeatures(), "feature_service_name or features");
            refused(order("x").setStorageType("bigquery"), "'bigquery'", "'file'");
            refused(order("x").setEntitySourceType("csv"), "inline or reference", "'csv'");
            refused(order("x").clearEntityKeys(), "entity_keys");
            refused(order("x").setEntityValues(" \n,"), "entity_values has no value");
            refused(order("x").setEntityValues("1001,Ada"), "Row 2");
            refused(order("x").addEntityKeys("zip").setEntityValues("1,2\n1,2,3"), "Row 2", "3 values");
            refused(order("x").clearEndDate(), "start_date needs an end_date");
            refused(order("x").setEndDate("2024-05-01"), "is before start_date");
            refused(order("x").setEndDate("yesterday"), "end_date");
            refused(order("x").setExtraColumns("event_timestamp=1"), "event_timestamp");
            refused(order("x").setExtraColumns("label"), "column=value");
            refused(order("x").setExtraColumns("label=" + "x".repeat(400_000)), "400000 characters", "3 entity rows");
            refused(order("x").addEntityKeys("driver_id"), "two columns 'driver_id'");
            refused(order("x").setEntityValues("1,".repeat(1_001)), "more than 1000 rows");
            refused(order("x").putTags("long", "x".repeat(1 << 18)), "description", "262144");
            assertFails(
                    () -> create(client, order("x").addFeatures("driver_stats:nothing")),
                    Status.Code.NOT_FOUND,
                    "driver_stats:nothing");
            assertThat(jobs(client, ListDatasetJobsRequest.newBuilder())).isEmpty();
        }

        private void refused(CreateDatasetFromRetrievalRequest.Builder order, String... texts) {
            assertFails(() -> create(client, order), Status.Code.INVALID_ARGUMENT, texts);
        }

        @Test
        void isEverythingWithoutAFeatureStore() {
            try (RegistryServer bare = RegistryServer.start(registry, OPTIONS);
                    RegistryClient caller = new RegistryClient(bare.grpcPort().orElseThrow())) {
                assertFails(
                        () -> create(caller, order("x")), Status.Code.UNIMPLEMENTED, "started without a feature store");
                assertFails(() -> data(caller, "x", 1), Status.Code.UNIMPLEMENTED, "started without a feature store");
                assertThat(jobs(caller, ListDatasetJobsRequest.newBuilder())).isEmpty();
            }
        }

        @Test
        void isEverythingIfTheStoresCannotBeOpened() {
            DatasetHome broken = new DatasetHome("rides", folder, () -> {
                throw new ConfigException("feature_store.yaml", List.of("password: hunter2 is too short"));
            });
            try (RegistryServer other = RegistryServer.start(
                            registry, Commons.of(AccessControl.open()), Optional.of(broken), OPTIONS);
                    RegistryClient caller = new RegistryClient(other.grpcPort().orElseThrow())) {
                assertThatThrownBy(() -> create(caller, order("x")))
                        .hasMessageContaining("INTERNAL")
                        .hasMessageContaining("cannot be opened")
                        .hasMessageNotContaining("hunter2");
            }
        }
    }

    @Nested
    class Routes {
        private static final String ORDER = """
                {"name": "training", "project": "rides", "features": ["driver_stats:trips", "driver_stats:name"],
                 "feature_service_name": null, "entity_keys": ["driver_id"], "entity_values": "1001\\n1002",
                 "end_date": "2024-06-01T00:00:00Z", "storage_path": "datasets/training.parquet", "tags": {"team": "rides"}}
                """;

        @Test
        void makeAndShowADataset() throws Exception {
            HttpResponse<String> accepted = rest("POST", "/create", ORDER);
            assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(200);
            String job = json(accepted).at("/job_id").asString();
            assertThat(json(accepted).at("/status").asString()).isEqualTo("pending");
            JsonNode ended = Await.until(
                    "the job ends",
                    () -> json(rest("GET", "/jobs/" + job, "")),
                    now -> !now.at("/completed_at").asString().isEmpty());

            assertThat(ended.at("/status").asString()).as(ended.toString()).isEqualTo("completed");
            assertThat(ended.at("/dataset_name").asString()).isEqualTo("training");
            assertThat(ended.at("/error").asString()).isEmpty();
            JsonNode jobs = json(rest("GET", "/jobs?project=rides&status=completed", ""));
            assertThat(jobs.at("/jobs").size()).isEqualTo(1);
            assertThat(jobs.at("/jobs/0")).isEqualTo(ended);
            assertThat(json(rest("GET", "/data/training?project=rides&limit=1", ""))
                            .toString())
                    .isEqualTo("""
                    {"columns":["driver_id","event_timestamp","trips","name"],\
                    "rows":[{"driver_id":1001,"event_timestamp":"2024-06-01T00:00:00Z","trips":7,"name":"Ada"}],\
                    "total_rows":1,"sample_size":1}""");
            assertThat(json(rest("GET", "/training?project=rides", ""))
                            .at("/spec/tags/team")
                            .asString())
                    .isEqualTo("rides");
        }

        @Test
        void sayWhatIsWrong() throws Exception {
            assertThat(rest("GET", "/jobs/nobody", "").statusCode()).isEqualTo(404);
            assertThat(rest("GET", "/jobs?status=done", "").statusCode()).isEqualTo(422);
            assertThat(rest("GET", "/data/training?project=rides", "").statusCode())
                    .isEqualTo(404);
            assertThat(rest("GET", "/data/training", "").statusCode()).isEqualTo(422);
            assertThat(rest("GET", "/data/training?project=rides&limit=101", "").statusCode())
                    .isEqualTo(422);
            assertThat(rest("POST", "/create", "").statusCode()).isEqualTo(422);
            assertThat(rest("POST", "/create", "{\"name\": \"training\"}").statusCode())
                    .isEqualTo(422);
            HttpResponse<String> outside = rest("POST", "/create", ORDER.replace("\"datasets/", "\"../"));
            assertThat(outside.statusCode()).isEqualTo(422);
            assertThat(outside.body()).contains("folder of feature_store.yaml");
        }

        private JsonNode json(HttpResponse<String> answer) {
            return JsonMapper.shared().readTree(answer.body());
        }

        private HttpResponse<String> rest(String method, String path, String body)
                throws IOException, InterruptedException {
            URI uri = URI.create("http://127.0.0.1:%d/api/v1/saved_datasets%s"
                    .formatted(server.restPort().orElseThrow(), path));
            try (HttpClient http =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
                return http.send(
                        HttpRequest.newBuilder(uri)
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
            }
        }
    }

    /** Knows everybody by their only role. */
    private record Roles() implements Authenticator {
        @Override
        public Principal authenticate(String token) {
            if (token.equals("forged")) {
                throw new AccessException(AccessException.Reason.UNAUTHENTICATED, "Invalid or expired access token");
            }
            return new Principal(token, Set.of(token), Set.of(), Set.of());
        }

        @Override
        public void close() {}
    }

    @Nested
    class Callers {
        private final AtomicBoolean opened = new AtomicBoolean();
        private RegistryServer guarded;

        @BeforeEach
        void start() {
            guarded = RegistryServer.start(
                    registry,
                    Commons.of(AccessControl.guarded(new Roles())),
                    Optional.of(new DatasetHome("rides", folder, () -> {
                        opened.set(true);
                        return store;
                    })),
                    OPTIONS);
        }

        @AfterEach
        void stop() {
            guarded.close();
        }

        private RegistryClient client(String token) {
            return new RegistryClient(guarded.grpcPort().orElseThrow(), Optional.of(token));
        }

        @Test
        void needCreateForTheDatasetBeforeAnythingIsDone() {
            try (RegistryClient reader = client("reader");
                    RegistryClient forger = client("forged");
                    RegistryClient maker = client("maker")) {
                assertFails(() -> create(forger, order("public_x")), Status.Code.UNAUTHENTICATED, "token");
                assertFails(
                        () -> create(reader, order("public_x").setEntityValues("Ada")),
                        Status.Code.PERMISSION_DENIED,
                        "SavedDataset:public_x");
                assertFails(
                        () -> create(maker, order("secret_x")), Status.Code.PERMISSION_DENIED, "SavedDataset:secret_x");
                assertThat(opened).as("the feature store was asked for").isFalse();
            }
        }

        @Test
        void needToReadTheViews() {
            try (RegistryClient blind = client("blind")) {
                assertFails(
                        () -> create(blind, order("public_x").setEntityValues("Ada")),
                        Status.Code.PERMISSION_DENIED,
                        "FeatureView:driver_stats");
            }
        }

        @Test
        void needUpdateForADatasetThatIsThere() throws Exception {
            made(order("public_x"));
            try (RegistryClient maker = client("maker")) {
                assertFails(
                        () -> create(maker, order("public_x").setAllowOverwrite(true)),
                        Status.Code.PERMISSION_DENIED,
                        "SavedDataset:public_x");
            }
        }

        @Test
        void takeEntityRowsOfNoDatasetTheyDoNotRead() throws Exception {
            made(order("public_x"));
            try (RegistryClient maker = client("maker")) {
                assertFails(
                        () -> create(
                                maker,
                                order("public_y")
                                        .setEntitySourceType("reference")
                                        .setEntitySourcePath("datasets/public_x.parquet")),
                        Status.Code.PERMISSION_DENIED,
                        "SavedDataset:public_x");
            }
        }

        @Test
        void takeEntityRowsOfNoDataSource() throws Exception {
            entities("datasets/entities.parquet", "event_timestamp");
            Files.writeString(folder.resolve("salaries.yaml"), """
                    data_sources:
                      - {name: salaries, path: datasets/entities.parquet, timestamp_field: event_timestamp}
                    """);
            Repository.apply(store, folder, List.of(view("endless"), view("failing")));
            try (RegistryClient maker = client("maker")) {
                assertFails(
                        () -> create(
                                maker,
                                order("public_y")
                                        .setEntitySourceType("reference")
                                        .setEntitySourcePath("datasets/entities.parquet")),
                        Status.Code.PERMISSION_DENIED,
                        "data source 'salaries'");
            }
        }

        @Test
        void seeTheJobsOfDatasetsTheySee() throws Exception {
            try (RegistryClient maker = client("maker");
                    RegistryClient reader = client("reader")) {
                String job = create(maker, order("public_x")).getJobId();
                assertThat(ended(maker, job).getStatus()).isEqualTo("completed");
                assertThat(jobs(maker, ListDatasetJobsRequest.newBuilder())).containsExactly("public_x");
                assertThat(jobs(reader, ListDatasetJobsRequest.newBuilder())).isEmpty();
                assertFails(() -> status(reader, job), Status.Code.PERMISSION_DENIED, "SavedDataset:public_x");
                assertFails(() -> data(maker, "public_x", 1), Status.Code.PERMISSION_DENIED, "SavedDataset:public_x");
                assertThat(data(reader, "public_x", 1).getRowsCount()).isEqualTo(1);
            }
        }
    }
}
