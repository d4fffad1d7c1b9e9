package dev.manciple.auth;

import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.spi.Credentials;
import dev.manciple.spi.config.Secret;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tokens of an OpenID Connect provider for this client, or for a user it has the password of. One is shown until it comes near
 * its end or a server refuses it; one whose end cannot be told is asked for each time.
 */
final class ProviderCredentials implements Credentials {
    private final AuthConfig.Oidc config;
    private final InstantSource clock;
    private final ReentrantLock asking = new ReentrantLock();
    private @Nullable Token held;

    ProviderCredentials(AuthConfig.Oidc config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
    }

    /** @param end when it is good no more; empty if unknown */
    private record Token(Secret text, Optional<Instant> end) {}

    @Override
    public Optional<String> bearerToken() {
        // Those who need a token at once wait for the one who asks, rather than ask too.
        asking.lock();
        try {
            Token token = held;
            if (token == null || !isGood(token)) {
                token = ask();
                held = token;
            }
            return Optional.of(token.text().reveal());
        } finally {
            asking.unlock();
        }
    }

    private boolean isGood(Token token) {
        Duration margin = Duration.ofNanos((long) (config.tokenRefreshMarginSeconds() * 1e9));
        return token.end()
                .filter(end -> clock.instant().isBefore(end.minus(margin)))
                .isPresent();
    }

    @Override
    public void rejected(String token) {
        asking.lock();
        try {
            if (held != null && held.text().reveal().equals(token)) {
                held = null;
            }
        } finally {
            asking.unlock();
        }
    }

    private Token ask() {
        // Tokens last for minutes, so a client of HTTP is not kept for the next.
        try (Provider provider = Provider.of(config)) {
            JsonNode answer = provider.token(form());
            String text = answer.path("access_token").asString("");
            if (text.isEmpty()) {
                throw new IOException("the answer has no access_token");
            }
            return new Token(new Secret(text), end(text, answer.path("expires_in")));
        } catch (IOException e) {
            throw new StoreException(
                    "OpenID Connect provider",
                    "get a token for the client '%s'"
                            .formatted(config.clientId().orElse("")),
                    true,
                    Outcome.NOT_APPLIED,
                    e);
        }
    }

    private Map<String, String> form() {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", config.username().isPresent() ? "password" : "client_credentials");
        config.clientId().ifPresent(client -> form.put("client_id", client));
        config.clientSecret().ifPresent(secret -> form.put("client_secret", secret.reveal()));
        config.username().ifPresent(user -> form.put("username", user));
        config.password().ifPresent(password -> form.put("password", password.reveal()));
        return form;
    }

    /** What the token itself says, or else what the provider said of it. */
    private Optional<Instant> end(String token, JsonNode expiresIn) {
        return endOfToken(token)
                .or(() -> expiresIn.isNumber()
                        ? Optional.of(clock.instant().plusSeconds(expiresIn.asLong()))
                        : Optional.empty());
    }

    private static Optional<Instant> endOfToken(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            JsonNode end = JsonMapper.shared()
                    .readTree(Base64.getUrlDecoder().decode(parts[1]))
                    .path("exp");
            return end.isNumber() ? Optional.of(Instant.ofEpochSecond(end.asLong())) : Optional.empty();
        } catch (JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
