package dev.manciple.retrieve;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;
import static dev.manciple.fixture.Definitions.ORDERS;
import static dev.manciple.fixture.Definitions.WEATHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.FeatureSelection;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.fixture.Definitions;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Preserved;
import dev.manciple.model.Projection;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.ViewSlice;
import dev.manciple.transform.OnDemandInput;
import dev.manciple.transform.OutputFeature;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestPlannerTest {
    private static final OnDemandFeatureView SCORE = new OnDemandFeatureView(
            "score",
            List.of(projection("driver_stats", "trips"), projection("orders", "trips")),
            List.of(DataSource.Request.of("trip", Field.of("distance", ValueType.Scalar.DOUBLE))),
            List.of(Field.of("per_km", ValueType.Scalar.DOUBLE), Field.of("total", ValueType.Scalar.DOUBLE)),
            new Transformation.Java("score"),
            About.NOTHING,
            Extras.NONE);

    @Test
    void outputsComeViewByViewAsFirstMentioned() {
        FeaturePlan plan = plan("driver_stats:trips", "orders:amount", "driver_stats:conv_rate");
        assertThat(names(plan)).containsExactly("trips", "conv_rate", "amount");
        assertThat(plan.slices()).extracting(slice -> slice.view().name()).containsExactly("driver_stats", "orders");
    }

    @Test
    void fullNamesCarryTheViewOrItsAlias() {
        FeaturePlan plan = planner()
                .plan(
                        new FeatureSelection.Views(List.of(
                                projection("driver_stats", "trips").withName("first"),
                                projection("driver_stats", "trips")
                                        .withName("second")
                                        .withJoinKeyMap(Map.of("driver_id", "second_driver")))),
                        true);
        assertThat(names(plan)).containsExactly("first__trips", "second__trips");
        assertThat(plan.slices().get(1).spineColumn("driver_id")).isEqualTo("second_driver");
    }

    @Test
    void aServiceMeansItsProjectionsAndAnEmptyOneAllFeatures() {
        FeatureService service =
                FeatureService.of("ranking", projection("driver_stats"), projection("weather", "rain"));
        FeaturePlan plan = planner(DRIVER_STATS, WEATHER, service).plan(new FeatureSelection.Service("ranking"), false);
        assertThat(names(plan)).containsExactly("conv_rate", "trips", "rain");
    }

    @Test
    void inputsOfAnOnDemandViewAreReadButNotReturned() {
        FeaturePlan plan = plan("driver_stats:conv_rate", "score:total");
        assertThat(plan.outputs())
                .containsExactly(
                        new OutputFeature.Stored(
                                "conv_rate", DRIVER_STATS.features().get(0), 0, 0),
                        new OutputFeature.Computed("total", SCORE.features().get(1), 0, 0));
        assertThat(plan.slices().get(0).features()).extracting(Field::name).containsExactly("conv_rate", "trips");
        assertThat(plan.slices().get(1).features()).extracting(Field::name).containsExactly("trips");
    }

    @Test
    void inputsThatShareABareNameGoByTheirFullOnes() {
        FeaturePlan plan = plan("score:total");
        assertThat(plan.onDemand().getFirst().inputs())
                .containsExactly(
                        new OnDemandInput.FromView("driver_stats__trips", ValueType.Scalar.INT64, 0, 0),
                        new OnDemandInput.FromView("orders__trips", ValueType.Scalar.INT64, 1, 0),
                        new OnDemandInput.FromRequest("distance", ValueType.Scalar.DOUBLE));
    }

    @Test
    void anInputReadOnOtherKeysIsReadApart() {
        FeaturePlan plan = planner()
                .plan(
                        new FeatureSelection.Views(List.of(
                                projection("driver_stats", "trips").withJoinKeyMap(Map.of("driver_id", "other_driver")),
                                projection("score", "total"))),
                        false);
        assertThat(plan.slices())
                .extracting(slice -> slice.outputName())
                .containsExactly("driver_stats", "driver_stats_2", "orders");
    }

    @Test
    void namesThatCollideAreRefusedWithTheWayOut() {
        assertThatThrownBy(() -> plan("driver_stats:trips", "orders:trips"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Duplicate features named trips found.")
                .hasMessageContaining("full feature names");
        assertThatThrownBy(() -> planner()
                        .plan(
                                new FeatureSelection.Views(List.of(
                                        projection("driver_stats", "trips"), projection("driver_stats", "trips"))),
                                true))
                .hasMessageContaining("Duplicate features named driver_stats__trips found.")
                .hasMessageContaining("once")
                .hasMessageNotContaining("names");
    }

    @Test
    void namesThatDifferOnlyInCaseCollide() {
        FeatureView shouting = ORDERS.features(Field.of("TRIPS", ValueType.Scalar.INT64));
        assertThatThrownBy(() ->
                        planner(DRIVER_STATS, shouting).plan(selection("driver_stats:trips", "orders:TRIPS"), false))
                .hasMessageContaining("Duplicate features");
    }

    @Test
    void unknownNamesComeWithTheNearestOne() {
        assertThatThrownBy(() -> plan("driver_stat:trips"))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("Feature view 'driver_stat' does not exist. Did you mean 'driver_stats'?");
        assertThatThrownBy(() -> plan("driver_stats:trip"))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("Feature 'driver_stats:trip' does not exist. Did you mean 'trips'?");
        assertThatThrownBy(() -> planner().plan(new FeatureSelection.Service("x"), false))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("Feature service 'x' does not exist. There are none.");
    }

    @Test
    void whatCannotServeIsRefused() {
        assertThatThrownBy(() -> planner(DRIVER_STATS.enabled(false)).plan(selection("driver_stats:trips"), false))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'driver_stats' is disabled and cannot serve features");
        Preserved labels = new Preserved(Definition.Kind.LABEL_VIEW, "labels", ByteBuffer.allocate(0));
        assertThatThrownBy(() -> planner(labels).plan(selection("labels:n"), false))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("label view such as 'labels'");
        assertThatThrownBy(() -> plan("driver_stats@v2:trips"))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("ask for 'driver_stats' instead");
        assertThatThrownBy(() -> planner().plan(new FeatureSelection.Views(List.of()), false))
                .hasMessage("No features specified for retrieval");
    }

    @Test
    void viewsThatOnlyFeastDefinesAreAskedLikeOthers() {
        Preserved stream = new Preserved(
                Definition.Kind.STREAM_FEATURE_VIEW, "driver_stats", ByteBuffer.allocate(0), Optional.of(DRIVER_STATS));
        assertThat(planner(stream).plan(selection("driver_stats:trips"), false).slices())
                .extracting(ViewSlice::view)
                .containsExactly(DRIVER_STATS);
    }

    @Test
    void aMapOfAKeyTheViewDoesNotHaveIsRefused() {
        assertThatThrownBy(() -> planner()
                        .plan(
                                new FeatureSelection.Views(List.of(projection("driver_stats", "trips")
                                        .withJoinKeyMap(Map.of("driver", "other_driver")))),
                                false))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'driver' is mapped as a join key of feature view 'driver_stats'")
                .hasMessageContaining("driver_id");
    }

    private static FeaturePlan plan(String... references) {
        return planner().plan(selection(references), false);
    }

    private static RequestPlanner planner(Definition... definitions) {
        return new RequestPlanner(
                definitions.length == 0
                        ? Definitions.snapshot(DRIVER_STATS, ORDERS, WEATHER, SCORE)
                        : Definitions.snapshot(definitions));
    }

    private static FeatureSelection selection(String... references) {
        return FeatureSelection.of(
                List.of(references).stream().map(FeatureRef::parse).toArray(FeatureRef[]::new));
    }

    private static Projection projection(String view, String... features) {
        return new Projection(view, Optional.empty(), List.of(features), Map.of());
    }

    private static List<String> names(FeaturePlan plan) {
        return plan.outputs().stream().map(OutputFeature::name).toList();
    }
}
