package dev.manciple.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages for users show must work, and must say every key. */
class DocumentationTest {
    private static final Path DOCS = Path.of("../../docs");

    @TempDir
    private Path root;

    private static List<String> blocks(String page, String language) throws IOException {
        Pattern block = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$");
        return block.matcher(Files.readString(DOCS.resolve(page)))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    private static Schema schema(String file) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Objects.requireNonNull(SchemaWriter.ALL.get(file)));
    }

    @Test
    void configurationsLoadAndFitTheSchema() throws IOException {
        List<String> blocks = blocks("configuration.md", "yaml");

        assertThat(blocks).hasSizeGreaterThan(3).allSatisfy(yaml -> {
            Path file = Files.writeString(root.resolve("feature_store.yaml"), yaml);
            assertThatCode(() -> RepoConfig.load(root, file, Map.of("REGISTRY_PATH", "r.db", "DATA", "data")))
                    .doesNotThrowAnyException();
            assertThat(schema("feature_store.schema.json").validate(yaml, InputFormat.YAML))
                    .isEmpty();
        });
    }

    @Test
    void definitionsLoadAndFitTheSchema() throws IOException {
        List<String> blocks = blocks("definitions.md", "yaml");

        assertThat(blocks).hasSizeGreaterThan(4).allSatisfy(yaml -> {
            TestRepository repository = new TestRepository(root).with("features.yaml", yaml);
            assertThat(repository.load().all()).isNotEmpty();
            assertThat(schema("definitions.schema.json").validate(yaml, InputFormat.YAML))
                    .isEmpty();
        });
    }

    @Test
    void definitionsInJavaCompile() throws IOException {
        assertThat(blocks("definitions.md", "java")).singleElement().satisfies(java -> {
            TestRepository repository = new TestRepository(root).with("DriverFeatures.java", java);
            assertThat(repository.load().all()).hasSize(4);
        });
    }

    @Test
    void everyKeyIsOnItsPage() throws IOException {
        String configuration = Files.readString(DOCS.resolve("configuration.md"));
        String definitions = Files.readString(DOCS.resolve("definitions.md"));

        assertThat(RepoConfigReader.FILE.spellings())
                .filteredOn(key -> !key.matches("(openlineage|mlflow|data_quality_monitoring)_config"))
                .allSatisfy(key -> assertThat(configuration).contains("`" + key + "`"));
        for (DefinitionShapes.Part part : DefinitionShapes.Part.values()) {
            assertThat(part.spellings())
                    .allSatisfy(key -> assertThat(definitions).contains("`" + key + "`"));
        }
        assertThat(DefinitionShapes.PROJECTION.spellings())
                .allSatisfy(key -> assertThat(definitions).contains("`" + key + "`"));
        assertThat(FieldShapes.FIELD.spellings())
                .allSatisfy(key -> assertThat(definitions).contains("`" + key + "`"));
    }
}
