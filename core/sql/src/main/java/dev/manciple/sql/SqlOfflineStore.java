package dev.manciple.sql;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.ValueType;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import dev.manciple.spi.WriteReport;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * An offline store over an SQL engine: everything but the engine. A store adds its dialect, its sessions, where a source's rows
 * are found, and what it can write.
 *
 * <p>Each use of a job opens a session of its own, which ends with the job's reader; nothing outlives it.
 */
public abstract class SqlOfflineStore implements OfflineStore {
    private static final String ENTITY_ROWS = "__entity_rows";

    private final String name;
    private final Dialect dialect;
    private final PitStrategy strategy;
    private final BufferAllocator allocator;

    /**
     * @param name what messages call the store
     * @param allocator for rows on their way into the engine and for looking at sources; lent, not closed
     */
    protected SqlOfflineStore(String name, Dialect dialect, PitStrategy strategy, BufferAllocator allocator) {
        this.name = name;
        this.dialect = dialect;
        this.strategy = strategy;
        this.allocator = allocator;
    }

    /** A new session; the caller closes it. */
    protected abstract SqlSession openSession();

    /**
     * Where the rows of a source are found, and its columns. Looks, but reads no rows.
     *
     * @param declared the types views give the source's columns, for formats that have none themselves
     */
    protected abstract Relation source(SqlSession session, DataSource.Batch source, Map<String, ValueType> declared);

    /** About how many bytes a request for all times would bring, where the engine can tell without reading them. */
    protected OptionalLong pulledBytes(SqlSession session, PullRequest request) {
        return OptionalLong.empty();
    }

    /** The rows of a query that is run once. A store whose engine has types of its own gives them as ones that Arrow has. */
    protected Relation queried(SqlSession session, String title, Sql from) {
        return Relation.of(title, from, describe(session, from), true);
    }

    /** A file of entity rows the engine reads itself, in order; empty where the rows had better come as Arrow. */
    protected Optional<Relation> entityFile(SqlSession session, Spine.Rows rows) {
        return Optional.empty();
    }

    /**
     * Whether entity rows are numbered on their way into the engine rather than in it: for engines in which writing them a second time
     * costs more than sending two more columns.
     */
    protected boolean numbersEntityRows() {
        return false;
    }

    /** Whether the engine can itself write these columns of a result to a place, without their passing through this process. */
    protected boolean exportsInside(SourceLocation target, Schema columns) {
        return false;
    }

    /**
     * Lets the engine write the rows of a query, for {@link RetrievalJob#writeTo} where {@link #exportsInside} allows it.
     *
     * @param columns of the query, in order, as users get them
     */
    protected WriteReport exportInside(
            SqlSession session, Sql query, Schema columns, SourceLocation target, boolean overwrite) {
        throw new UnsupportedException(OfflineCapability.PERSIST.name(), "writing a result by the engine itself");
    }

    /** Writes rows to a place of the store's own, for {@link RetrievalJob#writeTo}. Does not close the reader. */
    protected abstract WriteReport export(ArrowReader rows, SourceLocation target, boolean overwrite);

    @Override
    public RetrievalJob historicalFeatures(HistoricalRequest request) {
        return new Job("join features", session -> prepare(session, request));
    }

    @Override
    public RetrievalJob pullLatest(PullRequest request) {
        return new Job(
                "read the newest rows of source '%s'".formatted(request.source().name()),
                session -> prepared(PullPlan.latest(request, pulled(session, request), dialect), request));
    }

    @Override
    public RetrievalJob pullAll(PullRequest request) {
        return new Job(
                "read source '%s'".formatted(request.source().name()),
                session -> prepared(PullPlan.all(request, pulled(session, request), dialect), request));
    }

    @Override
    public Schema describe(DataSource.Batch source) {
        try (SqlSession session = openSession()) {
            Relation relation = source(session, source, Map.of());
            SourceColumns columns = new SourceColumns(source, relation, "data source '%s'".formatted(source.name()));
            if (!source.time().event().isBlank()) {
                columns.event();
            }
            columns.created();
            return new Schema(relation.columns().stream().map(Column::field).toList());
        }
    }

