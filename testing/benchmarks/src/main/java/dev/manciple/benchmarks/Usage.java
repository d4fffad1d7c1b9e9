package dev.manciple.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** What something took, in nanoseconds: CPU of the whole process, its native threads included, and time on the wall. */
record Usage(long cpu, long wall) {
    private static final double NANOS = 1e9;
    private static final Work NOTHING = () -> {};

    /** Something to be measured; every failure ends the run. */
    interface Work {
        void run() throws Exception;
    }

    static Usage of(Work work) throws Exception {
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpu = process.getProcessCpuTime();
        long wall = System.nanoTime();
        work.run();
        return new Usage(process.getProcessCpuTime() - cpu, System.nanoTime() - wall);
    }

    double cpuSeconds() {
        return cpu / NANOS;
    }

    double wallSeconds() {
        return wall / NANOS;
    }

    /** Two pieces of work by turns, so that what else the machine does at the time meets both. */
    static Pair interleaved(Settings settings, Work floor, Work ours) throws Exception {
        return interleaved(settings, NOTHING, floor, NOTHING, ours);
    }

    /** As {@link #interleaved(Settings, Work, Work)}, with what has to come before each run and is not measured. */
    static Pair interleaved(Settings settings, Work beforeFloor, Work floor, Work beforeOurs, Work ours)
            throws Exception {
        List<Usage> floors = new ArrayList<>();
        List<Usage> all = new ArrayList<>();
        for (int run = -settings.warmups(); run < settings.runs(); run++) {
            beforeFloor.run();
            Usage one = of(floor);
            beforeOurs.run();
            Usage other = of(ours);
            if (run >= 0) {
                floors.add(one);
                all.add(other);
            }
        }
        return new Pair(median(floors), median(all));
    }

    /** CPU and wall each by itself. */
    static Usage median(List<Usage> runs) {
        return new Usage(median(runs, Usage::cpu), median(runs, Usage::wall));
    }

    private static long median(List<Usage> runs, ToLongFunction<Usage> part) {
        return runs.stream()
                .mapToLong(part)
                .sorted()
                .skip(runs.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    record Pair(Usage floor, Usage ours) {
        double cpuRatio() {
            return (double) ours.cpu() / floor.cpu();
        }

        double wallRatio() {
            return (double) ours.wall() / floor.wall();
        }
    }
}
