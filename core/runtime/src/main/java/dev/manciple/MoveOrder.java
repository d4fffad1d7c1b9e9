package dev.manciple;

/** What is to become of a move of a view between two stores of a hybrid online store. */
public sealed interface MoveOrder {
    /**
     * Begin the move, or go on with it where it stopped: until the other store is read, and both are written.
     *
     * @param store a child of the router that keeps the view, by name or type
     */
    record To(String store) implements MoveOrder {}

    /** Give the move up: the old store serves alone, and the new one forgets the view. */
    record RollBack() implements MoveOrder {}

    /** End the move: the new store serves alone, and the old one forgets the view. There is no way back after that. */
    record Finish() implements MoveOrder {}
}
