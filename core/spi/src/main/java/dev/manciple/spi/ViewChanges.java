package dev.manciple.spi;

import dev.manciple.model.FeatureView;
import java.util.List;

/** The views of a project that are to be served and those that no longer are. */
public record ViewChanges(List<FeatureView> keep, List<FeatureView> drop) {
    public ViewChanges {
        keep = List.copyOf(keep);
        drop = List.copyOf(drop);
    }
}
