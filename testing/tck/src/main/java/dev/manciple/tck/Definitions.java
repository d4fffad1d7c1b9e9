package dev.manciple.tck;

import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One definition of every kind, every part of it said, so that a registry that drops one is found. */
final class Definitions {
    static final About ABOUT =
            new About("it's \"quoted\", ünïcödé", "ops@example.com", Map.of("team", "risk", "", "empty"));

    static final Entity DRIVER =
            Entity.of("driver").joinKey("driver_id").type(Scalar.INT64).about(ABOUT);

    static final DataSource.Batch FILES = DataSource.Batch.files("data/driver stats/*.parquet")
            .name("stats files")
            .time(new TimeColumns("event_timestamp", Optional.of("created"), Optional.of("day")))
            .fieldMapping(Map.of("convRate", "conv_rate"))
            .about(ABOUT);

    static final DataSource.Batch TABLE = new DataSource.Batch(
            "stats table",
            "bigquery",
            new SourceLocation.Table("project.dataset.stats"),
            new TimeColumns("ts", Optional.empty(), Optional.empty()),
            Map.of(),
            About.NOTHING,
            Extras.NONE);

    static final DataSource.Batch QUERY = new DataSource.Batch(
            "stats query",
            "bigquery",
            new SourceLocation.Query("SELECT * FROM stats WHERE note = 'it''s'"),
            new TimeColumns("ts", Optional.empty(), Optional.empty()),
            Map.of(),
            About.NOTHING,
            Extras.NONE);

    static final DataSource.Push PUSH = DataSource.Push.of("stats push", FILES);

    static final DataSource.Request REQUEST =
            DataSource.Request.of("trip request", Field.of("distance", Scalar.DOUBLE));

    static final FeatureView STATS = view("driver stats", FILES)
            .features(
                    Field.of("conv_rate", Scalar.DOUBLE)
                            .description("trips taken of trips offered")
                            .tags(Map.of("unit", "1")),
                    Field.of("history", new ValueType.ListOf(Scalar.INT64)),
                    Field.of("labels", ValueType.StringMap.STRING_MAP))
            .ttl(Duration.ofDays(7).plusMillis(1))
            .online(true)
            .about(ABOUT);

    static final FeatureView PUSHED = view("pushed stats", PUSH)
            .features(Field.of("score", Scalar.FLOAT))
            .online(false)
            .enabled(false);

    static final FeatureView GLOBAL =
            FeatureView.of("global rates").source(TABLE).features(Field.of("rate", Scalar.DOUBLE));

    static final OnDemandFeatureView FARE = new OnDemandFeatureView(
            "fare",
            List.of(STATS.projection().select("conv_rate")),
            List.of(REQUEST),
            List.of(Field.of("price", Scalar.DOUBLE)),
            new Transformation.Sql(Map.of("price", "conv_rate * distance")),
            ABOUT,
            Extras.NONE);

    static final FeatureService SERVICE = FeatureService.of(
                    "pricing",
                    STATS.projection().select("history", "conv_rate"),
                    STATS.withName("codriver")
                            .withJoinKeyMap(Map.of("driver_id", "codriver_id"))
                            .select("conv_rate"))
            .about(ABOUT);

    static final Permission READERS = new Permission(
            "readers",
            Set.of(Permission.Type.FEATURE_VIEW, Permission.Type.LABEL_VIEW),
            List.of("driver.*", "[ä-ü]+"),
            Map.of("team", "risk"),
            Set.of(Permission.Action.READ_ONLINE, Permission.Action.WRITE_OFFLINE),
            new Permission.Policy.GroupsOrNamespaces(List.of("ml", "ops"), List.of("prod")),
            Map.of("why", "it's \"quoted\""));

    private Definitions() {}

    static List<Definition> all(String project) {
        return List.of(
                DRIVER,
                FILES,
                TABLE,
                QUERY,
                PUSH,
                REQUEST,
                STATS,
                PUSHED,
                GLOBAL,
                FARE,
                SERVICE,
                READERS,
                savedDataset(project));
    }

    private static FeatureView view(String name, DataSource source) {
        return FeatureView.of(name)
                .source(source)
                .entities(DRIVER)
                .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)));
    }

    /** A saved dataset as Feast's message has it, with a field that no Feast has: {@code {spec: {name, project}, 99: 7}}. */
    static Preserved savedDataset(String project) {
        ByteArrayOutputStream spec = new ByteArrayOutputStream();
        writeText(spec, 1, "training set");
        writeText(spec, 2, project);
        ByteArrayOutputStream dataset = new ByteArrayOutputStream();
        writeBytes(dataset, 1, spec.toByteArray());
        // Field 99 as a number: the key takes two bytes.
        dataset.writeBytes(new byte[] {(byte) 0x98, 0x06, 7});
        return new Preserved(Definition.Kind.SAVED_DATASET, "training set", ByteBuffer.wrap(dataset.toByteArray()));
    }

    private static void writeText(ByteArrayOutputStream message, int field, String text) {
        writeBytes(message, field, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeBytes(ByteArrayOutputStream message, int field, byte[] bytes) {
        message.write(field << 3 | 2);
        message.write(bytes.length);
        message.writeBytes(bytes);
    }
}
