package dev.manciple.spi;

import dev.manciple.model.Definition;
import java.util.List;

/** A feature repository written in Java: a class or a {@code .java} file with a public no-argument constructor. */
public interface FeatureRepository {
    /** Everything this repository defines; sources of views need not be listed again. */
    List<Definition> definitions();
}
