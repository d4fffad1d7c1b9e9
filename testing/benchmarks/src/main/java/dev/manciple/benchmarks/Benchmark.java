package dev.manciple.benchmarks;

import java.util.List;
import java.util.Map;

/** Something to ask for by its id. */
public interface Benchmark {
    /** What the command line calls it. */
    String id();

    /** Checks, measures and judges. */
    List<Result> measure(Settings settings) throws Exception;

    /**
     * What {@link #measure} has a process of its own do, so that the peak of that process tells what it needs.
     *
     * @param part what the benchmark gave {@link Child#run}
     * @return other figures the process finds
     */
    Map<String, Double> alone(String part, Settings settings) throws Exception;
}
