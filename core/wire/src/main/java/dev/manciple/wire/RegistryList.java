package dev.manciple.wire;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.manciple.model.Definition.Kind;
import dev.manciple.wire.proto.DataSourceProto.DataSource;
import dev.manciple.wire.proto.EntityProto.Entity;
import dev.manciple.wire.proto.FeatureServiceProto.FeatureService;
import dev.manciple.wire.proto.FeatureTableProto.FeatureTable;
import dev.manciple.wire.proto.FeatureViewProto.FeatureView;
import dev.manciple.wire.proto.LabelViewProto.LabelView;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureView;
import dev.manciple.wire.proto.PermissionProto.Permission;
import dev.manciple.wire.proto.ProjectProto.Project;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.RegistryProto.RegistryOrBuilder;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDataset;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureView;
import dev.manciple.wire.proto.ValidationProfileProto.ValidationReference;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One of the registry's lists, which hold the objects of one kind of all projects. Objects are known by name and project.
 *
 * @param <M> the objects' message
 * @param objects of all projects
 * @param replace puts a list in place of the one a registry has
 */
public record RegistryList<M extends Message>(
        Kind kind,
        Parser<M> parser,
        Function<RegistryOrBuilder, List<M>> objects,
        BiConsumer<Registry.Builder, List<M>> replace,
        Function<M, String> name,
        Function<M, String> project,
        Function<M, Map<String, String>> tags) {

    public static final RegistryList<Entity> ENTITIES = new RegistryList<>(
            Kind.ENTITY,
            Entity.parser(),
            RegistryOrBuilder::getEntitiesList,
            (registry, objects) -> registry.clearEntities().addAllEntities(objects),
            entity -> entity.getSpec().getName(),
            entity -> entity.getSpec().getProject(),
            entity -> entity.getSpec().getTagsMap());

    public static final RegistryList<DataSource> DATA_SOURCES = new RegistryList<>(
            Kind.DATA_SOURCE,
            DataSource.parser(),
            RegistryOrBuilder::getDataSourcesList,
            (registry, objects) -> registry.clearDataSources().addAllDataSources(objects),
            DataSource::getName,
            DataSource::getProject,
            DataSource::getTagsMap);

    public static final RegistryList<FeatureView> FEATURE_VIEWS = new RegistryList<>(
            Kind.FEATURE_VIEW,
            FeatureView.parser(),
            RegistryOrBuilder::getFeatureViewsList,
            (registry, objects) -> registry.clearFeatureViews().addAllFeatureViews(objects),
            view -> view.getSpec().getName(),
            view -> view.getSpec().getProject(),
            view -> view.getSpec().getTagsMap());

    public static final RegistryList<OnDemandFeatureView> ON_DEMAND_FEATURE_VIEWS = new RegistryList<>(
            Kind.ON_DEMAND_FEATURE_VIEW,
            OnDemandFeatureView.parser(),
            RegistryOrBuilder::getOnDemandFeatureViewsList,
            (registry, objects) -> registry.clearOnDemandFeatureViews().addAllOnDemandFeatureViews(objects),
            view -> view.getSpec().getName(),
            view -> view.getSpec().getProject(),
            view -> view.getSpec().getTagsMap());

    public static final RegistryList<StreamFeatureView> STREAM_FEATURE_VIEWS = new RegistryList<>(
            Kind.STREAM_FEATURE_VIEW,
            StreamFeatureView.parser(),
            RegistryOrBuilder::getStreamFeatureViewsList,
            (registry, objects) -> registry.clearStreamFeatureViews().addAllStreamFeatureViews(objects),
            view -> view.getSpec().getName(),
            view -> view.getSpec().getProject(),
            view -> view.getSpec().getTagsMap());

    public static final RegistryList<LabelView> LABEL_VIEWS = new RegistryList<>(
            Kind.LABEL_VIEW,
            LabelView.parser(),
            RegistryOrBuilder::getLabelViewsList,
            (registry, objects) -> registry.clearLabelViews().addAllLabelViews(objects),
            view -> view.getSpec().getName(),
            view -> view.getSpec().getProject(),
            view -> view.getSpec().getTagsMap());

    public static final RegistryList<FeatureService> FEATURE_SERVICES = new RegistryList<>(
            Kind.FEATURE_SERVICE,
            FeatureService.parser(),
            RegistryOrBuilder::getFeatureServicesList,
            (registry, objects) -> registry.clearFeatureServices().addAllFeatureServices(objects),
            service -> service.getSpec().getName(),
            service -> service.getSpec().getProject(),
            service -> service.getSpec().getTagsMap());

    public static final RegistryList<SavedDataset> SAVED_DATASETS = new RegistryList<>(
            Kind.SAVED_DATASET,
            SavedDataset.parser(),
            RegistryOrBuilder::getSavedDatasetsList,
            (registry, objects) -> registry.clearSavedDatasets().addAllSavedDatasets(objects),
            dataset -> dataset.getSpec().getName(),
            dataset -> dataset.getSpec().getProject(),
            dataset -> dataset.getSpec().getTagsMap());

    public static final RegistryList<ValidationReference> VALIDATION_REFERENCES = new RegistryList<>(
            Kind.VALIDATION_REFERENCE,
            ValidationReference.parser(),
            RegistryOrBuilder::getValidationReferencesList,
            (registry, objects) -> registry.clearValidationReferences().addAllValidationReferences(objects),
            ValidationReference::getName,
            ValidationReference::getProject,
            ValidationReference::getTagsMap);

    public static final RegistryList<Permission> PERMISSIONS = new RegistryList<>(
            Kind.PERMISSION,
            Permission.parser(),
            RegistryOrBuilder::getPermissionsList,
            (registry, objects) -> registry.clearPermissions().addAllPermissions(objects),
            permission -> permission.getSpec().getName(),
            permission -> permission.getSpec().getProject(),
            permission -> permission.getSpec().getTagsMap());

    public static final RegistryList<Project> PROJECTS = new RegistryList<>(
            Kind.PROJECT,
            Project.parser(),
            RegistryOrBuilder::getProjectsList,
            (registry, objects) -> registry.clearProjects().addAllProjects(objects),
            project -> project.getSpec().getName(),
            project -> project.getSpec().getName(),
            project -> project.getSpec().getTagsMap());

    static final RegistryList<FeatureTable> FEATURE_TABLES = new RegistryList<>(
            Kind.OTHER,
            FeatureTable.parser(),
            RegistryOrBuilder::getFeatureTablesList,
            (registry, objects) -> registry.clearFeatureTables().addAllFeatureTables(objects),
            table -> table.getSpec().getName(),
            table -> table.getSpec().getProject(),
            table -> table.getSpec().getLabelsMap());

    /** Every list, in the order things are made of others. */
    public static final List<RegistryList<?>> ALL = List.of(
            PROJECTS,
            DATA_SOURCES,
            FEATURE_VIEWS,
            ON_DEMAND_FEATURE_VIEWS,
            STREAM_FEATURE_VIEWS,
            LABEL_VIEWS,
            ENTITIES,
            FEATURE_SERVICES,
            SAVED_DATASETS,
            VALIDATION_REFERENCES,
            PERMISSIONS,
            FEATURE_TABLES);

    /** The kinds whose objects share one namespace, since features are asked for by the name of their view. */
    public static final Set<Kind> VIEWS = Collections.unmodifiableSet(
            EnumSet.of(Kind.FEATURE_VIEW, Kind.ON_DEMAND_FEATURE_VIEW, Kind.STREAM_FEATURE_VIEW, Kind.LABEL_VIEW));

    /** The list of the objects of a kind. */
    public static RegistryList<?> of(Kind kind) {
        return ALL.stream().filter(list -> list.kind() == kind).findFirst().orElseThrow();
    }

    /** The project's objects, in the registry's order. */
    public List<M> of(Registry registry, String inProject) {
        return objects.apply(registry).stream()
                .filter(object -> project.apply(object).equals(inProject))
                .toList();
    }

    /** The project's object of a name. */
    public Optional<M> find(Registry registry, String inProject, String named) {
        return of(registry, inProject).stream()
                .filter(object -> name.apply(object).equals(named))
                .findFirst();
    }

    void removeAll(Registry.Builder registry, String inProject) {
        List<M> others = objects.apply(registry).stream()
                .filter(object -> !project.apply(object).equals(inProject))
                .toList();
        replace.accept(registry, others);
    }
}
