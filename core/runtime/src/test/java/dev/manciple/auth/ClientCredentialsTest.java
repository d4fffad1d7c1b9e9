package dev.manciple.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.manciple.error.ConfigException;
import dev.manciple.error.StoreException;
import dev.manciple.spi.Credentials;
import dev.manciple.spi.StoreConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientCredentialsTest {
    private static final Instant NOON = Instant.parse("2025-01-01T12:00:00Z");

    @TempDir
    Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private final List<String> forms = new CopyOnWriteArrayList<>();
    private Function<Integer, String> answers = number -> "{}";
    private HttpServer provider;

    @BeforeEach
    void start() throws IOException {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext(
                "/discovery", exchange -> answer(exchange, "{\"token_endpoint\": \"%s/token\"}".formatted(url())));
        provider.createContext("/token", exchange -> {
            forms.add(URLDecoder.decode(
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    StandardCharsets.UTF_8));
            answer(exchange, answers.apply(forms.size()));
        });
        provider.start();
    }

    @AfterEach
    void stop() {
        provider.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + provider.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private Credentials credentials(String type, Map<String, Object> options, Map<String, String> env) {
        return new ClientCredentials(env, folder.resolve("token"), now::get)
                .of(AuthConfig.of("auth", new StoreConfig(type, options)));
    }

    private Credentials ofProvider(Map<String, Object> more) {
        Map<String, Object> options = new LinkedHashMap<>(
                Map.of("auth_discovery_url", url() + "/discovery", "client_id", "trainer", "client_secret", "s3&cr=t"));
        options.putAll(more);
        return credentials("oidc", options, Map.of());
    }

    private static String expiring(Instant end) {
        String claims = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"exp\": %d}".formatted(end.getEpochSecond()).getBytes(StandardCharsets.UTF_8));
        return "e30." + claims + ".sig";
    }

    @Test
    void nothingIsShownWhereNothingIsConfigured() {
        assertThat(credentials("no_auth", Map.of(), Map.of("FEAST_OIDC_TOKEN", "t"))
                        .bearerToken())
                .isEmpty();
    }

    @Test
    void tokensAreFoundInFeastsOrder() throws IOException {
        Map<String, String> env = Map.of("FEAST_OIDC_TOKEN", "general", "MINE", "mine", "LOCAL_K8S_TOKEN", "local");

        assertThat(credentials("oidc", Map.of("token", "fixed"), env).bearerToken())
                .contains("fixed");
        assertThat(credentials("oidc", Map.of("token_env_var", "MINE"), env).bearerToken())
                .contains("mine");
        assertThat(credentials("oidc", Map.of(), env).bearerToken()).contains("general");
        assertThat(credentials("kubernetes", Map.of("user_token", "own"), env).bearerToken())
                .contains("own");
        assertThat(credentials("kubernetes", Map.of(), env).bearerToken()).contains("local");

        Files.writeString(folder.resolve("token"), "of-the-pod\n");
        assertThat(credentials("kubernetes", Map.of(), env).bearerToken()).contains("of-the-pod");
        assertThat(credentials("oidc", Map.of(), Map.of()).bearerToken()).contains("of-the-pod");
        assertThat(credentials("oidc", Map.of(), env).bearerToken()).contains("general");
    }

    @Test
    void aTokenThatIsNotThereIsAClearError() {
        assertThatThrownBy(() -> credentials("oidc", Map.of("token_env_var", "MINE"), Map.of("MINE", " "))
                        .bearerToken())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("MINE");
        assertThatThrownBy(() -> credentials("oidc", Map.of(), Map.of()).bearerToken())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("FEAST_OIDC_TOKEN");
        assertThatThrownBy(() -> credentials("kubernetes", Map.of(), Map.of()).bearerToken())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("LOCAL_K8S_TOKEN");
    }

    @Test
    void theProviderIsAskedForTheClient() {
        answers = number -> "{\"access_token\": \"opaque-%d\", \"expires_in\": 300}".formatted(number);

        assertThat(ofProvider(Map.of()).bearerToken()).contains("opaque-1");
        assertThat(forms).containsExactly("grant_type=client_credentials&client_id=trainer&client_secret=s3&cr=t");
    }

    @Test
    void theProviderIsAskedForAUserWithItsPassword() {
        answers = number -> "{\"access_token\": \"opaque\"}";

        ofProvider(Map.of("username", "ada", "password", "pw")).bearerToken();

        assertThat(forms)
                .containsExactly(
                        "grant_type=password&client_id=trainer&client_secret=s3&cr=t&username=ada&password=pw");
    }

    @Test
    void aTokenIsKeptUntilItComesNearItsEnd() {
        answers = number -> "{\"access_token\": \"%s\", \"expires_in\": 5}"
                .formatted(expiring(now.get().plusSeconds(300)));
        Credentials credentials = ofProvider(Map.of());

        credentials.bearerToken();
        now.set(NOON.plusSeconds(269));
        credentials.bearerToken();
        assertThat(forms).as("the token's own end counts, 30 seconds before").hasSize(1);

        now.set(NOON.plusSeconds(271));
        credentials.bearerToken();
        assertThat(forms).hasSize(2);
    }

    @Test
    void aTokenThatWasRefusedIsNotShownAgain() {
        answers = number -> "{\"access_token\": \"opaque-%d\", \"expires_in\": 300}".formatted(number);
        Credentials credentials = ofProvider(Map.of());

        String first = credentials.bearerToken().orElseThrow();
        credentials.rejected("another");
        assertThat(credentials.bearerToken()).contains(first);
        credentials.rejected(first);
        assertThat(credentials.bearerToken()).contains("opaque-2");
    }

    @Test
    void aTokenWhoseEndNobodyTellsIsAskedForEachTime() {
        answers = number -> "{\"access_token\": \"opaque-%d\"}".formatted(number);
        Credentials credentials = ofProvider(Map.of());

        assertThat(credentials.bearerToken()).contains("opaque-1");
        assertThat(credentials.bearerToken()).contains("opaque-2");
    }

    @Test
    void aProviderThatGivesNoneIsAnErrorWithoutSecrets() {
        assertThatThrownBy(() -> ofProvider(Map.of()).bearerToken())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("'trainer'")
                .hasMessageNotContaining("s3&cr");

        provider.stop(0);
        assertThatThrownBy(() -> ofProvider(Map.of()).bearerToken())
                .isInstanceOf(StoreException.class)
                .hasMessageNotContaining("s3&cr");
    }
}
