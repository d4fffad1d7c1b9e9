package dev.manciple.benchmarks;

import dev.manciple.model.Field;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A join as a user types it: {@code ./manciple get-historical-features}, the start of the process and the output file included. */
final class ColdCommand {
    private static final Path LAUNCHER = Path.of("manciple");
    private static final int RUNS = 3;
    private static final double NANOS = 1e9;

    private final JoinWorkload workload;
    private final Settings settings;
    private final Path repository;

    ColdCommand(JoinWorkload workload, Settings settings) {
        this.workload = workload;
        this.settings = settings;
        this.repository =
                settings.folder().resolve("repository_" + workload.id().toLowerCase(Locale.ROOT));
    }

    /** Whether the working directory is that of a clone. */
    static boolean available() {
        return Files.isExecutable(LAUNCHER);
    }

    /** The median of three, after the repository has been made and applied. */
    Usage measure() throws IOException, InterruptedException {
        Files.createDirectories(repository);
        Files.writeString(
                repository.resolve("feature_store.yaml"), """
                project: benchmarks
                provider: local
                registry: registry.db
                offline_store: {type: duckdb, threads: %d, memory_limit: %s}
                online_store: {type: sqlite, path: online.db}
                entity_key_serialization_version: 3
                """.formatted(settings.threads(), settings.memoryLimit()));
        Files.writeString(repository.resolve("features.yaml"), """
                entities:
                  - {name: %1$s, join_keys: [%1$s], value_type: %2$s}
                feature_views:
                %3$s
                """.formatted(
                        JoinWorkload.KEY,
                        workload.spine().keyType().type(),
                        workload.views().stream().map(this::definition).collect(Collectors.joining("\n"))));
        run("apply", "--yes");
        List<String> join = new ArrayList<>(List.of(
                "get-historical-features",
                "--entities",
                settings.folder().resolve(workload.spine().file()).toString(),
                "--full-feature-names",
                "--output",
                repository.resolve("result.parquet").toString(),
                "--overwrite",
                "--features"));
        join.add(workload.views().stream()
                .flatMap(view -> view.fields().stream().map(field -> view.name() + ":" + field.name()))
                .collect(Collectors.joining(",")));
        List<Usage> runs = new ArrayList<>();
        for (int run = 0; run < RUNS; run++) {
            runs.add(run(join.toArray(String[]::new)));
        }
        return Usage.median(runs);
    }

    private String definition(JoinWorkload.View view) {
        return """
                  - name: %s
                    entities: [%s]
                    ttl: %dd
                    schema: [%s]
                    source: {path: %s, timestamp_field: %s, created_timestamp_column: %s}\
                """.formatted(
                        view.name(),
                        JoinWorkload.KEY,
                        JoinWorkload.TTL.toDays(),
                        view.fields().stream().map(ColdCommand::column).collect(Collectors.joining(", ")),
                        settings.folder().resolve(view.file()),
                        JoinWorkload.EVENT_TIME,
                        JoinWorkload.CREATED_TIME);
    }

    private static String column(Field field) {
        return "{name: %s, dtype: %s}".formatted(field.name(), field.type());
    }

    /** The shell tells the CPU of a process that has ended, children of its own included; Java does not. */
    private Usage run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "bash",
                "-c",
                "TIMEFORMAT='%R %U %S'; time \"$@\" >&2",
                "bash",
                LAUNCHER.toAbsolutePath().toString(),
                "-c",
                repository.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("%s failed: %s".formatted(String.join(" ", command), printed));
        }
        String[] times = printed.substring(printed.lastIndexOf('\n') + 1).split(" ", 3);
        double cpu = Double.parseDouble(times[1]) + Double.parseDouble(times[2]);
        return new Usage((long) (cpu * NANOS), (long) (Double.parseDouble(times[0]) * NANOS));
    }
}
