package dev.manciple.auth;

import dev.manciple.error.ConfigException;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.config.Check;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The {@code auth} section, with Feast's keys. Servers and clients read the same section, each the keys it needs. */
public sealed interface AuthConfig {
    /** Nothing is asked for and nothing shown. */
    record NoAuth() implements AuthConfig {}

    /**
     * Tokens of an OpenID Connect provider.
     *
     * @param authDiscoveryUrl of the provider's discovery document, {@code …/.well-known/openid-configuration}; servers need it,
     *     and clients that get tokens with a secret
     * @param clientId whose {@code resource_access} roles count, and who asks for tokens
     * @param uiClientId of Feast's web page; has no effect here
     * @param verifySsl false to take any certificate of the provider, which gives up what TLS is for
     * @param caCertPath authorities of the provider's certificate, a PEM file, instead of the machine's
     * @param audience what tokens must be for; absent, not checked
     * @param issuer who tokens must be from; absent, not checked
     * @param jwksCacheLifespanSeconds how long the provider's keys are kept, and so how long a withdrawn one may still be good
     * @param jwksRequestTimeoutSeconds how long a request to the provider may take
     * @param tokenEnvVar the environment variable that holds the token to show
     * @param tokenRefreshMarginSeconds how long before its end a token is not shown any more
     */
    record Oidc(
            Optional<String> authDiscoveryUrl,
            Optional<String> clientId,
            Optional<String> uiClientId,
            @Default("true") boolean verifySsl,
            Optional<Path> caCertPath,
            Optional<String> audience,
            Optional<String> issuer,
            @Default("300") int jwksCacheLifespanSeconds,
            @Default("10") double jwksRequestTimeoutSeconds,
            Optional<String> username,
            Optional<Secret> password,
            Optional<Secret> clientSecret,
            Optional<Secret> token,
            Optional<String> tokenEnvVar,
            @Default("30") double tokenRefreshMarginSeconds)
            implements AuthConfig {
        public Oidc {
            authDiscoveryUrl.ifPresent(url ->
                    Check.that(isAddress(url), "auth_discovery_url", "must be an http or https address, was %s", url));
            Check.that(
                    jwksCacheLifespanSeconds > 0,
                    "jwks_cache_lifespan_seconds",
                    "must be at least 1, was %s",
                    jwksCacheLifespanSeconds);
            Check.that(
                    jwksRequestTimeoutSeconds > 0,
                    "jwks_request_timeout_seconds",
                    "must be more than 0, was %s",
                    jwksRequestTimeoutSeconds);
            Check.that(
                    tokenRefreshMarginSeconds > 0,
                    "token_refresh_margin_seconds",
                    "must be more than 0, was %s",
                    tokenRefreshMarginSeconds);
            checkSources(authDiscoveryUrl, clientId, username, password, clientSecret, token, tokenEnvVar);
        }

        private static boolean isAddress(String text) {
            try {
                URI uri = URI.create(text);
                return uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        /** One way to a token at most, and that one whole: Feast's rules. */
        private static void checkSources(
                Optional<String> url,
                Optional<String> clientId,
                Optional<String> username,
                Optional<Secret> password,
                Optional<Secret> clientSecret,
                Optional<Secret> token,
                Optional<String> tokenEnvVar) {
            boolean asksProvider = clientSecret.isPresent() || username.isPresent() || password.isPresent();
            if (asksProvider) {
                boolean wholeUser = username.isPresent() == password.isPresent();
                if (clientSecret.isEmpty() || url.isEmpty() || clientId.isEmpty() || !wholeUser) {
                    throw new IllegalArgumentException(
                            "a token of the provider needs client_secret, auth_discovery_url and client_id, and username and password both or neither");
                }
            }
            List<String> sources = Stream.of(
                            token.map(present -> "token"),
                            tokenEnvVar.map(present -> "token_env_var"),
                            clientSecret.map(present -> "client_secret"))
                    .flatMap(Optional::stream)
                    .toList();
            if (sources.size() > 1) {
                throw new IllegalArgumentException(
                        "only one of token, token_env_var and client_secret may be set, but there are %s"
                                .formatted(String.join(" and ", sources)));
            }
        }

        /** How long a request to the provider may take. */
        public Duration requestTimeout() {
            return Duration.ofNanos((long) (jwksRequestTimeoutSeconds * 1e9));
        }
    }

    /**
     * Tokens of a Kubernetes cluster: those of service accounts and of its users.
     *
     * @param userToken to show; absent, the pod's own
     */
    record Kubernetes(Optional<Secret> userToken) implements AuthConfig {}

    /**
     * Reads the section.
     *
     * @param where the file and section, with which messages start
     * @throws ConfigException with everything that is wrong
     */
    static AuthConfig of(String where, StoreConfig section) {
        ConfigBinder binder = new ConfigBinder();
        return switch (section.type()) {
            case "no_auth" -> binder.bind(where, NoAuth.class, section.options());
            case "oidc" -> binder.bind(where, Oidc.class, section.options());
            case "kubernetes" -> {
                // Feast lets this type have any other key.
                Map<String, Object> own = new LinkedHashMap<>(section.options());
                own.keySet().retainAll(ConfigBinder.keys(Kubernetes.class));
                yield binder.bind(where, Kubernetes.class, own);
            }
            default ->
                throw new ConfigException(
                        where,
                        List.of("type '%s' is unknown. Known: no_auth, kubernetes, oidc".formatted(section.type())));
        };
    }
}
