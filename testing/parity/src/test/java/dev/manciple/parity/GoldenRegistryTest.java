package dev.manciple.parity;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.manciple.model.About;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Preserved;
import dev.manciple.model.Projection;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Interval;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.RegistryCodec;
import dev.manciple.wire.proto.FeatureViewProto;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registries of the credit scoring example, written by Feast. */
class GoldenRegistryTest {
    private static final String REGISTRY = "data/golden/registry.db";
    private static final String PROJECT = "credit_scoring_aws";
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    @ParameterizedTest
    @ValueSource(strings = {REGISTRY, "data/golden/rag_registry.db"})
    void readsEveryDefinition(String file) {
        RegistrySnapshot snapshot = snapshot(registry(file));

        assertThat(RegistryCodec.projects(registry(file))).containsExactly(PROJECT);
        assertThat(snapshot.version()).isEqualTo("1607e20e-dc39-45a8-9e5b-ec52ba7176ef");
        assertThat(snapshot.entities()).containsOnlyKeys("zipcode", "dob_ssn");
        assertThat(snapshot.views().keySet())
                .containsExactly(
                        "credit_history",
                        "zipcode_features",
                        "zipcode_money_features",
                        "transaction_gt_last_credit_card_due");
        assertThat(snapshot.services().keySet())
                .containsExactly(
                        "credit_score_v2", "zipcode_model", "zipcode_model_v2", "credit_score_v3", "credit_score_v1");
        assertThat(snapshot.sources().keySet()).containsExactly("zipcode", "transaction", "credit_history");
        assertThat(snapshot.materialized()).isEmpty();
        assertThat(snapshot.preserved())
                .extracting(Preserved::as, Preserved::name)
                .containsExactly(tuple(Kind.PROJECT, PROJECT));
    }

    @Test
    void readsEntitiesInFull() {
        assertThat(snapshot(registry(REGISTRY)).entities())
                .containsEntry(
                        "dob_ssn",
                        new Entity(
                                "dob_ssn",
                                "dob_ssn",
                                Optional.empty(),
                                new About(
                                        "Date of birth and last four digits of social security number",
                                        "",
                                        Map.of("owner", "tony@feast.ai", "team", "hack week")),
                                Extras.NONE));
    }

    @Test
    void readsViewsInFull() {
        DataSource.Batch source = new DataSource.Batch(
                "zipcode",
                "file",
                new SourceLocation.Files("data/zipcode_table.parquet", ""),
                new TimeColumns("event_timestamp", Optional.of("created_timestamp"), Optional.empty()),
                Map.of(),
                About.NOTHING,
                Extras.NONE);
        assertThat(snapshot(registry(REGISTRY)).views())
                .containsEntry(
                        "zipcode_features",
                        FeatureView.of("zipcode_features")
                                .source(source)
                                .entities(List.of("zipcode"))
                                .entityColumns(List.of(Field.of("zipcode", Scalar.INT64)))
                                .features(
                                        Field.of("city", Scalar.STRING),
                                        Field.of("state", Scalar.STRING),
                                        Field.of("location_type", Scalar.STRING),
                                        Field.of("tax_returns_filed", Scalar.INT64),
                                        Field.of("population", Scalar.INT64),
                                        Field.of("total_wages", Scalar.INT64))
                                .ttl(Duration.ofDays(3650))
                                .about(new About(
                                        "",
                                        "",
                                        Map.of(
                                                "access_group", "feast-team@feast.ai",
                                                "date_added", "2022-02-7",
                                                "experiments", "experiment-A,experiment-B,experiment-C"))));
    }

    @Test
    void readsServicesInFull() {
        assertThat(snapshot(registry(REGISTRY)).services())
                .containsEntry(
                        "zipcode_model_v2",
                        new FeatureService(
                                "zipcode_model_v2",
                                List.of(new Projection(
                                        "zipcode_money_features",
                                        Optional.empty(),
                                        List.of("tax_returns_filed", "total_wages"),
                                        Map.of())),
                                Optional.empty(),
                                new About("Location model", "", Map.of("owner", "amanda@feast.ai", "stage", "dev")),
                                Extras.NONE));
    }

