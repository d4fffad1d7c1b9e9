package dev.manciple.postgres;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.spi.OnlineRow;
import dev.manciple.wire.features.FeatureScan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads a table once, in key order, some rows at a time. */
final class RowScan {
    private static final int ROWS_AT_A_TIME = 5_000;

    private RowScan() {}

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
            ResultSet rows = statement.executeQuery();
            return new FeatureScan(table.view(), rows, row -> row.getBytes(1), ViewRead::instant, failure)
                    .stream().onClose(() -> close(connection, statement, failure));
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    private static void close(
            Connection connection, PreparedStatement statement, Function<SQLException, FeatureStoreException> failure) {
        try (connection;
                statement) {
            connection.rollback();
        } catch (SQLException e) {
            throw failure.apply(e);
        }
    }
}
