package dev.manciple;

/**
 * @param validateSources whether batch sources are opened and their columns checked
 * @param validateViews whether names are checked for clashes, and what computes on demand views is tried on no rows
 */
public record PlanOptions(boolean validateSources, boolean validateViews) {
    public static final PlanOptions DEFAULT = new PlanOptions(true, true);
}
