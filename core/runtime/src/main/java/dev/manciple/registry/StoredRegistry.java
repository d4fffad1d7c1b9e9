package dev.manciple.registry;

import dev.manciple.spi.Registry;
import dev.manciple.wire.proto.RegistryProto;
import java.util.function.UnaryOperator;

/**
 * A registry kept as Feast's one message of all projects, for who serves its objects one by one. Thread-safe; several processes
 * may use one at once.
 */
public interface StoredRegistry extends Registry {
    /** All of it as of now; empty if nobody has applied anything yet. */
    RegistryProto.Registry stored();

    /**
     * Puts what {@code change} makes of the registry in its place. Other writers of Manciple's wait, so that none loses its
     * change; readers see the state before or after, never between. If {@code change} throws, or gives back what it got, nothing
     * is written.
     *
     * @param attempted for messages: what the change does, after "while trying to"
     * @return what is stored now
     */
    RegistryProto.Registry update(String attempted, UnaryOperator<RegistryProto.Registry> change);
}
