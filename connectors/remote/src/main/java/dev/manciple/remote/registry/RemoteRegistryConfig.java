package dev.manciple.remote.registry;

import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Feast's keys of a remote registry.
 *
 * @param path the server's host and port
 * @param cert the authorities of the server's certificate, a PEM file; with it the connection is encrypted
 * @param isTls encrypts without {@code cert} too: the authorities are then those of {@code SSL_CERT_FILE} or {@code
 *     REQUESTS_CA_BUNDLE}
 * @param clientCert this client's certificate, a PEM file, for servers that ask for one
 * @param clientKey the private key of {@code clientCert}, a PEM file
 * @param authority the name the server goes by, where it is not the one it is reached by
 * @param cacheTtlSeconds how old what is served may be; zero means it is never read again
 * @param cacheMode read for Feast's sake; whatever it says, one of the readers that find the snapshot old replaces it
 * @param registryStoreType read for Feast's sake; where the registry is kept is the server's matter
 * @param s3AdditionalKwargs read for Feast's sake, as {@code registryStoreType}
 * @param purgeFeastMetadata read for Feast's sake, as {@code registryStoreType}
 * @param enableOnlineFeatureViewVersioning whether views have an online table per version, which Manciple refuses
 * @param mcp settings of Feast's registry server, without effect here
 */
public record RemoteRegistryConfig(
        String path,
        Optional<Path> cert,
        @Default("false") boolean isTls,
        Optional<Path> clientCert,
        Optional<Path> clientKey,
        Optional<String> authority,
        @Default("600") int cacheTtlSeconds,
        @Default("sync") String cacheMode,
        Optional<String> registryStoreType,
        Optional<Map<String, String>> s3AdditionalKwargs,
        @Default("false") boolean purgeFeastMetadata,
        @Default("false") boolean enableOnlineFeatureViewVersioning,
        Optional<Map<String, Object>> mcp) {
    public RemoteRegistryConfig {
        s3AdditionalKwargs = s3AdditionalKwargs.map(Map::copyOf);
        mcp = mcp.map(Map::copyOf);
        Check.that(
                path.matches("[^\\s/]+:\\d{1,5}"),
                "path",
                "must be the server's host and port, as in localhost:6570, was '%s'",
                path);
        Check.that(
                clientCert.isPresent() == clientKey.isPresent(),
                "client_cert",
                "and client_key belong together: a server that asks for a certificate needs both");
        Check.that(cacheTtlSeconds >= 0, "cache_ttl_seconds", "must not be negative, was %s", cacheTtlSeconds);
        Check.that(
                !enableOnlineFeatureViewVersioning,
                "enable_online_feature_view_versioning",
                "is not supported: Manciple reads and writes the newest version of a view only");
    }

    /** Whether the connection is encrypted. */
    boolean encrypted() {
        return isTls || cert.isPresent();
    }
}
