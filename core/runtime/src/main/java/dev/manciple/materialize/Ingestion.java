package dev.manciple.materialize;

import dev.manciple.PushReport;
import dev.manciple.PushTarget;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.RegistrySnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Writes rows callers bring. Columns carry the view's names; the event time is called as the source's time column. Columns a
 * view does not have are ignored online, as in Feast, and refused offline. Thread-safe; holds nothing that needs closing;
 * never closes a caller's reader.
 *
 * <p>Online, each batch of the reader is written to each view before the next is loaded, so a bad row leaves the batches
 * before it written and the view in {@code failedViews}; writing the corrected rows again is harmless. Offline, all rows are
 * appended or none.
 */
public final class Ingestion {
    private final Supplier<RegistrySnapshot> snapshots;
    private final OfflineStore offline;
    private final OnlineStore online;
    private final BufferAllocator allocator;
    private final int batchSize;

    /**
     * @param snapshots asked once per call; must be cheap
     * @param batchSize rows per write of the online store
     */
    public Ingestion(
            Supplier<RegistrySnapshot> snapshots,
            OfflineStore offline,
            OnlineStore online,
            BufferAllocator allocator,
            int batchSize) {
        this.snapshots = snapshots;
        this.offline = offline;
        this.online = online;
        this.allocator = allocator;
        this.batchSize = batchSize;
    }

    /**
     * Writes rows to every enabled view fed by a push or stream source. Views are independent: one that fails is reported and
     * the others go on. Offline the rows are appended once, to the history the views share.
     *
     * @throws NotFoundException if no enabled view is fed by a source of that name
     */
    public PushReport push(String source, ArrowReader rows, PushTarget to) {
        List<FeatureView> views = fedBy(source);
        return switch (to) {
            case ONLINE -> write(onlineOf(views), List.of(), rows);
            case OFFLINE -> write(List.of(), views, rows);
            case BOTH -> write(onlineOf(views), views, rows);
        };
    }

    /**
     * Fails as {@link #push} to the offline store would for rows of these columns, and writes nothing.
     *
     * @throws NotFoundException if no enabled view is fed by a source of that name
     * @throws InvalidRequestException if the rows would not fit the history of its views
     */
    public void checkPush(String source, Schema columns) {
        FeatureView view = fedBy(source).getFirst();
        withoutHistory(view).ifPresent(failure -> {
            throw failure;
        });
        offline.checkWrite(view, columns);
    }

    /** Writes rows of one online, enabled view to the online store. */
    public PushReport writeOnline(String view, ArrowReader rows) {
        return write(List.of(Eligible.online(snapshots.get(), view)), List.of(), rows);
    }

    /** Appends rows to the batch source of one view. */
    public PushReport writeOffline(String view, ArrowReader rows) {
        return write(List.of(), List.of(Eligible.stored(snapshots.get(), view)), rows);
    }

    private List<FeatureView> fedBy(String source) {
        Set<String> pushable = new LinkedHashSet<>();
        List<FeatureView> views = new ArrayList<>();
        for (FeatureView view : Eligible.stored(snapshots.get())) {
            Optional<String> fed = view.source()
                    .filter(each -> !(each instanceof DataSource.Batch))
                    .map(DataSource::name);
            if (fed.isPresent() && view.enabled()) {
                pushable.add(fed.get());
                if (fed.get().equals(source)) {
                    views.add(view);
                }
            }
        }
        if (views.isEmpty()) {
            throw new NotFoundException(
                    "Push source",
                    source,
                    pushable.isEmpty()
                            ? "No enabled feature view is fed by a push source."
                            : "Enabled feature views are fed by: " + String.join(", ", pushable));
        }
        return views;
    }

    private static List<FeatureView> onlineOf(List<FeatureView> views) {
        return views.stream().filter(FeatureView::online).toList();
    }

    /** @param appended views to the one batch source of which the rows are appended; empty for none */
    private PushReport write(List<FeatureView> served, List<FeatureView> appended, ArrowReader rows) {
        List<OnlineSink> sinks = served.stream()
                .map(view -> new OnlineSink(view, online, batchSize))
                .toList();
        Map<String, Long> written = new LinkedHashMap<>();
        Map<String, FeatureStoreException> failed = new LinkedHashMap<>();
        try (SinkingReader shared = new SinkingReader(rows, sinks, allocator)) {
            for (OnlineSink sink : sinks) {
                sink.begin(rows);
            }
            Optional<FeatureStoreException> offlineFailure = append(appended, shared);
            shared.drain();
            appended.forEach(view -> {
                written.put(view.name(), offlineFailure.isPresent() ? 0 : shared.rows());
                offlineFailure.ifPresent(failure -> failed.put(view.name(), failure));
            });
        } catch (IOException e) {
            throw new StoreException("The given reader", "load the next rows", false, StoreException.Outcome.MAYBE, e);
        }
        for (OnlineSink sink : sinks) {
            String view = sink.view().name();
            written.merge(view, sink.written(), Math::max);
            sink.failure().ifPresent(failure -> failed.merge(view, failure, Ingestion::both));
        }
        return new PushReport(written, failed);
    }

    private Optional<FeatureStoreException> append(List<FeatureView> views, ArrowReader rows) {
        if (views.isEmpty()) {
            return Optional.empty();
        }
        FeatureView view = views.getFirst();
        Optional<FeatureStoreException> impossible = withoutHistory(view);
        if (impossible.isPresent()) {
            return impossible;
        }
        try {
            offline.write(view, rows);
            return Optional.empty();
        } catch (FeatureStoreException e) {
            return Optional.of(e);
        }
    }

    private static Optional<FeatureStoreException> withoutHistory(FeatureView view) {
        return view.batchSource().isPresent()
                ? Optional.empty()
                : Optional.of(new InvalidRequestException(
                        "Feature view '%s' has no batch source to append rows to".formatted(view.name())));
    }

    private static FeatureStoreException both(FeatureStoreException first, FeatureStoreException second) {
        first.addSuppressed(second);
        return first;
    }
}
