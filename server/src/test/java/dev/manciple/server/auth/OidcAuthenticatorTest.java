package dev.manciple.server.auth;

import static dev.manciple.server.auth.TestIssuer.claims;
import static dev.manciple.server.auth.TestIssuer.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.manciple.auth.AuthConfig;
import dev.manciple.error.AccessException;
import dev.manciple.error.ConfigException;
import dev.manciple.error.StoreException;
import dev.manciple.spi.StoreConfig;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OidcAuthenticatorTest {
    private static final RSAKey KEY = TestIssuer.key("one");
    private static final RSAKey OTHER = TestIssuer.key("two");

    private TestIssuer issuer;

    @BeforeEach
    void start() throws IOException {
        issuer = TestIssuer.start();
        issuer.publish(KEY);
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private OidcAuthenticator authenticator(Map<String, Object> more) {
        Map<String, Object> options =
                new LinkedHashMap<>(Map.of("auth_discovery_url", issuer.discovery(), "client_id", "feast"));
        options.putAll(more);
        AuthConfig config = AuthConfig.of("auth", new StoreConfig("oidc", options));
        return new OidcAuthenticator((AuthConfig.Oidc) config, InstantSource.system());
    }

    private Principal verified(String token) {
        return verified(token, Map.of());
    }

    private Principal verified(String token, Map<String, Object> options) {
        try (OidcAuthenticator authenticator = authenticator(options)) {
            return authenticator.authenticate(token);
        }
    }

    private void assertRefused(String token) {
        assertRefused(token, Map.of());
    }

    private void assertRefused(String token, Map<String, Object> options) {
        assertThatThrownBy(() -> verified(token, options))
                .isInstanceOfSatisfying(
                        AccessException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(AccessException.Reason.UNAUTHENTICATED))
                .hasMessage("Invalid or expired access token");
    }

    @Test
    void aGoodTokenNamesItsUserRolesAndGroups() {
        String token = sign(
                KEY,
                claims("ada", "reader", "writer")
                        .claim("roles", List.of("writer", "admin", 7))
                        .claim("groups", List.of("ml"))
                        .build());

        assertThat(verified(token))
                .isEqualTo(new Principal("ada", Set.of("reader", "writer", "admin"), Set.of("ml"), Set.of()));
    }

    @Test
    void theFirstUsableClaimNamesTheUser() {
        JWTClaimsSet.Builder application = new JWTClaimsSet.Builder()
                .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                .claim("preferred_username", 7)
                .claim("azp", "batch-job")
                .subject("1b");

        assertThat(verified(sign(KEY, application.build())).user()).isEqualTo("batch-job");
        assertThat(verified(sign(
                                KEY, application.claim("upn", "ada@example.com").build()))
                        .user())
                .isEqualTo("ada@example.com");
    }

    @Test
    void rolesOfOtherClientsDoNotCount() {
        String token = sign(
                KEY,
                claims("ada")
                        .claim("resource_access", Map.of("other", Map.of("roles", List.of("admin"))))
                        .build());

        assertThat(verified(token).roles()).isEmpty();
    }

    @Test
    void anExpiredTokenIsRefused() {
        assertRefused(sign(
                KEY,
                claims("ada")
                        .expirationTime(Date.from(Instant.now().minusSeconds(60)))
                        .build()));
    }

    @Test
    void aTokenWithoutAnEndIsRefused() {
        assertRefused(sign(KEY, claims("ada").expirationTime(null).build()));
    }

    @Test
    void aTokenThatIsNotGoodYetIsRefused() {
        assertRefused(sign(
                KEY,
                claims("ada")
                        .notBeforeTime(Date.from(Instant.now().plusSeconds(600)))
                        .build()));
    }

    @Test
    void aTokenSignedWithAnotherKeyOfTheSameNameIsRefused() {
        assertRefused(sign(TestIssuer.key("one"), claims("ada").build()));
    }

    @Test
    void aTokenWhoseClaimsWereChangedIsRefused() {
        String[] good = sign(KEY, claims("ada", "reader").build()).split("\\.", -1);
        String[] forged = sign(OTHER, claims("ada", "admin").build()).split("\\.", -1);

        assertRefused(good[0] + "." + forged[1] + "." + good[2]);
    }

    @Test
    void aTokenWithoutSignatureIsRefused() {
        assertRefused(new PlainJWT(claims("ada").build()).serialize());
    }

    @Test
    void aTokenSignedWithThePublicKeyAsSharedSecretIsRefused() throws JOSEException {
        SignedJWT forged = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(),
                claims("ada").build());
        forged.sign(new MACSigner(KEY.toRSAPublicKey().getEncoded()));

        assertRefused(forged.serialize());
    }

    @Test
    void whatIsNoTokenIsRefused() {
        assertRefused("");
        assertRefused("a.b.c");
        assertRefused("x".repeat(10_000));
    }

    @Test
    void audienceAndIssuerCountWhereTheyAreConfigured() {
        Map<String, Object> strict = Map.of("audience", "feast-servers", "issuer", issuer.url());
        JWTClaimsSet.Builder right =
                claims("ada").audience(List.of("x", "feast-servers")).issuer(issuer.url());

        assertThat(verified(sign(KEY, right.build()), strict).user()).isEqualTo("ada");
        assertRefused(sign(KEY, right.audience("others").build()), strict);
        assertRefused(sign(KEY, right.audience((String) null).build()), strict);
        assertRefused(
                sign(KEY, right.audience("feast-servers").issuer("https://evil").build()), strict);
        assertThat(verified(sign(KEY, right.build())).user()).isEqualTo("ada");
    }

    @Test
    void newKeysAreFoundAtOnceAndOldOnesGoWithTheirLifespan() {
        try (OidcAuthenticator authenticator = authenticator(Map.of())) {
            String old = sign(KEY, claims("ada").build());
            assertThat(authenticator.authenticate(old).user()).isEqualTo("ada");

            issuer.publish(OTHER);

            assertThat(authenticator
                            .authenticate(sign(OTHER, claims("bob").build()))
                            .user())
                    .isEqualTo("bob");
            assertThatThrownBy(() -> authenticator.authenticate(old)).isInstanceOf(AccessException.class);
        }
    }

    @Test
    void inventedNamesOfKeysAreNoRequestsToTheProvider() {
        try (OidcAuthenticator authenticator = authenticator(Map.of())) {
            for (int i = 0; i < 50; i++) {
                String token = sign(
                        new RSAKey.Builder(OTHER).keyID("invented-" + i).build(),
                        claims("ada").build());
                assertThatThrownBy(() -> authenticator.authenticate(token)).isInstanceOf(AccessException.class);
            }
            assertThat(issuer.keyFetches()).isLessThan(10);
            assertThat(authenticator
                            .authenticate(sign(KEY, claims("ada").build()))
                            .user())
                    .isEqualTo("ada");
        }
    }

    @Test
    void aProviderThatIsDownIsNoFaultOfTheToken() {
        String token = sign(KEY, claims("ada").build());
        issuer.close();

        assertThatThrownBy(() -> verified(token))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("OpenID Connect provider")
                .hasMessageNotContaining(token);
    }

    @Test
    void whyAProviderIsNotReachedIsKnownAlsoWhileItIsNotAskedAgain() {
        String token = sign(KEY, claims("ada").build());
        try (OidcAuthenticator authenticator = authenticator(Map.of())) {
            issuer.close();
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> authenticator.authenticate(token))
                        .isInstanceOf(StoreException.class)
                        .hasStackTraceContaining(issuer.url())
                        .hasStackTraceContaining("cannot be asked: ConnectException");
            }
        }
    }

    @Test
    void aProviderThatDoesNotAnswerIsGivenUp() {
        issuer.fallSilent();

        assertThatThrownBy(() -> verified(sign(KEY, claims("ada").build()), Map.of("jwks_request_timeout_seconds", 2)))
                .isInstanceOf(StoreException.class)
                .hasMessageNotContaining(issuer.url())
                .hasStackTraceContaining("did not answer");
    }

    @Test
    void keysThatAreKnownAreEnoughWhileTheProviderIsDown() {
        try (OidcAuthenticator authenticator = authenticator(Map.of())) {
            String token = sign(KEY, claims("ada").build());
            authenticator.authenticate(token);
            issuer.close();

            assertThat(authenticator.authenticate(token).user()).isEqualTo("ada");
        }
    }

    @Test
    void aServerNeedsTheProvidersAddress() {
        AuthConfig config = AuthConfig.of("auth", new StoreConfig("oidc", Map.of("client_id", "feast")));

        assertThatThrownBy(() -> AccessControl.of(config, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("auth_discovery_url");
    }
}
