package dev.manciple.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** One connection and the statements prepared on it. Used by one thread at a time. */
final class Session implements AutoCloseable {
    private static final byte[] NO_BYTES = {};

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    Session(Connection connection) {
        this.connection = connection;
    }

    /** The session keeps it; callers close only their result sets. */
    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement known = prepared.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            prepared.put(sql, known);
        }
        return known;
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The columns of a table; none if there is no such table. */
    Set<String> columns(Table table) throws SQLException {
        Set<String> columns = new LinkedHashSet<>();
        PreparedStatement statement = prepare("SELECT name FROM pragma_table_info(?)");
        statement.setString(1, table.name());
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                columns.add(rows.getString(1));
            }
        }
        return columns;
    }

    /** The bytes of a column; the driver has null for none. */
    static byte[] bytes(ResultSet rows, int column) throws SQLException {
        byte[] bytes = rows.getBytes(column);
        return bytes == null ? NO_BYTES : bytes;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
