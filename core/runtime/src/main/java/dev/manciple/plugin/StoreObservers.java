package dev.manciple.plugin;

import dev.manciple.StoreObserver;
import java.util.concurrent.CopyOnWriteArrayList;

/** Those who hear of the stores of one feature store. Thread-safe. */
public final class StoreObservers {
    private final CopyOnWriteArrayList<StoreObserver> observers = new CopyOnWriteArrayList<>();

    public StoreObserver.Observation add(StoreObserver observer) {
        observers.add(observer);
        return () -> observers.remove(observer);
    }

    public boolean isEmpty() {
        return observers.isEmpty();
    }

    public void transformed(String view, String mode, long nanos) {
        for (StoreObserver observer : observers) {
            observer.transformed(view, mode, nanos);
        }
    }

    void onlineRead(String store, long nanos, StoreObserver.ReadEnd end) {
        for (StoreObserver observer : observers) {
            observer.onlineRead(store, nanos, end);
        }
    }
}
