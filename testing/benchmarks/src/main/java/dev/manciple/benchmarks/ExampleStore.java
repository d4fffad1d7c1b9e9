package dev.manciple.benchmarks;

import dev.manciple.model.About;
import dev.manciple.model.DataSource;
import dev.manciple.model.Extras;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.spi.SourceType;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * The store of {@code examples/custom-offline-store}, which is a project of its own and no part of this build: compiled from its sources
 * against this process's class path, and found as a plug-in.
 */
final class ExampleStore {
    static final String TYPE = "com.example.arrowfolder.ArrowFolderOfflineStore";

    private static final Path SOURCES = Path.of("examples", "custom-offline-store", "src", "main");
    private static final String SOURCE_CLASS = "arrow_folder.source.ArrowFolderSource";

    private ExampleStore() {}

    /**
     * A loader that has the store's plug-in besides all of this process.
     *
     * @param classes where its classes are put
     */
    static ClassLoader load(Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null || !Files.isDirectory(SOURCES)) {
            throw new IllegalStateException(
                    "The example store is compiled from %s, with a JDK, in the folder of a clone".formatted(SOURCES));
        }
        Files.createDirectories(classes);
        List<String> arguments = new ArrayList<>(List.of(
                "-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none", "-nowarn"));
        try (Stream<Path> files = Files.walk(SOURCES.resolve("java"))) {
            files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
        }
        if (compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new IllegalStateException("The example store in %s does not compile".formatted(SOURCES));
        }
        URL resources = SOURCES.resolve("resources").toUri().toURL();
        return new URLClassLoader(new URL[] {classes.toUri().toURL(), resources}, ExampleStore.class.getClassLoader());
    }

    /** Makes the folder of a view, one file of all rows, where it is not there yet. */
    static void generate(Path root, JoinWorkload.View view, Path folder, PlainDuckDb engine)
            throws SQLException, IOException {
        Path file = Files.createDirectories(root.resolve(view.name())).resolve("rows.arrow");
        if (Files.exists(file)) {
            return;
        }
        Path unfinished = root.resolve(view.name() + ".unfinished");
        try (ArrowReader rows = engine.stream(PlainDuckDb.all(folder.resolve(view.file())));
                FileChannel channel = FileChannel.open(
                        unfinished,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                ArrowFileWriter writer = new ArrowFileWriter(rows.getVectorSchemaRoot(), null, channel)) {
            while (rows.loadNextBatch()) {
                writer.writeBatch();
            }
        }
        Files.move(unfinished, file);
    }

    /** The source of a view's folder. */
    static DataSource.Batch source(JoinWorkload.View view) {
        return new DataSource.Batch(
                        view.name(),
                        SourceType.of(SOURCE_CLASS),
                        new SourceLocation.Custom(SOURCE_CLASS, StandardCharsets.UTF_8.encode(view.name())),
                        TimeColumns.INFERRED,
                        Map.of(),
                        About.NOTHING,
                        Extras.NONE)
                .eventTime(JoinWorkload.EVENT_TIME)
                .createdTime(JoinWorkload.CREATED_TIME);
    }
}
