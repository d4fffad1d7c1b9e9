package dev.manciple.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Definition.Kind;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Permission;
import dev.manciple.model.Preserved;
import dev.manciple.spi.Interval;
import dev.manciple.spi.RegistryChange;
import dev.manciple.wire.ProjectionCodec.ViewParts;
import dev.manciple.wire.proto.DataSourceProto;
import dev.manciple.wire.proto.EntityProto;
import dev.manciple.wire.proto.FeatureServiceProto;
import dev.manciple.wire.proto.FeatureViewProto;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewMeta;
import dev.manciple.wire.proto.FeatureViewProto.FeatureViewState;
import dev.manciple.wire.proto.FeatureViewProto.MaterializationInterval;
import dev.manciple.wire.proto.LabelViewProto.LabelView;
import dev.manciple.wire.proto.OnDemandFeatureViewProto;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandFeatureViewMeta;
import dev.manciple.wire.proto.OnDemandFeatureViewProto.OnDemandSource;
import dev.manciple.wire.proto.PermissionProto;
import dev.manciple.wire.proto.ProjectProto.Project;
import dev.manciple.wire.proto.RegistryProto.Registry;
import dev.manciple.wire.proto.StreamFeatureViewProto.StreamFeatureView;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the changes of one project into a registry as Feast's own apply would: an object that changes moves to the end of
 * its list, save for a view whose schema stays the same; creation times and materialization intervals stay; a new schema is
 * one more version of its view. Unlike Feast, a view that is applied again keeps its version number.
 */
final class ChangeWriter {
    private final Registry base;
    private final String project;
    private final Instant now;
    private final Timestamp stamp;
    private final Map<Kind, OpenList<?>> lists = new EnumMap<>(Kind.class);
    private final OpenList<Project> projects;
    private final OpenList<EntityProto.Entity> entities;
    private final OpenList<DataSourceProto.DataSource> sources;
    private final OpenList<FeatureViewProto.FeatureView> views;
    private final OpenList<OnDemandFeatureViewProto.OnDemandFeatureView> onDemandViews;
    private final OpenList<StreamFeatureView> streamViews;
    private final OpenList<LabelView> labelViews;
    private final OpenList<FeatureServiceProto.FeatureService> services;
    private final OpenList<PermissionProto.Permission> permissions;
    private final VersionHistory history;

    ChangeWriter(Registry base, String project, Instant now) {
        this.base = base;
        this.project = project;
        this.now = now;
        this.stamp = ProtoTimes.timestamp(now);
        this.projects = open(RegistryList.PROJECTS);
        this.entities = open(RegistryList.ENTITIES);
        this.sources = open(RegistryList.DATA_SOURCES);
        this.views = open(RegistryList.FEATURE_VIEWS);
        this.onDemandViews = open(RegistryList.ON_DEMAND_FEATURE_VIEWS);
        this.streamViews = open(RegistryList.STREAM_FEATURE_VIEWS);
        this.labelViews = open(RegistryList.LABEL_VIEWS);
        this.services = open(RegistryList.FEATURE_SERVICES);
        this.permissions = open(RegistryList.PERMISSIONS);
        this.history = new VersionHistory(base, project);
    }

    Registry apply(List<RegistryChange> changes) {
        for (RegistryChange change : changes) {
            if (change instanceof RegistryChange.Remove remove) {
                remove(remove);
            }
        }
        List<Definition> definitions = changes.stream()
                .flatMap(change -> change instanceof RegistryChange.Put put
                        ? Optional.of(put.definition()).stream()
                        : Optional.<Definition>empty().stream())
                .sorted(Comparator.comparingInt(ChangeWriter::rank))
                .toList();
        Registry.Builder registry = base.toBuilder();
        if (!definitions.isEmpty()) {
            ensureProject(registry);
            ensureDummyEntity();
        }
        definitions.forEach(this::put);
        for (RegistryChange change : changes) {
            if (change instanceof RegistryChange.Materialized materialized) {
                materialized(materialized);
            }
        }
        lists.values().forEach(list -> list.writeTo(registry));
        history.writeTo(registry);
        return registry.build();
    }

    private <M extends Message> OpenList<M> open(RegistryList<M> list) {
        OpenList<M> opened = new OpenList<>(list, base, project);
        lists.put(list.kind(), opened);
        return opened;
    }

    private OpenList<?> list(Kind kind) {
        OpenList<?> opened = lists.get(kind);
        return opened == null ? open(RegistryList.of(kind)) : opened;
    }

