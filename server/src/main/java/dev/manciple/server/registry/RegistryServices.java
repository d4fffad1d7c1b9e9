package dev.manciple.server.registry;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.Permission.Action;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.server.Admission;
import dev.manciple.server.Commons;
import dev.manciple.server.grpc.Call;
import dev.manciple.server.grpc.UnaryCalls;
import dev.manciple.server.grpc.UnaryService;
import dev.manciple.server.registry.Paging.Page;
import dev.manciple.wire.ProjectPart;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.EntityProto.Entity;
import dev.manciple.wire.proto.FeatureServiceProto.FeatureService;
import dev.manciple.wire.proto.FeatureViewProto.FeatureView;
import dev.manciple.wire.proto.InfraObjectProto.Infra;
import dev.manciple.wire.proto.LabelViewProto.LabelView;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureView;
import dev.manciple.wire.proto.PermissionProto.Permission;
import dev.manciple.wire.proto.ProjectPartsProto;
import dev.manciple.wire.proto.ProjectPartsProto.CommitRequest;
import dev.manciple.wire.proto.ProjectPartsProto.CommitResponse;
import dev.manciple.wire.proto.ProjectPartsProto.LoadRequest;
import dev.manciple.wire.proto.ProjectPartsProto.LoadResponse;
import dev.manciple.wire.proto.ProjectProto.Project;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.RegistryServerProto;
import dev.manciple.wire.proto.RegistryServerProto.AnyFeatureView;
import dev.manciple.wire.proto.RegistryServerProto.ApplyDataSourceRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyEntityRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyFeatureServiceRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyMaterializationRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyPermissionRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyProjectRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplySavedDatasetRequest;
import dev.manciple.wire.proto.RegistryServerProto.ApplyValidationReferenceRequest;
import dev.manciple.wire.proto.RegistryServerProto.CreateDatasetFromRetrievalRequest;
import dev.manciple.wire.proto.RegistryServerProto.CreateDatasetFromRetrievalResponse;
import dev.manciple.wire.proto.RegistryServerProto.DeleteDataSourceRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteEntityRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteFeatureServiceRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeletePermissionRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteProjectRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteSavedDatasetRequest;
import dev.manciple.wire.proto.RegistryServerProto.DeleteValidationReferenceRequest;
import dev.manciple.wire.proto.RegistryServerProto.EntityRelation;
import dev.manciple.wire.proto.RegistryServerProto.Feature;
import dev.manciple.wire.proto.RegistryServerProto.GetAnyFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetAnyFeatureViewResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetDataSourceRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetDataRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetDataResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetJobStatusRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetDatasetJobStatusResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetEntityRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetFeatureRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetFeatureServiceRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetInfraRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetLabelViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetObjectRelationshipsRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetObjectRelationshipsResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetOnDemandFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetPermissionRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetProjectRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetRegistryLineageRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetRegistryLineageResponse;
import dev.manciple.wire.proto.RegistryServerProto.GetSavedDatasetRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetStreamFeatureViewRequest;
import dev.manciple.wire.proto.RegistryServerProto.GetValidationReferenceRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListAllFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListAllFeatureViewsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListDataSourcesRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListDataSourcesResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListDatasetJobsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListDatasetJobsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListEntitiesRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListEntitiesResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListFeatureServicesRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListFeatureServicesResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListFeatureViewsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListFeaturesRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListFeaturesResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListLabelViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListLabelViewsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListOnDemandFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListOnDemandFeatureViewsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListPermissionsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListPermissionsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListProjectMetadataRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListProjectMetadataResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListProjectsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListProjectsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListSavedDatasetsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListSavedDatasetsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListStreamFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListStreamFeatureViewsResponse;
import dev.manciple.wire.proto.RegistryServerProto.ListValidationReferencesRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListValidationReferencesResponse;
import dev.manciple.wire.proto.RegistryServerProto.RefreshRequest;
import dev.manciple.wire.proto.RegistryServerProto.UpdateInfraRequest;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDataset;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureView;
import dev.manciple.wire.proto.ValidationProfileProto.ValidationReference;
import io.grpc.ServerServiceDefinition;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * {@code feast.registry.RegistryServer} (Feast: online serving, 8), and {@code manciple.registry.ProjectParts} beside it for what
 * that protocol cannot say. Thread-safe; borrows the registry. Whether a caller accepts cached answers or wants its changes
 * committed makes no difference: answers are always of now, changes durable at once.
 */
