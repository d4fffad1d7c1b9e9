package dev.manciple.sql;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.spi.PullRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A read of one source in a window of event time, planned.
 *
 * @param output the columns of the query, by name
 */
record PullPlan(Sql query, Schema output, String description) {
    /** What the keys asked for are loaded as. */
    static final String KEYS = "__keys";

    /** Every row in the window. */
    static PullPlan all(PullRequest request, Relation relation, Dialect dialect) {
        return new Writer(request, relation, dialect).all();
    }

    /** The newest row per join key in the window; a single one where there are no join keys. */
    static PullPlan latest(PullRequest request, Relation relation, Dialect dialect) {
        return new Writer(request, relation, dialect).latest();
    }

    private static final class Writer {
        private final PullRequest request;
        private final Relation relation;
        private final Dialect dialect;
        private final List<Column> keys;
        private final List<Column> features;
        private final Column event;
        private final Optional<Column> created;

        Writer(PullRequest request, Relation relation, Dialect dialect) {
            this.request = request;
            this.relation = relation;
            this.dialect = dialect;
            SourceColumns columns = new SourceColumns(
                    request.source(),
                    relation,
                    "pull from source '%s'".formatted(request.source().name()));
            this.keys = request.joinKeys().stream()
                    .map(key -> columns.named(key.name(), "join key"))
                    .toList();
            this.features = request.features().stream()
                    .map(feature -> columns.named(feature.name(), "feature"))
                    .toList();
            this.event = columns.event();
            this.created = columns.created();
        }

        PullPlan all() {
            return new PullPlan(rows(), output(), describe("every row"));
        }

        PullPlan latest() {
            Sql event = dialect.quote(PullRequest.EVENT_TIME);
            Sql newest = created.isPresent()
                    ? Sql.of("{} DESC, {} DESC NULLS LAST", event, dialect.quote(PullRequest.CREATED_TIME))
                    : Sql.of("{} DESC", event);
            List<Sql> names = output().getFields().stream()
                    .map(field -> dialect.quote(field.getName()))
                    .toList();
            Sql partition = keys.isEmpty()
                    ? Sql.of("")
                    : Sql.of("PARTITION BY {} ", Sql.join(", ", names.subList(0, keys.size())));
            Sql rank = dialect.quote(unlikeAnyColumn("__rank"));
            return new PullPlan(
                    Sql.of(
                            "SELECT {}\nFROM (\n  SELECT *, row_number() OVER ({}ORDER BY {}) AS {}\n  FROM (\n    {}\n  ) AS pulled\n) AS ranked\nWHERE {} = 1",
                            Sql.join(", ", names),
                            partition,
                            newest,
                            rank,
                            rows(),
                            rank),
                    output(),
                    describe("the newest row per key"));
        }

        /** Views may have columns of any name, and engines do not tell upper from lower case. */
        private String unlikeAnyColumn(String name) {
            return output().getFields().stream().map(Field::getName).anyMatch(name::equalsIgnoreCase)
                    ? unlikeAnyColumn(name + "_")
                    : name;
        }

        private Sql rows() {
            return Sql.of("SELECT {}\nFROM {} AS f\nWHERE {}{}", selected(), relation.from(), inWindow(), withKeys());
        }

        private Sql selected() {
            List<Sql> columns = new ArrayList<>();
            List<Field> fields = output().getFields();
            for (int i = 0; i < keys.size(); i++) {
                columns.add(named(quote(keys.get(i)), fields.get(i)));
            }
            for (int i = 0; i < features.size(); i++) {
                columns.add(named(quote(features.get(i)), fields.get(keys.size() + i)));
            }
            columns.add(Sql.of("{} AS {}", instant(event), dialect.quote(PullRequest.EVENT_TIME)));
            created.ifPresent(column ->
                    columns.add(Sql.of("{} AS {}", instant(column), dialect.quote(PullRequest.CREATED_TIME))));
            return Sql.join(", ", columns);
        }

        private Sql named(Sql column, Field field) {
            return Sql.of("{} AS {}", column, dialect.quote(field.getName()));
        }

        private Schema output() {
            List<Field> fields = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                fields.add(PitPlanner.nullable(
                        request.joinKeys().get(i).name(), keys.get(i).field()));
            }
            for (int i = 0; i < features.size(); i++) {
                fields.add(PitPlanner.nullable(
                        request.features().get(i).name(), features.get(i).field()));
            }
            fields.add(Field.nullable(PullRequest.EVENT_TIME, ArrowTypes.UTC_MICROS));
            if (created.isPresent()) {
                fields.add(Field.nullable(PullRequest.CREATED_TIME, ArrowTypes.UTC_MICROS));
            }
            return new Schema(fields);
        }

        private Sql inWindow() {
            Sql low = Sql.literal(Dialect.micros(request.start()));
            Sql high = Sql.literal(Dialect.micros(request.end()));
            return Sql.of(
                    "{} AND {} AND {} BETWEEN {} AND {}",
                    dialect.atLeast(quote(event), event.type(), low),
                    dialect.atMost(quote(event), event.type(), high),
                    dialect.comparable(quote(event), event.type()),
                    dialect.moment(low, event.type()),
                    dialect.moment(high, event.type()));
        }

        /** A view without keys has one entity, which every row is of. */
        private Sql withKeys() {
            if (request.keys().isEmpty() || keys.isEmpty()) {
                return Sql.of("");
            }
            List<Column> wanted = Carriage.columns(request.keys().get().schema());
            List<Sql> matches = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                requireComparable(wanted.get(i), keys.get(i));
                matches.add(Sql.of(
                        "{} = f.{}",
                        dialect.entityKey(
                                Sql.of("k.{}", dialect.quote(wanted.get(i).name())),
                                wanted.get(i).type()),
                        quote(keys.get(i))));
            }
            return Sql.of(
                    "\n  AND EXISTS (SELECT 1 FROM {} AS k WHERE {})", dialect.quote(KEYS), Sql.join(" AND ", matches));
        }

        private void requireComparable(Column wanted, Column key) {
            if (!KeyTypes.comparable(wanted.type(), key.type())) {
                throw new InvalidRequestException("The keys asked for hold %s in '%s', which is %s in %s"
                        .formatted(wanted.type(), wanted.field().getName(), key.type(), relation.title()));
            }
        }

        private Sql quote(Column column) {
            return dialect.quote(column.name());
        }

        private Sql instant(Column column) {
            return dialect.instant(quote(column), column.type());
        }

        private String describe(String what) {
            return "%s of %s with %s in [%s, %s]%s"
                    .formatted(
                            what,
                            relation.title(),
                            event.name(),
                            request.start(),
                            request.end(),
                            request.keys()
                                    .map(wanted -> ", of about %,d keys".formatted(wanted.count()))
                                    .orElse(""));
        }
    }
}
