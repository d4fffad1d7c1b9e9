package dev.manciple.plugin;

import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A registry of somebody's whose failures are Manciple's. */
final class GuardedRegistry implements Registry {
    private final Registry registry;
    private final Guard guard;

    GuardedRegistry(Registry registry, Guard guard) {
        this.registry = registry;
        this.guard = guard;
    }

    @Override
    public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
        return guard.read("load project '" + project + "'", () -> registry.load(project, known));
    }

    @Override
    public Set<String> projects() {
        return guard.read("list its projects", registry::projects);
    }

    @Override
    public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
        return guard.write("commit to project '" + base.project() + "'", () -> registry.commit(base, changes));
    }

    @Override
    public void teardown(String project) {
        guard.write("remove project '" + project + "'", () -> registry.teardown(project));
    }

    @Override
    public void close() {
        guard.read("close", registry::close);
    }
}
