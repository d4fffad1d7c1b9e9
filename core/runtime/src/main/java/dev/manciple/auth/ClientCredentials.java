package dev.manciple.auth;

import dev.manciple.error.ConfigException;
import dev.manciple.spi.Credentials;
import dev.manciple.spi.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the tokens this process shows come from, in Feast's order. OpenID Connect: the configured token, the configured
 * environment variable, the provider, the variable {@code FEAST_OIDC_TOKEN}, the pod's service account. Kubernetes: the configured
 * token, the pod's service account, the variable {@code LOCAL_K8S_TOKEN}. Unlike in Feast there are no unsigned tokens between
 * servers ({@code INTRA_COMMUNICATION_BASE64}).
 */
public final class ClientCredentials {
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

    private final Map<String, String> env;
    private final Path serviceAccount;
    private final InstantSource clock;

    ClientCredentials(Map<String, String> env, Path serviceAccount, InstantSource clock) {
        this.env = Map.copyOf(env);
        this.serviceAccount = serviceAccount;
        this.clock = clock;
    }

    /** @param env of this process, where variables are looked up */
    public static ClientCredentials of(Map<String, String> env) {
        return new ClientCredentials(env, SERVICE_ACCOUNT, InstantSource.system());
    }

    /** What a section says to show. Nothing is looked up before it is needed. */
    public Credentials of(AuthConfig config) {
        return switch (config) {
            case AuthConfig.NoAuth none -> Credentials.NONE;
            case AuthConfig.Oidc oidc -> oidc(oidc);
            case AuthConfig.Kubernetes kubernetes ->
                kubernetes
                        .userToken()
                        .map(ClientCredentials::fixed)
                        .orElseGet(
                                () -> looked(
                                        () -> serviceAccount()
                                                .or(() -> variable("LOCAL_K8S_TOKEN"))
                                                .orElseThrow(
                                                        () -> missing(
                                                                "user_token, or the variable LOCAL_K8S_TOKEN, or run in a pod with a service account"))));
        };
    }

    private Credentials oidc(AuthConfig.Oidc config) {
        if (config.token().isPresent()) {
            return fixed(config.token().get());
        }
        if (config.tokenEnvVar().isPresent()) {
            String name = config.tokenEnvVar().get();
            return looked(() -> variable(name)
                    .orElseThrow(
                            () -> missing("the environment variable %s, which token_env_var names".formatted(name))));
        }
        if (config.clientSecret().isPresent()) {
            return new ProviderCredentials(config, clock);
        }
        return looked(
                () -> variable("FEAST_OIDC_TOKEN")
                        .or(this::serviceAccount)
                        .orElseThrow(
                                () -> missing(
                                        "token, token_env_var or client_secret, or the variable FEAST_OIDC_TOKEN, or run in a pod with a service account")));
    }

    private static ConfigException missing(String ways) {
        return new ConfigException("auth", List.of("there is no token to show to servers: set " + ways));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(env.get(name)).filter(value -> !value.isBlank());
    }

    /** Read each time: Kubernetes replaces the file before the token in it ends. */
    private Optional<String> serviceAccount() {
        if (!Files.isRegularFile(serviceAccount)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(serviceAccount).strip()).filter(token -> !token.isEmpty());
        } catch (IOException e) {
            throw new ConfigException(serviceAccount.toString(), List.of("cannot be read: " + e.getMessage()));
        }
    }

    private static Credentials fixed(Secret token) {
        return looked(token::reveal);
    }

    private interface Token {
        String get();
    }

    /** Tokens somebody else renews. */
    private static Credentials looked(Token token) {
        return new Credentials() {
            @Override
            public Optional<String> bearerToken() {
                return Optional.of(token.get());
            }

            @Override
            public void rejected(String rejected) {
                // There is no other.
            }
        };
    }
}
