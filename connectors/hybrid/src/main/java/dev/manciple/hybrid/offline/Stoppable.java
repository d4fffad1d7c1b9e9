package dev.manciple.hybrid.offline;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Work on a thread of somebody's, which is interrupted there while it runs, and never after. */
final class Stoppable {
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Thread thread;
    private boolean stopped;

    /** Does the work on this thread, unless it was stopped before. */
    void run(Runnable work) {
        if (begin()) {
            try {
                work.run();
            } finally {
                end();
            }
        }
    }

    private boolean begin() {
        lock.lock();
        try {
            if (!stopped) {
                thread = Thread.currentThread();
            }
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            thread = null;
            if (stopped) {
                // The interrupt was for this work, not for what the thread does next.
                Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Does not wait for the work to end. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }
}
