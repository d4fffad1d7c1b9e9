package dev.manciple.model;

import java.util.List;

/** Any view a feature reference can name. */
public sealed interface AnyFeatureView extends Definition permits FeatureView, OnDemandFeatureView {
    List<Field> features();

    About about();
}
