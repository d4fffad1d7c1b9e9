package dev.manciple.server.registry;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.manciple.error.NotFoundException;
import dev.manciple.wire.FeatureColumns;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import dev.manciple.wire.proto.FeatureServiceProto.FeatureService;
import dev.manciple.wire.proto.FeatureViewProto.FeatureView;
import dev.manciple.wire.proto.LabelViewProto.LabelView;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureView;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandSource;
import dev.manciple.wire.proto.ProjectProto.Project;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.RegistryServerProto.AnyFeatureView;
import dev.manciple.wire.proto.RegistryServerProto.Feature;
import dev.manciple.wire.proto.RegistryServerProto.ListAllFeatureViewsRequest;
import dev.manciple.wire.proto.RegistryServerProto.ListFeaturesRequest;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDataset;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a registry answers to a caller who asks for its objects (Feast: online serving, 8): those it may see, of one moment. One
 * request's; not thread-safe.
 */
final class RegistryReads {
    private static final String PROTECTED = "feast.dev/protected-project";

    private final RegistryAccess access;
    private @Nullable Registry visible;

    RegistryReads(RegistryAccess access) {
        this.access = access;
    }

    /** What the caller may see of the registry. */
    Registry registry() {
        Registry known = visible;
        if (known == null) {
            known = access.visible();
            visible = known;
        }
        return known;
    }

    /**
     * An object by name.
     *
     * @throws NotFoundException if the project has none of that name
     * @throws dev.manciple.error.AccessException if the caller may not see it
     */
    <M extends Message> M get(RegistryList<M> list, String project, String name) {
        return access.get(list, project, name);
    }

    /** The project's objects that have every one of the tags. */
    <M extends Message> List<M> all(RegistryList<M> list, String project, Map<String, String> tags) {
        return list.of(registry(), project).stream()
                .filter(object -> list.tags().apply(object).entrySet().containsAll(tags.entrySet()))
                .toList();
    }

    /**
     * A view of whatever kind.
     *
     * @throws NotFoundException if there is none of that name
     * @throws dev.manciple.error.AccessException if the caller may not see it
     */
    AnyFeatureView anyView(String project, String name) {
        if (access.has(RegistryList.ON_DEMAND_FEATURE_VIEWS, project, name)) {
            return any(get(RegistryList.ON_DEMAND_FEATURE_VIEWS, project, name));
        }
        if (access.has(RegistryList.STREAM_FEATURE_VIEWS, project, name)) {
            return any(get(RegistryList.STREAM_FEATURE_VIEWS, project, name));
        }
        if (access.has(RegistryList.LABEL_VIEWS, project, name)) {
            return any(get(RegistryList.LABEL_VIEWS, project, name));
        }
        return any(get(RegistryList.FEATURE_VIEWS, project, name));
    }

    /** Views of all kinds but labels, which Feast leaves out here. */
    List<AnyFeatureView> allViews(ListAllFeatureViewsRequest request) {
        return views(request.getProject(), request.getTagsMap())
                .filter(view -> request.getEntity().isEmpty() || entities(view).contains(request.getEntity()))
                .filter(view -> request.getFeature().isEmpty()
                        || features(view).stream()
                                .anyMatch(feature -> feature.getName().equals(request.getFeature())))
                .filter(view -> request.getDataSource().isEmpty()
                        || sources(view).anyMatch(source -> source.equals(request.getDataSource())))
                .filter(view -> request.getFeatureService().isEmpty()
                        || uses(request.getProject(), request.getFeatureService(), name(view)))
                .filter(view -> !request.hasUpdatedSince()
                        || Timestamps.compare(lastUpdated(view), request.getUpdatedSince()) >= 0)
                .toList();
    }

    private boolean uses(String project, String service, String view) {
        return RegistryList.FEATURE_SERVICES
                .find(registry(), project, service)
                .filter(found -> uses(found, view))
                .isPresent();
    }

    private static boolean uses(FeatureService service, String view) {
        return service.getSpec().getFeaturesList().stream()
                .anyMatch(projection -> projection.getFeatureViewName().equals(view));
    }

    /** @param view empty for all */
    List<FeatureService> services(String project, Map<String, String> tags, String view) {
        return all(RegistryList.FEATURE_SERVICES, project, tags).stream()
                .filter(service -> view.isEmpty() || uses(service, view))
                .toList();
    }

    /**
     * @param namespace empty for all
     * @param collection empty for all
     */
    List<SavedDataset> savedDatasets(String project, Map<String, String> tags, String namespace, String collection) {
        return all(RegistryList.SAVED_DATASETS, project, tags).stream()
                .filter(dataset ->
                        namespace.isEmpty() || dataset.getSpec().getNamespace().equals(namespace))
                .filter(dataset -> collection.isEmpty()
                        || dataset.getSpec().getCollection().equals(collection))
                .toList();
    }

