package dev.manciple.remote.online;

import com.google.protobuf.ByteString;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.internal.Counted;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The store behind a feature server of Feast's, through its routes (Feast: online serving, 4 and 5). They read and write; tables
 * are made where the server's repository is applied, and nothing is deleted, listed or promised about writers that meet. What a
 * value loses in JSON is given back by the type its feature is declared with, as far as that can be: see {@link FeastJson}.
 * Thread-safe; borrows the client.
 */
final class FeastOnlineStore implements OnlineStore {
    private static final String JSON = "application/json";
    private static final String READ = "/get-online-features";
    private static final String WRITE = "/write-to-online-store";

    /** Of one request, read or written. */
    private static final int MOST_ROWS = 5_000;

    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** Older rows first: servers of Feast keep of a batch what comes last. */
    private static final Comparator<OnlineRow> OLDER_FIRST = Comparator.comparing(OnlineRow::eventTime)
            .thenComparing(row -> row.created().orElse(Instant.MIN));

    private final FeatureServerClient client;

    FeastOnlineStore(FeatureServerClient client) {
        this.client = client;
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return Set.of();
    }

    /** Some stores of Feast keep no less. */
    @Override
    public ChronoUnit timePrecision() {
        return ChronoUnit.SECONDS;
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        OnlineResult[] results = new OnlineResult[reads.size()];
        for (SharedRead shared : SharedRead.of(reads)) {
            List<OnlineResult> ofShared = read(shared);
            for (int i = 0; i < ofShared.size(); i++) {
                results[shared.positions().get(i)] = ofShared.get(i);
            }
        }
        return List.of(results);
    }

    private List<OnlineResult> read(SharedRead shared) {
        List<List<Lookup>> lookups = new ArrayList<>();
        shared.reads().forEach(read -> lookups.add(new ArrayList<>()));
        for (int from = 0; from < shared.rows(); from += MOST_ROWS) {
            int to = Math.min(shared.rows(), from + MOST_ROWS);
            Ask ask = Ask.read(
                    READ,
                    JSON,
                    json(shared.body(from, to)),
                    "read %s of feature views %s".formatted(Counted.of(to - from, "key"), shared.names()));
            FeastAnswer answer = FeastAnswer.of(parsed(ask, client.send(ask)), to - from, client.name(), ask);
            for (int i = 0; i < lookups.size(); i++) {
                lookups.get(i).addAll(answer.lookups(shared.reads().get(i)));
            }
        }
        return lookups.stream().map(OnlineResult::new).toList();
    }

    private static ByteString json(Map<String, Object> body) {
        return ByteString.copyFrom(MAPPER.writeValueAsBytes(body));
    }

    private JsonNode parsed(Ask ask, byte[] body) {
        try {
            return MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw FeastAnswer.unreadable(client.name(), ask, "it is no JSON: " + e.getOriginalMessage());
        }
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        rows.forEach(row -> requireWhole(view, row));
        List<Integer> order = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparing(rows::get, OLDER_FIRST))
                .toList();
        List<List<Integer>> batches = new ArrayList<>();
        for (int from = 0; from < order.size(); from += MOST_ROWS) {
            batches.add(order.subList(from, Math.min(order.size(), from + MOST_ROWS)));
        }
        // All of them before the first is sent: a value JSON has no word for stops the write as a whole.
        List<ByteString> bodies = batches.stream()
                .map(batch ->
                        json(FeastJson.write(view, batch.stream().map(rows::get).toList())))
                .toList();
        String attempted = "write %s of feature view '%s'".formatted(Counted.of(rows.size(), "row"), view.name());
        List<Integer> stored = new ArrayList<>();
        for (int i = 0; i < bodies.size(); i++) {
            try {
                client.send(Ask.write(WRITE, JSON, bodies.get(i), attempted));
            } catch (FeatureStoreException e) {
                throw stored.isEmpty() ? e : partly(attempted, stored, e);
            }
            stored.addAll(batches.get(i));
        }
    }

    private StoreException partly(String attempted, List<Integer> stored, FeatureStoreException failure) {
        boolean retryable = failure instanceof StoreException store && store.retryable();
        Outcome outcome = failure instanceof StoreException store ? store.outcome() : Outcome.NOT_APPLIED;
        return new StoreException(client.name(), attempted, retryable, outcome, stored, failure);
    }

    private void requireWhole(FeatureView view, OnlineRow row) {
        int missing = row.values().indexOf(Value.Missing.MISSING);
        if (missing >= 0) {
            throw new UnsupportedException(
                    client.name(),
                    "MISSING_FEATURES",
                    "rows without all features, such as one of feature view '%s' without '%s': Feast's protocol writes whole rows"
                            .formatted(view.name(), view.features().get(missing).name()));
        }
    }

    /** The server's own repository makes tables, so that there is nothing to be seen from here. */
    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        return List.of();
    }

    /** Nothing, as Feast's client does. */
    @Override
    public void update(ViewChanges changes) {}

    /** Nothing, as Feast's client does. */
    @Override
    public void teardown(List<FeatureView> views) {}

    /** Nothing of its own: whoever made the client closes it. */
    @Override
    public void close() {}
}
