package dev.manciple.remote.registry;

import dev.manciple.spi.RegistryChange;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.util.List;

/** How a project is read from a registry server and written to it. Thread-safe. */
interface RegistryProtocol {
    /**
     * What a server has of a project.
     *
     * @param version another one whenever the part is another; blank for a project the server does not know
     */
    record Part(String version, Registry content) {}

    /** @param known a part read before, given back as it is where nothing changed */
    Part load(String project, Part known);

    /**
     * Changes a project.
     *
     * @param base what it was when the change was made
     * @param next what it is to be
     * @param changes what leads from one to the other
     * @return what it is now
     * @throws dev.manciple.error.ConflictException if it is no longer {@code base}
     */
    Part commit(String project, Part base, Registry next, List<RegistryChange> changes);
}
