package dev.manciple.hybrid.offline;

import dev.manciple.duckdb.Scratch;
import dev.manciple.error.StoreException;
import dev.manciple.hybrid.offline.Transfers.Way;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.Interval;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.PullRequest;
import dev.manciple.spi.Spine;
import dev.manciple.spi.ViewSlice;
import dev.manciple.sql.RetypedReader;
import dev.manciple.sql.Sql;
import dev.manciple.sql.Types;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** Gets one child's features for the entity rows into a table, checked: one row for each of theirs, in their order, of the types announced. */
record Answer(
        HistoricalRequest request,
        Layout.Part part,
        String timeColumn,
        SpineSpool spool,
        Scratch scratch,
        Workshop workshop,
        Meter meter) {
    static final String ATTEMPTED = "join features";

    static final Sql ROW = Scratch.quote("row");

    /** Before any time an engine of ours keeps and any date Python has. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    static Sql feature(int place) {
        return Scratch.quote("f" + place);
    }

    void into(String table, Way way, long rows) {
        switch (way) {
            case PUSH -> push(table);
            case PULL -> pull(table);
        }
        check(table, rows);
    }

    private void push(String table) {
        Spine.Rows rows = spool.thin(part.thin(), timeColumn, meter);
        HistoricalRequest pushed =
                Layout.request(request, part.share(), rows, request.options().filterByCreated());
        BufferAllocator allocator = workshop.allocator();
        try (ArrowReader answer = new MeteredReader(
                part.share().child().store().historicalFeatures(pushed).open(allocator), allocator, meter)) {
            load(table, answer, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fetches the source rows the entity rows can see, and joins them in this process. */
    private void pull(String table) {
        List<Path> files = new ArrayList<>();
        try {
            List<ViewSlice> local = new ArrayList<>();
            for (ViewSlice slice : part.share().slices()) {
                Path file = workshop.newFile(".parquet");
                files.add(file);
                local.add(pulled(slice, file));
            }
            // Nothing leaves this process any more.
            Spine.Rows rows = spool.thin(part.thin(), timeColumn, new Meter(Optional.empty()));
            Share here = new Share(part.share().child(), local);
            HistoricalRequest joined =
                    Layout.request(request, here, rows, request.options().filterByCreated());
            OfflineStore joiner = workshop.files();
            try (ArrowReader answer = joiner.historicalFeatures(joined).open(workshop.allocator())) {
                load(table, answer, false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            files.forEach(Answer::delete);
        }
    }

    /** Copies the rows of one view to a file, under names by place; the slice over that file. */
    private ViewSlice pulled(ViewSlice slice, Path file) throws IOException {
        FeatureView view = slice.view();
        DataSource.Batch source = view.batchSource().orElseThrow();
        Optional<Interval> times = spool.times();
        Instant start = times.map(seen -> reach(seen.start(), view.ttl())).orElse(Instant.EPOCH);
        Instant end = times.map(Interval::end).orElse(Instant.EPOCH);
        Optional<PullRequest.Keys> keys = new SpineKeys(spool, part.thin(), meter).of(slice);
        PullRequest pull = new PullRequest(source, view.entityColumns(), slice.features(), start, end, keys);
        BufferAllocator allocator = workshop.allocator();
        try (ArrowReader rows =
                new MeteredReader(part.share().child().store().pullAll(pull).open(allocator), allocator, meter)) {
            Positional columns = Positional.of(rows.getVectorSchemaRoot().getSchema());
            try (ArrowReader named = RetypedReader.over(rows, columns.travelling())) {
                workshop.engine().writeFile(named, file, "parquet", false);
            }
        }
        return new ViewSlice(
                local(view, slice, source, file), slice.outputName(), slice.features(), slice.joinKeyMap());
    }

    private static Instant reach(Instant first, Duration ttl) {
        boolean unbounded = ttl.isZero() || Duration.between(EARLIEST, first).compareTo(ttl) <= 0;
        return unbounded ? EARLIEST : first.minus(ttl);
    }

    private static FeatureView local(FeatureView view, ViewSlice slice, DataSource.Batch source, Path file) {
        Map<String, String> names = new HashMap<>();
        int place = 0;
        for (Field key : view.entityColumns()) {
            names.put("c" + place++, key.name());
        }
        for (Field feature : slice.features()) {
            names.put("c" + place++, feature.name());
        }
        DataSource.Batch here = DataSource.Batch.files(file.toString())
                .name(source.name())
                .eventTime("c" + place)
                .fieldMapping(names);
        return view.source(source.time().created().isPresent() ? here.createdTime("c" + (place + 1)) : here);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param exact whether the features must have the types announced, rather than ones of the same layout */
    private void load(String table, ArrowReader answer, boolean exact) throws IOException {
        Schema given = answer.getVectorSchemaRoot().getSchema();
        if (exact && !Types.same(given, part.announced())) {
            throw wrong("it announced the columns %s but gave %s".formatted(part.announced(), given));
        }
        Positional columns = Positional.of(given);
        try (ArrowReader named = RetypedReader.over(answer, columns.travelling())) {
            List<Sql> selected = new ArrayList<>();
            selected.add(Sql.of("{} AS {}", columns.column(0), ROW));
            int features = part.features().size();
            int first = given.getFields().size() - features;
            for (int f = 0; f < features; f++) {
                selected.add(Sql.of("{} AS {}", columns.column(first + f), feature(f)));
            }
            PeekedReader peeked = new PeekedReader(named);
            if (peeked.startsInOrder()) {
                scratch.load(table, peeked, selected);
            } else {
                scratch.loadSorted(table, peeked, selected, ROW);
            }
        }
    }

    /** Every row id is there once if each is its row's place, and there are as many as there should be. */
    private void check(String table, long rows) {
        Seen seen = seen(table);
        if (seen.rows == rows && seen.elsewhere > 0) {
            // They began in order, but did not go on so.
            scratch.sort(table, ROW);
            seen = seen(table);
        }
        if (seen.rows != rows || seen.elsewhere > 0) {
            throw wrong("it was sent %d entity rows and did not give each back once: it gave %d rows"
                    .formatted(rows, seen.rows));
        }
    }

    /** How many rows there are, and how many of them are not in the place of their row id. */
    private record Seen(long rows, long elsewhere) {}

    private Seen seen(String table) {
        Map<String, String> seen = scratch.row(Sql.of(
                "SELECT count(*) AS n, count(*) FILTER (WHERE {} IS DISTINCT FROM {}) AS elsewhere FROM {}",
                ROW,
                Scratch.PLACE,
                scratch.table(table)));
        return new Seen(
                Long.parseLong(seen.getOrDefault("n", "0")), Long.parseLong(seen.getOrDefault("elsewhere", "0")));
    }

    private StoreException wrong(String what) {
        return new StoreException(
                part.share().child().title(),
                ATTEMPTED,
                false,
                StoreException.Outcome.NOT_APPLIED,
                new IllegalStateException(what));
    }
}
