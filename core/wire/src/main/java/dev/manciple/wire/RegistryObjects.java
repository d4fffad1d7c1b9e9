package dev.manciple.wire;

import com.google.protobuf.Message;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.Definition.Kind;
import dev.manciple.spi.RegistryChange;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.time.Instant;
import java.util.List;

/**
 * Changes of a registry by one object as Feast's clients send them (Feast: registry, 4.3, 5 and 6). Pure functions, as
 * {@link RegistryCodec}: a registry given is never changed, and what a change does not name stays byte for byte.
 */
public final class RegistryObjects {
    private RegistryObjects() {}

    /**
     * The registry with an object added, or in place of the one of its name. The creation time, the materialized windows and the
     * versions of what is replaced stay; a new schema of a view is one more version of it. An object that says what is stored
     * changes nothing.
     *
     * @param project takes the object, whatever project it names itself
     * @param now what a created or updated object is stamped with
     * @throws InvalidRequestException if the object has no name, takes the name of another kind of view, or pins a version that is
     *     not what it defines
     */
    public static <M extends Message> Registry put(
            Registry base, String project, RegistryList<M> list, M object, Instant now) {
        return new ObjectWriter<>(base, project, list, now).put(object);
    }

    /** An object as the registry of a project holds it: in that project, its sources with the classes Feast reads them by. */
    public static <M extends Message> M owned(String project, RegistryList<M> list, M object) {
        return new ObjectWriter<>(Registry.getDefaultInstance(), project, list, Instant.EPOCH).owned(object);
    }

    /**
     * The registry without an object, and without the versions of a view.
     *
     * @throws NotFoundException if the project has none of that kind and name
     */
    public static Registry remove(Registry base, String project, Kind kind, String name) {
        return RegistryCodec.apply(base, project, List.of(new RegistryChange.Remove(kind, name)), Instant.EPOCH);
    }

    /**
     * As {@link #remove}, of a view of whatever kind.
     *
     * @throws NotFoundException if the project has no view of that name
     */
    public static Registry removeView(Registry base, String project, String name) {
        Kind kind = RegistryList.VIEWS.stream()
                .filter(each -> RegistryList.of(each).find(base, project, name).isPresent())
                .findFirst()
                .orElseThrow(() -> new NotFoundException(Kind.FEATURE_VIEW.words(), name));
        return remove(base, project, kind, name);
    }
}
