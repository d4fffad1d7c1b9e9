package dev.manciple.postgres;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.EntityKeyCodec;
import dev.manciple.wire.ValueCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Puts the features of each entity back together while a table is read once, in key order, some rows at a time. */
final class RowScan implements Iterator<OnlineRow>, AutoCloseable {
    private static final int ROWS_AT_A_TIME = 5_000;

    private final Connection connection;
    private final PreparedStatement statement;
    private final ResultSet rows;
    private final FeatureView view;
    private final EntityKeyCodec keys;
    private final Function<SQLException, FeatureStoreException> failure;
    private final Map<String, Integer> positions = new HashMap<>();
    private boolean onRow;

    private RowScan(
            Connection connection,
            PreparedStatement statement,
            FeatureView view,
            Function<SQLException, FeatureStoreException> failure)
            throws SQLException {
        this.connection = connection;
        this.statement = statement;
        this.view = view;
        this.keys = EntityKeyCodec.of(view.entityColumns());
        this.failure = failure;
        for (int i = 0; i < view.features().size(); i++) {
            positions.put(view.features().get(i).name(), i);
        }
        this.rows = statement.executeQuery();
        this.onRow = rows.next();
    }

    /** @param connection given back when the stream is closed, or at once where it cannot be opened */
    static Stream<OnlineRow> open(
            Connection connection, OnlineTable table, Function<SQLException, FeatureStoreException> failure)
            throws SQLException {
        try {
            // The driver reads rows some at a time only within a transaction.
            connection.setAutoCommit(false);
            PreparedStatement statement =
                    connection.prepareStatement(table.scan().text());
            statement.setFetchSize(ROWS_AT_A_TIME);
            RowScan scan = new RowScan(connection, statement, table.view(), failure);
            return StreamSupport.stream(
                            Spliterators.spliteratorUnknownSize(scan, Spliterator.NONNULL | Spliterator.IMMUTABLE),
                            false)
                    .onClose(scan::close);
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
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
            throw failure.apply(e);
        }
    }

    private OnlineRow entity() throws SQLException {
        Value[] values = new Value[positions.size()];
        Arrays.fill(values, Value.Missing.MISSING);
        byte[] key = rows.getBytes(1);
        long event = Long.MIN_VALUE;
        Optional<Long> created = Optional.empty();
        do {
            Integer position = positions.get(rows.getString(2));
            byte[] value = rows.getBytes(3);
            if (position != null) {
                values[position] = value == null
                        ? Value.Null.NULL
                        : ValueCodec.decode(value, view.features().get(position).type());
            }
            long featureEvent = rows.getLong(4);
            Optional<Long> featureCreated = Optional.ofNullable(rows.getObject(5, Long.class));
            boolean later = featureCreated.orElse(Long.MIN_VALUE) > created.orElse(Long.MIN_VALUE);
            if (featureEvent > event || (featureEvent == event && later)) {
                event = featureEvent;
                created = featureCreated;
            }
            onRow = rows.next();
        } while (onRow && Arrays.equals(key, rows.getBytes(1)));
        Instant time = ViewRead.instant(event);
        return new OnlineRow(keys.decode(key), List.of(values), time, created.map(ViewRead::instant));
    }

    @Override
    public void close() {
        try (connection;
                statement) {
            rows.close();
            connection.rollback();
        } catch (SQLException e) {
            throw failure.apply(e);
        }
    }
}
