package dev.manciple;

/**
 * @param validateSources whether batch sources are opened and their columns checked
 * @param validateViews whether names are checked for clashes
 */
public record PlanOptions(boolean validateSources, boolean validateViews) {
    public static final PlanOptions DEFAULT = new PlanOptions(true, true);
}
