package dev.manciple.retrieve;

import dev.manciple.FeatureSelection;
import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.UnsupportedException;
import dev.manciple.model.AnyFeatureView;
import dev.manciple.model.DataSource;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureView;
import dev.manciple.model.Field;
import dev.manciple.model.OnDemandFeatureView;
import dev.manciple.model.Projection;
import dev.manciple.spi.RegistrySnapshot;
import dev.manciple.spi.ViewSlice;
import dev.manciple.transform.OnDemandInput;
import dev.manciple.transform.OnDemandSlice;
import dev.manciple.transform.OutputFeature;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Resolves a selection against one snapshot. Pure: asks no store. */
final class RequestPlanner {
    private final RegistrySnapshot snapshot;

    RequestPlanner(RegistrySnapshot snapshot) {
        this.snapshot = snapshot;
    }

    /**
     * @throws NotFoundException if a service, view or feature does not exist
     * @throws InvalidRequestException if nothing is asked for, a view is disabled, or two output columns would share a name
     */
    FeaturePlan plan(FeatureSelection selection, boolean fullFeatureNames) {
        List<Projection> projections = projections(selection);
        if (projections.isEmpty()) {
            throw new InvalidRequestException("No features specified for retrieval");
        }
        Slices slices = new Slices();
        List<OnDemandProjection> computed = new ArrayList<>();
        for (Projection projection : projections) {
            switch (view(projection.view())) {
                case FeatureView view -> slices.ask(enabled(view), projection);
                case OnDemandFeatureView view -> computed.add(new OnDemandProjection(view, projection));
            }
        }
        List<OutputFeature> outputs = slices.outputs(fullFeatureNames);
        List<OnDemandSlice> onDemand = new ArrayList<>();
        for (OnDemandProjection asked : computed) {
            List<Field> features = features(asked.view(), asked.projection());
            for (int feature = 0; feature < features.size(); feature++) {
                Field field = features.get(feature);
                String name = fullFeatureNames ? asked.projection().outputName() + "__" + field.name() : field.name();
                outputs.add(new OutputFeature.Computed(name, field, onDemand.size(), feature));
            }
            onDemand.add(new OnDemandSlice(asked.view(), features, inputs(asked.view(), slices)));
        }
        refuseCollisions(outputs, fullFeatureNames);
        return new FeaturePlan(slices.slices(), onDemand, outputs);
    }

    private List<Projection> projections(FeatureSelection selection) {
        return switch (selection) {
            case FeatureSelection.Views views -> views.projections();
            case FeatureSelection.Service service -> service(service.name()).features();
        };
    }

    private FeatureService service(String name) {
        FeatureService service = snapshot.services().get(name);
        if (service == null) {
            throw new NotFoundException(
                    "Feature service",
                    name,
                    Nearest.hint(name, snapshot.services().keySet()));
        }
        return service;
    }

    private AnyFeatureView view(String name) {
        return snapshot.view(name).orElseThrow(() -> missing(name));
    }

    private FeatureStoreException missing(String name) {
        int version = name.indexOf('@');
        if (version > 0) {
            return new UnsupportedException(
                    "Manciple",
                    "FEATURE_VIEW_VERSIONS",
                    "versions of feature views: ask for '%s' instead of '%s'"
                            .formatted(name.substring(0, version), name));
        }
        return snapshot.preserved().stream()
                .filter(preserved -> preserved.name().equals(name) && preserved.isView())
                .findFirst()
                .<FeatureStoreException>map(preserved -> new UnsupportedException(
                        "Manciple",
                        preserved.as().name(),
                        "retrieval from %s such as '%s'"
                                .formatted(preserved.as().one(), name)))
                .orElseGet(() -> new NotFoundException("Feature view", name, Nearest.hint(name, snapshot.viewNames())));
    }

    private static FeatureView enabled(FeatureView view) {
        if (!view.enabled()) {
            throw new InvalidRequestException(
                    "Feature view '%s' is disabled and cannot serve features. Set 'enabled: true' in its definition and apply."
                            .formatted(view.name()));
        }
        return view;
    }

    /** The features a projection takes; none named means all. */
    private static List<Field> features(AnyFeatureView view, Projection projection) {
        if (projection.features().isEmpty()) {
            return view.features();
        }
        return projection.features().stream().map(name -> feature(view, name)).toList();
    }

