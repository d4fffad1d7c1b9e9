package dev.manciple.benchmarks;

import static com.google.cloud.bigtable.data.v2.models.Filters.FILTERS;

import com.google.cloud.bigtable.data.v2.BigtableDataClient;
import com.google.cloud.bigtable.data.v2.BigtableDataSettings;
import com.google.cloud.bigtable.data.v2.models.ConditionalRowMutation;
import com.google.cloud.bigtable.data.v2.models.Filters.Filter;
import com.google.cloud.bigtable.data.v2.models.Mutation;
import com.google.cloud.bigtable.data.v2.models.Query;
import com.google.cloud.bigtable.data.v2.models.Row;
import com.google.cloud.bigtable.data.v2.models.TableId;
import com.google.cloud.bigtable.data.v2.stub.metrics.NoopMetricsProvider;
import com.google.protobuf.ByteString;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.OnlineRow;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.rows.EventText;
import java.io.IOException;
import java.util.List;

/** The vendor's data client: a check and a mutation per row, fifty at once; one query for many rows. */
final class RawBigtable implements RawStore {
    static final String INSTANCE = "benchmarks";

    private static final String FAMILY = "features";
    private static final ByteString EVENT = ByteString.copyFromUtf8("event_ts");
    private static final int AT_ONCE = 50;

    private final BigtableDataClient client;

    RawBigtable(int port) throws IOException {
        this.client = BigtableDataClient.create(BigtableDataSettings.newBuilderForEmulator("127.0.0.1", port)
                .setProjectId(INSTANCE)
                .setInstanceId(INSTANCE)
                .setMetricsProvider(NoopMetricsProvider.INSTANCE)
                .build());
    }

    /** What the client is asked for one row; its messages are built anew for each run, as any user of it must. */
    private record Check(ByteString key, List<ByteString> values, ByteString event) {}

    @Override
    public Usage.Work writing(FeatureView view, List<OnlineRow> rows, int batch) {
        List<Check> checks = rows.stream()
                .map(row -> new Check(
                        key(view, row.key()),
                        RawStore.values(view, row).stream()
                                .map(ByteString::copyFrom)
                                .toList(),
                        ByteString.copyFromUtf8(EventText.ISO.of(row.eventTime()))))
                .toList();
        List<ByteString> columns = view.features().stream()
                .map(feature -> ByteString.copyFromUtf8(feature.name()))
                .toList();
        return () -> SideBySide.run(AT_ONCE, checks, check -> {
            Mutation mutation = Mutation.create();
            for (int i = 0; i < columns.size(); i++) {
                mutation.deleteCells(FAMILY, columns.get(i))
                        .setCell(FAMILY, columns.get(i), check.values().get(i));
            }
            mutation.deleteCells(FAMILY, EVENT).setCell(FAMILY, EVENT, check.event());
            Filter newer = FILTERS.chain()
                    .filter(FILTERS.family().exactMatch(FAMILY))
                    .filter(FILTERS.qualifier().exactMatch(EVENT))
                    .filter(FILTERS.limit().cellsPerColumn(1))
                    .filter(FILTERS.value().range().startOpen(check.event()));
            client.checkAndMutateRow(ConditionalRowMutation.create(table(view), check.key())
                    .condition(newer)
                    .otherwise(mutation));
        });
    }

    @Override
    public Usage.Work reading(FeatureView view, List<EntityKey> keys) {
        Query query = Query.create(table(view))
                .filter(FILTERS.chain()
                        .filter(FILTERS.family().exactMatch(FAMILY))
                        .filter(FILTERS.limit().cellsPerColumn(1)));
        keys.forEach(key -> query.rowKey(key(view, key)));
        return () -> {
            long found = 0;
            for (Row row : client.readRowsCallable().all().call(query)) {
                found += row.getCells().size() - 1;
            }
            RawStore.require(found, view, keys);
        };
    }

    private static ByteString key(FeatureView view, EntityKey key) {
        byte[] encoded = EntityKeyCodec.of(view.entityColumns()).encode(key);
        return ByteString.copyFromUtf8(EntityKeyCodec.entityId(encoded) + "#" + view.name());
    }

    private static TableId table(FeatureView view) {
        return TableId.of(Project.NAME + "." + String.join("-", view.entities()));
    }

    @Override
    public void close() {
        client.close();
    }
}
