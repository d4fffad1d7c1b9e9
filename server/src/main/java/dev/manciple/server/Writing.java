package dev.manciple.server;

import dev.manciple.FeatureStore;
import dev.manciple.PushTarget;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Permission.Action;
import dev.manciple.spi.RegistrySnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Pushes and writes of requests, whatever protocol they came by. Thread-safe. */
public final class Writing {
    /** Makes the rows of a request. */
    @FunctionalInterface
    public interface Rows {
        /**
         * The rows for views.
         *
         * @param to the one store they go to
         */
        ArrowReader make(List<FeatureView> views, PushTarget to);
    }

    private final FeatureStore store;
    private final Supplier<RegistrySnapshot> watched;

    /** @param watched the registry as it was seen last, which costs nothing to ask for */
    public Writing(FeatureStore store, Supplier<RegistrySnapshot> watched) {
        this.store = store;
        this.watched = watched;
    }

    /**
     * Writes rows to every view a push source feeds. For both stores they go to the online one first, and to the other one only if
     * they are there: who is told of a failure may push again, and finds no row twice in the history unless the failure is that of
     * a write of which nobody knows how it ended.
     *
     * @param rows makes the rows for the views, for each store on its own; what it returns is closed here
     * @param cached whether the registry as it was seen last will do; else it is read again, as Feast's
     *     {@code allow_registry_cache} says
     * @throws FeatureStoreException the first view's failure, the others' suppressed, after all views had their turn
     */
    public void push(String source, String to, boolean cached, Rows rows) {
        List<FeatureView> views = fedBy(source, cached);
        switch (target(to)) {
            case ONLINE -> push(source, views, PushTarget.ONLINE, rows);
            case OFFLINE -> push(source, views, PushTarget.OFFLINE, rows);
            case BOTH -> {
                check(source, views, true, rows);
                push(source, views, PushTarget.ONLINE, rows);
                push(source, views, PushTarget.OFFLINE, rows);
            }
        }
    }

    private void push(String source, List<FeatureView> views, PushTarget target, Rows rows) {
        try (ArrowReader reader = rows.make(views, target)) {
            throwAll(store.push(source, reader, target).failedViews().values());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Fails as {@link #push} to the offline store would for rows that do not fit, and writes nothing.
     *
     * @param columns whether to ask the store what columns it takes
     */
    void check(String source, boolean cached, boolean columns, Rows rows) {
        check(source, fedBy(source, cached), columns, rows);
    }

    private void check(String source, List<FeatureView> views, boolean columns, Rows rows) {
        try (ArrowReader reader = rows.make(views, PushTarget.OFFLINE)) {
            Schema schema = reader.getVectorSchemaRoot().getSchema();
            if (columns) {
                store.checkPush(source, schema);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<FeatureView> fedBy(String source, boolean cached) {
        List<FeatureView> views =
                views(cached).filter(view -> view.reads(source)).toList();
        if (views.isEmpty()) {
            throw new NotFoundException("Push source", source, "No feature view is fed by it.");
        }
        return views;
    }

    /** Writes rows of one view to the online store; failures as of {@link #push}. */
    public void writeOnline(String name, boolean cached, Rows rows) {
        FeatureView view = views(cached)
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("Feature view", name));
        try (ArrowReader reader = rows.make(List.of(view), PushTarget.ONLINE)) {
            throwAll(store.writeOnline(name, reader).failedViews().values());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stream<FeatureView> views(boolean cached) {
        RegistrySnapshot registry = cached ? watched.get() : store.registry();
        return registry.storedViews();
    }

    /** What a push to a target takes. */
    public static Set<Action> actions(String to) {
        return switch (target(to)) {
            case ONLINE -> EnumSet.of(Action.WRITE_ONLINE);
            case OFFLINE -> EnumSet.of(Action.WRITE_OFFLINE);
            case BOTH -> EnumSet.of(Action.WRITE_ONLINE, Action.WRITE_OFFLINE);
        };
    }

    private static PushTarget target(String to) {
        return switch (to) {
            case "online" -> PushTarget.ONLINE;
            case "offline" -> PushTarget.OFFLINE;
            case "online_and_offline" -> PushTarget.BOTH;
            default ->
                throw new InvalidRequestException(
                        "%s is not a supported push format. Please specify one of these ['online', 'offline', 'online_and_offline']."
                                .formatted(to));
        };
    }

    private static void throwAll(Collection<FeatureStoreException> all) {
        List<FeatureStoreException> failures = List.copyOf(all);
        if (!failures.isEmpty()) {
            FeatureStoreException first = failures.getFirst();
            // Views that share a history share its failure.
            Set<FeatureStoreException> others = Collections.newSetFromMap(new IdentityHashMap<>());
            others.addAll(failures);
            others.remove(first);
            others.forEach(first::addSuppressed);
            throw first;
        }
    }
}
