package dev.manciple.redis;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.wire.EntityKeyCodec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.args.RawableFactory;

/**
 * Where Feast's layout puts a view. An entity is a hash, shared by all views of the project with its join keys; its key is the
 * entity key followed by the project's name. In it a view has a field with its event time, and a field per feature, named by
 * four bytes of a hash.
 */
final class ViewLayout {
    private final FeatureView view;
    private final EntityKeyCodec keys;
    private final byte[] project;
    private final byte[] prefix;
    private final Rawable timeField;
    private final Map<String, Rawable> fields;
    /** How many fields the hashes had that were read whole, all views together; a guess until one was. */
    private volatile int hashSize;

    private ViewLayout(String project, FeatureView view) {
        this.view = view;
        this.keys = EntityKeyCodec.of(view.entityColumns());
        this.project = utf8(project);
        this.prefix = EntityKeyCodec.prefix(view.joinKeys().isEmpty() ? List.of(DUMMY) : view.joinKeys());
        this.timeField = RawableFactory.from(utf8("_ts:" + view.name()));
        this.fields = HashMap.newHashMap(view.features().size());
        view.features().forEach(feature -> fields.put(feature.name(), RawableFactory.from(hash(view, feature))));
        this.hashSize = view.features().size() + 1;
    }

    /** The join key that Feast gives views without one. */
    private static final String DUMMY = "__dummy_id";

    /** @throws InvalidRequestException if the view has a join key that cannot be one in Feast's stores */
    static ViewLayout of(String project, FeatureView view) {
        return new ViewLayout(project, view);
    }

    /** The name of a feature's field. */
    static byte[] hash(FeatureView view, Field feature) {
        return EntityKeyCodec.murmur32(view.name() + ":" + feature.name());
    }

    FeatureView view() {
        return view;
    }

    byte[] key(EntityKey entity) {
        byte[] encoded = keys.encode(entity);
        byte[] key = Arrays.copyOf(encoded, encoded.length + project.length);
        System.arraycopy(project, 0, key, encoded.length, project.length);
        return key;
    }

    /** The entity of a key that is in the server; nothing if it is of another project, or of other join keys. */
    Optional<EntityKey> entity(byte[] key) {
        int length = key.length - project.length;
        if (length < 0 || !Arrays.equals(key, length, key.length, project, 0, project.length)) {
            return Optional.empty();
        }
        try {
            // An entity key tells its own length: what is left over is the beginning of a longer project's name.
            return Optional.of(keys.decode(Arrays.copyOf(key, length)));
        } catch (InvalidRequestException e) {
            return Optional.empty();
        }
    }

    /** Matches the keys of all entities of the view, and some of other projects. */
    byte[] pattern() {
        return GlobPattern.between(prefix, project);
    }

    Rawable timeField() {
        return timeField;
    }

    Rawable field(Field feature) {
        return Objects.requireNonNull(fields.get(feature.name()), feature.name());
    }

    int hashSize() {
        return hashSize;
    }

    void hashSize(int fieldsSeen) {
        if (fieldsSeen != hashSize) {
            hashSize = fieldsSeen;
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
