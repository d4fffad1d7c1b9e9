package dev.manciple;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.registry.FileRegistry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotCacheTest {
    @TempDir
    private Path folder;

    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 10);
    private FileRegistry registry;

    @BeforeEach
    void open() {
        registry = new FileRegistry(folder.resolve("registry.db"), false, InstantSource.system());
    }

    @Test
    void asksAgainOnlyAfterTheTtl() {
        SnapshotCache cache = cache(Duration.ofSeconds(10));
        assertThat(cache.recent().entities()).isEmpty();
        put("driver");
        nanoTime.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(cache.recent().entities()).isEmpty();
        nanoTime.incrementAndGet();
        assertThat(cache.recent().entities()).containsKey("driver");
    }

    @Test
    void neverAsksAgainWithoutTtl() {
        SnapshotCache cache = cache(Duration.ZERO);
        cache.recent();
        put("driver");
        nanoTime.addAndGet(Duration.ofDays(1000).toNanos());
        assertThat(cache.recent().entities()).isEmpty();
    }

    @Test
    void theNewestIsNewAtOnceForEverybody() {
        SnapshotCache cache = cache(Duration.ofSeconds(10));
        cache.recent();
        put("driver");
        assertThat(cache.newest().entities()).containsKey("driver");
        assertThat(cache.recent().entities()).containsKey("driver");
    }

    @Test
    void servesFromMemoryWhileTheRegistryDoesNotAnswer() throws IOException {
        SnapshotCache cache = cache(Duration.ofSeconds(10));
        put("driver");
        RegistrySnapshot known = cache.recent();
        Files.writeString(folder.resolve("registry.db"), "nonsense");
        nanoTime.addAndGet(Duration.ofSeconds(11).toNanos());
        assertThat(cache.recent()).isSameAs(known);
        assertThatThrownBy(cache::newest).isInstanceOf(ConfigException.class);
    }

    @Test
    void whoGivesUpDoesNotKeepTheNewestFromOthers() throws IOException {
        Path file = folder.resolve("registry.db");
        SnapshotCache cache = cache(Duration.ofSeconds(10));
        put("driver");
        RegistrySnapshot known = cache.recent();
        put("customer");
        byte[] newest = Files.readAllBytes(file);
        Files.writeString(file, "nonsense");
        nanoTime.addAndGet(Duration.ofSeconds(11).toNanos());
        Thread.currentThread().interrupt();
        try {
            assertThat(cache.recent()).isSameAs(known);
        } finally {
            Thread.interrupted();
        }
        Files.write(file, newest);
        assertThat(cache.recent().entities()).containsKey("customer");
    }

    @Test
    void theFirstFailureIsTheCallers() throws IOException {
        Files.writeString(folder.resolve("registry.db"), "nonsense");
        assertThatThrownBy(cache(Duration.ofSeconds(10))::recent).isInstanceOf(ConfigException.class);
    }

    private SnapshotCache cache(Duration ttl) {
        return new SnapshotCache(registry, "shop", ttl, nanoTime::get);
    }

    private void put(String entity) {
        Definition definition = Entity.of(entity);
        registry.commit(registry.load("shop", Optional.empty()), List.of(new RegistryChange.Put(definition)));
    }
}
