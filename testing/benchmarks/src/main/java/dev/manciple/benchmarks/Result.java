package dev.manciple.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of the report.
 *
 * @param figures by name, units in the names; in the order they are printed
 * @param target as it is promised; blank where nothing is
 */
public record Result(String id, String what, Map<String, Double> figures, String target, Verdict verdict) {
    /** Whether a target is met. */
    public enum Verdict {
        OK,
        OVER,
        REPORTED
    }

    /** A line that nothing is promised of. */
    public static Result reported(String id, String what) {
        return new Result(id, what, Map.of(), "", Verdict.REPORTED);
    }

    /** With one more figure. */
    public Result with(String figure, double value) {
        Map<String, Double> more = new LinkedHashMap<>(figures);
        more.put(figure, value);
        return new Result(id, what, more, target, verdict);
    }

    /** With what is promised, and whether it was kept. */
    public Result judged(String newTarget, boolean met) {
        return new Result(id, what, figures, newTarget, met ? Verdict.OK : Verdict.OVER);
    }
}
