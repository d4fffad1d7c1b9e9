package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import dev.manciple.registry.FileRegistry;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.tck.Await;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.EntityProto.Entity;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import dev.manciple.wire.proto.FeatureServiceProto.FeatureService;
import dev.manciple.wire.proto.FeatureViewProto.FeatureView;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewState;
import dev.manciple.wire.proto.LabelViewProto.LabelView;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureView;
import dev.manciple.wire.proto.PermissionProto.Permission;
import dev.manciple.wire.proto.ProjectPartsProto.CommitRequest;
import dev.manciple.wire.proto.ProjectPartsProto.CommitResponse;
import dev.manciple.wire.proto.ProjectPartsProto.LoadRequest;
import dev.manciple.wire.proto.ProjectPartsProto.LoadResponse;
import dev.manciple.wire.proto.ProjectProto.Project;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.RegistryServerProto.AnyFeatureView;
import dev.manciple.wire.proto.RegistryServerProto.ApplyDataSourceRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyMaterializationRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyPermissionRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyProjectRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteEntityRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteProjectRequest;
import dev.manciple.wire.proto.RegistryServerProto.EntityReference;
import dev.manciple.wire.proto.RegistryServerProto.EntityRelation;
import dev.manciple.wire.proto.RegistryServerProto.Feature;
import dev.manciple.wire.proto.RegistryServerProto.GetAnyFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetAnyFeatureViewResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetDataSourceRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetEntityRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetFeatureRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetFeatureServiceRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetLabelViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetObjectRelationshipsRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetObjectRelationshipsResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetOnDemandFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetPermissionRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetProjectRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetSavedDatasetRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetStreamFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetValidationReferenceRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListAllFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListAllFeatureViewsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListEntitiesRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListEntitiesResponse;
import dev.manciple.wire.proto.RegistryServerProto.PaginationMetadata;
import dev.manciple.wire.proto.RegistryServerProto.PaginationParams;
import dev.manciple.wire.proto.RegistryServerProto.RefreshRequest;
import dev.manciple.wire.proto.RegistryServerProto.SortingParams;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDataset;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureView;
import dev.manciple.wire.proto.ValidationProfileProto.ValidationReference;
import dev.manciple.wire.proto.ValueProto.ValueType;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RegistryServerTest {
    private static final String PROJECT = "rides";
    private static final Empty EMPTY = Empty.getDefaultInstance();
    private static final RegistryServerOptions OPTIONS = new RegistryServerOptions(
            "127.0.0.1",
            Optional.of(0),
            Optional.of(0),
            Optional.empty(),
            new ServerOptions.Limits(16 << 20, 1_000, 64, Duration.ofSeconds(30)),
            Duration.ZERO);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    private FileRegistry registry;
    private RegistryServer server;
    private RegistryClient client;

    @BeforeEach
    void start() {
        registry = new FileRegistry(file(), false, InstantSource.system());
        server = RegistryServer.start(registry, OPTIONS);
        client = new RegistryClient(server.grpcPort().orElseThrow());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        registry.close();
    }

    private Path file() {
        return folder.resolve("registry.db");
    }

    private static Entity entity(String name) {
        Entity.Builder entity = Entity.newBuilder();
        entity.getSpecBuilder().setName(name).setJoinKey(name + "_id").putTags("team", "rides");
        return entity.build();
    }

    private static FeatureView view(String name, String... features) {
        FeatureView.Builder view = FeatureView.newBuilder();
        view.getSpecBuilder()
                .setName(name)
                .addEntities("driver")
                .setOnline(true)
                .setVersion("latest");
        for (String feature : features) {
            view.getSpecBuilder().addFeatures(FeatureSpecV2.newBuilder().setName(feature));
        }
        view.getSpecBuilder()
                .getBatchSourceBuilder()
                .setName("stats")
                .setType(DataSource.SourceType.BATCH_FILE)
                .getFileOptionsBuilder()
                .setUri("stats.parquet");
        return view.build();
    }

    private Entity get(String name) {
        return client.call(
                "GetEntity",
                GetEntityRequest.newBuilder().setProject(PROJECT).setName(name).build(),
                Entity.getDefaultInstance());
    }

    private List<String> entityNames() {
        return client
                .entities(ListEntitiesRequest.newBuilder().setProject(PROJECT).build())
                .getEntitiesList()
                .stream()
                .map(entity -> entity.getSpec().getName())
                .toList();
    }

    /** Told to stop, it says so to those who ask for its health, and answers all the same. */
    @Test
    void whileItEndsItIsNotServingButAnswers() throws Exception {
        try (RegistryServer ending = RegistryServer.start(registry, OPTIONS.withDrain(Duration.ofSeconds(8)));
                RegistryClient caller = new RegistryClient(ending.grpcPort().orElseThrow())) {
            CompletableFuture<Void> closed = CompletableFuture.runAsync(ending::close);
            HealthCheckResponse.ServingStatus health = Await.until(
                    "it says that it ends",
                    () -> ClientCalls.blockingUnaryCall(
                                    caller.channel(),
                                    HealthGrpc.getCheckMethod(),
                                    CallOptions.DEFAULT,
                                    HealthCheckRequest.getDefaultInstance())
                            .getStatus(),
                    status -> status != HealthCheckResponse.ServingStatus.SERVING);
            assertThat(health).isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
            assertThat(caller.entities(ListEntitiesRequest.newBuilder()
                                    .setProject(PROJECT)
                                    .build())
                            .getEntitiesList())
                    .isEmpty();
            closed.get(60, TimeUnit.SECONDS);
        }
    }

    @Nested
    class Objects {
        @Test
        void areGivenBackWithTheirProjectAndTimes() {
            client.apply(PROJECT, entity("driver"));
            Entity stored = get("driver");
            assertThat(stored.getSpec())
                    .isEqualTo(entity("driver").getSpec().toBuilder()
                            .setProject(PROJECT)
                            .build());
            assertThat(stored.getMeta().getCreatedTimestamp().getSeconds()).isPositive();
            assertThat(registry.load(PROJECT, Optional.empty()).entities()).containsOnlyKeys("driver");
            assertThat(registry.stored().getProjectsList())
                    .extracting(project -> project.getSpec().getName())
                    .containsExactly(PROJECT);
        }

        @Test
        void keepTheirCreationTimeWhenReplacedAndMoveToTheEnd() {
            client.apply(PROJECT, entity("driver"));
            client.apply(PROJECT, entity("rider"));
            Entity before = get("driver");
            Entity.Builder changed = entity("driver").toBuilder();
            changed.getSpecBuilder().setDescription("who drives");
            client.apply(PROJECT, changed.build());
            Entity after = get("driver");
            assertThat(after.getSpec().getDescription()).isEqualTo("who drives");
            assertThat(after.getMeta().getCreatedTimestamp())
                    .isEqualTo(before.getMeta().getCreatedTimestamp());
            assertThat(after.getMeta().getLastUpdatedTimestamp())
                    .isNotEqualTo(before.getMeta().getLastUpdatedTimestamp());
            assertThat(entityNames()).containsExactly("rider", "driver");
        }

        @Test
        void thatSayWhatIsStoredChangeNothing() {
            client.apply(PROJECT, entity("driver"));
            String version = registry.stored().getVersionId();
            client.apply(PROJECT, entity("driver"));
            assertThat(registry.stored().getVersionId()).isEqualTo(version);
        }

        @Test
        void keepWhatThisServerHasNoNameFor() {
            UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                    .addField(
                            900,
                            UnknownFieldSet.Field.newBuilder()
                                    .addLengthDelimited(ByteString.copyFromUtf8("of a newer Feast"))
                                    .build())
                    .build();
            Entity.Builder strange = entity("driver").toBuilder();
            strange.getSpecBuilder().setUnknownFields(unknown);
            client.apply(PROJECT, strange.build());
            client.apply(PROJECT, entity("rider"));
            client.apply(PROJECT, view("stats", "trips"));
            assertThat(get("driver").getSpec().getUnknownFields()).isEqualTo(unknown);
        }

        @Test
        void ofSourcesGetTheClassFeastReadsThemBy() {
            DataSource source = DataSource.newBuilder()
                    .setName("stats")
                    .setType(DataSource.SourceType.BATCH_FILE)
                    .build();
            client.call(
                    "ApplyDataSource",
                    ApplyDataSourceRequest.newBuilder()
                            .setProject(PROJECT)
                            .setDataSource(source)
                            .build(),
                    EMPTY);
            DataSource stored = client.call(
                    "GetDataSource",
                    GetDataSourceRequest.newBuilder()
                            .setProject(PROJECT)
                            .setName("stats")
                            .build(),
                    DataSource.getDefaultInstance());
            assertThat(stored.getDataSourceClassType()).isEqualTo("feast.infra.offline_stores.file_source.FileSource");
        }

        @Test
        void areDeletedOnce() {
            client.apply(PROJECT, entity("driver"));
            DeleteEntityRequest request = DeleteEntityRequest.newBuilder()
                    .setProject(PROJECT)
                    .setName("driver")
                    .build();
            client.call("DeleteEntity", request, EMPTY);
            assertThat(entityNames()).isEmpty();
            assertFails(
                    () -> client.call("DeleteEntity", request, EMPTY),
                    Status.Code.NOT_FOUND,
                    "EntityNotFoundException",
                    "Entity driver does not exist in project rides");
        }

        @Test
        void withoutANameOrAProjectAreRefused() {
            assertFails(
                    () -> client.apply(PROJECT, entity("")),
                    Status.Code.INVALID_ARGUMENT,
                    "FeastError",
                    "needs a name");
            assertFails(
                    () -> client.apply("", entity("driver")),
                    Status.Code.INVALID_ARGUMENT,
                    "FeastError",
                    "which project");
            assertThat(Files.exists(file())).isFalse();
        }
    }

    /** What Feast's clients would fail at whenever they list the project. */
    @Nested
    class Unreadable {
        private void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable apply, String text) {
            assertFails(apply, Status.Code.INVALID_ARGUMENT, "FeastError", text);
            assertThat(Files.exists(file())).isFalse();
        }

        private void apply(DataSource.Builder source) {
            client.call(
                    "ApplyDataSource",
                    ApplyDataSourceRequest.newBuilder()
                            .setProject(PROJECT)
                            .setDataSource(source)
                            .build(),
                    EMPTY);
        }

        private void apply(Permission.Builder permission) {
            client.call(
                    "ApplyPermission",
                    ApplyPermissionRequest.newBuilder()
                            .setProject(PROJECT)
                            .setPermission(permission)
                            .build(),
                    EMPTY);
        }

        @Test
        void entitiesOfATypeThereIsNotAreRefused() {
            Entity.Builder strange = entity("driver").toBuilder();
            strange.getSpecBuilder().setValueTypeValue(99);
            assertRefused(
                    () -> client.apply(PROJECT, strange.build()),
                    "Entity 'driver' has the value_type 99 at spec.value_type, which is none of"
                            + " feast.types.ValueType.Enum: it must be 0 to 8, or 11 to 48");
        }

        @Test
        void featuresOfATypeThereIsNotAreRefusedWhereverTheyAre() {
            FeatureView.Builder strange = view("stats", "trips", "rating").toBuilder();
            strange.getSpecBuilder().getFeaturesBuilder(1).setValueTypeValue(9);
            assertRefused(
                    () -> client.apply(PROJECT, strange.build()),
                    "Feature view 'stats' has the value_type 9 at spec.features[1].value_type");
        }

        @Test
        void sourcesOfATypeThereIsNotAreRefusedWhereverTheyAre() {
            assertRefused(
                    () -> apply(DataSource.newBuilder().setName("stats").setTypeValue(99)),
                    "Data source 'stats' has the type 99 at type, which is none of feast.core.DataSource.SourceType:"
                            + " it must be 0 to 13");
            assertRefused(
                    () -> apply(DataSource.newBuilder().setName("stats")),
                    "neither a type nor a data_source_class_type");
            FeatureView.Builder view = view("stats", "trips").toBuilder();
            view.getSpecBuilder().getBatchSourceBuilder().setTypeValue(99);
            assertRefused(() -> client.apply(PROJECT, view.build()), "type 99 at spec.batch_source.type");
        }

        @Test
        void viewsThatNoReferenceCanNameAreRefused() {
            assertRefused(() -> client.apply(PROJECT, view("a:b", "trips")), "'a:b' must contain neither '@' nor ':'");
            OnDemandFeatureView.Builder computed = OnDemandFeatureView.newBuilder();
            computed.getSpecBuilder().setName("a@v1");
            assertRefused(
                    () -> client.call(
                            "ApplyFeatureView",
                            ApplyFeatureViewRequest.newBuilder()
                                    .setProject(PROJECT)
                                    .setOnDemandFeatureView(computed)
                                    .build(),
                            EMPTY),
                    "on demand feature view 'a@v1'");
            assertRefused(() -> client.apply(PROJECT, entity(" ")), "needs a name");
        }

        @Test
        void featureViewsWithoutASourceAreTaken() {
            FeatureView.Builder bare = view("stats", "trips").toBuilder();
            bare.getSpecBuilder().clearBatchSource();
            client.apply(PROJECT, bare.build());
            assertThat(client.featureView(PROJECT, "stats").getSpec().hasBatchSource())
                    .isFalse();
        }

        @Test
        void permissionsWhosePatternsAreNoneAreRefused() {
            Permission.Builder permission = Permission.newBuilder();
            permission
                    .getSpecBuilder()
                    .setName("readers")
                    .addNamePatterns("stats_.*")
                    .addNamePatterns("[");
            assertRefused(() -> apply(permission), "Permission 'readers' has '[' among its name_patterns");
        }

        @Test
        void whatFeastsClientSendsIsTaken() {
            Entity.Builder dummy = Entity.newBuilder();
            dummy.getSpecBuilder().setName("__dummy").setJoinKey("__dummy_id");
            client.apply(PROJECT, dummy.build());
            FeatureView.Builder images = view("images", "small", "large").toBuilder();
            images.getSpecBuilder().getFeaturesBuilder(0).setValueTypeValue(30);
            images.getSpecBuilder().getFeaturesBuilder(1).setValueTypeValue(31);
            client.apply(PROJECT, images.build());
            FeatureView.Builder derived = view("derived", "trips").toBuilder();
            derived.getSpecBuilder()
                    .clearBatchSource()
                    .addSourceViews(view("images", "small").getSpec());
            client.apply(PROJECT, derived.build());
            apply(DataSource.newBuilder().setName("own").setDataSourceClassType("my.Source"));
            Permission.Builder permission = Permission.newBuilder();
            permission.getSpecBuilder().setName("readers").addNamePatterns("(?P<team>rides)_.*");
            apply(permission);
            assertThat(registry.stored().getFeatureViewsCount()).isEqualTo(2);
            assertThat(registry.stored().getPermissionsCount()).isEqualTo(1);
        }

        @Test
        void whatANewerFeastAddedIsTaken() {
            UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                    .addField(
                            900, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build();
            FeatureView.Builder view = view("stats", "trips").toBuilder();
            view.getSpecBuilder().clearBatchSource().setUnknownFields(unknown);
            client.apply(PROJECT, view.build());
            Permission.Builder permission = Permission.newBuilder();
            permission.getSpecBuilder().setName("readers").addActionsValue(99).addTypesValue(99);
            apply(permission);
            assertThat(registry.stored().getFeatureViews(0).getSpec().getUnknownFields())
                    .isEqualTo(unknown);
            assertThat(registry.stored().getPermissions(0).getSpec().getActionsValue(0))
                    .isEqualTo(99);
        }
    }

    @Nested
    class Views {
        @Test
        void keepTheirPlaceAndVersionWhereTheSchemaStays() {
            client.apply(PROJECT, view("stats", "trips"));
            client.apply(PROJECT, view("others", "trips"));
            FeatureView.Builder described = view("stats", "trips").toBuilder();
            described.getSpecBuilder().setDescription("of drivers");
            client.apply(PROJECT, described.build());
            assertThat(registry.stored().getFeatureViewsList())
                    .extracting(view -> view.getSpec().getName())
                    .containsExactly("stats", "others");
            assertThat(registry.stored().getFeatureViewVersionHistory().getRecordsList())
                    .hasSize(2);
        }

        @Test
        void getOneMoreVersionWithEachSchema() {
            client.apply(PROJECT, view("stats", "trips"));
            client.apply(PROJECT, view("stats", "trips", "rating"));
            assertThat(client.featureView(PROJECT, "stats").getMeta().getCurrentVersionNumber())
                    .isEqualTo(1);
            assertThat(registry.stored().getFeatureViewVersionHistory().getRecordsList())
                    .extracting(version -> version.getVersionNumber())
                    .containsExactly(0, 1);
        }

        @Test
        void pinnedToAnOldVersionAreThatVersionAgain() {
            client.apply(PROJECT, view("stats", "trips"));
            client.apply(PROJECT, view("stats", "trips", "rating"));
            FeatureView.Builder pinned = view("stats", "trips", "rating").toBuilder();
            pinned.getSpecBuilder().setVersion("v0");
            client.apply(PROJECT, pinned.build());
            FeatureView active = client.featureView(PROJECT, "stats");
            assertThat(active.getSpec().getFeaturesList()).hasSize(1);
            assertThat(active.getSpec().getVersion()).isEqualTo("v0");
            FeatureView.Builder both = view("stats", "trips", "else").toBuilder();
            both.getSpecBuilder().setVersion("v1");
            assertFails(
                    () -> client.apply(PROJECT, both.build()),
                    Status.Code.INVALID_ARGUMENT,
                    "FeastError",
                    "pinned to version 1");
            assertThat(client.featureView(PROJECT, "stats")).isEqualTo(active);
        }

        @Test
        void keepWindowsThatAClientHasNotSeen() {
            client.apply(PROJECT, view("stats", "trips"));
            client.call(
                    "ApplyMaterialization",
                    ApplyMaterializationRequest.newBuilder()
                            .setProject(PROJECT)
                            .setFeatureView(view("stats", "trips"))
                            .setStartDate(Timestamp.newBuilder().setSeconds(10))
                            .setEndDate(Timestamp.newBuilder().setSeconds(20))
                            .build(),
                    EMPTY);
            client.apply(PROJECT, view("stats", "trips", "rating"));
            FeatureView stored = client.featureView(PROJECT, "stats");
            assertThat(stored.getMeta().getMaterializationIntervalsList()).hasSize(1);
            assertThat(stored.getMeta().getState()).isEqualTo(FeatureViewState.AVAILABLE_ONLINE);
        }

        @Test
        void shareTheirNamesAcrossKinds() {
            client.apply(PROJECT, view("stats", "trips"));
            OnDemandFeatureView.Builder clash = OnDemandFeatureView.newBuilder();
            clash.getSpecBuilder().setName("stats");
            ApplyFeatureViewRequest request = ApplyFeatureViewRequest.newBuilder()
                    .setProject(PROJECT)
                    .setOnDemandFeatureView(clash)
                    .build();
            assertFails(
                    () -> client.call("ApplyFeatureView", request, EMPTY),
                    Status.Code.INVALID_ARGUMENT,
                    "ConflictingFeatureViewNames",
                    "'stats' is taken by a feature view");
        }

        @Test
        void ofEveryKindAreFoundByNameAndDeletedWithTheirVersions() {
            OnDemandFeatureView.Builder onDemand = OnDemandFeatureView.newBuilder();
            onDemand.getSpecBuilder().setName("computed");
            StreamFeatureView.Builder stream = StreamFeatureView.newBuilder();
            stream.getSpecBuilder().setName("streamed");
            LabelView.Builder label = LabelView.newBuilder();
            label.getSpecBuilder().setName("labelled");
            client.apply(PROJECT, view("plain", "trips"));
            for (ApplyFeatureViewRequest.Builder request : List.of(
                    ApplyFeatureViewRequest.newBuilder().setOnDemandFeatureView(onDemand),
                    ApplyFeatureViewRequest.newBuilder().setStreamFeatureView(stream),
                    ApplyFeatureViewRequest.newBuilder().setLabelView(label))) {
                client.call("ApplyFeatureView", request.setProject(PROJECT).build(), EMPTY);
            }
            assertThat(any("plain").hasFeatureView()).isTrue();
            assertThat(any("computed").hasOnDemandFeatureView()).isTrue();
            assertThat(any("streamed").hasStreamFeatureView()).isTrue();
            assertThat(any("labelled").hasLabelView()).isTrue();
            ListAllFeatureViewsResponse all = client.call(
                    "ListAllFeatureViews",
                    ListAllFeatureViewsRequest.newBuilder().setProject(PROJECT).build(),
                    ListAllFeatureViewsResponse.getDefaultInstance());
            assertThat(all.getFeatureViewsList()).hasSize(3);
            for (String name : List.of("plain", "computed", "streamed", "labelled")) {
                client.call(
                        "DeleteFeatureView",
                        DeleteFeatureViewRequest.newBuilder()
                                .setProject(PROJECT)
                                .setName(name)
                                .build(),
                        EMPTY);
            }
            assertThat(registry.load(PROJECT, Optional.empty()).views()).isEmpty();
            assertThat(registry.stored().getFeatureViewVersionHistory().getRecordsList())
                    .isEmpty();
        }

        private AnyFeatureView any(String name) {
            return client.call(
                            "GetAnyFeatureView",
                            GetAnyFeatureViewRequest.newBuilder()
                                    .setProject(PROJECT)
                                    .setName(name)
                                    .build(),
                            GetAnyFeatureViewResponse.getDefaultInstance())
                    .getAnyFeatureView();
        }
    }

    @Nested
    class Lists {
        @BeforeEach
        void fill() {
            for (String name : List.of("d", "b", "e", "a", "c")) {
                Entity.Builder entity = entity(name).toBuilder();
                entity.getSpecBuilder().putTags("vowel", Boolean.toString("ae".contains(name)));
                client.apply(PROJECT, entity.build());
            }
        }

        private ListEntitiesResponse list(ListEntitiesRequest.Builder request) {
            return client.entities(request.setProject(PROJECT).build());
        }

        private static List<String> names(ListEntitiesResponse response) {
            return response.getEntitiesList().stream()
                    .map(entity -> entity.getSpec().getName())
                    .toList();
        }

        @Test
        void withoutPagesAreWhole() {
            ListEntitiesResponse all = list(ListEntitiesRequest.newBuilder());
            assertThat(names(all)).containsExactly("d", "b", "e", "a", "c");
            assertThat(all.getPagination())
                    .isEqualTo(PaginationMetadata.newBuilder()
                            .setTotalCount(5)
                            .setTotalPages(1)
                            .build());
        }

        @Test
        void haveWhatHasEveryTag() {
            assertThat(names(list(ListEntitiesRequest.newBuilder()
                            .putTags("team", "rides")
                            .putTags("vowel", "true"))))
                    .containsExactly("e", "a");
            assertThat(names(list(ListEntitiesRequest.newBuilder().putTags("vowel", "maybe"))))
                    .isEmpty();
        }

        @Test
        void areSortedAndCutInPages() {
            ListEntitiesResponse page = list(ListEntitiesRequest.newBuilder()
                    .setSorting(SortingParams.newBuilder().setSortBy("name").setSortOrder("DESC"))
                    .setPagination(PaginationParams.newBuilder().setPage(2).setLimit(2)));
            assertThat(names(page)).containsExactly("c", "b");
            assertThat(page.getPagination())
                    .isEqualTo(PaginationMetadata.newBuilder()
                            .setPage(2)
                            .setLimit(2)
                            .setTotalCount(5)
                            .setTotalPages(3)
                            .setHasNext(true)
                            .setHasPrevious(true)
                            .build());
            assertThat(names(list(ListEntitiesRequest.newBuilder()
                            .setPagination(
                                    PaginationParams.newBuilder().setPage(9).setLimit(2)))))
                    .isEmpty();
        }

        @Test
        void areSortedByTimeToo() {
            assertThat(names(list(ListEntitiesRequest.newBuilder()
                            .setSorting(SortingParams.newBuilder().setSortBy("meta.created_timestamp")))))
                    .containsExactly("d", "b", "e", "a", "c");
        }

        @Test
        void cannotBeSortedByWhatIsNotThere() {
            assertFails(
                    () -> list(ListEntitiesRequest.newBuilder()
                            .setSorting(SortingParams.newBuilder().setSortBy("color"))),
                    Status.Code.INVALID_ARGUMENT,
                    "FeastError",
                    "have no such field");
        }

        @Test
        void ofAProjectNobodyKnowsAreEmpty() {
            ListEntitiesResponse none = client.entities(
                    ListEntitiesRequest.newBuilder().setProject("nobody").build());
            assertThat(none.getEntitiesList()).isEmpty();
            assertThat(none.getPagination()).isEqualTo(PaginationMetadata.getDefaultInstance());
        }
    }

    static Stream<Arguments> missing() {
        return Stream.of(
                Arguments.of(
                        "GetEntity",
                        GetEntityRequest.newBuilder()
                                .setName("x")
                                .setProject(PROJECT)
                                .build(),
                        Entity.getDefaultInstance(),
                        "EntityNotFoundException"),
                Arguments.of(
                        "GetDataSource",
                        GetDataSourceRequest.newBuilder()
                                .setName("x")
                                .setProject(PROJECT)
                                .build(),
                        DataSource.getDefaultInstance(),
                        "DataSourceObjectNotFoundException"),
                Arguments.of(
                        "GetFeatureView",
                        GetFeatureViewRequest.newBuilder()
                                .setName("x")
                                .setProject(PROJECT)
                                .build(),
                        FeatureView.getDefaultInstance(),
                        "FeatureViewNotFoundException"),
                Arguments.of(
                        "GetStreamFeatureView",
                        GetStreamFeatureViewRequest.newBuilder()
                                .setName("x")
                                .setProject(PROJECT)
                                .build(),
                        StreamFeatureView.getDefaultInstance(),
                        "FeatureViewNotFoundException"),
                Arguments.of(
                        "GetOnDemandFeatureView",
                        GetOnDemandFeatureViewRequest.newBuilder()
                                .setName("x")
                                .setProject(PROJECT)
                                .build(),
                        OnDemandFeatureView.getDefaultInstance(),
                        "OnDemandFeatureViewNotFoundException"),
                Arguments.of(
                        "GetLabelView",
                        GetLabelViewRequest.newBuilder()
                                .setName("x")
                                .setProject(PROJECT)
                                .build(),
                        LabelView.getDefaultInstance(),
                        "FeatureViewNotFoundException"),
                Arguments.of(
                        "GetAnyFeatureView",
                        GetAnyFeatureViewRequest.newBuilder()
                                .setName("x")
                                .setProject(PROJECT)
                                .build(),
                        GetAnyFeatureViewResponse.getDefaultInstance(),
                        "FeatureViewNotFoundException"),
                Arguments.of(
                        "GetFeatureService",
                        GetFeatureServiceRequest.newBuilder()
                                .setName("x")
                                .setProject(PROJECT)
                                .build(),
                        FeatureService.getDefaultInstance(),
                        "FeatureServiceNotFoundException"),
                Arguments.of(
                        "GetSavedDataset",
                        GetSavedDatasetRequest.newBuilder()
                                .setName("x")
                                .setProject(PROJECT)
                                .build(),
                        SavedDataset.getDefaultInstance(),
                        "SavedDatasetNotFound"),
                Arguments.of(
                        "GetValidationReference",
                        GetValidationReferenceRequest.newBuilder()
                                .setName("x")
                                .setProject(PROJECT)
                                .build(),
                        ValidationReference.getDefaultInstance(),
                        "ValidationReferenceNotFound"),
                Arguments.of(
                        "GetPermission",
                        GetPermissionRequest.newBuilder()
                                .setName("x")
                                .setProject(PROJECT)
                                .build(),
                        Permission.getDefaultInstance(),
                        "PermissionObjectNotFoundException"),
                Arguments.of(
                        "GetProject",
                        GetProjectRequest.newBuilder().setName("x").build(),
                        Project.getDefaultInstance(),
                        "ProjectObjectNotFoundException"),
                Arguments.of(
                        "GetFeature",
                        GetFeatureRequest.newBuilder()
                                .setName("x")
                                .setFeatureView("y")
                                .setProject(PROJECT)
                                .build(),
                        Feature.getDefaultInstance(),
                        "FeastObjectNotFoundException"));
    }

    @ParameterizedTest
    @MethodSource("missing")
    void whatIsMissingHasAClassOfFeast(String method, Message request, Message answer, String feastClass) {
        client.apply(PROJECT, entity("driver"));
        assertFails(() -> client.call(method, request, answer), Status.Code.NOT_FOUND, feastClass, "x does not exist");
    }

    @Nested
    class Projects {
        @Test
        void areDeletedWithAllThatIsTheirs() {
            client.apply(PROJECT, entity("driver"));
            client.apply("bank", entity("account"));
            client.call(
                    "DeleteProject",
                    DeleteProjectRequest.newBuilder().setName(PROJECT).build(),
                    EMPTY);
            assertThat(registry.projects()).containsExactly("bank");
            assertFails(
                    () -> client.call(
                            "DeleteProject",
                            DeleteProjectRequest.newBuilder().setName(PROJECT).build(),
                            EMPTY),
                    Status.Code.NOT_FOUND,
                    "ProjectObjectNotFoundException",
                    "Project rides does not exist");
        }

        @Test
        void areAppliedByThemselves() {
            Project.Builder project = Project.newBuilder();
            project.getSpecBuilder().setName(PROJECT).setOwner("me");
            client.call(
                    "ApplyProject",
                    ApplyProjectRequest.newBuilder().setProject(project).build(),
                    EMPTY);
            client.apply(PROJECT, entity("driver"));
            assertThat(registry.stored().getProjectsList())
                    .extracting(stored -> stored.getSpec().getOwner())
                    .containsExactly("me");
            assertThat(registry.stored().getProjectMetadataList()).hasSize(1);
        }
    }

    @Nested
    class Writers {
        @Test
        void ofTwoServersLoseNothing() throws Exception {
            int writers = 8;
            int each = 15;
            FileRegistry sameFile = new FileRegistry(file(), false, InstantSource.system());
            try (RegistryServer second = RegistryServer.start(sameFile, OPTIONS);
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Callable<Integer>> tasks = new ArrayList<>();
                for (int i = 0; i < writers; i++) {
                    int writer = i;
                    int port = (i % 2 == 0 ? server : second).grpcPort().orElseThrow();
                    tasks.add(() -> {
                        try (RegistryClient own = new RegistryClient(port)) {
                            for (int j = 0; j < each; j++) {
                                own.apply(PROJECT, entity("e_%d_%d".formatted(writer, j)));
                            }
                        }
                        return each;
                    });
                }
                for (Future<Integer> done : threads.invokeAll(tasks)) {
                    assertThat(done.get()).isEqualTo(each);
                }
            }
            assertThat(entityNames())
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, writers)
                            .boxed()
                            .flatMap(writer -> IntStream.range(0, each).mapToObj(j -> "e_%d_%d".formatted(writer, j)))
                            .toList());
        }
    }

    @Nested
    class WholeRegistries {
        @Test
        void areTheFilesBytes() throws IOException {
            client.apply(PROJECT, entity("driver"));
            client.apply("bank", entity("account"));
            Registry whole = client.call("Proto", EMPTY, Registry.getDefaultInstance());
            assertThat(whole).isEqualTo(Registry.parseFrom(Files.readAllBytes(file())));
        }

        @Test
        void areNeitherCommittedNorRefreshedByHand() {
            client.call("Commit", EMPTY, EMPTY);
            client.call(
                    "Refresh", RefreshRequest.newBuilder().setProject("None").build(), EMPTY);
            assertThat(Files.exists(file())).isFalse();
        }

        @Test
        void thatAreBrokenAreLeftAsTheyAre() throws IOException {
            byte[] garbage = "this is no registry".getBytes(StandardCharsets.UTF_8);
            Files.write(file(), garbage);
            assertFails(
                    () -> client.apply(PROJECT, entity("driver")),
                    Status.Code.INTERNAL,
                    "FeastError",
                    "holds no registry");
            assertThat(Files.readAllBytes(file())).isEqualTo(garbage);
        }

        @Test
        void tellWhatIsMadeOfWhat() {
            client.apply(PROJECT, view("stats", "trips"));
            GetObjectRelationshipsResponse about = client.call(
                    "GetObjectRelationships",
                    GetObjectRelationshipsRequest.newBuilder()
                            .setProject(PROJECT)
                            .setObjectType("entity")
                            .setObjectName("driver")
                            .build(),
                    GetObjectRelationshipsResponse.getDefaultInstance());
            assertThat(about.getRelationshipsList())
                    .containsExactly(EntityRelation.newBuilder()
                            .setSource(EntityReference.newBuilder()
                                    .setType("entity")
                                    .setName("driver"))
                            .setTarget(EntityReference.newBuilder()
                                    .setType("featureView")
                                    .setName("stats"))
                            .build());
        }
    }

    @Nested
    class Parts {
        private LoadResponse load(String known) {
            return client.call(
                    "manciple.registry.ProjectParts",
                    "Load",
                    LoadRequest.newBuilder()
                            .setProject(PROJECT)
                            .setKnownVersion(known)
                            .build(),
                    LoadResponse.getDefaultInstance());
        }

        private String commit(String base, Registry part) {
            return client.call(
                            "manciple.registry.ProjectParts",
                            "Commit",
                            CommitRequest.newBuilder()
                                    .setProject(PROJECT)
                                    .setBaseVersion(base)
                                    .setPart(part)
                                    .build(),
                            CommitResponse.getDefaultInstance())
                    .getVersion();
        }

        @Test
        void areLoadedOnceAndCommittedWhole() {
            assertThat(load("")).isEqualTo(LoadResponse.getDefaultInstance());
            client.apply("bank", entity("account"));
            client.apply(PROJECT, entity("driver"));
            LoadResponse first = load("");
            assertThat(first.getPart().getEntitiesList()).hasSize(1);
            assertThat(load(first.getVersion()).hasPart()).isFalse();
            String next = commit(
                    first.getVersion(),
                    first.getPart().toBuilder().clearEntities().build());
            assertThat(load(next).hasPart()).isFalse();
            assertThat(entityNames()).isEmpty();
            assertThat(registry.load("bank", Optional.empty()).entities()).containsOnlyKeys("account");
        }

        @Test
        void madeOfAnOldVersionAreRefused() {
            client.apply(PROJECT, entity("driver"));
            LoadResponse old = load("");
            client.apply(PROJECT, entity("rider"));
            assertFails(
                    () -> commit(old.getVersion(), old.getPart()),
                    Status.Code.ABORTED,
                    "FeastError",
                    "changed since it was read");
            assertThat(entityNames()).containsExactly("driver", "rider");
        }

        @Test
        void withObjectsOfOthersAreRefused() {
            Entity.Builder foreign = entity("account").toBuilder();
            foreign.getSpecBuilder().setProject("bank");
            assertFails(
                    () -> commit("", Registry.newBuilder().addEntities(foreign).build()),
                    Status.Code.INVALID_ARGUMENT,
                    "FeastError",
                    "of project 'bank'");
        }

        @Test
        void withWhatNobodyCouldReadAreRefusedUnlessItIsStoredAlready() {
            Registry.Builder part = Registry.newBuilder();
            part.addProjectsBuilder().getSpecBuilder().setName(PROJECT);
            part.addEntities(entity("driver"))
                    .getEntitiesBuilder(0)
                    .getSpecBuilder()
                    .setProject(PROJECT);
            Registry.Builder unreadable = part.clone();
            unreadable.getEntitiesBuilder(0).getSpecBuilder().setValueTypeValue(99);
            assertFails(
                    () -> commit("", unreadable.build()), Status.Code.INVALID_ARGUMENT, "FeastError", "value_type 99");
            registry.update("another writer's mistake", stored -> unreadable.build());
            LoadResponse stored = load("");
            Registry.Builder more = stored.getPart().toBuilder().addEntities(entity("rider"));
            more.getEntitiesBuilder(1).getSpecBuilder().setProject(PROJECT);
            commit(stored.getVersion(), more.build());
            assertThat(entityNames()).containsExactly("driver", "rider");
        }

        @Test
        void mayBeLarge() {
            Registry.Builder part = Registry.newBuilder();
            part.addProjectsBuilder().getSpecBuilder().setName(PROJECT);
            String text = "x".repeat(100_000);
            for (int i = 0; i < 50; i++) {
                Entity.Builder large = entity("e" + i).toBuilder();
                large.getSpecBuilder().setProject(PROJECT).setDescription(text);
                part.addEntities(large);
            }
            commit("", part.build());
            assertThat(load("").getPart().getEntitiesList()).hasSize(50);
        }
    }

    @Nested
    class Wire {
        /** Sends bytes as they are. */
        private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(byte[] value) {
                return new ByteArrayInputStream(value);
            }

            @Override
            public byte[] parse(InputStream stream) {
                try {
                    return stream.readAllBytes();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        };

        @Test
        void garbageIsRefusedAndTheServerGoesOn() {
            MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("feast.registry.RegistryServer/ApplyEntity")
                    .setRequestMarshaller(BYTES)
                    .setResponseMarshaller(BYTES)
                    .build();
            for (int i = 0; i < 20; i++) {
                byte[] garbage = new byte[] {(byte) 0x0a, (byte) 0xff, (byte) 0xff, (byte) i};
                assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                                client.channel(),
                                method,
                                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                                garbage))
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                failure -> assertThat(failure.getStatus().getCode())
                                        .isEqualTo(Status.Code.INVALID_ARGUMENT));
            }
            client.apply(PROJECT, entity("driver"));
            assertThat(entityNames()).containsExactly("driver");
        }

        @Test
        void tellsItsHealthAndItsServices() throws Exception {
            HealthCheckResponse health =
                    HealthGrpc.newBlockingStub(client.channel()).check(HealthCheckRequest.getDefaultInstance());
            assertThat(health.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
            CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
            StreamObserver<ServerReflectionRequest> questions = ServerReflectionGrpc.newStub(client.channel())
                    .serverReflectionInfo(new StreamObserver<>() {
                        @Override
                        public void onNext(ServerReflectionResponse response) {
                            answer.complete(response);
                        }

                        @Override
                        public void onError(Throwable failure) {
                            answer.completeExceptionally(failure);
                        }

                        @Override
                        public void onCompleted() {}
                    });
            questions.onNext(ServerReflectionRequest.newBuilder()
                    .setFileContainingSymbol("feast.registry.RegistryServer")
                    .build());
            assertThat(answer.get(20, TimeUnit.SECONDS)
                            .getFileDescriptorResponse()
                            .getFileDescriptorProtoList())
                    .isNotEmpty();
            questions.onCompleted();
        }
    }

    @Test
    void tellsItsServicesToClientsThatKnowOnlyTheOlderReflection() throws Exception {
        CompletableFuture<io.grpc.reflection.v1alpha.ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<io.grpc.reflection.v1alpha.ServerReflectionRequest> questions =
                io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(client.channel())
                        .serverReflectionInfo(new StreamObserver<>() {
                            @Override
                            public void onNext(io.grpc.reflection.v1alpha.ServerReflectionResponse response) {
                                answer.complete(response);
                            }

                            @Override
                            public void onError(Throwable failure) {
                                answer.completeExceptionally(failure);
                            }

                            @Override
                            public void onCompleted() {}
                        });
        questions.onNext(io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
                .setListServices("")
                .build());
        assertThat(answer.get(20, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
                .extracting(io.grpc.reflection.v1alpha.ServiceResponse::getName)
                .contains(
                        "feast.registry.RegistryServer",
                        "grpc.reflection.v1.ServerReflection",
                        "grpc.reflection.v1alpha.ServerReflection");
        questions.onCompleted();
    }

    @Test
    void tellsItsRequests() throws Exception {
        Commons commons = Commons.of(AccessControl.open());
        try (RegistryServer told = RegistryServer.start(registry, commons, OPTIONS);
                RegistryClient caller = new RegistryClient(told.grpcPort().orElseThrow())) {
            caller.apply(PROJECT, entity("driver"));
            assertThatThrownBy(() -> caller.featureView(PROJECT, "none")).isInstanceOf(StatusRuntimeException.class);
            // A call is told of a moment after its answer has arrived.
            String metrics = Await.until(
                    "the call is counted",
                    () -> commons.metrics().text(),
                    text -> text.contains("GetFeatureView\",status="));
            assertThat(metrics)
                    .contains("{endpoint=\"feast.registry.RegistryServer/ApplyEntity\",status=\"0\"} 1")
                    .contains("{endpoint=\"feast.registry.RegistryServer/GetFeatureView\",status=\"5\"} 1")
                    .contains("manciple_requests_running{server=\"registry\"}");
        }
    }

    @Nested
    class Rest {
        private HttpResponse<String> get(String path) throws IOException, InterruptedException {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/v1%s"
                                    .formatted(server.restPort().orElseThrow(), path)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }

        private HttpResponse<String> send(String method, String path, String body)
                throws IOException, InterruptedException {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/v1%s"
                                    .formatted(server.restPort().orElseThrow(), path)))
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }

        /** As a tree, without the times of day. */
        private JsonNode tree(HttpResponse<String> answer) {
            assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
            return JsonMapper.shared()
                    .readTree(answer.body()
                            .replaceAll("\"(createdTimestamp|lastUpdatedTimestamp)\":\"[^\"]*\"", "\"$1\":\"T\""));
        }

        private void assertJson(HttpResponse<String> answer, String expected) {
            assertThat(tree(answer)).isEqualTo(JsonMapper.shared().readTree(expected));
        }

        @BeforeEach
        void fill() {
            client.apply(PROJECT, entity("driver"));
            client.apply(PROJECT, entity("rider"));
            client.apply(PROJECT, view("stats", "trips"));
            client.apply("bank", entity("account"));
        }

        @Test
        void listsObjects() throws Exception {
            HttpResponse<String> answer = get("/entities?project=rides&sort_by=name&sort_order=desc&page=1&limit=1");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body())
                    .contains("\"name\":\"rider\"")
                    .doesNotContain("driver")
                    .contains(
                            "\"pagination\":{\"page\":1,\"limit\":1,\"totalCount\":2,\"totalPages\":2,\"hasNext\":true}");
        }

        @Test
        void listsViewsWithTheirKindAndRelationships() throws Exception {
            HttpResponse<String> answer = get("/feature_views?project=rides&include_relationships=true&entity=driver");
            assertThat(answer.body())
                    .contains("\"type\":\"featureView\"")
                    .contains("\"relationships\":{\"stats\":[")
                    .contains(
                            "{\"source\":{\"type\":\"entity\",\"name\":\"driver\"},\"target\":{\"type\":\"featureView\",\"name\":\"stats\"}}");
            assertThat(get("/feature_views?project=rides&entity=nobody").body()).contains("\"featureViews\":[]");
        }

        @Test
        void listsAcrossProjects() throws Exception {
            assertThat(get("/entities/all").body())
                    .contains("\"project\":\"bank\"")
                    .contains("\"project\":\"rides\"")
                    .contains("\"totalCount\":3");
        }

        @Test
        void givesOneObject() throws Exception {
            assertThat(get("/entities/driver?project=rides").body()).contains("\"joinKey\":\"driver_id\"");
            assertThat(get("/features/stats/trips?project=rides").body()).contains("\"featureView\":\"stats\"");
            assertThat(get("/projects/rides").body()).contains("\"name\":\"rides\"");
        }

        @Test
        void namesTypesOfFeaturesAsDefinitionsDo() throws Exception {
            FeatureView.Builder typed = view("typed").toBuilder();
            typed.getSpecBuilder()
                    .setOwner("ann")
                    .addFeatures(FeatureSpecV2.newBuilder().setName("rate").setValueType(ValueType.Enum.DOUBLE))
                    .addFeatures(FeatureSpecV2.newBuilder().setName("rates").setValueType(ValueType.Enum.DOUBLE_LIST))
                    .addFeatures(FeatureSpecV2.newBuilder()
                            .setName("place")
                            .setValueType(ValueType.Enum.STRUCT)
                            .putTags("feast:struct_schema", "{\"x\": \"FLOAT32\", \"names\": \"Array(STRING)\"}")
                            .putTags("team", "maps"))
                    .addFeatures(FeatureSpecV2.newBuilder().setName("untyped"));
            client.apply(PROJECT, typed.build());
            assertJson(get("/features?project=rides&feature_view=typed"), """
                    {"features": [
                       {"name": "rate", "featureView": "typed", "type": "Float64", "kind": "feature", "createdTimestamp": "T", "lastUpdatedTimestamp": "T"},
                       {"name": "rates", "featureView": "typed", "type": "Array(Float64)", "kind": "feature", "createdTimestamp": "T", "lastUpdatedTimestamp": "T"},
                       {"name": "place", "featureView": "typed", "type": "Struct({x: Float32, names: Array(String)})", "kind": "feature",
                        "tags": {"team": "maps"}, "createdTimestamp": "T", "lastUpdatedTimestamp": "T"},
                       {"name": "untyped", "featureView": "typed", "type": "Invalid", "kind": "feature", "createdTimestamp": "T", "lastUpdatedTimestamp": "T"}],
                     "pagination": {"totalCount": 4, "totalPages": 1}}""");
            assertThat(tree(get("/features/typed/rates?project=rides"))
                            .path("type")
                            .stringValue())
                    .isEqualTo("Array(Float64)");
            assertThat(get("/features/all").body())
                    .contains("\"type\":\"Array(Float64)\"")
                    .doesNotContain("ann");
        }

        @Test
        void tellsLineage() throws Exception {
            client.apply("bank", view("balances", "amount"));
            assertJson(get("/lineage/registry?project=rides"), """
                    {"relationships": [
                       {"source": {"type": "dataSource", "name": "stats"}, "target": {"type": "featureView", "name": "stats"}},
                       {"source": {"type": "entity", "name": "driver"}, "target": {"type": "featureView", "name": "stats"}},
                       {"source": {"type": "feature", "name": "trips"}, "target": {"type": "featureView", "name": "stats"}}],
                     "indirect_relationships": [],
                     "relationships_pagination": {"totalCount": 3, "totalPages": 1},
                     "indirect_relationships_pagination": {}}
                    """);
            assertJson(get("/lineage/registry/all?filter_object_type=feature"), """
                    {"relationships": [
                       {"source": {"type": "feature", "name": "trips"},
                        "target": {"type": "featureView", "name": "stats"}, "project": "rides"},
                       {"source": {"type": "feature", "name": "amount"},
                        "target": {"type": "featureView", "name": "balances"}, "project": "bank"}],
                     "indirect_relationships": []}
                    """);
            assertJson(get("/lineage/objects/entity/driver?project=rides"), """
                    {"relationships": [
                       {"source": {"type": "entity", "name": "driver"}, "target": {"type": "featureView", "name": "stats"}}],
                     "pagination": {"totalCount": 1, "totalPages": 1}}
                    """);
        }

        @Test
        void givesEverythingOfAProject() throws Exception {
            JsonNode complete = tree(get("/lineage/complete?project=rides"));
            assertThat(complete.propertyNames())
                    .containsExactly("project", "objects", "relationships", "indirectRelationships", "pagination");
            assertThat(complete.get("objects").propertyNames())
                    .containsExactly(
                            "entities",
                            "dataSources",
                            "featureViews",
                            "labelViews",
                            "featureServices",
                            "features",
                            "labels",
                            "savedDatasets");
            assertThat(complete.at("/objects/entities/1/spec/name").stringValue())
                    .isEqualTo("rider");
            assertThat(complete.at("/objects/featureViews/0/featureView/spec/name")
                            .stringValue())
                    .isEqualTo("stats");
            assertThat(complete.at("/objects/features/0/name").stringValue()).isEqualTo("trips");
            assertThat(complete.get("relationships")).hasSize(3);
            assertThat(complete.at("/pagination/entities/totalCount").intValue())
                    .isEqualTo(2);
            assertThat(complete.at("/pagination/relationships/totalCount").intValue())
                    .isEqualTo(3);

            JsonNode page = tree(get("/lineage/complete?project=rides&page=2&limit=1&sort_by=name"));
            assertThat(page.get("objects").get("entities")).hasSize(1);
            assertThat(page.at("/pagination/entities/hasPrevious").booleanValue())
                    .isTrue();

            JsonNode all = tree(get("/lineage/complete/all")).get("projects");
            assertThat(all)
                    .extracting(each -> each.get("project").stringValue())
                    .containsExactly("rides", "bank");
            assertThat(all.get(1).at("/objects/entities/0/project").stringValue())
                    .isEqualTo("bank");
            assertThat(all.get(1).has("pagination")).isFalse();
        }

        @Test
        void findsObjectsByAText() throws Exception {
            assertJson(get("/search?query=TRIPS"), """
                    {"query": "TRIPS", "projects_searched": ["rides", "bank"],
                     "results": [{"type": "feature", "name": "trips", "description": "", "project": "rides",
                                  "featureView": "stats", "matched_tags": {}, "match_score": 100.0}],
                     "pagination": {"page": 1, "limit": 50, "totalCount": 1, "totalPages": 1},
                     "errors": []}
                    """);
            assertThat(tree(get("/search?query=rides&projects=rides")).get("results"))
                    .as("by tag")
                    .extracting(result -> result.get("name").stringValue()
                            + result.get("match_score").doubleValue()
                            + result.get("matched_tags"))
                    .contains("driver60.0{\"team\":\"rides\"}", "rider60.0{\"team\":\"rides\"}");
            assertThat(tree(get("/search?query=driver&sort_by=name&sort_order=asc&limit=1"))
                            .at("/results/0/name")
                            .stringValue())
                    .isEqualTo("driver");
            JsonNode unknown = tree(get("/search?query=x&projects=nowhere&projects=bank"));
            assertThat(unknown.at("/errors/0").stringValue()).isEqualTo("Following projects do not exist: nowhere");
            assertThat(unknown.get("projects_searched")).hasSize(1);
            assertThat(get("/search").statusCode()).isEqualTo(422);
            assertThat(get("/search?query=x&sort_by=age").statusCode()).isEqualTo(400);
        }

        @Test
        void countsWhatThereIs() throws Exception {
            JsonNode ofOne = tree(get("/metrics/resource_counts?project=rides"));
            assertThat(ofOne.get("counts").toString())
                    .isEqualTo(
                            "{\"entities\":2,\"dataSources\":0,\"savedDatasets\":0,\"features\":1,\"featureViews\":1,\"featureServices\":0}");
            assertThat(ofOne.get("featureViews").toString())
                    .isEqualTo(
                            "[{\"name\":\"stats\",\"project\":\"rides\",\"type\":\"featureView\",\"featureCount\":1}]");
            assertThat(ofOne.get("projects").toString()).isEqualTo("[{\"name\":\"rides\"}]");
            assertThat(ofOne.get("registryLastUpdated").isString()).isTrue();

            JsonNode ofAll = tree(get("/metrics/resource_counts"));
            assertThat(ofAll.at("/total/entities").intValue()).isEqualTo(3);
            assertThat(ofAll.at("/perProject/bank/entities").intValue()).isEqualTo(1);
            assertThat(ofAll.get("projects")).hasSize(2);
        }

        @Test
        void ranksTagsByTheViewsThatHaveThem() throws Exception {
            for (String name : List.of("one", "two")) {
                FeatureView.Builder view = view(name, "f").toBuilder();
                view.getSpecBuilder().putTags("team", "rides").putTags("only", name);
                client.apply(PROJECT, view.build());
            }
            assertJson(get("/metrics/popular_tags?limit=1"), """
                    {"popular_tags": [{"tag_key": "team", "tag_value": "rides",
                       "feature_views": [{"name": "one", "project": "rides"}, {"name": "two", "project": "rides"}],
                       "total_feature_views": 2}],
                     "metadata": {"totalFeatureViews": 3, "totalTags": 3, "limit": 1}}
                    """);
        }

        @Test
        void storesWhatABodyDescribes() throws Exception {
            assertApplied("/entities", "shop", """
                    {"name": "shop", "project": "rides", "value_type": 4, "tags": {"team": "sales"}, "unknown": 1}""");
            assertThat(RegistryServerTest.this.get("shop").getSpec().getJoinKey())
                    .isEqualTo("shop");
            assertApplied("/data_sources", "orders", """
                    {"name": "orders", "project": "rides", "timestamp_field": "at",
                     "file_options": {"uri": "orders.parquet", "file_format": "parquet"}}""");
            assertApplied("/feature_views", "sales", """
                    {"name": "sales", "project": "rides", "entities": ["shop"], "batch_source": "orders",
                     "features": [{"name": "count", "value_type": 4}, {"name": "city"}], "ttl_seconds": 86400}""");
            FeatureView view = client.featureView(PROJECT, "sales");
            assertThat(view.getSpec().getOnline()).isTrue();
            assertThat(view.getSpec().getTtl().getSeconds()).isEqualTo(86_400);
            assertThat(view.getSpec().getFeatures(1).getValueTypeValue()).isEqualTo(2);
            assertThat(view.getSpec().getEntityColumns(0).getName()).isEqualTo("shop");
            assertThat(view.getSpec().getBatchSource().getType()).isEqualTo(DataSource.SourceType.BATCH_FILE);
            assertThat(view.getSpec().getBatchSource().getFileOptions().getUri())
                    .isEqualTo("orders.parquet");
            assertApplied("/feature_services", "ranking", """
                    {"name": "ranking", "project": "rides",
                     "features": [{"feature_view_name": "sales", "feature_names": ["city"]}]}""");
            assertThat(tree(get("/feature_services/ranking?project=rides"))
                            .at("/spec/features/0/featureColumns/0/name")
                            .stringValue())
                    .isEqualTo("city");
            assertApplied("/permissions", "readers", """
                    {"name": "readers", "project": "rides", "types": ["FEATURE_VIEW"], "actions": ["READ_ONLINE"],
                     "policy": {"role_based_policy": {"roles": ["reader"]}}}""");
            assertThat(tree(get("/permissions/readers?project=rides"))
                            .at("/spec/policy/roleBasedPolicy/roles/0")
                            .stringValue())
                    .isEqualTo("reader");
        }

        private void assertApplied(String path, String name, String body) throws Exception {
            HttpResponse<String> answer = send("POST", path, body);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            assertThat(answer.body())
                    .isEqualTo("{\"name\":\"%s\",\"project\":\"rides\",\"status\":\"applied\"}".formatted(name));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "/entities         | {                                                  | no JSON object",
                    "/entities         | {\"project\": \"rides\"}                           | 'name'",
                    "/entities         | {\"name\": \"x\"}                                  | 'project'",
                    "/entities         | {\"name\": \"x\", \"project\": \"rides\", \"tags\": 1} | does not fit",
                    "/data_sources     | {\"name\": \"x\", \"project\": \"rides\"}          | type",
                    "/feature_services | {\"name\": \"x\", \"project\": \"rides\"}          | 'features'",
                    "/permissions      | {\"name\": \"x\", \"project\": \"rides\"}          | 'policy'",
                    "/permissions      | {\"name\": \"x\", \"project\": \"rides\", \"policy\": {}, \"actions\": [\"FLY\"]} | FLY"
                })
        void refusesBodiesThatMakeNoSense(String path, String body, String complaint) throws Exception {
            HttpResponse<String> answer = send("POST", path, body);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
            assertThat(answer.body()).contains(complaint).contains("RequestValidationError");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "/entities      | {\"name\": \"x\", \"project\": \"rides\", \"value_type\": 99} | value_type 99 at spec.value_type",
                    "/data_sources  | {\"name\": \"x\", \"project\": \"rides\", \"type\": 99}       | type 99 at type",
                    "/feature_views | {\"name\": \"a:b\", \"project\": \"rides\"}                   | 'a:b' must contain neither",
                    "/feature_views | {\"name\": \"x\", \"project\": \"rides\", \"features\": [{\"name\": \"f\", \"value_type\": 99}]} | value_type 99 at spec.features[0]",
                    "/permissions   | {\"name\": \"x\", \"project\": \"rides\", \"policy\": {}, \"name_patterns\": [\"[\"]} | no regular expression"
                })
        void refusesObjectsThatNobodyCouldRead(String path, String body, String complaint) throws Exception {
            HttpResponse<String> answer = send("POST", path, body);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
            assertThat(answer.body()).contains(complaint).contains("\"ValidationError\"");
            assertThat(get(path + "/x?project=rides").statusCode()).isEqualTo(404);
        }

        @Test
        void storesNothingThatNamesWhatThereIsNot() throws Exception {
            HttpResponse<String> answer = send("POST", "/feature_views", """
                    {"name": "x", "project": "rides", "entities": ["nobody"]}""");
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(get("/feature_views/x?project=rides").statusCode()).isEqualTo(404);
        }

        @Test
        void deletesObjects() throws Exception {
            HttpResponse<String> answer = send("DELETE", "/entities/rider?project=rides", "");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"name\":\"rider\",\"project\":\"rides\",\"status\":\"deleted\"}");
            assertThat(get("/entities/rider?project=rides").statusCode()).isEqualTo(404);
            assertThat(send("DELETE", "/feature_views/stats?project=rides", "").statusCode())
                    .isEqualTo(200);
            assertThat(send("DELETE", "/entities/nobody?project=rides", "").statusCode())
                    .isEqualTo(404);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                        PUT    | /entities                     | GET, POST
                        DELETE | /feature_views?project=rides  | GET, POST
                        POST   | /entities/rider?project=rides | DELETE, GET
                        POST   | /projects                     | GET
                        DELETE | /projects/rides               | GET
                        POST   | /features/stats/trips         | GET
                        PATCH  | /entities/all                 | DELETE, GET
                        PUT    | /saved_datasets/create        | DELETE, GET, POST
                        POST   | /saved_datasets/jobs          | DELETE, GET
                        GET    | /registry/refresh             | POST
                        """)
        void saysWhichMethodsAPathHas(String method, String path, String allowed) throws Exception {
            HttpResponse<String> answer = send(method, path, "");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(405);
            assertThat(answer.headers().firstValue("Allow")).contains(allowed);
            assertThat(answer.body()).isEqualTo("{\"detail\":\"Method Not Allowed\"}");
        }

        @Test
        void saysWhatIsMissingOrWrong() throws Exception {
            HttpResponse<String> missing = get("/entities/nobody?project=rides");
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(missing.body())
                    .isEqualTo(
                            "{\"status_code\":404,\"detail\":\"Entity nobody does not exist in project rides\",\"error_type\":\"FeastObjectNotFoundException\"}");
            HttpResponse<String> noProject = get("/entities");
            assertThat(noProject.statusCode()).isEqualTo(422);
            assertThat(noProject.body()).contains("RequestValidationError").contains("'project' is required");
            assertThat(get("/entities?project=rides&limit=101").statusCode()).isEqualTo(422);
            assertThat(get("/entities?project=rides&sort_order=up").statusCode())
                    .isEqualTo(422);
            assertThat(get("/entities?project=rides&tags=team").statusCode()).isEqualTo(422);
            HttpResponse<String> since = get("/feature_views?project=rides&updated_since=yesterday");
            assertThat(since.statusCode()).isEqualTo(400);
            assertThat(since.body()).contains("Invalid 'updated_since' value 'yesterday'");
            assertThat(get("/nothing").statusCode()).isEqualTo(404);
            assertThat(send("PUT", "/nothing", "{}").statusCode()).isEqualTo(404);
        }
    }

    private static void assertFails(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call,
            Status.Code code,
            String feastClass,
            String text) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
            assertThat(failure.getStatus().getCode()).as(failure.getMessage()).isEqualTo(code);
            assertThat(failure.getStatus().getDescription())
                    .startsWith("{\"module\":\"feast.errors\",\"class\":\"%s\",".formatted(feastClass));
            assertThat(failure.getStatus().getDescription()).contains(text);
        });
    }
}
