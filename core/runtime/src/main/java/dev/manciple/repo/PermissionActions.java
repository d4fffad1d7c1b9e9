package dev.manciple.repo;

import dev.manciple.model.Permission.Action;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The words for actions: each by itself, and Feast's words for several. */
final class PermissionActions {
    static final List<String> GROUPS = List.of("read", "write", "crud", "all");

    private PermissionActions() {}

    /** @param word one of the shape's */
    static Set<Action> of(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "read" -> EnumSet.of(Action.READ_ONLINE, Action.READ_OFFLINE);
            case "write" -> EnumSet.of(Action.WRITE_ONLINE, Action.WRITE_OFFLINE);
            case "crud" -> EnumSet.of(Action.CREATE, Action.DESCRIBE, Action.UPDATE, Action.DELETE);
            case "all" -> EnumSet.allOf(Action.class);
            default -> EnumSet.of(Action.valueOf(word.toUpperCase(Locale.ROOT)));
        };
    }
}