public final class RegistryServices {
    private static final String REGISTRY_SERVER = "feast.registry.RegistryServer";
    private static final String PROJECT_PARTS = "manciple.registry.ProjectParts";
    private static final Empty EMPTY = Empty.getDefaultInstance();

    private final StoredRegistry stored;
    private final RegistryWrites writes;
    private final Datasets datasets;
    private final UnaryCalls calls;

    /**
     * @param datasets borrowed, as the registry is
     * @param clock the source of the times recorded in the registry
     * @param threads gives each call one of its own
     */
    public RegistryServices(
            StoredRegistry stored,
            Datasets datasets,
            Commons commons,
            Admission admission,
            InstantSource clock,
            Executor threads) {
        this.stored = stored;
        this.datasets = datasets;
        this.writes = new RegistryWrites(stored, clock);
        this.calls = new UnaryCalls(commons.telemetry(), admission, commons.access(), threads);
    }

    /** The services, to be added to a server. */
    public List<ServerServiceDefinition> definitions() {
        return List.of(registryServer(), projectParts());
    }

    private ServerServiceDefinition registryServer() {
        UnaryService service = service(REGISTRY_SERVER, RegistryServerProto.getDescriptor());
        entitiesAndSources(service);
        views(service);
        uses(service);
        projects(service);
        wholeRegistry(service);
        datasets(service);
        return service.build();
    }

    private ServerServiceDefinition projectParts() {
        return service(PROJECT_PARTS, ProjectPartsProto.getDescriptor())
                .add("Load", LoadRequest.getDefaultInstance(), LoadResponse.getDefaultInstance(), this::load)
                .add("Commit", CommitRequest.getDefaultInstance(), CommitResponse.getDefaultInstance(), this::commit)
                .build();
    }

    private UnaryService service(String name, FileDescriptor file) {
        return new UnaryService(name, file, calls, RegistryErrors::status);
    }

    private RegistryAccess access(Call call) {
        return new RegistryAccess(call.caller(), stored.stored());
    }

    private RegistryReads reads(Call call) {
        return new RegistryReads(access(call));
    }

    private <M extends Message> Empty put(Call call, RegistryList<M> list, String project, M object) {
        writes.put(call.caller(), list, project, object);
        return EMPTY;
    }

    private Empty remove(Call call, RegistryList<?> list, String project, String name) {
        writes.remove(call.caller(), list, project, name);
        return EMPTY;
    }