    /** The columns and types of something that can stand after FROM. Runs nothing where the engine can tell without. */
    protected final Schema describe(SqlSession session, Sql from) {
        try (ArrowReader none = session.query(Sql.of("SELECT * FROM {} AS described LIMIT 0", from), allocator)) {
            return none.getVectorSchemaRoot().getSchema();
        } catch (IOException e) {
            throw new StoreException(
                    name, "find out the columns of a query", false, StoreException.Outcome.NOT_APPLIED, e);
        }
    }

    private Relation pulled(SqlSession session, PullRequest request) {
        DataSource.Batch source = request.source();
        return source(session, source, FieldMapping.declaredTypes(source, request.joinKeys(), request.features()));
    }

    private Prepared prepared(PullPlan plan, PullRequest request) {
        Optional<Loading> keys = request.keys()
                .map(wanted -> new Loading(
                        dialect.quote(PullPlan.KEYS),
                        new Spine.Rows(wanted.schema(), "", wanted.reader()),
                        Carriage.travelling(Carriage.columns(wanted.schema())),
                        OptionalInt.empty()));
        return new Prepared(
                new Script(List.of(), plan.query()),
                plan.output(),
                plan.description(),
                keys,
                session -> pulledBytes(session, request));
    }

    private Prepared prepare(SqlSession session, HistoricalRequest request) {
        List<Relation> sources =
                request.slices().stream().map(slice -> source(session, slice)).toList();
        return switch (request.spine()) {
            case Spine.Rows rows ->
                entityFile(session, rows)
                        .map(file -> prepared(request, file, rows.timeColumn(), sources, Optional.empty()))
                        .orElseGet(() -> prepareLoading(request, rows, sources));
            case Spine.Query query -> {
                Sql from = Sql.query(query.sql());
                Relation spine = queried(session, "the query given", from);
                yield prepared(request, spine, query.timeColumn(), sources, Optional.empty());
            }
            case Spine.Range range -> {
                Sql from = Sql.of("({})", PitPlanner.rangeSpine(request, range, sources, dialect));
                Relation spine = queried(
                        session, "every key and time from %s to %s".formatted(range.start(), range.end()), from);
                yield prepared(request, spine, PitPlanner.RANGE_TIME, sources, Optional.empty());
            }
        };
    }

    private Prepared prepareLoading(HistoricalRequest request, Spine.Rows rows, List<Relation> sources) {
        List<Column> columns = Carriage.columns(rows.schema());
        OptionalInt time = IntStream.range(0, columns.size())
                .filter(i -> columns.get(i).field().getName().equals(rows.timeColumn()))
                .filter(i -> numbersEntityRows()
                        && NumberedRows.canTell(columns.get(i).type()))
                .findFirst();
        Sql table = dialect.quote(time.isPresent() ? Stages.SPINE : ENTITY_ROWS);
        Relation spine = new Relation("the rows given", table, columns, false);
        Loading loading = new Loading(table, rows, Carriage.travelling(columns), time);
        return prepared(request, spine, rows.timeColumn(), sources, Optional.of(loading));
    }

    private Prepared prepared(
            HistoricalRequest request,
            Relation spine,
            String timeColumn,
            List<Relation> sources,
            Optional<Loading> loading) {
        PitPlan plan = PitPlanner.plan(request, spine, timeColumn, sources);
        return new Prepared(
                strategy.write(plan, dialect), plan.output(), plan.describe(), loading, any -> OptionalLong.empty());
    }

    private Relation source(SqlSession session, ViewSlice slice) {
        DataSource.Batch source = slice.view()
                .batchSource()
                .orElseThrow(
                        () -> new InvalidRequestException("Feature view '%s' has no batch source to read history from"
                                .formatted(slice.view().name())));
        return source(session, source, FieldMapping.declaredTypes(slice.view(), source));
    }

    /** What a job does, known without having read a row. */
    private record Prepared(Script script, Schema output, String plan, Optional<Loading> loading, Size bytes) {}

    /** Asked only where somebody wants to know. */
    private interface Size {
        OptionalLong in(SqlSession session);
    }

