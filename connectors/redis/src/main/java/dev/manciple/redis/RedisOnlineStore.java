package dev.manciple.redis;

import static java.util.stream.Collectors.joining;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.InfraChange.Action;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.ViewChanges;
import dev.manciple.spi.internal.Counted;
import dev.manciple.spi.internal.Deadlines;
import dev.manciple.wire.EntityKeyCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * An online store in Redis, in Feast's layout (see {@link ViewLayout}). The newest row of a key wins in one step on the server,
 * unless {@code skip_dedup} says otherwise.
 *
 * <p>A request is one pipeline per server. Times are in microseconds; the layout has none for creation.
 */
final class RedisOnlineStore implements OnlineStore {
    private static final String STORE = "redis";
    /** Enough to share out what a script costs to start, few enough that other clients hardly wait for it. */
    private static final int ROWS_PER_COMMAND = 20;
    /** How many rows are sent in the time one request has. */
    private static final int ROWS_PER_REQUEST = 1000;
    /** Little beside the shortest deadline that makes sense. */
    private static final Duration DEADLINE_TICK = Duration.ofMillis(10);

    private final RedisConfig config;
    private final String project;
    private final Servers servers;
    private final Deadlines deadlines = new Deadlines("redis-deadlines", DEADLINE_TICK);
    private final RedisClient client;
    private final Failures failures;
    private final Map<String, ViewLayout> layouts = new ConcurrentHashMap<>();
    private final KnownFields fields = new KnownFields();