    /** What others copy from comes before those others. */
    private static int rank(Definition definition) {
        return switch (definition) {
            case Preserved preserved -> 0;
            case DataSource source -> 1;
            case Entity entity -> 2;
            case FeatureView view -> 3;
            case OnDemandFeatureView view -> 4;
            case FeatureService service -> 5;
            case Permission permission -> 6;
        };
    }

    private void ensureProject(Registry.Builder registry) {
        if (registry.getRegistrySchemaVersion().isEmpty()) {
            registry.setRegistrySchemaVersion(RegistryCodec.SCHEMA_VERSION);
        }
        if (projects.find(project).isEmpty()) {
            projects.put(ProjectEntry.create(project, stamp));
            ProjectEntry.addId(registry, project);
        }
    }

    private void ensureDummyEntity() {
        if (entities.find(EntityCodec.DUMMY).isEmpty()) {
            EntityProto.Entity.Builder dummy = EntityProto.Entity.newBuilder().setSpec(EntityCodec.dummy(project));
            dummy.getMetaBuilder().setCreatedTimestamp(stamp).setLastUpdatedTimestamp(stamp);
            entities.put(dummy.build());
        }
    }

    private void remove(RegistryChange.Remove remove) {
        if (!list(remove.kind()).remove(remove.name())) {
            throw new NotFoundException(remove.kind().words(), remove.name());
        }
        if (RegistryList.VIEWS.contains(remove.kind())) {
            history.remove(remove.name());
        }
    }

    private void put(Definition definition) {
        switch (definition) {
            case Entity entity -> put(entity);
            case DataSource source -> put(source);
            case FeatureView view -> put(view);
            case OnDemandFeatureView view -> put(view);
            case FeatureService service -> put(service);
            case Permission permission -> put(permission);
            case Preserved preserved -> put(preserved, list(preserved.as()));
        }
    }

    private void put(Entity entity) {
        Optional<EntityProto.Entity> stored = entities.find(entity.name());
        EntityProto.Entity existing = stored.orElse(EntityProto.Entity.getDefaultInstance());
        EntityProto.Entity.Builder written =
                existing.toBuilder().setSpec(EntityCodec.encode(entity, project, existing.getSpec()));
        if (stored.isPresent() && written.getSpec().equals(existing.getSpec())) {
            return;
        }
        if (stored.isEmpty()) {
            written.getMetaBuilder().setCreatedTimestamp(stamp);
        }
        written.getMetaBuilder().setLastUpdatedTimestamp(stamp);
        entities.putLast(written.build());
    }

    private void put(DataSource source) {
        Optional<DataSourceProto.DataSource> stored = sources.find(source.name());
        DataSourceProto.DataSource existing = stored.orElse(DataSourceProto.DataSource.getDefaultInstance());
        DataSourceProto.DataSource.Builder written =
                DataSourceCodec.encode(source, existing).toBuilder().setProject(project);
        if (stored.isPresent() && written.build().equals(existing)) {
            return;
        }
        if (stored.isEmpty()) {
            written.getMetaBuilder().setCreatedTimestamp(stamp);
        }
        written.getMetaBuilder().setLastUpdatedTimestamp(stamp);
        sources.putLast(written.build());
    }

    private void put(FeatureService service) {
        Optional<FeatureServiceProto.FeatureService> stored = services.find(service.name());
        FeatureServiceProto.FeatureService existing =
                stored.orElse(FeatureServiceProto.FeatureService.getDefaultInstance());
        FeatureServiceProto.FeatureService.Builder written = existing.toBuilder()
                .setSpec(FeatureServiceCodec.encode(service, project, existing.getSpec(), this::parts));
        if (stored.isPresent() && written.getSpec().equals(existing.getSpec())) {
            return;
        }
        if (stored.isEmpty()) {
            written.getMetaBuilder().setCreatedTimestamp(stamp);
        }
        written.getMetaBuilder().setLastUpdatedTimestamp(stamp);
        services.putLast(written.build());
    }

    private void put(Permission permission) {
        Optional<PermissionProto.Permission> stored = permissions.find(permission.name());
        PermissionProto.Permission existing = stored.orElse(PermissionProto.Permission.getDefaultInstance());
        PermissionProto.Permission.Builder written =
                existing.toBuilder().setSpec(PermissionCodec.encode(permission, project, existing.getSpec()));
        if (stored.isPresent() && written.getSpec().equals(existing.getSpec())) {
            return;
        }
        if (stored.isEmpty()) {
            written.getMetaBuilder().setCreatedTimestamp(stamp);
        }
        written.getMetaBuilder().setLastUpdatedTimestamp(stamp);
        permissions.putLast(written.build());
    }

