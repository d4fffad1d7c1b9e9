package dev.manciple.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import dev.manciple.error.ConfigException;
import dev.manciple.error.ConflictException;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.RegistryCodec;
import dev.manciple.wire.proto.RegistryProto;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * Feast's file registry: one protobuf message in one local file, shared with Feast.
 *
 * <p>A commit reads the file anew under a lock shared by all writers of Manciple's, in this process and others, compares it with
 * the caller's base, and renames a finished copy into place; whatever happens before the rename leaves the old state. Feast
 * takes no lock, so a Feast process that writes between our read and our rename loses its change, as it would against another
 * Feast. Projects are independent: a commit conflicts only if its own project changed.
 */
public final class FileRegistry implements StoredRegistry {
    private final RegistryFile file;
    private final boolean dropsProjectIds;
    private final InstantSource clock;
    private final AtomicReference<State> lastRead = new AtomicReference<>(State.NEVER_READ);

    /**
     * @param path made, with its folder, at the first commit; reading a registry that does not exist finds it empty, unless it was
     *     read from here before
     * @param dropsProjectIds whether a commit drops the obsolete list of project ids
     * @param clock the source of the times recorded in the registry
     */
    public FileRegistry(Path path, boolean dropsProjectIds, InstantSource clock) {
        this.file = new RegistryFile(path);
        this.dropsProjectIds = dropsProjectIds;
        this.clock = clock;
    }

    @Override
    public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
        RegistryProto.Registry now = current();
        return known.filter(snapshot ->
                        snapshot.project().equals(project) && snapshot.version().equals(now.getVersionId()))
                .orElseGet(() -> RegistryCodec.snapshot(now, project));
    }

    @Override
    public Set<String> projects() {
        return RegistryCodec.projects(current());
    }

    @Override
    public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
        return file.exclusively("commit to project '%s'".formatted(base.project()), () -> {
            RegistryProto.Registry now = read().registry();
            requireUnmoved(base, now);
            Instant time = clock.instant();
            RegistryProto.Registry written = write(RegistryCodec.apply(now, base.project(), changes, time), time);
            return RegistryCodec.snapshot(written, base.project());
        });
    }

    @Override
    public void teardown(String project) {
        if (file.stamp().isEmpty()) {
            return;
        }
        file.exclusively("remove project '%s'".formatted(project), () -> {
            RegistryProto.Registry now = read().registry();
            if (RegistryCodec.projects(now).contains(project)) {
                write(RegistryCodec.remove(now, project), clock.instant());
            }
            return project;
        });
    }

    @Override
    public RegistryProto.Registry stored() {
        return current();
    }

    @Override
    public RegistryProto.Registry update(String attempted, UnaryOperator<RegistryProto.Registry> change) {
        return file.exclusively(attempted, () -> {
            RegistryProto.Registry now = read().registry();
            RegistryProto.Registry next = change.apply(now);
            return next.equals(now) ? now : write(next, clock.instant());
        });
    }

    /** Holds nothing open between calls. */
    @Override
    public void close() {}

    private void requireUnmoved(RegistrySnapshot base, RegistryProto.Registry now) {
        if (now.getVersionId().equals(base.version())) {
            return;
        }
        RegistrySnapshot moved = RegistryCodec.snapshot(now, base.project());
        if (!sameContent(moved, base)) {
            throw new ConflictException(
                    "%s: project '%s' changed since it was read (version %s, now %s). Nothing was written; run the command again"
                            .formatted(
                                    file.name(),
                                    base.project(),
                                    base.version().isEmpty() ? "none" : base.version(),
                                    moved.version().isEmpty() ? "none" : moved.version()));
        }
    }

    private static boolean sameContent(RegistrySnapshot one, RegistrySnapshot other) {
        return one.entities().equals(other.entities())
                && one.views().equals(other.views())
                && one.services().equals(other.services())
                && one.sources().equals(other.sources())
                && one.permissions().equals(other.permissions())
                && one.preserved().equals(other.preserved())
                && one.materialized().equals(other.materialized());
    }

    private RegistryProto.Registry write(RegistryProto.Registry next, Instant time) {
        RegistryProto.Registry.Builder written = next.toBuilder()
                .setVersionId(UUID.randomUUID().toString())
                .setLastUpdated(Timestamps.fromMicros(ChronoUnit.MICROS.between(Instant.EPOCH, time)));
        if (dropsProjectIds) {
            written.clearProjectMetadata();
        }
        RegistryProto.Registry registry = written.build();
        file.replace(registry.toByteArray());
        return registry;
    }

    private RegistryProto.Registry current() {
        State known = lastRead.get();
        if (known.settled() && known.stamp().equals(file.stamp())) {
            return known.registry();
        }
        State now = read();
        lastRead.set(now);
        return now.registry();
    }

    private State read() {
        Optional<RegistryFile.Content> found = file.read();
        if (found.isEmpty() && lastRead.get().stamp().isPresent()) {
            // Nobody removes a registry by deleting its file under those who use it, so it is not taken for empty.
            throw new ConfigException(
                    file.name(),
                    List.of(
                            "the file is gone, which was there when it was read last. Restore it from a copy, or apply again"));
        }
        return found.map(content -> new State(parse(content.bytes()), Optional.of(content.stamp()), content.settled()))
                .orElse(State.NO_FILE);
    }

    private RegistryProto.Registry parse(ByteBuffer bytes) {
        try {
            RegistryProto.Registry registry = RegistryProto.Registry.parseFrom(bytes.duplicate());
            if (RegistryCodec.isWhole(registry)) {
                return registry;
            }
            throw unreadable(
                    !bytes.hasRemaining() ? "the file is empty" : "the file is cut short or holds no registry");
        } catch (InvalidProtocolBufferException e) {
            throw unreadable("the file is cut short or holds no registry (" + e.getMessage() + ")");
        }
    }

    private ConfigException unreadable(String problem) {
        return new ConfigException(
                file.name(),
                List.of(
                        problem
                                + ". It was left as it is; restore it from a copy, or delete it and apply again, or correct 'path' below 'registry'"));
    }

    /**
     * The registry as last read.
     *
     * @param settled whether an equal stamp later on proves that nothing changed
     */
    private record State(RegistryProto.Registry registry, Optional<RegistryFile.Stamp> stamp, boolean settled) {
        private static final State NO_FILE = new State(RegistryCodec.empty(), Optional.empty(), true);
        private static final State NEVER_READ = new State(RegistryCodec.empty(), Optional.empty(), false);
    }
}
