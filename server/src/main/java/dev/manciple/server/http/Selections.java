package dev.manciple.server.http;

import dev.manciple.FeatureSelection;
import dev.manciple.error.InvalidRequestException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What bodies ask for. A client sends the same list of features with each of its requests: to know it again by its bytes takes a
 * fraction of the time to read hundreds of names. Thread-safe.
 */
final class Selections {
    /** The key of the list of features. */
    static final String FEATURES = "features";

    /** Services ask for a handful of lists; who asks for hundreds of different ones has some of them read again. */
    private static final int MOST_KNOWN = 64;

    /** In bytes: of some hundred features. What is known stays within some ten megabytes, whatever clients send. */
    private static final int LONGEST_KNOWN = 16 << 10;

    /** Those of names of one letter are many in few bytes, and take far more memory once they are read. */
    private static final int MOST_VIEWS = 64;

    private final Map<UnreadList, FeatureSelection> known = new ConcurrentHashMap<>();

    /**
     * @param body with its list of features unread, or read
     * @throws BadBodyException if the list is none of texts
     * @throws InvalidRequestException if nothing is asked for, or a text is no reference
     */
    FeatureSelection of(Json body) {
        Optional<String> service = body.text("feature_service");
        if (service.isPresent()) {
            return new FeatureSelection.Service(service.get());
        }
        Optional<UnreadList> unread = body.unread(FEATURES).filter(list -> list.length() <= LONGEST_KNOWN);
        if (unread.isEmpty()) {
            return read(body);
        }
        FeatureSelection before = known.get(unread.get());
        if (before != null) {
            return before;
        }
        FeatureSelection.Views selection = read(body);
        if (selection.projections().size() > MOST_VIEWS) {
            return selection;
        }
        if (known.size() >= MOST_KNOWN) {
            known.clear();
        }
        known.put(unread.get(), selection);
        return selection;
    }

    private static FeatureSelection.Views read(Json body) {
        List<String> references = body.texts(FEATURES);
        if (references.isEmpty()) {
            throw new InvalidRequestException("Neither 'features' nor 'feature_service' says what to read");
        }
        return FeatureSelection.parse(references);
    }
}
