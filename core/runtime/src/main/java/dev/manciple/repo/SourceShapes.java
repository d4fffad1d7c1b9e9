package dev.manciple.repo;

import dev.manciple.repo.Shape.Block;
import dev.manciple.repo.Shape.Plain;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The shapes of data sources. {@code type} is a short name ({@code bigquery}) or Feast's class ({@code BigQuerySource}, with or
 * without its Python package); without one, the other keys tell.
 */
enum SourceShapes {
    FILE("FileSource"),
    BIGQUERY("BigQuerySource"),
    REDSHIFT("RedshiftSource"),
    SNOWFLAKE("SnowflakeSource"),
    ATHENA("AthenaSource"),
    TRINO("TrinoSource"),
    SPARK("SparkSource"),
    POSTGRES("PostgreSQLSource"),
    CLICKHOUSE("ClickhouseSource"),
    KAFKA("KafkaSource"),
    KINESIS("KinesisSource"),
    PUSH("PushSource"),
    REQUEST("RequestSource");

    static final Shape SOURCE_OR_NAME = Keys.SOURCE_OR_NAME;
    static final Block CONNECTION = Keys.CONNECTION;

    /** The tag Feast's registry, which has no place for it, keeps the warehouse in; also its key. */
    static final String WAREHOUSE = "warehouse";

    /** The keys of a table format that are text; each format has some of them. */
    static final List<String> TABLE_FORMAT_TEXTS =
            List.of("catalog", "namespace", "checkpoint_location", "table_type", "record_key", "precombine_field");

    static final Block TABLE_FORMAT = new Block("table_format", () -> {
        List<Shape.Key> keys = new ArrayList<>();
        keys.add(Shape.Key.required("type", Keys.TABLE_FORMATS, "The format."));
        TABLE_FORMAT_TEXTS.forEach(key -> keys.add(Shape.Key.of(key, Plain.TEXT, "Of some formats.")));
        keys.add(Shape.Key.of("properties", new Shape.MapOf(Plain.LABEL), "Further options."));
        return keys;
    });

    private static final List<Shape.Key> COLUMNS = List.of(
            Shape.Key.of("timestamp_field", Plain.TEXT, "The column of the event time; found at apply if absent.")
                    .or("event_timestamp_column"),
            Shape.Key.of(
                    "created_timestamp_column", Plain.TEXT, "The column of the time a row was written; breaks ties."),
            Shape.Key.of("date_partition_column", Plain.TEXT, "The column the source is partitioned by, a date."),
            Shape.Key.of(
                    "field_mapping",
                    new Shape.MapOf(Plain.TEXT),
                    "Column of the source to the name features and join keys use."));

    private static final List<Shape.Key> BATCH = DefinitionShapes.with(
            List.of(
                    Shape.Key.of(
                            "store",
                            Plain.TEXT,
                            "The offline store that reads the source, where a hybrid store has several."),
                    Shape.Key.of(
                            "timestamp_field_type", Plain.TEXT, "The engine's type of the event time; kept for Feast."),
                    Shape.Key.of(
                            "connection_ref", Keys.CONNECTION, "Where Feast finds the credentials; kept for Feast.")),
            COLUMNS.toArray(Shape.Key[]::new));

    private final String feastClass;

    SourceShapes(String feastClass) {
        this.feastClass = feastClass;
    }

    /** What routers match. */
    String type() {
        return name().toLowerCase(Locale.ROOT);
    }

    String feastClass() {
        return feastClass;
    }

    boolean isBatch() {
        return switch (this) {
            case FILE, BIGQUERY, REDSHIFT, SNOWFLAKE, ATHENA, TRINO, SPARK, POSTGRES, CLICKHOUSE -> true;
            case KAFKA, KINESIS, PUSH, REQUEST -> false;
        };
    }

    Block block() {
        return new Block(type() + "_source", () -> keys(shared(), own()));
    }

    private List<Shape.Key> shared() {
        return switch (this) {
            case FILE, BIGQUERY, REDSHIFT, SNOWFLAKE, ATHENA, TRINO, SPARK, POSTGRES, CLICKHOUSE -> BATCH;
            case KAFKA, KINESIS -> COLUMNS;
            case PUSH, REQUEST -> List.of();
        };
    }

