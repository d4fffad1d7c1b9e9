package dev.manciple.server.auth;

import dev.manciple.auth.AuthConfig;
import dev.manciple.error.AccessException;
import dev.manciple.error.AccessException.Reason;
import dev.manciple.spi.RegistrySnapshot;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The door of a server: lets in whoever has a good token, or everybody where none is asked for. Thread-safe; shared by all
 * protocols of a process. Closing it closes the clients of identity providers.
 */
public final class AccessControl implements AutoCloseable {
    /** The header of HTTP, gRPC and Flight that carries the token, as {@code Bearer TOKEN}. */
    public static final String HEADER = "authorization";

    private static final String SCHEME = "bearer ";

    /** Tokens are a few kilobytes; what is longer is not worth verifying. */
    private static final int LONGEST_TOKEN = 64 << 10;

    private final Optional<Authenticator> authenticator;
    private final Map<String, Compiled> compiled = new ConcurrentHashMap<>();

    private AccessControl(Optional<Authenticator> authenticator) {
        this.authenticator = authenticator;
    }

    /** Lets everybody do everything. */
    public static AccessControl open() {
        return new AccessControl(Optional.empty());
    }

    /**
     * What the {@code auth} section asks for.
     *
     * @param env of this process, where a Kubernetes cluster says how it is reached
     * @throws dev.manciple.error.ConfigException if the section lacks what a server needs
     */
    public static AccessControl of(AuthConfig config, Map<String, String> env) {
        return switch (config) {
            case AuthConfig.NoAuth none -> open();
            case AuthConfig.Oidc oidc -> guarded(new OidcAuthenticator(oidc, InstantSource.system()));
            case AuthConfig.Kubernetes kubernetes ->
                guarded(new KubernetesAuthenticator(KubernetesApi.inCluster(env), InstantSource.system()));
        };
    }

    /** Asks for a token, and then for permissions. Takes the authenticator over. */
    public static AccessControl guarded(Authenticator authenticator) {
        return new AccessControl(Optional.of(authenticator));
    }

    /** Whether anything is asked for. */
    public boolean guarded() {
        return authenticator.isPresent();
    }

    /**
     * Who calls. To be asked before anything of a request but its headers is read.
     *
     * @param authorization the value of {@link #HEADER}
     * @throws AccessException if a token is asked for and there is none, or none that is good
     * @throws dev.manciple.error.StoreException if that cannot be told now
     */
    public Caller admit(Optional<String> authorization) {
        return authenticator.isEmpty()
                ? new Caller.Anybody()
                : new Caller.Known(authenticator.get().authenticate(token(authorization)), this::permissions);
    }

    private static String token(Optional<String> authorization) {
        String header = authorization.map(String::strip).orElse("");
        if (header.isEmpty()) {
            throw new AccessException(Reason.UNAUTHENTICATED, "Missing authentication token");
        }
        if (header.length() <= SCHEME.length()
                || header.length() > LONGEST_TOKEN
                || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw invalid(null);
        }
        return header.substring(SCHEME.length()).strip();
    }

    /** Tells a caller no more than Feast does; the cause is for the log. */
    static AccessException invalid(@Nullable Throwable cause) {
        return new AccessException(Reason.UNAUTHENTICATED, "Invalid or expired access token", cause);
    }

    /** The permissions of one snapshot of a project's registry. */
    private record Compiled(RegistrySnapshot registry, Permissions permissions) {}

    /** Read once per snapshot, of which there is one per project and change. */
    @SuppressWarnings("ReferenceEquality") // Comparing what two snapshots hold would cost more than it saves.
    private Permissions permissions(RegistrySnapshot registry) {
        Compiled known = compiled.get(registry.project());
        if (known != null && known.registry() == registry) {
            return known.permissions();
        }
        Permissions permissions = Permissions.of(registry);
        // Callers may name any project: those without permissions are not remembered.
        if (!permissions.isEmpty()) {
            compiled.put(registry.project(), new Compiled(registry, permissions));
        }
        return permissions;
    }

    @Override
    public void close() {
        authenticator.ifPresent(Authenticator::close);
    }
}
