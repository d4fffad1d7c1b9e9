package dev.manciple.plugin.stores;

/** Has a constructor nobody can call. */
public final class OtherOnlineStore extends EmptyOnlineStore {
    private final String name;

    public OtherOnlineStore(String name) {
        this.name = name;
    }

    @Override
    public String toString() {
        return name;
    }
}
