package dev.manciple.remote.registry;

import dev.manciple.spi.RegistryChange;
import dev.manciple.wire.proto.ProjectPartsProto.CommitRequest;
import dev.manciple.wire.proto.ProjectPartsProto.CommitResponse;
import dev.manciple.wire.proto.ProjectPartsProto.LoadRequest;
import dev.manciple.wire.proto.ProjectPartsProto.LoadResponse;
import dev.manciple.wire.proto.RegistryProto.Registry;
import java.util.List;

/**
 * The protocol of Manciple's server: a project is read as of one moment, and written whole or not at all, and only if nobody
 * wrote it meanwhile.
 */
final class PartProtocol implements RegistryProtocol {
    private static final String SERVICE = "manciple.registry.ProjectParts";

    private final RegistryRpc rpc;

    PartProtocol(RegistryRpc rpc) {
        this.rpc = rpc;
    }

    /** Whether the server speaks it. */
    boolean spoken() {
        return rpc.readIfThere(
                        "ask what it speaks",
                        SERVICE,
                        "Load",
                        LoadRequest.getDefaultInstance(),
                        LoadResponse.getDefaultInstance())
                .isPresent();
    }

    @Override
    public Part load(String project, Part known) {
        LoadResponse loaded = rpc.read(
                "load project '%s'".formatted(project),
                SERVICE,
                "Load",
                LoadRequest.newBuilder()
                        .setProject(project)
                        .setKnownVersion(known.version())
                        .build(),
                LoadResponse.getDefaultInstance());
        return loaded.hasPart() ? new Part(loaded.getVersion(), loaded.getPart()) : known;
    }

    @Override
    public Part commit(String project, Part base, Registry next, List<RegistryChange> changes) {
        CommitResponse committed = rpc.write(
                "commit to project '%s'".formatted(project),
                SERVICE,
                "Commit",
                CommitRequest.newBuilder()
                        .setProject(project)
                        .setBaseVersion(base.version())
                        .setPart(next)
                        .build(),
                CommitResponse.getDefaultInstance());
        return new Part(committed.getVersion(), next);
    }
}
