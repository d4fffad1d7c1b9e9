package dev.manciple.remote.offline;

import dev.manciple.plugin.ConfigBinder;
import dev.manciple.tck.ConfigContract;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

class RemoteOfflineConfigTest extends ConfigContract<RemoteOfflineConfig> {
    @Override
    protected Class<RemoteOfflineConfig> configType() {
        return RemoteOfflineConfig.class;
    }

    @Override
    protected RemoteOfflineConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("offline_store", RemoteOfflineConfig.class, options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of("host", "localhost");
    }

    @Override
    protected RemoteOfflineConfig defaults() {
        return new RemoteOfflineConfig(
                RemoteOfflineConfig.Scheme.HTTP,
                "localhost",
                8815,
                Optional.empty(),
                3,
                Optional.empty(),
                Optional.empty());
    }

    @Override
    protected Map<String, Object> everyKey() {
        return Map.of(
                "scheme", "https",
                "host", "features",
                "port", 443,
                "cert", "server.pem",
                "connection_retries", 0,
                "client_cert", "client.pem",
                "client_key", "client.key");
    }

    @Override
    protected RemoteOfflineConfig everySetting() {
        return new RemoteOfflineConfig(
                RemoteOfflineConfig.Scheme.HTTPS,
                "features",
                443,
                Optional.of(Path.of("server.pem")),
                0,
                Optional.of(Path.of("client.pem")),
                Optional.of(Path.of("client.key")));
    }
}
