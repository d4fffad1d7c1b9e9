package dev.manciple.repo;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedSchemasTest {
    private static final Schema DEFINITIONS = schema("definitions.schema.json");
    private static final Schema FEATURE_STORE = schema("feature_store.schema.json");

    private static Schema schema(String file) {
        String text = SchemaWriter.ALL.get(file);
        assertThat(text).isNotNull();
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(text);
    }

    private static boolean accepts(Schema schema, String yaml) {
        return schema.validate(yaml, InputFormat.YAML).isEmpty();
    }

    @Test
    void whatIsPublishedIsWhatTheLoaderChecks() throws IOException {
        if (Boolean.getBoolean("manciple.schemas.write")) {
            SchemaWriter.write();
        }
        for (Map.Entry<String, String> schema : SchemaWriter.ALL.entrySet()) {
            for (Path file : SchemaWriter.files(schema.getKey())) {
                assertThat(Files.readString(file))
                        .as("%s is out of date: run this test with -Dmanciple.schemas.write=true", file)
                        .isEqualTo(schema.getValue());
            }
        }
    }

    @Test
    void schemasAreSchemas() {
        Schema metaSchema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        SchemaWriter.ALL
                .values()
                .forEach(text ->
                        assertThat(metaSchema.validate(text, InputFormat.JSON)).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kind: entity\nname: e",
                "name: e\njoin_keys: [k]",
                "kind: Entity\nname: e\njoin_keys: [k]\nvalue_type: int64",
                "name: v\nentities: [{name: user_id, join_keys: [user_id]}]\nttl: null\nschema: [{name: age, dtype: int64}]\nonline: true\nsource: {path: p, event_timestamp_column: t, created_timestamp_column: c}\ntags: {team: bigtable, tier: 1}",
                "data_sources: [{name: s, type: bigquery, table: t}, {path: p}, {name: r, schema: [{name: x, dtype: Int64}]}, {name: c, type: com.example.MySource, own: 1}]",
                "data_sources: [{type: feast.infra.offline_stores.redshift_source.RedshiftSource, table: t, schema: s}]",
                "data_sources: [{name: c, type: kafka, topic: t, bootstrap_servers: b, message_format: JSON, watermark_delay_threshold: 5m}]",
                "on_demand_feature_views: [{name: o, sources: [v, 'v:f', {view: v}, {name: r, schema: []}], schema: [], mode: SQL, expressions: {}}]",
                "feature_services: [{name: s, features: [v, {view: v, alias: w, join_key_map: {a: b}}], logging: {sink: s, sample_rate: 0.5}}]",
                "- {kind: entity, name: e}\n- {kind: feature_service, name: s, views: [v]}",
                "entities: null\nfeature_views: []",
            })
    void rightDefinitionsAreAccepted(String yaml) {
        assertThat(DEFINITIONS.validate(yaml, InputFormat.YAML)).isEmpty();
        assertThat(problemsOfTheLoader(yaml)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: e",
                "name: e\ntags: {team: a}\ndescription: of any kind",
                "name: e\ncolour: red",
                "entitys: []",
                "entities: {name: e}",
                "entities: [{name: e, join_key: a, join_keys: [a]}]",
                "entities: [{join_key: a}]",
                "entities: [{name: 5}]",
                "feature_views: [{name: v, source: {path: p, event_timestamp_colum: t}}]",
                "feature_views: [{name: v, source: {path: p}, online: maybe}]",
                "feature_views: [{name: v, source: {path: p}, ttl: seven days}]",
                "feature_views: [{name: v, source: {path: p}, schema: [{name: f}]}]",
                "data_sources: [{name: s, type: bigquery, path: p}]",
                "data_sources: [{name: s, colour: red}]",
                "on_demand_feature_views: [{name: o, sources: [v], schema: [], mode: pandas}]",
                "feature_services: [{name: s}]",
                "just text",
            })
    void wrongDefinitionsAreRefused(String yaml) {
        assertThat(DEFINITIONS.validate(yaml, InputFormat.YAML)).isNotEmpty();
        assertThat(problemsOfTheLoader(yaml)).isPositive();
    }

    /** Of documents and their shapes; not of names that other definitions would have to have. */
    private static int problemsOfTheLoader(String yaml) {
        Problems problems = new Problems();
        DocumentReader reader = new DocumentReader(problems);
        YamlReader.read("f.yaml", yaml, new Environment(Map.of()), problems).forEach(reader::read);
        ShapeChecker checker = new ShapeChecker("", problems);
        reader.pieces().forEach(piece -> checker.fits("", piece.part().shape(), piece.node()));
        return problems.count();
    }

    @Test
    void configurations() {
        assertThat(accepts(FEATURE_STORE, "project: p\nregistry: r")).isTrue();
        assertThat(
                        accepts(
                                FEATURE_STORE,
                                "project: p\nregistry: {registry_type: sql, path: x}\nonline_store: null\noffline_store: {type: com.example.MyOfflineStore, any: 1}\ncoerce_tz_aware: ${X}\nmaterialization_config: {online_write_batch_size: 5}\nflags: [x]\ndefinitions: [a.B]"))
                .isTrue();
        assertThat(List.of(
                        "project: p",
                        "registry: r",
                        "project: 5\nregistry: r",
                        "project: p\nregistry: r\nonlin_store: x",
                        "project: p\nregistry: [r]",
                        "project: p\nregistry: r\nmaterialization: {x: 1}",
                        "project: p\nregistry: r\nbatch_engine: local\nbatch_engine_config: local",
                        "project: p\nregistry: r\nentity_key_serialization_version: three"))
                .allSatisfy(yaml -> assertThat(accepts(FEATURE_STORE, yaml)).isFalse());
    }

    /** So that no key is known to one side only. */
    @Test
    void everyKeyOfTheLoaderIsInTheSchema() {
        for (DefinitionShapes.Part part : DefinitionShapes.Part.values()) {
            assertThat(part.spellings())
                    .isNotEmpty()
                    .allSatisfy(key -> assertThat(SchemaWriter.ALL.get("definitions.schema.json"))
                            .contains("\"" + key + "\" : {"));
        }
        assertThat(RepoConfigReader.FILE.spellings())
                .allSatisfy(key -> assertThat(SchemaWriter.ALL.get("feature_store.schema.json"))
                        .contains("\"" + key + "\" : {"));
    }
}
