package dev.manciple.hybrid.offline;

import dev.manciple.spi.internal.Stoppable;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Work that goes on while its caller does something else. The caller waits for its end in every case, before it closes what both use. */
final class Beside implements Runnable {
    private final Work work;
    private final Stoppable stoppable = new Stoppable();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;

    /** What reads rows. */
    interface Work {
        void run() throws IOException;
    }

    private Beside(Work work) {
        this.work = work;
    }

    /**
     * Does both at once and returns, or throws, when both have ended. If something fails here, the other is interrupted, as it is by an
     * interrupt of this thread.
     *
     * @param beside on a thread of the executor
     * @param here on this thread
     * @return what {@code here} gave
     */
    static <T> T run(Executor executor, Work beside, Supplier<T> here) throws IOException {
        Beside other = new Beside(beside);
        executor.execute(other);
        T given;
        try {
            given = here.get();
        } catch (RuntimeException | Error e) {
            other.stoppable.stop();
            other.await();
            Throwable also = other.failure;
            if (also != null) {
                e.addSuppressed(also);
            }
            throw e;
        }
        other.await();
        other.throwIfFailed();
        return given;
    }

    @Override
    public void run() {
        try {
            stoppable.run(this::attempt);
        } finally {
            ended.countDown();
        }
    }

    private void attempt() {
        try {
            work.run();
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
    }

    private void await() {
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                stoppable.stop();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void throwIfFailed() throws IOException {
        switch (failure) {
            case null -> {}
            case IOException failed -> throw failed;
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }
}
