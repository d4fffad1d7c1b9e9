package dev.manciple.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;

/** The folder of generated files. A file is made once and kept; it is there whole or not at all. */
record Workspace(Path folder) {
    /** @param query gives the rows, the same ones every time */
    Path parquet(String name, String query, PlainDuckDb engine) throws SQLException, IOException {
        Path file = folder.resolve(name);
        if (Files.exists(file)) {
            return file;
        }
        System.err.printf("Generating %s ...%n", name);
        Files.createDirectories(folder);
        Path unfinished = folder.resolve(name + ".unfinished");
        engine.execute("COPY (%s) TO '%s' (FORMAT parquet)"
                .formatted(query, unfinished.toString().replace("'", "''")));
        return Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    void generate(JoinWorkload workload, PlainDuckDb engine) throws SQLException, IOException {
        parquet(workload.spine().file(), JoinSql.generate(workload.spine()), engine);
        for (JoinWorkload.View view : workload.views()) {
            parquet(view.file(), JoinSql.generate(view), engine);
        }
    }
}
