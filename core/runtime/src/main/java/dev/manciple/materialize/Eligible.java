package dev.manciple.materialize;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.spi.RegistrySnapshot;
import java.util.List;

/** Which views a request means, and why a named one is refused. */
final class Eligible {
    private Eligible() {}

    /**
     * The views to materialize: those named, each once, else every view that is online, enabled and has history to read.
     *
     * @throws NotFoundException if a name is no view's
     * @throws InvalidRequestException if a named view is disabled, not online, or has no batch source
     */
    static List<FeatureView> toMaterialize(RegistrySnapshot snapshot, List<String> names) {
        if (names.isEmpty()) {
            return stored(snapshot).stream()
                    .filter(view -> view.online()
                            && view.enabled()
                            && view.batchSource().isPresent())
                    .toList();
        }
        return names.stream()
                .distinct()
                .map(name -> materializable(online(snapshot, name)))
                .toList();
    }

    /** The online, enabled view of that name. */
    static FeatureView online(RegistrySnapshot snapshot, String name) {
        FeatureView view = stored(snapshot, name);
        if (!view.enabled()) {
            throw new InvalidRequestException("Feature view '%s' is disabled. Enable it first.".formatted(name));
        }
        if (!view.online()) {
            throw new InvalidRequestException(
                    "Feature view '%s' is not configured to be served online. Set 'online: true' and apply."
                            .formatted(name));
        }
        return view;
    }

    /** The view of that name that keeps values. */
    static FeatureView stored(RegistrySnapshot snapshot, String name) {
        return switch (snapshot.view(name).orElseThrow(() -> missing(snapshot, name))) {
            case FeatureView stored -> stored;
            case OnDemandFeatureView onDemand ->
                throw new InvalidRequestException(
                        "'%s' is computed on demand; there is nothing of it to write".formatted(name));
        };
    }

    static List<FeatureView> stored(RegistrySnapshot snapshot) {
        return snapshot.storedViews().toList();
    }

    private static FeatureView materializable(FeatureView view) {
        if (view.batchSource().isEmpty()) {
            throw new InvalidRequestException(view.source()
                    .map(DataSource::name)
                    .map(source ->
                            "Feature view '%s' has no history to materialize: its source '%s' has no batch source. Push its rows instead."
                                    .formatted(view.name(), source))
                    .orElseGet(() ->
                            "Feature view '%s' has no history to materialize here: it was defined without a source, or computes its features in Python. Materialize it with Feast, or write its rows to the online store."
                                    .formatted(view.name())));
        }
        return view;
    }

    private static FeatureStoreException missing(RegistrySnapshot snapshot, String name) {
        return snapshot.preserved().stream()
                .filter(preserved -> preserved.name().equals(name) && preserved.isView())
                .findFirst()
                .<FeatureStoreException>map(preserved -> new UnsupportedException(
                        "Manciple",
                        preserved.as().name(),
                        "writing values of %s such as '%s'"
                                .formatted(preserved.as().one(), name)))
                .orElseGet(() -> new NotFoundException(
                        "Feature view",
                        name,
                        snapshot.viewNames().isEmpty()
                                ? "There are none; apply some first."
                                : "Known: " + String.join(", ", snapshot.viewNames())));
    }
}
