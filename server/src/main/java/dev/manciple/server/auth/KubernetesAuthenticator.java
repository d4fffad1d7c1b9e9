package dev.manciple.server.auth;

import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.server.auth.Cluster.Binding;
import dev.manciple.server.auth.Cluster.Review;
import dev.manciple.server.auth.Cluster.Subject;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a Kubernetes cluster tell who a token belongs to. A service account has the roles bound to it in the namespace of this
 * process, and its own namespace; a user has the roles bound to it or its groups anywhere, and the namespaces it administers or
 * was added to on the dashboard of Open Data Hub. What the cluster said holds for a minute.
 *
 * <p>Unlike in Feast, a token the cluster does not accept is refused whatever it says of itself, and a service account is not
 * counted into the groups that may use its namespace.
 */
final class KubernetesAuthenticator implements Authenticator {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesAuthenticator.class);
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
    private static final String SERVICE_ACCOUNT_GROUP = "system:serviceaccounts:";

    private final Cluster cluster;
    private final RecentPrincipals recent;

    /** Closes the cluster's client. */
    KubernetesAuthenticator(Cluster cluster, InstantSource clock) {
        this.cluster = cluster;
        this.recent = new RecentPrincipals(clock);
    }

    @Override
    public Principal authenticate(String token) {
        Optional<Principal> known = recent.find(token);
        if (known.isPresent()) {
            return known.get();
        }
        try {
            Review review = cluster.review(token).orElseThrow(() -> AccessControl.invalid(null));
            Principal principal = review.username().startsWith(SERVICE_ACCOUNT) ? serviceAccount(review) : user(review);
            recent.put(token, principal);
            return principal;
        } catch (IOException e) {
            LOG.warn("The Kubernetes API server cannot be asked: {}", e.getMessage());
            // The caller is not known yet, and need not learn how the cluster is reached.
            throw new StoreException(
                    "Kubernetes API server",
                    "review a token",
                    true,
                    Outcome.NOT_APPLIED,
                    new IOException("it cannot be asked; the log of the server says why", e));
        }
    }

    private Principal serviceAccount(Review review) throws IOException {
        String[] parts = review.username().substring(SERVICE_ACCOUNT.length()).split(":", 2);
        if (parts.length != 2) {
            throw AccessControl.invalid(null);
        }
        Subject self = new Subject("ServiceAccount", parts[1], parts[0]);
        Set<String> roles = roles(cluster.ownBindings().stream(), self::equals);
        Set<String> namespaces = new LinkedHashSet<>(namespacesOf(review.groups()));
        namespaces.add(parts[0]);
        return new Principal(parts[0] + ":" + parts[1], roles, Set.copyOf(review.groups()), namespaces);
    }

    private Principal user(Review review) throws IOException {
        Predicate<Subject> isUser =
                subject -> subject.kind().equals("User") && subject.name().equals(review.username());
        Predicate<Subject> isGroup =
                subject -> subject.kind().equals("Group") && review.groups().contains(subject.name());
        List<Binding> everywhere = cluster.allBindings();
        Set<String> roles =
                roles(Stream.concat(everywhere.stream(), cluster.clusterBindings().stream()), isUser.or(isGroup));
        Set<String> namespaces = new LinkedHashSet<>(namespacesOf(review.groups()));
        everywhere.stream()
                .filter(KubernetesAuthenticator::givesNamespace)
                .filter(binding -> binding.subjects().stream().anyMatch(isUser))
                .forEach(binding -> namespaces.add(binding.namespace()));
        return new Principal(review.username(), roles, Set.copyOf(review.groups()), namespaces);
    }

    private static Set<String> roles(Stream<Binding> bindings, Predicate<Subject> isCaller) {
        return bindings.filter(binding -> binding.subjects().stream().anyMatch(isCaller))
                .map(Binding::role)
                .collect(Collectors.toSet());
    }

    private static boolean givesNamespace(Binding binding) {
        boolean admin =
                binding.roleKind().equals("ClusterRole") && binding.role().equals("admin");
        boolean dashboard = binding.name().startsWith("dashboard-permissions-")
                && "true".equals(binding.labels().get("opendatahub.io/dashboard"));
        return admin || dashboard;
    }

    /** The namespaces whose service accounts a group is of. */
    private static List<String> namespacesOf(List<String> groups) {
        return groups.stream()
                .filter(group -> group.startsWith(SERVICE_ACCOUNT_GROUP))
                .map(group -> group.substring(SERVICE_ACCOUNT_GROUP.length()))
                .toList();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
