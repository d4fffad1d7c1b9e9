package dev.manciple.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** Editors check a configuration by the schema as the loader does. */
class ConfigurationSchemaTest {
    private static final Path PUBLISHED = Path.of("../../docs/schema/feature_store.schema.json");
    private static final String REST = "project: p\nprovider: local\n";

    private final Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(ConfigurationSchema.text());

    @Test
    void isTheOneThatIsPublished() throws IOException {
        if (Boolean.getBoolean("manciple.docs.write")) {
            Files.writeString(PUBLISHED, ConfigurationSchema.text());
        }
        assertThat(Files.readString(PUBLISHED))
                .as("%s is out of date: run this test with -Dmanciple.docs.write=true", PUBLISHED)
                .isEqualTo(ConfigurationSchema.text());
    }

    @Test
    void acceptsEveryExampleOfADocumentedStore() throws IOException {
        try (Stream<Path> pages = Files.list(Path.of("../../docs/stores"))) {
            List<String> examples = pages.filter(page -> page.toString().endsWith(".md"))
                    .sorted()
                    .flatMap(page -> new Page(page).blocks("yaml").stream())
                    .filter(ConfigurationSchemaTest::isConfiguration)
                    .toList();
            assertThat(examples)
                    .hasSizeGreaterThan(10)
                    .allSatisfy(yaml -> assertThat(schema.validate(completed(yaml), InputFormat.YAML))
                            .isEmpty());
        }
    }

    private static boolean isConfiguration(String yaml) {
        return new Yaml().<Object>load(yaml) instanceof Map<?, ?> map
                && Stream.of("online_store", "offline_store", "registry").anyMatch(map::containsKey)
                && !map.containsKey("feature_views");
    }

    /** Examples show what they are about, and leave out what every file has. */
    private static String completed(String yaml) {
        Map<String, Object> keys = new Yaml().load(yaml);
        return (keys.containsKey("project") ? "" : "project: p\n")
                + (keys.containsKey("registry") ? "" : "registry: r\n")
                + yaml;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry: r\nonline_store: {type: sqlite, pth: x}",
                "registry: r\nonline_store: {type: redis, conection_string: x}",
                "registry: r\noffline_store: {type: postgres, hots: x}",
                "registry: {pth: x}",
                "registry: {registry_type: file, path: r, colour: red}",
            })
    void refusesKeysAStoreDoesNotHave(String yaml) {
        assertThat(schema.validate(REST + yaml, InputFormat.YAML)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry: r\nonline_store: {type: com.example.MyOnlineStore, any: 1}",
                "registry: r\nonline_store: sqlite",
                "registry: r\nonline_store: {type: feast.infra.online_stores.sqlite.SqliteOnlineStore, path: x}",
                "registry: {path: r, cache_ttl_seconds: 5}",
                "registry: {type: file, path: r}",
                "registry: {type: com.example.MyRegistry, any: 1}",
                "registry: {path: r, cache_ttl_seconds: '${TTL}'}",
                "registry: r\noffline_store: {type: duckdb}",
            })
    void acceptsOnesOwnStoresAndOtherSpellings(String yaml) {
        assertThat(schema.validate(REST + yaml, InputFormat.YAML)).isEmpty();
    }
}
