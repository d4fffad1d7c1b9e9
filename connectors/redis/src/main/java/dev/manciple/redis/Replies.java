package dev.manciple.redis;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** What came back for a list of commands. */
final class Replies {
    private final List<@Nullable Object> all;
    private final @Nullable JedisException failure;
    private final boolean sent;

    /**
     * @param all one per command: a reply, a {@link JedisDataException} where the server refused it, or null where no answer came;
     *     none of the commands used here has null for an answer
     * @param failure why commands have no answer; null if all have
     * @param sent whether commands without an answer may have reached the server
     */
    Replies(@Nullable Object[] all, @Nullable JedisException failure, boolean sent) {
        this.all = Collections.unmodifiableList(Arrays.<@Nullable Object>asList(all));
        this.failure = failure;
        this.sent = sent;
    }

    List<@Nullable Object> all() {
        return all;
    }

    boolean sent() {
        return sent;
    }

    /** The first reason why not every command was carried out; null if each was. */
    @Nullable
    JedisException firstFailure() {
        for (Object reply : all) {
            if (reply instanceof JedisDataException refused) {
                return refused;
            }
        }
        return failure;
    }

    /** Why commands have no answer, which the caller has seen. */
    JedisException requireFailure() {
        return failure == null ? new JedisException("no answer came") : failure;
    }

    /** The positions of the commands that the server carried out. */
    List<Integer> answeredCommands() {
        return IntStream.range(0, all.size())
                .filter(i -> all.get(i) != null && !(all.get(i) instanceof JedisDataException))
                .boxed()
                .toList();
    }
}
