package dev.manciple.registry;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.error.ConflictException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Interval;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.proto.RegistryProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileRegistryTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Entity DRIVER =
            Entity.of("driver").joinKey("driver_id").type(ValueType.Scalar.INT64);

    @TempDir
    private Path folder;

    private Path path;
    private FileRegistry registry;

    @BeforeEach
    void open() {
        path = folder.resolve("registry.db");
        registry = new FileRegistry(path, false, InstantSource.fixed(NOW));
    }

    @Test
    void readingARegistryThatIsNotThereFindsItEmptyAndMakesNothing() {
        RegistrySnapshot snapshot = load("shop");
        assertThat(snapshot).isEqualTo(RegistrySnapshot.empty("shop"));
        assertThat(registry.projects()).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aRegistryWhoseFileIsGoneIsNotTakenForEmpty() throws IOException {
        RegistrySnapshot known = put(load("shop"), DRIVER);
        assertThat(load("shop")).isEqualTo(known);
        byte[] kept = Files.readAllBytes(path);
        Files.delete(path);
        assertThatThrownBy(() -> load("shop"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(path + "")
                .hasMessageContaining("the file is gone");
        assertThatThrownBy(() -> put(known, Entity.of("customer"))).isInstanceOf(ConfigException.class);
        assertThat(path).as("nothing is made in its place").doesNotExist();

        Files.write(path, kept);
        assertThat(load("shop")).isEqualTo(known);
    }

    @Test
    void aCommitIsReadByEverybody() {
        RegistrySnapshot committed = put(load("shop"), DRIVER);
        assertThat(requireNonNull(committed.entities().get("driver")).type()).hasValue(ValueType.Scalar.INT64);
        assertThat(committed.version()).isNotEmpty();
        assertThat(load("shop")).isEqualTo(committed);
        FileRegistry other = new FileRegistry(path, false, InstantSource.system());
        assertThat(other.load("shop", Optional.empty())).isEqualTo(committed);
        assertThat(other.projects()).containsExactly("shop");
    }

    @Test
    void everyCommitHasAnotherVersion() {
        RegistrySnapshot first = put(load("shop"), DRIVER);
        RegistrySnapshot second = put(first, DRIVER);
        assertThat(second.version()).isNotEqualTo(first.version());
    }

    @Test
    void handsBackTheKnownSnapshotWhileNothingChanged() {
        RegistrySnapshot known = put(load("shop"), DRIVER);
        assertThat(registry.load("shop", Optional.of(known))).isSameAs(known);
        put(known, Entity.of("customer"));
        assertThat(registry.load("shop", Optional.of(known)).entities()).containsKey("customer");
    }

    @Test
    void aSnapshotOfAnotherProjectIsNotKnown() {
        RegistrySnapshot known = put(load("shop"), DRIVER);
        assertThat(registry.load("bank", Optional.of(known)).entities()).isEmpty();
    }

    @Test
    void seesWhatAnotherInstanceCommits() {
        put(load("shop"), DRIVER);
        FileRegistry other = new FileRegistry(path, false, InstantSource.system());
        other.commit(other.load("shop", Optional.empty()), List.of(new RegistryChange.Put(Entity.of("customer"))));
        assertThat(load("shop").entities()).containsKeys("driver", "customer");
    }

    @Test
    void refusesACommitOntoAnOldVersion() throws IOException {
        RegistrySnapshot base = put(load("shop"), DRIVER);
        put(base, Entity.of("customer"));
        byte[] before = Files.readAllBytes(path);
        assertThatThrownBy(() -> put(base, Entity.of("product")))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("'shop'");
        assertThat(path).hasBinaryContent(before);
    }

    @Test
    void refusesACommitOntoANothingThatBecameSomething() {
        RegistrySnapshot nothing = load("shop");
        put(nothing, DRIVER);
        assertThatThrownBy(() -> put(nothing, DRIVER)).isInstanceOf(ConflictException.class);
    }

    @Test
    void refusesACommitOntoARegistryThatIsGone() throws IOException {
        RegistrySnapshot base = put(load("shop"), DRIVER);
        Files.delete(path);
        assertThatThrownBy(() -> put(base, DRIVER)).isInstanceOf(ConflictException.class);
        assertThat(path).doesNotExist();
    }

    @Test
    void commitsToDifferentProjectsDoNotConflict() {
        RegistrySnapshot shop = load("shop");
        RegistrySnapshot bank = load("bank");
        put(shop, DRIVER);
        put(bank, Entity.of("account"));
        assertThat(load("shop").entities()).containsOnlyKeys("driver");
        assertThat(load("bank").entities()).containsOnlyKeys("account");
    }

    @Test
    void noticesThatFeastRewroteTheFileInPlace() throws IOException {
        RegistrySnapshot base = put(load("shop"), DRIVER);
        RegistryProto.Registry.Builder feast =
                proto().toBuilder().setVersionId(UUID.randomUUID().toString());
        feast.getEntitiesBuilderList().stream()
                .filter(entity -> entity.getSpec().getName().equals("driver"))
                .forEach(entity -> entity.getSpecBuilder().setDescription("changed by Feast"));
        Files.write(path, feast.build().toByteArray());
        assertThatThrownBy(() -> put(base, Entity.of("customer"))).isInstanceOf(ConflictException.class);
        assertThat(requireNonNull(load("shop").entities().get("driver")).about().description())
                .isEqualTo("changed by Feast");
    }

    /** Two writes within one tick of the file system's clock can look alike from outside. */
    @Test
    void seesAChangeThatLeavesNoTraceOnAYoungFile() throws IOException {
        put(load("shop"), DRIVER.about(About.NOTHING.description("one")));
        assertThat(registry.projects()).containsExactly("shop");
        FileTime modified = Files.getLastModifiedTime(path);
        RegistryProto.Registry.Builder changed =
                proto().toBuilder().setVersionId(UUID.randomUUID().toString());
        changed.getEntitiesBuilderList().stream()
                .filter(entity -> entity.getSpec().getName().equals("driver"))
                .forEach(entity -> entity.getSpecBuilder().setDescription("two"));
        Files.write(path, changed.build().toByteArray());
        Files.setLastModifiedTime(path, modified);
        assertThat(requireNonNull(load("shop").entities().get("driver")).about().description())
                .isEqualTo("two");
    }

    @Test
    void aReplacedViewKeepsItsHistory() {
        FeatureView view = FeatureView.of("stats")
                .source(DataSource.Batch.files("data/stats.parquet").eventTime("ts"))
                .features(Field.of("rate", ValueType.Scalar.DOUBLE));
        Interval day = new Interval(NOW.minusSeconds(86_400), NOW);
        RegistrySnapshot snapshot = put(load("shop"), view);
        snapshot = registry.commit(snapshot, List.of(new RegistryChange.Materialized("stats", day)));
        snapshot = put(snapshot, view.features(Field.of("count", ValueType.Scalar.INT64)));
        assertThat(snapshot.materialized()).containsEntry("stats", List.of(day));
    }

    @Test
    void teardownForgetsOneProjectOnly() {
        put(load("shop"), DRIVER);
        put(load("bank"), Entity.of("account"));
        registry.teardown("shop");
        assertThat(registry.projects()).containsExactly("bank");
        assertThat(load("shop").entities()).isEmpty();
        assertThat(load("bank").entities()).containsOnlyKeys("account");
    }

    @Test
    void teardownOfWhatIsNotThereChangesNothing() throws IOException {
        registry.teardown("shop");
        assertThat(folder).isEmptyDirectory();
        put(load("bank"), Entity.of("account"));
        byte[] before = Files.readAllBytes(path);
        registry.teardown("shop");
        assertThat(path).hasBinaryContent(before);
    }

    @Test
    void dropsProjectIdsOnlyIfAsked() throws IOException {
        put(load("shop"), DRIVER);
        RegistryProto.ProjectMetadata id = RegistryProto.ProjectMetadata.newBuilder()
                .setProject("shop")
                .setProjectUuid("2b8a")
                .build();
        Files.write(
                path,
                proto().toBuilder()
                        .clearProjectMetadata()
                        .addProjectMetadata(id)
                        .build()
                        .toByteArray());
        put(load("shop"), DRIVER);
        assertThat(proto().getProjectMetadataList()).contains(id);
        FileRegistry purging = new FileRegistry(path, true, InstantSource.system());
        purging.commit(load("shop"), List.of(new RegistryChange.Put(DRIVER)));
        assertThat(proto().getProjectMetadataList()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "project: shop\nregistry: data/registry.db\n", "PAR1\u0015\u0004", "\u0000\u0000"})
    void refusesAForeignFileAndLeavesIt(String content) throws IOException {
        Files.writeString(path, content);
        assertThatThrownBy(() -> load("shop"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("restore it from a copy");
        assertThatThrownBy(() -> put(RegistrySnapshot.empty("shop"), DRIVER)).isInstanceOf(ConfigException.class);
        assertThat(path).hasContent(content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry.db", "rag_registry.db"})
    void readsAndRewritesWhatFeastWrote(String golden) throws IOException {
        Files.copy(Shared.file("data/golden").resolve(golden), path);
        String project = registry.projects().iterator().next();
        RegistrySnapshot feast = load(project);
        assertThat(feast.views()).isNotEmpty();
        RegistryProto.Registry before = proto();
        RegistrySnapshot ours = put(feast, Entity.of("one_more"));
        RegistryProto.Registry after = proto();
        assertThat(ours.views()).isEqualTo(feast.views());
        assertThat(ours.services()).isEqualTo(feast.services());
        assertThat(ours.sources()).isEqualTo(feast.sources());
        assertThat(after.getFeatureViewsList()).isEqualTo(before.getFeatureViewsList());
        assertThat(after.getInfra()).isEqualTo(before.getInfra());
        assertThat(after.getFeatureViewVersionHistory()).isEqualTo(before.getFeatureViewVersionHistory());
        assertThat(after.getVersionId()).isNotEqualTo(before.getVersionId());
        ours = registry.commit(ours, List.of(new RegistryChange.Remove(Definition.Kind.ENTITY, "one_more")));
        assertThat(ours.entities()).isEqualTo(feast.entities());
        assertThat(new FileRegistry(path, false, InstantSource.system()).load(project, Optional.empty()))
                .isEqualTo(ours);
    }

    /** Cut between two of its parts, the start of a registry is a valid message too. */
    @Test
    void recognizesATruncatedRegistry() throws IOException {
        byte[] whole = Files.readAllBytes(Shared.file("data/golden/registry.db"));
        int objects = RegistryProto.Registry.parseFrom(whole).toBuilder()
                .clearProjects()
                .clearProjectMetadata()
                .clearPermissions()
                .clearFeatureViewVersionHistory()
                .clearLabelViews()
                .build()
                .getSerializedSize();
        for (int length = 0; length <= objects; length++) {
            Files.write(path, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> registry.projects())
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(ConfigException.class);
        }
        Files.write(path, whole);
        assertThat(registry.projects()).isNotEqualTo(Set.of());
    }

    private RegistrySnapshot load(String project) {
        return registry.load(project, Optional.empty());
    }

    private RegistrySnapshot put(RegistrySnapshot base, Definition definition) {
        return registry.commit(base, List.of(new RegistryChange.Put(definition)));
    }

    private RegistryProto.Registry proto() throws IOException {
        return RegistryProto.Registry.parseFrom(Files.readAllBytes(path));
    }
}