    /** All projects but those marked to be hidden. */
    List<Project> projects(Map<String, String> tags) {
        return registry().getProjectsList().stream()
                .filter(project ->
                        !project.getSpec().getTagsOrDefault(PROTECTED, "").equals("true"))
                .filter(project -> project.getSpec().getTagsMap().entrySet().containsAll(tags.entrySet()))
                .toList();
    }

    /** The features of the project's views; of label views as {@code label}. */
    List<Feature> features(ListFeaturesRequest request) {
        List<Feature> features = new ArrayList<>();
        Stream.concat(views(request.getProject(), Map.of()), labelViews(request.getProject()))
                .filter(view -> request.getFeatureView().isEmpty() || name(view).equals(request.getFeatureView()))
                .forEach(view -> features(view).forEach(column -> features.add(feature(view, column))));
        features.removeIf(
                feature -> !request.getName().isEmpty() && !feature.getName().equals(request.getName()));
        features.removeIf(
                feature -> !request.getKind().isEmpty() && !feature.getKind().equals(request.getKind()));
        return features;
    }

    Feature feature(String project, String view, String name) {
        return features(ListFeaturesRequest.newBuilder()
                        .setProject(project)
                        .setFeatureView(view)
                        .setName(name)
                        .build())
                .stream()
                .findFirst()
                .orElseThrow(() -> new NotFoundException("feature", "%s:%s".formatted(view, name)));
    }

    /** The registered sources of the views about an entity. */
    List<DataSource> sourcesOf(String project, String entity) {
        Set<String> names = Stream.concat(views(project, Map.of()), labelViews(project))
                .filter(view -> entities(view).contains(entity))
                .flatMap(RegistryReads::sources)
                .collect(Collectors.toSet());
        return RegistryList.DATA_SOURCES.of(registry(), project).stream()
                .filter(source -> names.contains(source.getName()))
                .toList();
    }

    /** As in Feast without an owner: it is the view that has one. */
    private static Feature feature(AnyFeatureView view, FeatureSpecV2 column) {
        Feature.Builder feature = Feature.newBuilder()
                .setName(column.getName())
                .setFeatureView(name(view))
                .setType(FeatureColumns.type(column))
                .setDescription(column.getDescription())
                .putAllTags(FeatureColumns.tags(column))
                .setKind(view.hasLabelView() ? "label" : "feature");
        created(view).ifPresent(feature::setCreatedTimestamp);
        Timestamp updated = lastUpdated(view);
        if (!updated.equals(Timestamp.getDefaultInstance())) {
            feature.setLastUpdatedTimestamp(updated);
        }
        return feature.build();
    }

    private Stream<AnyFeatureView> views(String project, Map<String, String> tags) {
        Stream<AnyFeatureView> plain =
                all(RegistryList.FEATURE_VIEWS, project, tags).stream().map(RegistryReads::any);
        Stream<AnyFeatureView> streams =
                all(RegistryList.STREAM_FEATURE_VIEWS, project, tags).stream().map(RegistryReads::any);
        Stream<AnyFeatureView> onDemand = all(RegistryList.ON_DEMAND_FEATURE_VIEWS, project, tags).stream()
                .map(RegistryReads::any);
        return Stream.concat(Stream.concat(plain, streams), onDemand);
    }

    private Stream<AnyFeatureView> labelViews(String project) {
        return RegistryList.LABEL_VIEWS.of(registry(), project).stream().map(RegistryReads::any);
    }

    static AnyFeatureView any(FeatureView view) {
        return AnyFeatureView.newBuilder().setFeatureView(view).build();
    }

    static AnyFeatureView any(StreamFeatureView view) {
        return AnyFeatureView.newBuilder().setStreamFeatureView(view).build();
    }

    static AnyFeatureView any(OnDemandFeatureView view) {
        return AnyFeatureView.newBuilder().setOnDemandFeatureView(view).build();
    }

    static AnyFeatureView any(LabelView view) {
        return AnyFeatureView.newBuilder().setLabelView(view).build();
    }

    static String name(AnyFeatureView view) {
        return switch (view.getAnyFeatureViewCase()) {
            case FEATURE_VIEW -> view.getFeatureView().getSpec().getName();
            case ON_DEMAND_FEATURE_VIEW ->
                view.getOnDemandFeatureView().getSpec().getName();
            case STREAM_FEATURE_VIEW -> view.getStreamFeatureView().getSpec().getName();
            case LABEL_VIEW -> view.getLabelView().getSpec().getName();
            case ANYFEATUREVIEW_NOT_SET -> "";
        };
    }

