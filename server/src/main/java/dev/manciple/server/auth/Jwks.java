package dev.manciple.server.auth;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetParseException;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.manciple.auth.Provider;
import java.io.IOException;
import java.text.ParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A provider's published keys, fetched at each call; the sources around it keep them. */
final class Jwks implements JWKSetSource<SecurityContext> {
    private final Provider provider;
    private volatile @Nullable KeySourceException failure;

    Jwks(Provider provider) {
        this.provider = provider;
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long now, @Nullable SecurityContext context)
            throws KeySourceException {
        try {
            JWKSet keys = fetched();
            failure = null;
            return keys;
        } catch (KeySourceException e) {
            failure = e;
            throw e;
        }
    }

    private JWKSet fetched() throws KeySourceException {
        try {
            return JWKSet.parse(provider.keys());
        } catch (IOException e) {
            throw new JWKSetRetrievalException(String.valueOf(e.getMessage()), e);
        } catch (ParseException e) {
            throw new JWKSetParseException("The provider's keys are no JSON Web Key Set: " + e.getMessage(), e);
        }
    }

    /** Why the last attempt to fetch them failed; empty where it did not. */
    Optional<KeySourceException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void close() {
        provider.close();
    }
}
