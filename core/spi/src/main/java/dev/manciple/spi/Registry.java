package dev.manciple.spi;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where definitions live. Thread-safe; several processes may use one registry at once. */
public interface Registry extends AutoCloseable {
    /** The current snapshot; cheap when nothing changed since {@code known}. A project nobody has applied yet is empty. */
    RegistrySnapshot load(String project, Optional<RegistrySnapshot> known);

    /** The projects the registry holds, so that people can find theirs. */
    Set<String> projects();

    /**
     * Applies all changes or none. Readers see the state before or after, never between.
     *
     * @throws dev.manciple.error.ConflictException if the registry moved on from {@code base}
     */
    RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes);

    /** Forgets one project and nothing of another's. */
    void teardown(String project);

    @Override
    void close();
}
