package dev.manciple.wire;

import dev.manciple.model.About;
import dev.manciple.model.Entity;
import dev.manciple.model.Extras;
import dev.manciple.model.ValueType;
import dev.manciple.wire.proto.EntityProto.EntitySpecV2;
import java.util.Optional;

/** Entities. */
final class EntityCodec {
    /** The entity Feast gives to views of global values; the model shows neither it nor its join key. */
    static final String DUMMY = "__dummy";

    private EntityCodec() {}

    /** @throws NotModelledException if the entity has a type a newer Feast added */
    static Entity decode(EntitySpecV2 spec) {
        int number = spec.getValueTypeValue();
        Optional<ValueType> type = TypeNumbers.type(number);
        if (number != 0 && type.isEmpty()) {
            throw new NotModelledException("Entity '%s' is of the type %d".formatted(spec.getName(), number));
        }
        String joinKey = spec.getJoinKey().isEmpty() ? spec.getName() : spec.getJoinKey();
        About about = new About(spec.getDescription(), spec.getOwner(), spec.getTagsMap());
        return new Entity(spec.getName(), joinKey, type, about, extras(spec));
    }

    static EntitySpecV2 encode(Entity entity, String project, EntitySpecV2 stored) {
        return Unmodelled.base(entity.extras(), extras(stored), stored.toBuilder())
                .setName(entity.name())
                .setJoinKey(entity.joinKey())
                .setValueTypeValue(entity.type().map(TypeNumbers::of).orElse(0))
                .setDescription(entity.about().description())
                .setOwner(entity.about().owner())
                .clearTags()
                .putAllTags(StoredMaps.write(entity.about().tags(), stored.getTagsMap()))
                .setProject(project)
                .build();
    }

    static EntitySpecV2 dummy(String project) {
        return EntitySpecV2.newBuilder()
                .setName(DUMMY)
                .setJoinKey(EntityKeyCodec.DUMMY.name())
                .setProject(project)
                .build();
    }

    private static Extras extras(EntitySpecV2 spec) {
        return Unmodelled.extras(spec.toBuilder()
                .clearName()
                .clearJoinKey()
                .clearValueType()
                .clearDescription()
                .clearOwner()
                .clearTags()
                .clearProject()
                .build());
    }
}
