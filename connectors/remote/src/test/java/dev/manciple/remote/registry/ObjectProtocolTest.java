package dev.manciple.remote.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConflictException;
import dev.manciple.error.StoreException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Transformation;
import dev.manciple.model.ValueType.Scalar;
import dev.manciple.spi.Credentials;
import dev.manciple.spi.Interval;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Feast's protocol, as a client speaks it to servers that know no other. */
class ObjectProtocolTest {
    private static final String PROJECT = "shop";

    private static final Entity DRIVER =
            Entity.of("driver").joinKey("driver_id").type(Scalar.INT64);
    private static final DataSource.Batch FILES =
            DataSource.Batch.files("stats.parquet").name("stats files");
    private static final FeatureView STATS = FeatureView.of("stats")
            .source(FILES)
            .entities(DRIVER)
            .entityColumns(List.of(Field.of("driver_id", Scalar.INT64)))
            .features(Field.of("trips", Scalar.INT64), Field.of("rating", Scalar.DOUBLE));
    private static final DataSource.Request REQUEST = DataSource.Request.of("trip", Field.of("km", Scalar.DOUBLE));
    private static final OnDemandFeatureView PRICE = new OnDemandFeatureView(
            "price",
            List.of(STATS.projection().select("rating")),
            List.of(REQUEST),
            List.of(Field.of("eur", Scalar.DOUBLE)),
            new Transformation.Sql(Map.of("eur", "km * rating")),
            About.NOTHING,
            Extras.NONE);
    private static final FeatureService SERVICE =
            FeatureService.of("pricing", STATS.projection().select("trips"));
    private static final List<Definition> ALL = List.of(DRIVER, FILES, REQUEST, STATS, PRICE, SERVICE);

    @TempDir
    private Path folder;

    private RegistryOfServer server;
    private RemoteRegistry registry;

    @BeforeEach
    void open() {
        server = new RegistryOfServer(folder);
        RegistryRpc rpc = server.rpc(folder);
        registry = new RemoteRegistry(rpc, InstantSource.system(), new ObjectProtocol(rpc));
    }

    @AfterEach
    void close() {
        registry.close();
        server.close();
    }

    private RegistrySnapshot load() {
        return registry.load(PROJECT, Optional.empty());
    }

    private RegistrySnapshot put(RegistrySnapshot base, List<Definition> definitions) {
        return registry.commit(
                base,
                definitions.stream()
                        .<RegistryChange>map(RegistryChange.Put::new)
                        .toList());
    }

    @Test
    void carriesEveryKindOfDefinition() {
        assertThat(load()).isEqualTo(RegistrySnapshot.empty(PROJECT));
        RegistrySnapshot committed = put(load(), ALL);
        assertThat(load()).isEqualTo(committed);
        RegistrySnapshot file = server.file().load(PROJECT, Optional.empty());
        assertThat(committed.entities()).isEqualTo(file.entities());
        assertThat(committed.views()).isEqualTo(file.views());
        assertThat(committed.services()).isEqualTo(file.services());
        assertThat(committed.sources()).isEqualTo(file.sources());
        assertThat(committed.preserved()).containsAll(file.preserved());
        assertThat(file.views()).isNotEmpty();
        assertThat(registry.projects()).containsExactly(PROJECT);
    }

    @Test
    void removesAndRecordsWindows() {
        RegistrySnapshot all = put(load(), ALL);
        String view = STATS.name();
        Instant noon = Instant.parse("2025-06-01T12:00:00.123456Z");
        Interval window = new Interval(noon, noon.plusSeconds(60));
        RegistrySnapshot changed = registry.commit(
                all,
                List.of(
                        new RegistryChange.Remove(Definition.Kind.FEATURE_SERVICE, "pricing"),
                        new RegistryChange.Materialized(view, window)));
        assertThat(changed.services()).isEmpty();
        assertThat(changed.materialized()).containsEntry(view, List.of(window));
        assertThat(changed.views()).isEqualTo(all.views());
    }

    @Test
    void noticesThatAnotherClientChangedTheProjectBefore() {
        RegistrySnapshot base = put(load(), List.of(DRIVER));
        server.file()
                .commit(
                        server.file().load(PROJECT, Optional.empty()),
                        List.of(new RegistryChange.Put(Entity.of("customer").type(Scalar.STRING))));
        assertThatThrownBy(() -> put(base, List.of(Entity.of("product").type(Scalar.STRING))))
                .isInstanceOf(ConflictException.class);
        assertThat(load().entities()).containsOnlyKeys("driver", "customer");
    }

    @Test
    void tearsDownOneProject() {
        put(load(), ALL);
        registry.commit(
                registry.load("bank", Optional.empty()),
                List.of(new RegistryChange.Put(Entity.of("account").type(Scalar.STRING))));
        registry.teardown(PROJECT);
        registry.teardown("nobody");
        assertThat(registry.projects()).containsExactly("bank");
    }

    @Test
    void saysWhoDoesNotAnswer() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String address = "127.0.0.1:" + port;
        try (RemoteRegistry nobody = new RemoteRegistry(
                RegistryRpc.open(Configs.of(address), Credentials.NONE, Map.of(), folder), InstantSource.system())) {
            assertThatThrownBy(() -> nobody.load(PROJECT, Optional.empty()))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            failure -> assertThat(failure.retryable()).isTrue())
                    .hasMessageContaining("remote registry " + address);
        }
    }
}
