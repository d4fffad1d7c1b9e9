package dev.manciple.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.manciple.auth.AuthConfig;
import dev.manciple.auth.Provider;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies tokens of an OpenID Connect provider: a signature by one of the keys it publishes, an end that is not over, and
 * audience and issuer where they are configured. Tokens without signature, signed with a shared secret or without an end are
 * refused.
 *
 * <p>Keys are kept for {@code jwks_cache_lifespan_seconds}. A token that names a key not among them has them fetched again, once in
 * a while, so that a provider may change its keys at any time, and forged names of keys do not become requests to the provider.
 */
final class OidcAuthenticator implements Authenticator {
    private static final Logger LOG = LoggerFactory.getLogger(OidcAuthenticator.class);

    /** Clocks differ; as many as Feast allows. */
    private static final int LEEWAY_SECONDS = 10;

    /** Within which the keys are fetched twice at most. */
    private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(10);

    /** In Feast's order; the first there is names the user. */
    private static final List<String> USER_CLAIMS = List.of("preferred_username", "upn", "azp", "appid", "sub");

    private final Jwks jwks;
    private final JWKSource<SecurityContext> keys;
    private final DefaultJWTProcessor<SecurityContext> processor;
    private final Optional<String> clientId;

    /** Borrows nothing: closes what it makes. Asks the provider for nothing before the first token comes. */
    OidcAuthenticator(AuthConfig.Oidc config, InstantSource clock) {
        this.clientId = config.clientId();
        this.jwks = new Jwks(Provider.of(config));
        long lifespan = config.jwksCacheLifespanSeconds() * 1_000L;
        this.keys = JWKSourceBuilder.create(jwks)
                .cache(lifespan, config.requestTimeout().toMillis())
                .refreshAheadCache(false)
                .rateLimited(Math.min(BETWEEN_FETCHES.toMillis(), lifespan / 2))
                .retrying(false)
                .build();
        Set<JWSAlgorithm> asymmetric = new LinkedHashSet<>(JWSAlgorithm.Family.RSA);
        asymmetric.addAll(JWSAlgorithm.Family.EC);
        this.processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), new JOSEObjectType("Bearer"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(asymmetric, keys));
        processor.setJWTClaimsSetVerifier(verifier(config, clock));
    }

    private static DefaultJWTClaimsVerifier<SecurityContext> verifier(AuthConfig.Oidc config, InstantSource clock) {
        JWTClaimsSet.Builder exact = new JWTClaimsSet.Builder();
        config.issuer().ifPresent(exact::issuer);
        DefaultJWTClaimsVerifier<SecurityContext> verifier =
                new DefaultJWTClaimsVerifier<>(
                        config.audience().map(Set::of).orElse(null), exact.build(), Set.of("exp"), null) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        verifier.setMaxClockSkew(LEEWAY_SECONDS);
        return verifier;
    }

    @Override
    public Principal authenticate(String token) {
        try {
            return principal(processor.process(token, null));
        } catch (RateLimitReachedException e) {
            Optional<KeySourceException> failure = jwks.failure();
            if (failure.isEmpty()) {
                LOG.debug("A token names a key the provider does not have");
                throw AccessControl.invalid(e);
            }
            // That it is not asked again so soon tells nobody why.
            throw unreachable(failure.get());
        } catch (KeySourceException e) {
            throw unreachable(e);
        } catch (ParseException | BadJOSEException | JOSEException e) {
            LOG.debug("A token was refused: {}", e.getMessage());
            throw AccessControl.invalid(e);
        }
    }

    private static StoreException unreachable(Exception cause) {
        LOG.warn("The keys of the OpenID Connect provider cannot be fetched: {}", cause.getMessage());
        // The caller is not known yet, and need not learn how the provider is reached.
        return new StoreException(
                "OpenID Connect provider",
                "verify a token",
                true,
                Outcome.NOT_APPLIED,
                new IOException("its keys cannot be fetched; the log of the server says why", cause));
    }

    private Principal principal(JWTClaimsSet claims) {
        String user = USER_CLAIMS.stream()
                .flatMap(claim -> text(claims.getClaim(claim)).stream())
                .findFirst()
                .orElseThrow(() -> AccessControl.invalid(null));
        Set<String> roles = new LinkedHashSet<>();
        clientId.ifPresent(client -> {
            if (claims.getClaim("resource_access") instanceof Map<?, ?> clients
                    && clients.get(client) instanceof Map<?, ?> access) {
                roles.addAll(texts(access.get("roles")));
            }
        });
        roles.addAll(texts(claims.getClaim("roles")));
        return new Principal(user, roles, Set.copyOf(texts(claims.getClaim("groups"))), Set.of());
    }

    private static Optional<String> text(@org.jspecify.annotations.Nullable Object claim) {
        return claim instanceof String text && !text.isBlank() ? Optional.of(text) : Optional.empty();
    }

    /** The texts of a list; whatever else a provider put there is no role and no group. */
    private static Collection<String> texts(@org.jspecify.annotations.Nullable Object claim) {
        return claim instanceof List<?> list
                ? list.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .distinct()
                        .toList()
                : List.of();
    }

    @Override
    public void close() {
        jwks.close();
    }
}
