package dev.manciple.remote.registry;

import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryFactory;
import dev.manciple.spi.StoreContext;
import java.util.Map;
import java.util.Set;

/** Makes registries that are kept by a server of Feast's or Manciple's. */
public final class RemoteRegistryFactory implements RegistryFactory<RemoteRegistryConfig> {
    private final Map<String, String> environment;

    public RemoteRegistryFactory() {
        this(System.getenv());
    }

    /** @param environment where the authorities of certificates may be named */
    RemoteRegistryFactory(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String type() {
        return "remote";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("feast.infra.registry.remote.RemoteRegistry");
    }

    @Override
    public Class<RemoteRegistryConfig> configType() {
        return RemoteRegistryConfig.class;
    }

    @Override
    public Registry create(RemoteRegistryConfig config, StoreContext context) {
        return new RemoteRegistry(
                RegistryRpc.open(config, context.credentials(), environment, context.repoPath()), context.clock());
    }
}
