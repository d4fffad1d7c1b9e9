package dev.manciple.spi;

import java.util.Optional;

/** What this process shows to the servers it calls. Thread-safe. */
public interface Credentials {
    /** Nothing: for servers that ask for nothing. */
    Credentials NONE = new Credentials() {
        @Override
        public Optional<String> bearerToken() {
            return Optional.empty();
        }

        @Override
        public void rejected(String token) {
            // There is none.
        }
    };

    /**
     * A token for the header {@code authorization: Bearer TOKEN}; empty where none is configured. To be asked for each request: a
     * token is kept for as long as it is good, and getting a new one may take a request of its own.
     *
     * @throws dev.manciple.error.ConfigException if a token is configured that is not there
     * @throws dev.manciple.error.StoreException if the identity provider gives none
     */
    Optional<String> bearerToken();

    /** A server did not accept the token, so that the next one asked for is new where it can be. */
    void rejected(String token);
}
