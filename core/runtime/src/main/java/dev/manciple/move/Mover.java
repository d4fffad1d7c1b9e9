package dev.manciple.move;

import dev.manciple.MoveListener;
import dev.manciple.MoveOptions;
import dev.manciple.MoveOrder;
import dev.manciple.MovePlan;
import dev.manciple.MoveReport;
import dev.manciple.error.ConflictException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.materialize.PulledRows;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.Interval;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.Routes;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.ViewMove;
import dev.manciple.spi.ViewMove.Phase;
import dev.manciple.spi.internal.Counted;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Moves a view's rows from one store of a router to another while the view is read and written.
 *
 * <ol>
 *   <li>The new store makes room; the registry says that the view is {@link Phase#COPYING}, from when on writes reach both stores.
 *   <li>Once every process knows that, what the old store holds is copied, and the copy is compared with it.
 *   <li>{@link Phase#CUT_OVER}: the new store is read. Both are still written, so the old one can take over again at any time.
 *   <li>{@link Phase#FINISHING}: once nobody writes to the old store any more, it forgets the view. The move is over.
 * </ol>
 *
 * <p>The registry alone holds the state, and each step may be repeated: whoever asks for the move again after it was stopped,
 * wherever that was, goes on with it. At no time is a store read that may lack an acknowledged row.
 *
 * <p>Thread-safe; holds nothing that needs closing.
 */
public final class Mover {
    private static final int BATCH = 1_000;

    private final MoveLog log;
    private final Places places;
    private final OnlineStore online;
    private final PulledRows history;
    private final InstantSource clock;
    private final Pause pause;
    private final Duration registryTtl;

    /**
     * @param history reads the sources of views
     * @param registryTtl how old the registry may be that processes go by; zero for ever
     * @param committed hears of each new state of the registry
     */
    public Mover(
            Registry registry,
            String project,
            OnlineStore online,
            PulledRows history,
            InstantSource clock,
            Duration registryTtl,
            Consumer<RegistrySnapshot> committed) {
        this.log = new MoveLog(registry, project, committed);
        this.places = new Places(online);
        this.online = online;
        this.history = history;
        this.clock = clock;
        this.pause = Pause.of(clock);
        this.registryTtl = registryTtl;
    }

    // ---- plan ----------------------------------------------------------------------------------------------------

    /**
     * What moving a view would do; changes nothing.
     *
     * @throws NotFoundException if there is no such view or store
     * @throws InvalidRequestException if the view is there already, or on its way elsewhere
     */
    public MovePlan plan(String name, String to, MoveOptions options) {
        RegistrySnapshot snapshot = log.snapshot();
        FeatureView view = MoveLog.view(snapshot, name);
        Routes routes = router(view, to);
        ViewMove move = begunOrNew(view, routes, to);
        Sides sides = Sides.of(view, routes, move);
        FeatureView moving = routes.moving(view, move);
        return new MovePlan(
                name,
                move.from(),
                move.to(),
                routes.moveOf(view),
                sides.scans(),
                sides.rows(sides.from()),
                online.plan(keeping(snapshot, moving)),
                settle(options));
    }

    private Routes router(FeatureView view, String to) {
        requireRouter();
        return places.moving(view)
                .or(() -> places.having(view, to))
                .orElseThrow(() -> new NotFoundException(
                        "Online store", to, "Known stores: " + String.join(", ", places.known(view))));
    }

    private void requireRouter() {
        if (online.routes().isEmpty()) {
            throw new UnsupportedException(
                    "The online store", "ROUTES", "moving views: only a hybrid online store has several stores");
        }
    }

    private ViewMove begunOrNew(FeatureView view, Routes routes, String to) {
        String wanted = routes.named(to)
                .orElseThrow(() -> new NotFoundException(
                        "Online store", to, "Known stores: " + String.join(", ", routes.children())));
        Optional<ViewMove> begun = routes.moveOf(view);
        if (begun.isPresent()) {
            requireSame(view, begun.get(), wanted);
            return begun.get();
        }
        String from = routes.childOf(view);
        if (from.equals(wanted)) {
            throw new InvalidRequestException(
                    "Feature view '%s' is in online store '%s' already".formatted(view.name(), from));
        }
        return new ViewMove(from, wanted, Phase.COPYING, clock.instant());
    }

    private static void requireSame(FeatureView view, ViewMove begun, String wanted) {
        String way = switch (begun.phase()) {
            case COPYING, CUT_OVER -> begun.to().equals(wanted) ? "" : "go on with --to %s, or end it with --roll-back";
            case FINISHING -> "end it with --finish";
            case ROLLING_BACK -> "end it with --roll-back";
        };
        if (!way.isEmpty()) {
            throw new InvalidRequestException("Feature view '%s' is on its way from '%s' to '%s' (%s): %s"
                    .formatted(view.name(), begun.from(), begun.to(), words(begun.phase()), way.formatted(begun.to())));
        }
    }

    private static String words(Phase phase) {
        return switch (phase) {
            case COPYING -> "being copied";
            case CUT_OVER -> "copied, and read from the new store";
            case FINISHING -> "about to leave the old store";
            case ROLLING_BACK -> "being rolled back";
        };
    }

    private Optional<Duration> settle(MoveOptions options) {
        return options.settle().or(() -> registryTtl.isZero() ? Optional.empty() : Optional.of(registryTtl));
    }

    /** Every online view of the project, the moving one as it will be registered. */
    private static ViewChanges keeping(RegistrySnapshot snapshot, FeatureView moving) {
        List<FeatureView> keep = snapshot.views().values().stream()
                .filter(FeatureView.class::isInstance)
                .map(FeatureView.class::cast)
                .map(view -> view.name().equals(moving.name()) ? moving : view)
                .filter(FeatureView::online)
                .toList();
        return new ViewChanges(keep, List.of());
    }

    // ---- run -----------------------------------------------------------------------------------------------------

    /**
     * Carries an order out; returns when it is done.
     *
     * @throws ConflictException if the copy does not match the original; nothing was switched then
     * @throws InvalidRequestException if the order does not fit what goes on, or rows would be lost that nobody gave up
     */
    public MoveReport run(String name, MoveOrder order, MoveOptions options, MoveListener listener) {
        requireRouter();
        return new Run(name, options, listener).carryOut(order);
    }

    /** One run. */
    private final class Run {
        private final String name;
        private final MoveOptions options;
        private final MoveListener listener;
        private final Instant began = clock.instant();
        private Instant lastChange = Instant.MIN;
        private long copied;
        private long verified;
        private long lost;

        Run(String name, MoveOptions options, MoveListener listener) {
            this.name = name;
            this.options = options;
            this.listener = listener;
        }

        MoveReport carryOut(MoveOrder order) {
            settled();
            return switch (order) {
                case MoveOrder.To to -> moveTo(to.store());
                case MoveOrder.RollBack back -> rollBack();
                case MoveOrder.Finish finish -> finish();
            };
        }

        private Duration settled() {
            return settle(options)
                    .orElseThrow(() -> new InvalidRequestException(
                            "The registry's cache_ttl_seconds is 0: other processes never read the registry again, so none would write feature view '%s' to both stores. Set cache_ttl_seconds; or, if no other process serves this project, say so with --settle 0"
                                    .formatted(name)));
        }

        // ---- there

        private MoveReport moveTo(String to) {
            RegistrySnapshot snapshot = log.snapshot();
            FeatureView view = MoveLog.view(snapshot, name);
            Routes routes = router(view, to);
            ViewMove move = begunOrNew(view, routes, to);
            if (routes.moveOf(view).isEmpty()) {
                view = begin(snapshot, view, routes, move);
                move = routes.moveOf(view).orElseThrow();
            }
            if (move.phase() == Phase.COPYING) {
                waitFor(move);
                copy(Sides.of(view, routes, move));
                move = enter(routes, move, Phase.CUT_OVER);
                listener.step("'%s' is read from '%s' now; writes still reach both".formatted(name, move.to()));
            }
            return report(move, Optional.of(move));
        }

        private FeatureView begin(RegistrySnapshot snapshot, FeatureView view, Routes routes, ViewMove move) {
            listener.step("Making room for '%s' in '%s'".formatted(name, move.to()));
            FeatureView moving = routes.moving(view, move);
            online.update(keeping(snapshot, moving));
            requireEmpty(Sides.of(moving, routes, move));
            return change(newest -> {
                if (!places.sameWriters(newest, view)) {
                    throw movedOn();
                }
                return routes.moving(newest, move.enter(Phase.COPYING, clock.instant()));
            });
        }

        private void requireEmpty(Sides sides) {
            OptionalLong rows = sides.rows(sides.to());
            if (rows.orElse(0) > 0) {
                throw new InvalidRequestException(
                        "Online store '%s' holds %s of feature view '%s' already. Delete there first what is left over; if '%s' and '%s' are one store under two names, there is nothing to move"
                                .formatted(
                                        sides.toName(),
                                        Counted.of(rows.getAsLong(), "row"),
                                        name,
                                        sides.fromName(),
                                        sides.toName()));
            }
        }

        private void copy(Sides sides) {
            listener.step(
                    sides.scans()
                            ? "Copying the rows of '%s' from '%s' to '%s'"
                                    .formatted(name, sides.fromName(), sides.toName())
                            : "Copying the rows of '%s' from '%s', which keeps no keys, to '%s' by the keys of its history"
                                    .formatted(name, sides.fromName(), sides.toName()));
            KeySource keys = keys(sides);
            RowCopier copier = new RowCopier(sides.view(), sides.from(), sides.to());
            keys.forEachBatch((batch, rows) -> {
                int some = copier.copy(batch, rows);
                copied += some;
                listener.copied(some);
            });
            long unreachable = sides.scans() ? 0 : unreachable(sides, copied);
            requireNoLoss(sides, unreachable, copier.damaged());
            lost = unreachable + copier.damaged();
            listener.step("Comparing '%s' in '%s' and '%s'".formatted(name, sides.fromName(), sides.toName()));
            verified = new Verification(sides, copier, keys, expiredBefore(sides)).run(options.verify(), unreachable);
        }

        private KeySource keys(Sides sides) {
            if (sides.scans()) {
                return new ScannedKeys(sides.from(), sides.view(), BATCH);
            }
            List<Interval> windows = log.snapshot().materialized().getOrDefault(name, List.of());
            if (sides.view().batchSource().isEmpty() || windows.isEmpty()) {
                return batch -> {};
            }
            Interval whole = new Interval(
                    windows.stream()
                            .map(Interval::start)
                            .min(Comparator.naturalOrder())
                            .orElseThrow(),
                    windows.stream()
                            .map(Interval::end)
                            .max(Comparator.naturalOrder())
                            .orElseThrow());
            return new HistoricalKeys(history, sides.view(), whole, BATCH);
        }

        /** Rows of the old store under keys that neither history nor the writes since the move began have told. */
        private long unreachable(Sides sides, long fromHistory) {
            OptionalLong all = sides.rows(sides.from());
            if (all.isEmpty()) {
                if (!options.acceptLoss()) {
                    throw new InvalidRequestException(
                            "Online store '%s' can neither list nor count the rows of feature view '%s', so nobody knows whether rows stay behind whose keys are not in its history. Go on with --accept-loss, or end the move with --roll-back"
                                    .formatted(sides.fromName(), name));
                }
                return 0;
            }
            long reached = sides.to().capabilities().contains(OnlineCapability.SCAN) ? alsoIn(sides) : fromHistory;
            return Math.max(0, all.getAsLong() - reached);
        }

        private long alsoIn(Sides sides) {
            long[] both = {0};
            new ScannedKeys(sides.to(), sides.view(), BATCH)
                    .forEachBatch((keys, rows) -> both[0] += RowCopier.existing(sides.from(), sides.view(), keys));
            return both[0];
        }

        private void requireNoLoss(Sides sides, long unreachable, long damaged) {
            if (unreachable + damaged > 0 && !options.acceptLoss()) {
                throw new InvalidRequestException(
                        "%s of feature view '%s' in online store '%s' cannot be copied whole: %d under keys that are neither in its history nor were written since the move began, %d with a damaged value. Accept the loss with --accept-loss, or end the move with --roll-back"
                                .formatted(
                                        Counted.of(unreachable + damaged, "row"),
                                        name,
                                        sides.fromName(),
                                        unreachable,
                                        damaged));
            }
        }

        private Instant expiredBefore(Sides sides) {
            Duration ttl = sides.view().ttl();
            return ttl.isZero() || !sides.to().capabilities().contains(OnlineCapability.EXPIRES_ROWS)
                    ? Instant.MIN
                    : clock.instant().minus(ttl);
        }

        // ---- the ends

        private MoveReport finish() {
            FeatureView view = MoveLog.view(log.snapshot(), name);
            Routes routes = moving(view);
            ViewMove move = routes.moveOf(view).orElseThrow();
            switch (move.phase()) {
                case CUT_OVER -> {
                    move = enter(routes, move, Phase.FINISHING);
                    listener.step("'%s' is written to '%s' only from now on".formatted(name, move.to()));
                }
                case FINISHING -> {}
                case COPYING, ROLLING_BACK ->
                    throw new InvalidRequestException(
                            "Feature view '%s' is on its way from '%s' to '%s' (%s), so the move cannot be finished: %s"
                                    .formatted(
                                            name,
                                            move.from(),
                                            move.to(),
                                            words(move.phase()),
                                            move.phase() == Phase.COPYING
                                                    ? "go on with --to " + move.to()
                                                    : "end it with --roll-back"));
            }
            return end(routes, move);
        }

        private MoveReport rollBack() {
            FeatureView view = MoveLog.view(log.snapshot(), name);
            Routes routes = moving(view);
            ViewMove move = routes.moveOf(view).orElseThrow();
            switch (move.phase()) {
                case COPYING, CUT_OVER -> {
                    move = enter(routes, move, Phase.ROLLING_BACK);
                    listener.step(
                            "'%s' is read from and written to '%s' only from now on".formatted(name, move.from()));
                }
                case ROLLING_BACK -> {}
                case FINISHING ->
                    throw new InvalidRequestException(
                            "Feature view '%s' is about to leave '%s', which may lack rows by now: end the move with --finish, then move it back with --to %s"
                                    .formatted(name, move.from(), move.from()));
            }
            return end(routes, move);
        }

        private Routes moving(FeatureView view) {
            return places.moving(view)
                    .orElseThrow(() -> new InvalidRequestException(
                            "Feature view '%s' is in no move. Begin one with --to; known stores: %s"
                                    .formatted(name, String.join(", ", places.known(view)))));
        }

        /** The store that is not read forgets the view, once nobody writes there; only then does the move. */
        private MoveReport end(Routes routes, ViewMove move) {
            waitFor(move);
            listener.step("Removing '%s' from '%s'".formatted(name, move.other()));
            FeatureView left = routes.placed(MoveLog.view(log.snapshot(), name), move.other());
            routes.child(move.other()).update(new ViewChanges(List.of(), List.of(left)));
            change(newest -> {
                requireStill(routes, newest, move);
                return routes.placed(newest, move.reading());
            });
            listener.step("'%s' is in '%s'".formatted(name, move.reading()));
            return report(move, Optional.empty());
        }

        // ---- phases

        private ViewMove enter(Routes routes, ViewMove move, Phase phase) {
            FeatureView changed = change(newest -> {
                requireStill(routes, newest, move);
                return routes.moving(newest, move.enter(phase, clock.instant()));
            });
            return routes.moveOf(changed).orElseThrow();
        }

        private FeatureView change(UnaryOperator<FeatureView> change) {
            FeatureView changed = log.change(name, change);
            lastChange = clock.instant();
            return changed;
        }

        private void requireStill(Routes routes, FeatureView newest, ViewMove move) {
            if (!routes.moveOf(newest).equals(Optional.of(move))) {
                throw movedOn();
            }
        }

        private ConflictException movedOn() {
            return new ConflictException(
                    "The move of feature view '%s' was changed by another process, or its definition by an apply; run the command again"
                            .formatted(name));
        }

        private void waitFor(ViewMove move) {
            Instant since = lastChange.isAfter(move.since()) ? lastChange : move.since();
            Instant known = since.plus(settled());
            if (known.isAfter(clock.instant())) {
                listener.waiting(known);
                pause.until(known);
            }
        }

        private MoveReport report(ViewMove move, Optional<ViewMove> state) {
            return new MoveReport(
                    name,
                    move.from(),
                    move.to(),
                    state,
                    copied,
                    verified,
                    lost,
                    Duration.between(began, clock.instant()));
        }
    }
}
