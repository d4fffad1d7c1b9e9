package dev.manciple.error;

/** The store cannot do this, and said so in its capabilities. */
public final class UnsupportedException extends FeatureStoreException {
    private static final long serialVersionUID = 1L;

    private final String capability;

    /**
     * @param capability the name of the missing capability
     * @param what the operation, as in "This store does not support …"
     */
    public UnsupportedException(String capability, String what) {
        super("This store does not support " + what, null);
        this.capability = capability;
    }

    /** As {@link #UnsupportedException(String, String)} for a store with a name. */
    public UnsupportedException(String store, String capability, String what) {
        super("%s does not support %s".formatted(store, what), null);
        this.capability = capability;
    }

    public String capability() {
        return capability;
    }
}
