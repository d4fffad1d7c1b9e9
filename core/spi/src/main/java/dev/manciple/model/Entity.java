package dev.manciple.model;

import java.util.Optional;

/**
 * What features describe, known by one join key.
 *
 * @param type empty until it is declared or, at apply, inferred from the sources that carry the join key
 */
public record Entity(String name, String joinKey, Optional<ValueType> type, About about, Extras extras)
        implements Definition {
    public Entity {
        Names.require(name, "entity");
        Names.require(joinKey, "join key of entity '" + name + "'");
    }

    /** An entity whose join key is called as the entity. */
    public static Entity of(String name) {
        return new Entity(name, name, Optional.empty(), About.NOTHING, Extras.NONE);
    }

    public Entity joinKey(String newJoinKey) {
        return new Entity(name, newJoinKey, type, about, extras);
    }

    public Entity type(ValueType newType) {
        return new Entity(name, joinKey, Optional.of(newType), about, extras);
    }

    public Entity about(About newAbout) {
        return new Entity(name, joinKey, type, newAbout, extras);
    }

    public Entity extras(Extras newExtras) {
        return new Entity(name, joinKey, type, about, newExtras);
    }
}
