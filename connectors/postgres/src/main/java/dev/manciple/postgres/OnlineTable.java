package dev.manciple.postgres;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import dev.manciple.model.ValueType;
import dev.manciple.sql.Sql;
import java.util.ArrayList;
import java.util.List;

/**
 * The table of one view, in Feast's layout: a row per entity and feature. Its comment says which view of which project made it, since
 * the name does not tell {@code b_c} of {@code a} from {@code c} of {@code a_b}.
 */
record OnlineTable(String schema, String project, FeatureView view) {
    /** The text of a value, for Feast's text search. */
    static final String TEXT = "value_text";

    /** The value as a number; only where Feast's OpenAI-compatible store is enabled. */
    static final String NUMBER = "value_num";

    static final String VECTOR = "vector_value";

    private static final Sql MICROS = Sql.of("(extract(epoch FROM event_ts) * 1000000)::bigint");
    private static final PostgresDialect TIMES = new PostgresDialect();

    String name() {
        return project + "_" + view.name();
    }

    /** @throws InvalidRequestException naming project and view, where the name is longer than the server allows */
    Sql qualified() {
        if (!Names.fits(name())) {
            throw new InvalidRequestException(
                    "The table of view '%s' of project '%s' would be called '%s', which has %d bytes; PostgreSQL knows names of up to 63, and would take what is left of it for the table of another view: shorten the view's name or the project's"
                            .formatted(view.name(), project, name(), Names.length(name())));
        }
        return Sql.of("{}.{}", Names.quoted(schema), Names.quoted(name()));
    }

    /** What the table's comment says. */
    String owner() {
        return "view '%s' of project '%s'".formatted(view.name(), project);
    }

    /** @param withNumber whether the column {@link #NUMBER} is wanted */
    List<Sql> create(boolean withNumber) {
        List<Sql> statements = new ArrayList<>();
        statements.add(
                Sql.of("""
                CREATE TABLE IF NOT EXISTS {} (
                  entity_key BYTEA,
                  feature_name TEXT,
                  value BYTEA,
                  value_text TEXT NULL,
                  {}vector_value BYTEA NULL,
                  event_ts TIMESTAMPTZ,
                  created_ts TIMESTAMPTZ,
                  PRIMARY KEY (entity_key, feature_name))""", qualified(), withNumber ? Sql.of("value_num DOUBLE PRECISION NULL,\n  ") : Sql.of("")));
        statements.add(Sql.of("ALTER TABLE {} ADD COLUMN IF NOT EXISTS value_text TEXT NULL", qualified()));
        statements.add(Sql.of("ALTER TABLE {} ADD COLUMN IF NOT EXISTS vector_value BYTEA NULL", qualified()));
        if (withNumber) {
            statements.add(
                    Sql.of("ALTER TABLE {} ADD COLUMN IF NOT EXISTS value_num DOUBLE PRECISION NULL", qualified()));
        }
        // Feast's names of indexes are longer than the table's; where one does not fit, it might be another table's.
        String keys = name() + "_ek";
        if (Names.fits(keys)) {
            statements.add(Sql.of("CREATE INDEX IF NOT EXISTS {} ON {} (entity_key)", Names.quoted(keys), qualified()));
        }
        String texts = name() + "_fts_idx";
        if (hasText() && Names.fits(texts)) {
            statements.add(Sql.of(
                    "CREATE INDEX IF NOT EXISTS {} ON {} USING GIN (to_tsvector('english', value_text))",
                    Names.quoted(texts),
                    qualified()));
        }
        statements.add(Sql.of("COMMENT ON TABLE {} IS {}", qualified(), Sql.literal(owner())));
        return statements;
    }

    private boolean hasText() {
        return view.features().stream().anyMatch(feature -> feature.type() == ValueType.Scalar.STRING);
    }

    Sql drop() {
        return Sql.of("DROP TABLE IF EXISTS {}", qualified());
    }

    /**
     * Its columns, one a row, with the comment beside; no rows where there is no table. Where an index has the name, its columns with the
     * table it is of, and that table's comment.
     */
    Sql describe() {
        return Sql.of("""
                SELECT attname, obj_description(coalesce(indrelid, attrelid), 'pg_class'), indrelid::regclass::text
                FROM pg_attribute LEFT JOIN pg_index ON indexrelid = attrelid
                WHERE attrelid = to_regclass({}) AND attnum > 0 AND NOT attisdropped""", Sql.literal(qualified().text()));
    }

    /**
     * The features of many keys: position, key, name, value, microseconds.
     *
     * @param position tells the rows of one read from those of others in one statement
     * @param some whether a second parameter, after the keys, names the features wanted
     */
    Sql read(int position, boolean some) {
        return Sql.of(
                "SELECT {}, entity_key, feature_name, value, {} FROM {} WHERE entity_key = ANY (?){}",
                Sql.literal(position),
                MICROS,
                qualified(),
                some ? Sql.of(" AND feature_name = ANY (?)") : Sql.of(""));
    }

    /** Every feature of every entity, an entity's together. */
    Sql scan() {
        return Sql.of(
                "SELECT entity_key, feature_name, value, {}, (extract(epoch FROM created_ts) * 1000000)::bigint FROM {} ORDER BY entity_key",
                MICROS,
                qualified());
    }

    Sql count() {
        return Sql.of("SELECT count(DISTINCT entity_key) FROM {}", qualified());
    }

    /**
     * Deletes the entities whose newest feature is older than a time, and counts them. A feature written meanwhile is looked at again and
     * kept.
     */
    Sql purge(Sql limit) {
        return Sql.of("""
                WITH deleted AS (
                  DELETE FROM {} WHERE event_ts < {} AND entity_key IN (
                    SELECT entity_key FROM {} GROUP BY entity_key HAVING max(event_ts) < {})
                  RETURNING entity_key)
                SELECT count(DISTINCT entity_key) FROM deleted""", qualified(), limit, qualified(), limit);
    }

    /**
     * Stores features unless newer ones are there, in one step that holds among concurrent writers. The parameters are arrays: keys,
     * names, values, event times and created times in microseconds, texts, and, where there is such a column, numbers.
     */
    Sql upsert(boolean withNumber) {
        Sql numberColumn = withNumber ? Sql.of(", value_num") : Sql.of("");
        return Sql.of(
                """
                INSERT INTO {} AS stored (entity_key, feature_name, value, event_ts, created_ts, value_text, vector_value{})
                SELECT entity_key, feature_name, value, {}, {}, value_text, NULL{}
                FROM unnest(?::bytea[], ?::text[], ?::bytea[], ?::bigint[], ?::bigint[], ?::text[]{})
                  AS given (entity_key, feature_name, value, event, created, value_text{})
                ON CONFLICT (entity_key, feature_name) DO UPDATE SET
                  value = excluded.value, event_ts = excluded.event_ts, created_ts = excluded.created_ts,
                  value_text = excluded.value_text, vector_value = excluded.vector_value{}
                WHERE excluded.event_ts > stored.event_ts OR (excluded.event_ts = stored.event_ts
                  AND coalesce(excluded.created_ts, '-infinity') >= coalesce(stored.created_ts, '-infinity'))""",
                qualified(),
                numberColumn,
                TIMES.instant(Sql.of("event")),
                TIMES.instant(Sql.of("created")),
                numberColumn,
                withNumber ? Sql.of(", ?::float8[]") : Sql.of(""),
                numberColumn,
                withNumber ? Sql.of(", value_num = excluded.value_num") : Sql.of(""));
    }
}
