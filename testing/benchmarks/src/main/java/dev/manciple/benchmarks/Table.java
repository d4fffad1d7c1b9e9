package dev.manciple.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Prints results as they come, with new headings whenever the figures change. */
final class Table {
    private static final int ID_WIDTH = 13;
    private static final int WHAT_WIDTH = 58;
    private static final int LEAST_WIDTH = 9;

    private final PrintStream out;
    private Set<String> headings = Set.of();

    Table(PrintStream out) {
        this.out = out;
    }

    void print(Result result) {
        if (!result.figures().keySet().equals(headings)) {
            headings = result.figures().keySet();
            out.println();
            line("id", "what", List.copyOf(headings), "target", "");
        }
        List<String> figures = new ArrayList<>();
        result.figures().values().forEach(figure -> figures.add(rounded(figure)));
        line(result.id(), result.what(), figures, result.target(), verdict(result.verdict()));
        out.flush();
    }

    private void line(String id, String what, List<String> figures, String target, String verdict) {
        StringBuilder line = new StringBuilder(left(id, ID_WIDTH)).append(left(what, WHAT_WIDTH));
        int column = 0;
        for (String heading : headings) {
            line.append(("%" + Math.max(heading.length() + 2, LEAST_WIDTH) + "s").formatted(figures.get(column++)));
        }
        out.println(line.append("  ")
                .append(verdict.isEmpty() ? target : verdict + " (" + target + ")")
                .toString()
                .stripTrailing());
    }

    private static String left(String text, int width) {
        return ("%-" + width + "s").formatted(text);
    }

    private static String rounded(double figure) {
        return String.format(Locale.ROOT, figure >= 100 ? "%,.0f" : figure >= 10 ? "%.1f" : "%.3f", figure);
    }

    private static String verdict(Result.Verdict verdict) {
        return switch (verdict) {
            case OK -> "OK";
            case OVER -> "OVER";
            case REPORTED -> "";
        };
    }
}