    /** The keys only this source has, or few others. */
    private List<Shape.Key> own() {
        return switch (this) {
            case FILE ->
                List.of(
                        Shape.Key.required(
                                "path",
                                Plain.TEXT,
                                "A file, folder, glob or URI; relative paths start at the repository."),
                        Shape.Key.of(
                                "file_format", Plain.TEXT, "parquet, csv or json; seen from the file name if absent."),
                        Shape.Key.of(
                                "s3_endpoint_override",
                                Plain.TEXT,
                                "The address of an S3 service other than Amazon's."));
            case BIGQUERY -> List.of(Keys.TABLE, Keys.QUERY);
            case REDSHIFT -> List.of(Keys.TABLE, Keys.QUERY, Keys.SCHEMA, Keys.DATABASE);
            case SNOWFLAKE ->
                List.of(
                        Keys.TABLE,
                        Keys.QUERY,
                        Keys.SCHEMA,
                        Keys.DATABASE,
                        Shape.Key.of(WAREHOUSE, Plain.TEXT, "The warehouse that runs its queries; kept as a tag."));
            case ATHENA ->
                List.of(
                        Keys.TABLE,
                        Keys.QUERY,
                        Keys.DATABASE,
                        Shape.Key.of("data_source", Plain.TEXT, "The catalog of the database."));
            case TRINO -> List.of(Keys.TABLE, Keys.QUERY);
            case SPARK ->
                List.of(
                        Keys.TABLE,
                        Keys.QUERY,
                        Shape.Key.of("path", Plain.TEXT, "Files to read in place of a table."),
                        Shape.Key.of("file_format", Plain.TEXT, "The format of the files at the path."),
                        Shape.Key.of(
                                "table_format",
                                new Shape.Either(List.of(Keys.TABLE_FORMATS, TABLE_FORMAT)),
                                "The format of the table; kept for Feast."),
                        Shape.Key.of(
                                "date_partition_column_format",
                                Plain.TEXT,
                                "How the partition column writes dates, such as %Y-%m-%d."));
            case POSTGRES -> List.of(Keys.TABLE, Keys.QUERY);
            case CLICKHOUSE -> List.of(Keys.TABLE, Keys.QUERY);
            case KAFKA ->
                List.of(
                        Shape.Key.required("kafka_bootstrap_servers", Plain.TEXT, "Where the brokers are.")
                                .or("bootstrap_servers"),
                        Shape.Key.required("topic", Plain.TEXT, "The topic."),
                        Shape.Key.of("message_format", Keys.FORMAT, "How messages are written."),
                        Keys.MESSAGE_SCHEMA,
                        Shape.Key.of("watermark_delay_threshold", Plain.DURATION, "How late a message may come."),
                        Keys.BATCH_SOURCE);
            case KINESIS ->
                List.of(
                        Shape.Key.required("region", Plain.TEXT, "The region of the stream."),
                        Shape.Key.required("stream_name", Plain.TEXT, "The stream."),
                        Shape.Key.of("record_format", Keys.FORMAT, "How records are written."),
                        Keys.MESSAGE_SCHEMA,
                        Keys.BATCH_SOURCE);
            case PUSH -> List.of(Keys.BATCH_SOURCE);
            case REQUEST ->
                List.of(Shape.Key.required("schema", FieldShapes.FIELDS, "The columns that come with the request."));
        };
    }

    private static List<Shape.Key> keys(List<Shape.Key> shared, List<Shape.Key> own) {
        List<Shape.Key> keys = new ArrayList<>();
        keys.add(Shape.Key.of("name", Plain.TEXT, "What views refer to; the path or table if absent."));
        keys.add(Shape.Key.of("type", Plain.TEXT, "The kind of source, by short name or by Feast's class."));
        keys.addAll(own);
        keys.addAll(shared);
        keys.addAll(FieldShapes.ABOUT);
        return keys;
    }

    /** The keys a source of a type that is not Feast's shares with the others; the rest belong to the type. */
    static Block common() {
        return new Block("source", () -> keys(BATCH, List.of()));
    }

    /** Finds the one a text names. */
    static Optional<SourceShapes> named(String type) {
        String simple = type.substring(type.lastIndexOf('.') + 1);
        return Stream.of(values())
                .filter(source -> source.type().equalsIgnoreCase(type) || source.feastClass.equals(simple))
                .findFirst();
    }

    /** Finds the one the keys of a source without {@code type} belong to. */
    static Optional<SourceShapes> seenFrom(YamlNode.Mapping source) {
        Map<String, YamlNode.Entry> keys = source.entries();
        if (keys.containsKey("path")) {
            return Optional.of(FILE);
        }
        if (keys.containsKey("topic")) {
            return Optional.of(KAFKA);
        }
        if (keys.containsKey("stream_name")) {
            return Optional.of(KINESIS);
        }
        if (source.get("schema").filter(YamlNode.Sequence.class::isInstance).isPresent()) {
            return Optional.of(REQUEST);
        }
        return keys.containsKey("batch_source") ? Optional.of(PUSH) : Optional.empty();
    }

    /** Keys several sources share. */
    private static final class Keys {
        static final Shape SOURCE_OR_NAME =
                new Shape.Either(List.of(Plain.TEXT, new Shape.Variants("data_source", SourceChooser.SOURCE)));
        static final Shape.Key TABLE = Shape.Key.of("table", Plain.TEXT, "The table, as the store's SQL names it.");
        static final Shape.Key QUERY = Shape.Key.of("query", Plain.TEXT, "SQL whose result stands in for a table.");
        static final Shape.Key SCHEMA = Shape.Key.of("schema", Plain.TEXT, "The table's schema.");
        static final Shape.Word TABLE_FORMATS = new Shape.Word(List.of("iceberg", "delta", "hudi"));
        static final Block CONNECTION = new Block(
                "connection_ref",
                () -> List.of(
                        Shape.Key.of("provider", Plain.TEXT, "Who keeps the secret."),
                        Shape.Key.required("name", Plain.TEXT, "The secret's name."),
                        Shape.Key.of("namespace", Plain.TEXT, "Where the name is looked up."),
                        Shape.Key.of("connection_type", Plain.TEXT, "What it connects to."),
                        Shape.Key.of("auth_type", Plain.TEXT, "How; secret if absent."),
                        Shape.Key.of("params", new Shape.MapOf(Plain.LABEL), "Further parameters.")));
        static final Shape.Word FORMAT = new Shape.Word(List.of("avro", "json", "proto"));
        static final Shape.Key MESSAGE_SCHEMA = Shape.Key.of(
                "schema", Plain.TEXT, "The Avro or JSON schema as JSON, or the class of the protobuf message.");
        static final Shape.Key DATABASE = Shape.Key.of("database", Plain.TEXT, "The table's database.");
        static final Shape.Key BATCH_SOURCE =
                Shape.Key.of("batch_source", SOURCE_OR_NAME, "The batch source that keeps the history.");
    }
}
