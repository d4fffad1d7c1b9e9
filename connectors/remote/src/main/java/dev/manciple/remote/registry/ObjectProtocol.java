package dev.manciple.remote.registry;

import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.manciple.spi.RegistryChange;
import dev.manciple.wire.ProjectPart;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.RegistryObjects;
import dev.manciple.wire.proto.FeatureViewProto.FeatureView;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewSpec;
import dev.manciple.wire.proto.LabelViewProto.LabelView;
import dev.manciple.wire.proto.ProjectProto.Project;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.RegistryServerProto.ApplyDataSourceRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyEntityRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyFeatureServiceRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyMaterializationRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyPermissionRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyProjectRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplySavedDatasetRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyValidationReferenceRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteDataSourceRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteEntityRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteFeatureServiceRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeletePermissionRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteProjectRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteSavedDatasetRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteValidationReferenceRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetProjectRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListDataSourcesRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListDataSourcesResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListEntitiesRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListEntitiesResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListFeatureServicesRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListFeatureServicesResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListFeatureViewsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListLabelViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListLabelViewsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListOnDemandFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListOnDemandFeatureViewsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListPermissionsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListPermissionsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListSavedDatasetsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListSavedDatasetsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListStreamFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListStreamFeatureViewsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListValidationReferencesRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListValidationReferencesResponse;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureView;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Feast's protocol, which knows single objects only. A project is read list by list, so that a change of another client's may be
 * seen in part. A commit sends what differs object by object, each stored as it comes; the server has no
 * way to tell that another client changed the project after it was read.
 */
final class ObjectProtocol implements RegistryProtocol {
    static final String SERVICE = "feast.registry.RegistryServer";

    private static final Empty EMPTY = Empty.getDefaultInstance();

    private final RegistryRpc rpc;
    private final List<Objects<?>> kinds;

