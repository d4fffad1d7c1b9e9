package dev.manciple.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.wire.proto.EntityProto.Entity;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import dev.manciple.wire.proto.FeatureViewProto.FeatureView;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProjectPartTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private static final Registry BOTH =
            view("shop", "stats", entity("shop", "c", entity("bank", "b", entity("shop", "a", RegistryCodec.empty()))));

    private static Registry entity(String project, String name, Registry base) {
        Entity.Builder entity = Entity.newBuilder();
        entity.getSpecBuilder().setName(name);
        return RegistryObjects.put(base, project, RegistryList.ENTITIES, entity.build(), NOW);
    }

    private static Registry view(String project, String name, Registry base) {
        FeatureView.Builder view = FeatureView.newBuilder();
        view.getSpecBuilder()
                .setName(name)
                .addFeatures(FeatureSpecV2.newBuilder().setName("f"));
        return RegistryObjects.put(base, project, RegistryList.FEATURE_VIEWS, view.build(), NOW);
    }

    @Test
    void putBackAsItWasChangesNothing() {
        assertThat(ProjectPart.replace(BOTH, "shop", ProjectPart.of(BOTH, "shop")))
                .isEqualTo(BOTH);
        assertThat(ProjectPart.replace(BOTH, "bank", ProjectPart.of(BOTH, "bank")))
                .isEqualTo(BOTH);
    }

    @Test
    void leavesOthersWhatAndWhereTheyAre() {
        Registry part = entity("shop", "d", ProjectPart.of(BOTH, "shop"));
        Registry replaced = ProjectPart.replace(BOTH, "shop", part);
        assertThat(replaced.getEntitiesList())
                .extracting(entity -> entity.getSpec().getName())
                .containsExactly("a", "b", "c", "d");
        assertThat(ProjectPart.of(replaced, "bank")).isEqualTo(ProjectPart.of(BOTH, "bank"));
        assertThat(ProjectPart.of(replaced, "shop")).isEqualTo(ProjectPart.of(part, "shop"));
    }

    @Test
    void ofAProjectThatIsGoneTakesItsVersionsAlong() {
        Registry without = ProjectPart.replace(BOTH, "shop", Registry.getDefaultInstance());
        assertThat(RegistryCodec.projects(without)).containsExactly("bank");
        assertThat(without.getFeatureViewVersionHistory().getRecordsList()).isEmpty();
    }

    @Test
    void hasAVersionOfItsOwn() {
        String version = ProjectPart.version(ProjectPart.of(BOTH, "shop"));
        assertThat(version).isNotBlank();
        assertThat(ProjectPart.version(ProjectPart.of(entity("bank", "new", BOTH), "shop")))
                .isEqualTo(version);
        assertThat(ProjectPart.version(ProjectPart.of(entity("shop", "new", BOTH), "shop")))
                .isNotEqualTo(version);
        assertThat(ProjectPart.version(ProjectPart.of(BOTH, "nobody"))).isEmpty();
    }

    @Test
    void withWhatIsNotItsOwnIsRefused() {
        assertThatThrownBy(() -> ProjectPart.replace(BOTH, "shop", ProjectPart.of(BOTH, "bank")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'bank'");
        Registry twice = Registry.newBuilder()
                .addEntities(BOTH.getEntities(0))
                .addEntities(BOTH.getEntities(0))
                .build();
        assertThatThrownBy(() -> ProjectPart.replace(BOTH, "shop", twice))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("twice");
        Registry alone = Registry.newBuilder().addEntities(BOTH.getEntities(0)).build();
        assertThatThrownBy(() -> ProjectPart.replace(BOTH, "shop", alone))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("does not have the project itself");
    }
}
