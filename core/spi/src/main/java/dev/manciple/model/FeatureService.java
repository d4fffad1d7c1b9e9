package dev.manciple.model;

import java.util.List;
import java.util.Optional;

/** The features one model or application reads, under one name. */
public record FeatureService(
        String name, List<Projection> features, Optional<Logging> logging, About about, Extras extras)
        implements Definition {
    public FeatureService {
        Names.require(name, "feature service");
        features = List.copyOf(features);
    }

    public static FeatureService of(String name, Projection... features) {
        return new FeatureService(name, List.of(features), Optional.empty(), About.NOTHING, Extras.NONE);
    }

    public FeatureService logging(Logging newLogging) {
        return new FeatureService(name, features, Optional.of(newLogging), about, extras);
    }

    public FeatureService about(About newAbout) {
        return new FeatureService(name, features, logging, newAbout, extras);
    }

    public FeatureService extras(Extras newExtras) {
        return new FeatureService(name, features, logging, about, newExtras);
    }

    /**
     * Where served values are logged, and the share of requests that is.
     *
     * @param sampleRate 0 to 1
     */
    public record Logging(DataSource.Batch sink, double sampleRate) {}
}