    /**
     * Rows to bring into the engine, under the types in which they travel.
     *
     * @param time the place of their time where they are numbered on the way
     */
    private record Loading(Sql table, Spine.Rows rows, Schema travelling, OptionalInt time) {
        /**
         * @param inParts whether a {@link Script#divisible} query reads them, whose rows go nowhere but into its reader
         * @param wanted tells by their names which columns something reads
         */
        void into(SqlSession session, boolean inParts, Predicate<String> wanted) throws IOException {
            try (ArrowReader given = rows.reader().get()) {
                VectorSchemaRoot root = given.getVectorSchemaRoot();
                if (!Types.same(root.getSchema(), rows.schema())) {
                    throw new InvalidRequestException("The entity rows were announced as %s but are %s"
                            .formatted(rows.schema(), root.getSchema()));
                }
                try (ArrowReader travelling = RetypedReader.over(given, this.travelling)) {
                    number(session, travelling, inParts, wanted);
                }
            }
        }

        private void number(SqlSession session, ArrowReader travelling, boolean inParts, Predicate<String> wanted)
                throws IOException {
            if (time.isEmpty()) {
                load(session, travelling, inParts);
                return;
            }
            try (ArrowReader numbered = new NumberedRows(travelling, time.getAsInt(), wanted)) {
                load(session, numbered, inParts);
            }
        }

        private void load(SqlSession session, ArrowReader rows, boolean inParts) {
            if (inParts) {
                session.loadInParts(table, rows);
            } else {
                session.load(table, rows);
            }
        }
    }

    private interface Preparation {
        Prepared prepare(SqlSession session);
    }

    private final class Job implements RetrievalJob {
        private final String purpose;
        private final Preparation preparation;

        Job(String purpose, Preparation preparation) {
            this.purpose = purpose;
            this.preparation = preparation;
        }

        @Override
        public Schema schema() {
            return prepare().output();
        }

        @Override
        public Optional<String> sql() {
            return Optional.of(prepare().script().text());
        }

        @Override
        public Explanation explain() {
            try (SqlSession session = openSession()) {
                Prepared prepared = preparation.prepare(session);
                return new Explanation(
                        name,
                        prepared.plan(),
                        Optional.of(prepared.script().text()),
                        prepared.bytes().in(session),
                        List.of());
            }
        }

        private Prepared prepare() {
            try (SqlSession session = openSession()) {
                return preparation.prepare(session);
            }
        }

        @Override
        public ArrowReader open(BufferAllocator batches) {
            SqlSession session = openSession();
            try {
                return open(session, batches);
            } catch (IOException e) {
                try (session) {
                    throw failed(e);
                }
            } catch (RuntimeException | Error e) {
                try (session) {
                    throw e;
                }
            }
        }

        private ArrowReader open(SqlSession session, BufferAllocator batches) throws IOException {
            Prepared prepared = setUp(session, true);
            ArrowReader rows =
                    session.query(prepared.script().query(), Carriage.travelling(prepared.output()), batches);
            return new RetypedReader(rows, prepared.output(), batches, () -> {
                try (session) {
                    rows.close();
                }
            });
        }

        /**
         * Everything but the query that gives the rows.
         *
         * @param read whether the query is read, rather than made part of a statement
         */
        private Prepared setUp(SqlSession session, boolean read) throws IOException {
            Prepared prepared = preparation.prepare(session);
            if (prepared.loading().isPresent()) {
                boolean inParts = read && prepared.script().divisible();
                Script script = prepared.script();
                prepared.loading().get().into(session, inParts, column -> script.names(dialect.quote(column)));
            }
            prepared.script().setup().forEach(session::execute);
            return prepared;
        }

        @Override
        public WriteReport writeTo(SourceLocation target, boolean overwrite) {
            return exportsInside(target, schema()) ? writeInside(target, overwrite) : writeThrough(target, overwrite);
        }

        private WriteReport writeInside(SourceLocation target, boolean overwrite) {
            try (SqlSession session = openSession()) {
                Prepared prepared = setUp(session, false);
                return exportInside(session, prepared.script().query(), prepared.output(), target, overwrite);
            } catch (IOException e) {
                throw failed(e);
            }
        }

        private WriteReport writeThrough(SourceLocation target, boolean overwrite) {
            try (ArrowReader rows = open(allocator)) {
                return export(rows, target, overwrite);
            } catch (IOException e) {
                throw failed(e);
            }
        }

        private StoreException failed(IOException cause) {
            return new StoreException(name, purpose, false, StoreException.Outcome.NOT_APPLIED, cause);
        }
    }
}
