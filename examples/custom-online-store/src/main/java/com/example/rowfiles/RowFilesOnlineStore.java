package com.example.rowfiles;

import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.EntityKey;
import dev.manciple.spi.InfraChange;
import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineCapability;
import dev.manciple.spi.OnlineRead;
import dev.manciple.spi.OnlineResult;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.StoreContext;
import dev.manciple.spi.ViewChanges;
import dev.manciple.wire.EntityKeyCodec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A folder per view, in it a file per key, named by the hash of Feast's bytes of the key. Files are replaced whole, so that a reader
 * never waits and never sees half a row. Writers of one process take turns; several processes at once are not supported, which is why the store
 * does not declare {@code NEWEST_WINS}.
 */
public final class RowFilesOnlineStore implements OnlineStore {
    private final Path views;
    private final ReentrantLock writing = new ReentrantLock();

    /** Makes nothing yet: a wrong path is a failure of the first use. */
    public RowFilesOnlineStore(RowFilesOnlineStoreConfig config, StoreContext context) {
        this.views = context.repoPath().resolve(config.root()).resolve(inHex(context.project()));
    }

    @Override
    public Set<OnlineCapability> capabilities() {
        return Set.of(OnlineCapability.KEEPS_CREATED);
    }

    @Override
    public ChronoUnit timePrecision() {
        return ChronoUnit.NANOS;
    }

    // snippet: read
    @Override
    public List<OnlineResult> read(List<OnlineRead> reads) {
        List<OnlineResult> results = new ArrayList<>();
        for (OnlineRead read : reads) {
            EntityKeyCodec keys = EntityKeyCodec.of(read.view().entityColumns());
            List<Lookup> lookups = new ArrayList<>();
            for (EntityKey key : read.keys()) {
                StoredRow row = stored(read.view(), file(read.view(), keys.encode(key)));
                lookups.add(row.cells().isEmpty() ? Lookup.Absent.ABSENT : row.lookup(read.features()));
            }
            results.add(new OnlineResult(lookups));
        }
        return results;
    }
    // end snippet

    // snippet: write
    @Override
    public void write(FeatureView view, List<OnlineRow> rows) {
        EntityKeyCodec keys = EntityKeyCodec.of(view.entityColumns());
        writing.lock();
        try {
            // All in memory first: a row that cannot be encoded stops the batch before any of it is stored.
            Map<Path, StoredRow> merged = new LinkedHashMap<>();
            for (OnlineRow row : rows) {
                Path file = file(view, keys.encode(row.key()));
                StoredRow known = merged.containsKey(file) ? merged.get(file) : stored(view, file);
                merged.put(file, known.with(row, view.features()));
            }
            int before = 0;
            for (Map.Entry<Path, StoredRow> row : merged.entrySet()) {
                replace(view, row.getKey(), row.getValue(), before++);
            }
        } finally {
            writing.unlock();
        }
    }
    // end snippet

    private StoredRow stored(FeatureView view, Path file) {
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
            return StoredRow.read(bytes);
        } catch (NoSuchFileException e) {
            return StoredRow.EMPTY;
        } catch (IOException e) {
            throw failed("read a row of view '%s'".formatted(view.name()), Outcome.NOT_APPLIED, e);
        }
    }

    /** Under a name nobody reads until it is whole and on the disk. */
    private void replace(FeatureView view, Path file, StoredRow row, int before) {
        Path hidden = file.resolveSibling("." + UUID.randomUUID());
        try {
            try (FileChannel channel =
                    FileChannel.open(hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(row.toBytes());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            delete(hidden);
            throw failed(
                    "write a row of view '%s'".formatted(view.name()),
                    before == 0 ? Outcome.NOT_APPLIED : Outcome.MAYBE,
                    e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Nobody reads the name; what failed before is thrown.
            return;
        }
    }

    // snippet: infrastructure
    @Override
    public List<InfraChange> plan(ViewChanges changes) {
        List<InfraChange> plan = new ArrayList<>();
        for (FeatureView view : changes.keep()) {
            if (!Files.isDirectory(folder(view))) {
                plan.add(change(InfraChange.Action.CREATE, view));
            }
        }
        for (FeatureView view : changes.drop()) {
            if (Files.isDirectory(folder(view))) {
                plan.add(change(InfraChange.Action.DROP, view));
            }
        }
        return plan;
    }

    @Override
    public void update(ViewChanges changes) {
        try {
            for (FeatureView view : changes.drop()) {
                dropFolder(folder(view));
            }
            for (FeatureView view : changes.keep()) {
                Files.createDirectories(folder(view));
            }
        } catch (IOException e) {
            throw failed("make and delete folders of views", Outcome.MAYBE, e);
        }
    }
    // end snippet

    @Override
    public void teardown(List<FeatureView> gone) {
        update(new ViewChanges(List.of(), gone));
    }

    @Override
    public void close() {}

    private static void dropFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> below = Files.walk(folder)) {
            for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private InfraChange change(InfraChange.Action action, FeatureView view) {
        return new InfraChange(action, "row files", "folder", folder(view).toString());
    }

    private Path folder(FeatureView view) {
        return views.resolve(inHex(view.name()));
    }

    private Path file(FeatureView view, byte[] key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
            return folder(view).resolve(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    /** Names may hold what file systems do not take, or do not tell apart. */
    private static String inHex(String name) {
        return HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8));
    }

    private StoreException failed(String attempted, Outcome outcome, IOException cause) {
        return new StoreException("Row files '%s'".formatted(views), attempted, false, outcome, cause);
    }
}
