package dev.manciple.model;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Features of some entities, read from one source.
 *
 * @param entities names of entities; empty for a view of global values
 * @param entityColumns the join keys with their types, in the order of {@code entities}; empty until apply where the
 *     definition leaves the types to inference
 * @param features empty until apply where the definition leaves the schema to inference
 * @param source empty where Feast defines the view without one, or computes its rows from one: its values can be read and
 *     written, and there is no history of them
 * @param ttl zero when values never expire
 * @param online whether values are materialized and served
 * @param offline Feast's flag for views whose engine also keeps what it computes offline; kept for Feast, and without effect
 *     here, where rows come from the batch source or are pushed to it
 * @param enabled a disabled view is kept but neither retrieved nor materialized
 */
public record FeatureView(
        String name,
        List<String> entities,
        List<Field> entityColumns,
        List<Field> features,
        Optional<DataSource> source,
        Duration ttl,
        boolean online,
        boolean offline,
        boolean enabled,
        About about,
        Extras extras)
        implements AnyFeatureView {
    public FeatureView {
        Names.requireViewName(name, "feature view");
        entities = List.copyOf(entities);
        entityColumns = List.copyOf(entityColumns);
        features = List.copyOf(features);
        if (ttl.isNegative()) {
            throw new IllegalArgumentException("The TTL of feature view '%s' is negative: %s".formatted(name, ttl));
        }
    }

    /** Starts a definition; what is not said keeps Feast's defaults. */
    public static Unsourced of(String name) {
        return new Unsourced(name);
    }

    /** A view of which the source is not said yet. */
    public record Unsourced(String name) {
        public FeatureView source(DataSource source) {
            return from(Optional.of(source));
        }

        public FeatureView withoutSource() {
            return from(Optional.empty());
        }

        private FeatureView from(Optional<DataSource> source) {
            return new FeatureView(
                    name,
                    List.of(),
                    List.of(),
                    List.of(),
                    source,
                    Duration.ZERO,
                    true,
                    false,
                    true,
                    About.NOTHING,
                    Extras.NONE);
        }
    }

    public FeatureView entities(Entity... newEntities) {
        return entities(Arrays.stream(newEntities).map(Entity::name).toList());
    }

    public FeatureView entities(List<String> newEntities) {
        return new FeatureView(
                name, newEntities, entityColumns, features, source, ttl, online, offline, enabled, about, extras);
    }

    public FeatureView entityColumns(List<Field> newColumns) {
        return new FeatureView(
                name, entities, newColumns, features, source, ttl, online, offline, enabled, about, extras);
    }

    public FeatureView features(Field... newFeatures) {
        return features(List.of(newFeatures));
    }

    public FeatureView features(List<Field> newFeatures) {
        return new FeatureView(
                name, entities, entityColumns, newFeatures, source, ttl, online, offline, enabled, about, extras);
    }

    public FeatureView source(DataSource newSource) {
        return new FeatureView(
                name,
                entities,
                entityColumns,
                features,
                Optional.of(newSource),
                ttl,
                online,
                offline,
                enabled,
                about,
                extras);
    }

    public FeatureView ttl(Duration newTtl) {
        return new FeatureView(
                name, entities, entityColumns, features, source, newTtl, online, offline, enabled, about, extras);
    }

    public FeatureView online(boolean newOnline) {
        return new FeatureView(
                name, entities, entityColumns, features, source, ttl, newOnline, offline, enabled, about, extras);
    }

    public FeatureView offline(boolean newOffline) {
        return new FeatureView(
                name, entities, entityColumns, features, source, ttl, online, newOffline, enabled, about, extras);
    }

    public FeatureView enabled(boolean newEnabled) {
        return new FeatureView(
                name, entities, entityColumns, features, source, ttl, online, offline, newEnabled, about, extras);
    }

    public FeatureView about(About newAbout) {
        return new FeatureView(
                name, entities, entityColumns, features, source, ttl, online, offline, enabled, newAbout, extras);
    }

    public FeatureView extras(Extras newExtras) {
        return new FeatureView(
                name, entities, entityColumns, features, source, ttl, online, offline, enabled, about, newExtras);
    }

    /** The join keys in the order of {@link #entityColumns}. */
    public List<String> joinKeys() {
        return entityColumns.stream().map(Field::name).toList();
    }

    /** The source history is read from, if there is one. */
    public Optional<DataSource.Batch> batchSource() {
        return source.flatMap(DataSource::batch);
    }

    /** Whether the rows of that source are its rows. */
    public boolean reads(String dataSource) {
        return source.map(DataSource::name).filter(dataSource::equals).isPresent();
    }

    /** This view, all its features, under another name in one request or service. */
    public Projection withName(String alias) {
        return projection().withName(alias);
    }

    /** This view joined on other columns of the entity rows: join key to the column that holds it. */
    public Projection withJoinKeyMap(Map<String, String> joinKeyMap) {
        return projection().withJoinKeyMap(joinKeyMap);
    }

    /** This view with all its features, as a service or request sees it. */
    public Projection projection() {
        return new Projection(
                name, Optional.empty(), features.stream().map(Field::name).toList(), Map.of());
    }
}
