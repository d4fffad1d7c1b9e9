package dev.manciple.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PitPlannerTest {
    private static final Field TRIPS = Field.of("trips", Scalar.INT64);

    private final DataSource.Batch source =
            DataSource.Batch.files("trips.parquet").eventTime("at").createdTime("written");
    private final FeatureView view = FeatureView.of("driver_stats")
            .source(source)
            .entities(List.of("driver"))
            .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
            .features(TRIPS);
    private final Relation sourceRows = relation(
            "source 'trips'",
            Map.of(
                    "driver_id",
                    Scalar.INT64,
                    "trips",
                    Scalar.INT64,
                    "at",
                    Scalar.UNIX_TIMESTAMP,
                    "written",
                    Scalar.UNIX_TIMESTAMP));
    private final Relation spine = relation("spine", Map.of("driver_id", Scalar.INT64, "time", Scalar.UNIX_TIMESTAMP));

    @Test
    void outputIsTheSpineThenTheFeatures() {
        PitPlan plan = plan(slice(view, Map.of()), spine, sourceRows, true);

        assertThat(names(plan.output()))
                .startsWith(names(Types.schema(spine)).toArray(String[]::new))
                .endsWith("driver_stats__trips")
                .hasSize(3);
    }

    @Test
    void featuresMayBeNullWhateverTheSourceSays() {
        assertThat(plan(slice(view, Map.of()), spine, sourceRows, false)
                        .output()
                        .findField("trips")
                        .isNullable())
                .isTrue();
    }

    @Test
    void zeroTtlIsUnboundedAndAFractionOfASecondIsKept() {
        assertThat(onlyJoin(view.ttl(Duration.ZERO)).ttl()).isEmpty();
        assertThat(onlyJoin(view.ttl(Duration.ofNanos(1_500_999))).ttl()).hasValue(1_500);
        assertThat(onlyJoin(view.ttl(Duration.ofSeconds(Long.MAX_VALUE))).ttl()).isEmpty();
    }

    @Test
    void fieldMappingNamesTheSourcesColumns() {
        Relation renamed =
                relation("source 'trips'", Map.of("drv", Scalar.INT64, "n", Scalar.INT64, "ts", Scalar.UNIX_TIMESTAMP));
        FeatureView mapped = view.source(DataSource.Batch.files("trips.parquet")
                .eventTime("at")
                .fieldMapping(Map.of("drv", "driver_id", "n", "trips", "ts", "at")));

        SliceJoin join =
                plan(slice(mapped, Map.of()), spine, renamed, false).joins().getFirst();

        assertThat(join.keys().getFirst().source().name()).isEqualTo("drv");
        assertThat(join.features().getFirst().name()).isEqualTo("n");
        assertThat(join.event().name()).isEqualTo("ts");
    }

    @Test
    void joinKeyMapNamesTheSpinesColumns() {
        Relation origins = relation("spine", Map.of("origin", Scalar.INT64, "time", Scalar.UNIX_TIMESTAMP));

        SliceJoin join = plan(slice(view, Map.of("driver_id", "origin")), origins, sourceRows, false)
                .joins()
                .getFirst();

        assertThat(join.keys().getFirst().spine().name()).isEqualTo("origin");
    }

    @Test
    void createdTimesCutOnlyWhereAskedAndPresent() {
        HistoricalRequest.Options asKnownThen = new HistoricalRequest.Options(true, true);
        FeatureView without =
                view.source(DataSource.Batch.files("trips.parquet").eventTime("at"));

        assertThat(joinOf(view, asKnownThen).filtersByCreated()).isTrue();
        assertThat(joinOf(without, asKnownThen).filtersByCreated()).isFalse();
        assertThat(joinOf(view, HistoricalRequest.Options.DEFAULT).filtersByCreated())
                .isFalse();
    }

    @Test
    void missingColumnsAreNamedWithWhatThereIs() {
        Relation noKey = relation("spine", Map.of("time", Scalar.UNIX_TIMESTAMP));
        Relation noFeature = relation("source 'trips'", Map.of("driver_id", Scalar.INT64, "at", Scalar.UNIX_TIMESTAMP));

        assertRefused(
                () -> plan(slice(view, Map.of()), noKey, sourceRows, false), "'driver_id'", "driver_stats", "time");
        assertRefused(
                () -> plan(
                        slice(
                                view.source(source.time(new TimeColumns("at", Optional.empty(), Optional.empty()))),
                                Map.of()),
                        spine,
                        noFeature,
                        false),
                "'trips'",
                "source 'trips'",
                "driver_id");
        assertRefused(
                () -> PitPlanner.plan(
                        request(slice(view, Map.of()), false, HistoricalRequest.Options.DEFAULT),
                        spine,
                        "when",
                        List.of(sourceRows)),
                "'when'",
                "driver_id");
    }

    @Test
    void namesOfOurOwnAreRefused() {
        Relation reserved = relation(
                "spine", Map.of("driver_id", Scalar.INT64, "time", Scalar.UNIX_TIMESTAMP, "__row", Scalar.INT64));

        assertRefused(() -> plan(slice(view, Map.of()), reserved, sourceRows, false), "__row", "rename");
    }

    @Test
    void keysThatCannotBeEqualAreRefused() {
        Relation texts = relation("spine", Map.of("driver_id", Scalar.STRING, "time", Scalar.UNIX_TIMESTAMP));

        assertRefused(() -> plan(slice(view, Map.of()), texts, sourceRows, false), "STRING", "driver_id", "INT64");
    }

    @Test
    void aFeatureCalledLikeAnEntityColumnIsRefused() {
        Relation clash = relation(
                "spine", Map.of("driver_id", Scalar.INT64, "time", Scalar.UNIX_TIMESTAMP, "trips", Scalar.INT64));

        assertRefused(() -> plan(slice(view, Map.of()), clash, sourceRows, false), "'trips'", "full feature names");
    }

    @Test
    void timesMustBeTimes() {
        Relation numbers = relation("spine", Map.of("driver_id", Scalar.INT64, "time", Scalar.INT64));

        assertRefused(() -> plan(slice(view, Map.of()), numbers, sourceRows, false), "'time'", "not times");
    }

    @Test
    void momentsBeyondTheEnginesAreItsFirstAndLast() {
        assertThat(Dialect.micros(Instant.MIN)).isEqualTo(Dialect.EARLIEST);
        assertThat(Dialect.micros(Instant.MAX)).isEqualTo(Dialect.LATEST);
        assertThat(Dialect.micros(Instant.parse("1969-12-31T23:59:59.999999Z"))).isEqualTo(-1);
    }

    private SliceJoin onlyJoin(FeatureView changed) {
        return joinOf(changed, HistoricalRequest.Options.DEFAULT);
    }

    private SliceJoin joinOf(FeatureView changed, HistoricalRequest.Options options) {
        return PitPlanner.plan(request(slice(changed, Map.of()), false, options), spine, "time", List.of(sourceRows))
                .joins()
                .getFirst();
    }

    private static PitPlan plan(ViewSlice slice, Relation spine, Relation source, boolean fullNames) {
        return PitPlanner.plan(
                request(slice, fullNames, HistoricalRequest.Options.DEFAULT), spine, "time", List.of(source));
    }

    private static HistoricalRequest request(ViewSlice slice, boolean fullNames, HistoricalRequest.Options options) {
        return new HistoricalRequest(new Spine.Query("", "time"), List.of(slice), fullNames, options);
    }

    private static ViewSlice slice(FeatureView view, Map<String, String> joinKeyMap) {
        return new ViewSlice(view, view.name(), view.features(), joinKeyMap);
    }

    private static Relation relation(String title, Map<String, ValueType> columns) {
        Schema schema = new Schema(columns.entrySet().stream()
                .map(column -> ArrowTypes.arrow(column.getKey(), column.getValue()))
                .toList());
        return Relation.of(title, Sql.of("t"), schema, false);
    }

    private static List<String> names(Schema schema) {
        return schema.getFields().stream()
                .map(org.apache.arrow.vector.types.pojo.Field::getName)
                .toList();
    }

    private static void assertRefused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).isInstanceOf(InvalidRequestException.class).hasMessageContainingAll(parts);
    }
}
