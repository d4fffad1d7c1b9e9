package dev.manciple.hybrid.online;

import dev.manciple.error.ConfigException;
import dev.manciple.error.NotFoundException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Routes;
import dev.manciple.spi.ViewMove;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which child keeps a view: the one whose name the view's tag is, else the one whose type it is, in any case. Of a type, its
 * every spelling counts and also the part after the last dot alone, as Feast compares. Views without the tag go to the default
 * child, if there is one.
 */
final class OnlineRoutes implements Routes {
    private static final String WHERE = "online_store";

    private final String routingTag;
    private final MoveTag moveTag;
    private final Optional<OnlineChild> fallback;
    private final Map<String, OnlineChild> byName;
    private final Map<String, Set<OnlineChild>> byType;

    private OnlineRoutes(
            String routingTag,
            Optional<String> fallback,
            Map<String, OnlineChild> byName,
            Map<String, Set<OnlineChild>> byType) {
        this.routingTag = routingTag;
        this.moveTag = MoveTag.of(routingTag);
        this.fallback = fallback.map(name -> byName.get(lower(name)));
        this.byName = byName;
        this.byType = byType;
    }

    /** @param types for each child, in the order of {@code children}, every name of its type */
    static OnlineRoutes of(HybridOnlineConfig config, List<OnlineChild> children, List<Set<String>> types) {
        Map<String, OnlineChild> byName = new LinkedHashMap<>();
        Map<String, Set<OnlineChild>> byType = new HashMap<>();
        for (int i = 0; i < children.size(); i++) {
            OnlineChild child = children.get(i);
            byName.put(lower(child.name()), child);
            for (String type : types.get(i)) {
                byType.merge(lower(type), Set.of(child), OnlineRoutes::union);
                byType.merge(lastPart(lower(type)), Set.of(child), OnlineRoutes::union);
            }
        }
        return new OnlineRoutes(config.routingTag(), config.fallback(), byName, byType);
    }

    private static Set<OnlineChild> union(Set<OnlineChild> some, Set<OnlineChild> more) {
        Set<OnlineChild> all = new LinkedHashSet<>(some);
        all.addAll(more);
        return all;
    }

    // ---- for the router ------------------------------------------------------------------------------------------

    Collection<OnlineChild> all() {
        return byName.values();
    }

    /** The child a view is read from. */
    OnlineChild reading(FeatureView view) {
        String tag = view.about().tags().get(routingTag);
        if (tag == null) {
            return fallback.orElseThrow(() -> unrouted(untagged(view)));
        }
        return find(tag).orElseThrow(() -> unrouted(unknown(view, tag)));
    }

    /** The children a write has to reach, the one that is read first. */
    List<OnlineChild> writing(FeatureView view) {
        OnlineChild reading = reading(view);
        Optional<ViewMove> move = moveTag.read(view);
        return move.isPresent() && move.get().writesBoth() ? both(reading, move.get()) : List.of(reading);
    }

    /** The children that may hold something of a view, the one that is read first. */
    List<OnlineChild> holding(FeatureView view) {
        OnlineChild reading = reading(view);
        return moveTag.read(view).map(move -> both(reading, move)).orElse(List.of(reading));
    }

    private List<OnlineChild> both(OnlineChild reading, ViewMove move) {
        OnlineChild other = required(reading.name().equals(move.from()) ? move.to() : move.from());
        return List.of(reading, other);
    }

    /** What is wrong with the routes of these views; empty if every one has a child. */
    List<String> problems(List<FeatureView> views) {
        List<String> problems = new ArrayList<>();
        for (FeatureView view : views) {
            try {
                holding(view);
            } catch (ConfigException e) {
                problems.addAll(e.problems());
            }
        }
        return problems;
    }

    static ConfigException unrouted(String... problems) {
        return new ConfigException(WHERE, List.of(problems));
    }

    // ---- the sentences -------------------------------------------------------------------------------------------

    private String untagged(FeatureView view) {
        return "feature view '%s': FeatureView must have a '%s' tag to use HybridOnlineStore. Its value is one of the known stores: %s"
                .formatted(view.name(), routingTag, known());
    }

    private String unknown(FeatureView view, String tag) {
        Set<OnlineChild> alike = ofType(tag);
        String why = alike.size() > 1
                ? "That type is the type of several: %s; write a name instead. "
                        .formatted(alike.stream().map(OnlineChild::name).collect(Collectors.joining(", ")))
                : "";
        return "feature view '%s': No online store found for %s tag '%s'. Please check your configuration. %sKnown stores: %s"
                .formatted(view.name(), routingTag, tag, why, known());
    }

    private String known() {
        return String.join(", ", children());
    }

    // ---- Routes --------------------------------------------------------------------------------------------------

    @Override
    public List<String> children() {
        return byName.values().stream().map(OnlineChild::name).toList();
    }

    @Override
    public Optional<String> named(String name) {
        return find(name).map(OnlineChild::name);
    }

    @Override
    public String childOf(FeatureView view) {
        return reading(view).name();
    }

    @Override
    public Optional<ViewMove> moveOf(FeatureView view) {
        return moveTag.read(view);
    }

    @Override
    public FeatureView placed(FeatureView view, String child) {
        return moveTag.removed(tagged(view, required(child)));
    }

    @Override
    public FeatureView moving(FeatureView view, ViewMove move) {
        return moveTag.written(tagged(view, required(move.reading())), move);
    }

    @Override
    public OnlineStore child(String name) {
        return required(name).store();
    }

    private FeatureView tagged(FeatureView view, OnlineChild child) {
        boolean there = Optional.ofNullable(view.about().tags().get(routingTag))
                .map(tag -> find(tag).equals(Optional.of(child)))
                .orElse(fallback.equals(Optional.of(child)));
        if (there) {
            return view;
        }
        Map<String, String> tags = new HashMap<>(view.about().tags());
        tags.put(routingTag, child.name());
        return view.about(view.about().tags(tags));
    }

    private OnlineChild required(String name) {
        OnlineChild child = byName.get(lower(name));
        if (child == null) {
            throw new NotFoundException("Online store", name, "Known stores: " + known());
        }
        return child;
    }

    private Optional<OnlineChild> find(String name) {
        OnlineChild named = byName.get(lower(name));
        if (named != null) {
            return Optional.of(named);
        }
        Set<OnlineChild> alike = ofType(name);
        return alike.size() == 1 ? alike.stream().findFirst() : Optional.empty();
    }

    private Set<OnlineChild> ofType(String type) {
        String written = lower(type);
        Set<OnlineChild> whole = byType.getOrDefault(written, Set.of());
        return whole.isEmpty() ? byType.getOrDefault(lastPart(written), Set.of()) : whole;
    }

    private static String lastPart(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