    static String description(AnyFeatureView view) {
        return switch (view.getAnyFeatureViewCase()) {
            case FEATURE_VIEW -> view.getFeatureView().getSpec().getDescription();
            case ON_DEMAND_FEATURE_VIEW ->
                view.getOnDemandFeatureView().getSpec().getDescription();
            case STREAM_FEATURE_VIEW -> view.getStreamFeatureView().getSpec().getDescription();
            case LABEL_VIEW -> view.getLabelView().getSpec().getDescription();
            case ANYFEATUREVIEW_NOT_SET -> "";
        };
    }

    static Map<String, String> tags(AnyFeatureView view) {
        return switch (view.getAnyFeatureViewCase()) {
            case FEATURE_VIEW -> view.getFeatureView().getSpec().getTagsMap();
            case ON_DEMAND_FEATURE_VIEW ->
                view.getOnDemandFeatureView().getSpec().getTagsMap();
            case STREAM_FEATURE_VIEW -> view.getStreamFeatureView().getSpec().getTagsMap();
            case LABEL_VIEW -> view.getLabelView().getSpec().getTagsMap();
            case ANYFEATUREVIEW_NOT_SET -> Map.of();
        };
    }

    static List<String> entities(AnyFeatureView view) {
        return switch (view.getAnyFeatureViewCase()) {
            case FEATURE_VIEW -> view.getFeatureView().getSpec().getEntitiesList();
            case ON_DEMAND_FEATURE_VIEW ->
                view.getOnDemandFeatureView().getSpec().getEntitiesList();
            case STREAM_FEATURE_VIEW -> view.getStreamFeatureView().getSpec().getEntitiesList();
            case LABEL_VIEW -> view.getLabelView().getSpec().getEntitiesList();
            case ANYFEATUREVIEW_NOT_SET -> List.of();
        };
    }

    static List<FeatureSpecV2> features(AnyFeatureView view) {
        return switch (view.getAnyFeatureViewCase()) {
            case FEATURE_VIEW -> view.getFeatureView().getSpec().getFeaturesList();
            case ON_DEMAND_FEATURE_VIEW ->
                view.getOnDemandFeatureView().getSpec().getFeaturesList();
            case STREAM_FEATURE_VIEW -> view.getStreamFeatureView().getSpec().getFeaturesList();
            case LABEL_VIEW -> view.getLabelView().getSpec().getFeaturesList();
            case ANYFEATUREVIEW_NOT_SET -> List.of();
        };
    }

    /** The names of the sources a view reads. */
    static Stream<String> sources(AnyFeatureView view) {
        Stream<DataSource> sources = switch (view.getAnyFeatureViewCase()) {
            case FEATURE_VIEW ->
                Stream.of(
                        view.getFeatureView().getSpec().getBatchSource(),
                        view.getFeatureView().getSpec().getStreamSource());
            case ON_DEMAND_FEATURE_VIEW ->
                view.getOnDemandFeatureView().getSpec().getSourcesMap().values().stream()
                        .filter(OnDemandSource::hasRequestDataSource)
                        .map(OnDemandSource::getRequestDataSource);
            case STREAM_FEATURE_VIEW ->
                Stream.of(
                        view.getStreamFeatureView().getSpec().getBatchSource(),
                        view.getStreamFeatureView().getSpec().getStreamSource());
            case LABEL_VIEW -> Stream.of(view.getLabelView().getSpec().getSource());
            case ANYFEATUREVIEW_NOT_SET -> Stream.of();
        };
        return sources.map(DataSource::getName).filter(name -> !name.isEmpty()).distinct();
    }

    private static Timestamp lastUpdated(AnyFeatureView view) {
        return switch (view.getAnyFeatureViewCase()) {
            case FEATURE_VIEW -> view.getFeatureView().getMeta().getLastUpdatedTimestamp();
            case ON_DEMAND_FEATURE_VIEW ->
                view.getOnDemandFeatureView().getMeta().getLastUpdatedTimestamp();
            case STREAM_FEATURE_VIEW -> view.getStreamFeatureView().getMeta().getLastUpdatedTimestamp();
            case LABEL_VIEW -> view.getLabelView().getMeta().getLastUpdatedTimestamp();
            case ANYFEATUREVIEW_NOT_SET -> Timestamp.getDefaultInstance();
        };
    }

    private static Optional<Timestamp> created(AnyFeatureView view) {
        Timestamp created = switch (view.getAnyFeatureViewCase()) {
            case FEATURE_VIEW -> view.getFeatureView().getMeta().getCreatedTimestamp();
            case ON_DEMAND_FEATURE_VIEW ->
                view.getOnDemandFeatureView().getMeta().getCreatedTimestamp();
            case STREAM_FEATURE_VIEW -> view.getStreamFeatureView().getMeta().getCreatedTimestamp();
            case LABEL_VIEW -> view.getLabelView().getMeta().getCreatedTimestamp();
            case ANYFEATUREVIEW_NOT_SET -> Timestamp.getDefaultInstance();
        };
        return created.equals(Timestamp.getDefaultInstance()) ? Optional.empty() : Optional.of(created);
    }
}
