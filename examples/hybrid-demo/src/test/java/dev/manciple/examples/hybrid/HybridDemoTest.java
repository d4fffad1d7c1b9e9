package dev.manciple.examples.hybrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one command of the tutorial, as a process of its own, with the values its page promises. */
class HybridDemoTest {
    private static final Path PAGE = Path.of("../../docs/tutorials/hybrid-offline.md");
    private static final Pattern SERVER = Pattern.compile("postgresql://postgres@localhost:(\\d+)/postgres");

    @TempDir
    private Path folder;

    @Test
    void goesTheWholeWay() throws Exception {
        String out = demo();
        List<String> lines = out.lines().map(line -> line.replaceAll(" +", " ")).toList();
        assertThat(commandsOf(PAGE))
                .hasSize(5)
                .allSatisfy(command -> assertThat(lines).contains(command));
        assertThat(lines)
                .contains("Created feature view courier_stats", "Created feature view market_prices")
                .anyMatch(line -> line.matches("Feature service 'order_model' joins across lake, sales\\. .*"))
                .anyMatch(line -> line.matches(" offline store 'sales' \\(postgres\\): push below .*"))
                .anyMatch(line -> line.matches("corrected 1001 eel .* 0\\.99 9 9\\.8 39\\.2"))
                .anyMatch(line -> line.matches("reported late 1002 honey .* 0\\.22 1 .*"))
                .anyMatch(line -> line.matches("courier silent 1003 barley .* null null [0-9.]+ [0-9.]+"))
                .anyMatch(line -> line.matches("before all data 1001 quince .* null null null null"))
                .anyMatch(line -> line.matches("courier_stats 1970.* 20"))
                .anyMatch(line -> line.matches("market_prices 1970.* 12"))
                .anyMatch(line -> line.matches(" ?1003 barley abbey 40\\.0 expired expired [0-9.]+ [0-9.]+"))
                .anyMatch(line -> line.matches(" ?1099 leek riverside 12\\.0 not found not found [0-9.]+ [0-9.]+"));
        assertThat(lines.stream().filter(line -> line.matches("twice the same 1004 butter .* 6\\.0 .*")))
                .as("twice in each of the two joins")
                .hasSize(4);
        assertThat(folder.resolve("manciple-demo/data/courier_stats.parquet")).isRegularFile();
        assertThat(folder.resolve("manciple-demo/data/market_prices.parquet")).doesNotExist();
        assertThatThrownBy(() -> connect(out))
                .as("the server ends with the demo")
                .isInstanceOf(ConnectException.class);
    }

    /** What it prints, once it has ended well. */
    private String demo() throws IOException, InterruptedException {
        Path complaints = folder.resolve("complaints.txt");
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HybridDemo.class.getName())
                .directory(folder.toFile())
                .redirectError(complaints.toFile());
        command.environment().put("MANCIPLE_COMMAND", "./manciple");
        Process demo = command.start();
        try {
            String out = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(demo.waitFor()).as(Files.readString(complaints)).isZero();
            return out;
        } finally {
            demo.destroyForcibly();
        }
    }

    private static List<String> commandsOf(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("$ ./manciple -c "))
                .toList();
    }

    private static void connect(String out) throws IOException {
        Matcher server = SERVER.matcher(out);
        assertThat(server.find()).isTrue();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(server.group(1)))) {
            assertThat(socket.isConnected()).isTrue();
        }
    }
}
