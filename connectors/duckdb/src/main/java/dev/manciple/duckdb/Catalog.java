package dev.manciple.duckdb;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Spine;
import dev.manciple.sql.Relation;
import dev.manciple.sql.Sql;
import dev.manciple.sql.Types;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Finds what sources name: files, queries, and tables of the attached database. */
final class Catalog {
    private static final String DEFAULT_SCHEMA = "main";

    private final DuckDb engine;
    private final Path folder;

    /** @param folder where relative paths start */
    Catalog(DuckDb engine, Path folder) {
        this.engine = engine;
        this.folder = folder;
    }

    /**
     * The rows of a location and its columns; reads no rows, save of CSV files, whose types only their text tells.
     *
     * @param title what messages call it
     * @param declared types to read the columns of CSV files as, and times that are kept as text
     */
    Relation relation(DuckDbSession session, SourceLocation location, String title, Map<String, ValueType> declared) {
        return switch (location) {
            case SourceLocation.Files files -> {
                FileSource file = FileSource.find(files, folder);
                try {
                    Sql from = new FileScan(session, file, title, declared).rows();
                    boolean readOnce = file.format() == FileSource.Format.CSV;
                    yield plain(session, from, "%s (%s)".formatted(title, file), readOnce);
                } catch (StoreException e) {
                    throw Unreadable.file(file, title, e);
                }
            }
            case SourceLocation.Query query ->
                plain(session, timed(session, Sql.query(query.sql()), title, declared), title, true);
            case SourceLocation.Table table -> {
                String named = "%s (table %s)".formatted(title, table.qualifiedName());
                yield plain(session, timed(session, table(table), named, declared), named, false);
            }
            case SourceLocation.Custom custom ->
                throw new InvalidRequestException("%s is a %s, which is no file, query or table of DuckDB"
                        .formatted(title, custom.sourceClass()));
        };
    }

    /** The file of entity rows that have one the engine reads itself, in order, with the columns they have. */
    Optional<Relation> entityFile(DuckDbSession session, Spine.Rows rows) {
        return rows.file()
                .map(Path::toAbsolutePath)
                .map(Path::toString)
                .filter(FileSource.Format.PARQUET::owns)
                .map(file -> relation(session, new SourceLocation.Files(file, ""), "the entity rows", Map.of()))
                .filter(file -> Types.same(Types.schema(file), rows.schema()));
    }

    Path folder() {
        return folder;
    }

    Sql table(SourceLocation.Table table) {
        Sql database = engine.database()
                .orElseThrow(() -> new InvalidRequestException(
                        "The table '%s' needs a database: set 'database' of the offline store to a DuckDB file"
                                .formatted(table.qualifiedName())));
        List<Sql> names = Arrays.stream(table.qualifiedName().split("\\."))
                .map(name -> Sql.quoted(name, '"'))
                .toList();
        return Sql.of("{}.{}", database, Sql.join(".", names));
    }

    /** Whether the database has a table or view of this name; the engine tells upper from lower case in no name. */
    boolean exists(DuckDbSession session, SourceLocation.Table table) {
        String name = table.qualifiedName();
        int dot = name.lastIndexOf('.');
        return !session.row(Sql.of(
                        """
                                SELECT 1 FROM information_schema.tables
                                WHERE table_catalog = {} AND lower(table_schema) = lower({}) AND lower(table_name) = lower({})""",
                        Sql.literal(Database.NAME),
                        Sql.literal(dot < 0 ? DEFAULT_SCHEMA : name.substring(0, dot)),
                        Sql.literal(name.substring(dot + 1))))
                .isEmpty();
    }

    private static Sql timed(DuckDbSession session, Sql from, String title, Map<String, ValueType> declared) {
        return TextTimes.asTimes(session, from, declared, Sql.literal(title));
    }

    /** Types that Arrow has no like of, or that DuckDB would compare by rules of their own, become text. */
    private static Relation plain(DuckDbSession session, Sql from, String title, boolean readOnce) {
        Map<String, String> types = session.columnTypes(from);
        List<Sql> asText = types.entrySet().stream()
                .filter(column -> isText(column.getValue()))
                .map(column -> Sql.of(
                        "CAST({} AS VARCHAR) AS {}",
                        Sql.quoted(column.getKey(), '"'),
                        Sql.quoted(column.getKey(), '"')))
                .toList();
        Sql read = asText.isEmpty() ? from : Sql.of("(SELECT * REPLACE ({}) FROM {})", Sql.join(", ", asText), from);
        return Relation.of(title, read, describe(session, read), readOnce);
    }

    private static boolean isText(String type) {
        String name = type.toUpperCase(Locale.ROOT);
        return name.equals("UUID") || name.equals("JSON") || name.equals("BIT") || name.startsWith("ENUM(");
    }

    static Schema describe(DuckDbSession session, Sql from) {
        try (ArrowReader none =
                session.query(Sql.of("SELECT * FROM {} AS described LIMIT 0", from), session.allocator())) {
            return none.getVectorSchemaRoot().getSchema();
        } catch (IOException e) {
            throw new StoreException(DuckDb.NAME, "find out columns", false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }
}
