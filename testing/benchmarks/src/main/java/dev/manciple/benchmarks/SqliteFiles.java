package dev.manciple.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Compares databases of online stores. */
final class SqliteFiles {
    private SqliteFiles() {}

    /** How many rows of these tables are in one file only. */
    static long differences(Path one, Path other, List<String> tables) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + one);
                Statement statement = connection.createStatement()) {
            statement.execute("ATTACH '%s' AS other".formatted(other.toString().replace("'", "''")));
            long different = 0;
            for (String table : tables) {
                try (ResultSet rows = statement.executeQuery("""
                        SELECT (SELECT count(*) FROM (SELECT * FROM main."%1$s" EXCEPT SELECT * FROM other."%1$s"))
                             + (SELECT count(*) FROM (SELECT * FROM other."%1$s" EXCEPT SELECT * FROM main."%1$s"))\
                        """.formatted(table))) {
                    different += rows.getLong(1);
                }
            }
            return different;
        }
    }
}
