package dev.manciple.cli;

import dev.manciple.FeatureSelection;
import dev.manciple.FeatureStore;
import dev.manciple.SourceComparison;
import dev.manciple.model.Projection;
import dev.manciple.spi.Spine;
import dev.manciple.spi.internal.Counted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares a view's source with one it may be moved to. */
@Command(
        name = "compare-sources",
        description = {
            "Join entity rows with a feature view twice, from its own source and from another, and tell what differs.",
            "Use it before a view is moved to a source on another platform. Exits with 1 where something differs."
        })
final class CompareSourcesCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "VIEW", description = "The feature view.")
    String view = "";

    @Option(
            names = "--other",
            required = true,
            paramLabel = "SOURCE",
            description = "The name of the other data source, which is applied and has the view's columns.")
    String other = "";

    @ArgGroup(multiplicity = "1")
    private SpineOptions spine = new SpineOptions();

    CompareSourcesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (FeatureStore store = session.open()) {
            SourceComparison comparison = store.compareSources(view, other, rows(store));
            if (session.json()) {
                session.printer().json(tree(comparison));
            } else {
                print(comparison);
            }
            return comparison.isSame() ? 0 : 1;
        }
    }

    private Spine rows(FeatureStore store) {
        FeatureSelection selection =
                new FeatureSelection.Views(List.of(new Projection(view, Optional.empty(), List.of(), Map.of())));
        return spine.rows(session, store, selection);
    }

    private void print(SourceComparison comparison) {
        Printer printer = session.printer();
        printer.line(String.format(
                Locale.ROOT,
                "%s joined with %s from '%s' and from '%s': %s",
                Counted.of(comparison.rows(), "entity row"),
                printer.bold(comparison.view()),
                comparison.source(),
                comparison.other(),
                comparison.isSame()
                        ? printer.green("no difference")
                        : printer.red(Counted.of(comparison.differing(), "row")
                                + (comparison.differing() == 1 ? " differs" : " differ"))));
        if (comparison.isSame()) {
            return;
        }
        printer.blank();
        printer.table(columns(comparison));
        printer.blank();
        printer.line("The first that differ:");
        printer.table(examples(comparison));
    }

    private static Table columns(SourceComparison comparison) {
        return new Table(
                List.of(
                        "feature",
                        "different values",
                        "only in '%s'".formatted(comparison.source()),
                        "only in '%s'".formatted(comparison.other())),
                List.of(false, true, true, true),
                comparison.columns().stream()
                        .map(column -> List.of(
                                column.feature(),
                                Long.toString(column.different()),
                                Long.toString(column.onlyInSource()),
                                Long.toString(column.onlyInOther())))
                        .toList());
    }

    private static Table examples(SourceComparison comparison) {
        List<String> headers = new ArrayList<>(comparison.entityColumns());
        headers.addAll(List.of("feature", comparison.source(), comparison.other()));
        return Table.of(
                headers,
                comparison.examples().stream()
                        .map(example -> {
                            List<String> row = new ArrayList<>(
                                    example.entity().stream().map(ValueText::of).toList());
                            row.addAll(List.of(
                                    example.feature(), ValueText.of(example.source()), ValueText.of(example.other())));
                            return row;
                        })
                        .<List<String>>map(List::copyOf)
                        .toList());
    }

    /** The same for programs. */
    private static Map<String, Object> tree(SourceComparison comparison) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("view", comparison.view());
        tree.put("source", comparison.source());
        tree.put("other", comparison.other());
        tree.put("rows", comparison.rows());
        tree.put("differing", comparison.differing());
        List<Map<String, Object>> columns = new ArrayList<>();
        for (SourceComparison.Column column : comparison.columns()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("feature", column.feature());
            entry.put("different", column.different());
            entry.put("onlyInSource", column.onlyInSource());
            entry.put("onlyInOther", column.onlyInOther());
            columns.add(entry);
        }
        tree.put("columns", columns);
        List<Map<String, Object>> examples = new ArrayList<>();
        for (SourceComparison.Example example : comparison.examples()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            for (int i = 0; i < comparison.entityColumns().size(); i++) {
                entry.put(
                        comparison.entityColumns().get(i),
                        JsonTree.of(example.entity().get(i)));
            }
            entry.put("feature", example.feature());
            entry.put("source", JsonTree.of(example.source()));
            entry.put("other", JsonTree.of(example.other()));
            examples.add(entry);
        }
        tree.put("examples", examples);
        return tree;
    }
}
