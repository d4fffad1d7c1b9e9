package dev.manciple.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.config.Secret;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuthConfigTest {
    private static AuthConfig bound(String type, Map<String, Object> options) {
        return AuthConfig.of("feature_store.yaml: auth", new StoreConfig(type, options));
    }

    private static void assertRefused(String type, Map<String, Object> options, String... texts) {
        assertThatThrownBy(() -> bound(type, options))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("feature_store.yaml: auth: ")
                .hasMessageContainingAll(texts);
    }

    @Test
    void bindsFeastsTypes() {
        assertThat(bound("no_auth", Map.of())).isEqualTo(new AuthConfig.NoAuth());
        assertThat(bound("kubernetes", Map.of("user_token", "t", "anything", "else")))
                .isEqualTo(new AuthConfig.Kubernetes(Optional.of(new Secret("t"))));
        assertThat(bound("oidc", Map.of("auth_discovery_url", "https://id.example.com/x")))
                .isInstanceOfSatisfying(AuthConfig.Oidc.class, oidc -> {
                    assertThat(oidc.verifySsl()).isTrue();
                    assertThat(oidc.jwksCacheLifespanSeconds()).isEqualTo(300);
                    assertThat(oidc.jwksRequestTimeoutSeconds()).isEqualTo(10);
                    assertThat(oidc.tokenRefreshMarginSeconds()).isEqualTo(30);
                    assertThat(oidc.audience()).isEmpty();
                });
    }

    @Test
    void secretsDoNotPrint() {
        assertThat(bound("oidc", Map.of("token", "s3cr3t"))).asString().doesNotContain("s3cr3t");
        assertThat(bound("kubernetes", Map.of("user_token", "s3cr3t")))
                .asString()
                .doesNotContain("s3cr3t");
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertRefused("ldap", Map.of(), "'ldap'", "no_auth, kubernetes, oidc");
        assertRefused("no_auth", Map.of("token", "t"), "token", "unknown key");
        assertRefused("oidc", Map.of("auth_discovery_ur", "https://x.example"), "did you mean");
        assertRefused("oidc", Map.of("auth_discovery_url", "id.example.com"), "auth_discovery_url", "http");
        assertRefused("oidc", Map.of("jwks_cache_lifespan_seconds", 0), "jwks_cache_lifespan_seconds", "at least 1");
        assertRefused("oidc", Map.of("jwks_request_timeout_seconds", 0), "jwks_request_timeout_seconds");
    }

    @Test
    void oneWayToATokenAndThatWhole() {
        assertRefused("oidc", Map.of("token", "t", "token_env_var", "T"), "only one of", "token and token_env_var");
        assertRefused("oidc", Map.of("client_secret", "s3cr3t"), "auth_discovery_url and client_id");
        assertRefused(
                "oidc",
                Map.of(
                        "client_secret",
                        "s",
                        "client_id",
                        "c",
                        "auth_discovery_url",
                        "https://x.example",
                        "username",
                        "u"),
                "username and password both");
    }
}
