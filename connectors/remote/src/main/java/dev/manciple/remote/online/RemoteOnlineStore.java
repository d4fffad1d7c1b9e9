package dev.manciple.remote.online;

import dev.manciple.model.FeatureView;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Neighbor;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.VectorQuery;
import dev.manciple.spi.ViewChanges;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An online store behind a feature server (Feast: online serving, 5).
 *
 * <p>What is promised depends on the server, which is asked once what it speaks. Manciple's gives what the store behind it does
 * ({@link ServedOnlineStore}). Feast's protocol has words for reads and writes only ({@link FeastOnlineStore}).
 */
final class RemoteOnlineStore implements OnlineStore {
    private final FeatureServerClient client;
    private final String project;
    private final AtomicReference<@Nullable OnlineStore> spoken = new AtomicReference<>();

    /** @param client closed with this */
    RemoteOnlineStore(FeatureServerClient client, String project) {
        this.client = client;
        this.project = project;
    }

    /** Found out at the first call, as making a store must not connect. */
    private OnlineStore served() {
        OnlineStore known = spoken.get();
        if (known != null) {
            return known;
        }
        OnlineStore found = ServedOnlineStore.find(client, project)
                .<OnlineStore>map(store -> store)
                .orElseGet(() -> new FeastOnlineStore(client));
        spoken.set(found);
        return found;
    }

    /** @throws dev.manciple.error.StoreException if the server, which knows, does not answer */
    @Override
    public Set<OnlineCapability> capabilities() {
        return served().capabilities();
    }

    @Override
    public ChronoUnit timePrecision() {
        return served().timePrecision();
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        return reads.isEmpty() ? List.of() : served().read(reads);
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        if (!rows.isEmpty()) {
            served().write(view, rows);
        }
    }

    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        return served().plan(changes);
    }

    @Override
    public void update(ViewChanges changes) {
        served().update(changes);
    }

    @Override
    public void teardown(List<FeatureView> views) {
        served().teardown(views);
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        return served().purge(view, limit);
    }

    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        return served().scan(view);
    }

    @Override
    public long count(FeatureView view) {
        return served().count(view);
    }

    @Override
    public List<Neighbor> search(VectorQuery query) {
        return served().search(query);
    }

    @Override
    public void close() {
        client.close();
    }
}
