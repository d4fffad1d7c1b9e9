package dev.manciple.materialize;

import static dev.manciple.fixture.Definitions.DRIVER_STATS;
import static dev.manciple.fixture.Definitions.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.fixture.Definitions;
import dev.manciple.fixture.MemoryOnlineStore;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Value;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PurgerTest {
    private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");

    private final MemoryOnlineStore store = new MemoryOnlineStore();
    private final RegistrySnapshot snapshot = Definitions.snapshot(DRIVER_STATS, ORDERS);

    @BeforeEach
    void fill() {
        store.write(
                DRIVER_STATS,
                List.of(row(1, Duration.ofDays(1)), row(2, Duration.ofDays(1).plusSeconds(1)), row(3, Duration.ZERO)));
    }

    @Test
    void exactlyTheExpiredRowsGo() {
        assertThat(purger(store).purge(List.of())).isEqualTo(Map.of("driver_stats", 1L));
        assertThat(store.scan(DRIVER_STATS).map(row -> row.key().values().getFirst()))
                .containsExactlyInAnyOrder(new Value.Int(1), new Value.Int(3));
    }

    @Test
    void aViewWithoutTtlIsRefusedByName() {
        assertThatThrownBy(() -> purger(store).purge(List.of("driver_stats", "orders")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'orders' has no TTL");
        assertThat(store.scan(DRIVER_STATS)).hasSize(3);
    }

    @Test
    void aStoreThatCannotSaysSo() {
        MemoryOnlineStore keeping = new MemoryOnlineStore() {
            @Override
            public Set<OnlineCapability> capabilities() {
                return Set.of();
            }
        };
        assertThatThrownBy(() -> purger(keeping).purge(List.of()))
                .isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("deleting expired rows");
    }

    private Purger purger(MemoryOnlineStore online) {
        return new Purger(() -> snapshot, online, InstantSource.fixed(NOW));
    }

    private static OnlineRow row(long driver, Duration age) {
        return new OnlineRow(
                new EntityKey(List.of("driver_id"), List.of(new Value.Int(driver))),
                List.of(new Value.Real(0.5), new Value.Int(1)),
                NOW.minus(age),
                Optional.empty());
    }
}
