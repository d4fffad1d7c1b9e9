package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureStore;
import dev.manciple.server.auth.AccessControl;
import dev.manciple.server.http.HttpApi;
import dev.manciple.server.http.Patience;
import io.helidon.webserver.http.HttpRules;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The description of the routes, against the routes. */
class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete");

    @TempDir
    Path folder;

    @Test
    void describesEveryRouteThereIsAndNoOther() throws Exception {
        assertThat(described(document())).containsExactlyInAnyOrderElementsOf(routed());
    }

    /** A name that leads nowhere breaks the programs that read the document. */
    @Test
    void everyReferenceLeadsSomewhere() throws Exception {
        JsonNode document = document();
        List<JsonNode> references = document.findValues("$ref");

        assertThat(references).hasSizeGreaterThan(50);
        assertThat(references)
                .allSatisfy(reference -> assertThat(
                                document.at(reference.stringValue().substring(1))
                                        .isMissingNode())
                        .as(reference.stringValue())
                        .isFalse());
    }

    /** What a path holds in braces is told as a parameter. */
    @Test
    void everyPartOfAPathIsDescribed() throws Exception {
        JsonNode document = document();
        document.get("paths").properties().stream()
                .filter(path -> path.getKey().contains("{"))
                .forEach(path -> assertThat(path.getValue().findValues("parameters"))
                        .as(path.getKey())
                        .isNotEmpty());
    }

    private static List<String> described(JsonNode document) {
        return document.get("paths").properties().stream()
                .flatMap(path -> path.getValue().propertyNames().stream()
                        .filter(METHODS::contains)
                        .map(method -> method + " " + path.getKey()))
                .toList();
    }

    private static JsonNode document() throws Exception {
        try (var in = HttpApi.class.getResourceAsStream("openapi.json")) {
            return JsonMapper.shared().readTree(in);
        }
    }

    private List<String> routed() throws Exception {
        List<String> routed = new ArrayList<>();
        HttpRules rules = (HttpRules) Proxy.newProxyInstance(
                HttpRules.class.getClassLoader(), new Class<?>[] {HttpRules.class}, (proxy, method, arguments) -> {
                    String name = method.getName().toLowerCase(Locale.ROOT);
                    // A head is that of the answer to GET; what is done for any other method is to refuse it.
                    if (!name.equals("any") && !name.equals("head")) {
                        routed.add(name + " " + arguments[0]);
                    }
                    return proxy;
                });
        ServerOptions options = ServerOptions.DEFAULT;
        try (FeatureStore store = Repository.create(folder);
                Backend backend = new Backend(store, Commons.of(AccessControl.open()), options);
                Patience patience = new Patience(options.limits().idle())) {
            new HttpApi(backend, patience).routing(rules);
        }
        assertThat(Stream.of("get /health", "post /push")).allMatch(routed::contains);
        return routed;
    }
}
