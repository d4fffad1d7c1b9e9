package dev.manciple.model;

import java.util.Map;

/** What a person says about a definition; never changes what is computed, save for tags a router is told to read. */
public record About(String description, String owner, Map<String, String> tags) {
    public static final About NOTHING = new About("", "", Map.of());

    public About {
        tags = Map.copyOf(tags);
    }

    public About description(String newDescription) {
        return new About(newDescription, owner, tags);
    }

    public About owner(String newOwner) {
        return new About(description, newOwner, tags);
    }

    public About tags(Map<String, String> newTags) {
        return new About(description, owner, newTags);
    }
}
