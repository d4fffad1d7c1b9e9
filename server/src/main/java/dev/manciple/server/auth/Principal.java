package dev.manciple.server.auth;

import java.util.Set;

/**
 * Who calls, as an identity provider vouches for it.
 *
 * @param user never blank
 */
public record Principal(String user, Set<String> roles, Set<String> groups, Set<String> namespaces) {
    public Principal {
        roles = Set.copyOf(roles);
        groups = Set.copyOf(groups);
        namespaces = Set.copyOf(namespaces);
    }
}
