package dev.manciple.model;

import java.util.List;

/**
 * Features computed from other views' features and from the request, at retrieval.
 *
 * @param views the views it reads, with the features it takes
 * @param requests the request sources it reads
 */
public record OnDemandFeatureView(
        String name,
        List<Projection> views,
        List<DataSource.Request> requests,
        List<Field> features,
        Transformation transformation,
        About about,
        Extras extras)
        implements AnyFeatureView {
    public OnDemandFeatureView {
        Names.requireViewName(name, "on demand feature view");
        views = List.copyOf(views);
        requests = List.copyOf(requests);
        features = List.copyOf(features);
    }

    public OnDemandFeatureView about(About newAbout) {
        return new OnDemandFeatureView(name, views, requests, features, transformation, newAbout, extras);
    }

    public OnDemandFeatureView extras(Extras newExtras) {
        return new OnDemandFeatureView(name, views, requests, features, transformation, about, newExtras);
    }
}
