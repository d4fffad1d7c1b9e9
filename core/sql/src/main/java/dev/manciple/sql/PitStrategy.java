package dev.manciple.sql;

/** Writes a point-in-time join in the shape an engine runs fastest. Every strategy gives the same rows. */
public interface PitStrategy {
    Script write(PitPlan plan, Dialect dialect);
}
