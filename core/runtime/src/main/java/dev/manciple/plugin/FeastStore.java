package dev.manciple.plugin;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A store Feast ships, by the short name and the Python class its files name it by. Files may write the class with any of
 * several packages, so only its own name counts.
 *
 * @param connector the connector of Manciple that covers it; blank where there is none
 */
record FeastStore(String shortName, String pythonClass, String connector) {
    /** The engine that is this process. */
    private static final FeastStore LOCAL = new FeastStore("local", "LocalComputeEngine", "");

    /** Names that Feast's pages use and its code does not know, and a class path its code shortens. */
    private static final Map<String, String> ON_PAGES = Map.of(
            "snowflake", "snowflake",
            "couchbase", "couchbase",
            "hybrid_offline_store.HybridOfflineStore", "hybrid",
            "hybrid_online_store.HybridOnlineStore", "hybrid");

    static final List<FeastStore> OFFLINE = List.of(
            new FeastStore("file", "DaskOfflineStore", "duckdb"),
            new FeastStore("dask", "DaskOfflineStore", "duckdb"),
            new FeastStore("duckdb", "DuckDBOfflineStore", "duckdb"),
            new FeastStore("bigquery", "BigQueryOfflineStore", "bigquery"),
            new FeastStore("redshift", "RedshiftOfflineStore", "redshift"),
            new FeastStore("snowflake.offline", "SnowflakeOfflineStore", "snowflake"),
            new FeastStore("spark", "SparkOfflineStore", "spark"),
            new FeastStore("trino", "TrinoOfflineStore", "trino"),
            new FeastStore("postgres", "PostgreSQLOfflineStore", "postgres"),
            new FeastStore("remote", "RemoteOfflineStore", "remote"),
            new FeastStore("hybrid", "HybridOfflineStore", "hybrid"),
            new FeastStore("athena", "AthenaOfflineStore", ""),
            new FeastStore("mssql", "MsSqlServerOfflineStore", ""),
            new FeastStore("couchbase.offline", "CouchbaseColumnarOfflineStore", ""),
            new FeastStore("clickhouse", "ClickhouseOfflineStore", ""),
            new FeastStore("ray", "RayOfflineStore", ""),
            new FeastStore("oracle", "OracleOfflineStore", ""),
            new FeastStore("mongodb", "MongoDBOfflineStore", ""));

    static final List<FeastStore> ONLINE = List.of(
            new FeastStore("sqlite", "SqliteOnlineStore", "sqlite"),
            new FeastStore("redis", "RedisOnlineStore", "redis"),
            new FeastStore("dynamodb", "DynamoDBOnlineStore", "dynamodb"),
            new FeastStore("bigtable", "BigtableOnlineStore", "bigtable"),
            new FeastStore("postgres", "PostgreSQLOnlineStore", "postgres"),
            new FeastStore("mysql", "MySQLOnlineStore", "mysql"),
            new FeastStore("cassandra", "CassandraOnlineStore", "cassandra"),
            new FeastStore("scylladb", "ScyllaDBOnlineStore", "cassandra"),
            new FeastStore("remote", "RemoteOnlineStore", "remote"),
            new FeastStore("hybrid", "HybridOnlineStore", "hybrid"),
            new FeastStore("datastore", "DatastoreOnlineStore", ""),
            new FeastStore("snowflake.online", "SnowflakeOnlineStore", ""),
            new FeastStore("singlestore", "SingleStoreOnlineStore", ""),
            new FeastStore("hbase", "HbaseOnlineStore", ""),
            new FeastStore("hazelcast", "HazelcastOnlineStore", ""),
            new FeastStore("aerospike", "AerospikeOnlineStore", ""),
            new FeastStore("elasticsearch", "ElasticSearchOnlineStore", ""),
            new FeastStore("qdrant", "QdrantOnlineStore", ""),
            new FeastStore("milvus", "MilvusOnlineStore", ""),
            new FeastStore("mongodb", "MongoDBOnlineStore", ""),
            new FeastStore("couchbase.online", "CouchbaseOnlineStore", ""),
            new FeastStore("faiss", "FaissOnlineStore", ""));

    static final List<FeastStore> REGISTRIES = List.of(
            new FeastStore("file", "Registry", "runtime"),
            new FeastStore("sql", "SqlRegistry", ""),
            new FeastStore("remote", "RemoteRegistry", "remote"),
            new FeastStore("snowflake.registry", "SnowflakeRegistry", ""));

    static final List<FeastStore> ENGINES = List.of(
            LOCAL,
            new FeastStore("spark.engine", "SparkComputeEngine", "spark"),
            new FeastStore("snowflake.engine", "SnowflakeComputeEngine", ""),
            new FeastStore("lambda", "LambdaComputeEngine", ""),
            new FeastStore("k8s", "KubernetesComputeEngine", ""),
            new FeastStore("ray.engine", "RayComputeEngine", ""),
            new FeastStore("flink.engine", "FlinkComputeEngine", ""),
            new FeastStore("spark_application", "SparkApplicationComputeEngine", ""));

    /** Finds the one a file names by short name or Python class path. */
    static Optional<FeastStore> named(String type, List<FeastStore> among) {
        String pythonClass = type.startsWith("feast.") ? type.substring(type.lastIndexOf('.') + 1) : "";
        String onPages = ON_PAGES.getOrDefault(type, type);
        return among.stream()
                .filter(store -> store.shortName.equals(onPages)
                        || store.pythonClass.equals(pythonClass)
                        || (ON_PAGES.containsKey(type) && store.shortName.startsWith(onPages + ".")))
                .findFirst();
    }

    /** Whether it is there without any plug-in. */
    boolean isBuiltIn() {
        return equals(LOCAL);
    }

    /** What to tell who names it where nothing installed offers it. */
    String missing() {
        return connector.isEmpty()
                ? "Manciple has no connector for Feast's '%s'.".formatted(shortName)
                : "'%s' needs a connector that is not installed: add manciple-%s to the class path, or its jars to plugin/%s of the distribution."
                        .formatted(shortName, connector, connector);
    }
}
