package dev.manciple.bigtable;

import static com.google.cloud.bigtable.data.v2.models.Filters.FILTERS;

import com.google.cloud.bigtable.data.v2.BigtableDataClient;
import com.google.cloud.bigtable.data.v2.models.ConditionalRowMutation;
import com.google.cloud.bigtable.data.v2.models.Filters.Filter;
import com.google.cloud.bigtable.data.v2.models.Mutation;
import com.google.cloud.bigtable.data.v2.models.TableId;
import com.google.protobuf.ByteString;
import dev.manciple.model.FeatureView;
import dev.manciple.wire.rows.EntityWrite;
import dev.manciple.wire.rows.EntityWrite.Row;
import dev.manciple.wire.rows.EventText;
import java.util.Optional;

/**
 * Stores rows unless a newer one is there, which the service decides atomically (CheckAndMutateRow). The service compares
 * texts, so the condition holds only for texts of UTC; a row in another offset, which Feast never writes by itself, is compared
 * here and replaced if it is still the same.
 *
 * <p>The older versions of the cells that are set go away, so that a writer whose clock is late cannot be hidden by the cells of
 * another whose clock is early.
 */
final class GuardedWriter {
    /** Each lost race means that somebody else's write succeeded. */
    private static final int ATTEMPTS = 50;

    /** Texts whose last six characters are not {@code +00:00}. */
    private static final String NOT_UTC =
            "(?s).{0,5}|(?s).*([^+].....|.[^0]....|..[^0]...|...[^:]..|....[^0].|.....[^0])";

    private final BigtableDataClient client;

    GuardedWriter(BigtableDataClient client) {
        this.client = client;
    }

    void write(String table, FeatureView view, EntityWrite<ByteString> entity) {
        ByteString key = Rows.key(view, entity.id());
        for (Row<ByteString> row : entity.rows()) {
            write(TableId.of(table), key, row);
        }
    }

    private void write(TableId table, ByteString key, Row<ByteString> row) {
        if (!client.checkAndMutateRow(ConditionalRowMutation.create(table, key)
                .condition(inTheWayOf(row))
                .otherwise(mutation(row)))) {
            return;
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<String> stored = Rows.eventText(client.readRow(table, key, Rows.event()));
            if (stored.isPresent() && EventText.isNewer(stored.get(), row.event())) {
                return;
            }
            if (replace(table, key, row, stored)) {
                return;
            }
        }
        throw new IllegalStateException(
                "other writers changed the row %s %d times in between".formatted(key.toStringUtf8(), ATTEMPTS));
    }

    /** @return whether the row was as it was seen, and is replaced */
    private boolean replace(TableId table, ByteString key, Row<ByteString> row, Optional<String> stored) {
        ConditionalRowMutation mutation = ConditionalRowMutation.create(table, key);
        if (stored.isEmpty()) {
            return !client.checkAndMutateRow(mutation.condition(Rows.event()).otherwise(mutation(row)));
        }
        Filter same = FILTERS.chain()
                .filter(Rows.event())
                .filter(FILTERS.value().exactMatch(ByteString.copyFromUtf8(stored.get())));
        return client.checkAndMutateRow(mutation.condition(same).then(mutation(row)));
    }

    /** Also what has to be looked at. */
    private static Filter inTheWayOf(Row<ByteString> row) {
        return FILTERS.chain()
                .filter(Rows.event())
                .filter(FILTERS.interleave()
                        .filter(FILTERS.value().range().startOpen(row.event()))
                        .filter(FILTERS.value().regex(NOT_UTC)));
    }

    private static Mutation mutation(Row<ByteString> row) {
        Mutation mutation = Mutation.create();
        row.values().forEach((feature, value) -> set(mutation, ByteString.copyFromUtf8(feature), value));
        set(mutation, ByteString.copyFromUtf8(Rows.EVENT), ByteString.copyFromUtf8(row.event()));
        return mutation;
    }

    private static void set(Mutation mutation, ByteString column, ByteString value) {
        mutation.deleteCells(Rows.FAMILY, column).setCell(Rows.FAMILY, column, value);
    }
}
