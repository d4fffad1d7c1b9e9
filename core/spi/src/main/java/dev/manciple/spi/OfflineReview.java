package dev.manciple.spi;

import java.util.List;

/**
 * What an offline store says of definitions before anything relies on them.
 *
 * @param problems what it cannot do, one sentence each that names the definition; with any, nothing is applied or retrieved
 * @param notes what people should know before they apply
 */
public record OfflineReview(List<String> problems, List<String> notes) {
    public static final OfflineReview NOTHING_TO_SAY = new OfflineReview(List.of(), List.of());

    public OfflineReview {
        problems = List.copyOf(problems);
        notes = List.copyOf(notes);
    }
}
