package dev.manciple.duckdb;

import dev.manciple.model.DataSource;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.model.ValueType;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.tck.KitContext;
import dev.manciple.tck.OfflineFixture;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;

/** Sources are files of the repository, in one of the shapes the store reads. */
final class FilesFixture implements OfflineFixture {
    enum Shape {
        PARQUET_FILE("parquet") {
            @Override
            String uri(String name) {
                return name + ".parquet";
            }
        },
        PARQUET_FOLDER("parquet") {
            @Override
            String uri(String name) {
                return name;
            }

            @Override
            String file(String name) {
                return name + "/deeper/part-0.parquet";
            }
        },
        CSV_FILE("csv") {
            @Override
            String uri(String name) {
                return name + ".csv";
            }
        };

        private final String format;

        Shape(String format) {
            this.format = format;
        }

        abstract String uri(String name);

        String file(String name) {
            return uri(name);
        }
    }

    /** The engine that writes the files of several fixtures, for starting one takes longer than most tests. */
    static final class Writer implements AutoCloseable {
        private final BufferAllocator allocator = new RootAllocator();
        private final LocalEngine engine = new LocalEngine(DuckDbConfig.defaults(), Path.of(""), allocator);

        @Override
        public void close() {
            engine.close();
            allocator.close();
        }
    }

    private final Path folder;
    private final Shape shape;
    private final Writer writer;

    FilesFixture(Path folder, Shape shape, Writer writer) {
        this.folder = folder;
        this.shape = shape;
        this.writer = writer;
    }

    @Override
    public OfflineStore open(StoreContext context) {
        return new DuckDbOfflineStoreFactory()
                .create(DuckDbConfig.defaults(), KitContext.withArrow("test", folder, context.allocator()));
    }

    @Override
    public DataSource.Batch load(String name, TimeColumns time, ArrowReader rows) {
        writer.engine.writeFile(rows, folder.resolve(shape.file(name)), shape.format, true);
        return source(name, time);
    }

    @Override
    public DataSource.Batch target(String name, TimeColumns time) {
        return source(name, time);
    }

    private DataSource.Batch source(String name, TimeColumns time) {
        return DataSource.Batch.files(shape.uri(name)).name(name).time(time);
    }

    @Override
    public Set<OfflineCapability> expectedCapabilities() {
        return EnumSet.allOf(OfflineCapability.class);
    }

    @Override
    public boolean stores(ValueType type) {
        return switch (shape) {
            case PARQUET_FILE, PARQUET_FOLDER -> true;
            case CSV_FILE -> type instanceof ValueType.Scalar && type != ValueType.Scalar.ZONED_TIMESTAMP;
        };
    }

    @Override
    public String selectAll(DataSource.Batch source) {
        String uri = ((SourceLocation.Files) source.location()).uri()
                + (shape == Shape.PARQUET_FOLDER ? "/**/*.parquet" : "");
        return "SELECT * FROM '%s' -- with a comment"
                .formatted(folder.resolve(uri).toString().replace("'", "''"));
    }

    /** All files are in the folder of the test. */
    @Override
    public void close() {}
}
