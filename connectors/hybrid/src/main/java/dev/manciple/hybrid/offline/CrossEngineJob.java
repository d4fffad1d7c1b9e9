package dev.manciple.hybrid.offline;

import dev.manciple.duckdb.Scratch;
import dev.manciple.error.StoreException;
import dev.manciple.hybrid.offline.Transfers.Way;
import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import dev.manciple.spi.Explanation;
import dev.manciple.spi.HistoricalRequest;
import dev.manciple.spi.RetrievalJob;
import dev.manciple.spi.WriteReport;
import dev.manciple.sql.Sql;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * One point-in-time join over several stores: the entity rows are numbered and kept, each store answers for its own views, all
 * at once, and the answers are sorted by number and streamed beside the entity rows.
 */
record CrossEngineJob(HistoricalRequest request, List<Share> shares, SpineSource spine, Workshop workshop, Route route)
        implements RetrievalJob {
    private static final String ATTEMPTED = "join features across stores";

    CrossEngineJob {
        shares = List.copyOf(shares);
    }

    private Layout layout() {
        return Layout.of(request, shares, spine.schema(), spine.timeColumn());
    }

    @Override
    public Schema schema() {
        return layout().output();
    }

    @Override
    public ArrowReader open(BufferAllocator batches) {
        Scratch scratch = workshop.scratch();
        try {
            SpineSpool spool = new SpineSpool(scratch, workshop.allocator(), spine.schema(), spine.timeColumn());
            Meter meter = new Meter(workshop.config().maxTransferBytes());
            SpineSource.Run run = new SpineSource.Run(scratch, workshop, meter);
            Layout layout = Beside.run(workshop.deadline().executor(), () -> spine.spool(spool, run), this::layout);
            answer(layout, scratch, spool, meter);
            return scratch.lastQuery(stitch(layout, scratch, spool), layout.output(), batches);
        } catch (IOException e) {
            try (scratch) {
                throw failed(e);
            }
        } catch (RuntimeException | Error e) {
            try (scratch) {
                throw e;
            }
        }
    }

    /** Has every child fill a table with the row ids and its features. */
    private void answer(Layout layout, Scratch scratch, SpineSpool spool, Meter meter) {
        long rows = spool.rows();
        List<Transfers> transfers = transfers(layout, part -> new SpineKeys(spool, part.thin(), meter)::of);
        meter.expect(transfers.stream().mapToLong(each -> each.bytes(rows)).sum());
        List<Fanout.Part> parts = new ArrayList<>();
        for (int i = 0; i < layout.parts().size(); i++) {
            Answer answer =
                    new Answer(request, layout.parts().get(i), spine.timeColumn(), spool, scratch, workshop, meter);
            Way way = transfers.get(i).way(rows);
            String table = table(i);
            parts.add(new Fanout.Part(
                    layout.parts().get(i).share().child(), "join features", () -> answer.into(table, way, rows)));
        }
        Fanout.run(parts, workshop.deadline());
    }

    /** Of each part, all children asked at once. */
    private List<Transfers> transfers(Layout layout, Function<Layout.Part, Transfers.Keys> keys) {
        return Fanout.ask(layout.parts().stream()
                .map(part -> new Fanout.Question<>(
                        part.share().child(),
                        "plan a pull",
                        () -> Transfers.of(
                                part, request.options().filterByCreated(), workshop.config(), keys.apply(part))))
                .toList());
    }

    private static String table(int part) {
        return "part " + part;
    }

    /** Row by row: all tables have the rows of the spine, in its order. So nothing is hashed, sorted or held, however many there are. */
    private static Sql stitch(Layout layout, Scratch scratch, SpineSpool spool) {
        List<Sql> columns = new ArrayList<>(
                spool.columns().stream().map(column -> Sql.of("s.{}", column)).toList());
        for (Layout.Source feature : layout.features()) {
            columns.add(Sql.of(
                    "{}.{} AS {}",
                    Scratch.quote(table(feature.part())),
                    Answer.feature(feature.feature()),
                    Positional.name(columns.size())));
        }
        List<Sql> joins = IntStream.range(0, layout.parts().size())
                .mapToObj(CrossEngineJob::table)
                .map(table -> Sql.of("\nPOSITIONAL JOIN {} AS {}", scratch.table(table), Scratch.quote(table)))
                .toList();
        return Sql.of("SELECT {}\nFROM {} AS s{}", Sql.join(", ", columns), spool.table(), Sql.join("", joins));
    }

    @Override
    public Explanation explain() {
        Layout layout = layout();
        return Explaining.explain(this, layout, transfers(layout, part -> any -> Optional.empty()));
    }

    /** By this process: no store has all of the rows. */
    @Override
    public WriteReport writeTo(SourceLocation target, boolean overwrite) {
        return Persisting.in(workshop.files(), this, workshop.allocator()).writeTo(target, overwrite);
    }

    /** By the store the target belongs to, out of this process. */
    @Override
    public void persist(DataSource.Batch target, boolean overwrite) {
        ChildStore owner = route.of(target);
        owner.writing(
                "write a result to '%s'".formatted(target.name()),
                () -> Persisting.in(owner.store(), this, workshop.allocator()).persist(target, overwrite));
    }

    private static StoreException failed(IOException e) {
        return new StoreException(HybridOfflineStore.NAME, ATTEMPTED, false, StoreException.Outcome.NOT_APPLIED, e);
    }
}