    ObjectProtocol(RegistryRpc rpc) {
        this.rpc = rpc;
        this.kinds = List.of(
                new Objects<>(
                        RegistryList.PROJECTS,
                        this::project,
                        "Project",
                        (project, object) -> ApplyProjectRequest.newBuilder()
                                .setProject(object)
                                .build(),
                        (project, name) ->
                                DeleteProjectRequest.newBuilder().setName(name).build()),
                new Objects<>(
                        RegistryList.DATA_SOURCES,
                        project -> list(
                                        "ListDataSources",
                                        ListDataSourcesRequest.newBuilder()
                                                .setProject(project)
                                                .build(),
                                        ListDataSourcesResponse.getDefaultInstance())
                                .getDataSourcesList(),
                        "DataSource",
                        (project, object) -> ApplyDataSourceRequest.newBuilder()
                                .setProject(project)
                                .setDataSource(object)
                                .build(),
                        (project, name) -> DeleteDataSourceRequest.newBuilder()
                                .setProject(project)
                                .setName(name)
                                .build()),
                new Objects<>(
                        RegistryList.FEATURE_VIEWS,
                        project -> list(
                                        "ListFeatureViews",
                                        ListFeatureViewsRequest.newBuilder()
                                                .setProject(project)
                                                .build(),
                                        ListFeatureViewsResponse.getDefaultInstance())
                                .getFeatureViewsList(),
                        "FeatureView",
                        (project, object) -> ApplyFeatureViewRequest.newBuilder()
                                .setProject(project)
                                .setFeatureView(object)
                                .build(),
                        ObjectProtocol::deleteView),
                new Objects<>(
                        RegistryList.ON_DEMAND_FEATURE_VIEWS,
                        project -> list(
                                        "ListOnDemandFeatureViews",
                                        ListOnDemandFeatureViewsRequest.newBuilder()
                                                .setProject(project)
                                                .build(),
                                        ListOnDemandFeatureViewsResponse.getDefaultInstance())
                                .getOnDemandFeatureViewsList(),
                        "FeatureView",
                        (project, object) -> ApplyFeatureViewRequest.newBuilder()
                                .setProject(project)
                                .setOnDemandFeatureView(object)
                                .build(),
                        ObjectProtocol::deleteView),
                new Objects<>(
                        RegistryList.STREAM_FEATURE_VIEWS,
                        project -> list(
                                        "ListStreamFeatureViews",
                                        ListStreamFeatureViewsRequest.newBuilder()
                                                .setProject(project)
                                                .build(),
                                        ListStreamFeatureViewsResponse.getDefaultInstance())
                                .getStreamFeatureViewsList(),
                        "FeatureView",
                        (project, object) -> ApplyFeatureViewRequest.newBuilder()
                                .setProject(project)
                                .setStreamFeatureView(object)
                                .build(),
                        ObjectProtocol::deleteView),
                new Objects<>(
                        RegistryList.LABEL_VIEWS,
                        this::labelViews,
                        "FeatureView",
                        (project, object) -> ApplyFeatureViewRequest.newBuilder()
                                .setProject(project)
                                .setLabelView(object)
                                .build(),
                        ObjectProtocol::deleteView),
                new Objects<>(
                        RegistryList.ENTITIES,
                        project -> list(
                                        "ListEntities",
                                        ListEntitiesRequest.newBuilder()
                                                .setProject(project)
                                                .build(),
                                        ListEntitiesResponse.getDefaultInstance())
                                .getEntitiesList(),
                        "Entity",
                        (project, object) -> ApplyEntityRequest.newBuilder()
                                .setProject(project)
                                .setEntity(object)
                                .build(),
                        (project, name) -> DeleteEntityRequest.newBuilder()
                                .setProject(project)
                                .setName(name)
                                .build()),
                new Objects<>(
                        RegistryList.FEATURE_SERVICES,
                        project -> list(
                                        "ListFeatureServices",
                                        ListFeatureServicesRequest.newBuilder()
                                                .setProject(project)
                                                .build(),
                                        ListFeatureServicesResponse.getDefaultInstance())
                                .getFeatureServicesList(),
                        "FeatureService",
                        (project, object) -> ApplyFeatureServiceRequest.newBuilder()
                                .setProject(project)
                                .setFeatureService(object)
                                .build(),
                        (project, name) -> DeleteFeatureServiceRequest.newBuilder()
                                .setProject(project)
                                .setName(name)
                                .build()),
                new Objects<>(
                        RegistryList.SAVED_DATASETS,
                        project -> list(
                                        "ListSavedDatasets",
                                        ListSavedDatasetsRequest.newBuilder()
                                                .setProject(project)
                                                .build(),
                                        ListSavedDatasetsResponse.getDefaultInstance())
                                .getSavedDatasetsList(),
                        "SavedDataset",
                        (project, object) -> ApplySavedDatasetRequest.newBuilder()
                                .setProject(project)
                                .setSavedDataset(object)
                                .build(),
                        (project, name) -> DeleteSavedDatasetRequest.newBuilder()
                                .setProject(project)
                                .setName(name)
                                .build()),
                new Objects<>(
                        RegistryList.VALIDATION_REFERENCES,
                        project -> list(
                                        "ListValidationReferences",
                                        ListValidationReferencesRequest.newBuilder()
                                                .setProject(project)
                                                .build(),
                                        ListValidationReferencesResponse.getDefaultInstance())
                                .getValidationReferencesList(),
                        "ValidationReference",
                        (project, object) -> ApplyValidationReferenceRequest.newBuilder()
                                .setProject(project)
                                .setValidationReference(object)
                                .build(),
                        (project, name) -> DeleteValidationReferenceRequest.newBuilder()
                                .setProject(project)
                                .setName(name)
                                .build()),
                new Objects<>(
                        RegistryList.PERMISSIONS,
                        project -> list(
                                        "ListPermissions",
                                        ListPermissionsRequest.newBuilder()
                                                .setProject(project)
                                                .build(),
                                        ListPermissionsResponse.getDefaultInstance())
                                .getPermissionsList(),
                        "Permission",
                        (project, object) -> ApplyPermissionRequest.newBuilder()
                                .setProject(project)
                                .setPermission(object)
                                .build(),
                        (project, name) -> DeletePermissionRequest.newBuilder()
                                .setProject(project)
                                .setName(name)
                                .build()));
    }

    /**
     * How objects of one kind are read and written.
     *
     * @param noun what {@code Apply} and {@code Delete} are followed by in the names of methods
     */
    private record Objects<M extends Message>(
            RegistryList<M> list,
            Function<String, List<M>> read,
            String noun,
            BiFunction<String, M, Message> apply,
            BiFunction<String, String, Message> delete) {}

    private static Message deleteView(String project, String name) {
        return DeleteFeatureViewRequest.newBuilder()
                .setProject(project)
                .setName(name)
                .build();
    }

    private <Q extends Message, A extends Message> A list(String method, Q request, A answer) {
        return rpc.read("list objects (%s)".formatted(method), SERVICE, method, request, answer);
    }

