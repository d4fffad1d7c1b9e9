package dev.manciple.server.registry;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.wire.RegistryList;
import dev.manciple.wire.proto.FeatureProto.FeatureSpecV2;
import dev.manciple.wire.proto.FeatureServiceProto.FeatureService;
import dev.manciple.wire.proto.FeatureViewProjectionProto.FeatureViewProjection;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureView;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandSource;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.RegistryServerProto.AnyFeatureView;
import dev.manciple.wire.proto.RegistryServerProto.EntityReference;
import dev.manciple.wire.proto.RegistryServerProto.EntityRelation;
import dev.manciple.wire.proto.SavedDatasetProto.SavedDataset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is made of what, from sources and entities to features, views and services.
 *
 * @param direct one thing named by the other's definition
 * @param indirect over one or more things in between, and not direct
 */
record Lineage(List<EntityRelation> direct, List<EntityRelation> indirect) {
    static final String DATA_SOURCE = "dataSource";
    static final String ENTITY = "entity";
    static final String FEATURE = "feature";
    static final String FEATURE_VIEW = "featureView";
    static final String LABEL_VIEW = "labelView";
    static final String FEATURE_SERVICE = "featureService";
    static final String SAVED_DATASET = "savedDataset";
    private static final List<String> TYPES =
            List.of(DATA_SOURCE, ENTITY, FEATURE, FEATURE_VIEW, LABEL_VIEW, FEATURE_SERVICE, SAVED_DATASET);

    static Lineage of(Registry registry, String project) {
        Set<EntityRelation> direct = new LinkedHashSet<>();
        RegistryList.FEATURE_VIEWS.of(registry, project).forEach(view -> addView(direct, RegistryReads.any(view)));
        RegistryList.STREAM_FEATURE_VIEWS
                .of(registry, project)
                .forEach(view -> addView(direct, RegistryReads.any(view)));
        RegistryList.ON_DEMAND_FEATURE_VIEWS.of(registry, project).forEach(view -> {
            addView(direct, RegistryReads.any(view));
            addInputs(direct, view);
        });
        RegistryList.LABEL_VIEWS.of(registry, project).forEach(view -> addView(direct, RegistryReads.any(view)));
        Set<String> labels = RegistryList.LABEL_VIEWS.of(registry, project).stream()
                .map(view -> view.getSpec().getName())
                .collect(Collectors.toSet());
        RegistryList.FEATURE_SERVICES.of(registry, project).forEach(service -> addService(direct, service, labels));
        RegistryList.SAVED_DATASETS.of(registry, project).forEach(dataset -> addDataset(direct, dataset, labels));
        return new Lineage(List.copyOf(direct), indirect(direct));
    }

    private static void addView(Set<EntityRelation> relations, AnyFeatureView view) {
        EntityReference itself = reference(view.hasLabelView() ? LABEL_VIEW : FEATURE_VIEW, RegistryReads.name(view));
        RegistryReads.sources(view).forEach(source -> relations.add(relation(reference(DATA_SOURCE, source), itself)));
        RegistryReads.entities(view).forEach(entity -> relations.add(relation(reference(ENTITY, entity), itself)));
        for (FeatureSpecV2 feature : RegistryReads.features(view)) {
            relations.add(relation(reference(FEATURE, feature.getName()), itself));
        }
    }

    private static void addInputs(Set<EntityRelation> relations, OnDemandFeatureView view) {
        EntityReference itself = reference(FEATURE_VIEW, view.getSpec().getName());
        for (OnDemandSource source : view.getSpec().getSourcesMap().values()) {
            if (source.hasFeatureViewProjection()) {
                String input = source.getFeatureViewProjection().getFeatureViewName();
                relations.add(relation(reference(FEATURE_VIEW, input), itself));
            }
        }
    }

    private static void addService(Set<EntityRelation> relations, FeatureService service, Set<String> labels) {
        EntityReference itself = reference(FEATURE_SERVICE, service.getSpec().getName());
        for (FeatureViewProjection projection : service.getSpec().getFeaturesList()) {
            relations.add(relation(view(projection.getFeatureViewName(), labels), itself));
        }
    }

    /** Made of a service or of single features, named as {@code view:feature}. */
    private static void addDataset(Set<EntityRelation> relations, SavedDataset dataset, Set<String> labels) {
        EntityReference itself = reference(SAVED_DATASET, dataset.getSpec().getName());
        if (!dataset.getSpec().getFeatureServiceName().isEmpty()) {
            relations.add(relation(reference(FEATURE_SERVICE, dataset.getSpec().getFeatureServiceName()), itself));
        }
        for (String feature : dataset.getSpec().getFeaturesList()) {
            int colon = feature.indexOf(':');
            if (colon > 0) {
                relations.add(relation(view(feature.substring(0, colon), labels), itself));
            }
        }
    }

    private static EntityReference view(String name, Set<String> labels) {
        return reference(labels.contains(name) ? LABEL_VIEW : FEATURE_VIEW, name);
    }

    /** Follows every thing to all that is made of it; broken registries may lead in circles. */
    private static List<EntityRelation> indirect(Set<EntityRelation> direct) {
        Map<EntityReference, List<EntityReference>> next = new LinkedHashMap<>();
        direct.forEach(relation -> next.computeIfAbsent(relation.getSource(), source -> new ArrayList<>())
                .add(relation.getTarget()));
        List<EntityRelation> indirect = new ArrayList<>();
        for (EntityReference source : next.keySet()) {
            Set<EntityReference> reached = new LinkedHashSet<>();
            follow(source, next, reached);
            for (EntityReference target : reached) {
                EntityRelation relation = relation(source, target);
                if (!direct.contains(relation) && !target.equals(source)) {
                    indirect.add(relation);
                }
            }
        }
        return List.copyOf(indirect);
    }

    private static void follow(
            EntityReference from, Map<EntityReference, List<EntityReference>> next, Set<EntityReference> reached) {
        for (EntityReference target : next.getOrDefault(from, List.of())) {
            if (reached.add(target)) {
                follow(target, next, reached);
            }
        }
    }

    /**
     * The relations that name an object on either side.
     *
     * @param type empty for any
     * @param name empty for any
     */
    static List<EntityRelation> filter(List<EntityRelation> relations, String type, String name) {
        return relations.stream()
                .filter(relation ->
                        matches(relation.getSource(), type, name) || matches(relation.getTarget(), type, name))
                .toList();
    }

    /**
     * What an object is made of and what is made of it.
     *
     * @throws InvalidRequestException if there are no objects of such a type
     */
    List<EntityRelation> about(String type, String name, boolean withIndirect) {
        if (!TYPES.contains(type)) {
            throw new InvalidRequestException("'%s' is no type of object with relationships: they are %s"
                    .formatted(type, String.join(", ", TYPES)));
        }
        List<EntityRelation> relations = new ArrayList<>(filter(direct, type, name));
        if (withIndirect) {
            relations.addAll(filter(indirect, type, name));
        }
        return relations;
    }

    private static boolean matches(EntityReference reference, String type, String name) {
        return (type.isEmpty() || reference.getType().equals(type))
                && (name.isEmpty() || reference.getName().equals(name));
    }

    private static EntityReference reference(String type, String name) {
        return EntityReference.newBuilder().setType(type).setName(name).build();
    }

    private static EntityRelation relation(EntityReference source, EntityReference target) {
        return EntityRelation.newBuilder().setSource(source).setTarget(target).build();
    }
}
