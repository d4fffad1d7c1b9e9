package dev.manciple.redis;

import dev.manciple.error.StoreException.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The keys of a view's entities, server by server and page by page, without keeping a server from its work. Keys of other projects
 * that look alike are left out.
 */
final class KeyScan implements Iterator<List<byte[]>> {
    private static final int KEYS_PER_PAGE = 1000;
    private static final byte[] START = {'0'};

    private final ViewLayout layout;
    private final Servers servers;
    private final Failures failures;
    private final String attempted;
    private final byte[] pattern;
    private @Nullable Queue<Supplier<Connection>> nodes;
    private byte[] cursor = START;

    KeyScan(ViewLayout layout, Servers servers, Failures failures, String attempted) {
        this.layout = layout;
        this.servers = servers;
        this.failures = failures;
        this.attempted = attempted;
        this.pattern = layout.pattern();
    }

    Stream<List<byte[]>> stream() {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(this, Spliterator.NONNULL | Spliterator.ORDERED), false);
    }

    @Override
    public boolean hasNext() {
        return !nodes().isEmpty();
    }

    /** One page; it may have no keys. */
    @Override
    public List<byte[]> next() {
        Supplier<Connection> node = nodes().peek();
        if (node == null) {
            throw new NoSuchElementException();
        }
        List<?> page = page(node);
        cursor = (byte[]) page.getFirst();
        if (Arrays.equals(cursor, START)) {
            nodes().remove();
        }
        List<byte[]> keys = new ArrayList<>();
        for (Object key : (List<?>) page.getLast()) {
            if (layout.entity((byte[]) key).isPresent()) {
                keys.add((byte[]) key);
            }
        }
        return keys;
    }

    private List<?> page(Supplier<Connection> node) {
        CommandArguments scan = new CommandArguments(Protocol.Command.SCAN)
                .add(cursor)
                .add(Protocol.Keyword.MATCH.getRaw())
                .add(pattern)
                .add(Protocol.Keyword.COUNT.getRaw())
                .add(KEYS_PER_PAGE);
        try (Connection connection = node.get()) {
            return (List<?>) connection.executeCommand(scan);
        } catch (JedisException e) {
            throw failures.of(attempted, Outcome.NOT_APPLIED, List.of(), e);
        }
    }

    private Queue<Supplier<Connection>> nodes() {
        Queue<Supplier<Connection>> known = nodes;
        if (known == null) {
            try {
                known = new ArrayDeque<>(servers.primaries());
            } catch (JedisException e) {
                throw failures.of(attempted, Outcome.NOT_APPLIED, List.of(), e);
            }
            nodes = known;
        }
        return known;
    }
}