    private void put(FeatureView view) {
        requireFreeName(views, view.name());
        Optional<FeatureViewProto.FeatureView> stored = views.find(view.name());
        FeatureViewProto.FeatureView existing = stored.orElse(FeatureViewProto.FeatureView.getDefaultInstance());
        FeatureViewProto.FeatureViewSpec spec =
                FeatureViewCodec.encode(view, project, stored.map(FeatureViewProto.FeatureView::getSpec));
        if (stored.isPresent() && spec.equals(existing.getSpec())) {
            return;
        }
        FeatureViewProto.FeatureView.Builder written = existing.toBuilder().setSpec(spec);
        FeatureViewMeta.Builder meta = written.getMetaBuilder().setLastUpdatedTimestamp(stamp);
        if (stored.isPresent() && !SchemaChange.between(existing.getSpec(), spec)) {
            views.put(written.build());
            refreshCopies(view.name(), parts(existing.getSpec()), parts(spec));
            return;
        }
        if (stored.isEmpty()) {
            meta.setCreatedTimestamp(stamp);
        } else {
            written.getSpecBuilder().setVersion(followLatest(spec.getVersion()));
        }
        int version = nextVersion(Kind.FEATURE_VIEW, view.name(), stored);
        meta.setCurrentVersionNumber(version);
        FeatureViewProto.FeatureView changed = written.build();
        views.putLast(changed);
        if (stored.isPresent()) {
            refreshCopies(view.name(), parts(existing.getSpec()), parts(spec));
        }
        history.add(Kind.FEATURE_VIEW, view.name(), version, changed, now);
    }

    private void put(OnDemandFeatureView view) {
        requireFreeName(onDemandViews, view.name());
        Optional<OnDemandFeatureViewProto.OnDemandFeatureView> stored = onDemandViews.find(view.name());
        OnDemandFeatureViewProto.OnDemandFeatureView existing =
                stored.orElse(OnDemandFeatureViewProto.OnDemandFeatureView.getDefaultInstance());
        OnDemandFeatureViewProto.OnDemandFeatureViewSpec spec = OnDemandFeatureViewCodec.encode(
                view, project, stored.map(OnDemandFeatureViewProto.OnDemandFeatureView::getSpec), this::parts);
        if (stored.isPresent() && spec.equals(existing.getSpec())) {
            return;
        }
        OnDemandFeatureViewProto.OnDemandFeatureView.Builder written =
                existing.toBuilder().setSpec(spec);
        OnDemandFeatureViewMeta.Builder meta = written.getMetaBuilder().setLastUpdatedTimestamp(stamp);
        if (stored.isPresent() && !SchemaChange.between(existing.getSpec(), spec)) {
            onDemandViews.put(written.build());
            return;
        }
        if (stored.isEmpty()) {
            meta.setCreatedTimestamp(stamp);
        } else {
            written.getSpecBuilder().setVersion(followLatest(spec.getVersion()));
        }
        int version = nextVersion(Kind.ON_DEMAND_FEATURE_VIEW, view.name(), stored);
        meta.setCurrentVersionNumber(version);
        OnDemandFeatureViewProto.OnDemandFeatureView changed = written.build();
        onDemandViews.putLast(changed);
        if (stored.isPresent()) {
            refreshCopies(view.name(), parts(existing.getSpec()), parts(spec));
        }
        history.add(Kind.ON_DEMAND_FEATURE_VIEW, view.name(), version, changed, now);
    }

    /** A view pinned to an old version follows the latest again once its definition says something new. */
    private static String followLatest(String version) {
        return version.isEmpty() ? version : FeatureViewCodec.LATEST;
    }

    /** Views from before Feast kept versions become their own version zero. */
    private int nextVersion(Kind kind, String name, Optional<? extends Message> stored) {
        if (!history.knows(name)) {
            stored.ifPresent(view -> history.add(kind, name, 0, view, now));
        }
        return history.next(name);
    }

