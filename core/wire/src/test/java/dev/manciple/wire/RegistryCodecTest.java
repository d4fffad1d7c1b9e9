package dev.manciple.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.DataSource.Batch;
import dev.manciple.model.Definition;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Preserved;
import dev.manciple.model.Projection;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType.ListOf;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.model.ValueType.SetOf;
import dev.manciple.model.ValueType.StructOf;
import dev.manciple.spi.Interval;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.proto.DataSourceProto;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import dev.manciple.wire.proto.FeatureViewProjectionProto.FeatureViewProjection;
import dev.manciple.wire.proto.FeatureViewProto;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewState;
import dev.manciple.wire.proto.FeatureViewVersionProto.FeatureViewVersionRecord;
import dev.manciple.wire.proto.OnDemandFeatureViewProto;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureView;
import dev.manciple.wire.proto.TransformationProto.FeatureTransformationV2;
import dev.manciple.wire.proto.TransformationProto.UserDefinedFunctionV2;
import dev.manciple.wire.proto.ValueProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegistryCodecTest {
    private static final String PROJECT = "shop";
    private static final Instant T1 = Instant.parse("2026-01-01T00:00:00.123456Z");
    private static final Instant T2 = Instant.parse("2026-01-02T00:00:00Z");
    private static final About ABOUT = new About("what it is", "me@example.com", Map.of("team", "a", "stage", "b"));

    private static final Entity DRIVER =
            Entity.of("driver").joinKey("driver_id").type(Scalar.INT64).about(ABOUT);
    private static final Batch FILES = new Batch(
            "driver_stats_source",
            "file",
            new SourceLocation.Files("data/driver_stats.parquet", ""),
            new TimeColumns("event_timestamp", Optional.of("created"), Optional.of("day")),
            Map.of("a", "b"),
            ABOUT,
            Extras.NONE);
    private static final FeatureView STATS = FeatureView.of("driver_stats")
            .source(FILES)
            .entities(DRIVER)
            .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
            .features(
                    Field.of("conv_rate", Scalar.FLOAT).description("share").tags(Map.of("pii", "no")),
                    Field.of("trips", new ListOf(Scalar.INT64)),
                    Field.of("nested", new ListOf(new SetOf(Scalar.FLOAT))),
                    Field.of(
                            "place",
                            new StructOf(List.of(
                                    Field.of("city", Scalar.STRING),
                                    Field.of("at", new StructOf(List.of(Field.of("lat", Scalar.DOUBLE))))))))
            .ttl(Duration.ofDays(1).plusMillis(5))
            .offline(true)
            .about(ABOUT);
    private static final FeatureView GLOBAL =
            FeatureView.of("weather").source(Batch.files("weather.csv")).features(Field.of("rain", Scalar.BOOL));
    private static final DataSource.Request REQUEST = DataSource.Request.of("trip", Field.of("km", Scalar.DOUBLE));
    private static final OnDemandFeatureView PRICE = new OnDemandFeatureView(
            "price",
            List.of(STATS.projection().select("conv_rate")),
            List.of(REQUEST),
            List.of(Field.of("eur", Scalar.DOUBLE)),
            new Transformation.Sql(Map.of("eur", "km * 2 > conv_rate")),
            ABOUT,
            Extras.NONE);
    private static final FeatureService SERVICE = FeatureService.of(
                    "pricing",
                    STATS.withName("stats")
                            .withJoinKeyMap(Map.of("driver_id", "chauffeur"))
                            .select("conv_rate", "trips"),
                    new Projection("price", Optional.empty(), List.of("eur"), Map.of()))
            .logging(new FeatureService.Logging(
                    new Batch(
                            "logs",
                            "file",
                            new SourceLocation.Files("logs", "parquet"),
                            TimeColumns.INFERRED,
                            Map.of(),
                            About.NOTHING,
                            Extras.NONE),
                    0.1))
            .about(ABOUT);

    /** Users come before what they use, which must not matter. */
    private static final List<Definition> DEFINITIONS = List.of(SERVICE, PRICE, GLOBAL, STATS, DRIVER, REQUEST, FILES);

    static Stream<DataSource> sources() {
        Batch topicHistory = FILES.name("history").extras(Extras.NONE);
        return Stream.of(
                FILES,
                FILES.time(TimeColumns.INFERRED),
                files("csv"),
                files("delta"),
                files("parquet"),
                engine("bigquery", new SourceLocation.Table("project.dataset.table")),
                engine("bigquery", new SourceLocation.Query("SELECT 1")),
                engine("snowflake", new SourceLocation.Table("DB.PUBLIC.T")),
                engine("snowflake", new SourceLocation.Table("\"DB\".\"a.b\"")),
                engine("redshift", new SourceLocation.Table("T")),
                engine("athena", new SourceLocation.Table("catalog.db.t")),
                engine("trino", new SourceLocation.Table("a.b.c.d")),
                engine("spark", new SourceLocation.Files("s3://bucket/x", "delta")),
                engine("spark", new SourceLocation.Query("SELECT 1")),
                engine(
                        "postgres",
                        new SourceLocation.Custom(
                                "feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source.PostgreSQLSource",
                                utf8("{\"name\": \"pg\", \"query\": null, \"table\": \"t\"}"))),
                engine("my", new SourceLocation.Custom("com.example.MySource", utf8("x"))),
                new DataSource.Push("clicks", Optional.of(topicHistory), ABOUT, Extras.NONE),
                new DataSource.Push("alone", Optional.empty(), ABOUT, Extras.NONE),
                new DataSource.Stream(
                        "topic",
                        "kafka",
                        Map.of(
                                "kafka_bootstrap_servers", "localhost:9092",
                                "topic", "t",
                                "watermark_delay_threshold", "PT5M",
                                "message_format", "json",
                                "schema", "a int"),
                        Optional.of(topicHistory),
                        ABOUT,
                        Extras.NONE),
                new DataSource.Stream(
                        "stream",
                        "kinesis",
                        Map.of("region", "r", "stream_name", "s", "record_format", "avro", "schema", "{}"),
                        Optional.empty(),
                        ABOUT,
                        Extras.NONE),
                REQUEST);
    }

    @Test
    void whatIsAppliedReadsBack() {
        RegistrySnapshot snapshot = snapshot(apply(RegistryCodec.empty(), T1, DEFINITIONS));

        assertThat(snapshot.entities()).containsExactly(Map.entry("driver", DRIVER));
        assertThat(snapshot.views().values()).containsExactly(GLOBAL, STATS, PRICE);
        assertThat(snapshot.services().values()).containsExactly(SERVICE);
        assertThat(snapshot.sources().values()).containsExactly(REQUEST, FILES);
        assertThat(snapshot.materialized()).isEmpty();
        assertThat(snapshot.preserved()).extracting(Preserved::as).containsExactly(Kind.PROJECT);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void everySourceReadsBack(DataSource source) {
        Registry registry = apply(RegistryCodec.empty(), T1, source);

        assertThat(snapshot(registry).sources().values()).containsExactly(source);
        assertThat(apply(registry, T2, source)).isEqualTo(registry);
        assertThat(registry.getDataSources(0).getDataSourceClassType()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("sources")
    void everySourceReadsBackInsideAView(DataSource source) {
        if (source instanceof DataSource.Request) {
            return;
        }
        FeatureView view = STATS.source(source);
        Registry registry = apply(RegistryCodec.empty(), T1, view);

        assertThat(snapshot(registry).views().values()).containsExactly(view);
        assertThat(apply(registry, T2, view)).isEqualTo(registry);
        var spec = registry.getFeatureViews(0).getSpec();
        assertThat(spec.hasStreamSource()).isEqualTo(!(source instanceof Batch));
        assertThat(spec.hasBatchSource()).isEqualTo(source.batch().isPresent());
        assertThat(spec.getBatchSource().getProject()).isEmpty();
    }

    @Test
    void writesFeastsDefaults() {
        Registry registry = apply(RegistryCodec.empty(), T1, GLOBAL);

        var dummy = registry.getEntities(0);
        assertThat(dummy.getSpec().getName()).isEqualTo("__dummy");
        assertThat(dummy.getSpec().getJoinKey()).isEqualTo("__dummy_id");
        assertThat(dummy.getSpec().getValueTypeValue()).isZero();
        assertThat(registry.getProjects(0).getSpec().getName()).isEqualTo(PROJECT);
        assertThat(registry.getProjectMetadata(0).getProjectUuid()).hasSize(36);
        assertThat(registry.getRegistrySchemaVersion()).isEqualTo("1");
        var spec = registry.getFeatureViews(0).getSpec();
        assertThat(spec.getEntitiesList()).containsExactly("__dummy");
        assertThat(spec.getEntityColumns(0).getName()).isEqualTo("__dummy_id");
        assertThat(spec.getEntityColumns(0).getValueType().name()).isEqualTo("STRING");
        assertThat(spec.hasTtl()).isTrue();
        assertThat(spec.getTtl().getSerializedSize()).isZero();
        assertThat(spec.getVersion()).isEqualTo("latest");
        assertThat(spec.getBatchSource().getDataSourceClassType())
                .isEqualTo("feast.infra.offline_stores.file_source.FileSource");
        var meta = registry.getFeatureViews(0).getMeta();
        assertThat(ProtoTimes.instant(meta.getCreatedTimestamp())).isEqualTo(T1);
        assertThat(meta.getLastUpdatedTimestamp()).isEqualTo(meta.getCreatedTimestamp());
    }

    @Test
    void spellsNestedTypesAsFeastDoes() {
        var features = apply(RegistryCodec.empty(), T1, STATS)
                .getFeatureViews(0)
                .getSpec()
                .getFeaturesList();

        assertThat(features.get(2).getTagsMap()).containsEntry("feast:nested_inner_type", "Array(Set(FLOAT32))");
        assertThat(features.get(3).getTagsMap())
                .containsEntry(
                        "feast:struct_schema",
                        "{\"city\":\"STRING\",\"at\":\"{\\\"__struct__\\\": {\\\"lat\\\":\\\"FLOAT64\\\"}}\"}");
    }

    @Test
    void projectionsCopyTheirView() {
        Registry registry = apply(RegistryCodec.empty(), T1, DEFINITIONS);
        var projection = registry.getFeatureServices(0).getSpec().getFeatures(0);

        assertThat(projection.getFeatureViewNameAlias()).isEqualTo("stats");
        assertThat(projection.getFeatureColumnsList())
                .containsExactlyElementsOf(
                        registry.getFeatureViews(1).getSpec().getFeaturesList().subList(0, 2));
        assertThat(projection.getJoinKeyMapMap()).containsExactly(Map.entry("driver_id", "chauffeur"));
        assertThat(projection.getTimestampField()).as("as Feast has it").isEqualTo("created");
        assertThat(projection.getCreatedTimestampColumn()).isEqualTo("created");
        assertThat(projection.getBatchSource().getDataSourceClassType()).isEmpty();
        assertThat(projection.getBatchSource().getFileOptions().getUri()).isEqualTo("data/driver_stats.parquet");
        assertThat(projection.getViewType()).isEqualTo("featureView");
    }

    @Test
    void aProjectionOfNothingIsOneOfEverything() {
        FeatureService all =
                FeatureService.of("all", new Projection("driver_stats", Optional.empty(), List.of(), Map.of()));
        Registry registry = apply(RegistryCodec.empty(), T1, STATS, all);

        assertThat(requireNonNull(snapshot(registry).services().get("all"))
                        .features()
                        .getFirst()
                        .features())
                .containsExactly("conv_rate", "trips", "nested", "place");
    }

    @Test
    void unknownFeaturesOfAProjectionAreRefused() {
        FeatureService wrong = FeatureService.of("wrong", STATS.projection().select("speed"));
        assertThatThrownBy(() -> apply(RegistryCodec.empty(), T1, STATS, wrong))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'wrong'")
                .hasMessageContaining("'speed'")
                .hasMessageContaining("conv_rate");
        assertThatThrownBy(() -> apply(RegistryCodec.empty(), T1, wrong))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("driver_stats");
    }

    @Test
    void applyingTheSameAgainChangesNothing() {
        Registry registry = apply(RegistryCodec.empty(), T1, DEFINITIONS);

        assertThat(apply(registry, T2, DEFINITIONS)).isEqualTo(registry);
        assertThat(apply(registry, T2, all(snapshot(registry)))).isEqualTo(registry);
    }

    @Test
    void aChangeOfTheSchemaIsANewVersionAtTheEndOfTheList() {
        Registry before = materialized(apply(RegistryCodec.empty(), T1, STATS, GLOBAL), "driver_stats");
        Registry after = apply(before, T2, STATS.features(Field.of("conv_rate", Scalar.DOUBLE)));

        assertThat(names(after)).containsExactly("weather", "driver_stats");
        var meta = after.getFeatureViews(1).getMeta();
        assertThat(meta.getCurrentVersionNumber()).isEqualTo(1);
        assertThat(ProtoTimes.instant(meta.getCreatedTimestamp())).isEqualTo(T1);
        assertThat(ProtoTimes.instant(meta.getLastUpdatedTimestamp())).isEqualTo(T2);
        assertThat(meta.getMaterializationIntervalsCount()).isEqualTo(1);
        assertThat(meta.getState()).isEqualTo(FeatureViewState.AVAILABLE_ONLINE);
        List<FeatureViewVersionRecord> history =
                after.getFeatureViewVersionHistory().getRecordsList();
        assertThat(history)
                .extracting(FeatureViewVersionRecord::getFeatureViewName, FeatureViewVersionRecord::getVersionNumber)
                .containsExactly(tuple("driver_stats", 0), tuple("weather", 0), tuple("driver_stats", 1));
        assertThat(history.get(2).getFeatureViewType()).isEqualTo("feature_view");
        assertThat(history.get(2).getFeatureViewProto())
                .isEqualTo(after.getFeatureViews(1).toByteString());
        assertThat(history.get(2).getVersionId()).hasSize(36);
    }

    @Test
    void anyOtherChangeStaysInPlaceAndKeepsTheVersion() {
        Registry before = apply(
                materialized(apply(RegistryCodec.empty(), T1, STATS, GLOBAL), "driver_stats"),
                T1,
                STATS.features(Field.of("conv_rate", Scalar.DOUBLE)));
        FeatureView view = view(before, "driver_stats");
        Registry after = apply(before, T2, view.ttl(Duration.ofDays(9)).about(About.NOTHING));

        assertThat(names(after)).isEqualTo(names(before));
        var meta = after.getFeatureViews(1).getMeta();
        assertThat(meta.getCurrentVersionNumber()).isEqualTo(1);
        assertThat(meta.getMaterializationIntervalsCount()).isEqualTo(1);
        assertThat(after.getFeatureViewVersionHistory()).isEqualTo(before.getFeatureViewVersionHistory());
        assertThat(after.getFeatureViews(1).getSpec().getTtl().getSeconds()).isEqualTo(9 * 86_400);
    }

    @Test
    void aViewFromBeforeVersionsBecomesItsOwnVersionZero() {
        Registry applied = apply(RegistryCodec.empty(), T1, STATS);
        Registry old = applied.toBuilder().clearFeatureViewVersionHistory().build();
        Registry after = apply(old, T2, STATS.features(Field.of("conv_rate", Scalar.DOUBLE)));

        var history = after.getFeatureViewVersionHistory().getRecordsList();
        assertThat(history)
                .extracting(FeatureViewVersionRecord::getVersionNumber)
                .containsExactly(0, 1);
        assertThat(history.getFirst().getFeatureViewProto())
                .isEqualTo(old.getFeatureViews(0).toByteString());
    }

    @Test
    void onDemandViewsHaveVersionsToo() {
        Registry before = apply(RegistryCodec.empty(), T1, DEFINITIONS);
        OnDemandFeatureView other = new OnDemandFeatureView(
                "price",
                PRICE.views(),
                PRICE.requests(),
                PRICE.features(),
                new Transformation.Java("price"),
                PRICE.about(),
                Extras.NONE);
        Registry after = apply(before, T2, other);

        assertThat(snapshot(after).views()).containsEntry("price", other);
        assertThat(after.getOnDemandFeatureViews(0).getMeta().getCurrentVersionNumber())
                .isEqualTo(1);
        assertThat(after.getFeatureViewVersionHistory()
                        .getRecordsList()
                        .getLast()
                        .getFeatureViewType())
                .isEqualTo("on_demand_feature_view");
    }

    @Test
    void intervalsAreAppendedInTheOrderRecorded() {
        Registry before = apply(RegistryCodec.empty(), T1, STATS, GLOBAL);
        Interval first = new Interval(T1, T2);
        Interval second = new Interval(T1.minusSeconds(60), T1);
        Registry after = RegistryCodec.apply(
                before,
                PROJECT,
                List.of(
                        new RegistryChange.Materialized("driver_stats", first),
                        new RegistryChange.Materialized("driver_stats", second)),
                T2);

        assertThat(snapshot(after).materialized()).containsExactly(Map.entry("driver_stats", List.of(first, second)));
        assertThat(names(after)).containsExactly("weather", "driver_stats");
        assertThat(after.getFeatureViews(1).getMeta().getState()).isEqualTo(FeatureViewState.AVAILABLE_ONLINE);
        assertThatThrownBy(() -> materialized(before, "nothing")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void removingAViewRemovesItsHistory() {
        Registry before = apply(RegistryCodec.empty(), T1, STATS, GLOBAL);
        Registry after = RegistryCodec.apply(
                before, PROJECT, List.of(new RegistryChange.Remove(Kind.FEATURE_VIEW, "driver_stats")), T2);

        assertThat(names(after)).containsExactly("weather");
        assertThat(after.getFeatureViewVersionHistory().getRecordsList())
                .extracting(FeatureViewVersionRecord::getFeatureViewName)
                .containsExactly("weather");
        assertThatThrownBy(() ->
                        RegistryCodec.apply(before, PROJECT, List.of(new RegistryChange.Remove(Kind.ENTITY, "x")), T2))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("entity 'x'");
    }

    @Test
    void viewsOfAllKindsShareTheirNames() {
        Registry before = apply(RegistryCodec.empty(), T1, DEFINITIONS);
        FeatureView taken = FeatureView.of("price").source(FILES);
        assertThatThrownBy(() -> apply(before, T2, taken))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'price'")
                .hasMessageContaining("on demand feature view");
        Registry replaced = RegistryCodec.apply(
                before,
                PROJECT,
                List.of(new RegistryChange.Put(taken), new RegistryChange.Remove(Kind.ON_DEMAND_FEATURE_VIEW, "price")),
                T2);
        assertThat(snapshot(replaced).views()).containsEntry("price", taken);
    }

    @Test
    void projectsDoNotSeeEachOther() {
        Registry one = apply(RegistryCodec.empty(), T1, DEFINITIONS);
        Registry both = RegistryCodec.apply(one, "other", puts(DEFINITIONS), T2);

        assertThat(RegistryCodec.projects(both)).containsExactly(PROJECT, "other");
        assertThat(snapshot(both)).isEqualTo(snapshot(one));
        Registry without = RegistryCodec.remove(both, "other");
        assertThat(without).isEqualTo(one);
        assertThat(RegistryCodec.snapshot(both, "third").views()).isEmpty();
        assertThat(RegistryCodec.projects(RegistryCodec.remove(one, PROJECT))).isEmpty();
    }

    @Test
    void unknownFieldsSurviveAtEveryLevel() {
        Registry before =
                withUnknownFields(materialized(apply(RegistryCodec.empty(), T1, DEFINITIONS), "driver_stats"));
        RegistrySnapshot snapshot = snapshot(before);
        assertThat(apply(before, T2, all(snapshot))).isEqualTo(before);
        assertThat(apply(before, T2, DEFINITIONS)).isEqualTo(before);

        for (FeatureView view : List.of(STATS, view(before, "driver_stats"))) {
            Registry after = apply(before, T2, view.ttl(Duration.ofHours(3)));
            FeatureViewProto.FeatureView.Builder expected = before.getFeatureViews(1).toBuilder();
            expected.getSpecBuilder().getTtlBuilder().setSeconds(3 * 3600).clearNanos();
            expected.getMetaBuilder().setLastUpdatedTimestamp(ProtoTimes.timestamp(T2));
            assertThat(after)
                    .isEqualTo(before.toBuilder().setFeatureViews(1, expected).build());
        }
    }

    @Test
    void extrasOfADefinitionTravelToAnotherRegistry() {
        Registry before = withUnknownFields(apply(RegistryCodec.empty(), T1, STATS, FILES));
        FeatureView view = view(before, "driver_stats");
        assertThat(view.extras()).isNotEqualTo(Extras.NONE);

        Registry elsewhere = apply(RegistryCodec.empty(), T2, view);

        assertThat(elsewhere.getFeatureViews(0).getSpec())
                .isEqualTo(before.getFeatureViews(0).getSpec());
    }

    @Test
    void extrasOfADefinitionReplaceTheStoredFieldByField() {
        Registry before = withUnknownFields(apply(RegistryCodec.empty(), T1, STATS));
        Extras vector = new Extras(FeatureSpecV2.newBuilder()
                .setVectorSearchMetric("L2")
                .build()
                .toByteString()
                .asReadOnlyByteBuffer());
        Field trips = STATS.features().get(1);
        Registry after = apply(
                before,
                T2,
                STATS.features(new Field(trips.name(), trips.type(), trips.description(), trips.tags(), vector)));

        FeatureSpecV2 expected = before.getFeatureViews(0).getSpec().getFeatures(1).toBuilder()
                .setVectorSearchMetric("L2")
                .build();
        assertThat(after.getFeatureViews(0).getSpec().getFeaturesList()).containsExactly(expected);
    }

    @Test
    void settingsBesideAQueryTravelInExtras() {
        DataSourceProto.DataSource.Builder settings = DataSourceProto.DataSource.newBuilder();
        settings.getSnowflakeOptionsBuilder().setDatabase("DB");
        Batch query = engine("snowflake", new SourceLocation.Query("SELECT 1"))
                .extras(new Extras(settings.build().toByteString().asReadOnlyByteBuffer()));
        Registry registry = apply(RegistryCodec.empty(), T1, query);

        assertThat(registry.getDataSources(0).getSnowflakeOptions().getDatabase())
                .isEqualTo("DB");
        assertThat(registry.getDataSources(0).getSnowflakeOptions().getQuery()).isEqualTo("SELECT 1");
        assertThat(snapshot(registry).sources().values()).containsExactly(query);
    }

    @Test
    void aSourceMayBecomeOneOfAnotherKind() {
        Registry registry = RegistryCodec.empty();
        for (DataSource source : sources().toList()) {
            DataSource renamed = renamed(source);
            registry = apply(registry, T1, renamed);
            DataSource read = requireNonNull(snapshot(registry).sources().get("same"));
            assertThat(read.getClass()).isEqualTo(renamed.getClass());
            assertThat(read.batch().map(Batch::location))
                    .isEqualTo(renamed.batch().map(Batch::location));
            assertThat(registry.getDataSourcesCount()).isEqualTo(1);
        }
    }

    @Test
    void copiesInsideServicesAndOnDemandViewsFollowTheirView() {
        Registry before = apply(RegistryCodec.empty(), T1, DEFINITIONS);
        FeatureView changed = STATS.features(
                        Field.of("conv_rate", Scalar.DOUBLE), Field.of("trips", new ListOf(Scalar.INT64)))
                .source(FILES.eventTime("at"));
        Registry after = apply(before, T2, changed);

        FeatureViewProjection ofService = after.getFeatureServices(0).getSpec().getFeatures(0);
        FeatureViewProjection ofView = after.getOnDemandFeatureViews(0)
                .getSpec()
                .getSourcesOrThrow("driver_stats")
                .getFeatureViewProjection();
        for (FeatureViewProjection copy : List.of(ofService, ofView)) {
            assertThat(copy.getFeatureColumns(0).getValueType().name()).isEqualTo("DOUBLE");
            assertThat(copy.getTimestampField()).isEqualTo("created");
            assertThat(copy.getBatchSource().getTimestampField()).isEqualTo("at");
        }
        assertThat(apply(after, T2, SERVICE, PRICE)).isEqualTo(after);
    }

    @Test
    void jsonShowsTheStoredObjects() {
        RegistrySnapshot snapshot = snapshot(apply(RegistryCodec.empty(), T1, DEFINITIONS));

        assertThat(RegistryJson.project(snapshot))
                .contains("\"featureViews\": [", "\"driver_stats\"", "\"projects\": [", "km * 2 > conv_rate");
        assertThat(RegistryJson.definition(snapshot, Kind.ENTITY, "driver")).isEqualTo("""
                        {
                          "spec": {
                            "name": "driver",
                            "valueType": "INT64",
                            "description": "what it is",
                            "joinKey": "driver_id",
                            "tags": {
                              "stage": "b",
                              "team": "a"
                            },
                            "project": "shop",
                            "owner": "me@example.com"
                          },
                          "meta": {
                            "createdTimestamp": "2026-01-01T00:00:00.123456Z",
                            "lastUpdatedTimestamp": "2026-01-01T00:00:00.123456Z"
                          }
                        }""");
        assertThatThrownBy(() -> RegistryJson.definition(snapshot, Kind.ENTITY, "nobody"))
                .isInstanceOf(NotFoundException.class);
        assertThat(RegistryJson.project(RegistrySnapshot.empty(PROJECT))).isEqualTo("{}");
    }

    @Test
    void foreignExtrasAreRefused() {
        Entity entity = DRIVER.extras(new Extras(ByteBuffer.wrap(new byte[] {(byte) 0xff})));
        assertThatThrownBy(() -> apply(RegistryCodec.empty(), T1, entity)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void pythonFunctionsAreKeptAndShown() {
        Registry before = withPythonPrice();
        OnDemandFeatureView view = onDemand(before, "price");
        assertThat(view.transformation()).isEqualTo(new Transformation.Foreign("python", "def price(inputs): ..."));

        Registry after = apply(before, T2, view.about(About.NOTHING));

        assertThat(after.getOnDemandFeatureViews(0).getSpec().getFeatureTransformation())
                .isEqualTo(before.getOnDemandFeatureViews(0).getSpec().getFeatureTransformation());
        assertThat(after.getOnDemandFeatureViews(0).getSpec().getOwner()).isEmpty();
        assertThat(snapshot(apply(RegistryCodec.empty(), T2, STATS, view))
                        .views()
                        .get("price"))
                .isEqualTo(view);
    }

    @Test
    void functionsNobodyHasTheBodyOfAreRefused() {
        OnDemandFeatureView view = new OnDemandFeatureView(
                "price",
                List.of(),
                List.of(REQUEST),
                PRICE.features(),
                new Transformation.Foreign("python", "def price(inputs): ..."),
                About.NOTHING,
                Extras.NONE);
        assertThatThrownBy(() -> apply(RegistryCodec.empty(), T1, view))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'price'")
                .hasMessageContaining("python");
    }

    @Test
    void aPythonFunctionCanBecomeSql() {
        Registry after = apply(withPythonPrice(), T2, PRICE);

        assertThat(snapshot(after).views().get("price")).isEqualTo(PRICE);
        assertThat(after.getOnDemandFeatureViews(0).getSpec().getMode()).isEqualTo("pandas");
    }

    @Test
    void sqlIsStoredInTheOrderWritten() {
        Map<String, String> expressions = new LinkedHashMap<>();
        for (String name : List.of("z", "y", "x", "b", "a")) {
            expressions.put(name, "'%s' || \"q\" < 1".formatted(name));
        }
        OnDemandFeatureView view = new OnDemandFeatureView(
                "price",
                List.of(),
                List.of(REQUEST),
                PRICE.features(),
                new Transformation.Sql(expressions),
                About.NOTHING,
                Extras.NONE);
        Registry registry = apply(RegistryCodec.empty(), T1, view);

        OnDemandFeatureView read = onDemand(registry, "price");
        assertThat(((Transformation.Sql) read.transformation()).expressions()).containsExactlyEntriesOf(expressions);
        var function = registry.getOnDemandFeatureViews(0)
                .getSpec()
                .getFeatureTransformation()
                .getUserDefinedFunction();
        assertThat(function.getMode()).isEqualTo("pandas");
        assertThat(function.getBodyText())
                .startsWith("# manciple:sql {\"z\":\"'z' || \\\"q\\\" < 1\"")
                .endsWith("""

                        def computed_by_manciple(inputs):
                            raise NotImplementedError("On demand feature view 'price' is computed by Manciple: \
                        read its features from a Manciple feature server")
                        """);
    }

    @Test
    void sqlOfSeveralLinesStaysInsideTheComment() {
        Map<String, String> expressions = Map.of("eur", "km\n* 2\r\n-- twice\u2028 > conv_rate");
        OnDemandFeatureView view = new OnDemandFeatureView(
                "price",
                List.of(),
                List.of(REQUEST),
                PRICE.features(),
                new Transformation.Sql(expressions),
                About.NOTHING,
                Extras.NONE);
        Registry registry = apply(RegistryCodec.empty(), T1, view);

        assertThat(onDemand(registry, "price").transformation()).isEqualTo(new Transformation.Sql(expressions));
        assertThat(registry.getOnDemandFeatureViews(0)
                        .getSpec()
                        .getFeatureTransformation()
                        .getUserDefinedFunction()
                        .getBodyText()
                        .lines())
                .hasSize(3);
    }

    @Test
    void viewsThatComputeAndNewerTypesArePreserved() {
        Registry.Builder builder = apply(RegistryCodec.empty(), T1, STATS, GLOBAL).toBuilder();
        builder.getFeatureViewsBuilder(0)
                .getSpecBuilder()
                .getFeatureTransformationBuilder()
                .getUserDefinedFunctionBuilder()
                .setName("f");
        builder.getFeatureViewsBuilder(1).getSpecBuilder().getFeaturesBuilder(0).setValueTypeValue(99);
        Registry registry = builder.build();
        RegistrySnapshot snapshot = snapshot(registry);

        assertThat(snapshot.views()).isEmpty();
        assertThat(snapshot.preserved())
                .filteredOn(preserved -> preserved.as() == Kind.FEATURE_VIEW)
                .extracting(Preserved::name, preserved -> ByteString.copyFrom(preserved.proto()))
                .containsExactly(
                        tuple("driver_stats", registry.getFeatureViews(0).toByteString()),
                        tuple("weather", registry.getFeatureViews(1).toByteString()));
    }

    @Test
    void valuesOfViewsThatOnlyFeastDefinesCanBeReadAndWritten() {
        Registry.Builder registry =
                apply(RegistryCodec.empty(), T1, STATS.source(DataSource.Push.of("pushed", FILES)), GLOBAL).toBuilder();
        FeatureViewSpec pushed = registry.getFeatureViews(0).getSpec();
        registry.getFeatureViewsBuilder(0).getSpecBuilder().getFeatureTransformationBuilder();
        registry.getFeatureViewsBuilder(1).getSpecBuilder().clearBatchSource();
        registry.addStreamFeatureViewsBuilder()
                .getSpecBuilder()
                .setName("clicks")
                .setProject(PROJECT)
                .setMode("python")
                .addAllEntities(pushed.getEntitiesList())
                .addAllEntityColumns(pushed.getEntityColumnsList())
                .addAllFeatures(pushed.getFeaturesList())
                .setTtl(pushed.getTtl())
                .setOnline(true)
                .setBatchSource(pushed.getBatchSource())
                .setStreamSource(pushed.getStreamSource())
                .setDescription(pushed.getDescription())
                .setOwner(pushed.getOwner())
                .putAllTags(pushed.getTagsMap())
                .getFeatureTransformationBuilder();
        RegistrySnapshot snapshot = snapshot(registry.build());

        assertThat(snapshot.views()).isEmpty();
        assertThat(snapshot.view("nobody")).isEmpty();
        assertThat(snapshot.storedViews().map(FeatureView::name)).containsExactly("driver_stats", "weather", "clicks");
        assertThat(stored(snapshot, "driver_stats").batchSource())
                .as("what it computes is not in its source")
                .isEmpty();
        assertThat(stored(snapshot, "driver_stats").reads("pushed")).isTrue();
        assertThat(stored(snapshot, "driver_stats").features()).isEqualTo(STATS.features());
        assertThat(stored(snapshot, "weather")).satisfies(view -> {
            assertThat(view.source()).isEmpty();
            assertThat(view.features()).isEqualTo(GLOBAL.features());
        });
        FeatureView clicks = stored(snapshot, "clicks");
        assertThat(clicks.source()).get().isInstanceOf(DataSource.Push.class);
        assertThat(clicks.reads("pushed")).isTrue();
        assertThat(clicks.batchSource()).get().extracting(Batch::location).isEqualTo(FILES.location());
        assertThat(clicks.entityColumns()).isEqualTo(STATS.entityColumns());
        assertThat(clicks.features()).isEqualTo(STATS.features());
        assertThat(clicks.ttl()).isEqualTo(STATS.ttl());
        assertThat(clicks.online()).isTrue();
        assertThat(clicks.about()).isEqualTo(STATS.about());
    }

    @Test
    void whatIsComputedOnWriteIsAViewThatKeepsValues() {
        Registry.Builder registry = withPythonPrice().toBuilder();
        registry.getOnDemandFeatureViewsBuilder(0)
                .getSpecBuilder()
                .setWriteToOnlineStore(true)
                .clearEntities()
                .addEntities("driver")
                .clearEntityColumns()
                .addEntityColumns(
                        FeatureSpecV2.newBuilder().setName("driver_id").setValueType(ValueProto.ValueType.Enum.INT64));
        var price = registry.getOnDemandFeatureViews(0);
        String name = price.getSpec().getName();
        RegistrySnapshot snapshot = snapshot(registry.build());

        assertThat(snapshot.views()).doesNotContainKey(name);
        FeatureView kept = stored(snapshot, name);
        assertThat(kept.source()).isEmpty();
        assertThat(kept.online()).isTrue();
        assertThat(kept.ttl()).isZero();
        assertThat(kept.entityColumns()).isEqualTo(STATS.entityColumns());
        assertThat(kept.features())
                .extracting(Field::name)
                .containsExactlyElementsOf(price.getSpec().getFeaturesList().stream()
                        .map(FeatureSpecV2::getName)
                        .toList());
        assertThat(snapshot.preserved())
                .filteredOn(preserved -> preserved.as() == Kind.ON_DEMAND_FEATURE_VIEW)
                .extracting(preserved -> ByteString.copyFrom(preserved.proto()))
                .containsExactly(price.toByteString());
    }

    private static FeatureView stored(RegistrySnapshot snapshot, String name) {
        return (FeatureView) snapshot.view(name).orElseThrow();
    }

    @Test
    void preservedObjectsAreWrittenBackAndChecked() {
        StreamFeatureView.Builder stream = StreamFeatureView.newBuilder();
        stream.getSpecBuilder().setName("clicks").setProject(PROJECT);
        Preserved preserved = new Preserved(
                Kind.STREAM_FEATURE_VIEW,
                "clicks",
                stream.build().toByteString().asReadOnlyByteBuffer());
        Registry registry = apply(RegistryCodec.empty(), T1, preserved);

        assertThat(registry.getStreamFeatureViewsList()).containsExactly(stream.build());
        assertThat(snapshot(registry).preserved()).contains(preserved);
        assertThat(apply(registry, T2, preserved)).isEqualTo(registry);
        assertThat(snapshot(materialized(registry, "clicks")).materialized()).containsKey("clicks");
        assertThatThrownBy(
                        () -> apply(registry, T2, new Preserved(Kind.STREAM_FEATURE_VIEW, "other", preserved.proto())))
                .isInstanceOf(InvalidRequestException.class);
    }

    @ParameterizedTest
    @MethodSource("lists")
    void objectsOfARegistryThatNamesNoProjectAreTheStartOfACutOne(RegistryList<?> list) throws IOException {
        assertThat(RegistryCodec.isWhole(withOne(list))).isEqualTo(list.kind() == Kind.PROJECT);
    }

    static List<RegistryList<?>> lists() {
        return RegistryList.ALL;
    }

    private static <M extends Message> Registry withOne(RegistryList<M> list) throws IOException {
        Registry.Builder registry = Registry.newBuilder().setVersionId("one");
        list.replace().accept(registry, List.of(list.parser().parseFrom(new byte[0])));
        return registry.build();
    }

    private static Registry withPythonPrice() {
        Registry.Builder registry = apply(RegistryCodec.empty(), T1, DEFINITIONS).toBuilder();
        registry.getOnDemandFeatureViewsBuilder(0)
                .getSpecBuilder()
                .setMode("python")
                .setSingleton(true)
                .setFeatureTransformation(FeatureTransformationV2.newBuilder()
                        .setUserDefinedFunction(UserDefinedFunctionV2.newBuilder()
                                .setName("price")
                                .setBody(ByteString.copyFromUtf8("pickle"))
                                .setBodyText("def price(inputs): ...")));
        return registry.build();
    }

    private static Registry withUnknownFields(Registry registry) {
        Registry.Builder marked = registry.toBuilder();
        marked.setUnknownFields(unknown());
        for (var view : marked.getFeatureViewsBuilderList()) {
            view.setUnknownFields(unknown());
            view.getMetaBuilder().setUnknownFields(unknown());
            view.getSpecBuilder().setUnknownFields(unknown()).setOrg("org").setEnableValidation(true);
            view.getSpecBuilder()
                    .getFeaturesBuilderList()
                    .forEach(feature -> feature.setUnknownFields(unknown()).setVectorLength(7));
            mark(view.getSpecBuilder().getBatchSourceBuilder());
        }
        for (OnDemandFeatureViewProto.OnDemandFeatureView.Builder view : marked.getOnDemandFeatureViewsBuilderList()) {
            view.getSpecBuilder().setUnknownFields(unknown()).setSingleton(true);
        }
        for (var service : marked.getFeatureServicesBuilderList()) {
            service.getSpecBuilder().setUnknownFields(unknown()).setPrecomputeOnline(true);
            service.getSpecBuilder()
                    .getFeaturesBuilderList()
                    .forEach(
                            projection -> projection.setUnknownFields(unknown()).setVersionTag(3));
        }
        marked.getEntitiesBuilderList()
                .forEach(entity -> entity.getSpecBuilder().setUnknownFields(unknown()));
        marked.getDataSourcesBuilderList().forEach(RegistryCodecTest::mark);
        return marked.build();
    }

    private static void mark(DataSourceProto.DataSource.Builder source) {
        source.setUnknownFields(unknown()).setTimestampFieldType("TIMESTAMP");
        source.getConnectionRefBuilder().setName("secret");
        if (source.hasFileOptions()) {
            source.getFileOptionsBuilder().setUnknownFields(unknown()).setS3EndpointOverride("http://s3");
        }
    }

    private static UnknownFieldSet unknown() {
        return UnknownFieldSet.newBuilder()
                .addField(1234, UnknownFieldSet.Field.newBuilder().addVarint(42).build())
                .build();
    }

    private static Registry materialized(Registry registry, String view) {
        return RegistryCodec.apply(
                registry, PROJECT, List.of(new RegistryChange.Materialized(view, new Interval(T1, T2))), T2);
    }

    private static Registry apply(Registry base, Instant now, Definition... definitions) {
        return apply(base, now, Arrays.asList(definitions));
    }

    private static Registry apply(Registry base, Instant now, List<Definition> definitions) {
        return RegistryCodec.apply(base, PROJECT, puts(definitions), now);
    }

    private static List<RegistryChange> puts(List<Definition> definitions) {
        return definitions.stream().<RegistryChange>map(RegistryChange.Put::new).toList();
    }

    private static List<Definition> all(RegistrySnapshot snapshot) {
        return Stream.of(
                        snapshot.entities().values(),
                        snapshot.views().values(),
                        snapshot.services().values(),
                        snapshot.sources().values(),
                        snapshot.preserved())
                .<Definition>flatMap(each -> each.stream())
                .toList();
    }

    private static FeatureView view(Registry registry, String name) {
        return (FeatureView) requireNonNull(snapshot(registry).views().get(name));
    }

    private static OnDemandFeatureView onDemand(Registry registry, String name) {
        return (OnDemandFeatureView) requireNonNull(snapshot(registry).views().get(name));
    }

    private static RegistrySnapshot snapshot(Registry registry) {
        return RegistryCodec.snapshot(registry, PROJECT);
    }

    private static List<String> names(Registry registry) {
        return registry.getFeatureViewsList().stream()
                .map(view -> view.getSpec().getName())
                .toList();
    }

    private static DataSource renamed(DataSource source) {
        return switch (source) {
            case Batch batch -> batch.name("same");
            case DataSource.Stream stream ->
                new DataSource.Stream(
                        "same", stream.type(), stream.options(), stream.history(), stream.about(), stream.extras());
            case DataSource.Push push -> new DataSource.Push("same", push.history(), push.about(), push.extras());
            case DataSource.Request request ->
                new DataSource.Request("same", request.schema(), request.about(), request.extras());
        };
    }

    private static Batch files(String format) {
        return new Batch(
                "files",
                "file",
                new SourceLocation.Files("data/x", format),
                new TimeColumns("t", Optional.empty(), Optional.empty()),
                Map.of(),
                ABOUT,
                Extras.NONE);
    }

    private static Batch engine(String type, SourceLocation location) {
        return new Batch(
                "source",
                type,
                location,
                new TimeColumns("t", Optional.empty(), Optional.empty()),
                Map.of(),
                ABOUT,
                Extras.NONE);
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
