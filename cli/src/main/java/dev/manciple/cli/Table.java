package dev.manciple.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Rows under headers, all as text.
 *
 * @param numeric for each column, whether it is aligned to the right
 */
record Table(List<String> headers, List<Boolean> numeric, List<List<String>> rows) {
    Table {
        headers = List.copyOf(headers);
        numeric = List.copyOf(numeric);
        rows = List.copyOf(rows);
    }

    /** Text columns. */
    static Table of(List<String> headers, List<List<String>> rows) {
        return new Table(headers, headers.stream().map(header -> false).toList(), rows);
    }

    /** The rows as JSON has them: by the headers, in lower case and without blanks. */
    List<Map<String, String>> trees() {
        return rows.stream()
                .map(row -> {
                    Map<String, String> tree = new LinkedHashMap<>();
                    for (int column = 0; column < row.size(); column++) {
                        tree.put(headers.get(column).toLowerCase(Locale.ROOT).replace(' ', '_'), row.get(column));
                    }
                    return tree;
                })
                .toList();
    }

    /** The lines of the table: the header, a rule where {@code ruled}, the rows. No line ends in blanks. */
    List<String> lines(boolean ruled) {
        int[] widths = new int[headers.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = headers.get(column).length();
            for (List<String> row : rows) {
                widths[column] =
                        Math.max(widths[column], oneLine(row.get(column)).length());
            }
        }
        List<String> lines = new ArrayList<>(rows.size() + 2);
        lines.add(line(headers, widths));
        if (ruled) {
            List<String> rule = new ArrayList<>();
            for (int width : widths) {
                rule.add("─".repeat(width));
            }
            lines.add(String.join("  ", rule));
        }
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = oneLine(cells.get(column));
            String padding = " ".repeat(widths[column] - cell.length());
            line.append(column == 0 ? "" : "  ");
            line.append(numeric.get(column) ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }

    /** A value that spans lines or moves the cursor would tear the table apart. */
    private static String oneLine(String cell) {
        StringBuilder line = new StringBuilder(cell.length());
        cell.codePoints().forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
        return line.toString();
    }
}
