package dev.manciple.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Who some tokens belonged to a moment ago. Knows tokens by their digests only, and forgets the oldest first. Thread-safe. */
final class RecentPrincipals {
    private static final Duration GOOD_FOR = Duration.ofMinutes(1);
    private static final int MOST = 10_000;

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Known> entries = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST;
        }
    };

    RecentPrincipals(InstantSource clock) {
        this.clock = clock;
    }

    private record Known(Principal principal, Instant end) {}

    Optional<Principal> find(String token) {
        String digest = digest(token);
        lock.lock();
        try {
            Known known = entries.get(digest);
            if (known == null) {
                return Optional.empty();
            }
            if (clock.instant().isBefore(known.end())) {
                return Optional.of(known.principal());
            }
            entries.remove(digest);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    void put(String token, Principal principal) {
        String digest = digest(token);
        lock.lock();
        try {
            entries.put(digest, new Known(principal, clock.instant().plus(GOOD_FOR)));
        } finally {
            lock.unlock();
        }
    }

    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
