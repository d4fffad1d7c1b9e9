package dev.manciple.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The results of a kind of machine as JSON; what is measured again replaces what was there of the same benchmark. */
final class ResultFile {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path file;
    private final Machine machine;

    ResultFile(Path folder, Machine machine) {
        this.file = folder.resolve(machine.kind() + ".json");
        this.machine = machine;
    }

    private record Content(Machine machine, SortedMap<String, Entry> benchmarks) {}

    /** @param load of the machine when the benchmark had run, in runnable threads of all programs; null where it was not noted */
    private record Entry(
            String measured, @Nullable Double load, int threads, String memoryLimit, int runs, List<Result> results) {}

    void keep(String id, Settings settings, List<Result> results) throws IOException {
        SortedMap<String, Entry> benchmarks = new TreeMap<>();
        if (Files.exists(file)) {
            benchmarks.putAll(
                    JSON.readValue(Files.readString(file), Content.class).benchmarks());
        }
        benchmarks.put(
                id,
                new Entry(
                        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                        settings.threads(),
                        settings.memoryLimit(),
                        settings.runs(),
                        results));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, JSON.writeValueAsString(new Content(machine, benchmarks)) + System.lineSeparator());
    }
}
