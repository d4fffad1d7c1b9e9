package dev.manciple.spi;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A kind of batch source a plug-in adds: its YAML block as a record, its bytes in the registry, where Feast keeps them as the
 * options of a custom source.
 *
 * @param <C> the record bound from the source's YAML keys
 */
public interface SourceType<C extends Record> {
    /**
     * What the routers match for a source of a class: the class's own name without {@code Source}, in lower case, so
     * {@code bigquery} for {@code BigQuerySource}; the short name of Feast's store where that is another.
     *
     * @param sourceClass with its package, Python's or Java's
     */
    static String of(String sourceClass) {
        String name = sourceClass.substring(sourceClass.lastIndexOf('.') + 1);
        String stem = name.endsWith("Source") ? name.substring(0, name.length() - "Source".length()) : name;
        return switch (stem) {
            case "PostgreSQL" -> "postgres";
            case "MsSqlServer" -> "mssql";
            case "CouchbaseColumnar" -> "couchbase";
            case "UnityCatalog" -> "unity_catalog";
            default -> stem.toLowerCase(Locale.ROOT);
        };
    }

    /** The short name users write as a source's {@code type}; {@link #of} each of the classes. */
    String type();

    /**
     * The class names that mean it in a registry or a definition. The first in alphabetical order is written to the registry:
     * Feast loads the Python class of that name when it reads the source, so a source that Feast shall go on reading names its
     * Python class here.
     */
    Set<String> sourceClasses();

    Class<C> optionsType();

    ByteBuffer encode(C options);

    C decode(ByteBuffer configuration);

    /** The options of a source of this type. */
    default C options(DataSource.Batch source) {
        if (source.location() instanceof SourceLocation.Custom custom
                && sourceClasses().contains(custom.sourceClass())) {
            return decode(custom.configuration());
        }
        throw new InvalidRequestException(
                "Data source '%s' is of the type '%s', not %s".formatted(source.name(), source.type(), type()));
    }

    /** A source of this type, as a definition in Java has it; its time columns are found at apply unless they are said. */
    default DataSource.Batch source(String name, C options) {
        String sourceClass = sourceClasses().stream().sorted().findFirst().orElseThrow();
        return new DataSource.Batch(
                name,
                type(),
                new SourceLocation.Custom(sourceClass, encode(options)),
                TimeColumns.INFERRED,
                Map.of(),
                About.NOTHING,
                Extras.NONE);
    }
}
