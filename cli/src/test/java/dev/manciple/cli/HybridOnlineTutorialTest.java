package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.OnlineFeatures;
import dev.manciple.OnlineOptions;
import dev.manciple.cassandra.TestKeyspace;
import dev.manciple.model.FeatureRef;
import dev.manciple.spi.FieldStatus;
import dev.manciple.spi.Value;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/**
 * The commands of the page do what it shows, on a Redis and a Cassandra server. {@code -Dmanciple.docs=write} writes their output
 * into the page, {@code -Dmanciple.docs=print} prints it; otherwise it is compared, but for times and other numbers that differ
 * from run to run.
 */
@Timeout(300)
class HybridOnlineTutorialTest {
    private static final Path PAGE = Path.of("../docs/tutorials/hybrid-online.md");
    private static final Path EXAMPLE = Path.of("../examples/hybrid-online");
    private static final Pattern BLOCK = Pattern.compile("```console\n\\$ manciple ([^\n]*)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern READER =
            Pattern.compile("The reader asked ([\\d,]+) times in the meantime, and (\\d+)");
    private static final String MODE = System.getProperty("manciple.docs", "");

    @TempDir
    Path folder;

    private final AtomicBoolean readerStops = new AtomicBoolean();
    private RedisServer redis;
    private TestKeyspace keyspace;
    private Cli cli;

    @BeforeEach
    void start() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLE)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(EXAMPLE.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Path configuration = folder.resolve("feature_store.yaml");
        // A machine that builds and runs two servers besides may be slower than anybody serves features.
        Files.writeString(
                configuration,
                Files.readString(configuration).replace("routing_tag: team", "routing_tag: team\n  deadline: 2m"));
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        redis = RedisServer.newRedisServer()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .build();
        redis.start();
        keyspace = new TestKeyspace();
        cli = new Cli(
                folder,
                Map.of(
                        "MANCIPLE_COMMAND", "manciple",
                        "REDIS", "127.0.0.1:" + port,
                        "CASSANDRA_PORT", String.valueOf(keyspace.options().get("port")),
                        "CASSANDRA_KEYSPACE", keyspace.name(),
                        "CASSANDRA_USER", String.valueOf(keyspace.options().get("username")),
                        "CASSANDRA_PASSWORD", String.valueOf(keyspace.options().get("password"))),
                Set.of(),
                "");
    }

    @AfterEach
    void stop() throws IOException {
        readerStops.set(true);
        keyspace.close();
        redis.stop();
    }

    /** What the reader saw. */
    private record Tally(int asked, int lacking) {}

    @Test
    void thePageShowsWhatHappens() throws Exception {
        String page = Files.readString(PAGE);
        List<String> transcript = new ArrayList<>();
        Tally tally;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Tally>> reader = new ArrayList<>();
            Matcher blocks = BLOCK.matcher(page);
            while (blocks.find()) {
                String command = blocks.group(1);
                if (command.endsWith("--verify all")) {
                    reader.add(threads.submit(this::read));
                }
                boolean moved = command.equals("plan") && !reader.isEmpty();
                if (moved && readerStops.getAndSet(true)) {
                    Path definitions = folder.resolve("features.yaml");
                    Files.writeString(
                            definitions, Files.readString(definitions).replace("team: cassandra", "team: redis"));
                }
                transcript.add(run(command));
            }
            assertThat(reader).hasSize(1);
            tally = reader.getFirst().get();
        }
        assertThat(tally.asked()).isPositive();
        assertThat(tally.lacking()).isZero();
        String written = withReader(withOutputs(page, transcript), tally);
        switch (MODE) {
            case "write" -> Files.writeString(PAGE, written);
            case "print" -> System.out.println(written.substring(written.indexOf("## Apply")));
            default ->
                assertThat(comparable(written))
                        .as("%s is out of date; run this test once with -Dmanciple.docs=write", PAGE)
                        .isEqualTo(comparable(page));
        }
    }

    private String run(String command) {
        Cli.Result result = cli.run(command.split(" "));
        assertThat(result.err()).as(command).isEmpty();
        assertThat(result.code()).as(command).isZero();
        return result.out().stripTrailing().lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
    }

    private Tally read() {
        List<Value> couriers = IntStream.rangeClosed(1001, 1006)
                .<Value>mapToObj(Value.Int::new)
                .toList();
        int asked = 0;
        int lacking = 0;
        try (FeatureStore store = FeatureStore.open(folder, folder.resolve("feature_store.yaml"), cli.environment())) {
            do {
                OnlineFeatures answer = store.onlineFeatures(
                        FeatureSelection.of(
                                new FeatureRef("courier_now", "open_orders"),
                                new FeatureRef("courier_history", "trips_90d")),
                        Map.of("courier_id", couriers),
                        OnlineOptions.DEFAULT);
                asked++;
                if (answer.statuses().stream()
                        .flatMap(List::stream)
                        .anyMatch(status -> status != FieldStatus.PRESENT)) {
                    lacking++;
                }
            } while (!readerStops.get());
        }
        return new Tally(asked, lacking);
    }

    private static String withOutputs(String page, List<String> outputs) {
        StringBuilder written = new StringBuilder();
        Matcher blocks = BLOCK.matcher(page);
        for (int i = 0; blocks.find(); i++) {
            blocks.appendReplacement(
                    written,
                    Matcher.quoteReplacement(
                            "```console\n$ manciple %s\n%s\n```".formatted(blocks.group(1), outputs.get(i))));
        }
        return blocks.appendTail(written).toString();
    }

    private static String withReader(String page, Tally tally) {
        return READER.matcher(page)
                .replaceFirst(String.format(
                        Locale.ROOT,
                        "The reader asked %,d times in the meantime, and %d",
                        tally.asked(),
                        tally.lacking()));
    }

    private static String comparable(String page) {
        return READER.matcher(page)
                .replaceAll("The reader asked N times, and $2")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "TIME")
                .replaceAll("\\d+\\.\\d s\\b", "N s")
                .replaceAll("\\([\\d,]+ rows/s\\)", "(N rows/s)")
                .replaceAll("test_\\d+", "KEYSPACE");
    }
}
