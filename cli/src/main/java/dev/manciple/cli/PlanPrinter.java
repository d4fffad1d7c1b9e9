package dev.manciple.cli;

import dev.manciple.ApplyPlan;
import dev.manciple.ApplyPlan.Difference;
import dev.manciple.spi.InfraChange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows a plan in Feast's two blocks: what changes in the registry, and what in the online store. */
final class PlanPrinter {
    private final Printer printer;

    PlanPrinter(Printer printer) {
        this.printer = printer;
    }

    void print(ApplyPlan plan) {
        if (plan.diff().isEmpty()) {
            printer.line(printer.faint("No changes to registry"));
        }
        plan.diff().forEach(this::print);
        printer.blank();
        if (plan.infrastructure().isEmpty()) {
            printer.line(printer.faint("No changes to infrastructure"));
        }
        for (InfraChange change : plan.infrastructure()) {
            printer.line("%s %s %s %s".formatted(verb(change.action()), change.store(), change.kind(), change.name()));
        }
        if (!plan.moves().isEmpty()) {
            printer.blank();
            plan.moves().forEach(move -> printer.line(printer.red(move.refusal())));
        }
        if (!plan.notes().isEmpty()) {
            printer.blank();
            plan.notes().forEach(printer::line);
        }
    }

    private void print(Difference difference) {
        printer.line("%s %s %s"
                .formatted(verb(difference.action()), difference.kind().words(), printer.bold(difference.name())));
        for (ApplyPlan.Property property : difference.properties()) {
            printer.line("\t%s: %s -> %s".formatted(property.name(), property.before(), property.after()));
        }
    }

    /** The same for programs. */
    static Map<String, Object> tree(ApplyPlan plan) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("registry", plan.diff().stream().map(PlanPrinter::tree).toList());
        tree.put(
                "infrastructure",
                plan.infrastructure().stream().map(PlanPrinter::tree).toList());
        tree.put("moves", plan.moves().stream().map(PlanPrinter::tree).toList());
        tree.put("notes", plan.notes());
        return tree;
    }

    private static Map<String, String> tree(ApplyPlan.Move move) {
        Map<String, String> tree = new LinkedHashMap<>();
        tree.put("view", move.view());
        tree.put("from", move.from());
        tree.put("to", move.to());
        return tree;
    }

    private static Map<String, Object> tree(Difference difference) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("action", lower(difference.action()));
        tree.put("kind", difference.kind().words());
        tree.put("name", difference.name());
        List<Map<String, String>> properties = difference.properties().stream()
                .map(property -> {
                    Map<String, String> entry = new LinkedHashMap<>();
                    entry.put("property", property.name());
                    entry.put("before", property.before());
                    entry.put("after", property.after());
                    return entry;
                })
                .toList();
        tree.put("properties", properties);
        return tree;
    }

    static Map<String, String> tree(InfraChange change) {
        Map<String, String> tree = new LinkedHashMap<>();
        tree.put("action", lower(change.action()));
        tree.put("store", change.store());
        tree.put("kind", change.kind());
        tree.put("name", change.name());
        return tree;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private String verb(ApplyPlan.Action action) {
        return switch (action) {
            case CREATED -> printer.green("Created");
            case UPDATED -> printer.yellow("Updated");
            case DELETED -> printer.red("Deleted");
        };
    }

    private String verb(InfraChange.Action action) {
        return switch (action) {
            case CREATE -> printer.green("Created");
            case ALTER -> printer.yellow("Updated");
            case DROP -> printer.red("Deleted");
        };
    }
}
