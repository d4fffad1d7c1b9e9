package dev.manciple.spi;

import java.nio.ByteBuffer;
import java.util.Set;

/**
 * A kind of batch source a plug-in adds: its YAML block as a record, its bytes in the registry.
 *
 * @param <C> the record bound from the source's YAML keys
 */
public interface SourceType<C extends Record> {
    /** What the routers match, such as {@code bigquery} for {@code BigQuerySource}. */
    String type();

    /** The class names that mean it in a registry or a definition, Feast's Python ones included. */
    Set<String> sourceClasses();

    Class<C> optionsType();

    ByteBuffer encode(C options);

    C decode(ByteBuffer configuration);
}
