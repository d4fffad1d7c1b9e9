package dev.manciple.repo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Projection;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.wire.proto.DataFormatProto.TableFormat;
import dev.manciple.wire.proto.DataSourceProto;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefinitionsTest {
    @TempDir
    private Path root;

    private TestRepository repository;

    @BeforeEach
    void makeRepository() throws IOException {
        repository = new TestRepository(root);
    }

    /** One object per document, its kind seen from its keys, with the older spellings of keys. */
    @Test
    void aViewAloneInAFile() throws IOException {
        Definitions loaded = repository.with("user_features.yaml", """
                name: user_features
                entities: [{name: user_id, join_keys: [user_id]}]
                ttl: null
                schema: [{name: age, dtype: int64}]
                online: true
                source: {path: data/users.parquet, event_timestamp_column: event_timestamp, created_timestamp_column: created}
                tags: {team: bigtable}
                """).load();

        DataSource.Batch source = DataSource.Batch.files("data/users.parquet")
                .eventTime("event_timestamp")
                .createdTime("created");
        assertThat(loaded.all())
                .containsExactlyInAnyOrder(
                        Entity.of("user_id"),
                        source,
                        FeatureView.of("user_features")
                                .source(source)
                                .entities(List.of("user_id"))
                                .features(Field.of("age", Scalar.INT64))
                                .about(About.NOTHING.tags(Map.of("team", "bigtable"))));
        assertThat(loaded.places().get(new Definitions.Place(Kind.FEATURE_VIEW, "user_features")))
                .isEqualTo("user_features.yaml:1");
        assertThat(loaded.pythonOnly()).isFalse();
    }

    @Test
    void listsOfEveryKind() throws IOException {
        Definitions loaded = repository.with("features.yaml", """
                entities:
                  - name: driver
                    join_key: driver_id
                    value_type: Int64
                    description: A driver
                    owner: ops@example.com
                    tags: {tier: 1, live: yes}

                data_sources:
                  - name: trips
                    type: file
                    path: data/trips.parquet
                    timestamp_field: event_timestamp
                    created_timestamp_column: created
                    date_partition_column: day
                    field_mapping: {conv: conv_rate}
                    store: local
                    tags: {a: b}
                  - {name: push_trips, batch_source: trips}
                  - name: vals
                    schema: [{name: val_to_add, dtype: Int64}]

                feature_views:
                  - name: driver_stats
                    entities: [driver]
                    ttl: 7d
                    schema:
                      - {name: driver_id, dtype: INT32}
                      - {name: conv_rate, dtype: Float32, description: Rate, tags: {pii: no}}
                      - {name: "acc_rate", dtype: double}
                    source: push_trips
                    offline: true
                    online: false
                    enabled: false
                    owner: ml

                on_demand_feature_views:
                  - name: adjusted
                    sources:
                      - driver_stats:conv_rate
                      - vals
                      - {view: driver_stats, alias: other, features: [acc_rate]}
                    schema:
                      - {name: adjusted_rate, dtype: Float64}
                    mode: sql
                    expressions: {adjusted_rate: conv_rate + val_to_add}

                feature_services:
                  - name: model_v1
                    features:
                      - driver_stats:conv_rate
                      - driver_stats:acc_rate
                      - {view: driver_stats, alias: origin, features: [conv_rate], join_key_map: {driver_id: origin_id}}
                      - adjusted
                    logging:
                      destination: {path: logs/, name: logs}
                      sample_rate: 0.5
                """).load();

        DataSource.Batch trips = new DataSource.Batch(
                "trips",
                "file",
                new SourceLocation.Files("data/trips.parquet", ""),
                new TimeColumns("event_timestamp", Optional.of("created"), Optional.of("day")),
                Map.of("conv", "conv_rate"),
                About.NOTHING.tags(Map.of("a", "b", "store", "local")),
                Extras.NONE);
        DataSource.Request vals = DataSource.Request.of("vals", Field.of("val_to_add", Scalar.INT64));
        FeatureView stats = FeatureView.of("driver_stats")
                .source(DataSource.Push.of("push_trips", trips))
                .entities(List.of("driver"))
                .ttl(Duration.ofDays(7))
                .entityColumns(List.of(Field.of("driver_id", Scalar.INT32)))
                .features(
                        Field.of("conv_rate", Scalar.FLOAT).description("Rate").tags(Map.of("pii", "no")),
                        Field.of("acc_rate", Scalar.DOUBLE))
                .offline(true)
                .online(false)
                .enabled(false)
                .about(About.NOTHING.owner("ml"));
        DataSource.Batch logs = DataSource.Batch.files("logs/").name("logs");
        assertThat(loaded.all())
                .containsExactlyInAnyOrder(
                        new Entity(
                                "driver",
                                "driver_id",
                                Optional.of(Scalar.INT64),
                                new About("A driver", "ops@example.com", Map.of("tier", "1", "live", "yes")),
                                Extras.NONE),
                        trips,
                        DataSource.Push.of("push_trips", trips),
                        vals,
                        stats,
                        new OnDemandFeatureView(
                                "adjusted",
                                List.of(
                                        new Projection(
                                                "driver_stats", Optional.empty(), List.of("conv_rate"), Map.of()),
                                        new Projection(
                                                "driver_stats", Optional.of("other"), List.of("acc_rate"), Map.of())),
                                List.of(vals),
                                List.of(Field.of("adjusted_rate", Scalar.DOUBLE)),
                                new Transformation.Sql(Map.of("adjusted_rate", "conv_rate + val_to_add")),
                                About.NOTHING,
                                Extras.NONE),
                        FeatureService.of(
                                        "model_v1",
                                        new Projection(
                                                "driver_stats",
                                                Optional.empty(),
                                                List.of("conv_rate", "acc_rate"),
                                                Map.of()),
                                        new Projection(
                                                "driver_stats",
                                                Optional.of("origin"),
                                                List.of("conv_rate"),
                                                Map.of("driver_id", "origin_id")),
                                        new Projection("adjusted", Optional.empty(), List.of(), Map.of()))
                                .logging(new FeatureService.Logging(logs, 0.5)),
                        logs);
    }

    @Test
    void severalDocumentsAndKindsSaidAloud() throws IOException {
        Definitions loaded = repository.with("sub/all.yml", """
                kind: Entity
                name: user
                ---
                kind: data_source
                name: s
                path: s.csv
                file_format: csv
                ---
                kind: feature view
                name: v
                entities: [user]
                source: s
                ---
                - {kind: feature-service, name: fs, views: [v]}
                - kind: on_demand_feature_view
                  name: o
                  sources: [v]
                  input_schema: [{name: x, dtype: string}]
                  features: [{name: y, dtype: string}]
                  function: my_function
                ---
                """).load();

        assertThat(loaded.all())
                .extracting(Definition::name)
                .containsExactlyInAnyOrder("user", "s", "v", "fs", "o", "__input_schema__o");
        assertThat(loaded.all())
                .filteredOn(OnDemandFeatureView.class::isInstance)
                .singleElement()
                .extracting(view -> ((OnDemandFeatureView) view).transformation())
                .isEqualTo(new Transformation.Java("my_function"));
    }

    @Test
    void oldAndNewSpellingsMeanTheSame() throws IOException {
        Definitions old =
                new TestRepository(root.resolve("old")).with("f.yaml", """
                name: v
                entities: [{name: e, join_keys: [k], value_type: INT64}]
                features: [{name: f, value_type: FLOAT}]
                batch_source: {path: p, event_timestamp_column: t}
                labels: {a: b}
                """).load();
        Definitions recent =
                new TestRepository(root.resolve("new")).with("f.yaml", """
                name: v
                entities: [{name: e, join_key: k, dtype: Int64}]
                schema: [{name: f, dtype: Float32}]
                source: {path: p, timestamp_field: t}
                tags: {a: b}
                """).load();

        assertThat(old.all()).containsExactlyInAnyOrderElementsOf(recent.all());
    }

    @Test
    void timesToLiveInEverySpelling() throws IOException {
        for (String ttl : List.of("2h", "7200", "PT2H", "\"7200s\"", "120m", "1h60m")) {
            assertThat(view("ttl: " + ttl).ttl()).as(ttl).isEqualTo(Duration.ofHours(2));
        }
        for (String ttl : List.of("null", "0", "", "0s")) {
            assertThat(view("ttl: " + ttl).ttl()).as(ttl).isEqualTo(Duration.ZERO);
        }
        assertThat(view("ttl: 0.25").ttl()).isEqualTo(Duration.ofMillis(250));
    }

    private FeatureView view(String line) throws IOException {
        return (FeatureView) repository.with("v.yaml", "name: v\nsource: {path: p}\n" + line).load().all().stream()
                .filter(FeatureView.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void sourcesOfEnginesKeepTheirOptions() throws IOException {
        assertThat(source("{name: s, type: BigQuerySource, table: project.dataset.table}"))
                .returns("bigquery", DataSource.Batch::type)
                .returns(new SourceLocation.Table("project.dataset.table"), DataSource.Batch::location);
        assertThat(
                        source(
                                "{type: feast.infra.offline_stores.redshift_source.RedshiftSource, table: t, schema: s, database: d}"))
                .returns("t", DataSource.Batch::name)
                .returns("redshift", DataSource.Batch::type)
                .returns(new SourceLocation.Table("d.s.t"), DataSource.Batch::location);
        assertThat(source("{name: s, type: Snowflake, query: SELECT 1, database: d}"))
                .returns("snowflake", DataSource.Batch::type)
                .returns(new SourceLocation.Query("SELECT 1"), DataSource.Batch::location)
                .matches(batch -> !batch.extras().isEmpty());
        assertThat(source("{name: s, type: spark, path: s3://b/x, file_format: parquet}"))
                .returns(new SourceLocation.Files("s3://b/x", "parquet"), DataSource.Batch::location);
        DataSource.Batch postgres = source("{name: s, type: postgres, query: \"SELECT 'é'\"}");
        assertThat(postgres.type()).isEqualTo("postgres");
        assertThat(postgres.location()).isInstanceOfSatisfying(SourceLocation.Custom.class, custom -> {
            assertThat(custom.sourceClass())
                    .isEqualTo(
                            "feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source.PostgreSQLSource");
            assertThat(StandardCharsets.UTF_8.decode(custom.configuration()).toString())
                    .isEqualTo("{\"name\": \"s\", \"query\": \"SELECT '\\u00E9'\", \"table\": \"\"}");
        });
        DataSource.Batch own =
                source("{name: s, type: com.example.MySource, timestamp_field: t, bucket: b, deep: {x: 1}}");
        assertThat(own.type()).isEqualTo("my");
        assertThat(own.time().event()).isEqualTo("t");
        assertThat(own.location())
                .isInstanceOfSatisfying(
                        SourceLocation.Custom.class,
                        custom -> assertThat(StandardCharsets.UTF_8
                                        .decode(custom.configuration())
                                        .toString())
                                .isEqualTo("{\"bucket\": \"b\", \"deep\": {\"x\":1}}"));
    }

    private DataSource.Batch source(String yaml) throws IOException {
        return (DataSource.Batch) repository
                .with("s.yaml", "data_sources: [" + yaml + "]")
                .load()
                .all()
                .getFirst();
    }

    @Test
    void streamsFeedViews() throws IOException {
        Definitions loaded = repository.with("s.yaml", """
                name: v
                source: {path: p, name: history}
                stream_source:
                  name: clicks
                  type: KafkaSource
                  bootstrap_servers: broker:9092
                  topic: clicks
                  message_format: json
                  schema: '{"type": "object"}'
                  watermark_delay_threshold: 5m
                """).load();

        DataSource.Batch history = DataSource.Batch.files("p").name("history");
        assertThat(loaded.all())
                .contains(new DataSource.Stream(
                        "clicks",
                        "kafka",
                        Map.of(
                                "kafka_bootstrap_servers", "broker:9092",
                                "topic", "clicks",
                                "message_format", "json",
                                "schema", "{\"type\": \"object\"}",
                                "watermark_delay_threshold", "PT5M"),
                        Optional.of(history),
                        About.NOTHING,
                        Extras.NONE))
                .contains(history);
    }

    @Test
    void inlineEntitiesAndSourcesMayBeRepeated() throws IOException {
        Definitions loaded = repository.with("a.yaml", """
                        name: a
                        entities: [{name: user, join_keys: [user_id]}]
                        source: {path: p}
                        """).with("b.yaml", """
                        name: b
                        entities: [{name: user, join_key: user_id}]
                        source: {path: p}
                        """).load();

        assertThat(loaded.all()).extracting(Definition::name).containsExactlyInAnyOrder("user", "p", "a", "b");
    }

    @Test
    void vectorOptionsTravelInTheExtras() throws IOException {
        FeatureView view = view(
                "schema: [{name: e, dtype: Array(Float32), vector_index: true, vector_length: 384, vector_search_metric: cosine}]");

        assertThat(view.features()).singleElement().satisfies(field -> {
            assertThat(field.type()).isEqualTo(new ValueType.ListOf(Scalar.FLOAT));
            assertThat(field.extras().isEmpty()).isFalse();
        });
    }

    /** What only Feast understands must reach its registry all the same. */
    @Test
    void optionsOfFeastsTravelInTheExtras() throws Exception {
        FeatureViewSpec view =
                FeatureViewSpec.parseFrom(view("mode: python\nenable_validation: true\nversion: 2\norg: acme")
                        .extras()
                        .bytes());
        assertThat(view.getMode()).isEqualTo("python");
        assertThat(view.getEnableValidation()).isTrue();
        assertThat(view.getVersion()).isEqualTo("2");
        assertThat(view.getOrg()).isEqualTo("acme");

        DataSourceProto.DataSource spark = options(
                source(
                        "{name: s, type: spark, table: t, date_partition_column: d, date_partition_column_format: '%Y%m%d', table_format: {type: iceberg, catalog: c, properties: {a: 1}}}"));
        assertThat(spark.getSparkOptions().getDatePartitionColumnFormat()).isEqualTo("%Y%m%d");
        assertThat(spark.getSparkOptions().getTableFormat().getIcebergFormat())
                .returns("c", TableFormat.IcebergFormat::getCatalog)
                .returns(Map.of("a", "1"), TableFormat.IcebergFormat::getPropertiesMap);
        assertThat(options(source("{name: s, type: spark, table: t, table_format: Delta}"))
                        .getSparkOptions()
                        .getTableFormat()
                        .hasDeltaFormat())
                .isTrue();
        assertThat(options(source("{name: s, type: bigquery, table: t, timestamp_field_type: DATE}"))
                        .getTimestampFieldType())
                .isEqualTo("DATE");
    }

    @Test
    void optionsWithoutAPlaceInFeastsRegistryAreTags() throws IOException {
        assertThat(source("{name: s, type: snowflake, table: t, warehouse: small}")
                        .about()
                        .tags())
                .isEqualTo(Map.of("warehouse", "small"));
        assertThat(source(
                                "{name: s, type: snowflake, table: t, connection_ref: {name: login, connection_type: db, auth_type: secret, params: {role: r}}}")
                        .about()
                        .tags())
                .isEqualTo(Map.of(
                        "feast.connection-ref.name", "login",
                        "feast.connection-ref.connection-type", "db",
                        "feast.connection-ref.param.role", "r"));
    }

    @Test
    void timeColumnsOfStreamsTravelInTheExtras() throws Exception {
        DataSource.Stream stream = (DataSource.Stream) repository
                .with(
                        "s.yaml",
                        "data_sources: [{name: c, type: kinesis, region: r, stream_name: s, timestamp_field: t, created_timestamp_column: w, field_mapping: {a: b}}]")
                .load()
                .all()
                .getFirst();

        assertThat(DataSourceProto.DataSource.parseFrom(stream.extras().bytes()))
                .returns("t", DataSourceProto.DataSource::getTimestampField)
                .returns("w", DataSourceProto.DataSource::getCreatedTimestampColumn)
                .returns(Map.of("a", "b"), DataSourceProto.DataSource::getFieldMappingMap);
    }

    private static DataSourceProto.DataSource options(DataSource.Batch source) throws Exception {
        return DataSourceProto.DataSource.parseFrom(source.extras().bytes());
    }

    @Test
    void ignoredFilesAreNotRead() throws IOException {
        Definitions loaded = repository
                .with("v.yaml", "kind: entity\nname: e\n")
                .with("docker/compose.yaml", "services: {}")
                .with("chart.yml", "x: 1")
                .with("a/b/skip.yaml", "x: 1")
                .with(".github/ci.yaml", "x: 1")
                .with("nested/feature_store.yaml", "project: other")
                .with("features.py", "x = 1")
                .with("__init__.py", "")
                .with("tests/test_x.py", "")
                .with(".feastignore", """
                        docker/          # not ours
                        chart.*
                        **/skip.yaml
                        tests
                        """)
                .load();

        assertThat(loaded.all()).containsExactly(Entity.of("e"));
        assertThat(loaded.pythonFiles()).containsExactly("features.py");
        assertThat(loaded.pythonOnly()).isFalse();
    }

    /** Feast's kinds of views that have no form here are in the registry. */
    @Test
    void servicesMayTakeViewsThatPythonDefines() throws IOException {
        Definitions loaded = repository
                .with("stream_views.py", "x = 1")
                .with("s.yaml", "name: s\nfeatures: [stream_view]\n")
                .load();

        assertThat(loaded.all())
                .containsExactly(
                        FeatureService.of("s", new Projection("stream_view", Optional.empty(), List.of(), Map.of())));
        assertThat(loaded.pythonOnly()).isFalse();
    }

    @Test
    void onlyPythonSaysNothing() throws IOException {
        Definitions loaded = repository.with("features.py", "x = 1").load();

        assertThat(loaded.all()).isEmpty();
        assertThat(loaded.pythonOnly()).isTrue();
        assertThat(new TestRepository(root.resolve("empty")).load().pythonOnly())
                .isFalse();
    }
}
