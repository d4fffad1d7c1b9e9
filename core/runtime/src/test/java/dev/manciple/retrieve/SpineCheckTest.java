package dev.manciple.retrieve;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;
import static dev.manciple.fixture.Definitions.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.FeatureSelection;
import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.fixture.Definitions;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureRef;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Spine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpineCheckTest {
    private static final OnDemandFeatureView SCORE = new OnDemandFeatureView(
            "score",
            List.of(DRIVER_STATS.projection().select("conv_rate")),
            List.of(DataSource.Request.of("trip", Field.of("distance", ValueType.Scalar.DOUBLE))),
            List.of(Field.of("total", ValueType.Scalar.DOUBLE)),
            new Transformation.Java("score"),
            About.NOTHING,
            Extras.NONE);

    @Test
    void rowsWithEverythingNeededPass() {
        assertThatCode(() -> check(
                        schema(
                                column("driver_id", ValueType.Scalar.INT32),
                                time("event_timestamp"),
                                column("label", ValueType.Scalar.DOUBLE)),
                        "driver_stats:trips"))
                .doesNotThrowAnyException();
    }

    @Test
    void theTimeIsEventTimestampElseTheOnlyTimeThereIs() {
        assertThat(SpineCheck.timeColumn(schema(time("event_timestamp"), time("born"))))
                .isEqualTo("event_timestamp");
        assertThat(SpineCheck.timeColumn(schema(column("id", ValueType.Scalar.INT64), time("asked_at"))))
                .isEqualTo("asked_at");
        assertThatThrownBy(() -> SpineCheck.timeColumn(schema(time("asked_at"), time("born"))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("several columns of times: asked_at, born")
                .hasMessageContaining("'event_timestamp'");
        assertThatThrownBy(() -> SpineCheck.timeColumn(schema(column("id", ValueType.Scalar.INT64))))
                .hasMessageContaining("no column of times")
                .hasMessageContaining("Columns: id");
    }

    @Test
    void aMissingJoinKeyNamesViewKeyAndColumns() {
        assertThatThrownBy(() -> check(
                        schema(column("driver", ValueType.Scalar.INT64), time("event_timestamp")),
                        "driver_stats:trips"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessage(
                        "The entity rows have no column 'driver_id', which feature view 'driver_stats' needs for its join"
                                + " key 'driver_id'. Columns: driver, event_timestamp");
    }

    @Test
    void aKeyOfAnotherTypeIsRefused() {
        assertThatThrownBy(() -> check(
                        schema(column("driver_id", ValueType.Scalar.STRING), time("event_timestamp")),
                        "driver_stats:trips"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Column 'driver_id' of the entity rows holds STRING")
                .hasMessageContaining("INT64");
        assertThatThrownBy(() -> check(
                        schema(
                                column("driver_id", ValueType.Scalar.INT64),
                                column("customer_id", ValueType.Scalar.INT64),
                                time("event_timestamp")),
                        "orders:amount"))
                .hasMessageContaining("'customer_id'")
                .hasMessageContaining("STRING");
    }

    @Test
    void aTimeColumnThatHoldsNoTimesIsRefused() {
        assertThatThrownBy(() -> check(
                        schema(
                                column("driver_id", ValueType.Scalar.INT64),
                                column("event_timestamp", ValueType.Scalar.STRING)),
                        "driver_stats:trips"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'event_timestamp' of the entity rows holds STRING, not times");
    }

    @ParameterizedTest
    @ValueSource(strings = {"__row_number", "__"})
    void reservedNamesAreRefused(String name) {
        assertThatThrownBy(() -> check(
                        schema(
                                column("driver_id", ValueType.Scalar.INT64),
                                time("event_timestamp"),
                                column(name, ValueType.Scalar.INT64)),
                        "driver_stats:trips"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'" + name + "'")
                .hasMessageContaining("reserved");
    }

    @Test
    void aColumnNamedAsAnOutputIsRefused() {
        Schema rows = schema(
                column("driver_id", ValueType.Scalar.INT64),
                time("event_timestamp"),
                column("Trips", ValueType.Scalar.INT64));
        assertThatThrownBy(() -> check(rows, "driver_stats:trips"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'trips', which is also the name of a feature");
        assertThatCode(() -> check(rows, "driver_stats:conv_rate")).doesNotThrowAnyException();
    }

    @Test
    void twoColumnsOfOneNameAreRefused() {
        assertThatThrownBy(() -> check(
                        schema(
                                column("driver_id", ValueType.Scalar.INT64),
                                column("DRIVER_ID", ValueType.Scalar.INT64),
                                time("event_timestamp")),
                        "driver_stats:trips"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("two columns named 'DRIVER_ID'");
    }

    @Test
    void aMissingRequestColumnNamesTheViewThatReadsIt() {
        assertThatThrownBy(() -> check(
                        schema(column("driver_id", ValueType.Scalar.INT64), time("event_timestamp")), "score:total"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(
                        "no column 'distance', which on demand feature view 'score' takes from the request");
    }

    @Test
    void aColumnOfNullsMayStandForAnyKey() {
        Schema schema = new Schema(List.of(
                org.apache.arrow.vector.types.pojo.Field.nullable("driver_id", ArrowType.Null.INSTANCE),
                time("event_timestamp")));
        assertThatCode(() -> check(schema, "driver_stats:trips")).doesNotThrowAnyException();
    }

    private static void check(Schema schema, String... references) {
        FeatureSelection selection = FeatureSelection.of(
                Arrays.stream(references).map(FeatureRef::parse).toArray(FeatureRef[]::new));
        FeaturePlan plan = new RequestPlanner(Definitions.snapshot(DRIVER_STATS, ORDERS, SCORE)).plan(selection, false);
        SpineCheck.check(
                new Spine.Rows(schema, "event_timestamp", () -> {
                    throw new AssertionError("a check reads no rows");
                }),
                plan);
    }

    private static Schema schema(org.apache.arrow.vector.types.pojo.Field... columns) {
        return new Schema(new ArrayList<>(List.of(columns)));
    }

    private static org.apache.arrow.vector.types.pojo.Field time(String name) {
        return column(name, ValueType.Scalar.UNIX_TIMESTAMP);
    }

    private static org.apache.arrow.vector.types.pojo.Field column(String name, ValueType type) {
        return ArrowTypes.arrow(name, type);
    }
}
