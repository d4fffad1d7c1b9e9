package dev.manciple.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Two ways to the same answer, request by request in turns, so that what else the machine does meets both.
 * Times are in nanoseconds.
 *
 * @param share of the floor's throughput that ours has
 * @param heapPerRun bytes that the calling thread allocates
 */
record Turns(double floorMedian, double median, double floorP99, double p99, double share, double heapPerRun) {
    private static final double MICROS = 1e3;
    private static final double KILOBYTE = 1e3;

    static Turns measure(Usage.Work floor, Usage.Work ours, int warmups, int runs) throws Exception {
        for (int run = 0; run < warmups; run++) {
            floor.run();
            ours.run();
        }
        long[] floorNanos = new long[runs];
        long[] nanos = new long[runs];
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long allocated = 0;
        for (int run = 0; run < runs; run++) {
            floorNanos[run] = time(floor);
            long before = threads.getCurrentThreadAllocatedBytes();
            nanos[run] = time(ours);
            allocated += threads.getCurrentThreadAllocatedBytes() - before;
        }
        double share =
                (double) Arrays.stream(floorNanos).sum() / Arrays.stream(nanos).sum();
        Arrays.sort(floorNanos);
        Arrays.sort(nanos);
        return new Turns(
                percentile(floorNanos, 50),
                percentile(nanos, 50),
                percentile(floorNanos, 99),
                percentile(nanos, 99),
                share,
                (double) allocated / runs);
    }

    private static long time(Usage.Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return System.nanoTime() - start;
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted[(int) ((long) sorted.length * percent / 100)];
    }

    double p99Ratio() {
        return p99 / floorP99;
    }

    Result result(String id, String what) {
        return Result.reported(id, what)
                .with("raw median us", floorMedian / MICROS)
                .with("median us", median / MICROS)
                .with("raw p99 us", floorP99 / MICROS)
                .with("p99 us", p99 / MICROS)
                .with("share", share)
                .with("heap kB per read", heapPerRun / KILOBYTE);
    }
}