    RedisOnlineStore(RedisConfig config, StoreContext context) {
        this.config = config;
        this.project = context.project();
        this.servers = new Servers(config, context.repoPath(), deadlines);
        this.client = new RedisClient(servers, context.executor(), deadlines);
        this.failures = new Failures(servers);
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        EnumSet<OnlineCapability> capabilities = EnumSet.of(OnlineCapability.DELETE_ROWS, OnlineCapability.SCAN);
        if (!config.skipDedup()) {
            capabilities.add(OnlineCapability.NEWEST_WINS);
        }
        return capabilities;
    }

    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        List<SharedRead> shared = share(reads);
        List<HashRead> hashes = shared.stream()
                .map(each -> new HashRead(fields.of(each.parts())))
                .toList();
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < hashes.size(); i++) {
            for (EntityKey key : shared.get(i).keys()) {
                commands.add(hashes.get(i).command(key));
            }
        }
        List<Object> replies = commands.isEmpty() ? List.of() : answers(() -> "read " + names(reads), commands);
        Lookup[][] lookups =
                reads.stream().map(read -> new Lookup[read.keys().size()]).toArray(Lookup[][]::new);
        int reply = 0;
        for (int i = 0; i < hashes.size(); i++) {
            SharedRead each = shared.get(i);
            for (int key = 0; key < each.keys().size(); key++) {
                List<Lookup> ofViews = hashes.get(i).lookups(replies.get(reply++));
                for (int view = 0; view < ofViews.size(); view++) {
                    lookups[each.reads().get(view)][key] = ofViews.get(view);
                }
            }
        }
        return Arrays.stream(lookups)
                .map(each -> new OnlineResult(Arrays.asList(each)))
                .toList();
    }

    /** Reads of the same hashes: what each wants, and their positions in the request. */
    private record SharedRead(
            List<Field> keyColumns, List<EntityKey> keys, List<HashFields.Part> parts, List<Integer> reads) {
        boolean isOfHashesOf(OnlineRead read) {
            return keyColumns.equals(read.view().entityColumns()) && keys.equals(read.keys());
        }

        void add(int read, ViewLayout layout, List<Field> features) {
            HashFields.Part last = parts.isEmpty() ? null : parts.getLast();
            int first = last == null ? 0 : last.first() + last.features().size();
            parts.add(new HashFields.Part(layout, features, first));
            reads.add(read);
        }
    }

    /** Views of one entity lie in one hash, which is asked for once. */
    private List<SharedRead> share(List<OnlineRead> reads) {
        List<SharedRead> shared = new ArrayList<>();
        for (int i = 0; i < reads.size(); i++) {
            OnlineRead read = reads.get(i);
            SharedRead ofHashes = ofSameHashes(shared, read);
            if (ofHashes == null) {
                ofHashes =
                        new SharedRead(read.view().entityColumns(), read.keys(), new ArrayList<>(), new ArrayList<>());
                shared.add(ofHashes);
            }
            ofHashes.add(i, layout(read.view()), read.features());
        }
        return shared;
    }

    private static @Nullable SharedRead ofSameHashes(List<SharedRead> shared, OnlineRead read) {
        for (SharedRead each : shared) {
            if (each.isOfHashesOf(read)) {
                return each;
            }
        }
        return null;
    }

    /**
     * The replies of commands that only read. A key that holds something else than a hash has an error for a reply; it costs
     * that key only.
     */
    private List<Object> answers(Supplier<String> attempted, List<Command> commands) {
        Replies replies = client.run(commands);
        List<Object> answers = new ArrayList<>(commands.size());
        for (Object reply : replies.all()) {
            if (reply == null) {
                throw failures.of(attempted.get(), Outcome.NOT_APPLIED, List.of(), replies.requireFailure());
            }
            if (reply instanceof JedisDataException refused
                    && !ServerErrors.code(refused).equals("WRONGTYPE")) {
                throw failures.of(attempted.get(), Outcome.NOT_APPLIED, List.of(), refused);
            }
            answers.add(reply);
        }
        return answers;
    }

    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        ViewLayout layout = layout(view);
        int lifetime = config.keyTtlSeconds().orElse(0);
        RowWrites writes = config.skipDedup()
                ? RowWrites.lastWins(layout, lifetime, rows)
                : RowWrites.newestWins(layout, lifetime, rows, servers.isCluster() ? 1 : ROWS_PER_COMMAND);
        String attempted = "write %s of view '%s'".formatted(Counted.of(rows.size(), "row"), view.name());
        List<Command> commands = writes.commands();
        int perRequest = Math.max(1, commands.size() * ROWS_PER_REQUEST / Math.max(1, rows.size()));
        List<Integer> carriedOut = new ArrayList<>();
        for (int from = 0; from < commands.size(); from += perRequest) {
            int first = from;
            Replies replies = client.run(commands.subList(from, Math.min(from + perRequest, commands.size())));
            replies.answeredCommands().forEach(command -> carriedOut.add(first + command));
            JedisException failure = replies.firstFailure();
            if (failure != null) {
                throw failures.of(
                        attempted,
                        replies.sent() ? Outcome.MAYBE : Outcome.NOT_APPLIED,
                        writes.rowsOf(carriedOut, rows.size()),
                        failure);
            }
        }
    }

    /** The layout makes itself: what changes are only the rows of dropped views that are to go. */
    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        EntityKeyCodec.requireStorable(changes.keep());
        requireDistinctFields(changes.keep());
        if (!config.fullScanForDeletion()) {
            return List.of();
        }
        return changes.drop().stream()
                .filter(this::hasRows)
                .map(view -> new InfraChange(Action.DROP, STORE, "rows of view", view.name()))
                .toList();
    }

    private boolean hasRows(FeatureView view) {
        try (Stream<OnlineRow> rows = scan(view)) {
            return rows.findAny().isPresent();
        }
    }

    @Override
    public void update(ViewChanges changes) {
        EntityKeyCodec.requireStorable(changes.keep());
        requireDistinctFields(changes.keep());
        if (config.fullScanForDeletion()) {
            teardown(changes.drop());
        }
    }

    /** Features whose fields have the same name would overwrite each other: four bytes make that rare, not impossible. */
    private void requireDistinctFields(List<FeatureView> views) {
        Map<Set<String>, Map<String, String>> features = new HashMap<>();
        for (FeatureView view : views) {
            Map<String, String> known =
                    features.computeIfAbsent(new HashSet<>(view.joinKeys()), joinKeys -> new HashMap<>());
            for (Field feature : view.features()) {
                String name = "feature '%s' of view '%s'".formatted(feature.name(), view.name());
                String field = HexFormat.of().formatHex(ViewLayout.hash(view, feature));
                String other = known.put(field, name);
                if (other != null) {
                    throw new InvalidRequestException(
                            "In Redis the %s and the %s would share the field %s of an entity's hash, where names are four bytes. Rename one of them"
                                    .formatted(other, name, field));
                }
            }
        }
    }

    @Override
    public void teardown(List<FeatureView> views) {
        for (FeatureView view : views) {
            remove(view, "remove the rows of view '%s'".formatted(view.name()), "", "");
        }
    }

    @Override
    public long purge(FeatureView view, Instant limit) {
        return remove(
                view,
                "delete expired rows of view '%s'".formatted(view.name()),
                Long.toString(limit.getEpochSecond()),
                Integer.toString(limit.getNano()));
    }

    private long remove(FeatureView view, String attempted, String beforeSeconds, String beforeNanos) {
        ViewLayout layout = layout(view);
        long removed = 0;
        KeyScan keys = new KeyScan(layout, servers, failures, attempted);
        while (keys.hasNext()) {
            List<Command> commands = keys.next().stream()
                    .map(key -> removal(layout, key, beforeSeconds, beforeNanos))
                    .toList();
            Replies replies = client.run(commands);
            JedisException failure = replies.firstFailure();
            if (failure != null) {
                throw failures.of(attempted, Outcome.MAYBE, List.of(), failure);
            }
            for (Object reply : replies.all()) {
                removed += reply instanceof Long count ? count : 0;
            }
        }
        return removed;
    }

    private static Command removal(ViewLayout layout, byte[] key, String beforeSeconds, String beforeNanos) {
        CommandArguments arguments = Script.REMOVE
                .run(1)
                .add(key)
                .add(beforeSeconds)
                .add(beforeNanos)
                .add(layout.timeField());
        for (Field feature : layout.view().features()) {
            arguments.add(layout.field(feature));
        }
        return new Command(
                key, arguments, key.length + 12 * layout.view().features().size());
    }

    /**
     * Every row, the keys of one page of the server's at a time. A key that is there from beginning to end is given at least
     * once, and perhaps again if the server grows or shrinks its table meanwhile.
     */
    @Override
    public Stream<OnlineRow> scan(FeatureView view) {
        ViewLayout layout = layout(view);
        HashRead read = new HashRead(HashFields.of(layout, view.features()));
        String attempted = "read all rows of view '%s'".formatted(view.name());
        return new KeyScan(layout, servers, failures, attempted).stream().flatMap(keys -> {
            List<Object> replies =
                    answers(() -> attempted, keys.stream().map(read::command).toList());
            List<OnlineRow> rows = new ArrayList<>(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                if (read.lookups(replies.get(i)).getFirst() instanceof Lookup.Found found) {
                    rows.add(HashRead.row(layout.entity(keys.get(i)).orElseThrow(), found));
                }
            }
            return rows.stream();
        });
    }

    @Override
    public void close() {
        servers.close();
        deadlines.close();
    }

    /** Worked out once per view and not per request: hashing fifty names costs as much as reading them. */
    @SuppressWarnings("ReferenceEquality")
    private ViewLayout layout(FeatureView view) {
        ViewLayout known = layouts.get(view.name());
        if (known != null && (known.view() == view || known.view().equals(view))) {
            return known;
        }
        ViewLayout layout = ViewLayout.of(project, view);
        layouts.put(view.name(), layout);
        return layout;
    }

    private static String names(List<OnlineRead> reads) {
        return reads.stream().map(read -> "'" + read.view().name() + "'").collect(joining(", ", "view ", ""));
    }
}
