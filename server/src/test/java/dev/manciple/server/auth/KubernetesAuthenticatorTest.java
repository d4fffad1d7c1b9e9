package dev.manciple.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.manciple.auth.AuthConfig;
import dev.manciple.auth.Trust;
import dev.manciple.error.AccessException;
import dev.manciple.error.ConfigException;
import dev.manciple.error.StoreException;
import dev.manciple.spi.StoreConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server of this machine that speaks the part of the cluster's API that is used. */
class KubernetesAuthenticatorTest {
    @TempDir
    Path folder;

    private final AtomicInteger reviews = new AtomicInteger();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2025-01-01T00:00:00Z"));
    private HttpServer api;
    private KubernetesAuthenticator authenticator;

    @BeforeEach
    void start() throws IOException {
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.createContext("/apis/authentication.k8s.io/v1/tokenreviews", this::review);
        api.createContext(
                "/apis/rbac.authorization.k8s.io/v1/namespaces/feast/rolebindings", exchange -> answer(exchange, """
                        {"items": [
                          {"metadata": {"name": "b1", "namespace": "feast"}, "roleRef": {"kind": "Role", "name": "feast-reader"},
                           "subjects": [{"kind": "ServiceAccount", "name": "trainer", "namespace": "ml"}]},
                          {"metadata": {"name": "b2", "namespace": "feast"}, "roleRef": {"kind": "Role", "name": "feast-writer"},
                           "subjects": [{"kind": "ServiceAccount", "name": "trainer", "namespace": "other"},
                                        {"kind": "User", "name": "trainer"}]},
                          {"metadata": {"name": "b3", "namespace": "feast"}, "roleRef": {"kind": "Role", "name": "empty"}}]}
                        """));
        api.createContext("/apis/rbac.authorization.k8s.io/v1/rolebindings", this::allBindings);
        api.createContext("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", exchange -> answer(exchange, """
                {"items": [{"metadata": {"name": "c1"}, "roleRef": {"kind": "ClusterRole", "name": "viewer"},
                            "subjects": [{"kind": "Group", "name": "data"}]}]}
                """));
        api.start();
        Path token = Files.writeString(folder.resolve("token"), "own-token\n");
        authenticator = new KubernetesAuthenticator(
                new KubernetesApi(
                        URI.create("http://127.0.0.1:" + api.getAddress().getPort()),
                        new Trust.Machine(),
                        token,
                        "feast"),
                now::get);
    }

    @AfterEach
    void stop() {
        authenticator.close();
        api.stop(0);
    }

    private void review(HttpExchange exchange) throws IOException {
        reviews.incrementAndGet();
        String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (asked.contains("\"token\":\"of-trainer\"")) {
            answer(exchange, """
                    {"status": {"authenticated": true, "user": {"username": "system:serviceaccount:ml:trainer",
                     "groups": ["system:serviceaccounts", "system:serviceaccounts:ml"]}}}
                    """);
        } else if (asked.contains("\"token\":\"of-ada\"")) {
            answer(
                    exchange,
                    "{\"status\": {\"authenticated\": true, \"user\": {\"username\": \"ada\", \"groups\": [\"data\"]}}}");
        } else {
            answer(
                    exchange,
                    "{\"status\": {\"error\": \"invalid\", \"user\": {\"username\": \"system:serviceaccount:ml:trainer\"}}}");
        }
    }

    /** In two pages. */
    private void allBindings(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        answer(exchange, query.contains("continue=") ? """
                        {"items": [{"metadata": {"name": "a2", "namespace": "risk"}, "roleRef": {"kind": "ClusterRole", "name": "admin"},
                                    "subjects": [{"kind": "User", "name": "ada"}]}]}
                        """ : """
                        {"metadata": {"continue": "a b&c"}, "items": [
                          {"metadata": {"name": "dashboard-permissions-x", "namespace": "lab", "labels": {"opendatahub.io/dashboard": "true"}},
                           "roleRef": {"kind": "Role", "name": "editor"}, "subjects": [{"kind": "User", "name": "ada"}]},
                          {"metadata": {"name": "a1", "namespace": "rides"}, "roleRef": {"kind": "Role", "name": "group-role"},
                           "subjects": [{"kind": "Group", "name": "data"}]},
                          {"metadata": {"name": "a0", "namespace": "rides"}, "roleRef": {"kind": "Role", "name": "bobs"},
                           "subjects": [{"kind": "User", "name": "bob"}]}]}
                        """);
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        try (exchange) {
            boolean known =
                    "Bearer own-token".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 401, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Test
    void aServiceAccountHasTheRolesBoundToItHere() {
        assertThat(authenticator.authenticate("of-trainer"))
                .isEqualTo(new Principal(
                        "ml:trainer",
                        Set.of("feast-reader"),
                        Set.of("system:serviceaccounts", "system:serviceaccounts:ml"),
                        Set.of("ml")));
    }

    @Test
    void aUserHasTheRolesBoundToItAndItsGroupsAnywhere() {
        assertThat(authenticator.authenticate("of-ada"))
                .isEqualTo(new Principal(
                        "ada",
                        Set.of("editor", "group-role", "admin", "viewer"),
                        Set.of("data"),
                        Set.of("lab", "risk")));
    }

    @Test
    void whatTheClusterDoesNotAcceptIsRefusedWhateverItSays() {
        assertThatThrownBy(() -> authenticator.authenticate("forged"))
                .isInstanceOf(AccessException.class)
                .hasMessage("Invalid or expired access token");
    }

    @Test
    void theClusterIsAskedOnceAMinutePerToken() {
        authenticator.authenticate("of-ada");
        authenticator.authenticate("of-ada");
        authenticator.authenticate("of-trainer");
        assertThat(reviews).hasValue(2);

        now.updateAndGet(before -> before.plusSeconds(61));
        authenticator.authenticate("of-ada");
        assertThat(reviews).hasValue(3);
    }

    @Test
    void aClusterThatDoesNotAnswerIsNoFaultOfTheToken() {
        api.stop(0);

        assertThatThrownBy(() -> authenticator.authenticate("of-ada"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("Kubernetes API server");
    }

    @Test
    void aClusterThatDoesNotKnowThisProcessIsNoFaultOfTheToken() throws IOException {
        Files.writeString(folder.resolve("token"), "withdrawn");

        assertThatThrownBy(() -> authenticator.authenticate("of-ada"))
                .isInstanceOf(StoreException.class)
                .hasMessageNotContaining("127.0.0.1")
                .hasStackTraceContaining("401");
    }

    @Test
    void outsideOfAClusterTheTypeIsRefused() {
        AuthConfig config = AuthConfig.of("auth", new StoreConfig("kubernetes", Map.of("more", "ignored")));

        assertThatThrownBy(() -> AccessControl.of(config, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pod");
    }
}
