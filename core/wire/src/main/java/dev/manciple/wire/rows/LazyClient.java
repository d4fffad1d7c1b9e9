package dev.manciple.wire.rows;

import dev.manciple.error.InvalidRequestException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client of a store, made when it is first needed and closed with the store. Making it is tried again by the next use if it
 * fails. Thread-safe.
 *
 * @param <C> the client, itself thread-safe
 * @param <X> what making it may throw
 */
public final class LazyClient<C, X extends Exception> implements AutoCloseable {
    /** Makes a client. */
    public interface Opening<C, X extends Exception> {
        C open() throws X;
    }

    private final String store;
    private final Opening<C, X> opening;
    private final Consumer<C> closing;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable C client;
    private volatile boolean closed;

    /** @param store what messages call the store */
    public LazyClient(String store, Opening<C, X> opening, Consumer<C> closing) {
        this.store = store;
        this.opening = opening;
        this.closing = closing;
    }

    /** @throws InvalidRequestException once it is closed */
    public C get() throws X {
        C known = client;
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            if (closed) {
                throw new InvalidRequestException("The %s is closed".formatted(store));
            }
            C made = client;
            if (made == null) {
                made = opening.open();
                client = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            C open = client;
            client = null;
            if (open != null) {
                closing.accept(open);
            }
        } finally {
            lock.unlock();
        }
    }
}
