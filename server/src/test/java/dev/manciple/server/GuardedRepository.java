package dev.manciple.server;

import com.nimbusds.jose.jwk.RSAKey;
import dev.manciple.FeatureStore;
import dev.manciple.auth.AuthConfig;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.auth.TestIssuer;
import dev.manciple.spi.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A {@link Repository} with permissions, and a provider of the tokens that its servers ask for. */
public record GuardedRepository(TestIssuer issuer, FeatureStore store, AccessControl access) implements AutoCloseable {
    /**
     * @param key the tokens of the provider are signed with
     * @param permissions definitions, in YAML
     */
    public static GuardedRepository create(Path folder, RSAKey key, String permissions) throws IOException {
        TestIssuer issuer = TestIssuer.start();
        issuer.publish(key);
        Files.writeString(folder.resolve("permissions.yaml"), permissions);
        return new GuardedRepository(
                issuer,
                Repository.create(folder),
                AccessControl.of(
                        AuthConfig.of(
                                "auth",
                                new StoreConfig(
                                        "oidc",
                                        Map.of("auth_discovery_url", issuer.discovery(), "client_id", "feast"))),
                        Map.of()));
    }

    @Override
    public void close() {
        access.close();
        store.close();
        issuer.close();
    }
}
