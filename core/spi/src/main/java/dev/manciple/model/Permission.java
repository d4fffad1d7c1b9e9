package dev.manciple.model;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who may do what with which objects of a project, where servers ask for authentication (Feast: online serving, 9). A
 * permission grants, it never takes away: what no permission grants is refused.
 *
 * @param types the kinds of objects it is about
 * @param namePatterns regular expressions, one of which must match the whole name; empty for any name
 * @param requiredTags what the object must be tagged with, all of it; empty for any object
 * @param actions what it allows; a request that takes several at once must find all of them here
 * @param policy to whom
 * @param tags what people say about it
 */
public record Permission(
        String name,
        Set<Type> types,
        List<String> namePatterns,
        Map<String, String> requiredTags,
        Set<Action> actions,
        Policy policy,
        Map<String, String> tags)
        implements Definition {

    public Permission {
        Names.require(name, "permission");
        types = types.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(types));
        namePatterns = List.copyOf(namePatterns);
        requiredTags = Map.copyOf(requiredTags);
        actions = actions.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(actions));
        tags = Map.copyOf(tags);
    }

    /** What can be done with an object. */
    public enum Action {
        CREATE,
        DESCRIBE,
        UPDATE,
        DELETE,
        READ_ONLINE,
        READ_OFFLINE,
        WRITE_ONLINE,
        WRITE_OFFLINE
    }

    /** A kind of objects, in Feast's order. */
    public enum Type {
        FEATURE_VIEW,
        ON_DEMAND_FEATURE_VIEW,
        BATCH_FEATURE_VIEW,
        STREAM_FEATURE_VIEW,
        ENTITY,
        FEATURE_SERVICE,
        DATA_SOURCE,
        VALIDATION_REFERENCE,
        SAVED_DATASET,
        PERMISSION,
        PROJECT,
        LABEL_VIEW;

        /** Whether objects of a kind are of this type; in Feast a stream feature view is a feature view too. */
        public boolean covers(Definition.Kind kind) {
            return switch (kind) {
                case FEATURE_VIEW -> this == FEATURE_VIEW;
                case STREAM_FEATURE_VIEW -> this == FEATURE_VIEW || this == STREAM_FEATURE_VIEW;
                case ON_DEMAND_FEATURE_VIEW -> this == ON_DEMAND_FEATURE_VIEW;
                case LABEL_VIEW -> this == LABEL_VIEW;
                case ENTITY -> this == ENTITY;
                case FEATURE_SERVICE -> this == FEATURE_SERVICE;
                case DATA_SOURCE -> this == DATA_SOURCE;
                case VALIDATION_REFERENCE -> this == VALIDATION_REFERENCE;
                case SAVED_DATASET -> this == SAVED_DATASET;
                case PERMISSION -> this == PERMISSION;
                case PROJECT -> this == PROJECT;
                case OTHER -> false;
            };
        }
    }

    /** Whom a permission is for. One name in common is enough. */
    public sealed interface Policy {
        /** Everybody who is authenticated. */
        record AllowAll() implements Policy {}

        record Roles(List<String> roles) implements Policy {
            public Roles {
                roles = List.copyOf(roles);
            }
        }

        record Groups(List<String> groups) implements Policy {
            public Groups {
                groups = List.copyOf(groups);
            }
        }

        record Namespaces(List<String> namespaces) implements Policy {
            public Namespaces {
                namespaces = List.copyOf(namespaces);
            }
        }

        record GroupsOrNamespaces(List<String> groups, List<String> namespaces) implements Policy {
            public GroupsOrNamespaces {
                groups = List.copyOf(groups);
                namespaces = List.copyOf(namespaces);
            }
        }
    }
}
