package dev.manciple.duckdb;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.ValueType;
import dev.manciple.sql.Sql;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** How the engine reads files: what stands after FROM. */
final class FileScan {
    private static final Sql NOTHING = Sql.of("");
    private static final Pattern NUMBERED = Pattern.compile("(.*)_\\d+");

    private final DuckDbSession session;
    private final FileSource source;
    private final String title;
    private final Map<String, ValueType> declared;
    private final Partitions partitions;

    /**
     * @param title what messages call the files
     * @param declared types of columns whose own type only a text tells: those of CSV files, partitions, times written as text;
     *     names the files lack do not matter
     */
    FileScan(DuckDbSession session, FileSource source, String title, Map<String, ValueType> declared) {
        this.session = session;
        this.source = source;
        this.title = title;
        this.declared = declared;
        this.partitions = source.partitions(session);
    }

    /** The rows. Of CSV files that have columns of no declared type, reads them all to find these types out. */
    Sql rows() {
        Sql read = switch (source.format()) {
            case PARQUET -> parquet();
            case CSV -> csv();
        };
        return partitions.below().isEmpty() || partitions.above().isEmpty()
                ? read
                : Sql.of(
                        "(SELECT * EXCLUDE ({}) FROM {})",
                        Sql.join(", ", partitions.above().stream().map(FileScan::quote)),
                        read);
    }

    private Sql parquet() {
        Sql files = source.sql();
        if (!partitions.below().isEmpty()) {
            partitions.refuseHidden(
                    session.columnTypes(Sql.of("read_parquet({}, hive_partitioning = false)", files))
                            .keySet(),
                    source);
        }
        return TextTimes.asTimes(
                session,
                Sql.of("read_parquet({}{})", files, hive()),
                declared,
                Sql.of("{} || filename || ''', row ' || (file_row_number + 1) || ')'", Sql.literal(title + " ('")));
    }

    private Sql csv() {
        Sql text = csv(Sql.of(", header = true, all_varchar = true, hive_partitioning = false"));
        Set<String> columns = session.columnTypes(text).keySet();
        refuseRepeated(columns);
        partitions.refuseHidden(columns, source);
        Map<String, String> types = new LinkedHashMap<>();
        List<String> untold = new ArrayList<>();
        for (String column : columns) {
            engineType(column).ifPresentOrElse(type -> types.put(column, type), () -> untold.add(column));
        }
        List<Sql> whole = new ArrayList<>();
        types.replaceAll((column, type) -> {
            if (!WholeNumbers.are(type)) {
                return type;
            }
            whole.add(Sql.of("{} AS {}", WholeNumbers.exactly(quote(column), type, placeOf(column)), quote(column)));
            return WholeNumbers.WITH_FRACTIONS;
        });
        types.putAll(CsvTypes.of(session, text, untold));
        Sql read = csv(Sql.of(", header = true{}{}", typed("types", types), hive()));
        return whole.isEmpty() ? read : Sql.of("(SELECT * REPLACE ({}) FROM {})", Sql.join(", ", whole), read);
    }

    /** The engine gives a name that comes again, in whatever case, a number, under which nobody would look for the column. */
    private void refuseRepeated(Set<String> columns) {
        Set<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        known.addAll(columns);
        if (columns.stream()
                .map(NUMBERED::matcher)
                .noneMatch(name -> name.matches() && known.contains(name.group(1)))) {
            return;
        }
        Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        Sql lines = csv(Sql.of(", header = false, all_varchar = true, hive_partitioning = false"));
        for (String name :
                session.row(Sql.of("SELECT * FROM {} LIMIT 1", lines)).values()) {
            if (!named.add(name)) {
                throw new InvalidRequestException(
                        "%s (%s): the first line names '%s' twice, if case does not count. Give each column a name of its own"
                                .formatted(title, source, name));
            }
        }
    }

    private static Sql placeOf(String column) {
        return Sql.of("{} || filename || {}", Sql.literal("'"), Sql.literal("', column '%s': '".formatted(column)));
    }

    /**
     * Nothing between commas is null, nothing between quotation marks is an empty text, as the engine writes them. All else is
     * fixed too, because the engine's guesses at a file that is wrong somewhere leave out lines or columns.
     */
    private Sql csv(Sql options) {
        return Sql.of(
                "read_csv({}, skip = 0, comment = '', quote = '\"', escape = '\"'{}, allow_quoted_nulls = false{})",
                source.sql(),
                source.delimiter(session)
                        .map(character -> Sql.of(", delim = {}", Sql.literal(character.toString())))
                        .orElse(NOTHING),
                options);
    }

    private Sql hive() {
        Map<String, String> types = new LinkedHashMap<>();
        partitions.below().forEach(key -> engineType(key).ifPresent(type -> types.put(key, type)));
        return partitions.below().isEmpty()
                ? Sql.of(", hive_partitioning = false")
                : Sql.of(", hive_partitioning = true{}", typed("hive_types", types));
    }

    private Optional<String> engineType(String column) {
        return Optional.ofNullable(declared.get(column)).flatMap(EngineTypes::ofText);
    }

    private static Sql typed(String option, Map<String, String> types) {
        List<Sql> entries = new ArrayList<>();
        types.forEach((name, type) -> entries.add(Sql.of("{}: {}", Sql.literal(name), Sql.literal(type))));
        return entries.isEmpty() ? NOTHING : Sql.of(", {} = {{}}", quote(option), Sql.join(", ", entries));
    }

    private static Sql quote(String name) {
        return Sql.quoted(name, '"');
    }
}
