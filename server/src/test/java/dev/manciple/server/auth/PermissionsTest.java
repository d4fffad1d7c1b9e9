package dev.manciple.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.AccessException;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Extras;
import dev.manciple.model.Permission;
import dev.manciple.model.Permission.Action;
import dev.manciple.model.Permission.Policy;
import dev.manciple.spi.RegistrySnapshot;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PermissionsTest {
    private static final Principal ADA = new Principal("ada", Set.of("reader"), Set.of("ml"), Set.of("prod"));
    private static final Resource STATS = view("driver_stats", Map.of("team", "rides", "pii", "no"));

    private static Resource view(String name, Map<String, String> tags) {
        return new Resource(Kind.FEATURE_VIEW, name, tags);
    }

    private static Permissions permissions(Permission... granted) {
        Map<String, Permission> byName = new LinkedHashMap<>();
        for (Permission permission : granted) {
            byName.put(permission.name() + byName.size(), permission);
        }
        return Permissions.of(new RegistrySnapshot(
                "rides", "1", Map.of(), Map.of(), Map.of(), Map.of(), byName, List.of(), Map.of(), Extras.NONE));
    }

    private static Permission reading(Policy policy) {
        return new Permission(
                "reading",
                EnumSet.of(Permission.Type.FEATURE_VIEW),
                List.of(),
                Map.of(),
                EnumSet.of(Action.READ_ONLINE, Action.DESCRIBE),
                policy,
                Map.of());
    }

    private static Permission named(String... patterns) {
        Permission base = reading(new Policy.AllowAll());
        return new Permission(
                base.name(), base.types(), List.of(patterns), Map.of(), base.actions(), base.policy(), Map.of());
    }

    private static Permission tagged(Map<String, String> tags) {
        Permission base = reading(new Policy.AllowAll());
        return new Permission(base.name(), base.types(), List.of(), tags, base.actions(), base.policy(), Map.of());
    }

    private static boolean allow(Permission permission, Resource resource, Action... actions) {
        return permissions(permission).allow(ADA, resource, EnumSet.copyOf(List.of(actions)));
    }

    @Test
    void withoutPermissionsNobodyMayDoAnything() {
        assertThatThrownBy(() -> permissions().require(ADA, STATS, EnumSet.of(Action.READ_ONLINE)))
                .isInstanceOf(AccessException.class)
                .hasMessage("No permissions defined to manage [READ_ONLINE] on FeatureView:driver_stats.");
    }

    /** The first pattern would look for years, the second one goes as deep as the name is long. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPatternThatTakesForEverMatchesNothing() {
        assertThat(allow(named("(a*)*\\1b"), view("a".repeat(60), Map.of()), Action.READ_ONLINE))
                .isFalse();
        assertThat(allow(named("(a|b)*c"), view("ab".repeat(200_000), Map.of()), Action.READ_ONLINE))
                .isFalse();
        assertThat(allow(named("(a*)*\\1b", "a+"), view("a".repeat(60), Map.of()), Action.READ_ONLINE))
                .isTrue();
    }

    @Test
    void kindsAndActionsCount() {
        Permission permission = reading(new Policy.AllowAll());

        assertThat(allow(permission, STATS, Action.READ_ONLINE)).isTrue();
        assertThat(allow(permission, STATS, Action.READ_ONLINE, Action.DESCRIBE))
                .isTrue();
        assertThat(allow(permission, STATS, Action.WRITE_ONLINE)).isFalse();
        assertThat(allow(permission, STATS, Action.READ_ONLINE, Action.WRITE_ONLINE))
                .isFalse();
        assertThat(allow(permission, new Resource(Kind.STREAM_FEATURE_VIEW, "s", Map.of()), Action.READ_ONLINE))
                .isTrue();
        assertThat(allow(permission, new Resource(Kind.ON_DEMAND_FEATURE_VIEW, "s", Map.of()), Action.READ_ONLINE))
                .isFalse();
        assertThat(allow(permission, new Resource(Kind.FEATURE_SERVICE, "s", Map.of()), Action.READ_ONLINE))
                .isFalse();
    }

    @Test
    void patternsMatchTheWholeName() {
        assertThat(allow(named("driver_.*"), STATS, Action.READ_ONLINE)).isTrue();
        assertThat(allow(named("driver"), STATS, Action.READ_ONLINE)).isFalse();
        assertThat(allow(named("stats"), STATS, Action.READ_ONLINE)).isFalse();
        assertThat(allow(named("x", "(?P<prefix>driver)_stats"), STATS, Action.READ_ONLINE))
                .isTrue();
    }

    @Test
    void aPatternThatIsNoneGrantsNothing() {
        assertThat(allow(named(".*", "(unclosed"), STATS, Action.READ_ONLINE)).isFalse();
    }

    @Test
    void allRequiredTagsMustBeThere() {
        assertThat(allow(tagged(Map.of("team", "rides")), STATS, Action.READ_ONLINE))
                .isTrue();
        assertThat(allow(tagged(Map.of("team", "rides", "pii", "no")), STATS, Action.READ_ONLINE))
                .isTrue();
        assertThat(allow(tagged(Map.of("team", "rides", "pii", "yes")), STATS, Action.READ_ONLINE))
                .isFalse();
        assertThat(allow(tagged(Map.of("team", "rides")), view("driver_stats", Map.of()), Action.READ_ONLINE))
                .isFalse();
    }

    @Test
    void policiesAskForOneNameInCommon() {
        assertThat(allow(reading(new Policy.Roles(List.of("admin", "reader"))), STATS, Action.READ_ONLINE))
                .isTrue();
        assertThat(allow(reading(new Policy.Roles(List.of("ml"))), STATS, Action.READ_ONLINE))
                .isFalse();
        assertThat(allow(reading(new Policy.Groups(List.of("ml"))), STATS, Action.READ_ONLINE))
                .isTrue();
        assertThat(allow(reading(new Policy.Namespaces(List.of("dev"))), STATS, Action.READ_ONLINE))
                .isFalse();
        assertThat(allow(
                        reading(new Policy.GroupsOrNamespaces(List.of("x"), List.of("prod"))),
                        STATS,
                        Action.READ_ONLINE))
                .isTrue();
    }

    @Test
    void oneGrantIsEnoughAndRefusalsSayAllReasons() {
        Permission roles = reading(new Policy.Roles(List.of("admin")));
        Permission groups = reading(new Policy.Groups(List.of("ops")));
        Permissions refusing = permissions(roles, groups);
        Permissions granting = permissions(roles, reading(new Policy.Roles(List.of("reader"))));

        assertThat(granting.allow(ADA, STATS, EnumSet.of(Action.READ_ONLINE))).isTrue();
        assertThatThrownBy(() -> refusing.require(ADA, STATS, EnumSet.of(Action.READ_ONLINE)))
                .hasMessage("Permission reading denied execution of [READ_ONLINE] to FeatureView:driver_stats:"
                        + " Requires roles [admin],Permission reading denied execution of [READ_ONLINE] to"
                        + " FeatureView:driver_stats: User is not added into the permitted groups");
    }
}
