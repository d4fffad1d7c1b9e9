package dev.manciple.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a part of the benchmarks in a process of its own, for what can only be told of a whole process. */
final class Child {
    /** The most a process has had resident. */
    static final String PEAK = "peak MB";

    private static final String IN_STATUS = "VmHWM:";
    private static final double KILOBYTES = 1e6 / 1024;

    private Child() {}

    /**
     * Has a benchmark do a part of it in a process of its own; returns the figures that process found, {@link #PEAK} among them.
     *
     * @param heap as {@code -Xmx} takes it
     * @throws IllegalStateException if the process fails
     */
    static Map<String, Double> run(String heap, String part, Settings settings)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-Xmx"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx" + heap, "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(settings.arguments());
        command.add("--alone=" + part);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code != 0) {
            throw new IllegalStateException("The process of its own for %s ended with %d".formatted(part, code));
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        printed.lines().map(line -> line.split("=", 2)).forEach(line -> figures.put(line[0], Double.valueOf(line[1])));
        return figures;
    }

    /** What a child tells its parent. */
    static void report(Map<String, Double> figures) throws IOException {
        figures.forEach((name, figure) -> System.out.printf("%s=%s%n", name, figure));
        System.out.printf("%s=%s%n", PEAK, peakResident());
    }

    private static double peakResident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(IN_STATUS))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / KILOBYTES)
                .findFirst()
                .orElseThrow(() -> new IOException("/proc/self/status has no " + IN_STATUS));
    }
}
