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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One of the registry's lists, which hold the objects of one kind of all projects. Objects are known by name and project.
 *
 * @param <M> the objects' message
 */
record RegistryList<M extends Message>(
        Kind kind,
        Parser<M> parser,
        Function<RegistryOrBuilder, List<M>> objects,
        BiConsumer<Registry.Builder, List<M>> replace,
        Function<M, String> name,
        Function<M, String> project) {

    static final RegistryList<Entity> ENTITIES = new RegistryList<>(
            Kind.ENTITY,
            Entity.parser(),
            RegistryOrBuilder::getEntitiesList,
            (registry, objects) -> registry.clearEntities().addAllEntities(objects),
            entity -> entity.getSpec().getName(),
            entity -> entity.getSpec().getProject());

    static final RegistryList<DataSource> DATA_SOURCES = new RegistryList<>(
            Kind.DATA_SOURCE,
            DataSource.parser(),
            RegistryOrBuilder::getDataSourcesList,
            (registry, objects) -> registry.clearDataSources().addAllDataSources(objects),
            DataSource::getName,
            DataSource::getProject);

    static final RegistryList<FeatureView> FEATURE_VIEWS = new RegistryList<>(
            Kind.FEATURE_VIEW,
            FeatureView.parser(),
            RegistryOrBuilder::getFeatureViewsList,
            (registry, objects) -> registry.clearFeatureViews().addAllFeatureViews(objects),
            view -> view.getSpec().getName(),
            view -> view.getSpec().getProject());

    static final RegistryList<OnDemandFeatureView> ON_DEMAND_FEATURE_VIEWS = new RegistryList<>(
            Kind.ON_DEMAND_FEATURE_VIEW,
            OnDemandFeatureView.parser(),
            RegistryOrBuilder::getOnDemandFeatureViewsList,
            (registry, objects) -> registry.clearOnDemandFeatureViews().addAllOnDemandFeatureViews(objects),
            view -> view.getSpec().getName(),
            view -> view.getSpec().getProject());

    static final RegistryList<StreamFeatureView> STREAM_FEATURE_VIEWS = new RegistryList<>(
            Kind.STREAM_FEATURE_VIEW,
            StreamFeatureView.parser(),
            RegistryOrBuilder::getStreamFeatureViewsList,
            (registry, objects) -> registry.clearStreamFeatureViews().addAllStreamFeatureViews(objects),
            view -> view.getSpec().getName(),
            view -> view.getSpec().getProject());

    static final RegistryList<LabelView> LABEL_VIEWS = new RegistryList<>(
            Kind.LABEL_VIEW,
            LabelView.parser(),
            RegistryOrBuilder::getLabelViewsList,
            (registry, objects) -> registry.clearLabelViews().addAllLabelViews(objects),
            view -> view.getSpec().getName(),
            view -> view.getSpec().getProject());

    static final RegistryList<FeatureService> FEATURE_SERVICES = new RegistryList<>(
            Kind.FEATURE_SERVICE,
            FeatureService.parser(),
            RegistryOrBuilder::getFeatureServicesList,
            (registry, objects) -> registry.clearFeatureServices().addAllFeatureServices(objects),
            service -> service.getSpec().getName(),
            service -> service.getSpec().getProject());

    static final RegistryList<SavedDataset> SAVED_DATASETS = new RegistryList<>(
            Kind.SAVED_DATASET,
            SavedDataset.parser(),
            RegistryOrBuilder::getSavedDatasetsList,
            (registry, objects) -> registry.clearSavedDatasets().addAllSavedDatasets(objects),
            dataset -> dataset.getSpec().getName(),
            dataset -> dataset.getSpec().getProject());

    static final RegistryList<ValidationReference> VALIDATION_REFERENCES = new RegistryList<>(
            Kind.VALIDATION_REFERENCE,
            ValidationReference.parser(),
            RegistryOrBuilder::getValidationReferencesList,
            (registry, objects) -> registry.clearValidationReferences().addAllValidationReferences(objects),
            ValidationReference::getName,
            ValidationReference::getProject);

    static final RegistryList<Permission> PERMISSIONS = new RegistryList<>(
            Kind.PERMISSION,
            Permission.parser(),
            RegistryOrBuilder::getPermissionsList,
            (registry, objects) -> registry.clearPermissions().addAllPermissions(objects),
            permission -> permission.getSpec().getName(),
            permission -> permission.getSpec().getProject());

    static final RegistryList<Project> PROJECTS = new RegistryList<>(
            Kind.PROJECT,
            Project.parser(),
            RegistryOrBuilder::getProjectsList,
            (registry, objects) -> registry.clearProjects().addAllProjects(objects),
            project -> project.getSpec().getName(),
            project -> project.getSpec().getName());

    static final RegistryList<FeatureTable> FEATURE_TABLES = new RegistryList<>(
            Kind.OTHER,
            FeatureTable.parser(),
            RegistryOrBuilder::getFeatureTablesList,
            (registry, objects) -> registry.clearFeatureTables().addAllFeatureTables(objects),
            table -> table.getSpec().getName(),
            table -> table.getSpec().getProject());

    static final List<RegistryList<?>> ALL = List.of(
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

    /** The lists whose objects share one namespace, since features are asked for by the name of their view. */
    static final List<RegistryList<?>> VIEWS =
            List.of(FEATURE_VIEWS, ON_DEMAND_FEATURE_VIEWS, STREAM_FEATURE_VIEWS, LABEL_VIEWS);

    static RegistryList<?> of(Kind kind) {
        return switch (kind) {
            case ENTITY -> ENTITIES;
            case DATA_SOURCE -> DATA_SOURCES;
            case FEATURE_VIEW -> FEATURE_VIEWS;
            case ON_DEMAND_FEATURE_VIEW -> ON_DEMAND_FEATURE_VIEWS;
            case STREAM_FEATURE_VIEW -> STREAM_FEATURE_VIEWS;
            case LABEL_VIEW -> LABEL_VIEWS;
            case FEATURE_SERVICE -> FEATURE_SERVICES;
            case SAVED_DATASET -> SAVED_DATASETS;
            case VALIDATION_REFERENCE -> VALIDATION_REFERENCES;
            case PERMISSION -> PERMISSIONS;
            case PROJECT -> PROJECTS;
            case OTHER -> FEATURE_TABLES;
        };
    }

    List<M> of(RegistryOrBuilder registry, String inProject) {
        return objects.apply(registry).stream()
                .filter(object -> project.apply(object).equals(inProject))
                .toList();
    }

    Optional<M> find(RegistryOrBuilder registry, String inProject, String named) {
        return objects.apply(registry).stream().filter(is(inProject, named)).findFirst();
    }

    /** Replaces the object of that name where it stands, or adds it at the end. */
    void put(Registry.Builder registry, String inProject, M object) {
        List<M> all = new ArrayList<>(objects.apply(registry));
        Predicate<M> same = is(inProject, name.apply(object));
        if (all.stream().anyMatch(same)) {
            all.replaceAll(each -> same.test(each) ? object : each);
        } else {
            all.add(object);
        }
        replace.accept(registry, all);
    }

    /** Adds the object at the end, instead of one of that name. */
    void putLast(Registry.Builder registry, String inProject, M object) {
        remove(registry, inProject, name.apply(object));
        List<M> all = new ArrayList<>(objects.apply(registry));
        all.add(object);
        replace.accept(registry, all);
    }

    /** Whether there was one. */
    boolean remove(Registry.Builder registry, String inProject, String named) {
        return removeIf(registry, is(inProject, named));
    }

    void removeAll(Registry.Builder registry, String inProject) {
        removeIf(registry, object -> project.apply(object).equals(inProject));
    }

    private boolean removeIf(Registry.Builder registry, Predicate<M> condition) {
        List<M> all = new ArrayList<>(objects.apply(registry));
        boolean removed = all.removeIf(condition);
        if (removed) {
            replace.accept(registry, all);
        }
        return removed;
    }

    private Predicate<M> is(String inProject, String named) {
        return object ->
                name.apply(object).equals(named) && project.apply(object).equals(inProject);
    }
}
