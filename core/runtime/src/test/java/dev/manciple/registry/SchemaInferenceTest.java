package dev.manciple.registry;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.ConfigException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType.Scalar;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class SchemaInferenceTest {
    private static final DataSource.Batch SOURCE =
            DataSource.Batch.files("data/stats.parquet").name("stats");
    private static final Entity DRIVER = Entity.of("driver").joinKey("driver_id");
    private static final FeatureView VIEW =
            FeatureView.of("driver_stats").source(SOURCE).entities(DRIVER);
    private static final Schema COLUMNS = columns(
            Field.of("ts", Scalar.UNIX_TIMESTAMP),
            Field.of("driver_id", Scalar.INT64),
            Field.of("rate", Scalar.DOUBLE),
            Field.of("__index", Scalar.INT64),
            Field.of("name", Scalar.STRING));

    private final Map<String, Schema> schemas = new HashMap<>(Map.of("stats", COLUMNS));
    private final List<String> described = new ArrayList<>();

    @Test
    void fillsInTimeFeaturesAndKeyTypes() {
        DefinitionSet complete = complete(DRIVER, VIEW);
        FeatureView view = requireNonNull(complete.views().get("driver_stats"));
        assertThat(view.batchSource().orElseThrow().time().event()).isEqualTo("ts");
        assertThat(view.entityColumns()).containsExactly(Field.of("driver_id", Scalar.INT64));
        assertThat(view.features()).containsExactly(Field.of("rate", Scalar.DOUBLE), Field.of("name", Scalar.STRING));
        assertThat(requireNonNull(complete.entities().get("driver")).type()).hasValue(Scalar.INT64);
        assertThat(complete.sources().get("stats")).isEqualTo(view.source().orElseThrow());
        assertThat(described).containsExactly("stats");
    }

    @Test
    void leavesTheCreatedTimeOutOfBothQuestions() {
        schemas.put(
                "stats",
                columns(
                        Field.of("ts", Scalar.UNIX_TIMESTAMP),
                        Field.of("created", Scalar.UNIX_TIMESTAMP),
                        Field.of("driver_id", Scalar.INT64),
                        Field.of("rate", Scalar.DOUBLE)));
        DataSource.Batch source =
                DataSource.Batch.files("data/stats.parquet").name("stats").createdTime("created");
        FeatureView view =
                requireNonNull(complete(DRIVER, VIEW.source(source)).views().get("driver_stats"));
        assertThat(view.batchSource().orElseThrow().time().event()).isEqualTo("ts");
        assertThat(view.features()).containsExactly(Field.of("rate", Scalar.DOUBLE));
    }

    @Test
    void seesColumnsByTheNamesTheViewUses() {
        FeatureView mapped = VIEW.source(SOURCE.fieldMapping(Map.of("rate", "conv_rate", "driver_id", "d")));
        FeatureView view = requireNonNull(
                complete(Entity.of("driver").joinKey("d"), mapped).views().get("driver_stats"));
        assertThat(view.joinKeys()).containsExactly("d");
        assertThat(view.features())
                .containsExactly(Field.of("conv_rate", Scalar.DOUBLE), Field.of("name", Scalar.STRING));
    }

    @Test
    void takesJoinKeysOutOfADeclaredSchema() {
        FeatureView declared = VIEW.features(Field.of("driver_id", Scalar.INT32), Field.of("rate", Scalar.FLOAT));
        FeatureView view = requireNonNull(complete(DRIVER, declared).views().get("driver_stats"));
        assertThat(view.entityColumns()).containsExactly(Field.of("driver_id", Scalar.INT32));
        assertThat(view.features()).containsExactly(Field.of("rate", Scalar.FLOAT));
    }

    @Test
    void givesAnEntityTheWiderOfTwoIntegerTypesEverywhere() {
        schemas.put(
                "narrow",
                columns(
                        Field.of("ts", Scalar.UNIX_TIMESTAMP),
                        Field.of("driver_id", Scalar.INT32),
                        Field.of("x", Scalar.BOOL)));
        FeatureView narrow =
                FeatureView.of("narrow").source(SOURCE.name("narrow")).entities(DRIVER);
        DefinitionSet complete = complete(DRIVER, VIEW, narrow);
        assertThat(requireNonNull(complete.entities().get("driver")).type()).hasValue(Scalar.INT64);
        assertThat(requireNonNull(complete.views().get("narrow")).entityColumns())
                .containsExactly(Field.of("driver_id", Scalar.INT64));
    }

    @Test
    void refusesAnEntityWithTwoKindsOfKeys() {
        schemas.put(
                "text",
                columns(
                        Field.of("ts", Scalar.UNIX_TIMESTAMP),
                        Field.of("driver_id", Scalar.STRING),
                        Field.of("x", Scalar.BOOL)));
        FeatureView text = FeatureView.of("text").source(SOURCE.name("text")).entities(DRIVER);
        assertProblems(List.of(DRIVER, VIEW, text), "INT64 in 'driver_stats', STRING in 'text'");
        assertProblems(
                List.of(DRIVER.type(Scalar.INT64), VIEW, text),
                "entity 'driver' has type INT64, which does not match STRING",
                "declares the join key 'driver_id' as INT64");
    }

    @Test
    void opensNoSourceThatIsCompleteIfTold() {
        FeatureView whole = VIEW.source(SOURCE.eventTime("ts")).features(Field.of("nowhere", Scalar.INT64));
        Problems problems = new Problems();
        DefinitionSet set = DefinitionSet.of(List.of(DRIVER.type(Scalar.INT64), whole), problems);
        DefinitionSet complete = new SchemaInference(set, this::describe, false, problems).complete();
        problems.throwIfAny("shop");
        assertThat(requireNonNull(complete.views().get("driver_stats")).entityColumns())
                .containsExactly(Field.of("driver_id", Scalar.INT64));
        assertThat(described).isEmpty();
    }

    @Test
    void namesEveryProblemOfASource() {
        FeatureView wrong = VIEW.source(SOURCE.eventTime("rate").createdTime("made"))
                .entities(List.of("driver"))
                .features(Field.of("name", Scalar.INT64), Field.of("ratio", Scalar.DOUBLE));
        assertProblems(
                List.of(Entity.of("driver").joinKey("driverid"), wrong),
                "declares the feature 'name' as INT64, but its source 'stats' (data/stats.parquet) has STRING there",
                "has the feature 'ratio', which its source 'stats' (data/stats.parquet) lacks",
                "has the join key 'driverid', which its source 'stats' (data/stats.parquet) lacks, did you mean 'driver_id'?",
                "declares the column 'rate' as its time, but its values are DOUBLE, not times",
                "has no column 'made', its declared time");
    }

    @Test
    void asksForTheEventTimeWhereItIsNotPlain() {
        schemas.put(
                "stats",
                columns(
                        Field.of("a", Scalar.UNIX_TIMESTAMP),
                        Field.of("b", Scalar.UNIX_TIMESTAMP),
                        Field.of("driver_id", Scalar.INT64),
                        Field.of("rate", Scalar.DOUBLE)));
        assertProblems(List.of(DRIVER, VIEW), "several could be: a, b");
        schemas.put("stats", columns(Field.of("driver_id", Scalar.INT64), Field.of("rate", Scalar.DOUBLE)));
        assertProblems(List.of(DRIVER, VIEW), "none of its columns is a timestamp: driver_id, rate");
    }

    @Test
    void reportsAMissingSourceOnce() {
        FeatureView second =
                FeatureView.of("second").source(SOURCE.name("gone")).entities(DRIVER);
        FeatureView third = FeatureView.of("third").source(SOURCE.name("gone")).entities(DRIVER);
        assertThatThrownBy(() -> complete(DRIVER, second, third))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.problems()).hasSize(1))
                .hasMessageContaining("data source 'gone'")
                .hasMessageContaining("no such file");
    }

    @Test
    void cannotInferFromASourceWithoutHistory() {
        DataSource push = new DataSource.Push("clicks", Optional.empty(), About.NOTHING, Extras.NONE);
        assertProblems(List.of(DRIVER, VIEW.source(push)), "leaves its features to inference");
        assertProblems(
                List.of(DRIVER, VIEW.source(push).features(Field.of("x", Scalar.INT64))),
                "leaves its join key types to inference");
        FeatureView declared = VIEW.source(push)
                .features(Field.of("x", Scalar.INT64))
                .entityColumns(List.of(Field.of("driver_id", Scalar.STRING)));
        assertThatCode(() -> complete(DRIVER, declared)).doesNotThrowAnyException();
    }

    @Test
    void infersTheTimeOfAPushSourcesHistory() {
        DataSource.Push push = DataSource.Push.of("clicks", SOURCE);
        DefinitionSet complete = complete(DRIVER, VIEW.source(push));
        FeatureView view = requireNonNull(complete.views().get("driver_stats"));
        assertThat(view.batchSource().orElseThrow().time().event()).isEqualTo("ts");
        assertThat(complete.sources().get("clicks")).isEqualTo(view.source().orElseThrow());
    }

    @Test
    void aGlobalViewNeedsNoKeys() {
        FeatureView global = FeatureView.of("global").source(SOURCE);
        FeatureView view = requireNonNull(complete(global).views().get("global"));
        assertThat(view.entityColumns()).isEmpty();
        assertThat(view.features()).contains(Field.of("driver_id", Scalar.INT64));
    }

    @Test
    void textFilesDoNotSayWhatTheirNumbersAre() {
        FeatureView csv = VIEW.source(
                        DataSource.Batch.files("data/stats.csv").name("stats").eventTime("ts"))
                .features(Field.of("rate", Scalar.STRING));
        assertThatCode(() -> complete(DRIVER, csv)).doesNotThrowAnyException();
        FeatureView parquet = VIEW.features(Field.of("rate", Scalar.STRING));
        assertProblems(List.of(DRIVER, parquet), "declares the feature 'rate' as STRING");
    }

    private DefinitionSet complete(Definition... definitions) {
        Problems problems = new Problems();
        DefinitionSet set = DefinitionSet.of(Arrays.asList(definitions), problems);
        DefinitionSet complete = new SchemaInference(set, this::describe, true, problems).complete();
        problems.throwIfAny("shop");
        return complete;
    }

    private void assertProblems(List<Definition> definitions, String... parts) {
        assertThatThrownBy(() -> complete(definitions.toArray(Definition[]::new)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(parts);
    }

    private Schema describe(DataSource.Batch source) {
        described.add(source.name());
        Schema schema = schemas.get(source.name());
        if (schema == null) {
            throw new StoreException(
                    "file store", "open it", false, Outcome.NOT_APPLIED, new IOException("no such file"));
        }
        return schema;
    }

    private static Schema columns(Field... fields) {
        return new Schema(Arrays.stream(fields).map(ArrowTypes::field).toList());
    }
}
