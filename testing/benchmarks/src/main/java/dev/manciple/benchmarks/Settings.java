package dev.manciple.benchmarks;

import java.nio.file.Path;
import java.util.List;

/**
 * What all measurements of a run share.
 *
 * @param folder where generated data is kept from run to run
 * @param threads of the engine, for the floor and for Manciple alike
 * @param memoryLimit of the engine, for the floor and for Manciple alike
 * @param warmups runs of each side that are not counted
 * @param runs runs of each side that are counted; the median is reported
 */
public record Settings(Path folder, int threads, String memoryLimit, int warmups, int runs) {
    /** As {@link Main} takes them. */
    List<String> arguments() {
        return List.of(
                "--data=" + folder,
                "--threads=" + threads,
                "--memory-limit=" + memoryLimit,
                "--warmups=" + warmups,
                "--runs=" + runs);
    }
}
