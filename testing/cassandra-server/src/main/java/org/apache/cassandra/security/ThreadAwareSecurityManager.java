package org.apache.cassandra.security;

import java.security.PermissionCollection;
import java.security.Permissions;

/**
 * Stands before Cassandra's own class of this name, which installs a security manager and therefore does not load on JDK 24 and
 * later. It guards user-defined functions only, and those stay disabled.
 */
public final class ThreadAwareSecurityManager {
    /** Cassandra reads this field by name. */
    public static final PermissionCollection noPermissions = new Permissions();

    private ThreadAwareSecurityManager() {}

    public static void install() {
        // There is nothing to install.
    }

    public static boolean isSecuredThread() {
        return false;
    }
}
