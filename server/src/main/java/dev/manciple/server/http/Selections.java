package dev.manciple.server.http;

import dev.manciple.FeatureSelection;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.server.KnownSelections;
import java.util.Optional;

/** What bodies ask for. Thread-safe. */
final class Selections {
    /** The key of the list of features. */
    static final String FEATURES = "features";

    private final KnownSelections known = new KnownSelections();

    /**
     * What a body asks for; an empty name of a service is none.
     *
     * @param body with its list of features unread, or read
     * @throws BadInputException if the list is none of texts
     * @throws InvalidRequestException if nothing is asked for, or a text is no reference
     */
    FeatureSelection of(Json body) {
        Optional<String> service = body.text("feature_service").filter(name -> !name.isEmpty());
        if (service.isPresent()) {
            return new FeatureSelection.Service(service.get());
        }
        Optional<UnreadList> unread = body.unread(FEATURES);
        return unread.isPresent() ? known.of(unread.get().text(), () -> read(body)) : read(body);
    }

    private static FeatureSelection.Views read(Json body) {
        return KnownSelections.parse(body.texts(FEATURES));
    }
}
