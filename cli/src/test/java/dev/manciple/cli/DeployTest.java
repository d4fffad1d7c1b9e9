package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files of {@code deploy/} name commands, options, ports, routes, files and metrics that there are. */
class DeployTest {
    private static final Path DEPLOY = Path.of("../deploy");
    private static final Pattern METRIC = Pattern.compile("(?:feast|manciple)_\\w+");
    private static final Pattern JSON_LIST = Pattern.compile("^(?:ENTRYPOINT|CMD) (\\[.*])$", Pattern.MULTILINE);

    @TempDir
    Path folder;

    @Test
    void theContainerStartsACommandThatExists() throws IOException {
        String file = Files.readString(DEPLOY.resolve("Containerfile"));
        List<String> start = new ArrayList<>();
        JSON_LIST
                .matcher(file)
                .results()
                .map(found -> JsonMapper.shared().readTree(found.group(1)))
                .forEach(list -> list.forEach(word -> start.add(word.stringValue())));

        assertThat(start.getFirst()).isEqualTo("/opt/manciple/bin/manciple");
        assertThat(Path.of("src/main/distribution/bin/manciple")).isExecutable();
        assertParses(start.subList(1, start.size()));
        assertThat(file)
                .as("the folder a quick build makes")
                .contains("/src/cli/target/quick/manciple /opt/manciple")
                .contains("-Pquick");
        assertThat(Files.readString(Path.of("../manciple"))).contains("target=$root/cli/target/quick");
        assertThat(file).contains("EXPOSE 6566 50051 8000 8815 6570 6572");
    }

    @Test
    void thePodsStartProbeAndStopWhatExists() throws IOException {
        Map<?, ?> deployment = document("Deployment");
        Map<?, ?> pod = at(deployment, "spec", "template", "spec");
        Map<?, ?> container = (Map<?, ?>) list(pod, "containers").getFirst();

        List<String> arguments =
                list(container, "args").stream().map(String::valueOf).toList();
        assertParses(arguments);
        Map<String, Integer> ports = new java.util.HashMap<>();
        list(container, "ports")
                .forEach(port -> ports.put(String.valueOf(((Map<?, ?>) port).get("name")), (Integer)
                        ((Map<?, ?>) port).get("containerPort")));
        assertThat(ports)
                .containsEntry("http", port(arguments))
                .containsEntry("grpc", ServerOptions.GRPC_PORT)
                .containsEntry("metrics", 8000);
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            Map<?, ?> get = at(container, probe, "httpGet");
            assertThat(routes()).as(probe).contains(String.valueOf(get.get("path")));
            assertThat(get.get("port")).as(probe).isEqualTo("http");
        }
        List<?> pause = list(at(container, "lifecycle", "preStop", "exec"), "command");
        int patience = Integer.parseInt(String.valueOf(pause.getLast()))
                + Math.toIntExact(ServerOptions.DEFAULT.drain().toSeconds());
        assertThat((Integer) pod.get("terminationGracePeriodSeconds"))
                .as("the pause and the draining end before the process is killed")
                .isGreaterThan(patience + 5);
        assertThat(list(at(document("Service"), "spec"), "ports").toString())
                .contains("port=" + port(arguments), "port=" + ServerOptions.GRPC_PORT);
    }

    @Test
    void theConfigurationOfTheMapIsOne() throws IOException {
        Object yaml = at(document("ConfigMap"), "data").get("feature_store.yaml");
        Files.writeString(folder.resolve("feature_store.yaml"), String.valueOf(yaml));

        assertThat(dev.manciple.repo.RepoConfig.load(
                                folder, folder.resolve("feature_store.yaml"), Map.of("REDIS_CONNECTION", "redis:6379"))
                        .onlineStore())
                .hasValueSatisfying(store -> assertThat(store.type()).isEqualTo("redis"));
    }

    @Test
    void alertsAreAboutMetricsThatAreDescribed() throws IOException {
        String page = Files.readString(Path.of("../docs/serving.md"));
        List<String> metrics = METRIC.matcher(Files.readString(DEPLOY.resolve("alerts.yaml")))
                .results()
                .map(MatchResult::group)
                .map(name -> name.replaceFirst("_count$", ""))
                .toList();

        assertThat(metrics)
                .hasSizeGreaterThan(4)
                .allSatisfy(metric -> assertThat(page).contains("`" + metric + "`"));
    }

    private void assertParses(List<String> arguments) {
        CommandLine.ParseResult parsed = Cli.in(folder).commands().parseArgs(arguments.toArray(String[]::new));
        CommandSpec command = parsed.subcommand().commandSpec();
        assertThat(command.name()).isEqualTo("serve");
        assertThat(parsed.subcommand().errors()).isEmpty();
    }

    private static int port(List<String> arguments) {
        return Integer.parseInt(arguments.get(arguments.indexOf("--port") + 1));
    }

    private static List<String> routes() throws IOException {
        try (var document = dev.manciple.server.http.HttpApi.class.getResourceAsStream("openapi.json")) {
            JsonNode paths = JsonMapper.shared().readTree(document).get("paths");
            return List.copyOf(paths.propertyNames());
        }
    }

    private static Map<?, ?> document(String kind) throws IOException {
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        for (Object document : yaml.loadAll(Files.readString(DEPLOY.resolve("kubernetes/manciple.yaml")))) {
            if (document instanceof Map<?, ?> map && kind.equals(map.get("kind"))) {
                return map;
            }
        }
        throw new AssertionError("no " + kind);
    }

    private static List<?> list(Map<?, ?> map, String key) {
        return (List<?>) Objects.requireNonNull(map.get(key), key);
    }

    private static Map<?, ?> at(Map<?, ?> map, String... keys) {
        Map<?, ?> here = map;
        for (String key : keys) {
            here = (Map<?, ?>) here.get(key);
            assertThat(here).as(key).isNotNull();
        }
        return here;
    }
}
