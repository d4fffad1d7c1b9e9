package dev.manciple.redis;

import dev.manciple.spi.internal.Deadlines;
import dev.manciple.spi.internal.Deadlines.Watch;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.RedisOutputStream;

/**
 * One connection that the small requests of all threads share. What is ready to be sent goes out together, and replies that came
 * together are read together: at a few hundred bytes each, to wake both sides for every request costs more than the request.
 * Replies come in the order of the commands, so the first that waits is the one a reply is for.
 *
 * <p>Who waited too long leaves, and its replies are dropped when they come; the others go on. The connection ends, with all that
 * wait, when it fails, is silent for long though replies are due, or takes no commands. Thread-safe.
 */
final class SharedConnection implements AutoCloseable {
    /** A server that says nothing for so long is gone, or what is left of it is of no use to many others. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Of the thread that reads replies only. */
    private final Connection connection;

    private final Socket socket;
    /** Apart from the connection's own, which opens another socket when it finds its own closed. Guarded by the lock. */
    private final RedisOutputStream commands;

    private final Deadlines deadlines;
    private final ReentrantLock sending = new ReentrantLock();
    private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();
    private boolean unsent;
    private volatile long lastReply;
    private volatile @Nullable JedisException failure;

    private SharedConnection(Connection connection, Socket socket, Deadlines deadlines) throws IOException {
        this.connection = connection;
        this.socket = socket;
        this.commands = new RedisOutputStream(socket.getOutputStream());
        this.deadlines = deadlines;
        this.lastReply = System.nanoTime();
    }

    /**
     * @param deadlines what ends waits that are too long; not closed
     * @throws JedisException if the server cannot be reached or does not let us in
     */
    static SharedConnection open(HostAndPort address, JedisClientConfig client, Deadlines deadlines) {
        KnownSocket sockets = new KnownSocket(new DefaultJedisSocketFactory(address, client));
        Connection connection = new Connection(sockets, client);
        try {
            connection.setTimeoutInfinite();
            SharedConnection shared = new SharedConnection(connection, sockets.socket(), deadlines);
            // Not a virtual thread: two pollers in turn would have to wake it for each read.
            Thread.ofPlatform().name("redis-replies").daemon().start(shared::readReplies);
            return shared;
        } catch (IOException | RuntimeException | Error e) {
            connection.close();
            throw reason(e);
        }
    }

    /** Remembers the socket it makes. */
    private static final class KnownSocket implements JedisSocketFactory {
        private final JedisSocketFactory sockets;
        private @Nullable Socket socket;

        private KnownSocket(JedisSocketFactory sockets) {
            this.sockets = sockets;
        }

        @Override
        public Socket createSocket() {
            Socket created = sockets.createSocket();
            socket = created;
            return created;
        }

        Socket socket() throws IOException {
            Socket made = socket;
            if (made == null) {
                throw new IOException("the connection has no socket");
            }
            return made;
        }
    }

    boolean isOpen() {
        return failure == null;
    }

    /** Whether replies are due and none came for long: it may be of no use any more, or the server only slow. */
    boolean isSilent() {
        Request first = waiting.peek();
        long now = System.nanoTime();
        return first != null && Math.min(now - first.since, now - lastReply) >= SILENCE_NANOS;
    }

    /** The commands of one thread, and the replies so far. */
    private static final class Request {
        private final Thread thread = Thread.currentThread();
        private final long since = System.nanoTime();
        private final Object[] replies;
        private volatile int replied;
        private volatile boolean writing;
        private volatile boolean over;
        private volatile @Nullable JedisException failure;

        private Request(int commands) {
            this.replies = new Object[commands];
        }

        /** Tells whether it was the last. */
        boolean take(Object reply) {
            int before = replied;
            replies[before] = reply;
            replied = before + 1;
            return replied == replies.length;
        }

        void end(@Nullable JedisException reason) {
            failure = reason;
            over = true;
            LockSupport.unpark(thread);
        }
    }

