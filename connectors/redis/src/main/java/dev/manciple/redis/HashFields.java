package dev.manciple.redis;

import dev.manciple.model.Field;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.args.Rawable;

/** Which fields of the hashes of entities hold some features of some views with the same join keys. Immutable. */
final class HashFields {
    /**
     * What is wanted of one view.
     *
     * @param first where its features start among those of all views
     */
    record Part(ViewLayout layout, List<Field> features, int first) {}

    private final List<Part> parts;
    private final List<Field> features;
    private final List<Rawable> names;
    private final FieldPositions positions;

    private HashFields(List<Part> parts) {
        this.parts = List.copyOf(parts);
        this.features = parts.stream().flatMap(part -> part.features().stream()).toList();
        this.names = names(parts);
        this.positions = new FieldPositions(features.size());
        parts.forEach(part -> positions.add(part.layout(), part.features(), part.first()));
    }

    static HashFields of(ViewLayout layout, List<Field> features) {
        return new HashFields(List.of(new Part(layout, features, 0)));
    }

    static HashFields of(List<Part> parts) {
        return new HashFields(parts);
    }

    private static List<Rawable> names(List<Part> parts) {
        List<Rawable> names = new ArrayList<>();
        for (Part part : parts) {
            names.add(part.layout().timeField());
            part.features().forEach(feature -> names.add(part.layout().field(feature)));
        }
        return List.copyOf(names);
    }

    /** Whether these are of the very same parts; equal ones of other objects count as others, since comparing them costs more. */
    @SuppressWarnings("ReferenceEquality")
    boolean areOf(List<Part> others) {
        if (parts.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            Part other = others.get(i);
            if (part.layout() != other.layout() || part.features() != other.features()) {
                return false;
            }
        }
        return true;
    }

    List<Part> parts() {
        return parts;
    }

    /** Those of all parts. */
    List<Field> features() {
        return features;
    }

    /** Of each part its time and its features in turn. */
    List<Rawable> names() {
        return names;
    }

    FieldPositions positions() {
        return positions;
    }
}
