package dev.manciple.server.registry;

import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.Permission.Action;
import dev.manciple.registry.StoredRegistry;
import dev.manciple.server.Admission;
import dev.manciple.server.Commons;
import dev.manciple.server.grpc.AccessInterceptor;
import dev.manciple.server.grpc.UnaryCalls;
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
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.time.InstantSource;
import java.util.List;

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
    private final AccessInterceptor door;
    private final RegistryWrites writes;
    private final UnaryCalls calls;

    /**
     * @param clock the source of the times recorded in the registry
     */
    public RegistryServices(StoredRegistry stored, Commons commons, Admission admission, InstantSource clock) {
        this.stored = stored;
        this.door = new AccessInterceptor(commons.access());
        this.writes = new RegistryWrites(stored, clock);
        this.calls = new UnaryCalls(commons.telemetry(), admission);
    }

    /** {@code feast.registry.RegistryServer}, to be added to a server. */
    public ServerServiceDefinition registryServer() {
        UnaryService service = new UnaryService(REGISTRY_SERVER, RegistryServerProto.getDescriptor(), calls);
        entitiesAndSources(service);
        views(service);
        uses(service);
        projects(service);
        wholeRegistry(service);
        datasetJobs(service);
        return ServerInterceptors.intercept(service.build(), door);
    }

    /** {@code manciple.registry.ProjectParts}, to be added to a server. */
    public ServerServiceDefinition projectParts() {
        UnaryService service = new UnaryService(PROJECT_PARTS, ProjectPartsProto.getDescriptor(), calls)
                .add("Load", LoadRequest.getDefaultInstance(), LoadResponse.getDefaultInstance(), this::load)
                .add("Commit", CommitRequest.getDefaultInstance(), CommitResponse.getDefaultInstance(), this::commit);
        return ServerInterceptors.intercept(service.build(), door);
    }

    private RegistryAccess access() {
        return new RegistryAccess(AccessInterceptor.caller(), stored.stored());
    }

    private RegistryReads reads() {
        return new RegistryReads(access());
    }

    private <M extends Message> Empty put(RegistryList<M> list, String project, M object) {
        writes.put(AccessInterceptor.caller(), list, project, object);
        return EMPTY;
    }

    private Empty remove(RegistryList<?> list, String project, String name) {
        writes.remove(AccessInterceptor.caller(), list, project, name);
        return EMPTY;
    }

    private void entitiesAndSources(UnaryService service) {
        service.add(
                        "ApplyEntity",
                        ApplyEntityRequest.getDefaultInstance(),
                        EMPTY,
                        q -> put(RegistryList.ENTITIES, q.getProject(), q.getEntity()))
                .add(
                        "GetEntity",
                        GetEntityRequest.getDefaultInstance(),
                        Entity.getDefaultInstance(),
                        q -> reads().get(RegistryList.ENTITIES, q.getProject(), q.getName()))
                .add(
                        "ListEntities",
                        ListEntitiesRequest.getDefaultInstance(),
                        ListEntitiesResponse.getDefaultInstance(),
                        q -> {
                            Page<Entity> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads().all(RegistryList.ENTITIES, q.getProject(), q.getTagsMap()));
                            return ListEntitiesResponse.newBuilder()
                                    .addAllEntities(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "DeleteEntity",
                        DeleteEntityRequest.getDefaultInstance(),
                        EMPTY,
                        q -> remove(RegistryList.ENTITIES, q.getProject(), q.getName()))
                .add(
                        "ApplyDataSource",
                        ApplyDataSourceRequest.getDefaultInstance(),
                        EMPTY,
                        q -> put(RegistryList.DATA_SOURCES, q.getProject(), q.getDataSource()))
                .add(
                        "GetDataSource",
                        GetDataSourceRequest.getDefaultInstance(),
                        DataSource.getDefaultInstance(),
                        q -> reads().get(RegistryList.DATA_SOURCES, q.getProject(), q.getName()))
                .add(
                        "ListDataSources",
                        ListDataSourcesRequest.getDefaultInstance(),
                        ListDataSourcesResponse.getDefaultInstance(),
                        q -> {
                            Page<DataSource> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads().all(RegistryList.DATA_SOURCES, q.getProject(), q.getTagsMap()));
                            return ListDataSourcesResponse.newBuilder()
                                    .addAllDataSources(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "DeleteDataSource",
                        DeleteDataSourceRequest.getDefaultInstance(),
                        EMPTY,
                        q -> remove(RegistryList.DATA_SOURCES, q.getProject(), q.getName()));
    }

    private void views(UnaryService service) {
        service.add("ApplyFeatureView", ApplyFeatureViewRequest.getDefaultInstance(), EMPTY, this::putView)
                .add("DeleteFeatureView", DeleteFeatureViewRequest.getDefaultInstance(), EMPTY, q -> {
                    writes.removeView(AccessInterceptor.caller(), q.getProject(), q.getName());
                    return EMPTY;
                })
                .add(
                        "GetAnyFeatureView",
                        GetAnyFeatureViewRequest.getDefaultInstance(),
                        GetAnyFeatureViewResponse.getDefaultInstance(),
                        q -> GetAnyFeatureViewResponse.newBuilder()
                                .setAnyFeatureView(reads().anyView(q.getProject(), q.getName()))
                                .build())
                .add(
                        "ListAllFeatureViews",
                        ListAllFeatureViewsRequest.getDefaultInstance(),
                        ListAllFeatureViewsResponse.getDefaultInstance(),
                        q -> {
                            Page<AnyFeatureView> page =
                                    Paging.of(q.getPagination(), q.getSorting()).of(reads().allViews(q));
                            return ListAllFeatureViewsResponse.newBuilder()
                                    .addAllFeatureViews(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "GetFeatureView",
                        GetFeatureViewRequest.getDefaultInstance(),
                        FeatureView.getDefaultInstance(),
                        q -> reads().get(RegistryList.FEATURE_VIEWS, q.getProject(), q.getName()))
                .add(
                        "ListFeatureViews",
                        ListFeatureViewsRequest.getDefaultInstance(),
                        ListFeatureViewsResponse.getDefaultInstance(),
                        q -> {
                            Page<FeatureView> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads().all(RegistryList.FEATURE_VIEWS, q.getProject(), q.getTagsMap()));
                            return ListFeatureViewsResponse.newBuilder()
                                    .addAllFeatureViews(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "GetStreamFeatureView",
                        GetStreamFeatureViewRequest.getDefaultInstance(),
                        StreamFeatureView.getDefaultInstance(),
                        q -> reads().get(RegistryList.STREAM_FEATURE_VIEWS, q.getProject(), q.getName()))
                .add(
                        "ListStreamFeatureViews",
                        ListStreamFeatureViewsRequest.getDefaultInstance(),
                        ListStreamFeatureViewsResponse.getDefaultInstance(),
                        q -> {
                            Page<StreamFeatureView> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads().all(RegistryList.STREAM_FEATURE_VIEWS, q.getProject(), q.getTagsMap()));
                            return ListStreamFeatureViewsResponse.newBuilder()
                                    .addAllStreamFeatureViews(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "GetOnDemandFeatureView",
                        GetOnDemandFeatureViewRequest.getDefaultInstance(),
                        OnDemandFeatureView.getDefaultInstance(),
                        q -> reads().get(RegistryList.ON_DEMAND_FEATURE_VIEWS, q.getProject(), q.getName()))
                .add(
                        "ListOnDemandFeatureViews",
                        ListOnDemandFeatureViewsRequest.getDefaultInstance(),
                        ListOnDemandFeatureViewsResponse.getDefaultInstance(),
                        q -> {
                            Page<OnDemandFeatureView> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads().all(
                                                    RegistryList.ON_DEMAND_FEATURE_VIEWS,
                                                    q.getProject(),
                                                    q.getTagsMap()));
                            return ListOnDemandFeatureViewsResponse.newBuilder()
                                    .addAllOnDemandFeatureViews(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "GetLabelView",
                        GetLabelViewRequest.getDefaultInstance(),
                        LabelView.getDefaultInstance(),
                        q -> reads().get(RegistryList.LABEL_VIEWS, q.getProject(), q.getName()))
                .add(
                        "ListLabelViews",
                        ListLabelViewsRequest.getDefaultInstance(),
                        ListLabelViewsResponse.getDefaultInstance(),
                        q -> {
                            Page<LabelView> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads().all(RegistryList.LABEL_VIEWS, q.getProject(), q.getTagsMap()));
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
                        q -> put(RegistryList.FEATURE_SERVICES, q.getProject(), q.getFeatureService()))
                .add(
                        "GetFeatureService",
                        GetFeatureServiceRequest.getDefaultInstance(),
                        FeatureService.getDefaultInstance(),
                        q -> reads().get(RegistryList.FEATURE_SERVICES, q.getProject(), q.getName()))
                .add(
                        "ListFeatureServices",
                        ListFeatureServicesRequest.getDefaultInstance(),
                        ListFeatureServicesResponse.getDefaultInstance(),
                        q -> {
                            Page<FeatureService> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads().services(q.getProject(), q.getTagsMap(), q.getFeatureView()));
                            return ListFeatureServicesResponse.newBuilder()
                                    .addAllFeatureServices(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "DeleteFeatureService",
                        DeleteFeatureServiceRequest.getDefaultInstance(),
                        EMPTY,
                        q -> remove(RegistryList.FEATURE_SERVICES, q.getProject(), q.getName()))
                .add(
                        "ApplySavedDataset",
                        ApplySavedDatasetRequest.getDefaultInstance(),
                        EMPTY,
                        q -> put(RegistryList.SAVED_DATASETS, q.getProject(), q.getSavedDataset()))
                .add(
                        "GetSavedDataset",
                        GetSavedDatasetRequest.getDefaultInstance(),
                        SavedDataset.getDefaultInstance(),
                        q -> reads().get(RegistryList.SAVED_DATASETS, q.getProject(), q.getName()))
                .add(
                        "ListSavedDatasets",
                        ListSavedDatasetsRequest.getDefaultInstance(),
                        ListSavedDatasetsResponse.getDefaultInstance(),
                        q -> {
                            Page<SavedDataset> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads().savedDatasets(
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
                        q -> remove(RegistryList.SAVED_DATASETS, q.getProject(), q.getName()))
                .add(
                        "ApplyValidationReference",
                        ApplyValidationReferenceRequest.getDefaultInstance(),
                        EMPTY,
                        q -> put(RegistryList.VALIDATION_REFERENCES, q.getProject(), q.getValidationReference()))
                .add(
                        "GetValidationReference",
                        GetValidationReferenceRequest.getDefaultInstance(),
                        ValidationReference.getDefaultInstance(),
                        q -> reads().get(RegistryList.VALIDATION_REFERENCES, q.getProject(), q.getName()))
                .add(
                        "ListValidationReferences",
                        ListValidationReferencesRequest.getDefaultInstance(),
                        ListValidationReferencesResponse.getDefaultInstance(),
                        q -> {
                            Page<ValidationReference> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads().all(
                                                    RegistryList.VALIDATION_REFERENCES,
                                                    q.getProject(),
                                                    q.getTagsMap()));
                            return ListValidationReferencesResponse.newBuilder()
                                    .addAllValidationReferences(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "DeleteValidationReference",
                        DeleteValidationReferenceRequest.getDefaultInstance(),
                        EMPTY,
                        q -> remove(RegistryList.VALIDATION_REFERENCES, q.getProject(), q.getName()))
                .add(
                        "ApplyPermission",
                        ApplyPermissionRequest.getDefaultInstance(),
                        EMPTY,
                        q -> put(RegistryList.PERMISSIONS, q.getProject(), q.getPermission()))
                .add(
                        "GetPermission",
                        GetPermissionRequest.getDefaultInstance(),
                        Permission.getDefaultInstance(),
                        q -> reads().get(RegistryList.PERMISSIONS, q.getProject(), q.getName()))
                .add(
                        "ListPermissions",
                        ListPermissionsRequest.getDefaultInstance(),
                        ListPermissionsResponse.getDefaultInstance(),
                        q -> {
                            Page<Permission> page = Paging.of(q.getPagination(), q.getSorting())
                                    .of(reads().all(RegistryList.PERMISSIONS, q.getProject(), q.getTagsMap()));
                            return ListPermissionsResponse.newBuilder()
                                    .addAllPermissions(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "DeletePermission",
                        DeletePermissionRequest.getDefaultInstance(),
                        EMPTY,
                        q -> remove(RegistryList.PERMISSIONS, q.getProject(), q.getName()));
    }

    private void projects(UnaryService service) {
        service.add("ApplyProject", ApplyProjectRequest.getDefaultInstance(), EMPTY, q -> {
                    Project project = q.getProject();
                    return put(RegistryList.PROJECTS, project.getSpec().getName(), project);
                })
                .add(
                        "GetProject",
                        GetProjectRequest.getDefaultInstance(),
                        Project.getDefaultInstance(),
                        q -> reads().get(RegistryList.PROJECTS, q.getName(), q.getName()))
                .add(
                        "ListProjects",
                        ListProjectsRequest.getDefaultInstance(),
                        ListProjectsResponse.getDefaultInstance(),
                        q -> {
                            Page<Project> page =
                                    Paging.of(q.getPagination(), q.getSorting()).of(reads().projects(q.getTagsMap()));
                            return ListProjectsResponse.newBuilder()
                                    .addAllProjects(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add("DeleteProject", DeleteProjectRequest.getDefaultInstance(), EMPTY, q -> {
                    writes.removeProject(AccessInterceptor.caller(), q.getName());
                    return EMPTY;
                })
                .add(
                        "ListProjectMetadata",
                        ListProjectMetadataRequest.getDefaultInstance(),
                        ListProjectMetadataResponse.getDefaultInstance(),
                        this::projectMetadata);
    }

    private void wholeRegistry(UnaryService service) {
        service.add("ApplyMaterialization", ApplyMaterializationRequest.getDefaultInstance(), EMPTY, q -> {
                    writes.materialized(
                            AccessInterceptor.caller(),
                            q.getProject(),
                            q.getFeatureView().getSpec().getName(),
                            q.getStartDate(),
                            q.getEndDate());
                    return EMPTY;
                })
                .add("UpdateInfra", UpdateInfraRequest.getDefaultInstance(), EMPTY, q -> {
                    writes.updateInfra(AccessInterceptor.caller(), q.getProject(), q.getInfra());
                    return EMPTY;
                })
                .add("GetInfra", GetInfraRequest.getDefaultInstance(), Infra.getDefaultInstance(), this::infra)
                // Every change is stored by the time it is answered, and every read sees it.
                .add("Commit", EMPTY, EMPTY, q -> EMPTY)
                .add("Refresh", RefreshRequest.getDefaultInstance(), EMPTY, q -> EMPTY)
                .add("Proto", EMPTY, Registry.getDefaultInstance(), q -> access().visible())
                .add(
                        "ListFeatures",
                        ListFeaturesRequest.getDefaultInstance(),
                        ListFeaturesResponse.getDefaultInstance(),
                        q -> {
                            Page<Feature> page =
                                    Paging.of(q.getPagination(), q.getSorting()).of(reads().features(q));
                            return ListFeaturesResponse.newBuilder()
                                    .addAllFeatures(page.objects())
                                    .setPagination(page.metadata())
                                    .build();
                        })
                .add(
                        "GetFeature",
                        GetFeatureRequest.getDefaultInstance(),
                        Feature.getDefaultInstance(),
                        q -> reads().feature(q.getProject(), q.getFeatureView(), q.getName()))
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

    private void datasetJobs(UnaryService service) {
        service.add(
                        "CreateDatasetFromRetrieval",
                        CreateDatasetFromRetrievalRequest.getDefaultInstance(),
                        CreateDatasetFromRetrievalResponse.getDefaultInstance(),
                        q -> {
                            throw noDatasetJobs();
                        })
                .add(
                        "GetDatasetData",
                        GetDatasetDataRequest.getDefaultInstance(),
                        GetDatasetDataResponse.getDefaultInstance(),
                        q -> {
                            throw noDatasetJobs();
                        })
                .add(
                        "GetDatasetJobStatus",
                        GetDatasetJobStatusRequest.getDefaultInstance(),
                        GetDatasetJobStatusResponse.getDefaultInstance(),
                        q -> {
                            throw noDatasetJobs();
                        })
                .add(
                        "ListDatasetJobs",
                        ListDatasetJobsRequest.getDefaultInstance(),
                        ListDatasetJobsResponse.getDefaultInstance(),
                        q -> {
                            throw noDatasetJobs();
                        });
    }

    private Empty putView(ApplyFeatureViewRequest request) {
        String project = request.getProject();
        return switch (request.getBaseFeatureViewCase()) {
            case FEATURE_VIEW -> put(RegistryList.FEATURE_VIEWS, project, request.getFeatureView());
            case ON_DEMAND_FEATURE_VIEW ->
                put(RegistryList.ON_DEMAND_FEATURE_VIEWS, project, request.getOnDemandFeatureView());
            case STREAM_FEATURE_VIEW -> put(RegistryList.STREAM_FEATURE_VIEWS, project, request.getStreamFeatureView());
            case LABEL_VIEW -> put(RegistryList.LABEL_VIEWS, project, request.getLabelView());
            case BASEFEATUREVIEW_NOT_SET -> throw new InvalidRequestException("The request has no feature view");
        };
    }

    /** Retrievals take a feature store and time; a registry has neither. */
    private static UnsupportedException noDatasetJobs() {
        return new UnsupportedException(
                "The registry server",
                "DATASET_JOBS",
                "jobs that build or read datasets; retrieve them with get-historical-features");
    }

    private GetRegistryLineageResponse lineage(GetRegistryLineageRequest request) {
        Lineage lineage = Lineage.of(access().visible(), request.getProject());
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

    private GetObjectRelationshipsResponse relationships(GetObjectRelationshipsRequest request) {
        List<EntityRelation> relations = Lineage.of(access().visible(), request.getProject())
                .about(request.getObjectType(), request.getObjectName(), request.getIncludeIndirect());
        Page<EntityRelation> page =
                Paging.of(request.getPagination(), request.getSorting()).of(relations);
        return GetObjectRelationshipsResponse.newBuilder()
                .addAllRelationships(page.objects())
                .setPagination(page.metadata())
                .build();
    }

    private ListProjectMetadataResponse projectMetadata(ListProjectMetadataRequest request) {
        access().requireProject(request.getProject(), Action.DESCRIBE);
        return ListProjectMetadataResponse.newBuilder()
                .addAllProjectMetadata(
                        ProjectPart.of(stored.stored(), request.getProject()).getProjectMetadataList())
                .build();
    }

    private Infra infra(GetInfraRequest request) {
        access().requireProject(request.getProject(), Action.DESCRIBE);
        return stored.stored().getInfra();
    }

    private LoadResponse load(LoadRequest request) {
        Registry registry = stored.stored();
        new RegistryAccess(AccessInterceptor.caller(), registry).requireDescribeAll(request.getProject());
        Registry part = ProjectPart.of(registry, request.getProject());
        LoadResponse.Builder answer = LoadResponse.newBuilder().setVersion(ProjectPart.version(part));
        return answer.getVersion().equals(request.getKnownVersion())
                ? answer.build()
                : answer.setPart(part).build();
    }

    private CommitResponse commit(CommitRequest request) {
        return CommitResponse.newBuilder()
                .setVersion(writes.commit(
                        AccessInterceptor.caller(), request.getProject(), request.getBaseVersion(), request.getPart()))
                .build();
    }
}
