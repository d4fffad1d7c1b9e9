package dev.manciple.redis;

import dev.manciple.redis.Servers.Node;
import dev.manciple.spi.internal.Deadlines;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Sends commands to the servers that hold their keys: the few of a small request on the connection that all share, others in a
 * pipeline. Tries those again that a server could not take just then: it did not know a script, gave the key away, lost its
 * role, or was restarted since the last request. Every command must be fit to be sent twice. Thread-safe.
 */
final class RedisClient {
    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofMillis(50);
    /**
     * How much is sent before replies are read. Enough to keep a server busy, and less than what the sockets of both sides
     * hold, so that sending cannot wait for a server that does not read.
     */
    private static final int BYTES_ON_THE_WAY = 64 << 10;

    /** What fits into a request that shares its connection: the features of some entities. */
    private static final int FEW_COMMANDS = 4;

    private static final int FEW_BYTES = 16 << 10;

    private static final CommandArguments ASKING = new CommandArguments(Protocol.Command.ASKING);

    private final Servers servers;
    private final Executor executor;
    private final Deadlines deadlines;

    /** @param deadlines what ends waits that are too long; not closed */
    RedisClient(Servers servers, Executor executor, Deadlines deadlines) {
        this.servers = servers;
        this.executor = executor;
        this.deadlines = deadlines;
    }

    /** What went wrong on the way to one server, if anything. */
    private record Exchange(@Nullable JedisException failure, boolean sent) {
        Exchange and(Exchange other) {
            return new Exchange(failure == null ? other.failure : failure, sent || other.sent);
        }
    }

    private static final Exchange DONE = new Exchange(null, false);

    /** Runs the commands within the time a request has; those about one key in the order given. Never throws a Jedis exception. */
    Replies run(List<Command> commands) {
        Deadline deadline = Deadline.in(servers.timeout());
        @Nullable Object[] replies = new Object[commands.size()];
        List<Integer> open = IntStream.range(0, replies.length).boxed().toList();
        boolean sent = false;
        for (int attempt = 1; ; attempt++) {
            Exchange exchange = exchange(commands, open, replies, deadline);
            sent |= exchange.sent();
            open = open.stream()
                    .filter(i -> replies[i] == null || ServerErrors.isTransient(replies[i]))
                    .toList();
            if (open.isEmpty() || attempt == attempts(exchange) || deadline.passed() || !pause(attempt, deadline)) {
                return new Replies(replies, exchange.failure(), sent);
            }
            JedisException stale = refresh(open, replies);
            if (stale != null) {
                return new Replies(replies, stale, sent);
            }
        }
    }

    /** A connection found broken is replaced once; a server that may have been replaced by another is given time to be. */
    private int attempts(Exchange exchange) {
        if (exchange.failure() == null) {
            return ATTEMPTS;
        }
        boolean late = exchange.failure().getCause() instanceof SocketTimeoutException;
        boolean lost = exchange.failure() instanceof JedisConnectionException;
        return late || !lost ? 1 : servers.hasReplacements() ? ATTEMPTS : 2;
    }