    private List<Project> project(String name) {
        return rpc
                .readIfThere(
                        "find project '%s'".formatted(name),
                        SERVICE,
                        "GetProject",
                        GetProjectRequest.newBuilder().setName(name).build(),
                        Project.getDefaultInstance())
                .stream()
                .toList();
    }

    /** Which older servers do not know. */
    private List<LabelView> labelViews(String project) {
        return rpc.readIfThere(
                        "list label views",
                        SERVICE,
                        "ListLabelViews",
                        ListLabelViewsRequest.newBuilder().setProject(project).build(),
                        ListLabelViewsResponse.getDefaultInstance())
                .map(ListLabelViewsResponse::getLabelViewsList)
                .orElse(List.of());
    }

    @Override
    public Part load(String project, Part known) {
        Registry.Builder read = Registry.newBuilder();
        kinds.forEach(kind -> read(kind, project, read));
        Registry part = read.build();
        String version = ProjectPart.version(part);
        return version.equals(known.version()) ? known : new Part(version, part);
    }

    /** Servers of Feast leave the project out of what they give. */
    private static <M extends Message> void read(Objects<M> kind, String project, Registry.Builder part) {
        List<M> objects = kind.read().apply(project).stream()
                .map(object -> RegistryObjects.owned(project, kind.list(), object))
                .toList();
        kind.list().replace().accept(part, objects);
    }

    @Override
    public Part commit(String project, Part base, Registry next, List<RegistryChange> changes) {
        kinds.forEach(kind -> put(kind, project, base.content(), next));
        kinds.forEach(kind -> remove(kind, project, base.content(), next));
        for (RegistryChange change : changes) {
            if (change instanceof RegistryChange.Materialized materialized) {
                record(project, materialized, next);
            }
        }
        rpc.write("store the changes of project '%s'".formatted(project), SERVICE, "Commit", EMPTY, EMPTY);
        return load(project, base);
    }

    private <M extends Message> void put(Objects<M> kind, String project, Registry before, Registry next) {
        for (M object : kind.list().of(next, project)) {
            String name = kind.list().name().apply(object);
            boolean same = kind.list()
                    .find(before, project, name)
                    .filter(stored -> definition(stored).equals(definition(object)))
                    .isPresent();
            if (!same) {
                rpc.write(
                        "apply %s '%s'".formatted(kind.list().kind().words(), name),
                        SERVICE,
                        "Apply" + kind.noun(),
                        stored(kind.apply().apply(project, object)),
                        EMPTY);
            }
        }
    }

    /** To be stored at once: Feast's servers forget what is not yet stored when they read their registry anew. */
    private static Message stored(Message request) {
        return request.toBuilder()
                .setField(request.getDescriptorForType().findFieldByName("commit"), true)
                .build();
    }

    /** Without the windows of a view, which have a method of their own. */
    private static Message definition(Message object) {
        return switch (object) {
            case FeatureView view -> view.getSpec();
            case StreamFeatureView view -> view.getSpec();
            default -> object;
        };
    }

    private <M extends Message> void remove(Objects<M> kind, String project, Registry before, Registry next) {
        for (M object : kind.list().of(before, project)) {
            String name = kind.list().name().apply(object);
            if (kind.list().find(next, project, name).isEmpty()) {
                rpc.write(
                        "delete %s '%s'".formatted(kind.list().kind().words(), name),
                        SERVICE,
                        "Delete" + kind.noun(),
                        stored(kind.delete().apply(project, name)),
                        EMPTY);
            }
        }
    }

    /** The method takes a whole feature view and goes by its name, even if it is that of another kind of view. */
    private void record(String project, RegistryChange.Materialized change, Registry next) {
        FeatureView view = RegistryList.FEATURE_VIEWS
                .find(next, project, change.view())
                .orElseGet(() -> FeatureView.newBuilder()
                        .setSpec(FeatureViewSpec.newBuilder().setName(change.view()))
                        .build());
        rpc.write(
                "record a materialized window of '%s'".formatted(change.view()),
                SERVICE,
                "ApplyMaterialization",
                ApplyMaterializationRequest.newBuilder()
                        .setProject(project)
                        .setFeatureView(view)
                        .setStartDate(timestamp(change.interval().start()))
                        .setEndDate(timestamp(change.interval().end()))
                        .setCommit(true)
                        .build(),
                EMPTY);
    }

    private static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
