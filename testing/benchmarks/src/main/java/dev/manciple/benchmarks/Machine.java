package dev.manciple.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;
import org.duckdb.DuckDBDriver;

/** The kind of machine results are of; two machines of one kind share a file of results. */
record Machine(String system, String architecture, int cores, long memoryGigabytes, String java, String duckdb) {
    static Machine here() throws SQLException {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                system.getAvailableProcessors(),
                Math.round(system.getTotalMemorySize() / 1e9),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                duckdbVersion());
    }

    private static String duckdbVersion() throws SQLException {
        try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", new Properties())) {
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }

    String kind() {
        return "%s-%s-%d-cores-%d-gb"
                .formatted(system, architecture, cores, memoryGigabytes)
                .toLowerCase(Locale.ROOT);
    }

    String describe() {
        return "%s %s, %d cores, %d GB, %s, DuckDB %s"
                .formatted(system, architecture, cores, memoryGigabytes, java, duckdb);
    }
}
