package dev.manciple.server.auth;

import dev.manciple.error.AccessException;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Permission;
import dev.manciple.model.Permission.Action;
import dev.manciple.model.Permission.Policy;
import dev.manciple.spi.RegistrySnapshot;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a project's permissions grant (Feast: online serving, 9). A permission counts that covers the object's kind, name and tags
 * and every action asked for; one whose policy the caller meets is enough. Nothing else is allowed: not where no permission
 * covers the object, and, unlike in Feast, not where there is no permission at all. Required tags count, unlike in Feast too.
 * Immutable.
 */
public final class Permissions {
    private static final Logger LOG = LoggerFactory.getLogger(Permissions.class);

    private final List<Rule> rules;

    private Permissions(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** Those of a project; what cannot be understood grants nothing, and the log says so. */
    public static Permissions of(RegistrySnapshot registry) {
        registry.preserved().stream()
                .filter(object -> object.as() == Kind.PERMISSION)
                .forEach(object -> useless(registry, object.name()));
        List<Rule> rules = new ArrayList<>();
        for (Permission permission : registry.permissions().values()) {
            Optional<Rule> rule = rule(permission);
            if (rule.isEmpty()) {
                useless(registry, permission.name());
            }
            rule.ifPresent(rules::add);
        }
        return new Permissions(rules);
    }

    private static void useless(RegistrySnapshot registry, String name) {
        LOG.warn("Permission '{}' of project '{}' cannot be understood and grants nothing", name, registry.project());
    }

    /** A permission, its patterns compiled. */
    private record Rule(Permission permission, List<NamePattern> names) {
        boolean covers(Resource resource, Set<Action> actions) {
            return permission.actions().containsAll(actions)
                    && permission.types().stream().anyMatch(type -> type.covers(resource.kind()))
                    && resource.tags()
                            .entrySet()
                            .containsAll(permission.requiredTags().entrySet())
                    && (names.isEmpty() || names.stream().anyMatch(name -> name.matches(resource.name())));
        }
    }

    /** Empty where a pattern of names is none: it might have meant fewer names than the others do. */
    private static Optional<Rule> rule(Permission permission) {
        try {
            return Optional.of(new Rule(
                    permission,
                    permission.namePatterns().stream()
                            .map(pattern -> new NamePattern(permission.name(), pattern))
                            .toList()));
        } catch (PatternSyntaxException e) {
            return Optional.empty();
        }
    }

    /** Those that allow somebody to do something with a resource. */
    public List<Permission> covering(Resource resource) {
        return rules.stream()
                .filter(rule -> rule.covers(resource, Set.of()))
                .map(Rule::permission)
                .toList();
    }

    /** Whether nobody may do anything. */
    boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Whether a caller may do all of the actions. */
    boolean allow(Principal principal, Resource resource, Set<Action> actions) {
        return rules.stream()
                .anyMatch(rule -> rule.covers(resource, actions)
                        && meets(principal, rule.permission().policy()));
    }

    /** @throws AccessException with the text of Feast's {@code FeastPermissionError} */
    void require(Principal principal, Resource resource, Set<Action> actions) {
        if (allow(principal, resource, actions)) {
            return;
        }
        List<Rule> refusing =
                rules.stream().filter(rule -> rule.covers(resource, actions)).toList();
        throw new AccessException(
                AccessException.Reason.DENIED,
                refusing.isEmpty()
                        ? "No permissions defined to manage %s on %s.".formatted(EnumSet.copyOf(actions), resource)
                        : String.join(
                                ",",
                                refusing.stream()
                                        .map(rule -> "Permission %s denied execution of %s to %s: %s"
                                                .formatted(
                                                        rule.permission().name(),
                                                        EnumSet.copyOf(actions),
                                                        resource,
                                                        refusal(rule.permission()
                                                                .policy())))
                                        .toList()));
    }

    private static boolean meets(Principal principal, Policy policy) {
        return switch (policy) {
            case Policy.AllowAll all -> true;
            case Policy.Roles(List<String> roles) -> anyOf(roles, principal.roles());
            case Policy.Groups(List<String> groups) -> anyOf(groups, principal.groups());
            case Policy.Namespaces(List<String> namespaces) -> anyOf(namespaces, principal.namespaces());
            case Policy.GroupsOrNamespaces(List<String> groups, List<String> namespaces) ->
                anyOf(groups, principal.groups()) || anyOf(namespaces, principal.namespaces());
        };
    }

    private static boolean anyOf(List<String> asked, Set<String> held) {
        return asked.stream().anyMatch(held::contains);
    }

    private static String refusal(Policy policy) {
        return switch (policy) {
            case Policy.AllowAll all -> "";
            case Policy.Roles(List<String> roles) -> "Requires roles " + roles;
            case Policy.Groups groups -> "User is not added into the permitted groups";
            case Policy.Namespaces namespaces -> "User is not added into the permitted namespaces";
            case Policy.GroupsOrNamespaces both -> "User must be in at least one of the permitted groups or namespaces";
        };
    }
}
