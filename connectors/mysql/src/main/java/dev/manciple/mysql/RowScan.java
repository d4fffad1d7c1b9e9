package dev.manciple.mysql;

import dev.manciple.error.StoreException.Outcome;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts the features of each entity back together while the table is read once, in key order. */
final class RowScan implements Iterator<OnlineRow> {
    private final Database database;
    private final FeatureView view;
    private final ResultSet rows;
    private final EntityKeyCodec keys;
    private final Map<String, Integer> positions;
    private boolean onRow;

    RowScan(Database database, FeatureView view, ResultSet rows) throws SQLException {
        this.database = database;
        this.view = view;
        this.rows = rows;
        this.keys = EntityKeyCodec.of(view.entityColumns());
        this.positions = MySqlOnlineStore.positions(view.features());
        this.onRow = rows.next();
    }

    @Override
    public boolean hasNext() {
        return onRow;
    }

    @Override
    public OnlineRow next() {
        if (!onRow) {
            throw new NoSuchElementException();
        }
        try {
            return entity();
        } catch (SQLException e) {
            throw database.failure("read all rows of view '%s'".formatted(view.name()), Outcome.NOT_APPLIED, e);
        }
    }

    private OnlineRow entity() throws SQLException {
        Value[] values = new Value[positions.size()];
        Arrays.fill(values, Value.Missing.MISSING);
        String key = rows.getString(1);
        long event = Long.MIN_VALUE;
        Long created = null;
        do {
            Integer position = positions.get(rows.getString(2));
            if (position != null) {
                values[position] = ValueCodec.decode(
                        MySqlOnlineStore.bytes(rows, 3),
                        view.features().get(position).type());
            }
            long featureEvent = rows.getLong(4);
            Long featureCreated = created();
            if (featureEvent > event) {
                event = featureEvent;
                created = featureCreated;
            } else if (featureEvent == event
                    && featureCreated != null
                    && (created == null || featureCreated > created)) {
                created = featureCreated;
            }
            onRow = rows.next();
        } while (onRow && key.equals(rows.getString(1)));
        return new OnlineRow(
                keys.decode(HexFormat.of().parseHex(key)),
                List.of(values),
                Instant.ofEpochSecond(event),
                Optional.ofNullable(created).map(Instant::ofEpochSecond));
    }

    private @Nullable Long created() throws SQLException {
        long seconds = rows.getLong(5);
        return rows.wasNull() ? null : seconds;
    }
}
