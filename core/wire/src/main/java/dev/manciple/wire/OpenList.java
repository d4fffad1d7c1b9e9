package dev.manciple.wire;

import com.google.protobuf.Message;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One of the registry's lists while the objects of one project in it change. Finds by name at once, as registries hold
 * thousands; a list nothing changed in is left as it is.
 *
 * @param <M> the objects' message
 */
final class OpenList<M extends Message> {
    private final RegistryList<M> list;
    private final String project;
    private final Map<Key, M> objects = new LinkedHashMap<>();
    private boolean changed;

    /** @param copy how many objects of the same name come before, which only a broken registry has */
    private record Key(String project, String name, int copy) {}

    OpenList(RegistryList<M> list, Registry registry, String project) {
        this.list = list;
        this.project = project;
        for (M object : list.objects().apply(registry)) {
            int copy = 0;
            while (objects.putIfAbsent(key(object, copy), object) != null) {
                copy++;
            }
        }
    }

    RegistryList<M> list() {
        return list;
    }

    Optional<M> find(String name) {
        return Optional.ofNullable(objects.get(key(name)));
    }

    /** Replaces the object of that name where it stands, or adds it at the end. */
    void put(M object) {
        objects.put(key(list.name().apply(object)), object);
        changed = true;
    }

    /** Adds the object at the end, instead of one of that name. */
    void putLast(M object) {
        remove(list.name().apply(object));
        put(object);
    }

    /** Whether there was one. */
    boolean remove(String name) {
        boolean removed = objects.remove(key(name)) != null;
        changed |= removed;
        return removed;
    }

    /** Changes every object of the project where it stands. */
    void replaceAll(UnaryOperator<M> change) {
        objects.replaceAll((key, object) -> key.project().equals(project) ? change.apply(object) : object);
        changed = true;
    }

    void writeTo(Registry.Builder registry) {
        if (changed) {
            list.replace().accept(registry, List.copyOf(objects.values()));
        }
    }

    private Key key(String name) {
        return new Key(project, name, 0);
    }

    private Key key(M object, int copy) {
        return new Key(list.project().apply(object), list.name().apply(object), copy);
    }
}