    /** The first retry comes at once. False if nobody waits for the answer any more: the thread is interrupted, or the time over. */
    private static boolean pause(int attempt, Deadline deadline) {
        if (attempt == 1) {
            return !Thread.currentThread().isInterrupted();
        }
        try {
            Thread.sleep(Math.clamp(deadline.millisLeft(), 0, PAUSE.toMillis() * (attempt - 1)));
            return !deadline.passed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private @Nullable JedisException refresh(List<Integer> open, @Nullable Object[] replies) {
        boolean onlyScripts =
                open.stream().allMatch(i -> ServerErrors.code(replies[i]).equals("NOSCRIPT"));
        if (onlyScripts) {
            return null;
        }
        try {
            servers.refresh();
            return null;
        } catch (JedisException e) {
            return e;
        }
    }

    private Exchange exchange(
            List<Command> commands, List<Integer> open, @Nullable Object[] replies, Deadline deadline) {
        Map<Node, List<Integer>> routes;
        try {
            routes = servers.route(commands, open);
        } catch (JedisException e) {
            return new Exchange(e, false);
        }
        if (routes.size() == 1) {
            Map.Entry<Node, List<Integer>> only = routes.entrySet().iterator().next();
            return exchange(only.getKey(), commands, only.getValue(), replies, deadline);
        }
        List<CompletableFuture<Exchange>> running = new ArrayList<>();
        routes.forEach((node, mine) -> running.add(
                CompletableFuture.supplyAsync(() -> exchange(node, commands, mine, replies, deadline), executor)));
        return running.stream().map(CompletableFuture::join).reduce(DONE, Exchange::and);
    }

    private Exchange exchange(
            Node node, List<Command> commands, List<Integer> mine, @Nullable Object[] replies, Deadline deadline) {
        boolean sent = false;
        try {
            SharedConnection shared = isSmall(commands, mine, replies) ? node.shared() : null;
            if (shared != null) {
                sent = true;
                share(shared, commands, mine, replies, deadline);
            } else {
                try (Connection connection = node.connect()) {
                    sent = true;
                    within(deadline, connection, () -> pipeline(connection, commands, mine, replies));
                }
            }
            follow(commands, mine, replies, deadline);
        } catch (JedisException e) {
            return new Exchange(e, sent);
        }
        return DONE;
    }

    /** Whether others that use the same connection would hardly notice. A script that is missing takes several commands to load. */
    private static boolean isSmall(List<Command> commands, List<Integer> mine, @Nullable Object[] replies) {
        if (mine.isEmpty() || mine.size() > FEW_COMMANDS) {
            return false;
        }
        int bytes = 0;
        for (int i : mine) {
            bytes += commands.get(i).bytes();
            if (replies[i] != null) {
                return false;
            }
        }
        return bytes <= FEW_BYTES;
    }

    private static void share(
            SharedConnection shared,
            List<Command> commands,
            List<Integer> mine,
            @Nullable Object[] replies,
            Deadline deadline) {
        @Nullable Object[] answers = new Object[mine.size()];
        try {
            shared.exchange(mine.stream().map(i -> commands.get(i).arguments()).toList(), answers, deadline);
        } finally {
            for (int i = 0; i < answers.length; i++) {
                replies[mine.get(i)] = answers[i];
            }
        }
    }

    /**
     * Waits for answers until the deadline, when the connection is cut. It is not of use to anybody after any failure: answers may
     * still come, and nobody else may read them as theirs.
     */
    private void within(Deadline deadline, Connection connection, Runnable conversation) {
        connection.setTimeoutInfinite();
        try (Deadlines.Watch watch = deadlines.watch(deadline.nanoTime(), () -> Cut.now(connection::forceDisconnect))) {
            try {
                conversation.run();
            } catch (JedisException e) {
                connection.setBroken();
                throw watch.meet() ? e : Deadline.missed(e);
            }
        }
        if (!connection.isBroken()) {
            connection.rollbackTimeout();
        }
    }

    private static void pipeline(
            Connection connection, List<Command> commands, List<Integer> mine, @Nullable Object[] replies) {
        if (mine.stream().anyMatch(i -> ServerErrors.code(replies[i]).equals("NOSCRIPT"))) {
            loadScripts(connection);
        }
        int read = 0;
        int onTheWay = 0;
        for (int sent = 0; sent < mine.size(); sent++) {
            Command command = commands.get(mine.get(sent));
            if (onTheWay + command.bytes() > BYTES_ON_THE_WAY) {
                // Half of them stays on the way, so that the server has something to do until the next come.
                for (; read < sent && onTheWay > BYTES_ON_THE_WAY / 2; read++) {
                    replies[mine.get(read)] = reply(connection);
                    onTheWay -= commands.get(mine.get(read)).bytes();
                }
            }
            connection.sendCommand(command.arguments());
            onTheWay += command.bytes();
        }
        for (; read < mine.size(); read++) {
            replies[mine.get(read)] = reply(connection);
        }
    }

    /** Asks again for keys that are moving, where they are. */
    private void follow(List<Command> commands, List<Integer> mine, @Nullable Object[] replies, Deadline deadline) {
        for (int i : mine) {
            if (replies[i] instanceof JedisAskDataException asked) {
                replies[i] = ask(asked, commands.get(i), deadline);
            }
        }
    }

    /** The key is moving between two nodes, and is at the other one already. */
    private Object ask(JedisAskDataException asked, Command command, Deadline deadline) {
        try (Connection other = servers.connect(asked.getTargetNode())) {
            Object[] answers = new Object[2];
            within(deadline, other, () -> {
                other.sendCommand(ASKING);
                other.sendCommand(command.arguments());
                answers[0] = reply(other);
                answers[1] = reply(other);
            });
            return answers[0] instanceof JedisDataException ? answers[0] : answers[1];
        }
    }

    private static void loadScripts(Connection connection) {
        Script.ALL.forEach(script -> connection.sendCommand(script.load()));
        for (int i = 0; i < Script.ALL.size(); i++) {
            if (reply(connection) instanceof JedisDataException refused) {
                throw refused;
            }
        }
    }

    /** A command's reply, or the error the server gave instead of one. */
    private static Object reply(Connection connection) {
        try {
            return connection.getOne();
        } catch (JedisDataException e) {
            return e;
        }
    }
}
