package dev.manciple.cli;

import dev.manciple.model.Definition;
import dev.manciple.model.Permission;
import dev.manciple.model.Permission.Action;
import dev.manciple.server.auth.Permissions;
import dev.manciple.server.auth.Resource;
import dev.manciple.spi.RegistrySnapshot;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An object permissions can be about, with those that are.
 *
 * @param permissions that allow somebody something
 */
record SecuredObject(Resource resource, List<Permission> permissions) {
    /** All objects of the registry's project but the permissions themselves. */
    static List<SecuredObject> all(RegistrySnapshot registry) {
        Permissions permissions = Permissions.of(registry);
        return Stream.<Collection<? extends Definition>>of(
                        registry.entities().values(),
                        registry.sources().values(),
                        registry.views().values(),
                        registry.services().values(),
                        registry.preserved())
                .flatMap(Collection::stream)
                .filter(object -> switch (object.kind()) {
                    case ENTITY,
                            DATA_SOURCE,
                            FEATURE_VIEW,
                            ON_DEMAND_FEATURE_VIEW,
                            STREAM_FEATURE_VIEW,
                            LABEL_VIEW,
                            FEATURE_SERVICE,
                            SAVED_DATASET,
                            VALIDATION_REFERENCE -> true;
                    case PERMISSION, PROJECT, OTHER -> false;
                })
                .map(Resource::of)
                .map(resource -> new SecuredObject(resource, permissions.covering(resource)))
                .toList();
    }

    /** What no permission allows to anybody. */
    Set<Action> unsecured() {
        Set<Action> unsecured = EnumSet.allOf(Action.class);
        permissions.forEach(permission -> unsecured.removeAll(permission.actions()));
        return unsecured;
    }

    /** What permissions allow to a role. */
    Set<Action> permitted(String role) {
        Set<Action> permitted = EnumSet.noneOf(Action.class);
        permissions.stream()
                .filter(permission -> permission.policy() instanceof Permission.Policy.Roles(List<String> roles)
                        && roles.contains(role))
                .forEach(permission -> permitted.addAll(permission.actions()));
        return permitted;
    }

    /** As definitions write them. */
    static String words(Set<Action> actions) {
        return actions.stream()
                .map(action -> action.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
