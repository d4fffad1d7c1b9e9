package dev.manciple.hybrid.online;

import dev.manciple.spi.OnlineStore;
import java.util.List;

/** Tells when it is closed. */
final class ClosingStore extends ForwardingStore {
    private final List<OnlineStore> closed;

    ClosingStore(OnlineStore store, List<OnlineStore> closed) {
        super(store);
        this.closed = closed;
    }

    @Override
    public void close() {
        super.close();
        closed.add(this);
    }
}
