package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.arrow.ArrowRows;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Value;
import dev.manciple.spi.WriteReport;
import dev.manciple.spi.internal.Counted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/** What becomes of a historical request: shown, written or explained. */
final class HistoricalResult {
    private final Session session;
    private final RetrievalJob job;
    private final BufferAllocator allocator;

    HistoricalResult(Session session, RetrievalJob job, BufferAllocator allocator) {
        this.session = session;
        this.job = job;
        this.allocator = allocator;
    }

    /** All rows, to a file that appears when it is complete. */
    void write(FeatureStore store, Path target, boolean overwrite) {
        WriteReport report;
        try (RowProgress progress = new RowProgress(session.terminal(), "Joining")) {
            report = store.write(new CountedJob(job, progress::add), target, overwrite);
        }
        if (session.json()) {
            session.printer().json(Map.of("file", target.toString(), "rows", report.rows()));
        } else {
            session.printer().line("%s in %s".formatted(Counted.of(report.rows(), "row"), session.shown(target)));
        }
    }

    /** The first rows, and how many more there are; of those only the number is kept. */
    void show(int limit) {
        List<List<Value>> first = new ArrayList<>();
        long[] count = {0};
        try (ArrowReader reader = job.open(allocator)) {
            ArrowRows.forEach(reader, ArrowRows.types(reader), row -> {
                if (count[0]++ < limit) {
                    first.add(row);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Field> columns = job.schema().getFields();
        List<String> names = columns.stream().map(Field::getName).toList();
        if (session.json()) {
            session.printer().json(first.stream().map(row -> tree(names, row)).toList());
        } else {
            session.printer().table(table(columns, names, first));
        }
        long more = count[0] - first.size();
        if (more > 0) {
            session.printer()
                    .note("… and %s; --output FILE writes all, --limit shows more"
                            .formatted(Counted.of(more, "more row")));
        }
    }

    /** Plan and SQL, without running. */
    void explain() {
        Explanation explanation = job.explain();
        if (session.json()) {
            session.printer().json(tree(explanation));
        } else {
            print(explanation, "");
        }
    }

    private static Table table(List<Field> columns, List<String> names, List<List<Value>> rows) {
        return new Table(
                names,
                columns.stream().map(HistoricalResult::isNumber).toList(),
                rows.stream()
                        .map(row -> row.stream().map(ValueText::of).toList())
                        .toList());
    }

    private static boolean isNumber(Field column) {
        return column.getType() instanceof ArrowType.Int || column.getType() instanceof ArrowType.FloatingPoint;
    }

    private static Map<String, Object> tree(Explanation explanation) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("store", explanation.store());
        tree.put("plan", explanation.plan());
        explanation.sql().ifPresent(sql -> tree.put("sql", sql));
        explanation.estimatedBytes().ifPresent(bytes -> tree.put("estimatedBytes", bytes));
        if (!explanation.parts().isEmpty()) {
            tree.put(
                    "parts",
                    explanation.parts().stream().map(HistoricalResult::tree).toList());
        }
        return tree;
    }

    private void print(Explanation explanation, String indent) {
        Printer printer = session.printer();
        printer.line(indent + printer.bold(explanation.store()));
        explanation.plan().lines().forEach(line -> printer.line(indent + "  " + line));
        explanation
                .estimatedBytes()
                .ifPresent(
                        bytes -> printer.line(String.format(Locale.ROOT, "%s  reads about %,d bytes", indent, bytes)));
        explanation.sql().ifPresent(sql -> {
            printer.blank();
            sql.lines().forEach(line -> printer.line(indent + "  " + line));
        });
        explanation.parts().forEach(part -> print(part, indent + "  "));
    }

    private static Map<String, Object> tree(List<String> names, List<Value> row) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (int column = 0; column < names.size(); column++) {
            tree.put(names.get(column), JsonTree.of(row.get(column)));
        }
        return tree;
    }
}
