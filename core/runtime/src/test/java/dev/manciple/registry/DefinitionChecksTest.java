package dev.manciple.registry;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Preserved;
import dev.manciple.model.Projection;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType.Scalar;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DefinitionChecksTest {
    private static final Entity DRIVER = Entity.of("driver").joinKey("driver_id");
    private static final DataSource.Batch SOURCE = DataSource.Batch.files("a.parquet");
    private static final FeatureView STATS = FeatureView.of("driver_stats")
            .source(SOURCE)
            .entities(DRIVER)
            .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
            .features(Field.of("rate", Scalar.DOUBLE), Field.of("trips", Scalar.INT64));
    private static final Preserved CLICKS =
            new Preserved(Definition.Kind.STREAM_FEATURE_VIEW, "clicks", ByteBuffer.allocate(0));

    @Test
    void acceptsWhatIsRight() {
        assertThatCode(() -> check(
                        DRIVER,
                        STATS,
                        onDemand("twice", STATS.projection().select("rate")),
                        FeatureService.of(
                                "model",
                                STATS.projection().select("trips"),
                                STATS.withName("again").withJoinKeyMap(Map.of("driver_id", "other_id")),
                                new Projection("clicks", Optional.empty(), List.of(), Map.of()))))
                .doesNotThrowAnyException();
    }

    @Test
    void names() {
        assertProblem(
                "'Driver_Stats' is already used by feature view 'driver_stats'", DRIVER, STATS, view("Driver_Stats"));
        assertProblem(
                "'driver_STATS' is already used by feature view 'driver_stats'",
                DRIVER,
                STATS,
                onDemand("driver_STATS", STATS.projection()));
        assertProblem("'Clicks' is already used by the stream feature view 'clicks'", DRIVER, view("Clicks"));
        assertProblem("entities must differ in more than case: 'driver' and 'DRIVER'", DRIVER, Entity.of("DRIVER"));
        assertProblem("data sources must differ in more than case", SOURCE, SOURCE.name("A.parquet"));
        assertProblem("feature view 'driver_stats' is defined twice", DRIVER, STATS, STATS);
        assertProblem("entity 'driver' is defined twice", DRIVER, DRIVER);
        assertProblem(
                "data source 'a.parquet' of feature view 'driver_stats' differs from another",
                DRIVER,
                STATS,
                SOURCE.eventTime("other"));
    }

    @Test
    void entities() {
        assertProblem(
                "names the entity 'drivr', which does not exist, did you mean 'driver'?",
                DRIVER,
                STATS.entities(List.of("drivr")));
        assertProblem("names the entity 'driver', which does not exist; there are none", STATS);
        assertProblem(
                "has two entities, 'driver' and 'chauffeur', with the join key 'driver_id'",
                DRIVER,
                Entity.of("chauffeur").joinKey("driver_id"),
                STATS.entities(List.of("driver", "chauffeur")));
    }

    @Test
    void columns() {
        assertProblem(
                "two features named 'RATE'",
                DRIVER,
                STATS.features(Field.of("rate", Scalar.DOUBLE), Field.of("RATE", Scalar.DOUBLE)));
        assertProblem(
                "feature 'Driver_ID' of feature view 'driver_stats' differs from the join key 'driver_id' in case only",
                DRIVER,
                STATS.features(Field.of("Driver_ID", Scalar.DOUBLE)));
        assertProblem(
                "the column 'rate' is mapped to 'ratio'",
                DRIVER,
                STATS.source(SOURCE.fieldMapping(Map.of("rate", "ratio"))));
        assertProblem(
                "reads the request source 'now'",
                DRIVER,
                STATS.source(DataSource.Request.of("now", Field.of("x", Scalar.INT64))));
    }

    @Test
    void services() {
        assertProblem(
                "feature service 'model' names the feature view 'driver_stat', which does not exist, did you mean 'driver_stats'?",
                DRIVER,
                STATS,
                FeatureService.of("model", new Projection("driver_stat", Optional.empty(), List.of(), Map.of())));
        assertProblem(
                "names the feature 'driver_stats:trip', which does not exist, did you mean 'trips'?",
                DRIVER,
                STATS,
                FeatureService.of("model", STATS.projection().select("trip")));
        assertProblem(
                "maps 'driver' of feature view 'driver_stats', which is not one of its join keys: driver_id",
                DRIVER,
                STATS,
                FeatureService.of("model", STATS.withJoinKeyMap(Map.of("driver", "other_id"))));
        assertProblem(
                "feature service 'model' has no features: name at least one view or view:feature",
                DRIVER,
                STATS,
                FeatureService.of("model"));
    }

    @Test
    void onDemandViews() {
        assertProblem("on demand feature view 'twice' has no sources", onDemand("twice"));
        assertProblem(
                "has two sources named 'driver_stats'",
                DRIVER,
                STATS,
                onDemand("twice", STATS.projection(), STATS.projection()));
        assertProblem(
                "reads 'twice', which is computed on demand itself",
                DRIVER,
                STATS,
                onDemand("twice", STATS.projection()),
                onDemand("thrice", new Projection("twice", Optional.empty(), List.of(), Map.of())));
        OnDemandFeatureView wrong = new OnDemandFeatureView(
                "wrong",
                List.of(STATS.projection()),
                List.of(),
                List.of(Field.of("missing", Scalar.DOUBLE)),
                new Transformation.Sql(Map.of("mising", "1")),
                About.NOTHING,
                Extras.NONE);
        assertProblem(
                "computes 'mising', which its schema does not list, did you mean 'missing'?", DRIVER, STATS, wrong);
        assertProblem("has no expression for its feature 'missing'", DRIVER, STATS, wrong);
    }

    private static FeatureView view(String name) {
        return FeatureView.of(name).source(SOURCE).features(Field.of("x", Scalar.INT64));
    }

    private static OnDemandFeatureView onDemand(String name, Projection... sources) {
        return new OnDemandFeatureView(
                name,
                List.of(sources),
                List.of(),
                List.of(Field.of("out", Scalar.DOUBLE)),
                new Transformation.Sql(Map.of("out", "1.0")),
                About.NOTHING,
                Extras.NONE);
    }

    private static void assertProblem(String part, Definition... definitions) {
        assertThatThrownBy(() -> check(definitions))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(part);
    }

    private static void check(Definition... definitions) {
        Problems problems = new Problems();
        DefinitionSet set = DefinitionSet.of(List.of(definitions), problems);
        DefinitionChecks checks = new DefinitionChecks(set, List.of(CLICKS), problems);
        checks.checkNames();
        checks.checkReferences();
        problems.throwIfAny("shop");
    }
}
