package dev.manciple.server.auth;

import dev.manciple.auth.BoundedHttp;
import dev.manciple.auth.Trust;
import dev.manciple.error.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A cluster's API server, asked as the service account of the pod this process runs in, which must be allowed to create
 * {@code tokenreviews} and to list {@code rolebindings} and {@code clusterrolebindings}.
 */
final class KubernetesApi implements Cluster {
    private static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
    private static final int PAGE = 500;

    private final URI server;
    private final Path tokenFile;
    private final String namespace;
    private final BoundedHttp http;

    /** @param tokenFile read for each request, since Kubernetes replaces it now and then */
    KubernetesApi(URI server, Trust trust, Path tokenFile, String namespace) {
        this.server = server;
        this.tokenFile = tokenFile;
        this.namespace = namespace;
        this.http = new BoundedHttp(trust, LIMIT);
    }

    /** @throws ConfigException if this process does not run in a pod */
    static KubernetesApi inCluster(Map<String, String> env) {
        String host = env.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = env.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        Path namespaceFile = SERVICE_ACCOUNT.resolve("namespace");
        if (host.isBlank() || !Files.isReadable(namespaceFile)) {
            throw new ConfigException(
                    "auth",
                    List.of(
                            "type kubernetes: this process does not run in a pod with a service account (KUBERNETES_SERVICE_HOST and %s say so)"
                                    .formatted(namespaceFile)));
        }
        String authority = host.contains(":") ? "[" + host + "]" : host;
        try {
            return new KubernetesApi(
                    URI.create("https://%s:%s".formatted(authority, port)),
                    new Trust.Authorities(SERVICE_ACCOUNT.resolve("ca.crt")),
                    SERVICE_ACCOUNT.resolve("token"),
                    Files.readString(namespaceFile).strip());
        } catch (IOException e) {
            throw new ConfigException(namespaceFile.toString(), List.of("cannot be read: " + e.getMessage()));
        }
    }

    @Override
    public Optional<Review> review(String token) throws IOException {
        String body = JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "apiVersion", "authentication.k8s.io/v1",
                        "kind", "TokenReview",
                        "spec", Map.of("token", token)));
        JsonNode status = ask(request("/apis/authentication.k8s.io/v1/tokenreviews")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)))
                .path("status");
        String user = status.path("user").path("username").asString("");
        return status.path("authenticated").asBoolean(false) && !user.isBlank()
                ? Optional.of(new Review(user, texts(status.path("user").path("groups"))))
                : Optional.empty();
    }

    @Override
    public List<Binding> ownBindings() throws IOException {
        return bindings("/namespaces/%s/rolebindings".formatted(namespace));
    }

    @Override
    public List<Binding> allBindings() throws IOException {
        return bindings("/rolebindings");
    }

    @Override
    public List<Binding> clusterBindings() throws IOException {
        return bindings("/clusterrolebindings");
    }

    /** All pages of a list. */
    private List<Binding> bindings(String path) throws IOException {
        List<Binding> bindings = new ArrayList<>();
        String next = "";
        do {
            String query = "?limit=%d%s"
                    .formatted(
                            PAGE, next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8));
            JsonNode page = ask(request(RBAC + path + query).GET());
            page.path("items").forEach(item -> bindings.add(binding(item)));
            next = page.path("metadata").path("continue").asString("");
        } while (!next.isEmpty());
        return bindings;
    }

    private static Binding binding(JsonNode item) {
        List<Subject> subjects = new ArrayList<>();
        item.path("subjects")
                .forEach(subject -> subjects.add(new Subject(
                        subject.path("kind").asString(""),
                        subject.path("name").asString(""),
                        subject.path("namespace").asString(""))));
        Map<String, String> labels = new LinkedHashMap<>();
        JsonNode metadata = item.path("metadata");
        metadata.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asString("")));
        return new Binding(
                metadata.path("name").asString(""),
                metadata.path("namespace").asString(""),
                labels,
                item.path("roleRef").path("kind").asString(""),
                item.path("roleRef").path("name").asString(""),
                subjects);
    }

    private HttpRequest.Builder request(String path) throws IOException {
        return HttpRequest.newBuilder(server.resolve(path))
                .header("Authorization", "Bearer " + Files.readString(tokenFile).strip());
    }

    private JsonNode ask(HttpRequest.Builder request) throws IOException {
        try {
            return JsonMapper.shared().readTree(http.text(request));
        } catch (JacksonException e) {
            throw new IOException("The API server's answer is no JSON", e);
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asString("")));
        return texts;
    }

    @Override
    public void close() {
        http.close();
    }
}
