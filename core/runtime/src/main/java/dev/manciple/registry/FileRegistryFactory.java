package dev.manciple.registry;

import dev.manciple.spi.Maturity;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryFactory;
import dev.manciple.spi.StoreContext;
import java.util.Set;

/** Makes file registries. */
public final class FileRegistryFactory implements RegistryFactory<FileRegistryConfig> {
    @Override
    public String type() {
        return "file";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("feast.infra.registry.registry.Registry");
    }

    @Override
    public Class<FileRegistryConfig> configType() {
        return FileRegistryConfig.class;
    }

    @Override
    public Maturity maturity() {
        return Maturity.STABLE;
    }

    @Override
    public Registry create(FileRegistryConfig config, StoreContext context) {
        return new FileRegistry(config.file(context.repoPath()), config.purgeFeastMetadata(), context.clock());
    }
}
