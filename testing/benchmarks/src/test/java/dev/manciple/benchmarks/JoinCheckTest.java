package dev.manciple.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.benchmarks.JoinWorkload.KeyType;
import dev.manciple.benchmarks.JoinWorkload.Spine;
import dev.manciple.benchmarks.JoinWorkload.View;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wrong result must never be timed, so the check of results is checked. */
class JoinCheckTest {
    private static final JoinWorkload WORKLOAD = new JoinWorkload(
            "small",
            new Spine(2_000, 100, KeyType.INTEGER),
            List.of(
                    new View(4_000, 100, KeyType.INTEGER, 3, false, 0),
                    new View(4_000, 100, KeyType.INTEGER, 3, false, 1)),
            1,
            OptionalDouble.empty(),
            OptionalDouble.empty());

    @TempDir
    Path folder;

    private BufferAllocator allocator;
    private PlainDuckDb engine;
    private JoinBenchmark benchmark;
    private JoinSql sql;

    @BeforeEach
    void join() throws Exception {
        Settings settings = new Settings(folder, 1, "512MB", 0, 1);
        allocator = new RootAllocator();
        engine = new PlainDuckDb(settings, allocator);
        sql = new JoinSql(WORKLOAD, folder);
        new Workspace(folder).generate(WORKLOAD, engine);
        benchmark = new JoinBenchmark(WORKLOAD);
        benchmark.keepResult(settings, engine, allocator);
    }

    @AfterEach
    void close() throws Exception {
        engine.close();
        allocator.close();
    }

    @Test
    void passesTheStore() throws Exception {
        assertThat(benchmark.wrongRows(sql, engine)).isZero();
        assertThat(engine.count("SELECT count(v0__f0) FROM result")).isBetween(1_000L, 1_999L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM result WHERE row = 7",
                "INSERT INTO result SELECT * REPLACE (2000 AS row) FROM result WHERE row = 7",
                "UPDATE result SET row = CASE row WHEN 7 THEN 8 ELSE 7 END WHERE row IN (7, 8)",
                "UPDATE result SET label = label + 1 WHERE row = 7",
                "UPDATE result SET event_timestamp = NULL WHERE row = 7",
                "UPDATE result SET v0__f0 = NULL WHERE row = (SELECT min(row) FROM result WHERE v0__f0 IS NOT NULL)",
                "UPDATE result SET v1__f2 = v1__f2 + 1 WHERE row = (SELECT max(row) FROM result WHERE v1__f0 IS NOT NULL)",
                "UPDATE result SET v1__f1 = 0.5 WHERE row = (SELECT min(row) FROM result WHERE v1__f0 IS NULL)"
            })
    void refuses(String damage) throws Exception {
        engine.execute(damage);
        assertThat(benchmark.wrongRows(sql, engine)).isPositive();
    }
}
