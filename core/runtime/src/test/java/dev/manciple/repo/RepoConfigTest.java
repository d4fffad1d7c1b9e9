package dev.manciple.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.spi.StoreConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepoConfigTest {
    private static final Stores NO_STORES =
            new Stores(new StoreTypes(Plugins.of(RepoConfigTest.class.getClassLoader(), List.of())));

    @TempDir
    private Path root;

    private RepoConfig load(String yaml) throws IOException {
        return load(yaml, Map.of());
    }

    private RepoConfig load(String yaml, Map<String, String> env) throws IOException {
        Path file = Files.writeString(root.resolve("feature_store.yaml"), yaml);
        return RepoConfig.load(root, file, env);
    }

    @Test
    void theSmallestFileTakesFeastsDefaults() throws IOException {
        RepoConfig config = load("""
                project: demo
                registry: data/registry.db
                """);

        assertThat(config)
                .isEqualTo(new RepoConfig(
                        root,
                        "feature_store.yaml",
                        "demo",
                        "",
                        "local",
                        new StoreConfig("file", Map.of("path", "data/registry.db")),
                        Optional.of(new StoreConfig("sqlite", Map.of())),
                        new StoreConfig("file", Map.of()),
                        new StoreConfig("local", Map.of()),
                        new StoreConfig("no_auth", Map.of()),
                        FeatureServerConfig.DEFAULT,
                        Compatibility.MANCIPLE,
                        new MaterializationConfig(false, Optional.empty()),
                        3,
                        true,
                        List.of(),
                        List.of()));
    }

    @Test
    void everyKeyOfFeastIsRead() throws IOException {
        RepoConfig config = load("""
                project: demo_1
                project_description: Scores of drivers
                provider: gcp
                registry:
                  registry_type: sql
                  path: postgresql://registry
                  cache_ttl_seconds: 60
                online_store:
                  type: feast.infra.online_stores.sqlite.SqliteOnlineStore
                  path: data/online.db
                offline_store: dask
                batch_engine_config:
                  type: spark.engine
                  partitions: 10
                auth:
                  type: oidc
                  auth_discovery_url: https://id.example.com
                feature_server:
                  type: local
                  enabled: yes
                  metrics: {enabled: true, audit_logging: true}
                  feature_logging: {queue_capacity: 5}
                  offline_push_batching_enabled: true
                  offline_push_batching_batch_size: 10
                  offline_push_batching_batch_interval_seconds: 2
                  transformation_service_endpoint: transformer:6569
                compatibility: feast
                flags: {alpha: true}
                entity_key_serialization_version: 3
                coerce_tz_aware: false
                materialization:
                  pull_latest_features: true
                  online_write_batch_size: 500
                openlineage_config: {enabled: false}
                mlflow: {enabled: false}
                data_quality_monitoring: {auto_baseline: true}
                embedding_model: {model: all-MiniLM}
                repo_path: .
                definitions: com.example.Features
                """);

        assertThat(config)
                .isEqualTo(new RepoConfig(
                        root,
                        "feature_store.yaml",
                        "demo_1",
                        "Scores of drivers",
                        "gcp",
                        new StoreConfig("sql", Map.of("path", "postgresql://registry", "cache_ttl_seconds", 60)),
                        Optional.of(new StoreConfig(
                                "feast.infra.online_stores.sqlite.SqliteOnlineStore",
                                Map.of("path", "data/online.db"))),
                        new StoreConfig("dask", Map.of()),
                        new StoreConfig("spark.engine", Map.of("partitions", 10)),
                        new StoreConfig("oidc", Map.of("auth_discovery_url", "https://id.example.com")),
                        new FeatureServerConfig(
                                FeatureServerConfig.Type.LOCAL,
                                true,
                                Optional.of(new FeatureServerConfig.Metrics(
                                        true, true, true, true, true, true, true, true, true)),
                                Optional.of(new FeatureServerConfig.FeatureLogging(false, 600, 30, 5, 10_000)),
                                true,
                                Optional.of(10),
                                Optional.of(2),
                                Optional.of("transformer:6569"),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        Compatibility.FEAST,
                        new MaterializationConfig(true, Optional.of(500)),
                        3,
                        false,
                        List.of("com.example.Features"),
                        List.of(
                                "'embedding_model' has no effect in Manciple.",
                                "'openlineage' has no effect in Manciple.",
                                "'mlflow' has no effect in Manciple.",
                                "'data_quality_monitoring' has no effect in Manciple.",
                                "'flags' has no effect in Manciple.",
                                "'repo_path' has no effect in Manciple.")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{prot: 80}|prot|unknown key",
                "{metrics: {enabeld: true}}|enabeld|did you mean 'enabled'",
                "{type: lambda}|type|local",
                "{offline_push_batching_batch_size: 0}|offline_push_batching_batch_size|must be positive, was 0",
                "{transformation_service_endpoint: 'http://x:1'}|transformation_service_endpoint|must be host:port",
            })
    void mistakesInTheServersSectionAreNamed(String section, String key, String problem) {
        assertThatThrownBy(() -> load("project: p\nregistry: r\nfeature_server: " + section))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "", "~", "\"null\"", "none", "None"})
    void anOnlineStoreCanBeSwitchedOff(String none) throws IOException {
        assertThat(load("project: p\nregistry: r\nonline_store: " + none).onlineStore())
                .isEmpty();
    }

    @Test
    void aStoreWithoutATypeIsFeastsDefault() throws IOException {
        RepoConfig config = load("""
                project: p
                registry: {path: r.db, cache_ttl_seconds: 5}
                online_store: {path: o.db}
                offline_store: {}
                """);

        assertThat(config.registry())
                .isEqualTo(new StoreConfig("file", Map.of("path", "r.db", "cache_ttl_seconds", 5)));
        assertThat(config.onlineStore()).contains(new StoreConfig("sqlite", Map.of("path", "o.db")));
        assertThat(config.offlineStore()).isEqualTo(new StoreConfig("file", Map.of()));
    }

    @Test
    void variablesOfTheEnvironmentAreReplacedInValues() throws IOException {
        RepoConfig config =
                load("""
                project: $PROJECT
                registry: s3://${BUCKET}/registry.db
                online_store: {type: sqlite, path: "${DIR}/$PROJECT.db", cost: 5$}   # $COMMENT is none
                coerce_tz_aware: ${AWARE}
                """, Map.of("PROJECT", "demo", "BUCKET", "b", "DIR", "x: [y]\nz: 1", "AWARE", "False"));

        assertThat(config.project()).isEqualTo("demo");
        assertThat(config.registry().options()).isEqualTo(Map.of("path", "s3://b/registry.db"));
        assertThat(config.onlineStore().orElseThrow().options())
                .isEqualTo(Map.of("path", "x: [y]\nz: 1/demo.db", "cost", "5$"));
        assertThat(config.coerceTzAware()).isFalse();
    }

    @Test
    void theWholeFileMayComeFromTheEnvironment() {
        String yaml = "project: inline\nregistry: r.db\n";
        Map<String, String> env = Map.of(
                "FEATURE_STORE_YAML_BASE64", Base64.getEncoder().encodeToString(yaml.getBytes(StandardCharsets.UTF_8)));

        RepoConfig config = RepoConfig.load(root, root.resolve("feature_store.yaml"), env);

        assertThat(config.project()).isEqualTo("inline");
        assertThat(config.root()).isEqualTo(root);
        assertThatThrownBy(() -> RepoConfig.load(
                        root, root.resolve("feature_store.yaml"), Map.of("FEATURE_STORE_YAML_BASE64", "e")))
                .hasMessage("FEATURE_STORE_YAML_BASE64: the variable does not hold base64");
    }

    @Test
    void anchorsMergeKeysAndYaml11AreReadAsFeastReadsThem() throws IOException {
        RepoConfig config = load("""
                project: p
                registry: &base {path: r.db, cache_ttl_seconds: 0o17}
                online_store: {<<: *base, type: sqlite, path: own.db, mode: 010, on: off}
                """);

        assertThat(config.onlineStore().orElseThrow().options())
                .isEqualTo(Map.of("path", "own.db", "cache_ttl_seconds", "0o17", "mode", 8, "on", false));
    }

    @Test
    void aHyphenIsRefusedForSqliteOnly() throws IOException {
        assertThat(load("project: my-project\nregistry: r\nonline_store: redis").project())
                .isEqualTo("my-project");
        assertBad(
                "project: my-project\nregistry: r",
                "feature_store.yaml: line 1: project: 'my-project' may not have hyphens with the online store sqlite, which uses it in names of tables: write 'my_project'");
    }

    @Test
    void aMissingFileSaysWhatToDo() {
        Path file = root.resolve("feature_store.yaml");
        assertThatThrownBy(() -> RepoConfig.load(root, file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "%s: there is no such file: give the folder of a feature repository with -c, or make one with 'manciple init'",
                        file);
    }

    @Test
    void malformedFilesAreToldWithTheirLine() {
        assertBad(
                "project: p\nregistry: r\n  path: x\n",
                "feature_store.yaml: line 3: not valid YAML: mapping values are not allowed here");
        assertBad("", "feature_store.yaml: must be one mapping with the keys 'project' and 'registry', was empty");
        assertBad(
                "- project",
                "feature_store.yaml: must be one mapping with the keys 'project' and 'registry', was a list");
        assertBad(
                "a: 1\n---\nb: 1",
                "feature_store.yaml: must be one mapping with the keys 'project' and 'registry', was several documents");
        assertBad(
                "project: p\nregistry: r\nproject: q",
                "feature_store.yaml: line 3: the key 'project' stands here a second time, first on line 1");
        assertBad("project: p\nregistry: &a [*a]", """
                feature_store.yaml: 2 problems
                  line 2: the alias refers to what it is part of
                  line 2: registry: must be text or a mapping, was a list""");
    }

    @Test
    void bytesThatAreNoTextAreTold() throws IOException {
        Path file = Files.write(root.resolve("feature_store.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> RepoConfig.load(root, file, Map.of()))
                .hasMessage("feature_store.yaml: not UTF-8 text");
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertBad("""
                project: 7
                registy: r
                provider: gpc
                online_stor: sqlite
                engine: local
                offline_store: [file]
                entity_key_serialization_version: 2
                coerce_tz_aware: 12
                materialization: {online_write_batch_size: 0, pull_latest: true}
                batch_engine: local
                batch_engine_config: local
                auth: {type: 5}
                """, """
                feature_store.yaml: 13 problems
                  line 1: project: must be text, was 7: put it in quotes
                  line 1: registry: is required
                  line 2: registy: unknown key, did you mean 'registry'?
                  line 3: provider: 'gpc' is unknown, did you mean 'gcp'? Known: aws, azure, gcp, local
                  line 4: online_stor: unknown key, did you mean 'online_store'?
                  line 5: engine: unknown key, did you mean 'batch_engine'?
                  line 6: offline_store: must be text or a mapping, was a list
                  line 7: entity_key_serialization_version: must be 3, was 2: keys of older versions are not readable here, materialize anew with 3
                  line 8: coerce_tz_aware: must be true or false, was 12
                  line 9: materialization.pull_latest: unknown key, known are pull_latest_features, online_write_batch_size
                  line 9: materialization: online_write_batch_size must be positive, was 0
                  line 11: batch_engine_config: means the same as 'batch_engine': write one of them
                  line 12: type: must be the name of a type, was 5""");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_p", "-p", "a b", "a/b", "a;drop"})
    void projectNamesAreChecked(String name) {
        assertBad(
                "registry: r\nproject: \"" + name + "\"",
                "feature_store.yaml: line 2: project: '%s' may have letters, digits, underscores and hyphens and must start with a letter or digit"
                        .formatted(name));
    }

    @Test
    void anUndefinedVariableIsNamed() {
        assertBad(
                "project: p\nregistry: r\nonline_store:\n  password: ${REDIS_PASSWORD}x",
                "feature_store.yaml: line 4: the environment variable REDIS_PASSWORD is not set");
    }

    @Test
    void providersInPythonAreRefused() {
        assertBad(
                "project: p\nregistry: r\nprovider: my.Provider",
                "feature_store.yaml: line 3: provider: 'my.Provider' is code in Python, which Manciple does not run: write local");
    }

    @Test
    void sectionsOfStoresAreCheckedWithTheRest() throws IOException {
        Path file = Files.writeString(root.resolve("feature_store.yaml"), """
                project: p
                registry: r
                online_store: {type: redis, connection_string: "secret:6379"}
                offline_store: dask
                projet: 1
                """);

        assertThatThrownBy(() -> RepoConfig.load(root, file, new HashMap<>(), NO_STORES))
                .hasMessage("""
                        feature_store.yaml: 4 problems
                          registry: 'file' needs a connector that is not installed: add manciple-runtime to the class path, or its jars to plugin/runtime of the distribution. Known: none.
                          offline_store: 'dask' needs a connector that is not installed: add manciple-duckdb to the class path, or its jars to plugin/duckdb of the distribution. Known: none.
                          online_store: 'redis' needs a connector that is not installed: add manciple-redis to the class path, or its jars to plugin/redis of the distribution. Known: none.
                          line 5: projet: unknown key, did you mean 'project'?""");
    }

    private void assertBad(String yaml, String message) {
        assertThatThrownBy(() -> load(yaml)).isInstanceOf(ConfigException.class).hasMessage(message);
    }
}