    private void entitiesAndSources(UnaryService service) {
        service.add(
                        "ApplyEntity",
                        ApplyEntityRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> put(call, RegistryList.ENTITIES, q.getProject(), q.getEntity()))
                .add(
                        "GetEntity",
                        GetEntityRequest.getDefaultInstance(),
                        Entity.getDefaultInstance(),
                        (call, q) -> reads(call).get(RegistryList.ENTITIES, q.getProject(), q.getName()))
                .add(
                        "ListEntities",
                        ListEntitiesRequest.getDefaultInstance(),
                        ListEntitiesResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<Entity> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call).all(RegistryList.ENTITIES, q.getProject(), q.getTagsMap()));
                            return ListEntitiesResponse.newBuilder()
                                    .addAllEntities(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "DeleteEntity",
                        DeleteEntityRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> remove(call, RegistryList.ENTITIES, q.getProject(), q.getName()))
                .add(
                        "ApplyDataSource",
                        ApplyDataSourceRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> put(call, RegistryList.DATA_SOURCES, q.getProject(), q.getDataSource()))
                .add(
                        "GetDataSource",
                        GetDataSourceRequest.getDefaultInstance(),
                        DataSource.getDefaultInstance(),
                        (call, q) -> reads(call).get(RegistryList.DATA_SOURCES, q.getProject(), q.getName()))
                .add(
                        "ListDataSources",
                        ListDataSourcesRequest.getDefaultInstance(),
                        ListDataSourcesResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<DataSource> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call).all(RegistryList.DATA_SOURCES, q.getProject(), q.getTagsMap()));
                            return ListDataSourcesResponse.newBuilder()
                                    .addAllDataSources(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "DeleteDataSource",
                        DeleteDataSourceRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> remove(call, RegistryList.DATA_SOURCES, q.getProject(), q.getName()));
    }

    private void views(UnaryService service) {
        service.add("ApplyFeatureView", ApplyFeatureViewRequest.getDefaultInstance(), EMPTY, this::putView)
                .add("DeleteFeatureView", DeleteFeatureViewRequest.getDefaultInstance(), EMPTY, (call, q) -> {
                    writes.removeView(call.caller(), q.getProject(), q.getName());
                    return EMPTY;
                })
                .add(
                        "GetAnyFeatureView",
                        GetAnyFeatureViewRequest.getDefaultInstance(),
                        GetAnyFeatureViewResponse.getDefaultInstance(),
                        (call, q) -> GetAnyFeatureViewResponse.newBuilder()
                                .setAnyFeatureView(reads(call).anyView(q.getProject(), q.getName()))
                                .build())
                .add(
                        "ListAllFeatureViews",
                        ListAllFeatureViewsRequest.getDefaultInstance(),
                        ListAllFeatureViewsResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<AnyFeatureView> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call).allViews(q));
                            return ListAllFeatureViewsResponse.newBuilder()
                                    .addAllFeatureViews(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "GetFeatureView",
                        GetFeatureViewRequest.getDefaultInstance(),
                        FeatureView.getDefaultInstance(),
                        (call, q) -> reads(call).get(RegistryList.FEATURE_VIEWS, q.getProject(), q.getName()))
                .add(
                        "ListFeatureViews",
                        ListFeatureViewsRequest.getDefaultInstance(),
                        ListFeatureViewsResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<FeatureView> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call).all(RegistryList.FEATURE_VIEWS, q.getProject(), q.getTagsMap()));
                            return ListFeatureViewsResponse.newBuilder()
                                    .addAllFeatureViews(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "GetStreamFeatureView",
                        GetStreamFeatureViewRequest.getDefaultInstance(),
                        StreamFeatureView.getDefaultInstance(),
                        (call, q) -> reads(call).get(RegistryList.STREAM_FEATURE_VIEWS, q.getProject(), q.getName()))
                .add(
                        "ListStreamFeatureViews",
                        ListStreamFeatureViewsRequest.getDefaultInstance(),
                        ListStreamFeatureViewsResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<StreamFeatureView> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call)
                                            .all(RegistryList.STREAM_FEATURE_VIEWS, q.getProject(), q.getTagsMap()));
                            return ListStreamFeatureViewsResponse.newBuilder()
                                    .addAllStreamFeatureViews(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "GetOnDemandFeatureView",
                        GetOnDemandFeatureViewRequest.getDefaultInstance(),
                        OnDemandFeatureView.getDefaultInstance(),
                        (call, q) -> reads(call).get(RegistryList.ON_DEMAND_FEATURE_VIEWS, q.getProject(), q.getName()))
                .add(
                        "ListOnDemandFeatureViews",
                        ListOnDemandFeatureViewsRequest.getDefaultInstance(),
                        ListOnDemandFeatureViewsResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<OnDemandFeatureView> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call)
                                            .all(RegistryList.ON_DEMAND_FEATURE_VIEWS, q.getProject(), q.getTagsMap()));
                            return ListOnDemandFeatureViewsResponse.newBuilder()
                                    .addAllOnDemandFeatureViews(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "GetLabelView",
                        GetLabelViewRequest.getDefaultInstance(),
                        LabelView.getDefaultInstance(),
                        (call, q) -> reads(call).get(RegistryList.LABEL_VIEWS, q.getProject(), q.getName()))
                .add(
                        "ListLabelViews",
                        ListLabelViewsRequest.getDefaultInstance(),
                        ListLabelViewsResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<LabelView> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call).all(RegistryList.LABEL_VIEWS, q.getProject(), q.getTagsMap()));
                            return ListLabelViewsResponse.newBuilder()
                                    .addAllLabelViews(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        });
    }

    private void uses(UnaryService service) {
        service.add(
                        "ApplyFeatureService",
                        ApplyFeatureServiceRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> put(call, RegistryList.FEATURE_SERVICES, q.getProject(), q.getFeatureService()))
                .add(
                        "GetFeatureService",
                        GetFeatureServiceRequest.getDefaultInstance(),
                        FeatureService.getDefaultInstance(),
                        (call, q) -> reads(call).get(RegistryList.FEATURE_SERVICES, q.getProject(), q.getName()))
                .add(
                        "ListFeatureServices",
                        ListFeatureServicesRequest.getDefaultInstance(),
                        ListFeatureServicesResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<FeatureService> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call).services(q.getProject(), q.getTagsMap(), q.getFeatureView()));
                            return ListFeatureServicesResponse.newBuilder()
                                    .addAllFeatureServices(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "DeleteFeatureService",
                        DeleteFeatureServiceRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> remove(call, RegistryList.FEATURE_SERVICES, q.getProject(), q.getName()))
                .add(
                        "ApplySavedDataset",
                        ApplySavedDatasetRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> put(call, RegistryList.SAVED_DATASETS, q.getProject(), q.getSavedDataset()))
                .add(
                        "GetSavedDataset",
                        GetSavedDatasetRequest.getDefaultInstance(),
                        SavedDataset.getDefaultInstance(),
                        (call, q) -> reads(call).get(RegistryList.SAVED_DATASETS, q.getProject(), q.getName()))
                .add(
                        "ListSavedDatasets",
                        ListSavedDatasetsRequest.getDefaultInstance(),
                        ListSavedDatasetsResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<SavedDataset> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call)
                                            .savedDatasets(
                                                    q.getProject(),
                                                    q.getTagsMap(),
                                                    q.getNamespace(),
                                                    q.getCollection()));
                            return ListSavedDatasetsResponse.newBuilder()
                                    .addAllSavedDatasets(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "DeleteSavedDataset",
                        DeleteSavedDatasetRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> remove(call, RegistryList.SAVED_DATASETS, q.getProject(), q.getName()))
                .add(
                        "ApplyValidationReference",
                        ApplyValidationReferenceRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> put(
                                call, RegistryList.VALIDATION_REFERENCES, q.getProject(), q.getValidationReference()))
                .add(
                        "GetValidationReference",
                        GetValidationReferenceRequest.getDefaultInstance(),
                        ValidationReference.getDefaultInstance(),
                        (call, q) -> reads(call).get(RegistryList.VALIDATION_REFERENCES, q.getProject(), q.getName()))
                .add(
                        "ListValidationReferences",
                        ListValidationReferencesRequest.getDefaultInstance(),
                        ListValidationReferencesResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<ValidationReference> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call)
                                            .all(RegistryList.VALIDATION_REFERENCES, q.getProject(), q.getTagsMap()));
                            return ListValidationReferencesResponse.newBuilder()
                                    .addAllValidationReferences(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "DeleteValidationReference",
                        DeleteValidationReferenceRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> remove(call, RegistryList.VALIDATION_REFERENCES, q.getProject(), q.getName()))
                .add(
                        "ApplyPermission",
                        ApplyPermissionRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> put(call, RegistryList.PERMISSIONS, q.getProject(), q.getPermission()))
                .add(
                        "GetPermission",
                        GetPermissionRequest.getDefaultInstance(),
                        Permission.getDefaultInstance(),
                        (call, q) -> reads(call).get(RegistryList.PERMISSIONS, q.getProject(), q.getName()))
                .add(
                        "ListPermissions",
                        ListPermissionsRequest.getDefaultInstance(),
                        ListPermissionsResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<Permission> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call).all(RegistryList.PERMISSIONS, q.getProject(), q.getTagsMap()));
                            return ListPermissionsResponse.newBuilder()
                                    .addAllPermissions(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "DeletePermission",
                        DeletePermissionRequest.getDefaultInstance(),
                        EMPTY,
                        (call, q) -> remove(call, RegistryList.PERMISSIONS, q.getProject(), q.getName()));
    }

    private void projects(UnaryService service) {
        service.add("ApplyProject", ApplyProjectRequest.getDefaultInstance(), EMPTY, (call, q) -> {
                    Project project = q.getProject();
                    return put(call, RegistryList.PROJECTS, project.getSpec().getName(), project);
                })
                .add(
                        "GetProject",
                        GetProjectRequest.getDefaultInstance(),
                        Project.getDefaultInstance(),
                        (call, q) -> reads(call).get(RegistryList.PROJECTS, q.getName(), q.getName()))
                .add(
                        "ListProjects",
                        ListProjectsRequest.getDefaultInstance(),
                        ListProjectsResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<Project> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call).projects(q.getTagsMap()));
                            return ListProjectsResponse.newBuilder()
                                    .addAllProjects(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add("DeleteProject", DeleteProjectRequest.getDefaultInstance(), EMPTY, (call, q) -> {
                    writes.removeProject(call.caller(), q.getName());
                    return EMPTY;
                })
                .add(
                        "ListProjectMetadata",
                        ListProjectMetadataRequest.getDefaultInstance(),
                        ListProjectMetadataResponse.getDefaultInstance(),
                        this::projectMetadata);
    }

    private void wholeRegistry(UnaryService service) {
        service.add("ApplyMaterialization", ApplyMaterializationRequest.getDefaultInstance(), EMPTY, (call, q) -> {
                    writes.materialized(
                            call.caller(),
                            q.getProject(),
                            q.getFeatureView().getSpec().getName(),
                            q.getStartDate(),
                            q.getEndDate());
                    return EMPTY;
                })
                .add("UpdateInfra", UpdateInfraRequest.getDefaultInstance(), EMPTY, (call, q) -> {
                    writes.updateInfra(call.caller(), q.getProject(), q.getInfra());
                    return EMPTY;
                })
                .add("GetInfra", GetInfraRequest.getDefaultInstance(), Infra.getDefaultInstance(), this::infra)
                // Every change is stored by the time it is answered, and every read sees it.
                .add("Commit", EMPTY, EMPTY, (call, q) -> EMPTY)
                .add("Refresh", RefreshRequest.getDefaultInstance(), EMPTY, (call, q) -> EMPTY)
                .add(
                        "Proto",
                        EMPTY,
                        Registry.getDefaultInstance(),
                        (call, q) -> access(call).visible())
                .add(
                        "ListFeatures",
                        ListFeaturesRequest.getDefaultInstance(),
                        ListFeaturesResponse.getDefaultInstance(),
                        (call, q) -> {
                            Page<Feature> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads(call).features(q));
                            return ListFeaturesResponse.newBuilder()
                                    .addAllFeatures(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "GetFeature",
                        GetFeatureRequest.getDefaultInstance(),
                        Feature.getDefaultInstance(),
                        (call, q) -> reads(call).feature(q.getProject(), q.getFeatureView(), q.getName()))
                .add(
                        "GetRegistryLineage",
                        GetRegistryLineageRequest.getDefaultInstance(),
                        GetRegistryLineageResponse.getDefaultInstance(),
                        this::lineage)
                .add(
                        "GetObjectRelationships",
                        GetObjectRelationshipsRequest.getDefaultInstance(),
                        GetObjectRelationshipsResponse.getDefaultInstance(),
                        this::relationships);
    }

    private void datasets(UnaryService service) {
        service.add(
                        "CreateDatasetFromRetrieval",
                        CreateDatasetFromRetrievalRequest.getDefaultInstance(),
                        CreateDatasetFromRetrievalResponse.getDefaultInstance(),
                        (call, q) -> datasets.create(call.caller(), q))
                .add(
                        "GetDatasetData",
                        GetDatasetDataRequest.getDefaultInstance(),
                        GetDatasetDataResponse.getDefaultInstance(),
                        (call, q) -> call.reads().call(() -> datasets.data(call.caller(), q)))
                .add(
                        "GetDatasetJobStatus",
                        GetDatasetJobStatusRequest.getDefaultInstance(),
                        GetDatasetJobStatusResponse.getDefaultInstance(),
                        (call, q) -> datasets.status(call.caller(), q.getJobId()))
                .add(
                        "ListDatasetJobs",
                        ListDatasetJobsRequest.getDefaultInstance(),
                        ListDatasetJobsResponse.getDefaultInstance(),
                        (call, q) -> datasets.list(call.caller(), q));
    }

    private Empty putView(Call call, ApplyFeatureViewRequest request) {
        String project = request.getProject();
        return switch (request.getBaseFeatureViewCase()) {
            case FEATURE_VIEW -> put(call, RegistryList.FEATURE_VIEWS, project, request.getFeatureView());
            case ON_DEMAND_FEATURE_VIEW ->
                put(call, RegistryList.ON_DEMAND_FEATURE_VIEWS, project, request.getOnDemandFeatureView());
            case STREAM_FEATURE_VIEW ->
                put(call, RegistryList.STREAM_FEATURE_VIEWS, project, request.getStreamFeatureView());
            case LABEL_VIEW -> put(call, RegistryList.LABEL_VIEWS, project, request.getLabelView());
            case BASEFEATUREVIEW_NOT_SET -> throw new InvalidRequestException("The request has no feature view");
        };
    }

    private GetRegistryLineageResponse lineage(Call call, GetRegistryLineageRequest request) {
        Lineage lineage = Lineage.of(access(call).visible(), request.getProject());
        Paging paging = Paging.of(request.getPagination(), request.getSorting());
        Page<EntityRelation> direct = paging.of(
                Lineage.filter(lineage.direct(), request.getFilterObjectType(), request.getFilterObjectName()));
        Page<EntityRelation> indirect = paging.of(
                Lineage.filter(lineage.indirect(), request.getFilterObjectType(), request.getFilterObjectName()));
        return GetRegistryLineageResponse.newBuilder()
                .addAllRelationships(direct.objects())
                .setRelationshipsPagination(direct.metadata())
                .addAllIndirectRelationships(indirect.objects())
                .setIndirectRelationshipsPagination(indirect.metadata())
                .build();
    }

    private GetObjectRelationshipsResponse relationships(Call call, GetObjectRelationshipsRequest request) {
        List<EntityRelation> relations = Lineage.of(access(call).visible(), request.getProject())
                .about(request.getObjectType(), request.getObjectName(), request.getIncludeIndirect());
        Page<EntityRelation> page =
                Paging.of(request.getPagination(), request.getSorting()).of(relations);
        return GetObjectRelationshipsResponse.newBuilder()
                .addAllRelationships(page.objects())
                .setPagination(page.metadata())
                .build();
    }

    private ListProjectMetadataResponse projectMetadata(Call call, ListProjectMetadataRequest request) {
        access(call).requireProject(request.getProject(), Action.DESCRIBE);
        return ListProjectMetadataResponse.newBuilder()
                .addAllProjectMetadata(
                        ProjectPart.of(stored.stored(), request.getProject()).getProjectMetadataList())
                .build();
    }

    private Infra infra(Call call, GetInfraRequest request) {
        access(call).requireProject(request.getProject(), Action.DESCRIBE);
        return stored.stored().getInfra();
    }

    private LoadResponse load(Call call, LoadRequest request) {
        Registry registry = stored.stored();
        new RegistryAccess(call.caller(), registry).requireDescribeAll(request.getProject());
        Registry part = ProjectPart.of(registry, request.getProject());
        LoadResponse.Builder answer = LoadResponse.newBuilder().setVersion(ProjectPart.version(part));
        return answer.getVersion().equals(request.getKnownVersion())
                ? answer.build()
                : answer.setPart(part).build();
    }

    private CommitResponse commit(Call call, CommitRequest request) {
        return CommitResponse.newBuilder()
                .setVersion(
                        writes.commit(call.caller(), request.getProject(), request.getBaseVersion(), request.getPart()))
                .build();
    }
}
