package dev.manciple.repo;

import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.FeatureRepository;
import java.util.List;

/** A compiled repository, with one reference to nothing. */
public final class CompiledFeatures implements FeatureRepository {
    @Override
    public List<Definition> definitions() {
        return List.of(
                Entity.of("user"),
                FeatureView.of("v").source(DataSource.Batch.files("p")).entities(List.of("usr")));
    }
}
