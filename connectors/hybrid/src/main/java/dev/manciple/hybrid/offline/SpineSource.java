package dev.manciple.hybrid.offline;

import dev.manciple.arrow.ArrowTypes;
import dev.manciple.duckdb.Scratch;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.DataSource;
import dev.manciple.model.Field;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import dev.manciple.sql.PitPlanner;
import dev.manciple.sql.RetypedReader;
import dev.manciple.sql.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Where the entity rows of a request across stores come from. Describing reads no rows. */
sealed interface SpineSource {
    Schema schema();

    String timeColumn();

    /** For people. */
    String title();

    /** Writes the rows to the spool. */
    void spool(SpineSpool spool, Run run) throws IOException;

    /** What a spooling may use. */
    record Run(Scratch scratch, Workshop workshop, Meter meter) {}

    /** Rows the caller has. */
    record Given(Spine.Rows rows) implements SpineSource {
        @Override
        public Schema schema() {
            return rows.schema();
        }

        @Override
        public String timeColumn() {
            return rows.timeColumn();
        }

        @Override
        public String title() {
            return rows.file().map(file -> "the rows of " + file).orElse("the rows given");
        }

        @Override
        public void spool(SpineSpool spool, Run run) throws IOException {
            Optional<Sql> file = run.scratch().entityFile(rows);
            if (file.isPresent()) {
                spool.write(Sql.of("SELECT * FROM {} AS file", file.get()));
                return;
            }
            try (ArrowReader reader = rows.reader().get()) {
                spool.write(reader, rows.schema());
            }
        }
    }

    /** Rows a query gives, run by one child: a request for no views gives back its entity rows. */
    record Queried(Spine.Query query, ChildStore child) implements SpineSource {
        private static final String ATTEMPTED = "run the query of the entity rows";

        private RetrievalJob job() {
            HistoricalRequest rows =
                    new HistoricalRequest(query, List.of(), false, new HistoricalRequest.Options(false, false));
            return child.reading(ATTEMPTED, () -> child.store().historicalFeatures(rows));
        }

        @Override
        public Schema schema() {
            return child.reading(ATTEMPTED, job()::schema);
        }

        @Override
        public String timeColumn() {
            return query.timeColumn();
        }

        @Override
        public String title() {
            return "a query run by " + child.title();
        }

        @Override
        public void spool(SpineSpool spool, Run run) {
            RetrievalJob job = job();
            Fanout.Part part = new Fanout.Part(child, ATTEMPTED, () -> {
                try (ArrowReader rows = new MeteredReader(
                        job.open(run.workshop().allocator()), run.workshop().allocator(), run.meter())) {
                    spool.write(rows, job.schema());
                }
            });
            Fanout.run(List.of(part), run.workshop().deadline());
        }
    }

    /**
     * Every pair of keys and time of any view in a window: each child gives those of its views, and they are put together here,
     * each once. As everywhere, a null key gives no pair, and a view without keys gives some only where all are such.
     */
    record Window(Spine.Range range, List<ViewSlice> slices, Route route) implements SpineSource {
        private static final ArrowType TIME = new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");

        @Override
        public Schema schema() {
            List<org.apache.arrow.vector.types.pojo.Field> fields = new ArrayList<>();
            keys().forEach((name, key) -> fields.add(ArrowTypes.arrow(name, key.type())));
            if (keys().containsKey(PitPlanner.RANGE_TIME)) {
                throw new InvalidRequestException(
                        "A range of times gives its own column '%s', which a join key asked for has too; map the join key to another name"
                                .formatted(PitPlanner.RANGE_TIME));
            }
            fields.add(org.apache.arrow.vector.types.pojo.Field.nullable(PitPlanner.RANGE_TIME, TIME));
            return new Schema(fields);
        }

