package dev.manciple.server.auth;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a Kubernetes cluster knows of a caller. Thread-safe. */
interface Cluster extends AutoCloseable {
    /**
     * @param username a user's, or {@code system:serviceaccount:NAMESPACE:NAME}
     */
    record Review(String username, List<String> groups) {
        public Review {
            groups = List.copyOf(groups);
        }
    }

    /**
     * A role given to somebody.
     *
     * @param namespace blank where it holds in the whole cluster
     * @param roleKind {@code Role} or {@code ClusterRole}
     */
    record Binding(
            String name,
            String namespace,
            Map<String, String> labels,
            String roleKind,
            String role,
            List<Subject> subjects) {
        public Binding {
            labels = Map.copyOf(labels);
            subjects = List.copyOf(subjects);
        }
    }

    /**
     * @param kind {@code User}, {@code Group} or {@code ServiceAccount}
     * @param namespace of a service account, else blank
     */
    record Subject(String kind, String name, String namespace) {}

    /** Who a token belongs to; empty if it is not good. */
    Optional<Review> review(String token) throws IOException;

    /** The bindings of the namespace this process runs in. */
    List<Binding> ownBindings() throws IOException;

    /** The bindings of all namespaces. */
    List<Binding> allBindings() throws IOException;

    /** The bindings that hold in the whole cluster. */
    List<Binding> clusterBindings() throws IOException;

    @Override
    void close();
}
