package dev.manciple.cli;

import dev.manciple.model.About;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.Definition;
import dev.manciple.model.Entity;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Preserved;
import dev.manciple.model.Projection;
import dev.manciple.model.SourceLocation;
import dev.manciple.server.auth.Resource;
import dev.manciple.spi.Interval;
import dev.manciple.spi.RegistrySnapshot;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One kind of definition as the command line lists and describes it.
 *
 * @param command the group's name, Feast's
 * @param noun what one is called in messages
 * @param select the definitions of the group, in the registry's order
 * @param row the cells of one
 */
record RegistryGroup<D extends Definition>(
        String command,
        String noun,
        List<String> headers,
        Function<RegistrySnapshot, List<D>> select,
        Row<D> row,
        Function<D, About> about) {

    static final String PERMISSIONS = "permissions";

    /** Makes the cells of a definition. */
    interface Row<D> {
        List<String> cells(D definition, RegistrySnapshot snapshot);
    }

    /** The noun for several. */
    String plural() {
        return command.replace('-', ' ');
    }

    /** Feast's groups, in the order the help lists them. */
    static List<RegistryGroup<?>> all() {
        return List.of(
                new RegistryGroup<>(
                        "entities",
                        "Entity",
                        List.of("NAME", "DESCRIPTION", "TYPE"),
                        snapshot -> List.copyOf(snapshot.entities().values()),
                        (entity, snapshot) -> List.of(
                                entity.name(),
                                entity.about().description(),
                                entity.type().map(TypeText::of).orElse("")),
                        Entity::about),
                new RegistryGroup<>(
                        "data-sources",
                        "Data source",
                        List.of("NAME", "CLASS"),
                        snapshot -> List.copyOf(snapshot.sources().values()),
                        (source, snapshot) -> List.of(source.name(), sourceClass(source)),
                        DataSource::about),
                new RegistryGroup<>(
                        "feature-views",
                        "Feature view",
                        List.of("NAME", "ENTITIES", "TYPE", "ENABLED", "TTL", "MATERIALIZED UNTIL"),
                        snapshot -> Stream.concat(snapshot.views().values().stream(), foreign(snapshot))
                                .toList(),
                        RegistryGroup::viewRow,
                        AnyFeatureView::about),
                new RegistryGroup<>(
                        "on-demand-feature-views",
                        "On demand feature view",
                        List.of("NAME", "FEATURES"),
                        snapshot -> Stream.concat(snapshot.views().values().stream(), foreign(snapshot))
                                .filter(view -> kind(view, snapshot) == Definition.Kind.ON_DEMAND_FEATURE_VIEW)
                                .toList(),
                        (view, snapshot) -> List.of(view.name(), names(view.features())),
                        AnyFeatureView::about),
                new RegistryGroup<>(
                        "feature-services",
                        "Feature service",
                        List.of("NAME", "FEATURES"),
                        snapshot -> List.copyOf(snapshot.services().values()),
                        (service, snapshot) -> List.of(service.name(), features(service)),
                        FeatureService::about),
                new RegistryGroup<>(
                        PERMISSIONS,
                        "Permission",
                        List.of("NAME", "TYPES", "NAME PATTERNS", "ACTIONS", "POLICY", "REQUIRED TAGS"),
                        snapshot -> List.copyOf(snapshot.permissions().values()),
                        (permission, snapshot) -> PermissionText.row(permission),
                        permission -> About.NOTHING.tags(permission.tags())));
    }

    /** Only definitions with every one of these tags. */
    List<D> select(RegistrySnapshot snapshot, Map<String, String> tags) {
        List<D> selected = new ArrayList<>(select.apply(snapshot));
        selected.removeIf(
                definition -> !about.apply(definition).tags().entrySet().containsAll(tags.entrySet()));
        return selected;
    }

    /** Views that only Feast can define, as those who read values see them. */
    private static Stream<FeatureView> foreign(RegistrySnapshot snapshot) {
        return snapshot.preserved().stream().flatMap(object -> object.stored().stream());
    }

    /** What a definition of a group is in the registry; those that only Feast can make keep their own kind. */
    static Definition.Kind kind(Definition definition, RegistrySnapshot snapshot) {
        return snapshot.preserved().stream()
                .filter(object -> object.stored().filter(definition::equals).isPresent())
                .map(Preserved::as)
                .findFirst()
                .orElse(definition.kind());
    }

    private static List<String> viewRow(AnyFeatureView view, RegistrySnapshot snapshot) {
        return switch (view) {
            case FeatureView stored ->
                List.of(
                        stored.name(),
                        stored.entities().isEmpty() ? "n/a" : String.join(", ", stored.entities()),
                        new Resource(kind(stored, snapshot), stored.name(), Map.of()).className(),
                        stored.enabled() ? "Yes" : "No",
                        ttl(stored.ttl()),
                        materializedUntil(snapshot.materialized().getOrDefault(stored.name(), List.of())));
            case OnDemandFeatureView onDemand -> List.of(onDemand.name(), "n/a", "OnDemandFeatureView", "Yes", "", "");
        };
    }

    /** As definitions write it: days where they come out even. */
    private static String ttl(Duration ttl) {
        if (ttl.isZero()) {
            return "none";
        }
        return ttl.equals(Duration.ofDays(ttl.toDays())) ? ttl.toDays() + "d" : ttl.toString();
    }

    private static String materializedUntil(List<Interval> intervals) {
        return intervals.stream()
                .map(Interval::end)
                .max(Comparator.naturalOrder())
                .map(end -> end.truncatedTo(ChronoUnit.SECONDS).toString())
                .orElse("never");
    }

    private static String sourceClass(DataSource source) {
        return switch (source) {
            case DataSource.Batch batch -> {
                if (batch.location() instanceof SourceLocation.Custom custom) {
                    yield custom.sourceClass();
                }
                yield batch.type().equals("file") ? "FileSource" : batch.type();
            }
            case DataSource.Stream stream -> stream.type();
            case DataSource.Push push -> "PushSource";
            case DataSource.Request request -> "RequestSource";
        };
    }

    private static String names(List<Field> fields) {
        return fields.stream().map(Field::name).collect(Collectors.joining(", "));
    }

    private static String features(FeatureService service) {
        return service.features().stream().map(RegistryGroup::features).collect(Collectors.joining(", "));
    }

    private static String features(Projection projection) {
        return projection.features().isEmpty()
                ? projection.outputName()
                : projection.features().stream()
                        .map(feature -> projection.outputName() + ":" + feature)
                        .collect(Collectors.joining(", "));
    }
}
