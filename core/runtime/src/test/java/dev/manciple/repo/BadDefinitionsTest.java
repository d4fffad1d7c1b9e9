package dev.manciple.repo;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to get a definition wrong, with the whole message it earns. */
class BadDefinitionsTest {
    @TempDir
    private Path root;

    private TestRepository repository;

    @BeforeEach
    void makeRepository() throws IOException {
        repository = new TestRepository(root);
    }

    private void assertBad(String yaml, String message) throws IOException {
        repository.with("f.yaml", yaml);
        assertBad(message);
    }

    private void assertBad(String message) {
        assertThatThrownBy(() -> repository.load())
                .isInstanceOf(ConfigException.class)
                .hasMessage("The definitions are wrong: " + message);
    }

    @Test
    void malformedYaml() throws IOException {
        assertBad("name: x\n  path: y\n", "f.yaml:2: not valid YAML: mapping values are not allowed here");
        assertBad(
                "kind: entity\nname: a\nname: b\n",
                "f.yaml:3: the key 'name' stands here a second time, first on line 2");
        assertBad(
                "just text",
                "f.yaml:1: must be a definition or lists of definitions, was 'just text'; if this file has none, name it in .feastignore");
        Files.write(root.resolve("f.yaml"), "name: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertBad("f.yaml: not UTF-8 text");
    }

    @Test
    void unknownKeys() throws IOException {
        assertBad("""
                name: v
                source: {path: p, event_timestamp_colum: t}
                tll: 7d
                schema: [{name: f, dtpe: Int64}]
                """, """
                4 problems
                  f.yaml:2: feature view 'v', source.event_timestamp_colum: unknown key, did you mean 'event_timestamp_column'?
                  f.yaml:3: feature view 'v', tll: unknown key, did you mean 'ttl'?
                  f.yaml:4: feature view 'v', schema[0].dtpe: unknown key, did you mean 'dtype'?
                  f.yaml:4: feature view 'v', schema[0].dtype: is required""");
        assertBad("entitys: [{name: e}]\nentities: []", "f.yaml:1: entitys: unknown key, did you mean 'entities'?");
        assertBad(
                "entities:\n- {name: e, colour: red}",
                "f.yaml:2: entity 'e', colour: unknown key, known are name, join_key, join_keys, value_type, dtype, type, description, owner, tags, labels");
    }

    @Test
    void wrongTypesOfValues() throws IOException {
        assertBad("""
                name: v
                entities: user
                source: [p]
                ttl: 7 years
                online: maybe
                schema: {name: f}
                tags: [a]
                description: 5
                """, """
                7 problems
                  f.yaml:2: feature view 'v', entities: must be a list, was 'user'
                  f.yaml:3: feature view 'v', source: must be text or a mapping, was a list
                  f.yaml:4: feature view 'v', ttl: must be a duration such as 7d, 12h, 90s, a number of seconds or PT12H, was '7 years'
                  f.yaml:5: feature view 'v', online: must be true or false, was 'maybe'
                  f.yaml:6: feature view 'v', schema: must be a list, was a mapping
                  f.yaml:7: feature view 'v', tags: must be a mapping, was a list
                  f.yaml:8: feature view 'v', description: must be text, was 5: put it in quotes""");
        assertBad("entities: {name: e}", "f.yaml:1: entities: must be a list, was a mapping");
        assertBad("entities: [e]", "f.yaml:1: entities: every element must be a mapping, one is 'e'");
        assertBad("entities:\n- name:\n", "f.yaml:2: entity, name: must be text, was empty");
        assertBad("entities:\n- name: \"  \"\n", "f.yaml:2: entity '  ': Every entity needs a name");
    }

    @Test
    void unknownTypesOfValues() throws IOException {
        String known =
                "Known types: Bytes, String, Int32, Int64, Float32, Float64, Bool, UnixTimestamp, ZonedTimestamp, Decimal, Json, Uuid, TimeUuid, ImageBytes, PdfBytes, Map, ScalarMap, Array(…), Set(…), Struct({name: type})";
        assertBad("""
                name: v
                source: {path: p}
                schema:
                - {name: a, dtype: Int46}
                - {name: b, dtype: money}
                - {name: c, dtype: "Array(Int64"}
                - {name: d, dtype: 5}
                """, """
                4 problems
                  f.yaml:4: feature view 'v', schema[0].dtype: unknown type 'Int46', did you mean 'Int64'? %1$s
                  f.yaml:5: feature view 'v', schema[1].dtype: unknown type 'money'. %1$s
                  f.yaml:6: feature view 'v', schema[2].dtype: the type 'Array(Int64' cannot be read: ')' expected at character 12
                  f.yaml:7: feature view 'v', schema[3].dtype: unknown type '5'. %1$s""".formatted(known));
    }

    @Test
    void twoSpellingsOfOneKey() throws IOException {
        assertBad(
                "name: e\njoin_key: a\njoin_keys: [b]\n",
                "f.yaml:3: entity 'e', join_keys: means the same as 'join_key': write one of them");
        assertBad(
                "name: e\njoin_keys: [a, b]\n",
                "f.yaml:1: entity 'e', join_key: an entity has one join key, this one has a, b");
    }

    @Test
    void kindsThatCannotBeSeen() throws IOException {
        assertBad(
                "services: {web: {}}\nversion: '3'\n",
                "f.yaml:1: the keys services, version belong to no kind of definition; if this file has none, name it in .feastignore");
        assertBad(
                "name: x\nquery: SELECT 1",
                "f.yaml:1: data source 'x': a source needs a 'path' or a 'type': one of file, bigquery, redshift, snowflake, athena, trino, spark, postgres, clickhouse, kafka, kinesis, push, request");
        assertBad(
                "name: x\nschema: {a: Int64}",
                "f.yaml:1: the keys name, schema do not tell what this defines: add a line such as 'kind: data_source', one of data_source, feature_view, on_demand_feature_view");
        for (String keys : new String[] {"name", "name, tags", "name, description, owner"}) {
            assertBad(
                    keys.replace("name", "name: x")
                            .replace("tags", "tags: {a: b}")
                            .replace("description", "description: d")
                            .replace("owner", "owner: o")
                            .replace(", ", "\n"),
                    "f.yaml:1: the keys %s do not tell what this defines: add a line such as 'kind: entity', one of entity, data_source, feature_view, on_demand_feature_view, feature_service, permission"
                            .formatted(keys));
        }
        assertBad("name: x\nfeatures: [y]", "f.yaml:1: feature service 'x': feature view 'y' is not defined, none is");
        assertBad("name: x\nonline: true", "f.yaml:1: feature view 'x', source: is required");
        assertBad(
                "kind: feature_vew\nname: v",
                "f.yaml:1: kind: must be one of entity, data_source, feature_view, on_demand_feature_view, feature_service, permission, was 'feature_vew', did you mean 'feature_view'?");
    }

    @Test
    void duplicateNamesInAnyCase() throws IOException {
        repository.with("b.yaml", """
                entities: [{name: USER}]
                feature_views: [{name: stats, source: {path: p}}]
                """);
        assertBad("""
                entities:
                - name: user
                - name: user
                on_demand_feature_views:
                - name: Stats
                  sources: [stats]
                  schema: [{name: f, dtype: Int64}]
                  expressions: {f: 1 + 1}
                """, """
                3 problems
                  f.yaml:2: entity 'user' differs from the entity 'USER' at b.yaml:1 by case only: names must be unique in any case
                  f.yaml:3: entity 'user' differs from the entity 'USER' at b.yaml:1 by case only: names must be unique in any case
                  f.yaml:5: on demand feature view 'Stats' differs from the feature view 'stats' at b.yaml:2 by case only: names must be unique in any case""");
    }

    @Test
    void duplicateNames() throws IOException {
        assertBad(
                "data_sources:\n- {name: s, path: a}\n- {name: s, path: b}\n",
                "f.yaml:3: data source 's' has the name of the data source 's' at f.yaml:2: names must be unique");
        assertBad(
                """
                feature_views:
                - name: a
                  source: {path: p, timestamp_field: t}
                - name: b
                  source: {path: p, timestamp_field: u}
                """,
                "f.yaml:5: data source 'p' differs from the data source 'p' at f.yaml:3: give one of them another name");
    }

    @Test
    void referencesToNothing() throws IOException {
        assertBad("""
                entities: [{name: driver}]
                data_sources: [{name: trips, path: p}, {name: pushed, batch_source: trip}]
                feature_views:
                - {name: stats, entities: [drivr], source: trips, schema: [{name: rate, dtype: Int64}]}
                - {name: other, source: nothing_like_it}
                feature_services:
                - {name: s, features: [stat, "stats:rat", {view: stats, alias: x, features: [z]}]}
                """, """
                6 problems
                  f.yaml:2: data source 'pushed', batch_source: data source 'trip' is not defined, did you mean 'trips'?
                  f.yaml:4: feature view 'stats': entity 'drivr' is not defined, did you mean 'driver'?
                  f.yaml:5: feature view 'other', source: data source 'nothing_like_it' is not defined, only trips, pushed
                  f.yaml:7: feature service 's': feature view 'stat' is not defined, did you mean 'stats'?
                  f.yaml:7: feature service 's': feature view 'stats' has no feature 'rat', did you mean 'rate'?
                  f.yaml:7: feature service 's': feature view 'stats' has no feature 'z', only rate""");
    }

    @Test
    void whatIsWrongIsNotBlamedOnWhatRefersToIt() throws IOException {
        assertBad("""
                entities: [{name: driver, value_type: Int46x}]
                data_sources: [{name: trips, path: 5}]
                feature_views:
                - {name: stats, entities: [driver], source: trips}
                feature_services:
                - {name: s, features: [stats]}
                """, """
                2 problems
                  f.yaml:1: entity 'driver', value_type: unknown type 'Int46x', did you mean 'Int64'? Known types: Bytes, String, Int32, Int64, Float32, Float64, Bool, UnixTimestamp, ZonedTimestamp, Decimal, Json, Uuid, TimeUuid, ImageBytes, PdfBytes, Map, ScalarMap, Array(…), Set(…), Struct({name: type})
                  f.yaml:2: data source 'trips', path: must be text, was 5: put it in quotes""");
    }

    @Test
    void sourcesThatSayTooLittleOrTooMuch() throws IOException {
        assertBad("""
                data_sources:
                - {name: a, type: bigquery}
                - {name: b, type: trino, table: t, query: q}
                - {type: bigquery, query: SELECT 1}
                - {name: d, type: bigqury, table: t}
                - {name: e, path: p, timestamp_field: t, created_timestamp_column: t}
                - {name: f, type: file}
                - {name: g, type: kafka, topic: t, bootstrap_servers: b, message_format: xml}
                - {name: h, type: [x]}
                - {name: i, type: mssql, table_ref: t}
                """, """
                9 problems
                  f.yaml:2: data source 'a': needs a 'table' or a 'query'
                  f.yaml:3: data source 'b': has more than one of table, query
                  f.yaml:4: data source, name: is required: there is no path or table to name it by
                  f.yaml:5: data source 'd', type: unknown type of source 'bigqury', did you mean 'bigquery'? Known: file, bigquery, redshift, snowflake, athena, trino, spark, postgres, clickhouse, kafka, kinesis, push, request
                  f.yaml:6: data source 'e': 't' cannot be both the event time and the created time
                  f.yaml:7: data source 'f', path: is required
                  f.yaml:8: data source 'g', message_format: must be one of avro, json, proto, was 'xml'
                  f.yaml:9: data source 'h': type must be text, was a list
                  f.yaml:10: data source 'i', type: Manciple has no connector for Feast's sources of type 'mssql'. Known: file, bigquery, redshift, snowflake, athena, trino, spark, postgres, clickhouse, kafka, kinesis, push, request""");
    }

    @Test
    void viewsThatCannotBe() throws IOException {
        assertBad("""
                entities: [{name: a, join_key: k}, {name: b, join_key: k}]
                feature_views:
                - name: "x:y"
                  source: {path: p}
                - name: v
                  entities: [a, b]
                  schema: [{name: f, dtype: Int64}, {name: f, dtype: String}, {name: col, dtype: Bool}]
                  source: {path: q, field_mapping: {col: renamed}}
                - name: w
                  ttl: -5
                """, """
                5 problems
                  f.yaml:3: feature view 'x:y': The name of feature view 'x:y' must contain neither '@' nor ':': both are reserved in feature references
                  f.yaml:5: feature view 'v': entities 'a' and 'b' share the join key 'k'
                  f.yaml:5: feature view 'v': the column 'f' stands in the schema twice
                  f.yaml:5: feature view 'v': the column 'col' of the source is mapped to 'renamed': name the feature so, or remove the mapping
                  f.yaml:10: feature view 'w', ttl: must be a duration such as 7d, 12h, 90s, a number of seconds or PT12H, was -5""");
        assertBad("feature_views:\n- name: w\n", "f.yaml:2: feature view 'w', source: is required");
    }

    @Test
    void onDemandViewsThatCannotBe() throws IOException {
        assertBad("""
                on_demand_feature_views:
                - {name: a, schema: [{name: f, dtype: Int64}], expressions: {f: "1"}}
                - {name: b, input_schema: [{name: x, dtype: Int64}], schema: [{name: f, dtype: Int64}], expressions: {g: "1"}}
                - {name: c, input_schema: [{name: x, dtype: Int64}], schema: [{name: f, dtype: Int64}], mode: pandas}
                - {name: d, input_schema: [{name: x, dtype: Int64}], schema: [{name: f, dtype: Int64}], mode: java}
                - {name: e, input_schema: [{name: x, dtype: Int64}], schema: [{name: f, dtype: Int64}], function: h, expressions: {f: "1"}}
                - {name: g, sources: [":x"], schema: [{name: f, dtype: Int64}], expressions: {f: "1"}}
                - {name: h, input_schema: [{name: x, dtype: Int64}], schema: [{name: f, dtype: Int64}], expressions: {f: 1}}
                """, """
                8 problems
                  f.yaml:2: on demand feature view 'a', sources: is required: views or request sources, or 'input_schema'
                  f.yaml:3: on demand feature view 'b', expressions.f: is required
                  f.yaml:3: on demand feature view 'b', expressions.g: is no feature of the view's schema, known are f
                  f.yaml:4: on demand feature view 'c', mode: must be one of sql, java, was 'pandas'
                  f.yaml:5: on demand feature view 'd', function: is required with mode java
                  f.yaml:6: on demand feature view 'e', expressions: belongs to mode sql, this view has mode java
                  f.yaml:7: on demand feature view 'g': Invalid feature reference ':x': expected view:feature
                  f.yaml:8: on demand feature view 'h', expressions.f: must be text, was 1: put it in quotes""");
    }

    @Test
    void servicesThatCannotBe() throws IOException {
        assertBad("""
                entities: [{name: e, join_key: k}]
                feature_views: [{name: v, entities: [e], source: {path: p}}]
                feature_services:
                - {name: a, features: [v, v]}
                - {name: b, features: [{view: v, join_key_map: {x: y}}]}
                - {name: c, features: [v], logging: {destination: {path: l}, sample_rate: 2}}
                - {name: d}
                """, """
                4 problems
                  f.yaml:4: feature service 'a': the view 'v' is taken twice: give it an alias the second time
                  f.yaml:5: feature service 'b': feature view 'v' has no join key 'x', only k
                  f.yaml:6: feature service 'c', logging.sample_rate: must be between 0 and 1, was 2.0
                  f.yaml:7: feature service 'd', features: is required""");
    }

    @Test
    void streamSourcesWithTheWrongHistory() throws IOException {
        assertBad("""
                data_sources: [{name: h, path: p}, {name: s, type: push}, {name: t, batch_source: h}, {name: r, schema: []}]
                feature_views:
                - {name: a, stream_source: s, source: h}
                - {name: b, stream_source: t, source: {path: q}}
                - {name: c, stream_source: h, source: h}
                - {name: d, stream_source: {type: push, name: i, batch_source: r}}
                """, """
                4 problems
                  f.yaml:3: feature view 'a', source: is not the batch source of 's': write 'batch_source' there, and nothing here
                  f.yaml:4: feature view 'b', source: is not the batch source of 't': write 'batch_source' there, and nothing here
                  f.yaml:5: feature view 'c', stream_source: 'h' is no stream or push source
                  f.yaml:6: feature view 'd', stream_source.batch_source: 'r' is no batch source""");
    }

    @Test
    void metacharactersInNamesAreJustText() throws IOException {
        repository.with("f.yaml", """
                entities: [{name: "a'; DROP TABLE x; --"}]
                feature_views:
                - {name: 'v"1', entities: ["a'; DROP TABLE x; --"], source: {path: "it's.parquet"}}
                """).load();
    }

    @Test
    void badIgnoreFiles() throws IOException {
        repository.with(".feastignore", "a/[");
        assertThatThrownBy(() -> repository.load())
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(".feastignore: 'a/[' is no glob: ");
    }

    @Test
    void permissionsMustSayWhatAndToWhom() throws IOException {
        repository.with("f.yaml", """
                permissions:
                  - {name: a, actions: [read]}
                  - {name: b, actions: [fly], policy: allow_all}
                  - {name: c, actions: [], policy: allow_all}
                  - {name: d, actions: [read], policy: {roles: [x], groups: [y]}}
                  - {name: e, actions: [read], policy: allow_all, name_patterns: "(open"}
                """);
        assertThatThrownBy(() -> repository.load())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("5 problems")
                .hasMessageContaining("permission 'a', policy: is required")
                .hasMessageContaining("permission 'b', actions[0]: must be one of")
                .hasMessageContaining("permission 'c', actions: must not be empty")
                .hasMessageContaining("permission 'd', policy: must name either roles")
                .hasMessageContaining("permission 'e', name_patterns: '(open' is no regular expression");
    }
}
