package dev.manciple.remote.registry;

import com.google.protobuf.Empty;
import dev.manciple.error.ConflictException;
import dev.manciple.remote.registry.RegistryProtocol.Part;
import dev.manciple.spi.Registry;
import dev.manciple.spi.RegistryChange;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.wire.RegistryCodec;
import dev.manciple.wire.proto.RegistryProto;
import dev.manciple.wire.proto.RegistryServerProto.DeleteProjectRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListProjectsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListProjectsResponse;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A registry that a server keeps (Feast: registry, 12).
 *
 * <p>What is promised depends on the server. Manciple's reads and commits a project at once, and refuses a commit onto an old
 * snapshot, whoever made it old. Feast's protocol has neither: a project is read and written object by object, so a reader may
 * see another's half of a commit, and of two commits at the same moment both may go through; see {@link ObjectProtocol}.
 */
final class RemoteRegistry implements Registry {
    private static final Part NOTHING = new Part("", RegistryProto.Registry.getDefaultInstance());

    private final RegistryRpc rpc;
    private final InstantSource clock;
    private final AtomicReference<@Nullable RegistryProtocol> spoken = new AtomicReference<>();
    private final Map<String, Part> lastRead = new ConcurrentHashMap<>();

    /**
     * @param rpc closed with this
     * @param clock the source of the times recorded in the registry
     */
    RemoteRegistry(RegistryRpc rpc, InstantSource clock) {
        this.rpc = rpc;
        this.clock = clock;
    }

    /** @param known what the server speaks, which is then not asked */
    RemoteRegistry(RegistryRpc rpc, InstantSource clock, RegistryProtocol known) {
        this(rpc, clock);
        spoken.set(known);
    }

    @Override
    public RegistrySnapshot load(String project, Optional<RegistrySnapshot> known) {
        Part part = read(project);
        return known.filter(snapshot ->
                        snapshot.project().equals(project) && snapshot.version().equals(part.version()))
                .orElseGet(() -> snapshot(project, part));
    }

    private Part read(String project) {
        Part part = protocol().load(project, lastRead.getOrDefault(project, NOTHING));
        remember(project, part);
        return part;
    }

    private void remember(String project, Part part) {
        if (part.version().isEmpty()) {
            lastRead.remove(project);
        } else {
            lastRead.put(project, part);
        }
    }

    private static RegistrySnapshot snapshot(String project, Part part) {
        return RegistryCodec.snapshot(
                part.content().toBuilder().setVersionId(part.version()).build(), project);
    }

    /** Found out at the first call, as making a registry must not connect. */
    private RegistryProtocol protocol() {
        RegistryProtocol known = spoken.get();
        if (known != null) {
            return known;
        }
        PartProtocol parts = new PartProtocol(rpc);
        RegistryProtocol found = parts.spoken() ? parts : new ObjectProtocol(rpc);
        spoken.set(found);
        return found;
    }

    @Override
    public Set<String> projects() {
        ListProjectsResponse projects = rpc.read(
                "list its projects",
                ObjectProtocol.SERVICE,
                "ListProjects",
                ListProjectsRequest.getDefaultInstance(),
                ListProjectsResponse.getDefaultInstance());
        Set<String> names = new LinkedHashSet<>();
        projects.getProjectsList()
                .forEach(project -> names.add(project.getSpec().getName()));
        return names;
    }

    @Override
    public RegistrySnapshot commit(RegistrySnapshot base, List<RegistryChange> changes) {
        String project = base.project();
        Part now = read(project);
        if (!now.version().equals(base.version())) {
            throw new ConflictException(
                    "%s: project '%s' changed since it was read. Nothing was written; run the command again"
                            .formatted(rpc.name(), project));
        }
        RegistryProto.Registry next = RegistryCodec.apply(now.content(), project, changes, clock.instant());
        Part written = protocol().commit(project, now, next, changes);
        remember(project, written);
        return snapshot(project, written);
    }

    @Override
    public void teardown(String project) {
        if (read(project).version().isEmpty()) {
            return;
        }
        rpc.write(
                "remove project '%s'".formatted(project),
                ObjectProtocol.SERVICE,
                "DeleteProject",
                DeleteProjectRequest.newBuilder()
                        .setName(project)
                        .setCommit(true)
                        .build(),
                Empty.getDefaultInstance());
        lastRead.remove(project);
    }

    @Override
    public void close() {
        rpc.close();
    }
}
