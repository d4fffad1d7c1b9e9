package dev.manciple.cli;

import dev.manciple.model.Permission;
import dev.manciple.model.Permission.Policy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A permission in the words of its definition. */
final class PermissionText {
    private PermissionText() {}

    static List<String> row(Permission permission) {
        return List.of(
                permission.name(),
                words(permission.types(), Permission.Type.values().length),
                String.join(", ", permission.namePatterns()),
                words(permission.actions(), Permission.Action.values().length),
                text(permission.policy()),
                text(permission.requiredTags()));
    }

    private static String words(Set<? extends Enum<?>> some, int all) {
        return some.size() == all
                ? "all"
                : some.stream()
                        .map(each -> each.name().toLowerCase(java.util.Locale.ROOT))
                        .collect(Collectors.joining(", "));
    }

    private static String text(Policy policy) {
        return switch (policy) {
            case Policy.AllowAll all -> "allow_all";
            case Policy.Roles(List<String> roles) -> named("roles", roles);
            case Policy.Groups(List<String> groups) -> named("groups", groups);
            case Policy.Namespaces(List<String> namespaces) -> named("namespaces", namespaces);
            case Policy.GroupsOrNamespaces(List<String> groups, List<String> namespaces) ->
                named("groups", groups) + "; " + named("namespaces", namespaces);
        };
    }

    private static String named(String what, Collection<String> names) {
        return what + ": " + String.join(", ", names);
    }

    private static String text(Map<String, String> tags) {
        return new TreeMap<>(tags)
                .entrySet().stream()
                        .map(tag -> tag.getKey() + ":" + tag.getValue())
                        .collect(Collectors.joining(", "));
    }
}
