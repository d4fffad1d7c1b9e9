package dev.manciple.model;

import java.util.Map;

/** A typed column, the unit of every schema. Vector options and other details of Feast travel in {@code extras}. */
public record Field(String name, ValueType type, String description, Map<String, String> tags, Extras extras) {
    public Field {
        Names.require(name, "field");
        tags = Map.copyOf(tags);
    }

    public static Field of(String name, ValueType type) {
        return new Field(name, type, "", Map.of(), Extras.NONE);
    }

    public Field type(ValueType newType) {
        return new Field(name, newType, description, tags, extras);
    }

    public Field description(String newDescription) {
        return new Field(name, type, newDescription, tags, extras);
    }

    public Field tags(Map<String, String> newTags) {
        return new Field(name, type, description, newTags, extras);
    }
}
