package dev.manciple.repo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.model.Definition;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.FeatureFunction;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaDefinitionsTest {
    @TempDir
    private Path root;

    private TestRepository repository;

    @BeforeEach
    void makeRepository() throws IOException {
        repository = new TestRepository(root);
    }

    private static final String FEATURES = """
            import static java.time.Duration.ofDays;

            import dev.manciple.model.*;
            import dev.manciple.model.ValueType.Scalar;
            import dev.manciple.spi.FeatureRepository;
            import java.util.List;

            public class Features implements FeatureRepository {
                @Override
                public List<Definition> definitions() {
                    Entity driver = Entity.of("driver").joinKey("driver_id").type(Scalar.INT64);
                    return List.of(
                            driver,
                            FeatureView.of("driver_stats")
                                    .source(DataSource.Batch.files("stats.parquet").eventTime("event_timestamp"))
                                    .entities(driver)
                                    .ttl(ofDays(Days.TTL))
                                    .features(Field.of("conv_rate", Scalar.FLOAT)));
                }
            }
            """;

    @Test
    void aJavaFileIsCompiledWithWhatItUses() throws IOException {
        Definitions loaded = repository
                .with("Features.java", FEATURES)
                .with("Days.java", "final class Days { static final int TTL = 7; }")
                .with("service.yaml", "name: s\nfeatures: [driver_stats:conv_rate]\n")
                .load();

        assertThat(loaded.all())
                .extracting(Definition::name)
                .containsExactlyInAnyOrder("driver", "driver_stats", "stats.parquet", "s");
        assertThat(loaded.all())
                .filteredOn(FeatureView.class::isInstance)
                .singleElement()
                .satisfies(view -> {
                    assertThat(((FeatureView) view).ttl()).isEqualTo(Duration.ofDays(7));
                    assertThat(loaded.placeOf(view)).contains("Features.java");
                });
    }

    @Test
    void theRepositoryMayBeNamedFromTheWorkingFolder() throws IOException {
        Path relative = Path.of("").toAbsolutePath().relativize(root);
        TestRepository named = new TestRepository(relative).with("Features.java", FEATURES.replace("Days.TTL", "1"));

        assertThat(named.load().places()).containsValue("Features.java");
    }

    @Test
    void functionsOfTheRepositoryAreFound() throws IOException {
        List<FeatureFunction> functions = repository
                .with("Doubling.java", """
                import dev.manciple.spi.FeatureFunction;
                import dev.manciple.spi.Value;
                import java.util.Map;

                public class Doubling implements FeatureFunction {
                    @Override
                    public String name() {
                        return "doubling";
                    }

                    @Override
                    public Map<String, Value> apply(Map<String, Value> inputs) {
                        return inputs;
                    }
                }
                """)
                .with("Features.java", "implements FeatureRepository, and does not compile")
                .functions();

        assertThat(functions).singleElement().satisfies(function -> {
            assertThat(function.name()).isEqualTo("doubling");
            assertThat(function.apply(Map.<String, Value>of())).isEmpty();
        });
    }

    @Test
    void otherJavaFilesAreLeftAlone() throws IOException {
        assertThat(repository.with("src/Broken.java", "class Broken {").load().all())
                .isEmpty();
    }

    @Test
    void compilerErrorsNameFileAndLine() throws IOException {
        repository.with("sub/Features.java", FEATURES);
        assertThatThrownBy(() -> repository.load())
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching(
                        "(?s)The definitions are wrong: sub/Features.java:17: cannot find symbol\n  symbol:   variable Days\n.*");
    }

    @Test
    void failuresOfTheClassAreTold() throws IOException {
        repository.with(
                "Features.java", FEATURES.replace("\"driver_stats\"", "\"a:b\"").replace("Days.TTL", "1"));
        assertThatThrownBy(() -> repository.load())
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "The definitions are wrong: Features.java: class Features failed: java.lang.IllegalArgumentException: The name of feature view 'a:b' must contain neither '@' nor ':': both are reserved in feature references");
    }

    @Test
    void aClassNobodyCanMakeIsTold() throws IOException {
        repository.with(
                "Features.java", FEATURES.replace("public class", "class").replace("Days.TTL", "1"));
        assertThatThrownBy(() -> repository.load())
                .hasMessage(
                        "The definitions are wrong: Features.java: class Features must be public with a public constructor without parameters");
    }

    @Test
    void duplicatesAcrossJavaAndYaml() throws IOException {
        repository
                .with("Features.java", FEATURES.replace("Days.TTL", "1"))
                .with("e.yaml", "name: driver\njoin_key: driver_id\n");
        assertThatThrownBy(() -> repository.load())
                .hasMessage(
                        "The definitions are wrong: e.yaml:1: entity 'driver' has the name of the entity 'driver' at Features.java: names must be unique");
    }

    @Test
    void compiledClassesAreNamedInTheConfiguration() throws IOException {
        repository.with(
                "feature_store.yaml",
                "project: p\nregistry: r\ndefinitions: [%s, java.lang.String, com.example.Missing]\n"
                        .formatted(CompiledFeatures.class.getName()));
        assertThatThrownBy(() -> repository.load()).hasMessage("""
                        The definitions are wrong: 3 problems
                          feature_store.yaml: definitions: class 'java.lang.String' does not implement FeatureRepository
                          feature_store.yaml: definitions: class 'com.example.Missing' is not on the class path, or something it needs is not (java.lang.ClassNotFoundException: com.example.Missing)
                          feature_store.yaml: feature view 'v': entity 'usr' is not defined, did you mean 'user'?""");
    }
}
