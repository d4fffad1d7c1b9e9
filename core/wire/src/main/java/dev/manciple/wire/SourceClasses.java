package dev.manciple.wire;

import dev.manciple.wire.proto.DataSourceProto.DataSource.SourceType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Feast's source classes whose options have a message of their own. */
enum SourceClasses {
    FILE(SourceType.BATCH_FILE, "feast.infra.offline_stores.file_source.FileSource"),
    BIGQUERY(SourceType.BATCH_BIGQUERY, "feast.infra.offline_stores.bigquery_source.BigQuerySource"),
    REDSHIFT(SourceType.BATCH_REDSHIFT, "feast.infra.offline_stores.redshift_source.RedshiftSource"),
    SNOWFLAKE(SourceType.BATCH_SNOWFLAKE, "feast.infra.offline_stores.snowflake_source.SnowflakeSource"),
    SPARK(SourceType.BATCH_SPARK, "feast.infra.offline_stores.contrib.spark_offline_store.spark_source.SparkSource"),
    TRINO(SourceType.BATCH_TRINO, "feast.infra.offline_stores.contrib.trino_offline_store.trino_source.TrinoSource"),
    ATHENA(
            SourceType.BATCH_ATHENA,
            "feast.infra.offline_stores.contrib.athena_offline_store.athena_source.AthenaSource"),
    KAFKA(SourceType.STREAM_KAFKA, "feast.data_source.KafkaSource"),
    KINESIS(SourceType.STREAM_KINESIS, "feast.data_source.KinesisSource"),
    REQUEST(SourceType.REQUEST_SOURCE, "feast.data_source.RequestSource"),
    PUSH(SourceType.PUSH_SOURCE, "feast.data_source.PushSource");

    final SourceType number;
    final String className;

    SourceClasses(SourceType number, String className) {
        this.number = number;
        this.className = className;
    }

    /** What routers match. */
    String type() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<SourceClasses> of(String type) {
        return Arrays.stream(values())
                .filter(known -> known.type().equals(type))
                .findFirst();
    }

    static Optional<SourceClasses> of(SourceType number) {
        return Arrays.stream(values()).filter(known -> known.number == number).findFirst();
    }
}
