package dev.manciple.cli;

import dev.manciple.FeatureStore;
import dev.manciple.MoveOptions;
import dev.manciple.MoveOptions.Verify;
import dev.manciple.MoveOrder;
import dev.manciple.MovePlan;
import dev.manciple.MoveReport;
import dev.manciple.plugin.Durations;
import dev.manciple.spi.internal.Counted;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Moves a view's rows between the stores of a hybrid online store. */
@Command(
        name = "move",
        description = {
            "Move a feature view to another store of a hybrid online store, while it is read and written.",
            "A move that was stopped goes on when the command is given again."
        })
final class MoveCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    @Nullable
    CommandSpec spec;

    @Parameters(paramLabel = "VIEW", description = "The feature view.")
    String view = "";

    @ArgGroup(multiplicity = "1")
    private final Direction direction = new Direction();

    @Option(names = "--plan", description = "Only show what --to would do.")
    boolean plan;

    @Option(
            names = "--verify",
            paramLabel = "HOW",
            description =
                    "How the copy is compared before it is read: COUNT of rows, a SAMPLE of keys, or ALL keys (default: sample).")
    Verify verify = Verify.SAMPLE;

    @Option(names = "--accept-loss", description = "Go on although rows cannot be copied; they are counted first.")
    boolean acceptLoss;

    @Option(
            names = "--settle",
            paramLabel = "TIME",
            description =
                    "How long other processes may go by the registry as it was (default: the registry's cache_ttl_seconds).")
    @Nullable
    String settle;

    /** Where to; one of them, or both of the first two. */
    static final class Direction {
        @ArgGroup(exclusive = false)
        @Nullable
        Forward forward;

        @Option(
                names = "--roll-back",
                description = "Give the move up: the old store serves alone, the new one forgets the view.")
        boolean rollBack;
    }

    /** Towards the new store. */
    static final class Forward {
        @Option(
                names = "--to",
                paramLabel = "NAME",
                description = "Copy to this store, compare, and read from there; writes go on to both.")
        @Nullable
        String to;

        @Option(
                names = "--finish",
                description =
                        "End the move: the new store serves alone, the old one forgets the view. There is no way back.")
        boolean finish;
    }

    MoveCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Forward forward = direction.forward;
        String to = forward == null ? null : forward.to;
        if (plan && to == null) {
            throw usage("--plan needs --to");
        }
        MoveOptions options = new MoveOptions(verify, acceptLoss, settle());
        try (FeatureStore store = session.openOnline()) {
            if (plan && to != null) {
                show(store.planMove(view, to, options));
                return 0;
            }
            MoveReport report = null;
            if (to != null) {
                report = move(store, new MoveOrder.To(to), options);
            }
            if (forward != null && forward.finish) {
                report = move(store, new MoveOrder.Finish(), options);
            }
            if (direction.rollBack) {
                report = move(store, new MoveOrder.RollBack(), options);
            }
            if (session.json() && report != null) {
                session.printer().json(tree(report));
            }
        }
        return 0;
    }

    private MoveReport move(FeatureStore store, MoveOrder order, MoveOptions options) {
        MoveProgress progress = new MoveProgress(session);
        MoveReport report = store.move(view, order, options, progress);
        progress.summary(report);
        return report;
    }

    private Optional<Duration> settle() {
        if (settle == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Durations.parse(settle));
        } catch (IllegalArgumentException e) {
            throw usage("--settle: " + e.getMessage());
        }
    }

    private void show(MovePlan planned) {
        if (session.json()) {
            session.printer().json(tree(planned));
            return;
        }
        Printer printer = session.printer();
        String rows = planned.rows().isPresent()
                ? Counted.of(planned.rows().getAsLong(), "row")
                : "an unknown number of rows";
        printer.line("Move %s from %s to %s: %s"
                .formatted(printer.bold(planned.view()), planned.from(), planned.to(), rows));
        planned.underWay()
                .ifPresent(move -> printer.line("  goes on where it stopped: %s since %s"
                        .formatted(move.phase().name().toLowerCase(Locale.ROOT).replace('_', ' '), move.since())));
        planned.infrastructure()
                .forEach(change -> printer.line("  %s %s %s %s"
                        .formatted(
                                change.action().name().toLowerCase(Locale.ROOT),
                                change.store(),
                                change.kind(),
                                change.name())));
        printer.line("  write to both stores");
        planned.settle()
                .ifPresent(time ->
                        printer.line("  wait %s for other processes to know that".formatted(MoveProgress.text(time))));
        printer.line(
                planned.scans()
                        ? "  copy every row of %s".formatted(planned.from())
                        : "  copy the rows of %s by the keys of the view's history, for it keeps no keys"
                                .formatted(planned.from()));
        printer.line(
                "  compare, then read from %s; both are written until --finish or --roll-back".formatted(planned.to()));
    }

    private static Map<String, Object> tree(MovePlan planned) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("view", planned.view());
        tree.put("from", planned.from());
        tree.put("to", planned.to());
        planned.underWay()
                .ifPresent(move -> tree.put("phase", move.phase().name().toLowerCase(Locale.ROOT)));
        planned.rows().ifPresent(rows -> tree.put("rows", rows));
        tree.put("copies_by", planned.scans() ? "scan" : "history");
        tree.put(
                "infrastructure",
                planned.infrastructure().stream().map(PlanPrinter::tree).toList());
        planned.settle().ifPresent(time -> tree.put("settle_seconds", time.toMillis() / 1000.0));
        return tree;
    }

    private static Map<String, Object> tree(MoveReport report) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("view", report.view());
        tree.put("from", report.from());
        tree.put("to", report.to());
        tree.put(
                "state",
                report.state()
                        .map(move -> move.phase().name().toLowerCase(Locale.ROOT))
                        .orElse("over"));
        tree.put("copied", report.copied());
        tree.put("verified", report.verified());
        tree.put("lost", report.lost());
        tree.put("seconds", report.took().toMillis() / 1000.0);
        return tree;
    }

    private RuntimeException usage(String message) {
        return spec == null ? new IllegalStateException(message) : new ParameterException(spec.commandLine(), message);
    }
}
