package dev.manciple.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.ApplyPlan.Action;
import dev.manciple.ApplyPlan.Difference;
import dev.manciple.ApplyPlan.Property;
import dev.manciple.model.About;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Preserved;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegistryDiffTest {
    private static final Entity DRIVER =
            Entity.of("driver").joinKey("driver_id").type(ValueType.Scalar.INT64);
    private static final DataSource.Batch SOURCE =
            DataSource.Batch.files("data/stats.parquet").name("stats_source").eventTime("ts");
    private static final FeatureView STATS = FeatureView.of("driver_stats")
            .source(SOURCE)
            .entities(DRIVER)
            .entityColumns(List.of(Field.of("driver_id", ValueType.Scalar.INT64)))
            .features(Field.of("conv_rate", ValueType.Scalar.FLOAT));
    private static final FeatureService SERVICE = FeatureService.of("model", STATS.projection());
    private static final OnDemandFeatureView DOUBLED = new OnDemandFeatureView(
            "doubled",
            List.of(STATS.projection()),
            List.of(),
            List.of(Field.of("twice", ValueType.Scalar.DOUBLE)),
            new Transformation.Sql(Map.of("twice", "conv_rate * 2")),
            About.NOTHING,
            Extras.NONE);

    /** Said by definitions in YAML, in the bytes of Feast's registry. */
    @Test
    void findsAnOptionThatOnlyFeastUnderstands() {
        FeatureView pinned = STATS.extras(new Extras(FeatureViewSpec.newBuilder()
                .setVersion("v2")
                .build()
                .toByteString()
                .asReadOnlyByteBuffer()));
        FeatureView more = STATS.extras(new Extras(FeatureViewSpec.newBuilder()
                .setVersion("v2")
                .setOrg("acme")
                .build()
                .toByteString()
                .asReadOnlyByteBuffer()));
        RegistrySnapshot before = registered(STATS, DRIVER);

        assertThat(diff(before, pinned, DRIVER).differences())
                .singleElement()
                .satisfies(difference -> assertThat(difference.properties())
                        .extracting(Property::name)
                        .containsExactly("options for Feast"));
        assertThat(diff(registered(more, DRIVER), pinned, DRIVER).differences()).isEmpty();
        assertThat(diff(registered(pinned, DRIVER), STATS, DRIVER).differences())
                .isEmpty();
    }

    @Test
    void createsWhatIsNew() {
        RegistryDiff diff = diff(RegistrySnapshot.empty("shop"), DOUBLED, SERVICE, STATS, DRIVER);
        assertThat(diff.differences())
                .extracting(RegistryDiffTest::line)
                .containsExactly(
                        "CREATED entity driver",
                        "CREATED feature view driver_stats",
                        "CREATED on demand feature view doubled",
                        "CREATED feature service model");
        assertThat(diff.changes())
                .as("data sources are registered too")
                .extracting(change -> ((RegistryChange.Put) change).definition().name())
                .containsExactly("stats_source", "driver", "driver_stats", "doubled", "model");
    }

    @Test
    void findsNothingToDoTwice() {
        RegistryDiff diff = diff(registered(DRIVER, STATS, DOUBLED, SERVICE), DRIVER, STATS, DOUBLED, SERVICE);
        assertThat(diff.differences()).isEmpty();
        assertThat(diff.changes()).isEmpty();
    }

    @Test
    void ignoresWhatNobodyWrote() {
        Extras fromFeast = new Extras(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        Field withExtras = new Field("conv_rate", ValueType.Scalar.FLOAT, "", Map.of(), fromFeast);
        RegistrySnapshot before = registered(
                DRIVER.extras(fromFeast),
                STATS.extras(fromFeast).features(withExtras).source(SOURCE.extras(fromFeast)),
                DOUBLED.extras(fromFeast),
                SERVICE.extras(fromFeast));
        assertThat(diff(before, DRIVER, STATS, DOUBLED, SERVICE).changes()).isEmpty();
    }

    @Test
    void listsEachChangedProperty() {
        FeatureView changed = STATS.ttl(Duration.ofDays(2))
                .features(Field.of("conv_rate", ValueType.Scalar.DOUBLE), Field.of("trips", ValueType.Scalar.INT64))
                .online(false)
                .about(About.NOTHING.tags(Map.of("team", "a")));
        RegistryDiff diff = diff(registered(DRIVER, STATS), DRIVER, changed);
        assertThat(diff.differences())
                .singleElement()
                .isEqualTo(new Difference(
                        Action.UPDATED,
                        Definition.Kind.FEATURE_VIEW,
                        "driver_stats",
                        List.of(
                                new Property("features", "[conv_rate: FLOAT]", "[conv_rate: DOUBLE, trips: INT64]"),
                                new Property("ttl", "none", "PT48H"),
                                new Property("online", "true", "false"),
                                new Property("tags", "{}", "{team: a}"))));
    }

    @Test
    void deletesWhatIsNotDefinedAnyMore() {
        RegistryDiff diff = diff(registered(DRIVER, STATS, DOUBLED, SERVICE), DRIVER);
        assertThat(diff.differences())
                .extracting(RegistryDiffTest::line)
                .containsExactlyInAnyOrder(
                        "DELETED data source stats_source",
                        "DELETED feature view driver_stats",
                        "DELETED on demand feature view doubled",
                        "DELETED feature service model");
        assertThat(diff.changes())
                .containsExactlyInAnyOrder(
                        new RegistryChange.Remove(Definition.Kind.DATA_SOURCE, "stats_source"),
                        new RegistryChange.Remove(Definition.Kind.FEATURE_VIEW, "driver_stats"),
                        new RegistryChange.Remove(Definition.Kind.ON_DEMAND_FEATURE_VIEW, "doubled"),
                        new RegistryChange.Remove(Definition.Kind.FEATURE_SERVICE, "model"));
    }

    @Test
    void listsASourceThatIsAllThatGoes() {
        RegistrySnapshot before = registered(
                DRIVER, STATS, DataSource.Batch.files("data/old.parquet").name("unused"));
        assertThat(diff(before, DRIVER, STATS).differences())
                .extracting(RegistryDiffTest::line)
                .containsExactly("DELETED data source unused");
    }

    @Test
    void makesRoomBeforeANameChangesItsKind() {
        OnDemandFeatureView sameName = new OnDemandFeatureView(
                "driver_stats", List.of(), List.of(), List.of(), DOUBLED.transformation(), About.NOTHING, Extras.NONE);
        RegistryDiff diff = diff(registered(DRIVER, STATS), DRIVER, sameName);
        assertThat(diff.differences())
                .extracting(RegistryDiffTest::line)
                .containsExactlyInAnyOrder(
                        "DELETED data source stats_source",
                        "DELETED feature view driver_stats",
                        "CREATED on demand feature view driver_stats");
        assertThat(diff.changes())
                .endsWith(new RegistryChange.Put(sameName))
                .contains(new RegistryChange.Remove(Definition.Kind.FEATURE_VIEW, "driver_stats"));
    }

    @Test
    void keepsWhatOnlyFeastCanDefine() {
        Preserved streamView =
                new Preserved(Definition.Kind.STREAM_FEATURE_VIEW, "clicks", ByteBuffer.wrap(new byte[] {1}));
        Preserved permission = new Preserved(Definition.Kind.PERMISSION, "readers", ByteBuffer.wrap(new byte[] {2}));
        DataSource push = DataSource.Push.of("clicks_push", SOURCE);
        RegistrySnapshot plain = registered(DRIVER, push);
        RegistrySnapshot before = new RegistrySnapshot(
                plain.project(),
                plain.version(),
                plain.entities(),
                plain.views(),
                plain.services(),
                plain.sources(),
                plain.permissions(),
                List.of(streamView, permission),
                Map.of(),
                Extras.NONE);
        assertThat(diff(before, DRIVER).changes())
                .containsExactly(new RegistryChange.Remove(Definition.Kind.DATA_SOURCE, "stats_source"));
    }

    @Test
    void materializationDoesNotMakeAPlanStale() {
        RegistrySnapshot before = registered(DRIVER, STATS);
        RegistrySnapshot after = new RegistrySnapshot(
                "shop",
                "2",
                before.entities(),
                Map.of("driver_stats", STATS.extras(new Extras(ByteBuffer.wrap(new byte[] {9})))),
                before.services(),
                before.sources(),
                before.permissions(),
                List.of(),
                Map.of("driver_stats", List.of()),
                Extras.NONE);
        assertThat(RegistryDiff.sameDefinitions(before, after)).isTrue();
        assertThat(RegistryDiff.sameDefinitions(before, registered(DRIVER, STATS.online(false))))
                .isFalse();
        assertThat(RegistryDiff.sameDefinitions(before, registered(DRIVER))).isFalse();
    }

    private static String line(Difference difference) {
        return difference.action() + " " + difference.kind().words() + " " + difference.name();
    }

    private static RegistryDiff diff(RegistrySnapshot before, Definition... after) {
        return RegistryDiff.between(before, set(after));
    }

    private static DefinitionSet set(Definition... definitions) {
        Problems problems = new Problems();
        DefinitionSet set = DefinitionSet.of(List.of(definitions), problems);
        problems.throwIfAny("shop");
        return set;
    }

    private static RegistrySnapshot registered(Definition... definitions) {
        DefinitionSet set = set(definitions);
        Map<String, AnyFeatureView> views = new LinkedHashMap<>(set.views());
        views.putAll(set.onDemandViews());
        return new RegistrySnapshot(
                "shop",
                "1",
                set.entities(),
                views,
                set.services(),
                set.sources(),
                set.permissions(),
                List.of(),
                Map.of(),
                Extras.NONE);
    }
}