    /**
     * Sends commands and waits for their replies.
     *
     * @param commands at least one
     * @param replies gets one per command: a reply, or the {@link JedisDataException} the server gave instead; after a failure
     *     those that had come, and commands without one may have been carried out
     * @throws JedisException if the connection failed before the last reply, or the thread was interrupted
     */
    void exchange(List<CommandArguments> commands, @Nullable Object[] replies, Deadline deadline) {
        Request request = new Request(commands.size());
        try (Watch watch = deadlines.watch(deadline.nanoTime(), () -> giveUp(request))) {
            try {
                append(request, commands);
                letOthersAppend();
                send(request);
                await(request);
            } catch (JedisException e) {
                throw watch.meet() ? e : Deadline.missed(e);
            }
        } finally {
            System.arraycopy(request.replies, 0, replies, 0, request.replied);
        }
    }

    private void await(Request request) {
        while (!request.over) {
            LockSupport.park(this);
            if (!request.over && Thread.currentThread().isInterrupted()) {
                throw new JedisConnectionException("the wait for a reply was interrupted");
            }
        }
        JedisException failed = request.failure;
        if (failed != null) {
            throw failed;
        }
    }

    /** A thread that begins to write sees that its request is over; one that has begun waits for the server to take what it says. */
    private void giveUp(Request request) {
        request.end(Deadline.missed(null));
        if (request.writing || isSilent()) {
            Cut.now(socket);
        }
    }

    private void append(Request request, List<CommandArguments> all) {
        sending.lock();
        try {
            if (failure != null) {
                throw failure;
            }
            request.writing = true;
            if (request.over) {
                throw Deadline.missed(null);
            }
            write(request, all);
        } finally {
            request.writing = false;
            sending.unlock();
        }
    }

    private void write(Request request, List<CommandArguments> all) {
        waiting.add(request);
        unsent = true;
        try {
            all.forEach(each -> Protocol.sendCommand(commands, each));
        } catch (RuntimeException | Error e) {
            throw end(e);
        }
    }

    /** Threads that are as far as this one add their commands to what is sent. Only speed depends on it. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static void letOthersAppend() {
        Thread.yield();
    }

    /** Whoever has the lock instead got it after this thread's commands were appended, and sends them. */
    private void send(Request request) {
        if (!sending.tryLock()) {
            return;
        }
        try {
            request.writing = true;
            if (unsent && !request.over) {
                unsent = false;
                commands.flush();
            }
        } catch (IOException | RuntimeException | Error e) {
            throw end(e);
        } finally {
            request.writing = false;
            sending.unlock();
        }
    }

    private void readReplies() {
        try {
            while (true) {
                Object reply = reply();
                lastReply = System.nanoTime();
                Request first = waiting.peek();
                if (first == null) {
                    throw new JedisConnectionException("a reply came that nobody waits for");
                }
                if (first.take(reply)) {
                    // Unless others ended it and those behind it meanwhile.
                    waiting.remove(first);
                    first.end(null);
                }
            }
        } catch (RuntimeException | Error e) {
            JedisException unused = end(e);
        } finally {
            connection.close();
        }
    }

    private Object reply() {
        try {
            return connection.getUnflushedObject();
        } catch (JedisDataException e) {
            return e;
        }
    }

    /**
     * The connection is of no use any more: what comes now would be taken for another's reply.
     *
     * @return what those that wait are told
     */
    private JedisException end(Throwable cause) {
        JedisException reason = reason(cause);
        Cut.now(socket);
        List<Request> left = new ArrayList<>();
        sending.lock();
        try {
            if (failure == null) {
                failure = reason;
            }
            for (Request next = waiting.poll(); next != null; next = waiting.poll()) {
                left.add(next);
            }
        } finally {
            sending.unlock();
        }
        left.forEach(request -> request.end(reason));
        return reason;
    }

    private static JedisException reason(Throwable cause) {
        return cause instanceof JedisException known ? known : new JedisConnectionException(cause);
    }

    /** Ends the requests that wait. */
    @Override
    public void close() {
        Cut.now(socket);
    }
}
