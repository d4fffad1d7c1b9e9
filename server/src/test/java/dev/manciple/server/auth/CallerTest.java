package dev.manciple.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.AccessException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Permission.Action;
import dev.manciple.spi.RegistrySnapshot;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Callers whose requests are followed may do what they may do otherwise. */
class CallerTest {
    private static final RegistrySnapshot REGISTRY = RegistrySnapshot.empty("rides");
    private static final Set<Action> READ = EnumSet.of(Action.READ_ONLINE);
    private static final Resource STATS = new Resource(Kind.FEATURE_VIEW, "stats", Map.of());

    private final List<Resource> touched = new ArrayList<>();

    @Test
    void whoeverItIsIsAllowedEverythingAndFollowed() {
        Caller anybody = new Caller.Followed(new Caller.Anybody(), touched::add);
        assertThat(anybody.name()).isEqualTo("anonymous");
        assertThat(anybody.unrestricted()).isTrue();
        assertThat(anybody.may(REGISTRY, STATS, READ)).isTrue();
        assertThat(touched).isEmpty();
        anybody.touch(() -> Stream.of(STATS));
        assertThat(touched).containsExactly(STATS);
        anybody.touch(() -> {
            throw new NotFoundException("Registry", "data/registry.db");
        });
        new Caller.Anybody().touch(() -> {
            throw new AssertionError("nobody follows");
        });
    }

    @Test
    void whoIsKnownIsRefusedAsBeforeAndFollowed() {
        Principal ada = new Principal("ada", Set.of(), Set.of(), Set.of());
        Caller known = new Caller.Followed(new Caller.Known(ada, Permissions::of), touched::add);
        assertThat(known.name()).isEqualTo("ada");
        assertThat(known.unrestricted()).isFalse();
        assertThat(known.may(REGISTRY, STATS, READ)).isFalse();
        assertThatThrownBy(() -> known.require(REGISTRY, STATS, READ)).isInstanceOf(AccessException.class);
        assertThat(touched).containsExactly(STATS);
    }
}