    @Test
    void showsPythonWithoutRunningIt() {
        OnDemandFeatureView view =
                (OnDemandFeatureView) view(registry(REGISTRY), "transaction_gt_last_credit_card_due");

        assertThat(view.features()).containsExactly(Field.of("transaction_gt_last_credit_card_due", Scalar.BOOL));
        assertThat(view.views()).extracting(Projection::view).containsExactly("credit_history");
        assertThat(view.requests())
                .containsExactly(DataSource.Request.of("transaction", Field.of("transaction_amt", Scalar.INT64)));
        assertThat(view.transformation()).isInstanceOfSatisfying(Transformation.Foreign.class, foreign -> {
            assertThat(foreign.mode()).isEqualTo("pandas");
            assertThat(foreign.text()).contains("def transaction_gt_last_credit_card_due(");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {REGISTRY, "data/golden/rag_registry.db"})
    void applyingWhatWasReadLeavesEveryByte(String file) {
        Registry registry = registry(file);

        assertThat(registry.toByteArray()).isEqualTo(Shared.bytes(file));
        assertThat(RegistryCodec.apply(registry, PROJECT, List.of(), NOW)).isSameAs(registry);
        Registry after = RegistryCodec.apply(registry, PROJECT, puts(all(snapshot(registry))), NOW);
        assertThat(after.toByteArray()).isEqualTo(Shared.bytes(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {REGISTRY, "data/golden/rag_registry.db"})
    void oneChangeLeavesAllOtherBytes(String file) {
        Registry registry = registry(file);
        FeatureView view = (FeatureView) view(registry, "zipcode_features");

        Registry after = RegistryCodec.apply(registry, PROJECT, puts(List.of(view.ttl(Duration.ofDays(1)))), NOW);

        FeatureViewProto.FeatureView.Builder expected = registry.getFeatureViews(1).toBuilder();
        expected.getSpecBuilder().getTtlBuilder().setSeconds(86_400);
        expected.getMetaBuilder()
                .getLastUpdatedTimestampBuilder()
                .setSeconds(NOW.getEpochSecond())
                .clearNanos();
        assertThat(after.toByteArray())
                .isEqualTo(registry.toBuilder()
                        .setFeatureViews(1, expected)
                        .build()
                        .toByteArray());
    }

    @Test
    void aNewSchemaGoesOnFromTheNewestVersion() {
        Registry registry = registry(REGISTRY);
        FeatureView view = (FeatureView) view(registry, "zipcode_features");

        Registry after = RegistryCodec.apply(
                registry, PROJECT, puts(List.of(view.features(Field.of("city", Scalar.STRING)))), NOW);

        var changed = after.getFeatureViewsList().getLast();
        assertThat(changed.getSpec().getName()).isEqualTo("zipcode_features");
        assertThat(changed.getMeta().getCurrentVersionNumber()).isEqualTo(3);
        assertThat(changed.getMeta().getCreatedTimestamp())
                .isEqualTo(registry.getFeatureViews(1).getMeta().getCreatedTimestamp());
        var history = after.getFeatureViewVersionHistory().getRecordsList();
        assertThat(history).hasSize(registry.getFeatureViewVersionHistory().getRecordsCount() + 1);
        assertThat(history.getLast().getFeatureViewProto()).isEqualTo(changed.toByteString());
    }

    @Test
    void materializationIsRemembered() {
        Registry registry = registry(REGISTRY);
        Interval interval = new Interval(NOW.minus(Duration.ofDays(1)), NOW);

        Registry after = RegistryCodec.apply(
                registry, PROJECT, List.of(new RegistryChange.Materialized("credit_history", interval)), NOW);

        assertThat(snapshot(after).materialized()).containsExactly(Map.entry("credit_history", List.of(interval)));
        Registry again = RegistryCodec.apply(after, PROJECT, puts(all(snapshot(registry))), NOW);
        assertThat(again).isEqualTo(after);
    }

    private static Registry registry(String file) {
        try {
            return Registry.parseFrom(Shared.bytes(file));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(file, e);
        }
    }

    private static AnyFeatureView view(Registry registry, String name) {
        return requireNonNull(snapshot(registry).views().get(name));
    }

    private static RegistrySnapshot snapshot(Registry registry) {
        return RegistryCodec.snapshot(registry, PROJECT);
    }

    private static List<RegistryChange> puts(List<? extends Definition> definitions) {
        return definitions.stream().<RegistryChange>map(RegistryChange.Put::new).toList();
    }

    private static List<Definition> all(RegistrySnapshot snapshot) {
        return Stream.of(
                        snapshot.sources().values(),
                        snapshot.entities().values(),
                        snapshot.views().values(),
                        snapshot.services().values(),
                        snapshot.preserved())
                .<Definition>flatMap(each -> each.stream())
                .toList();
    }
}
