package dev.manciple.benchmarks;

import dev.manciple.benchmarks.serving.ServingBenchmark;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures what is asked for, prints it as a table and keeps it as JSON. */
@Command(
        name = "manciple-bench",
        description = "Measures Manciple against the floor. A workload's result is checked before it is timed.",
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
    @Parameters(
            paramLabel = "ID",
            arity = "0..*",
            description =
                    "P1 to P6 (joins), P7 and P7M (joins across stores), PG (PostgreSQL), M1 (materialization), O1 (online reads), R1 (Redis), R-postgres, R-mysql, R-cassandra, R-dynamodb, R-bigtable (the other online stores), S1 (servers; S1-1x50, S1-1x250, S1-100x50 and S1-100x250 are its parts), or all. Default: all.")
    private List<String> ids = List.of("all");

    @Option(
            names = "--data",
            defaultValue = "testing/benchmarks/target/workloads",
            description = "Where generated files are kept.")
    private Path data = Path.of("");

    @Option(
            names = "--results",
            defaultValue = "testing/benchmarks/results",
            description = "Where results are kept, a file per kind of machine.")
    private Path results = Path.of("");

    @Option(names = "--threads", description = "Threads of the engine on both sides. Default: the machine's cores.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--memory-limit",
            defaultValue = "4GB",
            description = "Memory of the engine on both sides. Default: ${DEFAULT-VALUE}.")
    private String memoryLimit = "";

    @Option(
            names = "--warmups",
            defaultValue = "2",
            description = "Runs that are not counted. Default: ${DEFAULT-VALUE}.")
    private int warmups;

    @Option(
            names = "--runs",
            defaultValue = "7",
            description = "Runs of which the median is reported. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--statements", description = "Only print what each statement of a join costs.")
    private boolean statements;

    @Option(
            names = "--alone",
            hidden = true,
            paramLabel = "PART",
            description = "Do one part, print the peak of this process.")
    private @Nullable String alone;

    private Main() {}

    /** @param args as {@code --help} says */
    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = new Settings(data.toAbsolutePath().normalize(), threads, memoryLimit, warmups, runs);
        Map<String, Benchmark> benchmarks = new LinkedHashMap<>();
        JoinWorkload.all().forEach(workload -> benchmarks.put(workload.id(), new JoinBenchmark(workload)));
        for (HybridBenchmark.Part part : HybridBenchmark.Part.values()) {
            benchmarks.put(part.id, new HybridBenchmark(part));
        }
        benchmarks.put(PostgresBenchmark.ID, new PostgresBenchmark());
        benchmarks.put(MaterializeBenchmark.ID, new MaterializeBenchmark());
        benchmarks.put(OnlineReadBenchmark.ID, new OnlineReadBenchmark());
        benchmarks.put(RedisBenchmark.ID, new RedisBenchmark());
        for (StoreBenchmark.Kind kind : StoreBenchmark.Kind.values()) {
            benchmarks.put(kind.id(), new StoreBenchmark(kind));
        }
        benchmarks.put(ServingBenchmark.ID, new ServingBenchmark());
        Map<String, Benchmark> every = new LinkedHashMap<>(benchmarks);
        ServingBenchmark.parts().forEach(part -> every.put(part.id().toUpperCase(Locale.ROOT), part));
        if (alone != null) {
            Map<String, Double> figures = find(every, alone.split("/", 2)[0]).alone(alone, settings);
            Child.report(figures);
            return 0;
        }
        return statements ? profile(asked(benchmarks, every), settings) : measure(asked(benchmarks, every), settings);
    }

    /** @param every {@code all} and parts of them, by ids in upper case */
    private Collection<Benchmark> asked(Map<String, Benchmark> all, Map<String, Benchmark> every) {
        List<String> names = ids.stream().map(id -> id.toUpperCase(Locale.ROOT)).toList();
        return names.contains("ALL")
                ? all.values()
                : names.stream().map(name -> find(every, name)).toList();
    }

    private Benchmark find(Map<String, Benchmark> benchmarks, String id) {
        Benchmark benchmark = benchmarks.get(id);
        if (benchmark == null) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this), "No benchmark '%s': there are %s".formatted(id, benchmarks.keySet()));
        }
        return benchmark;
    }

    private int measure(Collection<Benchmark> asked, Settings settings) throws Exception {
        Machine machine = Machine.here();
        System.out.println(machine.describe());
        ResultFile file = new ResultFile(results, machine);
        Table table = new Table(System.out);
        boolean over = false;
        for (Benchmark benchmark : asked) {
            List<Result> measured = benchmark.measure(settings);
            measured.forEach(table::print);
            file.keep(benchmark.id(), settings, measured);
            over |= measured.stream().anyMatch(result -> result.verdict() == Result.Verdict.OVER);
        }
        return over ? 1 : 0;
    }

    private static int profile(Collection<Benchmark> asked, Settings settings) throws Exception {
        for (Benchmark benchmark : asked) {
            if (benchmark instanceof JoinBenchmark join) {
                System.out.printf("%s%n   cpu s   wall s%n", join.id());
                join.statements(settings)
                        .forEach((title, usage) ->
                                System.out.printf("%8.3f %8.3f  %s%n", usage.cpuSeconds(), usage.wallSeconds(), title));
            }
        }
        return 0;
    }
}
