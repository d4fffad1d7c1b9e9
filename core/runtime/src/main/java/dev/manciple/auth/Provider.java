package dev.manciple.auth;

import dev.manciple.error.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An OpenID Connect provider: its discovery document, its keys, its tokens. Thread-safe. What it says is kept nowhere but for
 * the addresses of the document; those are looked up once, when first needed.
 */
public final class Provider implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final URI discovery;
    private final BoundedHttp http;
    private final AtomicReference<@Nullable JsonNode> document = new AtomicReference<>();

    private Provider(URI discovery, BoundedHttp http) {
        this.discovery = discovery;
        this.http = http;
    }

    /**
     * @param config names the discovery document
     * @throws ConfigException if it does not, or its file of authorities cannot be read
     */
    public static Provider of(AuthConfig.Oidc config) {
        String discovery = config.authDiscoveryUrl()
                .orElseThrow(
                        () -> new ConfigException(
                                "auth",
                                List.of(
                                        "auth_discovery_url is required: the address of the provider's discovery document, which ends in /.well-known/openid-configuration")));
        return new Provider(URI.create(discovery), new BoundedHttp(trust(config), config.requestTimeout()));
    }

    private static Trust trust(AuthConfig.Oidc config) {
        if (!config.verifySsl()) {
            return new Trust.Anybody();
        }
        return config.caCertPath().isPresent()
                ? new Trust.Authorities(config.caCertPath().get())
                : new Trust.Machine();
    }

    /** The keys tokens are signed with, as the provider publishes them: a JSON Web Key Set. */
    public String keys() throws IOException {
        return http.text(HttpRequest.newBuilder(address("jwks_uri")).GET());
    }

    /**
     * Asks for a token.
     *
     * @param form of the request, secrets included
     * @return the answer, a JSON object
     */
    JsonNode token(Map<String, String> form) throws IOException {
        String body = BoundedHttp.form(form);
        HttpRequest.Builder request = HttpRequest.newBuilder(address("token_endpoint"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        return object(http.text(request));
    }

    private URI address(String key) throws IOException {
        JsonNode known = document.get();
        if (known == null) {
            known = object(http.text(HttpRequest.newBuilder(discovery).GET()));
            document.set(known);
        }
        String address = known.path(key).asString("");
        try {
            URI uri = URI.create(address);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        document.set(null);
        throw new IOException("%s has no address as its '%s'".formatted(discovery, key));
    }

    private static JsonNode object(String text) throws IOException {
        try {
            JsonNode node = JSON.readTree(text);
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            throw new IOException("The answer is no JSON", e);
        }
        throw new IOException("The answer is no JSON object");
    }

    @Override
    public void close() {
        http.close();
    }

    /** The address of the discovery document, for messages. */
    @Override
    public String toString() {
        return discovery.toString();
    }
}
