package dev.manciple.error;

import java.util.List;

/** A system behind Manciple failed. */
public final class StoreException extends FeatureStoreException {
    private static final long serialVersionUID = 1L;

    /** What became of a write. {@code MAYBE} is the honest answer when nobody knows. */
    public enum Outcome {
        NOT_APPLIED,
        MAYBE
    }

    private static final String ATTEMPT = "%s failed while trying to %s";

    private final String attempt;
    private final boolean retryable;
    private final Outcome outcome;
    private final transient List<Integer> applied;

    public StoreException(String store, String attempted, boolean retryable, Outcome outcome, Throwable cause) {
        this(store, attempted, retryable, outcome, List.of(), cause);
    }

    /** @param applied positions in the batch that are known to be stored; {@code outcome} speaks of the others */
    public StoreException(
            String store,
            String attempted,
            boolean retryable,
            Outcome outcome,
            List<Integer> applied,
            Throwable cause) {
        super("%s: %s".formatted(ATTEMPT.formatted(store, attempted), reason(cause)), cause);
        this.attempt = ATTEMPT.formatted(store, attempted);
        this.retryable = retryable;
        this.outcome = outcome;
        this.applied = List.copyOf(applied);
    }

    /** The message without the reason, which is the system's own and may quote values. */
    public String attempt() {
        return attempt;
    }

    public boolean retryable() {
        return retryable;
    }

    public Outcome outcome() {
        return outcome;
    }

    public List<Integer> applied() {
        return applied;
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