        /** The spine's columns, in the order first mentioned, as the first view to use one declares it. */
        private Map<String, Field> keys() {
            Map<String, Field> keys = new LinkedHashMap<>();
            for (ViewSlice slice : slices) {
                slice.view().entityColumns().forEach(key -> keys.putIfAbsent(slice.spineColumn(key.name()), key));
            }
            return keys;
        }

        @Override
        public String timeColumn() {
            return PitPlanner.RANGE_TIME;
        }

        @Override
        public String title() {
            return "every key and time from %s to %s".formatted(range.start(), range.end());
        }

        @Override
        public void spool(SpineSpool spool, Run run) {
            List<Integer> giving = IntStream.range(0, slices.size())
                    .filter(i ->
                            keys().isEmpty() || !slices.get(i).view().joinKeys().isEmpty())
                    .boxed()
                    .toList();
            Fanout.run(
                    giving.stream().map(i -> part(i, run)).toList(),
                    run.workshop().deadline());
            List<Sql> pairs = giving.stream().map(i -> pairs(i, run.scratch())).toList();
            spool.write(Sql.of("SELECT DISTINCT * FROM ({}) AS pairs", Sql.join("\nUNION ALL\n", pairs)));
            giving.forEach(i ->
                    run.scratch().execute(Sql.of("DROP TABLE {}", run.scratch().table(table(i)))));
        }

        private static String table(int slice) {
            return "pairs " + slice;
        }

        private Fanout.Part part(int i, Run run) {
            ViewSlice slice = slices.get(i);
            DataSource.Batch source = slice.view().batchSource().orElseThrow();
            ChildStore child = route.of(source);
            PullRequest pull =
                    new PullRequest(source, slice.view().entityColumns(), List.of(), range.start(), range.end());
            return new Fanout.Part(
                    child,
                    "find the keys and times of feature view '%s'"
                            .formatted(slice.view().name()),
                    () -> load(child, pull, table(i), run));
        }

        private static void load(ChildStore child, PullRequest pull, String table, Run run) {
            BufferAllocator allocator = run.workshop().allocator();
            RetrievalJob job = child.store().pullAll(pull);
            try (ArrowReader rows = new MeteredReader(job.open(allocator), allocator, run.meter())) {
                Positional columns = Positional.of(rows.getVectorSchemaRoot().getSchema());
                try (ArrowReader named = RetypedReader.over(rows, columns.travelling())) {
                    List<Sql> selected = new ArrayList<>();
                    for (int k = 0; k < pull.joinKeys().size(); k++) {
                        selected.add(Sql.of("{}", columns.column(k)));
                    }
                    int event = pull.joinKeys().size();
                    selected.add(Sql.of(
                            "{} AS {}",
                            Scratch.instant(Scratch.micros(columns.column(event), columns.type(event))),
                            Scratch.quote("at")));
                    run.scratch().load(table, named, selected);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** One view's pairs under the spine's names, as the spine types them, nulls for keys it lacks. */
        private Sql pairs(int i, Scratch scratch) {
            ViewSlice slice = slices.get(i);
            List<Sql> selected = new ArrayList<>();
            Map<String, Integer> own = new LinkedHashMap<>();
            List<String> joinKeys = slice.view().joinKeys();
            for (int k = 0; k < joinKeys.size(); k++) {
                own.put(slice.spineColumn(joinKeys.get(k)), k);
            }
            keys().keySet().forEach(name -> {
                Integer k = own.get(name);
                selected.add(Sql.of("{} AS {}", k == null ? Sql.of("NULL") : Positional.name(k), Scratch.quote(name)));
            });
            selected.add(Sql.of("{} AS {}", Scratch.quote("at"), Scratch.quote(PitPlanner.RANGE_TIME)));
            List<Sql> present = own.values().stream()
                    .map(k -> Sql.of(" AND {} IS NOT NULL", Positional.name(k)))
                    .toList();
            return Sql.of(
                    "SELECT {} FROM {} WHERE true{}",
                    Sql.join(", ", selected),
                    scratch.table(table(i)),
                    Sql.join("", present));
        }
    }
}
