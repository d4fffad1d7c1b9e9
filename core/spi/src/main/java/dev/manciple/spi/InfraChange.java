package dev.manciple.spi;

/** One table, column family, keyspace or index; {@code store} is the child's name under a router. */
public record InfraChange(Action action, String store, String kind, String name) {
    /** What happens to it. */
    public enum Action {
        CREATE,
        ALTER,
        DROP
    }
}