    private static Field feature(AnyFeatureView view, String name) {
        return view.features().stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NotFoundException(
                        "Feature",
                        view.name() + ":" + name,
                        Nearest.hint(
                                name, view.features().stream().map(Field::name).toList())));
    }

    /** What an on demand view reads; adds to {@code slices} what is not read already. */
    private List<OnDemandInput> inputs(OnDemandFeatureView onDemand, Slices slices) {
        record Found(String view, Field field, int slice, int feature) {}
        List<Found> found = new ArrayList<>();
        for (Projection projection : onDemand.views()) {
            if (!(view(projection.view()) instanceof FeatureView view)) {
                throw new InvalidRequestException(
                        "On demand feature view '%s' reads '%s', which is computed on demand itself; it can read stored views and request sources"
                                .formatted(onDemand.name(), projection.view()));
            }
            int slice = slices.reading(enabled(view), projection);
            for (Field field : features(view, projection)) {
                found.add(new Found(projection.outputName(), field, slice, slices.position(slice, field)));
            }
        }
        Stream<String> requested = onDemand.requests().stream()
                .flatMap(request -> request.schema().stream())
                .map(Field::name);
        Map<String, Long> uses = Stream.concat(
                        found.stream().map(input -> input.field().name()), requested)
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
        List<OnDemandInput> inputs = new ArrayList<>();
        for (Found input : found) {
            String bare = input.field().name();
            String name = Objects.requireNonNull(uses.get(bare)) == 1 ? bare : input.view() + "__" + bare;
            inputs.add(new OnDemandInput.FromView(name, input.field().type(), input.slice(), input.feature()));
        }
        for (DataSource.Request request : onDemand.requests()) {
            for (Field field : request.schema()) {
                inputs.add(new OnDemandInput.FromRequest(field.name(), field.type()));
            }
        }
        return inputs;
    }

    /** Columns differ in more than case, because most engines do not tell such names apart. */
    private static void refuseCollisions(List<OutputFeature> outputs, boolean fullFeatureNames) {
        Map<String, Integer> uses = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        outputs.forEach(output -> uses.merge(output.name(), 1, Integer::sum));
        TreeSet<String> duplicates = uses.entrySet().stream()
                .filter(use -> use.getValue() > 1)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!duplicates.isEmpty()) {
            throw new InvalidRequestException(
                    "Duplicate features named %s found.%n%s"
                            .formatted(
                                    String.join(", ", duplicates),
                                    repeatsOne(outputs)
                                            ? "Ask for each feature of a view once."
                                            : fullFeatureNames
                                                    ? "Give the feature views or their features different names; to join one view twice on different entities, rename one of the two with 'withName' (in a feature service: an alias)."
                                                    : "Either ask for full feature names, which puts the view's name before each feature, or give the features different names."));
        }
    }

    /** Whether the very same feature was asked for twice, which no other name would mend. */
    private static boolean repeatsOne(List<OutputFeature> outputs) {
        record Read(int slice, Field field) {}
        Set<Read> read = new HashSet<>();
        return outputs.stream()
                .filter(OutputFeature.Stored.class::isInstance)
                .map(OutputFeature.Stored.class::cast)
                .anyMatch(output -> !read.add(new Read(output.slice(), output.field())));
    }

    private record OnDemandProjection(OnDemandFeatureView view, Projection projection) {}

    /** The slices of one request as it is put together. */
    private static final class Slices {
        private final List<Slice> slices = new ArrayList<>();

        /** A view's features the caller wants; those of a view asked for twice come together, as in Feast. */
        void ask(FeatureView view, Projection projection) {
            checkJoinKeyMap(view, projection);
            slices.stream()
                    .filter(slice -> slice.reads(view, projection) && slice.outputName.equals(projection.outputName()))
                    .findFirst()
                    .orElseGet(() -> add(view, projection.outputName(), projection.joinKeyMap()))
                    .features
                    .addAll(RequestPlanner.features(view, projection));
        }

        List<OutputFeature> outputs(boolean fullFeatureNames) {
            List<OutputFeature> outputs = new ArrayList<>();
            for (int slice = 0; slice < slices.size(); slice++) {
                ViewSlice asked = slices.get(slice).toSlice();
                for (int feature = 0; feature < asked.features().size(); feature++) {
                    Field field = asked.features().get(feature);
                    outputs.add(new OutputFeature.Stored(
                            asked.outputColumn(field, fullFeatureNames), field, slice, feature));
                }
            }
            return outputs;
        }

        /** The position of a slice that reads this view on these keys, whatever its output name. */
        int reading(FeatureView view, Projection projection) {
            checkJoinKeyMap(view, projection);
            for (int i = 0; i < slices.size(); i++) {
                if (slices.get(i).reads(view, projection)) {
                    return i;
                }
            }
            add(view, unusedName(projection.outputName()), projection.joinKeyMap());
            return slices.size() - 1;
        }

        /** The position of a feature in a slice, added at its end where it is not read yet. */
        int position(int slice, Field feature) {
            List<Field> features = slices.get(slice).features;
            if (!features.contains(feature)) {
                features.add(feature);
            }
            return features.indexOf(feature);
        }

        List<ViewSlice> slices() {
            return slices.stream().map(Slice::toSlice).toList();
        }

        private Slice add(FeatureView view, String outputName, Map<String, String> joinKeyMap) {
            Slice slice = new Slice(view, outputName, joinKeyMap);
            slices.add(slice);
            return slice;
        }

        private String unusedName(String wanted) {
            String name = wanted;
            for (int n = 2; isUsed(name); n++) {
                name = wanted + "_" + n;
            }
            return name;
        }

        private boolean isUsed(String name) {
            return slices.stream()
                    .anyMatch(slice -> slice.outputName.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)));
        }

        private static void checkJoinKeyMap(FeatureView view, Projection projection) {
            for (String key : projection.joinKeyMap().keySet()) {
                if (!view.joinKeys().contains(key)) {
                    throw new InvalidRequestException("'%s' is mapped as a join key of feature view '%s'. %s"
                            .formatted(key, view.name(), Nearest.hint(key, view.joinKeys())));
                }
            }
        }
    }

    private static final class Slice {
        private final FeatureView view;
        private final String outputName;
        private final Map<String, String> joinKeyMap;
        private final List<Field> features = new ArrayList<>();

        Slice(FeatureView view, String outputName, Map<String, String> joinKeyMap) {
            this.view = view;
            this.outputName = outputName;
            this.joinKeyMap = joinKeyMap;
        }

        boolean reads(FeatureView other, Projection projection) {
            return view.name().equals(other.name()) && joinKeyMap.equals(projection.joinKeyMap());
        }

        ViewSlice toSlice() {
            return new ViewSlice(view, outputName, features, joinKeyMap);
        }
    }
}
