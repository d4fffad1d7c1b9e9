package dev.manciple.sql;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import java.util.Map;
import java.util.Optional;

/** The columns of a source by the names a view uses, through the source's field mapping. */
final class SourceColumns {
    private final DataSource.Batch source;
    private final Relation relation;
    private final String reader;
    private final Map<String, String> sourceNames;

    /** @param reader who needs the columns, for messages, such as {@code feature view 'trips'} */
    SourceColumns(DataSource.Batch source, Relation relation, String reader) {
        this.source = source;
        this.relation = relation;
        this.reader = reader;
        this.sourceNames = FieldMapping.sourceNames(source);
    }

    Relation relation() {
        return relation;
    }

    Column event() {
        String name = source.time().event();
        if (name.isBlank()) {
            throw new InvalidRequestException(
                    "Source '%s' of %s declares no event time column".formatted(source.name(), reader));
        }
        return time(name, "event time");
    }

    Optional<Column> created() {
        return source.time().created().filter(name -> !name.isBlank()).map(name -> time(name, "created time"));
    }

    /** @param role what the column is to the reader, such as {@code join key} */
    Column named(String name, String role) {
        String column = sourceNames.getOrDefault(name, name);
        return relation.column(column)
                .orElseThrow(() -> new InvalidRequestException("Column '%s', the %s of %s, is not in %s: it has %s"
                        .formatted(column, role, reader, relation.title(), relation.columnList())));
    }

    /** Time columns go by the source's name or, as some of Feast's stores want them, by the mapped one. */
    private Column time(String name, String role) {
        Column column = relation.column(name).orElseGet(() -> named(name, role));
        if (!KeyTypes.isTime(column.type())) {
            throw new InvalidRequestException("The %s column '%s' of %s holds %s, not times"
                    .formatted(role, name, relation.title(), ArrowTypes.title(column.type())));
        }
        return column;
    }
}
