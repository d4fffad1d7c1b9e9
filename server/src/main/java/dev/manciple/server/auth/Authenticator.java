package dev.manciple.server.auth;

/** Tells who a token belongs to. Thread-safe; waits no longer than its configuration says. */
public interface Authenticator extends AutoCloseable {
    /**
     * @param token as it stands after {@code Bearer}; from the network, so nothing about it may be believed
     * @throws dev.manciple.error.AccessException if the token is not good
     * @throws dev.manciple.error.StoreException if that cannot be told now
     */
    Principal authenticate(String token);

    @Override
    void close();
}