    private void requireFreeName(OpenList<?> own, String name) {
        for (OpenList<?> other : List.of(views, onDemandViews, streamViews, labelViews)) {
            if (!other.equals(own) && other.find(name).isPresent()) {
                throw new InvalidRequestException(
                        InvalidRequestException.Reason.NAME_TAKEN,
                        "The name '%s' is taken by %s; views of all kinds share their names"
                                .formatted(name, other.list().kind().one()));
            }
        }
    }

    private <M extends Message> void put(Preserved preserved, OpenList<M> objects) {
        RegistryList<M> list = objects.list();
        M object;
        try {
            object = list.parser().parseFrom(preserved.proto());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidRequestException(
                    "The bytes of %s '%s' are no such object of Feast's"
                            .formatted(preserved.as().words(), preserved.name()),
                    e);
        }
        if (!list.name().apply(object).equals(preserved.name())
                || !list.project().apply(object).equals(project)) {
            throw new InvalidRequestException("The bytes of %s '%s' are those of '%s' in project '%s'"
                    .formatted(
                            preserved.as().words(),
                            preserved.name(),
                            list.name().apply(object),
                            list.project().apply(object)));
        }
        if (!objects.find(preserved.name()).equals(Optional.of(object))) {
            objects.putLast(object);
        }
    }

    private void materialized(RegistryChange.Materialized change) {
        Optional<FeatureViewProto.FeatureView> view = views.find(change.view());
        if (view.isPresent()) {
            FeatureViewProto.FeatureView.Builder written = view.get().toBuilder();
            materialized(written.getMetaBuilder(), change.interval());
            views.putLast(written.build());
            return;
        }
        StreamFeatureView.Builder stream = streamViews
                .find(change.view())
                .orElseThrow(() -> new NotFoundException(Kind.FEATURE_VIEW.words(), change.view()))
                .toBuilder();
        materialized(stream.getMetaBuilder(), change.interval());
        streamViews.putLast(stream.build());
    }

    private void materialized(FeatureViewMeta.Builder meta, Interval interval) {
        meta.addMaterializationIntervals(MaterializationInterval.newBuilder()
                        .setStartTime(ProtoTimes.timestamp(interval.start()))
                        .setEndTime(ProtoTimes.timestamp(interval.end())))
                .setState(FeatureViewState.AVAILABLE_ONLINE)
                .setLastUpdatedTimestamp(stamp);
    }

    /** Feast's apply writes every service anew, so that its copies of a view are never older than the view. */
    private void refreshCopies(String view, ViewParts before, ViewParts after) {
        if (before.equals(after)) {
            return;
        }
        services.replaceAll(service -> {
            FeatureServiceProto.FeatureService.Builder refreshed = service.toBuilder();
            refreshed
                    .getSpecBuilder()
                    .getFeaturesBuilderList()
                    .forEach(copy -> ProjectionCodec.refresh(copy, view, after));
            return refreshed.build();
        });
        onDemandViews.replaceAll(user -> {
            OnDemandFeatureViewProto.OnDemandFeatureView.Builder refreshed = user.toBuilder();
            user.getSpec().getSourcesMap().forEach((key, source) -> {
                if (source.hasFeatureViewProjection()) {
                    OnDemandSource.Builder copy = source.toBuilder();
                    ProjectionCodec.refresh(copy.getFeatureViewProjectionBuilder(), view, after);
                    refreshed.getSpecBuilder().putSources(key, copy.build());
                }
            });
            return refreshed.build();
        });
    }

    private static ViewParts parts(FeatureViewProto.FeatureViewSpec spec) {
        return new ViewParts(
                spec.getFeaturesList(), spec.hasBatchSource() ? Optional.of(spec.getBatchSource()) : Optional.empty());
    }

    private static ViewParts parts(OnDemandFeatureViewProto.OnDemandFeatureViewSpec spec) {
        return new ViewParts(spec.getFeaturesList(), Optional.empty());
    }

    /** What projections copy, of a view of any kind. */
    private Optional<ViewParts> parts(String name) {
        return views.find(name)
                .map(view -> parts(view.getSpec()))
                .or(() -> onDemandViews.find(name).map(view -> parts(view.getSpec())))
                .or(() -> streamViews
                        .find(name)
                        .map(view -> new ViewParts(
                                view.getSpec().getFeaturesList(),
                                view.getSpec().hasBatchSource()
                                        ? Optional.of(view.getSpec().getBatchSource())
                                        : Optional.empty())))
                .or(() -> labelViews
                        .find(name)
                        .map(view -> new ViewParts(view.getSpec().getFeaturesList(), Optional.empty())));
    }
}
